"""What the benches of features stand on: a fresh installation, and people of a small group."""

import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg
import msgspec
from litestar import Litestar

from schoolgroup.app import create_app
from schoolgroup.kernel import bootstrap
from schoolgroup.kernel.pace import UNHURRIED
from schoolgroup.running import installation
from schoolgroup.services import Services
from tests.people import World


class Ground(msgspec.Struct, frozen=True):
    """An application on empty stores, the database's superuser, and a group to fill."""

    app: Litestar
    services: Services
    sql: asyncpg.Connection
    world: World


@asynccontextmanager
async def ground(pool_max: int = 32, **given: object) -> AsyncIterator[Ground]:
    """An installation that is gone afterwards; commits reach the disk, as they do at a school."""
    with tempfile.TemporaryDirectory(prefix="schoolgroup-bench-") as folder:
        wished = {"database_pool_max": pool_max, **UNHURRIED, **given}
        async with installation(Path(folder), wished) as settings:
            app = create_app(settings)
            async with app.lifespan():
                services: Services = app.state.services
                await services.storage.make_bucket()
                sql = await asyncpg.connect(bootstrap.inside(settings.database_admin_url))
                try:
                    world = World(sql, services.authenticator)
                    await world.group()
                    yield Ground(app, services, sql, world)
                finally:
                    await sql.close()
