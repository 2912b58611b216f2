"""SQL of the files returns name."""

from collections.abc import Collection, Sequence
from uuid import UUID

from schoolgroup.kernel.db import Tx, execute, fetch_all, fetch_one
from schoolgroup.kernel.storage import StoredFile
from schoolgroup.management.returns.answers.models import FileRow, OwnFile

# A completed upload of the school; or one that lets go of its content, because no resource took
# it, but that another return of the school, or an earlier hour of this one, has named since.
FIND_OWN_FILES = """
SELECT DISTINCT ON (o.upload_id) o.upload_id, o.file_name, o.blob_id, b.media_type
  FROM (SELECT d.id AS upload_id, d.file_name, d.blob_id FROM deposit d
         WHERE d.group_id = $1 AND d.school_id = $2 AND d.id = ANY ($3::uuid[])
           AND d.status = 'verified' AND d.blob_id IS NOT NULL
        UNION ALL
        SELECT f.upload_id, f.file_name, f.blob_id FROM return_file f
         WHERE f.group_id = $1 AND f.school_id = $2 AND f.upload_id = ANY ($3::uuid[])) o
  JOIN blob b ON b.group_id = $1 AND b.id = o.blob_id
 ORDER BY o.upload_id
"""
DROP_FILES = """
DELETE FROM return_file
 WHERE group_id = $1 AND return_id = $2 AND no = 0 AND upload_id <> ALL ($3::uuid[])
"""
KEEP_FILES = """
INSERT INTO return_file (group_id, return_id, school_id, no, upload_id, file_name, blob_id)
SELECT $1, $2, $3, 0, n.upload_id, n.file_name, n.blob_id
  FROM jsonb_to_recordset($4::jsonb) AS n (upload_id uuid, file_name text, blob_id uuid)
ON CONFLICT DO NOTHING
"""
FREEZE_FILES = """
INSERT INTO return_file (group_id, return_id, school_id, no, upload_id, file_name, blob_id)
SELECT f.group_id, f.return_id, f.school_id, $3, f.upload_id, f.file_name, f.blob_id
  FROM return_file f
 WHERE f.group_id = $1 AND f.return_id = $2 AND f.no = 0
"""
LIST_FILES = """
SELECT f.no, f.upload_id, f.file_name, b.media_type, b.size_bytes, b.sha256
  FROM return_file f
  JOIN blob b ON b.group_id = f.group_id AND b.id = f.blob_id
 WHERE f.group_id = $1 AND f.return_id = $2 AND f.no = ANY ($3::int[])
 ORDER BY f.no, f.file_name COLLATE "C", f.upload_id
"""
GET_FILE = """
SELECT f.file_name, b.object_key, b.media_type
  FROM return_file f
  JOIN blob b ON b.group_id = f.group_id AND b.id = f.blob_id
 WHERE f.group_id = $1 AND f.return_id = $2 AND f.no = $3 AND f.upload_id = $4
"""


async def find_own_files(
    tx: Tx, school_id: UUID, upload_ids: Collection[UUID]
) -> dict[UUID, OwnFile]:
    """Those of these uploads that are complete and the school's own."""
    if not upload_ids:
        return {}
    rows = await fetch_all(tx, OwnFile, FIND_OWN_FILES, tx.group_id, school_id, sorted(upload_ids))
    return {row.upload_id: row for row in rows}


async def keep_files(tx: Tx, return_id: UUID, school_id: UUID, files: Sequence[OwnFile]) -> None:
    """The work in hand names these files and no others."""
    ids = [one.upload_id for one in files]
    await execute(tx, DROP_FILES, tx.group_id, return_id, ids)
    if files:
        await execute(tx, KEEP_FILES, tx.group_id, return_id, school_id, list(files))


async def freeze_files(tx: Tx, return_id: UUID, no: int) -> None:
    """Submission `no` names the files of the work in hand, for ever."""
    await execute(tx, FREEZE_FILES, tx.group_id, return_id, no)


async def list_files(tx: Tx, return_id: UUID, numbers: Sequence[int]) -> list[FileRow]:
    """The files of these submissions; 0 is the work in hand."""
    return await fetch_all(tx, FileRow, LIST_FILES, tx.group_id, return_id, list(numbers))


async def get_file(tx: Tx, return_id: UUID, no: int, upload_id: UUID) -> StoredFile | None:
    """One file of a submission, or of the work in hand (0)."""
    return await fetch_one(tx, StoredFile, GET_FILE, tx.group_id, return_id, no, upload_id)
