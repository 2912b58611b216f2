"""SQL of the desk: seats, the queue, and what counts. Everything here but the two reads by id
works between schools, inside `Tx.as_system`, after the policy has let the caller up to the desk.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from schoolgroup.kernel.db import Tx, execute, fetch_all, fetch_one, fetch_value
from schoolgroup.resources.lending.desk.models import Figures, Mine, Passed, Queue
from schoolgroup.resources.lending.offers.models import OfferRow, Terms

LIST_FIGURES = """
SELECT offer_id, seats, standing, lent, reserved, waiting, paused, loans_max, loans_made
  FROM offer_figures
 WHERE group_id = $1 AND offer_id = ANY ($2)
"""

# What a person ($3) of a school ($4) has of each offer, and altogether.
_MINE = """o.id AS offer_id, l.id AS loan_id, l.ends_at AS loan_ends_at,
       o.by_items AND l.id IS NOT NULL AND app.is_out(l.group_id, l.id) AS loan_out,
       h.id AS hold_id, h.status AS hold_status, h.ready_until_at,
       CASE WHEN h.status = 'waiting' AND NOT app.is_paused(h.paused_at, h.paused_until_at) THEN
            (SELECT count(*) + 1 FROM hold a
              WHERE a.group_id = h.group_id AND a.offer_id = h.offer_id AND a.status = 'waiting'
                AND NOT app.is_paused(a.paused_at, a.paused_until_at)
                AND (a.band, a.placed_at, a.id) < (h.band, h.placed_at, h.id)) END AS place,
       (SELECT count(*) FROM loan c
         WHERE c.group_id = o.group_id AND c.offer_id = o.id AND c.status = 'active'
           AND (app.now() < c.ends_at OR o.by_items AND app.is_out(c.group_id, c.id))
           AND c.borrower_school_id = $4)
     + (SELECT count(*) FROM hold c
         WHERE c.group_id = o.group_id AND c.offer_id = o.id AND c.status = 'ready'
           AND app.now() < c.ready_until_at AND c.borrower_school_id = $4) AS school_count,
       (SELECT count(*) FROM loan c
         WHERE c.group_id = o.group_id AND c.borrower_person_id = $3 AND c.status = 'active'
           AND (app.now() < c.ends_at OR app.is_out(c.group_id, c.id)))
     + (SELECT count(*) FROM hold c
         WHERE c.group_id = o.group_id AND c.borrower_person_id = $3
           AND (c.status = 'waiting' OR c.status = 'ready' AND app.now() < c.ready_until_at)
       ) AS own_open"""
_MINE_FROM = """
  FROM offer o
  LEFT JOIN loan l ON l.group_id = o.group_id AND l.offer_id = o.id
                  AND l.borrower_person_id = $3 AND l.status = 'active'
  LEFT JOIN hold h ON h.group_id = o.group_id AND h.offer_id = o.id
                  AND h.borrower_person_id = $3 AND h.status IN ('waiting', 'ready')"""

LIST_MINE = f"""
SELECT {_MINE} {_MINE_FROM}
 WHERE o.group_id = $1 AND o.id = ANY ($2)
"""

_LENT = """
    INSERT INTO loan (group_id, id, offer_id, resource_id, revision_no, title, owner_school_id,
                      borrower_school_id, borrower_person_id, status, starts_at, ends_at,
                      guaranteed_until_at, terms)
    SELECT $1, $3, $2, $4, $5, $6, $7, $8, $9, 'active', $10, $11, $12, $13"""

# The fast path, in one statement: a free seat nobody else is taking, while nobody waits. It never
# waits for anyone. A seat it finds is free by its newest version, and no eligible hold waits beside
# such a seat: holds are placed and seats freed only under the offer's lock.
CLAIM_FREE_SEAT = f"""
WITH chosen AS (
    SELECT s.no FROM seat s
     WHERE s.group_id = $1 AND s.offer_id = $2
       AND s.loan_id IS NULL AND s.hold_id IS NULL AND s.retired_at IS NULL
       AND NOT EXISTS (SELECT FROM hold w WHERE w.group_id = $1 AND w.offer_id = $2
                          AND w.status = 'waiting')
     ORDER BY s.no LIMIT 1 FOR UPDATE OF s SKIP LOCKED),
lent AS (
    {_LENT} FROM chosen)
UPDATE seat s SET loan_id = $3
  FROM chosen c
 WHERE s.group_id = $1 AND s.offer_id = $2 AND s.no = c.no
RETURNING s.no
"""

# Under the offer's lock, after the queue was served: a seat that someone is taking at this moment
# is waited for, so that a claim that fails leaves no seat free beside a new hold.
CLAIM_IDLE_SEAT = f"""
WITH chosen AS (
    SELECT s.no FROM seat s
     WHERE s.group_id = $1 AND s.offer_id = $2
       AND s.loan_id IS NULL AND s.hold_id IS NULL AND s.retired_at IS NULL
     ORDER BY s.no LIMIT 1 FOR UPDATE OF s),
lent AS (
    {_LENT} FROM chosen)
UPDATE seat s SET loan_id = $3
  FROM chosen c
 WHERE s.group_id = $1 AND s.offer_id = $2 AND s.no = c.no
RETURNING s.no
"""

LEND_WITHOUT_SEAT = _LENT

# The ready hold of the borrower becomes the loan, on the seat that was reserved for it.
FILL_HOLD = f"""
WITH ready AS (
    SELECT h.id FROM hold h
     WHERE h.group_id = $1 AND h.offer_id = $2 AND h.borrower_person_id = $9
       AND h.status = 'ready' AND app.now() < h.ready_until_at
       FOR UPDATE),
lent AS (
    {_LENT} FROM ready),
seated AS (
    UPDATE seat s SET loan_id = $3, hold_id = NULL
      FROM ready r WHERE s.group_id = $1 AND s.offer_id = $2 AND s.hold_id = r.id)
UPDATE hold h SET status = 'filled', loan_id = $3, closed_at = app.now(), version = h.version + 1
  FROM ready r
 WHERE h.group_id = $1 AND h.id = r.id
RETURNING h.id, h.offer_id, h.owner_school_id, h.borrower_school_id, h.version
"""

# Placed later than everyone who waits, by the clock at this moment rather than at the beginning of
# the transaction: under the offer's lock nobody's place ever gets worse.
PLACE_HOLD = """
INSERT INTO hold (group_id, id, offer_id, resource_id, owner_school_id, borrower_school_id,
                  borrower_person_id, band, status, placed_at)
SELECT $1, $2, $3, $4, $5, $6, $7, $8, 'waiting',
       greatest(app.now() + (clock_timestamp() - now()),
                (SELECT max(w.placed_at) + interval '1 microsecond' FROM hold w
                  WHERE w.group_id = $1 AND w.offer_id = $3 AND w.status = 'waiting'))
"""

# What is to be done at the desk before anyone is served. $3: a borrower whose own loan may be over.
_LOOK = """(SELECT count(*) FROM loan l
         WHERE l.group_id = o.group_id AND l.offer_id = o.id AND l.status = 'active'
           AND l.ends_at <= app.now()
           AND (o.seats IS NOT NULL OR l.borrower_person_id = $3)
           AND NOT (o.by_items AND app.is_out(l.group_id, l.id))) AS over_loans,
       (SELECT count(*) FROM hold h
         WHERE h.group_id = o.group_id AND h.offer_id = o.id AND h.status = 'ready'
           AND h.ready_until_at <= app.now()) AS lapsed_holds,
       (SELECT count(*) FROM seat s
         WHERE s.group_id = o.group_id AND s.offer_id = o.id AND s.loan_id IS NULL
           AND s.hold_id IS NULL AND s.retired_at IS NULL) AS idle_seats,
       (SELECT count(*) FROM hold h
         WHERE h.group_id = o.group_id AND h.offer_id = o.id AND h.status = 'waiting') AS waiting,
       (SELECT greatest(0, count(*) - least(o.seats, (
               SELECT min(p.seats) FROM offer_bound b
                 JOIN offer p ON p.group_id = b.group_id AND p.id = b.bounding_offer_id
                WHERE b.group_id = o.group_id AND b.offer_id = o.id))) FROM seat s
         WHERE s.group_id = o.group_id AND s.offer_id = o.id AND s.retired_at IS NULL) AS surplus"""

LOOK = f"""
SELECT {_LOOK}
  FROM offer o
 WHERE o.group_id = $1 AND o.id = $2
"""

# Both in one look: what the borrower has, and what is to be done, at one instant.
SCENE = f"""
SELECT {_MINE}, {_LOOK} {_MINE_FROM}
 WHERE o.group_id = $1 AND o.id = $2
"""

LIST_PLACES = """
SELECT h.id, (SELECT count(*) + 1 FROM hold a
               WHERE a.group_id = h.group_id AND a.offer_id = h.offer_id AND a.status = 'waiting'
                 AND NOT app.is_paused(a.paused_at, a.paused_until_at)
                 AND (a.band, a.placed_at, a.id) < (h.band, h.placed_at, h.id)) AS place
  FROM hold h
 WHERE h.group_id = $1 AND h.id = ANY ($2) AND h.status = 'waiting'
   AND NOT app.is_paused(h.paused_at, h.paused_until_at)
"""


class NewLoan(msgspec.Struct, frozen=True):
    """A loan about to be made: its instants are the transaction's."""

    id: UUID
    offer: OfferRow
    revision_no: int
    borrower_school_id: UUID
    borrower_person_id: UUID
    starts_at: datetime
    ends_at: datetime
    guaranteed_until_at: datetime
    terms: Terms


async def list_figures(tx: Tx, offer_ids: Sequence[UUID]) -> dict[UUID, Figures]:
    """What counts of each offer now."""
    rows = await fetch_all(tx, Figures, LIST_FIGURES, tx.group_id, list(offer_ids))
    return {row.offer_id: row for row in rows}


async def list_mine(
    tx: Tx, offer_ids: Sequence[UUID], person_id: UUID | None, school_id: UUID | None
) -> dict[UUID, Mine]:
    """What the person and their school have of each offer."""
    rows = await fetch_all(tx, Mine, LIST_MINE, tx.group_id, list(offer_ids), person_id, school_id)
    return {row.offer_id: row for row in rows}


async def claim_free_seat(tx: Tx, loan: NewLoan) -> bool:
    """Lend a free seat while nobody waits, without waiting for anyone; False where none was had."""
    return await fetch_value(tx, CLAIM_FREE_SEAT, *_arguments(tx, loan)) is not None


async def claim_idle_seat(tx: Tx, loan: NewLoan) -> bool:
    """Lend a seat left over by the queue, under the offer's lock; False where there is none."""
    return await fetch_value(tx, CLAIM_IDLE_SEAT, *_arguments(tx, loan)) is not None


async def lend_without_seat(tx: Tx, loan: NewLoan) -> None:
    """Lend where seats are unlimited."""
    await execute(tx, LEND_WITHOUT_SEAT, *_arguments(tx, loan))


async def fill_hold(tx: Tx, loan: NewLoan) -> Passed | None:
    """Turn the borrower's ready hold into the loan; None where there is none."""
    return await fetch_one(tx, Passed, FILL_HOLD, *_arguments(tx, loan))


async def place_hold(
    tx: Tx, hold_id: UUID, offer: OfferRow, school_id: UUID, person_id: UUID, band: int
) -> None:
    """Put the borrower at the end of their band of the queue; under the offer's lock."""
    await execute(
        tx,
        PLACE_HOLD,
        tx.group_id,
        hold_id,
        offer.id,
        offer.resource_id,
        offer.school_id,
        school_id,
        person_id,
        band,
    )


async def look(tx: Tx, offer_id: UUID, person_id: UUID | None) -> Queue | None:
    """What is to be done at the desk; under the offer's lock."""
    return await fetch_one(tx, Queue, LOOK, tx.group_id, offer_id, person_id)


async def get_scene(
    tx: Tx, offer_id: UUID, person_id: UUID, school_id: UUID
) -> tuple[Mine, Queue] | None:
    """What the borrower has of the offer, and what is to be done at its desk, in one look."""
    row = await tx.connection.fetchrow(SCENE, tx.group_id, offer_id, person_id, school_id)
    if row is None:
        return None
    return msgspec.convert(row, Mine), msgspec.convert(row, Queue)


async def list_places(tx: Tx, hold_ids: Sequence[UUID]) -> dict[UUID, int]:
    """The place of each hold that waits and is not paused, counted from 1."""
    rows = await tx.connection.fetch(LIST_PLACES, tx.group_id, list(hold_ids))
    return {row["id"]: row["place"] for row in rows}


def _arguments(tx: Tx, loan: NewLoan) -> tuple[object, ...]:
    offer = loan.offer
    return (
        tx.group_id,
        offer.id,
        loan.id,
        offer.resource_id,
        loan.revision_no,
        offer.title,
        offer.school_id,
        loan.borrower_school_id,
        loan.borrower_person_id,
        loan.starts_at,
        loan.ends_at,
        loan.guaranteed_until_at,
        loan.terms,
    )
