"""Visits: nobody to the own school, findings are items at once, what is not closed comes first."""

import asyncpg
import httpx
import pytest

from tests.management.rounds.tour import Tour
from tests.people import World
from tests.resources.uploads import hand_in, some_bytes


async def test_a_visitor_and_a_stranger_see_nothing(tour: Tour, http, world: World):
    path = f"/v1/rounds/{tour.round['id']}"
    assert (await http.get(path)).status_code == 401
    await world.group("other")
    stranger = await world.person(None, "inspector")
    assert (await http.get(path, headers=stranger.headers)).status_code == 404


async def test_a_round_covers_every_school(tour: Tour):
    """The story: assigned, confirmed, seen, found, reported, replied; the first round is full."""
    east, west = tour.schools
    await tour.start()
    trial = await tour.assign(keep=False)
    assert await tour.visits() == []
    made = await tour.assign()
    assert [a["team_name"] for a in made["assigned"]] == [a["team_name"] for a in trial["assigned"]]
    assert {a["school_name"]: a["team_name"] for a in made["assigned"]} == {
        "东校": "西校组", "西校": "东校组",
    }  # fmt: skip
    assert (await tour.assign())["assigned"] == []  # nothing is planned twice

    visitor, head = tour.members["西校"], tour.principals[0]
    visit = await tour.visit_of(east)
    assert [v["id"] for v in await tour.visits(head)] == [visit["id"]]
    await tour.send(tour.principals[1], "GET", f"/v1/visits/{visit['id']}", 404)
    await tour.step(head, visit, "carry-out", 403)
    assert (await tour.step(head, visit, "confirm"))["status"] == "confirmed"
    assert (await tour.coverage())["whole"]["visited"] == 0
    await tour.step(visitor, visit, "carry-out")
    assert (await tour.coverage())["whole"]["rate"] == 0.5
    assert (await tour.step(visitor, visit, "report", 422, summary="好"))["code"] == "bad_visit"
    await tour.observe(visitor, visit, 422, safety=21, teaching=9)
    await tour.observe(visitor, visit, 422, canteen=1)
    seen = await tour.observe(visitor, visit)
    assert (seen["points"], seen["points_max"]) == (27, 30)
    assert seen["observations"][0]["evidence"][0]["text"] == "照片 safety"
    unseen = await tour.send(head, "GET", f"/v1/visits/{visit['id']}")
    assert unseen["observations"] == []  # the team's alone until the report
    await tour.step(visitor, visit, "report", summary="总体良好")
    told = await tour.send(head, "GET", f"/v1/visits/{visit['id']}")
    assert len(told["observations"]) == 2
    await tour.observe(visitor, visit, 409)
    await tour.step(tour.members["东校"], visit, "reply", 403, reply="x")  # only the principal
    assert (await tour.step(head, visit, "reply", reply="已部署整改"))["status"] == "replied"

    await tour.carried_out(west, tour.members["东校"])
    covered = await tour.coverage()
    assert (covered["full"], covered["whole"]["rate"]) == (True, 1.0)
    assert [line["tier"] for line in covered["by_tier"]] == ["integrated", "partner"]
    mine = await tour.coverage(head)
    assert (mine["whole"], mine["schools"]) == (covered["whole"], None)


async def test_a_finding_is_an_item_or_nothing(tour: Tour, sql):
    east = tour.schools[0]
    await tour.start()
    await tour.assign()
    visitor = tour.members["西校"]
    visit = await tour.carried_out(east, visitor)
    found = await tour.find(visitor, visit)
    [finding] = found["findings"]
    item = await tour.read(tour.principals[0], {"id": finding["item_id"]})
    assert (item["source"], item["source_id"], item["no"]) == ("visit", visit["id"], 1)
    assert item["school_id"] == str(east.id)
    await tour.read(visitor, item, 404)  # the item itself is the school's and the office's
    await tour.find(visitor, visit, 422, category="nothing")
    # what fails after the item was opened takes the item back
    await sql.execute("ALTER TABLE visit_finding ADD CONSTRAINT stop CHECK (no < 2)")
    try:
        await tour.find(visitor, visit, 409)
    finally:
        await sql.execute("ALTER TABLE visit_finding DROP CONSTRAINT stop")
    assert await sql.fetchval("SELECT count(*) FROM ledger_item") == 1
    assert await sql.fetchval("SELECT count(*) FROM event WHERE type = 'ledger_item.opened'") == 1
    with pytest.raises(asyncpg.NotNullViolationError):
        await sql.execute("UPDATE visit_finding SET item_id = NULL")


async def test_the_next_visit_begins_with_what_is_not_closed(tour: Tour):
    east, visitor, head = tour.schools[0], tour.members["西校"], tour.principals[0]
    await tour.start()
    await tour.assign()
    visit = await tour.carried_out(east, visitor)
    for title in ("一", "二", "三"):
        found = await tour.find(visitor, visit, title=title)
    first, second, _ = found["findings"]
    await tour.act(head, {"id": first["item_id"]}, "report")
    await tour.act(tour.inspector, {"id": first["item_id"]}, "close")
    await tour.act(head, {"id": second["item_id"]}, "report")
    old_members = dict(tour.members)

    body = {**{k: tour.round[k] for k in ("ledger_id", "from_on", "until_on", "rubric")}}
    tour.round = await tour.send(tour.inspector, "POST", "/v1/rounds", 201, json={
        **body, "title": "第二轮"})  # fmt: skip
    await tour.team("新组", [old_members["西校"]])
    await tour.start(school_ids=[str(east.id)])
    await tour.assign()
    again = await tour.visit_of(east)
    shown = await tour.send(visitor, "GET", f"/v1/visits/{again['id']}")
    assert next(iter(k for k in shown if k != "id")) == "unclosed"  # before anything else
    assert [(f["title"], f["status"], f["round_no"]) for f in shown["unclosed"]] == [
        ("二", "reported", 1), ("三", "open", 1),
    ]  # fmt: skip
    assert shown["findings"] == []


async def test_nobody_inspects_the_own_school_whoever_writes_the_row(tour: Tour, sql):
    east, west = tour.schools
    await tour.start()
    await tour.assign()
    visit = await tour.visit_of(west)
    with pytest.raises(asyncpg.CheckViolationError, match="nobody_inspects_the_own_school"):
        await sql.execute(
            """UPDATE visit_inspector SET visited_school_id = home_school_id
                WHERE visit_id = $1""",
            visit["id"],
        )
    assert east.id != west.id


async def test_it_says_why_no_team_can_go(tour: Tour, world: World, sql):
    """A team with a teacher of every school, one of them by a second appointment."""
    body = {k: tour.round[k] for k in ("ledger_id", "from_on", "until_on", "rubric")}
    tour.round = await tour.send(
        tour.office, "POST", "/v1/rounds", 201, json={**body, "title": "另一轮"}
    )
    lead = tour.members["东校"]
    await sql.execute(
        """INSERT INTO appointment (group_id, id, person_id, school_id, role, from_on, created_at)
           VALUES ($1, gen_random_uuid(), $2, $3, 'teacher', '2020-09-01', now())""",
        lead.group_id, lead.id, tour.schools[1].id,
    )  # fmt: skip
    await tour.team("唯一组", [lead])
    await tour.start()
    refused = await tour.assign(409)
    assert refused["code"] == "no_team_for_school"
    assert [e["pointer"] for e in refused["errors"]] == ["/schools/S东校", "/schools/S西校"]
    assert "唯一组" in refused["errors"][0]["detail"]
    assert await tour.visits() == []


async def test_who_joins_later_is_of_the_next_round_and_who_leaves_is_excused(tour: Tour, sql):
    """I19: the denominator is written when the round opens, less the excused."""
    east, west = tour.schools
    await tour.start()
    await tour.enrol("新校")
    assert (await tour.coverage())["whole"]["expected"] == 2
    await tour.assign()
    excuse = {"school_id": str(east.id), "because": "校舍搬迁"}
    path = f"/v1/rounds/{tour.round['id']}/excusals"
    await tour.send(tour.office, "POST", path, 409, json=excuse)
    visit = await tour.visit_of(east)
    await tour.step(tour.office, visit, "cancel", because="校舍搬迁")
    left = await tour.send(tour.office, "POST", path, 201, json=excuse)
    assert (left["whole"]["schools"], left["whole"]["expected"]) == (2, 1)
    assert (await tour.assign())["assigned"] == []
    stranger = {"school_id": str(tour.schools[2].id), "because": "x"}
    await tour.send(tour.office, "POST", path, 422, json=stranger)
    await tour.carried_out(west, tour.members["东校"])
    assert (await tour.coverage())["full"] is True


async def test_an_inspector_of_the_office_adds_a_photo(tour: Tour):
    """Who goes there from the office belongs to no school, and hands in all the same."""
    await tour.team("办公室组", [tour.inspector])
    await tour.start()
    await tour.assign()
    visit = next(one for one in await tour.visits() if one["team_name"] == "办公室组")
    visit = await tour.step(tour.inspector, visit, "carry-out")
    content = b"\x89PNG\r\n\x1a\n" + some_bytes(2000, "seen")
    photo = (await hand_in(tour.http, tour.inspector, content, "现场.png"))["id"]
    seen = [
        {"criterion": "safety", "points": 18, "evidence": [{"upload_id": photo}]},
        {"criterion": "teaching", "points": 9},
    ]
    shown = await tour.send(
        tour.inspector, "PUT", f"/v1/visits/{visit['id']}/observations",
        json={"observations": seen}, headers={"If-Match": f'"{visit["version"]}"'},
    )  # fmt: skip
    link = shown["observations"][0]["evidence"][0]["link"]
    there = next(p for p in tour.principals if str(p.school_id) == visit["school_id"])
    other = next(p for p in tour.principals if p is not there)
    await tour.send(there, "GET", link, 404)  # the team's until the report
    await tour.step(tour.inspector, visit, "report", summary="总体良好")
    answers = [await tour.http.get(link, headers=tour.signed(who)) for who in (there, other)]
    assert [answer.status_code for answer in answers] == [307, 404]
    async with httpx.AsyncClient() as store:
        assert (await store.get(answers[0].headers["location"])).content == content
