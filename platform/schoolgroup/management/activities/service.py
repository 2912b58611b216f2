"""Activities, as who holds them keeps them, and what they add up to."""

from datetime import date
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from schoolgroup.access.decisions import may, policy_of, require, require_found
from schoolgroup.directory.queries import today as group_today
from schoolgroup.kernel import journal
from schoolgroup.kernel.db import Tx
from schoolgroup.kernel.errors import TooLarge
from schoolgroup.kernel.http import check_version
from schoolgroup.kernel.ids import new_id
from schoolgroup.kernel.paging import PageRequest
from schoolgroup.kernel.sheet_files import SheetFile, TableFormat, table_file
from schoolgroup.kernel.texts import Text
from schoolgroup.management.activities import queries, rules
from schoolgroup.management.activities.models import (
    ACTIVITY,
    KEEP,
    READ,
    Activity,
    ActivityChange,
    ActivityFigures,
    ActivityRow,
    ActivityStatus,
    ActivityWish,
    Asked,
    Cancellation,
    PlaceCollection,
    Report,
)

LINES_MAX = 20_000
PLACES_MAX = 5_000


class TooManyLines(TooLarge):
    """More is counted than one answer takes."""

    code = "too_many_lines"
    title = Text("More is counted than one answer takes", "统计结果过多")
    remedy = Text("Ask for fewer months, or one school.", "请缩小月份范围或指定学校。")


async def enter_activity(tx: Tx, wish: ActivityWish) -> Activity:
    """Enter a planned activity of the caller's school, or of the office.

    Raises NotAllowed, Invalid.
    """
    whose = "own" if tx.actor.school_id else "group"
    require(tx, KEEP, policy_of(tx).relations.mask_of(whose), thing="activity/new")
    school_id = tx.actor.school_id
    await _check_guests(tx, school_id, wish.guest_school_ids)
    activity_id = new_id()
    await queries.insert_activity(tx, activity_id, school_id, wish)
    return await _kept(tx, activity_id, "activity.entered")


async def get_activity(tx: Tx, activity_id: UUID) -> Activity:
    """One activity. Raises NotFound."""
    return _shown(tx, await _find(tx, activity_id, READ))


async def list_activities(
    tx: Tx, asked: Asked, page: PageRequest, *, of_office: bool
) -> list[Activity]:
    """Activities, the latest day first."""
    rows = await queries.list_activities(tx, asked, of_office=of_office, page=page)
    return [_shown(tx, row) for row in rows]


async def change_activity(
    tx: Tx, activity_id: UUID, change: ActivityChange, version: int
) -> Activity:
    """Change an activity; the counts only of one that was held.

    Raises NotFound, NotAllowed, StaleVersion, Invalid, NotYetHeld.
    """
    row = await _keep(tx, activity_id)
    check_version(version, row.version)
    guests = change.guest_school_ids
    if guests is not msgspec.UNSET:
        await _check_guests(tx, row.school_id, guests)
    wanted = rules.changed(row, change, await group_today(tx))
    await queries.write_activity(tx, wanted, guests=guests is not msgspec.UNSET)
    return await _kept(tx, activity_id, "activity.changed")


async def report_activity(tx: Tx, activity_id: UUID, report: Report) -> Activity:
    """Say that it was held, and how many took part.

    Raises NotFound, NotAllowed, WrongState, NotYetHeld.
    """
    row = await _keep(tx, activity_id)
    status = ACTIVITY.step(row.status, "report")
    rules.check_held(row.held_on, await group_today(tx))
    counts = msgspec.structs.asdict(report)
    await queries.write_activity(
        tx, msgspec.structs.replace(row, status=status, **counts), guests=False
    )
    return await _kept(tx, activity_id, "activity.held")


async def cancel_activity(tx: Tx, activity_id: UUID, cancellation: Cancellation) -> Activity:
    """Say that it does not take place, and why. Raises NotFound, NotAllowed, WrongState."""
    row = await _keep(tx, activity_id)
    status = ACTIVITY.step(row.status, "cancel")
    gone = msgspec.structs.replace(row, status=status, cancelled_because=cancellation.because)
    await queries.write_activity(tx, gone, guests=False)
    return await _kept(tx, activity_id, "activity.cancelled")


async def figures(
    tx: Tx, from_month: str | None, until_month: str | None, asked: Asked
) -> ActivityFigures:
    """What was held, by month, school and kind; by default in the running month.

    Raises Invalid, TooManyLines.
    """
    first, last = _months(tx, from_month, until_month)
    lines = await queries.list_figures(tx, first, last, asked, LINES_MAX + 1)
    if len(lines) > LINES_MAX:
        raise TooManyLines(facts={"lines_max": LINES_MAX})
    return rules.figures(first, last, lines)


async def export_figures(
    tx: Tx, from_month: str | None, until_month: str | None, asked: Asked, form: TableFormat
) -> SheetFile:
    """The same figures as a file; the trail keeps who took it."""
    found = await figures(tx, from_month, until_month, asked)
    rows = rules.figure_rows(found)
    await journal.enter(tx, READ, "activity/figures", "done", {"export": form, "rows": len(rows)})
    name = f"activities-{found.from_month}-{found.until_month}"
    return await table_file(name, rules.HEADER, rows, form, title="activities")


async def place_map(
    tx: Tx, from_month: str | None, until_month: str | None, asked: Asked
) -> PlaceCollection:
    """Places on the map where something was held. Raises Invalid, TooManyLines."""
    first, last = _months(tx, from_month, until_month)
    points = await queries.list_places(tx, first, last, asked, PLACES_MAX + 1)
    if len(points) > PLACES_MAX:
        raise TooManyLines(facts={"lines_max": PLACES_MAX})
    return rules.place_map(points)


def _months(tx: Tx, from_month: str | None, until_month: str | None) -> tuple[date, date]:
    running = f"{tx.now.astimezone(ZoneInfo(tx.actor.time_zone)):%Y-%m}"
    last = rules.month_of(until_month or from_month or running)
    first = rules.month_of(from_month) if from_month else last
    rules.check_months(first, last)
    return first, last


async def _check_guests(tx: Tx, host: UUID | None, guests: list[UUID]) -> None:
    rules.check_guests(host, guests, await queries.known_schools(tx, guests))


async def _find(tx: Tx, activity_id: UUID, act: str) -> ActivityRow:
    name = f"activity/{activity_id}"
    row = await queries.get_activity(tx, activity_id)
    require_found(row, name, act)
    assert row is not None  # require_found has raised otherwise
    require(tx, READ, row.relations, thing=name, see=READ)
    return row


async def _keep(tx: Tx, activity_id: UUID) -> ActivityRow:
    row = await _find(tx, activity_id, KEEP)
    require(tx, KEEP, row.relations, thing=f"activity/{activity_id}", see=READ,
            owner=row.school_name)  # fmt: skip
    await queries.lock_activity(tx, activity_id)
    return await _find(tx, activity_id, KEEP)


async def _kept(tx: Tx, activity_id: UUID, event: str) -> Activity:
    row = await _find(tx, activity_id, KEEP)
    await journal.record(
        tx,
        event,
        act=KEEP,
        thing=f"activity/{activity_id}",
        owner_school_id=row.school_id,
        school_ids=row.guest_school_ids,
        version=row.version,
        relations=policy_of(tx).relations.names_in(row.relations),
        data={"kind": row.kind, "held_on": row.held_on.isoformat()},
    )
    return _shown(tx, row)


def _shown(tx: Tx, row: ActivityRow) -> Activity:
    values = msgspec.structs.asdict(row)
    relations = values.pop("relations")
    actions = ACTIVITY.actions(row.status, lambda act: may(tx, act, relations))
    if row.status is not ActivityStatus.CANCELLED and may(tx, KEEP, relations):
        actions.append("change")
    return Activity(**values, actions=actions)
