"""SQL of items, as the caller may see them, and of what is noted about them."""

from collections.abc import Sequence
from uuid import UUID

import msgspec

from schoolgroup.access.decisions import with_rights
from schoolgroup.kernel.db import Tx, execute, execute_many, fetch_all, fetch_one, fetch_value
from schoolgroup.kernel.paging import PageRequest
from schoolgroup.resources.items.models import (
    Condition,
    ItemNote,
    ItemRow,
    ItemStatus,
    ItemsWish,
    Scheme,
    Waiting,
)

_ITEM = """i.id, i.school_id, s.name AS school_name, i.resource_id, r.title, i.set_id, i.barcode,
       i.scheme, i.pieces, i.home_location, i.condition, i.state_because, n.status, n.handover_id,
       n.borrower_school_id, b.name AS borrower_school_name, n.due_at, n.overdue_days, i.seen_at,
       i.seen_location, i.version, i.created_at, /*relations:item:i*/ AS relations
  FROM item i
  JOIN item_now n ON n.group_id = i.group_id AND n.item_id = i.id
  JOIN school s ON s.group_id = i.group_id AND s.id = i.school_id
  JOIN resource r ON r.group_id = i.group_id AND r.id = i.resource_id
  LEFT JOIN school b ON b.group_id = n.group_id AND b.id = n.borrower_school_id"""

GET_ITEM = f"""
SELECT {_ITEM}
 WHERE i.group_id = $1 AND i.id = $2
"""

LIST_ITEMS = f"""
SELECT {_ITEM}
 WHERE i.group_id = $1
   AND ($2::uuid IS NULL OR i.resource_id = $2)
   AND ($3::text IS NULL OR n.status = $3)
   AND ($4::boolean IS NULL OR $4 = (n.overdue_days > 0))
   AND ($5::text IS NULL OR i.barcode = $5)
   AND ($6::uuid IS NULL OR i.id < $6)
   AND /*visible:item:read@item:i*/
 ORDER BY i.id DESC
 LIMIT $7
"""

FIND_SCANNED = f"""
SELECT {_ITEM}
 WHERE i.group_id = $1 AND i.barcode = $2 AND /*visible:item:scan@item:i*/
 ORDER BY (i.school_id = app.school_id()) DESC, i.id
 LIMIT 5
"""

# Held until commit: whoever marks an item or puts it into somebody's hands does it one by one.
LOCK_ITEM = "SELECT id FROM item WHERE group_id = $1 AND id = $2 FOR UPDATE"

INSERT_ITEM = """
INSERT INTO item (group_id, id, school_id, resource_id, set_id, barcode, scheme, pieces,
                  home_location, condition, state, created_at, updated_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'sound', app.now(), app.now())
"""

CHANGE_ITEM = """
UPDATE item SET home_location = $3, pieces = $4, condition = $5, version = version + 1,
                updated_at = app.now()
 WHERE group_id = $1 AND id = $2
"""

MARK_ITEM = """
UPDATE item SET state = $3, state_because = $4, version = version + 1, updated_at = app.now()
 WHERE group_id = $1 AND id = $2
"""

# As it came back from a borrower.
TAKE_IN_ITEM = """
UPDATE item SET state = $3, state_because = $4, condition = $5, pieces = $6, version = version + 1,
                updated_at = app.now()
 WHERE group_id = $1 AND id = $2
"""

INSERT_NOTE = """
INSERT INTO item_note (group_id, id, item_id, handover_id, owner_school_id, borrower_school_id,
                       step, condition, pieces, note, photo_blob_id, noted_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, app.now())
"""

LIST_NOTES = """
SELECT id, item_id, handover_id, step, condition, pieces, note,
       photo_blob_id IS NOT NULL AS has_photo, noted_at
  FROM item_note
 WHERE group_id = $1 AND item_id = $2 AND ($3::uuid IS NULL OR id < $3)
 ORDER BY id DESC
 LIMIT $4
"""

# The loan that waits longest for a thing of this kind.
NEXT_WAITING = """
SELECT l.id AS loan_id, b.name AS borrower_school_name, l.ends_at AS collect_by_at
  FROM loan l
  JOIN offer o ON o.group_id = l.group_id AND o.id = l.offer_id AND o.by_items
  JOIN school b ON b.group_id = l.group_id AND b.id = l.borrower_school_id
 WHERE l.group_id = $1 AND l.resource_id = $2 AND l.status = 'active' AND app.now() < l.ends_at
   AND NOT EXISTS (SELECT FROM item_handover h WHERE h.group_id = l.group_id
                      AND h.loan_id = l.id AND h.closed_at IS NULL)
 ORDER BY l.starts_at, l.id
 LIMIT 1
"""

GET_STAGE = """
SELECT status FROM item_handover WHERE group_id = $1 AND item_id = $2 AND closed_at IS NULL
"""

# A picture the caller's own school handed in and the server verified.
FIND_PHOTO = """
SELECT b.id FROM deposit d
  JOIN blob b ON b.group_id = d.group_id AND b.id = d.blob_id AND b.media_type LIKE 'image/%'
 WHERE d.group_id = $1 AND d.id = $2 AND d.school_id = app.school_id()
   AND d.status = 'verified' AND d.released_at IS NULL
   FOR KEY SHARE OF b
"""

# The picture of a note, and the item that says who may see it.
GET_PHOTO = """
SELECT n.item_id, b.object_key, b.media_type
  FROM item_note n
  JOIN blob b ON b.group_id = n.group_id AND b.id = n.photo_blob_id
 WHERE n.group_id = $1 AND n.id = $2
"""


class Photo(msgspec.Struct, frozen=True):
    """The picture of a note: where its bytes are is never shown."""

    item_id: UUID
    object_key: str
    media_type: str


async def get_item(tx: Tx, item_id: UUID) -> ItemRow | None:
    """The item with the caller's relations to it."""
    return await fetch_one(tx, ItemRow, with_rights(tx, GET_ITEM), tx.group_id, item_id)


async def list_items(
    tx: Tx,
    resource_id: UUID | None,
    status: ItemStatus | None,
    overdue: bool | None,
    barcode: str | None,
    page: PageRequest,
) -> list[ItemRow]:
    """The items the caller may see, newest first."""
    after = page.after[0] if page.after else None
    sql = with_rights(tx, LIST_ITEMS)
    return await fetch_all(
        tx, ItemRow, sql, tx.group_id, resource_id, status, overdue, barcode, after, page.limit
    )


async def find_scanned(tx: Tx, barcode: str) -> list[ItemRow]:
    """The things with this barcode the caller may scan, the own school's first."""
    return await fetch_all(tx, ItemRow, with_rights(tx, FIND_SCANNED), tx.group_id, barcode)


async def lock_item(tx: Tx, item_id: UUID) -> None:
    """Hold the item until commit."""
    await execute(tx, LOCK_ITEM, tx.group_id, item_id)


async def insert_items(
    tx: Tx, school_id: UUID, wish: ItemsWish, scheme: Scheme, rows: Sequence[tuple[UUID, str]],
    set_id: UUID | None,
) -> None:  # fmt: skip
    """Enter items by id and barcode; barcode_once refuses one the school has."""
    await execute_many(
        tx,
        INSERT_ITEM,
        [
            (
                tx.group_id,
                item_id,
                school_id,
                wish.resource_id,
                set_id,
                barcode,
                scheme,
                wish.pieces,
                wish.home_location,
                wish.condition,
            )
            for item_id, barcode in rows
        ],
    )


async def change_item(tx: Tx, item: ItemRow) -> None:
    """Write the item's place, pieces and condition."""
    await execute(
        tx, CHANGE_ITEM, tx.group_id, item.id, item.home_location, item.pieces, item.condition
    )


async def mark_item(tx: Tx, item_id: UUID, state: str, because: str) -> None:
    """Write the item's state and why."""
    await execute(tx, MARK_ITEM, tx.group_id, item_id, state, because)


async def take_in_item(
    tx: Tx, item_id: UUID, state: str, because: str, condition: Condition, pieces: int
) -> None:
    """Write in which state and condition, and with how many pieces, the item is home again."""
    await execute(tx, TAKE_IN_ITEM, tx.group_id, item_id, state, because, condition, pieces)


async def insert_note(
    tx: Tx,
    note_id: UUID,
    item: ItemRow,
    step: str,
    condition: Condition,
    pieces: int,
    note: str,
    photo_blob_id: UUID | None,
) -> None:
    """Note an item's condition at a step."""
    await execute(
        tx,
        INSERT_NOTE,
        tx.group_id,
        note_id,
        item.id,
        item.handover_id,
        item.school_id,
        item.borrower_school_id,
        step,
        condition,
        pieces,
        note,
        photo_blob_id,
    )


async def list_notes(tx: Tx, item_id: UUID, page: PageRequest) -> list[ItemNote]:
    """What was noted about an item, newest first, as far as the caller's school may read it."""
    after = page.after[0] if page.after else None
    return await fetch_all(tx, ItemNote, LIST_NOTES, tx.group_id, item_id, after, page.limit)


async def next_waiting(tx: Tx, resource_id: UUID) -> Waiting | None:
    """The loan for which a thing of the resource is to be handed over next."""
    return await fetch_one(tx, Waiting, NEXT_WAITING, tx.group_id, resource_id)


async def get_stage(tx: Tx, item_id: UUID) -> str:
    """The status of the item's open hand-over; nothing where there is none."""
    stage: str | None = await fetch_value(tx, GET_STAGE, tx.group_id, item_id)
    return stage or ""


async def find_photo(tx: Tx, upload_id: UUID) -> UUID | None:
    """The content of a picture the caller's school handed in; None where there is none."""
    found: UUID | None = await fetch_value(tx, FIND_PHOTO, tx.group_id, upload_id)
    return found


async def get_photo(tx: Tx, note_id: UUID) -> Photo | None:
    """The picture of a note, where the caller's wall lets the note through."""
    return await fetch_one(tx, Photo, GET_PHOTO, tx.group_id, note_id)
