"""SQL of the day of the exam: names for its lists, and how it went with whom."""

from collections.abc import Sequence
from uuid import UUID

import msgspec

from schoolgroup.evaluation.roster.models import AttendanceRecord, Named
from schoolgroup.kernel.db import Tx, execute, fetch_all

# As the asking school itself: what the wall lets through is its own.
LIST_NAMES = """
SELECT c.id AS candidate_id, coalesce(n.name, p.name) AS name
  FROM exam_candidate c
  LEFT JOIN exam_candidate_name n ON n.group_id = c.group_id AND n.candidate_id = c.id
  LEFT JOIN pupil_name p ON p.group_id = c.group_id AND p.pupil_id = c.pupil_id
                        AND p.school_id = c.school_id
 WHERE c.group_id = $1 AND c.id = ANY ($2::uuid[]) AND coalesce(n.name, p.name) IS NOT NULL
"""
# The numbers first, then the roster by its key: so it stays a matter of milliseconds on the morning
# when 20,000 candidates have just been entered and the planner does not know of them yet.
LIST_ENTERED = """
WITH named AS MATERIALIZED (
    SELECT id, school_id, exam_number FROM exam_candidate
     WHERE group_id = $1 AND exam_id = $5 AND exam_number = ANY ($3::text[])
)
SELECT c.exam_number AS number FROM named c
 WHERE EXISTS (SELECT FROM exam_entry n
                WHERE n.group_id = $1 AND n.exam_subject_id = $2 AND n.candidate_id = c.id)
   AND ($4::uuid IS NULL OR c.school_id = $4
        OR EXISTS (SELECT FROM exam_seat t WHERE t.group_id = $1 AND t.candidate_id = c.id
                                             AND t.site_school_id = $4))
"""
RECORD_ATTENDANCE = """
WITH named AS MATERIALIZED (
    SELECT c.id, a.attendance, a.because
      FROM unnest($3::text[], $5::text[], $6::text[]) AS a (exam_number, attendance, because)
      JOIN exam_candidate c ON c.group_id = $1 AND c.exam_id = $7 AND c.exam_number = a.exam_number
)
UPDATE exam_entry n SET attendance = c.attendance, attendance_because = c.because,
                        recorded_at = $4
  FROM named c
 WHERE n.group_id = $1 AND n.exam_subject_id = $2 AND n.candidate_id = c.id
"""
COUNT_STATES = """
SELECT coalesce(attendance, '') AS state, count(*)::int AS count FROM exam_entry
 WHERE group_id = $1 AND exam_subject_id = $2
 GROUP BY 1 ORDER BY 1
"""


class _Number(msgspec.Struct, frozen=True):
    number: str


class _State(msgspec.Struct, frozen=True):
    state: str
    count: int


async def list_names(tx: Tx, candidate_ids: Sequence[UUID]) -> dict[UUID, str]:
    """The names of those of them who are of the caller's own school."""
    rows = await fetch_all(tx, Named, LIST_NAMES, tx.group_id, list(candidate_ids))
    return {row.candidate_id: row.name for row in rows}


async def list_entered(
    tx: Tx, exam_id: UUID, exam_subject_id: UUID, numbers: Sequence[str], school_id: UUID | None
) -> set[str]:
    """Which of these numbers are on the subject's roster, within the reach of a school."""
    rows = await fetch_all(
        tx, _Number, LIST_ENTERED, tx.group_id, exam_subject_id, list(numbers), school_id, exam_id
    )
    return {row.number for row in rows}


async def record_attendance(
    tx: Tx, exam_id: UUID, exam_subject_id: UUID, records: Sequence[AttendanceRecord]
) -> None:
    """Keep what was recorded of candidates in a subject."""
    await execute(
        tx,
        RECORD_ATTENDANCE,
        tx.group_id,
        exam_subject_id,
        [r.exam_number for r in records],
        tx.now,
        [r.attendance for r in records],
        [r.because for r in records],
        exam_id,
    )


async def count_states(tx: Tx, exam_subject_id: UUID) -> dict[str, int]:
    """How many stand how in a subject; "" for those of whom nothing was recorded."""
    rows = await fetch_all(tx, _State, COUNT_STATES, tx.group_id, exam_subject_id)
    return {row.state: row.count for row in rows}
