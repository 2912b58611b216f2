"""Asking the owner before borrowing, and answering. Silence is answered by the clock."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

import msgspec

from schoolgroup.access.decisions import may, require, require_found
from schoolgroup.kernel.db import TryAgain, Tx
from schoolgroup.kernel.ids import new_id
from schoolgroup.kernel.paging import PageRequest
from schoolgroup.resources.lending.asks import queries, rules
from schoolgroup.resources.lending.asks.models import (
    Agreeing,
    Ask,
    AskRow,
    AskStatus,
    Declining,
)
from schoolgroup.resources.lending.desk import rules as desk_rules
from schoolgroup.resources.lending.desk import service as desk
from schoolgroup.resources.lending.desk.models import Borrower, Mine, Passed
from schoolgroup.resources.lending.offers.models import OfferRow

READ, DECIDE, WITHDRAW = "ask:read", "ask:decide", "ask:withdraw"


class Leave(msgspec.Struct, frozen=True):
    """The owner's word for a loan: an ask that was agreed to, or an agreement that answers it."""

    ask: AskRow | None = None
    agreement_id: UUID | None = None


async def leave_of(tx: Tx, offer: OfferRow, mine: Mine, who: Borrower) -> Leave | None:
    """By what the borrower may borrow from an owner who wants to be asked; None: ask first.

    As the system, under the borrower's lock. Raises AlreadyAsked, AskDeclined.
    """
    if not offer.asks_owner or who.school_id == offer.school_id:
        return Leave()
    if mine.hold_id is not None and not desk_rules.lapsed(mine, tx.now):
        ask = await queries.get_newest(tx, offer.id, who.person_id, mine.hold_id)
        return Leave(ask)
    agreement_id = await queries.get_agreement(tx, offer, who.school_id)
    if agreement_id is not None:
        return Leave(agreement_id=agreement_id)
    ask = await queries.get_newest(tx, offer.id, who.person_id)
    if ask is not None and ask.status is AskStatus.AGREED:
        return Leave(ask)
    if why := rules.why_not_asked(ask, tx.now):
        raise why
    return None


async def place(tx: Tx, offer: OfferRow, who: Borrower, note: str) -> desk.Happened:
    """Ask the owner in the borrower's name."""
    ask_id = new_id()
    decide_by_at = tx.now + timedelta(hours=offer.ask_hours)
    await queries.insert_ask(tx, ask_id, offer, who.school_id, who.person_id, note, decide_by_at)
    return desk.Happened("ask.made", Passed(ask_id, offer.id, offer.school_id, who.school_id, 1))


async def use(
    tx: Tx, offer: OfferRow, who: Borrower, leave: Leave, served: desk.Served, note: str
) -> list[desk.Happened]:
    """Write down what the owner's word became; nothing where the owner need not be asked."""
    if leave.agreement_id is not None:
        ask_id = new_id()
        await queries.insert_answered(
            tx,
            ask_id,
            offer,
            who.school_id,
            who.person_id,
            note,
            leave.agreement_id,
            served.loan_id,
            served.hold_id,
        )
        passed = Passed(ask_id, offer.id, offer.school_id, who.school_id, 1)
        return [desk.Happened("ask.answered", passed)]
    if leave.ask is None or leave.ask.status is not AskStatus.AGREED:
        return []
    used = await queries.use_ask(tx, leave.ask.id, served.loan_id, served.hold_id)
    return [desk.Happened("ask.used", used)] if used is not None else []


async def get_ask(tx: Tx, ask_id: UUID) -> Ask:
    """One ask as it stands now. Raises NotFound."""
    return _shown(tx, await _find(tx, ask_id, READ))


async def list_asks(
    tx: Tx, offer_id: UUID | None, mine: bool, open_now: bool | None, page: PageRequest
) -> Sequence[Ask]:
    """The asks the caller may read, newest first; `mine`: only the caller's own."""
    if mine and tx.actor.person_id is None:
        return []
    person_id = tx.actor.person_id if mine else None
    rows = await queries.list_asks(tx, offer_id, person_id, open_now, page)
    return [_shown(tx, row) for row in rows]


async def agree(tx: Tx, ask_id: UUID, wish: Agreeing) -> Ask:
    """Agree, on conditions. Raises NotFound, NotAllowed, WrongState (also past the deadline)."""
    return await _decide(tx, ask_id, "agree", "", wish.conditions, wish.loan_days_max)


async def decline(tx: Tx, ask_id: UUID, wish: Declining) -> Ask:
    """Decline and say why. Raises NotFound, NotAllowed, WrongState (also past the deadline)."""
    return await _decide(tx, ask_id, "decline", wish.because, "", None)


async def withdraw(tx: Tx, ask_id: UUID) -> Ask:
    """Withdraw an ask. Raises NotFound, NotAllowed, WrongState."""
    ask = await _allowed(tx, ask_id, WITHDRAW)
    rules.ASKS.step(ask.status, "withdraw")
    withdrawn = await queries.withdraw_ask(tx, ask)
    if withdrawn is None:  # it moved meanwhile: say what it is now
        rules.ASKS.step((await _find(tx, ask_id, WITHDRAW)).status, "withdraw")
        raise TryAgain(retry_after_s=1)
    await desk.announce(tx, WITHDRAW, [desk.Happened("ask.withdrawn", withdrawn)])
    return await get_ask(tx, ask_id)


async def _decide(
    tx: Tx, ask_id: UUID, verb: str, because: str, conditions: str, loan_days_max: int | None
) -> Ask:
    ask = await _allowed(tx, ask_id, DECIDE)
    status = rules.ASKS.step(ask.status, verb)
    decided = await queries.decide_ask(tx, ask_id, status, because, conditions, loan_days_max)
    if decided is None:  # it moved meanwhile: say what it is now
        rules.ASKS.step((await _find(tx, ask_id, DECIDE)).status, verb)
        raise TryAgain(retry_after_s=1)
    await desk.announce(tx, DECIDE, [desk.Happened(f"ask.{status}", decided)])
    return await get_ask(tx, ask_id)


async def _allowed(tx: Tx, ask_id: UUID, act: str) -> AskRow:
    ask = await _find(tx, ask_id, act)
    name = f"ask/{ask_id}"
    require(tx, act, ask.relations, thing=name, see=READ, owner=ask.owner_school_name)
    return ask


async def _find(tx: Tx, ask_id: UUID, act: str) -> AskRow:
    name = f"ask/{ask_id}"
    ask = require_found(await queries.get_ask(tx, ask_id), name, act)
    require(tx, READ, ask.relations, thing=name, see=READ)
    return ask


def _shown(tx: Tx, row: AskRow) -> Ask:
    values = msgspec.structs.asdict(row)
    del values["relations"]
    return Ask(**values, actions=rules.actions(row, lambda act: may(tx, act, row.relations)))
