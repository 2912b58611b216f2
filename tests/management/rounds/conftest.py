import httpx
import pytest

from tests.management.rounds.tour import Tour
from tests.people import World


@pytest.fixture
async def tour(http: httpx.AsyncClient, world: World) -> Tour:
    return await Tour(http, world).prepare()
