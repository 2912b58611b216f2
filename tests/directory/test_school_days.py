"""School days: Monday to Friday, less the holidays, and what is made up for (调休)."""

from datetime import UTC, date, datetime
from typing import Any

import httpx
import pytest

from tests.people import Person, World

# 2026: the National Day holiday runs Thursday 1 to Wednesday 7 October; Saturday 10 is made up for.
HOLIDAY: dict[str, str | None] = {
    "name": "国庆节",
    "from_on": "2026-10-01",
    "until_on": "2026-10-08",
}
MADE_UP: dict[str, str | None] = {"name": "国庆调休", "taught_on": "2026-10-10"}


@pytest.fixture
async def office(world: World) -> Person:
    return await world.person(None, "group_admin")


async def enter(
    http: httpx.AsyncClient, who: Person, what: str, body: dict[str, str | None], expect: int = 201
) -> dict[str, Any]:
    answer = await http.post(f"/v1/{what}", json=body, headers=who.headers)
    assert answer.status_code == expect, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def school_day(world: World, school: Any, day: str, n: int) -> date:
    found: date = await world.sql.fetchval(
        "SELECT app.school_day($1, $2, $3, $4)",
        world.group_id, school.id if school else None, date.fromisoformat(day), n,
    )  # fmt: skip
    return found


async def test_a_visitor_and_a_stranger_find_no_day_made_up_for(http, world, office):
    made = await enter(http, office, "makeup-days", MADE_UP)
    path = f"/v1/makeup-days/{made['id']}"
    for method, at in (("GET", "/v1/makeup-days"), ("POST", "/v1/makeup-days"), ("GET", path),
                       ("DELETE", path)):  # fmt: skip
        assert (await http.request(method, at)).status_code == 401
    await world.group("other")
    stranger = await world.person(None, "group_admin")
    for method in ("GET", "DELETE"):
        assert (await http.request(method, path, headers=stranger.headers)).status_code == 404
    listed = await http.get("/v1/makeup-days", headers=stranger.headers)
    assert listed.json()["items"] == []


async def test_the_group_and_a_school_keep_their_own(http, world, office):
    school, other = await world.school("一校"), await world.school("二校")
    admin = await world.person(school, "school_admin")
    teacher = await world.person(other, "teacher")
    made = await enter(http, office, "makeup-days", MADE_UP)
    own = await enter(http, admin, "makeup-days", {**MADE_UP, "school_id": str(school.id)})
    assert own["actions"] == ["delete"]
    twice = await enter(http, admin, "makeup-days", {**MADE_UP, "school_id": str(school.id)}, 409)
    assert twice["code"] == "makeup_day_twice"
    for school_id in (None, str(other.id)):
        refused = await enter(http, admin, "makeup-days", {**MADE_UP, "school_id": school_id}, 403)
        assert refused["code"] == "not_allowed"
    seen = await http.get(
        "/v1/makeup-days", params={"school_id": str(other.id)}, headers=teacher.headers
    )
    assert [(day["id"], day["actions"]) for day in seen.json()["items"]] == [(made["id"], [])]
    path = f"/v1/makeup-days/{made['id']}"
    assert (await http.delete(path, headers=admin.headers)).status_code == 403
    assert (await http.delete(path, headers=office.headers)).status_code == 204
    assert (await http.get(path, headers=office.headers)).status_code == 404


async def test_weekends_and_holidays_do_not_count_and_what_is_made_up_for_does(http, world, office):
    school = await world.school("一校")
    assert await school_day(world, school, "2026-09-25", 1) == date(2026, 9, 28), "a weekend"
    assert await school_day(world, school, "2026-09-28", -1) == date(2026, 9, 25)
    assert await school_day(world, school, "2026-09-27", 0) == date(2026, 9, 27), "the day itself"
    await enter(http, office, "holidays", HOLIDAY)
    assert await school_day(world, school, "2026-09-30", 1) == date(2026, 10, 8)
    assert await school_day(world, school, "2026-10-08", 2) == date(2026, 10, 12)
    await enter(http, office, "makeup-days", MADE_UP)
    assert await school_day(world, school, "2026-10-08", 2) == date(2026, 10, 10)
    assert await school_day(world, school, "2026-10-12", -3) == date(2026, 10, 8)
    assert await school_day(world, None, "2026-10-12", -3) == date(2026, 10, 8), "the office"


async def test_what_a_school_says_of_itself_goes_before_what_the_group_says(http, world, office):
    """Closed on the day the group makes up for; teaching on a Saturday within its holiday."""
    closed, keen = await world.school("停课校"), await world.school("补课校")
    await enter(http, office, "holidays", HOLIDAY)
    await enter(http, office, "makeup-days", MADE_UP)
    own: dict[str, str | None] = {
        "name": "运动会",
        "from_on": "2026-10-09",
        "until_on": "2026-10-11",
    }
    admins = {s.name: await world.person(s, "school_admin") for s in (closed, keen)}
    await enter(http, admins["停课校"], "holidays", {**own, "school_id": str(closed.id)})
    made: dict[str, str | None] = {
        "name": "补课",
        "taught_on": "2026-10-03",
        "school_id": str(keen.id),
    }
    await enter(http, admins["补课校"], "makeup-days", made)
    assert await school_day(world, closed, "2026-10-08", 1) == date(2026, 10, 12)
    assert await school_day(world, keen, "2026-09-30", 1) == date(2026, 10, 3)
    assert await school_day(world, None, "2026-09-30", 1) == date(2026, 10, 8)


async def test_hours_become_school_days_at_the_same_time_of_day_there(world):
    """Due on Friday at 24:00 in Shanghai, which is 16:00 UTC: midnights there are what counts."""
    midnight = datetime(2026, 9, 25, 16, tzinfo=UTC)
    expected = {
        0: midnight,
        -24: datetime(2026, 9, 24, 16, tzinfo=UTC),  # Friday 0:00: the day it is due begins
        -72: datetime(2026, 9, 22, 16, tzinfo=UTC),
        24: datetime(2026, 9, 27, 16, tzinfo=UTC),  # Monday 0:00
        30: datetime(2026, 9, 27, 22, tzinfo=UTC),
    }
    for hours, at in expected.items():
        found = await world.sql.fetchval(
            "SELECT app.after_school_hours($1, NULL, 'Asia/Shanghai', $2, $3)",
            world.group_id, midnight, hours,
        )  # fmt: skip
        assert found == at, hours
