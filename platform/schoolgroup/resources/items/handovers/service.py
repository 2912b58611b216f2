"""Hand-overs, as the two schools live them: set aside, hand over, sign, take back, accept.

Each step holds the desk of the offer, then the item, then the hand-over, and looks again: of two
who scan the same thing at once, one moves it and the other is told where it is.
"""

from uuid import UUID

import msgspec

from schoolgroup.access.decisions import may, policy_of, require, require_found
from schoolgroup.kernel import journal
from schoolgroup.kernel.db import Tx
from schoolgroup.kernel.errors import NotFound, refuse_by_constraint
from schoolgroup.kernel.ids import new_id
from schoolgroup.kernel.paging import PageRequest
from schoolgroup.kernel.texts import Text
from schoolgroup.resources.items import queries as item_queries
from schoolgroup.resources.items import service as items
from schoolgroup.resources.items.handovers import queries, rules
from schoolgroup.resources.items.handovers.models import (
    AcceptWish,
    Handover,
    HandoverRow,
    HandoverStatus,
    HandoverWish,
    ScannedStep,
    SignedStep,
)
from schoolgroup.resources.items.models import Condition, ItemRow
from schoolgroup.resources.lending.desk import service as desk
from schoolgroup.resources.lending.desk.models import LoanRow, LoanStatus
from schoolgroup.resources.lending.desk.rules import LoanOver
from schoolgroup.resources.lending.loans import queries as loan_queries
from schoolgroup.resources.lending.offers.models import OfferRow
from schoolgroup.resources.lending.shelf import service as shelf

READ, GIVE, PASS, RECEIVE = (
    "handover:read",
    "handover:give",
    "handover:pass",
    "handover:receive",
)
STALE = "not collected in time"

refuse_by_constraint("one_hand", rules.AlreadyInHand)
refuse_by_constraint("one_item_per_loan", rules.LoanHasItsThing)


async def begin(tx: Tx, loan_id: UUID, wish: HandoverWish) -> Handover:
    """Give a thing out for a loan, by its barcode: set it aside, send it, or hand it over.

    Raises NotFound, NotAllowed, NotAPhoto, LoanOver and the refusals of rules.why_not_given.
    """
    loan = await _find_loan(tx, loan_id)
    require(
        tx,
        GIVE,
        loan.relations,
        thing=f"loan/{loan_id}",
        see="loan:read",
        owner=loan.owner_school_name,
    )
    item_id = await queries.find_own(tx, tx.actor.school_id, wish.barcode)
    if item_id is None:
        raise NotFound(
            Text(
                f"your school has no item with the barcode {wish.barcode}",
                f"本校没有条码为 {wish.barcode} 的实物",
            )
        )
    photo = await items.photo_of(tx, wish.photo_upload_id)
    async with tx.as_system():
        offer = await desk.hold_desk(tx, loan.offer_id)
        await item_queries.lock_item(tx, item_id)
    stale = await queries.cancel_stale(tx, item_id, STALE)
    loan, item = await _find_loan(tx, loan_id), await _item(tx, item_id)
    if why := rules.why_not_given(loan, item):
        raise why
    handover_id = new_id()
    await queries.insert_handover(tx, handover_id, loan, item)
    status = rules.PREPARED
    if wish.step != "set_aside":
        status = rules.HANDOVERS.step(rules.PREPARED, wish.step)
        if status is rules.HANDED:
            await _start(tx, loan, offer)
        await queries.move_handover(tx, handover_id, status)
    item = await _item(tx, item_id)
    await _note(tx, item, wish.step, item.condition, item.pieces, wish.note, photo)
    done = await _find(tx, handover_id, GIVE)
    if stale is not None:
        await _announce(tx, GIVE, await _find(tx, stale, GIVE))
    await _announce(tx, GIVE, done)
    return _shown(tx, done)


async def get_handover(tx: Tx, handover_id: UUID) -> Handover:
    """One hand-over. Raises NotFound."""
    return _shown(tx, await _find(tx, handover_id, READ))


async def list_handovers(
    tx: Tx,
    item_id: UUID | None,
    mine: bool,
    running: bool | None,
    overdue: bool | None,
    page: PageRequest,
) -> list[Handover]:
    """The hand-overs the caller may see, newest first; `mine`: only the caller's own."""
    if mine and tx.actor.person_id is None:
        return []
    person_id = tx.actor.person_id if mine else None
    rows = await queries.list_handovers(tx, item_id, person_id, running, overdue, page)
    return [_shown(tx, row) for row in rows]


async def hand(tx: Tx, handover_id: UUID, verb: str, wish: ScannedStep) -> Handover:
    """Hand over what was set aside (`hand`), send it (`send`), or hand on what came (`deliver`).

    From the hand-over the loan's days count. Raises NotFound, NotAllowed, WrongBarcode, WrongState,
    LoanOver.
    """
    act = rules.HANDOVERS.transitions[verb].act
    handover, offer = await _held(tx, handover_id, act, verb, wish.barcode)
    status = rules.HANDOVERS.step(handover.status, verb)
    loan = await _find_loan(tx, handover.loan_id)
    if handover.status is rules.PREPARED and loan.status is not LoanStatus.ACTIVE:
        raise LoanOver(until_at=loan.closed_at)
    if status is rules.HANDED:
        await _start(tx, loan, offer)
    await queries.move_handover(tx, handover_id, status)
    return await _moved(tx, act, handover, verb, wish, [])


async def sign(tx: Tx, handover_id: UUID, verb: str, wish: SignedStep) -> Handover:
    """Sign for a thing (`receive`), or say it was returned (`claim`).

    Raises NotFound, NotAllowed, WrongState, NotAPhoto.
    """
    handover, _ = await _held(tx, handover_id, RECEIVE, verb, None)
    status = rules.HANDOVERS.step(handover.status, verb)
    own = tx.actor.person_id == handover.borrower_person_id
    await queries.move_handover(
        tx, handover_id, status, received_by="borrower" if own else "school"
    )
    return await _moved(tx, RECEIVE, handover, verb, wish, [])


async def take(tx: Tx, handover_id: UUID, verb: str, wish: ScannedStep) -> Handover:
    """Take a thing back: home (`take_back`), or at the borrower's school, to send it (`send_back`).

    The loan is returned by it; the seat is passed on once the return is accepted. Raises NotFound,
    NotAllowed, WrongBarcode, WrongState, NotAPhoto.
    """
    act = rules.HANDOVERS.transitions[verb].act
    handover, offer = await _held(tx, handover_id, act, verb, wish.barcode)
    status = rules.HANDOVERS.step(handover.status, verb)
    receipt = "return" if handover.handed_at is not None else None
    happened: list[desk.Happened] = []
    async with tx.as_system():
        await queries.move_handover(tx, handover_id, status, received_by=receipt)
        if handover.status in rules.OUT:
            ended, then = await shelf.close_loan(tx, handover.loan_id, offer, "")
            happened = [*ended, *then]
    return await _moved(tx, act, handover, verb, wish, happened)


async def accept(tx: Tx, handover_id: UUID, wish: AcceptWish) -> Handover:
    """Accept a return as it came: sound, it goes to the head of the queue at once.

    Raises NotFound, NotAllowed, WrongBarcode, WrongState, TooManyPieces, NotAPhoto.
    """
    handover, offer = await _held(tx, handover_id, GIVE, "accept", wish.barcode)
    status = rules.HANDOVERS.step(handover.status, "accept")
    if wish.pieces_back > handover.pieces_out:
        raise rules.TooManyPieces(facts={"pieces_out": handover.pieces_out})
    gone = wish.damaged or wish.pieces_back == 0
    photo = await items.photo_of(tx, wish.photo_upload_id)
    item = await _item(tx, handover.item_id)
    await _note(tx, item, "accept", wish.condition, wish.pieces_back, wish.note, photo)
    async with tx.as_system():
        await queries.move_handover(
            tx,
            handover_id,
            status,
            pieces_back=wish.pieces_back,
            condition_back=wish.condition,
            because=wish.note[:500],
        )
        await item_queries.take_in_item(
            tx,
            handover.item_id,
            "damaged" if gone else "sound",
            wish.note[:500] if gone else "",
            wish.condition,
            max(1, wish.pieces_back),
        )
        happened = await shelf.follow_items(tx, offer)
        happened += await _other_offer(tx, item, offer)
    done = await _find(tx, handover_id, GIVE)
    await desk.announce(tx, GIVE, happened)
    await _announce(tx, GIVE, done)
    return _shown(tx, done)


async def close(tx: Tx, handover_id: UUID, verb: str, because: str) -> Handover:
    """Put back what was set aside (`cancel`), or give up what is gone (`lose`).

    Raises NotFound, NotAllowed, WrongState, ReceiptOpen.
    """
    handover, offer = await _held(tx, handover_id, GIVE, verb, None)
    status = rules.HANDOVERS.step(handover.status, verb)
    happened: list[desk.Happened] = []
    async with tx.as_system():
        if status is rules.LOST:
            if why := rules.why_not_lost(handover, tx.now):
                raise why
            silent = handover.handed_at is not None and handover.received_at is None
            await queries.move_handover(
                tx,
                handover_id,
                status,
                received_by="silence" if silent else None,
                because=because,
            )
            await item_queries.mark_item(tx, handover.item_id, "lost", because)
            if handover.status in rules.OUT:
                ended, happened = await shelf.close_loan(tx, handover.loan_id, offer, because)
                happened = [*ended, *happened]
        else:
            await queries.move_handover(tx, handover_id, status, because=because)
    done = await _find(tx, handover_id, GIVE)
    await desk.announce(tx, GIVE, happened)
    await _announce(tx, GIVE, done)
    return _shown(tx, done)


async def _held(
    tx: Tx, handover_id: UUID, act: str, verb: str, barcode: str | None
) -> tuple[HandoverRow, OfferRow]:
    """The hand-over as it is now that nobody else can move it, and the offer at whose desk."""
    handover = await _find(tx, handover_id, act)
    name = f"handover/{handover_id}"
    owner = handover.owner_school_name
    require(tx, act, handover.relations, thing=name, see=READ, owner=owner)
    rules.HANDOVERS.step(handover.status, verb)
    if barcode is not None and (why := rules.why_another(handover, barcode)):
        raise why
    async with tx.as_system():
        offer = await desk.hold_desk(tx, handover.offer_id)
        await item_queries.lock_item(tx, handover.item_id)
        await queries.lock_handover(tx, handover_id)
    return await _find(tx, handover_id, act), offer


async def _start(tx: Tx, loan: LoanRow, offer: OfferRow) -> None:
    async with tx.as_system():
        due_at = await shelf.start_loan(tx, loan, offer)
    if due_at is None:
        raise LoanOver(until_at=loan.closed_at)


async def _other_offer(tx: Tx, item: ItemRow, offer: OfferRow) -> list[desk.Happened]:
    """Where the offer was closed meanwhile, the thing goes to the one that lends it now."""
    if offer.status != "closed":
        return []
    return await shelf.follow_resource(tx, item.resource_id)


async def _moved(
    tx: Tx,
    act: str,
    before: HandoverRow,
    verb: str,
    wish: ScannedStep | SignedStep,
    happened: list[desk.Happened],
) -> Handover:
    photo = await items.photo_of(tx, wish.photo_upload_id)
    item = await item_queries.get_item(tx, before.item_id)
    if item is not None:
        await _note(tx, item, verb, item.condition, before.pieces_out, wish.note, photo)
    done = await _find(tx, before.id, act)
    await desk.announce(tx, act, happened)
    await _announce(tx, act, done)
    return _shown(tx, done)


async def _note(
    tx: Tx,
    item: ItemRow,
    step: str,
    condition: Condition,
    pieces: int,
    note: str,
    photo: UUID | None,
) -> None:
    """Note it where there is something to note: words, a picture, or how a thing came back."""
    if note or photo is not None or step == "accept":
        await item_queries.insert_note(tx, new_id(), item, step, condition, pieces, note, photo)


async def _announce(tx: Tx, act: str, handover: HandoverRow) -> None:
    await journal.record(
        tx,
        f"handover.{HandoverStatus(handover.status)}",
        act=act,
        thing=f"handover/{handover.id}",
        owner_school_id=handover.owner_school_id,
        school_ids=[handover.borrower_school_id],
        version=handover.version,
        relations=policy_of(tx).relations.names_in(handover.relations),
        data={"item_id": handover.item_id, "loan_id": handover.loan_id},
    )


async def _item(tx: Tx, item_id: UUID) -> ItemRow:
    item = await item_queries.get_item(tx, item_id)
    if item is None:
        raise NotFound
    return item


async def _find_loan(tx: Tx, loan_id: UUID) -> LoanRow:
    name = f"loan/{loan_id}"
    loan = await loan_queries.get_loan(tx, loan_id)
    require_found(loan, name, GIVE)
    assert loan is not None  # require_found has raised otherwise
    return loan


async def _find(tx: Tx, handover_id: UUID, act: str) -> HandoverRow:
    name = f"handover/{handover_id}"
    handover = await queries.get_handover(tx, handover_id)
    require_found(handover, name, act)
    assert handover is not None  # require_found has raised otherwise
    require(tx, READ, handover.relations, thing=name, see=READ)
    return handover


def _shown(tx: Tx, row: HandoverRow) -> Handover:
    values = msgspec.structs.asdict(row)
    del values["relations"]
    missing = row.pieces_out - row.pieces_back if row.pieces_back is not None else 0
    actions = rules.handover_actions(row, tx.now, lambda act: may(tx, act, row.relations))
    due_at = rules.receipt_due_at(row) if row.closed_at is None else None
    return Handover(**values, missing=missing, receipt_due_at=due_at, actions=actions)
