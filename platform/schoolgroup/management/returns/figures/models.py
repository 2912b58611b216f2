"""What a call has brought together, counted and summed."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from msgspec import Struct

from schoolgroup.kernel.texts import Text
from schoolgroup.management.returns.calls.models import Target


class Basis(StrEnum):
    """Over which answers a figure is taken: all that count as answered, or the accepted ones."""

    SUBMITTED = "submitted"
    ACCEPTED = "accepted"


class RollUpKind(StrEnum):
    """What is worked out of the numbers of many schools.

    `sum`; `mean`: the sum by the number of schools; `weighted_mean`: each school's number weighted
    by the second one; `share`: the sum of the first by the sum of the second.
    """

    SUM = "sum"
    MEAN = "mean"
    WEIGHTED_MEAN = "weighted_mean"
    SHARE = "share"


class Dimension(StrEnum):
    """Into what a roll-up is taken apart."""

    ALL = "all"
    TIER = "tier"
    STAGE = "stage"
    SCHOOL = "school"


class Question(Struct, frozen=True, kw_only=True):
    """Which figure is asked for; `beside` is the weight or the denominator."""

    field: str
    kind: RollUpKind
    beside: str | None
    by: Dimension
    basis: Basis


class AtomRow(Struct, frozen=True, kw_only=True):
    """One line of app.roll_up: the schools of one tier with the same stages in one call.

    `only_one` is how many schools have answered only one of the two numbers; they are left out.
    """

    call_id: UUID
    tier: str
    stages: list[str]
    schools: int
    only_one: int
    sum: Decimal | None
    sum_beside: Decimal | None
    sum_product: Decimal | None


class SchoolRow(Struct, frozen=True, kw_only=True):
    """One school's own numbers."""

    school_code: str
    school_name: str
    number: Decimal | None
    beside: Decimal | None


class RollUpLine(Struct, frozen=True, kw_only=True):
    """One cell: `key` is a tier, a stage, a school's code, or null for all of them.

    `schools` is over how many it is taken. `value` is null where nothing was answered, and where
    it is `withheld`: it would show what one school answered, or point at few pupils.
    """

    key: str | None
    name: str
    schools: int
    value: float | None
    withheld: bool


class RollUp(Struct, frozen=True, kw_only=True):
    """A figure of a call. A school of several stages counts in each of them, so that stages do
    not add up to the whole.
    """

    call_id: UUID
    period: str
    title: str
    field: str
    beside: str | None
    kind: RollUpKind
    by: Dimension
    basis: Basis
    withheld_until_at: datetime | None
    lines: list[RollUpLine]


class Series(Struct, frozen=True, kw_only=True):
    """The same figure of every call that asked the field, the oldest period first.

    Each call stands by itself: two calls of one period may have asked the same schools.
    """

    field: str
    beside: str | None
    kind: RollUpKind
    by: Dimension
    basis: Basis
    calls: list[RollUp]


class CallLine(Struct, frozen=True, kw_only=True):
    """A call of a series, and until when a school expected in it may still answer."""

    id: UUID
    period: str
    title: str
    last_closes_at: datetime | None


class AskedCall(Struct, frozen=True):
    """What a figure needs to know of its call."""

    id: UUID
    form_id: UUID
    form_version: int
    period: str
    title: str
    relations: int


class CountRow(Struct, frozen=True, kw_only=True):
    """One line of app.call_completeness: a tier, or all of them (null).

    expected = not_begun + drafting + sent_back + submitted + accepted;
    answered = submitted + accepted. `closes_at` is the last hour anyone expected may answer.
    """

    tier: str | None
    targets: int
    exempt: int
    expected: int
    not_begun: int
    drafting: int
    sent_back: int
    submitted: int
    accepted: int
    answered: int
    on_time: int
    closes_at: datetime | None


class Completeness(Struct, frozen=True, kw_only=True):
    """How complete a call is 填报完成率. Rates are of `expected`, 0 to 1; null if none is expected.

    On time is a school by its first submission. `submitted` waits for the office; what was sent
    back is not answered until it comes again.
    """

    tier: str | None
    targets: int
    exempt: int
    expected: int
    not_begun: int
    drafting: int
    sent_back: int
    submitted: int
    accepted: int
    answered: int
    on_time: int
    completion_rate: float | None
    on_time_rate: float | None
    accepted_rate: float | None


class CallCompleteness(Completeness, frozen=True, kw_only=True):
    """A call's completeness over all tiers (`tier` null) and by tier.

    `missing` names the schools that have not answered (at most 1,000) for who may read every
    return, else it is null; `mine` is how one's own school stands.
    """

    call_id: UUID
    last_closes_at: datetime | None
    by_tier: list[Completeness]
    missing: list[Target] | None
    mine: Target | None


class SumRow(Struct, frozen=True):
    """One line of app.call_figures: a field in a tier, or in all of them (null)."""

    field_code: str
    tier: str | None
    schools: int
    sum: float
    mean: float


class Figure(Struct, frozen=True, kw_only=True):
    """Sum and mean of one number over `schools`; null where that would show a school's own."""

    field: str
    label: Text
    unit: str
    tier: str | None
    schools: int
    sum: float | None
    mean: float | None


class CallFigures(Struct, frozen=True, kw_only=True):
    """The numbers of a call, by tier and over all tiers (`tier` null).

    `withheld_until_at`: until then schools see no figures, because two readings of a sum, before
    and after one school's answer, would show that answer.
    """

    call_id: UUID
    form_version: int
    basis: Basis
    withheld_until_at: datetime | None
    figures: list[Figure]
