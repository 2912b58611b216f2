"""Items open until somebody else closes them (台账).

Written by `make client` from the API description: do not edit.
"""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from msgspec import UNSET, Struct, UnsetType

from schoolgroup.client import kinds as k
from schoolgroup.client.generated import shared


class ActRow(Struct, frozen=True, kw_only=True, omit_defaults=True):
    no: int
    verb: str
    status: shared.ItemsItemStatus
    due_on: dt.date
    category: str
    school_id: UUID | None
    report_no: int | None
    because: str
    person_id: UUID | None
    at: dt.datetime
    entered_at: dt.datetime


class Category(Struct, frozen=True, kw_only=True, omit_defaults=True):
    code: str
    label: shared.Text


class CategoryLabels(Struct, frozen=True, kw_only=True, omit_defaults=True):
    en: str
    zh: str


class CategoryWish(Struct, frozen=True, kw_only=True, omit_defaults=True):
    code: str
    label: CategoryLabels


class Evidence(Struct, frozen=True, kw_only=True, omit_defaults=True):
    kind: shared.EvidenceKind
    text: str
    file_name: str | None
    sha256: str | None
    link: str | None


class FiguresBy(k.Word):
    """In parts."""

    EMPTY = ""
    CATEGORY = "category"
    SCHOOL = "school"
    TIER = "tier"
    SOURCE = "source"
    LEDGER = "ledger"
    MEASURE = "measure"


class FiguresPoint(Struct, frozen=True, kw_only=True, omit_defaults=True):
    on: dt.date
    at: dt.datetime
    figure: shared.FiguresFigure


class FiguresSeries(Struct, frozen=True, kw_only=True, omit_defaults=True):
    step: FiguresStep
    points: list[FiguresPoint]


class FiguresStep(k.Word):
    """How far apart the points of a series are."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


class History(Struct, frozen=True, kw_only=True, omit_defaults=True):
    item_id: UUID
    acts: list[ActRow]
    reports: list[ItemsReport]


class ItemWish(Struct, frozen=True, kw_only=True, omit_defaults=True):
    title: str
    category: str
    due_on: dt.date
    detail: str = ""
    source: ItemsSource | UnsetType = UNSET
    source_id: UUID | UnsetType | None = UNSET
    source_note: str = ""
    ref: str | UnsetType | None = UNSET
    measure_id: UUID | UnsetType | None = UNSET
    school_id: UUID | UnsetType | None = UNSET
    person_id: UUID | UnsetType | None = UNSET


class ItemsItem(Struct, frozen=True, kw_only=True, omit_defaults=True):
    id: UUID
    ledger_id: UUID
    ledger_title: str
    no: int
    title: str
    detail: str
    category: str
    source: ItemsSource
    source_id: UUID | None
    source_link: str | None
    source_note: str
    ref: str | None
    measure_id: UUID | None
    school_id: UUID | None
    school_name: str | None
    person_id: UUID | None
    due_on: dt.date
    status: shared.ItemsItemStatus
    overdue: bool
    overdue_days: int
    reported_no: int | None
    reported_by_person_id: UUID | None
    closed_by_person_id: UUID | None
    opened_at: dt.datetime
    version: int
    actions: list[str]


class ItemsItemChange(Struct, frozen=True, kw_only=True, omit_defaults=True):
    because: str
    title: str | UnsetType = UNSET
    detail: str | UnsetType = UNSET
    category: str | UnsetType = UNSET
    due_on: dt.date | UnsetType = UNSET
    measure_id: UUID | UnsetType | None = UNSET
    school_id: UUID | UnsetType | None = UNSET
    person_id: UUID | UnsetType | None = UNSET


class ItemsReason(Struct, frozen=True, kw_only=True, omit_defaults=True):
    because: str


class ItemsReport(Struct, frozen=True, kw_only=True, omit_defaults=True):
    no: int
    person_id: UUID
    note: str
    reported_at: dt.datetime
    evidence: list[Evidence]


class ItemsReportWish(Struct, frozen=True, kw_only=True, omit_defaults=True):
    note: str
    evidence: list[shared.EvidenceWish]


class ItemsSource(k.Word):
    """Where an item came from: a finding of a visit, a return, …; anything else is manual."""

    VISIT = "visit"
    RETURN = "return"
    BULLETIN = "bulletin"
    MEASURE = "measure"
    ACTIVITY = "activity"
    MANUAL = "manual"
    IMPORT = "import"


class ItemsVerdict(Struct, frozen=True, kw_only=True, omit_defaults=True):
    report_no: int
    because: str = ""


class Ledger(Struct, frozen=True, kw_only=True, omit_defaults=True):
    id: UUID
    title: str
    initiative_id: UUID | None
    targets: list[TargetRow]
    created_at: dt.datetime
    version: int
    actions: list[str]


class LedgerWish(Struct, frozen=True, kw_only=True, omit_defaults=True):
    title: str
    initiative_id: UUID | UnsetType | None = UNSET


class LedgersFiguresFigures(Struct, frozen=True, kw_only=True, omit_defaults=True):
    at: dt.datetime
    by: FiguresBy
    whole: shared.FiguresFigure
    parts: list[shared.FiguresFigure]
    withheld: list[str] = []


class SheetsImportResult(Struct, frozen=True, kw_only=True, omit_defaults=True):
    dry_run: bool
    rows: int
    opened: int
    reported: int
    closed: int
    dropped: int
    unchanged: int


class TargetRow(Struct, frozen=True, kw_only=True, omit_defaults=True):
    id: UUID
    completion: float
    by_on: dt.date
    because: str
    set_at: dt.datetime


class TargetWish(Struct, frozen=True, kw_only=True, omit_defaults=True):
    completion: float
    by_on: dt.date
    because: str


def add_ledger_category(
    body: CategoryWish, *, idempotency_key: str | None = None
) -> k.Asked[Category]:
    """Add a category of items.

    A category never changes: another meaning is another code.
    """
    return k.ask(
        "addLedgerCategory",
        "POST",
        "/v1/ledger-categories",
        k.read_json(Category),
        body=body,
        once=True,
        key=idempotency_key,
    )


def amend_ledger_item(
    ledger_item_id: UUID, body: ItemsItemChange, *, version: int, idempotency_key: str | None = None
) -> k.Asked[ItemsItem]:
    """Move its day, its school, or what it is about.

    With the reason; figures of days gone by keep the day that held then.
    """
    return k.ask(
        "amendLedgerItem",
        "PATCH",
        k.path_of("/v1/ledger-items/{ledger_item_id}", ledger_item_id=ledger_item_id),
        k.read_json(ItemsItem),
        body=body,
        version=version,
        once=True,
        key=idempotency_key,
    )


def annotate_ledger_import(
    ledger_id: UUID, body: bytes, *, content_type: str = "text/csv"
) -> k.Asked[k.Content]:
    """Get the sheet back with its problems beside each row.

    A dry run answered by the workbook with a column 问题/problem: mend it and send it back.
    """
    return k.ask(
        "annotateLedgerImport",
        "POST",
        k.path_of("/v1/ledgers/{ledger_id}/import/annotated", ledger_id=ledger_id),
        k.read_content,
        body=body,
        content_type=content_type,
        accept="*/*",
    )


def change_ledger(
    ledger_id: UUID, body: LedgerWish, *, version: int, idempotency_key: str | None = None
) -> k.Asked[Ledger]:
    """Change a ledger.

    Another title, or of another initiative.
    """
    return k.ask(
        "changeLedger",
        "PATCH",
        k.path_of("/v1/ledgers/{ledger_id}", ledger_id=ledger_id),
        k.read_json(Ledger),
        body=body,
        version=version,
        once=True,
        key=idempotency_key,
    )


def close_ledger_item(
    ledger_item_id: UUID, body: ItemsVerdict, *, idempotency_key: str | None = None
) -> k.Asked[ItemsItem]:
    """Close it.

    By somebody else than reported it, who has seen the evidence of this report.
    """
    return k.ask(
        "closeLedgerItem",
        "POST",
        k.path_of("/v1/ledger-items/{ledger_item_id}/close", ledger_item_id=ledger_item_id),
        k.read_json(ItemsItem),
        body=body,
        once=True,
        key=idempotency_key,
    )


def drop_ledger_item(
    ledger_item_id: UUID, body: ItemsReason, *, idempotency_key: str | None = None
) -> k.Asked[ItemsItem]:
    """Drop it.

    It leaves the denominator of the completion rate, with the reason.
    """
    return k.ask(
        "dropLedgerItem",
        "POST",
        k.path_of("/v1/ledger-items/{ledger_item_id}/drop", ledger_item_id=ledger_item_id),
        k.read_json(ItemsItem),
        body=body,
        once=True,
        key=idempotency_key,
    )


def export_ledger(
    ledger_id: UUID,
    *,
    form: Any | None = None,
    measure_id: UUID | None = None,
    school_id: UUID | None = None,
    category: str | None = None,
    status: shared.ItemsItemStatus | None = None,
    overdue: bool | None = None,
) -> k.Asked[k.Content]:
    """The items of a ledger, as a file.

    What the list shows for the same filters, as far as the caller may see it.
    """
    return k.ask(
        "exportLedger",
        "GET",
        k.path_of("/v1/ledgers/{ledger_id}/export", ledger_id=ledger_id),
        k.read_content,
        query={
            "form": form,
            "measure_id": measure_id,
            "school_id": school_id,
            "category": category,
            "status": status,
            "overdue": overdue,
        },
        accept="*/*",
    )


def get_ledger(ledger_id: UUID) -> k.Asked[Ledger]:
    """Read a ledger.

    Its title and its targets; the items have their own list.
    """
    return k.ask(
        "getLedger",
        "GET",
        k.path_of("/v1/ledgers/{ledger_id}", ledger_id=ledger_id),
        k.read_json(Ledger),
    )


def get_ledger_figures(
    *,
    by: Any | None = None,
    ledger_id: UUID | None = None,
    initiative_id: UUID | None = None,
    measure_id: UUID | None = None,
    school_id: UUID | None = None,
    category: str | None = None,
) -> k.Asked[LedgersFiguresFigures]:
    """Completion and on-time rate, now.

    Counted over rows at this moment, each figure with the list of the items behind it.
    """
    return k.ask(
        "getLedgerFigures",
        "GET",
        "/v1/ledger-figures",
        k.read_json(LedgersFiguresFigures),
        query={
            "by": by,
            "ledger_id": ledger_id,
            "initiative_id": initiative_id,
            "measure_id": measure_id,
            "school_id": school_id,
            "category": category,
        },
    )


def get_ledger_item(ledger_item_id: UUID) -> k.Asked[ItemsItem]:
    """Read an item.

    What it is about, who sees to it, how it stands.
    """
    return k.ask(
        "getLedgerItem",
        "GET",
        k.path_of("/v1/ledger-items/{ledger_item_id}", ledger_item_id=ledger_item_id),
        k.read_json(ItemsItem),
    )


def get_ledger_item_history(ledger_item_id: UUID) -> k.Asked[History]:
    """What happened to an item.

    Every act in order, and every report with its evidence.
    """
    return k.ask(
        "getLedgerItemHistory",
        "GET",
        k.path_of("/v1/ledger-items/{ledger_item_id}/history", ledger_item_id=ledger_item_id),
        k.read_json(History),
    )


def get_ledger_outlook(ledger_id: UUID) -> k.Asked[shared.Outlook]:
    """How far the targets are.

    With a projection and its interval, or the reason why there is none.
    """
    return k.ask(
        "getLedgerOutlook",
        "GET",
        k.path_of("/v1/ledgers/{ledger_id}/outlook", ledger_id=ledger_id),
        k.read_json(shared.Outlook),
    )


def get_ledger_series(
    *,
    from_on: dt.date,
    until_on: dt.date | None = None,
    step: FiguresStep | None = None,
    ledger_id: UUID | None = None,
    initiative_id: UUID | None = None,
    measure_id: UUID | None = None,
    school_id: UUID | None = None,
    category: str | None = None,
) -> k.Asked[FiguresSeries]:
    """The same at the ends of days gone by.

    From what happened to the items, never from stored counts; today's point is as of now.
    """
    return k.ask(
        "getLedgerSeries",
        "GET",
        "/v1/ledger-series",
        k.read_json(FiguresSeries),
        query={
            "from_on": from_on,
            "until_on": until_on,
            "step": step,
            "ledger_id": ledger_id,
            "initiative_id": initiative_id,
            "measure_id": measure_id,
            "school_id": school_id,
            "category": category,
        },
    )


def get_ledger_template(ledger_id: UUID, *, form: Any | None = None) -> k.Asked[k.Content]:
    """The empty sheet for an import of items.

    With the columns an import takes.
    """
    return k.ask(
        "getLedgerTemplate",
        "GET",
        k.path_of("/v1/ledgers/{ledger_id}/import/template", ledger_id=ledger_id),
        k.read_content,
        query={"form": form},
        accept="*/*",
    )


def import_ledger(
    ledger_id: UUID,
    body: bytes,
    *,
    dry_run: bool | None = None,
    content_type: str = "text/csv",
    idempotency_key: str | None = None,
) -> k.Asked[SheetsImportResult]:
    """Take items over from a sheet.

    All or nothing, every problem at once; the same file a second time changes nothing.

    Columns, in English or Chinese: title 事项, category 类别, due_on 办结期限, and any of ref 编号,
    detail 说明, school_code 责任学校, person 责任人, opened_on 立项日期, source_note 来源, measure 举措序号;
    of what was kept elsewhere also evidence 佐证, reported_on 报告日期, reported_by 报告人,
    closed_on 销号日期, closed_by 销号人, dropped_on 撤销日期, because 撤销原因.
    """
    return k.ask(
        "importLedger",
        "POST",
        k.path_of("/v1/ledgers/{ledger_id}/import", ledger_id=ledger_id),
        k.read_json(SheetsImportResult),
        query={"dry_run": dry_run},
        body=body,
        content_type=content_type,
        once=True,
        key=idempotency_key,
    )


def list_ledger_categories() -> k.Asked[list[Category]]:
    """The categories of items.

    All of them by their codes.
    """
    return k.ask(
        "listLedgerCategories", "GET", "/v1/ledger-categories", k.read_json(list[Category])
    )


def list_ledger_items(
    *,
    ledger_id: UUID | None = None,
    initiative_id: UUID | None = None,
    measure_id: UUID | None = None,
    school_id: UUID | None = None,
    category: str | None = None,
    status: shared.ItemsItemStatus | None = None,
    source: ItemsSource | None = None,
    overdue: bool | None = None,
    limit: int | None = None,
    cursor: str | None = None,
) -> k.Asked[k.Page[ItemsItem]]:
    """List items.

    Those of one's school, or of every school for the office; the newest first.
    """
    return k.ask(
        "listLedgerItems",
        "GET",
        "/v1/ledger-items",
        k.read_json(k.Page[ItemsItem]),
        query={
            "ledger_id": ledger_id,
            "initiative_id": initiative_id,
            "measure_id": measure_id,
            "school_id": school_id,
            "category": category,
            "status": status,
            "source": source,
            "overdue": overdue,
            "limit": limit,
            "cursor": cursor,
        },
    )


def list_ledgers(
    *, initiative_id: UUID | None = None, limit: int | None = None, cursor: str | None = None
) -> k.Asked[k.Page[Ledger]]:
    """List ledgers.

    The newest first, each with its targets.
    """
    return k.ask(
        "listLedgers",
        "GET",
        "/v1/ledgers",
        k.read_json(k.Page[Ledger]),
        query={"initiative_id": initiative_id, "limit": limit, "cursor": cursor},
    )


def make_ledger(body: LedgerWish, *, idempotency_key: str | None = None) -> k.Asked[Ledger]:
    """Make a ledger.

    Empty at first; of an initiative where one is named.
    """
    return k.ask(
        "makeLedger",
        "POST",
        "/v1/ledgers",
        k.read_json(Ledger),
        body=body,
        once=True,
        key=idempotency_key,
    )


def open_ledger_evidence(ledger_item_id: UUID, number: int, no: int) -> k.Asked[k.Link]:
    """Open a file of the evidence.

    A link that lives a minute; who opened it stands in the audit trail.
    """
    return k.ask(
        "openLedgerEvidence",
        "GET",
        k.path_of(
            "/v1/ledger-items/{ledger_item_id}/reports/{number}/evidence/{no}",
            ledger_item_id=ledger_item_id,
            number=number,
            no=no,
        ),
        k.read_link,
        accept="*/*",
    )


def open_ledger_item(
    ledger_id: UUID, body: ItemWish, *, idempotency_key: str | None = None
) -> k.Asked[ItemsItem]:
    """Open an item.

    The office for any school or for itself; a school for itself.
    """
    return k.ask(
        "openLedgerItem",
        "POST",
        k.path_of("/v1/ledgers/{ledger_id}/items", ledger_id=ledger_id),
        k.read_json(ItemsItem),
        body=body,
        once=True,
        key=idempotency_key,
    )


def refuse_ledger_item(
    ledger_item_id: UUID, body: ItemsVerdict, *, idempotency_key: str | None = None
) -> k.Asked[ItemsItem]:
    """Do not close it.

    It is open again; the reason is told to the school.
    """
    return k.ask(
        "refuseLedgerItem",
        "POST",
        k.path_of("/v1/ledger-items/{ledger_item_id}/refuse", ledger_item_id=ledger_item_id),
        k.read_json(ItemsItem),
        body=body,
        once=True,
        key=idempotency_key,
    )


def reopen_ledger_item(
    ledger_item_id: UUID, body: ItemsReason, *, idempotency_key: str | None = None
) -> k.Asked[ItemsItem]:
    """Open it again.

    Closed or dropped too soon: it waits again, by its old day.
    """
    return k.ask(
        "reopenLedgerItem",
        "POST",
        k.path_of("/v1/ledger-items/{ledger_item_id}/reopen", ledger_item_id=ledger_item_id),
        k.read_json(ItemsItem),
        body=body,
        once=True,
        key=idempotency_key,
    )


def report_ledger_item(
    ledger_item_id: UUID, body: ItemsReportWish, *, idempotency_key: str | None = None
) -> k.Asked[ItemsItem]:
    """Report it done, with evidence.

    By the school that sees to it: a verified upload, a resource or a named document.
    """
    return k.ask(
        "reportLedgerItem",
        "POST",
        k.path_of("/v1/ledger-items/{ledger_item_id}/report", ledger_item_id=ledger_item_id),
        k.read_json(ItemsItem),
        body=body,
        once=True,
        key=idempotency_key,
    )


def set_ledger_target(
    ledger_id: UUID, body: TargetWish, *, idempotency_key: str | None = None
) -> k.Asked[Ledger]:
    """Aim at a completion by a day.

    Set again for the same day it changes; what was aimed at before is kept.
    """
    return k.ask(
        "setLedgerTarget",
        "POST",
        k.path_of("/v1/ledgers/{ledger_id}/targets", ledger_id=ledger_id),
        k.read_json(Ledger),
        body=body,
        once=True,
        key=idempotency_key,
    )
