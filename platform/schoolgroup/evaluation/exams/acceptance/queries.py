"""SQL of schools' answers per subject."""

from uuid import UUID

import msgspec

from schoolgroup.evaluation.exams.acceptance.models import SchoolAnswer, SubjectFigures
from schoolgroup.evaluation.exams.models import Participation
from schoolgroup.kernel.db import Tx, fetch_all, fetch_value

LIST_ANSWERS = """
SELECT a.school_id, c.name AS school_name, s.subject, a.status, a.answered_at, a.late_because
  FROM exam_school_subject a
  JOIN exam_subject s ON s.group_id = a.group_id AND s.id = a.exam_subject_id
  JOIN school c ON c.group_id = a.group_id AND c.id = a.school_id
 WHERE a.group_id = $1 AND a.exam_id = $2
 ORDER BY c.code, s.position
"""
FIGURES = """
SELECT s.subject, count(*) FILTER (WHERE a.status = 'invited')::int AS invited,
       count(*) FILTER (WHERE a.status = 'accepted')::int AS accepted,
       count(*) FILTER (WHERE a.status = 'declined')::int AS declined
  FROM exam_subject s
  LEFT JOIN exam_school_subject a ON a.group_id = s.group_id AND a.exam_subject_id = s.id
 WHERE s.group_id = $1 AND s.exam_id = $2
 GROUP BY s.position, s.subject
 ORDER BY s.position
"""
STATUS_OF_SCHOOL = """
SELECT exam_subject_id, status FROM exam_school_subject
 WHERE group_id = $1 AND exam_id = $2 AND school_id = $3
"""
STATUS_OF_SUBJECT = """
SELECT school_id, status FROM exam_school_subject WHERE group_id = $1 AND exam_subject_id = $2
"""
COUNT_ENTRIES = """
SELECT count(*) FROM exam_entry
 WHERE group_id = $1 AND exam_subject_id = ANY ($2::uuid[]) AND school_id = $3
"""


class _OfSchool(msgspec.Struct, frozen=True):
    exam_subject_id: UUID
    status: Participation


class _OfSubject(msgspec.Struct, frozen=True):
    school_id: UUID
    status: Participation


async def list_answers(tx: Tx, exam_id: UUID) -> list[SchoolAnswer]:
    """The answers the caller may see: of every school for the organiser, else the own."""
    return await fetch_all(tx, SchoolAnswer, LIST_ANSWERS, tx.group_id, exam_id)


async def figures(tx: Tx, exam_id: UUID) -> list[SubjectFigures]:
    """How many schools stand where, per subject, as far as the caller sees them."""
    return await fetch_all(tx, SubjectFigures, FIGURES, tx.group_id, exam_id)


async def of_school(tx: Tx, exam_id: UUID, school_id: UUID) -> dict[UUID, Participation]:
    """A school's answer by subject."""
    rows = await fetch_all(tx, _OfSchool, STATUS_OF_SCHOOL, tx.group_id, exam_id, school_id)
    return {row.exam_subject_id: row.status for row in rows}


async def of_subject(tx: Tx, exam_subject_id: UUID) -> dict[UUID, Participation]:
    """The schools' answers to a subject, as far as the caller sees them."""
    rows = await fetch_all(tx, _OfSubject, STATUS_OF_SUBJECT, tx.group_id, exam_subject_id)
    return {row.school_id: row.status for row in rows}


async def count_entries(tx: Tx, subject_ids: list[UUID], school_id: UUID) -> int:
    """How many candidates a school has sent for these subjects."""
    return int(await fetch_value(tx, COUNT_ENTRIES, tx.group_id, subject_ids, school_id))
