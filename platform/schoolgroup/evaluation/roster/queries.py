"""SQL of rosters: candidates, rooms, seats, draws, the sitting."""

from collections.abc import Sequence
from uuid import UUID

import msgspec

from schoolgroup.evaluation.roster.models import (
    Applicant,
    CandidateRow,
)
from schoolgroup.kernel.db import Tx, execute, fetch_all, fetch_one, fetch_value
from schoolgroup.kernel.ids import new_id
from schoolgroup.kernel.paging import PageRequest

# Until a number is drawn the candidate's own id stands in its place: nobody can guess one from it.
UPSERT_CANDIDATES = """
INSERT INTO exam_candidate AS c (group_id, id, exam_id, school_id, exam_number, class_label,
                                 register_number, pupil_id)
SELECT $1, a.id, $2, a.school_id, replace(a.id::text, '-', ''), a.class_label, a.register_number,
       p.id
  FROM unnest($3::uuid[], $4::uuid[], $5::text[], $6::text[])
       AS a (id, school_id, register_number, class_label)
  LEFT JOIN pupil p ON p.group_id = $1 AND p.school_id = a.school_id
                   AND p.register_number = a.register_number AND p.status = 'enrolled'
    ON CONFLICT (group_id, exam_id, school_id, register_number) WHERE register_number IS NOT NULL
    DO UPDATE SET class_label = excluded.class_label, pupil_id = excluded.pupil_id
"""
DELETE_OTHERS = """
DELETE FROM exam_candidate c
 WHERE c.group_id = $1 AND c.exam_id = $2 AND c.school_id = ANY ($3::uuid[])
   AND NOT EXISTS (SELECT FROM unnest($4::uuid[], $5::text[]) AS a (school_id, register_number)
                    WHERE a.school_id = c.school_id AND a.register_number = c.register_number)
"""
DELETE_ENTRIES = """
DELETE FROM exam_entry
 WHERE group_id = $1 AND exam_id = $2 AND school_id = ANY ($3::uuid[])
"""
INSERT_ENTRIES = """
INSERT INTO exam_entry (group_id, exam_subject_id, candidate_id, exam_id, school_id)
SELECT $1, e.subject_id, c.id, $2, c.school_id
  FROM unnest($3::uuid[], $4::text[], $5::uuid[]) AS e (school_id, register_number, subject_id)
  JOIN exam_candidate c ON c.group_id = $1 AND c.exam_id = $2 AND c.school_id = e.school_id
                       AND c.register_number = e.register_number
"""
SET_NAMES = """
INSERT INTO exam_candidate_name (group_id, candidate_id, school_id, name)
SELECT $1, c.id, c.school_id, n.name
  FROM unnest($3::text[], $4::text[]) AS n (register_number, name)
  JOIN exam_candidate c ON c.group_id = $1 AND c.exam_id = $2 AND c.school_id = $5
                       AND c.register_number = n.register_number
    ON CONFLICT (group_id, candidate_id) DO UPDATE SET name = excluded.name
"""
COUNT_LINKED = """
SELECT count(*) FROM exam_candidate
 WHERE group_id = $1 AND exam_id = $2 AND school_id = ANY ($3::uuid[]) AND pupil_id IS NOT NULL
"""
LIST_ENROLLED = """
SELECT e.school_id, e.register_number, e.class_label
  FROM pupil_enrolment e
  JOIN pupil p ON p.group_id = e.group_id AND p.id = e.pupil_id AND p.status = 'enrolled'
 WHERE e.group_id = $1 AND e.school_id = $2 AND e.school_year = $3 AND e.grade = $4
   AND e.until_on IS NULL AND ($5::text[] IS NULL OR e.class_label = ANY ($5))
 ORDER BY e.class_label, e.register_number
"""
LIST_CANDIDATES = """
SELECT c.id, c.school_id, c.exam_number, c.register_number, c.class_label, c.late_because,
       coalesce((SELECT array_agg(s.subject ORDER BY s.position) FROM exam_entry n
                   JOIN exam_subject s ON s.group_id = n.group_id AND s.id = n.exam_subject_id
                  WHERE n.group_id = c.group_id AND n.candidate_id = c.id), '{}') AS subjects,
       r.label AS room, r.number AS room_number, r.site_school_id, t.seat_no
  FROM exam_candidate c
  LEFT JOIN exam_seat t ON t.group_id = c.group_id AND t.candidate_id = c.id
  LEFT JOIN exam_room r ON r.group_id = t.group_id AND r.id = t.room_id
 WHERE c.group_id = $1 AND c.exam_id = $2
   AND ($3::uuid IS NULL OR c.id > $3) AND ($5::uuid IS NULL OR c.id = $5)
 ORDER BY c.id
 LIMIT $4
"""
COUNT_CANDIDATES = "SELECT count(*) FROM exam_candidate WHERE group_id = $1 AND exam_id = $2"
GET_SCHOOL_YEAR = "SELECT school_year FROM exam WHERE group_id = $1 AND id = $2"
INSERT_LATE = """
INSERT INTO exam_candidate (group_id, id, exam_id, school_id, exam_number, class_label,
                            register_number, pupil_id, late_because)
SELECT $1, $2, $3, $4, $5, $6, $7, p.id, $8
  FROM (SELECT 1) AS one
  LEFT JOIN pupil p ON p.group_id = $1 AND p.school_id = $4 AND p.register_number = $7
"""


class _Enrolled(msgspec.Struct, frozen=True):
    school_id: UUID
    register_number: str
    class_label: str


async def replace_candidates(
    tx: Tx, exam_id: UUID, schools: Sequence[UUID], applicants: Sequence[Applicant]
) -> tuple[int, int]:
    """Have exactly these candidates of these schools: how many went, how many are registered."""
    who = ([a.school_id for a in applicants], [a.register_number for a in applicants])
    removed = await execute(tx, DELETE_OTHERS, tx.group_id, exam_id, list(schools), *who)
    await execute(
        tx,
        UPSERT_CANDIDATES,
        tx.group_id,
        exam_id,
        [new_id() for _ in applicants],
        *who,
        [a.class_label for a in applicants],
    )
    await execute(tx, DELETE_ENTRIES, tx.group_id, exam_id, list(schools))
    entries = [(a.school_id, a.register_number, s) for a in applicants for s in a.subject_ids]
    await execute(
        tx,
        INSERT_ENTRIES,
        tx.group_id,
        exam_id,
        [school for school, _, _ in entries],
        [number for _, number, _ in entries],
        [subject for _, _, subject in entries],
    )
    linked = await fetch_value(tx, COUNT_LINKED, tx.group_id, exam_id, list(schools))
    return removed, int(linked)


async def set_names(
    tx: Tx, exam_id: UUID, school_id: UUID, names: Sequence[tuple[str, str]]
) -> None:
    """Keep the names a school sent with its candidates: only that school reads them."""
    await execute(
        tx,
        SET_NAMES,
        tx.group_id,
        exam_id,
        [number for number, _ in names],
        [name for _, name in names],
        school_id,
    )


async def list_enrolled(
    tx: Tx, school_id: UUID, year: int, grade: int, classes: Sequence[str] | None
) -> list[tuple[str, str]]:
    """Register number and class of a school's pupils of a grade."""
    rows = await fetch_all(
        tx, _Enrolled, LIST_ENROLLED, tx.group_id, school_id, year, grade, classes
    )
    return [(row.register_number, row.class_label) for row in rows]


async def list_candidates(tx: Tx, exam_id: UUID, page: PageRequest) -> list[CandidateRow]:
    """Candidates the caller may see, in a stable order that says nothing."""
    after = UUID(page.after[0]) if page.after else None
    return await fetch_all(
        tx, CandidateRow, LIST_CANDIDATES, tx.group_id, exam_id, after, page.limit, None
    )


async def get_candidate(tx: Tx, exam_id: UUID, candidate_id: UUID) -> CandidateRow | None:
    """One candidate."""
    return await fetch_one(
        tx, CandidateRow, LIST_CANDIDATES, tx.group_id, exam_id, None, 1, candidate_id
    )


async def count_candidates(tx: Tx, exam_id: UUID) -> int:
    """How many candidates there are."""
    return int(await fetch_value(tx, COUNT_CANDIDATES, tx.group_id, exam_id))


async def school_year_of(tx: Tx, exam_id: UUID) -> int:
    """The school year of an exam."""
    return int(await fetch_value(tx, GET_SCHOOL_YEAR, tx.group_id, exam_id))


async def insert_late(
    tx: Tx, exam_id: UUID, candidate_id: UUID, number: str, late: Applicant, because: str
) -> None:
    """A candidate who comes after the roster was locked."""
    await execute(
        tx,
        INSERT_LATE,
        tx.group_id,
        candidate_id,
        exam_id,
        late.school_id,
        number,
        late.class_label,
        late.register_number,
        because,
    )
    who = [late.school_id] * len(late.subject_ids)
    numbers = [late.register_number] * len(late.subject_ids)
    await execute(tx, INSERT_ENTRIES, tx.group_id, exam_id, who, numbers, list(late.subject_ids))
