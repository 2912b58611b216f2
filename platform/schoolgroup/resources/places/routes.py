"""Places over HTTP: enter, change, closed days, when they are free; bookings stand beside them."""

from typing import Annotated
from uuid import UUID

from litestar import Response, delete, get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from schoolgroup.access.decisions import NotAllowed
from schoolgroup.kernel.errors import (
    Invalid,
    NotFound,
    StaleVersion,
    Unauthenticated,
    VersionRequired,
)
from schoolgroup.kernel.http import LIMIT, Call, Cursor, Limit, may, refusals
from schoolgroup.kernel.paging import BadCursor, Page
from schoolgroup.resources.places import rules, service
from schoolgroup.resources.places.bookings import routes as bookings
from schoolgroup.resources.places.models import (
    ClosureWish,
    FreeMonth,
    Place,
    PlaceChange,
    PlaceWish,
)

TAGS = ["places"]
ONE = "/v1/places/{place_id:uuid}"
OfSchool = FromQuery[Annotated[UUID | None, QueryParameter(description="Only of this school.")]]
ForPeople = FromQuery[
    Annotated[
        int | None, QueryParameter(ge=1, le=100_000, description="Only with room for so many.")
    ]
]
OfMonth = FromQuery[
    Annotated[
        str, QueryParameter(pattern=r"^2[01][0-9]{2}-(0[1-9]|1[0-2])$", description="As 2026-09.")
    ]
]


@post(
    "/v1/places",
    opt=may(service.KEEP),
    operation_id="enterPlace",
    tags=TAGS,
    summary="Enter a place of a resource, with its hours",
    responses=refusals(Unauthenticated, NotAllowed, NotFound, Invalid, rules.ResourceNotPublished),
)
async def enter_place(data: JSONBody[PlaceWish], call: NamedDependency[Call]) -> Response[Place]:
    """Who finds and who books it, the offers of its resource say."""
    return await call.once(
        lambda tx: service.enter_place(tx, data), location=lambda place: f"/v1/places/{place.id}"
    )


@get(
    "/v1/places",
    opt=may(service.READ),
    operation_id="listPlaces",
    tags=TAGS,
    summary="The places of the school and those offered to it",
    responses=refusals(Unauthenticated, BadCursor),
)
async def list_places(
    call: NamedDependency[Call],
    school_id: OfSchool = None,
    people: ForPeople = None,
    limit: Limit = LIMIT,
    cursor: Cursor = None,
) -> Response[Page[Place]]:
    """Oldest first."""
    return await call.page(
        "places",
        limit,
        cursor,
        lambda tx, page: service.list_places(tx, school_id, people, page),
        key_of=lambda place: [place.id],
    )


@get(
    ONE,
    opt=may(service.READ),
    operation_id="getPlace",
    tags=TAGS,
    summary="One place",
    responses=refusals(Unauthenticated, NotFound),
)
async def get_place(place_id: FromPath[UUID], call: NamedDependency[Call]) -> Response[Place]:
    """With its hours and its closed days."""
    return await call.item(lambda tx: service.get_place(tx, place_id))


@patch(
    ONE,
    opt=may(service.KEEP),
    operation_id="changePlace",
    tags=TAGS,
    summary="Change a place, its hours, or whether it takes bookings",
    responses=refusals(
        Unauthenticated, NotAllowed, NotFound, Invalid, StaleVersion, VersionRequired
    ),
)
async def change_place(
    place_id: FromPath[UUID], data: JSONBody[PlaceChange], call: NamedDependency[Call]
) -> Response[Place]:
    """Bookings that were made stand."""
    return await call.change(lambda tx, version: service.change_place(tx, place_id, data, version))


@post(
    "/v1/places/{place_id:uuid}/closures",
    opt=may(service.KEEP),
    operation_id="closePlaceDays",
    tags=TAGS,
    summary="Close a place for some days",
    responses=refusals(Unauthenticated, NotAllowed, NotFound, Invalid),
)
async def add_closure(
    place_id: FromPath[UUID], data: JSONBody[ClosureWish], call: NamedDependency[Call]
) -> Response[Place]:
    """Bookings that were made stand until they are called off, with a reason."""
    return await call.once(lambda tx: service.add_closure(tx, place_id, data))


@delete(
    "/v1/places/{place_id:uuid}/closures/{closure_id:uuid}",
    opt=may(service.KEEP),
    operation_id="openPlaceDays",
    tags=TAGS,
    status_code=200,
    summary="Open a place again on days it was to be closed",
    responses=refusals(Unauthenticated, NotAllowed, NotFound),
)
async def drop_closure(
    place_id: FromPath[UUID], closure_id: FromPath[UUID], call: NamedDependency[Call]
) -> Response[Place]:
    """The place as it is then."""
    return await call.once(lambda tx: service.drop_closure(tx, place_id, closure_id), status=200)


@get(
    "/v1/places/{place_id:uuid}/free",
    opt=may(service.READ),
    operation_id="freeTimes",
    tags=TAGS,
    summary="When a place is free in a month",
    responses=refusals(Unauthenticated, NotFound, Invalid),
)
async def free_times(
    place_id: FromPath[UUID], month: OfMonth, call: NamedDependency[Call]
) -> Response[FreeMonth]:
    """Each day's open spans with the room left; never who comes otherwise."""
    return Response(await call.read(lambda tx: service.free_month(tx, place_id, month)))


ROUTES = [
    enter_place,
    list_places,
    get_place,
    change_place,
    add_closure,
    drop_closure,
    free_times,
    *bookings.ROUTES,
]
