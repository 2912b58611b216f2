"""Following what happens: a place in the stream, and what came after it."""

from datetime import datetime
from uuid import UUID

from schoolgroup.access.decisions import require, require_found
from schoolgroup.integration.events import queries
from schoolgroup.integration.events.models import Event, EventRow, Position, Wanted
from schoolgroup.kernel.db import Tx
from schoolgroup.kernel.errors import Gone
from schoolgroup.kernel.texts import Text

FOLLOW = "event:read"
FORGET_AT_ONCE = 5000


class CursorExpired(Gone):
    """Events after this cursor were forgotten: going on from it would skip them in silence."""

    code = "cursor_expired"
    title = Text("The cursor is older than the events kept", "游标早于所保留的事件")
    remedy = Text(
        "Read anew what you keep a copy of, then follow from `after=now`.",
        "请重新读取所需数据，再从 after=now 继续订阅。",
    )


async def follow(
    tx: Tx, after: Position | None, wanted: Wanted, limit: int, *, from_start: bool = False
) -> tuple[list[EventRow], Position, bool]:
    """Events after a place (None: the end), where to go on, and whether more are there already.

    A subscriber is told what its rights of this moment let it know. `from_start`: the oldest event
    kept is a right beginning. Raises NotAllowed, OutOfScope, CursorExpired.
    """
    require(tx, FOLLOW, thing="events")
    horizon = await queries.horizon(tx)
    if after is None:
        return [], horizon, False
    if not from_start and after.order < (await queries.get_floor(tx)).order:
        raise CursorExpired
    rows = await queries.list_events(tx, after, horizon, wanted, limit + 1)
    if len(rows) > limit:
        return rows[:limit], rows[limit - 1].place, True
    # Nothing of interest is left below the horizon: go on from there, however much lies between.
    return rows, max(after, horizon, key=lambda place: place.order), False


async def get_event(tx: Tx, event_id: UUID) -> Event:
    """One event that the caller may know of now. Raises NotFound."""
    thing = f"event/{event_id}"
    require(tx, FOLLOW, thing=thing, see=FOLLOW)
    return require_found(await queries.get_event(tx, event_id), thing, FOLLOW).event


async def forget(tx: Tx, before: datetime) -> bool:
    """Forget some of the events older than `before`, the oldest first; whether there were any."""
    return await queries.forget(tx, before, await queries.horizon(tx), FORGET_AT_ONCE)
