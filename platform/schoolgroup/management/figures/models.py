"""Figures (数字) that bulletins and dashboards speak of, by reference to what works them out."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from schoolgroup.kernel.http import Input
from schoolgroup.kernel.texts import Text

Month = Annotated[str, Meta(pattern=r"^2[01][0-9]{2}-(0[1-9]|1[0-2])$")]


class Saved(StrEnum):
    """The saved queries; each is the figure of the feature itself, never a second count."""

    LEDGER_COMPLETION = "ledger_completion"
    LEDGER_ON_TIME = "ledger_on_time"
    LEDGER_ITEMS = "ledger_items"
    CALL_COMPLETENESS = "call_completeness"
    CALL_ON_TIME = "call_on_time"
    ROUND_COVERAGE = "round_coverage"
    ACTIVITIES = "activities"
    ACTIVITY_PUPILS = "activity_pupils"
    MEASURES = "measures"
    MEASURES_DONE = "measures_done"


LABELS = {
    Saved.LEDGER_COMPLETION: Text("ledger completion rate", "台账办结率"),
    Saved.LEDGER_ON_TIME: Text("ledger on-time rate", "台账按期办结率"),
    Saved.LEDGER_ITEMS: Text("ledger items", "台账事项数"),
    Saved.CALL_COMPLETENESS: Text("completeness of returns", "填报完成率"),
    Saved.CALL_ON_TIME: Text("returns on time", "按时填报率"),
    Saved.ROUND_COVERAGE: Text("coverage of the round", "巡回指导覆盖率"),
    Saved.ACTIVITIES: Text("activities held", "开展活动数"),
    Saved.ACTIVITY_PUPILS: Text("pupils who took part", "参加学生人次"),
    Saved.MEASURES: Text("measures", "举措数"),
    Saved.MEASURES_DONE: Text("measures done", "举措完成率"),
}
MONTHLY = (Saved.ACTIVITIES, Saved.ACTIVITY_PUPILS)


class Reference(Input, frozen=True, kw_only=True):
    """A saved query and what it is about.

    `of` is the ledger (null: all), call, round or initiative; `month` is of activities only.
    """

    saved: Saved
    of: UUID | None = None
    month: Month | None = None


class Unit(StrEnum):
    """How a value is read."""

    COUNT = "count"
    SHARE = "share"


class Value(Struct, frozen=True, kw_only=True):
    """What a reference came to. `value` is null where there is nothing to count over.

    A share is 0 to 1. `link` leads to the rows behind it, as they are now.
    """

    saved: Saved
    of: UUID | None
    month: str | None
    label: Text
    unit: Unit
    value: float | None
    as_of_at: datetime
    link: str
