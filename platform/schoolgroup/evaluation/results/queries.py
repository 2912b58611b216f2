"""SQL of results: scores as they come in, snapshots as they are frozen."""

from collections.abc import Sequence
from uuid import UUID

import msgspec

from schoolgroup.evaluation.exams.models import Subject
from schoolgroup.evaluation.results.models import (
    Candidate,
    Collected,
    Part,
    SnapshotRow,
    Sums,
    SumsRow,
)
from schoolgroup.kernel.db import Tx, execute, execute_many, fetch_all, fetch_one, fetch_value

ROWS_PER_STATEMENT = 20_000

DELETE_SCORES = """
DELETE FROM exam_score
 WHERE group_id = $1 AND exam_subject_id = $2 AND school_id = ANY ($3::uuid[])
"""
UPSERT_CANDIDATES = """
INSERT INTO exam_candidate (group_id, id, exam_id, school_id, exam_number, class_label)
SELECT $1, uuidv7(), $2, c.school_id, c.exam_number, c.class_label
  FROM unnest($3::uuid[], $4::text[], $5::text[]) AS c (school_id, exam_number, class_label)
    ON CONFLICT (group_id, exam_id, school_id, exam_number)
    DO UPDATE SET class_label = excluded.class_label
         WHERE exam_candidate.class_label <> excluded.class_label
"""
# COPY is closed to tables with row-level security, so marks come as one array literal per row.
INSERT_SCORES = """
INSERT INTO exam_score (group_id, exam_subject_id, candidate_id, school_id, paper_version, result,
                        item_half_marks, left_out)
SELECT $1, $3, c.id, c.school_id, $4, r.result, r.marks::int2[], r.left_out::int2[]
  FROM unnest($5::uuid[], $6::text[], $7::text[], $8::text[], $9::text[])
       AS r (school_id, exam_number, result, marks, left_out)
  JOIN exam_candidate c ON c.group_id = $1 AND c.exam_id = $2 AND c.school_id = r.school_id
                       AND c.exam_number = r.exam_number
"""
# Candidates of earlier sheets who have results in no subject; who is on a roster stays.
DELETE_LEFT_OVER = """
DELETE FROM exam_candidate c
 WHERE c.group_id = $1 AND c.exam_id = $2 AND c.school_id = ANY ($3::uuid[])
   AND NOT EXISTS (SELECT FROM exam_score s WHERE s.group_id = c.group_id AND s.candidate_id = c.id)
   AND NOT EXISTS (SELECT FROM exam_entry n WHERE n.group_id = c.group_id AND n.candidate_id = c.id)
   AND NOT EXISTS (SELECT FROM exam_response a
                    WHERE a.group_id = c.group_id AND a.candidate_id = c.id)
"""
# Who is on the roster of a subject; null for the attendance of those of whom nothing was recorded.
LIST_ON_ROSTER = """
SELECT c.school_id, c.exam_number, n.attendance
  FROM exam_entry n
  JOIN exam_candidate c ON c.group_id = n.group_id AND c.id = n.candidate_id
 WHERE n.group_id = $1 AND n.exam_subject_id = $2
"""
HAS_ROSTER = "SELECT EXISTS (SELECT FROM exam_seed WHERE group_id = $1 AND exam_id = $2)"
# Exam numbers that two schools have both given out.
LIST_SHARED_NUMBERS = """
SELECT exam_number FROM exam_candidate
 WHERE group_id = $1 AND exam_id = $2
 GROUP BY exam_number HAVING count(*) > 1
 ORDER BY exam_number LIMIT 20
"""
# Items that are open to be marked on a screen or on paper: their marks come from there.
LIST_ON_SCREEN = """
SELECT i.label
  FROM marking_plan p
  JOIN paper_item i ON i.group_id = p.group_id AND i.exam_subject_id = p.exam_subject_id
                   AND i.paper_version = p.paper_version AND i.position = p.position
 WHERE p.group_id = $1 AND p.exam_subject_id = $2 AND p.status = 'open'
"""
# One row per school; the marks of those present end to end, as PostgreSQL sends arrays.
COLLECT_SCORES = """
SELECT s.school_id, max(s.paper_version) AS paper_version,
       array_agg(c.exam_number ORDER BY c.exam_number) AS exam_numbers,
       array_agg(c.class_label ORDER BY c.exam_number) AS class_labels,
       array_agg(s.result ORDER BY c.exam_number) AS results,
       coalesce(string_agg(array_send(s.item_half_marks), ''::bytea ORDER BY c.exam_number), '')
           AS sent,
       coalesce(array_agg(c.exam_number ORDER BY c.exam_number)
                FILTER (WHERE s.result = 'present' AND s.left_out <> '{}'), '{}') AS choosers,
       coalesce(array_agg(array_to_string(s.left_out, ' ') ORDER BY c.exam_number)
                FILTER (WHERE s.result = 'present' AND s.left_out <> '{}'), '{}') AS left_out
  FROM exam_score s
  JOIN exam_candidate c ON c.group_id = s.group_id AND c.id = s.candidate_id
 WHERE s.group_id = $1 AND s.exam_subject_id = $2
 GROUP BY s.school_id
 ORDER BY s.school_id
"""
INSERT_SNAPSHOT = """
INSERT INTO exam_snapshot (group_id, id, exam_id, number, sha256, frozen_at, papers)
VALUES ($1, $2, $3, $4, $5, $6, $7)
"""
GET_PAPERS = "SELECT papers FROM exam_snapshot WHERE group_id = $1 AND id = $2"
INSERT_PART = """
INSERT INTO exam_snapshot_part (group_id, snapshot_id, exam_subject_id, school_id, paper_version,
                                exam_numbers, class_labels, results, half_marks, sha256, sums,
                                left_out)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
"""
GET_SNAPSHOT = """
SELECT id, exam_id, number, sha256, frozen_at FROM exam_snapshot
 WHERE group_id = $1 AND exam_id = $2
 ORDER BY number DESC LIMIT 1
"""
LIST_PARTS = """
SELECT exam_subject_id, school_id, paper_version, exam_numbers, class_labels, results, half_marks,
       sha256, sums, left_out
  FROM exam_snapshot_part
 WHERE group_id = $1 AND snapshot_id = $2 AND ($3::uuid IS NULL OR school_id = $3)
   AND ($4::uuid[] IS NULL OR exam_subject_id = ANY ($4))
 ORDER BY exam_subject_id, school_id
"""
HAS_ROWS = """
SELECT EXISTS (SELECT FROM exam_score
                WHERE group_id = $1 AND exam_subject_id = $2 AND school_id = $3)
"""
DELETE_SUMS = """
DELETE FROM exam_sum
 WHERE group_id = $1 AND exam_subject_id = $2 AND school_id = ANY ($3::uuid[])
"""
INSERT_SUMS = """
INSERT INTO exam_sum (group_id, exam_subject_id, school_id, paper_version, lowest_half_marks,
                      counts, n_absent, n_void, n_exempt, sent_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
"""
LIST_SUMS = """
SELECT school_id, paper_version, lowest_half_marks AS lowest, counts, n_absent AS absent,
       n_void AS void, n_exempt AS exempt
  FROM exam_sum
 WHERE group_id = $1 AND exam_subject_id = $2
 ORDER BY school_id
"""
SET_LETTERS = """
UPDATE exam_school p SET letter = l.letter
  FROM unnest($3::uuid[], $4::text[]) AS l (school_id, letter)
 WHERE p.group_id = $1 AND p.exam_id = $2 AND p.school_id = l.school_id
"""


async def replace_scores(
    tx: Tx,
    exam_id: UUID,
    exam_subject_id: UUID,
    paper_version: int,
    candidates: Sequence[Candidate],
) -> int:
    """Put these results in place of what the same schools had in the subject; how many went."""
    schools = list({c.school_id for c in candidates})
    replaced = await execute(tx, DELETE_SCORES, tx.group_id, exam_subject_id, schools)
    # rows say more than sums, which go where rows come in
    await execute(tx, DELETE_SUMS, tx.group_id, exam_subject_id, schools)
    for start in range(0, len(candidates), ROWS_PER_STATEMENT):
        some = candidates[start : start + ROWS_PER_STATEMENT]
        school_ids = [c.school_id for c in some]
        numbers = [c.exam_number for c in some]
        class_labels = [c.class_label for c in some]
        await execute(
            tx, UPSERT_CANDIDATES, tx.group_id, exam_id, school_ids, numbers, class_labels
        )
        await execute(
            tx,
            INSERT_SCORES,
            tx.group_id,
            exam_id,
            exam_subject_id,
            paper_version,
            school_ids,
            numbers,
            [c.result for c in some],
            [None if c.half_marks is None else _literal(c.half_marks) for c in some],
            [_literal(c.left_out) for c in some],
        )
    await execute(tx, DELETE_LEFT_OVER, tx.group_id, exam_id, schools)
    return replaced


class _OnRoster(msgspec.Struct, frozen=True):
    school_id: UUID
    exam_number: str
    attendance: str | None


async def list_on_roster(
    tx: Tx, exam_id: UUID, exam_subject_id: UUID
) -> dict[tuple[UUID, str], str | None] | None:
    """Who is on a subject's roster, with the attendance recorded; None: the exam has no roster."""
    async with tx.as_system():
        has_roster = await fetch_value(tx, HAS_ROSTER, tx.group_id, exam_id)
    if not has_roster:
        return None
    rows = await fetch_all(tx, _OnRoster, LIST_ON_ROSTER, tx.group_id, exam_subject_id)
    return {(row.school_id, row.exam_number): row.attendance for row in rows}


async def enter_candidates(tx: Tx, exam_id: UUID, candidates: Sequence[Candidate]) -> None:
    """Have these candidates, whatever is or is not known of their results."""
    for start in range(0, len(candidates), ROWS_PER_STATEMENT):
        some = candidates[start : start + ROWS_PER_STATEMENT]
        await execute(
            tx,
            UPSERT_CANDIDATES,
            tx.group_id,
            exam_id,
            [c.school_id for c in some],
            [c.exam_number for c in some],
            [c.class_label for c in some],
        )


async def list_shared_numbers(tx: Tx, exam_id: UUID) -> list[str]:
    """Exam numbers given out by more than one school: the first 20."""
    rows = await fetch_all(tx, _Number, LIST_SHARED_NUMBERS, tx.group_id, exam_id)
    return [row.exam_number for row in rows]


class _Label(msgspec.Struct, frozen=True):
    label: str


async def list_on_screen(tx: Tx, exam_subject_id: UUID) -> frozenset[str]:
    """Labels of the items of a subject that are open to be marked."""
    async with tx.as_system():  # that an item is marked is no school's secret, its plan is
        rows = await fetch_all(tx, _Label, LIST_ON_SCREEN, tx.group_id, exam_subject_id)
    return frozenset(row.label for row in rows)


class _Number(msgspec.Struct, frozen=True):
    exam_number: str


async def collect_scores(tx: Tx, exam_subject_id: UUID) -> list[Collected]:
    """Everything scored in a subject, school by school."""
    return await fetch_all(tx, Collected, COLLECT_SCORES, tx.group_id, exam_subject_id)


async def insert_snapshot(
    tx: Tx, snapshot: SnapshotRow, papers: Sequence[Subject], parts: Sequence[Part]
) -> None:
    """Keep a snapshot for ever, with the papers it was frozen with."""
    await execute(
        tx,
        INSERT_SNAPSHOT,
        tx.group_id,
        snapshot.id,
        snapshot.exam_id,
        snapshot.number,
        snapshot.sha256,
        snapshot.frozen_at,
        msgspec.to_builtins(list(papers)),
    )
    await execute_many(
        tx,
        INSERT_PART,
        [
            (
                tx.group_id,
                snapshot.id,
                part.exam_subject_id,
                part.school_id,
                part.paper_version,
                part.exam_numbers,
                part.class_labels,
                part.results,
                part.half_marks,
                part.sha256,
                None if part.sums is None else msgspec.to_builtins(part.sums),
                part.left_out,
            )
            for part in parts
        ],
    )


async def get_snapshot(tx: Tx, exam_id: UUID) -> SnapshotRow | None:
    """The newest snapshot of an exam."""
    return await fetch_one(tx, SnapshotRow, GET_SNAPSHOT, tx.group_id, exam_id)


async def get_papers(tx: Tx, snapshot_id: UUID) -> list[Subject] | None:
    """The papers a snapshot was frozen with; None where that was not kept yet."""
    kept = await fetch_value(tx, GET_PAPERS, tx.group_id, snapshot_id)
    return None if kept is None else msgspec.convert(kept, list[Subject])


async def list_parts(
    tx: Tx, snapshot_id: UUID, school_id: UUID | None, subjects: Sequence[UUID] | None
) -> list[Part]:
    """A snapshot's parts: of one school or all the caller may see; in these subjects, or all."""
    wanted = None if subjects is None else list(subjects)
    return await fetch_all(tx, Part, LIST_PARTS, tx.group_id, snapshot_id, school_id, wanted)


async def set_letters(tx: Tx, exam_id: UUID, letters: dict[UUID, str]) -> None:
    """Keep the letters the schools drew."""
    await execute(
        tx, SET_LETTERS, tx.group_id, exam_id, list(letters), [letters[s] for s in letters]
    )


def _literal(half_marks: Sequence[int]) -> str:
    return "{" + ",".join(map(str, half_marks)) + "}"


async def has_rows(tx: Tx, exam_subject_id: UUID, school_id: UUID) -> bool:
    """Whether rows of a school's pupils are in already."""
    return bool(await fetch_value(tx, HAS_ROWS, tx.group_id, exam_subject_id, school_id))


async def replace_sums(
    tx: Tx, exam_subject_id: UUID, school_id: UUID, paper_version: int, sums: Sums
) -> None:
    """Put a school's sums in place of those it sent before."""
    await execute(tx, DELETE_SUMS, tx.group_id, exam_subject_id, [school_id])
    await execute(
        tx,
        INSERT_SUMS,
        tx.group_id,
        exam_subject_id,
        school_id,
        paper_version,
        sums.lowest,
        sums.counts,
        sums.absent,
        sums.void,
        sums.exempt,
        tx.now,
    )


async def list_sums(tx: Tx, exam_subject_id: UUID) -> list[SumsRow]:
    """The sums of the schools that sent no rows in a subject."""
    return await fetch_all(tx, SumsRow, LIST_SUMS, tx.group_id, exam_subject_id)
