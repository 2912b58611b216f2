"""SQL of lists, their editions and entries."""

from collections.abc import Sequence
from uuid import UUID

from schoolgroup.access.decisions import with_rights
from schoolgroup.kernel.db import Tx, execute, execute_many, fetch_all, fetch_one
from schoolgroup.kernel.paging import PageRequest
from schoolgroup.resources.lists.models import (
    EditionRef,
    EditionRow,
    EditionStatus,
    EntryRow,
    EntryWish,
    ListDraft,
    ListKind,
    ListRow,
    ResourceSeen,
)

SELECT_LIST = """
SELECT l.id, l.school_id, s.name AS school_name, l.kind, l.title, l.summary, l.audience, l.version,
       l.created_at, l.updated_at, /*relations:list:l*/ AS relations
  FROM resource_list l
  LEFT JOIN school s ON s.group_id = l.group_id AND s.id = l.school_id
 WHERE l.group_id = $1
"""
GET_LIST = SELECT_LIST + " AND l.id = $2"
LOCK_LIST = "SELECT id FROM resource_list WHERE group_id = $1 AND id = $2 FOR UPDATE"
LIST_LISTS = (
    SELECT_LIST
    + """
   AND /*visible:list:read@list:l*/
   AND ($2::text IS NULL OR l.kind = $2)
   AND ($3::int IS NULL OR EXISTS (SELECT FROM list_edition e
            WHERE e.group_id = l.group_id AND e.list_id = l.id AND e.school_year = $3
              AND (e.status <> 'draft' OR /*visible:list:curate@list:l*/)))
   AND ($4::uuid IS NULL OR l.id < $4)
 ORDER BY l.id DESC LIMIT $5
"""
)
INSERT_LIST = """
INSERT INTO resource_list (group_id, id, school_id, kind, title, summary, audience, created_at,
                           updated_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8)
"""
UPDATE_LIST = """
UPDATE resource_list SET title = $3, summary = $4, audience = $5, version = version + 1,
                         updated_at = $6
 WHERE group_id = $1 AND id = $2
"""
DELETE_LIST = "DELETE FROM resource_list WHERE group_id = $1 AND id = $2"
LIST_EDITIONS = """
SELECT e.id, e.list_id, e.school_year, e.status FROM list_edition e
 WHERE e.group_id = $1 AND e.list_id = ANY ($2::uuid[])
 ORDER BY e.school_year DESC
"""
GET_EDITION = """
SELECT e.id, e.list_id, l.school_id, s.name AS school_name, l.kind, l.title AS list_title,
       e.school_year, e.status, e.rolled_from_edition_id, e.published_at, e.archived_at, e.version,
       /*relations:list:l*/ AS relations
  FROM list_edition e
  JOIN resource_list l ON l.group_id = e.group_id AND l.id = e.list_id
  LEFT JOIN school s ON s.group_id = l.group_id AND s.id = l.school_id
 WHERE e.group_id = $1 AND e.id = $2
"""
LOCK_EDITION = "SELECT id FROM list_edition WHERE group_id = $1 AND id = $2 FOR UPDATE"
INSERT_EDITION = """
INSERT INTO list_edition (group_id, id, list_id, school_year, status, rolled_from_edition_id,
                          created_at, updated_at)
VALUES ($1, $2, $3, $4, 'draft', $5, $6, $6)
"""
SET_EDITION_STATUS = """
UPDATE list_edition
   SET status = $3::text, version = version + 1, updated_at = $4,
       published_at = CASE $3::text WHEN 'published' THEN $4 ELSE published_at END,
       archived_at = CASE $3::text WHEN 'archived' THEN $4 ELSE archived_at END
 WHERE group_id = $1 AND id = $2
"""
MOVE_EDITION = """
UPDATE list_edition SET version = version + 1, updated_at = $3 WHERE group_id = $1 AND id = $2
"""
DELETE_ENTRIES = "DELETE FROM list_entry WHERE group_id = $1 AND edition_id = $2"
DELETE_EDITION = "DELETE FROM list_edition WHERE group_id = $1 AND id = $2"
# `was` is the resource as it was before it was withdrawn: who could find it then is told.
SELECT_ENTRY = """
SELECT e.id, e.edition_id, e.target, e.title, e.importance, e.note, e.resource_id, e.revision_no,
       e.isbn, e.author, e.publisher, e.address, e.hours, e.capacity_people, e.contact, e.version,
       r.status AS resource_status, r.published_revision_no AS newest_revision_no,
       coalesce(seen.found, false) AS found
  FROM list_entry e
  LEFT JOIN resource r ON r.group_id = e.group_id AND r.id = e.resource_id
  LEFT JOIN LATERAL (
       SELECT /*visible:resource:discover@resource:was*/ AS found
         FROM (SELECT r.group_id, r.id, r.school_id, r.author_person_id, r.kind,
                      r.sealed_until_at,
                      CASE r.status WHEN 'withdrawn' THEN 'published' ELSE r.status END
                          AS status) was
        WHERE r.id IS NOT NULL) seen ON true
 WHERE e.group_id = $1
"""
GET_ENTRY = SELECT_ENTRY + " AND e.id = $2"
LIST_ENTRIES = SELECT_ENTRY + " AND e.edition_id = $2 ORDER BY e.sort_key, e.id"
ENTRY_COLUMNS = """ list_entry (group_id, id, edition_id, sort_key, target, title, importance, note,
                        resource_id, revision_no, isbn, author, publisher, address, hours,
                        capacity_people, contact, created_at, updated_at)
"""
INSERT_ENTRY = f"""
INSERT INTO {ENTRY_COLUMNS}
SELECT $1, $2, $3, (SELECT coalesce(max(sort_key), 0) + 1 FROM list_entry
                     WHERE group_id = $1 AND edition_id = $3),
       $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $17
"""
UPDATE_ENTRY = """
UPDATE list_entry
   SET title = $3, importance = $4, note = $5, resource_id = $6, revision_no = $7, isbn = $8,
       author = $9, publisher = $10, address = $11, hours = $12, capacity_people = $13,
       contact = $14, version = version + 1, updated_at = $15
 WHERE group_id = $1 AND id = $2
"""
DELETE_ENTRY = "DELETE FROM list_entry WHERE group_id = $1 AND id = $2"
SORT_ENTRY = "UPDATE list_entry SET sort_key = $3 WHERE group_id = $1 AND id = $2"
# The revision that was noted goes along: what has changed since is reported in the new edition too.
COPY_ENTRIES = f"""
INSERT INTO {ENTRY_COLUMNS}
SELECT group_id, gen_random_uuid(), $3, sort_key, target, title, importance, note, resource_id,
       revision_no, isbn, author, publisher, address, hours, capacity_people, contact, $4, $4
  FROM list_entry WHERE group_id = $1 AND edition_id = $2
"""
GET_RESOURCE = """
SELECT r.id, r.title, r.status, r.published_revision_no AS revision_no,
       /*relations:resource:r*/ AS relations
  FROM resource r WHERE r.group_id = $1 AND r.id = $2
"""


async def get_list(tx: Tx, list_id: UUID) -> ListRow | None:
    """A list with its relations to the actor."""
    return await fetch_one(tx, ListRow, with_rights(tx, GET_LIST), tx.group_id, list_id)


async def lock_list(tx: Tx, list_id: UUID) -> ListRow | None:
    """The same, kept from changing until the transaction ends."""
    await execute(tx, LOCK_LIST, tx.group_id, list_id)
    return await get_list(tx, list_id)


async def list_lists(
    tx: Tx, kind: ListKind | None, school_year: int | None, page: PageRequest
) -> list[ListRow]:
    """The lists the actor may read, newest first."""
    after = page.after[0] if page.after else None
    sql = with_rights(tx, LIST_LISTS)
    return await fetch_all(tx, ListRow, sql, tx.group_id, kind, school_year, after, page.limit)


async def insert_list(tx: Tx, list_id: UUID, draft: ListDraft) -> None:
    """A new list of the actor's school, or of the office."""
    await execute(
        tx, INSERT_LIST, tx.group_id, list_id, tx.actor.school_id, draft.kind, draft.title,
        draft.summary, draft.audience, tx.now,
    )  # fmt: skip


async def update_list(tx: Tx, list_id: UUID, title: str, summary: str, audience: str) -> None:
    """What the list says of itself, and whom it reaches."""
    await execute(tx, UPDATE_LIST, tx.group_id, list_id, title, summary, audience, tx.now)


async def delete_list(tx: Tx, list_id: UUID) -> None:
    """A list without editions, gone."""
    await execute(tx, DELETE_LIST, tx.group_id, list_id)


async def list_editions(tx: Tx, list_ids: Sequence[UUID]) -> list[EditionRef]:
    """Their editions, newest year first."""
    return await fetch_all(tx, EditionRef, LIST_EDITIONS, tx.group_id, list(list_ids))


async def get_edition(tx: Tx, edition_id: UUID) -> EditionRow | None:
    """An edition with the relations of its list to the actor."""
    return await fetch_one(tx, EditionRow, with_rights(tx, GET_EDITION), tx.group_id, edition_id)


async def lock_edition(tx: Tx, edition_id: UUID) -> EditionRow | None:
    """The same, kept from changing until the transaction ends."""
    await execute(tx, LOCK_EDITION, tx.group_id, edition_id)
    return await get_edition(tx, edition_id)


async def insert_edition(
    tx: Tx, edition_id: UUID, list_id: UUID, school_year: int, rolled_from: UUID | None
) -> None:
    """A new draft edition."""
    await execute(
        tx, INSERT_EDITION, tx.group_id, edition_id, list_id, school_year, rolled_from, tx.now
    )


async def set_edition_status(tx: Tx, edition_id: UUID, status: EditionStatus) -> None:
    """The edition's next state, at this instant."""
    await execute(tx, SET_EDITION_STATUS, tx.group_id, edition_id, status, tx.now)


async def move_edition(tx: Tx, edition_id: UUID) -> None:
    """Something about the edition changed."""
    await execute(tx, MOVE_EDITION, tx.group_id, edition_id, tx.now)


async def delete_edition(tx: Tx, edition_id: UUID) -> None:
    """A draft edition with its entries, gone."""
    await execute(tx, DELETE_ENTRIES, tx.group_id, edition_id)
    await execute(tx, DELETE_EDITION, tx.group_id, edition_id)


async def get_entry(tx: Tx, entry_id: UUID) -> EntryRow | None:
    """An entry and how its resource is now."""
    return await fetch_one(tx, EntryRow, with_rights(tx, GET_ENTRY), tx.group_id, entry_id)


async def list_entries(tx: Tx, edition_id: UUID) -> list[EntryRow]:
    """The entries of an edition in order."""
    return await fetch_all(tx, EntryRow, with_rights(tx, LIST_ENTRIES), tx.group_id, edition_id)


async def insert_entry(
    tx: Tx, entry_id: UUID, edition_id: UUID, wish: EntryWish, title: str, revision_no: int | None
) -> None:
    """A new last entry."""
    await execute(
        tx, INSERT_ENTRY, tx.group_id, entry_id, edition_id, wish.target, title, wish.importance,
        wish.note, wish.resource_id, revision_no, wish.isbn, wish.author, wish.publisher,
        wish.address, wish.hours, wish.capacity_people, wish.contact, tx.now,
    )  # fmt: skip


async def update_entry(
    tx: Tx, entry_id: UUID, wish: EntryWish, title: str, revision_no: int | None
) -> None:
    """Let an entry say this."""
    await execute(
        tx, UPDATE_ENTRY, tx.group_id, entry_id, title, wish.importance, wish.note,
        wish.resource_id, revision_no, wish.isbn, wish.author, wish.publisher, wish.address,
        wish.hours, wish.capacity_people, wish.contact, tx.now,
    )  # fmt: skip


async def delete_entry(tx: Tx, entry_id: UUID) -> None:
    """An entry of a draft, gone."""
    await execute(tx, DELETE_ENTRY, tx.group_id, entry_id)


async def sort_entries(tx: Tx, entry_ids: Sequence[UUID]) -> None:
    """Let the entries stand in this order."""
    rows = [(tx.group_id, entry_id, key) for key, entry_id in enumerate(entry_ids, 1)]
    await execute_many(tx, SORT_ENTRY, rows)


async def copy_entries(tx: Tx, from_edition_id: UUID, to_edition_id: UUID) -> None:
    """Every entry of one edition into another, in the same order."""
    await execute(tx, COPY_ENTRIES, tx.group_id, from_edition_id, to_edition_id, tx.now)


async def get_resource(tx: Tx, resource_id: UUID) -> ResourceSeen | None:
    """A resource with its relations to the actor."""
    sql = with_rights(tx, GET_RESOURCE)
    return await fetch_one(tx, ResourceSeen, sql, tx.group_id, resource_id)
