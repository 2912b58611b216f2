"""I13 and I16: who sees a draft, a school's own, a circle's, a tier's and the group's resources.

One matrix, written down by hand, tried on every way a resource could show: the point read, the
list, its revisions, the export, the events of its school, the harvest and its metadata.
"""

import pytest

from schoolgroup.kernel.ids import new_id
from tests.resources.holdings import hold

# Who of other schools finds what is offered to …; the office is reached by the group only.
REACHED = {
    "draft": set(),
    "school": set(),
    "named": {"named"},
    "circle": {"circle"},
    "integrated": {"integrated", "circle", "named"},
    "partner": {"partner"},
    "group": {"integrated", "circle", "named", "partner", "office"},
    "suspended": set(),
    "over": set(),
    "closed": set(),
}
ADD_AUDIENCE = """
INSERT INTO offer_audience (group_id, offer_id, id, school_id, kind, tier, circle_id,
                            audience_school_id, discover, borrow, adapt)
VALUES ($1, $2, gen_random_uuid(), $3, $4, $5, $6, $7, true, false, false)
"""


@pytest.fixture
async def people(world):
    """One teacher of each kind of school, and someone of the office."""
    schools = {name: await world.school(name) for name in ("integrated", "circle", "named")}
    schools["partner"] = await world.school("partner", tier="partner")
    found = {name: await world.person(school, "teacher") for name, school in schools.items()}
    found["office"] = await world.person(None, "group_admin")
    return found


@pytest.fixture
async def offered(world, people):
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
    }
    things = {}
    for name in REACHED:
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
    await sql.execute("SET session_replication_role = replica")  # as it was before it came out
    await sql.execute(
        "UPDATE revision SET published_at = NULL WHERE resource_id = $1", things["draft"]
    )
    await sql.execute(
        "UPDATE resource SET status = 'draft', published_at = NULL, published_revision_no = NULL"
        " WHERE id = $1", things["draft"],
    )  # fmt: skip
    await sql.execute("DELETE FROM harvest_stamp WHERE resource_id = $1", things["draft"])
    await sql.execute("SET session_replication_role = DEFAULT")
    return holdings, things


async def seen_by(http, who, things):
    """The names of the resources each way of looking shows to someone."""
    names = {id_: name for name, id_ in things.items()}
    ways: dict[str, set[str]] = {"read": set(), "revisions": set(), "metadata": set()}
    for name, id_ in things.items():
        one = f"/v1/resources/{id_}"
        for way, path in (
            ("read", one), ("revisions", f"{one}/revisions"), ("metadata", f"{one}/metadata"),
        ):  # fmt: skip
            answer = await http.get(path, headers=who.headers)
            assert answer.status_code in (200, 404), answer.text
            if answer.status_code == 200:
                ways[way].add(name)
    for way, path in (
        ("list", "/v1/resources?limit=200"),
        ("search", "/v1/resources?limit=200&subject=数学"),
        ("export", "/v1/resources/export?form=csv"),
        ("export_ld", "/v1/resources/export?form=jsonld"),
        ("harvest", "/oai?verb=ListRecords&metadataPrefix=oai_dc"),
        ("identifiers", "/oai?verb=ListIdentifiers&metadataPrefix=lom"),
    ):
        answer = await http.get(path, headers=who.headers)
        assert answer.status_code == 200, answer.text
        ways[way] = {name for id_, name in names.items() if id_ in answer.text}
    return ways


@pytest.mark.parametrize("who", ["integrated", "circle", "named", "partner", "office"])
async def test_i16_nothing_crosses_schools_without_an_offer_that_reaches(
    http, people, offered, who
):
    _, things = offered
    ways = await seen_by(http, people[who], things)
    expected = {name for name, reached in REACHED.items() if who in reached}
    found = {"read", "revisions", "metadata", "list", "search", "export", "export_ld"}
    assert {way: ways[way] for way in found} == dict.fromkeys(found, expected)
    # A harvest tells besides that what was once within reach is gone: its id, never its words.
    reached_once = expected | {"suspended", "over", "closed"}
    for way in ("harvest", "identifiers"):
        assert expected <= ways[way] <= reached_once, way
    answer = await http.get(
        "/oai?verb=ListRecords&metadataPrefix=oai_dc", headers=people[who].headers
    )
    told = {name for name in REACHED if f"资源 {name}" in answer.text}
    assert told == expected


async def test_i13_the_own_school_sees_its_drafts_by_role_and_all_it_published(
    http, world, offered
):
    holdings, things = offered
    published = set(REACHED) - {"draft"}
    for role, expected in (
        ("teacher", published), ("school_admin", published),
        ("lead", set(REACHED)), ("librarian", set(REACHED)), ("principal", set(REACHED)),
    ):  # fmt: skip
        ways = await seen_by(http, await world.person(holdings.school, role), things)
        for way in ("read", "list", "search", "export", "revisions"):
            assert ways[way] == expected, (role, way)
        for way in ("harvest", "identifiers", "metadata", "export_ld"):
            assert ways[way] == published, (role, way)


async def test_i16_events_name_only_the_schools_concerned(http, world, offered, people):
    """Events are delivered by these columns: nobody else's school stands in them."""
    holdings, things = offered
    await http.post(
        f"/v1/resources/{things['group']}/revisions", headers=holdings.librarian.headers
    )
    rows = await world.sql.fetch("SELECT owner_school_id, school_ids FROM event")
    assert [tuple(row) for row in rows] == [(holdings.school.id, [])]
