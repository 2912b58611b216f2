"""Search over 1,000,000 resources of 35 schools, as a teacher of a partner school.

Every kind of page is measured with the 20 hits a page has, and once more with 50.
BENCH_SEARCH_SIZE: fewer resources for a quick look. BENCH_SEARCH_DATA: a folder in which the group
is kept and found again (building a million takes a quarter of an hour).
"""

import itertools
import json
import os
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlencode
from uuid import UUID

import asyncpg
import msgspec

from bench import Row, percentile
from bench._library import build
from schoolgroup.access.bundles import shipped_policy
from schoolgroup.app import create_app
from schoolgroup.kernel.bootstrap import inside
from schoolgroup.kernel.context import system_actor
from schoolgroup.kernel.db import Tx
from schoolgroup.kernel.paging import PageRequest
from schoolgroup.resources.search import service
from schoolgroup.resources.search.models import Sort, Wanted
from schoolgroup.running import installation
from schoolgroup.services import Services
from tests.people import Person, World

SIZE = int(os.environ.get("BENCH_SEARCH_SIZE", "1000000"))
DATA = os.environ.get("BENCH_SEARCH_DATA")
LIMITS = (20, 50)  # the page as it is, and as all other lists have it
ROUNDS, WARM_UP = 42, 6
BUDGET_MS, FILTER_TIMES_MAX, API_MS_MAX = 50.0, 1.5, 3.0
NO_PACE = {"reads_per_minute": 1_000_000}
FIRST, R = {"facets": "true"}, Sort.RELEVANCE
CASES: list[tuple[str, dict[str, str], Sort]] = [
    ("no query", FIRST, Sort.NEWEST),
    ("wide word 分数", {"q": "分数", **FIRST}, R),
    ("title word 课件", {"q": "课件", **FIRST}, R),
    ("phrase 分数的意义", {"q": '"分数的意义"', **FIRST}, R),
    ("two words 分数 课件", {"q": "分数 课件", **FIRST}, R),
    ("第37课", {"q": "第37课", **FIRST}, R),
    ("one character 数", {"q": "数", **FIRST}, R),
    ("narrow 三角形 2 filters", {"q": "三角形", "grade": "八年级", "kind": "video", **FIRST}, R),
    ("word of texts only 齐民要术", {"q": "齐民要术", **FIRST}, R),
    ("not there 量子色动力学", {"q": "量子色动力学", **FIRST}, R),
    ("list of 数学 八年级", {"subject": "数学", "grade": "八年级", **FIRST}, Sort.NEWEST),
    ("分数, newest", {"q": "分数", "sort": "newest", **FIRST}, Sort.NEWEST),
    ("分数, most borrowed", {"q": "分数", "sort": "most_borrowed", **FIRST}, Sort.MOST_BORROWED),
    ("can be borrowed", {"can": "borrow", **FIRST}, Sort.NEWEST),
]


class Recorder:
    """A connection that remembers what it was asked."""

    def __init__(self, connection: Any) -> None:
        self.connection, self.asked = connection, list[tuple[str, tuple[Any, ...]]]()

    def __getattr__(self, name: str) -> Any:
        ask = getattr(self.connection, name)
        if name not in ("fetch", "fetchrow", "fetchval", "execute"):
            return ask

        def remember(sql: str, *arguments: Any) -> Any:
            self.asked.append((sql, arguments))
            return ask(sql, *arguments)

        return remember


async def measure() -> list[Row]:
    """p50 and p99 of each case beside its budget, the same without access filter, and raw SQL."""
    with tempfile.TemporaryDirectory() as folder:
        async with installation(Path(DATA or folder), NO_PACE) as settings:
            app = create_app(settings)
            async with app.lifespan():
                services: Services = app.state.services
                sql = await asyncpg.connect(inside(settings.database_admin_url))
                try:
                    reader = await _reader(sql, services)
                    size = await sql.fetchval("SELECT count(*) FROM search_entry")
                    rows = [Row("resources", size, "asked for", size, "")]
                    for limit in LIMITS:
                        for case in CASES:
                            rows += await _measure(app, services, reader, limit, *case)
                        rows += await _deep(app, services, reader, limit, sql)
                    return rows
                finally:
                    await sql.close()


async def _reader(sql: asyncpg.Connection, services: Services) -> Person:
    world = World(sql, services.authenticator)
    if not await sql.fetchval("SELECT count(*) FROM resource"):
        await build(sql, world, SIZE)  # longer than a token lives: signed in afterwards
    held = await sql.fetchrow("SELECT group_id, person_id, id FROM appointment")
    assert held is not None
    await _published(sql, held["group_id"])
    return await world.sign_in(*held)


async def _published(sql: asyncpg.Connection, group_id: UUID) -> None:
    """The policy of this software is in force, also where an older one kept the group."""
    bundle = shipped_policy()
    newest = await sql.fetchrow(
        "SELECT version, sha256 FROM policy_bundle WHERE group_id = $1"
        " ORDER BY version DESC LIMIT 1",
        group_id,
    )
    assert newest is not None
    if newest["sha256"] != bundle.sha256:
        await sql.execute(
            """INSERT INTO policy_bundle
                   (group_id, version, sha256, files, author, approver, note, published_at)
               VALUES ($1, $2, $3, $4, 'test', 'test', 'as shipped', now())""",
            group_id, newest["version"] + 1, bundle.sha256, json.dumps(bundle.texts),
        )  # fmt: skip


async def _measure(
    app: Any, services: Services, reader: Person, limit: int, name: str, asked: dict[str, str],
    sort: Sort, after: list[int] | None = None,
) -> list[Row]:  # fmt: skip
    """One case: through the API, as raw SQL, and as raw SQL without access filter."""
    path = "/v1/resources?" + urlencode({**asked, "limit": limit})
    actor = await services.authenticator.actor_of(reader.headers["Authorization"][7:])
    replays = []
    for who in (actor, system_actor(reader.group_id)):
        async with services.db.transaction(who) as tx:  # what is kept of a scope is kept by now
            await _search(tx, asked, sort, after, limit)
        async with services.db.transaction(who) as tx:
            recorder = Recorder(tx.connection)
            cast("Any", tx).connection = recorder
            await _search(tx, asked, sort, after, limit)
        replays.append(_replay(services, who, recorder.asked))
    ways: list[Callable[[], Awaitable[object]]] = [lambda: _get(app, path, reader), *replays]
    took: list[list[float]] = [[], [], []]
    orders = itertools.cycle(itertools.permutations(range(len(ways))))
    for turn in range(ROUNDS + WARM_UP):
        for at in next(orders):  # each as often after each other one: what was read is warm
            began = time.perf_counter()
            await ways[at]()
            if turn >= WARM_UP:
                took[at].append((time.perf_counter() - began) * 1_000)
    api, raw, free = (percentile(samples, 0.5) for samples in took)
    # turn by turn, as the machine is not equally fast at all times
    added = percentile([one - other for one, other in zip(*took[:2], strict=True)], 0.5)
    return [
        Row(f"{name}, {limit} hits, p50", api, "budget", BUDGET_MS, "ms", 1),
        Row(
            f"{name}, {limit} hits, p99",
            percentile(took[0], 0.99),
            "",
            percentile(took[1], 0.99),
            "ms",
        ),
        Row("  its SQL", raw, "without access filter", free, "ms", round(1 / FILTER_TIMES_MAX, 2)),
        Row("  what the API adds", max(added, 0.001), "may add", API_MS_MAX, "ms", 1),
    ]


async def _search(
    tx: Tx, asked: dict[str, str], sort: Sort, after: list[int] | None, limit: int
) -> Any:
    fields = {k: v for k, v in asked.items() if k not in ("facets", "sort", "cursor")}
    wanted = msgspec.convert(fields, Wanted)
    page = PageRequest(limit=limit, after=after)
    return await service.search(tx, wanted, sort, page, facets="facets" in asked)


def _replay(
    services: Services, who: Any, asked: list[tuple[str, tuple[Any, ...]]]
) -> Callable[[], Awaitable[None]]:
    async def replay() -> None:
        async with services.db.transaction(who) as tx:
            for sql, arguments in asked:
                await tx.connection.fetch(sql, *arguments)

    return replay


async def _get(app: Any, path: str, reader: Person) -> bytes:
    """One request, straight into the application: no client's time is counted."""
    address, _, query = path.partition("?")
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET",
        "scheme": "http", "path": address, "raw_path": address.encode(),
        "query_string": query.encode(), "root_path": "", "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80), "state": {},
        "headers": [(b"authorization", reader.headers["Authorization"].encode())],
    }  # fmt: skip
    said: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        said.append(message)

    await app(scope, receive, send)
    assert said[0]["status"] == 200, said
    return b"".join(m.get("body", b"") for m in said[1:])


async def _deep(
    app: Any, services: Services, reader: Person, limit: int, sql: asyncpg.Connection
) -> list[Row]:
    """A page half way down, with and without a word."""
    rows = []
    middle = await sql.fetchval("SELECT max(no) / 2 FROM search_entry")
    for name, asked in (("deep page", {}), ("deep page of 分数", {"q": "分数", "sort": "newest"})):
        cursor = services.cursors.write("resources/newest", [0, middle])
        rows += await _measure(
            app,
            services,
            reader,
            limit,
            name,
            {**asked, "cursor": cursor},
            Sort.NEWEST,
            [0, middle],
        )
    return rows
