"""SQL of an exam's stages: hours, the seed of the draw, and who still lacks a result."""

from datetime import datetime
from uuid import UUID

from schoolgroup.evaluation.exams.stages.models import Missing
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


async def states_from_attendance(tx: Tx, exam_id: UUID) -> int:
    """Give everyone recorded as not there that state as result; how many."""
    return await execute(tx, STATES_FROM_ATTENDANCE, tx.group_id, exam_id)
