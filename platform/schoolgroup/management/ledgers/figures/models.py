"""How ledgers stand: one figure for dashboard, bulletin, export and series (办结率、按时率)."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from msgspec import Struct

from schoolgroup.kernel.texts import Text


class By(StrEnum):
    """What figures are parted by."""

    NOTHING = ""
    CATEGORY = "category"
    SCHOOL = "school"
    TIER = "tier"
    SOURCE = "source"
    LEDGER = "ledger"
    MEASURE = "measure"


class Step(StrEnum):
    """How far apart the points of a series are."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


class Of(Struct, frozen=True, kw_only=True):
    """What is counted; null takes all."""

    ledger_id: UUID | None = None
    initiative_id: UUID | None = None
    measure_id: UUID | None = None
    school_id: UUID | None = None
    category: str | None = None


class CountRow(Struct, frozen=True):
    """Counts at an instant, of one part."""

    at: datetime
    part: str
    total: int
    open: int
    reported: int
    closed: int
    dropped: int
    counted: int
    overdue: int
    on_time: int
    settled: int


class SchoolsRow(Struct, frozen=True):
    """How many schools stand behind a part by tier."""

    part: str
    schools: int


class Figure(Struct, frozen=True, kw_only=True):
    """How a part of the ledgers stands.

    `completion_rate` 办结率 = closed / (total - dropped). `on_time_rate` 按时率 = closed after a
    report in time / (closed + overdue): what can still be in time does not count yet. Null: there
    is nothing to divide by. `items_link` lists the items behind the figure.
    """

    part: str
    total: int
    open: int
    reported: int
    closed: int
    dropped: int
    overdue: int
    on_time: int
    settled: int
    completion_rate: float | None
    on_time_rate: float | None
    items_link: str


class Figures(Struct, frozen=True):
    """The figures at an instant: of all, and of each part.

    `withheld` names the tiers a school is not told of: of too few schools, or giving such away.
    """

    at: datetime
    by: By
    whole: Figure
    parts: list[Figure]
    withheld: list[str] = []


class Point(Struct, frozen=True):
    """How it stood at the end of a day; of today, now."""

    on: date
    at: datetime
    figure: Figure


class Series(Struct, frozen=True):
    """Points in time, the last of them equal to the figures of now where it is today's."""

    step: Step
    points: list[Point]


class Projection(Struct, frozen=True):
    """What the completion may be at a target's day, and how that was reckoned.

    `low` and `high` hold the rate with `confidence`, if the coming weeks are like those looked at;
    all three are null where too little is known. `closings_a_week` is the net number of items
    closed, less those reopened.
    """

    expected: float | None
    low: float | None
    high: float | None
    confidence: float
    weeks_looked_at: int
    closings_a_week: float | None
    method: Text


class Aim(Struct, frozen=True):
    """A target, how far it is, and what it takes.

    `missing` items are to be closed to reach it with today's items; `needed_a_week` so many each
    week from now on (null: its day has passed).
    """

    completion: float
    by_on: date
    reached: bool
    passed: bool
    missing: int
    needed_a_week: float | None
    projection: Projection | None


class Outlook(Struct, frozen=True):
    """A ledger now, and each of its targets."""

    ledger_id: UUID
    figure: Figure
    aims: list[Aim]
