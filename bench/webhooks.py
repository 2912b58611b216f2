"""Webhooks beside what they cannot be faster than: the same request without any of the rest."""

import asyncio
import random
import time
from collections.abc import Callable

import msgspec

from bench import Row, percentile
from bench._ground import Ground, ground
from schoolgroup.integration.webhooks import jobs
from schoolgroup.integration.webhooks.courier import Courier
from schoolgroup.integration.webhooks.models import EndpointWish
from schoolgroup.integration.webhooks.service import add
from schoolgroup.kernel.context import system_actor
from schoolgroup.kernel.ids import new_id
from schoolgroup.kernel.jobs import Registry, Worker
from schoolgroup.services import Services

EVENTS, LATENCIES, ENDPOINTS, OLD_EVENTS = 300, 40, 200, 100_000
INSERT = """
INSERT INTO event (group_id, id, type, subject, data, request_id, at)
SELECT $1, gen_random_uuid(), 'note.written', 'note/' || n, '{}', 'bench', now()
  FROM generate_series(1, $2) AS n
"""
INSERT_IN_LIFE = """
INSERT INTO event (group_id, id, type, subject, data, request_id, at, life)
SELECT $1, gen_random_uuid(), 'note.written', 'note/' || n, '{}', 'bench', now(), 1
  FROM generate_series(1, $2) AS n
"""
MORE_ENDPOINTS = """
WITH schools AS (
    INSERT INTO school (group_id, id, code, name, stages, created_at, updated_at)
    SELECT $1, gen_random_uuid(), 'b' || n, 'b' || n, '{junior}', now(), now()
      FROM generate_series(1, $2 / 10) AS n
    RETURNING id),
made AS (
    INSERT INTO webhook_endpoint (group_id, id, client_id, school_id, slot, url, types, status,
                                  secret_sealed, created_at, updated_at)
    SELECT w.group_id, gen_random_uuid(), w.client_id, s.id, n, w.url, '{}', 'active',
           w.secret_sealed, now(), now()
      FROM webhook_endpoint w, schools s, generate_series(1, 10) AS n
    RETURNING id, school_id)
INSERT INTO webhook_stream (group_id, id, endpoint_id, school_id, kind, life, transaction_id, seq,
                            due_at, created_at)
SELECT $1, gen_random_uuid(), m.id, m.school_id, 'live', s.life, s.transaction_id, s.seq, now(),
       now()
  FROM made m, webhook_stream s
"""


class Sink:
    """Answers every request with 200 at once; `came` has the instants."""

    def __init__(self) -> None:
        self.came: asyncio.Queue[float] = asyncio.Queue()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n")[0])
                await reader.readexactly(length)
                self.came.put_nowait(time.perf_counter())
                writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()


async def measure() -> list[Row]:
    """Delivering in order, how soon an event arrives, looking for what is due, writing events."""
    sink = Sink()
    server = await asyncio.start_server(sink.serve, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
    allowed = {
        "webhook_networks": "127.0.0.0/8",
        "webhook_http": True,
        "webhook_ports": "1024-65535",
    }
    async with server, ground(**allowed) as made:
        return await _measure(made, sink, url)


async def _measure(made: Ground, sink: Sink, url: str) -> list[Row]:
    services, sql, group_id = made.services, made.sql, made.world.group_id
    await made.world.client(None, ["event:read"])
    client_id = await sql.fetchval("SELECT id FROM client")
    actor = system_actor(group_id)
    wish = EndpointWish(url=url, client_id=client_id)
    await made.services.policies.reload(group_id)
    await services.db.run(actor, lambda tx: add(tx, services.courier, wish))
    bare_ms = await _bare_ms(services.courier, services, url)

    await sql.execute(INSERT, group_id, EVENTS)
    worker = Worker(services, Registry(jobs.KINDS), hands=4)
    sink.came = asyncio.Queue()
    await worker.write_wishes()
    started = time.perf_counter()
    await worker.run_until_idle()
    each_ms = (time.perf_counter() - started) * 1000 / sink.came.qsize()

    sink.came = asyncio.Queue()
    working = asyncio.create_task(worker.run())
    waits_ms, chance = [], random.Random(1)
    for _ in range(LATENCIES):
        await asyncio.sleep(chance.random())
        started = time.perf_counter()
        await sql.execute(INSERT, group_id, 1)
        waits_ms.append((await sink.came.get() - started) * 1000)
    worker.stop()
    await working

    life_us = await _each_us(lambda: sql.execute(INSERT, group_id, 10_000), 10_000)
    literal_us = await _each_us(lambda: sql.execute(INSERT_IN_LIFE, group_id, 10_000), 10_000)
    await sql.execute(INSERT, group_id, OLD_EVENTS)
    await sql.execute(
        "UPDATE webhook_stream s SET (life, transaction_id, seq) = "
        "(SELECT life, transaction_id, seq FROM event "
        "ORDER BY life DESC, transaction_id DESC, seq DESC LIMIT 1)"
    )
    await sql.execute(MORE_ENDPOINTS, group_id, ENDPOINTS)
    await sql.execute("ANALYZE")
    look_ms, one_ms = [], []
    for _ in range(20):
        started = time.perf_counter()
        found = await services.db.run(system_actor(None), jobs.find_due)
        look_ms.append((time.perf_counter() - started) * 1000)
        assert found == []
        started = time.perf_counter()
        await services.db.run(system_actor(None), lambda tx: tx.connection.execute("SELECT 1"))
        one_ms.append((time.perf_counter() - started) * 1000)
    return [
        Row("webhook: one event, in order", each_ms, "the same request alone", bare_ms, "ms"),
        Row("… after its change, p50", percentile(waits_ms, 0.5), "p99",
            percentile(waits_ms, 0.99), "ms"),
        Row(f"look at {ENDPOINTS} idle endpoints", percentile(look_ms, 0.5), "SELECT 1",
            percentile(one_ms, 0.5), "ms"),
        Row("write an event with its life", life_us, "with a given one", literal_us, "µs"),
    ]  # fmt: skip


async def _bare_ms(courier: Courier, services: Services, url: str) -> float:
    body = msgspec.json.encode({"type": "note.written", "data": {"id": str(new_id())}})
    async with courier.way() as way:
        started = time.perf_counter()
        for _ in range(EVENTS):
            await courier.bring(way, url, {}, body, services.clock.now())
        return (time.perf_counter() - started) * 1000 / EVENTS


async def _each_us(work: Callable[[], object], count: int) -> float:
    started = time.perf_counter()
    await work()  # type: ignore[misc]  # each of them is a statement
    return (time.perf_counter() - started) * 1e6 / count
