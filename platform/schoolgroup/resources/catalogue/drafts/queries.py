"""SQL of adapting and discarding."""

from uuid import UUID

from schoolgroup.access.decisions import with_rights
from schoolgroup.kernel.db import Tx, execute, fetch_all
from schoolgroup.resources.catalogue.drafts.models import AllowingOffer
from schoolgroup.resources.catalogue.models import ResourceRow

# The one that lasts longest first: what is made by its grace ends with it.
LIST_ALLOWING = """
SELECT o.id, o.valid_until_at FROM offer o
 WHERE o.group_id = $1 AND o.resource_id = $2 AND o.school_id <> $3
   AND /*visible:resource:adapt@offer:o*/
 ORDER BY o.valid_until_at DESC NULLS FIRST, o.id
"""
ADAPT_RESOURCE = """
INSERT INTO resource (group_id, id, school_id, author_person_id, status, title, kind, summary,
                      stage, subject, edition, grade, volume, chapter, licence, language, keywords,
                      curriculum_node_id, duration_minutes, search, derived_from_resource_id,
                      derived_from_revision_no, derived_by_offer_id, created_at, updated_at)
SELECT v.group_id, $4, $5, $6, 'draft', $7, v.kind, v.summary, v.stage, v.subject, v.edition,
       v.grade, v.volume, v.chapter, v.licence, v.language, v.keywords, v.curriculum_node_id,
       v.duration_minutes, $8::text::tsvector, v.resource_id, v.no, $9, $10, $10
  FROM revision v WHERE v.group_id = $1 AND v.resource_id = $2 AND v.no = $3
"""
ADAPT_REVISION = """
INSERT INTO revision (group_id, resource_id, no, title, kind, summary, stage, subject, edition,
                      grade, volume, chapter, licence, language, keywords, curriculum_node_id,
                      duration_minutes, created_by_person_id, created_at, updated_at)
SELECT r.group_id, r.id, 1, r.title, r.kind, r.summary, r.stage, r.subject, r.edition, r.grade,
       r.volume, r.chapter, r.licence, r.language, r.keywords, r.curriculum_node_id,
       r.duration_minutes, r.author_person_id, r.created_at, r.created_at
  FROM resource r WHERE r.group_id = $1 AND r.id = $2
"""
COPY_FILES = """
INSERT INTO revision_file (group_id, resource_id, revision_no, no, file_name, blob_id)
SELECT group_id, $4, 1, no, file_name, blob_id FROM revision_file
 WHERE group_id = $1 AND resource_id = $2 AND revision_no = $3
"""
# A draft that is discarded takes along what was prepared for it: nobody else has seen any of it.
DELETE_TERMS = """
DELETE FROM offer_terms t USING offer o
 WHERE o.group_id = $1 AND o.resource_id = $2 AND t.group_id = o.group_id AND t.offer_id = o.id
"""
DELETE_SEATS = """
DELETE FROM seat s USING offer o
 WHERE o.group_id = $1 AND o.resource_id = $2 AND s.group_id = o.group_id AND s.offer_id = o.id
"""
DELETE_AUDIENCES = """
DELETE FROM offer_audience a USING offer o
 WHERE o.group_id = $1 AND o.resource_id = $2 AND a.group_id = o.group_id AND a.offer_id = o.id
"""
DELETE_BOUNDS = "DELETE FROM offer_bound WHERE group_id = $1 AND resource_id = $2"
DELETE_OFFERS = "DELETE FROM offer WHERE group_id = $1 AND resource_id = $2"
DELETE_DRAFT_FILES = """
DELETE FROM revision_file WHERE group_id = $1 AND resource_id = $2 AND revision_no = $3
"""
DELETE_DRAFT_NEEDS = """
DELETE FROM prerequisite WHERE group_id = $1 AND resource_id = $2 AND revision_no = $3
"""
DELETE_REVISION = """
DELETE FROM revision
 WHERE group_id = $1 AND resource_id = $2 AND no = $3 AND published_at IS NULL
"""
DELETE_RESOURCE = "DELETE FROM resource WHERE group_id = $1 AND id = $2 AND status = 'draft'"


async def list_allowing(tx: Tx, resource_id: UUID, school_id: UUID) -> list[AllowingOffer]:
    """The other school's offers that let the actor adapt the resource now."""
    sql = with_rights(tx, LIST_ALLOWING)
    return await fetch_all(tx, AllowingOffer, sql, tx.group_id, resource_id, school_id)


async def adapt(
    tx: Tx,
    parent: ResourceRow,
    resource_id: UUID,
    title: str,
    search: str,
    by_offer_id: UUID | None,
) -> None:
    """A draft of the actor's school that says what the parent's published revision says."""
    source = (tx.group_id, parent.id, parent.published_revision_no)
    await execute(
        tx, ADAPT_RESOURCE, *source, resource_id, tx.actor.school_id, tx.actor.person_id, title,
        search, by_offer_id, tx.now,
    )  # fmt: skip
    await execute(tx, ADAPT_REVISION, tx.group_id, resource_id)
    await execute(tx, COPY_FILES, *source, resource_id)


async def discard_revision(tx: Tx, resource_id: UUID, revision_no: int) -> None:
    """A draft revision with its files and prerequisites, gone."""
    for statement in (DELETE_DRAFT_FILES, DELETE_DRAFT_NEEDS, DELETE_REVISION):
        await execute(tx, statement, tx.group_id, resource_id, revision_no)


async def discard_resource(tx: Tx, resource_id: UUID) -> None:
    """A resource that never was published, and the offers prepared for it, gone."""
    for statement in (
        DELETE_TERMS, DELETE_SEATS, DELETE_AUDIENCES, DELETE_BOUNDS, DELETE_OFFERS,
        DELETE_RESOURCE,
    ):  # fmt: skip
        await execute(tx, statement, tx.group_id, resource_id)
