"""Agreements over HTTP."""

from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody

from schoolgroup.access.decisions import NotAllowed
from schoolgroup.directory.agreements import rules, service
from schoolgroup.directory.agreements.models import (
    Agreement,
    AgreementEntry,
    AgreementFilter,
    AgreementStatus,
)
from schoolgroup.kernel.errors import Invalid, NotFound
from schoolgroup.kernel.http import LIMIT, Call, Cursor, Limit, etag, may, refusals
from schoolgroup.kernel.paging import BadCursor, Page
from schoolgroup.kernel.transitions import WrongState

TAGS = ["directory"]


@get(
    "/v1/agreements",
    opt=may("agreement:read"),
    operation_id="listAgreements",
    tags=TAGS,
    summary="List the agreements your school is a party to",
    responses=refusals(BadCursor, Invalid),
)
async def list_agreements(
    call: NamedDependency[Call],
    school_id: FromQuery[UUID | None] = None,
    status: FromQuery[AgreementStatus | None] = None,
    limit: Limit = LIMIT,
    cursor: Cursor = None,
) -> Response[Page[Agreement]]:
    """Oldest first; `school_id` narrows to those with that school on either side."""
    wanted = AgreementFilter(school_id=school_id, status=status)
    return await call.page(
        "agreements",
        limit,
        cursor,
        lambda tx, page: service.list_agreements(tx, wanted, page),
        key_of=lambda agreement: [agreement.id],
    )


@post(
    "/v1/agreements",
    opt=may("agreement:propose"),
    operation_id="proposeAgreement",
    tags=TAGS,
    summary="Propose an agreement over your school's things",
    responses=refusals(NotAllowed, rules.AgreementsOverlap, Invalid),
)
async def propose(
    data: JSONBody[AgreementEntry], call: NamedDependency[Call]
) -> Response[Agreement]:
    """In force once both principals have signed."""
    return await call.once(
        lambda tx: service.propose(tx, data), location=lambda a: f"/v1/agreements/{a.id}"
    )


@get(
    "/v1/agreements/{agreement_id:uuid}",
    opt=may("agreement:read"),
    operation_id="getAgreement",
    tags=TAGS,
    summary="One agreement",
    responses=refusals(NotFound),
)
async def get_agreement(
    agreement_id: FromPath[UUID], call: NamedDependency[Call]
) -> Response[Agreement]:
    """Never 304: whether it holds today changes with the day, not with the ETag."""
    agreement = await call.read(lambda tx: service.get_agreement(tx, agreement_id))
    return Response(agreement, headers=etag(agreement))


@post(
    "/v1/agreements/{agreement_id:uuid}/sign",
    opt=may("agreement:sign"),
    operation_id="signAgreement",
    status_code=200,
    tags=TAGS,
    summary="Sign an agreement for your school",
    responses=refusals(NotAllowed, NotFound, WrongState, rules.AlreadySigned, rules.AgreementPast),
)
async def sign(agreement_id: FromPath[UUID], call: NamedDependency[Call]) -> Response[Agreement]:
    """The second signature puts it in force."""
    return await call.once(lambda tx: service.sign(tx, agreement_id), status=200)


@post(
    "/v1/agreements/{agreement_id:uuid}/decline",
    opt=may("agreement:sign"),
    operation_id="declineAgreement",
    status_code=200,
    tags=TAGS,
    summary="Decline a proposed agreement",
    responses=refusals(NotAllowed, NotFound, WrongState),
)
async def decline(agreement_id: FromPath[UUID], call: NamedDependency[Call]) -> Response[Agreement]:
    """Either side; its days are free for another proposal."""
    return await call.once(lambda tx: service.decline(tx, agreement_id), status=200)


@post(
    "/v1/agreements/{agreement_id:uuid}/end",
    opt=may("agreement:end"),
    operation_id="endAgreement",
    status_code=200,
    tags=TAGS,
    summary="End an agreement now",
    responses=refusals(NotAllowed, NotFound, WrongState),
)
async def end(agreement_id: FromPath[UUID], call: NamedDependency[Call]) -> Response[Agreement]:
    """Either side; what it opened is closed with the next request."""
    return await call.once(lambda tx: service.end(tx, agreement_id), status=200)


ROUTES = [list_agreements, propose, get_agreement, sign, decline, end]
