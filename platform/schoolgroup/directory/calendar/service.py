"""Terms, holidays and days made up for: the group office sets the group's, a school adds its own.

A school day is Monday to Friday and what is made up for, less the holidays; of a school its own
word goes before the group's (app.is_school_day).
"""

from typing import TypeVar
from uuid import UUID

import msgspec
from msgspec import UNSET

from schoolgroup.access.decisions import may, require, require_found
from schoolgroup.directory.calendar import queries
from schoolgroup.directory.calendar.models import (
    Holiday,
    HolidayEntry,
    HolidayFilter,
    HolidayRow,
    MakeupDay,
    MakeupEntry,
    MakeupRow,
    PeriodChange,
    Term,
    TermEntry,
    TermRow,
)
from schoolgroup.directory.people.queries import list_open_schools
from schoolgroup.directory.rights import mask_at, refuse_backward
from schoolgroup.kernel import journal
from schoolgroup.kernel.db import Tx
from schoolgroup.kernel.errors import (
    Conflict,
    Invalid,
    NotFound,
    Problem,
    refuse_by_constraint,
)
from schoolgroup.kernel.http import check_version
from schoolgroup.kernel.ids import new_id
from schoolgroup.kernel.paging import PageRequest
from schoolgroup.kernel.texts import Text

PeriodRow = TypeVar("PeriodRow", TermRow, HolidayRow)
READ, MANAGE = "term:read", "term:manage"
ACTIONS = ("change", "delete")


class TermsOverlap(Conflict):
    """Another term lies in these days."""

    code = "terms_overlap"
    title = Text("Another term lies in these days", "与其他学期日期重叠")
    remedy = Text("Change the other term first.", "请先修改另一学期。")


class TermNameTaken(Conflict):
    """Another term has this name."""

    code = "term_name_taken"
    title = Text("Another term has this name", "该学期名称已被使用")


class MakeupTwice(Conflict):
    """This day stands there already."""

    code = "makeup_day_twice"
    title = Text("This day is made up for already", "该日已设为调休上课日")


refuse_by_constraint("one_makeup_per_day", MakeupTwice)
refuse_by_constraint("terms_never_overlap", TermsOverlap)
refuse_by_constraint("term_group_id_name_key", TermNameTaken)


async def list_terms(tx: Tx, page: PageRequest) -> list[Term]:
    """The terms of the group, from the earliest on."""
    require(tx, READ, thing="terms")
    return [_shown_term(tx, row) for row in await queries.list_terms(tx, page)]


async def get_term(tx: Tx, term_id: UUID) -> Term:
    """One term. Raises NotFound."""
    return _shown_term(tx, await _find_term(tx, term_id, READ))


async def enter_term(tx: Tx, entry: TermEntry) -> Term:
    """Set a term. Raises NotAllowed, Invalid, TermsOverlap, TermNameTaken."""
    require(tx, MANAGE, thing="term/new")
    refuse_backward(entry.from_on, entry.until_on)
    term_id = new_id()
    await queries.insert_term(tx, term_id, entry)
    await _record(tx, "term.set", f"term/{term_id}", 1)
    return await get_term(tx, term_id)


async def change_term(tx: Tx, term_id: UUID, change: PeriodChange, version: int) -> Term:
    """Change a term. Raises NotFound, NotAllowed, StaleVersion, Invalid, TermsOverlap."""
    changed = _changed(await _lock_term(tx, term_id, version), change)
    await queries.update_term(tx, changed)
    await _record(tx, "term.changed", f"term/{term_id}", version + 1)
    return await get_term(tx, term_id)


async def delete_term(tx: Tx, term_id: UUID, version: int) -> None:
    """Delete a term. Raises NotFound, NotAllowed, StaleVersion."""
    await _lock_term(tx, term_id, version)
    await queries.delete_term(tx, term_id)
    await _record(tx, "term.deleted", f"term/{term_id}", version + 1)


async def list_holidays(tx: Tx, wanted: HolidayFilter, page: PageRequest) -> list[Holiday]:
    """The group's and the schools' holidays, from the earliest on."""
    require(tx, READ, thing="holidays")
    return [_shown_holiday(tx, row) for row in await queries.list_holidays(tx, wanted, page)]


async def get_holiday(tx: Tx, holiday_id: UUID) -> Holiday:
    """One holiday. Raises NotFound."""
    return _shown_holiday(tx, await _find_holiday(tx, holiday_id, READ))


async def enter_holiday(tx: Tx, entry: HolidayEntry) -> Holiday:
    """Set a holiday of the group, or of the own school. Raises NotAllowed, Invalid."""
    require(tx, MANAGE, mask_at(tx, entry.school_id), thing="holiday/new")
    refuse_backward(entry.from_on, entry.until_on)
    await _need_school(tx, entry.school_id)
    holiday_id = new_id()
    await queries.insert_holiday(tx, holiday_id, entry)
    await _record(tx, "holiday.set", f"holiday/{holiday_id}", 1, entry.school_id)
    return await get_holiday(tx, holiday_id)


async def change_holiday(tx: Tx, holiday_id: UUID, change: PeriodChange, version: int) -> Holiday:
    """Change a holiday. Raises NotFound, NotAllowed, StaleVersion, Invalid."""
    changed = _changed(await _lock_holiday(tx, holiday_id, version), change)
    await queries.update_holiday(tx, changed)
    thing = f"holiday/{holiday_id}"
    await _record(tx, "holiday.changed", thing, version + 1, changed.school_id)
    return await get_holiday(tx, holiday_id)


async def delete_holiday(tx: Tx, holiday_id: UUID, version: int) -> None:
    """Delete a holiday. Raises NotFound, NotAllowed, StaleVersion."""
    row = await _lock_holiday(tx, holiday_id, version)
    await queries.delete_holiday(tx, holiday_id)
    await _record(tx, "holiday.deleted", f"holiday/{holiday_id}", version + 1, row.school_id)


async def list_makeups(tx: Tx, wanted: HolidayFilter, page: PageRequest) -> list[MakeupDay]:
    """The group's and the schools' days made up for, from the earliest on."""
    require(tx, READ, thing="makeup-days")
    return [_shown_makeup(tx, row) for row in await queries.list_makeups(tx, wanted, page)]


async def get_makeup(tx: Tx, makeup_day_id: UUID) -> MakeupDay:
    """One day made up for. Raises NotFound."""
    return _shown_makeup(tx, await _find_makeup(tx, makeup_day_id, READ))


async def enter_makeup(tx: Tx, entry: MakeupEntry) -> MakeupDay:
    """Set a day of school of the group, or of the own school.

    Raises NotAllowed, Invalid, MakeupTwice.
    """
    require(tx, MANAGE, mask_at(tx, entry.school_id), thing="makeup_day/new")
    await _need_school(tx, entry.school_id)
    makeup_day_id = new_id()
    await queries.insert_makeup(tx, makeup_day_id, entry)
    await _record(tx, "makeup_day.set", f"makeup_day/{makeup_day_id}", 1, entry.school_id)
    return await get_makeup(tx, makeup_day_id)


async def delete_makeup(tx: Tx, makeup_day_id: UUID) -> None:
    """There is no school that day after all. Raises NotFound, NotAllowed."""
    row = await _find_makeup(tx, makeup_day_id, MANAGE)
    if not await queries.delete_makeup(tx, makeup_day_id):
        raise NotFound
    thing = f"makeup_day/{makeup_day_id}"
    await _record(tx, "makeup_day.deleted", thing, row.version + 1, row.school_id)


async def _need_school(tx: Tx, school_id: UUID | None) -> None:
    if school_id is not None and not await list_open_schools(tx, [school_id]):
        why = "there is no open school with this id"
        raise Invalid(problems=[Problem("/school_id", "no_such_school", why)])


def _changed(row: PeriodRow, change: PeriodChange) -> PeriodRow:
    """The row with what the change gives. Raises Invalid where it would run backwards."""
    given = {k: v for k, v in msgspec.structs.asdict(change).items() if v is not UNSET}
    changed = msgspec.structs.replace(row, **given)
    refuse_backward(changed.from_on, changed.until_on)
    return changed


async def _find_term(tx: Tx, term_id: UUID, act: str) -> TermRow:
    thing = f"term/{term_id}"
    row = await queries.get_term(tx, term_id)
    require_found(row, thing, act)
    assert row is not None  # require_found has raised otherwise
    require(tx, act, row.relations, thing=thing, see=READ)
    return row


async def _lock_term(tx: Tx, term_id: UUID, version: int) -> TermRow:
    await _find_term(tx, term_id, MANAGE)
    await queries.lock_term(tx, term_id)
    row = await _find_term(tx, term_id, MANAGE)
    check_version(version, row.version)
    return row


async def _find_holiday(tx: Tx, holiday_id: UUID, act: str) -> HolidayRow:
    thing = f"holiday/{holiday_id}"
    row = await queries.get_holiday(tx, holiday_id)
    require_found(row, thing, act)
    assert row is not None  # require_found has raised otherwise
    require(tx, act, row.relations, thing=thing, see=READ)
    return row


async def _find_makeup(tx: Tx, makeup_day_id: UUID, act: str) -> MakeupRow:
    thing = f"makeup_day/{makeup_day_id}"
    row = require_found(await queries.get_makeup(tx, makeup_day_id), thing, act)
    require(tx, act, row.relations, thing=thing, see=READ)
    return row


async def _lock_holiday(tx: Tx, holiday_id: UUID, version: int) -> HolidayRow:
    await _find_holiday(tx, holiday_id, MANAGE)
    await queries.lock_holiday(tx, holiday_id)
    row = await _find_holiday(tx, holiday_id, MANAGE)
    check_version(version, row.version)
    return row


def _shown_term(tx: Tx, row: TermRow) -> Term:
    fields = msgspec.structs.asdict(row)
    actions = _actions(tx, fields.pop("relations"))
    return Term(**fields, actions=actions)


def _shown_holiday(tx: Tx, row: HolidayRow) -> Holiday:
    fields = msgspec.structs.asdict(row)
    actions = _actions(tx, fields.pop("relations"))
    return Holiday(**fields, actions=actions)


def _shown_makeup(tx: Tx, row: MakeupRow) -> MakeupDay:
    fields = msgspec.structs.asdict(row)
    actions = ["delete"] if may(tx, MANAGE, fields.pop("relations")) else []
    return MakeupDay(**fields, actions=actions)


def _actions(tx: Tx, mask: int) -> list[str]:
    return list(ACTIONS) if may(tx, MANAGE, mask) else []


async def _record(
    tx: Tx, event: str, thing: str, version: int, school_id: UUID | None = None
) -> None:
    await journal.record(
        tx, event, act=MANAGE, thing=thing, owner_school_id=school_id, version=version, data={}
    )
