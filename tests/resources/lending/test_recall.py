"""A recall shortens a loan, with notice and for a reason, and never below what was guaranteed."""

import asyncio
from datetime import datetime, timedelta
from uuid import uuid4

import asyncpg
import pytest

from tests.resources.lending.shelf import act, again, borrow, shelve


def at(text):
    return datetime.fromisoformat(text)


async def lent(http, world, services, **terms):
    shelf = await shelve(world, services)
    offer = await shelf.offer(http, seats=1, **terms)
    teacher = await world.person(await world.school("二中"), "teacher")
    return shelf, offer, teacher, (await borrow(http, offer, teacher)).json()["loan"]


async def test_a_visitor_and_a_stranger(http, world, services):
    path = f"/v1/loans/{uuid4()}/recall"
    assert (await http.post(path, json={"because": "x"})).status_code == 401
    _shelf, _offer, _teacher, loan = await lent(http, world, services)
    await world.group("elsewhere")
    stranger = await world.person(await world.school("外校"), "librarian")
    answer = await act(http, stranger, "loans", loan["id"], "recall", because="x")
    assert answer.status_code == 404


async def test_a_recalled_loan_ends_at_what_was_guaranteed(http, world, services):
    shelf, _offer, teacher, loan = await lent(
        http, world, services, loan_days=30, guaranteed_days=7
    )
    by_borrower = await act(http, teacher, "loans", loan["id"], "recall", because="mine")
    assert by_borrower.status_code == 403
    recalled = await act(http, shelf.librarian, "loans", loan["id"], "recall", because="公开课")
    after = recalled.json()
    assert recalled.status_code == 200
    assert at(after["ends_at"]) == at(loan["starts_at"]) + timedelta(days=7)
    assert (after["recalled_because"], after["version"]) == ("公开课", 2)
    shown = (await http.get(f"/v1/loans/{loan['id']}", headers=teacher.headers)).json()
    assert set(shown["actions"]) == {"return", "fetch"}
    renewed = await act(http, teacher, "loans", loan["id"], "renew")
    assert (renewed.status_code, renewed.json()["code"]) == (409, "recalled")
    assert "公开课" in renewed.json()["detail"]
    twice = await act(http, shelf.librarian, "loans", loan["id"], "recall", because="again")
    assert (twice.status_code, twice.json()["code"]) == (409, "recall_changes_nothing")
    event = await world.sql.fetchrow("SELECT * FROM event WHERE type = 'loan.recalled'")
    assert event["school_ids"] == [teacher.school_id]


async def test_a_recall_gives_a_day_s_notice_and_no_more_than_is_wished(http, world, services):
    shelf, _offer, _teacher, loan = await lent(http, world, services, loan_days=30)
    starts_at = at(loan["starts_at"])
    wish = {"because": "x", "ends_at": (starts_at + timedelta(days=9)).isoformat()}
    later = await act(http, shelf.librarian, "loans", loan["id"], "recall", **wish)
    assert at(later.json()["ends_at"]) == starts_at + timedelta(days=9)
    now = await act(http, shelf.librarian, "loans", loan["id"], "recall", because="sooner")
    notice = at(now.json()["ends_at"]) - at(now.json()["recalled_at"])
    assert notice == timedelta(hours=24)


async def test_a_recalled_loan_gives_its_seat_on_without_any_job(http, world, services, clock):
    shelf, offer, teacher, loan = await lent(http, world, services, loan_days=30)
    second = await world.person(await world.school("三中"), "teacher")
    assert (await borrow(http, offer, second)).status_code == 202
    await act(http, shelf.librarian, "loans", loan["id"], "recall", because="公开课")
    clock.jump(timedelta(hours=25))
    assert (await borrow(http, offer, await again(second, world))).status_code == 201
    path = f"/v1/loans/{loan['id']}/files/1"
    closed = await http.get(path, headers=(await again(teacher, world)).headers)
    assert (closed.status_code, closed.json()["code"]) == (410, "loan_over")
    over = await act(
        http, await again(shelf.librarian, world), "loans", loan["id"], "recall", because="x"
    )
    assert (over.status_code, over.json()["code"]) == (410, "loan_over")


async def test_the_database_itself_keeps_the_guarantee(http, world, services):
    """I7: not even by hand."""
    _shelf, _offer, _teacher, loan = await lent(
        http, world, services, loan_days=30, guaranteed_days=7
    )
    with pytest.raises(asyncpg.CheckViolationError, match="never_below_guaranteed"):
        await world.sql.execute(
            "UPDATE loan SET ends_at = starts_at + interval '6 days' WHERE id = $1", loan["id"]
        )
    with pytest.raises(asyncpg.CheckViolationError, match="recalled_for_a_reason"):
        await world.sql.execute("UPDATE loan SET recalled_at = now() WHERE id = $1", loan["id"])


async def test_a_renewal_and_a_recall_at_once_leave_one_of_two_orders(http, world, services):
    shelf, _offer, teacher, loan = await lent(
        http, world, services, loan_days=30, guaranteed_days=7
    )
    renewed, recalled = await asyncio.gather(
        act(http, teacher, "loans", loan["id"], "renew"),
        act(http, shelf.librarian, "loans", loan["id"], "recall", because="公开课"),
    )
    assert recalled.status_code == 200
    assert renewed.status_code == 200 or renewed.json()["code"] == "recalled"
    after = (await http.get(f"/v1/loans/{loan['id']}", headers=teacher.headers)).json()
    assert at(after["ends_at"]) == at(loan["starts_at"]) + timedelta(days=7)
