"""Terms and holidays: the group's by the office, a school's by the school."""

import asyncio
from typing import Any

import httpx
import pytest

from tests.people import Person, World

TERM = {"name": "第一学期", "from_on": "2026-09-01", "until_on": "2027-01-30"}
HOLIDAY = {"name": "国庆节", "from_on": "2026-10-01", "until_on": "2026-10-08"}


@pytest.fixture
async def office(world: World) -> Person:
    return await world.person(None, "group_admin")


async def enter(http, person: Person, what: str, body: dict[str, Any]) -> dict[str, Any]:
    answer = await http.post(f"/v1/{what}", json=body, headers=person.headers)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


@pytest.mark.parametrize("what", ["terms", "holidays"])
async def test_a_visitor_is_asked_to_sign_in(http: httpx.AsyncClient, what: str):
    path = f"/v1/{what}/00000000-0000-7000-8000-000000000000"
    for method, at in [
        ("GET", f"/v1/{what}"),
        ("POST", f"/v1/{what}"),
        ("GET", path),
        ("PATCH", path),
        ("DELETE", path),
    ]:
        assert (await http.request(method, at)).status_code == 401


@pytest.mark.parametrize(("what", "body"), [("terms", TERM), ("holidays", HOLIDAY)])
async def test_a_stranger_of_another_group_finds_nothing(
    http, world: World, office: Person, what: str, body: dict[str, Any]
):
    made = await enter(http, office, what, body)
    await world.group("other")
    stranger = await world.person(None, "group_admin")
    headers = {**stranger.headers, "If-Match": '"1"'}
    path = f"/v1/{what}/{made['id']}"
    for method in ("GET", "PATCH", "DELETE"):
        answer = await http.request(
            method, path, json={} if method == "PATCH" else None, headers=headers
        )
        assert answer.status_code == 404
    assert (await http.get(f"/v1/{what}", headers=headers)).json()["items"] == []


@pytest.mark.parametrize(("what", "body"), [("terms", TERM), ("holidays", HOLIDAY)])
async def test_the_office_sets_changes_and_deletes_everyone_sees(
    http, world: World, office: Person, what: str, body: dict[str, Any], sql
):
    teacher = await world.person(await world.school("一校"), "teacher")
    made = await enter(http, office, what, body)
    assert made["actions"] == ["change", "delete"]
    path = f"/v1/{what}/{made['id']}"
    seen = (await http.get(path, headers=teacher.headers)).json()
    assert {**seen, "actions": ["change", "delete"]} == made
    assert seen["actions"] == []
    assert (await http.patch(path, json={}, headers=office.headers)).status_code == 428
    headers = {**office.headers, "If-Match": '"1"'}
    changed = await http.patch(path, json={"until_on": "2027-02-01"}, headers=headers)
    assert (changed.json()["until_on"], changed.json()["version"]) == ("2027-02-01", 2)
    stale = await http.delete(path, headers=headers)
    assert stale.status_code == 412
    headers["If-Match"] = '"2"'
    backward = await http.patch(path, json={"until_on": "2020-01-01"}, headers=headers)
    assert (backward.status_code, backward.json()["errors"][0]["pointer"]) == (422, "/until_on")
    forbidden = await http.delete(path, headers={**teacher.headers, "If-Match": '"2"'})
    assert (forbidden.status_code, forbidden.json()["code"]) == (403, "not_allowed")
    gone = await http.delete(path, headers=headers)
    assert (gone.status_code, gone.content) == (204, b"")
    assert (await http.get(path, headers=headers)).status_code == 404
    events = await sql.fetch("SELECT type, version FROM event ORDER BY seq")
    assert [e["type"].partition(".")[2] for e in events] == ["set", "changed", "deleted"]
    assert [e["version"] for e in events] == [1, 2, 3]


async def test_terms_never_overlap_even_at_once(http, office: Person, sql):
    bodies = [{**TERM, "name": f"学期{number}"} for number in range(4)]
    answers = await asyncio.gather(
        *(http.post("/v1/terms", json=body, headers=office.headers) for body in bodies)
    )
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]
    assert {a.json()["code"] for a in answers if a.status_code == 409} == {"terms_overlap"}
    next_term = {"name": "第二学期", "from_on": TERM["until_on"], "until_on": "2027-07-03"}
    await enter(http, office, "terms", next_term)
    twice = {**next_term, "from_on": "2028-01-01", "until_on": "2028-02-01"}
    answer = await http.post("/v1/terms", json=twice, headers=office.headers)
    assert (answer.status_code, answer.json()["code"]) == (409, "term_name_taken")


async def test_a_school_sets_its_own_holidays_only(http, world: World, office: Person):
    ours, theirs = await world.school("一校"), await world.school("二校")
    admin = await world.person(ours, "school_admin")
    principal = await world.person(ours, "principal")
    own = await enter(http, admin, "holidays", {**HOLIDAY, "school_id": str(ours.id)})
    of_group = await enter(http, office, "holidays", HOLIDAY)
    for person, body in [
        (admin, HOLIDAY),
        (admin, {**HOLIDAY, "school_id": str(theirs.id)}),
        (principal, {**HOLIDAY, "school_id": str(ours.id)}),
    ]:
        answer = await http.post("/v1/holidays", json=body, headers=person.headers)
        assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed")
    term = await http.post("/v1/terms", json=TERM, headers=admin.headers)
    assert term.status_code == 403
    headers = {**admin.headers, "If-Match": '"1"'}
    change = {"name": "校庆"}
    mine = await http.patch(f"/v1/holidays/{own['id']}", json=change, headers=headers)
    assert mine.status_code == 200
    not_mine = await http.patch(f"/v1/holidays/{of_group['id']}", json=change, headers=headers)
    assert not_mine.status_code == 403


async def test_holidays_are_listed_by_school_and_time(http, world: World, office: Person):
    ours, theirs = await world.school("一校"), await world.school("二校")
    for name, school, from_on, until_on in [
        ("国庆节", None, "2026-10-01", "2026-10-08"),
        ("校庆", ours, "2026-11-01", "2026-11-02"),
        ("运动会", theirs, "2026-11-03", "2026-11-04"),
    ]:
        body = {"name": name, "from_on": from_on, "until_on": until_on}
        body |= {"school_id": str(school.id)} if school else {}
        await enter(http, office, "holidays", body)

    async def names(query: str) -> list[str]:
        found, cursor = [], ""
        while True:
            path = f"/v1/holidays?limit=1&{query}{cursor}"
            page = (await http.get(path, headers=office.headers)).json()
            found += [item["name"] for item in page["items"]]
            if page["next_cursor"] is None:
                return found
            cursor = f"&cursor={page['next_cursor']}"

    assert await names("") == ["国庆节", "校庆", "运动会"]
    assert await names(f"school_id={ours.id}") == ["国庆节", "校庆"]
    assert await names("since=2026-10-08") == ["校庆", "运动会"]
    assert await names("since=2026-10-07") == ["国庆节", "校庆", "运动会"]
    assert await names("until=2026-11-03") == ["国庆节", "校庆"]
    assert await names("until=2026-11-03&since=2026-11-01") == ["校庆"]


async def test_wrong_entries_are_named(http, world: World, office: Person):
    await world.group("other")
    foreign = await world.school("他校")
    for what, body, code in [
        ("terms", {**TERM, "until_on": TERM["from_on"]}, "not_later"),
        ("terms", {**TERM, "name": " "}, "invalid_value"),
        ("terms", {**TERM, "school_id": None}, "invalid_value"),
        ("holidays", {**HOLIDAY, "from_on": "1.10.2026"}, "invalid_value"),
        ("holidays", {**HOLIDAY, "school_id": str(foreign.id)}, "no_such_school"),
    ]:
        answer = await http.post(f"/v1/{what}", json=body, headers=office.headers)
        assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, code)
