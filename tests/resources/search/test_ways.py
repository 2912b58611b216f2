"""By whatever way the index is gone through, what is found is what stands there."""

import random

import pytest

from schoolgroup.resources.search import queries, rules, scopes
from schoolgroup.resources.search.models import Wanted, Way
from schoolgroup.resources.search.queries import EVERYTHING
from tests.resources import holdings
from tests.resources.lending.shelf import actor_of

TITLES = ("分数的意义", "分数的加减法", "小数的意义", "意义与分数", "圆的周长")
# Numbers far apart, as among a million: twenty segments, some of which hold nothing.
SPREAD = """
UPDATE search_entry e
   SET no = n.no, document = ts_delete(e.document, app.search_segments(e.no))
                             || array_to_tsvector(app.search_segments(n.no)),
       loans = n.no % 3
  FROM (SELECT resource_id, 1000 + (row_number() OVER (ORDER BY no)) * 2000 AS no
          FROM search_entry) n
 WHERE n.resource_id = e.resource_id
"""
PLAIN = """
SELECT array_agg(no ORDER BY no DESC) FROM (
    SELECT no FROM search_entry
     WHERE ($1::text IS NULL OR document @@ $1::text::tsquery) AND no < $2
       AND class_id = ANY ($3::text::int[]) AND (loans = 0 OR NOT $5)
     ORDER BY no DESC LIMIT $4) found
"""
FOUND = """
SELECT array_agg(no) FROM app.search_matches($1::text::tsquery, $2::text::tsquery, $3, NULL,
                                             $4::text::int[], '{}', $5, $6, $7)
"""


@pytest.fixture
async def spread(world, sql):
    """Forty resources of four kinds among numbers up to eighty thousand."""
    held = await holdings.hold(world)
    chance = random.Random(3)
    for n, kind in enumerate(("courseware", "video", "paper", "lesson_plan")):
        made = await held.publish([chance.choice(TITLES) for _ in range(10)], kind=kind)
        for one in made[: 2 * n]:
            await sql.execute("UPDATE offer SET status = 'closed' WHERE resource_id = $1", one)
    await sql.execute(SPREAD)
    return held


async def test_every_way_finds_the_newest_that_match(services, sql, spread):
    for q in (None, "分数", '"分数的意义"', "分数 意义", "没有这个"):
        compared = await compare(services, sql, spread, Wanted(q=q))
        assert (compared > 10) == (q != "没有这个")


async def compare(services, sql, spread, wanted):
    """Each way beside the plain statement; how often there was something to compare."""
    question = rules.question(wanted, None)
    assert question is not None
    terms = (question.terms, question.title_terms)
    async with services.db.transaction(await actor_of(services, spread.reader)) as tx:
        scope = await scopes.scope_of(tx, wanted)
        compared = 0
        for whole, pieces in zip((question.wanted, question.titles), terms, strict=True):
            for have in (0, 3_000, 30_000, 10**9):
                frequent = {piece: have for term in pieces for piece in term}
                ways = [rules.way(whole, pieces, [], frequent), Way(whole)]
                for way in ways if whole else [Way(None)]:
                    for before, most in ((EVERYTHING, 1000), (50_001, 7), (EVERYTHING, 1)):
                        for unborrowed in (False, True):
                            found = await tx.connection.fetchval(
                                FOUND, way.indexed, way.checked, way.rarest, scope.classes,
                                unborrowed, before, most,
                            )  # fmt: skip
                            truth = await sql.fetchval(
                                PLAIN, whole, before, scope.classes, most, unborrowed
                            )
                            assert found == truth, (whole, way, before, most)
                            compared += found is not None
    return compared


async def test_how_many_have_a_word_is_what_the_planner_says(services, sql, spread):
    await sql.execute("ANALYZE search_entry")
    async with services.db.transaction(await actor_of(services, spread.reader)) as tx:
        some, none = await queries.frequencies(tx, ["'分数'", "'^没有'"])
    counted = "SELECT count(*) FROM search_entry WHERE document @@ $1::text::tsquery"
    assert some == pytest.approx(await sql.fetchval(counted, "'分数'"), abs=2)
    assert none < some


def test_an_index_is_asked_for_what_is_rare():
    have = {"'^分数'": 90_000, "'^数的'": 40_000, "'^的意'": 30_000, "'^意义'": 50_000}
    terms = [["'^分数'", "'^数的'", "'^的意'", "'^意义'"]]
    way = rules.way("whole", terms, ["'=kind=video'"], {**have, "'=kind=video'": 100})
    assert way == Way("'=kind=video' & '^的意' & '^数的'", "whole", 100)
    few = {**have, "'^的意'": 3_000}
    assert rules.way("whole", terms, [], few) == Way("'^的意'", "whole", 3_000)
    # what is frequent beside what is rare says nothing more
    assert rules.way("w", [["'^第'", "'^37'"]], [], {"'^第'": 900, "'^37'": 3}) == Way(
        "'^37'", "w", 3
    )
    # one lexeme is known for sure by the index; the beginning of one has no number
    assert rules.way("w", [["'a'"]], [], {"'a'": 5}) == Way("'a'", None, 5)
    assert rules.way("w", [["'a':*"]], [], {}) == Way("'a':*", None, None)
