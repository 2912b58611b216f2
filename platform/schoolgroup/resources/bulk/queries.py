"""SQL of bulk: what a school has already, and thousands of drafts written in a few statements."""

from collections.abc import Sequence
from uuid import UUID

import msgspec

from schoolgroup.access.decisions import with_rights
from schoolgroup.kernel.db import Tx, execute, fetch_all
from schoolgroup.resources.bulk.models import Entry, Known, Upload
from schoolgroup.resources.catalogue import rules as catalogue_rules

# One import of a school at a time: the same sheet twice at once is once.
LOCK_IMPORTS = "SELECT pg_advisory_xact_lock(hashtextextended($1::uuid::text || ' bulk', 0))"
LOCK_KNOWN = """
SELECT r.id FROM resource r
 WHERE r.group_id = $1 AND r.school_id = $2
   AND (r.id = ANY ($3::uuid[]) OR r.ref = ANY ($4::text[]))
 ORDER BY r.id FOR UPDATE
"""
LIST_KNOWN = """
SELECT r.id, r.ref, r.status, r.version, r.published_revision_no,
       CASE WHEN v.published_at IS NULL THEN v.no END AS draft_no,
       v.title, v.kind, v.summary, v.stage, v.subject, v.edition, v.grade, v.volume, v.chapter,
       v.licence, v.language, v.keywords, v.curriculum_node_id, v.duration_minutes,
       (SELECT coalesce(jsonb_agg(jsonb_build_object('file_name', f.file_name,
                   'blob_id', f.blob_id) ORDER BY f.no), '[]') FROM revision_file f
         WHERE f.group_id = v.group_id AND f.resource_id = v.resource_id
           AND f.revision_no = v.no) AS files,
       (SELECT coalesce(jsonb_agg(jsonb_build_object('resource_id', n.needs_resource_id,
                   'node_id', n.needs_node_id) ORDER BY n.no), '[]') FROM prerequisite n
         WHERE n.group_id = v.group_id AND n.resource_id = v.resource_id
           AND n.revision_no = v.no) AS needs,
       /*relations:resource:r*/ AS relations
  FROM resource r
 CROSS JOIN LATERAL (SELECT * FROM revision d
                      WHERE d.group_id = r.group_id AND d.resource_id = r.id
                      ORDER BY d.no DESC LIMIT 1) v
 WHERE r.group_id = $1 AND r.school_id = $2
   AND (r.id = ANY ($3::uuid[]) OR r.ref = ANY ($4::text[]))
"""
LIST_UPLOADS = """
SELECT d.id AS deposit_id, d.sha256, d.file_name, d.blob_id, /*relations:deposit:d*/ AS relations
  FROM deposit d
 WHERE d.group_id = $1 AND d.school_id = $2 AND d.status = 'verified' AND d.blob_id IS NOT NULL
   AND (d.id = ANY ($3::uuid[]) OR d.sha256 = ANY ($4::text[]) OR d.file_name = ANY ($5::text[]))
 ORDER BY d.verified_at DESC, d.id DESC
"""
IDS_OF_REFS = """
SELECT r.ref, r.id FROM resource r
 WHERE r.group_id = $1 AND r.school_id = $2 AND r.ref = ANY ($3::text[])
"""
# One statement over all rows, sent as JSON: thousands of single ones take minutes behind the walls.
_SAID = """title text, kind text, summary text, stage text, subject text, edition text, grade text,
       volume text, chapter text[], licence text, language text, keywords text[],
       curriculum_node_id uuid, duration_minutes int"""
_NAMES = """title, kind, summary, stage, subject, edition, grade, volume, chapter, licence,
       language, keywords, curriculum_node_id, duration_minutes"""
_SHOWN = """title = x.title, kind = x.kind, summary = x.summary, stage = x.stage,
       subject = x.subject, edition = x.edition, grade = x.grade, volume = x.volume,
       chapter = x.chapter, licence = x.licence, language = x.language, keywords = x.keywords,
       curriculum_node_id = x.curriculum_node_id, duration_minutes = x.duration_minutes"""
INSERT_RESOURCES = f"""
INSERT INTO resource (group_id, id, school_id, author_person_id, status, {_NAMES}, ref, search,
                      created_at, updated_at)
SELECT $1, x.id, $2, $3, 'draft', {_NAMES}, x.ref, x.search::tsvector, $4, $4
  FROM jsonb_to_recordset($5) AS x (id uuid, ref text, search text, {_SAID})
"""
INSERT_REVISIONS = f"""
INSERT INTO revision (group_id, resource_id, no, {_NAMES}, created_by_person_id, created_at,
                      updated_at)
SELECT $1, x.id, 1, {_NAMES}, $2, $3, $3
  FROM jsonb_to_recordset($4) AS x (id uuid, {_SAID})
"""
DESCRIBE_REVISIONS = f"""
UPDATE revision v SET {_SHOWN}, updated_at = $2
  FROM jsonb_to_recordset($3) AS x (id uuid, revision_no int, {_SAID})
 WHERE v.group_id = $1 AND v.resource_id = x.id AND v.no = x.revision_no
"""
SHOW_DRAFTS = f"""
UPDATE resource r SET {_SHOWN}, ref = coalesce(x.ref, r.ref), search = x.search::tsvector,
                      version = r.version + 1, updated_at = $2
  FROM jsonb_to_recordset($3) AS x (id uuid, ref text, search text, {_SAID})
 WHERE r.group_id = $1 AND r.id = x.id
"""
# The draft of a next revision is not what the resource shows.
MOVE_REVISING = """
UPDATE resource r SET ref = coalesce(x.ref, r.ref), version = r.version + 1
  FROM jsonb_to_recordset($2) AS x (id uuid, ref text)
 WHERE r.group_id = $1 AND r.id = x.id
"""
PUBLISH_REVISIONS = """
UPDATE revision v SET published_at = $2, updated_at = $2
  FROM jsonb_to_recordset($3) AS x (id uuid, revision_no int)
 WHERE v.group_id = $1 AND v.resource_id = x.id AND v.no = x.revision_no
"""
SHOW_PUBLISHED = f"""
UPDATE resource r SET {_SHOWN}, search = x.search::tsvector, version = r.version + 1,
                      status = 'published', published_revision_no = x.revision_no,
                      published_at = coalesce(r.published_at, $2), updated_at = $2
  FROM jsonb_to_recordset($3) AS x (id uuid, revision_no int, search text, {_SAID})
 WHERE r.group_id = $1 AND r.id = x.id
"""
DELETE_FILES = """
DELETE FROM revision_file f USING jsonb_to_recordset($2) AS x (id uuid, revision_no int)
 WHERE f.group_id = $1 AND f.resource_id = x.id AND f.revision_no = x.revision_no
"""
INSERT_FILES = """
INSERT INTO revision_file (group_id, resource_id, revision_no, no, file_name, blob_id)
SELECT $1, x.id, x.revision_no, x.no, x.file_name, x.blob_id
  FROM jsonb_to_recordset($2)
       AS x (id uuid, revision_no int, no int, file_name text, blob_id uuid)
"""
DELETE_NEEDS = """
DELETE FROM prerequisite n USING jsonb_to_recordset($2) AS x (id uuid, revision_no int)
 WHERE n.group_id = $1 AND n.resource_id = x.id AND n.revision_no = x.revision_no
"""
INSERT_NEEDS = """
INSERT INTO prerequisite (group_id, resource_id, revision_no, no, needs_resource_id, needs_node_id,
                          title)
SELECT $1, x.id, x.revision_no, x.no, x.needs, x.node, x.title
  FROM jsonb_to_recordset($2)
       AS x (id uuid, revision_no int, no int, needs uuid, node uuid, title text)
"""


async def lock_imports(tx: Tx, school_id: UUID) -> None:
    """Wait until nobody else imports for this school."""
    await execute(tx, LOCK_IMPORTS, school_id)


async def lock_known(
    tx: Tx, school_id: UUID, ids: Sequence[UUID], refs: Sequence[str]
) -> list[Known]:
    """The school's resources of these ids and references, kept from changing meanwhile."""
    asked = (tx.group_id, school_id, list(ids), list(refs))
    await execute(tx, LOCK_KNOWN, *asked)
    return await fetch_all(tx, Known, with_rights(tx, LIST_KNOWN), *asked)


async def list_uploads(
    tx: Tx, school_id: UUID, ids: Sequence[UUID], sha256s: Sequence[str], names: Sequence[str]
) -> list[Upload]:
    """Verified uploads of the school by id, content or name, newest first."""
    sql = with_rights(tx, LIST_UPLOADS)
    return await fetch_all(
        tx, Upload, sql, tx.group_id, school_id, list(ids), list(sha256s), list(names)
    )


async def ids_of_refs(tx: Tx, school_id: UUID, refs: Sequence[str]) -> dict[str, UUID]:
    """The school's resources by its own references."""
    rows = await tx.connection.fetch(IDS_OF_REFS, tx.group_id, school_id, list(refs))
    return {row["ref"]: row["id"] for row in rows}


async def write_new(tx: Tx, entries: Sequence[Entry]) -> None:
    """New drafts of the actor's school."""
    if entries:
        rows, actor = _rows(entries), tx.actor
        await execute(
            tx, INSERT_RESOURCES, tx.group_id, actor.school_id, actor.person_id, tx.now, rows
        )
        await execute(tx, INSERT_REVISIONS, tx.group_id, actor.person_id, tx.now, rows)


async def write_changed(tx: Tx, entries: Sequence[Entry]) -> None:
    """Drafts that say something else now; the resource shows it while nothing is published."""
    if entries:
        await execute(tx, DESCRIBE_REVISIONS, tx.group_id, tx.now, _rows(entries))
    first = [e for e in entries if e.known and e.known.published_revision_no is None]
    if first:
        await execute(tx, SHOW_DRAFTS, tx.group_id, tx.now, _rows(first))
    if len(first) < len(entries):
        revising = [e for e in entries if e not in first]
        await execute(tx, MOVE_REVISING, tx.group_id, _rows(revising))


async def write_parts(tx: Tx, entries: Sequence[Entry]) -> None:
    """The files and prerequisites of drafts, where the rows name them."""
    filed = [e for e in entries if e.files is not None]
    if any(e.known for e in filed):
        await execute(tx, DELETE_FILES, tx.group_id, _keys(filed))
    files = [
        {**key, "no": no, "file_name": file.file_name, "blob_id": file.blob_id}
        for entry, key in zip(filed, _keys(filed), strict=True)
        for no, file in enumerate(entry.files or (), 1)
    ]
    if files:
        await execute(tx, INSERT_FILES, tx.group_id, files)
    needing = [e for e in entries if e.needs is not None]
    if any(e.known for e in needing):
        await execute(tx, DELETE_NEEDS, tx.group_id, _keys(needing))
    needs = [
        {**key, "no": no, "needs": need[0], "node": need[1], "title": need[2]}
        for entry, key in zip(needing, _keys(needing), strict=True)
        for no, need in enumerate(entry.needs or (), 1)
    ]
    if needs:
        await execute(tx, INSERT_NEEDS, tx.group_id, needs)


async def write_published(tx: Tx, entries: Sequence[Entry]) -> None:
    """Their drafts are published."""
    if entries:
        await execute(tx, PUBLISH_REVISIONS, tx.group_id, tx.now, _keys(entries))
        await execute(tx, SHOW_PUBLISHED, tx.group_id, tx.now, _rows(entries))


def _keys(entries: Sequence[Entry]) -> list[dict[str, object]]:
    return [{"id": e.resource_id, "revision_no": e.revision_no} for e in entries]


def _rows(entries: Sequence[Entry]) -> list[dict[str, object]]:
    """What the entries say, as the statements above read it."""
    return [
        {
            **msgspec.structs.asdict(e.description),
            **key,
            "ref": e.line.ref,
            "search": catalogue_rules.searched(e.description),
        }
        for e, key in zip(entries, _keys(entries), strict=True)
    ]
