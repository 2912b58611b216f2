"""SQL of endpoints and deliveries, as people and connected systems see them."""

from datetime import datetime
from uuid import UUID

from schoolgroup.access.decisions import with_rights
from schoolgroup.integration.events.models import Position
from schoolgroup.integration.webhooks.models import (
    Attempt,
    Because,
    DeliveryKind,
    DeliveryRow,
    DeliveryStatus,
    EndpointRow,
    EndpointStatus,
)
from schoolgroup.kernel.db import Tx, execute, fetch_all, fetch_one
from schoolgroup.kernel.paging import PageRequest

# A connected system has to do with its own endpoints only ($2): another one's are told by other
# rights than its own.
_ENDPOINT = """
SELECT w.id, w.client_id, w.school_id, w.url, w.types, w.description, w.status,
       w.disabled_because, w.disabled_at, w.previous_until_at, s.tries, s.due_at,
       EXISTS (SELECT FROM webhook_stream r
                WHERE r.group_id = w.group_id AND r.endpoint_id = w.id AND r.kind = 'replay'
                  AND r.ended_at IS NULL) AS replaying, s.missed_until_at,
       w.created_at, w.version, /*relations:webhook:w*/ AS relations
  FROM webhook_endpoint w
  JOIN webhook_stream s
    ON s.group_id = w.group_id AND s.endpoint_id = w.id AND s.kind = 'live'
 WHERE w.group_id = $1 AND ($2::uuid IS NULL OR w.client_id = $2)"""
LIST_ENDPOINTS = f"""{_ENDPOINT}
   AND ($3::uuid IS NULL OR w.id < $3) AND /*visible:webhook:read@webhook:w*/
 ORDER BY w.id DESC
 LIMIT $4
"""
GET_ENDPOINT = f"{_ENDPOINT} AND w.id = $3"
LOCK_ENDPOINT = f"{_ENDPOINT} AND w.id = $3 FOR UPDATE OF w"
# The school comes from the system that is told; the slot is the first that is free.
INSERT_ENDPOINT = """
INSERT INTO webhook_endpoint (group_id, id, client_id, school_id, slot, url, types, description,
                              status, secret_sealed, created_at, updated_at)
SELECT c.group_id, $2, c.id, c.school_id, free.slot, $4, $5, $6, 'active', $7, app.now(), app.now()
  FROM client c
 CROSS JOIN LATERAL (
     SELECT n AS slot FROM generate_series(1, 10) AS n
      WHERE NOT EXISTS (SELECT FROM webhook_endpoint w
                         WHERE w.group_id = c.group_id AND w.slot = n
                           AND w.school_id IS NOT DISTINCT FROM c.school_id)
      ORDER BY n LIMIT 1) free
 WHERE c.group_id = $1 AND c.id = $3
"""
GET_CLIENT_SCHOOL = "SELECT id, school_id FROM client WHERE group_id = $1 AND id = $2"
INSERT_STREAM = """
INSERT INTO webhook_stream (group_id, id, endpoint_id, school_id, kind, life, transaction_id, seq,
                            end_life, end_transaction_id, end_seq, after_at, until_at, due_at,
                            created_at)
SELECT w.group_id, $2, w.id, w.school_id,
       CASE WHEN $7::bigint IS NULL THEN 'live' ELSE 'replay' END,
       $4, $5::bigint::text::xid8, $6, $7::bigint, $8::bigint::text::xid8, $9::bigint,
       $10::timestamptz, $11::timestamptz, app.now(), app.now()
  FROM webhook_endpoint w
 WHERE w.group_id = $1 AND w.id = $3
"""
GET_LIVE_PLACE = """
SELECT transaction_id::text::bigint AS transaction_id, seq, life
  FROM webhook_stream
 WHERE group_id = $1 AND endpoint_id = $2 AND kind = 'live'
   FOR UPDATE
"""
UPDATE_ENDPOINT = """
UPDATE webhook_endpoint
   SET url = $3, types = $4, description = $5, version = version + 1, updated_at = app.now()
 WHERE group_id = $1 AND id = $2
"""
SET_STATUS = """
UPDATE webhook_endpoint
   SET status = $3, disabled_because = $4,
       disabled_at = CASE WHEN $3 = 'disabled' THEN app.now() END,
       version = version + 1, updated_at = app.now()
 WHERE group_id = $1 AND id = $2
"""
# What waits to be tried again is tried at once, and has all its tries before it.
TRY_AT_ONCE = """
UPDATE webhook_stream SET due_at = app.now(), tries = 0
 WHERE group_id = $1 AND endpoint_id = $2 AND ended_at IS NULL
"""
WAIT_AGAIN = """
UPDATE webhook_delivery d SET status = 'waiting', ended_at = NULL
  FROM webhook_stream s
 WHERE s.group_id = d.group_id AND s.id = d.stream_id AND s.event_id = d.event_id
   AND s.ended_at IS NULL AND d.group_id = $1 AND d.endpoint_id = $2 AND d.status = 'failed'
"""
ROTATE_SECRET = """
UPDATE webhook_endpoint
   SET previous_secret_sealed = CASE WHEN $4::timestamptz IS NOT NULL THEN secret_sealed END,
       previous_until_at = $4, secret_sealed = $3, version = version + 1, updated_at = app.now()
 WHERE group_id = $1 AND id = $2
"""
DELETE_ENDPOINT = "DELETE FROM webhook_endpoint WHERE group_id = $1 AND id = $2"
DELETE_SESSION = """
DELETE FROM access_session s USING webhook_endpoint w
 WHERE w.group_id = $1 AND w.id = $2 AND s.group_id = w.group_id AND s.id = w.session_id
"""

_DELIVERY = """id, endpoint_id, kind, event_id, event_type, status, tries, attempts, created_at,
       ended_at"""
LIST_DELIVERIES = f"""
SELECT {_DELIVERY}
  FROM webhook_delivery
 WHERE group_id = $1 AND endpoint_id = $2 AND ($3::text IS NULL OR status = $3)
   AND ($4::uuid IS NULL OR id < $4)
 ORDER BY id DESC
 LIMIT $5
"""
GET_DELIVERY = f"""
SELECT {_DELIVERY} FROM webhook_delivery WHERE group_id = $1 AND endpoint_id = $2 AND id = $3
"""
# Whoever has it in hand finds that it is no longer theirs, and what came of that try is not kept.
SKIP = """
UPDATE webhook_stream s
   SET life = e.life, transaction_id = e.transaction_id, seq = e.seq, event_id = NULL, tries = 0,
       due_at = app.now(), holder = NULL, held_until_at = NULL
  FROM webhook_delivery d
  JOIN event e ON e.group_id = d.group_id AND e.id = d.event_id
 WHERE d.group_id = $1 AND d.endpoint_id = $2 AND d.id = $3
   AND s.group_id = d.group_id AND s.id = d.stream_id AND s.event_id = d.event_id
   AND s.ended_at IS NULL
"""
DROP_DELIVERY = """
UPDATE webhook_delivery SET status = 'dropped', ended_at = app.now()
 WHERE group_id = $1 AND id = $2
"""
INSERT_DELIVERY = """
INSERT INTO webhook_delivery (group_id, id, endpoint_id, school_id, kind, event_id, event_type,
                              status, created_at)
SELECT w.group_id, $3, w.id, w.school_id, $4, $5, $6, 'waiting', app.now()
  FROM webhook_endpoint w
 WHERE w.group_id = $1 AND w.id = $2
"""
END_DELIVERY = """
UPDATE webhook_delivery
   SET status = $3, tries = tries + jsonb_array_length($4), attempts = attempts || $4,
       ended_at = app.now()
 WHERE group_id = $1 AND id = $2 AND status = 'waiting'
"""
FORGET_DELIVERIES = """
DELETE FROM webhook_delivery
 WHERE group_id = $1 AND id IN (
       SELECT id FROM webhook_delivery
        WHERE group_id = $1 AND ended_at < $2 ORDER BY ended_at LIMIT $3)
"""


async def list_endpoints(tx: Tx, page: PageRequest) -> list[EndpointRow]:
    """The endpoints the caller has to do with, newest first."""
    after = UUID(str(page.after[0])) if page.after else None
    sql = with_rights(tx, LIST_ENDPOINTS)
    return await fetch_all(tx, EndpointRow, sql, tx.group_id, tx.actor.client_id, after, page.limit)


async def get_endpoint(tx: Tx, endpoint_id: UUID) -> EndpointRow | None:
    """One of them."""
    sql = with_rights(tx, GET_ENDPOINT)
    return await fetch_one(tx, EndpointRow, sql, tx.group_id, tx.actor.client_id, endpoint_id)


async def lock_endpoint(tx: Tx, endpoint_id: UUID) -> EndpointRow | None:
    """One of them, kept from changing until the transaction ends."""
    sql = with_rights(tx, LOCK_ENDPOINT)
    return await fetch_one(tx, EndpointRow, sql, tx.group_id, tx.actor.client_id, endpoint_id)


async def get_client_school(tx: Tx, client_id: UUID) -> tuple[UUID, UUID | None] | None:
    """A connected system and the school it acts for, where the caller sees it."""
    row = await tx.connection.fetchrow(GET_CLIENT_SCHOOL, tx.group_id, client_id)
    return (row["id"], row["school_id"]) if row else None


async def insert_endpoint(
    tx: Tx,
    endpoint_id: UUID,
    client_id: UUID,
    url: str,
    types: list[str],
    description: str,
    sealed: bytes,
) -> bool:
    """Enter an endpoint; False where all of its school's places are taken."""
    return bool(
        await execute(
            tx,
            INSERT_ENDPOINT,
            tx.group_id,
            endpoint_id,
            client_id,
            url,
            types,
            description,
            sealed,
        )
    )


async def insert_stream(
    tx: Tx,
    stream_id: UUID,
    endpoint_id: UUID,
    place: Position,
    end: Position | None = None,
    after_at: datetime | None = None,
    until_at: datetime | None = None,
) -> None:
    """Keep a place in the stream for an endpoint; with an `end` a replay of what lies between."""
    ends = (end.life, end.transaction_id, end.seq) if end else (None, None, None)
    await execute(
        tx, INSERT_STREAM, tx.group_id, stream_id, endpoint_id,
        place.life, place.transaction_id, place.seq, *ends, after_at, until_at,
    )  # fmt: skip


async def get_live_place(tx: Tx, endpoint_id: UUID) -> Position | None:
    """Up to where the endpoint was told; kept from moving until the transaction ends."""
    row = await tx.connection.fetchrow(GET_LIVE_PLACE, tx.group_id, endpoint_id)
    return Position(row["transaction_id"], row["seq"], row["life"]) if row else None


async def update_endpoint(
    tx: Tx, endpoint_id: UUID, url: str, types: list[str], description: str
) -> None:
    """Change address, types and description."""
    await execute(tx, UPDATE_ENDPOINT, tx.group_id, endpoint_id, url, types, description)


async def set_status(
    tx: Tx, endpoint_id: UUID, status: EndpointStatus, because: Because | None = None
) -> None:
    """Set the status; what waits is due at once when it is active again."""
    await execute(tx, SET_STATUS, tx.group_id, endpoint_id, status, because)
    if status is EndpointStatus.ACTIVE:
        await execute(tx, WAIT_AGAIN, tx.group_id, endpoint_id)
        await execute(tx, TRY_AT_ONCE, tx.group_id, endpoint_id)


async def rotate_secret(
    tx: Tx, endpoint_id: UUID, sealed: bytes, previous_until_at: datetime | None
) -> None:
    """A new secret; the old one signs beside it until then, or not at all."""
    await execute(tx, ROTATE_SECRET, tx.group_id, endpoint_id, sealed, previous_until_at)


async def delete_endpoint(tx: Tx, endpoint_id: UUID) -> None:
    """Remove an endpoint with its deliveries and its session."""
    await execute(tx, DELETE_SESSION, tx.group_id, endpoint_id)
    await execute(tx, DELETE_ENDPOINT, tx.group_id, endpoint_id)


async def list_deliveries(
    tx: Tx, endpoint_id: UUID, status: DeliveryStatus | None, page: PageRequest
) -> list[DeliveryRow]:
    """What was sent to an endpoint, the newest first."""
    after = UUID(str(page.after[0])) if page.after else None
    return await fetch_all(
        tx, DeliveryRow, LIST_DELIVERIES, tx.group_id, endpoint_id, status, after, page.limit
    )


async def get_delivery(tx: Tx, endpoint_id: UUID, delivery_id: UUID) -> DeliveryRow | None:
    """One delivery."""
    return await fetch_one(tx, DeliveryRow, GET_DELIVERY, tx.group_id, endpoint_id, delivery_id)


async def skip(tx: Tx, endpoint_id: UUID, delivery_id: UUID) -> bool:
    """Go on behind the event of a delivery; False where it does not keep others waiting."""
    if not await execute(tx, SKIP, tx.group_id, endpoint_id, delivery_id):
        return False
    return bool(await execute(tx, DROP_DELIVERY, tx.group_id, delivery_id))


async def insert_delivery(
    tx: Tx,
    endpoint_id: UUID,
    delivery_id: UUID,
    kind: DeliveryKind,
    event_id: UUID | None,
    event_type: str,
) -> None:
    """Something to be sent because somebody asked for it."""
    await execute(
        tx, INSERT_DELIVERY, tx.group_id, endpoint_id, delivery_id, kind, event_id, event_type
    )


async def end_delivery(
    tx: Tx, delivery_id: UUID, status: DeliveryStatus, attempts: list[Attempt]
) -> bool:
    """What came of it; False where that was written before."""
    done = await execute(tx, END_DELIVERY, tx.group_id, delivery_id, status, attempts)
    return bool(done)


async def forget_deliveries(tx: Tx, before: datetime, limit: int) -> int:
    """Delete deliveries that ended before then; how many."""
    return await execute(tx, FORGET_DELIVERIES, tx.group_id, before, limit)
