"""Lists, figures and suggestions are the point decisions, whatever happened before and at once."""

import asyncio
import random
from collections import Counter
from datetime import timedelta

import pytest

from schoolgroup.resources.search import tidying
from tests.resources import holdings
from tests.resources.search.test_search import PATH, ask, counts, titles

KINDS, SUBJECTS = ("courseware", "video", "paper"), ("数学", "语文")
# What triggers wrote, against what they would write now, of every resource.
DRIFTED = """
SELECT r.id FROM resource r
  LEFT JOIN search_entry e ON e.group_id = r.group_id AND e.resource_id = r.id
 WHERE e.class_id IS DISTINCT FROM (SELECT id FROM app.search_class(r))
    OR e.document IS DISTINCT FROM (SELECT document FROM app.search_document(r, e.no))
    OR e.value_ids IS DISTINCT FROM (
       SELECT array_agg(v.id ORDER BY v.id) FROM app.search_facets(r) f
         JOIN search_value v ON v.group_id = r.group_id AND v.facet = f.facet AND v.value = f.value)
"""
TALLIED = """
SELECT family_id, value_id, sum(n)::int AS n FROM search_tally
 GROUP BY family_id, value_id HAVING sum(n) <> 0 ORDER BY 1, 2
"""
COUNTED = """
SELECT c.family_id, v AS value_id, count(*)::int AS n
  FROM search_entry e JOIN search_class c ON c.id = e.class_id, unnest(0 || e.value_ids) v
 GROUP BY c.family_id, v ORDER BY 1, 2
"""


class Bustle:
    """A group in which offers are made, narrowed, suspended, closed, run out, and taken back."""

    def __init__(self, http, world, chance):
        self.http, self.world, self.chance = http, world, chance
        self.resources = []

    async def open(self):
        world, tiers = self.world, ("integrated", "partner", "partner")
        self.schools = [await world.school(f"第{n}小学", tier) for n, tier in enumerate(tiers)]
        self.librarians = [await world.person(school, "librarian") for school in self.schools]
        self.readers = [
            *self.librarians,
            *[await world.person(school, "teacher") for school in self.schools],
            await world.person(None, "group_admin"),
        ]
        office = self.readers[-1]
        made = await self.http.post("/v1/circles", json={"name": "圈"}, headers=office.headers)
        self.circle = made.json()["id"]
        member = {"school_id": str(self.schools[2].id)}
        joined = await self.http.put(
            f"/v1/circles/{self.circle}/members/{member['school_id']}", headers=office.headers
        )
        assert joined.status_code in (200, 201, 204), joined.text

    async def publish(self, number):
        at = self.chance.randrange(3)
        stock = holdings.Holdings(
            self.world, self.schools[at], self.librarians[at], self.librarians[at]
        )
        (made,) = await stock.publish(
            [f"分数练习{number}"],
            offered=False,
            kind=self.chance.choice(KINDS),
            subject=self.chance.choice(SUBJECTS),
        )
        self.resources.append((made, at))

    def audience(self):
        school = self.chance.choice(self.schools)
        line = self.chance.choice(
            (
                {"kind": "group"},
                {"kind": "public"},
                {"kind": "tier", "tier": "partner"},
                {"kind": "circle", "circle_id": self.circle},
                {"kind": "school", "school_id": str(school.id)},
            )
        )
        return {**line, "discover": True, "borrow": self.chance.random() < 0.5}

    async def act(self):
        """One of the things that happen, in the name of the owner's librarian."""
        made, at = self.chance.choice(self.resources)
        who, what = self.librarians[at], self.chance.random()
        if what < 0.6:
            body = {"audiences": [self.audience()], "loan_days": 14}
            path = f"{PATH}/{made}/offers"
        elif what < 0.7:
            body, path = {"because": "x"}, f"{PATH}/{made}/withdraw"
        elif what < 0.8:
            body, path = None, f"{PATH}/{made}/revisions"
        else:
            found = await self.http.get(f"{PATH}/{made}/offers", headers=who.headers)
            offers = [one["id"] for one in found.json().get("items", [])]
            if not offers:
                return
            verb = self.chance.choice(("suspend", "close", "resume"))
            body, path = None, f"/v1/offers/{self.chance.choice(offers)}/{verb}"
        answer = await self.http.post(path, json=body, headers=who.headers)
        assert answer.status_code < 500, answer.text


@pytest.fixture
async def bustle(http, world):
    made = Bustle(http, world, random.Random(7))
    await made.open()
    return made


async def test_lists_and_figures_are_the_point_decisions(http, services, sql, bustle):
    for number in range(12):
        await bustle.publish(number)
    for _ in range(8):
        await asyncio.gather(*(bustle.act() for _ in range(5)))
    assert await sql.fetch(DRIFTED) == []
    assert await sql.fetch(TALLIED) == await sql.fetch(COUNTED)
    shown = hidden = 0
    for person in bustle.readers:
        seen = {}
        for made, _ in bustle.resources:
            answer = await http.get(f"{PATH}/{made}", headers=person.headers)
            if answer.status_code == 200:
                seen[str(made)] = answer.json()
        shown, hidden = shown + len(seen), hidden + len(bustle.resources) - len(seen)
        for params in ({}, {"q": "分数"}, {"q": "练习", "sort": "newest"}, {"stage": "primary"}):
            found = await ask(http, person, **params, facets=True, limit=200)
            assert {item["id"] for item in found["items"]} == set(seen), (person.role, params)
            assert (found["total"], found["counts"]) == (len(seen), "exact")
            for facet in ("kind", "subject", "school_id"):
                truth = Counter(one[facet] for one in seen.values())
                assert counts(found, facet) == truth, (person.role, params, facet)
        offered = {
            item["id"] for item in (await ask(http, person, can="borrow", limit=200))["items"]
        }
        assert offered <= set(seen)
        asked = await ask(http, person, f"{PATH}/suggestions", q="分数", limit=20)
        named = {one["text"] for one in asked["items"] if one["kind"] == "title"}
        assert named == {one["title"] for one in seen.values()}
    assert shown > 10
    assert hidden > 10
    before = await sql.fetch(TALLIED)
    await tidying.tidy(services.db)
    assert await sql.fetch(TALLIED) == before
    assert await sql.fetchval("SELECT count(*) FROM search_tally") == len(before)


async def test_an_offer_that_runs_out_is_gone_from_lists_and_figures_by_the_clock_alone(
    http, clock, world, sql
):
    held = await holdings.hold(world)
    (made,) = await held.publish(["分数"])
    await sql.execute("UPDATE offer SET valid_until_at = now() + interval '60 seconds'")
    assert await titles(http, held.reader, q="分数") == ["分数"]
    clock.jump(timedelta(seconds=61))
    for params in ({}, {"q": "分数"}):
        found = await ask(http, held.reader, **params, facets=True)
        assert (found["items"], found["total"]) == ([], 0)
    assert await titles(http, held.librarian, q="分数") == ["分数"]


async def test_a_draft_is_found_and_counted_for_its_author_alone(http, world):
    school = await world.school("一中")
    author, colleague = [await world.person(school, "teacher") for _ in range(2)]
    draft = {"title": "分数草稿", "kind": "video", "keywords": ["草稿词"]}
    made = await http.post(PATH, json=draft, headers=author.headers)
    assert made.status_code == 201
    for person, total in ((author, 1), (colleague, 0)):
        for params in ({}, {"q": "分数"}, {"status": "draft"}, {"keyword": "草稿词"}):
            found = await ask(http, person, **params, facets=True)
            assert (len(found["items"]), found["total"]) == (total, total), params
            assert counts(found, "kind") == ({"video": 1} if total else {})
