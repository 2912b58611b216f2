"""The real application on a real port, behind a front that can put off, refuse and lose answers."""

from collections.abc import AsyncIterator, Callable
from typing import Any

import anyio.to_thread
import pytest
import uvicorn
from litestar import Litestar

from schoolgroup.access.passwords import hash_password
from schoolgroup.client import Patience
from schoolgroup.listening import listening
from tests.people import Person, World

PASSWORD = "several words of mine"
QUICK = Patience(attempts=4, first_s=0.01, longest_s=0.05, total_s=20.0)


class Front:
    """Passes requests on, unless `plan` says otherwise: a status to answer, or "lose"."""

    def __init__(self, app: Any) -> None:
        self.app = app
        self.plan: list[int | str] = []
        self.only = ""
        self.seen: list[tuple[str, str, dict[str, str]]] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        headers = {k.decode().lower(): v.decode() for k, v in scope["headers"]}
        self.seen.append((scope["method"], scope["path"], headers))
        planned = self.plan.pop(0) if self.plan and self.only in scope["path"] else None
        if planned is None:
            await self.app(scope, receive, send)
        elif planned == "lose":  # it is done, and nobody hears of it
            await self.app(scope, receive, _nowhere)
            told = [(b"content-length", b"100")]
            await send({"type": "http.response.start", "status": 200, "headers": told})
            raise ConnectionResetError("the line broke")
        else:
            told = [(b"retry-after", b"0"), (b"content-type", b"text/html")]
            await send({"type": "http.response.start", "status": planned, "headers": told})
            await send({"type": "http.response.body", "body": b"<p>a proxy says no"})


async def _nowhere(message: Any) -> None:
    """Where a lost answer goes."""


@pytest.fixture(scope="session")
async def standing(app: Litestar) -> AsyncIterator[tuple[Front, str]]:
    front = Front(app)
    config = uvicorn.Config(front, log_level="critical", lifespan="off", ws="none")
    async with listening(config, "127.0.0.1", 0, start_s=10, stop_s=10) as (_, port):
        yield front, f"http://127.0.0.1:{port}"


@pytest.fixture
def front(standing: tuple[Front, str]) -> Front:
    standing[0].plan, standing[0].only, standing[0].seen = [], "", []
    return standing[0]


@pytest.fixture
def address(standing: tuple[Front, str]) -> str:
    return standing[1]


async def in_thread(work: Callable[[], Any]) -> Any:
    """A blocking client speaks to the server of this very loop."""
    return await anyio.to_thread.run_sync(work)


async def with_password(world: World, person: Person) -> str:
    """Give a person a password; answers the username."""
    await world.sql.execute(
        """INSERT INTO person_credential
               (group_id, person_id, password_hash, must_change, updated_at)
           VALUES ($1, $2, $3, false, now())""",
        person.group_id,
        person.id,
        await hash_password(PASSWORD),
    )
    name: str = await world.sql.fetchval("SELECT username FROM person WHERE id = $1", person.id)
    return name


def token_of(person: Person) -> str:
    return person.headers["Authorization"].removeprefix("Bearer ")
