"""SQL of rosters: candidates, rooms, seats, draws, the sitting."""

from collections.abc import Sequence
from uuid import UUID

import msgspec

from schoolgroup.evaluation.roster.models import (
    Applicant,
    AttendanceRecord,
    CandidateRow,
    DrawRow,
    Named,
    Room,
    RoomRow,
    SeedRow,
    Sitter,
    ToSeat,
)
from schoolgroup.kernel.db import Tx, execute, execute_many, fetch_all, fetch_one, fetch_value
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
LIST_ROOMS = """
SELECT r.id, r.number, r.site_school_id, c.name AS site_name, r.label, r.seat_rows,
       r.seat_columns,
       (SELECT count(*) FROM exam_seat t WHERE t.group_id = r.group_id AND t.room_id = r.id)::int
           AS seated
  FROM exam_room r
  JOIN school c ON c.group_id = r.group_id AND c.id = r.site_school_id
 WHERE r.group_id = $1 AND r.exam_id = $2
 ORDER BY r.number
"""
DELETE_SEATS = "DELETE FROM exam_seat WHERE group_id = $1 AND exam_id = $2"
DELETE_ROOMS = "DELETE FROM exam_room WHERE group_id = $1 AND exam_id = $2"
INSERT_ROOM = """
INSERT INTO exam_room (group_id, id, exam_id, site_school_id, number, label, seat_rows,
                       seat_columns)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
"""
LIST_TO_SEAT = """
SELECT c.id, c.school_id, c.class_label FROM exam_candidate c
 WHERE c.group_id = $1 AND c.exam_id = $2
 ORDER BY c.id
"""
INSERT_SEATS = """
INSERT INTO exam_seat (group_id, exam_id, candidate_id, room_id, seat_no, school_id,
                       site_school_id)
SELECT $1, $2, s.candidate_id, s.room_id, s.seat_no, c.school_id, r.site_school_id
  FROM unnest($3::uuid[], $4::uuid[], $5::int[]) AS s (candidate_id, room_id, seat_no)
  JOIN exam_candidate c ON c.group_id = $1 AND c.id = s.candidate_id
  JOIN exam_room r ON r.group_id = $1 AND r.id = s.room_id
"""
# Numbers change places in a new draw: first out of each other's way.
FORGET_NUMBERS = """
UPDATE exam_candidate SET exam_number = replace(id::text, '-', '')
 WHERE group_id = $1 AND exam_id = $2
"""
SET_NUMBERS = """
UPDATE exam_candidate c SET exam_number = n.exam_number
  FROM unnest($3::uuid[], $4::text[]) AS n (id, exam_number)
 WHERE c.group_id = $1 AND c.exam_id = $2 AND c.id = n.id
"""
COUNT_UNSEATED = """
SELECT count(*) FROM exam_candidate c
 WHERE c.group_id = $1 AND c.exam_id = $2
   AND NOT EXISTS (SELECT FROM exam_seat t
                    WHERE t.group_id = c.group_id AND t.candidate_id = c.id)
"""
COUNT_CANDIDATES = "SELECT count(*) FROM exam_candidate WHERE group_id = $1 AND exam_id = $2"
GET_SEED = """
SELECT seed, commitment_sha256, committed_at FROM exam_seed WHERE group_id = $1 AND exam_id = $2
"""
LIST_DRAWS = """
SELECT number, because, mixed, candidates, conflicts, conflicts_min, result_sha256, drawn_at
  FROM exam_draw WHERE group_id = $1 AND exam_id = $2 ORDER BY number DESC
"""
INSERT_DRAW = """
INSERT INTO exam_draw (group_id, id, exam_id, number, because, mixed, candidates, conflicts,
                       conflicts_min, result_sha256, drawn_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
"""
GET_SCHOOL_YEAR = "SELECT school_year FROM exam WHERE group_id = $1 AND id = $2"
INSERT_LATE = """
INSERT INTO exam_candidate (group_id, id, exam_id, school_id, exam_number, class_label,
                            register_number, pupil_id, late_because)
SELECT $1, $2, $3, $4, $5, $6, $7, p.id, $8
  FROM (SELECT 1) AS one
  LEFT JOIN pupil p ON p.group_id = $1 AND p.school_id = $4 AND p.register_number = $7
"""
LIST_SITTERS = """
SELECT t.candidate_id, t.room_id, t.seat_no, c.exam_number
  FROM exam_seat t
  JOIN exam_candidate c ON c.group_id = t.group_id AND c.id = t.candidate_id
 WHERE t.group_id = $1 AND t.room_id = ANY ($2::uuid[])
 ORDER BY t.room_id, t.seat_no
"""
# As the asking school itself: what the wall lets through is its own.
LIST_NAMES = """
SELECT c.id AS candidate_id, coalesce(n.name, p.name) AS name
  FROM exam_candidate c
  LEFT JOIN exam_candidate_name n ON n.group_id = c.group_id AND n.candidate_id = c.id
  LEFT JOIN pupil_name p ON p.group_id = c.group_id AND p.pupil_id = c.pupil_id
                        AND p.school_id = c.school_id
 WHERE c.group_id = $1 AND c.id = ANY ($2::uuid[]) AND coalesce(n.name, p.name) IS NOT NULL
"""
LIST_ENTERED = """
SELECT c.exam_number AS number FROM exam_entry n
  JOIN exam_candidate c ON c.group_id = n.group_id AND c.id = n.candidate_id
  LEFT JOIN exam_seat t ON t.group_id = c.group_id AND t.candidate_id = c.id
 WHERE n.group_id = $1 AND n.exam_subject_id = $2 AND c.exam_number = ANY ($3::text[])
   AND ($4::uuid IS NULL OR c.school_id = $4 OR t.site_school_id = $4)
"""
RECORD_ATTENDANCE = """
UPDATE exam_entry n SET attendance = a.attendance, attendance_because = a.because,
                        recorded_at = $4
  FROM unnest($3::text[], $5::text[], $6::text[]) AS a (exam_number, attendance, because)
  JOIN exam_candidate c ON c.group_id = $1 AND c.exam_number = a.exam_number
 WHERE n.group_id = $1 AND n.exam_subject_id = $2 AND n.candidate_id = c.id
   AND c.exam_id = n.exam_id
"""
COUNT_STATES = """
SELECT coalesce(attendance, '') AS state, count(*)::int AS count FROM exam_entry
 WHERE group_id = $1 AND exam_subject_id = $2
 GROUP BY 1 ORDER BY 1
"""


class _Enrolled(msgspec.Struct, frozen=True):
    school_id: UUID
    register_number: str
    class_label: str


class _Number(msgspec.Struct, frozen=True):
    number: str


class _State(msgspec.Struct, frozen=True):
    state: str
    count: int


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


async def list_rooms(tx: Tx, exam_id: UUID) -> list[RoomRow]:
    """The rooms in their order."""
    return await fetch_all(tx, RoomRow, LIST_ROOMS, tx.group_id, exam_id)


async def set_rooms(tx: Tx, exam_id: UUID, rooms: Sequence[Room]) -> None:
    """All rooms anew; seats that were drawn go with the old ones."""
    await forget_seats(tx, exam_id)
    await execute(tx, DELETE_ROOMS, tx.group_id, exam_id)
    await execute_many(
        tx,
        INSERT_ROOM,
        [
            (tx.group_id, new_id(), exam_id, r.site_school_id, n, r.label, r.seat_rows,
             r.seat_columns)
            for n, r in enumerate(rooms, start=1)
        ],
    )  # fmt: skip


async def forget_seats(tx: Tx, exam_id: UUID) -> None:
    """Nobody sits anywhere, and has a number."""
    await execute(tx, DELETE_SEATS, tx.group_id, exam_id)
    await execute(tx, FORGET_NUMBERS, tx.group_id, exam_id)


async def list_to_seat(tx: Tx, exam_id: UUID) -> list[ToSeat]:
    """Everyone who needs a seat."""
    return await fetch_all(tx, ToSeat, LIST_TO_SEAT, tx.group_id, exam_id)


async def seat(
    tx: Tx, exam_id: UUID, seats: Sequence[tuple[UUID, UUID, int]], numbers: Sequence[str]
) -> None:
    """Keep places (candidate, room, seat) and the numbers that go with them."""
    ids = [candidate for candidate, _, _ in seats]
    await execute(
        tx,
        INSERT_SEATS,
        tx.group_id,
        exam_id,
        ids,
        [room for _, room, _ in seats],
        [number for _, _, number in seats],
    )
    await execute(tx, SET_NUMBERS, tx.group_id, exam_id, ids, list(numbers))


async def count_unseated(tx: Tx, exam_id: UUID) -> int:
    """How many candidates have no seat."""
    return int(await fetch_value(tx, COUNT_UNSEATED, tx.group_id, exam_id))


async def count_candidates(tx: Tx, exam_id: UUID) -> int:
    """How many candidates there are."""
    return int(await fetch_value(tx, COUNT_CANDIDATES, tx.group_id, exam_id))


async def get_seed(tx: Tx, exam_id: UUID) -> SeedRow | None:
    """The sealed seed, for those who run the exam."""
    return await fetch_one(tx, SeedRow, GET_SEED, tx.group_id, exam_id)


async def list_draws(tx: Tx, exam_id: UUID) -> list[DrawRow]:
    """Every draw, the newest first."""
    return await fetch_all(tx, DrawRow, LIST_DRAWS, tx.group_id, exam_id)


async def insert_draw(tx: Tx, exam_id: UUID, draw: DrawRow) -> None:
    """A draw, for good."""
    await execute(
        tx,
        INSERT_DRAW,
        tx.group_id,
        new_id(),
        exam_id,
        draw.number,
        draw.because,
        draw.mixed,
        draw.candidates,
        draw.conflicts,
        draw.conflicts_min,
        draw.result_sha256,
        draw.drawn_at,
    )


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


async def list_sitters(tx: Tx, room_ids: Sequence[UUID]) -> list[Sitter]:
    """Who sits in these rooms."""
    return await fetch_all(tx, Sitter, LIST_SITTERS, tx.group_id, list(room_ids))


async def list_names(tx: Tx, candidate_ids: Sequence[UUID]) -> dict[UUID, str]:
    """The names of those of them who are of the caller's own school."""
    rows = await fetch_all(tx, Named, LIST_NAMES, tx.group_id, list(candidate_ids))
    return {row.candidate_id: row.name for row in rows}


async def list_entered(
    tx: Tx, exam_subject_id: UUID, numbers: Sequence[str], school_id: UUID | None
) -> set[str]:
    """Which of these numbers are on the subject's roster, within the reach of a school."""
    rows = await fetch_all(
        tx, _Number, LIST_ENTERED, tx.group_id, exam_subject_id, list(numbers), school_id
    )
    return {row.number for row in rows}


async def record_attendance(
    tx: Tx, exam_subject_id: UUID, records: Sequence[AttendanceRecord]
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
    )


async def count_states(tx: Tx, exam_subject_id: UUID) -> dict[str, int]:
    """How many stand how in a subject; "" for those of whom nothing was recorded."""
    rows = await fetch_all(tx, _State, COUNT_STATES, tx.group_id, exam_subject_id)
    return {row.state: row.count for row in rows}
