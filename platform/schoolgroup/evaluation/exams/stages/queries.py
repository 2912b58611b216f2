"""SQL of an exam's stages: hours, the seed of the draw, and who still lacks a result."""

from datetime import datetime
from uuid import UUID

from schoolgroup.evaluation.exams.stages.models import Keyless, Missing, Unfinished
from schoolgroup.kernel.db import Tx, execute, fetch_all

SET_HOUR = """
UPDATE exam_subject SET starts_at = $3, minutes = coalesce($4, minutes)
 WHERE group_id = $1 AND id = $2
"""
SET_ANSWER_UNTIL = "UPDATE exam SET answer_until_at = $3 WHERE group_id = $1 AND id = $2"
INSERT_SEED = """
INSERT INTO exam_seed (group_id, exam_id, seed, commitment_sha256, committed_at)
VALUES ($1, $2, $3, $4, $5)
"""
# Candidates on the roster of a subject without a result in it, by school.
LIST_MISSING = """
SELECT s.subject, n.school_id, count(*)::int AS candidates
  FROM exam_entry n
  JOIN exam_subject s ON s.group_id = n.group_id AND s.id = n.exam_subject_id
 WHERE n.group_id = $1 AND n.exam_id = $2
   AND NOT EXISTS (SELECT FROM exam_score r
                    WHERE r.group_id = n.group_id AND r.exam_subject_id = n.exam_subject_id
                      AND r.candidate_id = n.candidate_id)
 GROUP BY s.position, s.subject, n.school_id
 ORDER BY s.position, n.school_id
 LIMIT 200
"""
# Items that are open to be marked, or whose scripts wait for it: what is left, by reason.
LIST_UNFINISHED = """
SELECT s.subject, i.label, x.scripts, x.disputed, x.reported
  FROM marking_plan p
  JOIN exam_subject s ON s.group_id = p.group_id AND s.id = p.exam_subject_id
  JOIN paper_item i ON i.group_id = p.group_id AND i.exam_subject_id = p.exam_subject_id
                   AND i.paper_version = p.paper_version AND i.position = p.position
 CROSS JOIN LATERAL (
       SELECT count(*) FILTER (WHERE c.settled_by IS NULL)::int AS scripts,
              count(*) FILTER (WHERE EXISTS (
                  SELECT FROM marking_turn t
                   WHERE t.group_id = c.group_id AND t.script_id = c.id AND t.duty = 'arbiter'
                     AND t.purpose = 'live' AND t.marked_at IS NULL AND t.voided_at IS NULL))::int
                  AS disputed,
              count(*) FILTER (WHERE EXISTS (
                  SELECT FROM marking_abnormal a
                   WHERE a.group_id = c.group_id AND a.script_id = c.id
                     AND a.decided_at IS NULL))::int AS reported
         FROM marking_script c
        WHERE c.group_id = p.group_id AND c.plan_id = p.id AND c.kind = 'live') AS x
 WHERE p.group_id = $1 AND p.exam_id = $2
   AND (p.status = 'open' OR p.status = 'draft' AND x.scripts > 0)
 ORDER BY s.position, p.position
"""
LIST_KEYLESS = """
SELECT s.subject, i.label
  FROM exam_subject s
  JOIN paper_item i ON i.group_id = s.group_id AND i.exam_subject_id = s.id
                   AND i.paper_version = s.paper_version AND i.kind = 'objective'
 WHERE s.group_id = $1 AND s.exam_id = $2
   AND NOT EXISTS (SELECT FROM paper_key k
                    WHERE k.group_id = i.group_id AND k.exam_subject_id = i.exam_subject_id
                      AND k.paper_version = i.paper_version AND k.position = i.position)
   AND EXISTS (SELECT FROM exam_response r
                WHERE r.group_id = s.group_id AND r.exam_subject_id = s.id)
 ORDER BY s.position, i.position
"""
# Who was not there has a state for a result, whatever was or was not sent in.
STATES_FROM_ATTENDANCE = """
INSERT INTO exam_score (group_id, exam_subject_id, candidate_id, school_id, paper_version, result)
SELECT n.group_id, n.exam_subject_id, n.candidate_id, n.school_id, s.paper_version, n.attendance
  FROM exam_entry n
  JOIN exam_subject s ON s.group_id = n.group_id AND s.id = n.exam_subject_id
 WHERE n.group_id = $1 AND n.exam_id = $2 AND n.attendance <> 'present'
    ON CONFLICT (group_id, exam_subject_id, candidate_id)
    DO UPDATE SET result = excluded.result, item_half_marks = NULL, left_out = '{}'
         WHERE exam_score.result <> excluded.result
"""


async def set_hour(
    tx: Tx, exam_subject_id: UUID, starts_at: datetime | None, minutes: int | None
) -> None:
    """When a subject begins; the seal on its paper moves with it."""
    await execute(tx, SET_HOUR, tx.group_id, exam_subject_id, starts_at, minutes)


async def set_answer_until(tx: Tx, exam_id: UUID, until: datetime | None) -> None:
    """Until when schools answer."""
    await execute(tx, SET_ANSWER_UNTIL, tx.group_id, exam_id, until)


async def insert_seed(tx: Tx, exam_id: UUID, seed: str, commitment: str) -> None:
    """Keep the seed of the draw, with the hash that is told before the draw."""
    await execute(tx, INSERT_SEED, tx.group_id, exam_id, seed, commitment, tx.now)


async def list_missing(tx: Tx, exam_id: UUID) -> list[Missing]:
    """Where results are still missing: the first 200 of school × subject."""
    return await fetch_all(tx, Missing, LIST_MISSING, tx.group_id, exam_id)


async def list_unfinished(tx: Tx, exam_id: UUID) -> list[Unfinished]:
    """The items whose marking is not over."""
    return await fetch_all(tx, Unfinished, LIST_UNFINISHED, tx.group_id, exam_id)


async def list_keyless(tx: Tx, exam_id: UUID) -> list[Keyless]:
    """The items of which answers were read and no key is set."""
    return await fetch_all(tx, Keyless, LIST_KEYLESS, tx.group_id, exam_id)


async def states_from_attendance(tx: Tx, exam_id: UUID) -> int:
    """Give everyone recorded as not there that state as result; how many."""
    return await execute(tx, STATES_FROM_ATTENDANCE, tx.group_id, exam_id)
