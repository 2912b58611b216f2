"""How an item is marked, and who marks it."""

from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from schoolgroup.evaluation.exams.models import Name
from schoolgroup.evaluation.marking.models import (
    Balance,
    Duty,
    MarkerStatus,
    Marks,
    Medium,
    Mode,
    PlanStatus,
    ThirdRule,
)
from schoolgroup.kernel.http import Input

POINTS_MAX, POOL_MAX, SCHOOLS_MAX = 40, 500, 500
Percent = Annotated[int, Meta(ge=0, le=100)]
Share = Annotated[int, Meta(ge=0, le=50)]


class PointInput(Input, frozen=True):
    """One scoring point 采分点 of an item."""

    label: Name
    max_marks: Annotated[float, Meta(ge=0.5, le=300, multiple_of=0.5)]


class PlanRules(Input, frozen=True, kw_only=True):
    """How an item is marked. The threshold is in marks or in percent of the item's maximum.

    `seed_percent` and `recheck_percent`: how many of a marker's scripts are known ones, or own ones
    again; more than `pause_outside_max` of the last `pause_window` of these outside the tolerance
    pause the marker. `calibration_pass` of `calibration_of` known scripts come before all others.
    """

    mode: Mode = Mode.DOUBLE_THIRD
    threshold_marks: Marks | None = None
    threshold_percent: Percent | None = None
    third_rule: ThirdRule = ThirdRule.HIGHER
    step_marks: Annotated[float, Meta(ge=0.5, le=10, multiple_of=0.5)] = 0.5
    points: Annotated[list[PointInput], Meta(max_length=POINTS_MAX)] = msgspec.field(
        default_factory=list
    )
    medium: Medium = Medium.IMAGE
    lease_minutes: Annotated[int, Meta(ge=1, le=240)] = 20
    seed_percent: Share = 2
    recheck_percent: Share = 1
    tolerance_marks: Marks = 1.0
    pause_outside_max: Annotated[int, Meta(ge=0, le=100)] = 2
    pause_window: Annotated[int, Meta(ge=1, le=100)] = 5
    calibration_pass: Share = 0
    calibration_of: Share = 0
    balance: Balance = Balance.CANDIDATES
    arbiter_sees_marks: bool = True


class PlanInput(PlanRules, frozen=True, kw_only=True):
    """The marking of one item of a subject's paper."""

    subject: Name
    label: Name


class MarkerInput(Input, frozen=True):
    """Someone for the pool, in the appointment at one school."""

    person_id: UUID
    school_id: UUID
    duty: Duty = Duty.MARKER


class ShareInput(Input, frozen=True):
    """A school's part of the work relative to the others' (balance: set)."""

    school_id: UUID
    weight: Annotated[int, Meta(ge=0, le=1_000_000)]


class PoolInput(Input, frozen=True):
    """People to take into an item's pool, or to give another duty; and shares of schools."""

    markers: Annotated[list[MarkerInput], Meta(min_length=1, max_length=POOL_MAX)]
    shares: Annotated[list[ShareInput], Meta(max_length=SCHOOLS_MAX)] = msgspec.field(
        default_factory=list
    )


class PointView(msgspec.Struct, frozen=True):
    """One scoring point as shown."""

    label: str
    max_marks: float


class PlanView(msgspec.Struct, frozen=True, kw_only=True):
    """The marking of an item as shown."""

    id: UUID
    exam_id: UUID
    subject: str
    label: str
    max_marks: float
    status: PlanStatus
    mode: Mode
    threshold_marks: float | None
    threshold_percent: int | None
    third_rule: ThirdRule
    step_marks: float
    points: list[PointView]
    medium: Medium
    lease_minutes: int
    seed_percent: int
    recheck_percent: int
    tolerance_marks: float
    pause_outside_max: int
    pause_window: int
    calibration_pass: int
    calibration_of: int
    balance: Balance
    arbiter_sees_marks: bool
    version: int
    actions: list[str]


class Plans(msgspec.Struct, frozen=True):
    """The marking of an exam, item by item."""

    items: list[PlanView]


class MarkerView(msgspec.Struct, frozen=True):
    """One of an item's pool."""

    person_id: UUID
    person_name: str
    school_id: UUID
    school_name: str
    duty: Duty
    status: MarkerStatus
    paused_because: str


class Pool(msgspec.Struct, frozen=True):
    """Who marks an item, and what each school's markers are to do of the first and second marks."""

    plan_id: UUID
    markers: list[MarkerView]
    allotted: list["Allotted"]


class Allotted(msgspec.Struct, frozen=True):
    """A school's part; null before marking opens, and where first come is first served."""

    school_id: UUID
    weight: int
    turns_allotted: int | None


class Label(msgspec.Struct, frozen=True):
    """A blind code for the sheet of a candidate, for marking on paper."""

    exam_number: str
    blind_code: str


class Labels(msgspec.Struct, frozen=True):
    """The blind codes of an item, to be printed by the organiser."""

    plan_id: UUID
    items: list[Label]
