"""The stream of events: who may follow it, and that no cursor ever skips or repeats one."""

import asyncio
import random
from typing import Any

import asyncpg
import pytest

from schoolgroup.kernel import bootstrap
from schoolgroup.kernel.ids import new_id
from tests.people import Person, World
from tests.resources.lending.shelf import act, borrow, shelve

INSERT = """
INSERT INTO event (group_id, id, type, subject, data, request_id, at)
VALUES ($1, $2, 'note.written', $3, '{}', 'test', now()) RETURNING seq
"""


async def read(http, headers: dict[str, str], expect: int = 200, **query: Any) -> dict[str, Any]:
    answer = await http.get("/v1/events", params=query, headers=headers)
    assert answer.status_code == expect, answer.text
    body: dict[str, Any] = answer.json()
    return body


@pytest.fixture
async def office(world: World) -> Person:
    return await world.person(None, "group_admin")


async def test_a_visitor_a_teacher_and_a_client_without_the_scope_do_not_follow(http, world):
    assert (await http.get("/v1/events")).status_code == 401
    school = await world.school("一中")
    teacher = await world.person(school, "teacher")
    assert (await read(http, teacher.headers, 403))["code"] == "not_allowed"
    machine = await world.client(school, ["directory:read"])
    assert (await read(http, machine, 403))["code"] == "out_of_scope"


async def test_each_subscriber_is_told_what_its_school_may_know(http, world, services, office):
    shelf = await shelve(world, services)
    near, far = await world.school("二中"), await world.school("三中")
    reader = await world.person(near, "teacher")
    offer = await shelf.offer(http)
    loan = (await borrow(http, offer, reader)).json()["loan"]
    assert (await act(http, reader, "loans", loan["id"], "return")).status_code == 200
    lending = ["loan.opened", "loan.returned"]

    async def told(headers: dict[str, str]) -> list[dict[str, Any]]:
        return (await read(http, headers, types="loan.*"))["items"]

    for headers in (office.headers, await world.client(shelf.school, ["event:read"])):
        assert [event["type"] for event in await told(headers)] == lending
    borrower = await told(await world.client(near, ["event:read"]))
    assert [event["type"] for event in borrower] == lending
    assert borrower[0]["subject"] == f"loan/{loan['id']}"
    assert [event["version"] for event in borrower] == [1, 2]
    assert borrower[0]["school_ids"] == [str(near.id)]
    assert set(borrower[0]["data"]) == {"offer_id"}
    assert await told(await world.client(far, ["event:read"])) == []
    everything = await read(http, await world.client(far, ["event:read"]))
    assert everything["items"] == []
    await world.group("others")
    stranger = await world.person(None, "group_admin")
    assert (await read(http, stranger.headers))["items"] == []


async def test_types_are_chosen_and_nonsense_is_refused(http, world, services, office):
    shelf = await shelve(world, services)
    await shelf.offer(http)
    wanted = await read(http, office.headers, types="loan.*,offer.made")
    assert [event["type"] for event in wanted["items"]] == ["offer.made"]
    for bad in ("offer", "offer.made,", "Offer.made", "*.*", "a.b;c"):
        assert (await read(http, office.headers, 422, types=bad))["code"] == "invalid"
    assert (await read(http, office.headers, 400, after="x"))["code"] == "bad_cursor"


async def test_pages_meet_without_gap_and_the_end_can_be_waited_for(http, world, office, sql):
    made = [new_id() for _ in range(7)]
    for n, event_id in enumerate(made):
        await sql.execute(INSERT, world.group_id, event_id, f"note/{n}")
    seen: list[str] = []
    cursor: dict[str, Any] = {}
    while True:
        answer = await http.get("/v1/events", params={"limit": 3, **cursor}, headers=office.headers)
        page = answer.json()
        assert f"after={page['next_cursor']}" in answer.headers["link"]
        seen += [event["id"] for event in page["items"]]
        cursor = {"after": page["next_cursor"]}
        if not page["more"]:
            break
    assert seen == [str(event_id) for event_id in made]
    assert (await read(http, office.headers, **cursor))["items"] == []

    begun = await read(http, office.headers, after="now")
    assert begun["items"] == []
    waiting = asyncio.create_task(
        read(http, office.headers, after=begun["next_cursor"], wait=20, limit=200)
    )
    await asyncio.sleep(0.05)
    later = new_id()
    await sql.execute(INSERT, world.group_id, later, "note/later")
    async with asyncio.timeout(5):
        assert [event["id"] for event in (await waiting)["items"]] == [str(later)]


async def test_a_late_commit_is_not_skipped_where_a_sequence_would_skip_it(
    http, world, office, sql, second
):
    """The control in the same test: by sequence number the late event is never seen."""
    naive = "SELECT max(seq) FROM event WHERE seq > $1"
    slow = second.transaction()
    await slow.start()
    first_id, second_id = new_id(), new_id()
    early = await second.fetchval(INSERT, world.group_id, first_id, "note/slow")
    late = await sql.fetchval(INSERT, world.group_id, second_id, "note/quick")
    assert early < late
    page = await read(http, office.headers)
    assert page["items"] == [], "the quick one waits for what may still commit before it"
    naive_cursor = await sql.fetchval(naive, 0)
    assert naive_cursor == late
    await slow.commit()
    assert await sql.fetchval(naive, naive_cursor) is None, (
        "the control skips the slow one for ever"
    )
    page = await read(http, office.headers, after=page["next_cursor"])
    assert [event["id"] for event in page["items"]] == [str(first_id), str(second_id)]


async def test_a_rolled_back_change_was_never_there(http, world, office, sql, second):
    undone = second.transaction()
    await undone.start()
    await second.execute(INSERT, world.group_id, new_id(), "note/undone")
    kept = new_id()
    await sql.execute(INSERT, world.group_id, kept, "note/kept")
    await undone.rollback()
    items = (await read(http, office.headers))["items"]
    assert [event["id"] for event in items] == [str(kept)]


async def test_in_a_storm_of_writers_each_event_is_told_exactly_once(
    http, world, office, settings, sql
):
    """Writers commit late and out of order, some give up; a naive reader in the same run skips."""
    draw = random.Random(7)
    url = bootstrap.inside(settings.database_admin_url)
    committed: set[str] = set()
    naive: list[str] = []
    told: list[str] = []
    running = True

    async def write(plan: list[tuple[float, bool]]) -> None:
        connection = await asyncpg.connect(url)
        try:
            for pause_s, keep in plan:
                transaction, event_id = connection.transaction(), new_id()
                await transaction.start()
                await connection.execute(INSERT, world.group_id, event_id, "note/x")
                await asyncio.sleep(pause_s)
                await (transaction.commit() if keep else transaction.rollback())
                if keep:
                    committed.add(str(event_id))
        finally:
            await connection.close()

    async def follow() -> None:
        cursor: dict[str, Any] = {}
        while True:
            last_round = not running
            page = await read(http, office.headers, limit=5, **cursor)
            told.extend(event["id"] for event in page["items"])
            cursor = {"after": page["next_cursor"]}
            if last_round and not page["more"]:
                return

    async def follow_by_sequence() -> None:
        last = 0
        while running:
            for row in await sql.fetch(
                "SELECT id, seq FROM event WHERE seq > $1 ORDER BY seq", last
            ):
                naive.append(str(row["id"]))
                last = row["seq"]
            await asyncio.sleep(0)

    plans = [[(draw.random() * 0.03, draw.random() < 0.9) for _ in range(15)] for _ in range(8)]
    readers = [asyncio.create_task(follow()), asyncio.create_task(follow_by_sequence())]
    await asyncio.gather(*(write(plan) for plan in plans))
    running = False
    await asyncio.gather(*readers)
    assert len(told) == len(set(told)), "none is told twice"
    assert set(told) == committed, "none is left out"
    assert len(naive) < len(committed), "the control, a cursor over the sequence, skips"


async def test_a_revoked_client_is_told_nothing_more(http, world, office, sql):
    school = await world.school("一中")
    machine = await world.client(school, ["event:read"])
    await read(http, machine)
    await sql.execute("UPDATE client SET suspended_at = now(), epoch = epoch + 1")
    assert (await http.get("/v1/events", headers=machine)).status_code == 401
