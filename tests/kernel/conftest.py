"""The notes: the application with the smallest feature there can be, and people who may use it."""

from collections.abc import AsyncIterator
from typing import Any, cast

import asyncpg
import httpx
import pytest
from litestar import Litestar

from schoolgroup.app import create_app
from schoolgroup.kernel.clock import Clock
from schoolgroup.kernel.settings import Settings
from schoolgroup.services import Services
from tests.kernel import notes
from tests.people import Person, World


@pytest.fixture(scope="module")
async def notes_app(
    settings: Settings, whole_clock: Clock, superuser: asyncpg.Connection, app: Litestar
) -> AsyncIterator[Litestar]:
    await notes.make_table(superuser)
    application = create_app(settings, whole_clock, notes.ROUTES)
    async with application.lifespan():
        yield application
    await notes.drop_table(superuser)


@pytest.fixture
def notes_services(notes_app: Litestar) -> Services:
    services: Services = notes_app.state.services
    return services


@pytest.fixture
async def desk(notes_app: Litestar, sql: asyncpg.Connection) -> AsyncIterator[httpx.AsyncClient]:
    """A client that speaks to the notes; nobody is signed in."""
    transport = httpx.ASGITransport(app=cast("Any", notes_app), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        yield client
    notes.GATES.clear()


@pytest.fixture
async def anna(world: World) -> Person:
    """A school administrator of the first school."""
    return await world.person(await world.school("一中"), "school_admin")


@pytest.fixture
async def writer(desk: httpx.AsyncClient, anna: Person) -> httpx.AsyncClient:
    """The same client in Anna's name."""
    desk.headers.update(anna.headers)
    return desk
