"""When a place is open, what is free, and why a wish is not met: pure."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from schoolgroup.kernel.errors import Conflict, Invalid, Problem
from schoolgroup.kernel.texts import Text
from schoolgroup.resources.places.models import (
    DayOff,
    FreeDay,
    FreeSpan,
    Hours,
    OpenHours,
    PlaceRow,
    Taken,
)

DAY_MINUTES = 24 * 60


class ResourceNotPublished(Conflict):
    """A place is found and booked by the offers of its resource, which has to be published."""

    code = "resource_unpublished"
    title = Text("The resource is not published", "资源未发布")
    remedy = Text("Publish it first.", "请先发布资源。")


def check_hours(hours: Sequence[Hours], slot_minutes: int) -> None:
    """Raise Invalid, naming each line, where hours end before they begin or do not hold a slot."""
    problems = []
    for number, line in enumerate(hours):
        at = f"/hours/{number}"
        if line.until_minute <= line.from_minute:
            problems.append(Problem(f"{at}/until_minute", "not_later", "later than from_minute"))
        elif line.until_minute - line.from_minute < slot_minutes:
            problems.append(Problem(at, "too_short", f"shorter than a slot of {slot_minutes} min"))
        for other in hours[:number]:
            if other.weekday == line.weekday and (
                other.from_minute < line.until_minute and line.from_minute < other.until_minute
            ):
                problems.append(Problem(at, "overlap", "these hours overlap others of the day"))
    if problems:
        raise Invalid(problems=problems)


def month_days(month: str) -> Iterator[date]:
    """The days of a month written 2026-09."""
    day = date(int(month[:4]), int(month[5:]), 1)
    while f"{day:%Y-%m}" == month:
        yield day
        day += timedelta(days=1)


def opening(
    hours: Sequence[OpenHours], day: date, time_zone: str
) -> list[tuple[datetime, datetime]]:
    """From when until when a place is open on a day, by its weekly hours."""
    midnight = datetime.combine(day, time(), ZoneInfo(time_zone))
    return sorted(
        (_at(midnight, line.from_minute), _at(midnight, line.until_minute))
        for line in hours
        if line.weekday == day.isoweekday()
    )


def why_closed(place: PlaceRow, day: date, holidays: Sequence[DayOff]) -> Text | None:
    """Why a place is closed all of a day whatever its hours say, or None."""
    for closure in place.closures:
        if closure.from_on <= day < closure.until_on:
            return Text(closure.because, closure.because)
    if not place.open_on_holidays:
        for holiday in holidays:
            if holiday.holds(day):
                return Text(f"holiday: {holiday.name}", f"假期：{holiday.name}")
    return None


def free_month(
    place: PlaceRow,
    month: str,
    holidays: Sequence[DayOff],
    taken: Sequence[Taken],
    time_zone: str,
) -> list[FreeDay]:
    """Each day of the month with its open spans and the room left in each."""
    days = []
    for day in month_days(month):
        closed = why_closed(place, day, holidays)
        spans = [] if closed else opening(place.hours, day, time_zone)
        free = [part for span in spans for part in _parts(place, span, taken)]
        why = closed.zh if closed else "" if spans else "不开放"
        days.append(FreeDay(day, why, free))
    return days


def _parts(
    place: PlaceRow, span: tuple[datetime, datetime], taken: Sequence[Taken]
) -> Iterator[FreeSpan]:
    """The span cut where bookings begin and end; neighbours with the same room are one."""
    begin, end = span
    meeting = [t for t in taken if t.starts_at < end and begin < t.ends_at]
    cuts = {begin, end}
    for one in meeting:
        cuts |= {max(begin, one.starts_at), min(end, one.ends_at)}
    zone = begin.tzinfo
    marks = sorted(cuts)
    current: FreeSpan | None = None
    for start, stop in pairwise(mark.astimezone(zone) for mark in marks):
        here = [t.people for t in meeting if t.starts_at < stop and start < t.ends_at]
        room = place.capacity_people - sum(here) if place.shared or not here else 0
        room = max(0, room)
        if current is not None and current.room_for == room:
            current = FreeSpan(current.starts_at, stop, room)
            continue
        if current is not None:
            yield current
        current = FreeSpan(start, stop, room)
    if current is not None:
        yield current


def _at(midnight: datetime, minute: int) -> datetime:
    if minute == DAY_MINUTES:
        return midnight + timedelta(days=1)
    return midnight.replace(hour=minute // 60, minute=minute % 60)
