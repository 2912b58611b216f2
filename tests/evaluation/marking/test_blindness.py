"""Attempts to see or do what a marker must not, by raw SQL as the application's own role."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

import asyncpg
import pytest

from schoolgroup.kernel.context import system_actor
from schoolgroup.kernel.db import Tx
from schoolgroup.kernel.ids import new_id
from schoolgroup.services import Services
from tests.evaluation.marking.room import Room, staffed
from tests.people import Person, World

ONE = {"甲校": 0, "乙校": 1, "丙校": 0, "丁校": 0}
HIDDEN = ("marking_script", "marking_identity", "marking_turn", "marking_abnormal")


@asynccontextmanager
async def speaking_as(services: Services, person: Person) -> AsyncIterator[Tx]:
    """A transaction of the application in the person's own signed context."""
    token = person.headers["Authorization"].removeprefix("Bearer ")
    actor = await services.authenticator.actor_of(token)
    async with services.db.transaction(actor) as tx:
        yield tx


async def refused(tx: Tx, statement: str, *arguments: object) -> str:
    """The constraint (or the right) that keeps a statement from working."""
    with pytest.raises(asyncpg.PostgresError) as caught:
        async with tx.connection.transaction():
            await tx.connection.execute(statement, *arguments)
    error = caught.value
    if isinstance(error, asyncpg.InsufficientPrivilegeError):
        return "no right"
    return str(error.constraint_name)


async def test_a_task_tells_nothing_of_the_script(http, world: World):
    room = await staffed(http, world, ONE)
    await room.give("m1", 3)
    answer = await room.take("m2")
    script = await world.sql.fetchrow(
        """SELECT s.id, i.candidate_id, c.exam_number FROM marking_script s
             JOIN marking_identity i ON i.script_id = s.id
             JOIN exam_candidate c ON c.id = i.candidate_id"""
    )
    school = room.school("乙校")
    assert script is not None
    for secret in (*script.values(), school.id, school.code, school.name):
        assert str(secret) not in answer.text
    assert answer.json()["earlier_marks"] is None
    assert '"no"' not in answer.text
    assert "purpose" not in answer.text


async def test_no_table_of_the_desk_names_a_pupil(sql):
    columns = await sql.fetch(
        """SELECT table_name, column_name FROM information_schema.columns
            WHERE table_name LIKE 'marking%' AND table_name <> 'marking_identity'"""
    )
    named = {(c["table_name"], c["column_name"]) for c in columns}
    assert not [c for c in named if "candidate" in c[1] or "exam_number" in c[1]]
    # what a marker may read of the own rows has no script in it
    assert not [c for c in named if c[0] in ("marking_task", "marking_mark") and "script" in c[1]]


async def test_a_marker_sees_only_the_own_marks_and_no_script_at_all(
    http, world: World, services: Services
):
    room = await staffed(http, world, ONE)
    await room.give("m1", 3)
    mine = await room.give("m2", 4)
    async with speaking_as(services, room.people["m2"]) as tx:
        for table in HIDDEN:
            assert await tx.connection.fetchval(f"SELECT count(*) FROM {table}") == 0
        seen = await tx.connection.fetch("SELECT half_marks FROM marking_mark")
        assert [row["half_marks"] for row in seen] == [8]
        tasks = await tx.connection.fetch("SELECT id FROM marking_task")
        assert [row["id"] for row in tasks] == [UUID(mine)]
        for event in await tx.connection.fetch("SELECT * FROM event"):
            assert "marking" not in event["type"]  # whom the first marker was, the office knows
        for statement in (
            "UPDATE marking_mark SET half_marks = 20",
            "DELETE FROM marking_mark",
            "UPDATE marking_turn SET script_school_id = marker_school_id",
            "UPDATE marking_script SET school_id = gen_random_uuid()",
            "DELETE FROM marking_turn",
            "DELETE FROM marking_identity",
        ):
            assert await refused(tx, statement) == "no right"
        # who is paused cannot resume himself, nor anybody change how an item is marked
        for statement in (
            "UPDATE marking_marker SET status = 'live', duty = 'leader'",
            "UPDATE marking_plan SET threshold = 300",
            "UPDATE marking_share SET weight = 1",
        ):
            assert await tx.connection.execute(statement) == "UPDATE 0"
        me = room.people["m2"]
        entered = await refused(
            tx,
            """INSERT INTO marking_mark (group_id, turn_id, plan_id, person_id, half_marks,
                                         taken_at, marked_at)
               VALUES ($1, $2, $3, $4, 24, now(), now())""",
            world.group_id,
            new_id(),
            UUID(room.plan["id"]),
            me.id,
        )
        assert entered == "no right"  # row-level security: only the desk writes


async def test_the_principal_of_the_school_sees_no_more(http, world: World, services: Services):
    room = await staffed(http, world, ONE)
    await room.give("m1", 3)
    principal = await world.person(room.school("乙校"), "principal")
    async with speaking_as(services, principal) as tx:
        for table in (*HIDDEN, "marking_mark", "marking_task", "marking_marker"):
            assert await tx.connection.fetchval(f"SELECT count(*) FROM {table}") == 0
    trail = await http.get("/v1/audit", headers=principal.headers)
    assert "marking_task" not in trail.text


async def turn_of(room: Room, no: int) -> UUID:
    found: UUID = await room.sql.fetchval("SELECT id FROM marking_turn WHERE no = $1", no)
    return found


OCCUPY = """
UPDATE marking_turn SET person_id = $2, marker_school_id = $3, task_id = $4,
       leased_until_at = now() WHERE id = $1
"""


async def test_even_the_system_cannot_break_the_rules_of_the_desk(
    http, world: World, services: Services
):
    """As the application's role with every row in sight: each rule is a constraint."""
    room = await staffed(http, world, ONE)
    own = await room.enrol("own", "乙校")  # a marker of the school the script comes from
    assert (await room.take("own")).json()["code"] == "nothing_to_take"
    first = await room.taken("m1")
    plan_id, m1, m2 = UUID(room.plan["id"]), room.people["m1"], room.people["m2"]
    async with services.db.transaction(system_actor(world.group_id)) as tx:
        second = await turn_of(room, 2)

        async def task(person: Person) -> UUID:
            made: UUID = await tx.connection.fetchval(
                """INSERT INTO marking_task (group_id, plan_id, person_id, taken_at)
                   VALUES ($1, $2, $3, now()) RETURNING id""",
                world.group_id,
                plan_id,
                person.id,
            )
            return made

        theirs = await task(own)
        assert (
            await refused(tx, OCCUPY, second, own.id, own.school_id, theirs)
            == "never_the_own_school"
        )
        # claiming to be of another school does not help: the pool says of which one
        lie = await refused(tx, OCCUPY, second, own.id, m1.school_id, theirs)
        assert "person_id" in lie
        assert (
            await refused(tx, OCCUPY, second, m1.id, m1.school_id, await task(m1))
            == "never_twice_to_one_marker"
        )
        more = """INSERT INTO marking_turn (group_id, plan_id, script_id, script_school_id, no,
                                            purpose, duty, place)
                  SELECT group_id, plan_id, script_id, {school}, {no}, 'live', 'marker', 0
                    FROM marking_turn WHERE no = 1"""
        assert await refused(tx, more.format(school="script_school_id", no=1)) == (
            "one_turn_per_role"
        )
        elsewhere = f"'{room.school('丙校').id}'"
        assert "script_id" in await refused(tx, more.format(school=elsewhere, no=3))
        moved = "UPDATE marking_turn SET script_school_id = $1"
        assert await refused(tx, moved, room.school("丙校").id) == "no right"
        give = """INSERT INTO marking_mark (group_id, turn_id, plan_id, person_id, half_marks,
                                            taken_at, marked_at)
                  VALUES ($1, $2, $3, $4, 9, now(), now())"""
        at = await turn_of(room, 1)
        by_other = await refused(tx, give, world.group_id, at, plan_id, m2.id)
        assert by_other == "marks_by_the_occupant"
        assert await refused(tx, "DELETE FROM marking_mark") == "no right"
    assert (await room.mark("m1", first, 5)).status_code == 200
    async with services.db.transaction(system_actor(world.group_id)) as tx:
        assert await refused(tx, give, world.group_id, at, plan_id, m1.id) == "one_mark_per_turn"
        await tx.connection.execute("UPDATE marking_plan SET status = 'complete'")
        second_mark = await refused(tx, give, world.group_id, second, plan_id, m2.id)
        assert second_mark == "marks_only_while_open"


async def test_marks_are_kept_for_ever_even_from_the_owner(http, world: World):
    room = await staffed(http, world, ONE)
    await room.give("m1", 3)
    for statement in (
        "UPDATE marking_mark SET half_marks = 0",
        "DELETE FROM marking_mark",
        "TRUNCATE marking_mark",
    ):
        with pytest.raises(asyncpg.PostgresError, match="append-only"):
            await world.sql.execute(statement)
