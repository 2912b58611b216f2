"""SQL of places, as the caller may see them, and of what is free."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from schoolgroup.access.decisions import with_rights
from schoolgroup.kernel.db import Tx, execute, execute_many, fetch_all, fetch_one, fetch_value
from schoolgroup.kernel.paging import PageRequest
from schoolgroup.resources.places.models import (
    ClosureWish,
    DayOff,
    Hours,
    PlaceRow,
    PlaceWish,
    Taken,
)

_PLACE = """p.id, p.school_id, s.name AS school_name, p.resource_id, p.name, p.address, p.contact,
       p.guidance, p.capacity_people, p.shared, p.slot_minutes, p.slots_max, p.lead_hours,
       p.ahead_days, p.cancel_hours, p.asks_owner, p.ask_hours, p.open_on_holidays, p.status,
       (SELECT coalesce(jsonb_agg(jsonb_build_object('weekday', h.weekday,
                   'from_minute', h.from_minute, 'until_minute', h.until_minute)
                   ORDER BY h.weekday, h.from_minute), '[]')
          FROM place_hours h WHERE h.group_id = p.group_id AND h.place_id = p.id) AS hours,
       (SELECT coalesce(jsonb_agg(jsonb_build_object('id', c.id, 'from_on', c.from_on,
                   'until_on', c.until_on, 'because', c.because) ORDER BY c.from_on, c.id), '[]')
          FROM place_closure c
         WHERE c.group_id = p.group_id AND c.place_id = p.id) AS closures,
       p.version, p.created_at, /*relations:place:p*/ AS relations
  FROM place p
  JOIN school s ON s.group_id = p.group_id AND s.id = p.school_id"""

GET_PLACE = f"""
SELECT {_PLACE}
 WHERE p.group_id = $1 AND p.id = $2
"""

LIST_PLACES = f"""
SELECT {_PLACE}
 WHERE p.group_id = $1
   AND ($2::uuid IS NULL OR p.school_id = $2)
   AND ($3::int IS NULL OR p.capacity_people >= $3)
   AND ($4::uuid IS NULL OR p.id > $4)
   AND /*visible:place:read@place:p*/
 ORDER BY p.id
 LIMIT $5
"""

# Whoever books a place or changes it does it one after another; held until commit.
LOCK_PLACE = "SELECT id FROM place WHERE group_id = $1 AND id = $2 FOR NO KEY UPDATE"

INSERT_PLACE = """
INSERT INTO place (group_id, id, school_id, resource_id, name, address, contact, guidance,
                   capacity_people, shared, slot_minutes, slots_max, lead_hours, ahead_days,
                   cancel_hours, asks_owner, ask_hours, open_on_holidays, status, created_at,
                   updated_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, 'open',
        app.now(), app.now())
"""

CHANGE_PLACE = """
UPDATE place SET name = $3, address = $4, contact = $5, guidance = $6, capacity_people = $7,
       slots_max = $8, lead_hours = $9, ahead_days = $10, cancel_hours = $11, asks_owner = $12,
       ask_hours = $13, open_on_holidays = $14, status = $15, version = version + 1,
       updated_at = app.now()
 WHERE group_id = $1 AND id = $2
"""

TOUCH_PLACE = """
UPDATE place SET version = version + 1, updated_at = app.now() WHERE group_id = $1 AND id = $2
"""

DELETE_HOURS = "DELETE FROM place_hours WHERE group_id = $1 AND place_id = $2"

INSERT_HOURS = """
INSERT INTO place_hours (group_id, place_id, weekday, from_minute, until_minute)
VALUES ($1, $2, $3, $4, $5)
"""

INSERT_CLOSURE = """
INSERT INTO place_closure (group_id, id, place_id, from_on, until_on, because)
VALUES ($1, $2, $3, $4, $5, $6)
"""

DELETE_CLOSURE = """
DELETE FROM place_closure WHERE group_id = $1 AND place_id = $2 AND id = $3 RETURNING id
"""

# The holidays of the group and of the school whose place it is.
LIST_HOLIDAYS = """
SELECT name, from_on, until_on FROM holiday
 WHERE group_id = $1 AND (school_id IS NULL OR school_id = $2)
   AND until_on > $3 AND from_on <= $4
 ORDER BY from_on, id
"""

# What is booked, without who: as the system, for bookings are walled by school. What was asked and
# not answered in time is free, whether or not anyone has written it down.
LIST_TAKEN = """
SELECT starts_at, ends_at, people FROM booking
 WHERE group_id = $1 AND place_id = $2 AND starts_at < $4 AND $3 < ends_at
   AND (status = 'confirmed' OR status = 'asked' AND app.now() < decide_by_at)
 ORDER BY starts_at, id
"""


async def get_place(tx: Tx, place_id: UUID) -> PlaceRow | None:
    """The place with the caller's relations to it."""
    return await fetch_one(tx, PlaceRow, with_rights(tx, GET_PLACE), tx.group_id, place_id)


async def list_places(
    tx: Tx, school_id: UUID | None, people: int | None, page: PageRequest
) -> list[PlaceRow]:
    """The places the caller may see, oldest first."""
    after = page.after[0] if page.after else None
    sql = with_rights(tx, LIST_PLACES)
    return await fetch_all(tx, PlaceRow, sql, tx.group_id, school_id, people, after, page.limit)


async def lock_place(tx: Tx, place_id: UUID) -> None:
    """Hold the place until commit: it is booked by one after another."""
    await execute(tx, LOCK_PLACE, tx.group_id, place_id)


async def insert_place(tx: Tx, place_id: UUID, school_id: UUID, wish: PlaceWish) -> None:
    """Enter a place and its hours."""
    await execute(
        tx,
        INSERT_PLACE,
        tx.group_id,
        place_id,
        school_id,
        wish.resource_id,
        wish.name,
        wish.address,
        wish.contact,
        wish.guidance,
        wish.capacity_people,
        wish.shared,
        wish.slot_minutes,
        wish.slots_max,
        wish.lead_hours,
        wish.ahead_days,
        wish.cancel_hours,
        wish.asks_owner,
        wish.ask_hours,
        wish.open_on_holidays,
    )
    await _insert_hours(tx, place_id, wish.hours)


async def change_place(tx: Tx, place: PlaceRow) -> None:
    """Write what of the place may change."""
    await execute(
        tx,
        CHANGE_PLACE,
        tx.group_id,
        place.id,
        place.name,
        place.address,
        place.contact,
        place.guidance,
        place.capacity_people,
        place.slots_max,
        place.lead_hours,
        place.ahead_days,
        place.cancel_hours,
        place.asks_owner,
        place.ask_hours,
        place.open_on_holidays,
        place.status,
    )


async def replace_hours(tx: Tx, place_id: UUID, hours: Sequence[Hours]) -> None:
    """Write the hours anew."""
    await execute(tx, DELETE_HOURS, tx.group_id, place_id)
    await _insert_hours(tx, place_id, hours)


async def insert_closure(tx: Tx, closure_id: UUID, place_id: UUID, wish: ClosureWish) -> None:
    """Close the place for some days."""
    await execute(
        tx,
        INSERT_CLOSURE,
        tx.group_id,
        closure_id,
        place_id,
        wish.from_on,
        wish.until_on,
        wish.because,
    )
    await execute(tx, TOUCH_PLACE, tx.group_id, place_id)


async def delete_closure(tx: Tx, place_id: UUID, closure_id: UUID) -> bool:
    """Take closed days away; False where there were none."""
    gone = await fetch_value(tx, DELETE_CLOSURE, tx.group_id, place_id, closure_id)
    await execute(tx, TOUCH_PLACE, tx.group_id, place_id)
    return gone is not None


async def list_holidays(tx: Tx, school_id: UUID, first: date, last: date) -> list[DayOff]:
    """The holidays of the group and the school that touch these days."""
    return await fetch_all(tx, DayOff, LIST_HOLIDAYS, tx.group_id, school_id, first, last)


async def list_taken(tx: Tx, place_id: UUID, starts_at: datetime, ends_at: datetime) -> list[Taken]:
    """What is booked of the place in this time; as the system."""
    return await fetch_all(tx, Taken, LIST_TAKEN, tx.group_id, place_id, starts_at, ends_at)


async def _insert_hours(tx: Tx, place_id: UUID, hours: Sequence[Hours]) -> None:
    await execute_many(
        tx,
        INSERT_HOURS,
        [
            (tx.group_id, place_id, line.weekday, line.from_minute, line.until_minute)
            for line in hours
        ],
    )
