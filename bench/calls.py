"""The ten calls of a day over real HTTP, beside the framework's ceiling and the bare SQL.

The API is a process of its own before PostgreSQL and an S3 server; commits reach the disk. Beside
each call, in the same run and turn about: the same framework and server answering a constant as
long as the call's answer, and the statements the call itself sends, in one transaction with the
same parameters through asyncpg (`bench._bare`). The bar: a call's p50 is at most twice the sum.
Then eight at once, and the same calls in a group of 1,000 and of 10,000 schools.
BENCH_CALLS_RESOURCES: how many resources the group has; BENCH_CALLS_ROUNDS: of each call.
"""

import asyncio
import contextlib
import os
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import msgspec
import psutil

from bench import Board, percentile
from bench._bare import Bare, connect, heard
from bench._day import GIVE_BACK, TEN, Ask, Trio, arrange
from bench._library import build
from bench._wire import Wire
from schoolgroup.app import create_app
from schoolgroup.kernel.stores_common import free_port
from schoolgroup.services import Services
from tests.people import World
from tools.cluster import Cluster

RESOURCES = int(os.environ.get("BENCH_CALLS_RESOURCES", "20000"))
ROUNDS = int(os.environ.get("BENCH_CALLS_ROUNDS", "120"))
WARM_UP, ROUNDS_GROWN = 15, 40
AT_ONCE, CROWD_S = 8, 0.8
TIMES_MAX = 2.0
GROWN = (1_000, 10_000)
COLUMNS = [
    "milliseconds", "p50", "p99", "constant", "bare SQL", "times", "at most", "without walls",
    "calls/s", "constants/s", "1,000 schools", "10,000 schools",
]  # fmt: skip
# Schools with a principal and some events each; triggers off, as for a million resources.
GROW = """
SET session_replication_role = replica;
CREATE TEMP TABLE grown AS
SELECT gen_random_uuid() AS id, gen_random_uuid() AS person_id, n
  FROM generate_series($from, $to) AS n;
INSERT INTO school (group_id, id, code, name, stages, created_at, updated_at)
SELECT $group, id, 'G' || n, '第' || n || '校', '{junior}', now(), now() FROM grown;
INSERT INTO school_tier (group_id, id, school_id, tier, from_on)
SELECT $group, gen_random_uuid(), id, 'integrated', date '2020-01-01' FROM grown;
INSERT INTO person (group_id, id, username, name, created_at, updated_at)
SELECT $group, person_id, 'grown-' || n, '校长' || n, now(), now() FROM grown;
INSERT INTO appointment (group_id, id, person_id, school_id, role, from_on, created_at)
SELECT $group, gen_random_uuid(), person_id, id, 'principal', date '2020-01-01', now() FROM grown;
INSERT INTO event (group_id, id, type, subject, owner_school_id, school_ids, data, request_id, at)
SELECT $group, gen_random_uuid(), 'loan.opened', 'loan/' || gen_random_uuid(), id, ARRAY[id], '{}',
       'grown', now() FROM grown, generate_series(1, 10);
DROP TABLE grown;
SET session_replication_role = origin;
VACUUM ANALYZE
"""
COUNT = """
SELECT (SELECT count(*) FROM event) AS event, (SELECT count(*) FROM audit_entry) AS audit_entry,
       (SELECT count(*) FROM loan) AS loan, (SELECT count(*) FROM loan_fetch) AS loan_fetch,
       (SELECT count(*) FROM idempotency_key) AS idempotency_key,
       (SELECT sum(version)::int FROM school_return) AS school_return
"""

Took = dict[str, list[list[float]]]


async def measure() -> Board:
    """Ten calls alone, eight at once, and grown; memory and start of a process."""
    with tempfile.TemporaryDirectory(prefix="schoolgroup-bench-") as folder:
        async with (
            Cluster(Path(folder), apis=1, workers=0) as cluster,
            inside(cluster) as (world, app, services),
            ceiling() as constant,
        ):
            return await _measure(cluster, world, app, services, constant)


async def _measure(
    cluster: Cluster, world: World, app: Any, services: Services, constant: str
) -> Board:
    await build(world.sql, world, RESOURCES)
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://inside") as http:
        trios = await arrange(http, world, services, AT_ONCE + 2)
        said, since = await heard(trios[1], http, services)
    await world.sql.execute("VACUUM ANALYZE")
    walled = Bare(await connect(cluster.settings.database_url), said, since, walls=True)
    plain = Bare(await connect(cluster.admin_url), said, since, walls=False)
    await check(world.sql, cluster, trios[0], walled, plain)
    took = await compared(cluster, trios[0], constant, ROUNDS, world.sql, walled, plain)
    sizes = {name: int(percentile(all_[-1], 0.5)) for name, all_ in took.items()}
    crowds = await crowded(cluster, trios[2:], constant, sizes)
    rss_mib = psutil.Process(cluster.pid("api1")).memory_info().rss / 2**20
    grown = []
    before = await world.sql.fetchval("SELECT count(*) FROM school")
    for schools in GROWN:
        await grow(world, before, schools)
        before = schools
        grown.append(await compared(cluster, trios[0], constant, ROUNDS_GROWN, world.sql))
    await cluster.kill("api1")
    began = time.perf_counter()
    await cluster.start("api1")
    ready_s = time.perf_counter() - began
    board = Board("calls", COLUMNS, [], 0)
    for name in TEN:
        ours, flat, bare, free = (percentile(all_, 0.5) for all_ in took[name][:4])
        times = ours / (flat + bare)
        board.missed += times > TIMES_MAX
        board.rows.append([
            name, f"{ours:.2f}", f"{percentile(took[name][0], 0.99):.2f}", f"{flat:.2f}",
            f"{bare:.2f}", f"{times:.2f}",
            f"{TIMES_MAX:g}" if times <= TIMES_MAX else f"[red]{TIMES_MAX:g} missed[/red]",
            f"{free:.2f}, {ours / (flat + free):.2f} times",
            *(f"{rate:.0f}" for rate in crowds[name]),
            *(f"{percentile(each[name][0], 0.5):.2f}" for each in grown),
        ])  # fmt: skip
    more = [""] * (len(COLUMNS) - 2)
    board.rows.append(["memory of the process", f"{rss_mib:.0f} MiB", *more])
    board.rows.append(["killed, then ready after", f"{ready_s:.1f} s", *more])
    return board


@contextlib.asynccontextmanager
async def inside(cluster: Cluster) -> AsyncIterator[tuple[World, Any, Services]]:
    """The same installation from within this process, to fill it and to hear its statements."""
    app = create_app(msgspec.structs.replace(cluster.settings, database_pool_max=1))
    async with app.lifespan():
        sql = await asyncpg.connect(cluster.admin_url)
        try:
            yield World(sql, app.state.services.authenticator), app, app.state.services
        finally:
            await sql.close()


@contextlib.asynccontextmanager
async def ceiling() -> AsyncIterator[str]:
    """The address of the process that answers constants."""
    port = free_port()
    child = await asyncio.create_subprocess_exec(sys.executable, "-m", "bench._constant", str(port))
    try:
        async with asyncio.timeout(20):
            while True:
                with contextlib.suppress(OSError):
                    (await Wire.to(f"http://127.0.0.1:{port}")).close()
                    break
                await asyncio.sleep(0.05)
        yield f"http://127.0.0.1:{port}"
    finally:
        child.terminate()
        await child.wait()


async def check(sql: asyncpg.Connection, cluster: Cluster, trio: Trio, *bares: Bare) -> None:
    """A replayed day writes as many rows as a day does. Raises AssertionError."""
    wire = await Wire.to(cluster.api_urls[0])

    async def ask(one: Ask) -> tuple[int, bytes]:
        return await wire.ask(one.method, one.path, one.headers, one.body)

    async def written(day: Callable[[], Awaitable[None]]) -> dict[str, int]:
        (before,) = await sql.fetch(COUNT)
        await day()
        (after,) = await sql.fetch(COUNT)
        return {name: n - before[name] for name, n in after.items()}

    async def real() -> None:
        async for _ in trio.day(ask):
            pass

    async def replayed(bare: Bare) -> None:
        bare.begin_anew(await sql.fetchval("SELECT now()"))
        for name in bare.names:
            await bare.again(name)

    await real()  # the first begins the return
    wrote = await written(real)
    for bare in bares:
        again = await written(partial(replayed, bare))
        if again != wrote:
            raise AssertionError(f"a day writes {wrote}, its replay {again}")
    wire.close()


async def compared(
    cluster: Cluster, trio: Trio, constant: str, rounds: int, sql: asyncpg.Connection, *bares: Bare
) -> Took:
    """Milliseconds of each call, its constant, its bare statements, turn about; its bytes."""
    wire, flat = await Wire.to(cluster.api_urls[0]), await Wire.to(constant)
    took: Took = {}

    async def over_http(ask: Ask) -> tuple[int, bytes]:
        began = time.perf_counter()
        answer = await wire.ask(ask.method, ask.path, ask.headers, ask.body)
        kept = took.setdefault(ask.name, [[] for _ in range(3 + len(bares))])
        kept[0].append((time.perf_counter() - began) * 1000)
        return answer

    for turn in range(rounds + WARM_UP):
        if turn == WARM_UP:
            took.clear()
        async for name, size in trio.day(over_http):
            began = time.perf_counter()
            await flat.ask("GET", f"/constant/{size}")
            took[name][1].append((time.perf_counter() - began) * 1000)
            took[name][-1].append(size)
        for n, bare in enumerate(bares):
            bare.begin_anew(await sql.fetchval("SELECT now()"))
            for name in bare.names:
                took[name][2 + n].append(await bare.again(name))
    wire.close()
    flat.close()
    return took


async def crowded(
    cluster: Cluster, trios: Sequence[Trio], constant: str, sizes: dict[str, int]
) -> dict[str, tuple[float, float]]:
    """Of each call: how many a second eight get at once, and how many constants as long."""
    wires = [await Wire.to(cluster.api_urls[0]) for _ in trios]
    flats = [await Wire.to(constant) for _ in trios]

    async def rate(one: Callable[[int], Awaitable[int]]) -> float:
        until = time.perf_counter() + CROWD_S

        async def again(n: int) -> int:
            made = 0
            while time.perf_counter() < until:
                made += await one(n)
            return made

        began = time.perf_counter()
        made = sum(await asyncio.gather(*map(again, range(len(trios)))))
        return made / (time.perf_counter() - began)

    async def ask_all(n: int, only: tuple[str, ...]) -> int:
        wire = wires[n]
        made = 0
        async for _ in trios[n].day(
            lambda one: wire.ask(one.method, one.path, one.headers, one.body), only
        ):
            made += 1
        return made

    async def read(n: int, size: int) -> int:
        await flats[n].ask("GET", f"/constant/{size}")
        return 1

    found: dict[str, tuple[float, float]] = {}
    for n in range(len(trios)):
        await ask_all(n, ())
    for name in TEN:
        # who has borrowed gives back: both are counted; a link needs a loan to be open
        only = {TEN[3]: (TEN[3], GIVE_BACK), TEN[4]: (TEN[4],)}.get(name, (name,))
        if name == TEN[4]:
            for n in range(len(trios)):
                await ask_all(n, (TEN[3],))
        ours = await rate(partial(ask_all, only=only))
        if name == TEN[4]:
            for n in range(len(trios)):
                await ask_all(n, (GIVE_BACK,))
        flat = await rate(partial(read, size=sizes[name]))
        found[name] = (ours, flat)
    for wire in (*wires, *flats):
        wire.close()
    return found


async def grow(world: World, schools: int, to: int) -> None:
    """More schools, until there are so many."""
    script = GROW.replace("$group", f"'{world.group_id}'::uuid")
    script = script.replace("$from", str(schools + 1)).replace("$to", str(to))
    for statement in script.split(";\n"):
        await world.sql.execute(statement, timeout=600)
