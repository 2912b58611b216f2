"""Places to visit: hours, bookings, free times (场地).

Written by `make client` from the API description: do not edit.
"""

from __future__ import annotations

import datetime as dt
from typing import Literal
from uuid import UUID

from msgspec import UNSET, Struct, UnsetType

from schoolgroup.client import kinds as k


class BookWish(Struct, frozen=True, kw_only=True, omit_defaults=True):
    starts_at: dt.datetime
    ends_at: dt.datetime
    people: int
    purpose: str
    dry_run: bool = False


class Booked(Struct, frozen=True, kw_only=True, omit_defaults=True):
    outcome: BookingStatus
    dry_run: bool
    booking: Booking | None = None


class Booking(Struct, frozen=True, kw_only=True, omit_defaults=True):
    id: UUID
    place_id: UUID
    place_name: str
    place_address: str
    owner_school_id: UUID
    owner_school_name: str
    booker_school_id: UUID
    booker_school_name: str
    booker_person_id: UUID
    starts_at: dt.datetime
    ends_at: dt.datetime
    people: int
    purpose: str
    status: BookingStatus
    decide_by_at: dt.datetime | None
    cancel_by_at: dt.datetime
    confirmed_at: dt.datetime | None
    closed_at: dt.datetime | None
    closed_because: str
    actions: list[str]
    version: int
    created_at: dt.datetime


class BookingBecause(Struct, frozen=True, kw_only=True, omit_defaults=True):
    because: str


class BookingStatus(k.Word):
    """Where a booking stands. Asked and past `decide_by_at` is lapsed, whatever was written."""

    ASKED = "asked"
    CONFIRMED = "confirmed"
    DECLINED = "declined"
    LAPSED = "lapsed"
    CANCELLED = "cancelled"
    NO_SHOW = "no_show"


class Closure(Struct, frozen=True, kw_only=True, omit_defaults=True):
    id: UUID
    from_on: dt.date
    until_on: dt.date
    because: str


class ClosureWish(Struct, frozen=True, kw_only=True, omit_defaults=True):
    from_on: dt.date
    until_on: dt.date
    because: str


class FreeDay(Struct, frozen=True, kw_only=True, omit_defaults=True):
    day: dt.date
    closed_because: str
    spans: list[FreeSpan]


class FreeMonth(Struct, frozen=True, kw_only=True, omit_defaults=True):
    place_id: UUID
    month: str
    slot_minutes: int
    days: list[FreeDay]


class FreeSpan(Struct, frozen=True, kw_only=True, omit_defaults=True):
    starts_at: dt.datetime
    ends_at: dt.datetime
    room_for: int


class Hours(Struct, frozen=True, kw_only=True, omit_defaults=True):
    weekday: int
    from_minute: int
    until_minute: int


class OpenHours(Struct, frozen=True, kw_only=True, omit_defaults=True):
    weekday: int
    from_minute: int
    until_minute: int


class Place(Struct, frozen=True, kw_only=True, omit_defaults=True):
    id: UUID
    school_id: UUID
    school_name: str
    resource_id: UUID
    name: str
    address: str
    contact: str
    guidance: str
    capacity_people: int
    shared: bool
    slot_minutes: int
    slots_max: int
    lead_hours: int
    ahead_days: int
    cancel_hours: int
    asks_owner: bool
    ask_hours: int
    open_on_holidays: bool
    status: PlaceStatus
    hours: list[OpenHours]
    closures: list[Closure]
    actions: list[str]
    version: int
    created_at: dt.datetime


class PlaceChange(Struct, frozen=True, kw_only=True, omit_defaults=True):
    name: str | UnsetType = UNSET
    address: str | UnsetType = UNSET
    contact: str | UnsetType = UNSET
    guidance: str | UnsetType = UNSET
    capacity_people: int | UnsetType = UNSET
    slots_max: int | UnsetType = UNSET
    lead_hours: int | UnsetType = UNSET
    ahead_days: int | UnsetType = UNSET
    cancel_hours: int | UnsetType = UNSET
    asks_owner: bool | UnsetType = UNSET
    ask_hours: int | UnsetType = UNSET
    open_on_holidays: bool | UnsetType = UNSET
    status: PlaceStatus | UnsetType = UNSET
    hours: list[Hours] | UnsetType = UNSET


class PlaceStatus(k.Word):
    """Whether a place takes bookings."""

    OPEN = "open"
    CLOSED = "closed"


class PlaceWish(Struct, frozen=True, kw_only=True, omit_defaults=True):
    resource_id: UUID
    name: str
    address: str = ""
    contact: str = ""
    guidance: str = ""
    capacity_people: int
    shared: bool = False
    slot_minutes: Literal[15, 30, 45, 60, 90, 120, 240] = 60
    slots_max: int = 4
    lead_hours: int = 24
    ahead_days: int = 90
    cancel_hours: int = 24
    asks_owner: bool = False
    ask_hours: int = 72
    open_on_holidays: bool = False
    hours: list[Hours]


def book_place(
    place_id: UUID, body: BookWish, *, idempotency_key: str | None = None
) -> k.Asked[Booked]:
    """Book a place: confirmed, asked of its owner, or a refusal that says why.

    201 confirmed, 202 asked of the owner, 200 what it would be (`dry_run`).
    """
    return k.ask(
        "bookPlace",
        "POST",
        k.path_of("/v1/places/{place_id}/bookings", place_id=place_id),
        k.read_json(Booked),
        body=body,
        once=True,
        key=idempotency_key,
    )


def booking_calendar(booking_id: UUID) -> k.Asked[k.Content]:
    """A booking as a calendar entry (iCalendar).

    For whatever calendar a teacher keeps.
    """
    return k.ask(
        "bookingCalendar",
        "GET",
        k.path_of("/v1/bookings/{booking_id}/calendar", booking_id=booking_id),
        k.read_content,
        accept="*/*",
    )


def bookings_calendar(
    *, place_id: UUID | None = None, mine: bool | None = None
) -> k.Asked[k.Content]:
    """Bookings as a calendar (iCalendar).

    The newest 500; cancelled ones are marked as such, so that a calendar takes them away.
    """
    return k.ask(
        "bookingsCalendar",
        "GET",
        "/v1/bookings/calendar",
        k.read_content,
        query={"place_id": place_id, "mine": mine},
        accept="*/*",
    )


def call_off_booking(
    booking_id: UUID, body: BookingBecause, *, idempotency_key: str | None = None
) -> k.Asked[Booking]:
    """Call a confirmed booking off, as the owner.

    The owner's last resort; the booker reads why.
    """
    return k.ask(
        "callOffBooking",
        "POST",
        k.path_of("/v1/bookings/{booking_id}/call-off", booking_id=booking_id),
        k.read_json(Booking),
        body=body,
        once=True,
        key=idempotency_key,
    )


def cancel_booking(
    booking_id: UUID, body: BookingBecause, *, idempotency_key: str | None = None
) -> k.Asked[Booking]:
    """Cancel one's booking.

    With a reason, and before the deadline of the place; the time is free at once.
    """
    return k.ask(
        "cancelBooking",
        "POST",
        k.path_of("/v1/bookings/{booking_id}/cancel", booking_id=booking_id),
        k.read_json(Booking),
        body=body,
        once=True,
        key=idempotency_key,
    )


def change_place(
    place_id: UUID, body: PlaceChange, *, version: int, idempotency_key: str | None = None
) -> k.Asked[Place]:
    """Change a place, its hours, or whether it takes bookings.

    Bookings that were made stand.
    """
    return k.ask(
        "changePlace",
        "PATCH",
        k.path_of("/v1/places/{place_id}", place_id=place_id),
        k.read_json(Place),
        body=body,
        version=version,
        once=True,
        key=idempotency_key,
    )


def close_place_days(
    place_id: UUID, body: ClosureWish, *, idempotency_key: str | None = None
) -> k.Asked[Place]:
    """Close a place for some days.

    Bookings that were made stand until they are called off, with a reason.
    """
    return k.ask(
        "closePlaceDays",
        "POST",
        k.path_of("/v1/places/{place_id}/closures", place_id=place_id),
        k.read_json(Place),
        body=body,
        once=True,
        key=idempotency_key,
    )


def confirm_booking(booking_id: UUID, *, idempotency_key: str | None = None) -> k.Asked[Booking]:
    """Confirm a booking that was asked for.

    By the owner, before the time to answer is over.
    """
    return k.ask(
        "confirmBooking",
        "POST",
        k.path_of("/v1/bookings/{booking_id}/confirm", booking_id=booking_id),
        k.read_json(Booking),
        once=True,
        key=idempotency_key,
    )


def decline_booking(
    booking_id: UUID, body: BookingBecause, *, idempotency_key: str | None = None
) -> k.Asked[Booking]:
    """Decline a booking that was asked for.

    With a reason; the time is free again.
    """
    return k.ask(
        "declineBooking",
        "POST",
        k.path_of("/v1/bookings/{booking_id}/decline", booking_id=booking_id),
        k.read_json(Booking),
        body=body,
        once=True,
        key=idempotency_key,
    )


def enter_place(body: PlaceWish, *, idempotency_key: str | None = None) -> k.Asked[Place]:
    """Enter a place of a resource, with its hours.

    Who finds and who books it, the offers of its resource say.
    """
    return k.ask(
        "enterPlace",
        "POST",
        "/v1/places",
        k.read_json(Place),
        body=body,
        once=True,
        key=idempotency_key,
    )


def free_times(place_id: UUID, *, month: str | None = None) -> k.Asked[FreeMonth]:
    """When a place is free in a month.

    Each day's open spans with the room left; never who comes otherwise.
    """
    return k.ask(
        "freeTimes",
        "GET",
        k.path_of("/v1/places/{place_id}/free", place_id=place_id),
        k.read_json(FreeMonth),
        query={"month": month},
    )


def get_booking(booking_id: UUID) -> k.Asked[Booking]:
    """One booking.

    Always as of now: an ask lapses without its version moving.
    """
    return k.ask(
        "getBooking",
        "GET",
        k.path_of("/v1/bookings/{booking_id}", booking_id=booking_id),
        k.read_json(Booking),
    )


def get_place(place_id: UUID) -> k.Asked[Place]:
    """One place.

    With its hours and its closed days.
    """
    return k.ask(
        "getPlace", "GET", k.path_of("/v1/places/{place_id}", place_id=place_id), k.read_json(Place)
    )


def list_bookings(
    *,
    place_id: UUID | None = None,
    mine: bool | None = None,
    coming: bool | None = None,
    limit: int | None = None,
    cursor: str | None = None,
) -> k.Asked[k.Page[Booking]]:
    """Bookings: mine, my school's, and those of its places.

    Newest first.
    """
    return k.ask(
        "listBookings",
        "GET",
        "/v1/bookings",
        k.read_json(k.Page[Booking]),
        query={
            "place_id": place_id,
            "mine": mine,
            "coming": coming,
            "limit": limit,
            "cursor": cursor,
        },
    )


def list_places(
    *,
    school_id: UUID | None = None,
    people: int | None = None,
    limit: int | None = None,
    cursor: str | None = None,
) -> k.Asked[k.Page[Place]]:
    """The places of the school and those offered to it.

    Oldest first.
    """
    return k.ask(
        "listPlaces",
        "GET",
        "/v1/places",
        k.read_json(k.Page[Place]),
        query={"school_id": school_id, "people": people, "limit": limit, "cursor": cursor},
    )


def no_show(
    booking_id: UUID, body: BookingBecause, *, idempotency_key: str | None = None
) -> k.Asked[Booking]:
    """Note that nobody came.

    Once its time has begun.
    """
    return k.ask(
        "noShow",
        "POST",
        k.path_of("/v1/bookings/{booking_id}/no-show", booking_id=booking_id),
        k.read_json(Booking),
        body=body,
        once=True,
        key=idempotency_key,
    )


def open_place_days(
    place_id: UUID, closure_id: UUID, *, idempotency_key: str | None = None
) -> k.Asked[Place]:
    """Open a place again on days it was to be closed.

    The place as it is then.
    """
    return k.ask(
        "openPlaceDays",
        "DELETE",
        k.path_of(
            "/v1/places/{place_id}/closures/{closure_id}", place_id=place_id, closure_id=closure_id
        ),
        k.read_json(Place),
        once=True,
        key=idempotency_key,
    )
