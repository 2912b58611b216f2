"""What several rooms speak of.

Written by `make client` from the API description: do not edit.
"""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from msgspec import UNSET, Struct, UnsetType

from schoolgroup.client import kinds as k


class Aim(Struct, frozen=True, kw_only=True, omit_defaults=True):
    completion: float
    by_on: dt.date
    reached: bool
    passed: bool
    missing: int
    needed_a_week: float | None
    projection: Projection | None


class BulletinLine(Struct, frozen=True, kw_only=True, omit_defaults=True):
    id: UUID
    year: int | None
    no: int | None
    title: str
    status: BulletinStatus
    edition_no: int
    issued_at: dt.datetime | None
    receipts: Receipts | None
    signed_at: dt.datetime | None
    version: int


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
    kind: str
    sort: InboxSort
    name: Text
    count: int
    unread: int
    overdue: int
    link: str


class EvidenceKind(k.Word):
    """A file handed in, a resource, or a document named by its number."""

    UPLOAD = "upload"
    RESOURCE = "resource"
    DOCUMENT = "document"


class EvidenceWish(Struct, frozen=True, kw_only=True, omit_defaults=True):
    upload_id: UUID | UnsetType | None = UNSET
    resource_id: UUID | UnsetType | None = UNSET
    text: str = ""


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
    id: UUID
    school_id: UUID | None
    title: str
    stage: GatesStage
    grade: int
    purpose: Purpose
    term_last: bool
    status: ExamStatus
    cancelled_because: str
    answer_until_at: dt.datetime | None
    gate: GateView
    subjects: list[SubjectView]
    schools: list[ParticipantView]
    created_at: dt.datetime
    updated_at: dt.datetime
    version: int
    actions: list[str]


class ExamsChoice(Struct, frozen=True, kw_only=True, omit_defaults=True):
    name: str
    choose: int
    rule: ChoiceRule | UnsetType = UNSET


class ExamsLevel(Struct, frozen=True, kw_only=True, omit_defaults=True):
    grade: str
    from_percent: int


class ExportsForm(k.Word):
    """csv, xlsx or jsonld."""

    CSV = "csv"
    XLSX = "xlsx"
    JSONLD = "jsonld"


class FiguresFigure(Struct, frozen=True, kw_only=True, omit_defaults=True):
    part: str
    total: int
    open: int
    reported: int
    closed: int
    dropped: int
    overdue: int
    on_time: int
    settled: int
    completion_rate: float | None
    on_time_rate: float | None
    items_link: str


class GateView(Struct, frozen=True, kw_only=True, omit_defaults=True):
    name: str
    collects: str
    contents: list[GatesContent]
    article: GatesArticle


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
    items: list[Count]
    count: int
    unread: int
    overdue: int


class InboxSort(k.Word):
    """Something that waits to be done, or a notice to be read."""

    WAITING = "waiting"
    NOTICE = "notice"


class ItemKind(k.Word):
    """How an item is scored: by its key, or by a marker 客观题/主观题."""

    OBJECTIVE = "objective"
    SUBJECTIVE = "subjective"


class ItemView(Struct, frozen=True, kw_only=True, omit_defaults=True):
    label: str
    max_marks: float
    knowledge_point: str | None
    ability: str | None
    section: str
    parent: str
    kind: ItemKind
    choice: str


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
    ledger_id: UUID
    figure: FiguresFigure
    aims: list[Aim]


class ParticipantView(Struct, frozen=True, kw_only=True, omit_defaults=True):
    school_id: UUID
    school_name: str
    status: Participation
    answered_at: dt.datetime | None


class Participation(k.Word):
    """Where a school stands with an exam."""

    INVITED = "invited"
    ACCEPTED = "accepted"
    DECLINED = "declined"


class Projection(Struct, frozen=True, kw_only=True, omit_defaults=True):
    expected: float | None
    low: float | None
    high: float | None
    confidence: float
    weeks_looked_at: int
    closings_a_week: float | None
    method: Text


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
    schools: int
    signed: int
    link: str


class Result(k.Word):
    """How a candidate stands in a subject: a state, never a number."""

    PRESENT = "present"
    ABSENT = "absent"
    VOID = "void"
    EXEMPT = "exempt"
    LATE = "late"


class SheetFormat(k.Word):
    """How it is written."""

    CSV = "csv"
    XLSX = "xlsx"
    HTML = "html"


class SubjectView(Struct, frozen=True, kw_only=True, omit_defaults=True):
    subject: str
    paper_version: int
    full_marks: float
    excellent_percent: int
    pass_percent: int
    low_percent: int
    levels: list[ExamsLevel]
    items: list[ItemView]
    choices: list[ExamsChoice]
    starts_at: dt.datetime | None
    minutes: int | None


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
    MARKS = "marks"
