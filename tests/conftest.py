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
from litestar import Litestar
from threadpoolctl import threadpool_limits

from schoolgroup.app import create_app
from schoolgroup.kernel import bootstrap
from schoolgroup.kernel.clock import Clock
from schoolgroup.kernel.pace import UNHURRIED
from schoolgroup.kernel.settings import Settings, read_settings
from schoolgroup.kernel.stores import StoreAddresses, embedded_stores
from schoolgroup.services import Services
from tests.people import World

# Two workers on two cores: threads of the linear algebra would only wait for each other.
threadpool_limits(limits=1, user_api="blas")
SECRET = "a secret for the tests only, of a realistic length"
EMPTY_ALL = """
DO $$
DECLARE t record;
BEGIN
    SET LOCAL session_replication_role = replica;
    FOR t IN SELECT c.oid::regclass AS name FROM pg_class c
              WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace
                AND c.relname NOT IN ('schema_migrations', 'signing_key')
                -- what was never written to, or was vacuumed since, is empty as it is
                AND pg_relation_size(c.oid) > 0 LOOP
        EXECUTE format('DELETE FROM %s', t.name);
    END LOOP;
END $$
"""


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
        database_statements_max=1000,
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
    yield connection
    await connection.close()


@pytest.fixture
async def sql(superuser: asyncpg.Connection) -> asyncpg.Connection:
    """The database's superuser on an empty database: to arrange and to look."""
    await superuser.execute(EMPTY_ALL)
    return superuser


@pytest.fixture
async def world(sql: asyncpg.Connection, services: Services) -> World:
    """An empty group, ready for schools and people."""
    made = World(sql, services.authenticator)
    await made.group()
    return made


@pytest.fixture
async def http(app: Litestar, sql: asyncpg.Connection) -> AsyncIterator[httpx.AsyncClient]:
    """A client that speaks to the application; nobody is signed in."""
    transport = httpx.ASGITransport(app=cast("Any", app), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        yield client
