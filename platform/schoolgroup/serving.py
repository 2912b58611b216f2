"""One HTTP server on an installation, until it is asked to stop."""

import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext

import uvicorn
from litestar import Litestar

from schoolgroup.app import create_app
from schoolgroup.kernel.connections import Limits, make_room, patient, sweeping
from schoolgroup.kernel.crowding import Bounded
from schoolgroup.kernel.settings import Settings
from schoolgroup.listening import listening
from schoolgroup.running import wait_for_signal, working
from schoolgroup.telling import observed, telling

START_S = 30.0
STOP_S = 10


@asynccontextmanager
async def serving(settings: Settings, app: Litestar | None = None) -> AsyncIterator[str]:
    """The API (`app`, else a new one) on its host and port (port 0: any free one); its address."""
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
    at = (config, settings.host, settings.port)
    async with (
        listening(*at, start_s=START_S, stop_s=STOP_S + 5) as (server, port),
        sweeping(server.server_state.connections),
    ):
        host = f"[{settings.host}]" if ":" in settings.host else settings.host
        yield f"http://{host}:{port}"


async def run_until_asked_to_stop(settings: Settings, *, with_worker: bool = False) -> None:
    """Serve until SIGINT or SIGTERM; `with_worker` does the jobs as well."""
    app = create_app(settings)
    gc.freeze()  # it stays for as long as we do: nobody looks through it for garbage
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
