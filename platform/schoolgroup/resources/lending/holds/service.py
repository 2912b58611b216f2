"""Places in the queue (预约): seeing how many are ahead, and leaving it."""

from collections.abc import Sequence
from uuid import UUID

from schoolgroup.access.decisions import may, require, require_found
from schoolgroup.kernel.db import Tx
from schoolgroup.kernel.paging import PageRequest
from schoolgroup.resources.lending.desk import queries as desk_queries
from schoolgroup.resources.lending.desk import rules
from schoolgroup.resources.lending.desk import service as desk
from schoolgroup.resources.lending.desk.models import Hold, HoldRow, HoldStatus
from schoolgroup.resources.lending.holds import queries

READ, CANCEL = "hold:read", "hold:cancel"


async def get_hold(tx: Tx, hold_id: UUID) -> Hold:
    """One hold with its place now. Raises NotFound."""
    return (await _shown(tx, [await _find(tx, hold_id, READ)]))[0]


async def list_holds(
    tx: Tx, offer_id: UUID | None, mine: bool, open_now: bool | None, page: PageRequest
) -> list[Hold]:
    """The holds the caller may read, newest first; `mine`: only the caller's own."""
    if mine and tx.actor.person_id is None:
        return []
    person_id = tx.actor.person_id if mine else None
    return await _shown(tx, await queries.list_holds(tx, offer_id, person_id, open_now, page))


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
    shown = []
    for row in rows:
        place, counted = places.get(row.id), figures[row.offer_id]
        turn = row.status is HoldStatus.READY or (
            row.status is HoldStatus.WAITING and place is not None and place <= counted.unoccupied
        )
        own = row.borrower_person_id == tx.actor.person_id
        shown.append(
            Hold(
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
                placed_at=row.placed_at,
                place=place,
                ahead=None if place is None else place - 1,
                seats=counted.seats,
                my_turn=turn and own,
                ready_until_at=row.ready_until_at,
                loan_id=row.loan_id,
                closed_at=row.closed_at,
                closed_because=row.closed_because,
                actions=rules.hold_actions(row, turn and own, _may(tx, row)),
                version=row.version,
            )
        )
    return shown


def _may(tx: Tx, row: HoldRow) -> rules.May:
    return lambda act: may(tx, act, row.relations)
