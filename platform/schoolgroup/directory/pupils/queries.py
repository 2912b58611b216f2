"""SQL of the pupil register. Names are a table of their own, behind a wall of their own."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from schoolgroup.access.decisions import with_rights
from schoolgroup.directory.pupils.models import (
    ClassSize,
    Enrolment,
    Known,
    NameView,
    PromotionView,
    PupilLine,
    PupilRow,
    ToPromote,
)
from schoolgroup.kernel.db import Tx, execute, fetch_all, fetch_one, fetch_value
from schoolgroup.kernel.paging import PageRequest

LOCK = "SELECT pg_advisory_xact_lock(hashtextextended('pupils/' || $1::uuid, 0))"
GET_STAGES = """
SELECT stages FROM school
 WHERE group_id = $1 AND id = $2 AND (closed_on IS NULL OR closed_on > app.today())
"""
LIST_KNOWN = """
SELECT p.id, p.register_number, p.status, p.sex, e.grade, e.class_label
  FROM pupil p
  LEFT JOIN pupil_enrolment e ON e.group_id = p.group_id AND e.pupil_id = p.id
                             AND e.school_id = p.school_id AND e.school_year = $3
                             AND e.until_on IS NULL
 WHERE p.group_id = $1 AND p.school_id = $2 AND p.register_number = ANY ($4::text[])
"""
INSERT_PUPILS = """
INSERT INTO pupil (group_id, id, school_id, register_number, sex, status, created_at, updated_at)
SELECT $1, n.id, $2, n.register_number, n.sex, 'enrolled', $3, $3
  FROM unnest($4::uuid[], $5::text[], $6::text[]) AS n (id, register_number, sex)
"""
SET_SEXES = """
UPDATE pupil p SET sex = n.sex, version = p.version + 1, updated_at = $2
  FROM unnest($3::uuid[], $4::text[]) AS n (id, sex)
 WHERE p.group_id = $1 AND p.id = n.id AND n.sex IS NOT NULL AND n.sex IS DISTINCT FROM p.sex
"""
ENROL = """
INSERT INTO pupil_enrolment AS e (group_id, id, pupil_id, school_id, register_number, school_year,
                                  grade, class_label, from_on)
SELECT $1, uuidv7(), n.pupil_id, $2, n.register_number, $3, n.grade, n.class_label, $4
  FROM unnest($5::uuid[], $6::text[], $7::int[], $8::text[])
       AS n (pupil_id, register_number, grade, class_label)
    ON CONFLICT (group_id, pupil_id, school_year, school_id)
    DO UPDATE SET grade = excluded.grade, class_label = excluded.class_label,
                  register_number = excluded.register_number, until_on = NULL
"""
SET_NAMES = """
INSERT INTO pupil_name AS o (group_id, pupil_id, school_id, name, updated_at)
SELECT $1, n.pupil_id, $2, n.name, $3
  FROM unnest($4::uuid[], $5::text[]) AS n (pupil_id, name)
    ON CONFLICT (group_id, pupil_id, school_id)
    DO UPDATE SET name = excluded.name, updated_at = excluded.updated_at
         WHERE o.name <> excluded.name
"""
GET_PUPIL = """
SELECT p.id, p.school_id, p.register_number, p.sex, p.status, e.school_year, e.grade,
       e.class_label, p.version, /*relations:pupil:p*/ AS relations
  FROM pupil p
  LEFT JOIN LATERAL (SELECT x.school_year, x.grade, x.class_label FROM pupil_enrolment x
                      WHERE x.group_id = p.group_id AND x.pupil_id = p.id
                        AND x.school_id = p.school_id
                      ORDER BY x.school_year DESC LIMIT 1) e ON true
 WHERE p.group_id = $1 AND p.id = $2
"""
LIST_PUPILS = """
SELECT p.id, p.school_id, p.register_number, p.sex, p.status, e.school_year, e.grade,
       e.class_label, p.version, /*relations:pupil:p*/ AS relations
  FROM pupil p
  LEFT JOIN LATERAL (SELECT x.school_year, x.grade, x.class_label FROM pupil_enrolment x
                      WHERE x.group_id = p.group_id AND x.pupil_id = p.id
                        AND x.school_id = p.school_id
                      ORDER BY x.school_year DESC LIMIT 1) e ON true
 WHERE p.group_id = $1 AND /*visible:pupil:read@pupil:p*/
   AND ($2::text IS NULL OR p.register_number > $2)
   AND ($3::int IS NULL OR e.grade = $3) AND ($4::text IS NULL OR e.class_label = $4)
   AND ($5::text IS NULL OR p.status = $5)
 ORDER BY p.register_number
 LIMIT $6
"""
LIST_ENROLMENTS = """
SELECT school_id, school_year, grade, class_label, from_on, until_on FROM pupil_enrolment
 WHERE group_id = $1 AND pupil_id = $2 ORDER BY school_year, from_on
"""
LIST_CLASSES = """
SELECT e.grade, e.class_label, count(*)::int AS pupils
  FROM pupil_enrolment e
 WHERE e.group_id = $1 AND e.school_id = $2 AND e.school_year = $3 AND e.until_on IS NULL
 GROUP BY e.grade, e.class_label
 ORDER BY e.grade, e.class_label
"""
LIST_NAMES = """
SELECT n.pupil_id, p.register_number, n.name
  FROM pupil_name n
  JOIN pupil p ON p.group_id = n.group_id AND p.id = n.pupil_id AND p.school_id = n.school_id
 WHERE n.group_id = $1 AND n.school_id = $2 AND ($3::uuid IS NULL OR n.pupil_id = $3)
   AND ($4::text IS NULL OR EXISTS (
        SELECT FROM pupil_enrolment e
         WHERE e.group_id = n.group_id AND e.pupil_id = n.pupil_id AND e.until_on IS NULL
           AND e.class_label = $4 AND e.grade = $5))
 ORDER BY p.register_number
 LIMIT 200
"""
DELETE_NAME = """
DELETE FROM pupil_name WHERE group_id = $1 AND pupil_id = $2 AND school_id = $3
"""
SET_STATUS = """
UPDATE pupil SET status = $3, version = version + 1, updated_at = $4
 WHERE group_id = $1 AND id = ANY ($2::uuid[])
"""
CLOSE_ENROLMENTS = """
UPDATE pupil_enrolment SET until_on = greatest($3, from_on)
 WHERE group_id = $1 AND pupil_id = ANY ($2::uuid[]) AND until_on IS NULL
"""
LIST_TO_PROMOTE = """
SELECT e.pupil_id, e.register_number, e.grade, e.class_label
  FROM pupil_enrolment e
  JOIN pupil p ON p.group_id = e.group_id AND p.id = e.pupil_id AND p.status = 'enrolled'
              AND p.school_id = e.school_id
 WHERE e.group_id = $1 AND e.school_id = $2 AND e.school_year = $3 AND e.until_on IS NULL
 ORDER BY e.pupil_id
"""
GET_PROMOTION = """
SELECT id, school_id, to_year, promoted, graduated, made_at, undone_at FROM pupil_promotion
 WHERE group_id = $1 AND school_id = $2 AND ((to_year = $3 AND undone_at IS NULL) OR id = $4)
"""
INSERT_PROMOTION = """
INSERT INTO pupil_promotion (group_id, id, school_id, to_year, promoted, graduated, made_at)
VALUES ($1, $2, $3, $4, $5, $6, $7)
"""
# What rests on the new year: candidates of its exams, later promotions, transfers since.
DEPENDS = """
SELECT EXISTS (SELECT FROM exam_candidate c
                 JOIN exam e ON e.group_id = c.group_id AND e.id = c.exam_id
                WHERE c.group_id = $1 AND c.school_id = $2 AND c.pupil_id IS NOT NULL
                  AND e.school_year >= $3)
    OR EXISTS (SELECT FROM pupil_promotion q WHERE q.group_id = $1 AND q.school_id = $2
                  AND q.to_year > $3 AND q.undone_at IS NULL)
    OR EXISTS (SELECT FROM pupil_transfer t WHERE t.group_id = $1
                  AND (t.from_school_id = $2 OR t.to_school_id = $2)
                  AND t.status = 'accepted' AND t.decided_at >= $4)
"""
# Only those the promotion itself had closed; who came newly in the new year stays.
UNDO_ENROLMENTS = """
DELETE FROM pupil_enrolment n
 WHERE n.group_id = $1 AND n.school_id = $2 AND n.school_year = $3
   AND EXISTS (SELECT FROM pupil_enrolment o
                WHERE o.group_id = n.group_id AND o.pupil_id = n.pupil_id
                  AND o.school_id = n.school_id AND o.school_year = $3 - 1 AND o.until_on = $4)
"""
UNDO_GRADUATION = """
UPDATE pupil p SET status = 'enrolled', version = p.version + 1, updated_at = $5
 WHERE p.group_id = $1 AND p.school_id = $2 AND p.status = 'graduated'
   AND EXISTS (SELECT FROM pupil_enrolment o
                WHERE o.group_id = p.group_id AND o.pupil_id = p.id AND o.school_id = p.school_id
                  AND o.school_year = $3 - 1 AND o.until_on = $4)
"""
REOPEN_ENROLMENTS = """
UPDATE pupil_enrolment SET until_on = NULL
 WHERE group_id = $1 AND school_id = $2 AND school_year = $3 - 1 AND until_on = $4
"""
UNDO_PROMOTION = "UPDATE pupil_promotion SET undone_at = $3 WHERE group_id = $1 AND id = $2"


async def lock_school(tx: Tx, school_id: UUID) -> None:
    """One change of a school's register at a time."""
    await execute(tx, LOCK, school_id)


async def stages_of(tx: Tx, school_id: UUID) -> list[str] | None:
    """The stages of a school that is open."""
    stages: list[str] | None = await fetch_value(tx, GET_STAGES, tx.group_id, school_id)
    return stages


async def list_known(
    tx: Tx, school_id: UUID, year: int, numbers: Sequence[str]
) -> dict[str, Known]:
    """What the register has of these numbers."""
    rows = await fetch_all(tx, Known, LIST_KNOWN, tx.group_id, school_id, year, list(numbers))
    return {row.register_number: row for row in rows}


async def insert_pupils(tx: Tx, school_id: UUID, new: Sequence[tuple[UUID, PupilLine]]) -> None:
    """Pupils who were not in the register."""
    await execute(
        tx,
        INSERT_PUPILS,
        tx.group_id,
        school_id,
        tx.now,
        [pupil_id for pupil_id, _ in new],
        [line.register_number for _, line in new],
        [line.sex for _, line in new],
    )


async def set_sexes(tx: Tx, lines: Sequence[tuple[UUID, PupilLine]]) -> None:
    """What the file says of those who were."""
    ids = [pupil_id for pupil_id, _ in lines]
    await execute(tx, SET_SEXES, tx.group_id, tx.now, ids, [line.sex for _, line in lines])


async def enrol(
    tx: Tx,
    school_id: UUID,
    year: int,
    from_on: date,
    rows: Sequence[tuple[UUID, str, int, str]],
) -> None:
    """Pupil, number, grade, class: in that year at that school."""
    await execute(
        tx,
        ENROL,
        tx.group_id,
        school_id,
        year,
        from_on,
        [pupil for pupil, _, _, _ in rows],
        [number for _, number, _, _ in rows],
        [grade for _, _, grade, _ in rows],
        [label for _, _, _, label in rows],
    )


async def set_names(tx: Tx, school_id: UUID, names: Sequence[tuple[UUID, str]]) -> int:
    """Keep names, as the acting school alone can; how many were new or other."""
    return await execute(
        tx,
        SET_NAMES,
        tx.group_id,
        school_id,
        tx.now,
        [pupil for pupil, _ in names],
        [name for _, name in names],
    )


async def get_pupil(tx: Tx, pupil_id: UUID) -> PupilRow | None:
    """One pupil with the caller's relations."""
    return await fetch_one(tx, PupilRow, with_rights(tx, GET_PUPIL), tx.group_id, pupil_id)


async def list_pupils(
    tx: Tx,
    page: PageRequest,
    grade: int | None,
    class_label: str | None,
    status: str | None,
) -> list[PupilRow]:
    """The pupils the caller may see, by register number."""
    return await fetch_all(
        tx,
        PupilRow,
        with_rights(tx, LIST_PUPILS),
        tx.group_id,
        page.after[0] if page.after else None,
        grade,
        class_label,
        status,
        page.limit,
    )


async def list_enrolments(tx: Tx, pupil_id: UUID) -> list[Enrolment]:
    """The years of a pupil, as far as the caller sees them."""
    return await fetch_all(tx, Enrolment, LIST_ENROLMENTS, tx.group_id, pupil_id)


async def list_classes(tx: Tx, school_id: UUID, year: int) -> list[ClassSize]:
    """The classes of a year."""
    return await fetch_all(tx, ClassSize, LIST_CLASSES, tx.group_id, school_id, year)


async def list_names(
    tx: Tx, school_id: UUID, pupil_id: UUID | None, grade: int | None, label: str | None
) -> list[NameView]:
    """Names of one pupil or one class of the acting school."""
    return await fetch_all(tx, NameView, LIST_NAMES, tx.group_id, school_id, pupil_id, label, grade)


async def delete_name(tx: Tx, pupil_id: UUID, school_id: UUID) -> int:
    """Forget a name; how many went."""
    return await execute(tx, DELETE_NAME, tx.group_id, pupil_id, school_id)


async def set_status(tx: Tx, pupil_ids: Sequence[UUID], status: str) -> None:
    """Whether pupils are at the school."""
    await execute(tx, SET_STATUS, tx.group_id, list(pupil_ids), status, tx.now)


async def close_enrolments(tx: Tx, pupil_ids: Sequence[UUID], on: date) -> None:
    """Their open years end on that day."""
    await execute(tx, CLOSE_ENROLMENTS, tx.group_id, list(pupil_ids), on)


async def list_to_promote(tx: Tx, school_id: UUID, year: int) -> list[ToPromote]:
    """Who is enrolled in a year."""
    return await fetch_all(tx, ToPromote, LIST_TO_PROMOTE, tx.group_id, school_id, year)


async def get_promotion(
    tx: Tx, school_id: UUID, to_year: int | None, promotion_id: UUID | None
) -> PromotionView | None:
    """The promotion into a year that stands, or the one of that id."""
    return await fetch_one(
        tx, PromotionView, GET_PROMOTION, tx.group_id, school_id, to_year, promotion_id
    )


async def insert_promotion(tx: Tx, made: PromotionView) -> None:
    """That a school promoted."""
    await execute(
        tx,
        INSERT_PROMOTION,
        tx.group_id,
        made.id,
        made.school_id,
        made.to_year,
        made.promoted,
        made.graduated,
        made.made_at,
    )


async def depends_on(tx: Tx, made: PromotionView) -> bool:
    """Whether something already rests on a promotion."""
    found = await fetch_value(tx, DEPENDS, tx.group_id, made.school_id, made.to_year, made.made_at)
    return bool(found)


async def undo_promotion(tx: Tx, made: PromotionView, on: date) -> None:
    """Everything as it was the day before."""
    where = (tx.group_id, made.school_id, made.to_year, on)
    await execute(tx, UNDO_ENROLMENTS, *where)
    await execute(tx, UNDO_GRADUATION, *where, tx.now)
    await execute(tx, REOPEN_ENROLMENTS, *where)
    await execute(tx, UNDO_PROMOTION, tx.group_id, made.id, tx.now)
