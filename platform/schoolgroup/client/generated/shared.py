"""What several rooms speak of.

Written by `make client` from the API description: do not edit.
"""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from msgspec import UNSET, Struct, UnsetType

from schoolgroup.client import kinds as k


class Aim(Struct, frozen=True, kw_only=True, omit_defaults=True):
    by_on: dt.date
    completion: float
    missing: int
    needed_a_week: float | None
    passed: bool
    projection: Projection | None
    reached: bool


class BulletinLine(Struct, frozen=True, kw_only=True, omit_defaults=True):
    edition_no: int
    id: UUID
    issued_at: dt.datetime | None
    no: int | None
    receipts: Receipts | None
    signed_at: dt.datetime | None
    status: BulletinStatus
    title: str
    version: int
    year: int | None


class BulletinStatus(k.Word):
    """Its life; a correction goes through it again, while the last edition stays readable."""

    DRAFT = "draft"
    CHECKED = "checked"
    ISSUED = "issued"
    CORRECTED = "corrected"


class CatalogueStage(k.Word):
    """The stage of schooling it is for."""

    KINDERGARTEN = "kindergarten"
    PRIMARY = "primary"
    JUNIOR = "junior"
    SENIOR = "senior"


class ChoiceRule(k.Word):
    """Which optional items count where more were answered than asked for 多做时计分规则."""

    FIRST = "first"
    BEST = "best"


class Count(Struct, frozen=True, kw_only=True, omit_defaults=True):
    count: int
    kind: str
    link: str
    name: Text
    overdue: int
    sort: InboxSort
    unread: int


class EvidenceKind(k.Word):
    """A file handed in, a resource, or a document named by its number."""

    UPLOAD = "upload"
    RESOURCE = "resource"
    DOCUMENT = "document"


class EvidenceWish(Struct, frozen=True, kw_only=True, omit_defaults=True):
    resource_id: UUID | UnsetType | None = UNSET
    text: str = ""
    upload_id: UUID | UnsetType | None = UNSET


class ExamStatus(k.Word):
    """The life of an exam 考试状态 (evaluation.md section 2)."""

    DRAFT = "draft"
    INVITED = "invited"
    REGISTERING = "registering"
    ROSTERED = "rostered"
    SAT = "sat"
    MARKING = "marking"
    VERIFYING = "verifying"
    FROZEN = "frozen"
    RELEASED = "released"
    ARCHIVED = "archived"
    CANCELLED = "cancelled"


class ExamView(Struct, frozen=True, kw_only=True, omit_defaults=True):
    actions: list[str]
    answer_until_at: dt.datetime | None
    cancelled_because: str
    created_at: dt.datetime
    gate: GateView
    grade: int
    id: UUID
    purpose: Purpose
    school_id: UUID | None
    schools: list[ParticipantView]
    stage: GatesStage
    status: ExamStatus
    subjects: list[SubjectView]
    term_last: bool
    title: str
    updated_at: dt.datetime
    version: int


class ExamsChoice(Struct, frozen=True, kw_only=True, omit_defaults=True):
    choose: int
    name: str
    rule: ChoiceRule | UnsetType = UNSET


class ExamsLevel(Struct, frozen=True, kw_only=True, omit_defaults=True):
    from_percent: int
    grade: str


class ExportsForm(k.Word):
    """csv, xlsx or jsonld."""

    CSV = "csv"
    XLSX = "xlsx"
    JSONLD = "jsonld"


class FiguresFigure(Struct, frozen=True, kw_only=True, omit_defaults=True):
    closed: int
    completion_rate: float | None
    dropped: int
    items_link: str
    on_time: int
    on_time_rate: float | None
    open: int
    overdue: int
    part: str
    reported: int
    settled: int
    total: int


class FiguresValue(Struct, frozen=True, kw_only=True, omit_defaults=True):
    as_of_at: dt.datetime
    label: Text
    link: str
    month: str | None
    of: UUID | None
    saved: Saved
    unit: Unit
    value: float | None


class GateView(Struct, frozen=True, kw_only=True, omit_defaults=True):
    article: GatesArticle
    collects: str
    contents: list[GatesContent]
    name: str


class GatesArticle(Struct, frozen=True, kw_only=True, omit_defaults=True):
    law: Text
    place: Text
    published: str
    quote: Text


class GatesContent(k.Word):
    """What a release may hold."""

    FIGURES = "figures"
    PUPIL_GRADES = "pupil_grades"
    PUPIL_SCORES = "pupil_scores"
    RANKS = "ranks"


class GatesStage(k.Word):
    """学段."""

    PRIMARY = "primary"
    JUNIOR = "junior"
    SENIOR = "senior"


class InboxCounts(Struct, frozen=True, kw_only=True, omit_defaults=True):
    count: int
    items: list[Count]
    overdue: int
    unread: int


class InboxSort(k.Word):
    """Something that waits to be done, or a notice to be read."""

    WAITING = "waiting"
    NOTICE = "notice"


class ItemKind(k.Word):
    """How an item is scored: by its key, or by a marker 客观题/主观题."""

    OBJECTIVE = "objective"
    SUBJECTIVE = "subjective"


class ItemView(Struct, frozen=True, kw_only=True, omit_defaults=True):
    ability: str | None
    choice: str
    kind: ItemKind
    knowledge_point: str | None
    label: str
    max_marks: float
    parent: str
    section: str


class ItemsItemStatus(k.Word):
    """The life of an item."""

    OPEN = "open"
    REPORTED = "reported"
    CLOSED = "closed"
    DROPPED = "dropped"


class ListFormat(k.Word):
    """json, csv or xlsx."""

    JSON = "json"
    CSV = "csv"
    XLSX = "xlsx"


class Outlook(Struct, frozen=True, kw_only=True, omit_defaults=True):
    aims: list[Aim]
    figure: FiguresFigure
    ledger_id: UUID


class ParticipantView(Struct, frozen=True, kw_only=True, omit_defaults=True):
    answered_at: dt.datetime | None
    school_id: UUID
    school_name: str
    status: Participation


class Participation(k.Word):
    """Where a school stands with an exam."""

    INVITED = "invited"
    ACCEPTED = "accepted"
    DECLINED = "declined"


class Projection(Struct, frozen=True, kw_only=True, omit_defaults=True):
    closings_a_week: float | None
    confidence: float
    expected: float | None
    high: float | None
    low: float | None
    method: Text
    weeks_looked_at: int


class Purpose(k.Word):
    """What an exam is for 考试目的; those no law allows are words too, so that they are refused."""

    MOCK = "mock"
    FINAL = "final"
    MIDTERM = "midterm"
    ROUTINE = "routine"
    DIAGNOSIS = "diagnosis"
    SAMPLING = "sampling"
    PLACEMENT = "placement"
    SELECTION = "selection"
    RANKING = "ranking"
    PUBLICATION = "publication"


class Receipts(Struct, frozen=True, kw_only=True, omit_defaults=True):
    link: str
    schools: int
    signed: int


class Result(k.Word):
    """How a candidate stands in a subject: a state, never a number."""

    PRESENT = "present"
    ABSENT = "absent"
    VOID = "void"
    EXEMPT = "exempt"
    LATE = "late"


class Saved(k.Word):
    """The saved queries; each is the figure of the feature itself, never a second count."""

    LEDGER_COMPLETION = "ledger_completion"
    LEDGER_ON_TIME = "ledger_on_time"
    LEDGER_ITEMS = "ledger_items"
    CALL_COMPLETENESS = "call_completeness"
    CALL_ON_TIME = "call_on_time"
    ROUND_COVERAGE = "round_coverage"
    ACTIVITIES = "activities"
    ACTIVITY_PUPILS = "activity_pupils"
    MEASURES = "measures"
    MEASURES_DONE = "measures_done"


class SheetFormat(k.Word):
    """How it is written."""

    CSV = "csv"
    XLSX = "xlsx"
    HTML = "html"


class SubjectView(Struct, frozen=True, kw_only=True, omit_defaults=True):
    choices: list[ExamsChoice]
    excellent_percent: int
    full_marks: float
    items: list[ItemView]
    levels: list[ExamsLevel]
    low_percent: int
    minutes: int | None
    paper_version: int
    pass_percent: int
    starts_at: dt.datetime | None
    subject: str


class TableFormat(k.Word):
    """How the file is written."""

    CSV = "csv"
    XLSX = "xlsx"


class Text(Struct, frozen=True, kw_only=True, omit_defaults=True):
    en: str
    zh: str


class Unit(k.Word):
    """How a value is read."""

    COUNT = "count"
    SHARE = "share"
