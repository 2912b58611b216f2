"""SQL of the checks: of the server and its catalogue, as the application's own role."""

from datetime import datetime

import asyncpg
import msgspec

GET_SERVER = """
SELECT current_setting('server_version_num')::int AS version,
       current_setting('max_connections')::int
           - current_setting('superuser_reserved_connections')::int AS connections_max,
       (SELECT count(*)::int FROM pg_stat_activity WHERE backend_type = 'client backend')
           AS connections,
       r.rolsuper OR r.rolbypassrls AS above_walls,
       (SELECT count(*)::int FROM pg_class c
         WHERE c.relowner = r.oid AND c.relkind = 'r') AS owned,
       clock_timestamp() AS now
  FROM pg_roles r WHERE r.rolname = current_user
"""
LIST_UNWALLED = """
SELECT c.relname
  FROM pg_class c
  JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'group_id' AND NOT a.attisdropped
 WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace
   AND NOT (c.relrowsecurity AND c.relforcerowsecurity)
 ORDER BY 1
"""
LIST_EXTENSIONS = "SELECT extname FROM pg_extension"
LIST_MIGRATIONS = "SELECT version FROM schema_migrations ORDER BY version"
MAY_READ_MIGRATIONS = """
SELECT coalesce(has_table_privilege(to_regclass('public.schema_migrations'), 'SELECT'), false)
"""


class Server(msgspec.Struct, frozen=True):
    """The server and what our role is on it."""

    version: int
    connections_max: int
    connections: int
    above_walls: bool
    owned: int
    now: datetime


async def get_server(connection: "asyncpg.Connection") -> Server:
    """The server as our role sees it."""
    return msgspec.convert(dict(await connection.fetchrow(GET_SERVER) or {}), Server)


async def list_unwalled(connection: "asyncpg.Connection") -> list[str]:
    """Tables of groups without row-level security in force for everybody."""
    return [row[0] for row in await connection.fetch(LIST_UNWALLED)]


async def list_extensions(connection: "asyncpg.Connection") -> set[str]:
    """What is installed in the database."""
    return {row[0] for row in await connection.fetch(LIST_EXTENSIONS)}


async def list_migrations(connection: "asyncpg.Connection") -> list[str] | None:
    """The migrations that have been applied; None where our role may not know."""
    if not await connection.fetchval(MAY_READ_MIGRATIONS):
        return None
    return [row[0] for row in await connection.fetch(LIST_MIGRATIONS)]
