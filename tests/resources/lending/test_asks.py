"""Asking the owner: conditions, a deadline with a default, and agreements that answer."""

import asyncio
from datetime import datetime, timedelta
from uuid import uuid4

import pytest

from tests.resources.lending.shelf import act, again, agree, borrow, shelve


async def asked(http, world, services, **terms):
    shelf = await shelve(world, services)
    offer = await shelf.offer(http, **{"seats": 1, "asks_owner": True, "ask_hours": 24, **terms})
    teacher = await world.person(await world.school("二中"), "teacher")
    answer = await borrow(http, offer, teacher, note="八年级公开课")
    assert (answer.status_code, answer.json()["outcome"]) == (202, "ask")
    return shelf, offer, teacher, answer.json()["ask"]


async def see(http, person, ask):
    return (await http.get(f"/v1/asks/{ask['id']}", headers=person.headers)).json()


async def test_a_visitor_and_a_stranger(http, world, services):
    thing = uuid4()
    for method, path in [
        ("GET", "/v1/asks"),
        ("GET", f"/v1/asks/{thing}"),
        ("POST", f"/v1/asks/{thing}/agree"),
        ("POST", f"/v1/asks/{thing}/decline"),
        ("POST", f"/v1/asks/{thing}/withdraw"),
    ]:
        assert (await http.request(method, path)).status_code == 401
    _shelf, _offer, _teacher, ask = await asked(http, world, services)
    await world.group("elsewhere")
    stranger = await world.person(await world.school("外校"), "librarian")
    path = f"/v1/asks/{ask['id']}"
    for answer in [
        await http.get(path, headers=stranger.headers),
        await http.post(f"{path}/agree", json={}, headers=stranger.headers),
        await act(http, stranger, "asks", ask["id"], "decline", because="x"),
        await act(http, stranger, "asks", ask["id"], "withdraw"),
    ]:
        assert answer.status_code == 404
    assert (await http.get("/v1/asks", headers=stranger.headers)).json()["items"] == []


async def test_the_owner_agrees_on_conditions_and_the_borrower_borrows_by_them(
    http, world, services
):
    shelf, offer, teacher, ask = await asked(http, world, services)
    assert (ask["note"], ask["by_default"], ask["actions"]) == (
        "八年级公开课",
        "decline",
        ["withdraw"],
    )
    twice = await borrow(http, offer, teacher)
    assert (twice.status_code, twice.json()["code"]) == (409, "already_asked")
    assert twice.json()["until"] == ask["decide_by_at"]
    own = await http.post(f"/v1/asks/{ask['id']}/agree", json={}, headers=teacher.headers)
    assert own.status_code == 403
    assert set((await see(http, shelf.librarian, ask))["actions"]) == {"agree", "decline"}
    conditions = {"conditions": "课后请交回听课记录", "loan_days_max": 3}
    path = f"/v1/asks/{ask['id']}/agree"
    agreed = await http.post(path, json=conditions, headers=shelf.librarian.headers)
    assert (agreed.status_code, agreed.json()["status"]) == (200, "agreed")
    again_agreed = await http.post(path, json={}, headers=shelf.librarian.headers)
    assert (again_agreed.status_code, again_agreed.json()["code"]) == (409, "wrong_state")
    dry = (await borrow(http, offer, teacher, dry_run=True)).json()
    lent = await borrow(http, offer, teacher)
    loan = lent.json()["loan"]
    assert (lent.status_code, loan["terms"]["loan_days"]) == (201, 3)
    assert loan["terms"]["because"][0]["source"] == "ask"
    assert dry["foreseen"]["ends_at"][:15] == loan["ends_at"][:15]
    used = await see(http, teacher, ask)
    assert (used["status"], used["loan_id"], used["actions"]) == ("used", loan["id"], [])
    await act(http, teacher, "loans", loan["id"], "return")
    assert (await borrow(http, offer, teacher)).json()["outcome"] == "ask"  # anew for each loan
    kinds = [r["type"] for r in await world.sql.fetch("SELECT type FROM event ORDER BY seq")]
    assert kinds[1:5] == ["ask.made", "ask.agreed", "loan.opened", "ask.used"]


async def test_a_decline_says_why_and_when_to_ask_again(http, world, services, clock):
    shelf, offer, teacher, ask = await asked(http, world, services)
    declined = await act(
        http, shelf.librarian, "asks", ask["id"], "decline", because="本校正在使用"
    )
    assert declined.json()["status"] == "declined"
    refused = await borrow(http, offer, teacher)
    assert (refused.status_code, refused.json()["code"]) == (409, "ask_declined")
    assert refused.json()["detail"] == "本校正在使用"
    again_at = datetime.fromisoformat(declined.json()["decided_at"]) + timedelta(days=7)
    assert datetime.fromisoformat(refused.json()["until"]) == again_at
    clock.jump(timedelta(days=7))
    anew = await borrow(http, offer, await again(teacher, world))
    assert (anew.status_code, anew.json()["outcome"]) == (202, "ask")


@pytest.mark.parametrize(
    ("default", "status", "code"), [("agree", "agreed", 201), ("decline", "declined", 409)]
)
async def test_silence_means_the_stated_default_and_no_job_has_to_run(
    http, world, services, clock, default, status, code
):
    shelf, offer, teacher, ask = await asked(http, world, services, ask_default=default)
    clock.jump(timedelta(hours=24))
    teacher, librarian = await again(teacher, world), await again(shelf.librarian, world)
    shown = await see(http, teacher, ask)
    assert (shown["status"], shown["timed_out"]) == (status, True)
    late = await act(http, librarian, "asks", ask["id"], "decline", because="too late")
    assert (late.status_code, late.json()["code"]) == (409, "wrong_state")
    assert (await borrow(http, offer, teacher)).status_code == code


async def test_what_was_agreed_is_over_when_it_is_not_used(http, world, services, clock):
    shelf, offer, teacher, ask = await asked(http, world, services)
    await http.post(f"/v1/asks/{ask['id']}/agree", json={}, headers=shelf.librarian.headers)
    clock.jump(timedelta(days=14))
    teacher = await again(teacher, world)
    assert (await see(http, teacher, ask))["status"] == "over"
    assert (await borrow(http, offer, teacher)).json()["outcome"] == "ask"
    listed = await http.get("/v1/asks", params={"open": False}, headers=teacher.headers)
    assert [one["id"] for one in listed.json()["items"]] == [ask["id"]]


async def test_an_agreement_in_force_answers_at_once(http, world, services):
    shelf = await shelve(world, services)
    offer = await shelf.offer(http, seats=1, asks_owner=True)
    school = await world.school("协议校")
    await agree(world, shelf.school, school)
    first, second = [await world.person(school, "teacher") for _ in range(2)]
    assert (await borrow(http, offer, first)).status_code == 201
    assert (await borrow(http, offer, second)).json()["outcome"] == "hold"
    rows = await world.sql.fetch("SELECT status, agreement_id FROM ask")
    assert [row["status"] for row in rows] == ["used", "used"]
    assert all(row["agreement_id"] for row in rows)
    own = await borrow(http, offer, await world.person(shelf.school, "teacher"))
    assert own.json()["outcome"] == "hold"  # the own school needs not ask itself


async def test_an_agreed_ask_becomes_a_hold_whose_loan_keeps_the_conditions(http, world, services):
    shelf, offer, teacher, ask = await asked(http, world, services)
    own = await world.person(shelf.school, "teacher")
    loan = (await borrow(http, offer, own)).json()["loan"]
    path = f"/v1/asks/{ask['id']}/agree"
    await http.post(path, json={"loan_days_max": 2}, headers=shelf.librarian.headers)
    assert (await borrow(http, offer, teacher)).json()["outcome"] == "hold"
    await act(http, own, "loans", loan["id"], "return")
    lent = await borrow(http, offer, teacher)
    assert (lent.status_code, lent.json()["loan"]["terms"]["loan_days"]) == (201, 2)


async def test_an_answer_and_a_withdrawal_at_once_leave_one_of_them(http, world, services):
    shelf, _offer, teacher, ask = await asked(http, world, services)
    declined, withdrawn = await asyncio.gather(
        act(http, shelf.librarian, "asks", ask["id"], "decline", because="x"),
        act(http, teacher, "asks", ask["id"], "withdraw"),
    )
    assert sorted([declined.status_code, withdrawn.status_code]) == [200, 409]
    kept = await see(http, teacher, ask)
    assert kept["status"] == ("declined" if declined.status_code == 200 else "withdrawn")


async def test_a_dry_run_says_that_the_owner_would_be_asked(http, world, services):
    shelf = await shelve(world, services)
    offer = await shelf.offer(http, asks_owner=True, ask_default="agree")
    teacher = await world.person(await world.school("二中"), "teacher")
    dry = await borrow(http, offer, teacher, dry_run=True)
    assert (dry.status_code, dry.json()["outcome"]) == (200, "ask")
    assert "silence means agreed" in dry.json()["because"][0]["why"]["en"]
    assert await world.sql.fetchval("SELECT count(*) FROM ask") == 0


async def test_who_asks_many_times_at_once_asks_once(http, world, services):
    shelf = await shelve(world, services)
    offer = await shelf.offer(http, asks_owner=True)
    teacher = await world.person(await world.school("二中"), "teacher")
    answers = await asyncio.gather(*(borrow(http, offer, teacher) for _ in range(6)))
    assert sorted(a.status_code for a in answers) == [202] + [409] * 5
    assert await world.sql.fetchval("SELECT count(*) FROM ask") == 1


async def test_the_owner_begins_to_be_asked_by_a_new_version_of_the_terms(http, world, services):
    shelf = await shelve(world, services)
    offer = await shelf.offer(http, seats=3)
    people = [await world.person(await world.school(f"{n}中"), "teacher") for n in range(3)]
    assert (await borrow(http, offer, people[0])).json()["outcome"] == "loan"
    change = {"asks_owner": True, "ask_hours": 5, "ask_default": "agree", "loans_max": 2}
    headers = {**shelf.author.headers, "If-Match": f'"{offer["version"]}"'}
    changed = await http.patch(f"/v1/offers/{offer['id']}", json=change, headers=headers)
    assert (changed.status_code, changed.json()["terms_no"]) == (200, 2)
    assert {name: changed.json()[name] for name in change} == change
    asked = (await borrow(http, offer, people[1])).json()
    assert (asked["outcome"], asked["ask"]["by_default"]) == ("ask", "agree")
    agreed = await act(http, shelf.librarian, "asks", asked["ask"]["id"], "agree", conditions="")
    assert agreed.status_code == 200, agreed.text
    assert (await borrow(http, offer, people[1])).json()["outcome"] == "loan"
    asked = (await borrow(http, offer, people[2])).json()
    await act(http, shelf.librarian, "asks", asked["ask"]["id"], "agree", conditions="")
    assert (await borrow(http, offer, people[2])).json()["code"] == "licence_used_up"
