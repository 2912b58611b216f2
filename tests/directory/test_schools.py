"""Schools: kept by themselves, placed in the group by the office."""

import asyncio
from datetime import timedelta
from typing import Any

import httpx
import pytest

from tests.people import World, today_there
from tests.waiting import until_waiting

TODAY = today_there  # the clock is not jumped in this file


def school(code: str = "3151000001", **more: Any) -> dict[str, Any]:
    return {
        "code": code,
        "name": "青禾实验学校",
        "name_en": "Qinghe Experimental School",
        "stages": ["junior", "primary"],
        "tier": "integrated",
        "tier_from_on": "2024-09-01",
        **more,
    }


async def enter(http, admin, code: str = "3151000001", **more: Any) -> dict[str, Any]:
    answer = await http.post("/v1/schools", json=school(code, **more), headers=admin.headers)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def test_a_visitor_is_asked_to_sign_in(http: httpx.AsyncClient):
    some_id = "00000000-0000-7000-8000-000000000000"
    for method, path in [
        ("GET", "/v1/group"),
        ("GET", "/v1/schools"),
        ("POST", "/v1/schools"),
        ("GET", f"/v1/schools/{some_id}"),
        ("PATCH", f"/v1/schools/{some_id}"),
        ("DELETE", f"/v1/schools/{some_id}"),
        ("GET", f"/v1/schools/{some_id}/tiers"),
        ("POST", f"/v1/schools/{some_id}/tiers"),
        ("DELETE", f"/v1/schools/{some_id}/tiers/{some_id}"),
    ]:
        answer = await http.request(method, path)
        assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated"), path


async def test_a_stranger_of_another_group_finds_nothing(http, world: World):
    ours = await world.school("青禾一中")
    await world.group("other")
    stranger = await world.person(None, "group_admin")
    for method, path, body in [
        ("GET", "", None),
        ("PATCH", "", {"name": "x"}),
        ("DELETE", "", None),
        ("GET", "/tiers", None),
        ("POST", "/tiers", {"tier": "partner", "from_on": "2030-01-01"}),
        ("DELETE", f"/tiers/{ours.id}", None),
    ]:
        answer = await http.request(
            method,
            f"/v1/schools/{ours.id}{path}",
            json=body,
            headers={**stranger.headers, "If-Match": '"1"'},
        )
        assert answer.status_code == 404, (method, path, answer.text)
    assert (await http.get("/v1/schools", headers=stranger.headers)).json()["items"] == []


async def test_the_office_admits_a_school_and_everyone_sees_it(http, world: World):
    admin = await world.person(None, "group_admin")
    teacher = await world.person(await world.school("青禾一中", "partner"), "teacher")
    made = await enter(http, admin)
    assert made["stages"] == ["primary", "junior"]
    assert made["tier"] == "integrated"
    assert made["actions"] == ["change", "set_tier", "close"]
    seen = (await http.get(f"/v1/schools/{made['id']}", headers=teacher.headers)).json()
    assert {**seen, "actions": []} == {**made, "actions": []}
    assert seen["actions"] == []
    group = (await http.get("/v1/group", headers=teacher.headers)).json()
    assert (group["schools_integrated"], group["schools_partner"]) == (1, 1)


async def test_a_code_is_given_once(http, world: World):
    admin = await world.person(None, "group_admin")
    await enter(http, admin)
    again = await http.post("/v1/schools", json=school(), headers=admin.headers)
    assert (again.status_code, again.json()["code"]) == (409, "school_code_taken")
    assert "name" not in again.json()


@pytest.mark.parametrize(
    "wrong",
    [
        {"code": ""},
        {"code": "a b"},
        {"name": "   "},
        {"name": "名" * 201},
        {"stages": []},
        {"stages": ["university"]},
        {"tier": "office"},
        {"tier_from_on": "2024-13-01"},
        {"longitude": 181},
        {"latitude": -91},
        {"unknown": 1},
    ],
)
async def test_wrong_input_is_named_by_its_field(http, world: World, wrong: dict[str, Any]):
    admin = await world.person(None, "group_admin")
    answer = await http.post("/v1/schools", json=school(**wrong), headers=admin.headers)
    assert answer.status_code == 422
    assert answer.json()["errors"]


async def test_a_name_with_a_null_character_is_refused(http, world: World):
    admin = await world.person(None, "group_admin")
    answer = await http.post("/v1/schools", json=school(name="a\0b"), headers=admin.headers)
    assert answer.status_code == 422


async def test_a_school_keeps_its_own_entry_and_no_other(http, world: World):
    ours, theirs = await world.school("青禾一中"), await world.school("青禾二中")
    admin = await world.person(ours, "school_admin")
    path, change = f"/v1/schools/{ours.id}", {"name": "青禾第一中学", "longitude": 120.5}
    without = await http.patch(path, json=change, headers=admin.headers)
    assert without.status_code == 428
    headers = {**admin.headers, "If-Match": '"1"'}
    done = await http.patch(path, json=change, headers=headers)
    assert done.status_code == 200
    assert (done.json()["name"], done.json()["version"]) == ("青禾第一中学", 2)
    assert done.json()["actions"] == ["change"]
    assert done.headers["etag"] == '"2"'
    stale = await http.patch(path, json={"name": "x"}, headers=headers)
    assert (stale.status_code, stale.json()["code"]) == (412, "stale_version")
    other = await http.patch(f"/v1/schools/{theirs.id}", json=change, headers=headers)
    assert (other.status_code, other.json()["code"]) == (403, "not_allowed")
    assert "青禾二中" in other.json()["remedy"]


async def test_a_change_that_changes_nothing_moves_no_version(http, world: World, sql):
    ours = await world.school("青禾一中")
    admin = await world.person(ours, "school_admin")
    headers = {**admin.headers, "If-Match": '"1"'}
    done = await http.patch(f"/v1/schools/{ours.id}", json={"name": ours.name}, headers=headers)
    assert (done.status_code, done.json()["version"]) == (200, 1)
    assert await sql.fetchval("SELECT count(*) FROM event") == 0


async def test_a_school_neither_chooses_its_tier_nor_closes_itself(http, world: World, sql):
    ours = await world.school("青禾一中", "partner")
    admin = await world.person(ours, "school_admin")
    body = {"tier": "integrated", "from_on": TODAY().isoformat()}
    tier = await http.post(f"/v1/schools/{ours.id}/tiers", json=body, headers=admin.headers)
    headers = {**admin.headers, "If-Match": '"1"'}
    close = await http.delete(f"/v1/schools/{ours.id}", headers=headers)
    enter = await http.post("/v1/schools", json=school(), headers=admin.headers)
    assert [tier.status_code, close.status_code, enter.status_code] == [403, 403, 403]
    denied = await sql.fetch("SELECT act, thing FROM audit_entry WHERE outcome = 'denied'")
    assert [row["act"] for row in denied] == ["school:admit"] * 3


async def test_every_change_is_one_event_and_one_audit_entry(http, world: World, sql):
    admin = await world.person(None, "group_admin")
    made = await enter(http, admin)
    headers = {**admin.headers, "If-Match": '"1"'}
    await http.patch(f"/v1/schools/{made['id']}", json={"address": "青禾路9号"}, headers=headers)
    events = await sql.fetch("SELECT type, subject, version, data FROM event ORDER BY seq")
    assert [(e["type"], e["version"]) for e in events] == [
        ("school.entered", 1),
        ("school.changed", 2),
    ]
    assert "青禾" not in str([dict(e) for e in events])
    entries = await sql.fetch("SELECT act, thing, actor FROM audit_entry ORDER BY seq")
    assert [e["act"] for e in entries] == ["school:admit", "school:manage"]
    assert {e["thing"] for e in entries} == {f"school/{made['id']}"}
    assert {e["actor"] for e in entries} == {f"person:{admin.id}"}


async def test_a_repeated_command_admits_one_school(http, world: World, sql):
    admin = await world.person(None, "group_admin")
    headers = {**admin.headers, "Idempotency-Key": "once"}
    first = await http.post("/v1/schools", json=school(), headers=headers)
    second = await http.post("/v1/schools", json=school(), headers=headers)
    assert first.content == second.content
    assert second.headers["idempotent-replayed"] == "true"
    assert await sql.fetchval("SELECT count(*) FROM school") == 1


async def test_a_list_is_filtered_and_paged_by_code(http, world: World):
    for number in range(5):
        tier = "partner" if number % 2 else "integrated"
        stages = ("primary",) if number < 3 else ("senior",)
        await world.school(f"青禾{number}校", tier, stages, code=f"C{number}")
    teacher = await world.person(await world.school("甲校", code="Z"), "teacher")

    async def codes(query: str) -> list[str]:
        found, cursor = [], ""
        while True:
            answer = await http.get(f"/v1/schools?limit=2{query}{cursor}", headers=teacher.headers)
            assert answer.status_code == 200, answer.text
            found += [item["code"] for item in answer.json()["items"]]
            if answer.json()["next_cursor"] is None:
                return found
            cursor = f"&cursor={answer.json()['next_cursor']}"

    assert await codes("") == ["C0", "C1", "C2", "C3", "C4", "Z"]
    assert await codes("&tier=partner") == ["C1", "C3"]
    assert await codes("&stage=senior") == ["C3", "C4"]
    assert await codes("&q=青禾3") == ["C3"]
    assert await codes("&q=c4") == []
    assert await codes("&q=C4") == ["C4"]
    assert await codes("&q=%25") == []
    bad = await http.get("/v1/schools?cursor=abc", headers=teacher.headers)
    assert (bad.status_code, bad.json()["code"]) == (400, "bad_cursor")
    assert (await http.get("/v1/schools?tier=no", headers=teacher.headers)).status_code == 422
    assert (await http.get("/v1/schools?page=2", headers=teacher.headers)).status_code == 400


async def test_a_school_never_used_goes_a_used_one_is_closed(http, world: World, sql):
    admin = await world.person(None, "group_admin")
    unused, used = await world.school("一校"), await world.school("二校")
    teacher = await world.person(used, "teacher")
    headers = {**admin.headers, "If-Match": '"1"'}
    gone = await http.delete(f"/v1/schools/{unused.id}", headers=headers)
    assert gone.json() == {"id": str(unused.id), "removed": True, "closed_on": None}
    assert (await http.get(f"/v1/schools/{unused.id}", headers=headers)).status_code == 404
    assert (await http.get("/v1/schools", headers=teacher.headers)).status_code == 200
    closed = await http.delete(f"/v1/schools/{used.id}", headers=headers)
    assert closed.json()["removed"] is False
    seen = (await http.get(f"/v1/schools/{used.id}", headers=headers)).json()
    assert (seen["tier"], seen["actions"]) == (None, [])
    assert (await http.get("/v1/schools", headers=teacher.headers)).status_code == 401
    assert (await http.get("/v1/schools", headers=admin.headers)).json()["items"] == []
    listed = await http.get("/v1/schools?closed=true", headers=admin.headers)
    assert [item["id"] for item in listed.json()["items"]] == [str(used.id)]
    headers["If-Match"] = f'"{seen["version"]}"'
    again = await http.delete(f"/v1/schools/{used.id}", headers=headers)
    assert (again.status_code, again.json()["code"]) == (409, "wrong_state")
    history = await sql.fetch("SELECT until_on FROM school_tier WHERE school_id = $1", used.id)
    assert len(history) == 1


async def test_a_school_closes_on_a_later_day_and_never_in_the_past(http, world: World):
    admin = await world.person(None, "group_admin")
    used = await world.school("二校")
    await world.person(used, "teacher")
    headers = {**admin.headers, "If-Match": '"1"'}
    path = f"/v1/schools/{used.id}"
    yesterday = TODAY() - timedelta(days=2)
    past = await http.delete(f"{path}?on={yesterday}", headers=headers)
    assert (past.status_code, past.json()["code"]) == (409, "closed_in_the_past")
    later = TODAY() + timedelta(days=100)
    assert (await http.delete(f"{path}?on={later}", headers=headers)).status_code == 200
    seen = (await http.get(path, headers=headers)).json()
    assert (seen["tier"], seen["closed_on"]) == ("integrated", later.isoformat())
    tier = {"tier": "partner", "from_on": later.isoformat()}
    after = await http.post(f"{path}/tiers", json=tier, headers=admin.headers)
    assert (after.status_code, after.json()["errors"][0]["code"]) == (422, "after_closing")
    tier["from_on"] = (TODAY() + timedelta(days=50)).isoformat()
    assert (await http.post(f"{path}/tiers", json=tier, headers=admin.headers)).status_code == 201
    tiers = (await http.get(f"{path}/tiers", headers=admin.headers)).json()["items"]
    assert [t["until_on"] for t in tiers] == [tier["from_on"], later.isoformat()]


async def test_two_at_once_set_one_tier(http, world: World, sql, settings):
    """The school is held from here until both wait; one is placed, the other is told why not."""
    admin = await world.person(None, "group_admin")
    ours = await world.school("一校", "partner")
    body = {"tier": "integrated", "from_on": (TODAY() + timedelta(days=30)).isoformat()}

    async def place():
        path = f"/v1/schools/{ours.id}/tiers"
        return await http.post(path, json=body, headers=admin.headers)

    async with sql.transaction():
        await sql.execute("SELECT FROM school WHERE id = $1 FOR UPDATE", ours.id)
        racing = [asyncio.create_task(place()) for _ in range(2)]
        await until_waiting(sql, 2)
    answers = sorted([await task for task in racing], key=lambda a: a.status_code)
    assert [a.status_code for a in answers] == [201, 409]
    assert answers[1].json()["code"] == "tier_planned"
    tiers = await sql.fetch("SELECT tier, until_on FROM school_tier ORDER BY from_on")
    assert [t["tier"] for t in tiers] == ["partner", "integrated"]
    assert tiers[0]["until_on"].isoformat() == body["from_on"]
