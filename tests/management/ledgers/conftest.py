import httpx
import pytest

from tests.management.ledgers.book import Book
from tests.people import World


@pytest.fixture
async def book(http: httpx.AsyncClient, world: World) -> Book:
    return await Book(http, world).begin()
