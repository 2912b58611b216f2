"""Holds over HTTP."""

from typing import Annotated
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from schoolgroup.access.decisions import NotAllowed
from schoolgroup.kernel.errors import Invalid, NotFound, Unauthenticated
from schoolgroup.kernel.http import LIMIT, Call, Cursor, Limit, etag, may, refusals
from schoolgroup.kernel.paging import BadCursor, Page
from schoolgroup.kernel.transitions import WrongState
from schoolgroup.resources.lending.desk.models import Hold, OrderWish, PauseWish
from schoolgroup.resources.lending.holds import service
from schoolgroup.resources.lending.holds.models import WaitingLine
from schoolgroup.resources.lending.holds.rules import QueueMoved

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


@post(
    "/v1/holds/{hold_id:uuid}/pause",
    opt=may("hold:pause"),
    operation_id="pauseHold",
    tags=TAGS,
    status_code=200,
    summary="Keep the place in the queue and be passed over for a while",
    responses=refusals(Unauthenticated, NotAllowed, NotFound, WrongState, Invalid),
)
async def pause_hold(
    hold_id: FromPath[UUID], data: JSONBody[PauseWish], call: NamedDependency[Call]
) -> Response[Hold]:
    """Until it is resumed, or until the instant given."""
    return await call.once(lambda tx: service.pause_hold(tx, hold_id, data), status=200)


@post(
    "/v1/holds/{hold_id:uuid}/resume",
    opt=may("hold:pause"),
    operation_id="resumeHold",
    tags=TAGS,
    status_code=200,
    summary="Be served again, at the old place",
    responses=refusals(Unauthenticated, NotAllowed, NotFound, WrongState),
)
async def resume_hold(hold_id: FromPath[UUID], call: NamedDependency[Call]) -> Response[Hold]:
    """A seat that is free meanwhile becomes ready at once."""
    return await call.once(lambda tx: service.resume_hold(tx, hold_id), status=200)


@get(
    "/v1/offers/{offer_id:uuid}/queue",
    opt=may("hold:order"),
    operation_id="getQueue",
    tags=TAGS,
    summary="Everyone who waits, in order",
    responses=refusals(Unauthenticated, NotAllowed, NotFound),
)
async def get_queue(offer_id: FromPath[UUID], call: NamedDependency[Call]) -> Response[WaitingLine]:
    """For those who may reorder it."""
    return Response(await call.read(lambda tx: service.get_queue(tx, offer_id)))


@post(
    "/v1/offers/{offer_id:uuid}/queue",
    opt=may("hold:order"),
    operation_id="reorderQueue",
    tags=TAGS,
    status_code=200,
    summary="Put those who wait into another order, for a reason each of them reads",
    responses=refusals(Unauthenticated, NotAllowed, NotFound, QueueMoved),
)
async def reorder(
    offer_id: FromPath[UUID], data: JSONBody[OrderWish], call: NamedDependency[Call]
) -> Response[WaitingLine]:
    """Everyone who waits exactly once; what is ready for somebody stays theirs."""
    return await call.once(lambda tx: service.reorder(tx, offer_id, data), status=200)


ROUTES = [list_holds, get_hold, cancel_hold, pause_hold, resume_hold, get_queue, reorder]
