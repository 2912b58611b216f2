"""SQL of connected systems."""

from datetime import datetime
from uuid import UUID

import msgspec

from schoolgroup.access.decisions import with_rights
from schoolgroup.kernel.db import Tx, execute, fetch_all, fetch_one, fetch_value
from schoolgroup.kernel.paging import PageRequest

LIST_CLIENTS = """
SELECT c.id, c.name, c.school_id, c.scopes, c.suspended_at, c.previous_until_at, c.created_at,
       c.version, /*relations:client:c*/ AS relations
  FROM client c
 WHERE c.group_id = $1 AND ($2::uuid IS NULL OR c.id < $2)
   AND /*visible:client:manage@client:c*/
 ORDER BY c.id DESC
 LIMIT $3
"""
GET_CLIENT = """
SELECT c.id, c.name, c.school_id, c.scopes, c.suspended_at, c.previous_until_at, c.created_at,
       c.version, /*relations:client:c*/ AS relations
  FROM client c
 WHERE c.group_id = $1 AND c.id = $2
"""
LOCK_CLIENT = """
SELECT c.id, c.name, c.school_id, c.scopes, c.suspended_at, c.previous_until_at, c.created_at,
       c.version, /*relations:client:c*/ AS relations
  FROM client c
 WHERE c.group_id = $1 AND c.id = $2
   FOR UPDATE
"""
INSERT_CLIENT = """
INSERT INTO client (group_id, id, school_id, name, scopes, secret_sha256, created_at, updated_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $7)
"""
# A change of scopes, too, ends what was given out before: the epoch moves.
UPDATE_CLIENT = """
UPDATE client SET name = $3, scopes = $4, version = version + 1, updated_at = $5,
       epoch = epoch + CASE WHEN scopes = $4 THEN 0 ELSE 1 END
 WHERE group_id = $1 AND id = $2
"""
SET_SUSPENDED = """
UPDATE client SET suspended_at = $3, version = version + 1, updated_at = $4, epoch = epoch + 1
 WHERE group_id = $1 AND id = $2
"""
ROTATE_SECRET = """
UPDATE client
   SET previous_secret_sha256 = CASE WHEN $4::timestamptz IS NULL THEN NULL ELSE secret_sha256 END,
       previous_until_at = $4, secret_sha256 = $3, version = version + 1, updated_at = $5
 WHERE group_id = $1 AND id = $2
"""
DELETE_CLIENT = """
DELETE FROM client WHERE group_id = $1 AND id = $2
"""
SCHOOL_EXISTS = """
SELECT EXISTS (SELECT FROM school WHERE group_id = $1 AND id = $2)
"""

FIND_GROUP_OF_CLIENT = """
SELECT group_id FROM client WHERE id = $1
"""
GET_SECRETS = """
SELECT id, school_id, scopes, epoch, secret_sha256,
       CASE WHEN app.now() < previous_until_at THEN previous_secret_sha256 END AS previous_sha256,
       suspended_at IS NOT NULL AS suspended
  FROM client WHERE group_id = $1 AND id = $2
   FOR SHARE
"""
INSERT_CLIENT_SESSION = """
INSERT INTO access_session (group_id, id, client_id, scopes, epoch, created_at, expires_at)
VALUES ($1, $2, $3, $4, $5, $6, $7)
"""
DELETE_EXPIRED_CLIENT_SESSIONS = """
DELETE FROM access_session
 WHERE ctid = ANY (ARRAY (SELECT ctid FROM access_session
                           WHERE group_id = $1 AND client_id = $2 AND expires_at <= $3
                           LIMIT 50 FOR UPDATE SKIP LOCKED))
"""
REVOKE_CLIENT_SESSION = """
UPDATE access_session SET revoked_at = $4, revoked_because = 'revoked by the client'
 WHERE group_id = $1 AND id = $2 AND client_id = $3 AND revoked_at IS NULL
"""


class ClientRow(msgspec.Struct, frozen=True):
    """A connected system with the relations between it and whoever looks."""

    id: UUID
    name: str
    school_id: UUID | None
    scopes: list[str]
    suspended_at: datetime | None
    previous_until_at: datetime | None
    created_at: datetime
    version: int
    relations: int


class SecretsRow(msgspec.Struct, frozen=True):
    """What a connected system is known by."""

    id: UUID
    school_id: UUID | None
    scopes: list[str]
    epoch: int
    secret_sha256: bytes
    previous_sha256: bytes | None
    suspended: bool


async def list_clients(tx: Tx, page: PageRequest) -> list[ClientRow]:
    """The connected systems the caller manages, newest first."""
    after = page.after[0] if page.after else None
    sql = with_rights(tx, LIST_CLIENTS)
    return await fetch_all(tx, ClientRow, sql, tx.group_id, after, page.limit)


async def get_client(tx: Tx, client_id: UUID) -> ClientRow | None:
    """A connected system."""
    return await fetch_one(tx, ClientRow, with_rights(tx, GET_CLIENT), tx.group_id, client_id)


async def lock_client(tx: Tx, client_id: UUID) -> ClientRow | None:
    """A connected system, held until the transaction ends."""
    return await fetch_one(tx, ClientRow, with_rights(tx, LOCK_CLIENT), tx.group_id, client_id)


async def insert_client(
    tx: Tx, client_id: UUID, school_id: UUID | None, name: str, scopes: list[str], sha256: bytes
) -> None:
    """Enter a connected system with the hash of its secret."""
    await execute(
        tx, INSERT_CLIENT, tx.group_id, client_id, school_id, name, scopes, sha256, tx.now
    )


async def update_client(tx: Tx, client_id: UUID, name: str, scopes: list[str]) -> None:
    """Change name and scopes."""
    await execute(tx, UPDATE_CLIENT, tx.group_id, client_id, name, scopes, tx.now)


async def set_suspended(tx: Tx, client_id: UUID, at: datetime | None) -> None:
    """Shut a connected system out, or let it in again."""
    await execute(tx, SET_SUSPENDED, tx.group_id, client_id, at, tx.now)


async def rotate_secret(
    tx: Tx, client_id: UUID, sha256: bytes, previous_until_at: datetime | None
) -> None:
    """Put a new secret in force; the present one works beside it until then."""
    await execute(tx, ROTATE_SECRET, tx.group_id, client_id, sha256, previous_until_at, tx.now)


async def delete_client(tx: Tx, client_id: UUID) -> None:
    """Remove a connected system with its sessions."""
    await execute(tx, DELETE_CLIENT, tx.group_id, client_id)


async def school_exists(tx: Tx, school_id: UUID) -> bool:
    """Whether the group has that school."""
    return bool(await fetch_value(tx, SCHOOL_EXISTS, tx.group_id, school_id))


async def find_group_of_client(tx: Tx, client_id: UUID) -> UUID | None:
    """The group a connected system belongs to; only for the system outside of any group."""
    found: UUID | None = await fetch_value(tx, FIND_GROUP_OF_CLIENT, client_id)
    return found


async def get_secrets(tx: Tx, client_id: UUID) -> SecretsRow | None:
    """What a connected system is known by."""
    return await fetch_one(tx, SecretsRow, GET_SECRETS, tx.group_id, client_id)


async def insert_client_session(
    tx: Tx, session_id: UUID, client: SecretsRow, scopes: list[str], until: datetime
) -> None:
    """Open a session of a connected system, and clear away some of its expired ones."""
    await execute(tx, DELETE_EXPIRED_CLIENT_SESSIONS, tx.group_id, client.id, tx.now)
    await execute(
        tx,
        INSERT_CLIENT_SESSION,
        tx.group_id,
        session_id,
        client.id,
        scopes,
        client.epoch,
        tx.now,
        until,
    )


async def revoke_client_session(tx: Tx, session_id: UUID, client_id: UUID) -> int:
    """End a session of this connected system; how many that were."""
    return await execute(tx, REVOKE_CLIENT_SESSION, tx.group_id, session_id, client_id, tx.now)
