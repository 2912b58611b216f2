"""SQL of the term of names. What is erased is reckoned behind the wall of the own school."""

from uuid import UUID

from schoolgroup.directory.pupils.retention.models import Erased, Term
from schoolgroup.kernel.db import Tx, execute, fetch_all, fetch_value

LIST_TERMS = """
SELECT s.id AS school_id, r.months, coalesce(r.because, '') AS because, r.updated_at,
       coalesce(r.version, 0) AS version
  FROM school s
  LEFT JOIN pupil_retention r ON r.group_id = s.group_id AND r.school_id = s.id
 WHERE s.group_id = $1 AND ($2::uuid IS NULL OR s.id = $2)
 ORDER BY s.id
"""
SET_TERM = """
INSERT INTO pupil_retention AS r (group_id, school_id, months, because, updated_at)
VALUES ($1, $2, $3, $4, $5)
    ON CONFLICT (group_id, school_id)
    DO UPDATE SET months = excluded.months, because = excluded.because,
                  updated_at = excluded.updated_at, version = r.version + 1
"""
# A pupil is gone from a school when the last year there has ended; a year that is open, or ended
# less than the term ago, keeps the name.
COUNT_DUE = """
SELECT (SELECT count(*) FROM pupil_name n
         WHERE n.group_id = $1 AND n.school_id = $2
           AND NOT EXISTS (SELECT FROM pupil_enrolment e
                            WHERE e.group_id = n.group_id AND e.pupil_id = n.pupil_id
                              AND e.school_id = n.school_id
                              AND (e.until_on IS NULL
                                   OR e.until_on + make_interval(months => $3) > app.today())))
     + (SELECT count(*) FROM exam_candidate_name n
          JOIN exam_candidate c ON c.group_id = n.group_id AND c.id = n.candidate_id
          JOIN exam e ON e.group_id = c.group_id AND e.id = c.exam_id
         WHERE n.group_id = $1 AND n.school_id = $2
           AND e.updated_at + make_interval(months => $3) <= app.now())
"""
ERASE_PUPILS = """
DELETE FROM pupil_name n
 WHERE n.group_id = $1 AND n.school_id = $2
   AND NOT EXISTS (SELECT FROM pupil_enrolment e
                    WHERE e.group_id = n.group_id AND e.pupil_id = n.pupil_id
                      AND e.school_id = n.school_id
                      AND (e.until_on IS NULL
                           OR e.until_on + make_interval(months => $3) > app.today()))
"""
# Names sent in for one exam alone go when nothing has happened to it for the term.
ERASE_CANDIDATES = """
DELETE FROM exam_candidate_name n
 USING exam_candidate c, exam e
 WHERE n.group_id = $1 AND n.school_id = $2
   AND c.group_id = n.group_id AND c.id = n.candidate_id
   AND e.group_id = c.group_id AND e.id = c.exam_id
   AND e.updated_at + make_interval(months => $3) <= app.now()
"""


async def list_terms(tx: Tx, school_id: UUID | None) -> list[Term]:
    """The terms of all schools the caller may see, or of one."""
    return await fetch_all(tx, Term, LIST_TERMS, tx.group_id, school_id)


async def set_term(tx: Tx, school_id: UUID, months: int, because: str) -> None:
    """Keep a school's own term."""
    await execute(tx, SET_TERM, tx.group_id, school_id, months, because, tx.now)


async def count_due(tx: Tx, school_id: UUID, months: int) -> int:
    """How many names of the acting school are over their term."""
    return int(await fetch_value(tx, COUNT_DUE, tx.group_id, school_id, months))


async def erase(tx: Tx, school_id: UUID, months: int) -> Erased:
    """Forget the names of the acting school that are over their term."""
    pupils = await execute(tx, ERASE_PUPILS, tx.group_id, school_id, months)
    candidates = await execute(tx, ERASE_CANDIDATES, tx.group_id, school_id, months)
    return Erased(pupils, candidates)
