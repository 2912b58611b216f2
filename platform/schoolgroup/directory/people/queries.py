"""SQL of people and appointments."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from schoolgroup.access.decisions import with_rights
from schoolgroup.directory.people.models import (
    AppointmentEntry,
    AppointmentRow,
    PersonFilter,
    PersonRow,
)
from schoolgroup.kernel.db import Tx, execute, fetch_all, fetch_one, fetch_value
from schoolgroup.kernel.paging import PageRequest

LIST_PEOPLE = """
SELECT p.id, p.username, p.name, p.suspended_at, p.suspended_by_office, p.left_at, p.created_at,
       p.updated_at, p.version, /*relations:person:p*/ AS relations,
       (SELECT coalesce(jsonb_agg(jsonb_build_object('id', a.id, 'person_id', a.person_id,
                   'school_id', a.school_id, 'role', a.role, 'from_on', a.from_on,
                   'until_on', a.until_on, 'version', a.version) ORDER BY a.from_on, a.id), '[]')
          FROM appointment a
         WHERE a.group_id = p.group_id AND a.person_id = p.id
           AND ((SELECT app.is_office()) OR a.school_id = (SELECT app.school_id())
                OR a.person_id = (SELECT app.person_id()))) AS appointments
  FROM person p
 WHERE p.group_id = $1
   AND /*visible:person:read@person:p*/
   AND ($2::uuid IS NULL AND $3::text IS NULL OR EXISTS (
           SELECT FROM appointment a
            WHERE a.group_id = p.group_id AND a.person_id = p.id
              AND ($2 IS NULL OR a.school_id = $2) AND ($3 IS NULL OR a.role = $3)
              AND (a.until_on IS NULL OR (SELECT app.today()) < a.until_on)
              AND ((SELECT app.is_office()) OR a.school_id = (SELECT app.school_id())
                   OR a.person_id = (SELECT app.person_id()))))
   AND ($4::text IS NULL OR $4 = CASE WHEN p.left_at IS NOT NULL THEN 'left'
            WHEN p.suspended_at IS NOT NULL THEN 'suspended' ELSE 'active' END)
   AND ($5::text IS NULL OR position(lower($5) IN lower(p.username || ' ' || p.name)) > 0)
   AND ($6::text IS NULL OR p.username > $6)
 ORDER BY p.username
 LIMIT $7
"""

GET_PERSON = """
SELECT p.id, p.username, p.name, p.suspended_at, p.suspended_by_office, p.left_at, p.created_at,
       p.updated_at, p.version, /*relations:person:p*/ AS relations,
       (SELECT coalesce(jsonb_agg(jsonb_build_object('id', a.id, 'person_id', a.person_id,
                   'school_id', a.school_id, 'role', a.role, 'from_on', a.from_on,
                   'until_on', a.until_on, 'version', a.version) ORDER BY a.from_on, a.id), '[]')
          FROM appointment a
         WHERE a.group_id = p.group_id AND a.person_id = p.id
           AND ((SELECT app.is_office()) OR a.school_id = (SELECT app.school_id())
                OR a.person_id = (SELECT app.person_id()))) AS appointments
  FROM person p
 WHERE p.group_id = $1 AND p.id = $2
"""

LOCK_PERSON = """
SELECT p.version FROM person p WHERE p.group_id = $1 AND p.id = $2 FOR UPDATE
"""

INSERT_PERSON = """
INSERT INTO person (group_id, id, username, name, created_at, updated_at)
VALUES ($1, $2, $3, $4, $5, $5)
"""

RENAME_PERSON = """
UPDATE person SET name = $3, version = version + 1, updated_at = $4
 WHERE group_id = $1 AND id = $2
"""

TOUCH_PERSON = """
UPDATE person SET version = version + 1, updated_at = $3 WHERE group_id = $1 AND id = $2
"""

SUSPEND_PERSON = """
UPDATE person
   SET suspended_at = $3, suspended_by_office = $4, epoch = epoch + 1, version = version + 1,
       updated_at = $3
 WHERE group_id = $1 AND id = $2
"""

RESUME_PERSON = """
UPDATE person
   SET suspended_at = NULL, suspended_by_office = false, epoch = epoch + 1,
       version = version + 1, updated_at = $3
 WHERE group_id = $1 AND id = $2
"""

LEAVE_PERSON = """
UPDATE person
   SET left_at = $3, suspended_at = NULL, suspended_by_office = false, epoch = epoch + 1,
       version = version + 1, updated_at = $3
 WHERE group_id = $1 AND id = $2
"""

RETURN_PERSON = """
UPDATE person SET left_at = NULL, version = version + 1, updated_at = $3
 WHERE group_id = $1 AND id = $2
"""

INSERT_APPOINTMENT = """
INSERT INTO appointment (group_id, id, person_id, school_id, role, from_on, until_on, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
"""

GET_APPOINTMENT = """
SELECT id, person_id, school_id, role, from_on, until_on, version
  FROM appointment
 WHERE group_id = $1 AND id = $2
"""

END_APPOINTMENT = """
UPDATE appointment SET until_on = $3, version = version + 1 WHERE group_id = $1 AND id = $2
"""

DELETE_APPOINTMENT = """
DELETE FROM appointment WHERE group_id = $1 AND id = $2
"""

END_APPOINTMENTS_OF = """
UPDATE appointment SET until_on = $3, version = version + 1
 WHERE group_id = $1 AND person_id = $2 AND from_on <= $3 AND (until_on IS NULL OR until_on > $3)
"""

DELETE_APPOINTMENTS_AHEAD = """
DELETE FROM appointment WHERE group_id = $1 AND person_id = $2 AND from_on > $3
"""

REVOKE_SESSIONS = """
UPDATE access_session SET revoked_at = $3, revoked_because = $4
 WHERE group_id = $1 AND person_id = $2 AND ($5::uuid IS NULL OR appointment_id = $5)
   AND revoked_at IS NULL
"""

IS_APPOINTED_ELSEWHERE = """
SELECT EXISTS (
    SELECT FROM appointment a
     WHERE a.group_id = $1 AND a.person_id = $2 AND a.school_id IS DISTINCT FROM $3
       AND (a.until_on IS NULL OR (SELECT app.today()) < a.until_on))
"""

LOCK_ADMINISTRATION = """
SELECT pg_advisory_xact_lock(hashtextextended('administrators/' || $1::uuid, 0))
"""

HAS_OTHER_ADMINISTRATOR = """
SELECT EXISTS (
    SELECT FROM appointment a
      JOIN person p ON p.group_id = a.group_id AND p.id = a.person_id
     WHERE a.group_id = $1 AND a.person_id <> $2 AND a.role = 'group_admin'
       AND a.from_on <= (SELECT app.today())
       AND (a.until_on IS NULL OR (SELECT app.today()) < a.until_on)
       AND p.left_at IS NULL AND p.suspended_at IS NULL)
"""

LIST_OPEN_SCHOOLS = """
SELECT s.id FROM school s
 WHERE s.group_id = $1 AND s.id = ANY ($2::uuid[])
   AND (s.closed_on IS NULL OR (SELECT app.today()) < s.closed_on)
"""


async def list_people(tx: Tx, wanted: PersonFilter, page: PageRequest) -> list[PersonRow]:
    """The people the actor may see, by username."""
    after = page.after[0] if page.after else None
    sql = with_rights(tx, LIST_PEOPLE)
    return await fetch_all(
        tx,
        PersonRow,
        sql,
        tx.group_id,
        wanted.school_id,
        wanted.role,
        wanted.status,
        wanted.q,
        after,
        page.limit,
    )


async def get_person(tx: Tx, person_id: UUID) -> PersonRow | None:
    """One person."""
    return await fetch_one(tx, PersonRow, with_rights(tx, GET_PERSON), tx.group_id, person_id)


async def lock_person(tx: Tx, person_id: UUID) -> None:
    """Hold the person until commit: changes of one person come one after another."""
    await fetch_value(tx, LOCK_PERSON, tx.group_id, person_id)


async def insert_person(tx: Tx, person_id: UUID, username: str, name: str) -> None:
    """A new person, not appointed yet."""
    await execute(tx, INSERT_PERSON, tx.group_id, person_id, username, name, tx.now)


async def rename_person(tx: Tx, person_id: UUID, name: str) -> None:
    """Write a person's name."""
    await execute(tx, RENAME_PERSON, tx.group_id, person_id, name, tx.now)


async def touch_person(tx: Tx, person_id: UUID) -> None:
    """The person's appointments have changed: the version moves."""
    await execute(tx, TOUCH_PERSON, tx.group_id, person_id, tx.now)


async def suspend_person(tx: Tx, person_id: UUID, *, by_office: bool) -> None:
    """From now on the person may do nothing."""
    await execute(tx, SUSPEND_PERSON, tx.group_id, person_id, tx.now, by_office)


async def resume_person(tx: Tx, person_id: UUID) -> None:
    """The suspension ends; old sessions stay over."""
    await execute(tx, RESUME_PERSON, tx.group_id, person_id, tx.now)


async def leave(tx: Tx, person_id: UUID, today: date) -> None:
    """Every appointment ends today, those ahead never begin."""
    await execute(tx, DELETE_APPOINTMENTS_AHEAD, tx.group_id, person_id, today)
    await execute(tx, END_APPOINTMENTS_OF, tx.group_id, person_id, today)
    await execute(tx, LEAVE_PERSON, tx.group_id, person_id, tx.now)


async def return_person(tx: Tx, person_id: UUID) -> None:
    """Somebody who had left is here again."""
    await execute(tx, RETURN_PERSON, tx.group_id, person_id, tx.now)


async def insert_appointment(
    tx: Tx, appointment_id: UUID, person_id: UUID, entry: AppointmentEntry
) -> None:
    """A new appointment."""
    await execute(
        tx,
        INSERT_APPOINTMENT,
        tx.group_id,
        appointment_id,
        person_id,
        entry.school_id,
        entry.role,
        entry.from_on,
        entry.until_on,
        tx.now,
    )


async def get_appointment(tx: Tx, appointment_id: UUID) -> AppointmentRow | None:
    """One appointment."""
    return await fetch_one(tx, AppointmentRow, GET_APPOINTMENT, tx.group_id, appointment_id)


async def end_appointment(tx: Tx, appointment_id: UUID, until_on: date | None) -> None:
    """Write when an appointment ends."""
    await execute(tx, END_APPOINTMENT, tx.group_id, appointment_id, until_on)


async def delete_appointment(tx: Tx, appointment_id: UUID) -> None:
    """Delete an appointment that never began."""
    await execute(tx, DELETE_APPOINTMENT, tx.group_id, appointment_id)


async def revoke_sessions(
    tx: Tx, person_id: UUID, because: str, appointment_id: UUID | None = None
) -> None:
    """End the person's sessions now; with an appointment, those of that appointment."""
    await execute(tx, REVOKE_SESSIONS, tx.group_id, person_id, tx.now, because, appointment_id)


async def is_appointed_elsewhere(tx: Tx, person_id: UUID, school_id: UUID | None) -> bool:
    """Whether anyone but this school appoints the person, today or later."""
    return bool(await fetch_value(tx, IS_APPOINTED_ELSEWHERE, tx.group_id, person_id, school_id))


async def has_other_administrator(tx: Tx, person_id: UUID) -> bool:
    """Whether the group keeps an administrator without this person; held until commit."""
    await fetch_value(tx, LOCK_ADMINISTRATION, tx.group_id)
    return bool(await fetch_value(tx, HAS_OTHER_ADMINISTRATOR, tx.group_id, person_id))


async def list_open_schools(tx: Tx, school_ids: Sequence[UUID]) -> set[UUID]:
    """Which of these schools are in the group and not closed."""
    rows = await tx.connection.fetch(LIST_OPEN_SCHOOLS, tx.group_id, list(school_ids))
    return {row["id"] for row in rows}
