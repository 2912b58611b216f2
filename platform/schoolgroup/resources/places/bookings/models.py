"""Bookings (预订) of places: a party, a time, a purpose."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from schoolgroup.kernel.http import Input

Instant = Annotated[datetime, Meta(tz=True)]


class BookingStatus(StrEnum):
    """Where a booking stands. Asked and past `decide_by_at` is lapsed, whatever was written."""

    ASKED = "asked"
    CONFIRMED = "confirmed"
    DECLINED = "declined"
    LAPSED = "lapsed"
    CANCELLED = "cancelled"
    NO_SHOW = "no_show"


class BookWish(Input, frozen=True, kw_only=True):
    """A wish to book a place; with `dry_run` only the answer, no effect."""

    starts_at: Instant
    ends_at: Instant
    people: Annotated[int, Meta(ge=1, le=100_000, description="How many come.")]
    purpose: Annotated[str, Meta(min_length=1, max_length=500)]
    dry_run: bool = False


class BookingBecause(Input, frozen=True, kw_only=True):
    """Why a booking is declined, called off or cancelled, in words the other school reads."""

    because: Annotated[str, Meta(min_length=1, max_length=500)]


class BookingRow(msgspec.Struct, frozen=True):
    """A booking as it is stored, with names and the caller's relations."""

    id: UUID
    place_id: UUID
    place_name: str
    place_address: str
    owner_school_id: UUID
    owner_school_name: str
    booker_school_id: UUID
    booker_school_name: str
    booker_person_id: UUID
    starts_at: datetime
    ends_at: datetime
    people: int
    purpose: str
    status: BookingStatus
    decide_by_at: datetime | None
    cancel_by_at: datetime
    confirmed_at: datetime | None
    closed_at: datetime | None
    closed_because: str
    version: int
    created_at: datetime
    relations: int = 1


class Booking(msgspec.Struct, frozen=True):
    """A booking as its school and the place's school see it."""

    id: UUID
    place_id: UUID
    place_name: str
    place_address: str
    owner_school_id: UUID
    owner_school_name: str
    booker_school_id: UUID
    booker_school_name: str
    booker_person_id: UUID
    starts_at: datetime
    ends_at: datetime
    people: int
    purpose: str
    status: BookingStatus
    decide_by_at: datetime | None
    cancel_by_at: datetime
    confirmed_at: datetime | None
    closed_at: datetime | None
    closed_because: str
    actions: list[str]
    version: int
    created_at: datetime


class Booked(msgspec.Struct, frozen=True):
    """The answer to a wish: confirmed, asked of the owner, or (`dry_run`) which it would be."""

    outcome: BookingStatus
    dry_run: bool
    booking: Booking | None = None
