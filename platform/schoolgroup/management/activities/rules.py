"""What may be said of an activity, and how its figures are shown: pure."""

from collections.abc import Iterable, Sequence
from datetime import date
from urllib.parse import urlencode
from uuid import UUID

import msgspec

from schoolgroup.kernel.errors import Conflict, Invalid, Problem
from schoolgroup.kernel.texts import Text
from schoolgroup.management.activities.models import (
    KIND_LABELS,
    ActivityChange,
    ActivityFigures,
    ActivityRow,
    ActivityStatus,
    MonthFigure,
    PlaceCollection,
    PlaceFeature,
    PlacePoint,
    Point,
    Position,
    Totals,
)

MONTHS_MAX = 36
COUNTS = ("sessions", "pupils", "teachers", "parents")
HEADER = ["月份/month", "学校/school", "类型/kind", "活动/activities", "场次/sessions",
          "学生/pupils", "教师/teachers", "家长/parents"]  # fmt: skip


class NotYetHeld(Conflict):
    """Its day has not come: nobody can have been counted."""

    code = "not_yet_held"
    title = Text("Its day has not come", "活动日期未到")
    remedy = Text("Report it on the day or afterwards.", "请在活动当日或之后上报。")


def check_held(held_on: date, today: date) -> None:
    """Raise NotYetHeld before the day of the activity."""
    if today < held_on:
        raise NotYetHeld(facts={"held_on": held_on.isoformat()})


def check_guests(host: UUID | None, guests: Sequence[UUID], known: Iterable[UUID]) -> None:
    """Raise Invalid, naming each, where a guest is the host, is twice, or is no school here."""
    schools, problems = set(known), []
    for number, guest in enumerate(guests):
        at = f"/guest_school_ids/{number}"
        if guest == host:
            problems.append(Problem(at, "is_host", "the school that holds it is no guest"))
        elif guest in guests[:number]:
            problems.append(Problem(at, "duplicate", "named twice"))
        elif guest not in schools:
            problems.append(Problem(at, "unknown_school", "there is no such school"))
    if problems:
        raise Invalid(problems=problems)


def changed(row: ActivityRow, change: ActivityChange, today: date) -> ActivityRow:
    """The activity as it shall be; raises Invalid for counts of what was not held, NotYetHeld."""
    wanted = {
        field: value
        for field, value in msgspec.structs.asdict(change).items()
        if value is not msgspec.UNSET
    }
    if row.status is not ActivityStatus.HELD:
        counted = [name for name in COUNTS if name in wanted]
        if counted:
            raise Invalid(
                problems=[
                    Problem(f"/{n}", "not_held", "it was not held: report it") for n in counted
                ]
            )
    elif "held_on" in wanted:
        check_held(wanted["held_on"], today)
    if "position" in wanted:
        position: Position | None = wanted.pop("position")
        wanted["longitude"] = position.longitude if position else None
        wanted["latitude"] = position.latitude if position else None
    return msgspec.structs.replace(row, **wanted)


def month_of(text: str) -> date:
    """The first day of a month written 2026-09."""
    return date(int(text[:4]), int(text[5:7]), 1)


def check_months(first: date, last: date) -> None:
    """Raise Invalid where months run backwards or are too many for one answer."""
    months = (last.year - first.year) * 12 + last.month - first.month + 1
    if months < 1:
        raise Invalid(problems=[Problem("query:/until_month", "not_later", "before from_month")])
    if months > MONTHS_MAX:
        why = f"{months} months; at most {MONTHS_MAX} at once"
        raise Invalid(problems=[Problem("query:/until_month", "too_many", why)])


def figures(first: date, last: date, lines: Sequence[MonthFigure]) -> ActivityFigures:
    """The lines with the way to the rows behind each, and their sums."""
    linked = [msgspec.structs.replace(line, link=link_to_rows(line)) for line in lines]
    totals = Totals(
        activities=sum(line.activities for line in lines),
        sessions=sum(line.sessions for line in lines),
        pupils=sum(line.pupils for line in lines),
        teachers=sum(line.teachers for line in lines),
        parents=sum(line.parents for line in lines),
    )
    return ActivityFigures(f"{first:%Y-%m}", f"{last:%Y-%m}", linked, totals)


def link_to_rows(line: MonthFigure) -> str:
    """The address of the list that shows exactly the activities a line counts."""
    first = month_of(line.month)
    asked = {"status": "held", "kind": line.kind, "from_on": first, "until_on": next_month(first)}
    holder = {"school_id": line.school_id} if line.school_id else {"of_office": "true"}
    return "/v1/activities?" + urlencode({**asked, **holder})


def next_month(first: date) -> date:
    """The first day of the month after."""
    return date(first.year + first.month // 12, first.month % 12 + 1, 1)


def figure_rows(figures: ActivityFigures) -> list[list[object]]:
    """The figures as the rows of a sheet."""
    return [
        [one.month, one.school_name, KIND_LABELS[one.kind].zh, one.activities, one.sessions,
         one.pupils, one.teachers, one.parents]
        for one in figures.lines
    ]  # fmt: skip


def place_map(points: Sequence[PlacePoint]) -> PlaceCollection:
    """Places as GeoJSON (RFC 7946)."""
    return PlaceCollection([PlaceFeature(Point((p.longitude, p.latitude)), p) for p in points])
