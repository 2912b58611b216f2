"""For races: how a test that holds a row knows that the others have reached it."""

import asyncio

import asyncpg

WAIT_S = 10.0


async def until_waiting(sql: asyncpg.Connection, number: int) -> None:
    """Return when `number` transactions wait for a lock; raises TimeoutError."""
    async with asyncio.timeout(WAIT_S):
        while await sql.fetchval("SELECT count(*) FROM pg_locks WHERE NOT granted") < number:  # noqa: ASYNC110 - the database sends no event when somebody begins to wait
            await asyncio.sleep(0.01)
