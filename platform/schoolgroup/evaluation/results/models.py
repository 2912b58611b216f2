"""What is said of results: the import's answer, the snapshot's, and the rows in between."""

from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum
from itertools import repeat
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from schoolgroup.evaluation.exams.models import ITEM_MARKS_MAX, ITEMS_MAX, ExamStatus, Name
from schoolgroup.kernel.http import Input


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


class Sums(msgspec.Struct, frozen=True):
    """How often each total occurs, in half marks from `lowest` up, and who has none."""

    lowest: int
    counts: list[int]
    absent: int
    void: int
    exempt: int

    @property
    def totals(self) -> Iterator[int]:
        """Every total as often as it occurs."""
        for place, count in enumerate(self.counts):
            yield from repeat(self.lowest + place, count)


class Part(msgspec.Struct, frozen=True):
    """One school's roster and marks in one subject, in the order of the exam numbers.

    `half_marks`: little-endian int16, one row of items per candidate present. `sums` instead of
    rows where the school sent no more. `left_out`: of the same rows one bit per item, set where it
    does not count for the candidate (选做), each row filled up to whole bytes; empty: all count.
    """

    exam_subject_id: UUID
    school_id: UUID
    paper_version: int
    exam_numbers: list[str]
    class_labels: list[str]
    results: list[Result]
    half_marks: bytes
    sha256: str
    sums: Sums | None = None
    left_out: bytes = b""


class TotalCount(Input, frozen=True):
    """How many pupils have this total."""

    marks: Annotated[float, Meta(ge=0, le=ITEM_MARKS_MAX * ITEMS_MAX, multiple_of=0.5)]
    pupils: Annotated[int, Meta(ge=1, le=1_000_000)]


class SumsInput(Input, frozen=True):
    """A school's results in one subject without any pupil's row: how often each total occurs."""

    school_code: Annotated[str, Meta(min_length=1, max_length=40)]
    subject: Name
    totals: Annotated[list[TotalCount], Meta(max_length=20_000)]
    absent: Annotated[int, Meta(ge=0, le=1_000_000)] = 0
    void: Annotated[int, Meta(ge=0, le=1_000_000)] = 0
    exempt: Annotated[int, Meta(ge=0, le=1_000_000)] = 0


class SumsRow(Sums, frozen=True, kw_only=True):
    """A school's sums as stored."""

    school_id: UUID
    paper_version: int


class SumsTaken(msgspec.Struct, frozen=True):
    """What was taken in of a school's sums."""

    exam_id: UUID
    subject: str
    school_id: UUID
    n_present: int
    mean: float | None
    status: ExamStatus


class Collected(msgspec.Struct, frozen=True):
    """One school's results in one subject as the database hands them over.

    `sent`: the marks of those present, end to end, as PostgreSQL's `array_send` writes them.
    `choosers`: the exam numbers of those for whom some items do not count, with their positions.
    """

    school_id: UUID
    paper_version: int
    exam_numbers: list[str]
    class_labels: list[str]
    results: list[Result]
    sent: bytes
    choosers: list[str] = []
    left_out: list[str] = []


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
