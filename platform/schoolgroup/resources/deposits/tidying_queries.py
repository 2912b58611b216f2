"""SQL of the collector: what is over, what nobody uses, what no row names."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import asyncpg
import msgspec

from schoolgroup.kernel.db import Tx, execute, fetch_all

# Whoever completes one of them holds its lock, and is left alone.
TAKE_EXPIRED = """
UPDATE deposit d SET tidied_at = $2, updated_at = $2
 WHERE d.group_id = $1 AND d.id IN (
       SELECT e.id FROM deposit e
        WHERE e.group_id = $1 AND e.status = 'open' AND e.tidied_at IS NULL AND e.expires_at <= $2
        ORDER BY e.expires_at, e.id LIMIT $3 FOR UPDATE SKIP LOCKED)
RETURNING d.id, d.school_id, d.upload_key, d.multipart_id, d.version
"""
# A school's verified upload that none of the school's revisions has taken for long.
RELEASE_UNUSED = """
UPDATE deposit d SET released_at = $2, blob_id = NULL, updated_at = $2, version = version + 1
 WHERE d.group_id = $1 AND d.id IN (
       SELECT e.id FROM deposit e
        WHERE e.group_id = $1 AND e.status = 'verified' AND e.released_at IS NULL
          AND e.verified_at <= $3
          AND NOT EXISTS (SELECT FROM revision_file f
                            JOIN resource r ON r.group_id = f.group_id AND r.id = f.resource_id
                           WHERE f.group_id = e.group_id AND f.blob_id = e.blob_id
                             AND r.school_id = e.school_id)
        ORDER BY e.verified_at, e.id LIMIT $4 FOR UPDATE SKIP LOCKED)
RETURNING d.id, d.school_id, d.upload_key, d.multipart_id, d.version
"""
# Locked, so that whoever is naming one at this moment is either seen or waits; the foreign keys
# have the last word (see delete_blob), also about tables this statement does not know.
TAKE_UNNAMED_BLOBS = """
SELECT b.id, b.object_key, b.size_bytes FROM blob b
 WHERE b.group_id = $1 AND b.created_at <= $2 AND b.id > $3
   AND NOT EXISTS (SELECT FROM deposit d WHERE d.group_id = b.group_id AND d.blob_id = b.id)
   AND NOT EXISTS (SELECT FROM revision_file f
                    WHERE f.group_id = b.group_id AND f.blob_id = b.id)
   AND NOT EXISTS (SELECT FROM item_note n
                    WHERE n.group_id = b.group_id AND n.photo_blob_id = b.id)
   AND NOT EXISTS (SELECT FROM ledger_evidence e
                    WHERE e.group_id = b.group_id AND e.blob_id = b.id)
   AND NOT EXISTS (SELECT FROM visit_evidence e
                    WHERE e.group_id = b.group_id AND e.blob_id = b.id)
   AND NOT EXISTS (SELECT FROM return_file f
                    WHERE f.group_id = b.group_id AND f.blob_id = b.id)
 ORDER BY b.id LIMIT $4 FOR UPDATE SKIP LOCKED
"""
DELETE_BLOB = "DELETE FROM blob WHERE group_id = $1 AND id = $2"
# A key holds the id of its deposit, so a key that no row names now is never named again.
UNNAMED_KEYS = """
SELECT k.key FROM unnest($2::text[]) AS k (key)
 WHERE NOT EXISTS (SELECT FROM blob b WHERE b.group_id = $1
                      AND b.sha256 = split_part(k.key, '/', 2) AND b.object_key = k.key)
   AND NOT EXISTS (SELECT FROM deposit d WHERE d.group_id = $1 AND d.upload_key = k.key
                      AND d.status = 'open' AND d.tidied_at IS NULL)
"""
# Not those of open deposits: their own end comes later.
LIST_BEGUN = """
SELECT b.upload_key FROM begun_upload b
 WHERE b.group_id = $1 AND b.begun_at <= $2
   AND NOT EXISTS (SELECT FROM deposit d WHERE d.group_id = b.group_id
                      AND d.upload_key = b.upload_key AND d.status = 'open')
 ORDER BY b.begun_at, b.upload_key LIMIT $3
"""
FORGET_BEGUN = "DELETE FROM begun_upload WHERE group_id = $1 AND upload_key = ANY ($2::text[])"


class Ended(msgspec.Struct, frozen=True):
    """A deposit whose bytes are no longer kept for its sake."""

    id: UUID
    school_id: UUID | None
    upload_key: str
    multipart_id: str | None
    version: int


class Spare(msgspec.Struct, frozen=True):
    """A content no row names."""

    id: UUID
    object_key: str
    size_bytes: int


async def take_expired(tx: Tx, limit: int) -> list[Ended]:
    """Open uploads past their end; from now on nobody completes them."""
    return await fetch_all(tx, Ended, TAKE_EXPIRED, tx.group_id, tx.now, limit)


async def release_unused(tx: Tx, verified_until_at: datetime, limit: int) -> list[Ended]:
    """Uploads verified so long ago and never used; they name their content no longer."""
    return await fetch_all(tx, Ended, RELEASE_UNUSED, tx.group_id, tx.now, verified_until_at, limit)


async def take_unnamed_blobs(
    tx: Tx, made_until_at: datetime, after: UUID, limit: int
) -> list[Spare]:
    """Contents older than this that no deposit and no revision names, locked."""
    return await fetch_all(tx, Spare, TAKE_UNNAMED_BLOBS, tx.group_id, made_until_at, after, limit)


async def delete_blob(tx: Tx, blob_id: UUID) -> bool:
    """Delete a content; False where a row of any table names it after all."""
    try:
        await tx.savepoint(lambda: execute(tx, DELETE_BLOB, tx.group_id, blob_id))
    except asyncpg.ForeignKeyViolationError:
        return False
    return True


async def unnamed_keys(tx: Tx, keys: Sequence[str]) -> set[str]:
    """Those of the keys that neither a content nor an open upload names."""
    rows = await tx.connection.fetch(UNNAMED_KEYS, tx.group_id, list(keys))
    return {row["key"] for row in rows}


async def list_begun(tx: Tx, begun_until_at: datetime, limit: int) -> list[str]:
    """Keys noted so long ago of which no deposit came."""
    rows = await tx.connection.fetch(LIST_BEGUN, tx.group_id, begun_until_at, limit)
    return [row["upload_key"] for row in rows]


async def forget_begun(tx: Tx, keys: Sequence[str]) -> None:
    """The store has nothing unfinished under them any more."""
    await execute(tx, FORGET_BEGUN, tx.group_id, list(keys))
