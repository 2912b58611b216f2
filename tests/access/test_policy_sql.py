"""Python, point decisions, lists and row locks: one definition, the same answer everywhere."""

import re
from collections import Counter
from functools import cache
from urllib.parse import urlsplit

import asyncpg
import pytest

from schoolgroup.access import algebra, evaluate
from schoolgroup.access.algebra import (
    Among,
    And,
    Column,
    Compare,
    Empty,
    Exists,
    Expr,
    Flag,
    Missing,
    Not,
    Or,
)
from schoolgroup.access.compiled import list_predicate_sql, mask_sql, rls_predicate_sql
from schoolgroup.access.evaluate import Viewer
from tests.access.policies import shipped
from tests.access.worlds import (
    ALL_COLUMNS,
    COLUMNS,
    Row,
    Scratch,
    make_viewers,
    make_world,
    pool,
    sql_type,
)

SEEDS = (1, 2, 3)
VIEWERS = 12  # fewer of a seed are the first of these
DATABASE = "relations_scratch"
TABLES = {thing: table for thing, table in shipped().relations.things.items() if table}


@pytest.fixture(scope="module")
async def scratch(settings):
    """An empty database of its own on the tests' server."""
    admin = await asyncpg.connect(settings.database_admin_url)
    await admin.execute(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")
    await admin.execute(f"CREATE DATABASE {DATABASE}")
    at = urlsplit(settings.database_admin_url)._replace(path=f"/{DATABASE}")
    # viewers of one tier ask in the same words: each statement is planned once
    connection = await asyncpg.connect(at.geturl(), statement_cache_size=5000)
    made = Scratch(connection)
    await made.lay()
    yield made
    await connection.close()
    await admin.execute(f"DROP DATABASE {DATABASE} WITH (FORCE)")
    await admin.execute("DROP ROLE IF EXISTS relations_reader")
    await admin.close()


@cache
def world_of(seed: int, *, sound: bool = False) -> dict[str, list[Row]]:
    return make_world(seed, sound=sound)


@cache
def viewers_of(seed: int) -> list[Viewer]:
    return make_viewers(seed, VIEWERS)


@cache
def masks_of(thing: str, seed: int, number: int, *, sound: bool = False) -> list[int]:
    """The mask of each row of a thing for one viewer, worked out in Python."""
    world = world_of(seed, sound=sound)
    judge = shipped().relations.judge(thing, viewers_of(seed)[number], world)
    return [judge(row) for row in world[TABLES[thing]]]


def looked_at(tree: Expr, table: str) -> set[tuple[str, str]]:
    """Every (table, column) a definition reads."""

    def walk(tree: Expr, names: dict[str, str]) -> set[tuple[str, str]]:
        match tree:
            case Exists(inner, alias, body):
                return walk(body, {**names, alias: inner}) | {(inner, "")}
            case And(parts) | Or(parts):
                return set().union(*(walk(part, names) for part in parts))
            case Not(part):
                return walk(part, names)
            case Flag(value) | Missing(value) | Empty(value):
                values = [value]
            case Compare(_, left, right) | Among(left, right):
                values = [left, right]
            case _:
                values = []
        return {(names[v.alias], v.name) for v in values if isinstance(v, Column)}

    return walk(tree, {algebra.THING: table})


def test_the_worlds_have_every_column_that_a_relation_reads_and_no_other():
    read = {
        pair
        for relation in shipped().relations.by_name.values()
        for thing, tree in relation.on.items()
        for pair in looked_at(tree, TABLES[thing])
        if pair[1]
    }
    assert read == {(table, column) for table, columns in COLUMNS.items() for column in columns}
    assert set(TABLES.values()) <= set(ALL_COLUMNS)


async def test_the_migrated_schema_has_every_column_in_that_type(superuser: asyncpg.Connection):
    rows = await superuser.fetch(
        """SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod) AS type
             FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
            WHERE c.relnamespace = 'public'::regnamespace AND a.attnum > 0"""
    )
    found = {(row["relname"], row["attname"]): row["type"] for row in rows}
    for table, columns in ALL_COLUMNS.items():
        assert found.get((table, "group_id")) == "uuid", table
        for column, kind in columns.items():
            expected = sql_type(kind).replace("timestamptz", "timestamp with time zone")
            assert found.get((table, column)) == expected, (table, column)


async def test_masks_are_the_same_in_sql_and_python(scratch: Scratch):
    relations, seen = shipped().relations, Counter[tuple[str, str, bool]]()
    for seed, sound in ((1, False), (2, False), (6, True)):
        await scratch.load(world_of(seed, sound=sound))
        for number, viewer in enumerate(viewers_of(seed)[:8]):
            await scratch.look_as(viewer)
            for thing, table in TABLES.items():
                expected = masks_of(thing, seed, number, sound=sound)
                assert await scratch.masks(table, mask_sql(thing, "t")) == expected
                for name in relations.defined_on(thing):
                    bit = relations.by_name[name].bit
                    seen.update((thing, name, bool(mask & bit)) for mask in expected)
    for thing in TABLES:
        for name in relations.defined_on(thing)[1:]:
            assert seen[thing, name, True], f"{name} never held for any {thing}: proves nothing"
            assert seen[thing, name, False], f"{name} always held for every {thing}"


def rights(thing: str, tier: str | None):
    """One (role, act) for each distinct vector of rights on a thing at a tier."""
    vectors: dict[tuple[int, int], tuple[str, str]] = {}
    for role, place in shipped().bundle.vocabulary.places:
        for act, spec in shipped().bundle.vocabulary.acts.items():
            if place == tier and thing in spec.on:
                vectors.setdefault(shipped().masks(role, place, act), (role, act))
    return vectors.values()


async def test_lists_are_the_point_decisions_and_locks_let_them_through(scratch: Scratch):
    policy, checked, shown = shipped(), 0, 0
    for seed in SEEDS[:2]:
        await scratch.load(world_of(seed))
        for number, viewer in enumerate(viewers_of(seed)[:7]):
            await scratch.look_as(viewer)
            for thing, table in TABLES.items():
                masks = masks_of(thing, seed, number)
                lock = await scratch.numbers(table, rls_predicate_sql(policy, thing, "t"))
                for role, act in rights(thing, viewer.tier):
                    tier = viewer.tier or ""
                    expected = {n for n, m in enumerate(masks) if policy.allows(role, tier, act, m)}
                    sql = list_predicate_sql(policy, role, tier, act, thing, "t")
                    assert await scratch.numbers(table, sql) == expected, (role, tier, act)
                    assert expected <= lock, (role, tier, act)
                    checked, shown = checked + len(masks), shown + len(expected)
    assert checked > 10_000
    assert shown > 1_000


async def test_locks_on_all_tables_at_once_never_open_anything(scratch: Scratch):
    """Nothing goes round in a circle, and a hidden row lets nobody see more than before."""
    policy, connection = shipped(), scratch.connection
    world = world_of(SEEDS[0], sound=True)
    await scratch.load(world)
    async with connection.transaction():
        await connection.execute("CREATE ROLE relations_reader")
        await connection.execute("GRANT USAGE ON SCHEMA public, app TO relations_reader")
        await connection.execute("GRANT SELECT ON ALL TABLES IN SCHEMA public TO relations_reader")
        for thing, table in TABLES.items():
            await connection.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
            lock = rls_predicate_sql(policy, thing, table)
            await connection.execute(
                f"CREATE POLICY lock ON {table} USING (group_id = app.group_id() AND ({lock}))"
            )
        mine, hidden, kept = pool("group")[0], 0, 0
        for viewer in viewers_of(SEEDS[0])[:3]:
            await scratch.look_as(viewer)
            for thing, table in TABLES.items():
                for role, act in rights(thing, viewer.tier):
                    sql = list_predicate_sql(policy, role, viewer.tier or "", act, thing, "t")
                    free = await scratch.numbers(table, f"group_id = '{mine}' AND ({sql})")
                    await connection.execute("SET LOCAL ROLE relations_reader")
                    shown = await scratch.numbers(table, sql)
                    assert shown <= free, (role, act, thing)
                    await connection.execute("RESET ROLE")
                    kept += len(shown)
                await connection.execute("SET LOCAL ROLE relations_reader")
                hidden += len(world[table]) - len(await scratch.numbers(table, "TRUE"))
                await connection.execute("RESET ROLE")
        assert hidden > 300
        assert kept > 150
        await connection.execute("ALTER ROLE relations_reader RENAME TO relations_gone")
        await connection.execute("DROP OWNED BY relations_gone")
        await connection.execute("DROP ROLE relations_gone")


def test_without_a_context_no_school_relation_holds():
    relations = shipped().relations
    personal = ("own", "self", "author", "borrower", "borrowing", "lent", "circle", "party",
                "agreed", "invited", "participant", "recipient", "target")  # fmt: skip
    bits = sum(relations.by_name[name].bit for name in personal)
    for seed in SEEDS:
        assert viewers_of(seed)[0].school_id is None is viewers_of(seed)[0].person_id
        for thing in TABLES:
            assert not any(mask & bits for mask in masks_of(thing, seed, 0))


# ── bugs seeded on purpose in the SQL that is written ──

# `x#` is any row that is looked up.
SQL_BUGS = {
    "open ends taken for closed": (" IS NULL OR ", " IS NULL AND "),
    "the end taken in": ("(SELECT app.now()) < ", "(SELECT app.now()) <= "),
    "the last day taken in": ("(SELECT app.today()) < ", "(SELECT app.today()) <= "),
    "the first day left out": ("<= (SELECT app.today())", "< (SELECT app.today())"),
    "other groups looked into": ("group_id = t.group_id", "group_id IS NOT NULL"),
    "person and school confused": ("app.person_id()", "app.school_id()"),
    "the right in the audience forgotten": ("x#.borrow AND ", ""),
    "all kinds covered": ("= ANY (x#.kinds)", "IS NOT NULL"),
    "no kinds taken for none": ("cardinality(x#.kinds) = 0", "FALSE"),
    "any agreement taken for one in force": (".status = 'in_force'", ".status IS NOT NULL"),
    "anything taken for published": (".status = 'published'", ".status IS NOT NULL"),
    "the named school ignored": ("audience_school_id = (", "audience_school_id <> ("),
    "ors taken for ands": (" OR x#.kind = 'public'", " AND TRUE"),
    "suspended forgotten": (".status = 'open'", ".status <> 'closed'"),
}  # fmt: skip


@pytest.mark.parametrize("bug", SQL_BUGS)
async def test_a_seeded_bug_in_the_sql_is_caught(bug: str, scratch: Scratch):
    old, new = SQL_BUGS[bug]
    for seed in SEEDS:
        await scratch.load(world_of(seed))
        for number, viewer in enumerate(viewers_of(seed)):
            await scratch.look_as(viewer)
            for thing, table in TABLES.items():
                sql = mask_sql(thing, "t")
                wrong = re.sub(re.escape(old).replace(r"x\#", "x[0-9]+"), new, sql)
                if wrong == sql:
                    continue
                if await scratch.masks(table, wrong) != masks_of(thing, seed, number):
                    return
    pytest.fail(f"nobody noticed: {bug}")


@pytest.mark.parametrize("name", ["a missing denial hides the row", "the group of rows ignored"])
def test_the_text_guards_against(name: str):
    policy = shipped()
    sql = list_predicate_sql(policy, "teacher", "integrated", "resource:borrow", "offer", "o")
    assert "AND NOT coalesce(" in sql
    # each look-up stays in the group of the row beside it, so all of them in that of the thing
    beside = re.findall(r"\.group_id = \w+\.group_id AND \(", sql)
    assert sql.count("EXISTS (SELECT FROM") == len(beside)


@pytest.mark.parametrize("wrong", ["<", "<="])
def test_a_seeded_bug_in_the_python_is_caught(wrong: str, monkeypatch: pytest.MonkeyPatch):
    """The other reading is not a copy of the first: a bug in it shows as well."""
    world, relations = world_of(SEEDS[0]), shipped().relations
    right = {(n, thing): masks_of(thing, SEEDS[0], n) for n in range(8) for thing in TABLES}
    swapped = {"<": "<=", "<=": "<"}[wrong]
    monkeypatch.setitem(evaluate.OPERATORS, wrong, evaluate.OPERATORS[swapped])
    judges = ((n, t, relations.judge(t, viewers_of(SEEDS[0])[n], world)) for n, t in right)
    assert any([judge(row) for row in world[TABLES[t]]] != right[n, t] for n, t, judge in judges)
