"""SQL of imports and exports: what a whole file refers to in one look, and many rows at once."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from schoolgroup.directory.imports.models import (
    KnownCircle,
    KnownPerson,
    KnownSchool,
    SchoolPlace,
    StaffRecord,
)
from schoolgroup.directory.people.models import AppointmentEntry
from schoolgroup.directory.schools.models import SchoolRow
from schoolgroup.kernel.db import Tx, execute, fetch_all, fetch_value
from schoolgroup.kernel.ids import new_id

LOCK_IMPORTS = """
SELECT pg_advisory_xact_lock(hashtextextended('directory import/' || $1::uuid, 0))
"""

LIST_SCHOOLS_BY_CODE = """
SELECT jsonb_build_object('id', s.id, 'code', s.code, 'name', s.name, 'name_en', s.name_en,
           'stages', s.stages, 'address', s.address, 'longitude', s.longitude,
           'latitude', s.latitude, 'closed_on', s.closed_on, 'created_at', s.created_at,
           'updated_at', s.updated_at, 'version', s.version, 'tier', NULL, 'tier_from_on', NULL,
           'relations', 1) AS school,
       (SELECT coalesce(jsonb_agg(jsonb_build_object('id', t.id, 'tier', t.tier,
                   'from_on', t.from_on, 'until_on', t.until_on) ORDER BY t.from_on), '[]')
          FROM school_tier t WHERE t.group_id = s.group_id AND t.school_id = s.id) AS tiers
  FROM school s
 WHERE s.group_id = $1 AND s.code = ANY ($2::text[])
 ORDER BY s.code
   FOR UPDATE OF s
"""

LIST_PLACES = """
SELECT s.id, s.code, (s.closed_on IS NULL OR (SELECT app.today()) < s.closed_on) AS is_open
  FROM school s
 WHERE s.group_id = $1 AND s.code = ANY ($2::text[])
"""

LIST_PEOPLE_BY_USERNAME = """
SELECT p.id, p.username, p.name, p.left_at IS NOT NULL AS has_left, p.version,
       (SELECT coalesce(jsonb_agg(jsonb_build_object('id', a.id, 'person_id', a.person_id,
                   'school_id', a.school_id, 'role', a.role, 'from_on', a.from_on,
                   'until_on', a.until_on, 'version', a.version) ORDER BY a.from_on, a.id), '[]')
          FROM appointment a
         WHERE a.group_id = p.group_id AND a.person_id = p.id) AS appointments
  FROM person p
 WHERE p.group_id = $1 AND p.username = ANY ($2::text[])
 ORDER BY p.username
   FOR UPDATE OF p
"""

LIST_CIRCLES_BY_NAME = """
SELECT jsonb_build_object('id', c.id, 'name', c.name, 'name_en', c.name_en, 'subject', c.subject,
           'purpose', c.purpose, 'created_at', c.created_at, 'updated_at', c.updated_at,
           'version', c.version, 'schools', 0, 'relations', 1) AS circle,
       (SELECT coalesce(jsonb_object_agg(m.school_id, m.from_on), '{}')
          FROM circle_member m
         WHERE m.group_id = c.group_id AND m.circle_id = c.id) AS members
  FROM circle c
 WHERE c.group_id = $1 AND c.name = ANY ($2::text[])
 ORDER BY c.name
   FOR UPDATE OF c
"""

INSERT_PEOPLE = """
INSERT INTO person (group_id, id, username, name, created_at, updated_at)
SELECT $1, n.id, n.username, n.name, $5, $5
  FROM unnest($2::uuid[], $3::text[], $4::text[]) AS n (id, username, name)
"""

INSERT_APPOINTMENTS = """
INSERT INTO appointment (group_id, id, person_id, school_id, role, from_on, until_on, created_at)
SELECT $1, n.id, n.person_id, n.school_id, n.role, n.from_on, n.until_on, $8
  FROM unnest($2::uuid[], $3::uuid[], $4::uuid[], $5::text[], $6::date[], $7::date[])
    AS n (id, person_id, school_id, role, from_on, until_on)
"""

SET_DATES = """
UPDATE appointment a SET from_on = n.from_on, until_on = n.until_on, version = a.version + 1
  FROM unnest($2::uuid[], $3::date[], $4::date[]) AS n (id, from_on, until_on)
 WHERE a.group_id = $1 AND a.id = n.id
"""

RENAME_AND_TOUCH = """
UPDATE person p SET name = n.name, version = p.version + 1, updated_at = $4
  FROM unnest($2::uuid[], $3::text[]) AS n (id, name)
 WHERE p.group_id = $1 AND p.id = n.id
"""

REFRESH_STATISTICS = """
SELECT app.refresh_directory_statistics()
"""

JOIN_CIRCLE = """
INSERT INTO circle_member (group_id, circle_id, school_id, joined_at, from_on)
VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (group_id, circle_id, school_id) DO UPDATE SET from_on = EXCLUDED.from_on
"""

EXPORT_SCHOOLS = """
SELECT s.id, s.code, s.name, s.name_en, s.stages, s.address, s.longitude, s.latitude, s.closed_on,
       s.created_at, s.updated_at, s.version, t.tier, t.from_on AS tier_from_on,
       1::bigint AS relations
  FROM school s
  JOIN LATERAL (
        SELECT t.tier, t.from_on FROM school_tier t
         WHERE t.group_id = s.group_id AND t.school_id = s.id
           AND (t.until_on IS NULL OR (SELECT app.today()) < t.until_on)
         ORDER BY t.from_on LIMIT 1) t ON true
 WHERE s.group_id = $1 AND (s.closed_on IS NULL OR (SELECT app.today()) < s.closed_on)
 ORDER BY s.code
 LIMIT $2
"""

EXPORT_STAFF = """
SELECT p.username, p.name, coalesce(s.code, 'GROUP') AS school_code, a.role, a.from_on, a.until_on
  FROM appointment a
  JOIN person p ON p.group_id = a.group_id AND p.id = a.person_id
  LEFT JOIN school s ON s.group_id = a.group_id AND s.id = a.school_id
 WHERE a.group_id = $1 AND a.until_on IS DISTINCT FROM a.from_on
   AND (s.closed_on IS NULL OR (SELECT app.today()) < s.closed_on)
 ORDER BY p.username, a.from_on, a.id
 LIMIT $2
"""


async def lock_imports(tx: Tx) -> None:
    """One import of a group at a time: the second sees what the first has done."""
    await fetch_value(tx, LOCK_IMPORTS, tx.group_id)


async def list_schools_by_code(tx: Tx, codes: Sequence[str]) -> dict[str, KnownSchool]:
    """The schools a file names, held until commit."""
    found = await fetch_all(tx, KnownSchool, LIST_SCHOOLS_BY_CODE, tx.group_id, list(codes))
    return {known.school.code: known for known in found}


async def list_places(tx: Tx, codes: Sequence[str]) -> dict[str, SchoolPlace]:
    """The schools a file refers to, by code."""
    found = await fetch_all(tx, SchoolPlace, LIST_PLACES, tx.group_id, list(codes))
    return {place.code: place for place in found}


async def list_people_by_username(tx: Tx, usernames: Sequence[str]) -> dict[str, KnownPerson]:
    """The people a file names, held until commit."""
    found = await fetch_all(tx, KnownPerson, LIST_PEOPLE_BY_USERNAME, tx.group_id, list(usernames))
    return {known.username: known for known in found}


async def list_circles_by_name(tx: Tx, names: Sequence[str]) -> dict[str, KnownCircle]:
    """The circles a file names, held until commit."""
    found = await fetch_all(tx, KnownCircle, LIST_CIRCLES_BY_NAME, tx.group_id, list(names))
    return {known.circle.name: known for known in found}


async def insert_people(tx: Tx, people: Sequence[tuple[UUID, str, str]]) -> None:
    """New people: id, username and name of each."""
    ids, usernames, names = _columns(people, 3)
    await execute(tx, INSERT_PEOPLE, tx.group_id, ids, usernames, names, tx.now)


async def insert_appointments(
    tx: Tx, appointments: Sequence[tuple[UUID, AppointmentEntry]]
) -> None:
    """New appointments of people, each with the person's id."""
    rows = [
        (new_id(), person_id, e.school_id, e.role, e.from_on, e.until_on)
        for person_id, e in appointments
    ]
    await execute(tx, INSERT_APPOINTMENTS, tx.group_id, *_columns(rows, 6), tx.now)


async def set_dates(tx: Tx, dates: Sequence[tuple[UUID, date, date | None]]) -> None:
    """Write the first day and the end of appointments as the roster has them."""
    await execute(tx, SET_DATES, tx.group_id, *_columns(dates, 3))


async def rename_and_touch(tx: Tx, people: Sequence[tuple[UUID, str]]) -> None:
    """Write people's names; the version moves with their appointments too."""
    await execute(tx, RENAME_AND_TOUCH, tx.group_id, *_columns(people, 2), tx.now)


async def refresh_statistics(tx: Tx) -> None:
    """Tell the planner what has been written: a roster may be most of what there is."""
    await fetch_value(tx, REFRESH_STATISTICS)


def _columns(rows: Sequence[tuple[object, ...]], number: int) -> list[list[object]]:
    return [[row[column] for row in rows] for column in range(number)]


async def join_circle(tx: Tx, circle_id: UUID, school_id: UUID, from_on: date) -> None:
    """Put a school into a circle, or correct since when it is in it."""
    await execute(tx, JOIN_CIRCLE, tx.group_id, circle_id, school_id, tx.now, from_on)


async def export_schools(tx: Tx, rows_max: int) -> list[SchoolRow]:
    """Every open school with its tier of today (or the first to come), by code."""
    return await fetch_all(tx, SchoolRow, EXPORT_SCHOOLS, tx.group_id, rows_max)


async def export_staff(tx: Tx, rows_max: int) -> list[StaffRecord]:
    """Every appointment that ever held or will, by username."""
    return await fetch_all(tx, StaffRecord, EXPORT_STAFF, tx.group_id, rows_max)
