"""Items of ledgers (事项): open until somebody other than the reporter saw the evidence."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from schoolgroup.kernel.http import Input
from schoolgroup.kernel.transitions import Machine, Transition
from schoolgroup.management.ledgers.books.models import CategoryCode

READ, ENTER, AMEND = "ledger_item:read", "ledger_item:enter", "ledger_item:amend"
REPORT, CLOSE = "ledger_item:report", "ledger_item:close"
DROP, REOPEN = "ledger_item:drop", "ledger_item:reopen"
EVIDENCE_MAX = 20

ItemTitle = Annotated[str, Meta(min_length=1, max_length=300)]
Detail = Annotated[str, Meta(max_length=4000)]
Ref = Annotated[str, Meta(min_length=1, max_length=80)]
Because = Annotated[str, Meta(min_length=1, max_length=2000)]


class ItemStatus(StrEnum):
    """The life of an item."""

    OPEN = "open"
    REPORTED = "reported"
    CLOSED = "closed"
    DROPPED = "dropped"


class Source(StrEnum):
    """Where an item came from: a finding of a visit, a return, …; anything else is manual."""

    VISIT = "visit"
    RETURN = "return"
    BULLETIN = "bulletin"
    MEASURE = "measure"
    ACTIVITY = "activity"
    MANUAL = "manual"
    IMPORT = "import"


class EvidenceKind(StrEnum):
    """A file handed in, a resource, or a document named by its number."""

    UPLOAD = "upload"
    RESOURCE = "resource"
    DOCUMENT = "document"


ITEM: Machine[ItemStatus] = Machine(
    "ledger item",
    [
        Transition("report", REPORT, (ItemStatus.OPEN,), ItemStatus.REPORTED),
        Transition("refuse", CLOSE, (ItemStatus.REPORTED,), ItemStatus.OPEN),
        Transition("close", CLOSE, (ItemStatus.REPORTED,), ItemStatus.CLOSED),
        Transition("drop", DROP, (ItemStatus.OPEN, ItemStatus.REPORTED), ItemStatus.DROPPED),
        Transition("reopen", REOPEN, (ItemStatus.CLOSED, ItemStatus.DROPPED), ItemStatus.OPEN),
    ],
)


class ItemWish(Input, frozen=True):
    """A new item. `school_id` null: the group office sees to it itself.

    `source` and `source_id` name the visit, return, bulletin, measure or activity it comes from,
    which you must be allowed to read; of one that is no row here, `source_note` says what it is.
    """

    title: ItemTitle
    category: CategoryCode
    due_on: date
    detail: Detail = ""
    source: Source = Source.MANUAL
    source_id: UUID | None = None
    source_note: Annotated[str, Meta(max_length=300)] = ""
    ref: Ref | None = None
    measure_id: UUID | None = None
    school_id: UUID | None = None
    person_id: UUID | None = None


class ItemChange(Input, frozen=True):
    """What changes, and why; what is left out stays."""

    because: Because
    title: ItemTitle | UnsetType = UNSET
    detail: Detail | UnsetType = UNSET
    category: CategoryCode | UnsetType = UNSET
    due_on: date | UnsetType = UNSET
    measure_id: UUID | UnsetType | None = UNSET
    school_id: UUID | UnsetType | None = UNSET
    person_id: UUID | UnsetType | None = UNSET


class EvidenceWish(Input, frozen=True):
    """One of: a verified upload of the own school, a resource one may see, or a named document."""

    upload_id: UUID | None = None
    resource_id: UUID | None = None
    text: Annotated[str, Meta(max_length=500)] = ""


class ReportWish(Input, frozen=True):
    """That it is done, with the evidence."""

    note: Annotated[str, Meta(min_length=1, max_length=4000)]
    evidence: Annotated[list[EvidenceWish], Meta(min_length=1, max_length=EVIDENCE_MAX)]


class Verdict(Input, frozen=True):
    """The report that is closed or refused; a refusal says why."""

    report_no: Annotated[int, Meta(ge=1)]
    because: Annotated[str, Meta(max_length=2000)] = ""


class Reason(Input, frozen=True):
    """Why."""

    because: Because


class EvidenceRow(Struct, frozen=True):
    """A piece of evidence as it is written and read; `sha256` of a file handed in."""

    place: int
    kind: EvidenceKind
    text: str
    file_name: str | None = None
    blob_id: UUID | None = None
    resource_id: UUID | None = None
    sha256: str | None = None


class Evidence(Struct, frozen=True):
    """A piece of evidence; `link` leads to the file or the resource."""

    kind: EvidenceKind
    text: str
    file_name: str | None
    sha256: str | None
    link: str | None


class ReportRow(Struct, frozen=True):
    """A report as stored."""

    no: int
    person_id: UUID
    note: str
    reported_at: datetime


class Report(Struct, frozen=True):
    """That it was done: by whom, when, with what evidence."""

    no: int
    person_id: UUID
    note: str
    reported_at: datetime
    evidence: list[Evidence]


class ItemRow(Struct, frozen=True, kw_only=True):
    """An item as stored, with the caller's relations to it."""

    id: UUID
    ledger_id: UUID
    ledger_title: str
    no: int
    title: str
    detail: str
    category: str
    source: Source
    source_id: UUID | None
    source_note: str
    ref: str | None
    measure_id: UUID | None
    school_id: UUID | None
    school_name: str | None
    person_id: UUID | None
    due_on: date
    status: ItemStatus
    overdue: bool
    overdue_days: int
    reported_no: int | None
    reported_by_person_id: UUID | None
    closed_by_person_id: UUID | None
    opened_at: datetime
    version: int
    created_at: datetime
    relations: int


class Item(Struct, frozen=True, kw_only=True):
    """An item. Overdue is reckoned at the group's place; `overdue_days` are school days.

    `source_link` leads to what it came from, for who may read that.
    """

    id: UUID
    ledger_id: UUID
    ledger_title: str
    no: int
    title: str
    detail: str
    category: str
    source: Source
    source_id: UUID | None
    source_link: str | None
    source_note: str
    ref: str | None
    measure_id: UUID | None
    school_id: UUID | None
    school_name: str | None
    person_id: UUID | None
    due_on: date
    status: ItemStatus
    overdue: bool
    overdue_days: int
    reported_no: int | None
    reported_by_person_id: UUID | None
    closed_by_person_id: UUID | None
    opened_at: datetime
    version: int
    actions: list[str]


class ItemFilter(Struct, frozen=True, kw_only=True):
    """Which items; null takes all."""

    ledger_id: UUID | None = None
    initiative_id: UUID | None = None
    measure_id: UUID | None = None
    school_id: UUID | None = None
    category: str | None = None
    status: ItemStatus | None = None
    source: Source | None = None
    overdue: bool | None = None


class ActRow(Struct, frozen=True):
    """What happened to an item, and what it was from then on."""

    no: int
    verb: str
    status: ItemStatus
    due_on: date
    category: str
    school_id: UUID | None
    report_no: int | None
    because: str
    person_id: UUID | None
    at: datetime
    entered_at: datetime


class History(Struct, frozen=True):
    """Everything that happened to an item, and its reports with their evidence."""

    item_id: UUID
    acts: list[ActRow]
    reports: list[Report]


class NewItem(msgspec.Struct, frozen=True, kw_only=True):
    """An item as it is written: at once with others, by one statement."""

    id: UUID
    ledger_id: UUID
    no: int
    title: str
    detail: str
    category: str
    source: Source
    source_id: UUID | None
    source_note: str
    ref: str | None
    measure_id: UUID | None
    school_id: UUID | None
    person_id: UUID | None
    due_on: date
    opened_at: datetime


class ItemText(Struct, frozen=True):
    """The words of an item another room opens: what is wrong, of which kind, by when."""

    title: str
    detail: str
    category: str
    due_on: date


class Facts(Struct, frozen=True):
    """What the directory and the dictionary say about what an item names."""

    category: bool
    measure: bool
    school: bool
    person: bool
