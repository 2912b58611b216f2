"""SQL of bookings, as their school and the place's school may see them."""

from datetime import datetime
from uuid import UUID

from schoolgroup.access.decisions import with_rights
from schoolgroup.kernel.db import Tx, execute, fetch_all, fetch_one
from schoolgroup.kernel.paging import PageRequest
from schoolgroup.resources.places.bookings.models import BookingRow, BookingStatus, BookWish
from schoolgroup.resources.places.models import PlaceRow

_BOOKING = """k.id, k.place_id, p.name AS place_name, p.address AS place_address,
       k.owner_school_id, o.name AS owner_school_name,
       k.booker_school_id, b.name AS booker_school_name, k.booker_person_id,
       k.starts_at, k.ends_at, k.people, k.purpose,
       CASE WHEN k.status = 'asked' AND k.decide_by_at <= app.now() THEN 'lapsed'
            ELSE k.status END AS status,
       k.decide_by_at, k.cancel_by_at, k.confirmed_at,
       CASE WHEN k.status = 'asked' AND k.decide_by_at <= app.now() THEN k.decide_by_at
            ELSE k.closed_at END AS closed_at,
       k.closed_because, k.version, k.created_at, /*relations:booking:k*/ AS relations
  FROM booking k
  JOIN place p ON p.group_id = k.group_id AND p.id = k.place_id
  JOIN school o ON o.group_id = k.group_id AND o.id = k.owner_school_id
  JOIN school b ON b.group_id = k.group_id AND b.id = k.booker_school_id"""

GET_BOOKING = f"""
SELECT {_BOOKING}
 WHERE k.group_id = $1 AND k.id = $2
"""

LIST_BOOKINGS = f"""
SELECT {_BOOKING}
 WHERE k.group_id = $1
   AND ($2::uuid IS NULL OR k.place_id = $2)
   AND ($3::uuid IS NULL OR k.booker_person_id = $3)
   AND ($4::boolean IS NULL OR $4 = (app.now() < k.ends_at
        AND (k.status = 'confirmed' OR k.status = 'asked' AND app.now() < k.decide_by_at)))
   AND ($5::uuid IS NULL OR k.id < $5)
   AND /*visible:booking:read@booking:k*/
 ORDER BY k.id DESC
 LIMIT $6
"""

INSERT_BOOKING = """
INSERT INTO booking (group_id, id, place_id, owner_school_id, booker_school_id, booker_person_id,
                     shared, starts_at, ends_at, people, purpose, status, decide_by_at,
                     cancel_by_at, confirmed_at, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14,
        CASE WHEN $12 = 'confirmed' THEN app.now() END, app.now())
"""

# What the owner did not answer in time gives its slot back before anyone is refused for it.
LAPSE_ASKED = """
UPDATE booking SET status = 'lapsed', closed_at = decide_by_at, version = version + 1
 WHERE group_id = $1 AND place_id = $2 AND status = 'asked' AND decide_by_at <= app.now()
RETURNING id
"""

MOVE_BOOKING = """
UPDATE booking SET status = $3, version = version + 1,
       confirmed_at = CASE WHEN $3 = 'confirmed' THEN app.now() ELSE confirmed_at END,
       closed_at = CASE WHEN $3 = 'confirmed' THEN NULL ELSE app.now() END, closed_because = $4
 WHERE group_id = $1 AND id = $2
"""


async def get_booking(tx: Tx, booking_id: UUID) -> BookingRow | None:
    """The booking with the caller's relations to it."""
    sql = with_rights(tx, GET_BOOKING)
    return await fetch_one(tx, BookingRow, sql, tx.group_id, booking_id)


async def list_bookings(
    tx: Tx,
    place_id: UUID | None,
    person_id: UUID | None,
    coming: bool | None,
    page: PageRequest,
) -> list[BookingRow]:
    """The bookings the caller may see, newest first."""
    after = page.after[0] if page.after else None
    sql = with_rights(tx, LIST_BOOKINGS)
    return await fetch_all(
        tx, BookingRow, sql, tx.group_id, place_id, person_id, coming, after, page.limit
    )


async def insert_booking(
    tx: Tx,
    booking_id: UUID,
    place: PlaceRow,
    wish: BookWish,
    status: BookingStatus,
    decide_by_at: datetime | None,
    cancel_by_at: datetime,
) -> None:
    """Book the place in the caller's name; one_party_at_a_time refuses a time that is taken."""
    await execute(
        tx,
        INSERT_BOOKING,
        tx.group_id,
        booking_id,
        place.id,
        place.school_id,
        tx.actor.school_id,
        tx.actor.person_id,
        place.shared,
        wish.starts_at,
        wish.ends_at,
        wish.people,
        wish.purpose,
        status,
        decide_by_at,
        cancel_by_at,
    )


async def lapse_asked(tx: Tx, place_id: UUID) -> list[UUID]:
    """Write down what was not answered in time; as the system, for it spans schools."""
    rows = await tx.connection.fetch(LAPSE_ASKED, tx.group_id, place_id)
    return [row["id"] for row in rows]


async def move_booking(tx: Tx, booking_id: UUID, status: BookingStatus, because: str) -> None:
    """Write a step of a booking."""
    await execute(tx, MOVE_BOOKING, tx.group_id, booking_id, status, because)
