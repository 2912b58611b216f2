"""What a backup asks of the database, as its superuser, within one snapshot.

Not named `queries`: those are the statements of the application, which may do none of this.
"""

from typing import TYPE_CHECKING, Any

import asyncpg

EXPORT_SNAPSHOT = "SELECT pg_export_snapshot()"
SCHEMA_VERSION = "SELECT max(version) FROM schema_migrations"
# Every object that rows name. What is still being received has not been acknowledged.
NAMED_OBJECTS = """
SELECT object_key AS key, sha256, size_bytes FROM blob WHERE state = 'verified'
 UNION SELECT object_key, NULL, size_bytes FROM preview_page
 UNION SELECT image_key, NULL, NULL FROM marking_script WHERE image_key IS NOT NULL
 ORDER BY key
"""
TABLE_NAMES = """
SELECT format('%I.%I', n.nspname, c.relname)
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE c.relkind IN ('r', 'p') AND n.nspname IN ('public', 'app')
   AND (n.nspname, c.relname) <> ('app', 'secret')
 ORDER BY 1
"""
TABLES = """
SELECT count(*) FROM pg_class c
 WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace
"""
IS_OURS = "SELECT to_regclass('public.education_group') IS NOT NULL"
GROUPS = "SELECT count(*) FROM education_group"

if TYPE_CHECKING:
    Connection = asyncpg.Connection[Any]


async def export_snapshot(sql: "Connection") -> str:
    """A name by which pg_dump sees exactly what this transaction sees, as long as it is open."""
    return str(await sql.fetchval(EXPORT_SNAPSHOT))


async def schema_version(sql: "Connection") -> str:
    """The newest migration that was applied."""
    return str(await sql.fetchval(SCHEMA_VERSION))


async def named_objects(sql: "Connection") -> list[tuple[str, str | None, int | None]]:
    """Key, hash and size of every object that rows name; hash and size where rows know them."""
    return [tuple(row.values()) for row in await sql.fetch(NAMED_OBJECTS)]


async def count_rows(sql: "Connection") -> dict[str, int]:
    """The rows of each table."""
    names = [name for (name,) in await sql.fetch(TABLE_NAMES)]  # as the catalogue quotes them
    return {name: await sql.fetchval("SELECT count(*) FROM " + name) for name in names}  # noqa: S608


async def holds_something(sql: "Connection") -> str:
    """What keeps a database from being restored into; empty where nothing does.

    A migrated database in which no group was founded holds nothing.
    """
    if await sql.fetchval(IS_OURS):
        groups = await sql.fetchval(GROUPS)
        return f"{groups} groups" if groups else ""
    tables = await sql.fetchval(TABLES)
    return f"{tables} tables that are not ours" if tables else ""
