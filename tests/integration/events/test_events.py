"""The stream of events: who may follow it, and that no cursor ever skips or repeats one."""

import asyncio
import random
from typing import Any

import asyncpg
import pytest

from schoolgroup.integration.events import jobs as event_jobs
from schoolgroup.kernel import bootstrap
from schoolgroup.kernel.ids import new_id
from schoolgroup.kernel.jobs import Registry, Worker
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


async def test_one_event_by_its_id_for_whom_it_concerns(http, world, office, sql):
    school, other = await world.school("一中"), await world.school("二中")
    event_id = new_id()
    await sql.execute(INSERT, world.group_id, event_id, "note/1")
    path = f"/v1/events/{event_id}"
    assert (await http.get(path)).status_code == 401
    shown = await http.get(path, headers=office.headers)
    assert shown.json()["id"] == str(event_id)
    assert shown.json() in (await read(http, office.headers))["items"]
    mine = await world.client(school, ["event:read"])
    assert (await http.get(path, headers=mine)).status_code == 404
    await sql.execute("UPDATE event SET school_ids = $1", [school.id])
    assert (await http.get(path, headers=mine)).status_code == 200
    assert (
        await http.get(path, headers=await world.client(other, ["event:read"]))
    ).status_code == 404
    teacher = await world.person(school, "teacher")
    assert (await http.get(path, headers=teacher.headers)).status_code == 404


async def test_what_is_old_is_forgotten_in_order_and_an_older_cursor_is_told_so(
    http, world, office, sql, services
):
    """An old event behind a young one stays: only a whole beginning of the stream goes."""
    ages = [200, 100, 95, 10, 120, 1]
    made = [new_id() for _ in ages]
    for n, (event_id, days) in enumerate(zip(made, ages, strict=True)):
        await sql.execute(INSERT, world.group_id, event_id, f"note/{n}")
        await sql.execute(
            "UPDATE event SET at = now() - make_interval(days => $2) WHERE id = $1", event_id, days
        )
    first = await read(http, office.headers, limit=1)
    third = await read(http, office.headers, limit=3)
    await Worker(services, Registry(event_jobs.KINDS)).write_turns()
    await Worker(services, Registry(event_jobs.KINDS)).run_until_idle()
    kept = (await read(http, office.headers))["items"]
    assert [event["id"] for event in kept] == [str(each) for each in made[3:]]
    expired = await read(http, office.headers, 410, after=first["next_cursor"])
    assert expired["code"] == "cursor_expired"
    going_on = await read(http, office.headers, after=third["next_cursor"])
    assert going_on["items"] == kept
    as_app = "SELECT set_config('role', 'schoolgroup_app', true)"
    async with sql.transaction():
        await sql.execute(as_app)
        assert await sql.execute("DELETE FROM event") == "DELETE 0", "nobody else deletes one"


async def test_whoever_waits_holds_no_connection(http, world, office, services, sql):
    """More waiting readers than the pool has connections: everybody else is served meanwhile."""
    begun = await read(http, office.headers, after="now")
    readers = services.settings.database_pool_max + 10
    waiting = [
        asyncio.create_task(read(http, office.headers, after=begun["next_cursor"], wait=30))
        for _ in range(readers)
    ]
    await asyncio.sleep(0.2)
    free = 0
    for _ in range(20):
        assert (await http.get("/v1/me", headers=office.headers)).status_code == 200
        free = max(free, services.db.pool.get_idle_size())
        await asyncio.sleep(0.01)
    assert not any(task.done() for task in waiting)
    assert free > 0
    event_id = new_id()
    await sql.execute(INSERT, world.group_id, event_id, "note/1")
    pages = await asyncio.gather(*waiting)
    assert {page["items"][0]["id"] for page in pages} == {str(event_id)}


async def test_cursors_outlive_the_server_they_were_given_on(http, world, office, sql):
    """As after a restore elsewhere: transaction ids begin anew, far below those of the old events.

    The control in the same test: by transaction alone the new event stands before the cursor.
    """
    old = new_id()
    await sql.execute(INSERT, world.group_id, old, "note/old")
    await sql.execute("UPDATE event SET transaction_id = '900000000000'")
    await sql.execute(
        "UPDATE app.server_life SET started_at = started_at - interval '1 year' WHERE no = "
        "(SELECT max(no) FROM app.server_life)"
    )
    page = await read(http, office.headers)
    assert [event["id"] for event in page["items"]] == [str(old)], "an old life has ended"
    fresh = new_id()
    await sql.execute(INSERT, world.group_id, fresh, "note/new")
    lives = await sql.fetch(
        "SELECT id, life, transaction_id::text::bigint FROM event ORDER BY life"
    )
    assert [row["id"] for row in lives] == [old, fresh]
    assert lives[1]["transaction_id"] < lives[0]["transaction_id"], "the control would skip it"
    after = await read(http, office.headers, after=page["next_cursor"])
    assert [event["id"] for event in after["items"]] == [str(fresh)]
    whole = await read(http, office.headers)
    assert [event["id"] for event in whole["items"]] == [str(old), str(fresh)]


async def test_a_cursor_from_before_lives_were_counted_still_holds(
    http, world, office, sql, services
):
    first, second = new_id(), new_id()
    for event_id in (first, second):
        await sql.execute(INSERT, world.group_id, event_id, f"note/{event_id}")
    await sql.execute("UPDATE event SET life = 0")
    row = await sql.fetchrow(
        "SELECT transaction_id::text::bigint AS at, seq FROM event WHERE id = $1", first
    )
    cursor = services.cursors.write("events", [row["at"], row["seq"]])
    page = await read(http, office.headers, after=cursor)
    assert [event["id"] for event in page["items"]] == [str(second)]


async def test_of_what_is_shared_who_may_find_it_is_told_and_no_more(http, world, services, sql):
    shelf = await shelve(world, services)
    near = await world.client(await world.school("二中"), ["event:read", "resource:discover"])
    bare = await world.client(await world.school("三中"), ["event:read"])
    named = await world.school("四中")
    mine = await world.client(named, ["event:read", "resource:discover"])
    only = [{"kind": "school", "school_id": str(named.id), "discover": True, "borrow": True}]
    offer = await shelf.offer(http, audiences=only)
    assert (await read(http, near))["items"] == []
    (told,) = (await read(http, mine, types="offer.*"))["items"]
    assert (told["type"], told["subject"]) == ("offer.made", f"offer/{offer['id']}")
    assert (told["data"], told["school_ids"]) == ({}, [])
    await shelf.offer(http)
    assert len((await read(http, near))["items"]) == 1
    assert (await read(http, bare))["items"] == []
    await act(http, shelf.author, "offers", offer["id"], "suspend")
    kinds = [event["type"] for event in (await read(http, mine))["items"]]
    assert kinds == ["offer.made", "offer.made", "offer.suspended"]
    assert len((await read(http, near))["items"]) == 1
