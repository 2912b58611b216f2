"""HTTP of ledger items."""

from typing import Annotated
from uuid import UUID

from litestar import Response, get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from schoolgroup.access.decisions import NotAllowed
from schoolgroup.kernel.errors import NotFound, StaleVersion, VersionRequired
from schoolgroup.kernel.http import LIMIT, Call, Cursor, Limit, link_answer, may, refusals
from schoolgroup.kernel.paging import BadCursor, Page
from schoolgroup.kernel.storage import Storage
from schoolgroup.kernel.transitions import WrongState
from schoolgroup.management.ledgers.items import models, rules, service
from schoolgroup.management.ledgers.items.models import (
    History,
    Item,
    ItemChange,
    ItemFilter,
    ItemStatus,
    ItemWish,
    Reason,
    ReportWish,
    Source,
    Verdict,
)

TAGS = ["ledgers"]
ITEM = "/v1/ledger-items/{ledger_item_id:uuid}"
OfThis = Annotated[UUID | None, QueryParameter(description="Only those of this one.")]
OfCategory = Annotated[
    str | None, QueryParameter(max_length=40, description="Only those of this category.")
]
Overdue = Annotated[bool | None, QueryParameter(description="Only overdue (true) or not (false).")]


@post("/v1/ledgers/{ledger_id:uuid}/items", opt=may(models.ENTER), operation_id="openLedgerItem",
      tags=TAGS, summary="Open an item",
      responses=refusals(NotAllowed, NotFound, rules.BadItem, rules.RefTaken))  # fmt: skip
async def open_item(
    ledger_id: FromPath[UUID], data: JSONBody[ItemWish], call: NamedDependency[Call]
) -> Response[Item]:
    """The office for any school or for itself; a school for itself."""
    return await call.once(
        lambda tx: service.open_item(tx, ledger_id, data),
        location=lambda made: f"/v1/ledger-items/{made.id}",
    )


@get("/v1/ledger-items", opt=may(models.READ), operation_id="listLedgerItems", tags=TAGS,
     summary="List items", responses=refusals(BadCursor))  # fmt: skip
async def list_items(
    call: NamedDependency[Call],
    ledger_id: FromQuery[OfThis] = None,
    initiative_id: FromQuery[OfThis] = None,
    measure_id: FromQuery[OfThis] = None,
    school_id: FromQuery[OfThis] = None,
    category: FromQuery[OfCategory] = None,
    status: FromQuery[ItemStatus | None] = None,
    source: FromQuery[Source | None] = None,
    overdue: FromQuery[Overdue] = None,
    limit: Limit = LIMIT,
    cursor: Cursor = None,
) -> Response[Page[Item]]:
    """Those of one's school, or of every school for the office; the newest first."""
    wanted = ItemFilter(
        ledger_id=ledger_id, initiative_id=initiative_id, measure_id=measure_id,
        school_id=school_id, category=category, status=status, source=source, overdue=overdue,
    )  # fmt: skip
    return await call.page(
        f"ledger-items/{wanted}",
        limit,
        cursor,
        lambda tx, page: service.list_items(tx, wanted, page),
        key_of=lambda item: [str(item.id)],
    )


@get(ITEM, opt=may(models.READ), operation_id="getLedgerItem", tags=TAGS, summary="Read an item",
     responses=refusals(NotFound))  # fmt: skip
async def get_item(ledger_item_id: FromPath[UUID], call: NamedDependency[Call]) -> Response[Item]:
    """What it is about, who sees to it, how it stands."""
    return await call.item(lambda tx: service.get_item(tx, ledger_item_id))


@get(ITEM + "/history", opt=may(models.READ), operation_id="getLedgerItemHistory", tags=TAGS,
     summary="What happened to an item", responses=refusals(NotFound))  # fmt: skip
async def get_history(
    ledger_item_id: FromPath[UUID], call: NamedDependency[Call]
) -> Response[History]:
    """Every act in order, and every report with its evidence."""
    return Response(await call.read(lambda tx: service.history(tx, ledger_item_id)))


@get(ITEM + "/reports/{number:int}/evidence/{no:int}", opt=may(models.READ),
     operation_id="openLedgerEvidence", tags=TAGS, status_code=307,
     summary="Open a file of the evidence", responses=refusals(NotFound))  # fmt: skip
async def open_evidence(
    ledger_item_id: FromPath[UUID],
    number: FromPath[int],
    no: FromPath[int],
    call: NamedDependency[Call],
    storage: NamedDependency[Storage],
) -> Response[None]:
    """A link that lives a minute; who opened it stands in the audit trail."""
    file = await call.read(lambda tx: service.evidence_file(tx, ledger_item_id, number, no))
    return link_answer(storage, file)


@patch(ITEM, opt=may(models.AMEND), operation_id="amendLedgerItem", tags=TAGS,
       summary="Move its day, its school, or what it is about",
       responses=refusals(NotAllowed, NotFound, rules.BadItem, WrongState, StaleVersion,
                          VersionRequired))  # fmt: skip
async def amend_item(
    ledger_item_id: FromPath[UUID], data: JSONBody[ItemChange], call: NamedDependency[Call]
) -> Response[Item]:
    """With the reason; figures of days gone by keep the day that held then."""
    return await call.change(lambda tx, version: service.amend(tx, ledger_item_id, data, version))


@post(ITEM + "/report", opt=may(models.REPORT), operation_id="reportLedgerItem", tags=TAGS,
      status_code=200, summary="Report it done, with evidence",
      responses=refusals(NotAllowed, NotFound, WrongState, rules.BadEvidence,
                         rules.OnlyPersons))  # fmt: skip
async def report_item(
    ledger_item_id: FromPath[UUID], data: JSONBody[ReportWish], call: NamedDependency[Call]
) -> Response[Item]:
    """By the school that sees to it: a verified upload, a resource or a named document."""
    return await call.once(lambda tx: service.report(tx, ledger_item_id, data), status=200)


@post(ITEM + "/close", opt=may(models.CLOSE), operation_id="closeLedgerItem", tags=TAGS,
      status_code=200, summary="Close it",
      responses=refusals(NotAllowed, NotFound, WrongState, rules.ReportOvertaken,
                         rules.ClosedByReporter, rules.OnlyPersons))  # fmt: skip
async def close_item(
    ledger_item_id: FromPath[UUID], data: JSONBody[Verdict], call: NamedDependency[Call]
) -> Response[Item]:
    """By somebody else than reported it, who has seen the evidence of this report."""
    return await call.once(lambda tx: service.close(tx, ledger_item_id, data), status=200)


@post(ITEM + "/refuse", opt=may(models.CLOSE), operation_id="refuseLedgerItem", tags=TAGS,
      status_code=200, summary="Do not close it",
      responses=refusals(NotAllowed, NotFound, WrongState, rules.ReportOvertaken,
                         rules.ClosedByReporter, rules.BadItem, rules.OnlyPersons))  # fmt: skip
async def refuse_item(
    ledger_item_id: FromPath[UUID], data: JSONBody[Verdict], call: NamedDependency[Call]
) -> Response[Item]:
    """It is open again; the reason is told to the school."""
    return await call.once(lambda tx: service.refuse(tx, ledger_item_id, data), status=200)


@post(ITEM + "/drop", opt=may(models.DROP), operation_id="dropLedgerItem", tags=TAGS,
      status_code=200, summary="Drop it",
      responses=refusals(NotAllowed, NotFound, WrongState))  # fmt: skip
async def drop_item(
    ledger_item_id: FromPath[UUID], data: JSONBody[Reason], call: NamedDependency[Call]
) -> Response[Item]:
    """It leaves the denominator of the completion rate, with the reason."""
    return await call.once(lambda tx: service.drop(tx, ledger_item_id, data), status=200)


@post(ITEM + "/reopen", opt=may(models.REOPEN), operation_id="reopenLedgerItem", tags=TAGS,
      status_code=200, summary="Open it again",
      responses=refusals(NotAllowed, NotFound, WrongState))  # fmt: skip
async def reopen_item(
    ledger_item_id: FromPath[UUID], data: JSONBody[Reason], call: NamedDependency[Call]
) -> Response[Item]:
    """Closed or dropped too soon: it waits again, by its old day."""
    return await call.once(lambda tx: service.reopen(tx, ledger_item_id, data), status=200)


ROUTES = [
    open_item, list_items, get_item, get_history, open_evidence, amend_item, report_item,
    close_item, refuse_item, drop_item, reopen_item,
]  # fmt: skip
