"""SQL of prerequisites."""

from collections.abc import Sequence
from uuid import UUID

from schoolgroup.access.decisions import with_rights
from schoolgroup.kernel.db import Tx, execute, execute_many, fetch_all
from schoolgroup.resources.catalogue.needs.models import NeedRow, Target

# `was` is the resource as it was before it was withdrawn: who could find it then is told.
LIST_NEEDS = """
SELECT n.revision_no, n.no, n.needs_resource_id AS resource_id, n.needs_node_id AS node_id, n.title,
       r.status, coalesce(seen.found, false) AS found
  FROM prerequisite n
  LEFT JOIN resource r ON r.group_id = n.group_id AND r.id = n.needs_resource_id
  LEFT JOIN LATERAL (
       SELECT /*visible:resource:discover@resource:was*/ AS found
         FROM (SELECT r.group_id, r.id, r.school_id, r.author_person_id, r.kind,
                      r.sealed_until_at,
                      CASE r.status WHEN 'withdrawn' THEN 'published' ELSE r.status END
                          AS status) was
        WHERE r.id IS NOT NULL) seen ON true
 WHERE n.group_id = $1 AND n.resource_id = $2 AND n.revision_no = ANY ($3::int[])
 ORDER BY n.revision_no, n.no
"""
LIST_TARGETS = """
SELECT r.id, r.title, r.status, /*relations:resource:r*/ AS relations
  FROM resource r WHERE r.group_id = $1 AND r.id = ANY ($2::uuid[])
"""
LIST_PLACES = """
SELECT n.id, array_to_string(n.path, ' › ') AS title
  FROM curriculum_node n WHERE n.group_id = $1 AND n.id = ANY ($2::uuid[])
"""
DELETE_NEEDS = """
DELETE FROM prerequisite WHERE group_id = $1 AND resource_id = $2 AND revision_no = $3
"""
INSERT_NEED = """
INSERT INTO prerequisite (group_id, resource_id, revision_no, no, needs_resource_id, needs_node_id,
                          title)
VALUES ($1, $2, $3, $4, $5, $6, $7)
"""
COPY_NEEDS = """
INSERT INTO prerequisite (group_id, resource_id, revision_no, no, needs_resource_id, needs_node_id,
                          title)
SELECT group_id, $4, $5, no, needs_resource_id, needs_node_id, title
  FROM prerequisite
 WHERE group_id = $1 AND resource_id = $2 AND revision_no = $3
   AND needs_resource_id IS DISTINCT FROM $4
"""
# Publications that name resources go one by one, so that two of them never close a circle.
LOCK_CIRCLES = "SELECT pg_advisory_xact_lock(hashtextextended($1::uuid::text || ' needs', 0))"
# Which of the resources in $3 lead to $2, by what is published. UNION ends at what was seen before.
LEADING_BACK = """
WITH RECURSIVE reached AS (
    SELECT s.id AS start, s.id FROM unnest($3::uuid[]) AS s (id)
     UNION
    SELECT d.start, n.needs_resource_id
      FROM reached d
      JOIN resource r ON r.group_id = $1 AND r.id = d.id AND r.status = 'published'
      JOIN prerequisite n ON n.group_id = r.group_id AND n.resource_id = r.id
                         AND n.revision_no = r.published_revision_no
     WHERE n.needs_resource_id IS NOT NULL)
SELECT DISTINCT start FROM reached WHERE id = $2
"""


async def list_needs(tx: Tx, resource_id: UUID, revision_nos: Sequence[int]) -> list[NeedRow]:
    """The prerequisites of some revisions of a resource, in order."""
    sql = with_rights(tx, LIST_NEEDS)
    return await fetch_all(tx, NeedRow, sql, tx.group_id, resource_id, list(revision_nos))


async def list_targets(tx: Tx, resource_ids: Sequence[UUID]) -> dict[UUID, Target]:
    """Resources that are to be named, with the caller's relations to them."""
    sql = with_rights(tx, LIST_TARGETS)
    rows = await fetch_all(tx, Target, sql, tx.group_id, list(resource_ids))
    return {row.id: row for row in rows}


async def list_places(tx: Tx, node_ids: Sequence[UUID]) -> dict[UUID, str]:
    """What places in the curriculum are called, from the stage down."""
    rows = await tx.connection.fetch(LIST_PLACES, tx.group_id, list(node_ids))
    return {row["id"]: row["title"] for row in rows}


async def put_needs(
    tx: Tx,
    resource_id: UUID,
    revision_no: int,
    needs: Sequence[tuple[UUID | None, UUID | None, str]],
) -> None:
    """Let a draft revision have exactly these (resource, node, title), numbered in this order."""
    await execute(tx, DELETE_NEEDS, tx.group_id, resource_id, revision_no)
    await execute_many(
        tx,
        INSERT_NEED,
        [(tx.group_id, resource_id, revision_no, no, *need) for no, need in enumerate(needs, 1)],
    )


async def copy_needs(
    tx: Tx, resource_id: UUID, revision_no: int, to_resource_id: UUID, to_revision_no: int
) -> None:
    """The prerequisites of a revision, for another one; nothing takes itself for granted."""
    await execute(
        tx, COPY_NEEDS, tx.group_id, resource_id, revision_no, to_resource_id, to_revision_no
    )


async def lock_circles(tx: Tx) -> None:
    """Wait until nobody else publishes what names other resources."""
    await execute(tx, LOCK_CIRCLES, tx.group_id)


async def leading_back(tx: Tx, resource_id: UUID, needed: Sequence[UUID]) -> set[UUID]:
    """Those of the needed resources that themselves, at whatever remove, need this one."""
    rows = await tx.connection.fetch(LEADING_BACK, tx.group_id, resource_id, list(needed))
    return {row["start"] for row in rows}
