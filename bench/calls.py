"""The ten calls of a day over real HTTP, beside the framework's ceiling and the bare SQL.

The API is a process of its own before PostgreSQL and an S3 server; commits reach the disk. Beside
each call, in the same run and turn about: the same framework and server answering a constant as
long as the call's answer, and the statements the call itself sends, in one transaction with the
same parameters through asyncpg (`bench._bare`). The bar: a call's p50 is at most twice the sum.
BENCH_CALLS_RESOURCES: how many resources the group has; BENCH_CALLS_SCHOOLS: how far it grows.
"""

import asyncio
import contextlib
import os
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import msgspec

from bench import Board, percentile
from bench._bare import Bare, connect, heard
from bench._day import Ask, Trio, arrange
from bench._library import build
from bench._wire import Wire
from schoolgroup.app import create_app
from schoolgroup.kernel.stores_common import free_port
from schoolgroup.services import Services
from tests.people import World
from tools.cluster import Cluster

RESOURCES = int(os.environ.get("BENCH_CALLS_RESOURCES", "20000"))
ROUNDS = int(os.environ.get("BENCH_CALLS_ROUNDS", "150"))
WARM_UP = 20


async def measure() -> Board:
    """Ten calls with 35 schools, and again with ten thousand; memory and start of a process."""
    with tempfile.TemporaryDirectory(prefix="schoolgroup-bench-") as folder:
        async with (
            Cluster(Path(folder), apis=1, workers=0) as cluster,
            inside(cluster) as (world, app, services),
            ceiling() as constant,
        ):
            await build(world.sql, world, RESOURCES)
            transport = httpx.ASGITransport(app=app)
            async with httpx.AsyncClient(transport=transport, base_url="http://in") as http:
                trios = await arrange(http, world, services, 10)
                await world.sql.execute("VACUUM ANALYZE")
                since = await world.sql.fetchval("SELECT now()")
                said = await heard(trios[1], http, services)
                walled = Bare(await connect(cluster.settings.database_url), said, since, walls=True)
                plain = Bare(await connect(cluster.admin_url), said, since, walls=False)
                took = await compared(cluster, trios[0], constant, walled, plain)
                board = Board(
                    "calls",
                    [
                        "call",
                        "http p50",
                        "p99",
                        "constant",
                        "sql walled",
                        "sql plain",
                        "x walled",
                        "x plain",
                        "n",
                    ],
                    [],
                    0,
                )
                for name, (ours, flat, w, p) in took.items():
                    o, f = percentile(ours, 0.5), percentile(flat, 0.5)
                    ww, pp = percentile(w, 0.5), percentile(p, 0.5)
                    board.rows.append(
                        [
                            name,
                            f"{o:.2f}",
                            f"{percentile(ours, 0.99):.2f}",
                            f"{f:.2f}",
                            f"{ww:.2f}",
                            f"{pp:.2f}",
                            f"{o / (f + ww):.2f}",
                            f"{o / (f + pp):.2f}",
                            str(walled.count(name)),
                        ]
                    )
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


async def compared(
    cluster: Cluster, trio: Trio, constant: str, *bares: Bare
) -> dict[str, list[list[float]]]:
    """Milliseconds of each call, of its constant, and of its bare statements, turn about."""
    wire, flat = await Wire.to(cluster.api_urls[0]), await Wire.to(constant)
    took: dict[str, list[list[float]]] = {}

    async def over_http(ask: Ask) -> tuple[int, bytes]:
        began = time.perf_counter()
        answer = await wire.ask(ask.method, ask.path, ask.headers, ask.body)
        took.setdefault(ask.name, [[] for _ in range(2 + len(bares))])[0].append(
            (time.perf_counter() - began) * 1000
        )
        return answer

    sql = await asyncpg.connect(cluster.admin_url)
    for turn in range(ROUNDS + WARM_UP):
        if turn == WARM_UP:
            took.clear()
        async for name, size in trio.day(over_http):
            began = time.perf_counter()
            await flat.ask("GET", f"/constant/{size}")
            took[name][1].append((time.perf_counter() - began) * 1000)
        for n, bare in enumerate(bares):
            bare.begin_anew(await sql.fetchval("SELECT now()"))
            for name in took:
                took[name][2 + n].append(await bare.again(name))
    wire.close()
    flat.close()
    return took
