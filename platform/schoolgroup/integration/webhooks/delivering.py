"""What a worker does: the next event of a stream, to its endpoint, until there is none.

Between two statements of the database stands the receiver, who may take long or never answer: no
connection is held meanwhile. What was sent is written down afterwards, so a worker that is killed
in between sends it once more, under the same `webhook-id`; a receiver that keeps the ids it has
seen does nothing twice.
"""

import random
import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

import msgspec

from schoolgroup.access.decisions import may
from schoolgroup.access.queries import load_actor
from schoolgroup.integration.events import queries as event_queries
from schoolgroup.integration.events import rules as event_rules
from schoolgroup.integration.events.models import EventRow, Position
from schoolgroup.integration.events.service import FOLLOW
from schoolgroup.integration.webhooks import queries, rules, stream_queries
from schoolgroup.integration.webhooks.courier import Courier
from schoolgroup.integration.webhooks.models import (
    Because,
    DeliveryStatus,
    EndpointStatus,
    Outcome,
    Stream,
    Target,
)
from schoolgroup.kernel import journal
from schoolgroup.kernel.context import Actor
from schoolgroup.kernel.db import SessionOver, Tx
from schoolgroup.kernel.ids import new_id
from schoolgroup.kernel.jobs import TakenByAnother, Work

if TYPE_CHECKING:
    import httpx

TURN_S = 20.0  # then others have their turn
LEASE = timedelta(seconds=90)  # longer than a turn and a delivery take together
SESSION_LIFE = timedelta(days=1)
SHUT_OUT_FOR = timedelta(minutes=5)  # until somebody looks again whether it may be told
SECRET_LOST = "secret_lost"  # sealed under another secret of the installation: rotate it


class Turn(msgspec.Struct, frozen=True):
    """A stream in hand: whom to tell, and as whom to read; None: who may not read now."""

    stream: Stream
    target: Target
    reader: Actor | None


class Next(msgspec.Struct, frozen=True):
    """What comes next in a stream, and the place everything was told up to where nothing does."""

    event: EventRow | None
    place: Position


async def deliver_stream(work: Work) -> None:
    """Tell one endpoint what comes next, in order, for a while."""
    stream_id = UUID(work.data["stream_id"])
    holder = f"{work.job.id}:{work.job.attempts}"
    until = time.monotonic() + TURN_S
    turn = await work.run(lambda tx: _take(tx, stream_id, holder))
    if turn is None:
        return
    url = turn.target.url  # an open connection is to the host it was opened for
    async with Courier(work.means.settings).way() as way:
        while turn is not None and turn.target.url == url and time.monotonic() < until:
            turn = await _deliver_next(work, way, turn, holder)
    await work.run(lambda tx: stream_queries.let_go(tx, stream_id, holder))


async def deliver_asked(work: Work) -> None:
    """Send a test, or an event once more, because somebody asked for it: one try."""
    delivery_id = UUID(work.data["delivery_id"])
    courier = Courier(work.means.settings)

    async def look(tx: Tx) -> tuple[Target, UUID | None, Actor | None, datetime] | None:
        target = await stream_queries.get_target_of_delivery(tx, delivery_id)
        asked = await stream_queries.get_asked(tx, delivery_id)
        if target is None or asked is None:
            return None
        return target, asked.event_id, await _reader(tx, target), tx.now

    found = await work.run(look)
    if found is None:
        return
    target, event_id, reader, now = found
    if event_id is None:
        message_id, body = str(delivery_id), rules.ping_body(now)
    else:
        event = await _one_event(work, reader, event_id)
        if event is None:
            status = DeliveryStatus.DROPPED
            await work.finish(lambda tx: queries.end_delivery(tx, delivery_id, status, []))
            return
        message_id, body = str(event_id), rules.body_of(event.event)
    async with courier.way() as way:
        outcome = await _send(courier, way, target, message_id, body, now)
    status = DeliveryStatus.DELIVERED if outcome.delivered else DeliveryStatus.FAILED
    attempts = [outcome.attempt(now)]
    await work.finish(lambda tx: queries.end_delivery(tx, delivery_id, status, attempts))


async def _take(tx: Tx, stream_id: UUID, holder: str) -> Turn | None:
    """Hold the stream for the next delivery; None where there is nothing to do for this job."""
    stream = await stream_queries.hold(tx, stream_id, holder, LEASE)
    if stream is None:
        return None
    target = await stream_queries.get_target_of_stream(tx, stream_id)
    assert target is not None  # a stream goes with its endpoint
    return Turn(stream, target, await _reader(tx, target))


async def _reader(tx: Tx, target: Target) -> Actor | None:
    """The connected system as it stands now, to read in its name; None where it is shut out."""
    if target.session_id is not None:
        row = await load_actor(tx, tx.group_id, target.session_id)
        if row is not None:
            return row.actor()
    session_id = new_id()
    if not await stream_queries.open_session(tx, target, session_id, SESSION_LIFE):
        return None
    row = await load_actor(tx, tx.group_id, session_id)
    return row.actor() if row else None


async def _deliver_next(
    work: Work, way: "httpx.AsyncClient", turn: Turn, holder: str
) -> Turn | None:
    """One event; the next turn, where there may be one at once."""
    stream = turn.stream
    found = await _next_event(work, turn)
    if found is None:
        await work.run(
            lambda tx: stream_queries.put_off(
                tx, stream.id, holder, SHUT_OUT_FOR, stream.event_id, stream.tries
            )
        )
        return None
    if found.event is None:
        await work.run(lambda tx: _nothing_left(tx, turn, found.place, holder))
        return None
    event, now = found.event, work.means.db.clock.now()
    courier = Courier(work.means.settings)
    body = rules.body_of(event.event, stream.missed_until_at)
    outcome = await _send(courier, way, turn.target, str(event.id), body, now)

    async def settle(tx: Tx) -> Turn | None:
        await _write_down(tx, turn, event, outcome, holder)
        return await _take(tx, stream.id, holder) if outcome.delivered else None

    return await work.run(settle)


async def _next_event(work: Work, turn: Turn) -> Next | None:
    """The next event its system may know of at this moment; None: it may not read at all."""
    stream, reader = turn.stream, turn.reader
    if reader is None:
        return None
    wanted = msgspec.structs.replace(
        event_rules.read_types(",".join(turn.target.types)),
        since_at=stream.after_at,
        until_at=stream.until_at,
    )

    async def look(tx: Tx) -> Next | None:
        if not may(tx, FOLLOW):
            return None
        horizon = await event_queries.horizon(tx)
        rows = await event_queries.list_events(tx, stream.place, horizon, wanted, 1)
        event = rows[0] if rows else None
        if event and stream.end and event.place.order > stream.end.order:
            event = None
        return Next(event, max(stream.place, horizon, key=lambda place: place.order))

    try:
        return await work.means.db.run(reader, look, work.job.request_id)
    except SessionOver:
        return None  # its rights changed since they were looked up: later


async def _one_event(work: Work, reader: Actor | None, event_id: UUID) -> EventRow | None:
    if reader is None:
        return None

    async def look(tx: Tx) -> EventRow | None:
        return await event_queries.get_event(tx, event_id) if may(tx, FOLLOW) else None

    try:
        return await work.means.db.run(reader, look, work.job.request_id)
    except SessionOver:
        return None


async def _send(
    courier: Courier,
    way: "httpx.AsyncClient",
    target: Target,
    message_id: str,
    body: bytes,
    now: datetime,
) -> Outcome:
    """Sign with each secret that stands, and bring it.

    The stamp is the wire's time: receivers compare it with their own clock, and we decide nothing
    by it.
    """
    sealed = [each for each in (target.secret_sealed, target.previous_secret_sealed) if each]
    keys = [courier.open(each, str(target.id)) for each in sealed]
    opened = [key for key in keys if key is not None]
    if not opened:
        return Outcome(None, SECRET_LOST, 0)
    headers = rules.headers_of(message_id, datetime.now(UTC), body, opened)
    return await courier.bring(way, target.url, headers, body, now)


async def _nothing_left(tx: Tx, turn: Turn, place: Position, holder: str) -> None:
    """All was told up to the horizon; a replay has then come to its end."""
    stream = turn.stream
    if stream.event_id is not None:
        await stream_queries.drop_others(tx, stream.id, None)
    ended = stream.end is not None
    if not await stream_queries.move(tx, stream.id, holder, place, ended=ended):
        raise TakenByAnother


async def _write_down(tx: Tx, turn: Turn, event: EventRow, outcome: Outcome, holder: str) -> None:
    """What came of one try: the stream moves on, is put off, or ends."""
    stream = turn.stream
    failed_before = stream.tries if stream.event_id == event.id else 0
    if stream.event_id not in (None, event.id):
        await stream_queries.drop_others(tx, stream.id, event.id)
    if outcome.delivered:
        status, ours = (
            DeliveryStatus.DELIVERED,
            await stream_queries.move(
                tx, stream.id, holder, event.place, missed_told_at=stream.missed_until_at
            ),
        )
    else:
        tries = failed_before + 1
        delay_s = rules.delay_s(tries, random.random(), outcome.retry_after_s)
        gone = outcome.status == rules.GONE
        over = gone or delay_s is None
        status = DeliveryStatus.FAILED if over else DeliveryStatus.WAITING
        delay = timedelta(seconds=delay_s or 0)
        ours = await stream_queries.put_off(tx, stream.id, holder, delay, event.id, tries)
        if ours and over:
            because = Because.GONE if gone else Because.EXHAUSTED
            await _give_up(tx, turn, holder, because, event.id)
    if not ours:
        raise TakenByAnother
    attempt = outcome.attempt(tx.now)
    await stream_queries.write_down(tx, stream.id, new_id(), event.id, event.type, status, attempt)


async def _give_up(tx: Tx, turn: Turn, holder: str, because: Because, event_id: UUID) -> None:
    """The endpoint is told nothing more until somebody resumes it; a replay ends by itself."""
    target = turn.target
    if turn.stream.end is not None:
        await stream_queries.end_stream(tx, turn.stream.id, holder)
        if because is Because.EXHAUSTED:
            return
    await queries.set_status(tx, target.id, EndpointStatus.DISABLED, because)
    await journal.record(
        tx,
        "webhook.disabled",
        act=rules.MANAGE,
        thing=f"webhook/{target.id}",
        data={"client_id": target.client_id, "because": because, "event_id": event_id},
        owner_school_id=target.school_id,
    )
