"""Waiting for something that happens elsewhere, with a bound."""

import asyncio
from collections.abc import Awaitable, Callable

import asyncpg

TRIES, PAUSE_S = 1000, 0.01
WAITING = "SELECT count(*) FROM pg_locks WHERE NOT granted"


async def until(true: Callable[[], Awaitable[bool]]) -> None:
    """Return once `true` is; fails after ten seconds."""
    for _ in range(TRIES):
        if await true():
            return
        await asyncio.sleep(PAUSE_S)
    raise AssertionError("it did not happen in time")


async def until_waiting(sql: "asyncpg.Connection", how_many: int = 1) -> None:
    """Return once so many transactions wait for a lock."""

    async def so_many() -> bool:
        return bool(await sql.fetchval(WAITING) >= how_many)

    await until(so_many)
