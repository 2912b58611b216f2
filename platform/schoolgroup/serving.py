"""One HTTP server on an installation, until it is asked to stop."""

import asyncio
import resource
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext

import uvicorn
from litestar import Litestar
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from schoolgroup.app import create_app
from schoolgroup.kernel.settings import Settings
from schoolgroup.running import wait_for_signal, working
from schoolgroup.telling import observed, telling

START_S = 30.0
STOP_S = 10
HEADERS_S = 20.0  # from a connection's beginning, or its last answer, to a request's whole head
CONNECTIONS_MAX = 15_000  # open at once, whether they say anything or not


class PatientProtocol(HttpToolsProtocol):
    """HTTP/1.1 whose patience ends: who does not send a whole head in time is let go.

    The server itself waits for ever for a first byte, or for the rest of a head.
    """

    _waiting: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as the library's
        """A head is now waited for."""
        super().connection_made(transport)
        self._wait()

    def on_headers_complete(self) -> None:
        """It has come."""
        self._wait_no_longer()
        super().on_headers_complete()

    def on_response_complete(self) -> None:
        """The next one is waited for."""
        super().on_response_complete()
        if not self.transport.is_closing():
            self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nobody is waited for."""
        self._wait_no_longer()
        super().connection_lost(exc)

    def _wait(self) -> None:
        self._wait_no_longer()
        self._waiting = self.loop.call_later(HEADERS_S, self._let_go)

    def _wait_no_longer(self) -> None:
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None

    def _let_go(self) -> None:
        busy = self.cycle is not None and not self.cycle.response_complete
        if not busy and not self.transport.is_closing():
            self.transport.close()


def raise_file_limit() -> None:
    """Let this process open as many files as the system allows: a connection is one."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != hard:
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


class Server(uvicorn.Server):
    """One HTTP server inside our own loop; signals are ours to handle."""

    def install_signal_handlers(self) -> None:
        """None: whoever runs us decides when to stop."""


@asynccontextmanager
async def serving(settings: Settings, app: Litestar | None = None) -> AsyncIterator[str]:
    """The API (`app`, else a new one) on its host and port (port 0: any free one); its address."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((settings.host, settings.port))
    config = uvicorn.Config(
        app or create_app(settings),
        log_level="warning",
        log_config=None,  # lines are written in one way, by `observed`
        access_log=False,  # the application tells of each request itself
        lifespan="on",
        timeout_keep_alive=30,
        timeout_graceful_shutdown=STOP_S,
        http=PatientProtocol,
        limit_concurrency=CONNECTIONS_MAX,
        h11_max_incomplete_event_size=64 * 1024,
        server_header=False,
    )
    server = Server(config)
    task = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        async with asyncio.timeout(START_S):
            while not server.started:
                if task.done():
                    await task
                    raise RuntimeError("the server ended before it had started")
                await asyncio.sleep(0.02)
        host, port = listener.getsockname()[:2]
        yield f"http://{host}:{port}"
    finally:
        server.should_exit = True
        await asyncio.wait([task], timeout=STOP_S + 5)
        listener.close()


async def run_until_asked_to_stop(settings: Settings, *, with_worker: bool = False) -> None:
    """Serve until SIGINT or SIGTERM; `with_worker` does the jobs as well."""
    app = create_app(settings)
    raise_file_limit()
    with observed(settings):
        async with (
            working(settings) if with_worker else nullcontext(),
            serving(settings, app) as address,
            telling(settings.metrics_address, lambda: app.state.services.db),
        ):
            print(f"Schoolgroup is up: {address}  (API docs: {address}/docs)", flush=True)  # noqa: T201
            await wait_for_signal()
