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
from schoolgroup.kernel.db import Tx, execute, execute_many, fetch_all, fetch_value
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
SELECT s.id, s.code, (s.closed_on IS NULL OR app.today() < s.closed_on) AS is_open
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

INSERT_APPOINTMENTS = """
INSERT INTO appointment (group_id, id, person_id, school_id, role, from_on, until_on, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
"""

SET_DATES = """
UPDATE appointment SET from_on = $3, until_on = $4, version = version + 1
 WHERE group_id = $1 AND id = $2
"""

RENAME_AND_TOUCH = """
UPDATE person SET name = $3, version = version + 1, updated_at = $4
 WHERE group_id = $1 AND id = $2
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
           AND (t.until_on IS NULL OR app.today() < t.until_on)
         ORDER BY t.from_on LIMIT 1) t ON true
 WHERE s.group_id = $1 AND (s.closed_on IS NULL OR app.today() < s.closed_on)
 ORDER BY s.code
 LIMIT $2
"""

EXPORT_STAFF = """
SELECT p.username, p.name, coalesce(s.code, 'GROUP') AS school_code, a.role, a.from_on, a.until_on
  FROM appointment a
  JOIN person p ON p.group_id = a.group_id AND p.id = a.person_id
  LEFT JOIN school s ON s.group_id = a.group_id AND s.id = a.school_id
 WHERE a.group_id = $1 AND a.until_on IS DISTINCT FROM a.from_on
   AND (s.closed_on IS NULL OR app.today() < s.closed_on)
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


async def insert_appointments(tx: Tx, person_id: UUID, entries: Sequence[AppointmentEntry]) -> None:
    """Appoint a known person several times."""
    rows = [
        (tx.group_id, new_id(), person_id, e.school_id, e.role, e.from_on, e.until_on, tx.now)
        for e in entries
    ]
    await execute_many(tx, INSERT_APPOINTMENTS, rows)


async def set_dates(tx: Tx, appointment_id: UUID, from_on: date, until_on: date | None) -> None:
    """Write the dates of an appointment as the roster has them."""
    await execute(tx, SET_DATES, tx.group_id, appointment_id, from_on, until_on)


async def rename_and_touch(tx: Tx, person_id: UUID, name: str) -> None:
    """Write a person's name; the version moves with the appointments too."""
    await execute(tx, RENAME_AND_TOUCH, tx.group_id, person_id, name, tx.now)


async def join_circle(tx: Tx, circle_id: UUID, school_id: UUID, from_on: date) -> None:
    """Put a school into a circle, or correct since when it is in it."""
    await execute(tx, JOIN_CIRCLE, tx.group_id, circle_id, school_id, tx.now, from_on)


async def export_schools(tx: Tx, rows_max: int) -> list[SchoolRow]:
    """Every open school with its tier of today (or the first to come), by code."""
    return await fetch_all(tx, SchoolRow, EXPORT_SCHOOLS, tx.group_id, rows_max)


async def export_staff(tx: Tx, rows_max: int) -> list[StaffRecord]:
    """Every appointment that ever held or will, by username."""
    return await fetch_all(tx, StaffRecord, EXPORT_STAFF, tx.group_id, rows_max)
