"""Every change leaves one event and one audit entry; the trail cannot be rewritten."""

import asyncio

import asyncpg
import pytest

from schoolgroup.kernel import journal
from schoolgroup.kernel.context import system_actor
from schoolgroup.kernel.db import execute
from tests.kernel.notes import GATES, Gate

BROKEN = """
SELECT count(*) FROM (
    SELECT a.hash, a.previous_hash, app.audit_digest(a) AS right_hash,
           lag(a.hash, 1, '\\x') OVER (PARTITION BY a.group_id, a.chain ORDER BY a.seq) AS before,
           a.seq, row_number() OVER (PARTITION BY a.group_id, a.chain ORDER BY a.seq) AS place
      FROM audit_entry a) e
 WHERE e.hash <> e.right_hash OR e.previous_hash <> e.before OR e.seq <> e.place
"""


async def broken_links(sql) -> int:
    return int(await sql.fetchval(BROKEN))


async def test_a_change_leaves_one_event_and_one_entry(writer, sql, anna, world):
    made = await writer.post("/v1/notes", json={"text": "x"}, headers={"X-Request-Id": "abc-1"})
    event = await sql.fetchrow("SELECT * FROM event")
    entry = await sql.fetchrow("SELECT * FROM audit_entry")
    assert await sql.fetchval("SELECT count(*) FROM event") == 1
    assert await sql.fetchval("SELECT count(*) FROM audit_entry") == 1
    thing = f"note/{made.json()['id']}"
    assert (event["type"], event["subject"], event["version"]) == ("note.written", thing, 1)
    assert event["owner_school_id"] == anna.school_id
    assert (entry["act"], entry["thing"], entry["outcome"]) == ("school:manage", thing, "done")
    assert entry["actor"] == f"person:{anna.id}"
    assert entry["chain"] == str(anna.school_id)
    assert entry["policy_sha256"] == await sql.fetchval("SELECT sha256 FROM policy_bundle")
    assert event["request_id"] == entry["request_id"] == "abc-1"
    assert event["at"] == entry["at"]


async def test_what_was_refused_leaves_no_event(writer, sql):
    await writer.post("/v1/notes", json={"text": "damn"})
    assert await sql.fetchval("SELECT count(*) FROM event") == 0


async def test_what_the_policy_denied_is_entered_alone(writer, sql):
    missing = "0199d000-0000-7000-8000-000000000000"
    assert (await writer.get(f"/v1/notes/{missing}")).status_code == 404
    entry = await sql.fetchrow("SELECT outcome, thing, detail::text FROM audit_entry")
    assert entry["outcome"] == "denied"
    assert entry["thing"] == f"note/{missing}"
    assert "not_found" in entry["detail"]
    assert await sql.fetchval("SELECT count(*) FROM event") == 0


async def test_many_writers_keep_one_chain(writer, sql):
    answers = await asyncio.gather(
        *(writer.post("/v1/notes", json={"text": f"note {n}"}) for n in range(24))
    )
    assert {answer.status_code for answer in answers} == {201}
    seqs = [row["seq"] for row in await sql.fetch("SELECT seq FROM audit_entry ORDER BY seq")]
    assert seqs == list(range(1, 25))
    assert await broken_links(sql) == 0
    head = await sql.fetchrow("SELECT seq, hash FROM audit_head")
    assert head["seq"] == 24
    assert head["hash"] == await sql.fetchval("SELECT hash FROM audit_entry WHERE seq = 24")


async def test_each_school_has_its_own_chain(writer, desk, world, sql):
    await writer.post("/v1/notes", json={"text": "ours"})
    other = await world.person(await world.school("二中"), "school_admin")
    await desk.post("/v1/notes", json={"text": "theirs"}, headers=other.headers)
    assert await sql.fetchval("SELECT count(DISTINCT chain) FROM audit_entry WHERE seq = 1") == 2
    assert await broken_links(sql) == 0


@pytest.mark.parametrize(
    "rewrite",
    [
        "UPDATE audit_entry SET actor = 'person:other' WHERE seq = 2",
        "UPDATE audit_entry SET at = at - interval '1 microsecond' WHERE seq = 2",
        "UPDATE audit_entry SET detail = '{}' WHERE seq = 2",
        "UPDATE audit_entry SET outcome = 'denied' WHERE seq = 2",
        "DELETE FROM audit_entry WHERE seq = 2",
    ],
)
async def test_a_rewritten_trail_is_found(writer, sql, rewrite):
    for text in "abc":
        await writer.post("/v1/notes", json={"text": text})
    assert await broken_links(sql) == 0
    async with sql.transaction():  # as one who holds the whole server and switches triggers off
        await sql.execute("SET LOCAL session_replication_role = replica")
        await sql.execute(rewrite)
    assert await broken_links(sql) >= 1


@pytest.mark.parametrize(
    "rewrite",
    [
        "UPDATE audit_entry SET actor = 'x'",
        "DELETE FROM audit_entry",
        "TRUNCATE audit_entry",
        "UPDATE event SET type = 'a.b'",
        "TRUNCATE event",
        "UPDATE audit_head SET seq = 0",
        "DELETE FROM policy_bundle",
        "UPDATE policy_bundle SET version = 9",
    ],
)
async def test_the_application_cannot_rewrite_what_is_past(
    writer, notes_services, world, rewrite, sql
):
    await writer.post("/v1/notes", json={"text": "x"})
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await notes_services.db.run(system_actor(world.group_id), lambda tx: execute(tx, rewrite))


async def test_the_application_cannot_forget_an_event_of_the_last_thirty_days(
    writer, notes_services, world, clock, sql
):
    await writer.post("/v1/notes", json={"text": "x"})

    async def forget() -> str:
        actor = system_actor(world.group_id)
        return str(await notes_services.db.run(actor, lambda tx: execute(tx, "DELETE FROM event")))

    there = await sql.fetchval("SELECT count(*) FROM event")
    assert there > 0
    await forget()
    assert await sql.fetchval("SELECT count(*) FROM event") == there
    await sql.execute("UPDATE event SET at = at - interval '31 days'")
    await forget()
    assert await sql.fetchval("SELECT count(*) FROM event") == 0


@pytest.mark.parametrize(
    "rewrite", ["UPDATE audit_entry SET actor = 'x'", "DELETE FROM audit_entry"]
)
async def test_not_even_the_servers_master_can_by_accident(writer, sql, rewrite):
    await writer.post("/v1/notes", json={"text": "x"})
    with pytest.raises(asyncpg.PostgresError) as refused:
        await sql.execute(rewrite)
    assert refused.value.sqlstate == "SG010"


async def test_an_entry_cannot_be_written_for_another_school(notes_services, world, anna):
    """The wall binds the writer too: a chain belongs to the school that acts."""
    other = await world.school("二中")
    await notes_services.policies.reload(world.group_id)
    token = anna.headers["Authorization"].removeprefix("Bearer ")
    actor = await notes_services.authenticator.actor_of(token)
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with notes_services.db.transaction(actor) as tx:
            await execute(
                tx,
                """INSERT INTO audit_entry (group_id, chain, seq, at, request_id, actor, school_id,
                       act, thing, outcome, policy_sha256, detail, previous_hash, hash)
                   VALUES ($1, 'x', 1, now(), '-', 'x', $2, 'a:b', 'x', 'done', '', '{}',
                           '', '')""",
                tx.group_id,
                other.id,
            )


async def test_an_event_and_its_change_commit_together(notes_services, world, sql):
    async def work(tx):
        await journal.record(tx, "note.written", act="a:b", thing="note/1", data={})
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await notes_services.db.run(system_actor(world.group_id), work)
    for table in ("event", "audit_entry", "audit_head"):
        assert await sql.fetchval(f"SELECT count(*) FROM {table}") == 0


async def test_a_reader_of_events_never_skips_one(writer, sql):
    """A sequence is not commit order: an older transaction may commit after a younger one."""
    reads = """SELECT subject, transaction_id::text::bigint AS tid, seq FROM event
                WHERE transaction_id < pg_snapshot_xmin(pg_current_snapshot())
                  AND (transaction_id::text::bigint, seq) > ($1::bigint, $2::bigint)
                ORDER BY transaction_id, seq"""
    place = (0, 0)
    seen: list[str] = []

    async def read_on() -> int:
        nonlocal place
        rows = await sql.fetch(reads, *place)
        seen.extend(row["subject"] for row in rows)
        if rows:
            place = (rows[-1]["tid"], rows[-1]["seq"])
        return len(rows)

    gate = GATES["slow"] = Gate()
    slow = asyncio.create_task(writer.post("/v1/notes", json={"text": "slow"}))
    await asyncio.wait_for(gate.reached.wait(), 5)
    fast = await writer.post("/v1/notes", json={"text": "fast"})
    assert await read_on() == 0  # the older one is still open: even the finished one waits
    gate.open.set()
    made = await slow
    await writer.post("/v1/notes", json={"text": "last"})
    while await read_on():
        pass
    every = [row["subject"] for row in await sql.fetch("SELECT subject FROM event")]
    assert sorted(seen) == sorted(every)
    assert len(seen) == 3
    assert seen.index(f"note/{made.json()['id']}") < seen.index(f"note/{fast.json()['id']}")
