"""SQL of appeals."""

from collections.abc import Sequence
from uuid import UUID

import msgspec

from schoolgroup.access.decisions import with_rights
from schoolgroup.evaluation.appeals.models import AppealRow, AppealStatus, Concerned
from schoolgroup.kernel.db import Tx, execute, fetch_all, fetch_one
from schoolgroup.kernel.paging import PageRequest

GET_CONCERNED = """
SELECT s.candidate_id, s.item_half_marks
  FROM exam_score s
  JOIN exam_candidate c ON c.group_id = s.group_id AND c.id = s.candidate_id
 WHERE s.group_id = $1 AND s.exam_subject_id = $2 AND c.school_id = $3 AND c.exam_number = $4
"""
INSERT_APPEAL = """
INSERT INTO exam_appeal (group_id, id, exam_id, release_id, snapshot_id, exam_subject_id, school_id,
                         candidate_id, kind, items, reason, status, before_half_marks, lodged_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 'lodged', $12, $13)
"""
GET_APPEAL = """
SELECT a.id, a.exam_id, a.release_id, a.exam_subject_id, j.subject, a.school_id,
       h.name AS school_name, c.exam_number, a.candidate_id, a.kind, a.items AS doubted,
       a.reason, a.status, a.decided_because, a.before_half_marks, a.after_half_marks,
       a.applied_snapshot_id, s.paper_version, s.left_out, a.lodged_at, a.decided_at, a.version,
       /*relations:exam:e*/ AS relations
  FROM exam_appeal a
  JOIN exam e ON e.group_id = a.group_id AND e.id = a.exam_id
  JOIN exam_subject j ON j.group_id = a.group_id AND j.id = a.exam_subject_id
  JOIN school h ON h.group_id = a.group_id AND h.id = a.school_id
  JOIN exam_candidate c ON c.group_id = a.group_id AND c.id = a.candidate_id
  JOIN exam_score s ON s.group_id = a.group_id AND s.exam_subject_id = a.exam_subject_id
                   AND s.candidate_id = a.candidate_id
 WHERE a.group_id = $1 AND a.id = $2
"""
LIST_APPEALS = """
SELECT a.id, a.exam_id, a.release_id, a.exam_subject_id, j.subject, a.school_id,
       h.name AS school_name, c.exam_number, a.candidate_id, a.kind, a.items AS doubted,
       a.reason, a.status, a.decided_because, a.before_half_marks, a.after_half_marks,
       a.applied_snapshot_id, s.paper_version, s.left_out, a.lodged_at, a.decided_at, a.version,
       /*relations:exam:e*/ AS relations
  FROM exam_appeal a
  JOIN exam e ON e.group_id = a.group_id AND e.id = a.exam_id
  JOIN exam_subject j ON j.group_id = a.group_id AND j.id = a.exam_subject_id
  JOIN school h ON h.group_id = a.group_id AND h.id = a.school_id
  JOIN exam_candidate c ON c.group_id = a.group_id AND c.id = a.candidate_id
  JOIN exam_score s ON s.group_id = a.group_id AND s.exam_subject_id = a.exam_subject_id
                   AND s.candidate_id = a.candidate_id
 WHERE a.group_id = $1 AND a.exam_id = $2 AND ($3::text IS NULL OR a.status = $3)
   AND ($4::uuid IS NULL OR a.id < $4)
   AND ($5::uuid IS NULL OR a.school_id = $5)
   AND /*visible:appeal:read@exam:e*/
 ORDER BY a.id DESC
 LIMIT $6
"""
WITHDRAW = """
UPDATE exam_appeal SET status = 'withdrawn', version = version + 1
 WHERE group_id = $1 AND id = $2
"""
DECIDE = """
UPDATE exam_appeal SET status = $3, decided_because = $4, after_half_marks = $5, decided_at = $6,
       version = version + 1
 WHERE group_id = $1 AND id = $2
"""
# Only the items a decision changed take their new mark: whatever else was mended since stays.
APPLY_MARKS = """
UPDATE exam_score s
   SET item_half_marks = (
       SELECT array_agg(CASE WHEN m.before = m.after THEN m.now ELSE m.after END ORDER BY m.place)
         FROM unnest(a.before_half_marks, a.after_half_marks, s.item_half_marks)
              WITH ORDINALITY AS m (before, after, now, place))
  FROM exam_appeal a
 WHERE a.group_id = $1 AND a.id = ANY ($2::uuid[])
   AND s.group_id = a.group_id AND s.exam_subject_id = a.exam_subject_id
   AND s.candidate_id = a.candidate_id
   AND cardinality(s.item_half_marks) = cardinality(a.after_half_marks)
"""
LIST_TO_APPLY = """
SELECT id FROM exam_appeal
 WHERE group_id = $1 AND exam_id = $2 AND status = 'upheld' AND applied_snapshot_id IS NULL
 ORDER BY id
   FOR UPDATE
"""
NOTE_APPLIED = """
UPDATE exam_appeal SET applied_snapshot_id = $3, version = version + 1
 WHERE group_id = $1 AND id = ANY ($2::uuid[])
"""


class _Id(msgspec.Struct, frozen=True):
    id: UUID


async def get_concerned(
    tx: Tx, exam_subject_id: UUID, school_id: UUID, exam_number: str
) -> Concerned | None:
    """A school's candidate by exam number, with the marks of a subject."""
    return await fetch_one(
        tx, Concerned, GET_CONCERNED, tx.group_id, exam_subject_id, school_id, exam_number
    )


async def insert_appeal(
    tx: Tx,
    appeal_id: UUID,
    *,
    exam_id: UUID,
    release_id: UUID,
    snapshot_id: UUID,
    exam_subject_id: UUID,
    school_id: UUID,
    candidate_id: UUID,
    kind: str,
    items: Sequence[str],
    reason: str,
    before_half_marks: Sequence[int],
) -> None:
    """A new appeal."""
    await execute(
        tx, INSERT_APPEAL, tx.group_id, appeal_id, exam_id, release_id, snapshot_id,
        exam_subject_id, school_id, candidate_id, kind, items, reason, before_half_marks, tx.now,
    )  # fmt: skip


async def get_appeal(tx: Tx, appeal_id: UUID) -> AppealRow | None:
    """An appeal with the caller's relations to its exam."""
    return await fetch_one(tx, AppealRow, with_rights(tx, GET_APPEAL), tx.group_id, appeal_id)


async def list_appeals(
    tx: Tx,
    exam_id: UUID,
    status: AppealStatus | None,
    school_id: UUID | None,
    page: PageRequest,
) -> list[AppealRow]:
    """The appeals of an exam the caller may read, the newest first."""
    after = UUID(page.after[0]) if page.after else None
    return await fetch_all(
        tx, AppealRow, with_rights(tx, LIST_APPEALS), tx.group_id, exam_id, status, after,
        school_id, page.limit,
    )  # fmt: skip


async def withdraw(tx: Tx, appeal_id: UUID) -> None:
    """Take an appeal back."""
    await execute(tx, WITHDRAW, tx.group_id, appeal_id)


async def decide(
    tx: Tx, appeal_id: UUID, status: AppealStatus, because: str, after: Sequence[int] | None
) -> None:
    """Keep the answer to an appeal."""
    await execute(tx, DECIDE, tx.group_id, appeal_id, status, because, after, tx.now)


async def list_to_apply(tx: Tx, exam_id: UUID) -> list[UUID]:
    """Upheld appeals whose marks no snapshot holds yet, locked."""
    rows = await fetch_all(tx, _Id, LIST_TO_APPLY, tx.group_id, exam_id)
    return [row.id for row in rows]


async def apply_marks(tx: Tx, appeal_ids: Sequence[UUID]) -> int:
    """Put the decided marks in place; of how many pupils and subjects."""
    return await execute(tx, APPLY_MARKS, tx.group_id, appeal_ids)


async def note_applied(tx: Tx, appeal_ids: Sequence[UUID], snapshot_id: UUID) -> None:
    """Note which snapshot first held the decided marks."""
    await execute(tx, NOTE_APPLIED, tx.group_id, appeal_ids, snapshot_id)
