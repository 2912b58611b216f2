"""Circles: made by the office, known to their schools."""

import asyncio
from typing import Any

import httpx
import pytest

from tests.people import Person, School, World


@pytest.fixture
async def office(world: World) -> Person:
    return await world.person(None, "group_admin")


async def make(http, office: Person, name: str = "小学数学校际圈") -> dict[str, Any]:
    answer = await http.post("/v1/circles", json={"name": name}, headers=office.headers)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def put(http, office: Person, circle: dict[str, Any], school: School) -> httpx.Response:
    path = f"/v1/circles/{circle['id']}/members/{school.id}"
    answer: httpx.Response = await http.put(path, headers=office.headers)
    return answer


async def test_a_visitor_is_asked_to_sign_in(http: httpx.AsyncClient):
    some_id = "00000000-0000-7000-8000-000000000000"
    for method, path in [
        ("GET", "/v1/circles"),
        ("POST", "/v1/circles"),
        ("GET", f"/v1/circles/{some_id}"),
        ("PATCH", f"/v1/circles/{some_id}"),
        ("DELETE", f"/v1/circles/{some_id}"),
        ("GET", f"/v1/circles/{some_id}/members"),
        ("PUT", f"/v1/circles/{some_id}/members/{some_id}"),
        ("DELETE", f"/v1/circles/{some_id}/members/{some_id}"),
    ]:
        assert (await http.request(method, path)).status_code == 401


@pytest.mark.parametrize("of", ["another group", "a school outside"])
async def test_a_stranger_finds_nothing(http, world: World, office: Person, of: str):
    ours = await world.school("一校")
    circle = await make(http, office)
    if of == "another group":
        await world.group("other")
        stranger = await world.person(None, "group_admin")
    else:
        stranger = await world.person(ours, "principal")
    headers = {**stranger.headers, "If-Match": '"1"'}
    path = f"/v1/circles/{circle['id']}"
    for method, more, body in [
        ("GET", "", None),
        ("PATCH", "", {"name": "x"}),
        ("DELETE", "", None),
        ("GET", "/members", None),
        ("PUT", f"/members/{ours.id}", None),
        ("DELETE", f"/members/{ours.id}", None),
    ]:
        answer = await http.request(method, path + more, json=body, headers=headers)
        assert answer.status_code == 404, (method, more, answer.text)
    assert (await http.get("/v1/circles", headers=stranger.headers)).json()["items"] == []


async def test_a_circle_is_known_to_its_schools(http, world: World, office: Person, sql):
    ours, theirs = await world.school("一校"), await world.school("二校", "partner")
    teacher = await world.person(ours, "teacher")
    circle = await make(http, office)
    for school in (ours, theirs, ours):
        assert (await put(http, office, circle, school)).status_code == 200
    path = f"/v1/circles/{circle['id']}"
    seen = (await http.get(path, headers=teacher.headers)).json()
    assert (seen["schools"], seen["version"], seen["actions"]) == (2, 3, [])
    members = (await http.get(f"{path}/members", headers=teacher.headers)).json()["items"]
    assert [(m["name"], m["tier"]) for m in members] == [
        ("一校", "integrated"),
        ("二校", "partner"),
    ]
    forbidden = await http.put(f"{path}/members/{ours.id}", headers=teacher.headers)
    assert (forbidden.status_code, forbidden.json()["code"]) == (403, "not_allowed")
    out = await http.delete(f"{path}/members/{ours.id}", headers=office.headers)
    assert (out.status_code, out.json()["schools"]) == (200, 1)
    assert (await http.get(path, headers=teacher.headers)).status_code == 404
    gone = await http.delete(f"{path}/members/{ours.id}", headers=office.headers)
    assert gone.status_code == 404
    events = await sql.fetch("SELECT type, school_ids FROM event ORDER BY seq")
    assert [e["type"] for e in events] == ["circle.made"] + ["circle.members_changed"] * 3
    assert set(events[-1]["school_ids"]) == {ours.id, theirs.id}


async def test_texts_change_by_version_and_names_are_given_once(http, world: World, office: Person):
    circle, _ = await make(http, office), await make(http, office, "另一圈")
    path = f"/v1/circles/{circle['id']}"
    assert (await http.patch(path, json={}, headers=office.headers)).status_code == 428
    headers = {**office.headers, "If-Match": '"1"'}
    changed = await http.patch(path, json={"subject": "mathematics"}, headers=headers)
    assert (changed.json()["subject"], changed.headers["etag"]) == ("mathematics", '"2"')
    stale = await http.patch(path, json={"subject": "x"}, headers=headers)
    assert stale.status_code == 412
    headers["If-Match"] = '"2"'
    taken = await http.patch(path, json={"name": "另一圈"}, headers=headers)
    assert (taken.status_code, taken.json()["code"]) == (409, "circle_name_taken")
    wrong = await http.patch(path, json={"name": ""}, headers=headers)
    assert wrong.status_code == 422
    cached = await http.get(path, headers={**office.headers, "If-None-Match": '"2"'})
    assert cached.status_code == 304


async def test_a_circle_an_agreement_names_is_not_deleted(http, world: World, office: Person, sql):
    ours = await world.school("一校")
    circle, other = await make(http, office), await make(http, office, "另一圈")
    await put(http, office, other, ours)
    await sql.execute(
        """INSERT INTO agreement (group_id, id, owner_school_id, grantee_circle_id, from_on,
                                  until_on, status, created_at, updated_at)
           VALUES ($1, gen_random_uuid(), $2, $3, '2026-01-01', '2027-01-01', 'proposed', now(),
                   now())""",
        world.group_id,
        ours.id,
        circle["id"],
    )
    headers = {**office.headers, "If-Match": '"1"'}
    used = await http.delete(f"/v1/circles/{circle['id']}", headers=headers)
    assert (used.status_code, used.json()["code"]) == (409, "circle_in_use")
    headers["If-Match"] = '"2"'
    gone = await http.delete(f"/v1/circles/{other['id']}", headers=headers)
    assert (gone.status_code, gone.content) == (204, b"")


async def test_a_closed_or_unknown_school_is_not_put_in(http, world: World, office: Person, sql):
    ours = await world.school("一校")
    circle = await make(http, office)
    await sql.execute("UPDATE school SET closed_on = '2020-01-01'")
    assert (await put(http, office, circle, ours)).status_code == 404


async def test_the_same_school_at_once_is_in_it_once(http, world: World, office: Person, sql):
    ours = await world.school("一校")
    circle = await make(http, office)
    answers = await asyncio.gather(*(put(http, office, circle, ours) for _ in range(4)))
    assert {answer.status_code for answer in answers} == {200}
    assert await sql.fetchval("SELECT count(*) FROM circle_member") == 1
    assert await sql.fetchval("SELECT version FROM circle") == 2


async def test_lists_are_paged(http, world: World, office: Person):
    names = [f"圈{number}" for number in range(3)]
    for name in names:
        await make(http, office, name)
    first = (await http.get("/v1/circles?limit=2", headers=office.headers)).json()
    path = f"/v1/circles?limit=2&cursor={first['next_cursor']}"
    second = (await http.get(path, headers=office.headers)).json()
    assert [item["name"] for item in first["items"] + second["items"]] == names
