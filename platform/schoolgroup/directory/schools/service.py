"""Schools: admitted to the group on a day, kept by themselves, closed on a day.

A school's entry is kept by the school; its place in the group (tier, end) by the group office.
"""

from datetime import date
from uuid import UUID

import msgspec
from msgspec import UNSET

from schoolgroup.access.decisions import may, require, require_found
from schoolgroup.directory.models import Tier
from schoolgroup.directory.queries import today as group_today
from schoolgroup.directory.schools import queries, rules
from schoolgroup.directory.schools.models import (
    School,
    SchoolChange,
    SchoolClosed,
    SchoolEntry,
    SchoolFilter,
    SchoolRow,
    SchoolTier,
    TierEntry,
)
from schoolgroup.kernel import journal
from schoolgroup.kernel.db import Tx
from schoolgroup.kernel.errors import Conflict, Invalid, NotFound, Problem, refuse_by_constraint
from schoolgroup.kernel.http import check_version
from schoolgroup.kernel.ids import new_id
from schoolgroup.kernel.paging import PageRequest
from schoolgroup.kernel.texts import Text

NEW = "school/new"
KEEP = "school:manage"


class CodeTaken(Conflict):
    """Another school of the group has this code."""

    code = "school_code_taken"
    title = Text("Another school has this code", "该学校标识码已被使用")
    remedy = Text("Look the school up by its code.", "请按标识码查找该校。")


class ClosedInThePast(Conflict):
    """A school is closed today or on a later day."""

    code = "closed_in_the_past"
    title = Text("A school cannot be closed in the past", "不能将停办日期设在过去")
    remedy = Text("Name today or a later day.", "请选择今天或以后的日期。")


refuse_by_constraint("school_group_id_code_key", CodeTaken)
refuse_by_constraint("one_tier_at_a_time", rules.TiersOverlap)


async def list_schools(tx: Tx, wanted: SchoolFilter, page: PageRequest) -> list[School]:
    """The schools of the group, by code."""
    require(tx, "directory:read", thing="schools")
    today = await group_today(tx)
    return [_shown(tx, row, today) for row in await queries.list_schools(tx, wanted, page)]


async def get_school(tx: Tx, school_id: UUID) -> School:
    """One school. Raises NotFound."""
    require(tx, "directory:read", thing=f"school/{school_id}")
    return _shown(tx, await _find(tx, school_id, "directory:read"), await group_today(tx))


async def enter_school(tx: Tx, entry: SchoolEntry) -> School:
    """Admit a school to the group from a day on. Raises CodeTaken."""
    require(tx, "school:admit", thing=NEW)
    school_id = await admit(tx, entry)
    return await get_school(tx, school_id)


async def admit(tx: Tx, entry: SchoolEntry) -> UUID:
    """Write a new school with its first tier; whoever calls has asked whether they may."""
    school_id = new_id()
    await queries.insert_school(tx, school_id, entry, rules.in_order(entry.stages))
    await queries.insert_tier(tx, new_id(), school_id, entry.tier, entry.tier_from_on)
    await _record(
        tx,
        "school.entered",
        "school:admit",
        school_id,
        1,
        {"code": entry.code, "tier": entry.tier, "from_on": entry.tier_from_on},
    )
    return school_id


async def change_school(tx: Tx, school_id: UUID, change: SchoolChange, version: int) -> School:
    """Change a school's entry. Raises NotFound, NotAllowed, StaleVersion, WrongState."""
    row, today = await _lock(tx, school_id, KEEP, version)
    rules.SCHOOL.step(rules.state_on(row.closed_on, today), "change")
    if not await write(tx, row, change, KEEP):
        return _shown(tx, row, today)
    return await get_school(tx, school_id)


async def write(tx: Tx, row: SchoolRow, change: SchoolChange, act: str) -> bool:
    """Write what differs; whether anything did. Whoever calls has asked whether they may."""
    given = {k: v for k, v in msgspec.structs.asdict(change).items() if v is not UNSET}
    if "stages" in given:
        given["stages"] = rules.in_order(given["stages"])
    given = {name: value for name, value in given.items() if value != getattr(row, name)}
    if not given:
        return False
    await queries.update_school(tx, msgspec.structs.replace(row, **given))
    await _record(tx, "school.changed", act, row.id, row.version + 1, {"fields": sorted(given)})
    return True


async def close_school(tx: Tx, school_id: UUID, on: date | None, version: int) -> SchoolClosed:
    """Close a school from a day on (none: today); one that was never used goes altogether.

    Its tier and appointments end on that day. Raises NotFound, NotAllowed, StaleVersion,
    ClosedInThePast, WrongState.
    """
    row, today = await _lock(tx, school_id, "school:admit", version)
    rules.SCHOOL.step(rules.state_on(row.closed_on, today), "close")
    on = today if on is None else on
    if on < today:
        raise ClosedInThePast(facts={"today": today})
    removed = on == today and await queries.remove_school(tx, school_id)
    if not removed:
        await queries.close_school(tx, school_id, on)
    await _record(
        tx,
        "school.removed" if removed else "school.closed",
        "school:admit",
        school_id,
        row.version + 1,
        {"code": row.code, "closed_on": on},
    )
    return SchoolClosed(id=school_id, removed=removed, closed_on=None if removed else on)


async def list_tiers(tx: Tx, school_id: UUID) -> list[SchoolTier]:
    """The school's membership through time, oldest first. Raises NotFound."""
    require(tx, "directory:read", thing=f"school/{school_id}")
    await _find(tx, school_id, "directory:read")
    return await queries.list_tiers(tx, school_id)


async def set_tier(tx: Tx, school_id: UUID, entry: TierEntry) -> School:
    """Give a school another tier from a day on; what it was until then stays on record.

    Raises NotFound, NotAllowed, SameTier, TierInThePast, TierPlanned, WrongState.
    """
    row, today = await _lock(tx, school_id, "school:admit")
    rules.SCHOOL.step(rules.state_on(row.closed_on, today), "set_tier")
    if row.closed_on is not None and entry.from_on >= row.closed_on:
        raise Invalid(
            Text("the school is closed by then", "届时该校已停办"),
            problems=[Problem("/from_on", "after_closing", f"closed on {row.closed_on}")],
        )
    await place(tx, school_id, entry.tier, entry.from_on, today, row.version)
    return await get_school(tx, school_id)


async def place(
    tx: Tx, school_id: UUID, tier: Tier, from_on: date, today: date, version: int
) -> None:
    """Write a change of tier on a school that is held; raises what `rules.plan_tier` raises."""
    history = await queries.list_tiers(tx, school_id)
    plan = rules.plan_tier(history, tier, from_on, today)
    if plan.ends is not None:
        await queries.end_tier(tx, plan.ends, from_on)
    await queries.insert_tier(tx, new_id(), school_id, tier, from_on, plan.until_on)
    await queries.touch_school(tx, school_id)
    await _record(
        tx,
        "school.tier_set",
        "school:admit",
        school_id,
        version + 1,
        {"tier": tier, "from_on": from_on},
    )


async def cancel_tier(tx: Tx, school_id: UUID, tier_id: UUID, version: int) -> School:
    """Take back a change of tier that has not begun; the tier before it goes on.

    Raises NotFound, NotAllowed, StaleVersion, TierBegun.
    """
    row, today = await _lock(tx, school_id, "school:admit", version)
    history = await queries.list_tiers(tx, school_id)
    tier = next((period for period in history if period.id == tier_id), None)
    if tier is None:
        raise NotFound
    if tier.from_on <= today or len(history) == 1:
        raise rules.TierBegun
    await queries.cancel_tier(tx, school_id, tier)
    await queries.touch_school(tx, school_id)
    await _record(
        tx,
        "school.tier_cancelled",
        "school:admit",
        school_id,
        row.version + 1,
        {"tier": tier.tier, "from_on": tier.from_on},
    )
    return await get_school(tx, school_id)


async def _find(tx: Tx, school_id: UUID, act: str) -> SchoolRow:
    row = await queries.get_school(tx, school_id)
    require_found(row, f"school/{school_id}", act)
    assert row is not None  # require_found has raised otherwise
    return row


async def _lock(
    tx: Tx, school_id: UUID, act: str, version: int | None = None
) -> tuple[SchoolRow, date]:
    """The school, held until commit, once the actor may do `act` with it; and today's date."""
    row = await _find(tx, school_id, act)
    require(
        tx,
        act,
        row.relations,
        thing=f"school/{school_id}",
        see="directory:read",
        owner=row.name,
    )
    await queries.lock_school(tx, school_id)
    row = await _find(tx, school_id, act)
    if version is not None:
        check_version(version, row.version)
    return row, await group_today(tx)


def _shown(tx: Tx, row: SchoolRow, today: date) -> School:
    fields = msgspec.structs.asdict(row)
    mask = fields.pop("relations")
    state = rules.state_on(row.closed_on, today)
    return School(**fields, actions=rules.SCHOOL.actions(state, lambda act: may(tx, act, mask)))


async def _record(
    tx: Tx, event: str, act: str, school_id: UUID, version: int, data: dict[str, object]
) -> None:
    await journal.record(
        tx,
        event,
        act=act,
        thing=f"school/{school_id}",
        owner_school_id=school_id,
        version=version,
        data=data,
    )
