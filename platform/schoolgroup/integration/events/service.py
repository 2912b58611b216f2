"""Following what happens: a place in the stream, and what came after it."""

from schoolgroup.access.decisions import require
from schoolgroup.integration.events import queries
from schoolgroup.integration.events.models import EventRow, Position, Wanted
from schoolgroup.kernel.db import Tx

FOLLOW = "event:read"


async def follow(
    tx: Tx, after: Position | None, wanted: Wanted, limit: int
) -> tuple[list[EventRow], Position, bool]:
    """Events after a place (None: the end), where to go on, and whether more are there already.

    A subscriber is told what its rights of this moment let it know. Raises NotAllowed, OutOfScope.
    """
    require(tx, FOLLOW, thing="events")
    horizon = await queries.horizon(tx)
    if after is None:
        return [], horizon, False
    rows = await queries.list_events(tx, after, horizon, wanted, limit + 1)
    if len(rows) > limit:
        last = rows[limit - 1]
        return rows[:limit], Position(last.transaction_id, last.seq), True
    # Nothing of interest is left below the horizon: go on from there, however much lies between.
    return rows, max(after, horizon, key=_order), False


def _order(position: Position) -> tuple[int, int]:
    return position.transaction_id, position.seq
