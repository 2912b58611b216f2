"""I13 and I16: who sees a draft, a school's own, a circle's, a tier's and the group's resources.

One matrix, written down by hand, tried on every way a resource could show: the point read and what
hangs on it, lists, found words and their figures, quoted texts, suggestions, kept searches, the
lists of others, prerequisites, exports, events, the harvest and its metadata.
"""

from uuid import UUID

import pytest

from schoolgroup.kernel.context import system_actor
from schoolgroup.kernel.ids import new_id
from schoolgroup.resources.search.texts import index_text
from tests.resources.holdings import hold

# Who of other schools finds what is offered to …; the office is reached by the group only.
EVERYONE = {"integrated", "circle", "named", "partner", "office"}
REACHED = {
    "draft": set(),
    "school": set(),
    "named": {"named"},
    "circle": {"circle"},
    "integrated": {"integrated", "circle", "named"},
    "partner": {"partner"},
    "group": EVERYONE,
    "public": EVERYONE | {"visitor"},
    "suspended": set(),
    "over": set(),
    "closed": set(),
}
ONCE_REACHED = {"suspended", "over", "closed"}
ADD_AUDIENCE = """
INSERT INTO offer_audience (group_id, offer_id, id, school_id, kind, tier, circle_id,
                            audience_school_id, discover, borrow, adapt)
VALUES ($1, $2, gen_random_uuid(), $3, $4, $5, $6, $7, true, false, false)
"""
ADD_NEED = """
INSERT INTO prerequisite (group_id, resource_id, revision_no, no, needs_resource_id, title)
VALUES ($1, $2, 1, $3, $4, $5)
"""
HARVEST = "?verb=ListRecords&metadataPrefix=oai_dc"
# Ways that answer about many at once. Those of NAMED tell who may not find a thing its id at most.
WAYS = {
    "list": "/v1/resources?limit=200",
    "filter": "/v1/resources?limit=200&subject=数学",
    "words": "/v1/resources?limit=200&q=资源&facets=true",
    "newest": "/v1/resources?limit=200&q=资源&sort=newest",
    "texts": "/v1/resources?limit=200&q=文中密语",
    "suggestions": "/v1/resources/suggestions?q=资源&limit=20",
    "export": "/v1/resources/export?form=csv",
    "export_words": "/v1/resources/export?form=csv&q=资源",
    "export_ld": "/v1/resources/export?form=jsonld",
    "harvest": f"/oai{HARVEST}",
    "identifiers": "/oai?verb=ListIdentifiers&metadataPrefix=lom",
}
NAMED = {"suggestions", "harvest", "identifiers", "edition", "edition_file", "needs"}
OF_ONE = {"read": "", "revisions": "/revisions", "metadata": "/metadata"}
OF_ONE_MORE = {"offers": "/offers", "previews": "/previews", "rule": "/preview-rule"}
KEPT = ("/use", "/affected", "/checks")


@pytest.fixture
async def people(world):
    """One teacher of each kind of school, and someone of the office."""
    schools = {name: await world.school(name) for name in ("integrated", "circle", "named")}
    schools["partner"] = await world.school("partner", tier="partner")
    found = {name: await world.person(school, "teacher") for name, school in schools.items()}
    found["office"] = await world.person(None, "group_admin")
    return found


@pytest.fixture
async def offered(http, world, people, services):
    """A resource per row of the matrix, all of one school; its holdings, and their ids by name."""
    holdings = await hold(world)
    sql, group = world.sql, world.group_id
    circle = new_id()
    await sql.execute(
        "INSERT INTO circle (group_id, id, name, created_at, updated_at)"
        " VALUES ($1, $2, '数学圈', now(), now())",
        group, circle,
    )  # fmt: skip
    await sql.execute(
        "INSERT INTO circle_member (group_id, circle_id, school_id, joined_at)"
        " VALUES ($1, $2, $3, now())",
        group, circle, people["circle"].school_id,
    )  # fmt: skip
    lines = {
        "named": ("school", None, None, people["named"].school_id),
        "circle": ("circle", None, circle, None),
        "integrated": ("tier", "integrated", None, None),
        "partner": ("tier", "partner", None, None),
        "public": ("public", None, None, None),
    }
    things = {}
    for name in REACHED:
        if name == "draft":  # with an offer that waits for its publication
            said = {"title": "资源 draft", "kind": "courseware", "stage": "primary"}
            draft = await made(http, holdings.librarian, "resources", subject="数学", **said)
            thing = UUID(draft["id"])
        else:
            (thing,) = await holdings.publish([f"资源 {name}"], offered=False)
        things[name] = str(thing)
        if name in lines:
            offer = await holdings.offer(thing)
            await sql.execute("DELETE FROM offer_audience WHERE offer_id = $1", offer)
            await sql.execute(ADD_AUDIENCE, group, offer, holdings.school.id, *lines[name])
        elif name != "school":
            offer = await holdings.offer(thing)
        if name in ("suspended", "closed"):
            await sql.execute("UPDATE offer SET status = $2 WHERE id = $1", offer, name)
        if name == "over":
            await sql.execute(
                "UPDATE offer SET valid_until_at = now() - interval '1 second' WHERE id = $1", offer
            )
    async with services.db.transaction(system_actor(group)) as tx:
        for name, one in things.items():
            await index_text(tx, UUID(one), 1, f"文中密语 {name}")
    return holdings, things


async def made(http, who, path, method="POST", **body):
    answer = await http.request(method, f"/v1/{path}", json=body, headers=who.headers)
    assert answer.is_success, answer.text
    return answer.json()


async def named_elsewhere(http, world, holdings, things):
    """A published list and a resource that name them all; where each is read."""
    who = holdings.librarian
    whole = await made(http, who, "lists", kind="course", title="清单")
    edition = await made(http, who, f"lists/{whole['id']}/editions", school_year=2026)
    path = f"list-editions/{edition['id']}"
    for name, thing in things.items():
        if name != "draft":
            await made(http, who, f"{path}/entries", target="resource", resource_id=thing)
    await made(http, who, f"{path}/publish")
    (needing,) = await holdings.publish(["后续课程"], subject="语文", summary="")
    await world.sql.execute("SET session_replication_role = replica")  # it is published
    for no, (name, thing) in enumerate(things.items(), 1):
        row = (world.group_id, needing, no, thing, f"资源 {name}")
        await world.sql.execute(ADD_NEED, *row)
    await world.sql.execute("SET session_replication_role = DEFAULT")
    return {
        "edition": f"/v1/{path}",
        "edition_file": f"/v1/{path}/export?form=csv",
        "needs": f"/v1/resources/{needing}",
    }


async def seen_by(http, who, things, more=None):
    """The names of the resources each way of looking shows to someone, and the answers."""
    ways: dict[str, set[str]] = {way: set() for way in OF_ONE}
    answers = {}
    for name, id_ in things.items():
        for way, path in OF_ONE.items():
            answer = await http.get(f"/v1/resources/{id_}{path}", headers=who.headers)
            assert answer.status_code in (200, 404), answer.text
            if answer.status_code == 200:
                ways[way].add(name)
    for way, path in (WAYS | (more or {})).items():
        answer = await http.get(path, headers=who.headers)
        assert answer.status_code == 200, (way, answer.text)
        answers[way] = answer
        told = {name for name in things if f"资源 {name}" in answer.text}
        ids = {name for name, id_ in things.items() if id_ in answer.text}
        if way == "identifiers":
            told = ids
        elif way not in NAMED:
            assert ids == told, way  # neither of them alone
        ways[way] = told
    return ways, answers


async def test_i16_nothing_crosses_schools_without_an_offer_that_reaches(
    http, world, people, offered
):
    holdings, things = offered
    more = await named_elsewhere(http, world, holdings, things)
    for name, thing in things.items():  # what is being drafted is nobody else's either
        if name != "draft":
            draft = await made(http, holdings.librarian, f"resources/{thing}/revisions")
            tag = {**holdings.librarian.headers, "If-Match": f'"{draft["version"]}"'}
            said = {"title": f"未来 {name}", "keywords": ["未来"]}
            answer = await http.patch(f"/v1/resources/{thing}", json=said, headers=tag)
            assert answer.status_code == 200, answer.text
    for who, person in people.items():
        ways, answers = await seen_by(http, person, things, more)
        expected = {name for name, reached in REACHED.items() if who in reached}
        # A harvest tells besides that what was once within reach is gone: its id, never its words.
        gone = ways.pop("identifiers") - expected
        assert gone <= ONCE_REACHED, who
        assert ways == dict.fromkeys(ways, expected), who
        assert not any("未来" in answer.text for answer in answers.values()), who
        found = answers["words"].json()
        assert (found["total"], found["counts"]) == (len(expected), "exact")
        for facet in found["facets"]:
            assert all(v["count"] <= len(expected) for v in facet["values"]), (who, facet)
            if facet["name"] in ("kind", "subject", "school_id"):
                assert [v["count"] for v in facet["values"]] == [len(expected)], (who, facet)
        # Found by what their files say, and not a word of it quoted: they may not be opened.
        assert "密语" not in answers["texts"].text, who
    visit = (await http.get(f"/oai/demo{HARVEST}")).text
    assert {name for name in REACHED if f"资源 {name}" in visit} == {"public"}
    assert {name for name, thing in things.items() if thing in visit} == {"public"}


async def test_i16_what_hangs_on_a_resource_is_hidden_with_it(http, people, offered):
    """Not found and not allowed are told apart by whether one may know of the thing at all."""
    _, things = offered
    for name, thing in things.items():
        one, found = f"/v1/resources/{thing}", "partner" in REACHED[name]
        for path in (*OF_ONE_MORE.values(), *KEPT):
            answer = await http.get(f"{one}{path}", headers=people["partner"].headers)
            # Whom an offer reached is still told that it is suspended, over or closed.
            told = found or (path == "/offers" and name in ONCE_REACHED)
            here = 403 if path in KEPT else 200
            assert answer.status_code == (here if told else 404), (name, path, answer.text)
        adapted = await http.post(f"{one}/adapt", json={}, headers=people["partner"].headers)
        assert adapted.status_code == (403 if found else 404), name


async def test_i13_the_own_school_sees_its_drafts_by_role_and_all_it_published(
    http, world, offered
):
    holdings, things = offered
    published = set(REACHED) - {"draft"}
    for role, expected in (
        ("teacher", published), ("school_admin", published),
        ("lead", set(REACHED)), ("librarian", set(REACHED)), ("principal", set(REACHED)),
    ):  # fmt: skip
        ways, _ = await seen_by(http, await world.person(holdings.school, role), things)
        for way in ("harvest", "identifiers", "metadata", "export_ld"):
            assert ways.pop(way) == published, (role, way)
        assert ways == dict.fromkeys(ways, expected), role


async def test_i16_events_name_only_the_schools_concerned(http, world, offered):
    """Events are delivered by these columns: nobody else's school stands in them."""
    holdings, things = offered
    partner = await world.school("another partner", tier="partner")
    await http.post(
        f"/v1/resources/{things['group']}/revisions", headers=holdings.librarian.headers
    )
    rows = await world.sql.fetch("SELECT owner_school_id, school_ids FROM event")
    assert [tuple(row) for row in rows] == [(holdings.school.id, [])] * 2  # the draft's, and this
    for school, told in ((holdings.school, 2), (partner, 0)):
        machine = await world.client(school, ["event:read"])
        answer = await http.get("/v1/events", headers=machine)
        assert answer.status_code == 200, answer.text
        assert len(answer.json()["items"]) == told
