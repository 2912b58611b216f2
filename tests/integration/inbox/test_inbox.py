"""The inbox shows exactly what waits for one person: the same rows, the same rights, live."""

from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest

from schoolgroup.integration.notices.sending import send_due
from tests.evaluation.sittings import set_up
from tests.management.returns.desk import Desk
from tests.people import Person, World
from tests.resources.lending.shelf import Shelf, act, borrow, shelve

DECISION = {
    "ask_to_decide": ("/v1/asks", "agree"),
    "ask_agreed": ("/v1/asks?mine=true", "withdraw"),
    "hold_ready": ("/v1/holds?mine=true", "cancel"),
    "agreement_to_sign": ("/v1/agreements", "sign"),
    "exam_to_answer": ("/v1/exams", "accept"),
}


async def read(http: httpx.AsyncClient, who: Person, **query: Any) -> list[dict[str, Any]]:
    """Every page of the inbox, three items at a time."""
    items: list[dict[str, Any]] = []
    cursor: dict[str, Any] = {}
    while True:
        params = {"limit": 3, **query, **cursor}
        answer = await http.get("/v1/inbox", params=params, headers=who.headers)
        assert answer.status_code == 200, answer.text
        page = answer.json()
        items += page["items"]
        if page["next_cursor"] is None:
            return items
        cursor = {"cursor": page["next_cursor"]}


async def invited(http: httpx.AsyncClient, exam_id: str, who: Person) -> bool:
    """Whether the person's school has been asked and has not answered."""
    exam = (await http.get(f"/v1/exams/{exam_id}", headers=who.headers)).json()
    mine = {one["school_id"]: one["status"] for one in exam["schools"]}
    return mine.get(str(who.school_id)) == "invited"


async def kinds(http: httpx.AsyncClient, who: Person) -> list[str]:
    return sorted(item["kind"] for item in await read(http, who))


@pytest.fixture
async def shelf(world: World, services) -> Shelf:
    return await shelve(world, services)


async def test_a_visitor_is_turned_away_a_machine_has_none_a_stranger_sees_nothing(http, world):
    assert (await http.get("/v1/inbox")).status_code == 401
    machine = await world.client(await world.school("一中"), ["inbox:use"])
    assert (await http.get("/v1/inbox", headers=machine)).json()["items"] == []
    await world.group("others")
    stranger = await world.person(None, "group_admin")
    assert await read(http, stranger) == []


async def test_what_waits_is_what_the_lists_say_may_be_done(http, world, shelf):
    """Asks, holds, agreements, invitations: item by item what the things' own lists allow."""
    near, far = await world.school("近校"), await world.school("远校", "partner")
    first, second = await world.person(near, "teacher"), await world.person(far, "principal")
    principal = await world.person(shelf.school, "principal")
    asking = await shelf.offer(http, asks_owner=True)
    answered = [(await borrow(http, asking, first)).json()["ask"]]
    agreed = await http.post(
        f"/v1/asks/{answered[0]['id']}/agree", json={}, headers=shelf.librarian.headers
    )
    assert agreed.status_code == 200, agreed.text
    other = await shelf.offer(http, asks_owner=True)
    await borrow(http, other, first)
    plain = await shelf.offer(http)
    loan = (await borrow(http, plain, shelf.author)).json()["loan"]
    assert (await borrow(http, plain, first)).status_code == 202
    await act(http, shelf.author, "loans", loan["id"], "return")
    wish = {
        "grantee_school_id": str(far.id), "from_on": "2026-09-01", "until_on": "2099-09-01",
    }  # fmt: skip
    made = await http.post("/v1/agreements", json=wish, headers=principal.headers)
    assert made.status_code == 201, made.text
    sitting = await set_up(http, world, partners=("戊校",))
    everybody = [first, second, principal, *sitting.principals.values()]
    everybody += [shelf.author, shelf.librarian]
    found: set[str] = set()
    for who in everybody:
        items = await read(http, who)
        for kind, (path, verb) in DECISION.items():
            shown = {item["link"].rpartition("/")[2] for item in items if item["kind"] == kind}
            listed = (await http.get(path, headers=who.headers)).json()["items"]
            able = {one["id"] for one in listed if verb in one["actions"]}
            if kind == "ask_agreed":
                able = {one["id"] for one in listed if one["status"] == "agreed"}
            elif kind == "hold_ready":
                able = {one["id"] for one in listed if one["status"] == "ready"}
            elif kind == "exam_to_answer":
                able = {one for one in able if await invited(http, one, who)}
            assert shown == able, f"{kind} of a {who.role}"
            found |= {kind} if shown else set()
    assert found == set(DECISION)


async def test_every_count_is_the_number_of_items_its_link_lists(http, world, shelf):
    offer = await shelf.offer(http, asks_owner=True)
    for n in range(4):
        await borrow(http, offer, await world.person(await world.school(f"校{n}"), "teacher"))
    desk = Desk(http, world, await world.person(None, "group_admin"))
    await desk.enrol("填报校")
    call = await desk.call()
    await desk.answer(desk.principals[0], call)
    await desk.call(period="2026-07")
    for who, kind in ((shelf.librarian, "ask_to_decide"), (desk.office, "return_to_accept")):
        items = await read(http, who)
        await http.post("/v1/inbox/read", json={"ids": [items[0]["id"]]}, headers=who.headers)
        counts = (await http.get("/v1/inbox/counts", headers=who.headers)).json()
        assert kind in {count["kind"] for count in counts["items"]}
        for count in counts["items"]:
            behind = (await http.get(count["link"], headers=who.headers)).json()["items"]
            assert len(behind) == count["count"]
            assert sum(not item["read"] for item in behind) == count["unread"]
        assert counts["count"] == len(items)
        assert counts["unread"] == len(items) - 1


async def test_returns_wait_with_the_school_then_with_the_office_then_with_nobody(http, world):
    desk = Desk(http, world, await world.person(None, "group_admin"))
    school = await desk.enrol("填报校")
    principal = desk.principals[0]
    teacher = await world.person(school, "teacher")
    call = await desk.call()
    assert await kinds(http, principal) == ["return_to_answer"]
    assert await kinds(http, teacher) == [], "a teacher does not fill in returns"
    answered = await desk.answer(principal, call)
    assert await kinds(http, principal) == []
    assert await kinds(http, desk.office) == ["return_to_accept"]
    back = {"fields": ["lessons"], "because": "请核对"}
    await desk.send(desk.office, "POST", f"/v1/returns/{answered['id']}/send-back", json=back)
    assert await kinds(http, principal) == ["return_to_correct"]
    assert await kinds(http, desk.office) == []
    saved = await desk.save(principal, call, {"lessons": 2}, answered["version"] + 1)
    assert saved["status"] == "sent_back"
    await desk.submit(principal, call)
    accept = {"version_no": 2}
    await desk.send(desk.office, "POST", f"/v1/returns/{answered['id']}/accept", json=accept)
    assert await kinds(http, principal) == []
    assert await kinds(http, desk.office) == []


async def test_reading_is_one_persons_matter_and_what_comes_anew_is_unread(http, world, shelf):
    other = await world.person(shelf.school, "librarian")
    reader = await world.person(await world.school("借阅校"), "teacher")
    offer = await shelf.offer(http, asks_owner=True)
    await borrow(http, offer, reader)
    (item,) = await read(http, shelf.librarian, unread=True)
    assert item["text"]["zh"] == "借阅校申请借用《勾股定理》"
    assert item["sort"] == "waiting"
    assert item["due_at"]
    assert not item["overdue"]
    for changed in (1, 0):
        marked = await http.post(
            "/v1/inbox/read", json={"ids": [item["id"]]}, headers=shelf.librarian.headers
        )
        assert marked.json() == {"changed": changed}
    assert await read(http, shelf.librarian, unread=True) == []
    assert len(await read(http, shelf.librarian, unread=False)) == 1, "read, and it still waits"
    assert len(await read(http, other, unread=True)) == 1
    unread = {"ids": [item["id"]], "read": False}
    await http.post("/v1/inbox/read", json=unread, headers=shelf.librarian.headers)
    assert len(await read(http, shelf.librarian, unread=True)) == 1
    wrong = await http.post(
        "/v1/inbox/read", json={"ids": ["; DROP"]}, headers=shelf.librarian.headers
    )
    assert wrong.status_code == 422


async def test_notices_stand_beside_what_waits_and_only_where_one_was_told(
    http, world, shelf, services, clock
):
    """A reminder of what waits is not in the inbox twice; news is, and pages keep their order."""
    school = await world.school("借阅校")
    reader = await world.person(school, "teacher")
    offer = await shelf.offer(http, seats=None)
    loans = [(await borrow(http, offer, reader)).json()["loan"]]
    for _ in range(3):
        await shelf.offer(http)
    loan = loans[0]
    because = {"because": "公开课急用"}
    recalled = await http.post(
        f"/v1/loans/{loan['id']}/recall", json=because, headers=shelf.librarian.headers
    )
    assert recalled.status_code == 200, recalled.text
    await send_due(services.db, services.post_office)
    (item,) = await read(http, reader, sort="notice")
    assert item["kind"] == "loan_recalled"
    assert "公开课急用" in item["text"]["zh"]
    assert item["link"] == f"/v1/loans/{loan['id']}"
    elsewhere = await world.sql.fetchrow(
        """INSERT INTO appointment (group_id, id, person_id, school_id, role, from_on, created_at)
           VALUES ($1, uuidv7(), $2, $3, 'teacher', '2020-01-01', now()) RETURNING id""",
        world.group_id, reader.id, shelf.school.id,
    )  # fmt: skip
    there = await world.sign_in(world.group_id, reader.id, elsewhere["id"])
    assert await read(http, there) == [], "the same person, in another appointment"
    ends_at = datetime.fromisoformat(recalled.json()["ends_at"])
    clock.jump(ends_at - clock.now() + timedelta(hours=1))
    again = await world.sign_in(world.group_id, reader.id, reader.appointment_id)
    await send_due(services.db, services.post_office)
    assert await kinds(http, again) == ["loan_ended", "loan_recalled"]
