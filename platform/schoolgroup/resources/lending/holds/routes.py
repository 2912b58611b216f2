"""Holds over HTTP."""

from typing import Annotated
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, QueryParameter

from schoolgroup.access.decisions import NotAllowed
from schoolgroup.kernel.errors import NotFound, Unauthenticated
from schoolgroup.kernel.http import LIMIT, Call, Cursor, Limit, etag, may, refusals
from schoolgroup.kernel.paging import BadCursor, Page
from schoolgroup.kernel.transitions import WrongState
from schoolgroup.resources.lending.desk.models import Hold
from schoolgroup.resources.lending.holds import service

TAGS = ["lending"]
OfOffer = FromQuery[Annotated[UUID | None, QueryParameter(description="Only of this offer.")]]
Mine = FromQuery[Annotated[bool, QueryParameter(description="Only the caller's own.")]]
Open = FromQuery[
    Annotated[bool | None, QueryParameter(description="Only open (true) or only closed (false).")]
]


@get(
    "/v1/holds",
    opt=may("hold:read"),
    operation_id="listHolds",
    tags=TAGS,
    summary="Holds: mine, and those my school made or serves",
    responses=refusals(Unauthenticated, BadCursor),
)
async def list_holds(
    call: NamedDependency[Call],
    offer_id: OfOffer = None,
    mine: Mine = False,
    open: Open = None,
    limit: Limit = LIMIT,
    cursor: Cursor = None,
) -> Response[Page[Hold]]:
    """Newest first, each with its place among all who wait."""
    return await call.page(
        "holds",
        limit,
        cursor,
        lambda tx, page: service.list_holds(tx, offer_id, mine, open, page),
        key_of=lambda hold: [hold.id],
    )


@get(
    "/v1/holds/{hold_id:uuid}",
    opt=may("hold:read"),
    operation_id="getHold",
    tags=TAGS,
    summary="One hold: how many are ahead",
    responses=refusals(Unauthenticated, NotFound),
)
async def get_hold(hold_id: FromPath[UUID], call: NamedDependency[Call]) -> Response[Hold]:
    """Always as of now: a place moves without the hold's version moving."""
    hold = await call.read(lambda tx: service.get_hold(tx, hold_id))
    return Response(hold, headers=etag(hold))


@post(
    "/v1/holds/{hold_id:uuid}/cancel",
    opt=may("hold:cancel"),
    operation_id="cancelHold",
    tags=TAGS,
    status_code=200,
    summary="Leave the queue",
    responses=refusals(Unauthenticated, NotAllowed, NotFound, WrongState),
)
async def cancel_hold(hold_id: FromPath[UUID], call: NamedDependency[Call]) -> Response[Hold]:
    """A seat that was reserved goes to the next who waits."""
    return await call.once(lambda tx: service.cancel_hold(tx, hold_id), status=200)


ROUTES = [list_holds, get_hold, cancel_hold]
