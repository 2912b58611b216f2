"""The shelf behind the desk: as items come and go, so do the seats of the offer that lends them."""

from datetime import datetime, timedelta
from uuid import UUID

from schoolgroup.kernel.db import Tx
from schoolgroup.kernel.errors import refuse_by_constraint
from schoolgroup.resources.lending.desk import service as desk
from schoolgroup.resources.lending.desk.models import LoanRow
from schoolgroup.resources.lending.offers import queries as offer_queries
from schoolgroup.resources.lending.offers.models import OfferRow
from schoolgroup.resources.lending.shelf import queries, rules
from schoolgroup.resources.lending.terms import queries as terms_queries
from schoolgroup.resources.lending.terms import rules as terms

refuse_by_constraint("one_offer_of_items", rules.TwoOffersOfItems)


async def follow_items(tx: Tx, offer: OfferRow) -> list[desk.Happened]:
    """Give the offer as many seats as it has items, and serve the queue; the desk must be held."""
    seats = await queries.count_givable(tx, offer.id)
    if seats != offer.seats:
        await queries.set_seats(tx, offer.id, seats)
        await queries.revive_seats(tx, offer.id, seats)
        await offer_queries.add_seats(tx, offer.id, seats)
        offer = await desk.hold_desk(tx, offer.id)  # the share of a school follows the seats
    return await desk.settle(tx, offer)


async def follow_resource(tx: Tx, resource_id: UUID) -> list[desk.Happened]:
    """The same for the offer that lends the resource's items, where there is one."""
    offer_id = await queries.find_offer(tx, resource_id)
    if offer_id is None:
        return []
    return await follow_items(tx, await desk.hold_desk(tx, offer_id))


async def start_loan(tx: Tx, loan: LoanRow, offer: OfferRow) -> datetime | None:
    """Count the loan's days from now by its own terms and the borrowing school's calendar.

    The desk must be held. When it is due; None where the loan is no longer active.
    """
    ground = await terms_queries.get_ground(tx, loan.borrower_school_id, "", "")
    zone = tx.actor.time_zone
    frozen = loan.terms
    ends_at, _ = terms.due(
        tx.now,
        frozen.loan_days,
        frozen.lasts,
        ground,
        zone,
        bound=frozen.bounded,
        valid_until_at=None,  # what is out comes back by its own days, whatever became of the offer
    )
    guaranteed = min(ends_at, tx.now + timedelta(days=frozen.guaranteed_days))
    started = await queries.start_loan(tx, loan.id, ends_at, guaranteed)
    return ends_at if started is not None else None


async def close_loan(
    tx: Tx, loan_id: UUID, offer: OfferRow, because: str
) -> tuple[list[desk.Happened], list[desk.Happened]]:
    """End a loan whose thing is no longer out; the seats follow, then the queue is served.

    The desk must be held. The loan's own end, and what else happened.
    """
    closed = await queries.close_loan(tx, loan_id, because)
    ended = [] if closed is None else [desk.Happened("loan.returned", closed)]
    return ended, await follow_items(tx, offer)


async def hold_resource(tx: Tx, resource_id: UUID) -> None:
    """Hold the desk of the offer that lends the resource's items, where there is one."""
    offer_id = await queries.find_offer(tx, resource_id)
    if offer_id is not None:
        await desk.hold_desk(tx, offer_id)
