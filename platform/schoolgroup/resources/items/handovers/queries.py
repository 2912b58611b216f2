"""SQL of hand-overs, as the caller may see them, and of their steps."""

from uuid import UUID

from schoolgroup.access.decisions import with_rights
from schoolgroup.kernel.db import Tx, execute, fetch_all, fetch_one
from schoolgroup.kernel.paging import PageRequest
from schoolgroup.resources.items.handovers.models import HandoverRow, HandoverStatus
from schoolgroup.resources.items.models import Condition, ItemRow
from schoolgroup.resources.lending.desk.models import LoanRow

_HANDOVER = """h.id, h.item_id, i.barcode, l.title, h.loan_id, h.offer_id,
       h.owner_school_id, o.name AS owner_school_name,
       h.borrower_school_id, b.name AS borrower_school_name, h.borrower_person_id,
       h.status, h.pieces_out, h.pieces_back, h.condition_out, h.condition_back, h.prepared_at,
       h.sent_at, h.handed_at, h.received_at, h.received_by, h.claimed_at, h.returned_at,
       h.closed_at, h.closed_because, l.ends_at AS due_at,
       CASE WHEN h.status IN ('handed', 'received', 'claimed')
            THEN app.overdue_days(h.group_id, h.borrower_school_id, l.ends_at)
            ELSE 0 END AS overdue_days,
       h.version, /*relations:handover:h*/ AS relations
  FROM item_handover h
  JOIN item i ON i.group_id = h.group_id AND i.id = h.item_id
  JOIN loan l ON l.group_id = h.group_id AND l.id = h.loan_id
  JOIN school o ON o.group_id = h.group_id AND o.id = h.owner_school_id
  JOIN school b ON b.group_id = h.group_id AND b.id = h.borrower_school_id"""

GET_HANDOVER = f"""
SELECT {_HANDOVER}
 WHERE h.group_id = $1 AND h.id = $2
"""

LIST_HANDOVERS = f"""
SELECT {_HANDOVER}
 WHERE h.group_id = $1
   AND ($2::uuid IS NULL OR h.item_id = $2)
   AND ($3::uuid IS NULL OR h.borrower_person_id = $3)
   AND ($4::boolean IS NULL OR $4 = (h.closed_at IS NULL))
   AND ($5::boolean IS NULL OR $5 = (h.status IN ('handed', 'received', 'claimed')
        AND app.overdue_days(h.group_id, h.borrower_school_id, l.ends_at) > 0))
   AND ($6::uuid IS NULL OR h.id < $6)
   AND /*visible:handover:read@handover:h*/
 ORDER BY h.id DESC
 LIMIT $7
"""

# A librarian scans what the own school has; a barcode is unique there.
FIND_OWN = "SELECT id FROM item WHERE group_id = $1 AND school_id = $2 AND barcode = $3"

INSERT_HANDOVER = """
INSERT INTO item_handover (group_id, id, item_id, loan_id, offer_id, owner_school_id,
                           borrower_school_id, borrower_person_id, status, pieces_out,
                           condition_out, prepared_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'prepared', $9, $10, app.now())
"""

LOCK_HANDOVER = "SELECT id FROM item_handover WHERE group_id = $1 AND id = $2 FOR UPDATE"

# $4: who signs the receipt with this step, if anybody.
MOVE_HANDOVER = """
UPDATE item_handover
   SET status = $3, version = version + 1,
       sent_at = CASE WHEN $3 = 'sent' THEN app.now() ELSE sent_at END,
       handed_at = CASE WHEN $3 = 'handed' THEN app.now() ELSE handed_at END,
       received_at = CASE WHEN $4::text IS NULL THEN received_at
                          ELSE coalesce(received_at, app.now()) END,
       received_by = coalesce(received_by, $4),
       claimed_at = CASE WHEN $3 = 'claimed' THEN app.now() ELSE claimed_at END,
       returned_at = CASE WHEN $3 IN ('returning', 'returned') THEN coalesce(returned_at, app.now())
                          ELSE returned_at END,
       pieces_back = coalesce($5, pieces_back), condition_back = coalesce($6, condition_back),
       closed_at = CASE WHEN $3 IN ('accepted', 'lost', 'cancelled') THEN app.now() END,
       closed_because = $7
 WHERE group_id = $1 AND id = $2
"""

# Set aside for a loan that was never collected in time: the thing is free again.
CANCEL_STALE = """
UPDATE item_handover h
   SET status = 'cancelled', closed_at = app.now(), closed_because = $3, version = h.version + 1
  FROM loan l
 WHERE h.group_id = $1 AND h.item_id = $2 AND h.status = 'prepared'
   AND l.group_id = h.group_id AND l.id = h.loan_id
   AND (l.status <> 'active' OR l.ends_at <= app.now())
RETURNING h.id
"""


async def get_handover(tx: Tx, handover_id: UUID) -> HandoverRow | None:
    """The hand-over with the caller's relations to it."""
    sql = with_rights(tx, GET_HANDOVER)
    return await fetch_one(tx, HandoverRow, sql, tx.group_id, handover_id)


async def list_handovers(
    tx: Tx,
    item_id: UUID | None,
    person_id: UUID | None,
    running: bool | None,
    overdue: bool | None,
    page: PageRequest,
) -> list[HandoverRow]:
    """The hand-overs the caller may see, newest first."""
    after = page.after[0] if page.after else None
    sql = with_rights(tx, LIST_HANDOVERS)
    return await fetch_all(
        tx, HandoverRow, sql, tx.group_id, item_id, person_id, running, overdue, after, page.limit
    )


async def find_own(tx: Tx, school_id: UUID | None, barcode: str) -> UUID | None:
    """The school's item with this barcode."""
    found: UUID | None = await tx.connection.fetchval(FIND_OWN, tx.group_id, school_id, barcode)
    return found


async def insert_handover(tx: Tx, handover_id: UUID, loan: LoanRow, item: ItemRow) -> None:
    """Put the item into the hand of the loan's borrower; one_hand refuses a second hand."""
    await execute(
        tx,
        INSERT_HANDOVER,
        tx.group_id,
        handover_id,
        item.id,
        loan.id,
        loan.offer_id,
        loan.owner_school_id,
        loan.borrower_school_id,
        loan.borrower_person_id,
        item.pieces,
        item.condition,
    )


async def lock_handover(tx: Tx, handover_id: UUID) -> None:
    """Hold the hand-over until commit."""
    await execute(tx, LOCK_HANDOVER, tx.group_id, handover_id)


async def move_handover(
    tx: Tx,
    handover_id: UUID,
    status: HandoverStatus,
    *,
    received_by: str | None = None,
    pieces_back: int | None = None,
    condition_back: Condition | None = None,
    because: str = "",
) -> None:
    """Write a step of the hand-over and its instant."""
    await execute(
        tx,
        MOVE_HANDOVER,
        tx.group_id,
        handover_id,
        status,
        received_by,
        pieces_back,
        condition_back,
        because,
    )


async def cancel_stale(tx: Tx, item_id: UUID, because: str) -> UUID | None:
    """Cancel a hand-over prepared for a loan that is over; its id, where there was one."""
    found: UUID | None = await tx.connection.fetchval(CANCEL_STALE, tx.group_id, item_id, because)
    return found
