"""Rounds of guidance (巡回指导轮次), their teams, and who goes where."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from schoolgroup.kernel.http import Input
from schoolgroup.kernel.transitions import Machine, Transition

READ, RUN = "round:read", "round:run"
CRITERIA_MAX, TEAMS_MAX, MEMBERS_MAX = 60, 100, 30

Title = Annotated[str, Meta(min_length=1, max_length=200)]
Because = Annotated[str, Meta(min_length=1, max_length=1000)]
CriterionCode = Annotated[str, Meta(pattern="^[a-z][a-z0-9_]{0,39}$")]
Label = Annotated[str, Meta(min_length=1, max_length=200)]


class RoundStatus(StrEnum):
    """The life of a round."""

    PLANNING = "planning"
    OPEN = "open"
    CLOSED = "closed"


ROUND: Machine[RoundStatus] = Machine(
    "round",
    [
        Transition("open", RUN, (RoundStatus.PLANNING,), RoundStatus.OPEN),
        Transition("close", RUN, (RoundStatus.OPEN,), RoundStatus.CLOSED),
    ],
)


class Criterion(Input, frozen=True):
    """Something that is looked at on a visit, and the points it can get."""

    code: CriterionCode
    en: Label
    zh: Label
    points_max: Annotated[int, Meta(ge=1, le=100)] = 10


class RoundWish(Input, frozen=True):
    """A new round; its findings become items of the ledger named."""

    title: Title
    ledger_id: UUID
    from_on: date
    until_on: date
    rubric: Annotated[list[Criterion], Meta(min_length=1, max_length=CRITERIA_MAX)]


class MemberWish(Input, frozen=True):
    """A member, of the school (null: the office) where the person is appointed."""

    person_id: UUID
    school_id: UUID | None = None
    leads: bool = False


class TeamWish(Input, frozen=True):
    """A team, best of several schools."""

    name: Annotated[str, Meta(min_length=1, max_length=100)]
    members: Annotated[list[MemberWish], Meta(min_length=1, max_length=MEMBERS_MAX)]


class OpenWish(Input, frozen=True):
    """Whom the round is to reach: every school of the group today, or those named."""

    school_ids: Annotated[list[UUID], Meta(min_length=1, max_length=2000)] | None = None


class ExcuseWish(Input, frozen=True):
    """A school that is not visited in this round, with the reason."""

    school_id: UUID
    because: Because


class Member(Struct, frozen=True):
    """Who is in a team."""

    person_id: UUID
    school_id: UUID | None
    leads: bool


class Team(Struct, frozen=True):
    """A team, and how many visits it has in the round (cancelled ones not counted)."""

    id: UUID
    name: str
    members: list[Member]
    visits: int


class RoundRow(Struct, frozen=True):
    """A round as stored, with the caller's relations to it."""

    id: UUID
    no: int
    title: str
    rubric: list[Criterion]
    ledger_id: UUID
    from_on: date
    until_on: date
    status: RoundStatus
    version: int
    created_at: datetime
    relations: int


class Round(Struct, frozen=True):
    """A round with its teams."""

    id: UUID
    no: int
    title: str
    rubric: list[Criterion]
    ledger_id: UUID
    from_on: date
    until_on: date
    status: RoundStatus
    teams: list[Team]
    created_at: datetime
    version: int
    actions: list[str]


class CoverageRow(Struct, frozen=True):
    """Counts of a round by tier (null: all)."""

    tier: str | None
    schools: int
    excused: int
    expected: int
    planned: int
    visited: int
    spot_checked: int


class CoverageLine(Struct, frozen=True):
    """How much of a tier was visited; `rate` = visited / expected, null where none is expected."""

    tier: str | None
    schools: int
    excused: int
    expected: int
    planned: int
    visited: int
    spot_checked: int
    rate: float | None


class Standing(Struct, frozen=True):
    """How a school stands in a round."""

    school_id: UUID
    school_name: str
    tier: str
    excused_because: str | None
    expected: bool
    planned: bool
    visited: bool
    spot_checks: int


class Coverage(Struct, frozen=True):
    """How much of a round is done; by name for who may read every visit."""

    round_id: UUID
    whole: CoverageLine
    by_tier: list[CoverageLine]
    full: bool
    schools: list[Standing] | None


class Place(Struct, frozen=True):
    """A school that waits for its visit."""

    id: UUID
    code: str
    name: str


class Bench(Struct, frozen=True):
    """A team as the assignment sees it: where its members are appointed, and its visits so far."""

    id: UUID
    name: str
    school_ids: list[UUID]
    visits: int


class Assigned(Struct, frozen=True):
    """Which team goes to a school."""

    school_id: UUID
    school_name: str
    team_id: UUID
    team_name: str


class Load(Struct, frozen=True):
    """How many visits a team has after the assignment."""

    team_id: UUID
    team_name: str
    visits: int


class Assignment(Struct, frozen=True):
    """Who goes where; `kept` is false for a trial."""

    round_id: UUID
    kept: bool
    assigned: list[Assigned]
    loads: list[Load]


class AssignWish(Input, frozen=True):
    """Plan a visit on this day for every school that has none; `keep` false is a trial."""

    planned_on: date
    keep: bool = False
