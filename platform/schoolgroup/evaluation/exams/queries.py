"""SQL of exams: the exam, its papers, its schools."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

import msgspec

from schoolgroup.access.decisions import with_rights
from schoolgroup.evaluation.exams.gates import Gate
from schoolgroup.evaluation.exams.models import (
    Choice,
    ExamInput,
    ExamRow,
    ExamStatus,
    Item,
    ItemKind,
    Level,
    Participant,
    Participation,
    SchoolRow,
    Subject,
    SubjectInput,
)
from schoolgroup.kernel.db import Tx, execute, execute_many, fetch_all, fetch_one, fetch_value
from schoolgroup.kernel.ids import new_id
from schoolgroup.kernel.paging import PageRequest

# One writer of an exam at a time; a lock by name, because an invited school may not lock the row.
LOCK = "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))"
GET_EXAM = """
SELECT e.id, e.school_id, coalesce(s.name, g.name) AS owner_name, e.title, e.stage, e.grade,
       e.purpose, e.term_last, e.gate, e.status, e.cancelled_because, e.answer_until_at, e.version,
       e.created_at, e.updated_at, p.status AS standing, /*relations:exam:e*/ AS relations
  FROM exam e
  JOIN education_group g ON g.id = e.group_id
  LEFT JOIN school s ON s.group_id = e.group_id AND s.id = e.school_id
  LEFT JOIN exam_school p ON p.group_id = e.group_id AND p.exam_id = e.id AND p.school_id = $3
 WHERE e.group_id = $1 AND e.id = $2
"""
LIST_EXAMS = """
SELECT e.id, e.school_id, '' AS owner_name, e.title, e.stage, e.grade, e.purpose, e.term_last,
       e.gate, e.status, e.cancelled_because, e.answer_until_at, e.version, e.created_at,
       e.updated_at, p.status AS standing,
       /*relations:exam:e*/ AS relations
  FROM exam e
  LEFT JOIN exam_school p ON p.group_id = e.group_id AND p.exam_id = e.id AND p.school_id = $4
 WHERE e.group_id = $1 AND ($2::uuid IS NULL OR e.id < $2) AND /*visible:exam:read@exam:e*/
 ORDER BY e.id DESC
 LIMIT $3
"""
INSERT_EXAM = """
INSERT INTO exam (group_id, id, school_id, title, stage, grade, purpose, term_last, school_year,
                  gate, status, created_at, updated_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $12)
"""
INSERT_SUBJECT = """
INSERT INTO exam_subject (group_id, id, exam_id, position, subject, excellent_percent,
                          pass_percent, low_percent, grade_labels, grade_percents)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
"""
INSERT_ITEM = """
INSERT INTO paper_item (group_id, exam_subject_id, paper_version, position, label, max_half_marks,
                        knowledge_point, ability)
VALUES ($1, $2, 1, $3, $4, $5, $6, $7)
"""
INSERT_FIRST_VERSION = """
INSERT INTO paper_version (group_id, exam_subject_id, version, made_at) VALUES ($1, $2, 1, $3)
"""
# Exams of the same gate in a school year, cancelled ones left out.
COUNT_IN_YEAR = """
SELECT count(*) FROM exam
 WHERE group_id = $1 AND school_year = $2 AND gate = $3 AND school_id IS NOT DISTINCT FROM $4
   AND status <> 'cancelled'
"""
GET_TODAY = "SELECT app.today()"
REFRESH_STATISTICS = "SELECT app.refresh_exam_statistics()"
LIST_SUBJECTS = """
SELECT s.id, s.subject, s.paper_version, s.excellent_percent, s.pass_percent, s.low_percent,
       s.grade_labels, s.grade_percents,
       array_agg(i.label ORDER BY i.position) AS labels,
       array_agg(i.max_half_marks ORDER BY i.position) AS max_half_marks,
       array_agg(i.knowledge_point ORDER BY i.position) AS knowledge_points,
       array_agg(i.ability ORDER BY i.position) AS abilities,
       array_agg(i.section ORDER BY i.position) AS sections,
       array_agg(i.parent ORDER BY i.position) AS parents,
       array_agg(i.kind ORDER BY i.position) AS kinds,
       array_agg(i.step_half_marks ORDER BY i.position) AS steps,
       array_agg(i.choice ORDER BY i.position) AS choices_of_items,
       array_agg(i.target_percent ORDER BY i.position) AS target_percents,
       (SELECT coalesce(jsonb_agg(jsonb_build_object('name', c.name, 'choose', c.choose,
                   'rule', c.rule) ORDER BY c.name), '[]')
          FROM paper_choice c
         WHERE c.group_id = s.group_id AND c.exam_subject_id = s.id
           AND c.paper_version = s.paper_version) AS choices,
       s.starts_at, s.minutes
  FROM exam_subject s
  JOIN paper_item i ON i.group_id = s.group_id AND i.exam_subject_id = s.id
                   AND i.paper_version = s.paper_version
 WHERE s.group_id = $1 AND s.exam_id = $2
 GROUP BY s.group_id, s.id
 ORDER BY s.position
"""
LIST_PARTICIPANTS = """
SELECT p.school_id, s.code AS school_code, s.name AS school_name, p.status, p.answered_at, p.letter
  FROM exam_school p
  JOIN school s ON s.group_id = p.group_id AND s.id = p.school_id
 WHERE p.group_id = $1 AND p.exam_id = $2
 ORDER BY s.code
"""
GET_PARTICIPANT = """
SELECT p.school_id, s.code AS school_code, s.name AS school_name, p.status, p.answered_at, p.letter
  FROM exam_school p
  JOIN school s ON s.group_id = p.group_id AND s.id = p.school_id
 WHERE p.group_id = $1 AND p.exam_id = $2 AND p.school_id = $3
"""
# The schools of the group today (all, or those asked for) with their tier.
LIST_SCHOOLS = """
SELECT s.id AS school_id, s.name, app.tier_of(s.id, app.today()) AS tier, s.stages
  FROM school s
 WHERE s.group_id = $1 AND ($2::uuid[] IS NULL OR s.id = ANY ($2))
   AND (s.closed_on IS NULL OR s.closed_on > app.today())
"""
INVITE = """
INSERT INTO exam_school (group_id, exam_id, school_id, status, invited_at, answered_at)
SELECT $1, $2, i.school_id, i.status, $3::timestamptz,
       CASE WHEN i.status = 'accepted' THEN $3::timestamptz END
  FROM unnest($4::uuid[], $5::text[]) AS i (school_id, status)
    ON CONFLICT (group_id, exam_id, school_id)
    DO UPDATE SET status = excluded.status, answered_at = excluded.answered_at
         WHERE exam_school.status = 'declined'
"""
INVITE_TO_SUBJECTS = """
INSERT INTO exam_school_subject (group_id, exam_subject_id, school_id, exam_id, status, answered_at)
SELECT $1, s.id, i.school_id, $2, i.status, CASE WHEN i.status = 'accepted' THEN $3::timestamptz END
  FROM unnest($4::uuid[], $5::text[]) AS i (school_id, status)
  JOIN exam_subject s ON s.group_id = $1 AND s.exam_id = $2
    ON CONFLICT (group_id, exam_subject_id, school_id)
    DO UPDATE SET status = excluded.status, answered_at = excluded.answered_at, late_because = ''
         WHERE exam_school_subject.status = 'declined'
"""
# The given answers, one per subject; '' is no reason.
ANSWER_SUBJECTS = """
INSERT INTO exam_school_subject (group_id, exam_subject_id, school_id, exam_id, status, answered_at,
                                 late_because)
SELECT $1, a.exam_subject_id, $3, $2, a.status, $6, $7
  FROM unnest($4::uuid[], $5::text[]) AS a (exam_subject_id, status)
    ON CONFLICT (group_id, exam_subject_id, school_id)
    DO UPDATE SET status = excluded.status, answered_at = excluded.answered_at,
                  late_because = excluded.late_because
"""
ANSWER = """
INSERT INTO exam_school (group_id, exam_id, school_id, status, invited_at, answered_at)
VALUES ($1, $2, $3, $4, $5, $5)
    ON CONFLICT (group_id, exam_id, school_id)
    DO UPDATE SET status = excluded.status, answered_at = excluded.answered_at
"""
MOVE_EXAM = """
UPDATE exam SET status = $3, cancelled_because = $4, version = version + 1, updated_at = $5
 WHERE group_id = $1 AND id = $2
"""


class _SubjectRow(msgspec.Struct, frozen=True):
    id: UUID
    subject: str
    paper_version: int
    excellent_percent: int
    pass_percent: int
    low_percent: int
    grade_labels: list[str]
    grade_percents: list[int]
    labels: list[str]
    max_half_marks: list[int]
    knowledge_points: list[str]
    abilities: list[str]
    sections: list[str]
    parents: list[str]
    kinds: list[ItemKind]
    steps: list[int]
    choices_of_items: list[str]
    target_percents: list[int | None]
    choices: list[Choice]
    starts_at: datetime | None
    minutes: int | None


async def lock_exam(tx: Tx, exam_id: UUID) -> None:
    """Wait until no other transaction changes this exam."""
    await execute(tx, LOCK, f"exam/{tx.group_id}/{exam_id}")


async def lock_school_year(tx: Tx, year: int, gate: str) -> None:
    """Wait until no other transaction sets up an exam of this gate."""
    await execute(tx, LOCK, f"exams of a year/{tx.group_id}/{year}/{gate}")


async def refresh_statistics(tx: Tx) -> None:
    """Let the planner know of rosters, answers, marks and scripts that have just come in."""
    await execute(tx, REFRESH_STATISTICS)


async def get_exam(tx: Tx, exam_id: UUID) -> ExamRow | None:
    """The exam with the caller's relations to it."""
    sql = with_rights(tx, GET_EXAM)
    return await fetch_one(tx, ExamRow, sql, tx.group_id, exam_id, tx.actor.school_id)


async def list_exams(tx: Tx, page: PageRequest) -> list[ExamRow]:
    """Exams the caller may see, the newest first."""
    after = UUID(page.after[0]) if page.after else None
    sql, own = with_rights(tx, LIST_EXAMS), tx.actor.school_id
    return await fetch_all(tx, ExamRow, sql, tx.group_id, after, page.limit, own)


async def insert_exam(
    tx: Tx, exam_id: UUID, data: ExamInput, gate: Gate, year: int, status: ExamStatus
) -> None:
    """The exam itself, owned by the acting school or the office."""
    await execute(
        tx,
        INSERT_EXAM,
        tx.group_id,
        exam_id,
        tx.actor.school_id,
        data.title,
        data.stage,
        data.grade,
        data.purpose,
        data.term_last,
        year,
        gate.name,
        status,
        tx.now,
    )


async def insert_subjects(tx: Tx, exam_id: UUID, subjects: Sequence[SubjectInput]) -> None:
    """The papers of an exam, in order."""
    items: list[tuple[object, ...]] = []
    for position, given in enumerate(subjects, start=1):
        subject_id = new_id()
        levels = given.levels or []
        await execute(
            tx,
            INSERT_SUBJECT,
            tx.group_id,
            subject_id,
            exam_id,
            position,
            given.subject,
            given.lines.excellent_percent,
            given.lines.pass_percent,
            given.lines.low_percent,
            [level.grade for level in levels],
            [level.from_percent for level in levels],
        )
        await execute(tx, INSERT_FIRST_VERSION, tx.group_id, subject_id, tx.now)
        items += [
            (
                tx.group_id,
                subject_id,
                number,
                item.label,
                item.max_half_marks,
                item.knowledge_point,
                item.ability,
            )
            for number, item in enumerate(given.items, start=1)
        ]
    await execute_many(tx, INSERT_ITEM, items)


async def count_in_year(tx: Tx, year: int, gate: str, school_id: UUID | None) -> int:
    """How many exams of this gate the owner has set up in the school year."""
    return int(await fetch_value(tx, COUNT_IN_YEAR, tx.group_id, year, gate, school_id))


async def get_today(tx: Tx) -> date:
    """The date at the group's place."""
    today: date = await fetch_value(tx, GET_TODAY)
    return today


async def list_subjects(tx: Tx, exam_id: UUID) -> list[Subject]:
    """The subjects of an exam with the items of their paper in force."""
    rows = await fetch_all(tx, _SubjectRow, LIST_SUBJECTS, tx.group_id, exam_id)
    return [
        Subject(
            id=row.id,
            subject=row.subject,
            paper_version=row.paper_version,
            excellent_percent=row.excellent_percent,
            pass_percent=row.pass_percent,
            low_percent=row.low_percent,
            levels=[
                Level(*pair) for pair in zip(row.grade_labels, row.grade_percents, strict=True)
            ],
            items=[
                Item(*fields)
                for fields in zip(
                    row.labels,
                    row.max_half_marks,
                    row.knowledge_points,
                    row.abilities,
                    row.sections,
                    row.parents,
                    row.kinds,
                    row.steps,
                    row.choices_of_items,
                    row.target_percents,
                    strict=True,
                )
            ],
            choices=row.choices,
            starts_at=row.starts_at,
            minutes=row.minutes,
        )
        for row in rows
    ]


async def list_participants(tx: Tx, exam_id: UUID) -> list[Participant]:
    """The invited schools the caller may see: all for the office, else the own one."""
    return await fetch_all(tx, Participant, LIST_PARTICIPANTS, tx.group_id, exam_id)


async def get_participant(tx: Tx, exam_id: UUID, school_id: UUID) -> Participant | None:
    """Where one school stands."""
    return await fetch_one(tx, Participant, GET_PARTICIPANT, tx.group_id, exam_id, school_id)


async def list_schools(tx: Tx, school_ids: Sequence[UUID] | None) -> list[SchoolRow]:
    """The group's schools today: those asked for, or all."""
    return await fetch_all(tx, SchoolRow, LIST_SCHOOLS, tx.group_id, school_ids)


async def invite(tx: Tx, exam_id: UUID, invited: Sequence[tuple[UUID, Participation]]) -> int:
    """Invite schools that are not yet, or have declined, to every subject; how many."""
    given = ([school_id for school_id, _ in invited], [status for _, status in invited])
    count = await execute(tx, INVITE, tx.group_id, exam_id, tx.now, *given)
    await execute(tx, INVITE_TO_SUBJECTS, tx.group_id, exam_id, tx.now, *given)
    return count


async def answer_subjects(
    tx: Tx,
    exam_id: UUID,
    school_id: UUID,
    answers: Sequence[tuple[UUID, Participation]],
    late_because: str = "",
) -> None:
    """Keep a school's answers, subject by subject."""
    await execute(
        tx,
        ANSWER_SUBJECTS,
        tx.group_id,
        exam_id,
        school_id,
        [subject_id for subject_id, _ in answers],
        [status for _, status in answers],
        tx.now,
        late_because,
    )


async def answer(tx: Tx, exam_id: UUID, school_id: UUID, status: Participation) -> None:
    """Keep a school's answer."""
    await execute(tx, ANSWER, tx.group_id, exam_id, school_id, status, tx.now)


async def move_exam(tx: Tx, exam_id: UUID, status: ExamStatus, because: str = "") -> None:
    """The exam's next state."""
    await execute(tx, MOVE_EXAM, tx.group_id, exam_id, status, because, tx.now)
