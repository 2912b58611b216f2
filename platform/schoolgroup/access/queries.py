"""SQL of access: who a session stands for, signing keys, published policies."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from schoolgroup.kernel.context import Actor, ActorKind
from schoolgroup.kernel.db import Tx, execute, fetch_all, fetch_one

# What a session may do changes by itself only at a date: the end of the appointment, the next
# change of the school's tier, the end of the session. The earliest of them bounds the answer.
LOAD_ACTOR = """
SELECT CASE WHEN s.client_id IS NULL THEN 'person' ELSE 'client' END AS kind,
       s.group_id, s.id AS session_id, s.person_id, s.client_id, s.appointment_id,
       s.scopes, s.epoch, g.time_zone, c.requests_per_minute,
       coalesce(a.role, 'client') AS role,
       CASE WHEN s.client_id IS NULL THEN a.school_id ELSE c.school_id END AS school_id,
       CASE WHEN coalesce(a.school_id, c.school_id) IS NULL THEN 'office' ELSE t.tier END AS tier,
       least(s.expires_at,
             a.until_on::timestamp AT TIME ZONE g.time_zone,
             t.until_on::timestamp AT TIME ZONE g.time_zone,
             h.closed_on::timestamp AT TIME ZONE g.time_zone) AS valid_until_at
  FROM access_session s
  JOIN education_group g ON g.id = s.group_id
  LEFT JOIN person p ON p.group_id = s.group_id AND p.id = s.person_id
  LEFT JOIN client c ON c.group_id = s.group_id AND c.id = s.client_id
  LEFT JOIN appointment a ON a.group_id = s.group_id AND a.id = s.appointment_id
  LEFT JOIN school h ON h.group_id = s.group_id AND h.id = coalesce(a.school_id, c.school_id)
  LEFT JOIN school_tier t
    ON t.group_id = s.group_id AND t.school_id = h.id
   AND t.from_on <= app.today() AND (t.until_on IS NULL OR app.today() < t.until_on)
 WHERE s.group_id = $1 AND s.id = $2
   AND s.revoked_at IS NULL AND app.now() < s.expires_at
   AND s.epoch = coalesce(p.epoch, c.epoch)
   AND p.suspended_at IS NULL AND p.left_at IS NULL AND c.suspended_at IS NULL
   AND (s.client_id IS NOT NULL
        OR a.from_on <= app.today() AND (a.until_on IS NULL OR app.today() < a.until_on))
   AND (h.id IS NULL OR t.tier IS NOT NULL AND (h.closed_on IS NULL OR app.today() < h.closed_on))
"""

LIST_SIGNING_KEYS = """
SELECT kid, public_jwk, private_sealed, created_at, retired_at
  FROM signing_key
 ORDER BY created_at DESC
"""

INSERT_SIGNING_KEY = """
INSERT INTO signing_key (kid, public_jwk, private_sealed, created_at) VALUES ($1, $2, $3, $4)
"""

LOCK_SIGNING_KEYS = """
SELECT pg_advisory_xact_lock(8301)
"""
RETIRE_SIGNING_KEYS = """
UPDATE signing_key SET retired_at = $1 WHERE retired_at IS NULL
"""
DELETE_SIGNING_KEYS = """
DELETE FROM signing_key WHERE $1::timestamptz IS NULL OR retired_at < $1
"""

GET_POLICY_IN_FORCE = """
SELECT version, sha256, files, author, note
  FROM policy_bundle
 WHERE group_id = $1
 ORDER BY version DESC
 LIMIT 1
"""

INSERT_POLICY = """
INSERT INTO policy_bundle (group_id, version, sha256, files, author, approver, note, published_at)
SELECT $1, coalesce(max(version), 0) + 1, $2, $3, $4, $5, $6, app.now()
  FROM policy_bundle WHERE group_id = $1
"""


class ActorRow(msgspec.Struct, frozen=True):
    """A session that stands, with what its subject is today."""

    kind: ActorKind
    group_id: UUID
    session_id: UUID
    person_id: UUID | None
    client_id: UUID | None
    appointment_id: UUID | None
    scopes: list[str] | None
    epoch: int
    time_zone: str
    role: str
    school_id: UUID | None
    tier: str
    valid_until_at: datetime
    requests_per_minute: int | None

    def actor(self) -> Actor:
        """The subject of every transaction of this session."""
        values: dict[str, Any] = msgspec.structs.asdict(self)
        values["scopes"] = None if self.scopes is None else frozenset(self.scopes)
        return Actor(**values)


class SigningKeyRow(msgspec.Struct, frozen=True):
    """A signing key as it is kept."""

    kid: str
    public_jwk: dict[str, str]
    private_sealed: bytes
    created_at: datetime
    retired_at: datetime | None


class PolicyRow(msgspec.Struct, frozen=True):
    """A published policy: its files by name, and who published it."""

    version: int
    sha256: str
    files: dict[str, str]
    author: str
    note: str


async def load_actor(tx: Tx, group_id: UUID, session_id: UUID) -> ActorRow | None:
    """Whom a session stands for today; None where it does not stand."""
    return await fetch_one(tx, ActorRow, LOAD_ACTOR, group_id, session_id)


async def list_signing_keys(tx: Tx) -> list[SigningKeyRow]:
    """Every signing key, newest first."""
    return await fetch_all(tx, SigningKeyRow, LIST_SIGNING_KEYS)


async def insert_signing_key(
    tx: Tx, kid: str, public_jwk: dict[str, str], sealed: bytes, at: datetime
) -> None:
    """Keep a new signing key."""
    await execute(tx, INSERT_SIGNING_KEY, kid, public_jwk, sealed, at)


async def lock_signing_keys(tx: Tx) -> None:
    """Let one process at a time make or retire keys."""
    await execute(tx, LOCK_SIGNING_KEYS)


async def retire_signing_keys(tx: Tx, at: datetime) -> None:
    """Let every key that has no end yet sign until then."""
    await execute(tx, RETIRE_SIGNING_KEYS, at)


async def delete_signing_keys(tx: Tx, retired_before: datetime | None) -> int:
    """Take out the keys that were retired before an instant; None: all of them."""
    return await execute(tx, DELETE_SIGNING_KEYS, retired_before)


async def get_policy_in_force(tx: Tx, group_id: UUID) -> PolicyRow | None:
    """The newest published policy of the group."""
    return await fetch_one(tx, PolicyRow, GET_POLICY_IN_FORCE, group_id)


async def insert_policy(
    tx: Tx, sha256: str, files: dict[str, str], author: str, approver: str, note: str
) -> None:
    """Publish a policy as the group's next version."""
    await execute(tx, INSERT_POLICY, tx.group_id, sha256, files, author, approver, note)
