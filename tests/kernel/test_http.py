"""A command is carried out once, a change says what it changes, an unchanged thing is not sent."""

import asyncio
from datetime import timedelta

import pytest

from tests.kernel.notes import GATES, Gate
from tests.waiting import until_waiting

KEY = {"Idempotency-Key": "first"}


async def count(sql, table: str) -> int:
    return int(await sql.fetchval(f"SELECT count(*) FROM {table}"))


async def test_nobody_gets_in(desk):
    answer = await desk.post("/v1/notes", json={"text": "x"})
    assert answer.status_code == 401
    assert answer.json()["code"] == "unauthenticated"


async def test_the_same_key_gets_the_stored_answer(writer, sql):
    first = await writer.post("/v1/notes", json={"text": "x"}, headers=KEY)
    again = await writer.post("/v1/notes", json={"text": "x"}, headers=KEY)
    assert first.status_code == again.status_code == 201
    assert first.content == again.content
    assert "idempotent-replayed" not in first.headers
    assert again.headers["idempotent-replayed"] == "true"
    for name in ("etag", "location", "content-type"):
        assert first.headers[name] == again.headers[name]
    assert await count(sql, "note") == 1
    assert await count(sql, "event") == 1


async def test_without_a_key_a_command_is_carried_out_each_time(writer, sql):
    for text in ("x", "y"):
        assert (await writer.post("/v1/notes", json={"text": text})).status_code == 201
    assert await count(sql, "note") == 2
    assert await count(sql, "idempotency_key") == 0


async def test_a_key_is_not_for_another_request(writer, sql):
    await writer.post("/v1/notes", json={"text": "x"}, headers=KEY)
    other = await writer.post("/v1/notes", json={"text": "y"}, headers=KEY)
    assert other.status_code == 422
    assert other.json()["code"] == "idempotency_key_reused"
    assert await count(sql, "note") == 1


async def test_a_key_belongs_to_one_caller_and_one_route(writer, sql, world, anna):
    await writer.post("/v1/notes", json={"text": "x"}, headers=KEY)
    colleague = await world.person(await world.school("二中"), "school_admin")
    other = await writer.post("/v1/notes", json={"text": "y"}, headers=KEY | colleague.headers)
    assert other.status_code == 201
    elsewhere = await writer.post("/v1/run", json={"text": "SELECT 1"}, headers=KEY)
    assert elsewhere.status_code == 200
    assert await count(sql, "idempotency_key") == 3


async def test_a_running_command_is_not_started_twice(writer, sql):
    gate = GATES["held"] = Gate()
    first = asyncio.create_task(writer.post("/v1/notes", json={"text": "held"}, headers=KEY))
    await asyncio.wait_for(gate.reached.wait(), 5)
    second = await writer.post("/v1/notes", json={"text": "held"}, headers=KEY)
    assert second.status_code == 409
    assert second.json()["code"] == "idempotency_key_in_flight"
    assert second.headers["retry-after"] == "1"
    gate.open.set()
    assert (await first).status_code == 201
    third = await writer.post("/v1/notes", json={"text": "held"}, headers=KEY)
    assert third.headers["idempotent-replayed"] == "true"
    assert third.content == (await first).content
    assert gate.tries == 1


async def test_two_servers_do_not_start_it_twice_either(writer, sql, anna, world):
    """The lock is the database's: a second connection stands for another process."""
    name = f"{world.group_id}/person:{anna.id}/POST /v1/notes/first"
    async with sql.transaction():
        await sql.execute("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", name)
        answer = await writer.post("/v1/notes", json={"text": "x"}, headers=KEY)
        assert answer.status_code == 409
    assert (await writer.post("/v1/notes", json={"text": "x"}, headers=KEY)).status_code == 201


async def test_a_refused_command_leaves_no_key(writer, sql):
    await writer.post("/v1/notes", json={"text": "x"})
    refused = await writer.post("/v1/notes", json={"text": "x"}, headers=KEY)
    assert refused.json()["code"] == "note_exists"
    assert await count(sql, "idempotency_key") == 0
    await sql.execute("DELETE FROM note")
    assert (await writer.post("/v1/notes", json={"text": "x"}, headers=KEY)).status_code == 201


async def test_effect_and_key_die_together_with_the_connection(writer, sql):
    gate = GATES["cut"] = Gate()
    cut = asyncio.create_task(writer.post("/v1/notes", json={"text": "cut"}, headers=KEY))
    await asyncio.wait_for(gate.reached.wait(), 5)
    assert await sql.fetchval("SELECT pg_terminate_backend($1, 5000)", gate.backend_pid)
    gate.open.set()
    answer = await cut
    assert answer.status_code == 503, answer.text
    assert answer.json()["code"] == "unavailable"
    assert answer.headers["retry-after"]
    assert [await count(sql, t) for t in ("note", "event", "audit_entry", "idempotency_key")] == [
        0,
        0,
        0,
        0,
    ]
    del GATES["cut"]
    assert (await writer.post("/v1/notes", json={"text": "cut"}, headers=KEY)).status_code == 201


async def test_a_client_that_goes_away_leaves_effect_and_key_together(writer, sql):
    gate = GATES["gone"] = Gate()
    gone = asyncio.create_task(writer.post("/v1/notes", json={"text": "gone"}, headers=KEY))
    await asyncio.wait_for(gate.reached.wait(), 5)
    gone.cancel()
    with pytest.raises(asyncio.CancelledError):
        await gone
    assert await count(sql, "note") == await count(sql, "idempotency_key") == 0
    del GATES["gone"]
    assert (await writer.post("/v1/notes", json={"text": "gone"}, headers=KEY)).status_code == 201


async def test_a_key_is_kept_for_a_day_and_no_longer(writer, sql, clock, world, anna):
    first = await writer.post("/v1/notes", json={"text": "x"}, headers=KEY)
    await sql.execute("DELETE FROM note")

    async def at(later: timedelta):
        clock.offset = later
        fresh = await world.sign_in(world.group_id, anna.id, anna.appointment_id)
        return await writer.post("/v1/notes", json={"text": "x"}, headers=KEY | fresh.headers)

    early = await at(timedelta(hours=23, minutes=59))
    assert early.headers.get("idempotent-replayed") == "true"
    assert early.content == first.content
    late = await at(timedelta(hours=24, minutes=1))
    assert late.status_code == 201
    assert "idempotent-replayed" not in late.headers
    assert late.content != first.content
    assert await count(sql, "idempotency_key") == 1


@pytest.mark.parametrize("key", ["", "x" * 256, "é", "tab\there", " "])
async def test_a_key_that_is_none_is_refused(writer, sql, key):
    answer = await writer.post(
        "/v1/notes", json={"text": "x"}, headers={b"Idempotency-Key": key.encode()}
    )
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "header:/Idempotency-Key"
    assert await count(sql, "note") == 0


async def test_a_command_without_an_answer_is_remembered_too(writer, sql):
    made = await writer.post("/v1/notes", json={"text": "x"})
    first = await writer.delete(made.headers["location"], headers=KEY)
    again = await writer.delete(made.headers["location"], headers=KEY)
    assert [first.status_code, again.status_code] == [204, 204]
    assert first.content == again.content == b""
    assert again.headers["idempotent-replayed"] == "true"
    assert (await writer.delete(made.headers["location"])).status_code == 404


async def test_an_unchanged_item_is_not_sent_again(writer):
    made = await writer.post("/v1/notes", json={"text": "x"})
    where, tag = made.headers["location"], made.headers["etag"]
    assert tag == '"1"'
    for known in (tag, f"W/{tag}", f'"7", {tag}', "*"):
        answer = await writer.get(where, headers={"If-None-Match": known})
        assert (answer.status_code, answer.content) == (304, b""), known
        assert answer.headers["etag"] == tag
    for other in ('"2"', "1", '""', "é"):
        answer = await writer.get(where, headers={b"If-None-Match": other.encode()})
        assert answer.status_code == 200, other
        assert answer.headers["etag"] == tag


async def test_a_change_names_the_version_it_changes(writer):
    where = (await writer.post("/v1/notes", json={"text": "x"})).headers["location"]
    unsaid = await writer.patch(where, json={"text": "y"})
    assert (unsaid.status_code, unsaid.json()["code"]) == (428, "version_required")
    changed = await writer.patch(where, json={"text": "y"}, headers={"If-Match": '"1"'})
    assert (changed.status_code, changed.headers["etag"]) == (200, '"2"')
    stale = await writer.patch(where, json={"text": "z"}, headers={"If-Match": '"1"'})
    assert (stale.status_code, stale.json()["code"]) == (412, "stale_version")
    assert stale.json()["remedy"]
    assert (await writer.get(where)).json()["text"] == "y"


@pytest.mark.parametrize(
    "header", ["", '""', '"-1"', '"x"', '"1.0"', '"²"', "*", 'W/"1"', '"' + "9" * 30 + '"', '"0"']
)
async def test_a_version_that_was_never_given_is_stale(writer, header):
    where = (await writer.post("/v1/notes", json={"text": "x"})).headers["location"]
    answer = await writer.patch(
        where, json={"text": "y"}, headers={b"If-Match": header.encode("latin-1")}
    )
    assert answer.status_code == 412, answer.text


async def test_of_two_changes_of_one_version_one_wins(writer, sql):
    where = (await writer.post("/v1/notes", json={"text": "x"})).headers["location"]
    async with sql.transaction():  # both have to wait at the row
        await sql.execute("SELECT 1 FROM note FOR UPDATE")
        both = [
            asyncio.create_task(
                writer.patch(where, json={"text": text}, headers={"If-Match": '"1"'})
            )
            for text in ("y", "z")
        ]
        await until_waiting(sql, 2)
    answers = [await change for change in both]
    assert sorted(answer.status_code for answer in answers) == [200, 412]
    assert (await writer.get(where)).json()["version"] == 2


async def test_a_repeated_change_gets_its_answer_although_the_version_moved(writer):
    where = (await writer.post("/v1/notes", json={"text": "x"})).headers["location"]
    headers = KEY | {"If-Match": '"1"'}
    first = await writer.patch(where, json={"text": "y"}, headers=headers)
    again = await writer.patch(where, json={"text": "y"}, headers=headers)
    assert (first.status_code, again.status_code) == (200, 200)
    assert again.headers["idempotent-replayed"] == "true"
    assert again.headers["etag"] == '"2"'
