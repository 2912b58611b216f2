"""Figures: each equals the rows it summarises, and says nothing of other schools."""

from datetime import timedelta

import pytest

from schoolgroup.kernel.sheets import read_sheet
from tests.resources.lending.shelf import act, again, borrow, shelve

PATHS = ["circulation", "balance", "waits"]


@pytest.mark.parametrize("name", PATHS)
async def test_a_visitor_and_a_stranger(http, world, services, name):
    assert (await http.get(f"/v1/lending/{name}")).status_code == 401
    shelf = await shelve(world, services)
    offer = await shelf.offer(http)
    await borrow(http, offer, await world.person(await world.school("二中"), "teacher"))
    await world.group("elsewhere")
    stranger = await world.person(None, "group_admin")
    answer = await http.get(f"/v1/lending/{name}", headers=stranger.headers)
    assert (answer.status_code, answer.json()["items"]) == (200, [])


async def some_lending(http, world, services, clock):
    """Six loans of one school to two others and to itself, one in the queue for two hours."""
    shelf = await shelve(world, services)
    await world.sql.execute("SET session_replication_role = replica")
    await world.sql.execute("UPDATE revision SET subject = '数学'")
    await world.sql.execute("SET session_replication_role = DEFAULT")
    offers = [await shelf.offer(http, seats=1) for _ in range(3)]
    a, b = await world.school("甲"), await world.school("乙")
    first, second = await world.person(a, "teacher"), await world.person(b, "teacher")
    loans = [(await borrow(http, offer, first)).json()["loan"]["id"] for offer in offers[:2]]
    await borrow(http, offers[2], shelf.author)
    await borrow(http, offers[0], second)
    clock.jump(timedelta(hours=2))
    first, second = await again(first, world), await again(second, world)
    await act(http, first, "loans", loans[0], "return")
    assert (await borrow(http, offers[0], second)).status_code == 201
    await http.get(f"/v1/loans/{loans[1]}/files/1", headers=first.headers)
    return shelf, first, second


async def get(http, who, name, **params):
    answer = await http.get(f"/v1/lending/{name}", params=params, headers=who.headers)
    assert answer.status_code == 200, answer.text
    return answer.json()["items"]


async def test_every_figure_equals_its_rows(http, world, services, clock):
    shelf, first, second = await some_lending(http, world, services, clock)
    office = await world.person(None, "group_admin")
    rows = await get(http, office, "circulation")
    assert sum(row["loans"] for row in rows) == await world.sql.fetchval(
        "SELECT count(*) FROM loan"
    )
    assert {(r["borrower_school_name"], r["subject"], r["loans"], r["fetches"]) for r in rows} == {
        ("甲", "数学", 2, 1),
        ("乙", "数学", 1, 0),
        ("第一中学", "数学", 1, 0),
    }
    balance = await get(http, office, "balance")
    assert {(row["school_name"], row["given"], row["taken"]) for row in balance} == {
        ("第一中学", 3, 0),  # what it lent to itself is no exchange
        ("甲", 0, 2),
        ("乙", 0, 1),
    }
    assert sum(row["given"] for row in balance) == sum(row["taken"] for row in balance)
    waits = await get(http, office, "waits")
    assert [(row["school_name"], row["holds"], row["lapsed"]) for row in waits] == [("乙", 1, 0)]
    assert 1.9 < waits[0]["median_hours"] < 2.1


async def test_a_school_sees_its_own_figures_and_no_part_of_another_s(http, world, services, clock):
    shelf, first, second = await some_lending(http, world, services, clock)
    author = await again(shelf.author, world)
    assert [r["school_name"] for r in await get(http, first, "balance")] == ["甲"]
    assert [r["school_name"] for r in await get(http, author, "balance")] == ["第一中学"]
    assert len(await get(http, author, "circulation")) == 3
    assert [r["loans"] for r in await get(http, second, "circulation")] == [1]
    assert await get(http, first, "waits") == []


@pytest.mark.parametrize("form", ["csv", "xlsx"])
async def test_a_sheet_says_the_same(http, world, services, clock, form):
    await some_lending(http, world, services, clock)
    office = await world.person(None, "group_admin")
    for name in PATHS:
        rows = await get(http, office, name)
        path = f"/v1/lending/{name}"
        answer = await http.get(path, params={"form": form}, headers=office.headers)
        assert f'filename="lending-{name}.{form}"' in answer.headers["Content-Disposition"]
        read = [row.cells for row in read_sheet(answer.content)]
        assert len(read) == len(rows)
        for one, other in zip(read, rows, strict=True):
            assert one.keys() == other.keys()
            for key in ("loans", "given", "taken", "holds", "subject", "school_name"):
                if key in other:
                    assert str(one[key]) == str(other[key])


async def test_months_are_asked_for_by_their_first_day(http, world, services, clock):
    await some_lending(http, world, services, clock)
    office = await world.person(None, "group_admin")
    rows = await get(http, office, "circulation")
    month = rows[0]["month"]
    assert await get(http, office, "circulation", from_on=month) == rows
    assert await get(http, office, "circulation", until_on=month) == []
    wrong = await http.get(
        "/v1/lending/circulation",
        params={"from_on": month, "until_on": month},
        headers=office.headers,
    )
    assert wrong.status_code == 422
