"""SQL of connected systems."""

from datetime import datetime
from uuid import UUID

import msgspec

from schoolgroup.access.clients.keys import PublicKey
from schoolgroup.access.clients.models import ClientKey, Way
from schoolgroup.access.decisions import with_rights
from schoolgroup.kernel.db import Tx, execute, fetch_all, fetch_one, fetch_value
from schoolgroup.kernel.paging import PageRequest

LIST_CLIENTS = """
SELECT c.id, c.name, c.school_id, c.scopes, c.suspended_at, c.previous_until_at, c.created_at,
       c.version, c.authenticates_by, c.secret_sha256 IS NOT NULL AS has_secret,
       c.secret_until_at, c.requests_per_minute, /*relations:client:c*/ AS relations,
       (SELECT coalesce(jsonb_agg(jsonb_build_object('id', k.id, 'kid', k.kid, 'alg', k.alg,
                   'created_at', k.created_at, 'until_at', k.until_at) ORDER BY k.id), '[]')
          FROM client_key k
         WHERE k.group_id = c.group_id AND k.client_id = c.id
           AND (k.until_at IS NULL OR app.now() < k.until_at)) AS public_keys
  FROM client c
 WHERE c.group_id = $1 AND ($2::uuid IS NULL OR c.id < $2)
   AND /*visible:client:manage@client:c*/
 ORDER BY c.id DESC
 LIMIT $3
"""
GET_CLIENT = """
SELECT c.id, c.name, c.school_id, c.scopes, c.suspended_at, c.previous_until_at, c.created_at,
       c.version, c.authenticates_by, c.secret_sha256 IS NOT NULL AS has_secret,
       c.secret_until_at, c.requests_per_minute, /*relations:client:c*/ AS relations,
       (SELECT coalesce(jsonb_agg(jsonb_build_object('id', k.id, 'kid', k.kid, 'alg', k.alg,
                   'created_at', k.created_at, 'until_at', k.until_at) ORDER BY k.id), '[]')
          FROM client_key k
         WHERE k.group_id = c.group_id AND k.client_id = c.id
           AND (k.until_at IS NULL OR app.now() < k.until_at)) AS public_keys
  FROM client c
 WHERE c.group_id = $1 AND c.id = $2
"""
LOCK_CLIENT = """
SELECT c.id, c.name, c.school_id, c.scopes, c.suspended_at, c.previous_until_at, c.created_at,
       c.version, c.authenticates_by, c.secret_sha256 IS NOT NULL AS has_secret,
       c.secret_until_at, c.requests_per_minute, /*relations:client:c*/ AS relations,
       (SELECT coalesce(jsonb_agg(jsonb_build_object('id', k.id, 'kid', k.kid, 'alg', k.alg,
                   'created_at', k.created_at, 'until_at', k.until_at) ORDER BY k.id), '[]')
          FROM client_key k
         WHERE k.group_id = c.group_id AND k.client_id = c.id
           AND (k.until_at IS NULL OR app.now() < k.until_at)) AS public_keys
  FROM client c
 WHERE c.group_id = $1 AND c.id = $2
   FOR UPDATE
"""
INSERT_CLIENT = """
INSERT INTO client (group_id, id, school_id, name, scopes, authenticates_by, secret_sha256,
                    secret_until_at, created_at, updated_at)
VALUES ($1, $2, $3, $4, $5, CASE WHEN $6::bytea IS NULL THEN 'key' ELSE 'secret' END, $6, $7, $8,
        $8)
"""
# A change of scopes, too, ends what was given out before: the epoch moves. Who is known by keys
# alone has no secret.
UPDATE_CLIENT = """
UPDATE client SET name = $3, scopes = $4, version = version + 1, updated_at = $5,
       epoch = epoch + CASE WHEN scopes = $4 THEN 0 ELSE 1 END,
       authenticates_by = $6,
       secret_sha256 = CASE WHEN $6 = 'secret' THEN secret_sha256 END,
       secret_until_at = CASE WHEN $6 = 'secret' THEN secret_until_at END,
       previous_secret_sha256 = CASE WHEN $6 = 'secret' THEN previous_secret_sha256 END,
       previous_until_at = CASE WHEN $6 = 'secret' THEN previous_until_at END
 WHERE group_id = $1 AND id = $2
"""
SET_SUSPENDED = """
UPDATE client SET suspended_at = $3, version = version + 1, updated_at = $4, epoch = epoch + 1
 WHERE group_id = $1 AND id = $2
"""
ROTATE_SECRET = """
UPDATE client
   SET previous_secret_sha256 = CASE WHEN $4::timestamptz IS NULL THEN NULL ELSE secret_sha256 END,
       previous_until_at = least($4, secret_until_at), secret_sha256 = $3, secret_until_at = $6,
       version = version + 1, updated_at = $5
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
SELECT id, school_id, scopes, epoch, requests_per_minute,
       CASE WHEN secret_until_at IS NULL OR app.now() < secret_until_at THEN secret_sha256 END
           AS secret_sha256,
       CASE WHEN app.now() < previous_until_at THEN previous_secret_sha256 END AS previous_sha256,
       suspended_at IS NOT NULL AS suspended
  FROM client WHERE group_id = $1 AND id = $2
   FOR SHARE
"""
LIST_KEYS_IN_FORCE = """
SELECT kid, alg, public_jwk AS jwk FROM client_key
 WHERE group_id = $1 AND client_id = $2 AND (until_at IS NULL OR app.now() < until_at)
 ORDER BY id DESC
"""
INSERT_KEY = """
INSERT INTO client_key (group_id, id, client_id, kid, alg, public_jwk, created_at, until_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
"""
# What has ended is cleared away, so that its name is free again.
DELETE_ENDED_KEYS = """
DELETE FROM client_key WHERE group_id = $1 AND client_id = $2 AND until_at <= $3
"""
END_KEYS = """
UPDATE client_key SET until_at = least(until_at, $3) WHERE group_id = $1 AND client_id = $2
"""
DELETE_KEY = """
DELETE FROM client_key WHERE group_id = $1 AND client_id = $2 AND id = $3
"""
TOUCH_CLIENT = """
UPDATE client SET version = version + 1, updated_at = $3 WHERE group_id = $1 AND id = $2
"""
SET_LIMIT = """
UPDATE client SET requests_per_minute = $3, version = version + 1, updated_at = $4
 WHERE group_id = $1 AND id = $2
"""
USE_ASSERTION = """
INSERT INTO client_assertion (group_id, client_id, jti_sha256, until_at) VALUES ($1, $2, $3, $4)
    ON CONFLICT DO NOTHING
"""
DELETE_ENDED_ASSERTIONS = """
DELETE FROM client_assertion
 WHERE group_id = $1
   AND ctid = ANY (ARRAY (SELECT ctid FROM client_assertion
                           WHERE group_id = $1 AND client_id = $2 AND until_at <= $3
                           LIMIT 50 FOR UPDATE SKIP LOCKED))
"""
INSERT_CLIENT_SESSION = """
INSERT INTO access_session (group_id, id, client_id, scopes, epoch, created_at, expires_at)
VALUES ($1, $2, $3, $4, $5, $6, $7)
"""
DELETE_EXPIRED_CLIENT_SESSIONS = """
DELETE FROM access_session
 WHERE group_id = $1
   AND ctid = ANY (ARRAY (SELECT ctid FROM access_session
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
    authenticates_by: Way
    has_secret: bool
    secret_until_at: datetime | None
    requests_per_minute: int | None
    relations: int
    public_keys: list[ClientKey]


class SecretsRow(msgspec.Struct, frozen=True):
    """What a connected system is known by."""

    id: UUID
    school_id: UUID | None
    scopes: list[str]
    epoch: int
    secret_sha256: bytes | None
    previous_sha256: bytes | None
    suspended: bool
    requests_per_minute: int | None


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
    tx: Tx,
    client_id: UUID,
    school_id: UUID | None,
    name: str,
    scopes: list[str],
    sha256: bytes | None,
    until_at: datetime | None,
) -> None:
    """Enter a connected system with the hash of its secret; None: it is known by keys alone."""
    await execute(
        tx, INSERT_CLIENT, tx.group_id, client_id, school_id, name, scopes, sha256, until_at, tx.now
    )


async def update_client(
    tx: Tx, client_id: UUID, name: str, scopes: list[str], authenticates_by: str
) -> None:
    """Change name, scopes and by what it is known."""
    await execute(tx, UPDATE_CLIENT, tx.group_id, client_id, name, scopes, tx.now, authenticates_by)


async def set_suspended(tx: Tx, client_id: UUID, at: datetime | None) -> None:
    """Shut a connected system out, or let it in again."""
    await execute(tx, SET_SUSPENDED, tx.group_id, client_id, at, tx.now)


async def rotate_secret(
    tx: Tx,
    client_id: UUID,
    sha256: bytes,
    previous_until_at: datetime | None,
    until_at: datetime | None,
) -> None:
    """Put a new secret in force; the present one works beside it until then."""
    await execute(
        tx, ROTATE_SECRET, tx.group_id, client_id, sha256, previous_until_at, tx.now, until_at
    )


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


async def list_keys_in_force(tx: Tx, client_id: UUID) -> list[PublicKey]:
    """The public keys a connected system is known by now, newest first."""
    return await fetch_all(tx, PublicKey, LIST_KEYS_IN_FORCE, tx.group_id, client_id)


async def insert_key(
    tx: Tx,
    client_id: UUID,
    key_id: UUID,
    key: PublicKey,
    until_at: datetime | None,
    others_until_at: datetime | None,
) -> None:
    """Know the system by a key from now on; the others end by then, where it is given."""
    await execute(tx, DELETE_ENDED_KEYS, tx.group_id, client_id, tx.now)
    if others_until_at is not None:
        await execute(tx, END_KEYS, tx.group_id, client_id, others_until_at)
    await execute(
        tx, INSERT_KEY, tx.group_id, key_id, client_id, key.kid, key.alg, key.jwk, tx.now, until_at
    )
    await execute(tx, TOUCH_CLIENT, tx.group_id, client_id, tx.now)


async def delete_key(tx: Tx, client_id: UUID, key_id: UUID) -> int:
    """Know the system by this key no longer; how many keys that were."""
    found = await execute(tx, DELETE_KEY, tx.group_id, client_id, key_id)
    await execute(tx, TOUCH_CLIENT, tx.group_id, client_id, tx.now)
    return found


async def set_limit(tx: Tx, client_id: UUID, requests_per_minute: int | None) -> None:
    """Set how many requests a minute the system is given; None: what everyone is."""
    await execute(tx, SET_LIMIT, tx.group_id, client_id, requests_per_minute, tx.now)


async def use_assertion(tx: Tx, client_id: UUID, jti_sha256: bytes, until_at: datetime) -> bool:
    """Whether the assertion is used for the first time; ended ones are cleared away by the way."""
    await execute(tx, DELETE_ENDED_ASSERTIONS, tx.group_id, client_id, tx.now)
    return bool(await execute(tx, USE_ASSERTION, tx.group_id, client_id, jti_sha256, until_at))


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
