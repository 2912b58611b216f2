"""Real PostgreSQL, a real S3 server and the real application, once per test session.

Tests commit for real; rows are deleted before each test. The application logs in as its ordinary
role, so row-level security is in force in every test.
"""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any, cast

import asyncpg
import httpx
import pytest
from hypothesis.internal.conjecture import providers
from litestar import Litestar
from threadpoolctl import threadpool_limits

from schoolgroup.app import create_app
from schoolgroup.kernel import bootstrap
from schoolgroup.kernel.clock import Clock
from schoolgroup.kernel.pace import UNHURRIED
from schoolgroup.kernel.settings import Settings, read_settings
from schoolgroup.kernel.stores import StoreAddresses, embedded_stores
from schoolgroup.services import Services
from tests.people import World, keep_bundle

# Two workers on two cores: threads of the linear algebra would only wait for each other.
threadpool_limits(limits=1, user_api="blas")
# What is drawn follows from the seed alone: not also from every constant in our sources, which
# Hypothesis would read all of at each start.
vars(providers)["is_local_module_file"] = lambda path: False
SECRET = "a secret for the tests only, of a realistic length"
TABLES = """
SELECT array_agg(c.oid::regclass::text ORDER BY c.oid) FROM pg_class c
 WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace
   AND c.relname NOT IN ('schema_migrations', 'signing_key')
"""


class Broom:
    """Empties every table, as the superuser for whom no trigger fires.

    On a connection of its own, in a function of fixed statements: none is planned twice.
    """

    def __init__(self, connection: asyncpg.Connection) -> None:
        self.connection = connection
        self.tables: list[str] = []

    async def sweep(self) -> None:
        tables = await self.connection.fetchval(TABLES)
        if tables != self.tables:  # a test may have brought one along
            lines = "".join(f"DELETE FROM {table}; " for table in tables)
            await self.connection.execute(
                "CREATE OR REPLACE FUNCTION pg_temp.sweep() RETURNS void LANGUAGE plpgsql"
                f" AS $$ BEGIN {lines} END $$"
            )
            self.tables = tables
        await self.connection.execute("SELECT pg_temp.sweep()")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long tests begin first, so that the last minute is not one process waiting for the other."""
    items.sort(key=lambda item: item.get_closest_marker("long") is None)


@pytest.fixture(scope="session")
def anyio_backend():
    return "asyncio"


@pytest.fixture(scope="session")
async def stores(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[StoreAddresses]:
    async with embedded_stores(tmp_path_factory.mktemp("stores"), durable=False) as addresses:
        yield addresses


@pytest.fixture(scope="session")
async def settings(stores: StoreAddresses) -> Settings:
    admin = stores.database_admin_url
    app_url = bootstrap.role_url(admin, bootstrap.APPLICATION, "app password")
    migrate_url = bootstrap.role_url(admin, bootstrap.MIGRATOR, "migrator password")
    await bootstrap.prepare_server(admin, app_url, migrate_url)
    await bootstrap.migrate(migrate_url)
    await bootstrap.seal_context_key(migrate_url, SECRET)
    return read_settings(
        {},
        secret=SECRET,
        database_url=app_url,
        database_migrate_url=migrate_url,
        database_admin_url=admin,
        database_pool_max=20,
        s3_endpoint=stores.s3_endpoint,
        s3_access_key=stores.s3_access_key,
        s3_secret_key=stores.s3_secret_key,
        s3_region=stores.s3_region,
        s3_secure=stores.s3_secure,
        **UNHURRIED,
    )


@pytest.fixture(scope="session")
def whole_clock() -> Clock:
    return Clock()


@pytest.fixture(scope="session")
async def app(settings: Settings, whole_clock: Clock) -> AsyncIterator[Litestar]:
    application = create_app(settings, whole_clock)
    async with application.lifespan():
        services: Services = application.state.services
        await services.storage.make_bucket()
        yield application


@pytest.fixture
def clock(whole_clock: Clock):
    """The application's clock: jump it; it is set right again afterwards."""
    yield whole_clock
    whole_clock.offset = timedelta()


@pytest.fixture
def services(app: Litestar) -> Services:
    return app.state.services


@pytest.fixture(scope="session")
async def superuser(settings: Settings) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(bootstrap.inside(settings.database_admin_url))
    await keep_bundle(connection)
    yield connection
    await connection.close()


@pytest.fixture(scope="session")
async def broom(settings: Settings) -> AsyncIterator[Broom]:
    connection = await asyncpg.connect(
        bootstrap.inside(settings.database_admin_url),
        server_settings={"session_replication_role": "replica"},
    )
    yield Broom(connection)
    await connection.close()


@pytest.fixture
async def sql(superuser: asyncpg.Connection, broom: Broom) -> asyncpg.Connection:
    """The database's superuser on an empty database: to arrange and to look."""
    await broom.sweep()
    return superuser


@pytest.fixture
async def world(sql: asyncpg.Connection, services: Services) -> World:
    """An empty group, ready for schools and people."""
    made = World(sql, services.authenticator, bundle_kept=True)
    await made.group()
    return made


@pytest.fixture
async def http(app: Litestar, sql: asyncpg.Connection) -> AsyncIterator[httpx.AsyncClient]:
    """A client that speaks to the application; nobody is signed in."""
    transport = httpx.ASGITransport(app=cast("Any", app), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        yield client
