"""SQL of holds, as the caller may see them. A ready hold past its hour reads as lapsed."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import asyncpg
import msgspec

from schoolgroup.access.decisions import with_rights
from schoolgroup.kernel.db import Tx, fetch_all, fetch_one
from schoolgroup.kernel.paging import PageRequest
from schoolgroup.resources.lending.desk.models import Figures, HoldRow, Passed
from schoolgroup.resources.lending.holds.models import Ahead, History, Key, Spot

GET_HOLD = """
SELECT h.id, h.offer_id, h.resource_id, coalesce(r.title, '') AS title,
       h.owner_school_id, o.name AS owner_school_name,
       h.borrower_school_id, b.name AS borrower_school_name, h.borrower_person_id,
       CASE WHEN h.status = 'ready' AND h.ready_until_at <= app.now() THEN 'lapsed'
            ELSE h.status END AS status,
       h.placed_at, coalesce(h.joined_at, h.placed_at) AS joined_at,
       h.status = 'waiting' AND app.is_paused(h.paused_at, h.paused_until_at) AS paused,
       h.paused_until_at, h.moved_at, h.moved_because, h.ready_until_at, h.loan_id,
       h.closed_at, h.closed_because, h.version,
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
       h.placed_at, coalesce(h.joined_at, h.placed_at) AS joined_at,
       h.status = 'waiting' AND app.is_paused(h.paused_at, h.paused_until_at) AS paused,
       h.paused_until_at, h.moved_at, h.moved_because, h.ready_until_at, h.loan_id,
       h.closed_at, h.closed_because, h.version,
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

# $3: paused until then at most; a null $4 resumes. Under the offer's lock.
PAUSE_HOLD = """
UPDATE hold SET paused_at = CASE WHEN $4 THEN app.now() END, paused_until_at = $3,
                version = version + 1
 WHERE group_id = $1 AND id = $2 AND status = 'waiting'
RETURNING id, offer_id, owner_school_id, borrower_school_id, version
"""

LIST_WAITING = """
SELECT id, band, placed_at FROM hold
 WHERE group_id = $1 AND offer_id = $2 AND status = 'waiting'
 ORDER BY band, placed_at, id
"""

# The keys of the queue's order go to other holds; when each of them joined is kept.
MOVE_HOLDS = """
UPDATE hold h SET joined_at = coalesce(h.joined_at, h.placed_at), band = m.band,
                  placed_at = m.placed_at, moved_at = app.now(), moved_because = $5,
                  version = h.version + 1
  FROM unnest($2::uuid[], $3::smallint[], $4::timestamptz[]) AS m (id, band, placed_at)
 WHERE h.group_id = $1 AND h.id = m.id AND h.status = 'waiting'
RETURNING h.id, h.offer_id, h.owner_school_id, h.borrower_school_id, h.version
"""

# What an estimate of waiting at a place `a` of a queue rests on, in one look: the offer's last
# loans, or the last ones in the group on the same terms where the offer has hardly any; its last
# pick-ups; and the seats that are occupied now. All in hours.
_AHEAD = """
SELECT a.id, a.place, o.loan_days, o.pickup_hours,
       f.offer_id, f.seats, f.standing, f.lent, f.reserved, f.waiting, f.paused, f.loans_max,
       f.loans_made, k.lengths, p.pickups, n.occupied"""
_AHEAD_FROM = """
  JOIN offer o ON o.group_id = $1 AND o.id = a.offer_id
  JOIN offer_figures f ON f.group_id = $1 AND f.offer_id = a.offer_id
 CROSS JOIN LATERAL (
       SELECT coalesce(array_agg(m.hours), '{}') AS lengths
         FROM (WITH over AS (
                   SELECT l.offer_id = o.id AS own,
                          CASE WHEN l.status = 'active' THEN l.ends_at ELSE l.closed_at
                           END AS closed_at, l.starts_at
                     FROM loan l
                    WHERE a.place IS NOT NULL AND l.group_id = $1
                      AND (l.status <> 'active' OR l.ends_at <= app.now())
                      AND (l.offer_id = o.id OR (l.terms ->> 'loan_days')::int = o.loan_days))
               SELECT (extract(epoch FROM closed_at - starts_at) / 3600.0)::float8 AS hours
                 FROM over WHERE own OR (SELECT count(*) FROM over WHERE own) < 5
                ORDER BY own DESC, closed_at DESC LIMIT 200) AS m) AS k
 CROSS JOIN LATERAL (
       SELECT coalesce(jsonb_agg(to_jsonb(m)), '[]') AS pickups
         FROM (SELECT (extract(epoch FROM coalesce(h.closed_at, h.ready_until_at) - h.ready_at)
                       / 3600.0)::float8 AS hours, h.status = 'filled' AS taken
                 FROM hold h
                WHERE a.place IS NOT NULL AND h.group_id = $1 AND h.offer_id = o.id
                  AND h.ready_at IS NOT NULL
                  AND (h.status IN ('filled', 'lapsed', 'cancelled')
                       OR h.ready_until_at <= app.now())
                ORDER BY h.ready_at DESC LIMIT 200) AS m) AS p
 CROSS JOIN LATERAL (
       SELECT coalesce(jsonb_agg(to_jsonb(m)), '[]') AS occupied
         FROM (SELECT (extract(epoch FROM app.now() - l.starts_at) / 3600.0)::float8 AS age_hours,
                      (extract(epoch FROM l.ends_at - app.now()) / 3600.0)::float8 AS left_hours,
                      false AS reserved
                 FROM loan l
                WHERE a.place IS NOT NULL AND l.group_id = $1 AND l.offer_id = o.id
                  AND l.status = 'active' AND app.now() < l.ends_at
               UNION ALL
               SELECT (extract(epoch FROM app.now() - h.ready_at) / 3600.0)::float8,
                      (extract(epoch FROM h.ready_until_at - app.now()) / 3600.0)::float8, true
                 FROM hold h
                WHERE a.place IS NOT NULL AND h.group_id = $1 AND h.offer_id = o.id
                  AND h.status = 'ready' AND app.now() < h.ready_until_at
                  AND h.ready_at IS NOT NULL) AS m) AS n
"""

LIST_AHEAD = f"""{_AHEAD}
  FROM (SELECT h.id, h.offer_id,
               CASE WHEN h.status = 'waiting'
                     AND NOT app.is_paused(h.paused_at, h.paused_until_at) THEN
                    (SELECT count(*) + 1 FROM hold b
                      WHERE b.group_id = h.group_id AND b.offer_id = h.offer_id
                        AND b.status = 'waiting'
                        AND NOT app.is_paused(b.paused_at, b.paused_until_at)
                        AND (b.band, b.placed_at, b.id) < (h.band, h.placed_at, h.id)) END AS place
          FROM hold h WHERE h.group_id = $1 AND h.id = ANY ($2) OFFSET 0) AS a {_AHEAD_FROM}"""

# The same for one place in the queue of each offer ($2): the one that is given ($3), or else the
# last of a band ($4).
LIST_AHEAD_AT_OFFERS = f"""{_AHEAD}
  FROM (SELECT u.id, u.id AS offer_id,
               coalesce(u.place, (SELECT count(*) + 1 FROM hold b
                                   WHERE b.group_id = $1 AND b.offer_id = u.id
                                     AND b.status = 'waiting' AND b.band <= u.band
                                     AND NOT app.is_paused(b.paused_at, b.paused_until_at))
                       ) AS place
          FROM unnest($2::uuid[], $3::int[], $4::int[]) AS u (id, place, band) OFFSET 0) AS a
{_AHEAD_FROM}"""


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


async def pause_hold(
    tx: Tx, hold_id: UUID, paused: bool, until_at: datetime | None
) -> Passed | None:
    """Pause or resume a waiting hold; None where it no longer waits."""
    return await fetch_one(tx, Passed, PAUSE_HOLD, tx.group_id, hold_id, until_at, paused)


async def list_waiting(tx: Tx, offer_id: UUID) -> list[Key]:
    """Everyone who waits, in order, with the key of each place."""
    return await fetch_all(tx, Key, LIST_WAITING, tx.group_id, offer_id)


async def move_holds(tx: Tx, keys: Sequence[Key], because: str) -> list[Passed]:
    """Give these holds these keys; under the offer's lock."""
    ids, bands, placed = (
        [key.id for key in keys],
        [key.band for key in keys],
        [key.placed_at for key in keys],
    )
    return await fetch_all(tx, Passed, MOVE_HOLDS, tx.group_id, ids, bands, placed, because)


async def list_ahead(tx: Tx, hold_ids: Sequence[UUID]) -> dict[UUID, Ahead]:
    """What lies before each hold; as the system, for it spans schools."""
    return _ahead(await tx.connection.fetch(LIST_AHEAD, tx.group_id, list(hold_ids)))


async def list_ahead_at_offers(tx: Tx, spots: Sequence[Spot]) -> dict[UUID, Ahead]:
    """What lies before a place in the queue of each of these offers; as the system."""
    arguments = (
        [spot.offer_id for spot in spots],
        [spot.place for spot in spots],
        [spot.band for spot in spots],
    )
    return _ahead(await tx.connection.fetch(LIST_AHEAD_AT_OFFERS, tx.group_id, *arguments))


def _ahead(rows: Sequence[asyncpg.Record]) -> dict[UUID, Ahead]:
    return {
        row["id"]: Ahead(
            row["id"],
            row["place"],
            msgspec.convert(row, Figures),
            row["loan_days"],
            row["pickup_hours"],
            msgspec.convert(row, History),
        )
        for row in rows
    }
