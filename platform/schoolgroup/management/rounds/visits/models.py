"""Visits: confirmed by the school, recorded by the team, replied to by the school."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct, field

from schoolgroup.kernel.http import Input
from schoolgroup.kernel.transitions import Machine, Transition
from schoolgroup.management.ledgers.books.models import CategoryCode
from schoolgroup.management.ledgers.items.models import (
    Detail,
    EvidenceKind,
    EvidenceWish,
    ItemStatus,
    ItemTitle,
)

READ, CONFIRM, RECORD, REPLY = "visit:read", "visit:confirm", "visit:record", "visit:reply"
RUN = "round:run"
EVIDENCE_MAX = 10

Words = Annotated[str, Meta(min_length=1, max_length=8000)]


class VisitStatus(StrEnum):
    """The life of a visit."""

    PLANNED = "planned"
    CONFIRMED = "confirmed"
    CARRIED_OUT = "carried_out"
    REPORTED = "reported"
    REPLIED = "replied"
    CANCELLED = "cancelled"


class VisitKind(StrEnum):
    """Planned for every school, or a spot check that was drawn."""

    PLANNED = "planned"
    SPOT = "spot"


_AHEAD = (VisitStatus.PLANNED, VisitStatus.CONFIRMED)
VISIT: Machine[VisitStatus] = Machine(
    "visit",
    [
        Transition("confirm", CONFIRM, (VisitStatus.PLANNED,), VisitStatus.CONFIRMED),
        Transition("carry_out", RECORD, _AHEAD, VisitStatus.CARRIED_OUT),
        Transition("report", RECORD, (VisitStatus.CARRIED_OUT,), VisitStatus.REPORTED),
        Transition("reply", REPLY, (VisitStatus.REPORTED,), VisitStatus.REPLIED),
        Transition("move", RUN, _AHEAD, VisitStatus.PLANNED),
        Transition("cancel", RUN, _AHEAD, VisitStatus.CANCELLED),
    ],
)


class ConfirmWish(Input, frozen=True):
    """The day that suits the school; left out: the day planned."""

    planned_on: date | None = None


class MoveWish(Input, frozen=True):
    """Another day, and why; the school confirms it anew."""

    planned_on: date
    because: Annotated[str, Meta(min_length=1, max_length=1000)]


class CarryOutWish(Input, frozen=True):
    """The day of the visit; left out: today."""

    carried_out_on: date | None = None


class CancelWish(Input, frozen=True):
    """Why there is no visit."""

    because: Annotated[str, Meta(min_length=1, max_length=1000)]


class ObservationWish(Input, frozen=True):
    """What was seen of one criterion of the rubric."""

    criterion: Annotated[str, Meta(min_length=1, max_length=40)]
    points: Annotated[int, Meta(ge=0, le=100)]
    note: Annotated[str, Meta(max_length=4000)] = ""
    evidence: Annotated[list[EvidenceWish], Meta(max_length=EVIDENCE_MAX)] = field(
        default_factory=list
    )


class ObservationsWish(Input, frozen=True):
    """What was seen; a criterion seen before is written anew, the others stay."""

    observations: Annotated[list[ObservationWish], Meta(min_length=1, max_length=60)]


class FindingWish(Input, frozen=True):
    """Something to be put right: an item of the round's ledger from this moment on."""

    title: ItemTitle
    category: CategoryCode
    due_on: date
    detail: Detail = ""
    criterion: Annotated[str, Meta(max_length=40)] = ""


class ReportWish(Input, frozen=True):
    """The report of the team."""

    summary: Words


class ReplyWish(Input, frozen=True):
    """The reply of the school."""

    reply: Words


class VisitRow(Struct, frozen=True):
    """A visit as stored, with the caller's relations to it."""

    id: UUID
    round_id: UUID
    round_no: int
    team_id: UUID
    team_name: str
    school_id: UUID
    school_name: str
    kind: VisitKind
    draw_id: UUID | None
    planned_on: date
    moved_from_on: date | None
    moved_at: datetime | None
    moved_because: str
    moved_by_school: bool
    status: VisitStatus
    carried_out_on: date | None
    summary: str
    reported_at: datetime | None
    reply: str
    replied_at: datetime | None
    cancelled_because: str
    version: int
    created_at: datetime
    relations: int


class Summary(Struct, frozen=True):
    """A visit in a list."""

    id: UUID
    round_id: UUID
    round_no: int
    team_id: UUID
    team_name: str
    school_id: UUID
    school_name: str
    kind: VisitKind
    planned_on: date
    status: VisitStatus
    carried_out_on: date | None
    version: int
    actions: list[str]


class ObservationRow(Struct, frozen=True):
    """What was seen of a criterion, as stored."""

    criterion: str
    points: int
    note: str
    person_id: UUID
    observed_at: datetime


class EvidenceRow(Struct, frozen=True):
    """A piece of evidence of an observation, as stored."""

    place: int
    criterion: str
    kind: EvidenceKind
    text: str
    file_name: str | None
    blob_id: UUID | None
    resource_id: UUID | None


class EvidenceView(Struct, frozen=True):
    """A piece of evidence; `link` leads to the file or the resource."""

    kind: EvidenceKind
    text: str
    file_name: str | None
    link: str | None


class Observation(Struct, frozen=True):
    """What was seen of a criterion."""

    criterion: str
    points: int
    note: str
    person_id: UUID
    observed_at: datetime
    evidence: list[EvidenceView]


class Finding(Struct, frozen=True):
    """Something found, and how its ledger item stands now."""

    item_id: UUID
    round_no: int
    visit_id: UUID
    criterion: str
    title: str
    detail: str
    category: str
    due_on: date
    status: ItemStatus
    overdue: bool
    found_at: datetime


class Visit(Struct, frozen=True, kw_only=True):
    """A visit. `unclosed` comes first: what earlier visits found at this school and is not closed.

    What was seen is shown to the school when it is reported. `moved_from_on` is the day before it
    was moved last, by the school when it confirmed, or by the office.
    """

    id: UUID
    unclosed: list[Finding]
    round_id: UUID
    round_no: int
    team_id: UUID
    team_name: str
    school_id: UUID
    school_name: str
    kind: VisitKind
    draw_id: UUID | None
    planned_on: date
    moved_from_on: date | None
    moved_at: datetime | None
    moved_because: str
    moved_by_school: bool
    status: VisitStatus
    carried_out_on: date | None
    summary: str
    reported_at: datetime | None
    reply: str
    replied_at: datetime | None
    cancelled_because: str
    inspector_ids: list[UUID]
    observations: list[Observation]
    points: int
    points_max: int
    findings: list[Finding]
    version: int
    actions: list[str]


class VisitFilter(Struct, frozen=True, kw_only=True):
    """Which visits; null takes all."""

    round_id: UUID | None = None
    school_id: UUID | None = None
    status: VisitStatus | None = None
