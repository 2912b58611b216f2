"""Transactions: the database knows who asks, and its failures become typed refusals."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import msgspec
import pytest

from schoolgroup.access.authentication import Authenticator
from schoolgroup.kernel.context import system_actor
from schoolgroup.kernel.db import TryAgain, execute, fetch_value
from schoolgroup.kernel.errors import ConstraintRefused, Denial, Invalid, Refusal, Unavailable
from schoolgroup.services import open_services
from tests.kernel.notes import GATES, Gate
from tests.waiting import until_waiting

INSERT = "INSERT INTO note (group_id, id, text, created_at) VALUES ($1, gen_random_uuid(), $2, $3)"


async def insert(tx: Any, text: str) -> None:
    await execute(tx, INSERT, tx.group_id, text, tx.now)


async def test_a_broken_rule_of_the_data_is_a_named_refusal(writer):
    await writer.post("/v1/notes", json={"text": "once"})
    answer = await writer.post("/v1/notes", json={"text": "once"})
    assert (answer.status_code, answer.json()["code"]) == (409, "note_exists")


async def test_the_databases_own_words_never_leave(writer):
    answer = await writer.post("/v1/notes", json={"text": "oh damn, 张三"})
    assert (answer.status_code, answer.json()["code"]) == (409, "rule_of_the_data")
    for word in ("no_swearing", "张三", "constraint", "Failing row", "note_"):
        assert word not in answer.text


async def test_a_refusal_undoes_everything(notes_services, world, sql):
    actor = system_actor(world.group_id)

    async def work(tx):
        await insert(tx, "half")
        raise Refusal

    with pytest.raises(Refusal):
        await notes_services.db.run(actor, work)
    assert await sql.fetchval("SELECT count(*) FROM note") == 0


async def test_a_savepoint_undoes_only_itself(notes_services, world, sql):
    async with notes_services.db.transaction(system_actor(world.group_id)) as tx:
        await insert(tx, "one")
        with pytest.raises(asyncpg.UniqueViolationError):
            await tx.savepoint(lambda: insert(tx, "one"))
        await insert(tx, "two")
    assert await sql.fetchval("SELECT count(*) FROM note") == 2


async def test_a_context_nobody_signed_is_no_context(settings, world):
    connection = await asyncpg.connect(settings.database_url)
    try:
        claims = {"kind": "system", "group_id": world.group_id, "tier": "office"}
        with pytest.raises(asyncpg.PostgresError) as refused:
            await connection.fetchval(
                "SELECT app.begin($1, $2)", msgspec.json.encode(claims).decode(), "0" * 64
            )
        assert refused.value.sqlstate == "SG001"
    finally:
        await connection.close()


async def test_a_server_with_another_secret_serves_nothing(settings, world):
    other = msgspec.structs.replace(settings, secret="x" * 40)
    with pytest.raises(Unavailable):
        async with open_services(other):
            pass


async def test_a_published_policy_is_read_before_anything_is_done(writer, sql, world):
    assert (await writer.get("/v1/notes")).status_code == 200
    await sql.execute(
        """INSERT INTO policy_bundle
           SELECT group_id, 2, sha256, files, author, approver, note, now() FROM policy_bundle"""
    )
    assert (await writer.get("/v1/notes")).status_code == 200
    # a policy that cannot be read: nothing is served by the old one
    await sql.execute(
        """INSERT INTO policy_bundle
           SELECT group_id, 3, repeat('0', 64), files, author, approver, note, now()
             FROM policy_bundle WHERE version = 2"""
    )
    answer = await writer.get("/v1/notes")
    assert answer.status_code == 503
    assert answer.headers["retry-after"]


@pytest.mark.parametrize(
    "end",
    [
        "UPDATE access_session SET revoked_at = now()",
        "UPDATE access_session SET expires_at = now()",
        "UPDATE person SET epoch = epoch + 1",
        "UPDATE person SET suspended_at = now()",
        "UPDATE person SET left_at = now()",
    ],
)
async def test_a_session_that_ended_ends_at_the_next_request(writer, sql, end):
    assert (await writer.get("/v1/notes")).status_code == 200
    await sql.execute(end)
    answer = await writer.get("/v1/notes")
    assert (answer.status_code, answer.json()["code"]) == (401, "session_over")


async def test_a_deadlock_is_tried_again_and_both_succeed(notes_services, world, sql):
    actor = system_actor(world.group_id)
    tries = 0

    def meet(mine: int, yours: int, both_hold: asyncio.Barrier):
        async def work(tx):
            nonlocal tries
            tries += 1
            await fetch_value(tx, "SELECT pg_advisory_xact_lock($1)", mine)
            if tries <= 2:
                await both_hold.wait()
            await fetch_value(tx, "SELECT pg_advisory_xact_lock($1)", yours)
            await insert(tx, f"{mine}-{yours}")

        return work

    barrier = asyncio.Barrier(2)
    await asyncio.gather(
        notes_services.db.run(actor, meet(71, 72, barrier)),
        notes_services.db.run(actor, meet(72, 71, barrier)),
    )
    assert tries == 3
    assert await sql.fetchval("SELECT count(*) FROM note") == 2


async def test_it_is_not_tried_for_ever(notes_services, world):
    tries = 0

    async def work(tx):
        nonlocal tries
        tries += 1
        await execute(tx, "DO $$ BEGIN RAISE EXCEPTION 'x' USING ERRCODE = '40001'; END $$")

    with pytest.raises(TryAgain) as refused:
        await notes_services.db.run(system_actor(world.group_id), work)
    assert refused.value.retry_after_s == 1
    assert tries == 3


@pytest.mark.parametrize(
    ("sqlstate", "refusal"),
    [
        ("57P01", Unavailable),  # admin_shutdown
        ("57P02", Unavailable),  # crash_shutdown
        ("57P03", Unavailable),  # cannot_connect_now
        ("53100", Unavailable),  # disk_full
        ("53200", Unavailable),  # out_of_memory
        ("53300", Unavailable),  # too_many_connections
        ("25P03", Unavailable),  # idle_in_transaction_session_timeout
        ("08006", Unavailable),  # connection_failure
        ("57014", TryAgain),  # query_canceled
        ("55P03", TryAgain),  # lock_not_available
        ("22003", Invalid),  # numeric_value_out_of_range
        ("22021", Invalid),  # character_not_in_repertoire
        ("22P05", Invalid),  # untranslatable_character
        ("22007", Invalid),  # invalid_datetime_format
        ("23502", ConstraintRefused),
        ("23503", ConstraintRefused),
        ("23505", ConstraintRefused),
        ("23514", ConstraintRefused),
        ("23P01", ConstraintRefused),
    ],
)
async def test_every_failure_of_the_database_has_its_refusal(
    notes_services, world, sqlstate, refusal
):
    async def work(tx):
        await execute(
            tx, f"DO $$ BEGIN RAISE EXCEPTION '张三' USING ERRCODE = '{sqlstate}'; END $$"
        )

    with pytest.raises(refusal) as refused:
        await notes_services.db.run(system_actor(world.group_id), work)
    assert "张三" not in f"{refused.value.detail}{refused.value.facts}{refused.value.problems}"


async def test_an_answer_cut_off_in_the_middle_costs_only_that_connection(notes_services, world):
    """What the driver says when a killed server leaves half an answer: seen, rarely, in a race."""
    used: list[int] = []

    async def cut_off(tx):
        used.append(await fetch_value(tx, "SELECT pg_backend_pid()"))
        raise asyncpg.InternalClientError("got result for unknown protocol state 3")

    async def work(tx):
        return await fetch_value(tx, "SELECT pg_backend_pid()")

    system = system_actor(world.group_id)
    with pytest.raises(Unavailable):
        await notes_services.db.run(system, cut_off)
    after = await asyncio.gather(*(notes_services.db.run(system, work) for _ in range(10)))
    assert used[0] not in after


async def test_our_own_mistakes_are_not_told_as_the_callers(notes_services, world):
    async def too_few(tx):
        await fetch_value(tx, "SELECT $1::int + $2::int", 1)

    async def nowhere(tx):
        await fetch_value(tx, "SELECT 1 FROM nowhere")

    for mistake in (too_few, nowhere):
        with pytest.raises((asyncpg.InterfaceError, asyncpg.UndefinedTableError)):
            await notes_services.db.run(system_actor(world.group_id), mistake)


async def test_a_lock_that_is_not_to_be_had_is_given_up(writer, sql):
    await writer.post("/v1/notes", json={"text": "x"})
    async with sql.transaction():
        await sql.execute("SELECT 1 FROM note FOR UPDATE")
        statement = "SELECT 1 FROM note FOR UPDATE NOWAIT"
        answer = await writer.post("/v1/run", json={"text": statement})
    assert (answer.status_code, answer.json()["code"]) == (503, "try_again")


async def test_a_connection_killed_in_a_statement_is_unavailable_and_the_next_one_works(
    writer, sql
):
    held = asyncio.create_task(writer.post("/v1/run", json={"text": "SELECT 1 FROM pg_sleep(20)"}))
    pid = None
    for _ in range(500):
        pid = await sql.fetchval(
            "SELECT pid FROM pg_stat_activity WHERE query LIKE '%pg_sleep(20)%' AND pid <> $1",
            await sql.fetchval("SELECT pg_backend_pid()"),
        )
        if pid:
            break
        await asyncio.sleep(0.01)
    assert await sql.fetchval("SELECT pg_terminate_backend($1, 5000)", pid)
    answer = await held
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    assert (await writer.get("/v1/notes")).status_code == 200


async def test_idle_connections_that_died_are_noticed(writer, notes_services, sql):
    for _ in range(3):
        assert (await writer.get("/v1/notes")).status_code == 200
    await sql.execute(
        """SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
            WHERE usename = 'schoolgroup_app'"""
    )
    answers = [await writer.get("/v1/notes") for _ in range(6)]
    assert {answer.status_code for answer in answers} <= {200, 503}
    assert answers[-1].status_code == 200


async def test_a_full_pool_is_answered_and_empties_again(settings, world, monkeypatch):
    monkeypatch.setattr("schoolgroup.kernel.db.ACQUIRE_S", 0.2)
    small = msgspec.structs.replace(settings, database_pool_max=2)
    async with open_services(small) as services:
        actor = system_actor(world.group_id)
        async with services.db.transaction(actor), services.db.transaction(actor):
            with pytest.raises(Unavailable):
                async with services.db.transaction(actor):
                    pass
        async with services.db.transaction(actor) as tx:
            assert await fetch_value(tx, "SELECT 1") == 1


async def test_a_full_pool_does_not_stand_still(settings, world, anna):
    """Each request needs a second transaction (a denial is audited): they must not wait in turn."""
    small = msgspec.structs.replace(settings, database_pool_max=2)
    async with open_services(small) as services:
        await services.policies.reload(world.group_id)
        authenticator: Authenticator = services.authenticator
        token = anna.headers["Authorization"].removeprefix("Bearer ")
        actor = await authenticator.actor_of(token)

        async def denied(tx):
            raise Refusal(denial=Denial("school:manage", "note/1", ("own",), ""))

        done = await asyncio.wait_for(
            asyncio.gather(
                *(services.db.run(actor, denied) for _ in range(10)), return_exceptions=True
            ),
            20,
        )
    assert {type(one) for one in done} == {Refusal}


async def test_a_denial_that_cannot_be_entered_is_unavailable(writer, sql, world):
    """Nothing is refused unseen: while the chain is held, the answer is 503."""
    await writer.get("/v1/notes/0199d000-0000-7000-8000-000000000000")
    await sql.execute("ALTER ROLE schoolgroup_app SET lock_timeout = '200ms'")
    await sql.execute(
        "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
        "WHERE usename = 'schoolgroup_app'"
    )
    try:
        for _ in range(3):  # the pool opens its connections anew
            await writer.get("/v1/notes")
        async with sql.transaction():
            await sql.execute("SELECT 1 FROM audit_head FOR UPDATE")
            answer = await writer.get("/v1/notes/0199d000-0000-7000-8000-000000000000")
        assert answer.status_code == 503
        assert "note" not in answer.json()["detail"]
    finally:
        await sql.execute("ALTER ROLE schoolgroup_app SET lock_timeout = '8s'")
        await sql.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
            "WHERE usename = 'schoolgroup_app'"
        )


async def test_as_the_system_only_inside(notes_services, world, anna):
    """What spans schools runs as the system, and the actor's wall stands again afterwards."""
    await notes_services.policies.reload(world.group_id)
    token = anna.headers["Authorization"].removeprefix("Bearer ")
    actor = await notes_services.authenticator.actor_of(token)
    async with notes_services.db.transaction(actor) as tx:
        assert await fetch_value(tx, "SELECT app.school_id()") == anna.school_id
        async with tx.as_system():
            assert await fetch_value(tx, "SELECT app.is_office()")
        assert not await fetch_value(tx, "SELECT app.is_office()")
        with pytest.raises(Refusal):
            async with tx.as_system():
                raise Refusal
        assert await fetch_value(tx, "SELECT app.school_id()") == anna.school_id


async def test_the_clock_of_a_transaction_is_the_jumped_one(notes_services, world, clock):
    clock.jump(timedelta(days=400))
    async with notes_services.db.transaction(system_actor(world.group_id)) as tx:
        assert tx.now == await fetch_value(tx, "SELECT app.now()")
        assert abs(tx.now - datetime.now(UTC) - timedelta(days=400)) < timedelta(seconds=10)


async def test_two_writers_of_one_text_are_ordered_by_the_database(writer, sql):
    gate = GATES["twin"] = Gate()
    first = asyncio.create_task(writer.post("/v1/notes", json={"text": "twin"}))
    await asyncio.wait_for(gate.reached.wait(), 5)
    second = asyncio.create_task(writer.post("/v1/notes", json={"text": "twin"}))
    await until_waiting(sql)
    gate.open.set()
    assert sorted([(await first).status_code, (await second).status_code]) == [201, 409]
