"""SQL of answers: kept as they were read, scored, and scored anew."""

from collections.abc import Sequence
from uuid import UUID

import msgspec

from schoolgroup.evaluation.papers.responses.models import (
    ItemMove,
    MoveRow,
    Rescored,
    RescoreRow,
    SchoolMoves,
    Scored,
)
from schoolgroup.kernel.db import Tx, execute, fetch_all, fetch_one
from schoolgroup.kernel.paging import PageRequest

ROWS_PER_STATEMENT = 20_000
DELETE_RESPONSES = """
DELETE FROM exam_response
 WHERE group_id = $1 AND exam_subject_id = $2 AND school_id = ANY ($3::uuid[])
"""
INSERT_RESPONSES = """
INSERT INTO exam_response (group_id, exam_subject_id, candidate_id, school_id, paper_version,
                           answers, half_marks)
SELECT $1, $3, c.id, c.school_id, $4, r.answers::text[], r.half_marks::int2[]
  FROM unnest($5::uuid[], $6::text[], $7::text[], $8::text[])
       AS r (school_id, exam_number, answers, half_marks)
  JOIN exam_candidate c ON c.group_id = $1 AND c.exam_id = $2 AND c.school_id = r.school_id
                       AND c.exam_number = r.exam_number
"""
LIST_SCORED = """
SELECT r.candidate_id, r.school_id, r.answers, r.half_marks, s.item_half_marks
  FROM exam_response r
  LEFT JOIN exam_score s ON s.group_id = r.group_id AND s.exam_subject_id = r.exam_subject_id
                        AND s.candidate_id = r.candidate_id
 WHERE r.group_id = $1 AND r.exam_subject_id = $2
 ORDER BY r.candidate_id
"""
UPDATE_RESPONSES = """
UPDATE exam_response r SET paper_version = $3, half_marks = n.half_marks::int2[]
  FROM unnest($4::uuid[], $5::text[]) AS n (candidate_id, half_marks)
 WHERE r.group_id = $1 AND r.exam_subject_id = $2 AND r.candidate_id = n.candidate_id
"""
UPDATE_SCORES = """
UPDATE exam_score s SET item_half_marks = n.half_marks::int2[]
  FROM unnest($3::uuid[], $4::text[]) AS n (candidate_id, half_marks)
 WHERE s.group_id = $1 AND s.exam_subject_id = $2 AND s.candidate_id = n.candidate_id
   AND s.result = 'present'
"""
# Every result of the subject stands under the version in force: a snapshot names one.
MOVE_VERSION = """
UPDATE exam_score SET paper_version = $3 WHERE group_id = $1 AND exam_subject_id = $2
"""
INSERT_RESCORE = """
INSERT INTO paper_rescore (group_id, id, exam_subject_id, from_version, to_version, because,
                           rescored, moved, items, made_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
"""
INSERT_MOVES = """
INSERT INTO paper_rescore_move (group_id, rescore_id, candidate_id, school_id, before_half_marks,
                                after_half_marks, items)
SELECT $1, $2, m.candidate_id, m.school_id, m.before, m.after, m.items::text[]
  FROM unnest($3::uuid[], $4::uuid[], $5::int[], $6::int[], $7::text[])
       AS m (candidate_id, school_id, before, after, items)
"""
SELECT_RESCORE = """
SELECT x.id, x.exam_subject_id, s.subject, s.exam_id, x.from_version, x.to_version, x.because,
       x.rescored, x.moved, x.items AS item_moves, x.made_at
  FROM paper_rescore x
  JOIN exam_subject s ON s.group_id = x.group_id AND s.id = x.exam_subject_id
 WHERE x.group_id = $1
"""
LIST_RESCORES = SELECT_RESCORE + " AND s.exam_id = $2 ORDER BY x.id DESC"
GET_RESCORE = SELECT_RESCORE + " AND x.id = $2"
LIST_SCHOOL_MOVES = """
SELECT m.school_id, c.name AS school_name, count(*)::int AS moved
  FROM paper_rescore_move m
  JOIN school c ON c.group_id = m.group_id AND c.id = m.school_id
 WHERE m.group_id = $1 AND m.rescore_id = $2
 GROUP BY m.school_id, c.code, c.name
 ORDER BY c.code
"""
LIST_MOVES = """
SELECT c.exam_number, c.class_label, m.items AS labels, m.before_half_marks, m.after_half_marks
  FROM paper_rescore_move m
  JOIN exam_candidate c ON c.group_id = m.group_id AND c.id = m.candidate_id
 WHERE m.group_id = $1 AND m.rescore_id = $2 AND m.school_id = $3
   AND ($4::text IS NULL OR c.exam_number > $4)
 ORDER BY c.exam_number
 LIMIT $5
"""
OBJECTIVE_MARKS = """
SELECT r.candidate_id, r.school_id, r.answers, r.half_marks, NULL::int2[] AS item_half_marks
  FROM exam_response r
 WHERE r.group_id = $1 AND r.exam_subject_id = $2
 ORDER BY r.candidate_id
"""


async def replace_responses(
    tx: Tx,
    exam_id: UUID,
    exam_subject_id: UUID,
    version: int,
    schools: Sequence[UUID],
    rows: Sequence[tuple[UUID, str, list[str], list[int]]],
) -> None:
    """Put these answers in place of what the same schools had: school, number, answers, marks."""
    await execute(tx, DELETE_RESPONSES, tx.group_id, exam_subject_id, list(schools))
    for start in range(0, len(rows), ROWS_PER_STATEMENT):
        some = rows[start : start + ROWS_PER_STATEMENT]
        await execute(
            tx,
            INSERT_RESPONSES,
            tx.group_id,
            exam_id,
            exam_subject_id,
            version,
            [school for school, _, _, _ in some],
            [number for _, number, _, _ in some],
            [_texts(answers) for _, _, answers, _ in some],
            [_numbers(marks) for _, _, _, marks in some],
        )


async def list_scored(tx: Tx, exam_subject_id: UUID) -> list[Scored]:
    """Everyone's answers beside the result that stands."""
    return await fetch_all(tx, Scored, LIST_SCORED, tx.group_id, exam_subject_id)


async def objective_marks(tx: Tx, exam_subject_id: UUID) -> list[Scored]:
    """Everyone's answers with what they earn under the version in force."""
    return await fetch_all(tx, Scored, OBJECTIVE_MARKS, tx.group_id, exam_subject_id)


async def keep_rescored(
    tx: Tx, exam_subject_id: UUID, version: int, done: Sequence[Rescored]
) -> None:
    """The new marks of the answers, and of the results they are a part of."""
    for start in range(0, len(done), ROWS_PER_STATEMENT):
        some = done[start : start + ROWS_PER_STATEMENT]
        ids = [one.candidate_id for one in some]
        marks = [_numbers(one.half_marks) for one in some]
        await execute(tx, UPDATE_RESPONSES, tx.group_id, exam_subject_id, version, ids, marks)
        whole = [one for one in some if one.item_half_marks is not None and one.items]
        await execute(
            tx,
            UPDATE_SCORES,
            tx.group_id,
            exam_subject_id,
            [one.candidate_id for one in whole],
            [_numbers(one.item_half_marks or []) for one in whole],
        )


async def move_version(tx: Tx, exam_subject_id: UUID, version: int) -> None:
    """Let every result of a subject stand under this version of its paper."""
    await execute(tx, MOVE_VERSION, tx.group_id, exam_subject_id, version)


async def insert_rescore(
    tx: Tx,
    rescore_id: UUID,
    exam_subject_id: UUID,
    versions: tuple[int, int],
    because: str,
    done: Sequence[Rescored],
    items: Sequence[ItemMove],
) -> None:
    """The report of a re-scoring: for good."""
    moved = [one for one in done if one.items]
    await execute(
        tx,
        INSERT_RESCORE,
        tx.group_id,
        rescore_id,
        exam_subject_id,
        *versions,
        because,
        len(done),
        len(moved),
        msgspec.to_builtins(list(items)),
        tx.now,
    )
    await execute(
        tx,
        INSERT_MOVES,
        tx.group_id,
        rescore_id,
        [one.candidate_id for one in moved],
        [one.school_id for one in moved],
        [one.before for one in moved],
        [one.after for one in moved],
        [_texts(one.items) for one in moved],
    )


async def list_rescores(tx: Tx, exam_id: UUID) -> list[RescoreRow]:
    """The re-scorings of an exam, the newest first."""
    return await fetch_all(tx, RescoreRow, LIST_RESCORES, tx.group_id, exam_id)


async def get_rescore(tx: Tx, rescore_id: UUID) -> RescoreRow | None:
    """One re-scoring."""
    return await fetch_one(tx, RescoreRow, GET_RESCORE, tx.group_id, rescore_id)


async def list_school_moves(tx: Tx, rescore_id: UUID) -> list[SchoolMoves]:
    """How many moved, by school, as far as the caller sees them."""
    return await fetch_all(tx, SchoolMoves, LIST_SCHOOL_MOVES, tx.group_id, rescore_id)


async def list_moves(tx: Tx, rescore_id: UUID, school_id: UUID, page: PageRequest) -> list[MoveRow]:
    """The candidates of one school that moved, by exam number."""
    after = page.after[0] if page.after else None
    return await fetch_all(
        tx, MoveRow, LIST_MOVES, tx.group_id, rescore_id, school_id, after, page.limit
    )


def _numbers(values: Sequence[int]) -> str:
    return "{" + ",".join(map(str, values)) + "}"


def _texts(values: Sequence[str]) -> str:
    quoted = (value.replace("\\", "\\\\").replace('"', '\\"') for value in values)
    return "{" + ",".join(f'"{value}"' for value in quoted) + "}"
