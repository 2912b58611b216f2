"""One HTTP server on an installation, until it is asked to stop."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext

import uvicorn
from litestar import Litestar

from schoolgroup.app import create_app
from schoolgroup.kernel.connections import Limits, make_room, patient, sweeping
from schoolgroup.kernel.crowding import Bounded
from schoolgroup.kernel.settings import Settings
from schoolgroup.running import wait_for_signal, working
from schoolgroup.telling import observed, telling

START_S = 30.0
STOP_S = 10


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
    carried = make_room(settings.connections_max)
    limits = Limits(settings.head_s, settings.body_s, settings.unread_s, carried)
    config = uvicorn.Config(
        Bounded(app or create_app(settings), settings.requests_at_once),
        http=patient(limits),
        ws="none",
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=settings.trusted_proxies or None,
        log_level="warning",
        log_config=None,  # lines are written in one way, by `observed`
        access_log=False,  # the application tells of each request itself
        lifespan="on",
        timeout_keep_alive=30,
        timeout_graceful_shutdown=STOP_S,
        backlog=2048,
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
        async with sweeping(server.server_state.connections):
            yield f"http://{host}:{port}"
    finally:
        server.should_exit = True
        await asyncio.wait([task], timeout=STOP_S + 5)
        listener.close()


async def run_until_asked_to_stop(settings: Settings, *, with_worker: bool = False) -> None:
    """Serve until SIGINT or SIGTERM; `with_worker` does the jobs as well."""
    app = create_app(settings)
    with observed(settings):
        async with (
            working(settings) if with_worker else nullcontext() as worker,
            serving(settings, app) as address,
            telling(
                settings.metrics_address,
                lambda: app.state.services.db,
                worker.pulse.late if worker else list,
            ),
        ):
            print(f"Schoolgroup is up: {address}  (API docs: {address}/docs)", flush=True)  # noqa: T201
            await wait_for_signal()
