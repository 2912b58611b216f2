"""Thirty-two markers on one item, some of whom vanish (connections that die: test_severed.py)."""

from collections import Counter
from datetime import timedelta

from schoolgroup.evaluation.marking.desk import queries
from tests.evaluation.marking.room import Room, prepare, staffed, together, with_images
from tests.people import World

MARKERS, SCRIPTS = 32, 16


async def crowded(http, world: World) -> Room:
    """32 markers of two schools at one item of 16 scripts of a third, each marked twice."""
    room = await prepare(
        http, world, {"甲校": 0, "乙校": 0, "丙校": SCRIPTS}, mode="2+1", lease_minutes=5
    )
    for n in range(MARKERS):
        await room.enrol(f"m{n}", ("甲校", "乙校")[n % 2])
    await room.open()
    await with_images(room)
    return room


async def work(room: Room, who: str, vanish: bool) -> list[tuple[str, int]]:
    """Take and mark until nothing is left; the tasks with the answer each mark got."""
    done: list[tuple[str, int]] = []
    while True:
        taken = await room.take(who)
        if taken.status_code != 200:
            assert taken.json()["code"] == "nothing_to_take", taken.text
            return done
        if vanish:
            return done
        task_id = taken.json()["id"]
        done.append((task_id, (await room.mark(who, task_id, 6)).status_code))


async def test_no_script_is_marked_twice_in_one_role_and_none_is_lost(http, world: World, clock):
    room = await crowded(http, world)
    gone = [f"m{n}" for n in range(6)]
    stay = [f"m{n}" for n in range(6, MARKERS)]
    answers = await together(
        *(work(room, who, vanish=True) for who in gone),
        *(work(room, who, vanish=False) for who in stay),
    )
    held = await world.sql.fetchval(
        "SELECT count(*) FROM marking_turn WHERE marked_at IS NULL AND leased_until_at > now()"
    )
    assert 1 <= held <= len(gone)  # who vanished has a script in hand, and nothing else waits
    clock.jump(timedelta(minutes=5))
    answers += await together(*(work(room, who, vanish=False) for who in stay))
    acknowledged = [task for done in answers for task, status in done if status == 200]
    assert all(status == 200 for done in answers for _, status in done)
    marks = await world.sql.fetch(
        """SELECT t.script_id, t.no, t.person_id, t.task_id FROM marking_mark m
             JOIN marking_turn t ON t.id = m.turn_id"""
    )
    assert sorted(str(row["task_id"]) for row in marks) == sorted(acknowledged)
    assert len(marks) == 2 * SCRIPTS
    assert max(Counter((row["script_id"], row["no"]) for row in marks).values()) == 1
    assert max(Counter((row["script_id"], row["person_id"]) for row in marks).values()) == 1
    settled = await world.sql.fetchval("SELECT count(settled_at) FROM marking_script")
    assert settled == SCRIPTS


async def test_without_the_lock_a_script_would_be_in_two_hands(http, world: World, monkeypatch):
    """The control: what the test above promises is due to SKIP LOCKED."""
    unlocked = queries.TAKE_TURN.replace("FOR UPDATE SKIP LOCKED", "")
    assert unlocked != queries.TAKE_TURN
    monkeypatch.setattr(queries, "TAKE_TURN", unlocked)
    room = await crowded(http, world)
    taken = await together(*(room.take(f"m{n}") for n in range(MARKERS)))
    tasks = [t.json()["id"] for t in taken if t.status_code == 200]
    in_hand = await world.sql.fetchval("SELECT count(task_id) FROM marking_turn")
    assert in_hand < len(tasks)  # several were told they have what only the last one has


async def test_one_person_at_two_screens_has_one_script(http, world: World):
    room = await staffed(http, world, {"甲校": 0, "乙校": 5, "丙校": 0, "丁校": 0})
    taken = await together(*(room.taken("m1") for _ in range(8)))
    assert len(set(taken)) == 1
