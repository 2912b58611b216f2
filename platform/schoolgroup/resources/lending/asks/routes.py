"""Asks over HTTP; an ask is made by borrowing from an offer whose owner wants to be asked."""

from typing import Annotated
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from schoolgroup.access.decisions import NotAllowed
from schoolgroup.kernel.db import Tx
from schoolgroup.kernel.errors import NotFound, Unauthenticated
from schoolgroup.kernel.http import LIMIT, Call, Cursor, Limit, etag, may, refusals
from schoolgroup.kernel.paging import BadCursor, Page, PageRequest
from schoolgroup.kernel.transitions import WrongState
from schoolgroup.resources.lending.asks import service
from schoolgroup.resources.lending.asks.models import Agreeing, Ask, Declining

TAGS = ["lending"]
OfOffer = FromQuery[Annotated[UUID | None, QueryParameter(description="Only of this offer.")]]
Mine = FromQuery[Annotated[bool, QueryParameter(description="Only the caller's own.")]]
Open = FromQuery[
    Annotated[
        bool | None,
        QueryParameter(description="Only what is open (true) or not (false)."),
    ]
]
REFUSALS = (Unauthenticated, NotAllowed, NotFound, WrongState)


@get(
    "/v1/asks",
    opt=may("ask:read"),
    operation_id="listAsks",
    tags=TAGS,
    summary="Asks: mine, and those my school made or answers",
    responses=refusals(Unauthenticated, BadCursor),
)
async def list_asks(
    call: NamedDependency[Call],
    offer_id: OfOffer = None,
    mine: Mine = False,
    open: Open = None,
    limit: Limit = LIMIT,
    cursor: Cursor = None,
) -> Response[Page[Ask]]:
    """Newest first, each as it stands now."""

    async def listed(tx: Tx, page: PageRequest) -> list[Ask]:
        return list(await service.list_asks(tx, offer_id, mine, open, page))

    return await call.page("asks", limit, cursor, listed, key_of=lambda ask: [ask.id])


@get(
    "/v1/asks/{ask_id:uuid}",
    opt=may("ask:read"),
    operation_id="getAsk",
    tags=TAGS,
    summary="One ask: who answers until when, and what silence means",
    responses=refusals(Unauthenticated, NotFound),
)
async def get_ask(ask_id: FromPath[UUID], call: NamedDependency[Call]) -> Response[Ask]:
    """Always as of now: the clock decides without the version moving."""
    ask = await call.read(lambda tx: service.get_ask(tx, ask_id))
    return Response(ask, headers=etag(ask))


@post(
    "/v1/asks/{ask_id:uuid}/agree",
    opt=may("ask:decide"),
    operation_id="agreeToAsk",
    tags=TAGS,
    status_code=200,
    summary="Agree to lend, perhaps on conditions",
    responses=refusals(*REFUSALS),
)
async def agree(
    ask_id: FromPath[UUID], data: JSONBody[Agreeing], call: NamedDependency[Call]
) -> Response[Ask]:
    """The borrower then borrows, and by that accepts the conditions."""
    return await call.once(lambda tx: service.agree(tx, ask_id, data), status=200)


@post(
    "/v1/asks/{ask_id:uuid}/decline",
    opt=may("ask:decide"),
    operation_id="declineAsk",
    tags=TAGS,
    status_code=200,
    summary="Decline to lend, and say why",
    responses=refusals(*REFUSALS),
)
async def decline(
    ask_id: FromPath[UUID], data: JSONBody[Declining], call: NamedDependency[Call]
) -> Response[Ask]:
    """The borrower reads why, and when the owner can be asked again."""
    return await call.once(lambda tx: service.decline(tx, ask_id, data), status=200)


@post(
    "/v1/asks/{ask_id:uuid}/withdraw",
    opt=may("ask:withdraw"),
    operation_id="withdrawAsk",
    tags=TAGS,
    status_code=200,
    summary="Withdraw an ask",
    responses=refusals(*REFUSALS),
)
async def withdraw(ask_id: FromPath[UUID], call: NamedDependency[Call]) -> Response[Ask]:
    """The owner need not answer any more."""
    return await call.once(lambda tx: service.withdraw(tx, ask_id), status=200)


ROUTES = [list_asks, get_ask, agree, decline, withdraw]
