"""Where Prometheus reads this process: a listener of its own, never the door schools knock at.

Off until `metrics_address` is set. It answers whoever reaches it, so it belongs on the loopback
address or on a network only the operator's machines are in; the proxy in front of the API does not
lead there.
"""

from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from importlib.metadata import version
from typing import Any

import uvicorn
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from schoolgroup.kernel.db import Database
from schoolgroup.kernel.observe import traces
from schoolgroup.kernel.observe.logs import write_log_lines
from schoolgroup.kernel.observe.metrics import LIVING, REGISTRY
from schoolgroup.kernel.observe.vitals import VitalSigns
from schoolgroup.kernel.settings import Settings
from schoolgroup.listening import listening

START_S, STOP_S = 10.0, 2.0
Late = Callable[[], Sequence[str]]  # the parts of this process that no longer come round


class Teller:
    """The little application behind the listener: `/metrics`, and `/healthz` for a worker."""

    def __init__(self, database: Callable[[], Database], late: Late) -> None:
        self._database = database
        self._late = late
        self._signs: VitalSigns | None = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        status, kind, body = 404, "text/plain; charset=utf-8", b"see /metrics\n"
        if scope["path"] == "/metrics" and scope["method"] == "GET":
            status, kind, body = 200, CONTENT_TYPE_LATEST, await self.metrics()
        elif scope["path"] == "/healthz":
            late = self._late()
            status, body = (503, f"hangs: {', '.join(late)}\n".encode()) if late else (200, b"ok\n")
        headers = [(b"content-type", kind.encode()), (b"cache-control", b"no-store")]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    async def metrics(self) -> bytes:
        """Every number of this process and what is true of the installation."""
        if self._signs is None:
            self._signs = VitalSigns(self._database())
        LIVING.vitals = await self._signs.read()
        return generate_latest(REGISTRY)


@contextmanager
def observed(settings: Settings) -> Iterator[None]:
    """This process writes log lines, and makes spans where that is wished for.

    Raises TracesRefused where the libraries for that are not installed.
    """
    write_log_lines(settings.log_level)
    if not settings.otlp_endpoint:
        yield
        return
    stop = traces.start(settings.otlp_endpoint, settings.trace_share, version("schoolgroup"))
    try:
        yield
    finally:
        stop()


@asynccontextmanager
async def telling(
    address: str, database: Callable[[], Database], late: Late = list
) -> AsyncIterator[str]:
    """Answer scrapes at `address` (host:port, port 0 for any) while within; gives where.

    `/healthz` answers 503 as long as `late` names parts of this process.
    An empty address listens nowhere, and gives an empty text. Raises OSError where it is taken.
    """
    if not address:
        yield ""
        return
    host, _, port = address.rpartition(":")
    config = uvicorn.Config(
        Teller(database, late), log_config=None, log_level="warning",
        access_log=False, lifespan="off", server_header=False,
        limit_concurrency=20, timeout_graceful_shutdown=1,
    )  # fmt: skip
    at = (config, host, int(port))
    async with listening(*at, start_s=START_S, stop_s=STOP_S) as (_, chosen):
        yield f"http://{host}:{chosen}/metrics"
