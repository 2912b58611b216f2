"""SQL of the search: scope, candidates, rank, counts. Migration 0011 says what it looks through."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from schoolgroup.access.decisions import with_rights
from schoolgroup.kernel.db import Tx, fetch_all, fetch_one, fetch_value
from schoolgroup.resources.search.models import (
    FoundRow,
    Hits,
    NodeNamed,
    Question,
    Quote,
    Said,
    Scope,
    Sort,
    Way,
)
from schoolgroup.resources.search.scope_queries import LOTS

EVERYTHING = 9_223_372_036_854_775_807  # above every number

# The newest titles that match; where those are not many, the newest of all that matches besides;
# and where that is not much either, the newest texts of files. Within what was found: titles by how
# much of them was asked for, then keywords, then the rest, and among equals the more borrowed and
# newer.
FIND = """
WITH titled AS MATERIALIZED (
    SELECT m.no, m.resource_id, m.loans, m.value_ids, m.title_chars, 3 AS place
      FROM app.search_matches($16::text::tsquery, $17::text::tsquery, $18, NULL,
                              $5::text::int[], $6, false, $8, $9) m
     WHERE $1 = 'relevance'),
headed AS MATERIALIZED (
    SELECT m.no, m.resource_id, m.loans, m.value_ids, m.title_chars, m.place
      FROM app.search_matches($2::text::tsquery, $3::text::tsquery, $19, $4::text::tsquery,
                              $5::text::int[], $6, false, $8, $9) m
     WHERE (SELECT count(*) FROM titled) < $9),
bodied AS MATERIALIZED (
    SELECT m.no, m.resource_id, m.loans, m.value_ids, m.title_chars, m.place
      FROM app.search_texts($20::text::tsquery, $5::text::int[], $6, $8, $10) m
     WHERE $20::text IS NOT NULL
       AND ($1 = 'newest'
            OR (SELECT count(*) FROM titled) < $9 AND (SELECT count(*) FROM headed) < $9)),
found AS MATERIALIZED (
    SELECT * FROM titled
     UNION ALL
    SELECT * FROM headed WHERE no NOT IN (SELECT no FROM titled)
     UNION ALL
    SELECT * FROM bodied
     WHERE no NOT IN (SELECT no FROM titled) AND no NOT IN (SELECT no FROM headed)),
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
      FROM (SELECT value_id, count(*) AS n
              FROM (SELECT unnest(value_ids) AS value_id FROM found WHERE $14) each_of
             GROUP BY value_id) n
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
  FROM app.search_most_borrowed($1::text::tsquery, $2::text::int[], $3, $4, $5, $6) m
"""
FIND_NEWEST = """
SELECT 0 AS total, true AS truncated,
       coalesce(jsonb_agg(jsonb_build_array(m.no, m.resource_id, 0) ORDER BY m.no DESC), '[]')
           AS page
  FROM app.search_matches($1::text::tsquery, $7::text::tsquery, $8, NULL, $2::text::int[], $3,
                          $6, $4, $5) m
"""
# Everything within the scope: counted by class beforehand, and the entries of the caller's own.
COUNT_ALL = """
WITH n AS MATERIALIZED (
    SELECT value_id, sum(n)::int AS n FROM (
        SELECT t.value_id, t.n FROM search_tally t
         WHERE t.group_id = $1 AND t.family_id IN (SELECT unnest($2::text::int[]))
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
# The rows of a page with the relations that decide what is shown of them and may be done, and the
# classes that stand for all others. A class that is not what its resource is says nothing.
LIST_FOUND = f"""
SELECT r.id, r.school_id, s.name AS school_name, r.author_person_id, r.kind, r.status, r.title,
       r.summary, r.stage, r.subject, r.edition, r.grade, r.volume, r.chapter, r.licence,
       r.language, r.keywords, r.curriculum_node_id, r.duration_minutes, r.published_revision_no,
       r.created_at, r.updated_at, r.published_at, r.withdrawn_at, r.withdrawn_because, r.version,
       (SELECT v.no FROM revision v WHERE v.group_id = r.group_id AND v.resource_id = r.id
           AND v.published_at IS NULL) AS draft_no,
       /*relations:resource:r*/ AS relations, c.id AS class_id, {LOTS} AS lots,
       r.preview_pages_max > 0 AND r.id IN (SELECT app.search_thumbnails($2::uuid[])) AS thumbnail
  FROM resource r
  JOIN school s ON s.group_id = r.group_id AND s.id = r.school_id
  JOIN search_entry e ON e.group_id = r.group_id AND e.resource_id = r.id
  JOIN search_class c ON c.group_id = r.group_id AND c.id = e.class_id
                     AND c.school_id = r.school_id AND c.status = r.status AND c.kind = r.kind
                     AND c.sealed_until_at IS NOT DISTINCT FROM r.sealed_until_at
 WHERE r.group_id = $1 AND r.id = ANY ($2::uuid[])
"""
FREQUENCIES = "SELECT app.search_frequencies($1::text[])"
# The same place in every version has the same key.
NODE_KEY = "SELECT n.path_key FROM curriculum_node n WHERE n.group_id = $1 AND n.id = $2"
# The newest whose title or keywords match, and whom the caller may discover.
SAID_BY = """
SELECT r.title, r.keywords
  FROM (SELECT m.resource_id
          FROM app.search_matches($1::text::tsquery, NULL, NULL, NULL, $3::text::int[], $4,
                                  false, $5, $6) m
         UNION
        SELECT m.resource_id
          FROM app.search_matches($2::text::tsquery, NULL, NULL, NULL, $3::text::int[], $4,
                                  false, $5, $6) m) found
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


async def find(
    tx: Tx,
    sort: Sort,
    question: Question,
    to_all: Way,
    to_titles: Way,
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
    ranked = sort is Sort.RELEVANCE
    found = await fetch_one(
        tx, Hits, FIND, sort, to_all.indexed, to_all.checked,
        question.narrower if ranked else None, scope.classes, scope.extra, float(question.chars),
        before, most, texts_most, *after, limit, facets, tx.group_id, to_titles.indexed,
        to_titles.checked, to_titles.rarest, to_all.rarest,
        question.wanted if question.terms else None,
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
    tx: Tx, way: Way, scope: Scope, before: int, limit: int, *, unborrowed: bool = False
) -> Hits:
    """The newest below a number, by their descriptions; only what was never borrowed, if asked."""
    found = await fetch_one(
        tx, Hits, FIND_NEWEST, way.indexed, scope.classes, scope.extra, before, limit, unborrowed,
        way.checked, way.rarest,
    )  # fmt: skip
    assert found is not None
    return found


async def count_all(tx: Tx, scope: Scope) -> Hits:
    """How many there are in the scope, and of which values."""
    found = await fetch_one(tx, Hits, COUNT_ALL, tx.group_id, scope.families, scope.extra)
    assert found is not None
    return found


async def list_found(
    tx: Tx, ids: Sequence[UUID], acts: Iterable[str], also: Iterable[str]
) -> list[FoundRow]:
    """Those the wall lets through, in no order.

    With the relations that decide about one of the acts, and `also` those named.
    """
    sql = with_rights(tx, LIST_FOUND, acts, also)
    return await fetch_all(tx, FoundRow, sql, tx.group_id, list(ids))


async def frequencies(tx: Tx, lexemes: Sequence[str]) -> list[int]:
    """About how many entries have each of these lexemes (as a tsquery spells them)."""
    found: list[int] = await fetch_value(tx, FREQUENCIES, list(lexemes))
    return found


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
