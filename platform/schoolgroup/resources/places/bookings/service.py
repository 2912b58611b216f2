"""Booking a place: one after another at the place's own row, and never two parties at a time."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from schoolgroup.access.decisions import may, policy_of, require, require_found
from schoolgroup.kernel import journal
from schoolgroup.kernel.db import Tx
from schoolgroup.kernel.errors import Invalid, Problem, refuse_by_constraint
from schoolgroup.kernel.ids import new_id
from schoolgroup.kernel.paging import PageRequest
from schoolgroup.resources.lending.desk.rules import NotABorrower
from schoolgroup.resources.places import queries as place_queries
from schoolgroup.resources.places import service as places
from schoolgroup.resources.places.bookings import calendars, queries, rules
from schoolgroup.resources.places.bookings.models import (
    Booked,
    Booking,
    BookingRow,
    BookingStatus,
    BookWish,
)
from schoolgroup.resources.places.models import PlaceRow

BOOK, READ = "place:book", "booking:read"
CALENDAR_MAX = 500

refuse_by_constraint("one_party_at_a_time", rules.SlotTaken)


async def book(tx: Tx, place_id: UUID, wish: BookWish) -> Booked:
    """Book a place for the caller's school: confirmed at once, or asked of the owner.

    Raises NotFound, NotAllowed, NotABorrower, Invalid and the refusals of rules.why_out_of_reach,
    why_not_open and why_no_room.
    """
    place = await places.find(tx, place_id, BOOK)
    name = f"place/{place_id}"
    require(tx, BOOK, place.relations, thing=name, see=places.READ, owner=place.school_name)
    if tx.actor.person_id is None or tx.actor.school_id is None:
        raise NotABorrower
    if wish.ends_at <= wish.starts_at:
        raise Invalid(problems=[Problem("/ends_at", "not_later", "must be later than starts_at")])
    if why := rules.why_out_of_reach(place, wish, tx.now):
        raise why
    async with tx.as_system():
        await place_queries.lock_place(tx, place_id)
        lapsed = [] if wish.dry_run else await queries.lapse_asked(tx, place_id)
        taken = await place_queries.list_taken(tx, place_id, wish.starts_at, wish.ends_at)
    place = await places.find(tx, place_id, BOOK)  # as it is now that nobody else can change it
    zone = tx.actor.time_zone
    day = wish.starts_at.astimezone(ZoneInfo(zone)).date()
    holidays = await place_queries.list_holidays(tx, place.school_id, day, day)
    if why := rules.why_out_of_reach(place, wish, tx.now):
        raise why
    if why := rules.why_not_open(place, wish, holidays, zone):
        raise why
    if why := rules.why_no_room(place, wish, taken):
        raise why
    asks = place.asks_owner and tx.actor.school_id != place.school_id
    status = rules.ASKED if asks else rules.CONFIRMED
    if wish.dry_run:
        return Booked(status, True)
    decide_by_at = min(wish.starts_at, tx.now + timedelta(hours=place.ask_hours)) if asks else None
    cancel_by_at = wish.starts_at - timedelta(hours=place.cancel_hours)
    booking_id = new_id()
    await queries.insert_booking(tx, booking_id, place, wish, status, decide_by_at, cancel_by_at)
    booking = await _find(tx, booking_id, BOOK)
    await _announce_lapsed(tx, place, lapsed)
    await _announce(tx, BOOK, booking)
    return Booked(status, False, _shown(tx, booking))


async def get_booking(tx: Tx, booking_id: UUID) -> Booking:
    """One booking. Raises NotFound."""
    return _shown(tx, await _find(tx, booking_id, READ))


async def list_bookings(
    tx: Tx, place_id: UUID | None, mine: bool, coming: bool | None, page: PageRequest
) -> list[Booking]:
    """The bookings the caller may see, newest first; `mine`: only the caller's own."""
    return [_shown(tx, row) for row in await _rows(tx, place_id, mine, coming, page)]


async def decide(tx: Tx, booking_id: UUID, verb: str, because: str) -> Booking:
    """The owner's step: confirm, decline, call off, or note that nobody came.

    Raises NotFound, NotAllowed, WrongState, NotBegun.
    """
    booking = await _held(tx, booking_id, rules.DECIDE)
    status = rules.BOOKINGS.step(booking.status, verb)
    if verb == "no_show" and tx.now < booking.starts_at:
        raise rules.NotBegun(until_at=booking.starts_at)
    return await _moved(tx, booking, status, rules.DECIDE, because)


async def cancel(tx: Tx, booking_id: UUID, because: str) -> Booking:
    """Cancel one's booking, in time. Raises NotFound, NotAllowed, WrongState, TooLateToCancel."""
    booking = await _held(tx, booking_id, rules.CANCEL)
    status = rules.BOOKINGS.step(booking.status, "cancel")
    if why := rules.why_not_cancelled(booking, tx.now):
        raise why
    return await _moved(tx, booking, status, rules.CANCEL, because)


async def one_calendar(tx: Tx, booking_id: UUID) -> bytes:
    """A booking as a calendar of one entry. Raises NotFound."""
    return calendars.calendar([await _find(tx, booking_id, READ)], tx.now)


async def own_calendar(tx: Tx, place_id: UUID | None, mine: bool) -> bytes:
    """The newest bookings the caller may see, as a calendar."""
    page = PageRequest(limit=CALENDAR_MAX)
    return calendars.calendar(await _rows(tx, place_id, mine, None, page), tx.now)


async def _rows(
    tx: Tx, place_id: UUID | None, mine: bool, coming: bool | None, page: PageRequest
) -> list[BookingRow]:
    if mine and tx.actor.person_id is None:
        return []
    person_id = tx.actor.person_id if mine else None
    return await queries.list_bookings(tx, place_id, person_id, coming, page)


async def _held(tx: Tx, booking_id: UUID, act: str) -> BookingRow:
    """The booking as it is now that nobody else can move it: the place's row is held."""
    booking = await _find(tx, booking_id, act)
    name = f"booking/{booking_id}"
    owner = booking.owner_school_name
    require(tx, act, booking.relations, thing=name, see=READ, owner=owner)
    async with tx.as_system():
        await place_queries.lock_place(tx, booking.place_id)
    return await _find(tx, booking_id, act)


async def _moved(
    tx: Tx, booking: BookingRow, status: BookingStatus, act: str, because: str
) -> Booking:
    await queries.move_booking(tx, booking.id, status, because)
    moved = await _find(tx, booking.id, act)
    await _announce(tx, act, moved)
    return _shown(tx, moved)


async def _announce(tx: Tx, act: str, booking: BookingRow) -> None:
    await journal.record(
        tx,
        f"booking.{BookingStatus(booking.status)}",
        act=act,
        thing=f"booking/{booking.id}",
        owner_school_id=booking.owner_school_id,
        school_ids=[booking.booker_school_id],
        version=booking.version,
        relations=policy_of(tx).relations.names_in(booking.relations),
        data={"place_id": booking.place_id},
    )


async def _announce_lapsed(tx: Tx, place: PlaceRow, lapsed: Sequence[UUID]) -> None:
    for booking_id in lapsed:
        await journal.record(
            tx,
            "booking.lapsed",
            act=BOOK,
            thing=f"booking/{booking_id}",
            owner_school_id=place.school_id,
            data={"place_id": place.id},
        )


async def _find(tx: Tx, booking_id: UUID, act: str) -> BookingRow:
    name = f"booking/{booking_id}"
    booking = await queries.get_booking(tx, booking_id)
    require_found(booking, name, act)
    assert booking is not None  # require_found has raised otherwise
    require(tx, READ, booking.relations, thing=name, see=READ)
    return booking


def _shown(tx: Tx, row: BookingRow) -> Booking:
    values = msgspec.structs.asdict(row)
    del values["relations"]
    actions = rules.booking_actions(row, tx.now, lambda act: may(tx, act, row.relations))
    return Booking(**values, actions=actions)
