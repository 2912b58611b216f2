"""What is said of appeals 复核: lodged by a school for its pupil, decided by who runs the exam."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from schoolgroup.evaluation.exams.models import ITEM_MARKS_MAX, ITEMS_MAX, Name, Reason
from schoolgroup.kernel.http import Input

Mark = Annotated[float, Meta(ge=0, le=ITEM_MARKS_MAX, multiple_of=0.5)]


class AppealKind(StrEnum):
    """What is asked: that the marks are added up again, or that answers are marked afresh."""

    RE_ADD = "re_add"
    RE_MARK = "re_mark"


class AppealStatus(StrEnum):
    """The life of an appeal."""

    LODGED = "lodged"
    UPHELD = "upheld"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


class AppealInput(Input, frozen=True):
    """A doubt about one pupil's marks in one subject; without `items` about all of them."""

    subject: Name
    exam_number: Name
    kind: AppealKind
    reason: Reason
    items: Annotated[list[Name], Meta(max_length=ITEMS_MAX)] = msgspec.field(default_factory=list)


class MarkInput(Input, frozen=True):
    """The mark an item is given after all."""

    label: Name
    marks: Mark


class Decision(Input, frozen=True):
    """The answer to an appeal: upheld with the marks that change, or rejected; always why."""

    uphold: bool
    because: Reason
    marks: Annotated[list[MarkInput], Meta(max_length=ITEMS_MAX)] = msgspec.field(
        default_factory=list
    )


class Retraction(Input, frozen=True):
    """Why a school takes its appeal back."""

    because: Annotated[str, Meta(max_length=2000)] = ""


class Refreeze(Input, frozen=True):
    """Why the results are frozen anew."""

    because: Reason


class Concerned(msgspec.Struct, frozen=True):
    """The pupil an appeal is about, with the marks as they stand."""

    candidate_id: UUID
    item_half_marks: list[int] | None


class AppealRow(msgspec.Struct, frozen=True):
    """An appeal as stored, with the caller's relations to its exam."""

    id: UUID
    exam_id: UUID
    release_id: UUID
    exam_subject_id: UUID
    subject: str
    school_id: UUID
    school_name: str
    exam_number: str
    candidate_id: UUID
    kind: AppealKind
    doubted: list[str]
    reason: str
    status: AppealStatus
    decided_because: str
    before_half_marks: list[int]
    after_half_marks: list[int] | None
    applied_snapshot_id: UUID | None
    paper_version: int
    # positions of the optional items that do not count for the pupil
    left_out: list[int]
    lodged_at: datetime
    decided_at: datetime | None
    version: int
    relations: int


class MarkMoved(msgspec.Struct, frozen=True):
    """An item whose mark an appeal changed."""

    label: str
    before: float
    after: float


class AppealView(msgspec.Struct, frozen=True):
    """An appeal as its school and who runs the exam see it.

    `moved` and the totals are told once it is decided; `applied` once a snapshot holds them.
    """

    id: UUID
    exam_id: UUID
    release_id: UUID
    subject: str
    school_id: UUID
    school_name: str
    exam_number: str
    kind: AppealKind
    items: list[str]
    reason: str
    status: AppealStatus
    decided_because: str
    total_before: float
    total_after: float | None
    moved: list[MarkMoved]
    applied: bool
    lodged_at: datetime
    decided_at: datetime | None
    version: int
    actions: list[str]
