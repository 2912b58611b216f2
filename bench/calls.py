"""A borrower's ten calls over real HTTP, beside the framework's ceiling and the bare SQL.

The API is a process of its own before PostgreSQL and an S3 server; commits reach the disk. Beside
each call, in the same run and turn about: the same framework and server answering a constant as
long as the call's answer, and the call's own statements in one transaction as the database's
superuser (no walls, no signature, nobody asked who they are) on one connection. The bar: a call's
p50 is at most twice the sum of both. BENCH_CALLS_RESOURCES: how many resources the group has.
"""

import asyncio
import contextlib
import os
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any, cast
from urllib.parse import quote
from uuid import UUID, uuid4

import asyncpg
import httpx
import msgspec
import psutil

from bench import Row, percentile
from bench._library import build
from bench._wire import Wire
from schoolgroup.app import create_app
from schoolgroup.kernel.ids import new_id
from schoolgroup.services import Services
from tests.people import Person, World
from tests.resources.lending.shelf import shelve
from tools.cluster import Cluster

RESOURCES = int(os.environ.get("BENCH_CALLS_RESOURCES", "20000"))
ROUNDS, WARM_UP = 150, 20
AT_ONCE, EACH = 8, 60
SCHOOLS = 10_000
TIMES_MIN = 0.5  # at most twice as long
GROW = """
WITH made AS (
    INSERT INTO school (group_id, id, code, name, stages, created_at, updated_at)
    SELECT $1, gen_random_uuid(), 'G' || n, '第' || n || '校', '{junior}', now(), now()
      FROM generate_series(1, $2::int) AS n
    RETURNING group_id, id)
INSERT INTO school_tier (group_id, id, school_id, tier, from_on)
SELECT group_id, gen_random_uuid(), id, 'integrated', date '2020-01-01' FROM made
"""
DOOR = ("SELECT app.begin", "BEGIN", "COMMIT", "ROLLBACK", "SET ", "SELECT set_config", "SAVEPOINT",
        "RELEASE")  # fmt: skip

Ask = tuple[str, str, str, dict[str, str], bytes]  # name, method, path, headers, body


class Borrower:
    """Somebody who borrows, reads and gives back, again and again."""

    def __init__(self, who: Person, resource_id: UUID, offer_id: str) -> None:
        self.headers = who.headers
        self.resource_id, self.offer_id, self.loan_id = resource_id, offer_id, ""

    async def day(
        self, ask: Callable[[Ask], Awaitable[tuple[int, bytes]]]
    ) -> AsyncIterator[tuple[str, int]]:
        """The ten calls in the order they are made; of each its name and its answer's length."""
        word = quote("分数")
        for name, method, path in (
            ("who am I", "GET", "/v1/me"),
            ("search, first page", "GET", f"/v1/resources?q={word}&facets=true"),
            ("a resource", "GET", f"/v1/resources/{self.resource_id}"),
            ("its offers", "GET", f"/v1/resources/{self.resource_id}/offers"),
            ("borrow", "POST", f"/v1/offers/{self.offer_id}/borrow"),
            ("my loans", "GET", "/v1/loans"),
            ("a loan", "GET", "/v1/loans/LOAN"),
            ("its file: a link", "GET", "/v1/loans/LOAN/files/1"),
            ("give back", "POST", "/v1/loans/LOAN/return"),
            ("inbox", "GET", "/v1/inbox"),
        ):
            headers = dict(self.headers)
            if method == "POST":
                headers |= {"Idempotency-Key": str(uuid4()), "Content-Type": "application/json"}
            body = b"{}" if name == "borrow" else b""
            status, said = await ask(
                (name, method, path.replace("LOAN", self.loan_id), headers, body)
            )
            if status not in (200, 201, 307):
                raise AssertionError(f"{name}: {status} {said[:400]!r}")
            if name == "borrow":
                self.loan_id = str(msgspec.json.decode(said)["loan"]["id"])
            yield name, len(said)


async def measure() -> list[Row]:
    """Ten calls with 35 schools, and again with ten thousand; memory and start of a process."""
    with tempfile.TemporaryDirectory(prefix="schoolgroup-bench-") as folder:
        async with (
            Cluster(Path(folder), apis=1, workers=0) as cluster,
            inside(cluster) as (world, app, services),
            ceiling() as constant,
        ):
            await build(world.sql, world, RESOURCES)
            school = await world.school("借阅学校")
            shelf = await shelve(world, services)
            transport = httpx.ASGITransport(app=app)
            async with httpx.AsyncClient(transport=transport, base_url="http://inside") as http:
                offer = await shelf.offer(http, seats=100)
                people = [await world.person(school, "teacher") for _ in range(AT_ONCE + 1)]
                borrowers = [Borrower(who, shelf.resource_id, offer["id"]) for who in people]
                few = await compared(cluster, borrowers[0], http, services, world.sql, constant)
                rows = [
                    Row(f"{name}, p50", ours, "constant + bare SQL", peer, "ms", TIMES_MIN)
                    for name, (ours, _, peer) in few.items()
                ]
                rows += [
                    Row(f"{name}, p99", p99, "2 × constant + bare SQL, p50", 2 * peer, "ms")
                    for name, (_, p99, peer) in few.items()
                ]
                rows += await crowded(cluster, borrowers[1:], constant)
                rows += await process(cluster)
                await world.sql.execute(GROW, world.group_id, SCHOOLS)
                await world.sql.execute("ANALYZE")
                many = await compared(cluster, borrowers[0], http, services, world.sql, constant)
                rows += [
                    Row(f"{name}, {SCHOOLS:,} schools, p50", ours, "35 schools", few[name][0], "ms")
                    for name, (ours, _, _) in many.items()
                ]
                return rows


@contextlib.asynccontextmanager
async def inside(cluster: Cluster) -> AsyncIterator[tuple[World, Any, Services]]:
    """The same installation from within this process, to fill it and to hear its statements."""
    app = create_app(msgspec.structs.replace(cluster.settings, database_pool_max=1))
    async with app.lifespan():
        sql = await asyncpg.connect(cluster.admin_url)
        try:
            world = World(sql, app.state.services.authenticator)
            yield world, app, app.state.services
        finally:
            await sql.close()


@contextlib.asynccontextmanager
async def ceiling() -> AsyncIterator[str]:
    """The address of the process that answers constants."""
    from schoolgroup.kernel.stores_common import free_port

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


async def compared(
    cluster: Cluster, who: Borrower, http: httpx.AsyncClient, services: Services,
    sql: asyncpg.Connection, constant: str,
) -> dict[str, tuple[float, float, float]]:  # fmt: skip
    """Of each call: its p50 and p99, and the p50 of the constant and the bare SQL together."""
    bare = await Bare.heard(who, http, services, sql)
    wire, flat = await Wire.to(cluster.api_urls[0]), await Wire.to(constant)
    took: dict[str, list[list[float]]] = {}

    async def over_http(ask: Ask) -> tuple[int, bytes]:
        began = time.perf_counter()
        answer = await wire.ask(*ask[1:])
        took.setdefault(ask[0], [[], [], []])[0].append((time.perf_counter() - began) * 1000)
        return answer

    for turn in range(ROUNDS + WARM_UP):
        if turn == WARM_UP:
            took.clear()
        bare.begin_anew()
        async for name, size in who.day(over_http):
            began = time.perf_counter()
            await flat.ask("GET", f"/constant/{size}")
            between = time.perf_counter()
            await bare.again(name)
            took[name][1].append((between - began) * 1000)
            took[name][2].append((time.perf_counter() - between) * 1000)
    wire.close()
    flat.close()
    return {
        name: (
            percentile(ours, 0.5),
            percentile(ours, 0.99),
            percentile(flat_ms, 0.5) + percentile(bare_ms, 0.5),
        )
        for name, (ours, flat_ms, bare_ms) in took.items()
    }


class Bare:
    """The statements of each call, asked again as the superuser, new rows under new ids."""

    def __init__(self, sql: asyncpg.Connection, heard: dict[str, list[tuple[str, Any]]]) -> None:
        self._sql, self._heard = sql, heard
        self._born_ms = 0
        self._new: dict[str, str] = {}

    @classmethod
    async def heard(
        cls, who: Borrower, http: httpx.AsyncClient, services: Services, sql: asyncpg.Connection
    ) -> "Bare":
        """One day of the borrower, listened to."""
        heard: dict[str, list[tuple[str, Any]]] = {}
        now = ""
        spoken: tuple[str, str] = ("", "")

        def listen(said: asyncpg.connection.LoggedQuery) -> None:
            nonlocal spoken
            if said.query.startswith("SELECT app.begin"):
                spoken = (said.args[0], said.args[1])
            if not said.query.lstrip().startswith(DOOR):
                heard.setdefault(now, []).append((said.query, tuple(said.args)))

        async def ask(one: Ask) -> tuple[int, bytes]:
            nonlocal now
            now, method, path, headers, body = one
            answer = await http.request(method, path, headers=headers, content=body)
            return answer.status_code, answer.content

        async for _ in who.day(ask):  # what is kept is kept by now
            pass
        async with services.db.pool.acquire() as connection:
            cast("Any", connection).add_query_logger(listen)
        heard.clear()
        made = cls(sql, heard)
        made._born_ms = new_id().int >> 80
        async for _ in who.day(ask):
            pass
        async with services.db.pool.acquire() as connection:
            cast("Any", connection).remove_query_logger(listen)
        await sql.execute(
            "SELECT set_config('app.context', $1, false), set_config('app.mac', $2, false)", *spoken
        )
        return made

    def begin_anew(self) -> None:
        """Forget the ids of the last day."""
        self._new = {}

    async def again(self, name: str) -> None:
        """The statements of one call, in one transaction that is committed."""
        async with self._sql.transaction():
            for statement, arguments in self._heard.get(name, []):
                await self._sql.fetch(statement, *(self._renewed(value) for value in arguments))

    def _renewed(self, value: Any) -> Any:
        """Ids and keys that were made by the call are made anew, the same all day."""
        if isinstance(value, UUID):
            if value.int >> 80 < self._born_ms or value.version not in (4, 7):
                return value
            return UUID(self._new.setdefault(str(value), str(new_id())))
        if isinstance(value, str) and len(value) == 36 and value.count("-") == 4:
            return self._new.setdefault(value, str(new_id()))
        return value


async def crowded(cluster: Cluster, people: list[Borrower], constant: str) -> list[Row]:
    """Requests per second of eight borrowers at once, shown as milliseconds for a thousand."""
    wires = [await Wire.to(cluster.api_urls[0]) for _ in people]

    async def live(who: Borrower, wire: Wire) -> int:
        made = 0
        for _ in range(EACH // 10):
            async for _ in who.day(lambda ask: wire.ask(*ask[1:])):
                made += 1
        return made

    async def read(wire: Wire) -> int:
        for _ in range(EACH * 4):
            await wire.ask("GET", "/constant/2000")
        return EACH * 4

    began = time.perf_counter()
    made = sum(await asyncio.gather(*map(live, people, wires)))
    ours_s = (time.perf_counter() - began) / made
    flats = [await Wire.to(constant) for _ in people]
    began = time.perf_counter()
    count = sum(await asyncio.gather(*map(read, flats)))
    flat_s = (time.perf_counter() - began) / count
    for wire in (*wires, *flats):
        wire.close()
    what = f"{AT_ONCE} borrowers at once: {1 / ours_s:,.0f} calls/s beside {1 / flat_s:,.0f}/s"
    return [Row(what, ours_s * 1e6, "constant", flat_s * 1e6, "ms for 1,000")]


async def process(cluster: Cluster) -> list[Row]:
    """Memory of an API process that has worked, and how long a new one takes to be ready."""
    memory = psutil.Process(cluster.pid("api1")).memory_info().rss / 2**20
    await cluster.kill("api1")
    began = time.perf_counter()
    await cluster.start("api1")
    ready_s = time.perf_counter() - began
    return [
        Row("memory of an API process", memory, "limit", 1024, "MiB", 1),
        Row("an API process starts", ready_s, "limit", 15, "s", 1),
    ]
