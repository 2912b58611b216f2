"""Weighing calls: what one takes of each school before it is sent, and what is due each week."""

from datetime import date, timedelta
from uuid import UUID

from schoolgroup.access.decisions import require, require_found
from schoolgroup.kernel.db import Tx
from schoolgroup.kernel.errors import Invalid, Problem
from schoolgroup.management.returns.burden import queries, rules
from schoolgroup.management.returns.burden.models import (
    CallBurden,
    FieldMinutes,
    Pace,
    SchoolBurden,
    Weeks,
)
from schoolgroup.management.returns.calls import service as calls
from schoolgroup.management.returns.forms import service as forms
from schoolgroup.management.returns.forms.models import FieldType

WEEK = timedelta(days=7)
YEARS = (2000, 2200)


async def of_call(tx: Tx, call_id: UUID) -> CallBurden:
    """What the call takes of each school it asks or means; for who opens calls."""
    call = await queries.get_call(tx, call_id)
    require_found(call, f"call/{call_id}", "call:open")
    assert call is not None
    require(tx, "call:open", call.relations, thing=f"call/{call_id}", see="call:read")
    reckoned = await _minutes(tx, call.form_id, call.form_version)
    pace = await _pace(tx, call.form_id, call.form_version)
    fields = rules.at_pace(reckoned, pace)
    by_code = {one.field: one.minutes for one in fields}
    whole = sum(by_code.values())
    zone = tx.actor.time_zone
    monday = rules.week_of(call.due_at, zone)
    begin = rules.begin_of(monday, zone)
    due = await queries.list_due(tx, begin, rules.begin_of(monday + WEEK, zone), None)
    others = [one for one in due if one.call_id != call_id]
    forms_of = {(one.form_id, one.form_version) for one in others}
    minutes = {key: await _whole(tx, *key) for key in sorted(forms_of)}
    week: dict[UUID, float] = {}
    for one in others:
        spent = minutes[one.form_id, one.form_version]
        week[one.school_id] = week.get(one.school_id, 0) + spent
    schools = [
        SchoolBurden(
            school_id=meant.school_id,
            school_code=meant.school_code,
            school_name=meant.school_name,
            minutes=round(whole - sum(by_code[code] for code in meant.told), 1),
            told_already=len(meant.told),
            week_minutes=round(week.get(meant.school_id, 0), 1),
        )
        for meant in await queries.list_meant(tx, call_id)
    ]
    return CallBurden(
        call_id=call_id,
        week_begins_on=monday,
        basis=pace.basis,
        measured_returns=pace.returns,
        reckoned_minutes_of_form=round(sum(one.minutes for one in reckoned), 1),
        minutes_of_form=round(whole, 1),
        minutes_of_all_schools=round(sum(school.minutes for school in schools), 1),
        fields=[FieldMinutes(one.field, one.label, round(one.minutes, 1)) for one in fields],
        schools=schools,
        method=rules.METHOD,
    )


async def by_week(tx: Tx, from_on: date, weeks: int) -> Weeks:
    """What is due per school and week from the week of a day on; a school sees itself."""
    if not YEARS[0] <= from_on.year <= YEARS[1]:
        why = f"a year from {YEARS[0]} to {YEARS[1]}"
        raise Invalid(problems=[Problem("query:/from_on", "out_of_range", why)])
    zone = tx.actor.time_zone
    monday = from_on - timedelta(days=from_on.weekday())
    until = monday + weeks * WEEK
    due = await queries.list_due(
        tx, rules.begin_of(monday, zone), rules.begin_of(until, zone),
        None if calls.sees_all(tx) else tx.actor.school_id,
    )  # fmt: skip
    asked = sorted({(one.form_id, one.form_version) for one in due})
    minutes: dict[tuple[object, int], float] = {key: await _whole(tx, *key) for key in asked}
    return Weeks(
        from_on=monday,
        until_on=until,
        weeks=rules.by_week(due, minutes, zone),
        method=rules.METHOD,
    )


async def _minutes(tx: Tx, form_id: UUID, form_version: int) -> list[FieldMinutes]:
    fields = await forms.fields_of(tx, form_id, form_version)
    tables = [field.code for field in fields if field.type is FieldType.ROWS]
    rows = await queries.usual_rows(tx, tables) if tables else {}
    return rules.minutes_of(fields, rows)


async def _whole(tx: Tx, form_id: UUID, form_version: int) -> float:
    reckoned = await _minutes(tx, form_id, form_version)
    pace = await _pace(tx, form_id, form_version)
    return round(sum(one.minutes for one in reckoned) * pace.factor, 1)


async def _pace(tx: Tx, form_id: UUID, form_version: int) -> Pace:
    alike = await queries.list_alike(tx, form_id, form_version)
    wanted = {(one.form_id, one.form_version) for one in alike}
    work = [
        row
        for row in await queries.measured(tx, sorted({form_id, *(one.form_id for one in alike)}))
        if row.form_id == form_id or (row.form_id, row.form_version) in wanted
    ]
    reckoned = {
        (row.form_id, row.form_version): sum(
            one.minutes for one in await _minutes(tx, row.form_id, row.form_version)
        )
        for row in work
    }
    return rules.pace_of(form_id, form_version, work, reckoned)
