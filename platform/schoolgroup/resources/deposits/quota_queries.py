"""SQL of shares of the store: a school's, and the group office's own."""

from uuid import UUID

import msgspec

from schoolgroup.access.decisions import with_rights
from schoolgroup.kernel.db import Tx, execute, fetch_one

# The openings of one school, or of the office, are counted and done one after the other, so the
# share holds under any concurrency.
LOCK_SHARE = """
SELECT pg_advisory_xact_lock(hashtextextended(
           'quota/' || $1::uuid || coalesce($2::uuid::text, 'office'), 0))
"""
GET_SHARE = """
SELECT s.id AS school_id, s.name AS school_name, q.bytes_max, coalesce(q.version, 0) AS version,
       (SELECT coalesce(sum(c.size_bytes), 0)::bigint FROM school_content c
         WHERE c.group_id = s.group_id AND c.school_id = s.id) AS used_bytes,
       /*relations:school:s*/ AS relations
  FROM school s
  LEFT JOIN school_quota q ON q.group_id = s.group_id AND q.school_id = s.id
 WHERE s.group_id = $1 AND s.id = $2
"""
ROOM_FOR = """
SELECT q.bytes_max,
       (SELECT coalesce(sum(c.size_bytes), 0)::bigint FROM school_content c
         WHERE c.group_id = $1 AND c.school_id = $2) AS used_bytes,
       EXISTS (SELECT FROM school_content c
                WHERE c.group_id = $1 AND c.school_id = $2 AND c.sha256 = $3
                  AND c.size_bytes = $4) AS counted_already
  FROM (SELECT) one LEFT JOIN school_quota q ON q.group_id = $1 AND q.school_id = $2
"""
GET_OFFICE_SHARE = """
SELECT NULL::uuid AS school_id, '' AS school_name, q.bytes_max, coalesce(q.version, 0) AS version,
       (SELECT coalesce(sum(c.size_bytes), 0)::bigint FROM school_content c
         WHERE c.group_id = $1 AND c.school_id IS NULL) AS used_bytes,
       0 AS relations
  FROM (SELECT) one LEFT JOIN group_quota q ON q.group_id = $1
"""
OFFICE_ROOM_FOR = """
SELECT q.bytes_max,
       (SELECT coalesce(sum(c.size_bytes), 0)::bigint FROM school_content c
         WHERE c.group_id = $1 AND c.school_id IS NULL) AS used_bytes,
       EXISTS (SELECT FROM school_content c
                WHERE c.group_id = $1 AND c.school_id IS NULL AND c.sha256 = $2
                  AND c.size_bytes = $3) AS counted_already
  FROM (SELECT) one LEFT JOIN group_quota q ON q.group_id = $1
"""
PUT_OFFICE_QUOTA = """
INSERT INTO group_quota AS q (group_id, bytes_max, updated_at) VALUES ($1, $2, $3)
ON CONFLICT (group_id) DO UPDATE
   SET bytes_max = EXCLUDED.bytes_max, updated_at = EXCLUDED.updated_at, version = q.version + 1
"""
PUT_QUOTA = """
INSERT INTO school_quota AS q (group_id, school_id, bytes_max, updated_at) VALUES ($1, $2, $3, $4)
ON CONFLICT (group_id, school_id) DO UPDATE
   SET bytes_max = EXCLUDED.bytes_max, updated_at = EXCLUDED.updated_at, version = q.version + 1
"""


class ShareRow(msgspec.Struct, frozen=True):
    """A share with the relations between its school (none: the office) and whoever asks."""

    school_id: UUID | None
    school_name: str
    bytes_max: int | None
    version: int
    used_bytes: int
    relations: int


class Room(msgspec.Struct, frozen=True):
    """What decides whether one more content fits."""

    bytes_max: int | None
    used_bytes: int
    counted_already: bool


async def lock_share(tx: Tx, school_id: UUID | None) -> None:
    """Wait until nobody else opens an upload for the school or the office, or sets its share."""
    await execute(tx, LOCK_SHARE, tx.group_id, school_id)


async def get_share(tx: Tx, school_id: UUID | None) -> ShareRow | None:
    """What a school (none: the office) may keep and what its rows name now."""
    if school_id is None:
        return await fetch_one(tx, ShareRow, GET_OFFICE_SHARE, tx.group_id)
    return await fetch_one(tx, ShareRow, with_rights(tx, GET_SHARE), tx.group_id, school_id)


async def room_for(tx: Tx, school_id: UUID | None, sha256: str, size_bytes: int) -> Room:
    """The share, what is used of it, and whether this content is in that already."""
    if school_id is None:
        room = await fetch_one(tx, Room, OFFICE_ROOM_FOR, tx.group_id, sha256, size_bytes)
    else:
        room = await fetch_one(tx, Room, ROOM_FOR, tx.group_id, school_id, sha256, size_bytes)
    assert room is not None, "one row always comes"
    return room


async def put_quota(tx: Tx, school_id: UUID | None, bytes_max: int) -> None:
    """What the school, or the office, may keep from now on."""
    if school_id is None:
        await execute(tx, PUT_OFFICE_QUOTA, tx.group_id, bytes_max, tx.now)
        return
    await execute(tx, PUT_QUOTA, tx.group_id, school_id, bytes_max, tx.now)
