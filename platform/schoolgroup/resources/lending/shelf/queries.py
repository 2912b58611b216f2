"""SQL of the shelf: the seats of an offer that lends items follow the items there are to give.

Everything here works inside `Tx.as_system`, under the offer's lock.
"""

from datetime import datetime
from uuid import UUID

from schoolgroup.kernel.db import Tx, execute, fetch_one, fetch_value
from schoolgroup.resources.lending.desk.models import Passed

# What the offer can give: sound items that are in the house, less those that loans of an earlier
# offer were promised, and those its own loans have. An item that came back counts once it was
# accepted.
COUNT_GIVABLE = """
SELECT least(1000, greatest(0,
       (SELECT count(*) FROM item i
         WHERE i.group_id = o.group_id AND i.resource_id = o.resource_id AND i.state = 'sound'
           AND NOT EXISTS (SELECT FROM item_handover h
                            WHERE h.group_id = i.group_id AND h.item_id = i.id
                              AND h.closed_at IS NULL
                              AND (h.offer_id <> o.id OR h.status IN ('returning', 'returned'))))
     - (SELECT count(*) FROM loan l
          JOIN offer p ON p.group_id = l.group_id AND p.id = l.offer_id AND p.by_items
         WHERE l.group_id = o.group_id AND l.resource_id = o.resource_id AND l.offer_id <> o.id
           AND l.status = 'active' AND app.now() < l.ends_at
           AND NOT EXISTS (SELECT FROM item_handover h
                            WHERE h.group_id = l.group_id AND h.loan_id = l.id
                              AND h.closed_at IS NULL))))::int AS givable
  FROM offer o
 WHERE o.group_id = $1 AND o.id = $2
"""

# Not the owner's change of terms: the version stays.
SET_SEATS = "UPDATE offer SET seats = $3 WHERE group_id = $1 AND id = $2"

# A retired seat stands again before a new one is made, so that seats do not pile up over the years.
REVIVE_SEATS = """
UPDATE seat SET retired_at = NULL
 WHERE group_id = $1 AND offer_id = $2
   AND no IN (SELECT s.no FROM seat s
               WHERE s.group_id = $1 AND s.offer_id = $2 AND s.retired_at IS NOT NULL
               ORDER BY s.no
               LIMIT greatest(0, $3 - (SELECT count(*) FROM seat t
                                        WHERE t.group_id = $1 AND t.offer_id = $2
                                          AND t.retired_at IS NULL)))
"""

# The offer by which the items of a resource are lent now.
FIND_OFFER = """
SELECT id FROM offer
 WHERE group_id = $1 AND resource_id = $2 AND by_items AND status <> 'closed'
"""

# From the hand-over the days count, and what is guaranteed.
START_LOAN = """
UPDATE loan SET ends_at = $3, guaranteed_until_at = $4, version = version + 1
 WHERE group_id = $1 AND id = $2 AND status = 'active'
RETURNING id, offer_id, owner_school_id, borrower_school_id, version
"""

# A thing came back, was lost, or never left: its loan ends, late or not, and its seat is free.
CLOSE_LOAN = """
WITH closed AS (
    UPDATE loan l SET status = 'returned', closed_at = app.now(), closed_because = $3,
                      version = l.version + 1
     WHERE l.group_id = $1 AND l.id = $2 AND l.status = 'active'
    RETURNING l.id, l.offer_id, l.owner_school_id, l.borrower_school_id, l.version),
freed AS (
    UPDATE seat s SET loan_id = NULL
      FROM closed c WHERE s.group_id = $1 AND s.loan_id = c.id)
SELECT id, offer_id, owner_school_id, borrower_school_id, version FROM closed
"""


async def count_givable(tx: Tx, offer_id: UUID) -> int:
    """How many items the offer can give, lent ones among them."""
    counted: int = await fetch_value(tx, COUNT_GIVABLE, tx.group_id, offer_id)
    return counted


async def set_seats(tx: Tx, offer_id: UUID, seats: int) -> None:
    """Write how many seats the offer has."""
    await execute(tx, SET_SEATS, tx.group_id, offer_id, seats)


async def revive_seats(tx: Tx, offer_id: UUID, seats: int) -> None:
    """Let retired seats stand again, up to `seats`."""
    await execute(tx, REVIVE_SEATS, tx.group_id, offer_id, seats)


async def find_offer(tx: Tx, resource_id: UUID) -> UUID | None:
    """The offer by which the items of the resource are lent, where there is one."""
    found: UUID | None = await fetch_value(tx, FIND_OFFER, tx.group_id, resource_id)
    return found


async def start_loan(
    tx: Tx, loan_id: UUID, ends_at: datetime, guaranteed_until_at: datetime
) -> Passed | None:
    """Let the days of a loan count from now; None where it is no longer active."""
    return await fetch_one(
        tx, Passed, START_LOAN, tx.group_id, loan_id, ends_at, guaranteed_until_at
    )


async def close_loan(tx: Tx, loan_id: UUID, because: str) -> Passed | None:
    """End a loan whose thing is no longer out, and free its seat; None where it was over."""
    return await fetch_one(tx, Passed, CLOSE_LOAN, tx.group_id, loan_id, because)
