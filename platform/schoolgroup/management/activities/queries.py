"""SQL of activities; every figure is read from the one view `activity_month`."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from schoolgroup.access.decisions import with_rights
from schoolgroup.kernel.db import Tx, execute, execute_many, fetch_all, fetch_one, fetch_value
from schoolgroup.kernel.paging import PageRequest
from schoolgroup.management.activities.models import (
    ActivityRow,
    ActivityWish,
    Asked,
    MonthFigure,
    PlacePoint,
)

_ACTIVITY = """a.id, a.school_id, coalesce(s.name, '') AS school_name, a.kind, a.title, a.held_on,
       a.place_name, a.longitude::float8 AS longitude, a.latitude::float8 AS latitude,
       ARRAY(SELECT g.school_id FROM activity_guest g
              WHERE g.group_id = a.group_id AND g.activity_id = a.id
              ORDER BY g.school_id) AS guest_school_ids,
       a.note, a.status, a.sessions, a.pupils, a.teachers, a.parents, a.cancelled_because,
       a.version, a.created_at, /*relations:activity:a*/ AS relations
  FROM activity a
  LEFT JOIN school s ON s.group_id = a.group_id AND s.id = a.school_id"""

GET_ACTIVITY = f"""
SELECT {_ACTIVITY}
 WHERE a.group_id = $1 AND a.id = $2
"""

LIST_ACTIVITIES = f"""
SELECT {_ACTIVITY}
 WHERE a.group_id = $1
   AND ($2::uuid IS NULL OR a.school_id = $2)
   AND (NOT $3::bool OR a.school_id IS NULL)
   AND ($4::text IS NULL OR a.kind = $4)
   AND ($5::text IS NULL OR a.status = $5)
   AND ($6::date IS NULL OR a.held_on >= $6)
   AND ($7::date IS NULL OR a.held_on < $7)
   AND ($8::date IS NULL OR (a.held_on, a.id) < ($8, $9::uuid))
   AND /*visible:activity:read@activity:a*/
 ORDER BY a.held_on DESC, a.id DESC
 LIMIT $10
"""

LOCK_ACTIVITY = "SELECT id FROM activity WHERE group_id = $1 AND id = $2 FOR NO KEY UPDATE"

INSERT_ACTIVITY = """
INSERT INTO activity (group_id, id, school_id, kind, title, held_on, place_name, longitude,
                      latitude, note, created_at, updated_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8::float8, $9::float8, $10, app.now(), app.now())
"""

WRITE_ACTIVITY = """
UPDATE activity SET title = $3, held_on = $4, place_name = $5, longitude = $6::float8,
       latitude = $7::float8, note = $8, status = $9, sessions = $10, pupils = $11, teachers = $12,
       parents = $13, cancelled_because = $14, version = version + 1, updated_at = app.now()
 WHERE group_id = $1 AND id = $2
"""

DELETE_GUESTS = "DELETE FROM activity_guest WHERE group_id = $1 AND activity_id = $2"

INSERT_GUEST = """
INSERT INTO activity_guest (group_id, activity_id, school_id) VALUES ($1, $2, $3)
"""

LIST_SCHOOL_IDS = """
SELECT coalesce(array_agg(id), '{}') FROM school WHERE group_id = $1 AND id = ANY($2)
"""

LIST_FIGURES = """
SELECT to_char(m.month, 'YYYY-MM') AS month, m.school_id, coalesce(s.name, '') AS school_name,
       m.kind, m.activities, m.sessions, m.pupils, m.teachers, m.parents
  FROM activity_month m
  LEFT JOIN school s ON s.group_id = m.group_id AND s.id = m.school_id
 WHERE m.group_id = $1 AND m.month BETWEEN $2 AND $3
   AND ($4::uuid IS NULL OR m.school_id = $4)
   AND ($5::text IS NULL OR m.kind = $5)
 ORDER BY m.month, s.name NULLS FIRST, m.school_id, m.kind
 LIMIT $6
"""

LIST_PLACES = """
SELECT a.place_name, a.longitude::float8 AS longitude, a.latitude::float8 AS latitude,
       count(*)::int AS activities, sum(a.sessions)::int AS sessions,
       sum(a.pupils + a.teachers + a.parents)::int AS people, max(a.held_on) AS last_on
  FROM activity a
 WHERE a.group_id = $1 AND a.status = 'held' AND a.longitude IS NOT NULL
   AND a.month BETWEEN $2 AND $3
   AND ($4::uuid IS NULL OR a.school_id = $4)
   AND ($5::text IS NULL OR a.kind = $5)
   AND /*visible:activity:read@activity:a*/
 GROUP BY a.place_name, a.longitude, a.latitude
 ORDER BY a.place_name, a.longitude, a.latitude
 LIMIT $6
"""


async def get_activity(tx: Tx, activity_id: UUID) -> ActivityRow | None:
    """The activity with the caller's relations to it."""
    return await fetch_one(tx, ActivityRow, with_rights(tx, GET_ACTIVITY), tx.group_id, activity_id)


async def list_activities(
    tx: Tx, asked: Asked, *, of_office: bool, page: PageRequest
) -> list[ActivityRow]:
    """Activities, the latest day first."""
    day, after = page.after or (None, None)
    return await fetch_all(
        tx,
        ActivityRow,
        with_rights(tx, LIST_ACTIVITIES),
        tx.group_id,
        asked.school_id,
        of_office,
        asked.kind,
        asked.status,
        asked.from_on,
        asked.until_on,
        date.fromisoformat(day) if day else None,
        after,
        page.limit,
    )


async def lock_activity(tx: Tx, activity_id: UUID) -> None:
    """Hold the activity until commit: it is reported by one after another."""
    await execute(tx, LOCK_ACTIVITY, tx.group_id, activity_id)


async def insert_activity(
    tx: Tx, activity_id: UUID, school_id: UUID | None, wish: ActivityWish
) -> None:
    """Enter an activity and its guests."""
    position = wish.position
    await execute(
        tx,
        INSERT_ACTIVITY,
        tx.group_id,
        activity_id,
        school_id,
        wish.kind,
        wish.title,
        wish.held_on,
        wish.place_name,
        position.longitude if position else None,
        position.latitude if position else None,
        wish.note,
    )
    await _insert_guests(tx, activity_id, wish.guest_school_ids)


async def write_activity(tx: Tx, row: ActivityRow, *, guests: bool) -> None:
    """Write what of the activity may change; `guests`: the schools that came too."""
    await execute(
        tx,
        WRITE_ACTIVITY,
        tx.group_id,
        row.id,
        row.title,
        row.held_on,
        row.place_name,
        row.longitude,
        row.latitude,
        row.note,
        row.status,
        row.sessions,
        row.pupils,
        row.teachers,
        row.parents,
        row.cancelled_because,
    )
    if guests:
        await execute(tx, DELETE_GUESTS, tx.group_id, row.id)
        await _insert_guests(tx, row.id, row.guest_school_ids)


async def known_schools(tx: Tx, school_ids: Sequence[UUID]) -> list[UUID]:
    """Which of these are schools of the group."""
    known: list[UUID] = await fetch_value(tx, LIST_SCHOOL_IDS, tx.group_id, list(school_ids))
    return known


async def list_figures(
    tx: Tx, first: date, last: date, asked: Asked, limit: int
) -> list[MonthFigure]:
    """What was held, by month, school and kind."""
    return await fetch_all(
        tx, MonthFigure, LIST_FIGURES, tx.group_id, first, last, asked.school_id, asked.kind, limit
    )


async def list_places(
    tx: Tx, first: date, last: date, asked: Asked, limit: int
) -> list[PlacePoint]:
    """Places on the map where something was held, with what was counted there."""
    sql = with_rights(tx, LIST_PLACES)
    return await fetch_all(
        tx, PlacePoint, sql, tx.group_id, first, last, asked.school_id, asked.kind, limit
    )


async def _insert_guests(tx: Tx, activity_id: UUID, school_ids: Sequence[UUID]) -> None:
    await execute_many(
        tx, INSERT_GUEST, [(tx.group_id, activity_id, school_id) for school_id in school_ids]
    )
