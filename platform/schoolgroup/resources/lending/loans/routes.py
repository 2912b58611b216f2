"""Borrowing over HTTP: the one verb, loans, and their files."""

from datetime import timedelta
from typing import Annotated, Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody, PathParameter, QueryParameter

from schoolgroup.access.decisions import NotAllowed
from schoolgroup.kernel.errors import NotFound, Unauthenticated
from schoolgroup.kernel.http import LIMIT, Call, Cursor, Limit, etag, link_answer, may, refusals
from schoolgroup.kernel.paging import BadCursor, Page
from schoolgroup.kernel.settings import Settings
from schoolgroup.kernel.storage import Storage
from schoolgroup.kernel.transitions import WrongState
from schoolgroup.resources.lending.asks.rules import AlreadyAsked, AskDeclined
from schoolgroup.resources.lending.desk import rules
from schoolgroup.resources.lending.desk.models import (
    Because,
    Borrowed,
    BorrowWish,
    Loan,
    RecallWish,
)
from schoolgroup.resources.lending.loans import service
from schoolgroup.resources.lending.loans.models import Fetch, LoanFiles
from schoolgroup.resources.lending.offers.rules import OfferIsClosed
from schoolgroup.resources.lending.shelf import rules as shelf

TAGS = ["lending"]
OfOffer = FromQuery[Annotated[UUID | None, QueryParameter(description="Only of this offer.")]]
Mine = FromQuery[Annotated[bool, QueryParameter(description="Only the caller's own.")]]
Running = FromQuery[
    Annotated[bool | None, QueryParameter(description="Only running (true) or only over (false).")]
]
FileNo = FromPath[Annotated[int, PathParameter(ge=1, le=50, description="The file's number.")]]


def _status(borrowed: Borrowed) -> int:
    if borrowed.dry_run:
        return 200
    return 201 if borrowed.loan else 202


def _location(borrowed: Borrowed) -> str:
    if borrowed.loan:
        return f"/v1/loans/{borrowed.loan.id}"
    if borrowed.hold:
        return f"/v1/holds/{borrowed.hold.id}"
    return f"/v1/asks/{borrowed.ask.id}" if borrowed.ask else ""


@post(
    "/v1/offers/{offer_id:uuid}/borrow",
    opt=may("resource:borrow"),
    operation_id="borrow",
    tags=TAGS,
    summary="Borrow what is offered: a loan, a place in the queue, or a refusal that says why",
    responses=refusals(
        Unauthenticated,
        NotAllowed,
        rules.NotABorrower,
        NotFound,
        OfferIsClosed,
        rules.OfferIsOver,
        rules.OfferIsSuspended,
        rules.ResourceWithdrawn,
        rules.ResourceUnpublished,
        rules.AlreadyBorrowed,
        rules.AlreadyOnHold,
        rules.SchoolCapReached,
        rules.OwnLimitReached,
        rules.SchoolLimitReached,
        rules.GroupLimitReached,
        rules.LicenceUsedUp,
        AlreadyAsked,
        AskDeclined,
    ),
)
async def borrow(
    offer_id: FromPath[UUID], data: JSONBody[BorrowWish], call: NamedDependency[Call]
) -> Response[Borrowed]:
    """201 a loan, 202 a hold with its place or an ask, 200 what it would be (`dry_run`)."""
    return await call.once(
        lambda tx: service.borrow(tx, offer_id, data), status=_status, location=_location
    )


@get(
    "/v1/loans",
    opt=may("loan:read"),
    operation_id="listLoans",
    tags=TAGS,
    summary="Loans: mine, and those my school made or gave",
    responses=refusals(Unauthenticated, BadCursor),
)
async def list_loans(
    call: NamedDependency[Call],
    offer_id: OfOffer = None,
    mine: Mine = False,
    running: Running = None,
    limit: Limit = LIMIT,
    cursor: Cursor = None,
) -> Response[Page[Loan]]:
    """Newest first."""
    return await call.page(
        "loans",
        limit,
        cursor,
        lambda tx, page: service.list_loans(tx, offer_id, mine, running, page),
        key_of=lambda loan: [loan.id],
    )


@get(
    "/v1/loans/{loan_id:uuid}",
    opt=may("loan:read"),
    operation_id="getLoan",
    tags=TAGS,
    summary="One loan",
    responses=refusals(Unauthenticated, NotFound),
)
async def get_loan(loan_id: FromPath[UUID], call: NamedDependency[Call]) -> Response[Loan]:
    """Always as of now: a loan ends without its version moving."""
    loan = await call.read(lambda tx: service.get_loan(tx, loan_id))
    return Response(loan, headers=etag(loan))


@post(
    "/v1/loans/{loan_id:uuid}/return",
    opt=may("loan:return"),
    operation_id="returnLoan",
    tags=TAGS,
    status_code=200,
    summary="Return a loan",
    responses=refusals(
        Unauthenticated, NotAllowed, NotFound, rules.LoanOver, WrongState, shelf.ThingIsOut
    ),
)
async def return_loan(loan_id: FromPath[UUID], call: NamedDependency[Call]) -> Response[Loan]:
    """Its seat goes to the head of the queue at once."""
    return await call.once(lambda tx: service.return_loan(tx, loan_id), status=200)


@post(
    "/v1/loans/{loan_id:uuid}/renew",
    opt=may("loan:renew"),
    operation_id="renewLoan",
    tags=TAGS,
    status_code=200,
    summary="Renew a loan",
    responses=refusals(
        Unauthenticated,
        NotAllowed,
        NotFound,
        rules.LoanOver,
        WrongState,
        rules.NoRenewalsLeft,
        rules.SomeoneWaits,
        rules.Recalled,
        rules.RenewalGainsNothing,
        shelf.NotCollected,
        shelf.Overdue,
    ),
)
async def renew_loan(loan_id: FromPath[UUID], call: NamedDependency[Call]) -> Response[Loan]:
    """Its days are counted anew from now, unless somebody waits."""
    return await call.once(lambda tx: service.renew_loan(tx, loan_id), status=200)


@post(
    "/v1/loans/{loan_id:uuid}/recall",
    opt=may("loan:recall"),
    operation_id="recallLoan",
    tags=TAGS,
    status_code=200,
    summary="Call a loan back before its end",
    responses=refusals(
        Unauthenticated,
        NotAllowed,
        NotFound,
        rules.LoanOver,
        rules.RecallChangesNothing,
        WrongState,
    ),
)
async def recall_loan(
    loan_id: FromPath[UUID], data: JSONBody[RecallWish], call: NamedDependency[Call]
) -> Response[Loan]:
    """With a day's notice, and never before what was guaranteed; the borrower reads why."""
    return await call.once(lambda tx: service.recall_loan(tx, loan_id, data), status=200)


@post(
    "/v1/loans/{loan_id:uuid}/revoke",
    opt=may("loan:revoke"),
    operation_id="revokeLoan",
    tags=TAGS,
    status_code=200,
    summary="Take a loan back at once",
    responses=refusals(
        Unauthenticated, NotAllowed, NotFound, rules.LoanOver, WrongState, shelf.ThingIsOut
    ),
)
async def revoke_loan(
    loan_id: FromPath[UUID], data: JSONBody[Because], call: NamedDependency[Call]
) -> Response[Loan]:
    """The owner's last resort; the borrower reads why."""
    return await call.once(lambda tx: service.revoke_loan(tx, loan_id, data.because), status=200)


@get(
    "/v1/loans/{loan_id:uuid}/files",
    opt=may("loan:fetch"),
    operation_id="listLoanFiles",
    tags=TAGS,
    summary="The files of a running loan",
    responses=refusals(Unauthenticated, NotAllowed, NotFound, rules.LoanOver),
)
async def list_files(loan_id: FromPath[UUID], call: NamedDependency[Call]) -> Response[LoanFiles]:
    """Those of the revision that was lent."""
    return Response(await call.read(lambda tx: service.list_files(tx, loan_id)))


@get(
    "/v1/loans/{loan_id:uuid}/files/{no:int}",
    opt=may("loan:fetch"),
    operation_id="fetchLoanFile",
    tags=TAGS,
    status_code=307,
    summary="Open a file of a running loan",
    responses=refusals(Unauthenticated, NotAllowed, NotFound, rules.LoanOver),
)
async def fetch_file(
    loan_id: FromPath[UUID],
    no: FileNo,
    call: NamedDependency[Call],
    storage: NamedDependency[Storage],
    services: NamedDependency[Any],
) -> Response[None]:
    """307 to a link that dies with the loan; every link is noted for borrower and owner."""
    settings: Settings = services.settings
    ticket = await call.read(lambda tx: service.fetch(tx, loan_id, no, settings.download_link_s))
    return link_answer(storage, ticket.file, timedelta(seconds=ticket.link_s))


@get(
    "/v1/loans/{loan_id:uuid}/fetches",
    opt=may("loan:read"),
    operation_id="listLoanFetches",
    tags=TAGS,
    summary="Every link given out for a loan",
    responses=refusals(Unauthenticated, NotFound, BadCursor),
)
async def list_fetches(
    loan_id: FromPath[UUID],
    call: NamedDependency[Call],
    limit: Limit = LIMIT,
    cursor: Cursor = None,
) -> Response[Page[Fetch]]:
    """Newest first, for borrower and owner."""
    return await call.page(
        f"fetches of {loan_id}",
        limit,
        cursor,
        lambda tx, page: service.list_fetches(tx, loan_id, page),
        key_of=lambda fetch: [fetch.id],
    )


ROUTES = [
    borrow,
    list_loans,
    get_loan,
    return_loan,
    renew_loan,
    recall_loan,
    revoke_loan,
    list_files,
    fetch_file,
    list_fetches,
]
