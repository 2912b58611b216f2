"""SQL of what the checks look at."""

from uuid import UUID

from schoolgroup.access.decisions import with_rights
from schoolgroup.kernel.db import Tx, fetch_all
from schoolgroup.resources.catalogue.checks.models import CheckedFile

LIST_FILES = """
SELECT f.file_name, b.media_type, b.state = 'verified' AS verified,
       EXISTS (SELECT FROM deposit d
                WHERE d.group_id = b.group_id AND d.blob_id = b.id AND d.scan = 'clean') AS clean
  FROM revision_file f JOIN blob b ON b.group_id = f.group_id AND b.id = f.blob_id
 WHERE f.group_id = $1 AND f.resource_id = $2 AND f.revision_no = $3
 ORDER BY f.no
"""
# Other resources of the same school that show exactly the same contents, as far as the actor knows
# of them. The first file narrows; the whole sets decide.
LIST_TWINS = """
WITH mine AS (
    SELECT array_agg(DISTINCT f.blob_id ORDER BY f.blob_id) AS blobs
      FROM revision_file f
     WHERE f.group_id = $1 AND f.resource_id = $2 AND f.revision_no = $3)
SELECT DISTINCT r.id
  FROM mine
  JOIN revision_file f ON f.group_id = $1 AND f.blob_id = mine.blobs[1] AND f.resource_id <> $2
  JOIN resource r ON r.group_id = f.group_id AND r.id = f.resource_id AND r.status <> 'withdrawn'
                 AND r.school_id = $4 AND f.revision_no = coalesce(r.published_revision_no, 1)
 WHERE (SELECT array_agg(DISTINCT o.blob_id ORDER BY o.blob_id) FROM revision_file o
         WHERE o.group_id = f.group_id AND o.resource_id = f.resource_id
           AND o.revision_no = f.revision_no) = mine.blobs
   AND /*visible:resource:discover@resource:r*/
 ORDER BY r.id LIMIT 10
"""


async def list_files(tx: Tx, resource_id: UUID, revision_no: int) -> list[CheckedFile]:
    """The files of a revision as the checks see them."""
    return await fetch_all(tx, CheckedFile, LIST_FILES, tx.group_id, resource_id, revision_no)


async def list_twins(tx: Tx, resource_id: UUID, revision_no: int, school_id: UUID) -> list[str]:
    """Ids of the school's other resources with exactly the same files."""
    sql = with_rights(tx, LIST_TWINS)
    rows = await tx.connection.fetch(sql, tx.group_id, resource_id, revision_no, school_id)
    return [str(row["id"]) for row in rows]
