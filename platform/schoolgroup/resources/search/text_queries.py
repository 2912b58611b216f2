"""SQL of the texts that were read out of files."""

from collections.abc import Sequence
from uuid import UUID

from schoolgroup.kernel.db import Tx, execute, execute_many

# Whoever writes the entry of a resource does so one after the other (migration 0011).
LOCK_ENTRY = "SELECT no FROM search_entry WHERE group_id = $1 AND resource_id = $2 FOR UPDATE"
# The owner comes from the resource itself. Nothing is written for a revision that is not there.
PUT_TEXT = """
INSERT INTO resource_text (group_id, resource_id, revision_no, school_id, body, updated_at)
SELECT v.group_id, v.resource_id, v.no, r.school_id, $4, $5
  FROM revision v
  JOIN resource r ON r.group_id = v.group_id AND r.id = v.resource_id
 WHERE v.group_id = $1 AND v.resource_id = $2 AND v.no = $3
ON CONFLICT (group_id, resource_id, revision_no)
DO UPDATE SET body = EXCLUDED.body, updated_at = EXCLUDED.updated_at
"""
DELETE_PARTS = """
DELETE FROM search_part WHERE group_id = $1 AND resource_id = $2 AND revision_no = $3
"""
INSERT_PART = """
INSERT INTO search_part (group_id, resource_id, revision_no, part, school_id, said, document)
SELECT group_id, resource_id, revision_no, $4, school_id, $5::text::tsvector, ''
  FROM resource_text WHERE group_id = $1 AND resource_id = $2 AND revision_no = $3
"""
INDEX_PARTS = "SELECT app.index_parts($1, ARRAY[$2::uuid])"


async def put_text(
    tx: Tx, resource_id: UUID, revision_no: int, body: str, parts: Sequence[str]
) -> bool:
    """Keep what the files of a revision say, and its parts; whether there is such a revision."""
    await execute(tx, LOCK_ENTRY, tx.group_id, resource_id)
    key = (tx.group_id, resource_id, revision_no)
    if not await execute(tx, PUT_TEXT, *key, body, tx.now):
        return False
    await execute(tx, DELETE_PARTS, *key)
    await execute_many(tx, INSERT_PART, [(*key, no, part) for no, part in enumerate(parts)])
    await execute(tx, INDEX_PARTS, tx.group_id, resource_id)
    return True
