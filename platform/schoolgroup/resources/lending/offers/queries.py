"""SQL of offers and their audiences."""

from collections.abc import Sequence
from uuid import UUID

import msgspec

from schoolgroup.access.decisions import with_rights
from schoolgroup.kernel.db import Tx, execute, execute_many, fetch_all, fetch_one
from schoolgroup.kernel.paging import PageRequest
from schoolgroup.resources.lending.offers.models import (
    Audience,
    AudienceWish,
    OfferRow,
    OfferStatus,
    OfferWish,
    TermsVersion,
)
from schoolgroup.resources.lending.terms.models import Ground
from schoolgroup.resources.lending.terms.queries import ground_of

# What is offered of an adaptation has no more seats, and lasts no longer, than each offer it was
# adapted by; least() passes over what is unlimited. The bounds are asked for once: every mention
# of an offer brings its wall along, and with it most of the time a plan takes to be made.
_SEATS = "least(o.seats, w.seats)"
# A share of the seats follows their number; it binds where there are several.
_OFFER = f"""o.id, o.resource_id, r.status AS resource_status,
       r.published_revision_no AS revision_no, r.kind, r.title, o.school_id, s.name AS school_name,
       o.status, least(o.valid_until_at, w.valid_until_at) AS valid_until_at, {_SEATS} AS seats,
       o.lasts, o.loan_days, o.renewals_max, o.pickup_hours, o.guaranteed_days,
       coalesce(o.per_school_max, CASE WHEN {_SEATS} >= 2 AND o.share_percent IS NOT NULL
           THEN greatest(1, ceil({_SEATS} * o.share_percent / 100.0)::int) END) AS per_school_max,
       CASE WHEN o.per_school_max IS NULL THEN o.share_percent END AS share_percent,
       o.loans_max, o.asks_owner, o.ask_hours, o.ask_default, o.seats AS stated_seats,
       o.valid_until_at AS stated_valid_until_at, w.bounded, w.held_up,
       o.terms_no, o.by_items, o.version, o.created_at"""
_FROM = """
  FROM offer o
  JOIN resource r ON r.group_id = o.group_id AND r.id = o.resource_id
  JOIN school s ON s.group_id = o.group_id AND s.id = o.school_id
 CROSS JOIN LATERAL (
       SELECT count(*) > 0 AS bounded, min(p.seats) AS seats,
              min(p.valid_until_at) AS valid_until_at,
              coalesce(bool_or(p.status <> 'open'), false) AS held_up
         FROM offer_bound b
         LEFT JOIN offer p ON p.group_id = b.group_id AND p.id = b.bounding_offer_id
        WHERE b.group_id = o.group_id AND b.offer_id = o.id) AS w"""

# The offer of a draft is seen by the school that makes it only: a draft never leaks (I13).
GET_OFFER = f"""
SELECT {_OFFER}, /*relations:offer:o*/ AS relations {_FROM}
 WHERE o.group_id = $1 AND o.id = $2
   AND (r.status <> 'draft' OR o.school_id = app.school_id())
"""

# The same with what a loan's terms are decided on ($3 the caller's school, $4 tier, $5 role).
GET_OFFER_ON_GROUND = f"""
SELECT {_OFFER}, /*relations:offer:o*/ AS relations,
       {ground_of("$3", "$4", "$5")} {_FROM}
 WHERE o.group_id = $1 AND o.id = $2
   AND (r.status <> 'draft' OR o.school_id = app.school_id())
"""

LIST_OFFERS = f"""
SELECT {_OFFER}, /*relations:offer:o*/ AS relations {_FROM}
 WHERE o.group_id = $1 AND o.resource_id = $2
   AND (r.status <> 'draft' OR o.school_id = app.school_id())
   AND ($3::uuid IS NULL OR o.id > $3)
   AND /*visible:resource:discover@offer:o*/
 ORDER BY o.id
 LIMIT $4
"""

# NO KEY: a loan inserted meanwhile refers to the offer (KEY SHARE) and must not wait for the desk,
# which in its turn may be waiting for that loan's seat.
LOCK_OFFER = f"""
SELECT {_OFFER} {_FROM}
 WHERE o.group_id = $1 AND o.id = $2
   FOR NO KEY UPDATE OF o
"""

GET_RESOURCE = """
SELECT r.id, r.kind, r.status, r.school_id, s.name AS school_name,
       /*relations:resource:r*/ AS relations
  FROM resource r
  JOIN school s ON s.group_id = r.group_id AND s.id = r.school_id
 WHERE r.group_id = $1 AND r.id = $2
"""

INSERT_OFFER = """
INSERT INTO offer (group_id, id, resource_id, school_id, status, valid_until_at, seats, loan_days,
                   renewals_max, pickup_hours, guaranteed_days, per_school_max, share_percent,
                   lasts, loans_max, asks_owner, ask_hours, ask_default, by_items, created_at,
                   updated_at)
VALUES ($1, $2, $3, $4, 'open', $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18,
        app.now(), app.now())
"""

INSERT_AUDIENCE = """
INSERT INTO offer_audience (group_id, offer_id, id, school_id, kind, tier, circle_id,
                            audience_school_id, discover, borrow, adapt)
VALUES ($1, $2, gen_random_uuid(), $3, $4, $5, $6, $7, $8, $9, $10)
"""

LIST_AUDIENCES = """
SELECT offer_id, kind, tier, circle_id, audience_school_id AS school_id, discover, borrow, adapt
  FROM offer_audience
 WHERE group_id = $1 AND offer_id = ANY ($2)
 ORDER BY kind, id
"""

# Seats beyond those that stand; retired ones keep their numbers, new ones take the next.
ADD_SEATS = """
INSERT INTO seat (group_id, offer_id, no)
SELECT $1, $2, have.last_no + n
  FROM (SELECT coalesce(max(no), 0) AS last_no,
               count(*) FILTER (WHERE retired_at IS NULL) AS standing
          FROM seat WHERE group_id = $1 AND offer_id = $2) AS have,
       generate_series(1, $3::int - have.standing) AS n
"""

SET_STATUS = """
UPDATE offer SET status = $3, version = version + 1, updated_at = app.now()
 WHERE group_id = $1 AND id = $2
"""

SET_TERMS = """
UPDATE offer SET seats = $3, valid_until_at = $4, loan_days = $5, renewals_max = $6,
                 pickup_hours = $7, guaranteed_days = $8, per_school_max = $9, share_percent = $10,
                 lasts = $11, loans_max = $12, asks_owner = $13, ask_hours = $14,
                 ask_default = $15, terms_no = terms_no + 1, version = version + 1,
                 updated_at = app.now()
 WHERE group_id = $1 AND id = $2
"""
DELETE_AUDIENCES = "DELETE FROM offer_audience WHERE group_id = $1 AND offer_id = $2"
# The version is what the rows say at this moment, word for word.
KEEP_TERMS = """
INSERT INTO offer_terms (group_id, offer_id, no, school_id, terms, by_person_id, stated_at)
SELECT o.group_id, o.id, o.terms_no, o.school_id,
       jsonb_build_object('seats', o.seats, 'valid_until_at', o.valid_until_at,
           'lasts', o.lasts, 'loan_days', o.loan_days, 'renewals_max', o.renewals_max,
           'pickup_hours', o.pickup_hours, 'guaranteed_days', o.guaranteed_days,
           'per_school_max', o.per_school_max, 'share_percent', o.share_percent,
           'loans_max', o.loans_max, 'asks_owner', o.asks_owner, 'ask_hours', o.ask_hours,
           'ask_default', o.ask_default,
           'audiences', (SELECT coalesce(jsonb_agg(jsonb_build_object('kind', a.kind,
               'tier', a.tier, 'circle_id', a.circle_id, 'school_id', a.audience_school_id,
               'discover', a.discover, 'borrow', a.borrow, 'adapt', a.adapt)
               ORDER BY a.kind, a.id), '[]') FROM offer_audience a
              WHERE a.group_id = o.group_id AND a.offer_id = o.id)),
       $3, app.now()
  FROM offer o WHERE o.group_id = $1 AND o.id = $2
"""
LIST_TERMS = """
SELECT t.no, t.terms, t.by_person_id, p.name AS by_name, t.stated_at
  FROM offer_terms t
  LEFT JOIN person p ON p.group_id = t.group_id AND p.id = t.by_person_id
 WHERE t.group_id = $1 AND t.offer_id = $2 AND ($3::int IS NULL OR t.no < $3)
 ORDER BY t.no DESC LIMIT $4
"""
# Offers of what was adapted by this one: their seats follow its seats. In one order for all.
LIST_BOUNDED = """
SELECT b.offer_id FROM offer_bound b
  JOIN offer o ON o.group_id = b.group_id AND o.id = b.offer_id AND o.status = 'open'
 WHERE b.group_id = $1 AND b.bounding_offer_id = $2
 ORDER BY b.offer_id
"""
# Open places in the queue of schools that no line of the audience lets borrow any more.
LIST_LEFT_OUT = """
SELECT h.id FROM hold h
 WHERE h.group_id = $1 AND h.offer_id = $2 AND h.status IN ('waiting', 'ready')
   AND NOT EXISTS (
       SELECT FROM offer_audience a
        WHERE a.group_id = h.group_id AND a.offer_id = h.offer_id AND a.borrow
          AND (a.kind IN ('group', 'public') OR a.audience_school_id = h.borrower_school_id
               OR a.tier = app.tier_of(h.borrower_school_id, app.today())
               OR EXISTS (SELECT FROM circle_member m
                           WHERE m.group_id = a.group_id AND m.circle_id = a.circle_id
                             AND m.school_id = h.borrower_school_id)))
"""


class ResourceRow(msgspec.Struct, frozen=True):
    """What of a resource decides whether it can be offered."""

    id: UUID
    kind: str
    status: str
    school_id: UUID
    school_name: str
    relations: int


async def get_offer(tx: Tx, offer_id: UUID) -> OfferRow | None:
    """The offer with the caller's relations to it, where the caller's wall lets it through."""
    return await fetch_one(tx, OfferRow, with_rights(tx, GET_OFFER), tx.group_id, offer_id)


async def get_offer_on_ground(tx: Tx, offer_id: UUID) -> tuple[OfferRow, Ground] | None:
    """The offer as get_offer has it, and what terms are decided on for the caller."""
    sql, actor = with_rights(tx, GET_OFFER_ON_GROUND), tx.actor
    row = await tx.connection.fetchrow(
        sql, tx.group_id, offer_id, actor.school_id, actor.tier, actor.role
    )
    return None if row is None else (msgspec.convert(row, OfferRow), msgspec.convert(row, Ground))


async def list_offers(tx: Tx, resource_id: UUID, page: PageRequest) -> list[OfferRow]:
    """The resource's offers the caller may find, oldest first."""
    after = page.after[0] if page.after else None
    sql = with_rights(tx, LIST_OFFERS)
    return await fetch_all(tx, OfferRow, sql, tx.group_id, resource_id, after, page.limit)


async def lock_offer(tx: Tx, offer_id: UUID) -> OfferRow | None:
    """Hold the offer's desk until commit: seats are freed and queues joined one by one."""
    return await fetch_one(tx, OfferRow, LOCK_OFFER, tx.group_id, offer_id)


async def get_resource(tx: Tx, resource_id: UUID) -> ResourceRow | None:
    """The resource with the caller's relations to it."""
    sql = with_rights(tx, GET_RESOURCE)
    return await fetch_one(tx, ResourceRow, sql, tx.group_id, resource_id)


async def insert_offer(
    tx: Tx,
    offer_id: UUID,
    resource_id: UUID,
    school_id: UUID,
    wish: OfferWish,
    share_percent: int | None,
) -> None:
    """Write an open offer on these terms; `share_percent` where the wish names no number."""
    await execute(
        tx,
        INSERT_OFFER,
        tx.group_id,
        offer_id,
        resource_id,
        school_id,
        wish.valid_until_at,
        0 if wish.by_items else wish.seats,
        wish.loan_days,
        wish.renewals_max,
        wish.pickup_hours,
        wish.guaranteed_days,
        None if wish.per_school_max is msgspec.UNSET else wish.per_school_max,
        share_percent,
        wish.lasts,
        wish.loans_max,
        wish.asks_owner,
        wish.ask_hours,
        wish.ask_default,
        wish.by_items,
    )


async def insert_audiences(
    tx: Tx, offer_id: UUID, school_id: UUID, lines: Sequence[AudienceWish]
) -> None:
    """Write whom the offer reaches."""
    rows = [
        (
            tx.group_id,
            offer_id,
            school_id,
            line.kind,
            line.tier,
            line.circle_id,
            line.school_id,
            line.discover,
            line.borrow,
            line.adapt,
        )
        for line in lines
    ]
    await execute_many(tx, INSERT_AUDIENCE, rows)


async def list_audiences(tx: Tx, offer_ids: Sequence[UUID]) -> dict[UUID, list[Audience]]:
    """The lines of these offers' audiences that the caller's wall lets through, by offer."""
    found: dict[UUID, list[Audience]] = {offer_id: [] for offer_id in offer_ids}
    for row in await tx.connection.fetch(LIST_AUDIENCES, tx.group_id, list(offer_ids)):
        found[row["offer_id"]].append(msgspec.convert(dict(row), Audience))
    return found


async def add_seats(tx: Tx, offer_id: UUID, seats: int) -> None:
    """Add what is missing to `seats` standing seats; under the offer's lock."""
    await execute(tx, ADD_SEATS, tx.group_id, offer_id, seats)


async def set_status(tx: Tx, offer_id: UUID, status: OfferStatus) -> None:
    """Write the offer's new status."""
    await execute(tx, SET_STATUS, tx.group_id, offer_id, status)


async def set_terms(tx: Tx, offer: OfferRow, share_percent: int | None) -> None:
    """Write what the owner now states: the next version of the offer's terms."""
    await execute(
        tx,
        SET_TERMS,
        tx.group_id,
        offer.id,
        offer.stated_seats,
        offer.stated_valid_until_at,
        offer.loan_days,
        offer.renewals_max,
        offer.pickup_hours,
        offer.guaranteed_days,
        None if share_percent is not None else offer.per_school_max,
        share_percent,
        offer.lasts,
        offer.loans_max,
        offer.asks_owner,
        offer.ask_hours,
        offer.ask_default,
    )


async def replace_audiences(
    tx: Tx, offer_id: UUID, school_id: UUID, lines: Sequence[AudienceWish]
) -> None:
    """Let the offer reach these and nobody else."""
    await execute(tx, DELETE_AUDIENCES, tx.group_id, offer_id)
    await insert_audiences(tx, offer_id, school_id, lines)


async def keep_terms(tx: Tx, offer_id: UUID) -> None:
    """Write down the version of the terms that holds from now on, and who stated it."""
    await execute(tx, KEEP_TERMS, tx.group_id, offer_id, tx.actor.person_id)


async def list_terms(tx: Tx, offer_id: UUID, page: PageRequest) -> list[TermsVersion]:
    """The versions of an offer's terms, newest first."""
    after = page.after[0] if page.after else None
    return await fetch_all(tx, TermsVersion, LIST_TERMS, tx.group_id, offer_id, after, page.limit)


async def list_left_out(tx: Tx, offer_id: UUID) -> list[UUID]:
    """Open holds of schools the offer no longer lets borrow."""
    return [row["id"] for row in await tx.connection.fetch(LIST_LEFT_OUT, tx.group_id, offer_id)]


async def list_bounded(tx: Tx, offer_id: UUID) -> list[UUID]:
    """Open offers of what was adapted by this offer, at whatever remove."""
    return [r["offer_id"] for r in await tx.connection.fetch(LIST_BOUNDED, tx.group_id, offer_id)]
