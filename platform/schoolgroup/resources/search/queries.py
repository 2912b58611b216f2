"""SQL of the search: scope, candidates, rank, counts. Migration 0011 says what it looks through."""

from collections.abc import Sequence
from uuid import UUID

from schoolgroup.access.decisions import with_rights
from schoolgroup.kernel.db import Tx, execute, fetch_all, fetch_one, fetch_value
from schoolgroup.resources.catalogue.models import ResourceRow
from schoolgroup.resources.search.models import (
    Hits,
    NodeNamed,
    Question,
    Quote,
    Said,
    Scope,
    Sort,
    Wanted,
)

EVERYTHING = 9_223_372_036_854_775_807  # above every number

# Whole classes by the policy; and, of what is the caller's own (made, or on loan), each that may be
# found though its class may not. What only concerns classes is asked of both. Of what somebody made
# most lies in classes that are in scope: only what is like something outside is looked at.
NARROWED = """
   AND (r.status = $2 OR ($2::text IS NULL AND r.status <> 'withdrawn'))
   AND ($3::text IS NULL
        OR ($3 = 'mine') = (r.school_id IS NOT DISTINCT FROM (SELECT app.school_id())))
"""
SCOPE = f"""
WITH scope AS MATERIALIZED (
    SELECT r.id, r.family_id FROM search_class r
     WHERE r.group_id = $1 AND /*visible:resource:discover@resource_class:r*/ {NARROWED}
       AND ($4::text IS NULL
            OR $4 = 'borrow' AND /*visible:resource:borrow@resource_class:r*/
            OR $4 = 'adapt' AND /*visible:resource:adapt@resource_class:r*/)),
beyond AS MATERIALIZED (
    SELECT DISTINCT c.school_id, c.status, c.kind FROM search_class c
     WHERE c.group_id = $1 AND c.id NOT IN (SELECT id FROM scope)),
own AS MATERIALIZED (
    SELECT r.id FROM resource r
     WHERE r.group_id = $1 AND r.author_person_id = (SELECT app.person_id())
       AND (r.school_id, r.status, r.kind) IN (SELECT school_id, status, kind FROM beyond)
     UNION
    SELECT l.resource_id FROM loan l
     WHERE l.group_id = $1 AND l.borrower_person_id = (SELECT app.person_id())
       AND l.status = 'active')
SELECT (SELECT coalesce(array_agg(id), '{{}}') FROM scope) AS classes,
       (SELECT coalesce(array_agg(DISTINCT family_id), '{{}}') FROM scope) AS families,
       (SELECT count(*) FROM search_class c
         WHERE c.group_id = $1 AND c.family_id IN (SELECT family_id FROM scope))
           = (SELECT count(*) FROM scope) AS whole,
       (SELECT coalesce(array_agg(e.no), '{{}}')
          FROM own
          JOIN search_entry e ON e.group_id = $1 AND e.resource_id = own.id
          JOIN resource r ON r.group_id = $1 AND r.id = own.id
         WHERE e.class_id NOT IN (SELECT id FROM scope)
           AND /*visible:resource:discover@resource:r*/ {NARROWED}
           AND ($4::text IS NULL
                OR $4 = 'borrow' AND /*visible:resource:borrow@resource:r*/
                OR $4 = 'adapt' AND /*visible:resource:adapt@resource:r*/)) AS extra
"""
# The newest titles that match, where those are many; else everything that matches, titles and all;
# and where that too is more than is looked at, all titles besides, so that none is lost below newer
# descriptions. Then the newest texts of files. Within what was found: titles by how much of them
# was asked for, then keywords, then the rest, and among equals the more borrowed and newer one.
FIND = """
WITH titled AS MATERIALIZED (
    SELECT m.no, m.resource_id, m.loans, m.value_ids, m.title_chars, 3 AS place
      FROM app.search_matches($3::text::tsquery, NULL, NULL, $5, $6, false, $8, $9, true) m
     WHERE $1 = 'relevance'),
headed AS MATERIALIZED (
    SELECT m.no, m.resource_id, m.loans, m.value_ids, m.title_chars, m.place
      FROM app.search_matches($2::text::tsquery, $3::text::tsquery, $4::text::tsquery, $5, $6,
                              false, $8, $9, false) m
     WHERE (SELECT count(*) FROM titled) < $9),
all_titled AS MATERIALIZED (
    SELECT m.no, m.resource_id, m.loans, m.value_ids, m.title_chars, 3 AS place
      FROM app.search_matches($3::text::tsquery, NULL, NULL, $5, $6, false, $8, $9, false) m
     WHERE $1 = 'relevance' AND (SELECT count(*) FROM titled) < $9
       AND (SELECT count(*) FROM headed) >= $9),
bodied AS MATERIALIZED (
    SELECT m.no, m.resource_id, m.loans, m.value_ids, m.title_chars, m.place
      FROM app.search_texts($2::text::tsquery, $5, $6, $8, $10) m
     WHERE $4::text IS NOT NULL
       AND ($1 = 'newest'
            OR (SELECT count(*) FROM titled) < $9 AND (SELECT count(*) FROM headed) < $9)),
found AS MATERIALIZED (
    SELECT * FROM titled WHERE (SELECT count(*) FROM titled) >= $9
     UNION ALL
    SELECT * FROM all_titled
     UNION ALL
    SELECT * FROM headed WHERE no NOT IN (SELECT no FROM all_titled)
     UNION ALL
    SELECT * FROM bodied WHERE no NOT IN (SELECT no FROM headed)),
ranked AS (
    SELECT no, resource_id, CASE $1 WHEN 'relevance'
                THEN 10000 * (place + 1) + round(100 * least(10, ln(1 + loans::float8) / ln(2.0)))
                     + CASE place WHEN 3 THEN round(1000 * least(1, $7::float8 / title_chars))
                                  ELSE 0 END
                WHEN 'most_borrowed' THEN loans ELSE 0 END::int AS key
      FROM found),
page AS (
    SELECT no, resource_id, key FROM ranked
     WHERE (key, no) < ($11::int, $12::bigint) ORDER BY key DESC, no DESC LIMIT $13),
counted AS (
    SELECT v.facet, v.value, n.n
      FROM (SELECT value_id, count(*) AS n FROM found, unnest(found.value_ids) AS value_id
             WHERE $14 GROUP BY value_id) n
      JOIN search_value v ON v.group_id = $15 AND v.id = n.value_id)
SELECT (SELECT count(*) FROM found) AS total,
       (SELECT count(*) FROM titled) >= $9 OR (SELECT count(*) FROM headed) >= $9
           OR (SELECT count(*) FROM bodied) >= $10 AS truncated,
       (SELECT coalesce(jsonb_agg(jsonb_build_array(no, resource_id, key)
                                  ORDER BY key DESC, no DESC), '[]') FROM page) AS page,
       (SELECT coalesce(jsonb_agg(jsonb_build_array(c.facet, c.value,
                                                    coalesce(s.name, c.value), c.n)), '[]')
          FROM counted c
          LEFT JOIN school s ON s.group_id = $15 AND c.facet = 'school_id'
                            AND s.id = CASE c.facet WHEN 'school_id' THEN c.value::uuid END)
           AS facets
"""
FIND_MOST_BORROWED = """
SELECT 0 AS total, true AS truncated,
       coalesce(jsonb_agg(jsonb_build_array(m.no, m.resource_id, m.loans)
                          ORDER BY m.loans DESC, m.no DESC), '[]') AS page
  FROM app.search_most_borrowed($1::text::tsquery, $2, $3, $4, $5, $6) m
"""
FIND_NEWEST = """
SELECT 0 AS total, true AS truncated,
       coalesce(jsonb_agg(jsonb_build_array(m.no, m.resource_id, 0) ORDER BY m.no DESC), '[]')
           AS page
  FROM app.search_matches($1::text::tsquery, NULL, NULL, $2, $3, $6, $4, $5, false) m
"""
# Everything within the scope: counted by class beforehand, and the entries of the caller's own.
COUNT_ALL = """
WITH n AS MATERIALIZED (
    SELECT value_id, sum(n)::int AS n FROM (
        SELECT t.value_id, t.n FROM search_tally t
         WHERE t.group_id = $1 AND t.family_id IN (SELECT unnest($2::int[]))
         UNION ALL
        SELECT value_id, 1 FROM search_entry e, unnest(0 || e.value_ids) AS value_id
         WHERE e.group_id = $1 AND e.no = ANY ($3::bigint[])) each_of
     GROUP BY value_id)
SELECT coalesce((SELECT n.n FROM n WHERE value_id = 0), 0) AS total, false AS truncated,
       (SELECT coalesce(jsonb_agg(jsonb_build_array(v.facet, v.value,
                                                    coalesce(s.name, v.value), n.n)), '[]')
          FROM n
          JOIN search_value v ON v.group_id = $1 AND v.id = n.value_id
          LEFT JOIN school s ON s.group_id = $1 AND v.facet = 'school_id'
                            AND s.id = CASE v.facet WHEN 'school_id' THEN v.value::uuid END
         WHERE n.n > 0) AS facets
"""
# The rows of a page with the relations that decide what is shown of them and may be done.
LIST_FOUND = """
SELECT r.id, r.school_id, s.name AS school_name, r.author_person_id, r.kind, r.status, r.title,
       r.summary, r.stage, r.subject, r.edition, r.grade, r.volume, r.chapter, r.licence,
       r.language, r.keywords, r.curriculum_node_id, r.duration_minutes, r.published_revision_no,
       r.created_at, r.updated_at, r.published_at, r.withdrawn_at, r.withdrawn_because, r.version,
       r.derived_from_resource_id, r.derived_from_revision_no, r.derived_by_offer_id,
       (SELECT v.no FROM revision v WHERE v.group_id = r.group_id AND v.resource_id = r.id
           AND v.published_at IS NULL) AS draft_no,
       /*relations:resource:r*/ AS relations, 0 AS relations_before
  FROM resource r
  JOIN school s ON s.group_id = r.group_id AND s.id = r.school_id
 WHERE r.group_id = $1 AND r.id = ANY ($2::uuid[])
"""
# Those of them that have a thumbnail their owner shows (previews/rules.py).
WITH_THUMBNAIL = """
SELECT r.id
  FROM resource r
 WHERE r.group_id = $1 AND r.id = ANY ($2::uuid[]) AND r.preview_pages_max > 0
   AND EXISTS (SELECT FROM revision_file f
                 JOIN preview_page p ON p.group_id = f.group_id AND p.school_id = r.school_id
                                    AND p.blob_id = f.blob_id AND p.no = 0
                WHERE f.group_id = r.group_id AND f.resource_id = r.id
                  AND f.revision_no = coalesce(r.published_revision_no, 1))
"""
# The same place in every version has the same key.
NODE_KEY = "SELECT n.path_key FROM curriculum_node n WHERE n.group_id = $1 AND n.id = $2"
# The newest whose title or keywords match, and whom the caller may discover.
SAID_BY = """
SELECT r.title, r.keywords
  FROM (SELECT m.resource_id
          FROM app.search_matches($1::text::tsquery, NULL, NULL, $3, $4, false, $5, $6, false) m
         UNION
        SELECT m.resource_id
          FROM app.search_matches($2::text::tsquery, NULL, NULL, $3, $4, false, $5, $6,
                                   false) m) found
  JOIN resource r ON r.group_id = $7 AND r.id = found.resource_id
 WHERE /*visible:resource:discover@resource:r*/
 ORDER BY r.id DESC
"""
NODES_NAMED = """
SELECT n.id, n.path FROM curriculum_node n
 WHERE n.group_id = $1
   AND n.version_id = (SELECT v.id FROM curriculum_version v WHERE v.group_id = $1
                        ORDER BY v.no DESC LIMIT 1)
   AND starts_with(n.name, $2)
 ORDER BY n.no LIMIT $3
"""
QUOTE_TEXTS = """
SELECT t.resource_id, substr(t.body, greatest(1, at.place - $4), $5) AS text
  FROM resource r
  JOIN resource_text t ON t.group_id = r.group_id AND t.resource_id = r.id
                      AND t.revision_no = coalesce(r.published_revision_no, 1)
 CROSS JOIN LATERAL (SELECT strpos(lower(t.body), $3) AS place) at
 WHERE r.group_id = $1 AND r.id = ANY ($2::uuid[]) AND at.place > 0
"""


# Planning these statements takes longer than they do: for this transaction plans are kept.
KEEP_PLANS = "SELECT set_config('plan_cache_mode', 'force_generic_plan', true)"


async def scope_of(tx: Tx, wanted: Wanted) -> Scope:
    """What the actor may find of what is wanted; from here on plans are kept."""
    await execute(tx, KEEP_PLANS)
    found = await fetch_one(
        tx, Scope, with_rights(tx, SCOPE), tx.group_id, wanted.status, wanted.owner, wanted.can
    )
    assert found is not None
    return found


async def find(
    tx: Tx,
    sort: Sort,
    question: Question,
    scope: Scope,
    *,
    before: int,
    most: int,
    texts_most: int,
    after: Sequence[int],
    limit: int,
    facets: bool,
) -> Hits:
    """Candidates (at most so many), of them a page after (key, no), and figures over all."""
    found = await fetch_one(
        tx, Hits, FIND, sort, question.wanted, question.titles, question.narrower, scope.classes,
        scope.extra, float(question.chars), before, most, texts_most, *after, limit, facets,
        tx.group_id,
    )  # fmt: skip
    assert found is not None
    return found


async def find_most_borrowed(
    tx: Tx, question: Question, scope: Scope, after: Sequence[int], limit: int
) -> Hits:
    """The most borrowed after (loans, no)."""
    found = await fetch_one(
        tx, Hits, FIND_MOST_BORROWED, question.wanted, scope.classes, scope.extra, *after, limit
    )
    assert found is not None
    return found


async def find_newest(
    tx: Tx, question: Question, scope: Scope, before: int, limit: int, *, unborrowed: bool = False
) -> Hits:
    """The newest below a number, by their descriptions; only what was never borrowed, if asked."""
    found = await fetch_one(
        tx, Hits, FIND_NEWEST, question.wanted, scope.classes, scope.extra, before, limit,
        unborrowed,
    )  # fmt: skip
    assert found is not None
    return found


async def count_all(tx: Tx, scope: Scope) -> Hits:
    """How many there are in the scope, and of which values."""
    found = await fetch_one(tx, Hits, COUNT_ALL, tx.group_id, scope.families, scope.extra)
    assert found is not None
    return found


async def list_found(tx: Tx, ids: Sequence[UUID], acts: Sequence[str]) -> list[ResourceRow]:
    """Those the wall lets through, in no order, with the relations that decide about these acts."""
    sql = with_rights(tx, LIST_FOUND, acts, also=("lent",))
    return await fetch_all(tx, ResourceRow, sql, tx.group_id, list(ids))


async def with_thumbnail(tx: Tx, ids: Sequence[UUID]) -> set[UUID]:
    """Those of them that have a small picture; asked as the system, for what may be discovered."""
    rows = await tx.connection.fetch(WITH_THUMBNAIL, tx.group_id, list(ids))
    return {row["id"] for row in rows}


async def node_key(tx: Tx, node_id: UUID) -> str | None:
    """The key of a place in the curriculum."""
    key: str | None = await fetch_value(tx, NODE_KEY, tx.group_id, node_id)
    return key


async def said_by(tx: Tx, question: Question, scope: Scope, most: int) -> list[Said]:
    """The titles and keywords of the newest that match by those."""
    return await fetch_all(
        tx, Said, with_rights(tx, SAID_BY), question.titles, question.keywords, scope.classes,
        scope.extra, EVERYTHING, most, tx.group_id,
    )  # fmt: skip


async def nodes_named(tx: Tx, begins: str, most: int) -> list[NodeNamed]:
    """Places of the newest curriculum whose name begins so."""
    return await fetch_all(tx, NodeNamed, NODES_NAMED, tx.group_id, begins, most)


async def quote_texts(
    tx: Tx, ids: Sequence[UUID], needle: str, before_chars: int, chars: int
) -> list[Quote]:
    """A piece of the text of each that has the needle (small letters)."""
    return await fetch_all(
        tx, Quote, QUOTE_TEXTS, tx.group_id, list(ids), needle, before_chars, chars
    )
