"""Whether this process lives and is ready to work."""

from typing import Any

import msgspec
from litestar import Response, get
from litestar.di import NamedDependency

from schoolgroup.kernel.context import system_actor
from schoolgroup.kernel.errors import Unavailable
from schoolgroup.kernel.http import PUBLIC
from schoolgroup.kernel.pace import OWN

PROBED = {**PUBLIC, "pace": OWN}  # whoever watches is never told to come later


class Health(msgspec.Struct):
    """Which parts answer."""

    status: str
    parts: dict[str, str] = {}


@get("/healthz", opt=PROBED, operation_id="health", tags=["service"], summary="Is it alive?")
async def healthz() -> Health:
    """The process lives."""
    return Health("ok")


@get("/readyz", opt=PROBED, operation_id="readiness", tags=["service"], summary="Is it ready?")
async def readyz(services: NamedDependency[Any]) -> Response[Health]:
    """Database and object store answer; 503 names the part that does not."""
    parts = {"database": "ok", "store": "ok"}
    try:
        async with services.db.transaction(system_actor(None)):
            pass
    except Unavailable:
        parts["database"] = "unavailable"
    try:
        await services.storage.make_bucket()
    except Unavailable:
        parts["store"] = "unavailable"
    ready = set(parts.values()) == {"ok"}
    return Response(
        Health("ok" if ready else "unavailable", parts), status_code=200 if ready else 503
    )


ROUTES = [healthz, readyz]
