"""The walls that stand in the migrated schema let through exactly what the policy would list.

Random worlds - missing values and impossible states included - are written into the real tables,
in one transaction that first takes away every constraint and in the end takes back everything.
"""

import hmac
from collections.abc import AsyncIterator

import asyncpg
import pytest

from schoolgroup.access.compiled import list_predicate_sql
from schoolgroup.access.evaluate import Viewer
from schoolgroup.kernel import bootstrap
from schoolgroup.kernel.context import in_lines
from schoolgroup.kernel.keys import derive_key
from schoolgroup.kernel.settings import Settings
from tests.access.policies import shipped
from tests.access.test_policy_sql import TABLES, rights
from tests.access.worlds import ALL_COLUMNS, NOW, make_viewers, make_world, pool

FREE_KEYS = """
SELECT format('ALTER TABLE %s DROP CONSTRAINT IF EXISTS %I CASCADE',
              c.conrelid::regclass, c.conname)
  FROM pg_constraint c
 WHERE c.contype <> 'n'
   AND (c.conrelid = ANY ($1::regclass[]) OR c.confrelid = ANY ($1::regclass[]))
"""
FREE_COLUMNS = """
SELECT format('ALTER TABLE %s ALTER %I DROP NOT NULL', a.attrelid::regclass, a.attname)
  FROM pg_attribute a
 WHERE a.attrelid = ANY ($1::regclass[]) AND a.attnum > 0 AND a.attnotnull
   AND a.attidentity = ''
"""
FREE_INDEXES = """
SELECT format('DROP INDEX %s', i.indexrelid::regclass)
  FROM pg_index i WHERE i.indrelid = ANY ($1::regclass[]) AND i.indisunique
"""
# What the relations read of these is computed; rows are written into the table below the view.
BELOW: dict[str, tuple[str, tuple[str, ...]]] = {
    "offer_reach": ("offer_audience", ("found",)),
    "search_reach_given": ("search_reach_line", ()),
}
BASE = [BELOW.get(table, (table,))[0] for table in ALL_COLUMNS]


class Walled:
    """The real schema in a transaction of its own, looked at as the application's role."""

    def __init__(self, connection: asyncpg.Connection, key: bytes) -> None:
        self.connection = connection
        self.key = key

    async def lay(self) -> None:
        """Empty tables that take any row, with a number to tell rows by."""
        await self.connection.execute("SET LOCAL session_replication_role = replica")
        for table in BASE:
            await self.connection.execute(f"DELETE FROM {table}")
            await self.connection.execute(f"ALTER TABLE {table} ADD COLUMN row_no int")
            await self.connection.execute(f"GRANT SELECT ON {table} TO {bootstrap.APPLICATION}")
        for what in (FREE_KEYS, FREE_COLUMNS, FREE_INDEXES):
            for row in await self.connection.fetch(what, BASE):
                await self.connection.execute(row[0])

    async def load(self, world: dict[str, list[dict[str, object]]]) -> None:
        """Exactly this world's rows."""
        for name, rows in world.items():
            table, computed = BELOW.get(name, (name, ()))
            columns = [column for column in rows[0] if column not in computed]
            await self.connection.execute(f"DELETE FROM {table}")
            named = ["row_no" if column == "no" else column for column in columns]
            await self.connection.copy_records_to_table(
                table, records=[tuple(row[c] for c in columns) for row in rows], columns=named
            )

    async def look_as(self, viewer: Viewer) -> None:
        """The signed context of the viewer, its clock moved to the world's instant."""
        now = await self.connection.fetchval("SELECT now()")
        claims = {
            "kind": "person",
            "group_id": pool("group")[0],
            "school_id": viewer.school_id,
            "person_id": viewer.person_id,
            "tier": viewer.tier,
            "clock_offset_s": (NOW - now).total_seconds(),
        }
        context = in_lines(claims)
        mac = hmac.digest(self.key, context.encode(), "sha256").hex()
        await self.connection.execute(
            "SELECT set_config('app.context', $1, true), set_config('app.mac', $2, true)",
            context,
            mac,
        )
        assert await self.connection.fetchval("SELECT app.now()") == NOW

    async def numbers(self, table: str, predicate: str, *, walled: bool) -> set[int]:
        """Which rows of the viewer's group satisfy a predicate, behind the walls or without."""
        mine = f"t.group_id = '{pool('group')[0]}' AND ({predicate})"
        sql = f"SELECT row_no FROM {table} t WHERE {mine}"
        if not walled:
            return {row["row_no"] for row in await self.connection.fetch(sql)}
        await self.connection.execute(f"SET LOCAL ROLE {bootstrap.APPLICATION}")
        # in other words, or each change of role would have the statement planned anew
        rows = await self.connection.fetch(f"{sql} /* walled */")
        await self.connection.execute("RESET ROLE")
        return {row["row_no"] for row in rows}


@pytest.fixture
async def walled(settings: Settings) -> AsyncIterator[Walled]:
    connection = await asyncpg.connect(
        bootstrap.inside(settings.database_admin_url), statement_cache_size=5000
    )
    change = connection.transaction()
    await change.start()
    try:
        made = Walled(connection, derive_key(settings.secret, "context"))
        await made.lay()
        yield made
    finally:
        await change.rollback()
        await connection.close()


async def look_for_narrow_walls(
    walled: Walled, seeds: tuple[int, ...], *, first: bool = False
) -> set[str]:
    """What some wall hides that the policy lists (the `first` such, or all)."""
    policy, shown, hidden = shipped(), 0, 0
    narrow: set[str] = set()
    for seed in seeds:
        world = make_world(seed, sound=True)
        await walled.load(world)
        for viewer in make_viewers(seed, 7):
            await walled.look_as(viewer)
            for thing, table in TABLES.items():
                for role, act in rights(thing, viewer.tier):
                    sql = list_predicate_sql(policy, role, viewer.tier or "", act, thing, "t")
                    free = await walled.numbers(table, sql, walled=False)
                    if await walled.numbers(table, sql, walled=True) != free:
                        narrow.add(f"the wall of {table} hides what a {role} may {act}")
                        if first:
                            return narrow
                    shown += len(free)
                seen = await walled.numbers(table, "TRUE", walled=True)
                hidden += len(world[table]) - len(seen)
    assert shown > 200 * len(seeds)
    assert hidden > 200 * len(seeds)
    return narrow


async def test_every_list_is_the_same_behind_the_walls(walled: Walled):
    assert await look_for_narrow_walls(walled, (3, 6)) == set()


@pytest.mark.parametrize(
    ("table", "wall"),
    [
        ("exam", "school_id = (SELECT app.school_id())"),
        ("loan", "owner_school_id = (SELECT app.school_id())"),
        ("circle_member", "false"),
    ],
)
async def test_a_wall_too_narrow_is_noticed(walled: Walled, table: str, wall: str):
    await walled.connection.execute(f"ALTER POLICY wall ON {table} USING ({wall})")
    assert await look_for_narrow_walls(walled, (1,), first=True)


async def test_the_context_of_nobody_sees_nothing(walled: Walled):
    await walled.load(make_world(1, sound=True))
    await walled.connection.execute("SELECT set_config('app.context', '', true)")
    for table in BASE:
        assert await walled.numbers(table, "TRUE", walled=True) == set()
