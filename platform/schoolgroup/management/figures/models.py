"""Figures (数字) that bulletins and dashboards speak of, by reference to what works them out."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from schoolgroup.kernel.http import Input
from schoolgroup.kernel.texts import Text

Month = Annotated[str, Meta(pattern=r"^2[01][0-9]{2}-(0[1-9]|1[0-2])$")]


class Saved(StrEnum):
    """The saved queries; each is the figure of the feature itself, never a second count."""

    SCHOOLS_INTEGRATED = "schools_integrated"
    SCHOOLS_PARTNER = "schools_partner"
    LEDGER_ITEMS = "ledger_items"
    LEDGER_CLOSED = "ledger_closed"
    LEDGER_COMPLETION = "ledger_completion"
    LEDGER_ON_TIME = "ledger_on_time"
    LEDGER_TARGET = "ledger_target"
    CALL_COMPLETENESS = "call_completeness"
    CALL_ON_TIME = "call_on_time"
    ROUND_TEAMS = "round_teams"
    ROUND_COVERAGE = "round_coverage"
    ACTIVITIES = "activities"
    ACTIVITY_PUPILS = "activity_pupils"
    MEASURES = "measures"
    MEASURES_DONE = "measures_done"
    BULLETINS = "bulletins"


LABELS = {
    Saved.SCHOOLS_INTEGRATED: Text("integrated schools", "一体化成员校"),
    Saved.SCHOOLS_PARTNER: Text("partner schools", "紧密校"),
    Saved.LEDGER_ITEMS: Text("ledger items", "台账事项数"),
    Saved.LEDGER_CLOSED: Text("ledger items closed", "台账销号数"),
    Saved.LEDGER_COMPLETION: Text("ledger completion rate", "台账办结率"),
    Saved.LEDGER_ON_TIME: Text("ledger on-time rate", "台账按期办结率"),
    Saved.LEDGER_TARGET: Text("target of the completion rate", "台账办结率目标"),
    Saved.CALL_COMPLETENESS: Text("completeness of returns", "填报完成率"),
    Saved.CALL_ON_TIME: Text("returns on time", "按时填报率"),
    Saved.ROUND_TEAMS: Text("inspection teams", "巡回指导组数"),
    Saved.ROUND_COVERAGE: Text("coverage of the round", "巡回指导覆盖率"),
    Saved.ACTIVITIES: Text("activities held", "开展活动数"),
    Saved.ACTIVITY_PUPILS: Text("pupils who took part", "参加学生人次"),
    Saved.MEASURES: Text("measures", "举措数"),
    Saved.MEASURES_DONE: Text("measures done", "举措完成率"),
    Saved.BULLETINS: Text("bulletins issued this year", "本年度简报期数"),
}


class Family(StrEnum):
    """Saved queries that are worked out together, from one look at the rows."""

    GROUP = "group"
    LEDGER = "ledger"
    TARGET = "target"
    CALL = "call"
    ROUND = "round"
    ACTIVITY = "activity"
    INITIATIVE = "initiative"
    BULLETIN = "bulletin"


FAMILY = {
    Saved.SCHOOLS_INTEGRATED: Family.GROUP,
    Saved.SCHOOLS_PARTNER: Family.GROUP,
    Saved.LEDGER_ITEMS: Family.LEDGER,
    Saved.LEDGER_CLOSED: Family.LEDGER,
    Saved.LEDGER_COMPLETION: Family.LEDGER,
    Saved.LEDGER_ON_TIME: Family.LEDGER,
    Saved.LEDGER_TARGET: Family.TARGET,
    Saved.CALL_COMPLETENESS: Family.CALL,
    Saved.CALL_ON_TIME: Family.CALL,
    Saved.ROUND_TEAMS: Family.ROUND,
    Saved.ROUND_COVERAGE: Family.ROUND,
    Saved.ACTIVITIES: Family.ACTIVITY,
    Saved.ACTIVITY_PUPILS: Family.ACTIVITY,
    Saved.MEASURES: Family.INITIATIVE,
    Saved.MEASURES_DONE: Family.INITIATIVE,
    Saved.BULLETINS: Family.BULLETIN,
}


class Reference(Input, frozen=True, kw_only=True):
    """A saved query and what it is about.

    `of` is the ledger (null: all, but not of a target), call, round or initiative; `month` is of
    activities only.
    """

    saved: Saved
    of: UUID | None = None
    month: Month | None = None


class Unit(StrEnum):
    """How a value is read."""

    COUNT = "count"
    SHARE = "share"
    MARKS = "marks"


class Answer(Struct, frozen=True, kw_only=True):
    """What a saved query came to, and where its rows are listed."""

    value: float | None
    link: str
    unit: Unit = Unit.COUNT
    by_on: date | None = None


class Value(Struct, frozen=True, kw_only=True):
    """What a reference came to. `value` is null where there is nothing to count over.

    A share is 0 to 1. `by_on` is the day a target is for. `link` leads to the rows behind it, as
    they are now.
    """

    saved: Saved
    of: UUID | None
    month: str | None
    label: Text
    unit: Unit
    value: float | None
    as_of_at: datetime
    link: str
    by_on: date | None = None


class Ratio(Struct, frozen=True):
    """A count (`whole` null), or a part of a whole."""

    part: int
    whole: int | None = None


class Parts(Struct, frozen=True, kw_only=True):
    """A figure of one's own school, and over the schools of each tier.

    `own` is null where the figure does not speak of the school, or for the office. `schools` is how
    many schools each tier's part is over.
    """

    own: Ratio | None
    own_link: str
    tiers: dict[str, Ratio]
    schools: dict[str, int]


class SchoolTier(Struct, frozen=True):
    """A school's tier today."""

    school_id: UUID
    tier: str


class Issued(Struct, frozen=True):
    """How many bulletins of the year one may read are out."""

    year: int
    count: int
