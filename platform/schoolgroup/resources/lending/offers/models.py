"""Offers (共享条款): whom a resource reaches, with which rights, and on which terms it is lent."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import UNSET, Meta, UnsetType

from schoolgroup.kernel.http import Input

AUDIENCES_MAX = 50
Seats = Annotated[int, Meta(ge=0, le=1000, description="Seats; null: unlimited.")]
LoanDays = Annotated[int, Meta(ge=1, le=400, description="Days a loan lasts.")]
RenewalsMax = Annotated[int, Meta(ge=0, le=20, description="How often a loan may be renewed.")]
PickupHours = Annotated[
    int, Meta(ge=1, le=720, description="Hours a reserved seat waits for the head of the queue.")
]
GuaranteedDays = Annotated[
    int, Meta(ge=0, le=400, description="Days no recall can take from a loan.")
]
PerSchoolMax = Annotated[
    int, Meta(ge=1, le=1000, description="Seats one school may hold at a time; null: no limit.")
]


class AudienceKind(StrEnum):
    """What a line of the audience names."""

    GROUP = "group"
    TIER = "tier"
    CIRCLE = "circle"
    SCHOOL = "school"


class SchoolTier(StrEnum):
    """The two kinds of member schools: 一体化成员校 and 紧密校."""

    INTEGRATED = "integrated"
    PARTNER = "partner"


class OfferStatus(StrEnum):
    """Where an offer stands; that its time is over is computed, never stored."""

    OPEN = "open"
    SUSPENDED = "suspended"
    CLOSED = "closed"


class AudienceWish(Input, frozen=True, kw_only=True):
    """One line of the audience: exactly one of tier, circle and school, as `kind` says."""

    kind: AudienceKind
    tier: SchoolTier | None = None
    circle_id: UUID | None = None
    school_id: UUID | None = None
    discover: bool = True
    borrow: bool = False
    adapt: bool = False


class OfferWish(Input, frozen=True, kw_only=True):
    """An offer to be made."""

    audiences: Annotated[list[AudienceWish], Meta(min_length=1, max_length=AUDIENCES_MAX)]
    seats: Seats | None = None
    loan_days: LoanDays = 14
    renewals_max: RenewalsMax = 1
    pickup_hours: PickupHours = 48
    guaranteed_days: GuaranteedDays = 0
    per_school_max: PerSchoolMax | None = None
    valid_until_at: Annotated[datetime, Meta(tz=True)] | None = None


class OfferChange(Input, frozen=True, kw_only=True):
    """What of an offer may change: running loans keep their terms."""

    seats: Seats | UnsetType = UNSET
    valid_until_at: Annotated[datetime, Meta(tz=True)] | UnsetType | None = UNSET


class Audience(msgspec.Struct, frozen=True):
    """One line of an offer's audience, as far as it concerns the caller."""

    kind: AudienceKind
    tier: SchoolTier | None
    circle_id: UUID | None
    school_id: UUID | None
    discover: bool
    borrow: bool
    adapt: bool


class Terms(msgspec.Struct, frozen=True):
    """The terms a loan carries from the day it was made."""

    loan_days: int
    renewals_max: int
    pickup_hours: int
    guaranteed_days: int


class OfferRow(msgspec.Struct, frozen=True):
    """An offer with what of its resource decides about lending, and the caller's relations."""

    id: UUID
    resource_id: UUID
    resource_status: str
    revision_no: int | None
    title: str
    school_id: UUID
    school_name: str
    status: OfferStatus
    valid_until_at: datetime | None
    seats: int | None
    loan_days: int
    renewals_max: int
    pickup_hours: int
    guaranteed_days: int
    per_school_max: int | None
    version: int
    created_at: datetime
    relations: int = 1

    @property
    def terms(self) -> Terms:
        """The terms a loan made now would carry."""
        return Terms(self.loan_days, self.renewals_max, self.pickup_hours, self.guaranteed_days)


class Offer(msgspec.Struct, frozen=True):
    """An offer as the caller sees it; `actions` are what the caller may do to it now.

    `free` seats are those a newcomer would get now: neither lent, reserved nor waited for.
    """

    id: UUID
    resource_id: UUID
    title: str
    owner_school_id: UUID
    owner_school_name: str
    status: OfferStatus
    valid_until_at: datetime | None
    seats: int | None
    free: int | None
    lent: int
    waiting: int
    loan_days: int
    renewals_max: int
    pickup_hours: int
    guaranteed_days: int
    per_school_max: int | None
    audiences: list[Audience]
    my_loan_id: UUID | None
    my_hold_id: UUID | None
    my_place: int | None
    actions: list[str]
    version: int
    created_at: datetime
