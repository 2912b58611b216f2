"""Reminders of returns count school days: of the school that is told, at midnight in Shanghai."""

from datetime import UTC, datetime, time, timedelta

from schoolgroup.integration.notices.kinds import kinds
from tests.integration.notices.conftest import Told
from tests.management.returns.desk import Desk
from tests.people import THERE, School, World, today_there

MONDAY = today_there() + timedelta(days=14 - today_there().weekday())


def set_clock(told: Told, day: int, hour: int, minute: int) -> None:
    """So many days after a Monday to come, at this time of day in Shanghai."""
    there = datetime.combine(MONDAY + timedelta(days=day), time(hour, minute), THERE)
    told.clock.offset = there - datetime.now(UTC)


async def called(told: Told, world: World, due_day: int, *names: str) -> tuple[Desk, list[School]]:
    """Schools that are asked, due at 24:00 of a day of that Monday's weeks."""
    desk = Desk(told.http, world, await world.person(None, "group_admin"))
    schools = [await desk.enrol(name) for name in names]
    due = datetime.combine(MONDAY + timedelta(days=due_day + 1), time(), THERE)
    await desk.call(due_at=due.isoformat(), closes_at=(due + timedelta(days=20)).isoformat())
    return desk, schools


async def test_three_school_days_before_are_other_days_for_each_school(told, world, sql):
    """Due on Monday of the second week at 24:00. Wednesday to Friday before it one school is
    closed, on the Saturday another makes up for a day, and a third keeps the plain week."""
    desk, (plain, closed, keen) = await called(told, world, 7, "平时校", "停课校", "补课校")
    await sql.execute(
        """INSERT INTO holiday (group_id, id, school_id, name, from_on, until_on)
           VALUES ($1, gen_random_uuid(), $2, '停课', $3, $4)""",
        world.group_id, closed.id, MONDAY + timedelta(2), MONDAY + timedelta(5),
    )  # fmt: skip
    await sql.execute(
        """INSERT INTO makeup_day (group_id, id, school_id, name, taught_on)
           VALUES ($1, gen_random_uuid(), $2, '调休', $3)""",
        world.group_id, keen.id, MONDAY + timedelta(5),
    )  # fmt: skip
    heads = dict(zip(("plain", "closed", "keen"), desk.principals, strict=True))
    first_day = {"plain": 3, "closed": 0, "keen": 4}
    for day in sorted(first_day.values()):
        set_clock(told, day - 1, 23, 59)
        await told.run()
        before = {name for name, who in heads.items() if "return_due_soon" in await told.kinds(who)}
        assert before == {name for name, first in first_day.items() if first < day}
        set_clock(told, day, 0, 1)
        await told.run()
        after = {name for name, who in heads.items() if "return_due_soon" in await told.kinds(who)}
        assert after == {name for name, first in first_day.items() if first <= day}
    assert plain.id != closed.id
    set_clock(told, 6, 23, 59)
    assert (await told.run()).notices == 0, "Sunday is no school day before Monday"
    set_clock(told, 7, 0, 1)
    assert (await told.run()).notices == 3, "the last day begins for all three"


async def test_who_is_late_is_told_at_once_and_again_after_two_school_days(told, world):
    """Due on Friday at 24:00: late from Saturday on, told again when Tuesday begins."""
    desk, _ = await called(told, world, 4, "甲校")
    (head,) = desk.principals
    for day, hour, minute, lates in ((4, 23, 59, 0), (5, 0, 1, 1), (7, 23, 59, 1), (8, 0, 1, 2)):
        set_clock(told, day, hour, minute)
        await told.run()
        assert (await told.kinds(head)).count("return_late") == lates, (day, hour)


async def test_the_rules_say_what_their_hours_count(told, world):
    office = await world.person(None, "group_admin")
    rules = (await told.ask(office, "GET", "/v1/notice-rules"))["items"]
    counted = {rule["kind"] for rule in rules if rule["school_days"]}
    assert counted == {code for code, kind in kinds().items() if kind.school_days}
    assert {"return_due_soon", "return_late", "item_to_close"} <= counted
