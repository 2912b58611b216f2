"""The controls: take one lock or one constraint away, and what it promises is broken.

The promises themselves are held in test_concurrency.py, test_blindness.py and test_severed.py. Here
each rule is removed alone, within a transaction that is rolled back or by changing the statement,
and the very act it refuses goes through: so it is that rule, and nothing beside it, that refuses.
"""

import asyncio
from uuid import UUID

import asyncpg
import pytest

from schoolgroup.evaluation.marking.desk import queries
from tests.evaluation.marking.room import staffed, together
from tests.people import World

ONE = {"甲校": 0, "乙校": 1, "丙校": 0, "丁校": 0}
TASK = """
INSERT INTO marking_task (group_id, plan_id, person_id, taken_at)
SELECT group_id, plan_id, person_id, now() FROM marking_marker WHERE person_id = $1 RETURNING id
"""
OCCUPY = """
UPDATE marking_turn t SET person_id = m.person_id, marker_school_id = m.school_id, task_id = $2,
       leased_until_at = now() + interval '1 hour'
  FROM marking_marker m WHERE m.person_id = $1 AND t.no = $3
"""
SAME_ROLE = """
INSERT INTO marking_turn (group_id, plan_id, script_id, script_school_id, no, purpose, duty, place)
SELECT group_id, plan_id, script_id, script_school_id, no, 'live', 'marker', 0 FROM marking_turn
 WHERE no = 1
"""
GIVE = """
INSERT INTO marking_mark (group_id, turn_id, plan_id, person_id, half_marks, taken_at, marked_at)
SELECT group_id, id, plan_id, $1, 9, now(), now() FROM marking_turn WHERE no = 1
"""
# What is taken away, by the name under which the database refuses.
DROPS = {
    "never_the_own_school": "ALTER TABLE marking_turn DROP CONSTRAINT never_the_own_school",
    "never_twice_to_one_marker": "DROP INDEX never_twice_to_one_marker",
    "one_turn_per_role": "DROP INDEX one_turn_per_role",
    "marks_by_the_occupant": "ALTER TABLE marking_mark DROP CONSTRAINT marks_by_the_occupant",
    "one_mark_per_turn": "ALTER TABLE marking_mark DROP CONSTRAINT one_mark_per_turn CASCADE",
    "marks_only_while_open": "DROP TRIGGER marking_is_open ON marking_mark",
}


async def test_each_constraint_alone_refuses_what_it_forbids(http, world: World):
    sql = world.sql
    room = await staffed(http, world, ONE)
    own = await room.enrol("own", "乙校")
    await room.taken("m1")
    m1, m2 = room.people["m1"].id, room.people["m2"].id

    async def attack(name: str) -> None:
        if name == "never_the_own_school":
            await sql.execute(OCCUPY, own.id, await sql.fetchval(TASK, own.id), 2)
        elif name == "never_twice_to_one_marker":
            await sql.execute(OCCUPY, m1, await sql.fetchval(TASK, m1), 2)
        elif name == "one_turn_per_role":
            await sql.execute(SAME_ROLE)
        elif name == "marks_by_the_occupant":
            await sql.execute(GIVE, m2)
        elif name == "one_mark_per_turn":
            await sql.execute(GIVE, m1)
            await sql.execute(GIVE, m1)
        else:
            await sql.execute("UPDATE marking_plan SET status = 'complete'")
            await sql.execute(GIVE, m1)

    for name, drop in DROPS.items():
        kept = sql.transaction()
        await kept.start()
        with pytest.raises(asyncpg.IntegrityConstraintViolationError) as refused:
            await attack(name)
        assert refused.value.constraint_name == name
        await kept.rollback()
        dropped = sql.transaction()
        await dropped.start()
        await sql.execute(drop)
        await attack(name)  # and nothing else refuses it
        await dropped.rollback()


def together_at(monkeypatch, name: str) -> None:
    """Let the next two who ask this go on only once both have their answer: neither sees what
    the other does with it."""
    goes_on, both = getattr(queries, name), asyncio.Barrier(2)
    left = [2]

    async def meets(*arguments, **named):
        answer = await goes_on(*arguments, **named)
        if left[0]:
            left[0] -= 1
            await both.wait()
        return answer

    monkeypatch.setattr(queries, name, meets)


async def test_without_the_lock_of_the_marker_one_person_has_two_scripts(
    http, world: World, monkeypatch
):
    room = await staffed(http, world, {"甲校": 0, "乙校": 2, "丙校": 0, "丁校": 0}, mode="1")
    unlocked = queries.LOCK_MARKER.replace("FOR NO KEY UPDATE", "")
    assert unlocked != queries.LOCK_MARKER
    monkeypatch.setattr(queries, "LOCK_MARKER", unlocked)
    together_at(monkeypatch, "in_hand")
    await together(room.take("m1"), room.take("m1"))
    held = "SELECT count(*) FROM marking_turn WHERE person_id = $1"
    assert await world.sql.fetchval(held, room.people["m1"].id) == 2


async def test_without_the_lock_of_the_script_two_marks_settle_nothing(
    http, world: World, monkeypatch
):
    """Each of two marks handed in at once sees itself alone: the script waits for ever."""
    room = await staffed(http, world, ONE, mode="2+1")
    tasks = {who: await room.taken(who) for who in ("m1", "m2")}
    script: UUID = await room.script_of(tasks["m1"])
    unlocked = queries.LOCK_SCRIPT.replace("FOR NO KEY UPDATE", "")
    assert unlocked != queries.LOCK_SCRIPT
    monkeypatch.setattr(queries, "LOCK_SCRIPT", unlocked)
    together_at(monkeypatch, "list_marks")
    given = await together(*(room.mark(who, task, 6) for who, task in tasks.items()))
    assert [answer.status_code for answer in given] == [200, 200]
    assert await room.final(script) is None
