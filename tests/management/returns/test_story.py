"""The office asks, schools answer, the office decides; and who may not even see it."""

from typing import Any
from uuid import UUID

import httpx
import pytest

from tests.management.returns.desk import BEGIN, FIELDS, Desk

SOME = UUID(int=7)
ROUTES = [
    ("POST", "/v1/forms"),
    ("GET", "/v1/forms"),
    ("GET", f"/v1/forms/{SOME}"),
    ("PUT", f"/v1/forms/{SOME}"),
    ("GET", "/v1/fields"),
    ("POST", "/v1/calls"),
    ("GET", "/v1/calls"),
    ("GET", f"/v1/calls/{SOME}"),
    ("GET", f"/v1/calls/{SOME}/targets"),
    ("POST", f"/v1/calls/{SOME}/close"),
    ("POST", f"/v1/calls/{SOME}/exemptions"),
    ("POST", f"/v1/calls/{SOME}/extensions"),
    ("POST", f"/v1/calls/{SOME}/exemptions/{SOME}/lift"),
    ("PUT", f"/v1/calls/{SOME}"),
    ("POST", f"/v1/calls/{SOME}/open"),
    ("POST", f"/v1/calls/{SOME}/discard"),
    ("GET", f"/v1/calls/{SOME}/return/prefill"),
    ("GET", f"/v1/returns/{SOME}/versions/1"),
    ("GET", f"/v1/returns/{SOME}/versions/1/diff/2"),
    ("GET", f"/v1/returns/{SOME}/files/{SOME}"),
    ("GET", f"/v1/returns/{SOME}/versions/1/files/{SOME}"),
    ("GET", f"/v1/calls/{SOME}/return"),
    ("PUT", f"/v1/calls/{SOME}/return"),
    ("POST", f"/v1/calls/{SOME}/return/submit"),
    ("GET", f"/v1/calls/{SOME}/completeness"),
    ("GET", f"/v1/calls/{SOME}/figures"),
    ("GET", f"/v1/calls/{SOME}/roll-up/x"),
    ("GET", "/v1/field-series?field=x"),
    ("GET", f"/v1/calls/{SOME}/burden"),
    ("GET", "/v1/returns-burden?from_on=2026-06-01"),
    ("GET", f"/v1/calls/{SOME}/return/sheet"),
    ("POST", f"/v1/calls/{SOME}/return/sheet"),
    ("POST", f"/v1/calls/{SOME}/return/sheet/annotated"),
    ("GET", f"/v1/calls/{SOME}/sheet"),
    ("GET", f"/v1/returns/{SOME}"),
    ("GET", f"/v1/returns/{SOME}/versions"),
    ("POST", f"/v1/returns/{SOME}/accept"),
    ("POST", f"/v1/returns/{SOME}/send-back"),
]


@pytest.mark.parametrize(("method", "path"), ROUTES)
async def test_a_visitor_is_asked_who_it_is(http: httpx.AsyncClient, method: str, path: str):
    answer = await http.request(method, path)
    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"


async def test_a_stranger_of_another_group_finds_nothing(desk: Desk):
    form = await desk.form()
    call = await desk.call(form_id=form["id"])
    made = await desk.answer(desk.principals[0], call)
    await desk.world.group("other")
    stranger = await desk.world.person(None, "group_admin")
    there, back = f"/v1/calls/{call['id']}", f"/v1/returns/{made['id']}"
    doors: list[tuple[str, str, Any]] = [
        ("GET", f"/v1/forms/{form['id']}", None),
        ("GET", there, None),
        ("GET", f"{there}/targets", None),
        ("POST", f"{there}/close", None),
        ("POST", f"{there}/exemptions", {"school_id": str(desk.schools[1].id), "because": "x"}),
        ("GET", f"{there}/return", None),
        ("PUT", f"{there}/return", {"values": {}}),
        ("POST", f"{there}/return/submit", None),
        ("GET", f"{there}/completeness", None),
        ("GET", f"{there}/figures", None),
        ("GET", back, None),
        ("GET", f"{back}/versions", None),
        ("POST", f"{back}/accept", {"version_no": 1}),
        ("POST", f"{back}/send-back", {"fields": ["lessons"], "because": "x"}),
    ]
    for method, path, body in doors:
        await desk.send(stranger, method, path, 404, json=body, headers=BEGIN)
    for path in ("/v1/forms", "/v1/calls", "/v1/fields"):
        assert (await desk.send(stranger, "GET", path))["items"] == []
    problem = await desk.send(
        stranger, "POST", "/v1/calls", 422,
        json={
            "form_id": form["id"], "period": "2026", "title": "x", "all": True,
            "due_at": call["due_at"], "closes_at": call["closes_at"],
        },
    )  # fmt: skip
    assert {error["code"] for error in problem["errors"]} == {"unknown_form"}


async def test_the_office_asks_a_school_answers_and_the_office_accepts(desk: Desk):
    call = await desk.call()
    assert [field["code"] for field in call["fields"]] == [field["code"] for field in FIELDS]
    assert call["actions"] == ["close", "exempt", "lift_exemption", "extend"]
    principal = desk.principals[0]
    clerk = await desk.world.person(desk.schools[0], "school_admin")
    [listed] = (await desk.send(clerk, "GET", "/v1/calls"))["items"]
    assert listed["id"] == call["id"]
    assert listed["mine"]["closes_at"] == call["closes_at"]
    assert listed["actions"] == []

    draft = await desk.save(clerk, call, {"lessons": 12, "note": None})
    assert draft["status"] == "drafting"
    assert draft["values"] == {"lessons": 12}
    assert draft["actions"] == ["draft"]
    values = {"lessons": 12, "hours": 1.5, "canteen": "own", "held_on": "2026-06-01"}
    await desk.save(clerk, call, values, version=1)
    await desk.submit(clerk, call, expect=403)
    submitted = await desk.submit(principal, call)
    assert (submitted["status"], submitted["submitted_no"]) == ("submitted", 1)
    assert submitted["actions"] == []

    path = f"/v1/returns/{submitted['id']}"
    read = await desk.send(desk.office, "GET", path)
    assert read["values"] == values
    assert read["actions"] == ["accept", "send_back"]
    accepted = await desk.send(desk.office, "POST", f"{path}/accept", json={"version_no": 1})
    assert (accepted["status"], accepted["accepted_no"]) == ("accepted", 1)
    assert not accepted["changed_since_acceptance"]
    [version] = (await desk.send(principal, "GET", f"{path}/versions"))["items"]
    assert version["values"] == values
    assert version["submitted_by_person_id"] == str(principal.id)
    assert version["accepted"]


async def test_each_change_is_one_event_and_one_audit_entry(desk: Desk):
    call = await desk.call(school_ids=[str(desk.schools[0].id), str(desk.schools[1].id)])
    made = await desk.answer(desk.principals[0], call)
    await desk.send(desk.office, "POST", f"/v1/returns/{made['id']}/accept", json={"version_no": 1})
    await desk.grace(call, "exemptions", desk.schools[1])
    await desk.send(desk.office, "POST", f"/v1/calls/{call['id']}/close")
    events = await desk.world.sql.fetch("SELECT type, data FROM event ORDER BY seq")
    assert [row["type"] for row in events] == [
        "form.created", "call.opened", "return.begun", "return.submitted", "return.accepted",
        "call.school_exempted", "call.closed",
    ]  # fmt: skip
    assert not any("校舍搬迁" in str(row["data"]) for row in events)
    entries = await desk.world.sql.fetchval(
        "SELECT count(*) FROM audit_entry WHERE outcome = 'done'"
    )
    assert entries == len(events)


async def test_the_same_key_submits_once(desk: Desk):
    call = await desk.call()
    principal = desk.principals[0]
    await desk.save(principal, call, {"lessons": 1})
    headers = {**principal.headers, "Idempotency-Key": "submit-june"}
    path = f"/v1/calls/{call['id']}/return/submit"
    first = await desk.http.post(path, headers=headers)
    again = await desk.http.post(path, headers=headers)
    assert (first.status_code, again.status_code) == (200, 200)
    assert first.content == again.content
    assert again.headers["idempotent-replayed"] == "true"
    assert await desk.world.sql.fetchval("SELECT count(*) FROM return_version") == 1


async def test_a_school_that_is_not_asked_does_not_see_the_call(desk: Desk):
    call = await desk.call(school_ids=[str(desk.schools[0].id)])
    outsider = desk.principals[1]
    assert (await desk.send(outsider, "GET", "/v1/calls"))["items"] == []
    for path in ("", "/return", "/targets", "/completeness"):
        await desk.send(outsider, "GET", f"/v1/calls/{call['id']}{path}", 404)
    await desk.save(outsider, call, {"lessons": 1}, expect=404)
    await desk.submit(outsider, call, expect=404)


async def test_no_school_reads_or_decides_on_anothers_return(desk: Desk):
    call = await desk.call()
    made = await desk.answer(desk.principals[0], call)
    path = f"/v1/returns/{made['id']}"
    for neighbour in desk.principals[1:]:
        await desk.send(neighbour, "GET", path, 404)
        await desk.send(neighbour, "GET", f"{path}/versions", 404)
        await desk.send(neighbour, "POST", f"{path}/accept", 404, json={"version_no": 1})
    own = await desk.send(desk.principals[0], "POST", f"{path}/accept", 403, json={"version_no": 1})
    assert own["code"] == "not_allowed"
    assert own["remedy"]


@pytest.mark.parametrize(
    ("role", "answers"),
    [
        ("teacher", [404, 404, 404]),
        ("librarian", [404, 404, 404]),
        ("lead", [200, 201, 403]),
        ("school_admin", [200, 201, 403]),
        ("principal", [200, 201, 200]),
    ],
)
async def test_who_of_a_school_may_read_fill_in_and_submit(desk: Desk, role: str, answers):
    call = await desk.call()
    person = await desk.world.person(desk.schools[0], role)
    read, save, submit = answers
    await desk.send(person, "GET", f"/v1/calls/{call['id']}", read)
    await desk.save(person, call, {"lessons": 1}, expect=save)
    await desk.submit(person, call, expect=submit)


async def test_a_machine_of_the_school_fills_in_and_never_submits(desk: Desk):
    call = await desk.call()
    scopes = ["call:read", "return:read", "return:draft", "return:submit"]
    headers = await desk.world.client(desk.schools[0], scopes)
    path = f"/v1/calls/{call['id']}/return"
    saved = await desk.http.put(path, json={"values": {"lessons": 2}}, headers={**headers, **BEGIN})
    assert saved.status_code == 201
    assert (await desk.http.post(f"{path}/submit", headers=headers)).status_code == 403


async def test_the_office_fills_in_for_nobody_and_sees_no_unsubmitted_work(desk: Desk):
    call = await desk.call()
    made = await desk.save(desk.principals[0], call, {"lessons": 1})
    read = await desk.send(desk.office, "GET", f"/v1/returns/{made['id']}")
    assert read["values"] == {}
    await desk.save(desk.office, call, {"lessons": 9}, expect=403)
    await desk.submit(desk.office, call, expect=403)
    await desk.send(desk.office, "GET", f"/v1/calls/{call['id']}/return", 404)


async def test_an_inspector_reads_along_and_decides_nothing(desk: Desk):
    call = await desk.call()
    made = await desk.answer(desk.principals[0], call)
    inspector = await desk.world.person(None, "inspector")
    assert (await desk.send(inspector, "GET", f"/v1/calls/{call['id']}"))["actions"] == []
    read = await desk.send(inspector, "GET", f"/v1/returns/{made['id']}")
    assert read["actions"] == []
    await desk.send(
        inspector, "POST", f"/v1/returns/{made['id']}/accept", 403, json={"version_no": 1}
    )
    await desk.send(inspector, "POST", f"/v1/calls/{call['id']}/close", 403)


async def test_schools_design_no_forms_and_open_no_calls(desk: Desk):
    form = await desk.form()
    principal = desk.principals[0]
    wish = {"title": {"en": "x", "zh": "x"}, "fields": FIELDS}
    await desk.send(principal, "POST", "/v1/forms", 403, json=wish)
    await desk.send(principal, "GET", f"/v1/forms/{form['id']}", 403)
    assert (await desk.send(principal, "GET", "/v1/forms"))["items"] == []
    body = {
        "form_id": form["id"], "period": "2026", "title": "x", "all": True,
        "due_at": "2100-01-01T00:00:00Z", "closes_at": "2100-01-01T00:00:00Z",
    }  # fmt: skip
    await desk.send(principal, "POST", "/v1/calls", 403, json=body)


async def test_pages_of_calls_and_targets_meet_without_a_gap(desk: Desk):
    form_id = (await desk.form())["id"]
    made = [(await desk.call(form_id=form_id))["id"] for _ in range(3)]
    for path, expected in (
        ("/v1/calls", made[::-1]),
        (f"/v1/calls/{made[0]}/targets", [str(school.id) for school in desk.schools]),
    ):
        seen, cursor = [], ""
        while cursor is not None:
            query = {"limit": 1, **({"cursor": cursor} if cursor else {})}
            page = await desk.send(desk.office, "GET", path, params=query)
            seen += [item.get("id", item.get("school_id")) for item in page["items"]]
            cursor = page["next_cursor"]
        assert sorted(seen) == sorted(expected)
        assert len(seen) == 3
    own = await desk.send(desk.principals[1], "GET", f"/v1/calls/{made[0]}/targets")
    assert [item["school_id"] for item in own["items"]] == [str(desk.schools[1].id)]
