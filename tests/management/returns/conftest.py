import httpx
import pytest

from tests.management.returns.desk import Desk
from tests.people import World


@pytest.fixture
async def desk(http: httpx.AsyncClient, world: World) -> Desk:
    """An office and three schools: two integrated ones and a partner."""
    made = Desk(http, world, await world.person(None, "group_admin"))
    for name, tier in (("一中", "integrated"), ("二中", "integrated"), ("三中", "partner")):
        await made.enrol(name, tier)
    return made
