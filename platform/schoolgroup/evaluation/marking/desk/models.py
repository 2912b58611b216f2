"""A marker at the desk: what is taken, and what is said of it."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from schoolgroup.evaluation.marking.models import (
    Duty,
    MarkerStatus,
    Marks,
    Medium,
    Purpose,
)
from schoolgroup.evaluation.marking.plans.models import POINTS_MAX, PointView
from schoolgroup.kernel.http import Input


class AbnormalKind(StrEnum):
    """Why a script cannot be marked 异常卷: 空白, 错位, 不清, 疑似作弊."""

    BLANK = "blank"
    WRONG_ITEM = "wrong_item"
    UNREADABLE = "unreadable"
    SUSPECTED_CHEATING = "suspected_cheating"


class TakeWish(Input, frozen=True):
    """A wish for a script; for marking on paper the blind code on the sheet in hand."""

    blind_code: Annotated[str, Meta(min_length=1, max_length=20)] | None = None


class MarkInput(Input, frozen=True):
    """The marks for a script: of each scoring point where the item has them, else of the whole."""

    marks: Marks | None = None
    points: Annotated[list[Marks], Meta(max_length=POINTS_MAX)] | None = None


class ReportInput(Input, frozen=True):
    """What is wrong with a script."""

    kind: AbnormalKind
    note: Annotated[str, Meta(max_length=500)] = ""


class MarkerRow(msgspec.Struct, frozen=True):
    """One of the pool, as stored."""

    person_id: UUID
    school_id: UUID
    duty: Duty
    status: MarkerStatus
    paused_because: str
    checked_from_at: datetime


class TaskRow(msgspec.Struct, frozen=True):
    """A task with the caller's relations to it."""

    id: UUID
    plan_id: UUID
    person_id: UUID
    taken_at: datetime
    relations: int


class TurnRow(msgspec.Struct, frozen=True):
    """What stands behind a task: for the desk, never for the marker."""

    id: UUID
    script_id: UUID
    no: int
    purpose: Purpose
    duty: Duty
    task_id: UUID
    leased_until_at: datetime
    marked_at: datetime | None
    voided_at: datetime | None
    image_key: str | None
    blind_code: str | None
    half_marks: int | None
    point_half_marks: list[int] | None


class Done(msgspec.Struct, frozen=True):
    """How much a marker has marked, by purpose."""

    live: int
    seeds: int
    rechecks: int


class Check(msgspec.Struct, frozen=True):
    """What a marker gave in a check, and what was expected, in half marks."""

    purpose: Purpose
    given: int
    expected: int


class TaskView(msgspec.Struct, frozen=True, kw_only=True):
    """A script in hand. It says nothing of whose it is, nor why or how often it is marked.

    `earlier_marks` are shown to an arbiter where the plan says so, and to nobody else.
    """

    id: UUID
    plan_id: UUID
    subject: str
    label: str
    max_marks: float
    step_marks: float
    points: list[PointView]
    medium: Medium
    blind_code: str | None
    leased_until_at: datetime
    earlier_marks: list[float] | None
    actions: list[str]


class Marked(msgspec.Struct, frozen=True):
    """A mark that is kept for ever."""

    task_id: UUID
    marks: float
    points: list[float]
    marked_at: datetime


class Reported(msgspec.Struct, frozen=True):
    """A script that went to the leader."""

    task_id: UUID
    kind: AbnormalKind


class GivenBack(msgspec.Struct, frozen=True):
    """A script that went back into the queue."""

    task_id: UUID


class Disputed(msgspec.Struct, frozen=True):
    """A script that waits for an arbiter; the number only counts the queue."""

    marks: list[float] | None
    waiting_since_at: datetime | None


class ArbitrationQueue(msgspec.Struct, frozen=True):
    """What waits for an arbiter, without a word on whose it is."""

    plan_id: UUID
    waiting: int
    items: list[Disputed]
