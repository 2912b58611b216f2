"""Initiatives (专项行动) and their measures (举措), with what is to be there by when."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from msgspec import UNSET, Meta, Struct, UnsetType, field

from schoolgroup.kernel.http import Input
from schoolgroup.kernel.transitions import Machine, Transition

READ, MANAGE = "initiative:read", "initiative:manage"
ADVANCE, REMARK = "initiative:advance", "initiative:remark"
NODES_MAX, CALLS_MAX, OFFICES_MAX = 50, 50, 10

Title = Annotated[str, Meta(min_length=1, max_length=200)]
MeasureTitle = Annotated[str, Meta(min_length=1, max_length=300)]
Words = Annotated[str, Meta(max_length=4000)]
Office = Annotated[str, Meta(min_length=1, max_length=100)]
Offices = Annotated[list[Office], Meta(min_length=1, max_length=OFFICES_MAX)]


class InitiativeStatus(StrEnum):
    """The life of an initiative."""

    PLANNED = "planned"
    RUNNING = "running"
    DONE = "done"
    DROPPED = "dropped"


class MeasureStatus(StrEnum):
    """The life of a measure."""

    PLANNED = "planned"
    UNDER_WAY = "under_way"
    DONE = "done"
    DROPPED = "dropped"


INITIATIVE: Machine[InitiativeStatus] = Machine(
    "initiative",
    [
        Transition("start", MANAGE, (InitiativeStatus.PLANNED,), InitiativeStatus.RUNNING),
        Transition("finish", MANAGE, (InitiativeStatus.RUNNING,), InitiativeStatus.DONE),
        Transition(
            "drop",
            MANAGE,
            (InitiativeStatus.PLANNED, InitiativeStatus.RUNNING),
            InitiativeStatus.DROPPED,
        ),
        Transition(
            "resume",
            MANAGE,
            (InitiativeStatus.DONE, InitiativeStatus.DROPPED),
            InitiativeStatus.RUNNING,
        ),
    ],
)
MEASURE: Machine[MeasureStatus] = Machine(
    "measure",
    [
        Transition("start", ADVANCE, (MeasureStatus.PLANNED,), MeasureStatus.UNDER_WAY),
        Transition("finish", ADVANCE, (MeasureStatus.UNDER_WAY,), MeasureStatus.DONE),
        Transition(
            "drop",
            MANAGE,
            (MeasureStatus.PLANNED, MeasureStatus.UNDER_WAY),
            MeasureStatus.DROPPED,
        ),
        Transition(
            "resume",
            MANAGE,
            (MeasureStatus.DONE, MeasureStatus.DROPPED),
            MeasureStatus.UNDER_WAY,
        ),
    ],
)


class Verb(StrEnum):
    """What can be done to the state of an initiative or a measure."""

    START = "start"
    FINISH = "finish"
    DROP = "drop"
    RESUME = "resume"


class StepWish(Input, frozen=True):
    """A step of the table; `drop` and `resume` say why."""

    verb: Verb
    because: Annotated[str, Meta(max_length=2000)] = ""


class InitiativeWish(Input, frozen=True):
    """A new initiative, or all of it anew."""

    title: Title
    from_on: date
    summary: Words = ""
    until_on: date | None = None


class NodeWish(Input, frozen=True):
    """What is to be there by the end of a day."""

    title: MeasureTitle
    due_on: date


class MeasureWish(Input, frozen=True):
    """A measure with its time nodes; `person_id` answers for it at the group office."""

    title: MeasureTitle
    offices: Offices
    detail: Words = ""
    person_id: UUID | None = None
    nodes: Annotated[list[NodeWish], Meta(max_length=NODES_MAX)] = field(default_factory=list)
    call_ids: Annotated[list[UUID], Meta(max_length=CALLS_MAX)] = field(default_factory=list)


class MeasureChange(Input, frozen=True):
    """What changes of a measure. `nodes` replaces those not yet reached; those reached stay."""

    title: MeasureTitle | UnsetType = UNSET
    detail: Words | UnsetType = UNSET
    offices: Offices | UnsetType = UNSET
    person_id: UUID | UnsetType | None = UNSET
    nodes: Annotated[list[NodeWish], Meta(max_length=NODES_MAX)] | UnsetType = UNSET
    call_ids: Annotated[list[UUID], Meta(max_length=CALLS_MAX)] | UnsetType = UNSET


class ReachedWish(Input, frozen=True):
    """That a time node is reached."""

    note: Annotated[str, Meta(max_length=2000)] = ""


class RemarkWish(Input, frozen=True):
    """A remark on a measure; it stays as it was said."""

    text: Annotated[str, Meta(min_length=1, max_length=4000)]


class InitiativeRow(Struct, frozen=True):
    """An initiative as stored, with the caller's relations to it."""

    id: UUID
    title: str
    summary: str
    status: InitiativeStatus
    status_because: str
    from_on: date
    until_on: date | None
    version: int
    created_at: datetime
    relations: int


class ProgressRow(Struct, frozen=True):
    """How far a measure is, counted by one function over rows."""

    measure_id: UUID
    nodes: int
    nodes_reached: int
    nodes_overdue: int
    next_due_on: date | None
    items_total: int
    items_closed: int
    items_counted: int
    items_overdue: int
    returns_expected: int
    returns_answered: int


class Progress(Struct, frozen=True):
    """How far a measure is: of its time nodes, its ledger items, and the returns it is followed by.

    Each rate is null where there is nothing to count. `items_link` and `calls` lead to the rows.
    """

    nodes: int
    nodes_reached: int
    nodes_overdue: int
    next_due_on: date | None
    items_total: int
    items_closed: int
    items_overdue: int
    items_rate: float | None
    returns_expected: int
    returns_answered: int
    returns_rate: float | None
    items_link: str


class Totals(Struct, frozen=True):
    """An initiative's measures by their state, and its nodes together."""

    measures: int
    planned: int
    under_way: int
    done: int
    dropped: int
    nodes: int
    nodes_reached: int
    nodes_overdue: int


class Initiative(Struct, frozen=True):
    """An initiative with how far its measures are."""

    id: UUID
    title: str
    summary: str
    status: InitiativeStatus
    status_because: str
    from_on: date
    until_on: date | None
    totals: Totals
    created_at: datetime
    version: int
    actions: list[str]


class NodeRow(Struct, frozen=True):
    """A time node; overdue is reckoned at the group's place."""

    no: int
    title: str
    due_on: date
    reached_at: datetime | None
    reached_by_person_id: UUID | None
    note: str
    overdue: bool


class MeasureRow(Struct, frozen=True):
    """A measure as stored, with the caller's relations to it."""

    id: UUID
    initiative_id: UUID
    no: int
    title: str
    detail: str
    offices: list[str]
    person_id: UUID | None
    status: MeasureStatus
    status_because: str
    version: int
    created_at: datetime
    relations: int


class Measure(Struct, frozen=True):
    """A measure: what, by whom, by when, and how far it is."""

    id: UUID
    initiative_id: UUID
    no: int
    title: str
    detail: str
    offices: list[str]
    person_id: UUID | None
    status: MeasureStatus
    status_because: str
    nodes: list[NodeRow]
    call_ids: list[UUID]
    progress: Progress
    created_at: datetime
    version: int
    actions: list[str]


class Remark(Struct, frozen=True):
    """What somebody said about a measure; without a school: for the group office."""

    id: UUID
    person_id: UUID
    school_id: UUID | None
    text: str
    at: datetime
