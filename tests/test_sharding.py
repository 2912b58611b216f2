"""The schema shards by group_id: what Citus asks of a distributed table holds for each of ours.

Citus wants the distribution column in every primary key, unique index and exclusion constraint, in
every foreign key between distributed tables, and in every join (its documentation, "Choosing
Distribution Column"). docs/scale.md says what follows.
"""

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


async def test_every_key_carries_the_group(superuser):
    assert {name for (name,) in await superuser.fetch(WITHOUT_GROUP)} == OF_NO_GROUP | {GROUP}
    assert await superuser.fetch(KEYS_WITHOUT_GROUP) == []
    assert await superuser.fetch(PRIMARY_KEYS_NOT_BY_GROUP_FIRST) == []
    assert await superuser.fetch(FOREIGN_KEYS_ACROSS_GROUPS) == []
