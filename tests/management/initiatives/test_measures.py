"""Measures: by whom, by when, and how far – counted over nodes, items and returns."""

import asyncio
from datetime import timedelta

import asyncpg
import httpx
import pytest

from tests.management.ledgers.book import Book
from tests.management.returns.desk import Desk
from tests.people import World, today_there
from tests.waiting import until_waiting


@pytest.fixture
async def book(http: httpx.AsyncClient, world: World) -> Book:
    return await Book(http, world).begin()


async def begun(book: Book) -> dict:
    wish = {"title": "校园安全专项行动", "from_on": str(today_there())}
    made = await book.send(book.office, "POST", "/v1/initiatives", 201, json=wish)
    step = f"/v1/initiatives/{made['id']}/step"
    return await book.send(book.office, "POST", step, json={"verb": "start"})


async def added(book: Book, initiative: dict, **wish) -> dict:
    body = {"title": "排查隐患", "offices": ["安全科", "基教科"], **wish}
    path = f"/v1/initiatives/{initiative['id']}/measures"
    return await book.send(book.office, "POST", path, 201, json=body)


async def test_a_visitor_and_a_stranger_see_nothing(book: Book, http, world: World):
    made = await begun(book)
    assert (await http.get(f"/v1/initiatives/{made['id']}")).status_code == 401
    await world.group("other")
    stranger = await world.person(None, "group_admin")
    found = await http.get(f"/v1/initiatives/{made['id']}", headers=stranger.headers)
    assert found.status_code == 404


async def test_progress_is_counted_over_nodes_items_and_returns(book: Book, http, world: World):
    desk = Desk(http, world, book.office)
    desk.schools, desk.principals = book.schools, book.principals
    call = await desk.call()
    await desk.answer(book.principals[0], call)
    officer = await world.person(None, "evaluation_officer")
    initiative = await begun(book)
    nodes = [
        {"title": "完成排查", "due_on": str(today_there())},
        {"title": "完成整改", "due_on": str(today_there() + timedelta(days=30))},
    ]
    measure = await added(
        book, initiative, nodes=nodes, call_ids=[call["id"]], person_id=str(officer.id)
    )
    await book.closed(measure_id=measure["id"])
    await book.open(measure_id=measure["id"])
    await book.act(book.office, await book.open(measure_id=measure["id"]), "drop")
    path = f"/v1/measures/{measure['id']}"
    seen = await book.send(book.principals[1], "GET", path)  # also a partner school counts all
    progress = seen["progress"]
    assert (progress["items_total"], progress["items_closed"], progress["items_rate"]) == (
        3,
        1,
        0.5,
    )
    assert (progress["returns_expected"], progress["returns_answered"]) == (2, 1)
    assert (progress["nodes"], progress["nodes_reached"], progress["nodes_overdue"]) == (2, 0, 0)
    assert (
        progress["items_rate"]
        == (await book.figures(measure_id=measure["id"]))["whole"]["completion_rate"]
    )
    assert seen["actions"] == ["remark"]

    await book.send(book.inspector, "POST", f"{path}/nodes/1/reach", 403, json={})
    reached = await book.send(officer, "POST", f"{path}/nodes/1/reach", json={"note": "已完成"})
    assert reached["progress"]["nodes_reached"] == 1
    await book.send(officer, "POST", f"{path}/nodes/1/reach", 409, json={})
    await book.send(officer, "POST", f"{path}/nodes/9/reach", 404, json={})
    await book.send(officer, "POST", f"{path}/step", json={"verb": "start"})
    await book.send(officer, "POST", f"{path}/step", 403, json={"verb": "drop", "because": "x"})
    fewer = {"nodes": [nodes[1]]}
    tag = {"If-Match": f'"{reached["version"] + 1}"'}
    changed = await book.send(book.office, "PATCH", path, json=fewer, headers=tag)
    assert [n["title"] for n in changed["nodes"]] == [
        "完成排查",
        "完成整改",
    ]  # the reached one stays
    whole = await book.send(book.office, "GET", f"/v1/initiatives/{initiative['id']}")
    assert (whole["totals"]["measures"], whole["totals"]["under_way"]) == (1, 1)
    assert (whole["totals"]["nodes"], whole["totals"]["nodes_reached"]) == (2, 1)


async def test_steps_back_have_a_reason_and_remarks_stay(book: Book, sql):
    initiative = await begun(book)
    step = f"/v1/initiatives/{initiative['id']}/step"
    await book.send(book.office, "POST", step, 422, json={"verb": "drop"})
    await book.send(book.office, "POST", step, json={"verb": "drop", "because": "并入其他行动"})
    await book.send(book.office, "POST", step, 409, json={"verb": "finish"})
    await book.send(book.principals[0], "POST", step, 403, json={"verb": "start"})
    measure = await added(book, initiative)
    path = f"/v1/measures/{measure['id']}/remarks"
    await book.send(book.principals[1], "POST", path, 201, json={"text": "需要经费支持"})
    told = (await book.send(book.office, "GET", path))["items"]
    assert [(one["text"], one["school_id"]) for one in told] == [
        ("需要经费支持", str(book.schools[1].id))
    ]
    with pytest.raises(asyncpg.PostgresError, match="append-only"):
        await sql.execute("UPDATE measure_remark SET text = 'x'")


async def test_measures_added_at_once_get_their_own_numbers(book: Book, sql):
    initiative = await begun(book)
    async with sql.transaction():
        await sql.execute("SELECT 1 FROM initiative FOR UPDATE")
        adding = [asyncio.create_task(added(book, initiative)) for _ in range(2)]
        await until_waiting(sql, 2)
    assert sorted(one["no"] for one in await asyncio.gather(*adding)) == [1, 2]
