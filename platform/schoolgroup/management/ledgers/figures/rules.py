"""Rates, instants and projections: pure."""

import itertools
import math
from calendar import monthrange
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from schoolgroup.kernel.errors import Invalid, Problem
from schoolgroup.kernel.texts import Text
from schoolgroup.management.ledgers.figures.models import (
    Aim,
    By,
    CountRow,
    Figure,
    Of,
    Projection,
    Step,
)

POINTS_MAX = 400
SCHOOLS_MIN = 3
LEFT = "left"  # the part of schools that are in the group no more
WEEK = timedelta(days=7)
WEEKS_LOOKED_AT, WEEKS_NEEDED = 12, 4
CONFIDENCE = 0.8
TICK = timedelta(microseconds=1)
METHOD = Text(
    "Net closings (closed less reopened) of each of the last weeks, up to {weeks}; those to come "
    "are taken to be like them and independent of each other. Their sum over h weeks has the "
    "prediction interval h·m ± t·s·√(h + h²/n) of n weeks with mean m and standard deviation s. "
    "Today's items are the denominator: new ones would lower the rate.",
    "以最近各周（最多 {weeks} 周）的净办结数（办结减重新开启）为依据，"
    "假定今后各周与之相似且相互独立；"
    "h 周合计的预测区间为 h·m ± t·s·√(h + h²/n)，n 为周数，m、s 为均值与标准差。"
    "分母为当前事项数，新增事项会使办结率下降。",
)
TOO_LITTLE = Text(
    "No projection: fewer than {weeks} whole weeks of history.",
    "历史不足 {weeks} 个整周，不作预测。",
)


class BadSeries(Invalid):
    """The series asked for is empty, ends after today, or has too many points."""

    code = "bad_series"
    title = Text("The series cannot be drawn", "无法生成该序列")


class BadParts(Invalid):
    """These figures are the office's: of other schools a school learns totals."""

    code = "bad_parts"
    title = Text("These parts are not for schools", "该分组仅限集团办公室查看")
    remedy = Text("Ask for another part, or for your own school.", "请更换分组，或查询本校数据。")


def rate(part: int, whole: int) -> float | None:
    """A share of a whole; None where there is no whole."""
    return part / whole if whole else None


def withheld(parts: Collection[str], schools: Mapping[str, int]) -> set[str]:
    """The parts by tier a school is not told: over few schools, and one that would tell such a one.

    The whole is told, so what is hidden alone would be the whole less the others. A tier without
    items is a figure too: it has none.
    """
    behind = {part: n for part, n in schools.items() if part != LEFT or part in parts}
    few = {part for part, n in behind.items() if n < SCHOOLS_MIN}
    others = sorted((n, part) for part, n in behind.items() if part not in few)
    if len(few) == 1 and others:
        few.add(others[0][1])
    return few


def figure(row: CountRow, by: By, of: Of) -> Figure:
    """The one place where the rates of ledgers are reckoned."""
    return Figure(
        part=row.part,
        total=row.total,
        open=row.open,
        reported=row.reported,
        closed=row.closed,
        dropped=row.dropped,
        overdue=row.overdue,
        on_time=row.on_time,
        settled=row.settled,
        completion_rate=rate(row.closed, row.counted),
        on_time_rate=rate(row.on_time, row.settled),
        items_link=_link(by, row.part, of),
    )


def _link(by: By, part: str, of: Of) -> str:
    """Where the items behind a figure are listed; of a tier there is no such list."""
    named = {
        name: str(value)
        for name in ("ledger_id", "initiative_id", "measure_id", "school_id", "category")
        if (value := getattr(of, name)) is not None
    }
    key = {
        By.CATEGORY: "category",
        By.SCHOOL: "school_id",
        By.SOURCE: "source",
        By.LEDGER: "ledger_id",
        By.MEASURE: "measure_id",
    }.get(by)
    if key is not None and part not in ("", "office", "none"):
        named[key] = part
    query = urlencode(named)
    return "/v1/ledger-items" + (f"?{query}" if query else "")


def days_of(from_on: date, until_on: date, step: Step, today: date) -> list[date]:
    """The days of a series, the last always among them. Raises BadSeries."""
    if until_on > today or from_on > until_on:
        why = "from a day up to one that is not after today"
        raise BadSeries(problems=[Problem("query:/until_on", "out_of_range", why)])
    days = []
    on = from_on
    while on < until_on:
        days.append(on)
        if len(days) >= POINTS_MAX:
            why = f"at most {POINTS_MAX} points"
            raise BadSeries(problems=[Problem("query:/step", "too_many", why)])
        on = _next(on, step, from_on.day)
    return [*days, until_on]


def _next(on: date, step: Step, anchor: int) -> date:
    if step is not Step.MONTH:
        return on + (WEEK if step is Step.WEEK else timedelta(days=1))
    year, month = (on.year + 1, 1) if on.month == 12 else (on.year, on.month + 1)
    return date(year, month, min(anchor, monthrange(year, month)[1]))


def instant_of(on: date, now: datetime, zone: ZoneInfo) -> datetime:
    """The last instant of a day at the group's place; of today, now."""
    end = datetime.combine(on + timedelta(days=1), time(), zone).astimezone(UTC) - TICK
    return min(end, now)


def week_ends(now: datetime) -> list[datetime]:
    """The instants between the weeks looked at, from the earliest to now."""
    return [now - n * WEEK for n in range(WEEKS_LOOKED_AT, -1, -1)]


def project(rows: Sequence[CountRow], at: datetime) -> Projection:
    """The completion rate at an instant to come, from counts at `week_ends`.

    The prediction interval of a sum of h values from n seen ones, normal and independent: mean
    h·m, variance s²(h + h²/n), Student's t with n-1 degrees of freedom (Hahn & Meeker, Statistical
    Intervals, 1991, section 4.7). Weeks before the first item do not count.
    """
    from scipy.special import stdtrit

    rows = [row for n, row in enumerate(rows) if any(one.total for one in rows[: n + 1])]
    now = rows[-1] if rows else None
    nets = [late.closed - early.closed for early, late in itertools.pairwise(rows)]
    if now is None or now.counted == 0 or len(nets) < WEEKS_NEEDED:
        told = Text(
            TOO_LITTLE.en.format(weeks=WEEKS_NEEDED), TOO_LITTLE.zh.format(weeks=WEEKS_NEEDED)
        )
        return Projection(None, None, None, CONFIDENCE, len(nets), None, told)
    n, weeks = len(nets), max(0.0, (at - now.at) / WEEK)
    mean = sum(nets) / n
    spread = math.sqrt(sum((one - mean) ** 2 for one in nets) / (n - 1))
    half = float(stdtrit(n - 1, (1 + CONFIDENCE) / 2)) * spread
    half *= math.sqrt(weeks + weeks**2 / n)

    def share(closed: float) -> float:
        return min(1.0, max(0.0, closed / now.counted))

    told = Text(METHOD.en.format(weeks=WEEKS_LOOKED_AT), METHOD.zh.format(weeks=WEEKS_LOOKED_AT))
    middle = now.closed + mean * weeks
    return Projection(
        share(middle), share(middle - half), share(middle + half), CONFIDENCE, n, mean, told
    )


def aim(completion: float, by_on: date, rows: Sequence[CountRow], zone: ZoneInfo) -> Aim:
    """How far a target is now, and what it takes; `rows` are counts at `week_ends`."""
    now = rows[-1]
    at = datetime.combine(by_on + timedelta(days=1), time(), zone)
    # 0.8 of 60 items are 48, not the 49 that binary fractions would make of it
    needed = math.ceil(round(completion * now.counted, 6))
    missing = max(0, needed - now.closed)
    passed = at <= now.at
    weeks = (at - now.at) / WEEK
    return Aim(
        completion=completion,
        by_on=by_on,
        reached=now.counted > 0 and missing == 0,
        passed=passed,
        missing=missing,
        needed_a_week=None if passed else missing / max(weeks, 1 / 7),
        projection=None if passed else project(rows, at),
    )
