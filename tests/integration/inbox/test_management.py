"""What of joint management waits is in the inbox of whoever can take the next step."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from tests.evaluation.appeals.test_appeals import lodge, sitting  # noqa: F401  # a fixture
from tests.management.bulletins.test_bulletins import Press
from tests.people import Person, World, today_there


@pytest.fixture
async def press(http: httpx.AsyncClient, world: World) -> Press:
    made = Press(http, world)
    await made.begin()
    return made


async def test_a_draft_waits_for_its_checker_and_not_for_its_author(press: Press, world: World):
    """A correction waits for one anew; who only reads checks nothing."""
    auditor = await world.person(None, "auditor")
    draft = await press.draft()

    async def checkers() -> list[bool]:
        people = (press.office, press.inspector, auditor, press.principals[0])
        waiting = [bool(await press.waiting(who, "bulletin_to_check")) for who in people]
        path = "/v1/bulletins?to_check=true"
        listed = [await press.send(who, "GET", path) for who in people]
        assert [bool(one["items"]) for one in listed] == waiting  # as the inbox
        return waiting

    assert await checkers() == [False, True, False, False]
    await press.step(press.inspector, draft, "check")
    assert await checkers() == [False] * 4
    assert await press.waiting(press.office, "bulletin_to_issue")
    await press.step(press.office, draft, "issue")
    await press.step(press.inspector, draft, "correct", changed="更正人数")
    assert await checkers() == [True, False, False, False]


async def test_an_activity_whose_day_is_over_waits_for_its_school(press: Press, world: World):
    school = press.schools[0]
    lead, teacher = await world.person(school, "lead"), await world.person(school, "teacher")
    other = await world.person(press.schools[1], "lead")

    async def entered(who: Person, day: int) -> dict[str, Any]:
        wish = {"kind": "lecture", "title": "讲座", "place_name": "礼堂"}
        wish["held_on"] = str(today_there() + timedelta(days=day))
        made: dict[str, Any] = await press.send(who, "POST", "/v1/activities", 201, json=wish)
        return made

    past, office = await entered(lead, -1), await entered(press.office, -1)
    await entered(lead, 0)
    kind = "activity_to_report"
    links = [one["link"] for one in await press.waiting(lead, kind)]
    assert links == [f"/v1/activities/{past['id']}"]
    links = [one["link"] for one in await press.waiting(press.office, kind)]
    assert links == [f"/v1/activities/{office['id']}"]
    for who in (teacher, other):
        assert await press.waiting(who, kind) == []
    await press.send(lead, "POST", f"/v1/activities/{past['id']}/report", json={})
    assert await press.waiting(lead, kind) == []


async def test_what_waited_for_somebody_who_left_waits_for_who_may_act(press: Press, world: World):
    named = await world.person(press.schools[0], "teacher")
    await press.open(person_id=str(named.id))
    head = press.principals[0]
    assert await press.waiting(head, "item_to_do") == []
    assert len(await press.waiting(named, "item_to_do")) == 1
    await world.sql.execute("UPDATE person SET left_at = now() WHERE id = $1", named.id)
    assert len(await press.waiting(head, "item_to_do")) == 1


async def test_what_somebody_who_left_was_named_for_is_handed_over(press: Press, world: World):
    """For whoever may name another, until another is named; it is told since the day of leaving."""
    school = press.schools[0]
    named, officer = await world.person(school, "teacher"), await world.person(None, "inspector")
    item = await press.open(person_id=str(named.id))
    plan = {"title": "专项行动", "from_on": str(today_there())}
    plan = await press.send(press.office, "POST", "/v1/initiatives", 201, json=plan)
    body = {"title": "举措一", "offices": ["教育科"], "person_id": str(officer.id)}
    path = f"/v1/initiatives/{plan['id']}"
    made = await press.send(press.office, "POST", f"{path}/measures", 201, json=body)
    await press.send(press.office, "POST", f"{path}/step", json={"verb": "start"})
    visit = await planned(press, officer)
    kinds = ("item_to_hand_over", "measure_to_hand_over", "visit_to_hand_over")

    async def waiting(who: Person) -> list[list[str]]:
        return [[one["link"] for one in await press.waiting(who, kind)] for kind in kinds]

    nothing: list[list[str]] = [[], [], []]
    assert await waiting(press.office) == nothing
    gone = (named.id, officer.id)
    await world.sql.execute("UPDATE person SET left_at = now() WHERE id = ANY ($1)", gone)
    links = [f"/v1/ledger-items/{item['id']}", f"/v1/measures/{made['id']}", f"/v1/visits/{visit}"]
    assert await waiting(press.office) == [[link] for link in links]
    assert await waiting(press.inspector) == [[], [], links[2:]]  # who plans visits, and no more
    assert await waiting(press.principals[0]) == nothing  # who does it instead, as before
    for link in links[:2]:
        now = await press.send(press.office, "GET", link)
        match = {"If-Match": f'"{now["version"]}"'}
        change = {"person_id": None} | ({"because": "离任"} if "ledger" in link else {})
        await press.send(press.office, "PATCH", link, json=change, headers=match)
    await press.send(press.office, "POST", f"{links[2]}/cancel", json={"because": "成员离任"})
    assert await waiting(press.office) == nothing


async def planned(press: Press, inspector: Person) -> str:
    """A visit by this inspector to the first school."""
    rubric = [{"code": "a", "en": "A", "zh": "甲"}]
    days = {"from_on": str(today_there()), "until_on": str(today_there() + timedelta(days=9))}
    body = {"title": "第一轮", "ledger_id": press.ledger["id"], "rubric": rubric, **days}
    made = await press.send(press.office, "POST", "/v1/rounds", 201, json=body)
    path = f"/v1/rounds/{made['id']}"
    team = {"name": "一组", "members": [{"person_id": str(inspector.id), "leads": True}]}
    await press.send(press.office, "POST", f"{path}/teams", 201, json=team)
    only = {"school_ids": [str(press.schools[0].id)]}
    await press.send(press.office, "POST", f"{path}/open", json=only)
    goes = {"planned_on": str(today_there()), "keep": True}
    await press.send(press.office, "POST", f"{path}/assign", json=goes)
    [visit] = (await press.send(press.office, "GET", "/v1/visits"))["items"]
    return str(visit["id"])


async def test_a_doubt_about_a_mark_waits_for_who_decides(http, world, sitting):  # noqa: F811
    made = (await lodge(http, sitting)).json()
    path = {"kind": "appeal_to_decide"}
    found = await http.get("/v1/inbox", params=path, headers=sitting.officer.headers)
    assert [one["link"] for one in found.json()["items"]] == [f"/v1/appeals/{made['id']}"]
    head = next(iter(sitting.principals.values()))
    assert (await http.get("/v1/inbox", params=path, headers=head.headers)).json()["items"] == []
