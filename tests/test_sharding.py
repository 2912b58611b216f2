"""The schema shards by group_id: what Citus asks of a distributed table holds for each of ours.

Citus wants the distribution column in every primary key, unique index and exclusion constraint, in
every foreign key between distributed tables, and in every join (its documentation, "Choosing
Distribution Column"). Keys are read off the catalogue, joins off the plans of all statements, made
with row-level security out of the way: what a lock would add does not count. docs/scale.md says
what follows.
"""

import re
from collections.abc import Iterator, Sequence

import asyncpg
import msgspec
import pytest

from schoolgroup.access.compiled import CompiledPolicy
from schoolgroup.access.compiler import load_policy
from schoolgroup.access.decisions import MARKER
from tests.plans import GROUP, bare, conjuncts, split, tables_apart
from tests.test_sql import as_seen_by, places, statements

# The tables of the installation itself: reference tables, the same on every node.
OF_NO_GROUP = {"schema_migrations", "signing_key"}
WITHOUT_GROUP = """
SELECT c.relname FROM pg_class c
 WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace
   AND NOT EXISTS (SELECT FROM pg_attribute a
                    WHERE a.attrelid = c.oid AND a.attname = 'group_id' AND a.attnotnull)
"""
KEYS_WITHOUT_GROUP = """
SELECT i.indrelid::regclass || '.' || i.indexrelid::regclass
  FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
  JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'group_id'
 WHERE c.relnamespace = 'public'::regnamespace AND (i.indisunique OR i.indisexclusion)
   AND NOT a.attnum = ANY (i.indkey)
"""
PRIMARY_KEYS_NOT_BY_GROUP_FIRST = """
SELECT i.indrelid::regclass::text
  FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
  JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'group_id'
 WHERE c.relnamespace = 'public'::regnamespace AND i.indisprimary AND i.indkey[0] <> a.attnum
"""
FOREIGN_KEYS_ACROSS_GROUPS = """
SELECT k.conrelid::regclass || '.' || k.conname
  FROM pg_constraint k
  JOIN pg_attribute mine ON mine.attrelid = k.conrelid AND mine.attname = 'group_id'
  JOIN pg_attribute theirs ON theirs.attrelid = k.confrelid
   AND theirs.attname = CASE WHEN k.confrelid = 'education_group'::regclass
                             THEN 'id' ELSE 'group_id' END
 WHERE k.contype = 'f' AND k.connamespace = 'public'::regnamespace
   AND NOT EXISTS (SELECT FROM unnest(k.conkey, k.confkey) AS pair (here, there)
                    WHERE pair.here = mine.attnum AND pair.there = theirs.attnum)
"""


async def test_every_key_carries_the_group(superuser):
    assert {name for (name,) in await superuser.fetch(WITHOUT_GROUP)} == OF_NO_GROUP | {GROUP}
    assert await superuser.fetch(KEYS_WITHOUT_GROUP) == []
    assert await superuser.fetch(PRIMARY_KEYS_NOT_BY_GROUP_FIRST) == []
    assert await superuser.fetch(FOREIGN_KEYS_ACROSS_GROUPS) == []


# What the operator asks of all groups at once, with no group in the context: the queue's next job,
# due webhooks, the doctor's look at clients. These locks open for the system alone, and only then.
OF_ALL_GROUPS = {("client", "find")} | {
    (table, "due") for table in ("job", "event", "webhook_endpoint", "webhook_stream")
}
NO_GROUP = "( SELECT app.group_id() AS group_id) IS NULL"
MINE = "( SELECT app.group_id() AS group_id)"
LOCKS = """
SELECT tablename, policyname, coalesce(qual, with_check) AS lock, qual FROM pg_policies
 WHERE schemaname = 'public' AND permissive = 'PERMISSIVE' AND roles = '{public}'
"""
# How often callers asked is counted for the whole installation, by the system, in one table.
COUNTED = "request_count"


async def test_every_lock_opens_one_group(superuser: asyncpg.Connection):
    open_to_all = set()
    for table, name, lock, _ in await superuser.fetch(LOCKS):
        fixed = {frozenset(map(bare, split(arm, " = "))) for arm in conjuncts(lock)}
        if frozenset(("group_id", bare(MINE))) in fixed:
            continue
        if table == GROUP:  # which groups there are is the operator's to ask
            assert bare(lock).startswith(f"(id = {MINE}) OR ")
            continue
        assert NO_GROUP in set(conjuncts(lock)), f"{table}.{name}: {lock}"
        open_to_all.add((table, name))
    assert open_to_all == OF_ALL_GROUPS | {(COUNTED, "wall")}


PLAN_OF = """
CREATE OR REPLACE FUNCTION pg_temp.plan_of(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE plan json;
BEGIN
    EXECUTE 'EXPLAIN (GENERIC_PLAN, VERBOSE, COSTS OFF, FORMAT JSON) ' || statement INTO plan;
    RETURN plan -> 0 -> 'Plan';
END $$
"""
GROUP_COLUMNS = """
SELECT a.attrelid::regclass::text, a.attnum FROM pg_attribute a
  JOIN pg_class c ON c.oid = a.attrelid AND c.relkind IN ('r', 'p')
 WHERE c.relnamespace = 'public'::regnamespace
   AND a.attname = CASE c.relname WHEN 'education_group' THEN 'id' ELSE 'group_id' END
"""
VIEWS = "SELECT viewname FROM pg_views WHERE schemaname = 'public'"
# Each of these spans groups by design: docs/scale.md, "Dividing by group".
ACROSS_GROUPS = {"schoolgroup.kernel.queries.ADD_COUNTS"}


@pytest.fixture(scope="module")
async def group_columns(superuser: asyncpg.Connection) -> dict[str, int]:
    """Of every table with a group, which column it is."""
    await superuser.execute(PLAN_OF)
    return dict(map(tuple, await superuser.fetch(GROUP_COLUMNS)))


async def apart(
    sql: asyncpg.Connection, texts: Sequence[str], columns: dict[str, int]
) -> list[Sequence[Sequence[str]]]:
    """Of each statement the tables it joins, parted by their groups."""
    plans = await sql.fetch("SELECT pg_temp.plan_of(t) FROM unnest($1::text[]) AS t", texts)
    return [tables_apart(msgspec.json.decode(plan), columns) for (plan,) in plans]


def variants(policy: CompiledPolicy) -> Iterator[tuple[str, str]]:
    """Every statement, as every role would send it."""
    for name, text in statements():
        if MARKER.search(text):
            for seen in {as_seen_by(policy, *place, text) for place in places(policy)}:
                yield name, seen
        else:
            yield name, text


async def test_no_statement_joins_two_groups(superuser, group_columns):
    """Of every statement, view and lock: all tables it reads and writes are of one group."""
    views = {name for (name,) in await superuser.fetch(VIEWS)}
    named = re.compile(rf"\b({'|'.join(views | group_columns.keys())})\b")
    asked = [
        (name, text)
        for name, text in variants(load_policy())
        if len(tables := named.findall(text)) > 1 or views.intersection(tables)
    ]
    asked += [(view, f"SELECT FROM {view} WHERE group_id = $1") for view in views]
    asked += [
        (f"{table}.{name}", f"SELECT FROM {table} WHERE {lock}")
        for table, name, _, lock in await superuser.fetch(LOCKS)
        if lock is not None
    ]
    parted = await apart(superuser, [text for _, text in asked], group_columns)
    found = {name: parts for (name, _), parts in zip(asked, parted, strict=True) if len(parts) > 1}
    assert found.keys() == ACROSS_GROUPS, found


@pytest.mark.parametrize("text", [
    "SELECT FROM loan l JOIN offer o ON o.id = l.offer_id WHERE l.group_id = $1",
    "SELECT FROM loan l WHERE l.group_id = $1 AND EXISTS (SELECT FROM hold h WHERE h.id = l.id)",
    "SELECT FROM loan l JOIN hold h ON h.id = l.id AND (h.group_id = l.group_id OR l.ends_at < $1)",
    "DELETE FROM loan l USING hold h WHERE h.group_id = $1 AND h.id = l.id",
    "UPDATE loan SET terms = '{}' WHERE id IN (SELECT id FROM hold WHERE group_id = $1)",
    "WITH m AS MATERIALIZED (SELECT group_id, id FROM hold) SELECT FROM m JOIN loan USING (id)",
    "INSERT INTO search_change (group_id) SELECT $1 FROM loan WHERE group_id = $2",
])  # fmt: skip
async def test_a_statement_that_did_would_be_found(text, superuser, group_columns):
    (parts,) = await apart(superuser, [text], group_columns)
    assert len(parts) == 2


FUNCTIONS = """
SELECT p.oid::regprocedure::text, p.prosrc FROM pg_proc p
 WHERE p.pronamespace = 'app'::regnamespace
"""
NAMED = re.compile(r"\b(FROM|JOIN|UPDATE|USING|INTO)\s+(?:public\.)?(\w+)(?:\s+(?:AS\s+)?(\w+))?")
KEYWORDS = re.compile(r"[A-Z]+|loop")
# Asks the planner how many rows it expects, and reads none.
ESTIMATES = {"app.search_frequencies(text[])"}


def named_without_group(source: str, columns: dict[str, int]) -> list[str]:
    """The tables a function's text names where it does not say which group's rows it wants."""
    found = []
    for place in NAMED.finditer(source):
        verb, table, alias = place.groups()
        if table not in columns or table == GROUP:
            continue
        if verb == "INTO":
            said = re.match(r"\s*\(\s*group_id\b", source[place.end(3 if alias == "AS" else 2) :])
            said = said or re.match(r"\s+AS\s+\w+\s*\(\s*group_id\b", source[place.end(2) :])
        else:
            by = f"{table if alias is None or KEYWORDS.fullmatch(alias) else alias}.group_id"
            said = re.search(rf"\b{by}\s*=|=\s*{by}\b|\({by},|\b{by} IN\b", source)
        if not said:
            found.append(place[0])
    return found


async def test_functions_say_which_group_they_read(superuser, group_columns):
    found = {
        name: named
        for name, source in await superuser.fetch(FUNCTIONS)
        if (named := named_without_group(source, group_columns))
    }
    assert found.keys() == ESTIMATES, found
    assert named_without_group("SELECT FROM loan l WHERE l.id = $1", group_columns) == [
        "FROM loan l"
    ]
