"""SQL of what frees seats and passes them on: loans and holds that end, and who is next.

Works between schools, inside `Tx.as_system`, as all of the desk does.
"""

from uuid import UUID

from schoolgroup.kernel.db import Tx, execute, fetch_all, fetch_one
from schoolgroup.resources.lending.desk.models import Passed
from schoolgroup.resources.lending.offers.models import OfferRow

END_OVER_LOANS = """
WITH ended AS (
    UPDATE loan l SET status = 'ended', closed_at = l.ends_at, version = l.version + 1
     WHERE l.group_id = $1 AND l.offer_id = $2 AND l.status = 'active' AND l.ends_at <= app.now()
       AND ($4 OR l.borrower_person_id = $3)
       AND NOT ($5 AND app.is_out(l.group_id, l.id))
    RETURNING l.id, l.offer_id, l.owner_school_id, l.borrower_school_id, l.version),
freed AS (
    UPDATE seat s SET loan_id = NULL
      FROM ended e WHERE s.group_id = $1 AND s.offer_id = $2 AND s.loan_id = e.id)
SELECT id, offer_id, owner_school_id, borrower_school_id, version FROM ended
"""

LAPSE_HOLDS = """
WITH over AS (
    UPDATE hold h SET status = 'lapsed', closed_at = h.ready_until_at, version = h.version + 1
     WHERE h.group_id = $1 AND h.offer_id = $2 AND h.status = 'ready'
       AND h.ready_until_at <= app.now()
    RETURNING h.id, h.offer_id, h.owner_school_id, h.borrower_school_id, h.version),
freed AS (
    UPDATE seat s SET hold_id = NULL
      FROM over o WHERE s.group_id = $1 AND s.offer_id = $2 AND s.hold_id = o.id)
SELECT id, offer_id, owner_school_id, borrower_school_id, version FROM over
"""

RETIRE_SEATS = """
UPDATE seat SET retired_at = app.now()
 WHERE group_id = $1 AND offer_id = $2
   AND no IN (SELECT s.no FROM seat s
               WHERE s.group_id = $1 AND s.offer_id = $2 AND s.loan_id IS NULL
                 AND s.hold_id IS NULL AND s.retired_at IS NULL
               ORDER BY s.no DESC LIMIT $3 FOR UPDATE OF s)
"""

# A free seat goes to the first in the order (band, placed_at, id) of those who are eligible:
# still at a school of the group, not paused, and their school below its share. One at a time,
# because each seat given changes who is eligible.
HAND_OVER = """
WITH chosen AS (
    SELECT s.no FROM seat s
     WHERE s.group_id = $1 AND s.offer_id = $2
       AND s.loan_id IS NULL AND s.hold_id IS NULL AND s.retired_at IS NULL
     ORDER BY s.no LIMIT 1 FOR UPDATE OF s),
head AS (
    SELECT h.id FROM hold h
      JOIN person p ON p.group_id = h.group_id AND p.id = h.borrower_person_id
     WHERE h.group_id = $1 AND h.offer_id = $2 AND h.status = 'waiting'
       AND p.left_at IS NULL AND p.suspended_at IS NULL
       AND NOT app.is_paused(h.paused_at, h.paused_until_at)
       AND ($3::int IS NULL OR $3 >
            (SELECT count(*) FROM loan l
              WHERE l.group_id = $1 AND l.offer_id = $2 AND l.status = 'active'
                AND l.borrower_school_id = h.borrower_school_id)
          + (SELECT count(*) FROM hold r
              WHERE r.group_id = $1 AND r.offer_id = $2 AND r.status = 'ready'
                AND r.borrower_school_id = h.borrower_school_id))
     ORDER BY h.band, h.placed_at, h.id LIMIT 1 FOR UPDATE OF h),
readied AS (
    UPDATE hold h SET status = 'ready', version = h.version + 1, ready_at = app.now(),
                      ready_until_at = app.now() + make_interval(hours => $4)
      FROM head, chosen WHERE h.group_id = $1 AND h.id = head.id
    RETURNING h.id, h.offer_id, h.owner_school_id, h.borrower_school_id, h.version),
seated AS (
    UPDATE seat s SET hold_id = r.id
      FROM readied r, chosen c WHERE s.group_id = $1 AND s.offer_id = $2 AND s.no = c.no)
SELECT id, offer_id, owner_school_id, borrower_school_id, version FROM readied
"""

CLOSE_LOAN = """
WITH closed AS (
    UPDATE loan l SET status = $3, closed_at = app.now(), closed_because = $4,
                      version = l.version + 1
     WHERE l.group_id = $1 AND l.id = $2 AND l.status = 'active' AND app.now() < l.ends_at
    RETURNING l.id, l.offer_id, l.owner_school_id, l.borrower_school_id, l.version),
freed AS (
    UPDATE seat s SET loan_id = NULL
      FROM closed c WHERE s.group_id = $1 AND s.loan_id = c.id)
SELECT id, offer_id, owner_school_id, borrower_school_id, version FROM closed
"""

# One hold ($3), or every open one of the offer where $3 is null.
CANCEL_HOLDS = """
WITH cancelled AS (
    UPDATE hold h SET status = 'cancelled', closed_at = app.now(), closed_because = $4,
                      version = h.version + 1
     WHERE h.group_id = $1 AND h.offer_id = $2 AND ($3::uuid IS NULL OR h.id = $3)
       AND (h.status = 'waiting' OR h.status = 'ready' AND app.now() < h.ready_until_at)
    RETURNING h.id, h.offer_id, h.owner_school_id, h.borrower_school_id, h.version),
freed AS (
    UPDATE seat s SET hold_id = NULL
      FROM cancelled c WHERE s.group_id = $1 AND s.offer_id = $2 AND s.hold_id = c.id)
SELECT id, offer_id, owner_school_id, borrower_school_id, version FROM cancelled
"""


async def end_over_loans(tx: Tx, offer: OfferRow, person_id: UUID | None) -> list[Passed]:
    """End the loans whose time has passed, and free their seats (unlimited: only the person's).

    A loan whose thing is out does not end before it is back.
    """
    seated = offer.seats is not None
    return await fetch_all(
        tx, Passed, END_OVER_LOANS, tx.group_id, offer.id, person_id, seated, offer.by_items
    )


async def lapse_holds(tx: Tx, offer_id: UUID) -> list[Passed]:
    """Lapse the holds nobody picked up in time, and free their seats."""
    return await fetch_all(tx, Passed, LAPSE_HOLDS, tx.group_id, offer_id)


async def retire_seats(tx: Tx, offer_id: UUID, surplus: int) -> int:
    """Retire up to `surplus` free seats; how many were."""
    return await execute(tx, RETIRE_SEATS, tx.group_id, offer_id, surplus)


async def hand_over(tx: Tx, offer: OfferRow) -> Passed | None:
    """Reserve a free seat for the head of the eligible queue; None where either is missing."""
    return await fetch_one(
        tx, Passed, HAND_OVER, tx.group_id, offer.id, offer.per_school_max, offer.pickup_hours
    )


async def close_loan(tx: Tx, loan_id: UUID, status: str, because: str) -> Passed | None:
    """Close a running loan and free its seat; None where it no longer runs."""
    return await fetch_one(tx, Passed, CLOSE_LOAN, tx.group_id, loan_id, status, because)


async def cancel_holds(tx: Tx, offer_id: UUID, hold_id: UUID | None, because: str) -> list[Passed]:
    """Cancel one open hold, or all of the offer, and free what was reserved."""
    return await fetch_all(tx, Passed, CANCEL_HOLDS, tx.group_id, offer_id, hold_id, because)
