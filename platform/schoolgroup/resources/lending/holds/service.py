"""Places in the queue (预约): seeing how many are ahead, and leaving it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from schoolgroup.access.decisions import may, require, require_found
from schoolgroup.kernel.db import Tx
from schoolgroup.kernel.errors import Invalid, Problem
from schoolgroup.kernel.paging import PageRequest
from schoolgroup.resources.lending.desk import queries as desk_queries
from schoolgroup.resources.lending.desk import rules
from schoolgroup.resources.lending.desk import service as desk
from schoolgroup.resources.lending.desk.models import (
    Figures,
    Hold,
    HoldRow,
    HoldStatus,
    OrderWish,
    PauseWish,
)
from schoolgroup.resources.lending.holds import queries
from schoolgroup.resources.lending.holds import rules as hold_rules
from schoolgroup.resources.lending.holds.models import Ahead, Spot, WaitingLine
from schoolgroup.resources.lending.offers import queries as offers
from schoolgroup.resources.lending.offers.models import Estimate

READ, CANCEL, PAUSE, ORDER = "hold:read", "hold:cancel", "hold:pause", "hold:order"


async def get_hold(tx: Tx, hold_id: UUID, known: Mapping[UUID, Ahead] | None = None) -> Hold:
    """One hold with its place now; `known` is what lies before it, where it was just looked at.

    Raises NotFound.
    """
    hold = await _find(tx, hold_id, READ)
    if known is None:
        async with tx.as_system():
            known = await list_ahead(tx, [hold_id])
    return _with_ahead(tx, hold, known[hold_id])


async def list_holds(
    tx: Tx, offer_id: UUID | None, mine: bool, open_now: bool | None, page: PageRequest
) -> list[Hold]:
    """The holds the caller may read, newest first; `mine`: only the caller's own.

    Who looks at their own sees when each seat is likely there.
    """
    if mine and tx.actor.person_id is None:
        return []
    person_id = tx.actor.person_id if mine else None
    rows = await queries.list_holds(tx, offer_id, person_id, open_now, page)
    if not mine:
        return await _shown(tx, rows)
    async with tx.as_system():
        known = await list_ahead(tx, [row.id for row in rows])
    return [_with_ahead(tx, row, known[row.id]) for row in rows]


async def cancel_hold(tx: Tx, hold_id: UUID) -> Hold:
    """Leave the queue; a seat that was ready goes to the next. Raises NotFound, WrongState."""
    hold = await _find(tx, hold_id, CANCEL)
    name = f"hold/{hold_id}"
    require(tx, CANCEL, hold.relations, thing=name, see=READ, owner=hold.owner_school_name)
    rules.HOLDS.step(hold.status, "cancel")
    async with tx.as_system():
        happened = await desk.cancel(tx, hold.offer_id, hold_id, "")
    if not happened:  # it moved while we waited for the desk: say what it is now
        rules.HOLDS.step((await _find(tx, hold_id, CANCEL)).status, "cancel")
    await desk.announce(tx, CANCEL, happened)
    return await get_hold(tx, hold_id)


async def pause_hold(tx: Tx, hold_id: UUID, wish: PauseWish) -> Hold:
    """Keep the place and be passed over for a while. Raises NotFound, WrongState, Invalid."""
    if wish.until_at is not None and wish.until_at <= tx.now:
        raise Invalid(problems=[Problem("/until_at", "past", "this instant has passed")])
    return await _set_pause(tx, hold_id, "pause", wish.until_at)


async def resume_hold(tx: Tx, hold_id: UUID) -> Hold:
    """Be served again, at the old place. Raises NotFound, WrongState."""
    return await _set_pause(tx, hold_id, "resume", None)


async def get_queue(tx: Tx, offer_id: UUID) -> WaitingLine:
    """Everyone who waits, in order, for those who may reorder. Raises NotFound, NotAllowed."""
    await _may_order(tx, offer_id)
    return WaitingLine(await _line(tx, offer_id))


async def reorder(tx: Tx, offer_id: UUID, wish: OrderWish) -> WaitingLine:
    """Put those who wait into another order; each displaced one reads why.

    Raises NotFound, NotAllowed, QueueMoved.
    """
    await _may_order(tx, offer_id)
    async with tx.as_system():
        offer = await desk.hold_desk(tx, offer_id)
        happened = await desk.settle(tx, offer)
        moved = hold_rules.reordered(await queries.list_waiting(tx, offer_id), wish.hold_ids)
        passed = await queries.move_holds(tx, moved, wish.because)
        happened += [desk.Happened("hold.moved", one) for one in passed]
    await desk.announce(tx, ORDER, happened)
    return WaitingLine(await _line(tx, offer_id))


async def _may_order(tx: Tx, offer_id: UUID) -> None:
    offer = await offers.get_offer(tx, offer_id)
    name = f"offer/{offer_id}"
    require_found(offer, name, ORDER)
    assert offer is not None  # require_found has raised otherwise
    require(
        tx, ORDER, offer.relations, thing=name, see="resource:discover", owner=offer.school_name
    )


async def _line(tx: Tx, offer_id: UUID) -> list[Hold]:
    """The waiting holds of an offer in order, as far as the caller's wall lets them through."""
    keys = await queries.list_waiting(tx, offer_id)
    rows = [await queries.get_hold(tx, key.id) for key in keys]
    return await _shown(tx, [row for row in rows if row is not None])


async def _set_pause(tx: Tx, hold_id: UUID, verb: str, until_at: datetime | None) -> Hold:
    hold = await _find(tx, hold_id, PAUSE)
    name = f"hold/{hold_id}"
    require(tx, PAUSE, hold.relations, thing=name, see=READ, owner=hold.owner_school_name)
    rules.HOLDS.step(hold.status, verb)
    async with tx.as_system():
        offer = await desk.hold_desk(tx, hold.offer_id)
        passed = await queries.pause_hold(tx, hold_id, verb == "pause", until_at)
        happened = []
        if passed is not None:
            happened = [desk.Happened(f"hold.{verb}d", passed), *await desk.settle(tx, offer)]
    if not happened:  # it moved while we waited for the desk: say what it is now
        rules.HOLDS.step((await _find(tx, hold_id, PAUSE)).status, verb)
    await desk.announce(tx, PAUSE, happened)
    return await get_hold(tx, hold_id)


async def list_ahead(tx: Tx, hold_ids: Sequence[UUID]) -> dict[UUID, Ahead]:
    """What lies before these holds; within `Tx.as_system`, for it spans schools."""
    return await queries.list_ahead(tx, hold_ids)


async def ahead_at_offers(tx: Tx, spots: Sequence[Spot]) -> dict[UUID, Ahead]:
    """What lies before these places, by offer: one look for all, none where there are none.

    Within `Tx.as_system`, for it spans schools.
    """
    return await queries.list_ahead_at_offers(tx, spots) if spots else {}


def estimate(ahead: Ahead) -> Estimate | None:
    """When the seat is likely there, for who waits and is not paused."""
    if ahead.place is None or not ahead.figures.seats:
        return None
    return hold_rules.estimate(
        ahead.place - 1,
        ahead.figures.seats,
        ahead.history,
        ahead.loan_days,
        ahead.pickup_hours,
        ahead.id.int,
    )


async def _find(tx: Tx, hold_id: UUID, act: str) -> HoldRow:
    name = f"hold/{hold_id}"
    hold = await queries.get_hold(tx, hold_id)
    require_found(hold, name, act)
    assert hold is not None  # require_found has raised otherwise
    require(tx, READ, hold.relations, thing=name, see=READ)
    return hold


async def _shown(tx: Tx, rows: Sequence[HoldRow]) -> list[Hold]:
    """Holds with their places among all who wait, and what the caller may do."""
    if not rows:
        return []
    async with tx.as_system():
        places = await desk_queries.list_places(tx, [row.id for row in rows])
        figures = await desk_queries.list_figures(tx, [row.offer_id for row in rows])
    return [_one(tx, row, places.get(row.id), figures[row.offer_id], None) for row in rows]


def _with_ahead(tx: Tx, row: HoldRow, ahead: Ahead) -> Hold:
    return _one(tx, row, ahead.place, ahead.figures, estimate(ahead))


def _one(
    tx: Tx, row: HoldRow, place: int | None, counted: Figures, likely: Estimate | None
) -> Hold:
    turn = row.status is HoldStatus.READY or (
        row.status is HoldStatus.WAITING and place is not None and place <= counted.unoccupied
    )
    own = row.borrower_person_id == tx.actor.person_id
    return Hold(
        id=row.id,
        offer_id=row.offer_id,
        resource_id=row.resource_id,
        title=row.title,
        owner_school_id=row.owner_school_id,
        owner_school_name=row.owner_school_name,
        borrower_school_id=row.borrower_school_id,
        borrower_school_name=row.borrower_school_name,
        borrower_person_id=row.borrower_person_id,
        status=row.status,
        joined_at=row.joined_at,
        place=place,
        ahead=None if place is None else place - 1,
        seats=counted.seats,
        my_turn=turn and own,
        estimate=likely,
        paused=row.paused,
        paused_until_at=row.paused_until_at if row.paused else None,
        moved_at=row.moved_at,
        moved_because=row.moved_because,
        ready_until_at=row.ready_until_at,
        loan_id=row.loan_id,
        closed_at=row.closed_at,
        closed_because=row.closed_because,
        actions=rules.hold_actions(row, turn and own, _may(tx, row)),
        version=row.version,
    )


def _may(tx: Tx, row: HoldRow) -> rules.May:
    return lambda act: may(tx, act, row.relations)
