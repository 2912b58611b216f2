"""Bookings over HTTP, and as a calendar."""

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
from schoolgroup.resources.lending.desk.rules import NotABorrower
from schoolgroup.resources.places.bookings import rules, service
from schoolgroup.resources.places.bookings.models import (
    Booked,
    Booking,
    BookingBecause,
    BookingStatus,
    BookWish,
)

TAGS = ["places"]
ICS = "text/calendar; charset=utf-8"
STEP: tuple[type[Refusal], ...] = (Unauthenticated, NotAllowed, NotFound, WrongState)
OfPlace = FromQuery[Annotated[UUID | None, QueryParameter(description="Only of this place.")]]
Mine = FromQuery[Annotated[bool, QueryParameter(description="Only the caller's own.")]]
Coming = FromQuery[
    Annotated[bool | None, QueryParameter(description="Only those to come (true) or not (false).")]
]


def _status(booked: Booked) -> int:
    if booked.dry_run:
        return 200
    return 201 if booked.outcome is BookingStatus.CONFIRMED else 202


def _location(booked: Booked) -> str:
    return f"/v1/bookings/{booked.booking.id}" if booked.booking else ""


@post(
    "/v1/places/{place_id:uuid}/bookings",
    opt=may(service.BOOK),
    operation_id="bookPlace",
    tags=TAGS,
    summary="Book a place: confirmed, asked of its owner, or a refusal that says why",
    responses=refusals(
        Unauthenticated,
        NotAllowed,
        NotABorrower,
        NotFound,
        Invalid,
        rules.PlaceIsClosed,
        rules.TooManyPeople,
        rules.TooSoon,
        rules.TooFarAhead,
        rules.ClosedThatDay,
        rules.OutsideHours,
        rules.NotOnSlots,
        rules.TooLong,
        rules.SlotTaken,
        rules.NoRoom,
    ),
)
async def book_place(
    place_id: FromPath[UUID], data: JSONBody[BookWish], call: NamedDependency[Call]
) -> Response[Booked]:
    """201 confirmed, 202 asked of the owner, 200 what it would be (`dry_run`)."""
    return await call.once(
        lambda tx: service.book(tx, place_id, data), status=_status, location=_location
    )


@get(
    "/v1/bookings",
    opt=may(service.READ),
    operation_id="listBookings",
    tags=TAGS,
    summary="Bookings: mine, my school's, and those of its places",
    responses=refusals(Unauthenticated, BadCursor),
)
async def list_bookings(
    call: NamedDependency[Call],
    place_id: OfPlace = None,
    mine: Mine = False,
    coming: Coming = None,
    limit: Limit = LIMIT,
    cursor: Cursor = None,
) -> Response[Page[Booking]]:
    """Newest first."""
    return await call.page(
        "bookings",
        limit,
        cursor,
        lambda tx, page: service.list_bookings(tx, place_id, mine, coming, page),
        key_of=lambda booking: [booking.id],
    )


@get(
    "/v1/bookings/calendar",
    opt=may(service.READ),
    operation_id="bookingsCalendar",
    tags=TAGS,
    summary="Bookings as a calendar (iCalendar)",
    media_type=ICS,
    responses=refusals(Unauthenticated),
)
async def bookings_calendar(
    call: NamedDependency[Call], place_id: OfPlace = None, mine: Mine = False
) -> Response[bytes]:
    """The newest 500; cancelled ones are marked as such, so that a calendar takes them away."""
    return _ics(await call.read(lambda tx: service.own_calendar(tx, place_id, mine)))


@get(
    "/v1/bookings/{booking_id:uuid}",
    opt=may(service.READ),
    operation_id="getBooking",
    tags=TAGS,
    summary="One booking",
    responses=refusals(Unauthenticated, NotFound),
)
async def get_booking(booking_id: FromPath[UUID], call: NamedDependency[Call]) -> Response[Booking]:
    """Always as of now: an ask lapses without its version moving."""
    booking = await call.read(lambda tx: service.get_booking(tx, booking_id))
    return Response(booking, headers=etag(booking))


@get(
    "/v1/bookings/{booking_id:uuid}/calendar",
    opt=may(service.READ),
    operation_id="bookingCalendar",
    tags=TAGS,
    summary="A booking as a calendar entry (iCalendar)",
    media_type=ICS,
    responses=refusals(Unauthenticated, NotFound),
)
async def booking_calendar(
    booking_id: FromPath[UUID], call: NamedDependency[Call]
) -> Response[bytes]:
    """For whatever calendar a teacher keeps."""
    return _ics(await call.read(lambda tx: service.one_calendar(tx, booking_id)))


@post(
    "/v1/bookings/{booking_id:uuid}/confirm",
    opt=may(rules.DECIDE),
    operation_id="confirmBooking",
    tags=TAGS,
    status_code=200,
    summary="Confirm a booking that was asked for",
    responses=refusals(*STEP),
)
async def confirm_booking(
    booking_id: FromPath[UUID], call: NamedDependency[Call]
) -> Response[Booking]:
    """By the owner, before the time to answer is over."""
    return await call.once(lambda tx: service.decide(tx, booking_id, "confirm", ""), status=200)


@post(
    "/v1/bookings/{booking_id:uuid}/decline",
    opt=may(rules.DECIDE),
    operation_id="declineBooking",
    tags=TAGS,
    status_code=200,
    summary="Decline a booking that was asked for",
    responses=refusals(*STEP, Invalid),
)
async def decline_booking(
    booking_id: FromPath[UUID], data: JSONBody[BookingBecause], call: NamedDependency[Call]
) -> Response[Booking]:
    """With a reason; the time is free again."""
    return await call.once(
        lambda tx: service.decide(tx, booking_id, "decline", data.because), status=200
    )


@post(
    "/v1/bookings/{booking_id:uuid}/call-off",
    opt=may(rules.DECIDE),
    operation_id="callOffBooking",
    tags=TAGS,
    status_code=200,
    summary="Call a confirmed booking off, as the owner",
    responses=refusals(*STEP, Invalid),
)
async def call_off_booking(
    booking_id: FromPath[UUID], data: JSONBody[BookingBecause], call: NamedDependency[Call]
) -> Response[Booking]:
    """The owner's last resort; the booker reads why."""
    return await call.once(
        lambda tx: service.decide(tx, booking_id, "call_off", data.because), status=200
    )


@post(
    "/v1/bookings/{booking_id:uuid}/no-show",
    opt=may(rules.DECIDE),
    operation_id="noShow",
    tags=TAGS,
    status_code=200,
    summary="Note that nobody came",
    responses=refusals(*STEP, rules.NotBegun, Invalid),
)
async def no_show(
    booking_id: FromPath[UUID], data: JSONBody[BookingBecause], call: NamedDependency[Call]
) -> Response[Booking]:
    """Once its time has begun."""
    return await call.once(
        lambda tx: service.decide(tx, booking_id, "no_show", data.because), status=200
    )


@post(
    "/v1/bookings/{booking_id:uuid}/cancel",
    opt=may(rules.CANCEL),
    operation_id="cancelBooking",
    tags=TAGS,
    status_code=200,
    summary="Cancel one's booking",
    responses=refusals(*STEP, rules.TooLateToCancel, Invalid),
)
async def cancel_booking(
    booking_id: FromPath[UUID], data: JSONBody[BookingBecause], call: NamedDependency[Call]
) -> Response[Booking]:
    """With a reason, and before the deadline of the place; the time is free at once."""
    return await call.once(lambda tx: service.cancel(tx, booking_id, data.because), status=200)


def _ics(content: bytes) -> Response[bytes]:
    headers = {"Content-Disposition": 'attachment; filename="bookings.ics"'}
    return Response(content, media_type=ICS, headers=headers)


ROUTES = [
    book_place,
    list_bookings,
    bookings_calendar,
    get_booking,
    booking_calendar,
    confirm_booking,
    decline_booking,
    call_off_booking,
    no_show,
    cancel_booking,
]
