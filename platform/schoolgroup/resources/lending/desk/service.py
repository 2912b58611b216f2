"""The desk of an offer: who gets a seat, who waits, who is next.

The desk is the offer's row: whoever frees a seat or joins the queue holds it until commit, so that
a freed seat always goes to the head of the eligible queue and no hold is ever placed beside a free
seat. A newcomer who finds a free seat and no queue does not stop at the desk at all. Order of
locks: offer, then seats, loans and holds.

Everything here runs inside `Tx.as_system`, after the policy has let the caller up to the desk.
"""

from collections.abc import Iterable, Sequence
from uuid import UUID

import msgspec

from schoolgroup.kernel import journal
from schoolgroup.kernel.db import Tx
from schoolgroup.kernel.errors import NotFound, refuse_by_constraint
from schoolgroup.kernel.ids import new_id
from schoolgroup.resources.lending.desk import passing_queries, queries, rules
from schoolgroup.resources.lending.desk.models import (
    Borrower,
    HoldStatus,
    LoanStatus,
    Mine,
    Passed,
    Queue,
)
from schoolgroup.resources.lending.offers import queries as offers
from schoolgroup.resources.lending.offers.models import OfferRow
from schoolgroup.resources.lending.terms import rules as terms

refuse_by_constraint("one_active_loan", rules.AlreadyBorrowed)
refuse_by_constraint("one_open_hold", rules.AlreadyOnHold)


class Happened(msgspec.Struct, frozen=True):
    """Something the desk did: the event's name, and the loan or hold it is about."""

    event: str
    about: Passed

    @property
    def thing(self) -> str:
        """The loan or hold as events and the audit trail name it."""
        return f"{self.event.partition('.')[0]}/{self.about.id}"


class Served(msgspec.Struct, frozen=True):
    """A borrower was served: with a loan or with a hold, and what else happened at the desk."""

    loan_id: UUID | None
    hold_id: UUID | None
    happened: Sequence[Happened]


async def look(tx: Tx, offer: OfferRow, who: Borrower) -> tuple[Mine, Queue]:
    """What the borrower has of the offer, and what there is to do at its desk. Raises NotFound."""
    found = await queries.get_scene(tx, offer.id, who.person_id, who.school_id)
    if found is None:
        raise NotFound
    return found


async def serve(tx: Tx, offer: OfferRow, mine: Mine, queue: Queue, who: Borrower) -> Served:
    """Give the borrower a seat or, where none is left, the last place in the queue.

    `mine` and `queue` were looked at in this transaction. Raises any refusal of rules.why_not_lent,
    why_not_again and why_used_up, and AlreadyOnHold, when the state at the desk says so.
    """
    unbounded = offer.per_school_max is None and offer.loans_max is None and not offer.bounded
    if mine.loan_id is None and mine.hold_id is None and unbounded:
        loan = _new_loan(tx, offer, who)
        if offer.seats is None:
            await queries.lend_without_seat(tx, loan)
            return _lent(loan, [])
        if await queries.claim_free_seat(tx, loan):
            return _lent(loan, [])
    # Those who wait and ask again are most of those who ask for a title everyone wants. Where
    # nothing is over, lapsed or free, they wait on, and nobody at the desk has to wait for them.
    if mine.hold_status is HoldStatus.WAITING and not queue.stirs:
        raise rules.already_on_hold(mine.hold_id, mine.place, offer.seats)
    offer = await hold_desk(tx, offer.id)
    if why := rules.why_not_lent(offer, tx.now):
        raise why
    mine, queue = await look(tx, offer, who)
    happened = await settle(tx, offer, who.person_id, None if offer.bounded else queue)
    if happened or offer.bounded:
        mine, queue = await look(tx, offer, who)
    if why := rules.why_not_again(offer, mine, tx.now):
        raise why
    loan = _new_loan(tx, offer, who)
    if mine.hold_status is HoldStatus.READY and (filled := await queries.fill_hold(tx, loan)):
        return _lent(loan, [*happened, Happened("hold.filled", filled)])
    if mine.hold_id is not None:
        raise rules.already_on_hold(mine.hold_id, mine.place, offer.seats)
    if offer.loans_max is not None:
        figures = (await queries.list_figures(tx, [offer.id]))[offer.id]
        if why := rules.why_used_up(offer, figures):
            raise why
    if offer.seats is None:
        await queries.lend_without_seat(tx, loan)
        return _lent(loan, happened)
    if queue.idle_seats and await queries.claim_idle_seat(tx, loan):
        return _lent(loan, happened)
    hold_id, band = new_id(), terms.band(who.ground, offer.kind)
    await queries.place_hold(tx, hold_id, offer, who.school_id, who.person_id, band)
    placed = Passed(hold_id, offer.id, offer.school_id, who.school_id, 1)
    return Served(None, hold_id, [*happened, Happened("hold.placed", placed)])


async def hold_desk(tx: Tx, offer_id: UUID) -> OfferRow:
    """Hold the offer's desk until commit; the offer as it is now. Raises NotFound."""
    offer = await offers.lock_offer(tx, offer_id)
    if offer is None:
        raise NotFound
    return offer


async def settle(
    tx: Tx, offer: OfferRow, person_id: UUID | None = None, found: Queue | None = None
) -> list[Happened]:
    """Bring the desk up to the instant: end what is over, retire what was cut, serve the queue.

    The desk must be held. `person_id`: also end this person's loan where seats are unlimited.
    `found` is what a look since the desk is held has shown.
    """
    if offer.bounded and offer.seats:
        # What it is bounded by may have been widened again since seats were retired here.
        await offers.add_seats(tx, offer.id, offer.seats)
    found = found or await queries.look(tx, offer.id, person_id)
    if found is None:
        raise NotFound
    happened: list[Happened] = []
    idle = found.idle_seats
    if found.over_loans:
        ended = await passing_queries.end_over_loans(tx, offer, person_id)
        happened += [Happened("loan.ended", loan) for loan in ended]
        idle += len(ended) if offer.seats is not None else 0
    if found.lapsed_holds:
        lapsed = await passing_queries.lapse_holds(tx, offer.id)
        happened += [Happened("hold.lapsed", hold) for hold in lapsed]
        idle += len(lapsed)
    if idle and found.surplus:
        idle -= await passing_queries.retire_seats(tx, offer.id, found.surplus)
    if rules.why_not_lent(offer, tx.now) is None:
        for _ in range(min(idle, found.waiting)):
            head = await passing_queries.hand_over(tx, offer)
            if head is None:
                break
            happened.append(Happened("hold.ready", head))
    return happened


async def release(
    tx: Tx, loan_id: UUID, offer_id: UUID, status: LoanStatus, because: str
) -> list[Happened] | None:
    """Close a running loan and give its seat to the head of the queue, in one transaction.

    None where the loan no longer runs.
    """
    offer = await hold_desk(tx, offer_id)
    closed = await passing_queries.close_loan(tx, loan_id, status, because)
    if closed is None:
        return None
    return [Happened(f"loan.{status}", closed), *await settle(tx, offer)]


async def cancel(tx: Tx, offer_id: UUID, hold_id: UUID | None, because: str) -> list[Happened]:
    """Cancel one open hold (or all of the offer) and pass on what was reserved."""
    offer = await hold_desk(tx, offer_id)
    cancelled = await passing_queries.cancel_holds(tx, offer_id, hold_id, because)
    happened = [Happened("hold.cancelled", hold) for hold in cancelled]
    return [*happened, *await settle(tx, offer)] if happened else []


async def announce(
    tx: Tx, act: str, happened: Iterable[Happened], relations: Iterable[str] = ()
) -> None:
    """One event and one audit entry for each; in the actor's name, last in the transaction."""
    for one in happened:
        about = one.about
        await journal.record(
            tx,
            one.event,
            act=act,
            thing=one.thing,
            owner_school_id=about.owner_school_id,
            school_ids=[about.borrower_school_id],
            version=about.version,
            relations=relations,
            data={"offer_id": about.offer_id},
        )


def _new_loan(tx: Tx, offer: OfferRow, who: Borrower) -> queries.NewLoan:
    if offer.revision_no is None:
        raise rules.ResourceUnpublished
    decided = terms.decide(
        offer, who.ground, tx.now, tx.actor.time_zone, asked_days_max=who.asked_days_max
    )
    ends_at, frozen = decided.ends_at, decided.terms
    if offer.by_items:  # to be collected by then; from the hand-over the days count
        collect_by_at, why = terms.collect_by(offer, who.ground, tx.now, tx.actor.time_zone)
        ends_at = min(ends_at, collect_by_at)
        frozen = msgspec.structs.replace(frozen, because=[*frozen.because, why])
    return queries.NewLoan(
        id=new_id(),
        offer=offer,
        revision_no=offer.revision_no,
        borrower_school_id=who.school_id,
        borrower_person_id=who.person_id,
        starts_at=tx.now,
        ends_at=ends_at,
        guaranteed_until_at=min(ends_at, decided.guaranteed_until_at),
        terms=frozen,
    )


def _lent(loan: queries.NewLoan, happened: Sequence[Happened]) -> Served:
    opened = Passed(loan.id, loan.offer.id, loan.offer.school_id, loan.borrower_school_id, 1)
    return Served(loan.id, None, [*happened, Happened("loan.opened", opened)])
