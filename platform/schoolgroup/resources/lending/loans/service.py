"""Borrowing, told as the librarian would tell it: borrow, open the files, renew, return.

Access is an active loan and an instant before its end, asked at every fetch. A link never outlives
the loan, so a loan that is over gives nothing, even if no job ever ran.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Literal
from uuid import UUID

import msgspec

from schoolgroup.access.decisions import may, policy_of, require, require_found
from schoolgroup.kernel.db import Tx
from schoolgroup.kernel.errors import NotFound
from schoolgroup.kernel.ids import new_id
from schoolgroup.kernel.paging import PageRequest
from schoolgroup.kernel.ranges import Span
from schoolgroup.resources.lending.asks import rules as ask_rules
from schoolgroup.resources.lending.asks import service as asks
from schoolgroup.resources.lending.desk import queries as desk_queries
from schoolgroup.resources.lending.desk import rules
from schoolgroup.resources.lending.desk import service as desk
from schoolgroup.resources.lending.desk.models import (
    Borrowed,
    Borrower,
    BorrowWish,
    Foreseen,
    Loan,
    LoanRow,
    LoanStatus,
    Mine,
    Queue,
    RecallWish,
)
from schoolgroup.resources.lending.holds import service as holds
from schoolgroup.resources.lending.loans import queries
from schoolgroup.resources.lending.loans.models import (
    Download,
    Fetch,
    LentFile,
    LoanFiles,
    Ticket,
)
from schoolgroup.resources.lending.offers import service as offers
from schoolgroup.resources.lending.offers.models import OfferRow
from schoolgroup.resources.lending.shelf import rules as shelf
from schoolgroup.resources.lending.terms import queries as terms_queries
from schoolgroup.resources.lending.terms import rules as terms

BORROW, READ, FETCH = "resource:borrow", "loan:read", "loan:fetch"
RETURN, RENEW, RECALL, REVOKE = "loan:return", "loan:renew", "loan:recall", "loan:revoke"


async def borrow(tx: Tx, offer_id: UUID, wish: BorrowWish) -> Borrowed:
    """Lend the caller what is offered, or put them in the queue; a dry run only says which.

    A hold that is ready becomes the loan. Raises NotFound, NotAllowed, NotABorrower and the
    refusals of rules.why_not_lent, why_not_again, why_over_limits, why_used_up, AlreadyOnHold, and
    of an owner who wants to be asked: AlreadyAsked, AskDeclined.
    """
    await tx.plan_once()
    offer, ground = await offers.find_on_ground(tx, offer_id, BORROW)
    if why := rules.why_not_lent(offer, tx.now):
        raise why
    name = f"offer/{offer_id}"
    require(tx, BORROW, offer.relations, thing=name, see=offers.SEE, owner=offer.school_name)
    person_id, school_id = tx.actor.person_id, tx.actor.school_id
    if person_id is None or school_id is None:
        raise rules.NotABorrower
    who = Borrower(person_id, school_id, ground)
    async with tx.as_system():
        mine, queue = await _mine_within_limits(tx, offer, who)
        leave = await asks.leave_of(tx, offer, mine, who)
        if leave is not None and leave.ask is not None:
            who = msgspec.structs.replace(who, asked_days_max=leave.ask.loan_days_max)
        if wish.dry_run and leave is not None:
            return await _foreseen(tx, offer, mine, queue, who)
        if leave is not None:
            served = await desk.serve(tx, offer, mine, queue, who)
            used = await asks.use(tx, offer, who, leave, served, wish.note)
            placed = [served.hold_id] if served.hold_id is not None else []
            ahead = await holds.list_ahead(tx, placed) if placed else {}
        elif not wish.dry_run:
            asked = await asks.place(tx, offer, who, wish.note)
    if leave is None:
        asking = ask_rules.asking(offer, tx.now + timedelta(hours=offer.ask_hours))
        if wish.dry_run:
            foreseen = Foreseen(None, None, None, offer.seats)
            return Borrowed("ask", True, foreseen=foreseen, because=[asking])
        await desk.announce(tx, BORROW, [asked], policy_of(tx).relations.names_in(offer.relations))
        ask = await asks.get_ask(tx, asked.about.id)
        return Borrowed("ask", False, ask=ask, because=[asking])
    happened = [*served.happened, *used]
    relations = policy_of(tx).relations.names_in(offer.relations)
    because = terms.decide(offer, ground, tx.now, tx.actor.time_zone).terms.because
    if served.loan_id is not None:
        loan = await get_loan(tx, served.loan_id)
        await desk.announce(tx, BORROW, happened, relations)
        return Borrowed("loan", False, loan=loan, because=loan.terms.because)
    assert served.hold_id is not None  # served with one or the other
    hold = await holds.get_hold(tx, served.hold_id, ahead)
    await desk.announce(tx, BORROW, happened, relations)
    return Borrowed("hold", False, hold=hold, because=because)


async def _mine_within_limits(tx: Tx, offer: OfferRow, who: Borrower) -> tuple[Mine, Queue]:
    """What the borrower has and the desk has to do, once nobody else opens anything beside them.

    Raises the refusals of rules.why_not_again and rules.why_over_limits.
    """
    limits = terms.limits(who.ground, offer.kind)
    await terms_queries.lock_limits(tx, who.person_id, who.school_id, limits)
    mine, queue = await desk.look(tx, offer, who)
    if why := rules.why_not_again(offer, mine, tx.now):
        raise why
    if mine.hold_id is None or rules.lapsed(mine, tx.now):
        opened = await terms_queries.open_now(
            tx, who.person_id, who.school_id, limits, mine.own_open
        )
        if why := rules.why_over_limits(limits, opened):
            raise why
    return mine, queue


async def _foreseen(tx: Tx, offer: OfferRow, mine: Mine, queue: Queue, who: Borrower) -> Borrowed:
    """What borrowing gives, by doing it and undoing it: the same steps, refusals and locks."""
    because = terms.decide(offer, who.ground, tx.now, tx.actor.time_zone).terms.because
    if offer.by_items:
        _, why = terms.collect_by(offer, who.ground, tx.now, tx.actor.time_zone)
        because = [*because, why]
    undone = tx.connection.transaction()
    await undone.start()
    try:
        served = await desk.serve(tx, offer, mine, queue, who)
        if served.loan_id is not None:
            ends_at = await queries.get_end(tx, served.loan_id)
            foreseen = Foreseen(ends_at, None, None, offer.seats)
        else:
            assert served.hold_id is not None  # served with one or the other
            ahead = (await holds.list_ahead(tx, [served.hold_id]))[served.hold_id]
            place, estimate = ahead.place, holds.estimate(ahead)
            foreseen = Foreseen(None, place, (place or 1) - 1, offer.seats, estimate)
    finally:
        await undone.rollback()
    outcome: Literal["loan", "hold"] = "loan" if served.loan_id is not None else "hold"
    return Borrowed(outcome, True, foreseen=foreseen, because=because)


async def get_loan(tx: Tx, loan_id: UUID) -> Loan:
    """One loan. Raises NotFound."""
    return _shown(tx, await _find(tx, loan_id, READ))


async def list_loans(
    tx: Tx, offer_id: UUID | None, mine: bool, running: bool | None, page: PageRequest
) -> list[Loan]:
    """The loans the caller may read, newest first; `mine`: only the caller's own."""
    if mine and tx.actor.person_id is None:
        return []
    person_id = tx.actor.person_id if mine else None
    rows = await queries.list_loans(tx, offer_id, person_id, running, page)
    return [_shown(tx, row) for row in rows]


async def return_loan(tx: Tx, loan_id: UUID) -> Loan:
    """Give a loan back; its seat goes to the head of the queue in the same transaction.

    Raises NotFound, NotAllowed, LoanOver, WrongState.
    """
    return await _close(tx, loan_id, "return", RETURN, "")


async def revoke_loan(tx: Tx, loan_id: UUID, because: str) -> Loan:
    """Take a loan back at once, saying why. Raises NotFound, NotAllowed, LoanOver, WrongState."""
    return await _close(tx, loan_id, "revoke", REVOKE, because)


async def renew_loan(tx: Tx, loan_id: UUID) -> Loan:
    """Count the days of a running loan anew from now, by its own terms.

    Raises NotFound, NotAllowed, LoanOver, WrongState, NoRenewalsLeft, SomeoneWaits, Recalled,
    RenewalGainsNothing.
    """
    loan = await _allowed(tx, loan_id, RENEW)
    _step(loan, "renew")
    async with tx.as_system():
        offer = await desk.hold_desk(tx, loan.offer_id)
        figures = (await desk_queries.list_figures(tx, [loan.offer_id]))[loan.offer_id]
    loan = await _find(tx, loan_id, RENEW)  # as it is now that nobody else can move it
    _step(loan, "renew")
    if why := shelf.why_not_renewed(loan, tx.now):
        raise why
    if why := rules.why_not_renewed(loan, figures.waiting - figures.paused):
        raise why
    actor = tx.actor
    ground = await terms_queries.get_ground(tx, loan.borrower_school_id, actor.tier, actor.role)
    ends_at = rules.renewed_until(loan, ground, tx.now, actor.time_zone, offer.valid_until_at)
    renewed = await queries.renew_loan(tx, loan, ends_at)
    if renewed is None:
        raise rules.LoanOver
    await desk.announce(tx, RENEW, [desk.Happened("loan.renewed", renewed)])
    return await get_loan(tx, loan_id)


async def recall_loan(tx: Tx, loan_id: UUID, wish: RecallWish) -> Loan:
    """Call a running loan back: it ends sooner, after notice, never before what was guaranteed.

    Raises NotFound, NotAllowed, LoanOver, RecallChangesNothing.
    """
    loan = await _allowed(tx, loan_id, RECALL)
    _step(loan, "recall")
    async with tx.as_system():
        await desk.hold_desk(tx, loan.offer_id)
    loan = await _find(tx, loan_id, RECALL)  # as it is now that nobody else can move it
    _step(loan, "recall")
    ends_at = rules.recalled_until(loan, wish.ends_at, tx.now)
    recalled = await queries.recall_loan(tx, loan, ends_at, wish.because)
    if recalled is None:
        raise rules.LoanOver
    await desk.announce(tx, RECALL, [desk.Happened("loan.recalled", recalled)])
    return await get_loan(tx, loan_id)


async def list_files(tx: Tx, loan_id: UUID) -> LoanFiles:
    """The files of a running loan. Raises NotFound, NotAllowed, LoanOver."""
    loan = await _open(tx, loan_id)
    files = await queries.list_files(tx, loan)
    return LoanFiles([file.shown() for file in files], loan.ends_at)


async def fetch(tx: Tx, loan_id: UUID, no: int, link_s_max: int) -> Ticket:
    """The right to one link, noted for borrower and owner; its life ends with the loan at latest.

    Raises NotFound, NotAllowed, LoanOver.
    """
    loan = await _open(tx, loan_id)
    files = await queries.list_files(tx, loan, no)
    if not files:
        raise NotFound
    remaining_s = int((loan.ends_at - tx.now) / timedelta(seconds=1))
    link_s = min(link_s_max, remaining_s)
    if link_s < 1:
        raise rules.LoanOver(until_at=loan.ends_at)
    until_at = tx.now + timedelta(seconds=link_s)
    await queries.insert_fetch(tx, new_id(), loan, no, until_at)
    return Ticket(files[0], link_s)


async def download(
    tx: Tx, loan_id: UUID, no: int, wanted: Callable[[LentFile], Span | None]
) -> Download:
    """The right to a file's bytes, asked anew for every piece that is asked for.

    `wanted` says which part of the file is meant. A download is noted once, when it begins.
    Raises NotFound, NotAllowed, LoanOver and what `wanted` raises.
    """
    loan = await _open(tx, loan_id)
    files = await queries.list_files(tx, loan, no)
    if not files:
        raise NotFound
    span = wanted(files[0])
    begins = span is None or span.first == 0
    await queries.note_download(tx, new_id(), loan, no, from_the_start=begins)
    return Download(files[0], span, (loan.ends_at - tx.now).total_seconds())


async def list_fetches(tx: Tx, loan_id: UUID, page: PageRequest) -> list[Fetch]:
    """Every link given out for a loan, newest first. Raises NotFound."""
    await _find(tx, loan_id, READ)
    return await queries.list_fetches(tx, loan_id, page)


async def _close(tx: Tx, loan_id: UUID, verb: str, act: str, because: str) -> Loan:
    loan = await _allowed(tx, loan_id, act)
    status = _step(loan, verb)
    if loan.terms.by_items:  # a thing is handed over under the same lock
        async with tx.as_system():
            await desk.hold_desk(tx, loan.offer_id)
        if why := shelf.why_not_given_back(await _find(tx, loan_id, act)):
            raise why
    async with tx.as_system():
        happened = await desk.release(tx, loan_id, loan.offer_id, status, because)
    if happened is None:  # it moved while we waited for the desk: say what it is now
        _step(await _find(tx, loan_id, act), verb)
        raise rules.LoanOver
    await desk.announce(tx, act, happened)
    return await get_loan(tx, loan_id)


async def _open(tx: Tx, loan_id: UUID) -> LoanRow:
    """The running loan whose files the caller may open; over is over for whoever may know of it."""
    loan = await _find(tx, loan_id, FETCH)
    if loan.status is not LoanStatus.ACTIVE:
        raise rules.LoanOver(until_at=loan.closed_at)
    name = f"loan/{loan_id}"
    require(tx, FETCH, loan.relations, thing=name, see=READ, owner=loan.owner_school_name)
    return loan


def _step(loan: LoanRow, verb: str) -> LoanStatus:
    """The status after `verb`; raises LoanOver where the loan's time has passed, or WrongState."""
    if loan.status is LoanStatus.ENDED:
        raise rules.LoanOver(until_at=loan.ends_at)
    return rules.LOANS.step(loan.status, verb)


async def _allowed(tx: Tx, loan_id: UUID, act: str) -> LoanRow:
    loan = await _find(tx, loan_id, act)
    name = f"loan/{loan_id}"
    require(tx, act, loan.relations, thing=name, see=READ, owner=loan.owner_school_name)
    return loan


async def _find(tx: Tx, loan_id: UUID, act: str) -> LoanRow:
    name = f"loan/{loan_id}"
    loan = await queries.get_loan(tx, loan_id)
    require_found(loan, name, act)
    assert loan is not None  # require_found has raised otherwise
    require(tx, READ, loan.relations, thing=name, see=READ)
    return loan


def _shown(tx: Tx, row: LoanRow) -> Loan:
    values = msgspec.structs.asdict(row)
    del values["relations"]
    actions = rules.loan_actions(row, lambda act: may(tx, act, row.relations))
    return Loan(**values, actions=actions)
