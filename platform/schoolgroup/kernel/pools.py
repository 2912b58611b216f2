"""A pool of connections as the application's ordinary role; each connection is watched."""

from typing import Any

import asyncpg
import msgspec

from schoolgroup.kernel.observe.metrics import PoolState
from schoolgroup.kernel.observe.statements import connections_slow_from

COMMAND_S = 30.0


async def open_pool(url: str, size_max: int, slow_query_ms: int = 0) -> "asyncpg.Pool[Any]":
    """A pool at `url`; connections speak jsonb as Python values.

    Statements of `slow_query_ms` or more are told of; 0 tells of none.
    """
    return await asyncpg.create_pool(
        url,
        min_size=1,
        max_size=size_max,
        command_timeout=COMMAND_S,
        init=prepare_connection,
        connection_class=connections_slow_from(slow_query_ms),
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


def state_of(pool: "asyncpg.Pool[Any]", waiting: int) -> PoolState:
    """What the pool holds now; the pool itself does not say how many wait."""
    return PoolState(pool.get_size(), pool.get_idle_size(), pool.get_max_size(), waiting)
