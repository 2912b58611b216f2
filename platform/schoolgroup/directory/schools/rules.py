"""How a school's place in the group changes: from a day on, and never backwards."""

from collections.abc import Sequence
from datetime import date
from typing import Literal
from uuid import UUID

import msgspec

from schoolgroup.directory.models import Stage, Tier
from schoolgroup.directory.schools.models import SchoolTier
from schoolgroup.kernel.errors import Conflict
from schoolgroup.kernel.texts import Text
from schoolgroup.kernel.transitions import Machine, Transition

SchoolState = Literal["open", "closed"]
SCHOOL: Machine[SchoolState] = Machine(
    "school",
    [
        Transition("change", "school:manage", ("open",), "open"),
        Transition("set_tier", "school:admit", ("open",), "open"),
        Transition("close", "school:admit", ("open",), "closed"),
    ],
)


class SameTier(Conflict):
    """The school has this tier already on that day."""

    code = "same_tier"
    title = Text("The school has this tier already", "该校已是此类别")


class TierInThePast(Conflict):
    """A change that began in the past would rewrite what was decided then."""

    code = "tier_in_the_past"
    title = Text("History stays as it was", "历史记录不可更改")
    remedy = Text("Let the change begin today or later.", "请将变更日期设为今天或以后。")


class TierPlanned(Conflict):
    """A change of tier is already planned."""

    code = "tier_planned"
    title = Text("A change of tier is already planned", "已有待生效的类别变更")
    remedy = Text(
        "Cancel the planned change first: DELETE the tier that has not begun.",
        "请先取消尚未生效的类别变更。",
    )


class TierBegun(Conflict):
    """Only a tier that has not begun can be cancelled."""

    code = "tier_begun"
    title = Text("The tier has already begun", "该类别已生效")
    remedy = Text("Set another tier from a day on.", "请设定自某日起的新类别。")


class TiersOverlap(Conflict):
    """A school has one tier at a time."""

    code = "tiers_overlap"
    title = Text("A school has one tier at a time", "学校同一时间只能有一个类别")


class TierPlan(msgspec.Struct, frozen=True):
    """What setting a tier does: the period it ends (null: none) and the new one's own end."""

    ends: UUID | None
    until_on: date | None


def state_on(closed_on: date | None, today: date) -> SchoolState:
    """Whether the school is open today."""
    return "closed" if closed_on is not None and closed_on <= today else "open"


def plan_tier(history: Sequence[SchoolTier], tier: Tier, from_on: date, today: date) -> TierPlan:
    """What it takes to give a school `tier` from `from_on` on.

    The first membership may begin in the past (the group is older than this system); a change may
    not. Raises SameTier, TierInThePast, TierPlanned.
    """
    if not history:
        return TierPlan(ends=None, until_on=None)
    last = max(history, key=lambda period: period.from_on)
    if last.from_on > today or from_on <= last.from_on:
        if last.from_on > today:
            raise TierPlanned(facts={"tier": last.tier, "from_on": last.from_on})
        raise TierInThePast(facts={"from_on": last.from_on})
    if from_on < today:
        raise TierInThePast(facts={"today": today})
    holds_then = last.until_on is None or from_on < last.until_on
    if holds_then and last.tier == tier:
        raise SameTier(facts={"from_on": last.from_on})
    if not holds_then:
        return TierPlan(ends=None, until_on=None)
    return TierPlan(ends=last.id, until_on=last.until_on)


def in_order(stages: Sequence[Stage]) -> list[Stage]:
    """The stages once each, youngest pupils first."""
    return [stage for stage in Stage if stage in stages]
