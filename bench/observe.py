"""What it costs to watch a request: its metrics, its log line, its spans, each of its statements.

In one process without a network and a database, against the same application that watches nothing;
the kinds take turns, and the best round of each is told, as the rest is what else the machine did.
"""

import time
from collections.abc import Awaitable, Callable
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from litestar import Litestar, get
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult

from bench import Row
from schoolgroup.kernel.ids import new_id
from schoolgroup.kernel.observe import logs, traces
from schoolgroup.kernel.observe.requests import WatchedApplication
from schoolgroup.kernel.observe.statements import WatchedConnection

ROUNDS, REQUESTS, STATEMENTS = 30, 200, 2000
SCHOOL = UUID(int=7)
SQL = "SELECT 1"


class Nowhere(SpanExporter):
    """Takes spans and keeps none: sending them is another thread's work."""

    def export(self, spans: Any) -> SpanExportResult:
        """Forget them."""
        return SpanExportResult.SUCCESS


@get("/v1/things/{number:int}")
async def constant(number: int) -> dict[str, int]:
    """As little as an answer can be."""
    return {"number": number}


async def requests(app: Litestar) -> float:
    """Microseconds of one request, over many."""
    actor = SimpleNamespace(name=f"person:{new_id()}", school_id=SCHOOL, group_id=None)

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(_: object) -> None:
        return

    began = time.perf_counter()
    for number in range(REQUESTS):
        path = f"/v1/things/{number}"
        scope = {
            "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET",
            "scheme": "http", "path": path, "raw_path": path.encode(), "query_string": b"",
            "root_path": "", "headers": [(b"host", b"bench")], "client": ("127.0.0.1", 1),
            "server": ("127.0.0.1", 80), "state": {"actor": actor},
        }  # fmt: skip
        await app(scope, receive, send)  # type: ignore[arg-type]  # as a server calls it
    return (time.perf_counter() - began) / REQUESTS * 1e6


async def statements(watched: bool) -> float:
    """Microseconds of one statement that answers at once, over many."""
    connection: Any = SimpleNamespace(slow_s=0.2, _tell=None)

    async def answer() -> list[int]:
        return [1]

    began = time.perf_counter()
    for _ in range(STATEMENTS):
        if watched:
            await WatchedConnection._watch(connection, SQL, answer())
        else:
            await answer()
    return (time.perf_counter() - began) / STATEMENTS * 1e6


async def measure() -> list[Row]:
    """The cost of each, in µs a request and µs a statement."""
    bare, watched = Litestar([constant]), WatchedApplication([constant])
    best: dict[str, float] = {}

    async def turn(what: str, work: Callable[[], Awaitable[float]], traced: bool = False) -> None:
        stop = traces.start("", 1.0, "bench", Nowhere()) if traced else None
        try:
            best[what] = min(best.get(what, float("inf")), await work())
        finally:
            if stop is not None:
                stop()

    with open("/dev/null", "w", encoding="utf-8") as nowhere:  # noqa: ASYNC230 - never waits
        for _ in range(ROUNDS):
            logs.write_log_lines("warning", nowhere)
            await turn("bare", lambda: requests(bare))
            await turn("metrics", lambda: requests(watched))
            logs.write_log_lines("info", nowhere)
            await turn("lines", lambda: requests(watched))
            await turn("spans", lambda: requests(watched), traced=True)
            await turn("statement", lambda: statements(False))
            await turn("statement timed", lambda: statements(True))
            await turn("statement span", lambda: statements(True), traced=True)
    base, plain = best["bare"], best["statement"]
    beside = "the same request, unwatched"
    return [
        Row("metrics of a request", best["metrics"] - base, beside, base, "µs"),
        Row("its log line", best["lines"] - best["metrics"], beside, base, "µs"),
        Row("its span, where traces are on", best["spans"] - best["lines"], beside, base, "µs"),
        Row("each statement timed", best["statement timed"] - plain, "awaiting it", plain, "µs"),
        Row("its span, where traces are on", best["statement span"] - best["statement timed"],
            "awaiting it", plain, "µs"),
    ]  # fmt: skip
