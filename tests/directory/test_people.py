"""People: a school keeps its own, the office all; who leaves is out with the next request."""

import asyncio
from datetime import date, timedelta
from typing import Any

import httpx
import pytest

from tests.people import Person, School, World, today_there
from tests.waiting import until_waiting

TODAY = today_there  # the clock is not jumped in this file


def person(school: School | None, role: str = "teacher", **more: Any) -> dict[str, Any]:
    appointment = {
        "role": role,
        "from_on": TODAY().isoformat(),
        "school_id": str(school.id) if school else None,
    }
    return {"username": "lin.wanqing", "name": "林晚晴", "appointments": [appointment], **more}


async def enter(http, admin: Person, body: dict[str, Any]) -> dict[str, Any]:
    answer = await http.post("/v1/people", json=body, headers=admin.headers)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def test_a_visitor_is_asked_to_sign_in(http: httpx.AsyncClient):
    some_id = "00000000-0000-7000-8000-000000000000"
    for method, path in [
        ("GET", "/v1/people"),
        ("POST", "/v1/people"),
        ("GET", f"/v1/people/{some_id}"),
        ("PATCH", f"/v1/people/{some_id}"),
        ("POST", f"/v1/people/{some_id}/appointments"),
        ("POST", f"/v1/people/{some_id}/suspend"),
        ("POST", f"/v1/people/{some_id}/resume"),
        ("POST", f"/v1/people/{some_id}/leave"),
        ("GET", f"/v1/appointments/{some_id}"),
        ("PATCH", f"/v1/appointments/{some_id}"),
        ("DELETE", f"/v1/appointments/{some_id}"),
    ]:
        assert (await http.request(method, path)).status_code == 401, path


@pytest.mark.parametrize("of", ["another group", "another school"])
async def test_a_stranger_finds_nobody(http, world: World, of: str):
    teacher = await world.person(await world.school("一校"), "teacher")
    if of == "another group":
        await world.group("other")
        stranger = await world.person(None, "group_admin")
    else:
        stranger = await world.person(await world.school("二校"), "school_admin")
    headers = {**stranger.headers, "If-Match": '"1"'}
    entry = person(None)["appointments"][0]
    for method, path, body in [
        ("GET", f"/v1/people/{teacher.id}", None),
        ("PATCH", f"/v1/people/{teacher.id}", {"name": "x"}),
        ("POST", f"/v1/people/{teacher.id}/appointments", entry),
        ("POST", f"/v1/people/{teacher.id}/suspend", None),
        ("POST", f"/v1/people/{teacher.id}/resume", None),
        ("POST", f"/v1/people/{teacher.id}/leave", None),
        ("GET", f"/v1/appointments/{teacher.appointment_id}", None),
        ("PATCH", f"/v1/appointments/{teacher.appointment_id}", {"until_on": None}),
        ("DELETE", f"/v1/appointments/{teacher.appointment_id}", None),
    ]:
        answer = await http.request(method, path, json=body, headers=headers)
        assert answer.status_code == 404, (method, path, answer.text)
    listed = (await http.get("/v1/people", headers=stranger.headers)).json()["items"]
    assert str(teacher.id) not in {item["id"] for item in listed}


async def test_a_school_enters_its_people_and_colleagues_know_them(http, world: World):
    ours, theirs = await world.school("一校"), await world.school("二校")
    admin = await world.person(ours, "school_admin")
    colleague = await world.person(ours, "teacher")
    stranger = await world.person(theirs, "principal")
    inspector = await world.person(None, "inspector")
    office = await world.person(None, "group_admin")
    made = await enter(http, admin, person(ours))
    assert made["actions"] == ["change", "appoint", "suspend", "leave"]
    assert made["appointments"][0]["actions"] == ["end"]
    path = f"/v1/people/{made['id']}"
    seen = (await http.get(path, headers=colleague.headers)).json()
    assert (seen["name"], seen["actions"]) == ("林晚晴", [])
    assert seen["appointments"][0]["actions"] == []
    assert (await http.get(path, headers=office.headers)).status_code == 200
    assert (await http.get(path, headers=stranger.headers)).status_code == 404
    assert (await http.get(path, headers=inspector.headers)).status_code == 404
    forbidden = await http.patch(
        path, json={"name": "x"}, headers={**colleague.headers, "If-Match": '"1"'}
    )
    assert (forbidden.status_code, forbidden.json()["code"]) == (403, "not_allowed")


async def test_somebody_who_begins_later_is_already_kept_by_the_school(http, world: World):
    ours = await world.school("一校")
    admin = await world.person(ours, "school_admin")
    later = (TODAY() + timedelta(days=30)).isoformat()
    body = person(ours)
    body["appointments"][0]["from_on"] = later
    made = await enter(http, admin, body)
    assert made["appointments"][0]["actions"] == ["end", "delete"]
    assert (await http.get(f"/v1/people/{made['id']}", headers=admin.headers)).status_code == 200
    path = f"/v1/appointments/{made['appointments'][0]['id']}"
    gone = await http.delete(path, headers={**admin.headers, "If-Match": '"1"'})
    assert (gone.status_code, gone.content) == (204, b"")


async def test_a_list_shows_exactly_whom_one_may_see(http, world: World):
    ours, theirs = await world.school("一校"), await world.school("二校")
    teacher = await world.person(ours, "teacher", "b.teacher")
    await world.person(ours, "principal", "a.principal")
    await world.person(theirs, "teacher", "c.teacher")
    office = await world.person(None, "group_admin", "d.office")

    async def names(person: Person, query: str = "") -> list[str]:
        answer = await http.get(f"/v1/people?{query}", headers=person.headers)
        assert answer.status_code == 200, answer.text
        return [item["username"] for item in answer.json()["items"]]

    assert await names(teacher) == ["a.principal", "b.teacher"]
    assert await names(office) == ["a.principal", "b.teacher", "c.teacher", "d.office"]
    assert await names(office, f"school_id={theirs.id}") == ["c.teacher"]
    assert await names(teacher, f"school_id={theirs.id}") == []
    assert await names(office, "role=teacher") == ["b.teacher", "c.teacher"]
    assert await names(office, "q=b.TEA") == ["b.teacher"]
    assert await names(office, "status=left") == []
    for viewer in (teacher, office):
        listed = await names(viewer)
        everyone = (await http.get("/v1/people", headers=office.headers)).json()["items"]
        points = [
            item["username"]
            for item in everyone
            if (await http.get(f"/v1/people/{item['id']}", headers=viewer.headers)).status_code
            == 200
        ]
        assert listed == points


async def test_a_school_sees_of_a_shared_person_only_its_own_appointment(http, world: World):
    ours, theirs = await world.school("一校"), await world.school("二校")
    admin = await world.person(ours, "school_admin")
    office = await world.person(None, "group_admin")
    made = await enter(http, office, person(ours))
    path = f"/v1/people/{made['id']}"
    entry = person(theirs)["appointments"][0]
    more = await http.post(f"{path}/appointments", json=entry, headers=office.headers)
    assert (more.status_code, more.json()["version"]) == (201, 2)
    assert len(more.json()["appointments"]) == 2
    seen = (await http.get(path, headers=admin.headers)).json()["appointments"]
    assert [a["school_id"] for a in seen] == [str(ours.id)]
    other = next(a for a in more.json()["appointments"] if a["school_id"] == str(theirs.id))
    hidden = await http.get(f"/v1/appointments/{other['id']}", headers=admin.headers)
    assert hidden.status_code == 404
    for verb in ("suspend", "leave"):
        refused = await http.post(f"{path}/{verb}", headers=admin.headers)
        assert (refused.status_code, refused.json()["code"]) == (403, "appointed_elsewhere")


async def test_a_school_appoints_only_at_itself_and_never_to_the_office(http, world: World):
    ours, theirs = await world.school("一校"), await world.school("二校")
    admin = await world.person(ours, "school_admin")
    teacher = await world.person(ours, "teacher")
    for entry in (
        person(theirs)["appointments"][0],
        person(None, "group_admin")["appointments"][0],
        person(None, "inspector")["appointments"][0],
    ):
        body = person(ours, appointments=[entry])
        new = await http.post("/v1/people", json=body, headers=admin.headers)
        assert (new.status_code, new.json()["code"]) == (403, "not_allowed")
        more = await http.post(
            f"/v1/people/{teacher.id}/appointments", json=entry, headers=admin.headers
        )
        assert (more.status_code, more.json()["code"]) == (403, "not_allowed")


@pytest.mark.parametrize(
    ("role", "at_school"), [("group_admin", True), ("auditor", True), ("teacher", False)]
)
async def test_a_role_belongs_where_it_is_held(http, world: World, role: str, at_school: bool):
    office = await world.person(None, "group_admin")
    ours = await world.school("一校")
    body = person(ours if at_school else None, role)
    answer = await http.post("/v1/people", json=body, headers=office.headers)
    assert (answer.status_code, answer.json()["code"]) == (422, "role_misplaced")
    assert answer.json()["errors"][0]["pointer"] == "/appointments/0/school_id"


async def test_wrong_entries_are_named(http, world: World):
    office = await world.person(None, "group_admin")
    ours = await world.school("一校")
    await world.person(ours, "teacher", "taken")
    await world.group("other")
    foreign = await world.school("他校")
    for body, code in [
        (person(foreign), "invalid"),
        (person(ours, username="Upper"), "invalid"),
        (person(ours, name=" "), "invalid"),
        (person(ours, appointments=[]), "invalid"),
        (person(ours, appointments=person(ours)["appointments"] * 21), "invalid"),
        (person(ours, password="x"), "invalid"),
    ]:
        answer = await http.post("/v1/people", json=body, headers=office.headers)
        assert (answer.status_code, answer.json()["code"]) == (422, code), body
        assert answer.json()["errors"], body
    twice = person(ours, appointments=person(ours)["appointments"] * 2)
    answer = await http.post("/v1/people", json=twice, headers=office.headers)
    assert (answer.status_code, answer.json()["code"]) == (409, "appointments_overlap")
    answer = await http.post(
        "/v1/people", json=person(ours, username="taken"), headers=office.headers
    )
    assert (answer.status_code, answer.json()["code"]) == (409, "username_taken")


@pytest.mark.parametrize("by", ["school_admin", "group_admin"])
async def test_who_leaves_is_out_with_the_next_request(http, world: World, sql, by: str):
    ours = await world.school("一校")
    admin = await world.person(ours if by == "school_admin" else None, by)
    teacher = await world.person(ours, "teacher")
    ahead = {**person(ours, "lead")["appointments"][0]}
    ahead["from_on"] = (TODAY() + timedelta(days=30)).isoformat()
    path = f"/v1/people/{teacher.id}"
    await http.post(f"{path}/appointments", json=ahead, headers=admin.headers)
    again = await world.sign_in(teacher.group_id, teacher.id, teacher.appointment_id)
    for headers in (again.headers,):
        assert (await http.get("/v1/group", headers=headers)).status_code == 200
    left = await http.post(f"{path}/leave", headers=admin.headers)
    assert (left.status_code, left.json()["status"]) == (200, "left")
    assert [a["until_on"] for a in left.json()["appointments"]] == [TODAY().isoformat()]
    after = await http.get("/v1/group", headers=again.headers)
    assert (after.status_code, after.json()["code"]) == (401, "session_over")
    open_sessions = (
        "SELECT count(*) FROM access_session WHERE person_id = $1 AND revoked_at IS NULL"
    )
    assert await sql.fetchval(open_sessions, teacher.id) == 0
    twice = await http.post(f"{path}/leave", headers=admin.headers)
    assert twice.status_code == (409 if by == "group_admin" else 404)


async def test_somebody_who_left_is_back_by_a_new_appointment(http, world: World):
    ours = await world.school("一校")
    office = await world.person(None, "group_admin")
    teacher = await world.person(ours, "teacher")
    path = f"/v1/people/{teacher.id}"
    left = (await http.post(f"{path}/leave", headers=office.headers)).json()
    assert left["actions"] == ["appoint"]
    entry = person(ours)["appointments"][0]
    back = await http.post(f"{path}/appointments", json=entry, headers=office.headers)
    assert (back.status_code, back.json()["status"]) == (201, "active")
    assert (await http.get("/v1/group", headers=teacher.headers)).status_code == 401


async def test_a_suspension_holds_at_once_and_ends_with_a_new_sign_in(http, world: World):
    ours = await world.school("一校")
    admin = await world.person(ours, "school_admin")
    teacher = await world.person(ours, "teacher")
    path = f"/v1/people/{teacher.id}"
    assert (await http.get("/v1/group", headers=teacher.headers)).status_code == 200
    off = await http.post(f"{path}/suspend", headers=admin.headers)
    assert (off.json()["status"], off.json()["actions"]) == (
        "suspended",
        ["change", "appoint", "resume", "leave"],
    )
    assert (await http.get("/v1/group", headers=teacher.headers)).status_code == 401
    twice = await http.post(f"{path}/suspend", headers=admin.headers)
    assert (twice.status_code, twice.json()["code"]) == (409, "wrong_state")
    on = await http.post(f"{path}/resume", headers=admin.headers)
    assert on.json()["status"] == "active"
    assert (await http.get("/v1/group", headers=teacher.headers)).status_code == 401
    again = await world.sign_in(teacher.group_id, teacher.id, teacher.appointment_id)
    assert (await http.get("/v1/group", headers=again.headers)).status_code == 200


async def test_what_the_office_suspended_a_school_does_not_resume(http, world: World):
    ours = await world.school("一校")
    admin, office = (
        await world.person(ours, "school_admin"),
        await world.person(None, "group_admin"),
    )
    teacher = await world.person(ours, "teacher")
    path = f"/v1/people/{teacher.id}"
    await http.post(f"{path}/suspend", headers=office.headers)
    refused = await http.post(f"{path}/resume", headers=admin.headers)
    assert (refused.status_code, refused.json()["code"]) == (403, "suspended_by_office")
    assert (await http.post(f"{path}/resume", headers=office.headers)).status_code == 200


async def test_an_appointment_ends_on_a_day_and_never_in_the_past(http, world: World):
    ours = await world.school("一校")
    admin, teacher = await world.person(ours, "school_admin"), await world.person(ours, "teacher")
    path = f"/v1/appointments/{teacher.appointment_id}"
    today, headers = TODAY(), {**admin.headers, "If-Match": '"1"'}

    async def end(day: date | None):
        body = {"until_on": day.isoformat() if day else None}
        return await http.patch(path, json=body, headers=headers)

    past = await end(today - timedelta(days=2))
    assert (past.status_code, past.json()["code"]) == (409, "end_in_the_past")
    begun = await http.delete(path, headers=headers)
    assert (begun.status_code, begun.json()["code"]) == (409, "appointment_begun")
    later = await end(today + timedelta(days=30))
    assert (later.status_code, later.json()["version"]) == (200, 2)
    stale = await end(today)
    assert stale.status_code == 412
    headers["If-Match"] = '"2"'
    teacher = await world.sign_in(teacher.group_id, teacher.id, teacher.appointment_id)
    assert (await http.get("/v1/group", headers=teacher.headers)).status_code == 200
    now = await end(today)
    assert (now.status_code, now.json()["actions"]) == (200, [])
    assert (await http.get("/v1/group", headers=teacher.headers)).status_code == 401
    headers["If-Match"] = '"3"'
    over = await end(None)
    # the person is nobody of this school any more
    assert over.status_code == 404


async def test_an_appointments_last_day_passes_by_itself(http, world: World, clock, sql):
    ours = await world.school("一校")
    teacher = await world.person(ours, "teacher")
    await sql.execute(
        "UPDATE appointment SET until_on = (now() AT TIME ZONE 'Asia/Shanghai')::date + 1"
    )
    teacher = await world.sign_in(teacher.group_id, teacher.id, teacher.appointment_id)
    assert (await http.get("/v1/group", headers=teacher.headers)).status_code == 200
    token = teacher.headers["Authorization"]
    clock.jump(timedelta(days=1))
    fresh = await world.sign_in(teacher.group_id, teacher.id, teacher.appointment_id)
    assert token != fresh.headers["Authorization"]
    assert (await http.get("/v1/group", headers=fresh.headers)).status_code == 401


async def test_the_group_keeps_an_administrator(http, world: World):
    office = await world.person(None, "group_admin")
    path = f"/v1/people/{office.id}"
    for verb in ("suspend", "leave"):
        refused = await http.post(f"{path}/{verb}", headers=office.headers)
        assert (refused.status_code, refused.json()["code"]) == (409, "last_administrator")
    body = {"until_on": TODAY().isoformat()}
    refused = await http.patch(
        f"/v1/appointments/{office.appointment_id}",
        json=body,
        headers={**office.headers, "If-Match": '"1"'},
    )
    assert (refused.status_code, refused.json()["code"]) == (409, "last_administrator")
    await world.person(None, "group_admin")
    assert (await http.post(f"{path}/leave", headers=office.headers)).status_code == 200


async def test_two_administrators_who_leave_at_once_do_not_both_go(http, world: World, sql):
    one, two = await world.person(None, "group_admin"), await world.person(None, "group_admin")

    async def leave(person: Person):
        return await http.post(f"/v1/people/{person.id}/leave", headers=person.headers)

    async with sql.transaction():
        key = f"administrators/{world.group_id}"
        await sql.execute("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", key)
        racing = [asyncio.create_task(leave(person)) for person in (one, two)]
        await until_waiting(sql, 2)
    answers = sorted([await task for task in racing], key=lambda a: a.status_code)
    assert [a.status_code for a in answers] == [200, 409]


async def test_two_at_once_appoint_the_same_person_once(http, world: World, sql):
    ours = await world.school("一校")
    admin, teacher = await world.person(ours, "school_admin"), await world.person(ours, "teacher")
    entry = person(ours, "lead")["appointments"][0]

    async def appoint():
        path = f"/v1/people/{teacher.id}/appointments"
        return await http.post(path, json=entry, headers=admin.headers)

    async with sql.transaction():
        await sql.execute("SELECT FROM person WHERE id = $1 FOR UPDATE", teacher.id)
        racing = [asyncio.create_task(appoint()) for _ in range(2)]
        await until_waiting(sql, 2)
    answers = sorted([await task for task in racing], key=lambda a: a.status_code)
    assert [a.status_code for a in answers] == [201, 409]
    assert answers[1].json()["code"] == "appointments_overlap"


async def test_events_and_audit_tell_ids_never_names(http, world: World, sql):
    ours = await world.school("一校")
    admin = await world.person(ours, "school_admin")
    made = await enter(http, admin, person(ours))
    path = f"/v1/people/{made['id']}"
    headers = {**admin.headers, "If-Match": '"1"'}
    await http.patch(path, json={"name": "林晚晴二"}, headers=headers)
    await http.post(f"{path}/suspend", headers=admin.headers)
    await http.post(f"{path}/resume", headers=admin.headers)
    await http.post(f"{path}/leave", headers=admin.headers)
    events = [dict(row) for row in await sql.fetch("SELECT * FROM event ORDER BY seq")]
    assert [e["type"].removeprefix("person.") for e in events] == [
        "entered",
        "changed",
        "suspended",
        "resumed",
        "left",
    ]
    assert all(e["school_ids"] == [ours.id] for e in events)
    entries = [dict(row) for row in await sql.fetch("SELECT * FROM audit_entry")]
    assert len(entries) == 5
    assert "林晚晴" not in str(events) + str(entries)
    assert "lin.wanqing" not in str(events) + str(entries)
