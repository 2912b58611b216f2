"""On which terms something is lent to whom, and by which rule: the group's rules."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import UNSET, Meta, UnsetType

from schoolgroup.kernel.http import Input
from schoolgroup.kernel.texts import Text

Tier = Literal["integrated", "partner"]
ResourceKind = Literal[
    "lesson_plan",
    "courseware",
    "video",
    "exercise",
    "paper",
    "school_course",
    "experiment",
    "book",
    "place",
    "other",
]
Role = Literal["teacher", "lead", "librarian", "principal"]
LoanDaysMax = Annotated[int, Meta(ge=1, le=400, description="Days a loan lasts at most.")]
RenewalsMax = Annotated[int, Meta(ge=0, le=20, description="Renewals at most.")]
PersonOpenMax = Annotated[
    int, Meta(ge=0, le=1000, description="Loans and holds one person may have open at a time.")
]
SchoolOpenMax = Annotated[
    int, Meta(ge=0, le=100_000, description="Loans and holds one school may have open at a time.")
]
GroupOpenMax = Annotated[
    int, Meta(ge=0, le=1_000_000, description="Loans and holds open at a time in the group.")
]
SharePercent = Annotated[
    int, Meta(ge=1, le=100, description="Part of several seats one school may hold.")
]
HoldBand = Annotated[
    int, Meta(ge=-9, le=9, description="Band in the queue: a lower one goes before.")
]
Words = Annotated[str, Meta(min_length=1, max_length=500, description="The reason, in words.")]


class Lasts(StrEnum):
    """How the length of a loan is meant."""

    DAYS = "days"
    TERM = "term"


class Source(StrEnum):
    """Where a term comes from."""

    OFFER = "offer"
    RULE = "rule"
    CALENDAR = "calendar"
    ASK = "ask"
    GROUND = "ground"


class Reason(msgspec.Struct, frozen=True):
    """Why one term is what it is, and what would change it.

    `rule_id` names the group's rule where one decided it.
    """

    term: str
    value: int | datetime | None
    source: Source
    why: Text
    would_change: Text
    rule_id: UUID | None = None


class RuleWish(Input, frozen=True, kw_only=True):
    """A rule for borrowing: for whom (a missing dimension is any), what, and why."""

    tier: Tier | None = None
    kind: ResourceKind | None = None
    role: Role | None = None
    loan_days_max: LoanDaysMax | None = None
    renewals_max: RenewalsMax | None = None
    person_open_max: PersonOpenMax | None = None
    school_open_max: SchoolOpenMax | None = None
    group_open_max: GroupOpenMax | None = None
    share_percent: SharePercent | None = None
    hold_band: HoldBand | None = None
    because: Words


class RuleChange(Input, frozen=True, kw_only=True):
    """What of a rule may change: its values and its reason; for whom it is stays."""

    loan_days_max: LoanDaysMax | UnsetType | None = UNSET
    renewals_max: RenewalsMax | UnsetType | None = UNSET
    person_open_max: PersonOpenMax | UnsetType | None = UNSET
    school_open_max: SchoolOpenMax | UnsetType | None = UNSET
    group_open_max: GroupOpenMax | UnsetType | None = UNSET
    share_percent: SharePercent | UnsetType | None = UNSET
    hold_band: HoldBand | UnsetType | None = UNSET
    because: Words | UnsetType = UNSET


class Rule(msgspec.Struct, frozen=True):
    """A rule for borrowing as the group laid it down."""

    id: UUID
    tier: str | None
    kind: str | None
    role: str | None
    loan_days_max: int | None
    renewals_max: int | None
    person_open_max: int | None
    school_open_max: int | None
    group_open_max: int | None
    share_percent: int | None
    hold_band: int | None
    because: str
    version: int


class Days(msgspec.Struct, frozen=True):
    """A stretch of days with a name; `until_on` is the first day after it."""

    name: str
    from_on: date
    until_on: date

    def holds(self, day: date) -> bool:
        """Whether the day lies in it."""
        return self.from_on <= day < self.until_on


class Ground(msgspec.Struct, frozen=True):
    """What terms are decided on: the rules for a tier and role, the terms, a school's holidays."""

    rules: list[Rule]
    terms: list[Days]
    holidays: list[Days]


class Limit(msgspec.Struct, frozen=True):
    """How much may be open at a time, counted over one kind of resource or (null) over all."""

    open_max: int
    kind: str | None
    rule_id: UUID | None


class Limits(msgspec.Struct, frozen=True):
    """The limits one borrower meets: their own, their school's, the group's."""

    person: Limit
    school: Limit | None
    group: Limit | None


class OpenNow(msgspec.Struct, frozen=True):
    """What is open now, counted as the limits say."""

    person: int
    school: int
    group: int


class Explained(msgspec.Struct, frozen=True):
    """The terms the caller would get of an offer now, each with why and what would change it."""

    offer_id: UUID
    loan_days: int
    renewals_max: int
    per_school_max: int | None
    ends_at: datetime
    because: list[Reason]
