"""SQL of a team leader's work; it runs as the system, after the policy has said yes."""

from datetime import datetime
from uuid import UUID

import msgspec

from schoolgroup.evaluation.marking.lead.models import (
    Abnormal,
    Decision,
    ReportRow,
    Seed,
    SeedRow,
)
from schoolgroup.kernel.db import Tx, execute, fetch_all, fetch_one, fetch_value

# Scripts whose marks by one person fall into the range; what an arbiter has decided stays.
LOCK_SCRIPTS_OF = """
SELECT s.id FROM marking_script s
 WHERE s.group_id = $1 AND s.plan_id = $2 AND s.settled_by IS DISTINCT FROM 'arbiter'
   AND s.id IN (SELECT t.script_id FROM marking_turn t
                 WHERE t.group_id = $1 AND t.plan_id = $2 AND t.person_id = $3
                   AND t.purpose = 'live' AND t.no < 4 AND t.voided_at IS NULL
                   AND t.marked_at >= $4 AND t.marked_at < $5)
 ORDER BY s.id FOR NO KEY UPDATE
"""
VOID_MARKS_OF = """
UPDATE marking_turn t SET voided_at = $5, voided_because = $6
 WHERE t.group_id = $1 AND t.script_id = ANY ($2) AND t.person_id = $3 AND t.purpose = 'live'
   AND t.no < 4 AND t.voided_at IS NULL AND t.marked_at >= $4 AND t.marked_at < $7
RETURNING t.script_id, t.no, t.duty, t.place
"""
# A third or an arbiter may turn out not to be needed: their open turns go, the marks decide anew.
VOID_OPEN_TURNS = """
UPDATE marking_turn SET voided_at = $3, voided_because = $4
 WHERE group_id = $1 AND script_id = ANY ($2) AND purpose = 'live' AND no > 2
   AND marked_at IS NULL AND voided_at IS NULL
"""
PUT_IN_PLACE = """
INSERT INTO marking_turn (group_id, plan_id, script_id, script_school_id, no, purpose, duty, place)
SELECT s.group_id, s.plan_id, s.id, s.school_id, v.no, 'live', v.duty, v.place
  FROM unnest($2::uuid[], $3::smallint[], $4::text[], $5::bigint[])
       AS v (script_id, no, duty, place)
  JOIN marking_script s ON s.group_id = $1 AND s.id = v.script_id
"""
UNSETTLE = """
UPDATE marking_script SET final_quarter_marks = NULL, settled_by = NULL, settled_at = NULL
 WHERE group_id = $1 AND id = ANY ($2)
"""
# Copies under other ids, from other schools than the drawer's, none drawn before.
DRAW_SEEDS = """
INSERT INTO marking_script (group_id, plan_id, school_id, kind, image_key)
SELECT s.group_id, s.plan_id, s.school_id, $4, s.image_key
  FROM marking_script s
 WHERE s.group_id = $1 AND s.plan_id = $2 AND s.kind = 'live' AND s.image_key IS NOT NULL
   AND s.school_id IS DISTINCT FROM $3
   AND NOT EXISTS (SELECT FROM marking_script k
                    WHERE k.group_id = s.group_id AND k.plan_id = s.plan_id AND k.kind <> 'live'
                      AND k.image_key = s.image_key)
 ORDER BY random() LIMIT $5
"""
LIST_SEEDS = """
SELECT s.id, s.kind AS use, s.known_half_marks / 2.0::float8 AS known_marks, s.known_because,
       (SELECT count(*) FROM marking_turn t WHERE t.group_id = s.group_id AND t.script_id = s.id
           AND t.marked_at IS NOT NULL) AS times_marked
  FROM marking_script s
 WHERE s.group_id = $1 AND s.plan_id = $2 AND s.kind <> 'live' ORDER BY s.kind, s.id
"""
GET_SEED = """
SELECT id, plan_id, school_id, image_key FROM marking_script
 WHERE group_id = $1 AND id = $2 AND kind <> 'live'
"""
SET_KEY = """
UPDATE marking_script SET known_half_marks = $3, known_because = $4 WHERE group_id = $1 AND id = $2
"""
# A leader is not shown scripts of the own school.
LIST_ABNORMAL = """
SELECT a.id, a.kind, a.note, a.reported_at, a.decision, a.decided_because, a.decided_at
  FROM marking_abnormal a
  JOIN marking_script s ON s.group_id = a.group_id AND s.id = a.script_id
 WHERE a.group_id = $1 AND a.plan_id = $2 AND s.school_id IS DISTINCT FROM $3
 ORDER BY a.decided_at IS NOT NULL, a.id LIMIT 500
"""
GET_REPORT = """
SELECT a.id, a.plan_id, a.script_id, s.school_id AS script_school_id, a.decided_at, s.image_key
  FROM marking_abnormal a
  JOIN marking_script s ON s.group_id = a.group_id AND s.id = a.script_id
 WHERE a.group_id = $1 AND a.id = $2
"""
LOCK_SCRIPT = "SELECT id FROM marking_script WHERE group_id = $1 AND id = $2 FOR NO KEY UPDATE"
DECIDE = """
UPDATE marking_abnormal SET decision = $3, decided_by = $4, decided_because = $5, decided_at = $6
 WHERE group_id = $1 AND id = $2 AND decided_at IS NULL
"""
# Back into the queue, unless the image is still missing.
RELEASE_SCRIPT = """
UPDATE marking_turn t SET is_held = p.medium = 'image' AND s.image_key IS NULL
  FROM marking_script s JOIN marking_plan p ON p.group_id = s.group_id AND p.id = s.plan_id
 WHERE t.group_id = $1 AND t.script_id = $2 AND t.purpose = 'live' AND t.marked_at IS NULL
   AND t.voided_at IS NULL AND s.group_id = t.group_id AND s.id = t.script_id
"""
# The leader's own turn on a script, marked at once: the same constraints hold as at the desk.
DECIDE_TURN = """
WITH task AS (
    INSERT INTO marking_task (group_id, plan_id, person_id, taken_at) VALUES ($1, $3, $4, $6)
    RETURNING id
)
UPDATE marking_turn t
   SET person_id = $4, marker_school_id = $5, task_id = task.id, leased_until_at = $6,
       marked_at = $6, is_held = false
  FROM task
 WHERE t.group_id = $1 AND t.script_id = $2 AND t.no = 4 AND t.purpose = 'live'
   AND t.marked_at IS NULL AND t.voided_at IS NULL
RETURNING t.id
"""


class Voided(msgspec.Struct, frozen=True):
    """A turn whose mark was set aside."""

    script_id: UUID
    no: int
    duty: str
    place: int


class _Id(msgspec.Struct, frozen=True):
    id: UUID


async def set_marks_aside(
    tx: Tx, plan_id: UUID, person_id: UUID, from_at: datetime, until_at: datetime, because: str
) -> int:
    """Set a person's marks of a time aside and open turns in their place; how many."""
    rows = await fetch_all(
        tx, _Id, LOCK_SCRIPTS_OF, tx.group_id, plan_id, person_id, from_at, until_at
    )
    scripts = [row.id for row in rows]
    voided = await fetch_all(
        tx,
        Voided,
        VOID_MARKS_OF,
        tx.group_id,
        scripts,
        person_id,
        from_at,
        tx.now,
        because,
        until_at,
    )
    if not voided:
        return 0
    await execute(tx, VOID_OPEN_TURNS, tx.group_id, scripts, tx.now, because)
    await execute(
        tx,
        PUT_IN_PLACE,
        tx.group_id,
        [v.script_id for v in voided],
        [v.no for v in voided],
        [v.duty for v in voided],
        [v.place for v in voided],
    )
    await execute(tx, UNSETTLE, tx.group_id, scripts)
    return len(voided)


async def draw_seeds(tx: Tx, plan_id: UUID, school_id: UUID | None, use: str, count: int) -> int:
    """Copies of scripts, drawn by lot, to be known ones; how many there were."""
    return await execute(tx, DRAW_SEEDS, tx.group_id, plan_id, school_id, use, count)


async def list_seeds(tx: Tx, plan_id: UUID) -> list[Seed]:
    """The known scripts of an item."""
    return await fetch_all(tx, Seed, LIST_SEEDS, tx.group_id, plan_id)


async def get_seed(tx: Tx, seed_id: UUID) -> SeedRow | None:
    """A known script."""
    return await fetch_one(tx, SeedRow, GET_SEED, tx.group_id, seed_id)


async def set_key(tx: Tx, seed_id: UUID, half_marks: int, because: str) -> None:
    """Keep what an expert gave."""
    await execute(tx, SET_KEY, tx.group_id, seed_id, half_marks, because)


async def list_abnormal(tx: Tx, plan_id: UUID, not_of: UUID | None) -> list[Abnormal]:
    """Abnormal scripts, none of this school."""
    return await fetch_all(tx, Abnormal, LIST_ABNORMAL, tx.group_id, plan_id, not_of)


async def get_report(tx: Tx, report_id: UUID) -> ReportRow | None:
    """A report with its script."""
    return await fetch_one(tx, ReportRow, GET_REPORT, tx.group_id, report_id)


async def lock_script(tx: Tx, script_id: UUID) -> None:
    """Nobody else settles the script until this transaction ends."""
    await fetch_value(tx, LOCK_SCRIPT, tx.group_id, script_id)


async def decide(
    tx: Tx, report_id: UUID, decision: Decision, person_id: UUID, because: str
) -> bool:
    """Keep a decision; False where there is one."""
    return bool(
        await execute(tx, DECIDE, tx.group_id, report_id, decision, person_id, because, tx.now)
    )


async def release_script(tx: Tx, script_id: UUID) -> None:
    """Let the script back into the queue."""
    await execute(tx, RELEASE_SCRIPT, tx.group_id, script_id)


async def decide_turn(
    tx: Tx, script_id: UUID, plan_id: UUID, person_id: UUID, school_id: UUID
) -> UUID | None:
    """Occupy the script's arbiter turn; its id, or None where it has been marked."""
    found: UUID | None = await fetch_value(
        tx, DECIDE_TURN, tx.group_id, script_id, plan_id, person_id, school_id, tx.now
    )
    return found
