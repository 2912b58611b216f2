"""The statements a call sends, heard once and asked again on one connection through asyncpg.

The same text with the same parameters, in one transaction that is committed, and nothing between
them: no decision, no struct, no request. What the call made (ids, keys, instants) is made anew, so
that a replay writes as much as the call did; `check` in `bench.calls` counts that it does.
"""

import time
from datetime import datetime, timedelta
from typing import Any, cast
from uuid import UUID

import asyncpg
import httpx

from bench._day import Ask, Trio
from schoolgroup.kernel.ids import new_id
from schoolgroup.kernel.pools import prepare_connection
from schoolgroup.services import Services

FRAME = ("BEGIN", "COMMIT", "ROLLBACK")  # the transaction itself, which the replay opens too
STANDING = ("SELECT app.begin", "SET LOCAL", "SELECT set_config")
SPEAK = "SELECT set_config('app.context', $1, false), set_config('app.mac', $2, false)"

Said = tuple[str, tuple[Any, ...]]


async def connect(url: str) -> asyncpg.Connection:
    """A connection as the application has them."""
    connection = await asyncpg.connect(url, server_settings={"jit": "off"})
    await prepare_connection(connection)
    return connection


async def heard(
    trio: Trio, http: httpx.AsyncClient, services: Services
) -> tuple[dict[str, list[Said]], datetime]:
    """What each call of one day of the trio says to the database, and when that day began.

    The pool has one connection.
    """
    said: dict[str, list[Said]] = {}
    now = ""

    def listen(one: asyncpg.connection.LoggedQuery) -> None:
        if not one.query.lstrip().startswith(FRAME):
            said.setdefault(now, []).append((one.query, tuple(one.args)))

    async def ask(one: Ask) -> tuple[int, bytes]:
        nonlocal now
        now = one.name
        answer = await http.request(one.method, one.path, headers=one.headers, content=one.body)
        return answer.status_code, answer.content

    async for _ in trio.day(ask):  # what is kept in the process is kept by now
        pass
    async with services.db.pool.acquire() as connection:
        since: datetime = await connection.fetchval("SELECT now()")
        cast("Any", connection).add_query_logger(listen)
    async for _ in trio.day(ask):
        pass
    async with services.db.pool.acquire() as connection:
        cast("Any", connection).remove_query_logger(listen)
    return said, since


class Bare:
    """The statements of a day's calls on a connection of their own."""

    def __init__(
        self, connection: asyncpg.Connection, said: dict[str, list[Said]], since: datetime,
        *, walls: bool,
    ) -> None:  # fmt: skip
        """`since`: when they were heard; what is younger is made anew.

        `walls`: as the application's role, beginning like it; else as a superuser, whom no wall
        holds and nobody asks.
        """
        self._sql, self._since = connection, since
        self._born_ms = int(since.timestamp() * 1000)
        self._new: dict[str, str] = {}
        self._later = timedelta()
        self._walls = walls
        self._said = {
            name: [one for one in all_ if walls or not one[0].startswith(STANDING)]
            for name, all_ in said.items()
        }
        self._spoken = {
            name: next(given for text, given in all_ if text.startswith("SELECT app.begin"))
            for name, all_ in said.items()
        }

    @property
    def names(self) -> list[str]:
        """The calls of the day, in their order."""
        return list(self._said)

    async def again(self, name: str) -> float:
        """Ask the statements of a call again; milliseconds."""
        made = [
            (text, [self._renewed(value) for value in given]) for text, given in self._said[name]
        ]
        if not self._walls:  # triggers ask who is speaking
            await self._sql.execute(SPEAK, *self._spoken[name])
        began = time.perf_counter()
        async with self._sql.transaction():
            for text, given in made:
                if given:
                    await self._sql.fetch(text, *given)
                else:
                    await self._sql.execute(text)
        return (time.perf_counter() - began) * 1000

    def begin_anew(self, now: datetime) -> None:
        """A new day: what was made on the last one has other ids and instants from now on."""
        self._new = {}
        self._later = now - self._since

    def _renewed(self, value: Any) -> Any:
        if isinstance(value, list):
            return [self._renewed(one) for one in value]
        if isinstance(value, dict):
            return {name: self._renewed(one) for name, one in value.items()}
        if isinstance(value, datetime):
            return value + self._later if value >= self._since else value
        if isinstance(value, UUID):
            return UUID(self._anew(str(value)))
        if isinstance(value, str):
            head, cut, last = value.rpartition("/")  # a thing's name: loan/<id>
            return f"{head}{cut}{self._anew(last)}" if _is_id(last) else value
        return value

    def _anew(self, text: str) -> str:
        one = UUID(text)
        if one.version != 7 or one.int >> 80 < self._born_ms:
            return text
        made: str = self._new.setdefault(text, str(new_id()))
        return made


def _is_id(text: str) -> bool:
    return len(text) == 36 and text.count("-") == 4
