"""What the tests of integration share."""

from collections.abc import AsyncIterator

import asyncpg
import pytest

from schoolgroup.kernel import bootstrap
from schoolgroup.kernel.settings import Settings


@pytest.fixture
async def second(settings: Settings, sql: asyncpg.Connection) -> AsyncIterator[asyncpg.Connection]:
    """Another connection of the superuser, whose transactions overlap the first one's."""
    connection = await asyncpg.connect(bootstrap.inside(settings.database_admin_url))
    yield connection
    await connection.close()
