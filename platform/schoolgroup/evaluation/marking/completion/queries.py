"""SQL of completing a subject; it runs for the office, which alone knows whose a script is."""

from collections.abc import Sequence
from uuid import UUID

import msgspec

from schoolgroup.evaluation.marking.completion.models import (
    CandidateRow,
    ChoiceRow,
    ItemRow,
    Suspected,
    Written,
)
from schoolgroup.evaluation.marking.models import PlanStatus
from schoolgroup.kernel.db import Tx, execute, fetch_all

ROWS_PER_STATEMENT = 20_000

LIST_PLANS = """
SELECT p.id, p.position, i.label, i.max_half_marks, p.status
  FROM marking_plan p
  JOIN paper_item i ON i.group_id = p.group_id AND i.exam_subject_id = p.exam_subject_id
                   AND i.paper_version = p.paper_version AND i.position = p.position
 WHERE p.group_id = $1 AND p.exam_subject_id = $2
 ORDER BY p.position FOR UPDATE OF p
"""
LIST_ITEMS = """
SELECT position, label, max_half_marks, kind, choice FROM paper_item
 WHERE group_id = $1 AND exam_subject_id = $2 AND paper_version = $3 ORDER BY position
"""
# Who takes the subject: its roster, where there is one, else all candidates of schools that do.
# Sets first, each once, and then put side by side: never a look per candidate.
LIST_CANDIDATES = """
WITH takes AS MATERIALIZED (
    SELECT n.candidate_id FROM exam_entry n WHERE n.group_id = $1 AND n.exam_subject_id = $3
     UNION ALL
    SELECT c.id
      FROM exam_school_subject a
      JOIN exam_candidate c ON c.group_id = a.group_id AND c.exam_id = $2
                           AND c.school_id = a.school_id
     WHERE a.group_id = $1 AND a.exam_subject_id = $3 AND a.status = 'accepted'
       AND NOT EXISTS (SELECT FROM exam_entry n
                        WHERE n.group_id = $1 AND n.exam_subject_id = $3)
), blank AS MATERIALIZED (
    SELECT DISTINCT a.script_id
      FROM marking_plan p
      JOIN marking_abnormal a ON a.group_id = p.group_id AND a.plan_id = p.id
     WHERE p.group_id = $1 AND p.exam_subject_id = $3 AND a.kind = 'blank' AND a.decision = 'final'
), marked AS MATERIALIZED (
    SELECT i.candidate_id, array_agg(p.position) AS positions,
           array_agg(s.final_quarter_marks) AS quarter_marks,
           array_agg(p.position) FILTER (WHERE b.script_id IS NOT NULL) AS blank
      FROM marking_plan p
      JOIN marking_script s ON s.group_id = p.group_id AND s.plan_id = p.id
      JOIN marking_identity i ON i.group_id = s.group_id AND i.script_id = s.id
      LEFT JOIN blank b ON b.script_id = s.id
     WHERE p.group_id = $1 AND p.exam_subject_id = $3 AND s.final_quarter_marks IS NOT NULL
     GROUP BY i.candidate_id
), scored AS MATERIALIZED (
    SELECT candidate_id, result, item_half_marks, left_out FROM exam_score
     WHERE group_id = $1 AND exam_subject_id = $3
), answered AS MATERIALIZED (
    SELECT candidate_id, half_marks FROM exam_response
     WHERE group_id = $1 AND exam_subject_id = $3
)
SELECT c.id AS candidate_id, c.school_id, c.exam_number, x.result,
       coalesce(m.positions, '{}') AS positions, coalesce(m.quarter_marks, '{}') AS quarter_marks,
       coalesce(m.blank, '{}') AS blank, r.half_marks AS objective_half_marks, x.item_half_marks,
       x.left_out
  FROM takes t
  JOIN exam_candidate c ON c.group_id = $1 AND c.exam_id = $2 AND c.id = t.candidate_id
  LEFT JOIN scored x ON x.candidate_id = c.id
  LEFT JOIN answered r ON r.candidate_id = c.id
  LEFT JOIN marked m ON m.candidate_id = c.id
 ORDER BY c.exam_number, c.id
"""
# Rows whose marks are what they should be stay as they are: completing twice changes nothing.
WRITE_SCORES = """
INSERT INTO exam_score (group_id, exam_subject_id, candidate_id, school_id, paper_version, result,
                        item_half_marks, left_out)
SELECT $1, $2, w.candidate_id, w.school_id, $3, 'present', w.marks::int2[], w.left_out::int2[]
  FROM unnest($4::uuid[], $5::uuid[], $6::text[], $7::text[])
       AS w (candidate_id, school_id, marks, left_out)
    ON CONFLICT (group_id, exam_subject_id, candidate_id)
    DO UPDATE SET item_half_marks = excluded.item_half_marks, left_out = excluded.left_out,
                  paper_version = excluded.paper_version
         WHERE exam_score.result = 'present'
           AND (exam_score.item_half_marks, exam_score.left_out, exam_score.paper_version)
               IS DISTINCT FROM
               (excluded.item_half_marks, excluded.left_out, excluded.paper_version)
"""
LIST_CHOICES = """
SELECT name, choose, rule FROM paper_choice
 WHERE group_id = $1 AND exam_subject_id = $2 AND paper_version = $3
"""
COMPLETE_PLANS = """
UPDATE marking_plan SET status = 'complete', completed_at = $3, version = version + 1,
       updated_at = $3
 WHERE group_id = $1 AND exam_subject_id = $2 AND status = 'open'
"""
LIST_SUSPECTED = """
SELECT c.exam_number, i.label, a.note
  FROM marking_abnormal a
  JOIN marking_plan p ON p.group_id = a.group_id AND p.id = a.plan_id
  JOIN paper_item i ON i.group_id = p.group_id AND i.exam_subject_id = p.exam_subject_id
                   AND i.paper_version = p.paper_version AND i.position = p.position
  JOIN marking_identity d ON d.group_id = a.group_id AND d.script_id = a.script_id
  JOIN exam_candidate c ON c.group_id = a.group_id AND c.id = d.candidate_id
 WHERE a.group_id = $1 AND p.exam_subject_id = $2 AND a.kind = 'suspected_cheating'
 ORDER BY c.exam_number LIMIT 500
"""


class Planned(msgspec.Struct, frozen=True):
    """An item with its marking."""

    id: UUID
    position: int
    label: str
    max_half_marks: int
    status: PlanStatus


async def list_plans(tx: Tx, exam_subject_id: UUID) -> list[Planned]:
    """The plans of a subject; nobody else changes them until this transaction ends."""
    return await fetch_all(tx, Planned, LIST_PLANS, tx.group_id, exam_subject_id)


async def list_items(tx: Tx, exam_subject_id: UUID, paper_version: int) -> list[ItemRow]:
    """The items of a paper version."""
    return await fetch_all(tx, ItemRow, LIST_ITEMS, tx.group_id, exam_subject_id, paper_version)


async def list_candidates(tx: Tx, exam_id: UUID, exam_subject_id: UUID) -> list[CandidateRow]:
    """Every candidate who takes the subject, with what is known."""
    return await fetch_all(tx, CandidateRow, LIST_CANDIDATES, tx.group_id, exam_id, exam_subject_id)


async def write_scores(
    tx: Tx, exam_subject_id: UUID, paper_version: int, rows: Sequence[Written]
) -> int:
    """Put these marks in place of what there is; how many were others before."""
    changed = 0
    for start in range(0, len(rows), ROWS_PER_STATEMENT):
        some = rows[start : start + ROWS_PER_STATEMENT]
        changed += await execute(
            tx,
            WRITE_SCORES,
            tx.group_id,
            exam_subject_id,
            paper_version,
            [row.candidate_id for row in some],
            [row.school_id for row in some],
            [_literal(row.half_marks) for row in some],
            [_literal(row.left_out) for row in some],
        )
    return changed


def _literal(numbers: Sequence[int]) -> str:
    return "{" + ",".join(map(str, numbers)) + "}"


async def list_choices(tx: Tx, exam_subject_id: UUID, paper_version: int) -> list[ChoiceRow]:
    """The groups of optional items of a paper version."""
    return await fetch_all(tx, ChoiceRow, LIST_CHOICES, tx.group_id, exam_subject_id, paper_version)


async def complete_plans(tx: Tx, exam_subject_id: UUID) -> None:
    """Close the marking of a subject's items."""
    await execute(tx, COMPLETE_PLANS, tx.group_id, exam_subject_id, tx.now)


async def list_suspected(tx: Tx, exam_subject_id: UUID) -> list[Suspected]:
    """Who was reported as suspected of cheating."""
    return await fetch_all(tx, Suspected, LIST_SUSPECTED, tx.group_id, exam_subject_id)
