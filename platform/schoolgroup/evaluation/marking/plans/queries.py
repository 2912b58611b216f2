"""SQL of marking plans: the item, its pool, its scripts and their turns."""

from collections.abc import Sequence
from uuid import UUID

import msgspec

from schoolgroup.access.decisions import with_rights
from schoolgroup.evaluation.marking.models import Duty, MarkerStatus, PlanRow, PlanStatus
from schoolgroup.evaluation.marking.plans.models import Allotted, Label, MarkerInput, MarkerView
from schoolgroup.kernel.db import Tx, execute, execute_many, fetch_all, fetch_one, fetch_value

GET_PLAN = """
SELECT p.id, p.exam_id, p.exam_subject_id, p.paper_version, p.position, s.subject, i.label,
       i.max_half_marks, p.status, p.mode, p.threshold, p.threshold_unit, p.third_rule,
       p.step_half_marks, p.point_labels, p.point_half_marks, p.medium, p.lease_minutes,
       p.seed_percent, p.recheck_percent, p.tolerance_half_marks, p.pause_outside_max,
       p.pause_window, p.calibration_pass, p.calibration_of, p.balance, p.arbiter_sees_marks,
       e.status AS exam_status, e.stage AS exam_stage, e.title AS exam_title, p.version,
       /*relations:marking:p*/ AS relations
  FROM marking_plan p
  JOIN exam e ON e.group_id = p.group_id AND e.id = p.exam_id
  JOIN exam_subject s ON s.group_id = p.group_id AND s.id = p.exam_subject_id
  JOIN paper_item i ON i.group_id = p.group_id AND i.exam_subject_id = p.exam_subject_id
                   AND i.paper_version = p.paper_version AND i.position = p.position
 WHERE p.group_id = $1 AND p.id = $2
"""
LIST_PLANS = """
SELECT p.id, p.exam_id, p.exam_subject_id, p.paper_version, p.position, s.subject, i.label,
       i.max_half_marks, p.status, p.mode, p.threshold, p.threshold_unit, p.third_rule,
       p.step_half_marks, p.point_labels, p.point_half_marks, p.medium, p.lease_minutes,
       p.seed_percent, p.recheck_percent, p.tolerance_half_marks, p.pause_outside_max,
       p.pause_window, p.calibration_pass, p.calibration_of, p.balance, p.arbiter_sees_marks,
       e.status AS exam_status, e.stage AS exam_stage, e.title AS exam_title, p.version,
       /*relations:marking:p*/ AS relations
  FROM marking_plan p
  JOIN exam e ON e.group_id = p.group_id AND e.id = p.exam_id
  JOIN exam_subject s ON s.group_id = p.group_id AND s.id = p.exam_subject_id
  JOIN paper_item i ON i.group_id = p.group_id AND i.exam_subject_id = p.exam_subject_id
                   AND i.paper_version = p.paper_version AND i.position = p.position
 WHERE p.group_id = $1 AND p.exam_id = $2 AND /*visible:marking:read@marking:p*/
 ORDER BY s.position, p.position
"""
LOCK_PLAN = "SELECT id FROM marking_plan WHERE group_id = $1 AND id = $2 FOR UPDATE"
INSERT_PLAN = """
INSERT INTO marking_plan (group_id, id, exam_id, exam_subject_id, paper_version, position, status,
    mode, threshold, threshold_unit, third_rule, step_half_marks, point_labels, point_half_marks,
    medium, lease_minutes, seed_percent, recheck_percent, tolerance_half_marks, pause_outside_max,
    pause_window, calibration_pass, calibration_of, balance, arbiter_sees_marks, created_at,
    updated_at)
VALUES ($1, $2, $3, $4, $5, $6, 'draft', $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18,
        $19, $20, $21, $22, $23, $24, $25, $25)
"""
CHANGE_PLAN = """
UPDATE marking_plan
   SET mode = $3, threshold = $4, threshold_unit = $5, third_rule = $6, step_half_marks = $7,
       point_labels = $8, point_half_marks = $9, medium = $10, lease_minutes = $11,
       seed_percent = $12, recheck_percent = $13, tolerance_half_marks = $14,
       pause_outside_max = $15, pause_window = $16, calibration_pass = $17, calibration_of = $18,
       balance = $19, arbiter_sees_marks = $20, version = version + 1, updated_at = $21
 WHERE group_id = $1 AND id = $2
"""
MOVE_PLAN = """
UPDATE marking_plan
   SET status = $3, version = version + 1, updated_at = $4,
       opened_at = CASE WHEN $3 = 'open' THEN coalesce(opened_at, $4) ELSE opened_at END,
       completed_at = CASE WHEN $3 = 'complete' THEN $4::timestamptz END
 WHERE group_id = $1 AND id = $2
"""
# Those of the people named who hold an appointment at the school named, today.
LIST_APPOINTED = """
SELECT DISTINCT a.person_id, a.school_id
  FROM unnest($2::uuid[], $3::uuid[]) AS w (person_id, school_id)
  JOIN appointment a ON a.group_id = $1 AND a.person_id = w.person_id AND a.school_id = w.school_id
 WHERE a.from_on <= app.today() AND (a.until_on IS NULL OR app.today() < a.until_on)
"""
# A member keeps the school of the first entry: marks refer to it.
UPSERT_MARKER = """
INSERT INTO marking_marker (group_id, plan_id, person_id, school_id, duty, status, checked_from_at,
                            joined_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $7)
    ON CONFLICT (group_id, plan_id, person_id)
    DO UPDATE SET duty = excluded.duty,
                  status = CASE WHEN marking_marker.status = 'left' THEN excluded.status
                                ELSE marking_marker.status END
         WHERE marking_marker.school_id = excluded.school_id
"""
UPSERT_SHARE = """
INSERT INTO marking_share (group_id, plan_id, school_id, weight) VALUES ($1, $2, $3, $4)
    ON CONFLICT (group_id, plan_id, school_id) DO UPDATE SET weight = excluded.weight
"""
SET_ALLOTTED = """
INSERT INTO marking_share (group_id, plan_id, school_id, weight, turns_allotted)
VALUES ($1, $2, $3, $4, $5)
    ON CONFLICT (group_id, plan_id, school_id)
    DO UPDATE SET weight = excluded.weight, turns_allotted = excluded.turns_allotted
"""
LIST_SHARES = """
SELECT school_id, weight, turns_allotted FROM marking_share
 WHERE group_id = $1 AND plan_id = $2 ORDER BY school_id
"""
LIST_POOL = """
SELECT m.person_id, p.name AS person_name, m.school_id, s.name AS school_name, m.duty, m.status,
       m.paused_because
  FROM marking_marker m
  JOIN person p ON p.group_id = m.group_id AND p.id = m.person_id
  JOIN school s ON s.group_id = m.group_id AND s.id = m.school_id
 WHERE m.group_id = $1 AND m.plan_id = $2
 ORDER BY m.joined_at, m.person_id
"""
# Scripts of candidates who have none yet, with an alias that says nothing. Each school's scripts
# are drawn by lot and spread evenly over the whole queue. Who was absent, void or exempt has none,
# nor who is not on the subject's roster, where there is one.
ADD_SCRIPTS = """
WITH missing AS MATERIALIZED (
    SELECT c.id AS candidate_id, c.school_id, gen_random_uuid() AS script_id,
           CASE WHEN $4 THEN upper(substr(replace(gen_random_uuid()::text, '-', ''), 1, 10)) END
               AS blind_code,
           floor(1e12 * (row_number() OVER (PARTITION BY c.school_id ORDER BY random()) - random())
                 / count(*) OVER (PARTITION BY c.school_id))::bigint AS place
      FROM exam_candidate c
     WHERE c.group_id = $1 AND c.exam_id = $3 AND ($5::uuid IS NULL OR c.school_id = $5)
       AND NOT EXISTS (SELECT FROM marking_identity i
                        WHERE i.group_id = $1 AND i.plan_id = $2 AND i.candidate_id = c.id)
       AND (NOT EXISTS (SELECT FROM exam_entry n
                         WHERE n.group_id = $1 AND n.exam_subject_id = $6)
            OR EXISTS (SELECT FROM exam_entry n
                        WHERE n.group_id = $1 AND n.exam_subject_id = $6
                          AND n.candidate_id = c.id))
       AND NOT EXISTS (SELECT FROM exam_score x
                        WHERE x.group_id = $1 AND x.exam_subject_id = $6 AND x.candidate_id = c.id
                          AND x.result <> 'present')
), made AS (
    INSERT INTO marking_script (group_id, id, plan_id, school_id, kind, blind_code, place)
    SELECT $1, script_id, $2, school_id, 'live', blind_code, place FROM missing
)
INSERT INTO marking_identity (group_id, script_id, plan_id, candidate_id)
SELECT $1, script_id, $2, candidate_id FROM missing
"""
# The turns a script has from the beginning; a script without its image waits.
ADD_TURNS = """
INSERT INTO marking_turn (group_id, plan_id, script_id, script_school_id, no, purpose, duty, place,
                          is_held)
SELECT s.group_id, s.plan_id, s.id, s.school_id, t.no, 'live', t.duty, s.place * 4 + t.no,
       $5 AND s.image_key IS NULL
  FROM marking_script s CROSS JOIN unnest($3::smallint[], $4::text[]) AS t (no, duty)
 WHERE s.group_id = $1 AND s.plan_id = $2 AND s.kind = 'live'
   AND s.settled_at IS NULL
    ON CONFLICT (group_id, script_id, no) WHERE purpose = 'live' AND voided_at IS NULL DO NOTHING
"""
# After tens of thousands of new rows, before the first take: the planner must know of them.
REFRESH_STATISTICS = "SELECT app.refresh_marking_statistics()"
COUNT_SCRIPTS = """
SELECT school_id, count(*) AS scripts FROM marking_script
 WHERE group_id = $1 AND plan_id = $2 AND kind = 'live'
 GROUP BY school_id
"""
LIST_MARKING_SCHOOLS = """
SELECT DISTINCT school_id FROM marking_marker
 WHERE group_id = $1 AND plan_id = $2 AND status <> 'left' AND duty <> 'arbiter'
"""
LIST_LABELS = """
SELECT c.exam_number, s.blind_code
  FROM marking_script s
  JOIN marking_identity i ON i.group_id = s.group_id AND i.script_id = s.id
  JOIN exam_candidate c ON c.group_id = s.group_id AND c.id = i.candidate_id
 WHERE s.group_id = $1 AND s.plan_id = $2 AND s.blind_code IS NOT NULL
 ORDER BY c.exam_number
"""


async def get_plan(tx: Tx, plan_id: UUID) -> PlanRow | None:
    """A plan with the caller's relations to it."""
    return await fetch_one(tx, PlanRow, with_rights(tx, GET_PLAN), tx.group_id, plan_id)


async def list_plans(tx: Tx, exam_id: UUID) -> list[PlanRow]:
    """The plans of an exam the caller may see, in the order of the papers."""
    return await fetch_all(tx, PlanRow, with_rights(tx, LIST_PLANS), tx.group_id, exam_id)


async def lock_plan(tx: Tx, plan_id: UUID) -> None:
    """Wait until nobody else changes this plan."""
    await fetch_value(tx, LOCK_PLAN, tx.group_id, plan_id)


async def insert_plan(
    tx: Tx,
    plan_id: UUID,
    exam_id: UUID,
    exam_subject_id: UUID,
    paper_version: int,
    position: int,
    rules: tuple[object, ...],
) -> None:
    """A new plan, a draft; `rules` as service.columns gives them."""
    await execute(
        tx,
        INSERT_PLAN,
        tx.group_id,
        plan_id,
        exam_id,
        exam_subject_id,
        paper_version,
        position,
        *rules,
        tx.now,
    )


async def change_plan(tx: Tx, plan_id: UUID, rules: tuple[object, ...]) -> None:
    """Other rules for a draft."""
    await execute(tx, CHANGE_PLAN, tx.group_id, plan_id, *rules, tx.now)


async def move_plan(tx: Tx, plan_id: UUID, status: PlanStatus) -> None:
    """Another status."""
    await execute(tx, MOVE_PLAN, tx.group_id, plan_id, status, tx.now)


class Appointed(msgspec.Struct, frozen=True):
    """A person at a school."""

    person_id: UUID
    school_id: UUID


async def list_appointed(tx: Tx, wanted: Sequence[MarkerInput]) -> set[tuple[UUID, UUID]]:
    """Those who are at the school named."""
    people, schools = [w.person_id for w in wanted], [w.school_id for w in wanted]
    found = await fetch_all(tx, Appointed, LIST_APPOINTED, tx.group_id, people, schools)
    return {(one.person_id, one.school_id) for one in found}


async def upsert_marker(
    tx: Tx, plan_id: UUID, person_id: UUID, school_id: UUID, duty: Duty, status: MarkerStatus
) -> bool:
    """Take someone into the pool; False where the person is in it for another school."""
    return bool(
        await execute(
            tx, UPSERT_MARKER, tx.group_id, plan_id, person_id, school_id, duty, status, tx.now
        )
    )


async def upsert_shares(tx: Tx, plan_id: UUID, shares: Sequence[tuple[UUID, int]]) -> None:
    """Keep the weights of schools."""
    await execute_many(tx, UPSERT_SHARE, [(tx.group_id, plan_id, *share) for share in shares])


async def set_allotted(
    tx: Tx, plan_id: UUID, parts: Sequence[tuple[UUID, int, int | None]]
) -> None:
    """Keep what each school's markers are to do: school, weight, turns."""
    await execute_many(tx, SET_ALLOTTED, [(tx.group_id, plan_id, *part) for part in parts])


async def list_shares(tx: Tx, plan_id: UUID) -> list[Allotted]:
    """Weights and allotments by school."""
    return await fetch_all(tx, Allotted, LIST_SHARES, tx.group_id, plan_id)


async def list_pool(tx: Tx, plan_id: UUID) -> list[MarkerView]:
    """The pool of an item."""
    return await fetch_all(tx, MarkerView, LIST_POOL, tx.group_id, plan_id)


async def add_scripts(tx: Tx, plan: PlanRow, school_id: UUID | None, with_codes: bool) -> int:
    """Scripts for candidates (of one school, or all) who have none; how many were made."""
    return await execute(
        tx,
        ADD_SCRIPTS,
        tx.group_id,
        plan.id,
        plan.exam_id,
        with_codes,
        school_id,
        plan.exam_subject_id,
    )


async def add_turns(tx: Tx, plan: PlanRow, turns: dict[int, Duty], wait_for_image: bool) -> int:
    """The first turns of scripts that have none."""
    return await execute(
        tx, ADD_TURNS, tx.group_id, plan.id, list(turns), list(turns.values()), wait_for_image
    )


async def refresh_statistics(tx: Tx) -> None:
    """Let the planner know how many scripts and turns there are."""
    await execute(tx, REFRESH_STATISTICS)


class _Scripts(msgspec.Struct, frozen=True):
    school_id: UUID
    scripts: int


async def count_scripts(tx: Tx, plan_id: UUID) -> dict[UUID, int]:
    """Live scripts by the school they come from."""
    rows = await fetch_all(tx, _Scripts, COUNT_SCRIPTS, tx.group_id, plan_id)
    return {row.school_id: row.scripts for row in rows}


class _School(msgspec.Struct, frozen=True):
    school_id: UUID


async def list_marking_schools(tx: Tx, plan_id: UUID) -> list[UUID]:
    """Schools with somebody in the pool who marks."""
    rows = await fetch_all(tx, _School, LIST_MARKING_SCHOOLS, tx.group_id, plan_id)
    return [row.school_id for row in rows]


async def list_labels(tx: Tx, plan_id: UUID) -> list[Label]:
    """Exam number and blind code of each script marked on paper."""
    return await fetch_all(tx, Label, LIST_LABELS, tx.group_id, plan_id)
