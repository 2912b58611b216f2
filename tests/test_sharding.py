"""The schema shards by group_id: what Citus asks of a distributed table holds for each of ours.

Citus wants the distribution column in every primary key, unique index and exclusion constraint, in
every foreign key between distributed tables, and in every join (its documentation, "Choosing
Distribution Column"). docs/scale.md says what follows.
"""

import json
import re

from schoolgroup.access.compiler import load_policy
from schoolgroup.access.decisions import MARKER
from schoolgroup.kernel import bootstrap
from tests.test_sql import as_seen_by, statements

# The tables of the installation itself: reference tables, the same on every node.
OF_NO_GROUP = {"schema_migrations", "signing_key"}
GROUP = "education_group"  # distributed by its id, which is the group's
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
TENANT_TABLES = """
SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
 WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace
   AND a.attname = 'group_id'
"""
PLAN_OF = """
CREATE FUNCTION plan_of(statement text) RETURNS json LANGUAGE plpgsql AS $$
DECLARE plan json;
BEGIN
    EXECUTE 'EXPLAIN (GENERIC_PLAN, FORMAT JSON) ' || statement INTO plan;
    RETURN plan;
END $$
"""
POLICY = load_policy()


async def test_every_key_carries_the_group(superuser):
    assert {name for (name,) in await superuser.fetch(WITHOUT_GROUP)} == OF_NO_GROUP | {GROUP}
    assert await superuser.fetch(KEYS_WITHOUT_GROUP) == []
    assert await superuser.fetch(PRIMARY_KEYS_NOT_BY_GROUP_FIRST) == []
    assert await superuser.fetch(FOREIGN_KEYS_ACROSS_GROUPS) == []


def scans(node: dict, tables: set[str]):
    """Each scan of a group's table in a plan: its table, and all that is asked of its rows."""
    if node.get("Relation Name") in tables:
        conditions = [value for key, value in node.items() if key.endswith(("Cond", "Filter"))]
        for below in node.get("Plans", []):  # the index part of a bitmap scan
            conditions += [v for k, v in below.items() if k.endswith("Cond")]
        yield node["Relation Name"], " ".join(conditions)
    for below in node.get("Plans", []):
        yield from scans(below, tables)


async def test_no_statement_reads_a_row_without_asking_for_its_group(superuser):
    """As the application's role every scan asks for the group: what it reads is on one shard."""
    tables = {name for (name,) in await superuser.fetch(TENANT_TABLES)}
    crossing, looked_at = set(), 0
    transaction = superuser.transaction()
    await transaction.start()
    try:
        await superuser.execute(PLAN_OF)
        await superuser.execute(f"SET LOCAL ROLE {bootstrap.APPLICATION}")
        for name, text in statements():
            if MARKER.search(text):
                text = as_seen_by(POLICY, "teacher", "integrated", text)
            (plan,) = json.loads(await superuser.fetchval("SELECT plan_of($1)", text))
            for table, asked in scans(plan["Plan"], tables):
                looked_at += 1
                if not re.search(r"\bgroup_id\b", asked):
                    crossing.add(f"{name.rpartition('schoolgroup.')[2]}: {table}")
    finally:
        await transaction.rollback()
    assert looked_at > 1000
    assert crossing == set()
