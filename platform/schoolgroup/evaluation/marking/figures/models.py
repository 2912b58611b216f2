"""How markers mark, and how far marking is."""

from uuid import UUID

import msgspec

from schoolgroup.evaluation.marking.models import Duty, MarkerStatus, PlanStatus


class Agreement(msgspec.Struct, frozen=True):
    """A marker beside the other blind marks of the same scripts.

    `exact` and `adjacent` (at most one step apart) are shares of the pairs; `kappa` is Cohen's with
    quadratic weights, null where chance alone explains everything. `severity` is the mean of own
    minus other mark, below 0: severe, with its 95 % interval by Student's t (from two pairs on).
    """

    pairs: int
    exact: float
    adjacent: float
    kappa: float | None
    severity: float
    severity_low: float | None
    severity_high: float | None


class Figures(msgspec.Struct, frozen=True):
    """One marker's figures now, over the marks that count; sd with divisor n.

    `per_hour`: marks by the hours between taking and marking. `checks`: known scripts and own ones
    again; `outside`: those missed by more than the tolerance.
    """

    marked: int
    set_aside: int
    per_hour: float | None
    mean: float | None
    sd: float | None
    agreement: Agreement | None
    checks: int
    outside: int


class MarkerFigures(msgspec.Struct, frozen=True):
    """A marker and the figures."""

    person_id: UUID
    person_name: str
    school_id: UUID
    duty: Duty
    status: MarkerStatus
    paused_because: str
    figures: Figures


class ItemFigures(msgspec.Struct, frozen=True):
    """The markers of an item."""

    plan_id: UUID
    markers: list[MarkerFigures]


class Whole(msgspec.Struct, frozen=True):
    """How far an item is, in all: for who marks or organises it."""

    scripts: int
    settled: int
    marks: int
    open_turns: int
    in_hand: int
    thirds: int
    disputed: int
    abnormal: int
    without_image: int


class OfSchool(msgspec.Struct, frozen=True):
    """A school's part: its own scripts, and what its markers have done of their share."""

    school_id: UUID
    scripts: int
    settled: int
    marks_given: int
    turns_allotted: int | None


class ItemProgress(msgspec.Struct, frozen=True):
    """How far an item is. A school sees its own row, the organiser all of them."""

    plan_id: UUID
    subject: str
    label: str
    status: PlanStatus
    whole: Whole | None
    schools: list[OfSchool]


class Progress(msgspec.Struct, frozen=True):
    """How far the marking of an exam is, item by item."""

    exam_id: UUID
    items: list[ItemProgress]


class GivenRow(msgspec.Struct, frozen=True):
    """What one marker has given, in half marks."""

    person_id: UUID
    half_marks: list[int]
    seconds: float
    set_aside: int
    checks: int
    outside: int


class PairsRow(msgspec.Struct, frozen=True):
    """One marker's marks beside the others' of the same scripts, in half marks."""

    person_id: UUID
    own: list[int]
    other: list[int]


class ScriptsRow(msgspec.Struct, frozen=True):
    """Scripts of an item by the school they come from."""

    plan_id: UUID
    school_id: UUID
    scripts: int
    settled: int
    without_image: int


class GivenBySchool(msgspec.Struct, frozen=True):
    """Marks by the markers' school."""

    plan_id: UUID
    school_id: UUID
    marks: int
    turns_allotted: int | None


class OpenRow(msgspec.Struct, frozen=True):
    """Turns of an item that wait to be marked."""

    plan_id: UUID
    open_turns: int
    in_hand: int
    thirds: int
    disputed: int
    abnormal: int
