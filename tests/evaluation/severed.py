"""Acts whose connection to the database is cut before each of their statements in turn.

What comes out is what a crash between any two steps leaves. Statements are counted at the driver,
so a statement that is added later is cut too, without anybody thinking of it. A cut just after a
statement that only reads is left out: the database is where it was before that statement.
"""

import asyncio
import re
from collections.abc import Awaitable, Callable
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import asyncpg
import httpx
import pytest

# Writes the statement that makes one number of all rows of evaluation, the journal, the audit trail
# and the remembered commands.
WRITE_STATE = """
SELECT 'SELECT ' || string_agg(
           format('coalesce((SELECT sum(hashtextextended(x::text, %s)) FROM %s x), 0)',
                  c.oid, c.oid::regclass), ' + ')
  FROM pg_class c
 WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace
   AND c.relname ~ '^(exam|paper|marking|script|appeal|release|event|audit|idem)'
"""
IS_THERE = "SELECT count(*) FROM pg_stat_activity WHERE pid = $1"
STATEMENTS_MAX = 200
READERS = "begin|now|today|group_id|school_id|person_id|tier_of"
WRITES = r"\bINSERT\b|(?<!FOR )(?<!KEY )\bUPDATE\b|\bDELETE\b|\bapp\.(?!(" + READERS + r")\b)"
ONLY_READS = re.compile(rf"\s*(BEGIN|SELECT|WITH)\b(?!.*({WRITES}))", re.DOTALL)


# What the test itself asks for; not what the application does meanwhile by itself.
AIMED_AT: ContextVar[bool] = ContextVar("aimed_at", default=False)


class Axe:
    """Ends the server's side of the application's connection at one chosen statement."""

    def __init__(self, sql: asyncpg.Connection) -> None:
        """`sql`: the test's own connection, which is spared and does the cutting."""
        self.sql = sql
        self.at = -1
        self.after_commit = False
        self.count = 0
        self.struck = ""
        self._before = ""
        self._state = ""

    async def state(self) -> int:
        """One number of all that is committed."""
        if not self._state:
            self._state = await self.sql.fetchval(WRITE_STATE)
        return int(await self.sql.fetchval(self._state))

    def aim(self, at: int, *, after_commit: bool = False) -> None:
        """Strike at the statement of this number (from 0) within transactions, or soon after."""
        self.at, self.after_commit, self.count, self.struck = at, after_commit, 0, ""
        self._before = ""

    async def meet(
        self, connection: asyncpg.Connection, query: str, run: Callable[[], Awaitable[Any]]
    ) -> Any:
        """Run a statement, or cut the connection before it (or after it, where it commits)."""
        if (
            connection is self.sql
            or not AIMED_AT.get()
            or not (query.startswith("BEGIN") or connection.is_in_transaction())
        ):
            return await run()
        here = (
            not self.struck
            and 0 <= self.at <= self.count
            and (query.startswith("COMMIT") or not ONLY_READS.match(self._before))
        )
        self._before = query
        if here:
            self.struck, self.at = query, self.count
            if not self.after_commit:
                await self._cut(connection)
        self.count += 1
        result = await run()
        if here and self.after_commit:
            await self._cut(connection)
            raise asyncpg.ConnectionDoesNotExistError("the answer of the commit was lost")
        return result

    async def _cut(self, connection: asyncpg.Connection) -> None:
        pid = connection.get_server_pid()
        assert await self.sql.fetchval("SELECT pg_terminate_backend($1)", pid)
        while await self.sql.fetchval(IS_THERE, pid):  # noqa: ASYNC110 - another process ends
            await asyncio.sleep(0)


@contextmanager
def wielded(sql: asyncpg.Connection):
    """An axe over every connection of this process but `sql`."""
    axe = Axe(sql)
    driver: Any = asyncpg.Connection
    plain, prepared, many = driver.execute, driver._execute, driver._executemany

    async def execute(self, query, *args, timeout=None):  # noqa: ASYNC109 - the driver names it so
        if args:
            return await plain(self, query, *args, timeout=timeout)  # comes by `_execute`
        return await axe.meet(self, query, lambda: plain(self, query, timeout=timeout))

    async def _execute(self, query, *args, **named):
        return await axe.meet(self, query, lambda: prepared(self, query, *args, **named))

    async def _executemany(self, query, *args, **named):
        return await axe.meet(self, query, lambda: many(self, query, *args, **named))

    with pytest.MonkeyPatch.context() as patched:
        AIMED_AT.set(True)
        patched.setattr(asyncpg.Connection, "execute", execute)
        patched.setattr(asyncpg.Connection, "_execute", _execute)
        patched.setattr(asyncpg.Connection, "_executemany", _executemany)
        yield axe


async def survives(axe: Axe, key: str, ask: Callable[[dict[str, str]], Any]) -> httpx.Response:
    """Let an act (`ask` with these headers) die at each statement; then it is done, once.

    Cut before any statement, its COMMIT included: 503, and every row as before. Cut after the
    COMMIT, so that only the answer is lost: the same command again is answered from the record
    and changes nothing. Gives that answer.
    """
    headers = {"Idempotency-Key": key}
    before = await axe.state()
    at = -1
    while at < STATEMENTS_MAX:
        axe.aim(at + 1)
        answer: httpx.Response = await ask(headers)
        assert axe.struck, f"{key}: done though every statement was cut once: {answer.text}"
        at = axe.at
        assert answer.status_code == 503, f"{key} at {at} {axe.struck}: {answer.text}"
        after = await axe.state()
        assert after == before, f"{key} left something behind at {at} {axe.struck}"
        if not axe.struck.startswith("COMMIT"):
            continue
        axe.aim(at, after_commit=True)
        answer = await ask(headers)
        done = await axe.state()
        if done == before:
            continue  # that transaction only read
        assert answer.status_code == 503, answer.text
        axe.aim(-1)
        again: httpx.Response = await ask(headers)
        assert again.is_success, f"{key}: {again.text}"
        assert again.headers["Idempotent-Replayed"] == "true"
        assert await axe.state() == done
        return again
    raise AssertionError(f"{key} never came to its commit")
