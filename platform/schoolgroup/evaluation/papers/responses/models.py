"""What is said of answers: what came in, and what a changed key moved."""

from datetime import datetime
from uuid import UUID

import msgspec


class ResponsesTaken(msgspec.Struct, frozen=True):
    """What an import of answers took in, or would with dry_run.

    `scored`: whether the answers alone make the results, because nothing else is asked.
    """

    exam_id: UUID
    subject: str
    dry_run: bool
    rows: int
    present: int
    paper_version: int
    scored: bool
    status: str


class ItemMove(msgspec.Struct, frozen=True):
    """What a changed key did to one item: candidates up and down, and half marks in sum.

    Null for a school where fewer than ten candidates of the exam moved.
    """

    label: str
    up: int | None
    down: int | None
    half_marks: int | None


class SchoolMoves(msgspec.Struct, frozen=True):
    """How many of a school's candidates moved."""

    school_id: UUID
    school_name: str
    moved: int


class RescoreRow(msgspec.Struct, frozen=True):
    """A re-scoring as stored."""

    id: UUID
    exam_subject_id: UUID
    subject: str
    exam_id: UUID
    from_version: int
    to_version: int
    because: str
    rescored: int
    moved: int
    item_moves: list[ItemMove]
    made_at: datetime


class RescoreView(msgspec.Struct, frozen=True):
    """What a changed key moved: by item; by school for the organiser, the own one for a school."""

    id: UUID
    subject: str
    from_version: int
    to_version: int
    because: str
    rescored: int
    moved: int | None
    items: list[ItemMove]
    schools: list[SchoolMoves]
    made_at: datetime


class RescoreList(msgspec.Struct, frozen=True):
    """Every re-scoring of an exam, the newest first."""

    items: list[RescoreView]


class MoveRow(msgspec.Struct, frozen=True):
    """One candidate a changed key moved, of the own school."""

    exam_number: str
    class_label: str
    labels: list[str]
    before_half_marks: int
    after_half_marks: int


class Move(msgspec.Struct, frozen=True):
    """The same as shown; marks only where the law lets a pupil's marks be told."""

    exam_number: str
    class_label: str
    items: list[str]
    before_marks: float | None
    after_marks: float | None


class Scored(msgspec.Struct, frozen=True):
    """One candidate's answers beside the result that stands, if one does."""

    candidate_id: UUID
    school_id: UUID
    answers: list[str]
    half_marks: list[int]
    item_half_marks: list[int] | None


class Rescored(msgspec.Struct, frozen=True):
    """One candidate's objective marks under the new key, and the whole result where one stands."""

    candidate_id: UUID
    school_id: UUID
    before: int
    after: int
    items: list[str]
    half_marks: list[int]
    item_half_marks: list[int] | None
