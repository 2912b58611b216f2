"""SQL of kept searches."""

from datetime import datetime
from uuid import UUID

import msgspec

from schoolgroup.access.decisions import with_rights
from schoolgroup.kernel.db import Tx, execute, fetch_all, fetch_one, fetch_value
from schoolgroup.kernel.paging import PageRequest
from schoolgroup.resources.search.models import Question, Scope, Wanted
from schoolgroup.resources.search.saved.models import NewHits, SavedRow

SELECT_SEARCH = """
SELECT t.id, t.name, t.wanted, t.looked_at, t.created_at, t.updated_at, t.version,
       /*relations:search:t*/ AS relations
  FROM saved_search t
 WHERE t.group_id = $1
"""
GET_SEARCH = SELECT_SEARCH + " AND t.id = $2"
LOCK_SEARCH = "SELECT id FROM saved_search WHERE group_id = $1 AND id = $2 FOR UPDATE"
LIST_SEARCHES = (
    SELECT_SEARCH
    + """
   AND /*visible:search:keep@search:t*/ AND ($2::uuid IS NULL OR t.id < $2)
 ORDER BY t.id DESC LIMIT $3
"""
)
# One who keeps several at once does so one after the other.
LOCK_OWNER = "SELECT pg_advisory_xact_lock(hashtextextended('saved_search/' || $1::uuid, 0))"
COUNT_SEARCHES = "SELECT count(*) FROM saved_search WHERE group_id = $1 AND person_id = $2"
INSERT_SEARCH = """
INSERT INTO saved_search (group_id, id, person_id, name, wanted, looked_at, created_at, updated_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $7)
"""
UPDATE_SEARCH = """
UPDATE saved_search SET name = $3, wanted = $4, looked_at = $5, updated_at = $6,
                        version = version + 1
 WHERE group_id = $1 AND id = $2
"""
DELETE_SEARCH = "DELETE FROM saved_search WHERE group_id = $1 AND id = $2"
# The beginning of the oldest transaction that is still writing: every move before it is seen, and
# whatever commits later is stamped later (the wall's clock at the moment of writing).
HORIZON = """
SELECT least(app.now(), min(a.xact_start) + (app.now() - now()))
  FROM pg_stat_activity a
 WHERE a.datname = current_database() AND a.backend_xid IS NOT NULL
"""
# Of what moved since, the newest: what may be found now and, from the class it was in at that time,
# could not be found then. As offers reach today: that the caller's own school changed its tier or
# joined a circle is no news of a resource, nor is an offer that ran out.
FIND_NEW = """
WITH moved AS MATERIALIZED (
    SELECT m.resource_id, m.no, m.from_class_id FROM search_move m
     WHERE m.group_id = $1 AND m.moved_at >= $2
     ORDER BY m.moved_at DESC LIMIT $7),
first AS (
    SELECT DISTINCT ON (resource_id) resource_id, from_class_id FROM moved
     ORDER BY resource_id, no),
fresh AS MATERIALIZED (
    SELECT e.no, e.resource_id
      FROM first f
      JOIN search_entry e ON e.group_id = $1 AND e.resource_id = f.resource_id
     WHERE e.class_id IN (SELECT unnest($3::text::int[]))
       AND (f.from_class_id IS NULL OR f.from_class_id NOT IN (SELECT unnest($3::text::int[])))
       AND ($4::text IS NULL OR e.document @@ $4::text::tsquery))
SELECT (SELECT count(*) FROM fresh) AS total, (SELECT count(*) FROM moved) >= $7 AS truncated,
       (SELECT coalesce(jsonb_agg(jsonb_build_array(no, resource_id) ORDER BY no DESC), '[]')
          FROM (SELECT no, resource_id FROM fresh WHERE no < $5
                 ORDER BY no DESC LIMIT $6) page) AS page
"""


async def get_search(tx: Tx, search_id: UUID) -> SavedRow | None:
    """One of the actor's."""
    return await fetch_one(tx, SavedRow, with_rights(tx, GET_SEARCH), tx.group_id, search_id)


async def lock_search(tx: Tx, search_id: UUID) -> SavedRow | None:
    """The same, kept from changing until the transaction ends."""
    await execute(tx, LOCK_SEARCH, tx.group_id, search_id)
    return await get_search(tx, search_id)


async def list_searches(tx: Tx, page: PageRequest) -> list[SavedRow]:
    """The actor's, newest first."""
    after = page.after[0] if page.after else None
    return await fetch_all(
        tx, SavedRow, with_rights(tx, LIST_SEARCHES), tx.group_id, after, page.limit
    )


async def count_searches(tx: Tx) -> int:
    """How many the actor keeps; nobody adds one until the transaction ends."""
    await execute(tx, LOCK_OWNER, tx.actor.person_id)
    number: int = await fetch_value(tx, COUNT_SEARCHES, tx.group_id, tx.actor.person_id)
    return number


async def insert_search(
    tx: Tx, search_id: UUID, name: str, wanted: Wanted, looked_at: datetime
) -> None:
    """A new one of the actor."""
    await execute(
        tx, INSERT_SEARCH, tx.group_id, search_id, tx.actor.person_id, name,
        msgspec.to_builtins(wanted), looked_at, tx.now,
    )  # fmt: skip


async def update_search(
    tx: Tx, search_id: UUID, name: str, wanted: Wanted, looked_at: datetime
) -> None:
    """Let it say this."""
    await execute(
        tx, UPDATE_SEARCH, tx.group_id, search_id, name, msgspec.to_builtins(wanted), looked_at,
        tx.now,
    )  # fmt: skip


async def delete_search(tx: Tx, search_id: UUID) -> None:
    """It is kept no more."""
    await execute(tx, DELETE_SEARCH, tx.group_id, search_id)


async def horizon(tx: Tx) -> datetime:
    """The instant before which every move is known; ask before looking."""
    until: datetime = await fetch_value(tx, HORIZON)
    return until


async def find_new(
    tx: Tx, since: datetime, scope: Scope, question: Question, before: int, limit: int, most: int
) -> NewHits:
    """What is new since, newest first below a number; at most so many moves are looked at."""
    found = await fetch_one(
        tx, NewHits, FIND_NEW, tx.group_id, since, scope.classes, question.wanted, before, limit,
        most,
    )  # fmt: skip
    assert found is not None
    return found
