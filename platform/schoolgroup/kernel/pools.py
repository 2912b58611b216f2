"""Pools of connections to PostgreSQL, straight or through PgBouncer in transaction mode; watched.

Nothing here or above needs a session of its own: settings are SET LOCAL, locks end with their
transaction, nobody listens. Prepared statements are the one thing that outlives a transaction, and
PgBouncer carries them from 1.21 on (`max_prepared_statements`); behind an older one the setting
`database_statements_max` is 0, and every statement is parsed with its execution.
"""

from typing import Any

import asyncpg
import msgspec

from schoolgroup.kernel.observe.metrics import PoolState
from schoolgroup.kernel.observe.statements import connections_slow_from

COMMAND_S = 30.0


async def open_pool(
    url: str,
    size_max: int,
    slow_query_ms: int = 0,
    *,
    statements_max: int = 100,
    size_min: int = 1,
) -> "asyncpg.Pool[Any]":
    """A pool at `url`; connections speak jsonb as Python values.

    With `size_min` 0 no connection is made before the first is needed. Statements of
    `slow_query_ms` or more are told of; 0 tells of none. Raises OSError, asyncpg.PostgresError.
    """
    return await asyncpg.create_pool(
        url,
        min_size=size_min,
        max_size=size_max,
        command_timeout=COMMAND_S,
        init=prepare_connection,
        reset=leave_as_it_is,
        connection_class=connections_slow_from(slow_query_ms),
        statement_cache_size=statements_max,
        # a plan behind walls is dear: it is kept while it is in use, not for some minutes
        max_cached_statement_lifetime=0,
        # compiling a plan costs more than any of our statements may take
        server_settings={"application_name": "schoolgroup", "jit": "off"},
    )


async def prepare_connection(connection: "asyncpg.Connection[Any]") -> None:
    """Teach one connection to carry jsonb as Python values through msgspec."""
    for name in ("json", "jsonb"):
        await connection.set_type_codec(
            name,
            schema="pg_catalog",
            encoder=lambda value: msgspec.json.encode(value).decode(),
            decoder=msgspec.json.decode,
        )


async def leave_as_it_is(connection: "asyncpg.Connection[Any]") -> None:
    """What a connection is given back with: nothing, as a transaction leaves nothing behind.

    The driver would send UNLISTEN, RESET ALL and the like after every transaction: a round trip,
    for things nobody here does, and which a shared connection would not be ours to do.
    """
    if connection.is_in_transaction():  # never seen; then rather throw it away
        connection.terminate()


def state_of(pool: "asyncpg.Pool[Any]", waiting: int) -> PoolState:
    """What the pool holds now; the pool itself does not say how many wait."""
    return PoolState(pool.get_size(), pool.get_idle_size(), pool.get_max_size(), waiting)
