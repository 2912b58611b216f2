"""SQL of the kernel: the memory of commands, the outbox, the audit trail."""

from datetime import datetime
from uuid import UUID

import msgspec

from schoolgroup.kernel.db import Tx, execute, fetch_all, fetch_one, fetch_value


class Counted(msgspec.Struct, frozen=True):
    """What all processes together have counted of a caller in a window."""

    group_id: UUID
    caller_sha256: bytes
    window_no: int
    used: int


class Remembered(msgspec.Struct, frozen=True):
    """A stored answer of a command."""

    fingerprint: bytes
    status: int
    headers: dict[str, str]
    body: bytes


TRY_LOCK_KEY = "SELECT pg_try_advisory_xact_lock(hashtextextended($1, 0))"
GET_REMEMBERED = """
SELECT fingerprint, status, headers, body
  FROM idempotency_key
 WHERE group_id = $1 AND caller = $2 AND route = $3 AND key = $4 AND created_at > $5
"""
# Two statements in one, and the oldest first: rows found by their place or else by their key (`OR`)
# would be looked for by reading every key of the group, with every command.
FORGET_OLD = """
WITH old AS (
    DELETE FROM idempotency_key
     WHERE group_id = $1
       AND ctid = ANY (ARRAY (SELECT ctid FROM idempotency_key
                               WHERE group_id = $1 AND created_at <= $5
                               ORDER BY created_at LIMIT 20 FOR UPDATE SKIP LOCKED)))
DELETE FROM idempotency_key
 WHERE group_id = $1 AND caller = $2 AND route = $3 AND key = $4
"""
REMEMBER = """
INSERT INTO idempotency_key (group_id, caller, route, key, fingerprint, status, headers, body,
                             created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
"""

# An event and its audit entry together: whoever holds the school's chain holds it for one statement
# and the commit.
RECORD = """
WITH told AS (
    INSERT INTO event (group_id, id, type, subject, owner_school_id, school_ids, version, data,
                       request_id, at)
    VALUES ($1, $12, $13, $7, $14, $15, $16, $17, $4, $3))
INSERT INTO audit_entry (group_id, chain, seq, at, request_id, actor, school_id, act, thing,
                         outcome, relations, policy_line, policy_sha256, detail, previous_hash,
                         hash)
VALUES ($1, $2, 1, $3, $4, $5, $6, $8, $7, 'done', $9, $10, $11,
        jsonb_build_object('event', $13::text) || $17, '', '')
"""

# Written by a process for many callers at once; what is older than the window before is cleared.
ADD_COUNTS = """
WITH old AS (
    DELETE FROM request_count
     WHERE ctid = ANY (ARRAY (SELECT ctid FROM request_count
                               WHERE window_no < (SELECT min(n) - 1 FROM unnest($3::bigint[]) n)
                               LIMIT 1000 FOR UPDATE SKIP LOCKED)))
INSERT INTO request_count AS c (group_id, caller_sha256, window_no, used)
SELECT * FROM unnest($1::uuid[], $2::bytea[], $3::bigint[], $4::int[])
    ON CONFLICT (group_id, caller_sha256, window_no)
    DO UPDATE SET used = least(c.used::bigint + excluded.used, 2147483647)::int
RETURNING group_id, caller_sha256, window_no, used
"""

INSERT_AUDIT_ENTRY = """
INSERT INTO audit_entry (group_id, chain, seq, at, request_id, actor, school_id, act, thing,
                         outcome, relations, policy_line, policy_sha256, detail, previous_hash,
                         hash)
VALUES ($1, $2, 1, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, '', '')
"""

INSERT_EVENTS = """
INSERT INTO event (group_id, id, type, subject, owner_school_id, school_ids, version, data,
                   request_id, at)
SELECT $1, c.id, c.event, c.thing, c.owner_school_id,
       ARRAY (SELECT s::uuid FROM jsonb_array_elements_text(c.school_ids) AS s),
       c.version, c.data, $3, $4
  FROM jsonb_to_recordset($2) AS c (n int, id uuid, event text, thing text, owner_school_id uuid,
                                    school_ids jsonb, version int, data jsonb)
 ORDER BY c.n
"""

INSERT_AUDIT_ENTRIES = """
INSERT INTO audit_entry (group_id, chain, seq, at, request_id, actor, school_id, act, thing,
                         outcome, relations, policy_line, policy_sha256, detail, previous_hash,
                         hash)
SELECT $1, $2, 1, $3, $4, $5, $6, c.act, c.thing, 'done', '{}', '', $7,
       jsonb_build_object('event', c.event) || c.data, '', ''
  FROM jsonb_to_recordset($8) AS c (n int, event text, act text, thing text, data jsonb)
 ORDER BY c.n
"""


async def try_lock_key(tx: Tx, caller: str, route: str, key: str) -> bool:
    """Whether nobody else is carrying this command out at this moment."""
    whole = f"{tx.group_id}/{caller}/{route}/{key}"
    return bool(await fetch_value(tx, TRY_LOCK_KEY, whole))


async def get_remembered(
    tx: Tx, caller: str, route: str, key: str, since: datetime
) -> Remembered | None:
    """The answer this command was given since `since`."""
    return await fetch_one(tx, Remembered, GET_REMEMBERED, tx.group_id, caller, route, key, since)


async def forget_old(tx: Tx, caller: str, route: str, key: str, before: datetime) -> None:
    """Forget this key's expired answer and a few others: keys are kept for a day."""
    await execute(tx, FORGET_OLD, tx.group_id, caller, route, key, before)


async def remember(tx: Tx, caller: str, route: str, key: str, answer: Remembered) -> None:
    """Keep the answer of a command beside its effect."""
    await execute(
        tx,
        REMEMBER,
        tx.group_id,
        caller,
        route,
        key,
        answer.fingerprint,
        answer.status,
        answer.headers,
        answer.body,
        tx.now,
    )


async def add_counts(
    tx: Tx, group_ids: list[UUID], digests: list[bytes], windows: list[int], counts: list[int]
) -> list[Counted]:
    """Add to what callers have asked for; what that is by now, over all processes."""
    return await fetch_all(tx, Counted, ADD_COUNTS, group_ids, digests, windows, counts)
