"""SQL of the stream. A sequence is not commit order: it is read below what may still commit.

Every event carries the id of its transaction, given out in increasing order. At any moment all
transactions below `pg_snapshot_xmin` have ended, so below it nothing can appear any more; what is
read in the order (transaction, seq) below that horizon never skips an event and never repeats one.
(PostgreSQL documentation, 9.28 "Transaction ID and Snapshot Information Functions".)

Ids start anew on another server, so the server's life goes before them (migration 0037): all of an
earlier life has ended.
"""

from datetime import datetime
from uuid import UUID

from schoolgroup.access.decisions import with_rights
from schoolgroup.integration.events.models import START, EventRow, Position, Wanted
from schoolgroup.kernel.db import Tx, execute, fetch_all, fetch_one

HORIZON = """
SELECT app.event_life() AS life, 0 AS seq,
       pg_snapshot_xmin(pg_current_snapshot())::text::bigint AS transaction_id
"""
GET_FLOOR = """
SELECT life, transaction_id::text::bigint AS transaction_id, seq
  FROM event_floor WHERE group_id = $1
"""
# The wall says whom an event may concern at most; this, whom it does at this moment. A school is
# not told which other schools were addressed; of what others share it is told that, and no more.
_TOLD = """
SELECT e.id, e.type, e.subject, e.at, e.version, e.owner_school_id,
       CASE WHEN (SELECT app.is_office()) THEN e.school_ids
            ELSE ARRAY (SELECT s FROM unnest(e.school_ids) AS s WHERE s = (SELECT app.school_id()))
       END AS school_ids,
       CASE WHEN t.concerned THEN e.data ELSE '{}' END AS data,
       e.transaction_id::text::bigint AS transaction_id, e.seq, e.life
  FROM event e
 CROSS JOIN LATERAL (
     SELECT coalesce((SELECT app.is_office()) OR e.owner_school_id = (SELECT app.school_id())
                     OR (SELECT app.school_id()) = ANY (e.school_ids), false) AS concerned) t
 WHERE e.group_id = $1
   AND (t.concerned OR app.tells_of_sharing(e.type) AND (
        EXISTS (SELECT FROM resource r
                 WHERE r.group_id = e.group_id AND r.id = app.subject_id(e.subject, 'resource')
                   AND /*visible:resource:discover@resource:r*/)
        OR EXISTS (SELECT FROM offer o
                    WHERE o.group_id = e.group_id AND o.id = app.subject_id(e.subject, 'offer')
                      AND /*visible:resource:discover@offer:o*/)))"""
# The horizon ($5, $6) was read by an earlier statement: what was below it then is complete now.
LIST_EVENTS = f"""{_TOLD}
   AND (e.life, e.transaction_id, e.seq) > ($2::bigint, $3::bigint::text::xid8, $4::bigint)
   AND (e.life, e.transaction_id) < ($5::bigint, $6::bigint::text::xid8)
   AND ($7::text[] IS NULL OR e.type = ANY ($7) OR split_part(e.type, '.', 1) = ANY ($8::text[]))
   AND ($9::timestamptz IS NULL OR e.at >= $9) AND ($10::timestamptz IS NULL OR e.at < $10)
 ORDER BY e.life, e.transaction_id, e.seq
 LIMIT $11
"""
GET_EVENT = f"{_TOLD} AND e.id = $2"
# Only a whole beginning of the stream is forgotten, up to the first event that is to be kept.
FORGET = """
WITH kept AS MATERIALIZED (
    SELECT life, transaction_id, seq FROM event
     WHERE group_id = $1 AND at >= $2
     ORDER BY life, transaction_id, seq LIMIT 1),
gone AS (
    DELETE FROM event
     WHERE group_id = $1 AND id IN (
           SELECT e.id FROM event e LEFT JOIN kept k ON true
            WHERE e.group_id = $1
              AND (e.life, e.transaction_id) < ($3::bigint, $4::bigint::text::xid8)
              AND (k.life IS NULL
                   OR (e.life, e.transaction_id, e.seq) < (k.life, k.transaction_id, k.seq))
            ORDER BY e.life, e.transaction_id, e.seq
            LIMIT $5)
    RETURNING group_id, life, transaction_id, seq, at)
INSERT INTO event_floor AS f (group_id, life, transaction_id, seq, last_at, forgotten_at)
SELECT group_id, life, transaction_id, seq, max(at) OVER (), app.now()
  FROM gone ORDER BY life DESC, transaction_id DESC, seq DESC LIMIT 1
ON CONFLICT (group_id) DO UPDATE
   SET life = excluded.life, transaction_id = excluded.transaction_id, seq = excluded.seq,
       last_at = greatest(f.last_at, excluded.last_at), forgotten_at = excluded.forgotten_at
"""


async def horizon(tx: Tx) -> Position:
    """The place below which nothing can appear any more."""
    row = await tx.connection.fetchrow(HORIZON)
    assert row is not None  # it selects no table
    return Position(row["transaction_id"], row["seq"], row["life"])


async def get_floor(tx: Tx) -> Position:
    """The last event that was forgotten; the start where none was."""
    row = await tx.connection.fetchrow(GET_FLOOR, tx.group_id)
    return Position(row["transaction_id"], row["seq"], row["life"]) if row else START


async def list_events(
    tx: Tx, after: Position, before: Position, wanted: Wanted, limit: int
) -> list[EventRow]:
    """The events after `after` and before the horizon `before`, as far as the actor may know."""
    return await fetch_all(
        tx, EventRow, with_rights(tx, LIST_EVENTS), tx.group_id,
        after.life, after.transaction_id, after.seq, before.life, before.transaction_id,
        wanted.types, wanted.families, wanted.since_at, wanted.until_at, limit,
    )  # fmt: skip


async def get_event(tx: Tx, event_id: UUID) -> EventRow | None:
    """One event, where the actor may know of it now."""
    return await fetch_one(tx, EventRow, with_rights(tx, GET_EVENT), tx.group_id, event_id)


async def forget(tx: Tx, before: datetime, horizon: Position, limit: int) -> bool:
    """Delete up to `limit` events from the beginning, all older than `before`; whether any was."""
    life, transaction_id = horizon.life, horizon.transaction_id
    done = await execute(tx, FORGET, tx.group_id, before, life, transaction_id, limit)
    return bool(done)
