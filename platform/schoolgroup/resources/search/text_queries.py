"""SQL of the texts that were read out of files."""

from uuid import UUID

from schoolgroup.kernel.db import Tx, execute

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


async def put_text(tx: Tx, resource_id: UUID, revision_no: int, body: str) -> bool:
    """Keep what the files of a revision say; whether there is such a revision."""
    return bool(await execute(tx, PUT_TEXT, tx.group_id, resource_id, revision_no, body, tx.now))
