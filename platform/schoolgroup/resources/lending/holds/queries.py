"""SQL of holds, as the caller may see them. A ready hold past its hour reads as lapsed."""

from uuid import UUID

from schoolgroup.access.decisions import with_rights
from schoolgroup.kernel.db import Tx, fetch_all, fetch_one
from schoolgroup.kernel.paging import PageRequest
from schoolgroup.resources.lending.desk.models import HoldRow

GET_HOLD = """
SELECT h.id, h.offer_id, h.resource_id, coalesce(r.title, '') AS title,
       h.owner_school_id, o.name AS owner_school_name,
       h.borrower_school_id, b.name AS borrower_school_name, h.borrower_person_id,
       CASE WHEN h.status = 'ready' AND h.ready_until_at <= app.now() THEN 'lapsed'
            ELSE h.status END AS status,
       h.placed_at, h.ready_until_at, h.loan_id, h.closed_at, h.closed_because, h.version,
       /*relations:hold:h*/ AS relations
  FROM hold h
  JOIN school o ON o.group_id = h.group_id AND o.id = h.owner_school_id
  JOIN school b ON b.group_id = h.group_id AND b.id = h.borrower_school_id
  LEFT JOIN resource r ON r.group_id = h.group_id AND r.id = h.resource_id
 WHERE h.group_id = $1 AND h.id = $2
"""

LIST_HOLDS = """
SELECT h.id, h.offer_id, h.resource_id, coalesce(r.title, '') AS title,
       h.owner_school_id, o.name AS owner_school_name,
       h.borrower_school_id, b.name AS borrower_school_name, h.borrower_person_id,
       CASE WHEN h.status = 'ready' AND h.ready_until_at <= app.now() THEN 'lapsed'
            ELSE h.status END AS status,
       h.placed_at, h.ready_until_at, h.loan_id, h.closed_at, h.closed_because, h.version,
       /*relations:hold:h*/ AS relations
  FROM hold h
  JOIN school o ON o.group_id = h.group_id AND o.id = h.owner_school_id
  JOIN school b ON b.group_id = h.group_id AND b.id = h.borrower_school_id
  LEFT JOIN resource r ON r.group_id = h.group_id AND r.id = h.resource_id
 WHERE h.group_id = $1
   AND ($2::uuid IS NULL OR h.offer_id = $2)
   AND ($3::uuid IS NULL OR h.borrower_person_id = $3)
   AND ($4::boolean IS NULL
        OR $4 = (h.status = 'waiting' OR h.status = 'ready' AND app.now() < h.ready_until_at))
   AND ($5::uuid IS NULL OR h.id < $5)
   AND /*visible:hold:read@hold:h*/
 ORDER BY h.id DESC
 LIMIT $6
"""


async def get_hold(tx: Tx, hold_id: UUID) -> HoldRow | None:
    """The hold with the caller's relations to it."""
    return await fetch_one(tx, HoldRow, with_rights(tx, GET_HOLD), tx.group_id, hold_id)


async def list_holds(
    tx: Tx, offer_id: UUID | None, person_id: UUID | None, open_now: bool | None, page: PageRequest
) -> list[HoldRow]:
    """The holds the caller may read, newest first."""
    after = page.after[0] if page.after else None
    sql = with_rights(tx, LIST_HOLDS)
    return await fetch_all(
        tx, HoldRow, sql, tx.group_id, offer_id, person_id, open_now, after, page.limit
    )
