"""SQL of the catalogue."""

from collections.abc import Sequence
from uuid import UUID

from schoolgroup.access.decisions import with_rights
from schoolgroup.kernel.db import Tx, execute, execute_many, fetch_all, fetch_one, fetch_value
from schoolgroup.kernel.paging import PageRequest
from schoolgroup.kernel.storage import StoredFile
from schoolgroup.resources.catalogue.models import (
    Description,
    File,
    FileRow,
    ResourceRow,
    Revision,
)

# `was` is the row as it was before it was withdrawn: whoever could see it then is told it is gone.
SELECT_RESOURCE = """
SELECT r.id, r.school_id, s.name AS school_name, r.author_person_id, r.kind, r.status, r.title,
       r.summary, r.stage, r.subject, r.edition, r.grade, r.volume, r.chapter, r.licence,
       r.language, r.keywords, r.curriculum_node_id, r.duration_minutes, r.published_revision_no,
       r.created_at, r.updated_at, r.published_at, r.withdrawn_at, r.withdrawn_because, r.version,
       r.derived_from_resource_id, r.derived_from_revision_no, r.derived_by_offer_id,
       (SELECT v.no FROM revision v WHERE v.group_id = r.group_id AND v.resource_id = r.id
           AND v.published_at IS NULL) AS draft_no,
       /*relations:resource:r*/ AS relations, /*relations:resource:was*/ AS relations_before
  FROM resource r
  JOIN school s ON s.group_id = r.group_id AND s.id = r.school_id
 CROSS JOIN LATERAL (SELECT r.group_id, r.id, r.school_id, r.author_person_id, r.kind,
                            r.sealed_until_at,
                            CASE r.status WHEN 'withdrawn' THEN 'published' ELSE r.status END
                                AS status) was
 WHERE r.group_id = $1
"""
GET_RESOURCE = SELECT_RESOURCE + " AND r.id = $2"
# Only the lock; the row is read by the next statement, in a snapshot that has what was waited for.
LOCK_RESOURCE = "SELECT r.id FROM resource r WHERE r.group_id = $1 AND r.id = $2 FOR UPDATE"
INSERT_RESOURCE = """
INSERT INTO resource (group_id, id, school_id, author_person_id, status, title, kind, summary,
                      stage, subject, edition, grade, volume, chapter, licence, language, keywords,
                      curriculum_node_id, duration_minutes, search, created_at, updated_at)
VALUES ($1, $2, $3, $4, 'draft', $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17,
        $18, $19::text::tsvector, $20, $20)
"""
# The resource shows what a revision says: the draft while nothing is published, then the newest
# published one.
SHOW_DESCRIPTION = """
UPDATE resource r
   SET title = $3, kind = $4, summary = $5, stage = $6, subject = $7, edition = $8, grade = $9,
       volume = $10, chapter = $11, licence = $12, language = $13, keywords = $14,
       curriculum_node_id = $15, duration_minutes = $16, search = $17::text::tsvector,
       updated_at = $18
 WHERE r.group_id = $1 AND r.id = $2
"""
MOVE_VERSION = "UPDATE resource SET version = version + 1 WHERE group_id = $1 AND id = $2"
SET_PUBLISHED = """
UPDATE resource SET status = 'published', published_revision_no = $3,
                    published_at = coalesce(published_at, $4)
 WHERE group_id = $1 AND id = $2
"""
SET_WITHDRAWN = """
UPDATE resource SET status = 'withdrawn', withdrawn_at = $3, withdrawn_because = $4,
                    updated_at = $3
 WHERE group_id = $1 AND id = $2
"""
INSERT_REVISION = """
INSERT INTO revision (group_id, resource_id, no, title, kind, summary, stage, subject, edition,
                      grade, volume, chapter, licence, language, keywords, curriculum_node_id,
                      duration_minutes, created_by_person_id, created_at, updated_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $19)
"""
DESCRIBE_REVISION = """
UPDATE revision
   SET title = $4, kind = $5, summary = $6, stage = $7, subject = $8, edition = $9, grade = $10,
       volume = $11, chapter = $12, licence = $13, language = $14, keywords = $15,
       curriculum_node_id = $16, duration_minutes = $17, updated_at = $18
 WHERE group_id = $1 AND resource_id = $2 AND no = $3
"""
PUBLISH_REVISION = """
UPDATE revision SET published_at = $4, updated_at = $4
 WHERE group_id = $1 AND resource_id = $2 AND no = $3
"""
NEXT_REVISION_NO = """
SELECT coalesce(max(no), 0) + 1 FROM revision WHERE group_id = $1 AND resource_id = $2
"""
GET_REVISION = """
SELECT v.no, v.title, v.kind, v.summary, v.stage, v.subject, v.edition, v.grade, v.volume,
       v.chapter, v.licence, v.language, v.keywords, v.curriculum_node_id,
       v.duration_minutes, v.created_at, v.updated_at, v.published_at, ARRAY[]::text[] AS files
  FROM revision v WHERE v.group_id = $1 AND v.resource_id = $2 AND v.no = $3
"""
LIST_REVISIONS = """
SELECT v.no, v.title, v.kind, v.summary, v.stage, v.subject, v.edition, v.grade, v.volume,
       v.chapter, v.licence, v.language, v.keywords, v.curriculum_node_id,
       v.duration_minutes, v.created_at, v.updated_at, v.published_at,
       (SELECT coalesce(jsonb_agg(jsonb_build_object('no', f.no, 'file_name', f.file_name,
                   'size_bytes', b.size_bytes, 'media_type', b.media_type) ORDER BY f.no), '[]')
          FROM revision_file f JOIN blob b ON b.group_id = f.group_id AND b.id = f.blob_id
         WHERE f.group_id = v.group_id AND f.resource_id = v.resource_id
           AND f.revision_no = v.no) AS files
  FROM revision v
 WHERE v.group_id = $1 AND v.resource_id = $2 AND ($3 OR v.published_at IS NOT NULL)
   AND ($4::int IS NULL OR v.no < $4)
 ORDER BY v.no DESC LIMIT $5
"""
FILES_OF = """
SELECT f.no, f.file_name, b.size_bytes, b.media_type
  FROM revision_file f JOIN blob b ON b.group_id = f.group_id AND b.id = f.blob_id
 WHERE f.group_id = $1 AND f.resource_id = $2 AND f.revision_no = $3
 ORDER BY f.no
"""
FILE_ROWS = """
SELECT f.file_name, f.blob_id FROM revision_file f
 WHERE f.group_id = $1 AND f.resource_id = $2 AND f.revision_no = $3
 ORDER BY f.no
"""
GET_FILE = """
SELECT f.file_name, b.media_type, b.object_key
  FROM revision_file f JOIN blob b ON b.group_id = f.group_id AND b.id = f.blob_id
 WHERE f.group_id = $1 AND f.resource_id = $2 AND f.revision_no = $3 AND f.no = $4
"""
DELETE_FILES = """
DELETE FROM revision_file WHERE group_id = $1 AND resource_id = $2 AND revision_no = $3
"""
INSERT_FILE = """
INSERT INTO revision_file (group_id, resource_id, revision_no, no, file_name, blob_id)
VALUES ($1, $2, $3, $4, $5, $6)
"""


def said(description: Description) -> tuple[object, ...]:
    """The values of a description in the order all statements here name them."""
    d = description
    return (
        d.title, d.kind, d.summary, d.stage, d.subject, d.edition, d.grade, d.volume, d.chapter,
        d.licence, d.language, d.keywords, d.curriculum_node_id, d.duration_minutes,
    )  # fmt: skip


async def get_resource(tx: Tx, resource_id: UUID) -> ResourceRow | None:
    """A resource with its relations to the actor."""
    return await fetch_one(tx, ResourceRow, with_rights(tx, GET_RESOURCE), tx.group_id, resource_id)


async def lock_resource(tx: Tx, resource_id: UUID) -> ResourceRow | None:
    """The same, kept from changing until the transaction ends."""
    await execute(tx, LOCK_RESOURCE, tx.group_id, resource_id)
    return await get_resource(tx, resource_id)


async def insert_resource(tx: Tx, resource_id: UUID, description: Description, search: str) -> None:
    """A new draft of the actor and the actor's school."""
    await execute(
        tx, INSERT_RESOURCE, tx.group_id, resource_id, tx.actor.school_id, tx.actor.person_id,
        *said(description), search, tx.now,
    )  # fmt: skip


async def show_description(
    tx: Tx, resource_id: UUID, description: Description, search: str
) -> None:
    """Let the resource show this."""
    await execute(
        tx, SHOW_DESCRIPTION, tx.group_id, resource_id, *said(description), search, tx.now
    )


async def move_version(tx: Tx, resource_id: UUID) -> None:
    """Something about the resource changed."""
    await execute(tx, MOVE_VERSION, tx.group_id, resource_id)


async def set_published(tx: Tx, resource_id: UUID, revision_no: int) -> None:
    """The revision is now what the resource is; the first publication keeps its instant."""
    await execute(tx, SET_PUBLISHED, tx.group_id, resource_id, revision_no, tx.now)


async def set_withdrawn(tx: Tx, resource_id: UUID, because: str) -> None:
    """The resource is taken back."""
    await execute(tx, SET_WITHDRAWN, tx.group_id, resource_id, tx.now, because)


async def insert_revision(
    tx: Tx, resource_id: UUID, revision_no: int, description: Description
) -> None:
    """A new draft revision."""
    await execute(
        tx, INSERT_REVISION, tx.group_id, resource_id, revision_no, *said(description),
        tx.actor.person_id, tx.now,
    )  # fmt: skip


async def describe_revision(
    tx: Tx, resource_id: UUID, revision_no: int, description: Description
) -> None:
    """Let a draft revision say this."""
    await execute(
        tx, DESCRIBE_REVISION, tx.group_id, resource_id, revision_no, *said(description), tx.now
    )


async def publish_revision(tx: Tx, resource_id: UUID, revision_no: int) -> None:
    """From now on the revision never changes."""
    await execute(tx, PUBLISH_REVISION, tx.group_id, resource_id, revision_no, tx.now)


async def next_revision_no(tx: Tx, resource_id: UUID) -> int:
    """The number of the revision that comes next; ask under the resource's lock."""
    number: int = await fetch_value(tx, NEXT_REVISION_NO, tx.group_id, resource_id)
    return number


async def get_revision(tx: Tx, resource_id: UUID, revision_no: int) -> Revision | None:
    """What a revision says, without its files."""
    return await fetch_one(tx, Revision, GET_REVISION, tx.group_id, resource_id, revision_no)


async def list_revisions(
    tx: Tx, resource_id: UUID, drafts: bool, page: PageRequest
) -> list[Revision]:
    """Revisions with their files, newest first; the draft only where `drafts`."""
    after = page.after[0] if page.after else None
    return await fetch_all(
        tx, Revision, LIST_REVISIONS, tx.group_id, resource_id, drafts, after, page.limit
    )


async def files_of(tx: Tx, resource_id: UUID, revision_no: int) -> list[File]:
    """The files of a revision in order."""
    return await fetch_all(tx, File, FILES_OF, tx.group_id, resource_id, revision_no)


async def file_rows(tx: Tx, resource_id: UUID, revision_no: int) -> list[FileRow]:
    """The same as they are written."""
    return await fetch_all(tx, FileRow, FILE_ROWS, tx.group_id, resource_id, revision_no)


async def get_file(tx: Tx, resource_id: UUID, revision_no: int, number: int) -> StoredFile | None:
    """Where one file's bytes are."""
    return await fetch_one(tx, StoredFile, GET_FILE, tx.group_id, resource_id, revision_no, number)


async def put_files(tx: Tx, resource_id: UUID, revision_no: int, files: Sequence[FileRow]) -> None:
    """Let a draft revision have exactly these files, numbered from 1 in this order."""
    await execute(tx, DELETE_FILES, tx.group_id, resource_id, revision_no)
    await execute_many(
        tx,
        INSERT_FILE,
        [
            (tx.group_id, resource_id, revision_no, number, file.file_name, file.blob_id)
            for number, file in enumerate(files, 1)
        ],
    )
