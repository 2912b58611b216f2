"""SQL of the desk. All but FETCH_TASK run as the system: no school sees these rows itself."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from schoolgroup.access.decisions import with_rights
from schoolgroup.evaluation.marking.desk.models import (
    AbnormalKind,
    MarkerRow,
    TaskRow,
    TurnRow,
)
from schoolgroup.evaluation.marking.models import Duty
from schoolgroup.evaluation.marking.rules import Settled
from schoolgroup.kernel.db import Tx, execute, fetch_all, fetch_one, fetch_value
from schoolgroup.kernel.ids import new_id

# One's own task: the row says only which item it is of.
FETCH_TASK = """
SELECT k.id, k.plan_id, k.person_id, k.taken_at, /*relations:marking_task:k*/ AS relations
  FROM marking_task k WHERE k.group_id = $1 AND k.id = $2
"""
# One marker does one thing at a time: two requests of the same person wait for each other here.
LOCK_MARKER = """
SELECT person_id, school_id, duty, status, paused_because, checked_from_at FROM marking_marker
 WHERE group_id = $1 AND plan_id = $2 AND person_id = $3 FOR NO KEY UPDATE
"""
IN_HAND = """
SELECT t.id, t.script_id, t.no, t.purpose, t.duty, t.task_id, t.leased_until_at, t.marked_at,
       t.voided_at, s.image_key, s.blind_code, NULL::smallint AS half_marks,
       NULL::smallint[] AS point_half_marks
  FROM marking_turn t
  JOIN marking_script s ON s.group_id = t.group_id AND s.id = t.script_id
 WHERE t.group_id = $1 AND t.plan_id = $2 AND t.person_id = $3 AND t.marked_at IS NULL
   AND t.voided_at IS NULL AND t.leased_until_at > $4
 ORDER BY t.leased_until_at LIMIT 1
"""
# Whether the school's markers have done, or have in hand, what was allotted to them.
IS_SHARE_DONE = """
SELECT (SELECT count(*) FROM marking_turn t
         WHERE t.group_id = h.group_id AND t.plan_id = h.plan_id
           AND t.marker_school_id = h.school_id AND t.no <= 2 AND t.duty = 'marker'
           AND t.purpose = 'live' AND t.person_id IS NOT NULL AND t.voided_at IS NULL
           AND (t.marked_at IS NOT NULL OR t.leased_until_at > $4)) >= h.turns_allotted
  FROM marking_share h
 WHERE h.group_id = $1 AND h.plan_id = $2 AND h.school_id = $3 AND h.turns_allotted IS NOT NULL
"""
# The next turn nobody has in hand: one row, one occupant, in one statement. A row another marker is
# taking at this moment is passed over, not waited for; a lease that has run out counts as none.
# (The count is looked up row by row in the index: a planner that takes it for a join reads all that
# the marker has ever had, for every row it looks at.)
TAKE_TURN = """
WITH chosen AS (
    SELECT t.id FROM marking_turn t
     WHERE t.group_id = $1 AND t.plan_id = $2 AND t.purpose = 'live' AND t.marked_at IS NULL
       AND t.voided_at IS NULL AND NOT t.is_held AND t.duty = ANY ($5)
       AND (t.leased_until_at IS NULL OR t.leased_until_at <= $6)
       AND t.script_school_id <> $4
       AND (NOT $8 OR t.no > 2 OR t.duty <> 'marker')
       AND ($9::uuid IS NULL OR t.script_id = $9)
       AND (SELECT count(*) FROM marking_turn o
             WHERE o.group_id = t.group_id AND o.script_id = t.script_id
               AND o.purpose = 'live' AND o.person_id = $3 AND o.id <> t.id) = 0
     ORDER BY t.place LIMIT 1 FOR UPDATE SKIP LOCKED
), task AS (
    INSERT INTO marking_task (group_id, plan_id, person_id, taken_at)
    SELECT $1, $2, $3, $6 FROM chosen RETURNING id
)
UPDATE marking_turn t
   SET person_id = $3, marker_school_id = $4, task_id = task.id, leased_until_at = $7
  FROM chosen, task
 WHERE t.group_id = $1 AND t.id = chosen.id
RETURNING t.id
"""
FIND_BY_CODE = """
SELECT id FROM marking_script WHERE group_id = $1 AND plan_id = $2 AND blind_code = $3
"""
GET_TURN = """
SELECT t.id, t.script_id, t.no, t.purpose, t.duty, t.task_id, t.leased_until_at, t.marked_at,
       t.voided_at, s.image_key, s.blind_code, m.half_marks, m.point_half_marks
  FROM marking_turn t
  JOIN marking_script s ON s.group_id = t.group_id AND s.id = t.script_id
  LEFT JOIN marking_mark m ON m.group_id = t.group_id AND m.turn_id = t.id
 WHERE t.group_id = $1 AND t.task_id = $2
"""
RENEW = """
UPDATE marking_turn SET leased_until_at = $3
 WHERE group_id = $1 AND task_id = $2 AND marked_at IS NULL AND voided_at IS NULL
   AND leased_until_at > $4
"""
# One script is settled by one transaction at a time; always before its turns are touched.
LOCK_SCRIPT = """
SELECT id FROM marking_script
 WHERE group_id = $1
   AND id = (SELECT script_id FROM marking_turn WHERE group_id = $1 AND task_id = $2)
   FOR NO KEY UPDATE
"""
CLOSE_TURN = """
UPDATE marking_turn SET marked_at = $3
 WHERE group_id = $1 AND task_id = $2 AND marked_at IS NULL AND voided_at IS NULL
   AND leased_until_at > $3
"""
INSERT_MARK = """
INSERT INTO marking_mark (group_id, turn_id, plan_id, person_id, half_marks, point_half_marks,
                          taken_at, marked_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
"""
LIST_MARKS = """
SELECT t.no, m.half_marks
  FROM marking_turn t JOIN marking_mark m ON m.group_id = t.group_id AND m.turn_id = t.id
 WHERE t.group_id = $1 AND t.script_id = $2 AND t.purpose = 'live' AND t.voided_at IS NULL
 ORDER BY t.no
"""
SETTLE = """
UPDATE marking_script SET final_quarter_marks = $3, settled_by = $4, settled_at = $5
 WHERE group_id = $1 AND id = $2
"""
# What nobody needs any more once a script is settled.
VOID_REST = """
UPDATE marking_turn SET voided_at = $3, voided_because = 'settled'
 WHERE group_id = $1 AND script_id = $2 AND purpose = 'live' AND marked_at IS NULL
   AND voided_at IS NULL
"""
# Before all other turns of the item, so that a disputed script does not wait for the end.
ADD_TURN = """
INSERT INTO marking_turn (group_id, plan_id, script_id, script_school_id, no, purpose, duty, place)
SELECT s.group_id, s.plan_id, s.id, s.school_id, $3::smallint, 'live', $4,
       s.place * 4 - 8000000000000
  FROM marking_script s WHERE s.group_id = $1 AND s.id = $2
    ON CONFLICT (group_id, script_id, no) WHERE purpose = 'live' AND voided_at IS NULL DO NOTHING
"""
# To the end of the queue: whoever gave it back does not get it again at once.
END_LEASE = """
UPDATE marking_turn SET leased_until_at = $3, place = place + 4000000000000
 WHERE group_id = $1 AND task_id = $2 AND marked_at IS NULL AND voided_at IS NULL
   AND leased_until_at > $3
"""
HOLD_SCRIPT = """
UPDATE marking_turn SET is_held = true
 WHERE group_id = $1 AND script_id = $2 AND purpose = 'live' AND marked_at IS NULL
   AND voided_at IS NULL
"""
INSERT_REPORT = """
INSERT INTO marking_abnormal (group_id, id, plan_id, script_id, kind, note, reported_by,
                              reported_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
    ON CONFLICT (group_id, script_id) WHERE decided_at IS NULL DO NOTHING
"""
LIST_DISPUTED = """
SELECT array_agg(m.half_marks ORDER BY o.no) AS marks, max(o.marked_at) AS waiting_since_at
  FROM marking_turn t
  JOIN marking_turn o ON o.group_id = t.group_id AND o.script_id = t.script_id
                     AND o.purpose = 'live' AND o.voided_at IS NULL AND o.no < 4
  JOIN marking_mark m ON m.group_id = o.group_id AND m.turn_id = o.id
 WHERE t.group_id = $1 AND t.plan_id = $2 AND t.no = 4 AND t.purpose = 'live'
   AND t.marked_at IS NULL AND t.voided_at IS NULL AND NOT t.is_held
 GROUP BY t.id, t.place
 ORDER BY t.place LIMIT 200
"""


async def fetch_task(tx: Tx, task_id: UUID) -> TaskRow | None:
    """A task of the caller's own."""
    return await fetch_one(tx, TaskRow, with_rights(tx, FETCH_TASK), tx.group_id, task_id)


async def lock_marker(tx: Tx, plan_id: UUID, person_id: UUID) -> MarkerRow | None:
    """The member of the pool, doing nothing else until this transaction ends."""
    return await fetch_one(tx, MarkerRow, LOCK_MARKER, tx.group_id, plan_id, person_id)


async def in_hand(tx: Tx, plan_id: UUID, person_id: UUID) -> TurnRow | None:
    """What the person has in hand of the item."""
    return await fetch_one(tx, TurnRow, IN_HAND, tx.group_id, plan_id, person_id, tx.now)


async def is_share_done(tx: Tx, plan_id: UUID, school_id: UUID) -> bool:
    """Whether the school's part is done; never where none was allotted."""
    return bool(await fetch_value(tx, IS_SHARE_DONE, tx.group_id, plan_id, school_id, tx.now))


async def take_turn(
    tx: Tx,
    plan_id: UUID,
    marker: MarkerRow,
    duties: Sequence[Duty],
    until_at: datetime,
    share_done: bool,
    script_id: UUID | None = None,
) -> bool:
    """Put the next turn (or one of this script) into the marker's hand; False without one."""
    taken = await fetch_value(
        tx,
        TAKE_TURN,
        tx.group_id,
        plan_id,
        marker.person_id,
        marker.school_id,
        list(duties),
        tx.now,
        until_at,
        share_done,
        script_id,
    )
    return taken is not None


async def find_by_code(tx: Tx, plan_id: UUID, blind_code: str) -> UUID | None:
    """The script with this code on its sheet."""
    found: UUID | None = await fetch_value(tx, FIND_BY_CODE, tx.group_id, plan_id, blind_code)
    return found


async def get_turn(tx: Tx, task_id: UUID) -> TurnRow | None:
    """The turn a task is for; None once somebody else has taken it."""
    return await fetch_one(tx, TurnRow, GET_TURN, tx.group_id, task_id)


async def renew(tx: Tx, task_id: UUID, until_at: datetime) -> bool:
    """Move the end of a lease that runs; False where it does not."""
    return bool(await execute(tx, RENEW, tx.group_id, task_id, until_at, tx.now))


async def end_lease(tx: Tx, task_id: UUID) -> bool:
    """End a lease that runs; False where it does not."""
    return bool(await execute(tx, END_LEASE, tx.group_id, task_id, tx.now))


async def lock_script(tx: Tx, task_id: UUID) -> None:
    """Nobody else settles the task's script until this transaction ends."""
    await fetch_value(tx, LOCK_SCRIPT, tx.group_id, task_id)


async def close_turn(tx: Tx, task_id: UUID) -> bool:
    """The turn is marked now; False where the lease has run out or the turn is no longer wanted."""
    return bool(await execute(tx, CLOSE_TURN, tx.group_id, task_id, tx.now))


async def insert_mark(
    tx: Tx,
    turn_id: UUID,
    plan_id: UUID,
    person_id: UUID,
    half_marks: int,
    points: Sequence[int],
    taken_at: datetime,
) -> None:
    """Keep a mark for ever."""
    await execute(
        tx,
        INSERT_MARK,
        tx.group_id,
        turn_id,
        plan_id,
        person_id,
        half_marks,
        list(points),
        taken_at,
        tx.now,
    )


class _Given(msgspec.Struct, frozen=True):
    no: int
    half_marks: int


async def list_marks(tx: Tx, script_id: UUID) -> dict[int, int]:
    """The marks a script has that count, by turn."""
    rows = await fetch_all(tx, _Given, LIST_MARKS, tx.group_id, script_id)
    return {row.no: row.half_marks for row in rows}


async def settle_script(tx: Tx, script_id: UUID, settled: Settled) -> None:
    """Make a script's mark final; turns nobody needs any more are set aside."""
    await execute(tx, SETTLE, tx.group_id, script_id, settled.quarter_marks, settled.by, tx.now)
    await execute(tx, VOID_REST, tx.group_id, script_id, tx.now)


async def add_turn(tx: Tx, script_id: UUID, no: int, duty: Duty) -> None:
    """One more turn for a script, unless it has it."""
    await execute(tx, ADD_TURN, tx.group_id, script_id, no, duty)


async def report(
    tx: Tx, plan_id: UUID, script_id: UUID, person_id: UUID, kind: AbnormalKind, note: str
) -> None:
    """Send a script to the leader; it leaves the queue until that is decided."""
    await execute(
        tx,
        INSERT_REPORT,
        tx.group_id,
        new_id(),
        plan_id,
        script_id,
        kind,
        note,
        person_id,
        tx.now,
    )
    await execute(tx, HOLD_SCRIPT, tx.group_id, script_id)


class DisputedRow(msgspec.Struct, frozen=True):
    """A script that waits for an arbiter: its marks, in half marks."""

    marks: list[int]
    waiting_since_at: datetime


async def list_disputed(tx: Tx, plan_id: UUID) -> list[DisputedRow]:
    """Scripts that wait for an arbiter: the first 200."""
    return await fetch_all(tx, DisputedRow, LIST_DISPUTED, tx.group_id, plan_id)
