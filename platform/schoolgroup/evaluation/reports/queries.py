"""What a report reads besides the release: the own school's name and its pupils' names."""

from uuid import UUID

from schoolgroup.evaluation.reports.models import Named, SchoolName, SealedRelease
from schoolgroup.kernel.db import Tx, fetch_all, fetch_one

# As the asking school itself: what the wall lets through is its own.
LIST_NAMES = """
SELECT c.exam_number, coalesce(n.name, p.name) AS name
  FROM exam_candidate c
  LEFT JOIN exam_candidate_name n ON n.group_id = c.group_id AND n.candidate_id = c.id
  LEFT JOIN pupil_name p ON p.group_id = c.group_id AND p.pupil_id = c.pupil_id
                        AND p.school_id = c.school_id
 WHERE c.group_id = $1 AND c.exam_id = $2 AND c.school_id = $3
   AND coalesce(n.name, p.name) IS NOT NULL
"""
GET_SCHOOL_NAME = "SELECT code, name FROM school WHERE group_id = $1 AND id = $2"
GET_SEALED = """
SELECT r.id, r.exam_id, e.title, r.snapshot_id, s.sha256 AS snapshot_sha256, r.contents,
       r.cell_pupils_min, r.code_version
  FROM exam_release r
  JOIN exam e ON e.group_id = r.group_id AND e.id = r.exam_id
  JOIN exam_snapshot s ON s.group_id = r.group_id AND s.id = r.snapshot_id
 WHERE r.group_id = $1 AND r.id = $2
"""


async def list_names(tx: Tx, exam_id: UUID, school_id: UUID) -> list[Named]:
    """The names a school has of its candidates in an exam."""
    return await fetch_all(tx, Named, LIST_NAMES, tx.group_id, exam_id, school_id)


async def get_school_name(tx: Tx, school_id: UUID) -> SchoolName:
    """What a school is called."""
    found = await fetch_one(tx, SchoolName, GET_SCHOOL_NAME, tx.group_id, school_id)
    assert found is not None  # the acting school is there
    return found


async def get_sealed(tx: Tx, release_id: UUID) -> SealedRelease | None:
    """A release as it was sealed, for who operates the server."""
    return await fetch_one(tx, SealedRelease, GET_SEALED, tx.group_id, release_id)
