"""Borrowing: who may, what they get, and what the refusals say."""

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from tests.resources.lending.shelf import EVERYONE, act, again, agree, borrow, shelve


async def test_a_visitor_is_asked_to_sign_in(http):
    thing = uuid4()
    for method, path in [
        ("POST", f"/v1/resources/{thing}/offers"),
        ("GET", f"/v1/resources/{thing}/offers"),
        ("GET", f"/v1/offers/{thing}"),
        ("PATCH", f"/v1/offers/{thing}"),
        ("POST", f"/v1/offers/{thing}/suspend"),
        ("POST", f"/v1/offers/{thing}/resume"),
        ("POST", f"/v1/offers/{thing}/close"),
        ("POST", f"/v1/offers/{thing}/borrow"),
        ("GET", "/v1/loans"),
        ("GET", f"/v1/loans/{thing}"),
        ("POST", f"/v1/loans/{thing}/return"),
        ("POST", f"/v1/loans/{thing}/renew"),
        ("POST", f"/v1/loans/{thing}/revoke"),
        ("GET", f"/v1/loans/{thing}/files"),
        ("GET", f"/v1/loans/{thing}/files/1"),
        ("GET", f"/v1/loans/{thing}/fetches"),
        ("GET", "/v1/holds"),
        ("GET", f"/v1/holds/{thing}"),
        ("POST", f"/v1/holds/{thing}/cancel"),
    ]:
        answer = await http.request(method, path)
        assert answer.status_code == 401, (method, path)
        assert answer.json()["code"] == "unauthenticated"


async def test_a_stranger_of_another_group_finds_nothing(http, world, services):
    shelf = await shelve(world, services)
    offer = await shelf.offer(http)
    borrower = await world.person(await world.school("二中"), "teacher")
    second = await world.person(await world.school("三中"), "teacher")
    loan = (await borrow(http, offer, borrower)).json()["loan"]
    hold = (await borrow(http, offer, second)).json()["hold"]
    await world.group("elsewhere")
    stranger = await world.person(await world.school("外校"), "librarian")
    asked = [
        await http.get(f"/v1/offers/{offer['id']}", headers=stranger.headers),
        await borrow(http, offer, stranger),
        await act(http, stranger, "offers", offer["id"], "close"),
        await http.get(f"/v1/loans/{loan['id']}", headers=stranger.headers),
        await http.get(f"/v1/loans/{loan['id']}/files/1", headers=stranger.headers),
        await http.get(f"/v1/loans/{loan['id']}/fetches", headers=stranger.headers),
        await act(http, stranger, "loans", loan["id"], "return"),
        await act(http, stranger, "loans", loan["id"], "revoke", because="mine"),
        await http.get(f"/v1/holds/{hold['id']}", headers=stranger.headers),
        await act(http, stranger, "holds", hold["id"], "cancel"),
    ]
    assert [answer.status_code for answer in asked] == [404] * len(asked)
    listing = f"/v1/resources/{shelf.resource_id}/offers"
    assert (await http.get(listing, headers=stranger.headers)).status_code == 404
    for path in ("loans", "holds"):
        answer = await http.get(f"/v1/{path}", headers=stranger.headers)
        assert answer.json()["items"] == []


async def test_an_integrated_school_borrows_until_the_seats_are_out_and_then_queues(
    http, world, services
):
    shelf = await shelve(world, services)
    offer = await shelf.offer(http, seats=2, loan_days=7)
    people = [await world.person(await world.school(f"{n}中"), "teacher") for n in range(4)]
    answers = [await borrow(http, offer, person) for person in people]
    assert [answer.status_code for answer in answers] == [201, 201, 202, 202]
    loan = answers[0].json()["loan"]
    days = datetime.fromisoformat(loan["ends_at"]) - datetime.fromisoformat(loan["starts_at"])
    assert days == timedelta(days=7)
    assert loan["title"] == "勾股定理"
    assert loan["terms"]["loan_days"] == 7
    assert set(loan["actions"]) == {"return", "renew", "fetch"}
    assert answers[0].headers["Location"] == f"/v1/loans/{loan['id']}"
    held = [answer.json()["hold"] for answer in answers[2:]]
    assert [(h["place"], h["ahead"], h["seats"]) for h in held] == [(1, 0, 2), (2, 1, 2)]
    shown = (await http.get(f"/v1/offers/{offer['id']}", headers=people[3].headers)).json()
    assert (shown["free"], shown["lent"], shown["waiting"], shown["my_place"]) == (0, 2, 2, 2)
    assert shown["actions"] == []
    assert shown["my_hold_id"] == held[1]["id"]


async def test_unlimited_seats_never_run_out(http, world, services):
    shelf = await shelve(world, services)
    offer = await shelf.offer(http, seats=None)
    school = await world.school("二中")
    for _ in range(3):
        assert (await borrow(http, offer, await world.person(school, "teacher"))).status_code == 201
    shown = (await http.get(f"/v1/offers/{offer['id']}", headers=shelf.author.headers)).json()
    assert (shown["seats"], shown["free"], shown["lent"]) == (None, None, 3)


async def test_a_partner_needs_an_agreement_or_to_be_named(http, world, services):
    shelf = await shelve(world, services)
    offer = await shelf.offer(http, seats=5)
    without = await world.school("紧密甲", tier="partner")
    agreed = await world.school("紧密乙", tier="partner")
    teacher, other = await world.person(without, "teacher"), await world.person(agreed, "teacher")
    await agree(world, shelf.school, agreed)
    refused = await borrow(http, offer, teacher)
    problem = refused.json()
    assert (refused.status_code, problem["code"]) == (403, "not_allowed")
    assert "agreement with 第一中学" in problem["remedy"]
    assert "name your school" in problem["remedy"]
    in_chinese = await http.post(
        f"/v1/offers/{offer['id']}/borrow",
        json={},
        headers={**teacher.headers, "Accept-Language": "zh-CN"},
    )
    assert "需与第一中学签订" in in_chinese.json()["remedy"]
    assert (await borrow(http, offer, other)).status_code == 201
    seen = (await http.get(f"/v1/offers/{offer['id']}", headers=teacher.headers)).json()
    assert seen["actions"] == []
    named = [{"kind": "school", "school_id": str(without.id), "borrow": True}]
    by_name = await shelf.offer(http, audiences=named)
    assert (await borrow(http, by_name, teacher)).status_code == 201


async def test_whom_the_offer_does_not_reach_it_does_not_exist(http, world, services):
    shelf = await shelve(world, services)
    offer = await shelf.offer(http, audiences=[{"kind": "tier", "tier": "partner", "borrow": True}])
    teacher = await world.person(await world.school("二中"), "teacher")
    assert (await borrow(http, offer, teacher)).status_code == 404
    listed = await http.get(f"/v1/resources/{shelf.resource_id}/offers", headers=teacher.headers)
    assert listed.status_code == 404


async def test_finding_is_not_borrowing(http, world, services):
    shelf = await shelve(world, services)
    offer = await shelf.offer(http, audiences=[{"kind": "group", "discover": True}])
    teacher = await world.person(await world.school("二中"), "teacher")
    refused = await borrow(http, offer, teacher)
    assert (refused.status_code, refused.json()["code"]) == (403, "not_allowed")
    assert "offer it to your school for borrowing" in refused.json()["remedy"]


async def test_refusals_say_why_until_when_and_what_helps(http, world, services):
    shelf = await shelve(world, services)
    offer = await shelf.offer(http, seats=1)
    first = await world.person(await world.school("二中"), "teacher")
    second = await world.person(await world.school("三中"), "teacher")
    loan = (await borrow(http, offer, first)).json()["loan"]
    twice = await borrow(http, offer, first)
    assert (twice.status_code, twice.json()["code"]) == (409, "already_borrowed")
    assert twice.json()["until"] == loan["ends_at"]
    assert twice.json()["loan_id"] == loan["id"]
    hold = (await borrow(http, offer, second)).json()["hold"]
    waiting = await borrow(http, offer, second)
    assert (waiting.status_code, waiting.json()["code"]) == (409, "already_on_hold")
    assert (waiting.json()["hold_id"], waiting.json()["place"]) == (hold["id"], 1)


@pytest.mark.parametrize(
    ("step", "code"), [("suspend", "offer_suspended"), ("close", "offer_closed")]
)
async def test_a_suspended_or_closed_offer_says_so(http, world, services, step, code):
    shelf = await shelve(world, services)
    offer = await shelf.offer(http, seats=1)
    teacher = await world.person(await world.school("二中"), "teacher")
    assert (await act(http, shelf.author, "offers", offer["id"], step)).status_code == 200
    refused = await borrow(http, offer, teacher)
    assert (refused.status_code, refused.json()["code"]) == (409, code)
    assert refused.json()["remedy"]
    assert (await borrow(http, offer, teacher, dry_run=True)).json()["code"] == code


async def test_a_withdrawn_resource_is_lent_to_nobody(http, world, services):
    shelf = await shelve(world, services)
    offer = await shelf.offer(http, seats=1)
    teacher = await world.person(await world.school("二中"), "teacher")
    await world.sql.execute(
        """UPDATE resource SET status = 'withdrawn', withdrawn_at = now(),
                               withdrawn_because = '有误' WHERE id = $1""",
        shelf.resource_id,
    )
    refused = await borrow(http, offer, teacher)
    assert (refused.status_code, refused.json()["code"]) == (409, "resource_withdrawn")


async def test_an_offer_ends_at_its_instant_without_any_job(http, world, services, clock):
    shelf = await shelve(world, services)
    until = datetime.now(UTC) + timedelta(hours=1)
    offer = await shelf.offer(http, seats=1, valid_until_at=until.isoformat())
    teacher = await world.person(await world.school("二中"), "teacher")
    assert (await borrow(http, offer, teacher, dry_run=True)).status_code == 200
    clock.jump(timedelta(hours=1))
    refused = await borrow(http, offer, await again(teacher, world))
    assert (refused.status_code, refused.json()["code"]) == (409, "offer_over")


async def test_a_school_takes_no_more_than_its_share(http, world, services):
    shelf = await shelve(world, services)
    offer = await shelf.offer(http, seats=3, per_school_max=1)
    large, small = await world.school("二中"), await world.school("三中")
    first, second = await world.person(large, "teacher"), await world.person(large, "teacher")
    loan = (await borrow(http, offer, first)).json()["loan"]
    refused = await borrow(http, offer, second)
    assert (refused.status_code, refused.json()["code"]) == (409, "school_cap_reached")
    assert (await borrow(http, offer, await world.person(small, "teacher"))).status_code == 201
    await act(http, first, "loans", loan["id"], "return")
    assert (await borrow(http, offer, second)).status_code == 201


async def test_a_dry_run_says_the_same_and_leaves_nothing_behind(http, world, services):
    shelf = await shelve(world, services)
    offer = await shelf.offer(http, seats=1)
    first = await world.person(await world.school("二中"), "teacher")
    second = await world.person(await world.school("三中"), "teacher")
    dry = await borrow(http, offer, first, dry_run=True)
    assert (dry.status_code, dry.json()["outcome"], dry.json()["loan"]) == (200, "loan", None)
    assert await world.sql.fetchval("SELECT count(*) FROM loan") == 0
    await borrow(http, offer, first)
    dry = await borrow(http, offer, second, dry_run=True)
    assert dry.json()["outcome"] == "hold"
    foreseen = dry.json()["foreseen"]
    assert foreseen.pop("estimate")["because"]["en"].startswith("0 ahead, 1 seats, likely ")
    assert foreseen == {"ends_at": None, "place": 1, "ahead": 0, "seats": 1}
    assert await world.sql.fetchval("SELECT count(*) FROM hold") == 0
    assert (await borrow(http, offer, first, dry_run=True)).json()["code"] == "already_borrowed"


async def test_a_repeated_command_is_answered_the_same_and_done_once(http, world, services):
    shelf = await shelve(world, services)
    offer = await shelf.offer(http, seats=5)
    teacher = await world.person(await world.school("二中"), "teacher")
    headers = {**teacher.headers, "Idempotency-Key": "borrow-once"}
    path = f"/v1/offers/{offer['id']}/borrow"
    first = await http.post(path, json={}, headers=headers)
    second = await http.post(path, json={}, headers=headers)
    assert (first.status_code, second.status_code) == (201, 201)
    assert second.headers["Idempotent-Replayed"] == "true"
    assert first.json() == second.json()
    assert await world.sql.fetchval("SELECT count(*) FROM loan") == 1
    events = await world.sql.fetch("SELECT type, owner_school_id, school_ids FROM event")
    opened = [event for event in events if event["type"] == "loan.opened"]
    assert len(opened) == 1
    assert opened[0]["owner_school_id"] == shelf.school.id
    assert opened[0]["school_ids"] == [teacher.school_id]


async def test_a_person_who_asks_twice_at_once_gets_one_loan(http, world, services):
    """I2: the partial unique index is the last word (dropping it gives two loans)."""
    shelf = await shelve(world, services)
    offer = await shelf.offer(http, seats=5)
    teacher = await world.person(await world.school("二中"), "teacher")
    answers = await asyncio.gather(*(borrow(http, offer, teacher) for _ in range(8)))
    codes = sorted(answer.status_code for answer in answers)
    assert codes == [201] + [409] * 7
    assert {a.json()["code"] for a in answers if a.status_code == 409} == {"already_borrowed"}
    assert await world.sql.fetchval("SELECT count(*) FROM loan") == 1
    assert await world.sql.fetchval("SELECT count(*) FROM seat WHERE loan_id IS NOT NULL") == 1


async def test_what_does_not_fit_the_contract_is_refused(http, world, services):
    shelf = await shelve(world, services)
    wishes: list[dict[str, object]] = [
        {"audiences": []},
        {"audiences": EVERYONE, "seats": -1},
        {"audiences": EVERYONE, "loan_days": 0},
        {"audiences": EVERYONE, "surprise": 1},
        {"audiences": [{"kind": "tier"}]},
        {"audiences": [{"kind": "group", "tier": "partner"}]},
        {"audiences": [*EVERYONE, *EVERYONE]},
        {"audiences": [{"kind": "group", "discover": False, "borrow": True}]},
        {"audiences": [{"kind": "circle", "circle_id": str(uuid4())}]},
        {"audiences": EVERYONE, "loan_days": 3, "guaranteed_days": 4},
        {"audiences": EVERYONE, "valid_until_at": "2020-01-01T00:00:00Z"},
        {"audiences": EVERYONE, "valid_until_at": "2030-01-01T00:00:00"},
    ]
    for wrong in wishes:
        answer = await http.post(
            f"/v1/resources/{shelf.resource_id}/offers", json=wrong, headers=shelf.author.headers
        )
        assert answer.status_code == 422, (wrong, answer.text)
    teacher = await world.person(await world.school("二中"), "teacher")
    offer = await shelf.offer(http)
    assert (await borrow(http, offer, teacher, dry_run="yes")).status_code == 422
    loan = (await borrow(http, offer, teacher)).json()["loan"]
    refused = await act(http, shelf.author, "loans", loan["id"], "revoke", because="")
    assert refused.status_code == 422


async def test_an_offer_of_a_draft_stays_at_home_until_it_is_published(http, world, services):
    """I13: a draft never leaks, whatever its offer says."""
    shelf = await shelve(world, services, status="draft")
    offer = await shelf.offer(http)
    teacher = await world.person(await world.school("二中"), "teacher")
    office = await world.person(None, "group_admin")
    listing = f"/v1/resources/{shelf.resource_id}/offers"
    for person in (teacher, office):
        assert (await borrow(http, offer, person)).status_code == 404
        assert (await http.get(listing, headers=person.headers)).status_code == 404
    at_home = (await http.get(listing, headers=shelf.author.headers)).json()["items"]
    assert [one["id"] for one in at_home] == [offer["id"]]
    early = await borrow(http, offer, shelf.author)
    assert (early.status_code, early.json()["code"]) == (409, "resource_unpublished")
    await world.sql.execute("UPDATE revision SET published_at = now()")
    await world.sql.execute(
        "UPDATE resource SET status = 'published', published_revision_no = 1, published_at = now()"
    )
    assert (await borrow(http, offer, teacher)).status_code == 201


async def test_who_may_offer_and_change_an_offer(http, world, services):
    shelf = await shelve(world, services)
    offer = await shelf.offer(http)
    colleague = await world.person(shelf.school, "teacher")
    elsewhere = await world.person(await world.school("二中"), "librarian")
    for person in (colleague, elsewhere):
        for step in ("suspend", "resume", "close"):
            refused = await act(http, person, "offers", offer["id"], step)
            assert (refused.status_code, refused.json()["code"]) == (403, "not_allowed")
        headers = {**person.headers, "If-Match": '"1"'}
        path = f"/v1/offers/{offer['id']}"
        assert (await http.patch(path, json={"seats": 9}, headers=headers)).status_code == 403
        made = await http.post(
            f"/v1/resources/{shelf.resource_id}/offers",
            json={"audiences": EVERYONE},
            headers=person.headers,
        )
        assert made.status_code == 403
    denied = await world.sql.fetchval(
        "SELECT count(*) FROM audit_entry WHERE outcome = 'denied' AND act = 'offer:change'"
    )
    assert denied == 8
