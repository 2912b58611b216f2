"""The job queue beside what it cannot be faster than: transactions with nothing in them."""

import asyncio
import random
import tempfile
import time
from pathlib import Path
from uuid import UUID

import asyncpg

from bench import Row, percentile
from schoolgroup.kernel.bootstrap import inside
from schoolgroup.kernel.context import system_actor
from schoolgroup.kernel.db import Tx
from schoolgroup.kernel.ids import new_id
from schoolgroup.kernel.jobs import Registry, Work, Worker, enqueue, kind
from schoolgroup.running import installation
from schoolgroup.services import Services, open_services

JOBS, CLIENTS, HANDS, LATENCIES = 1000, 16, 8, 60


async def measure() -> list[Row]:
    """Enqueueing, doing empty jobs one transaction each, and how soon a job begins."""
    with tempfile.TemporaryDirectory() as folder:
        given = {"database_pool_max": 24}
        async with (
            installation(Path(folder), given) as settings,
            open_services(settings) as services,
        ):
            admin = await asyncpg.connect(inside(settings.database_admin_url))
            group_id = new_id()
            await admin.execute(
                "INSERT INTO education_group (id, code, name) VALUES ($1, 'bench', 'bench')",
                group_id,
            )
            await admin.close()
            return await _measure(services, group_id)


async def _measure(services: Services, group_id: UUID) -> list[Row]:
    actor, began = system_actor(group_id), asyncio.Queue[float]()

    @kind("empty")
    async def empty(work: Work) -> None:
        await work.finish(nothing)
        began.put_nowait(time.perf_counter())

    async def nothing(tx: Tx) -> None:
        return

    async def wish(tx: Tx) -> None:
        await enqueue(tx, "empty", {})

    async def each_ms(work: object) -> float:
        """Milliseconds of one of many transactions, by all clients at once."""
        started = time.perf_counter()

        async def client() -> None:
            for _ in range(JOBS // CLIENTS):
                await services.db.run(actor, work)  # type: ignore[arg-type]  # one of the two above

        await asyncio.gather(*(client() for _ in range(CLIENTS)))
        return (time.perf_counter() - started) * 1000 / JOBS

    bare_ms = await each_ms(nothing)
    enqueue_ms = await each_ms(wish)
    worker = Worker(services, Registry([empty]), hands=HANDS)
    started = time.perf_counter()
    await worker.run_until_idle()
    done_ms = (time.perf_counter() - started) * 1000 / worker.done
    while not began.empty():
        began.get_nowait()
    working = asyncio.create_task(worker.run())
    waits_ms = []
    chance = random.Random(1)
    for _ in range(LATENCIES):
        await asyncio.sleep(chance.random() * worker.poll_s)
        await services.db.run(actor, wish)
        committed = time.perf_counter()
        waits_ms.append((await began.get() - committed) * 1000)
    worker.stop()
    await working
    peer = f"an empty transaction, {CLIENTS} clients"
    return [
        Row("enqueue a job in its own transaction", enqueue_ms, peer, bare_ms, "ms"),
        Row(f"take, do and end an empty job, {HANDS} hands", done_ms, peer, bare_ms, "ms"),
        *(
            Row(f"from commit to done, p{share}", percentile(waits_ms, share / 100),
                "the look of an idle worker", worker.poll_s * 1000, "ms")
            for share in (50, 99)
        ),
    ]  # fmt: skip
