"""Hand-overs over HTTP: each step is one POST, said by the barcode that was scanned."""

from typing import Annotated
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from schoolgroup.access.decisions import NotAllowed
from schoolgroup.kernel.errors import Invalid, NotFound, Refusal, Unauthenticated
from schoolgroup.kernel.http import LIMIT, Call, Cursor, Limit, etag, may, refusals
from schoolgroup.kernel.paging import BadCursor, Page
from schoolgroup.kernel.transitions import WrongState
from schoolgroup.resources.items.handovers import rules, service
from schoolgroup.resources.items.handovers.models import (
    AcceptWish,
    ClosedBecause,
    Handover,
    HandoverWish,
    ScannedStep,
    SignedStep,
)
from schoolgroup.resources.items.service import NotAPhoto
from schoolgroup.resources.lending.desk.rules import LoanOver

TAGS = ["items"]
STEP: tuple[type[Refusal], ...] = (Unauthenticated, NotAllowed, NotFound, Invalid, WrongState)
OfItem = FromQuery[Annotated[UUID | None, QueryParameter(description="Only of this item.")]]
Mine = FromQuery[Annotated[bool, QueryParameter(description="Only the caller's own.")]]
Running = FromQuery[
    Annotated[bool | None, QueryParameter(description="Only open (true) or only closed (false).")]
]
IsOverdue = FromQuery[
    Annotated[bool | None, QueryParameter(description="Only overdue (true) or only not (false).")]
]


@post(
    "/v1/loans/{loan_id:uuid}/handovers",
    opt=may(service.GIVE),
    operation_id="beginHandover",
    tags=TAGS,
    summary="Give a thing out for a loan, by its scanned barcode",
    responses=refusals(
        *STEP,
        NotAPhoto,
        LoanOver,
        rules.NotOfThings,
        rules.WrongThing,
        rules.ItemNotFree,
        rules.AlreadyInHand,
        rules.LoanHasItsThing,
    ),
)
async def begin_handover(
    loan_id: FromPath[UUID], data: JSONBody[HandoverWish], call: NamedDependency[Call]
) -> Response[Handover]:
    """Set aside for collection, sent to the borrower's school, or handed over at once."""
    return await call.once(
        lambda tx: service.begin(tx, loan_id, data),
        location=lambda handover: f"/v1/handovers/{handover.id}",
    )


@get(
    "/v1/handovers",
    opt=may(service.READ),
    operation_id="listHandovers",
    tags=TAGS,
    summary="Hand-overs: mine, and those my school gave or got",
    responses=refusals(Unauthenticated, BadCursor),
)
async def list_handovers(
    call: NamedDependency[Call],
    item_id: OfItem = None,
    mine: Mine = False,
    running: Running = None,
    overdue: IsOverdue = None,
    limit: Limit = LIMIT,
    cursor: Cursor = None,
) -> Response[Page[Handover]]:
    """Newest first."""
    return await call.page(
        "handovers",
        limit,
        cursor,
        lambda tx, page: service.list_handovers(tx, item_id, mine, running, overdue, page),
        key_of=lambda handover: [handover.id],
    )


@get(
    "/v1/handovers/{handover_id:uuid}",
    opt=may(service.READ),
    operation_id="getHandover",
    tags=TAGS,
    summary="One hand-over",
    responses=refusals(Unauthenticated, NotFound),
)
async def get_handover(
    handover_id: FromPath[UUID], call: NamedDependency[Call]
) -> Response[Handover]:
    """Always as of now: it becomes overdue without its version moving."""
    handover = await call.read(lambda tx: service.get_handover(tx, handover_id))
    return Response(handover, headers=etag(handover))


@post(
    "/v1/handovers/{handover_id:uuid}/hand",
    opt=may(service.GIVE),
    operation_id="handOver",
    tags=TAGS,
    status_code=200,
    summary="Hand over what was set aside",
    responses=refusals(*STEP, NotAPhoto, rules.WrongBarcode, LoanOver),
)
async def hand_over(
    handover_id: FromPath[UUID], data: JSONBody[ScannedStep], call: NamedDependency[Call]
) -> Response[Handover]:
    """From now on the loan's days count."""
    return await call.once(lambda tx: service.hand(tx, handover_id, "hand", data), status=200)


@post(
    "/v1/handovers/{handover_id:uuid}/send",
    opt=may(service.GIVE),
    operation_id="sendItem",
    tags=TAGS,
    status_code=200,
    summary="Send what was set aside to the borrower's school",
    responses=refusals(*STEP, NotAPhoto, rules.WrongBarcode, LoanOver),
)
async def send_item(
    handover_id: FromPath[UUID], data: JSONBody[ScannedStep], call: NamedDependency[Call]
) -> Response[Handover]:
    """On the way its loan cannot run out."""
    return await call.once(lambda tx: service.hand(tx, handover_id, "send", data), status=200)


@post(
    "/v1/handovers/{handover_id:uuid}/deliver",
    opt=may(service.PASS),
    operation_id="deliverItem",
    tags=TAGS,
    status_code=200,
    summary="Hand on to the borrower what came from its owner",
    responses=refusals(*STEP, NotAPhoto, rules.WrongBarcode, LoanOver),
)
async def deliver_item(
    handover_id: FromPath[UUID], data: JSONBody[ScannedStep], call: NamedDependency[Call]
) -> Response[Handover]:
    """By the librarian of the borrower's school; from now on the loan's days count."""
    return await call.once(lambda tx: service.hand(tx, handover_id, "deliver", data), status=200)


@post(
    "/v1/handovers/{handover_id:uuid}/receive",
    opt=may(service.RECEIVE),
    operation_id="receiveItem",
    tags=TAGS,
    status_code=200,
    summary="Sign for a thing",
    responses=refusals(*STEP, NotAPhoto),
)
async def receive_item(
    handover_id: FromPath[UUID], data: JSONBody[SignedStep], call: NamedDependency[Call]
) -> Response[Handover]:
    """By the borrower or their librarian, with a note on how it looked."""
    return await call.once(lambda tx: service.sign(tx, handover_id, "receive", data), status=200)


@post(
    "/v1/handovers/{handover_id:uuid}/claim",
    opt=may(service.RECEIVE),
    operation_id="claimReturned",
    tags=TAGS,
    status_code=200,
    summary="Say that a thing was returned",
    responses=refusals(*STEP, NotAPhoto),
)
async def claim_returned(
    handover_id: FromPath[UUID], data: JSONBody[SignedStep], call: NamedDependency[Call]
) -> Response[Handover]:
    """The owner looks for it: a scan of it ends the matter."""
    return await call.once(lambda tx: service.sign(tx, handover_id, "claim", data), status=200)


@post(
    "/v1/handovers/{handover_id:uuid}/send-back",
    opt=may(service.PASS),
    operation_id="sendItemBack",
    tags=TAGS,
    status_code=200,
    summary="Take a thing from the borrower and send it home",
    responses=refusals(*STEP, NotAPhoto, rules.WrongBarcode),
)
async def send_item_back(
    handover_id: FromPath[UUID], data: JSONBody[ScannedStep], call: NamedDependency[Call]
) -> Response[Handover]:
    """By the librarian of the borrower's school; the borrower has returned it."""
    return await call.once(lambda tx: service.take(tx, handover_id, "send_back", data), status=200)


@post(
    "/v1/handovers/{handover_id:uuid}/take-back",
    opt=may(service.GIVE),
    operation_id="takeItemBack",
    tags=TAGS,
    status_code=200,
    summary="Take a thing back at home",
    responses=refusals(*STEP, NotAPhoto, rules.WrongBarcode),
)
async def take_item_back(
    handover_id: FromPath[UUID], data: JSONBody[ScannedStep], call: NamedDependency[Call]
) -> Response[Handover]:
    """The loan is returned; the thing waits for its inspection."""
    return await call.once(lambda tx: service.take(tx, handover_id, "take_back", data), status=200)


@post(
    "/v1/handovers/{handover_id:uuid}/accept",
    opt=may(service.GIVE),
    operation_id="acceptItem",
    tags=TAGS,
    status_code=200,
    summary="Accept a return in the condition it came in",
    responses=refusals(*STEP, NotAPhoto, rules.WrongBarcode, rules.TooManyPieces),
)
async def accept_return(
    handover_id: FromPath[UUID], data: JSONBody[AcceptWish], call: NamedDependency[Call]
) -> Response[Handover]:
    """Sound, it goes to the head of the queue at once; damaged, it stays at home."""
    return await call.once(lambda tx: service.accept(tx, handover_id, data), status=200)


@post(
    "/v1/handovers/{handover_id:uuid}/lose",
    opt=may(service.GIVE),
    operation_id="giveUpItem",
    tags=TAGS,
    status_code=200,
    summary="Give a thing up as lost",
    responses=refusals(*STEP, rules.ReceiptOpen),
)
async def give_up_item(
    handover_id: FromPath[UUID], data: JSONBody[ClosedBecause], call: NamedDependency[Call]
) -> Response[Handover]:
    """Once it was signed for, or nobody objected in time; found, it is marked so."""
    return await call.once(
        lambda tx: service.close(tx, handover_id, "lose", data.because), status=200
    )


@post(
    "/v1/handovers/{handover_id:uuid}/cancel",
    opt=may(service.GIVE),
    operation_id="cancelHandover",
    tags=TAGS,
    status_code=200,
    summary="Put back what was set aside",
    responses=refusals(*STEP),
)
async def cancel_handover(
    handover_id: FromPath[UUID], data: JSONBody[ClosedBecause], call: NamedDependency[Call]
) -> Response[Handover]:
    """The loan waits on for another thing, until it is over."""
    return await call.once(
        lambda tx: service.close(tx, handover_id, "cancel", data.because), status=200
    )


ROUTES = [
    begin_handover,
    list_handovers,
    get_handover,
    hand_over,
    send_item,
    deliver_item,
    receive_item,
    claim_returned,
    send_item_back,
    take_item_back,
    accept_return,
    give_up_item,
    cancel_handover,
]
