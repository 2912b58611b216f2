"""Measures and their time nodes (举措).

Written by `make client` from the API description: do not edit.
"""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from msgspec import UNSET, Struct, UnsetType

from schoolgroup.client import kinds as k


class Initiative(Struct, frozen=True, kw_only=True, omit_defaults=True):
    id: UUID
    title: str
    summary: str
    status: InitiativeStatus
    status_because: str
    from_on: dt.date
    until_on: dt.date | None
    totals: InitiativesTotals
    created_at: dt.datetime
    version: int
    actions: list[str]


class InitiativeStatus(k.Word):
    """The life of an initiative."""

    PLANNED = "planned"
    RUNNING = "running"
    DONE = "done"
    DROPPED = "dropped"


class InitiativeWish(Struct, frozen=True, kw_only=True, omit_defaults=True):
    title: str
    from_on: dt.date
    summary: str = ""
    until_on: dt.date | UnsetType | None = UNSET


class InitiativesProgress(Struct, frozen=True, kw_only=True, omit_defaults=True):
    nodes: int
    nodes_reached: int
    nodes_overdue: int
    next_due_on: dt.date | None
    items_total: int
    items_closed: int
    items_overdue: int
    items_rate: float | None
    returns_expected: int
    returns_answered: int
    returns_rate: float | None
    items_link: str


class InitiativesTotals(Struct, frozen=True, kw_only=True, omit_defaults=True):
    measures: int
    planned: int
    under_way: int
    done: int
    dropped: int
    nodes: int
    nodes_reached: int
    nodes_overdue: int


class Measure(Struct, frozen=True, kw_only=True, omit_defaults=True):
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
    progress: InitiativesProgress
    created_at: dt.datetime
    version: int
    actions: list[str]


class MeasureChange(Struct, frozen=True, kw_only=True, omit_defaults=True):
    title: str | UnsetType = UNSET
    detail: str | UnsetType = UNSET
    offices: list[str] | UnsetType = UNSET
    person_id: UUID | UnsetType | None = UNSET
    nodes: list[NodeWish] | UnsetType = UNSET
    call_ids: list[UUID] | UnsetType = UNSET


class MeasureStatus(k.Word):
    """The life of a measure."""

    PLANNED = "planned"
    UNDER_WAY = "under_way"
    DONE = "done"
    DROPPED = "dropped"


class MeasureWish(Struct, frozen=True, kw_only=True, omit_defaults=True):
    title: str
    offices: list[str]
    detail: str = ""
    person_id: UUID | UnsetType | None = UNSET
    nodes: list[NodeWish] | UnsetType = UNSET
    call_ids: list[UUID] | UnsetType = UNSET


class NodeRow(Struct, frozen=True, kw_only=True, omit_defaults=True):
    no: int
    title: str
    due_on: dt.date
    reached_at: dt.datetime | None
    reached_by_person_id: UUID | None
    note: str
    overdue: bool


class NodeWish(Struct, frozen=True, kw_only=True, omit_defaults=True):
    title: str
    due_on: dt.date


class ReachedWish(Struct, frozen=True, kw_only=True, omit_defaults=True):
    note: str = ""


class Remark(Struct, frozen=True, kw_only=True, omit_defaults=True):
    id: UUID
    person_id: UUID
    school_id: UUID | None
    text: str
    at: dt.datetime


class RemarkWish(Struct, frozen=True, kw_only=True, omit_defaults=True):
    text: str


class StepWish(Struct, frozen=True, kw_only=True, omit_defaults=True):
    verb: Verb
    because: str = ""


class Verb(k.Word):
    """What can be done to the state of an initiative or a measure."""

    START = "start"
    FINISH = "finish"
    DROP = "drop"
    RESUME = "resume"


def add_measure(
    initiative_id: UUID, body: MeasureWish, *, idempotency_key: str | None = None
) -> k.Asked[Measure]:
    """Add a measure.

    With its responsible offices, its time nodes and the calls it is followed by.
    """
    return k.ask(
        "addMeasure",
        "POST",
        k.path_of("/v1/initiatives/{initiative_id}/measures", initiative_id=initiative_id),
        k.read_json(Measure),
        body=body,
        once=True,
        key=idempotency_key,
    )


def change_initiative(
    initiative_id: UUID, body: InitiativeWish, *, version: int, idempotency_key: str | None = None
) -> k.Asked[Initiative]:
    """Change an initiative.

    Title, summary and days.
    """
    return k.ask(
        "changeInitiative",
        "PUT",
        k.path_of("/v1/initiatives/{initiative_id}", initiative_id=initiative_id),
        k.read_json(Initiative),
        body=body,
        version=version,
        once=True,
        key=idempotency_key,
    )


def change_measure(
    measure_id: UUID, body: MeasureChange, *, version: int, idempotency_key: str | None = None
) -> k.Asked[Measure]:
    """Change a measure.

    What is given changes; nodes that were reached stay.
    """
    return k.ask(
        "changeMeasure",
        "PATCH",
        k.path_of("/v1/measures/{measure_id}", measure_id=measure_id),
        k.read_json(Measure),
        body=body,
        version=version,
        once=True,
        key=idempotency_key,
    )


def get_initiative(initiative_id: UUID) -> k.Asked[Initiative]:
    """Read an initiative.

    With its measures counted by their states; counts move without its version.
    """
    return k.ask(
        "getInitiative",
        "GET",
        k.path_of("/v1/initiatives/{initiative_id}", initiative_id=initiative_id),
        k.read_json(Initiative),
    )


def get_measure(measure_id: UUID) -> k.Asked[Measure]:
    """Read a measure.

    With its nodes and its progress; counts move without its version.
    """
    return k.ask(
        "getMeasure",
        "GET",
        k.path_of("/v1/measures/{measure_id}", measure_id=measure_id),
        k.read_json(Measure),
    )


def list_initiatives(
    *, limit: int | None = None, cursor: str | None = None
) -> k.Asked[k.Page[Initiative]]:
    """List initiatives.

    The newest first, each with its measures counted.
    """
    return k.ask(
        "listInitiatives",
        "GET",
        "/v1/initiatives",
        k.read_json(k.Page[Initiative]),
        query={"limit": limit, "cursor": cursor},
    )


def list_measure_remarks(
    measure_id: UUID, *, limit: int | None = None, cursor: str | None = None
) -> k.Asked[k.Page[Remark]]:
    """The remarks on a measure.

    The oldest first.
    """
    return k.ask(
        "listMeasureRemarks",
        "GET",
        k.path_of("/v1/measures/{measure_id}/remarks", measure_id=measure_id),
        k.read_json(k.Page[Remark]),
        query={"limit": limit, "cursor": cursor},
    )


def list_measures(initiative_id: UUID) -> k.Asked[list[Measure]]:
    """The measures of an initiative.

    All of them by their numbers, each with how far it is.
    """
    return k.ask(
        "listMeasures",
        "GET",
        k.path_of("/v1/initiatives/{initiative_id}/measures", initiative_id=initiative_id),
        k.read_json(list[Measure]),
    )


def make_initiative(
    body: InitiativeWish, *, idempotency_key: str | None = None
) -> k.Asked[Initiative]:
    """Plan an initiative.

    Known to every school from now on; its measures are added one by one.
    """
    return k.ask(
        "makeInitiative",
        "POST",
        "/v1/initiatives",
        k.read_json(Initiative),
        body=body,
        once=True,
        key=idempotency_key,
    )


def reach_node(
    measure_id: UUID, no: int, body: ReachedWish, *, idempotency_key: str | None = None
) -> k.Asked[Measure]:
    """A time node is reached.

    Now, and by whom, is kept.
    """
    return k.ask(
        "reachNode",
        "POST",
        k.path_of("/v1/measures/{measure_id}/nodes/{no}/reach", measure_id=measure_id, no=no),
        k.read_json(Measure),
        body=body,
        once=True,
        key=idempotency_key,
    )


def remark_on_measure(
    measure_id: UUID, body: RemarkWish, *, idempotency_key: str | None = None
) -> k.Asked[Remark]:
    """Remark on a measure.

    It stays as it was said.
    """
    return k.ask(
        "remarkOnMeasure",
        "POST",
        k.path_of("/v1/measures/{measure_id}/remarks", measure_id=measure_id),
        k.read_json(Remark),
        body=body,
        once=True,
        key=idempotency_key,
    )


def step_initiative(
    initiative_id: UUID, body: StepWish, *, idempotency_key: str | None = None
) -> k.Asked[Initiative]:
    """Start, finish, drop or resume it.

    What is possible now stands in `actions`; dropping and resuming say why.
    """
    return k.ask(
        "stepInitiative",
        "POST",
        k.path_of("/v1/initiatives/{initiative_id}/step", initiative_id=initiative_id),
        k.read_json(Initiative),
        body=body,
        once=True,
        key=idempotency_key,
    )


def step_measure(
    measure_id: UUID, body: StepWish, *, idempotency_key: str | None = None
) -> k.Asked[Measure]:
    """Start, finish, drop or resume it.

    Who answers for it starts and finishes it; the office drops and resumes.
    """
    return k.ask(
        "stepMeasure",
        "POST",
        k.path_of("/v1/measures/{measure_id}/step", measure_id=measure_id),
        k.read_json(Measure),
        body=body,
        once=True,
        key=idempotency_key,
    )
