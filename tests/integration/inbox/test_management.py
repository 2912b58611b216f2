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
        return [bool(await press.waiting(who, "bulletin_to_check")) for who in people]

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


async def test_a_doubt_about_a_mark_waits_for_who_decides(http, world, sitting):  # noqa: F811
    made = (await lodge(http, sitting)).json()
    path = {"kind": "appeal_to_decide"}
    found = await http.get("/v1/inbox", params=path, headers=sitting.officer.headers)
    assert [one["link"] for one in found.json()["items"]] == [f"/v1/appeals/{made['id']}"]
    head = next(iter(sitting.principals.values()))
    assert (await http.get("/v1/inbox", params=path, headers=head.headers)).json()["items"] == []
