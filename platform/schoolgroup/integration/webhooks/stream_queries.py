"""SQL of delivering: a stream in the hand of one job, and what came of each try."""

from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from schoolgroup.integration.events.models import Position
from schoolgroup.integration.webhooks.models import Attempt, Backlog, Stream, Target
from schoolgroup.kernel.db import Tx, execute, fetch_all, fetch_one, fetch_value
from schoolgroup.kernel.jobs import Wish

# Of a school at most so many in hand at once, so that slow receivers of one school do not keep the
# others waiting. Asked by the system of no group, over all of them.
FIND_DUE = """
WITH edge AS MATERIALIZED (
    SELECT app.event_life() AS life, pg_snapshot_xmin(pg_current_snapshot()) AS xmin,
           (SELECT app.now()) AS at),
due AS (
    SELECT s.group_id, s.id,
           row_number() OVER (PARTITION BY s.group_id, s.school_id ORDER BY s.due_at, s.id)
           + (SELECT count(*) FROM webhook_stream h
               WHERE h.group_id = s.group_id AND h.school_id IS NOT DISTINCT FROM s.school_id
                 AND h.held_until_at > edge.at) AS nth
      FROM edge
      JOIN webhook_stream s ON s.ended_at IS NULL AND s.due_at <= edge.at
      JOIN webhook_endpoint w ON w.group_id = s.group_id AND w.id = s.endpoint_id
     WHERE w.status = 'active' AND (s.held_until_at IS NULL OR s.held_until_at <= edge.at)
       AND (s.kind = 'replay' OR EXISTS (
            SELECT FROM event e
             WHERE e.group_id = s.group_id
               AND (e.life, e.transaction_id, e.seq) > (s.life, s.transaction_id, s.seq)
               AND (e.life, e.transaction_id) < (edge.life, edge.xmin))))
SELECT group_id, jsonb_build_object('stream_id', id) AS data, id::text AS once
  FROM due WHERE nth <= $1
 LIMIT $2
"""
# In order means by one at a time: a job takes what nobody holds, or what it held itself before its
# worker was killed.
HOLD = """
UPDATE webhook_stream s
   SET holder = $3, held_until_at = app.now() + $4
  FROM webhook_endpoint w
 WHERE s.group_id = $1 AND s.id = $2 AND s.ended_at IS NULL AND s.due_at <= app.now()
   AND w.group_id = s.group_id AND w.id = s.endpoint_id AND w.status = 'active'
   AND (s.held_until_at IS NULL OR s.held_until_at <= app.now()
        OR starts_with(s.holder, split_part($3, ':', 1) || ':'))
RETURNING s.id, s.kind, s.life, s.transaction_id::text::bigint AS transaction_id, s.seq,
          s.end_life, s.end_transaction_id::text::bigint AS end_transaction_id, s.end_seq,
          s.after_at, s.until_at, s.event_id, s.tries,
          CASE WHEN NOT s.missed_told THEN s.missed_until_at END AS missed_until_at
"""
LET_GO = """
UPDATE webhook_stream SET holder = NULL, held_until_at = NULL
 WHERE group_id = $1 AND id = $2 AND holder = $3
"""
MOVE = """
UPDATE webhook_stream
   SET life = $4, transaction_id = $5::bigint::text::xid8, seq = $6, event_id = NULL, tries = 0,
       due_at = app.now(), ended_at = CASE WHEN $7 THEN app.now() END,
       missed_told = missed_told OR coalesce(missed_until_at = $8::timestamptz, false)
 WHERE group_id = $1 AND id = $2 AND holder = $3
"""
PUT_OFF = """
UPDATE webhook_stream SET due_at = app.now() + $4, event_id = $5, tries = $6
 WHERE group_id = $1 AND id = $2 AND holder = $3
"""
END_STREAM = """
UPDATE webhook_stream SET ended_at = app.now() WHERE group_id = $1 AND id = $2 AND holder = $3
"""
_TARGET = """
SELECT w.id, w.client_id, w.school_id, w.url, w.types, w.secret_sealed,
       CASE WHEN app.now() < w.previous_until_at THEN w.previous_secret_sealed END
       AS previous_secret_sealed, w.session_id
  FROM webhook_endpoint w"""
GET_TARGET_OF_STREAM = f"""{_TARGET}
  JOIN webhook_stream s ON s.group_id = w.group_id AND s.endpoint_id = w.id
 WHERE s.group_id = $1 AND s.id = $2
"""
GET_TARGET_OF_DELIVERY = f"""{_TARGET}
  JOIN webhook_delivery d ON d.group_id = w.group_id AND d.endpoint_id = w.id
 WHERE d.group_id = $1 AND d.id = $2 AND d.status = 'waiting'
"""
GET_ASKED = """
SELECT endpoint_id, event_id FROM webhook_delivery
 WHERE group_id = $1 AND id = $2 AND status = 'waiting'
"""
# One row an event and stream, however often it is tried; the newest tries are kept.
WRITE_DOWN = """
INSERT INTO webhook_delivery AS d (group_id, id, endpoint_id, school_id, stream_id, kind, event_id,
                                   event_type, status, tries, attempts, created_at, ended_at)
SELECT s.group_id, $3, s.endpoint_id, s.school_id, s.id,
       CASE s.kind WHEN 'live' THEN 'event' ELSE 'replay' END, $4, $5, $6, 1,
       jsonb_build_array($7::jsonb), app.now(),
       CASE WHEN $6 <> 'waiting' THEN app.now() END
  FROM webhook_stream s
 WHERE s.group_id = $1 AND s.id = $2
ON CONFLICT (group_id, stream_id, event_id) DO UPDATE
   SET status = excluded.status, ended_at = excluded.ended_at, tries = d.tries + 1,
       attempts = jsonb_path_query_array(d.attempts || excluded.attempts, '$[last - 19 to last]')
"""
DROP_OTHERS = """
UPDATE webhook_delivery SET status = 'dropped', ended_at = app.now()
 WHERE group_id = $1 AND stream_id = $2 AND status = 'waiting'
   AND event_id IS DISTINCT FROM $3::uuid
"""
OPEN_SESSION = """
WITH opened AS (
    INSERT INTO access_session (group_id, id, client_id, scopes, epoch, created_at, expires_at)
    SELECT group_id, $3, id, scopes, epoch, app.now(), app.now() + $4
      FROM client WHERE group_id = $1 AND id = $2 AND suspended_at IS NULL
    RETURNING id)
SELECT id FROM opened
"""
CLOSE_SESSION = "DELETE FROM access_session WHERE group_id = $1 AND id = $2"
KEEP_SESSION = "UPDATE webhook_endpoint SET session_id = $3 WHERE group_id = $1 AND id = $2"
# For metrics: asked by the system of no group. Events of types that are not wanted count too, for
# at most the second until the stream has passed them.
LIST_BACKLOG = """
WITH edge AS MATERIALIZED (
    SELECT app.event_life() AS life, pg_snapshot_xmin(pg_current_snapshot()) AS xmin,
           (SELECT app.now()) AS at)
SELECT w.group_id, w.id AS endpoint_id, w.status, s.tries,
       coalesce(extract(epoch FROM edge.at - oldest.at), 0)::float8 AS oldest_age_s
  FROM edge
  JOIN webhook_stream s ON s.kind = 'live'
  JOIN webhook_endpoint w ON w.group_id = s.group_id AND w.id = s.endpoint_id
  LEFT JOIN LATERAL (
      SELECT e.at FROM event e
       WHERE e.group_id = s.group_id
         AND (e.life, e.transaction_id, e.seq) > (s.life, s.transaction_id, s.seq)
         AND (e.life, e.transaction_id) < (edge.life, edge.xmin)
       ORDER BY e.life, e.transaction_id, e.seq
       LIMIT 1) oldest ON true
"""


class Asked(msgspec.Struct, frozen=True):
    """A delivery somebody asked for: of an event, or of nothing but a ping."""

    endpoint_id: UUID
    event_id: UUID | None


async def find_due(tx: Tx, per_school: int, limit: int) -> list[Wish]:
    """The streams of all groups that have something to tell now, as jobs to be wished for."""
    return await fetch_all(tx, Wish, FIND_DUE, per_school, limit)


async def list_backlog(tx: Tx) -> list[Backlog]:
    """How far behind each endpoint of every group is; for metrics, as the system of no group."""
    return await fetch_all(tx, Backlog, LIST_BACKLOG)


async def hold(tx: Tx, stream_id: UUID, holder: str, lease: timedelta) -> Stream | None:
    """Take a stream that is due, or keep it; None where it is not due or another job has it."""
    return await fetch_one(tx, Stream, HOLD, tx.group_id, stream_id, holder, lease)


async def let_go(tx: Tx, stream_id: UUID, holder: str) -> None:
    """Leave a stream to whoever finds it next."""
    await execute(tx, LET_GO, tx.group_id, stream_id, holder)


async def move(
    tx: Tx,
    stream_id: UUID,
    holder: str,
    to: Position,
    *,
    ended: bool = False,
    missed_told_at: datetime | None = None,
) -> bool:
    """Everything up to `to` was told, and a gap, if any; False: the stream is no longer ours."""
    place = (to.life, to.transaction_id, to.seq)
    done = await execute(tx, MOVE, tx.group_id, stream_id, holder, *place, ended, missed_told_at)
    return bool(done)


async def put_off(
    tx: Tx, stream_id: UUID, holder: str, delay: timedelta, event_id: UUID | None, tries: int
) -> bool:
    """Try again after `delay`; False where the stream is no longer ours."""
    done = await execute(tx, PUT_OFF, tx.group_id, stream_id, holder, delay, event_id, tries)
    return bool(done)


async def end_stream(tx: Tx, stream_id: UUID, holder: str) -> bool:
    """End a replay; False where it is no longer ours."""
    return bool(await execute(tx, END_STREAM, tx.group_id, stream_id, holder))


async def get_target_of_stream(tx: Tx, stream_id: UUID) -> Target | None:
    """The endpoint a stream is for."""
    return await fetch_one(tx, Target, GET_TARGET_OF_STREAM, tx.group_id, stream_id)


async def get_target_of_delivery(tx: Tx, delivery_id: UUID) -> Target | None:
    """The endpoint of a delivery that waits."""
    return await fetch_one(tx, Target, GET_TARGET_OF_DELIVERY, tx.group_id, delivery_id)


async def get_asked(tx: Tx, delivery_id: UUID) -> Asked | None:
    """What is to be delivered; None where it was already."""
    return await fetch_one(tx, Asked, GET_ASKED, tx.group_id, delivery_id)


async def write_down(
    tx: Tx,
    stream_id: UUID,
    delivery_id: UUID,
    event_id: UUID,
    event_type: str,
    status: str,
    attempt: Attempt,
) -> None:
    """One more try of an event in a stream, and what has come of it so far."""
    await execute(
        tx, WRITE_DOWN, tx.group_id, stream_id, delivery_id, event_id, event_type, status, attempt
    )


async def drop_others(tx: Tx, stream_id: UUID, event_id: UUID | None) -> None:
    """What was tried before another event came to the head is not to be told any more."""
    await execute(tx, DROP_OTHERS, tx.group_id, stream_id, event_id)


async def open_session(tx: Tx, target: Target, session_id: UUID, life: timedelta) -> bool:
    """A session of the system that is told, in place of the one before; False: it is shut out."""
    if target.session_id is not None:
        await execute(tx, CLOSE_SESSION, tx.group_id, target.session_id)
    opened: UUID | None = await fetch_value(
        tx, OPEN_SESSION, tx.group_id, target.client_id, session_id, life
    )
    if opened is not None:
        await execute(tx, KEEP_SESSION, tx.group_id, target.id, session_id)
    return opened is not None
