"""SQL of previews. Renderings are the owner's: others' services read them as the system."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from schoolgroup.kernel.db import Tx, execute, execute_many, fetch_all, fetch_one
from schoolgroup.resources.previews.making.made import Made
from schoolgroup.resources.previews.models import (
    FileRow,
    PageRow,
    PreviewRule,
    Reading,
    Source,
    SourceFile,
    TextState,
    Unread,
)

WISH_FOR_FILES = """
INSERT INTO rendering (group_id, school_id, blob_id, status)
SELECT DISTINCT r.group_id, r.school_id, f.blob_id, 'making'
  FROM resource r
  JOIN revision_file f ON f.group_id = r.group_id AND f.resource_id = r.id
 WHERE r.group_id = $1 AND r.id = $2 AND f.revision_no = $3
ON CONFLICT DO NOTHING
"""
GET_SOURCE = """
SELECT r.school_id, g.files_key
  FROM resource r
  JOIN revision v ON v.group_id = r.group_id AND v.resource_id = r.id
  LEFT JOIN revision_reading g ON g.group_id = v.group_id AND g.resource_id = v.resource_id
       AND g.revision_no = v.no
 WHERE r.group_id = $1 AND r.id = $2 AND v.no = $3
"""
LIST_SOURCE_FILES = """
SELECT f.no, f.file_name, f.blob_id, b.media_type, b.object_key, b.size_bytes, d.status
  FROM resource r
  JOIN revision_file f ON f.group_id = r.group_id AND f.resource_id = r.id
  JOIN blob b ON b.group_id = f.group_id AND b.id = f.blob_id
  LEFT JOIN rendering d ON d.group_id = f.group_id AND d.school_id = r.school_id
       AND d.blob_id = f.blob_id
 WHERE r.group_id = $1 AND r.id = $2 AND f.revision_no = $3
 ORDER BY f.no
"""
# The collector holds the same lock alone: what it is about to delete is not named meanwhile.
LOCK_OBJECTS_SHARED = "SELECT pg_advisory_xact_lock_shared(hashtextextended('previews/' || $1, 0))"
LOCK_OBJECTS = "SELECT pg_advisory_xact_lock(hashtextextended('previews/' || $1, 0))"
KEEP_RENDERING = """
INSERT INTO rendering AS d (group_id, school_id, blob_id, status, form, because, page_count,
                            outline, made_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
ON CONFLICT (group_id, school_id, blob_id) DO UPDATE
   SET status = excluded.status, form = excluded.form, because = excluded.because,
       page_count = excluded.page_count, outline = excluded.outline, made_at = excluded.made_at
"""
DELETE_PAGES = "DELETE FROM preview_page WHERE group_id = $1 AND school_id = $2 AND blob_id = $3"
INSERT_PAGE = """
INSERT INTO preview_page (group_id, school_id, blob_id, no, object_key, media_type, width_px,
                          height_px, size_bytes)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
"""
GIVE_UP = """
UPDATE rendering d SET status = 'failed', because = 'not_made', made_at = $4
  FROM resource r
  JOIN revision_file f ON f.group_id = r.group_id AND f.resource_id = r.id
 WHERE r.group_id = $1 AND r.id = $2 AND f.revision_no = $3
   AND d.group_id = r.group_id AND d.school_id = r.school_id AND d.blob_id = f.blob_id
   AND d.status = 'making'
"""
KEEP_READING = """
INSERT INTO revision_reading AS g (group_id, resource_id, revision_no, school_id, files_key,
                                   text_status, because, read_at)
SELECT v.group_id, v.resource_id, v.no, r.school_id, $4, $5, $6, $7
  FROM revision v JOIN resource r ON r.group_id = v.group_id AND r.id = v.resource_id
 WHERE v.group_id = $1 AND v.resource_id = $2 AND v.no = $3
ON CONFLICT (group_id, resource_id, revision_no) DO UPDATE
   SET files_key = excluded.files_key, text_status = excluded.text_status,
       because = excluded.because, read_at = excluded.read_at
"""
LIST_UNREAD = """
SELECT r.id AS resource_id, r.published_revision_no AS revision_no
  FROM resource r
 WHERE r.group_id = $1 AND r.status = 'published'
   AND NOT EXISTS (SELECT FROM revision_reading g
                    WHERE g.group_id = r.group_id AND g.resource_id = r.id
                      AND g.revision_no = r.published_revision_no)
   AND EXISTS (SELECT FROM revision_file f
                WHERE f.group_id = r.group_id AND f.resource_id = r.id
                  AND f.revision_no = r.published_revision_no)
 ORDER BY r.id LIMIT $2
"""
LIST_FILES = """
SELECT f.no, f.file_name, b.media_type, d.status, d.form, d.because, d.page_count,
       coalesce(d.outline, '[]') AS outline
  FROM resource r
  JOIN revision_file f ON f.group_id = r.group_id AND f.resource_id = r.id
  JOIN blob b ON b.group_id = f.group_id AND b.id = f.blob_id
  LEFT JOIN rendering d ON d.group_id = f.group_id AND d.school_id = r.school_id
       AND d.blob_id = f.blob_id
 WHERE r.group_id = $1 AND r.id = $2 AND f.revision_no = $3
 ORDER BY f.no
"""
LIST_PAGES = """
SELECT f.no AS file_no, p.no, p.width_px, p.height_px, p.object_key, p.media_type
  FROM resource r
  JOIN revision_file f ON f.group_id = r.group_id AND f.resource_id = r.id
  JOIN preview_page p ON p.group_id = f.group_id AND p.school_id = r.school_id
       AND p.blob_id = f.blob_id
 WHERE r.group_id = $1 AND r.id = $2 AND f.revision_no = $3
 ORDER BY f.no, p.no
"""
GET_READING = """
SELECT text_status, because, read_at FROM revision_reading
 WHERE group_id = $1 AND resource_id = $2 AND revision_no = $3
"""
GET_RULE = """
SELECT id AS resource_id, preview_pages_max AS pages_max, version FROM resource
 WHERE group_id = $1 AND id = $2
"""
SET_RULE = """
UPDATE resource SET preview_pages_max = $3, version = version + 1 WHERE group_id = $1 AND id = $2
"""
# What no revision of its school has any more; its pages go with it.
DROP_UNUSED = """
DELETE FROM rendering d
 WHERE d.group_id = $1 AND d.made_at <= $2
   AND NOT EXISTS (SELECT FROM revision_file f
                     JOIN resource r ON r.group_id = f.group_id AND r.id = f.resource_id
                    WHERE f.group_id = d.group_id AND f.blob_id = d.blob_id
                      AND r.school_id = d.school_id)
"""
UNNAMED_KEYS = """
SELECT k.key FROM unnest($2::text[]) AS k (key)
 WHERE NOT EXISTS (SELECT FROM preview_page p WHERE p.group_id = $1 AND p.object_key = k.key)
"""


async def wish_for_files(tx: Tx, resource_id: UUID, revision_no: int) -> None:
    """Say that previews of a revision's files are being made, where none were wished for."""
    await execute(tx, WISH_FOR_FILES, tx.group_id, resource_id, revision_no)


async def get_source(tx: Tx, resource_id: UUID, revision_no: int) -> Source | None:
    """Whose a revision is and for which files it was read; None where it is gone."""
    return await fetch_one(tx, Source, GET_SOURCE, tx.group_id, resource_id, revision_no)


async def list_source_files(tx: Tx, resource_id: UUID, revision_no: int) -> list[SourceFile]:
    """Its files in order, with where their bytes are."""
    return await fetch_all(tx, SourceFile, LIST_SOURCE_FILES, tx.group_id, resource_id, revision_no)


async def lock_objects_shared(tx: Tx) -> None:
    """Until the end, no object of a preview is deleted in this group."""
    await execute(tx, LOCK_OBJECTS_SHARED, str(tx.group_id))


async def lock_objects(tx: Tx) -> None:
    """Until the end, no object of a preview is written or named in this group."""
    await execute(tx, LOCK_OBJECTS, str(tx.group_id))


async def keep_rendering(
    tx: Tx, school_id: UUID, blob_id: UUID, made: Made, pages: Sequence[tuple[object, ...]]
) -> None:
    """What was made of a content, instead of what there was before."""
    status = "failed" if made.because else "ready" if made.form else "none"
    whose = (tx.group_id, school_id, blob_id)
    await execute(
        tx,
        KEEP_RENDERING,
        *whose,
        status,
        made.form,
        made.because,
        made.page_count,
        made.outline,
        tx.now,
    )
    await execute(tx, DELETE_PAGES, *whose)
    await execute_many(tx, INSERT_PAGE, [(*whose, *page) for page in pages])


async def give_up(tx: Tx, resource_id: UUID, revision_no: int) -> None:
    """What is still being made of a revision's files will not be."""
    await execute(tx, GIVE_UP, tx.group_id, resource_id, revision_no, tx.now)


async def keep_reading(
    tx: Tx, resource_id: UUID, revision_no: int, files_key: str, reading: Reading
) -> None:
    """What came of reading a revision's files."""
    await execute(
        tx,
        KEEP_READING,
        tx.group_id,
        resource_id,
        revision_no,
        files_key,
        reading.text_status,
        reading.because,
        tx.now,
    )


async def list_unread(tx: Tx, limit: int) -> list[Unread]:
    """Published revisions with files that nobody has read."""
    return await fetch_all(tx, Unread, LIST_UNREAD, tx.group_id, limit)


async def list_files(tx: Tx, resource_id: UUID, revision_no: int) -> list[FileRow]:
    """The files of a revision with what was made of each."""
    return await fetch_all(tx, FileRow, LIST_FILES, tx.group_id, resource_id, revision_no)


async def list_pages(tx: Tx, resource_id: UUID, revision_no: int) -> list[PageRow]:
    """Every picture of a revision's files, in order."""
    return await fetch_all(tx, PageRow, LIST_PAGES, tx.group_id, resource_id, revision_no)


async def get_text_state(tx: Tx, resource_id: UUID, revision_no: int) -> TextState:
    """Whether a revision's words were read."""
    found = await fetch_one(tx, Reading, GET_READING, tx.group_id, resource_id, revision_no)
    return found.text_status if found else TextState.MAKING


async def get_rule(tx: Tx, resource_id: UUID) -> PreviewRule | None:
    """How much of a resource is shown."""
    return await fetch_one(tx, PreviewRule, GET_RULE, tx.group_id, resource_id)


async def set_rule(tx: Tx, resource_id: UUID, pages_max: int) -> None:
    """Show so many pages of each file."""
    await execute(tx, SET_RULE, tx.group_id, resource_id, pages_max)


async def drop_unused(tx: Tx, made_until_at: datetime) -> int:
    """Forget renderings of contents their school uses no longer; how many."""
    return await execute(tx, DROP_UNUSED, tx.group_id, made_until_at)


async def unnamed_keys(tx: Tx, keys: Sequence[str]) -> set[str]:
    """Those of the keys that no page names."""
    rows = await tx.connection.fetch(UNNAMED_KEYS, tx.group_id, list(keys))
    return {row["key"] for row in rows}
