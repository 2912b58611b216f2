"""SQL of signing in: passwords, sessions and their refresh tokens."""

from datetime import datetime
from uuid import UUID

import msgspec

from schoolgroup.access.decisions import with_rights
from schoolgroup.access.sessions.models import (
    ClientShown,
    Context,
    GroupShown,
    PersonShown,
    SchoolShown,
)
from schoolgroup.kernel.db import Tx, execute, fetch_all, fetch_one, fetch_value
from schoolgroup.kernel.paging import PageRequest

FIND_GROUP = """
SELECT id FROM education_group WHERE code = $1
"""
FIND_ONLY_GROUP = """
SELECT min(id::text)::uuid FROM education_group HAVING count(*) = 1
"""

GET_CREDENTIAL = """
SELECT p.id AS person_id, p.username, p.epoch, c.password_hash,
       coalesce(c.must_change, false) AS must_change,
       p.suspended_at IS NOT NULL OR p.left_at IS NOT NULL AS shut_out,
       (SELECT a.school_id FROM appointment a
         WHERE a.group_id = p.group_id AND a.person_id = p.id
           AND a.from_on <= app.today() AND (a.until_on IS NULL OR app.today() < a.until_on)
         ORDER BY a.from_on, a.id LIMIT 1) AS school_id
  FROM person p
  LEFT JOIN person_credential c ON c.group_id = p.group_id AND c.person_id = p.id
 WHERE p.group_id = $1 AND p.username = $2
"""
# Whoever sets a password, suspends or appoints meanwhile is waited for, or waits.
LOCK_CREDENTIAL = """
SELECT p.id AS person_id, p.username, p.epoch, c.password_hash, c.must_change,
       p.suspended_at IS NOT NULL OR p.left_at IS NOT NULL AS shut_out, NULL::uuid AS school_id
  FROM person p
  JOIN person_credential c ON c.group_id = p.group_id AND c.person_id = p.id
 WHERE p.group_id = $1 AND p.id = $2
   FOR UPDATE OF p, c
"""
SET_PASSWORD = """
INSERT INTO person_credential (group_id, person_id, password_hash, must_change, updated_at)
VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (group_id, person_id)
DO UPDATE SET password_hash = $3, must_change = $4, updated_at = $5
"""

# Appointments in force, at schools that are open and in the group today.
LIST_CONTEXTS = """
SELECT a.id AS appointment_id, a.school_id, coalesce(h.name, g.name) AS school_name, a.role,
       coalesce(t.tier, 'office') AS tier
  FROM appointment a
  JOIN education_group g ON g.id = a.group_id
  LEFT JOIN school h ON h.group_id = a.group_id AND h.id = a.school_id
  LEFT JOIN school_tier t
    ON t.group_id = a.group_id AND t.school_id = a.school_id
   AND t.from_on <= app.today() AND (t.until_on IS NULL OR app.today() < t.until_on)
 WHERE a.group_id = $1 AND a.person_id = $2
   AND a.from_on <= app.today() AND (a.until_on IS NULL OR app.today() < a.until_on)
   AND (a.school_id IS NULL
        OR t.tier IS NOT NULL AND (h.closed_on IS NULL OR app.today() < h.closed_on))
 ORDER BY a.from_on, a.id
"""

INSERT_SESSION = """
INSERT INTO access_session (group_id, id, person_id, appointment_id, epoch, created_at, expires_at)
VALUES ($1, $2, $3, $4, $5, $6, $7)
"""
DELETE_EXPIRED_SESSIONS = """
DELETE FROM access_session WHERE group_id = $1 AND person_id = $2 AND expires_at <= $3
"""
INSERT_REFRESH_TOKEN = """
INSERT INTO refresh_token (group_id, token_sha256, session_id, issued_at, expires_at)
VALUES ($1, $2, $3, $4, $5)
"""
LOCK_REFRESH_TOKEN = """
SELECT r.session_id, r.used_at, s.person_id, s.appointment_id, a.school_id, s.expires_at
  FROM refresh_token r
  JOIN access_session s ON s.group_id = r.group_id AND s.id = r.session_id
  JOIN appointment a ON a.group_id = s.group_id AND a.id = s.appointment_id
 WHERE r.group_id = $1 AND r.token_sha256 = $2
   AND s.revoked_at IS NULL AND app.now() < s.expires_at AND app.now() < r.expires_at
   FOR UPDATE OF s, r
"""
USE_REFRESH_TOKEN = """
UPDATE refresh_token SET used_at = $3 WHERE group_id = $1 AND token_sha256 = $2
"""
RENEW_SESSION = """
UPDATE access_session s SET epoch = p.epoch
  FROM person p
 WHERE s.group_id = $1 AND s.id = $2 AND p.group_id = s.group_id AND p.id = s.person_id
   AND p.suspended_at IS NULL AND p.left_at IS NULL
"""
REVOKE_SESSION = """
UPDATE access_session SET revoked_at = $3, revoked_because = $4
 WHERE group_id = $1 AND id = $2 AND revoked_at IS NULL
"""
REVOKE_SESSIONS_OF = """
UPDATE access_session SET revoked_at = $3, revoked_because = $4
 WHERE group_id = $1 AND person_id = ANY ($2) AND revoked_at IS NULL
   AND id IS DISTINCT FROM $5::uuid
"""

LIST_SESSIONS = """
SELECT s.id, s.person_id, s.client_id, s.appointment_id, s.created_at, s.expires_at,
       coalesce(a.role, 'client') AS role, coalesce(a.school_id, c.school_id) AS school_id,
       /*relations:session:s*/ AS relations
  FROM access_session s
  LEFT JOIN appointment a ON a.group_id = s.group_id AND a.id = s.appointment_id
  LEFT JOIN client c ON c.group_id = s.group_id AND c.id = s.client_id
 WHERE s.group_id = $1 AND s.revoked_at IS NULL AND app.now() < s.expires_at
   AND ($2::uuid IS NULL OR s.person_id = $2)
   AND ($3::uuid IS NULL OR s.client_id = $3)
   AND ($4::uuid IS NULL OR s.id < $4)
   AND /*visible:session:read@session:s*/
 ORDER BY s.id DESC
 LIMIT $5
"""
LOCK_SESSION = """
SELECT s.id, s.person_id, s.client_id, s.appointment_id, s.created_at, s.expires_at,
       coalesce(a.role, 'client') AS role, coalesce(a.school_id, c.school_id) AS school_id,
       /*relations:session:s*/ AS relations
  FROM access_session s
  LEFT JOIN appointment a ON a.group_id = s.group_id AND a.id = s.appointment_id
  LEFT JOIN client c ON c.group_id = s.group_id AND c.id = s.client_id
 WHERE s.group_id = $1 AND s.id = $2 AND s.revoked_at IS NULL AND app.now() < s.expires_at
   FOR UPDATE OF s
"""

LIST_PEOPLE_NAMED = """
SELECT p.id, p.username, /*relations:person:p*/ AS relations,
       p.suspended_at IS NOT NULL OR p.left_at IS NOT NULL AS shut_out
  FROM person p
 WHERE p.group_id = $1 AND p.username = ANY ($2)
"""

LIST_APPOINTED_ELSEWHERE = """
SELECT DISTINCT a.person_id AS id
  FROM appointment a
 WHERE a.group_id = $1 AND a.person_id = ANY ($2) AND a.school_id IS DISTINCT FROM $3
   AND (a.until_on IS NULL OR app.today() < a.until_on)
"""

GET_GROUP = """
SELECT id, code, name, time_zone FROM education_group WHERE id = $1
"""
GET_PERSON = """
SELECT id, username, name FROM person WHERE group_id = $1 AND id = $2
"""
GET_CLIENT = """
SELECT id, name FROM client WHERE group_id = $1 AND id = $2
"""
GET_SCHOOL = """
SELECT id, code, name FROM school WHERE group_id = $1 AND id = $2
"""


class Credential(msgspec.Struct, frozen=True):
    """A person as signing in sees them; `school_id` is where a failure is entered."""

    person_id: UUID
    username: str
    epoch: int
    password_hash: str | None
    must_change: bool
    shut_out: bool
    school_id: UUID | None


class RefreshRow(msgspec.Struct, frozen=True):
    """A refresh token of a session that is neither revoked nor expired."""

    session_id: UUID
    used_at: datetime | None
    person_id: UUID
    appointment_id: UUID
    school_id: UUID | None
    expires_at: datetime


class SessionRow(msgspec.Struct, frozen=True):
    """A session with the relations between it and whoever looks."""

    id: UUID
    person_id: UUID | None
    client_id: UUID | None
    appointment_id: UUID | None
    created_at: datetime
    expires_at: datetime
    role: str
    school_id: UUID | None
    relations: int


class Identified(msgspec.Struct, frozen=True):
    """Only an id."""

    id: UUID


class PersonNamed(msgspec.Struct, frozen=True):
    """A person whose password is to be set, and what stands between them and whoever sets it."""

    id: UUID
    username: str
    relations: int
    shut_out: bool


async def find_group(tx: Tx, code: str | None) -> UUID | None:
    """The group of that code; without a code, the only one there is."""
    if code is None:
        found: UUID | None = await fetch_value(tx, FIND_ONLY_GROUP)
    else:
        found = await fetch_value(tx, FIND_GROUP, code)
    return found


async def get_credential(tx: Tx, username: str) -> Credential | None:
    """Who signs in by that name."""
    return await fetch_one(tx, Credential, GET_CREDENTIAL, tx.group_id, username)


async def lock_credential(tx: Tx, person_id: UUID) -> Credential | None:
    """The same, of someone who has a password, held until the transaction ends."""
    return await fetch_one(tx, Credential, LOCK_CREDENTIAL, tx.group_id, person_id)


async def set_password(tx: Tx, person_id: UUID, password_hash: str, *, must_change: bool) -> None:
    """Put a password in force."""
    await execute(tx, SET_PASSWORD, tx.group_id, person_id, password_hash, must_change, tx.now)


async def list_contexts(tx: Tx, person_id: UUID) -> list[Context]:
    """The appointments a person can act in today."""
    return await fetch_all(tx, Context, LIST_CONTEXTS, tx.group_id, person_id)


async def insert_session(
    tx: Tx, session_id: UUID, person_id: UUID, appointment_id: UUID, epoch: int, until: datetime
) -> None:
    """Open a session, and clear away the person's expired ones."""
    await execute(tx, DELETE_EXPIRED_SESSIONS, tx.group_id, person_id, tx.now)
    await execute(
        tx,
        INSERT_SESSION,
        tx.group_id,
        session_id,
        person_id,
        appointment_id,
        epoch,
        tx.now,
        until,
    )


async def insert_refresh_token(
    tx: Tx, token_sha256: bytes, session_id: UUID, until: datetime
) -> None:
    """Keep the hash of a new refresh token."""
    await execute(tx, INSERT_REFRESH_TOKEN, tx.group_id, token_sha256, session_id, tx.now, until)


async def lock_refresh_token(tx: Tx, token_sha256: bytes) -> RefreshRow | None:
    """The token of a standing session, held with its session until the transaction ends."""
    return await fetch_one(tx, RefreshRow, LOCK_REFRESH_TOKEN, tx.group_id, token_sha256)


async def use_refresh_token(tx: Tx, token_sha256: bytes) -> None:
    """Mark the token as used."""
    await execute(tx, USE_REFRESH_TOKEN, tx.group_id, token_sha256, tx.now)


async def renew_session(tx: Tx, session_id: UUID) -> None:
    """Let the session stand for what its person may do by now."""
    await execute(tx, RENEW_SESSION, tx.group_id, session_id)


async def revoke_session(tx: Tx, session_id: UUID, because: str) -> None:
    """End a session; the next transaction of it is refused."""
    await execute(tx, REVOKE_SESSION, tx.group_id, session_id, tx.now, because)


async def revoke_sessions_of(
    tx: Tx, person_ids: list[UUID], because: str, but: UUID | None = None
) -> None:
    """End every session of these people, `but` one."""
    await execute(tx, REVOKE_SESSIONS_OF, tx.group_id, person_ids, tx.now, because, but)


async def list_sessions(
    tx: Tx, person_id: UUID | None, client_id: UUID | None, page: PageRequest
) -> list[SessionRow]:
    """Standing sessions the caller may see, newest first: their ids sort by time."""
    after = page.after[0] if page.after else None
    sql = with_rights(tx, LIST_SESSIONS)
    return await fetch_all(
        tx, SessionRow, sql, tx.group_id, person_id, client_id, after, page.limit
    )


async def lock_session(tx: Tx, session_id: UUID) -> SessionRow | None:
    """A standing session, held until the transaction ends."""
    return await fetch_one(tx, SessionRow, with_rights(tx, LOCK_SESSION), tx.group_id, session_id)


async def list_people_named(tx: Tx, usernames: list[str]) -> list[PersonNamed]:
    """The people of these names that the caller can know of."""
    return await fetch_all(
        tx, PersonNamed, with_rights(tx, LIST_PEOPLE_NAMED), tx.group_id, usernames
    )


async def list_appointed_elsewhere(tx: Tx, person_ids: list[UUID], school_id: UUID) -> list[UUID]:
    """Which of these people are, or will be, appointed anywhere but at that school."""
    rows = await fetch_all(
        tx, Identified, LIST_APPOINTED_ELSEWHERE, tx.group_id, person_ids, school_id
    )
    return [row.id for row in rows]


async def get_group(tx: Tx) -> GroupShown | None:
    """The caller's group."""
    return await fetch_one(tx, GroupShown, GET_GROUP, tx.group_id)


async def get_person(tx: Tx, person_id: UUID) -> PersonShown | None:
    """A person by id."""
    return await fetch_one(tx, PersonShown, GET_PERSON, tx.group_id, person_id)


async def get_client(tx: Tx, client_id: UUID) -> ClientShown | None:
    """A connected system by id."""
    return await fetch_one(tx, ClientShown, GET_CLIENT, tx.group_id, client_id)


async def get_school(tx: Tx, school_id: UUID) -> SchoolShown | None:
    """A school by id."""
    return await fetch_one(tx, SchoolShown, GET_SCHOOL, tx.group_id, school_id)
