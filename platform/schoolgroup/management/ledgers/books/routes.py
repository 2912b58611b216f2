"""HTTP of ledgers, categories and targets."""

from typing import Annotated
from uuid import UUID

from litestar import Response, get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from schoolgroup.access.decisions import NotAllowed
from schoolgroup.kernel.errors import NotFound, StaleVersion, VersionRequired
from schoolgroup.kernel.http import LIMIT, Call, Cursor, Limit, may, refusals
from schoolgroup.kernel.paging import BadCursor, Page
from schoolgroup.management.ledgers.books import rules, service
from schoolgroup.management.ledgers.books.models import (
    Category,
    CategoryWish,
    Ledger,
    LedgerWish,
    TargetWish,
)

TAGS = ["ledgers"]
OfInitiative = FromQuery[
    Annotated[UUID | None, QueryParameter(description="Only those of this initiative.")]
]


@post("/v1/ledger-categories", opt=may(rules.MANAGE), operation_id="addLedgerCategory", tags=TAGS,
      summary="Add a category of items",
      responses=refusals(NotAllowed, rules.CategoryExists))  # fmt: skip
async def add_category(
    data: JSONBody[CategoryWish], call: NamedDependency[Call]
) -> Response[Category]:
    """A category never changes: another meaning is another code."""
    return await call.once(lambda tx: service.add_category(tx, data))


@get("/v1/ledger-categories", opt=may(rules.READ), operation_id="listLedgerCategories", tags=TAGS,
     summary="The categories of items", responses=refusals(NotAllowed))  # fmt: skip
async def list_categories(call: NamedDependency[Call]) -> Response[list[Category]]:
    """All of them by their codes."""
    return Response(await call.read(service.list_categories))


@post("/v1/ledgers", opt=may(rules.MANAGE), operation_id="makeLedger", tags=TAGS,
      summary="Make a ledger", responses=refusals(NotAllowed, rules.LedgerExists))  # fmt: skip
async def make_ledger(data: JSONBody[LedgerWish], call: NamedDependency[Call]) -> Response[Ledger]:
    """Empty at first; of an initiative where one is named."""
    return await call.once(
        lambda tx: service.make_ledger(tx, data), location=lambda made: f"/v1/ledgers/{made.id}"
    )


@get("/v1/ledgers", opt=may(rules.READ), operation_id="listLedgers", tags=TAGS,
     summary="List ledgers", responses=refusals(BadCursor))  # fmt: skip
async def list_ledgers(
    call: NamedDependency[Call],
    initiative_id: OfInitiative = None,
    limit: Limit = LIMIT,
    cursor: Cursor = None,
) -> Response[Page[Ledger]]:
    """The newest first, each with its targets."""
    return await call.page(
        f"ledgers/{initiative_id}",
        limit,
        cursor,
        lambda tx, page: service.list_ledgers(tx, initiative_id, page),
        key_of=lambda ledger: [str(ledger.id)],
    )


@get("/v1/ledgers/{ledger_id:uuid}", opt=may(rules.READ), operation_id="getLedger", tags=TAGS,
     summary="Read a ledger", responses=refusals(NotFound))  # fmt: skip
async def get_ledger(ledger_id: FromPath[UUID], call: NamedDependency[Call]) -> Response[Ledger]:
    """Its title and its targets; the items have their own list."""
    return await call.item(lambda tx: service.get_ledger(tx, ledger_id))


@patch("/v1/ledgers/{ledger_id:uuid}", opt=may(rules.MANAGE), operation_id="changeLedger",
       tags=TAGS, summary="Change a ledger",
       responses=refusals(NotAllowed, NotFound, rules.LedgerExists, StaleVersion,
                          VersionRequired))  # fmt: skip
async def change_ledger(
    ledger_id: FromPath[UUID], data: JSONBody[LedgerWish], call: NamedDependency[Call]
) -> Response[Ledger]:
    """Another title, or of another initiative."""
    return await call.change(
        lambda tx, version: service.change_ledger(tx, ledger_id, data, version)
    )


@post("/v1/ledgers/{ledger_id:uuid}/targets", opt=may(rules.MANAGE), operation_id="setLedgerTarget",
      tags=TAGS, summary="Aim at a completion by a day",
      responses=refusals(NotAllowed, NotFound, rules.BadLedger))  # fmt: skip
async def set_target(
    ledger_id: FromPath[UUID], data: JSONBody[TargetWish], call: NamedDependency[Call]
) -> Response[Ledger]:
    """Set again for the same day it changes; what was aimed at before is kept."""
    return await call.once(lambda tx: service.set_target(tx, ledger_id, data))


ROUTES = [
    add_category, list_categories, make_ledger, list_ledgers, get_ledger, change_ledger, set_target,
]  # fmt: skip
