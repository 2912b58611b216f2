"""What is said of results: the import's answer, the snapshot's, and the rows in between."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

import msgspec

from schoolgroup.evaluation.exams.models import ExamStatus


class Result(StrEnum):
    """How a candidate stands in a subject: a state, never a number."""

    PRESENT = "present"
    ABSENT = "absent"
    VOID = "void"
    EXEMPT = "exempt"
    LATE = "late"


class Candidate(msgspec.Struct, frozen=True):
    """One row of a score sheet; `half_marks` only of one who was present.

    `left_out`: positions of the optional items that do not count for this candidate.
    """

    school_id: UUID
    exam_number: str
    class_label: str
    result: Result
    half_marks: tuple[int, ...] | None
    left_out: tuple[int, ...] = ()


class Taken(msgspec.Struct, frozen=True):
    """What an import took in, or would with dry_run."""

    exam_id: UUID
    subject: str
    dry_run: bool
    rows: int
    schools: int
    present: int
    absent: int
    void: int
    exempt: int
    replaced: int
    status: ExamStatus


class Part(msgspec.Struct, frozen=True):
    """One school's roster and marks in one subject, in the order of the exam numbers.

    `half_marks`: little-endian int16, one row of items per candidate present.
    """

    exam_subject_id: UUID
    school_id: UUID
    paper_version: int
    exam_numbers: list[str]
    class_labels: list[str]
    results: list[Result]
    half_marks: bytes
    sha256: str


class Collected(msgspec.Struct, frozen=True):
    """One school's results in one subject as the database hands them over.

    `sent`: the marks of those present, end to end, as PostgreSQL's `array_send` writes them.
    """

    school_id: UUID
    paper_version: int
    exam_numbers: list[str]
    class_labels: list[str]
    results: list[Result]
    sent: bytes


class SnapshotRow(msgspec.Struct, frozen=True):
    """A frozen snapshot as stored."""

    id: UUID
    exam_id: UUID
    number: int
    sha256: str
    frozen_at: datetime


class SnapshotView(msgspec.Struct, frozen=True):
    """A frozen snapshot: what every later figure is computed from."""

    id: UUID
    exam_id: UUID
    number: int
    snapshot_sha256: str
    frozen_at: datetime
    candidates: int
    schools: int
    schools_without_results: list[str]
    status: ExamStatus
