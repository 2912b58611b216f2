"""Offers over HTTP."""

from uuid import UUID

from litestar import Response, get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from schoolgroup.access.decisions import NotAllowed
from schoolgroup.kernel.errors import (
    Conflict,
    Invalid,
    NotFound,
    StaleVersion,
    Unauthenticated,
    VersionRequired,
)
from schoolgroup.kernel.http import LIMIT, Call, Cursor, Limit, etag, may, refusals
from schoolgroup.kernel.paging import BadCursor, Page
from schoolgroup.kernel.transitions import WrongState
from schoolgroup.resources.lending.offers import rules, service
from schoolgroup.resources.lending.offers.models import Offer, OfferChange, OfferWish, TermsVersion
from schoolgroup.resources.lending.shelf.rules import SeatsFollowItems, TwoOffersOfItems

TAGS = ["lending"]
OWNERS = (Unauthenticated, NotAllowed, NotFound, WrongState, Conflict)


@post(
    "/v1/resources/{resource_id:uuid}/offers",
    opt=may("offer:make"),
    operation_id="makeOffer",
    tags=TAGS,
    summary="Offer a resource to others",
    responses=refusals(
        Unauthenticated,
        NotAllowed,
        NotFound,
        rules.ResourceNotOfferable,
        Invalid,
        service.UnknownAudience,
        TwoOffersOfItems,
    ),
)
async def make_offer(
    resource_id: FromPath[UUID], data: JSONBody[OfferWish], call: NamedDependency[Call]
) -> Response[Offer]:
    """Whom it reaches, with which of three rights, and on which terms it is lent."""
    return await call.once(
        lambda tx: service.make_offer(tx, resource_id, data),
        location=lambda offer: f"/v1/offers/{offer.id}",
    )


@get(
    "/v1/resources/{resource_id:uuid}/offers",
    opt=may("resource:discover"),
    operation_id="listOffers",
    tags=TAGS,
    summary="The offers of a resource",
    responses=refusals(Unauthenticated, BadCursor),
)
async def list_offers(
    resource_id: FromPath[UUID],
    call: NamedDependency[Call],
    limit: Limit = LIMIT,
    cursor: Cursor = None,
) -> Response[Page[Offer]]:
    """Oldest first, as far as they reach the caller."""
    return await call.page(
        f"offers of {resource_id}",
        limit,
        cursor,
        lambda tx, page: service.list_offers(tx, resource_id, page),
        key_of=lambda offer: [offer.id],
    )


@get(
    "/v1/offers/{offer_id:uuid}",
    opt=may("resource:discover"),
    operation_id="getOffer",
    tags=TAGS,
    summary="One offer: its terms, free seats, and my place",
    responses=refusals(Unauthenticated, NotFound),
)
async def get_offer(offer_id: FromPath[UUID], call: NamedDependency[Call]) -> Response[Offer]:
    """Always as of now: free seats and places move without the offer's version moving."""
    offer = await call.read(lambda tx: service.get_offer(tx, offer_id))
    return Response(offer, headers=etag(offer))


@post(
    "/v1/offers/{offer_id:uuid}/suspend",
    opt=may("offer:change"),
    operation_id="suspendOffer",
    tags=TAGS,
    status_code=200,
    summary="Lend nothing new for now",
    responses=refusals(*OWNERS),
)
async def suspend_offer(offer_id: FromPath[UUID], call: NamedDependency[Call]) -> Response[Offer]:
    """Running loans go on; the queue waits."""
    return await call.once(lambda tx: service.move_offer(tx, offer_id, "suspend"), status=200)


@post(
    "/v1/offers/{offer_id:uuid}/resume",
    opt=may("offer:change"),
    operation_id="resumeOffer",
    tags=TAGS,
    status_code=200,
    summary="Lend again",
    responses=refusals(*OWNERS),
)
async def resume_offer(offer_id: FromPath[UUID], call: NamedDependency[Call]) -> Response[Offer]:
    """The queue is served first."""
    return await call.once(lambda tx: service.move_offer(tx, offer_id, "resume"), status=200)


@post(
    "/v1/offers/{offer_id:uuid}/close",
    opt=may("offer:change"),
    operation_id="closeOffer",
    tags=TAGS,
    status_code=200,
    summary="Close the offer for good",
    responses=refusals(*OWNERS),
)
async def close_offer(offer_id: FromPath[UUID], call: NamedDependency[Call]) -> Response[Offer]:
    """The queue is cancelled; running loans go on to their end."""
    return await call.once(lambda tx: service.move_offer(tx, offer_id, "close"), status=200)


@patch(
    "/v1/offers/{offer_id:uuid}",
    opt=may("offer:change"),
    operation_id="changeOffer",
    tags=TAGS,
    summary="Change the terms or the audience: a new version of them",
    responses=refusals(
        Unauthenticated,
        NotAllowed,
        NotFound,
        rules.OfferIsClosed,
        rules.SeatsStayLimited,
        SeatsFollowItems,
        StaleVersion,
        Invalid,
        service.UnknownAudience,
        VersionRequired,
    ),
)
async def change_offer(
    offer_id: FromPath[UUID], data: JSONBody[OfferChange], call: NamedDependency[Call]
) -> Response[Offer]:
    """Running loans keep terms and seats: seats that were cut retire when they are freed."""
    return await call.change(lambda tx, version: service.change_offer(tx, offer_id, data, version))


@get(
    "/v1/offers/{offer_id:uuid}/terms/versions",
    opt=may("offer:change"),
    operation_id="listOfferTerms",
    tags=TAGS,
    summary="The versions of an offer's terms",
    responses=refusals(Unauthenticated, NotAllowed, NotFound, BadCursor),
)
async def list_offer_terms(
    offer_id: FromPath[UUID],
    call: NamedDependency[Call],
    limit: Limit = LIMIT,
    cursor: Cursor = None,
) -> Response[Page[TermsVersion]]:
    """Newest first, with who stated them and when; a loan's terms name the version it has."""
    return await call.page(
        f"terms of {offer_id}",
        limit,
        cursor,
        lambda tx, page: service.list_terms(tx, offer_id, page),
        key_of=lambda version: [version.no],
    )


ROUTES = [
    make_offer,
    list_offers,
    get_offer,
    suspend_offer,
    resume_offer,
    close_offer,
    change_offer,
    list_offer_terms,
]
