"""Offers (共享条款): whom a resource reaches, with which rights, and on which terms it is lent."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import UNSET, Meta, UnsetType

from schoolgroup.kernel.http import Input
from schoolgroup.kernel.texts import Text
from schoolgroup.resources.lending.terms.models import Lasts, Reason

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
LoansMax = Annotated[
    int,
    Meta(ge=1, le=1_000_000, description="Loans in the licence's lifetime; null: no end."),
]
AskHours = Annotated[
    int, Meta(ge=1, le=720, description="Hours the owner has to answer before the default holds.")
]
AskDefault = Literal["agree", "decline"]


class AudienceKind(StrEnum):
    """What a line of the audience names."""

    # everyone, also outside the group and without signing in: to find, never to borrow
    PUBLIC = "public"
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
    # left out: a fair share of several seats; null: no limit
    per_school_max: PerSchoolMax | UnsetType | None = UNSET
    valid_until_at: Annotated[datetime, Meta(tz=True)] | None = None
    lasts: Lasts = Lasts.DAYS
    loans_max: LoansMax | None = None
    asks_owner: bool = False
    ask_hours: AskHours = 72
    ask_default: AskDefault = "decline"
    # lends the physical items of the resource: the seats follow them
    by_items: bool = False


class OfferChange(Input, frozen=True, kw_only=True):
    """What of an offer's terms changes: a new version of them; running loans keep theirs.

    `audiences`, where sent, are all of them; a number for `per_school_max` (or null) takes the
    place of the fair share.
    """

    seats: Seats | UnsetType = UNSET
    valid_until_at: Annotated[datetime, Meta(tz=True)] | UnsetType | None = UNSET
    loan_days: LoanDays | UnsetType = UNSET
    renewals_max: RenewalsMax | UnsetType = UNSET
    pickup_hours: PickupHours | UnsetType = UNSET
    guaranteed_days: GuaranteedDays | UnsetType = UNSET
    per_school_max: PerSchoolMax | UnsetType | None = UNSET
    lasts: Lasts | UnsetType = UNSET
    loans_max: LoansMax | UnsetType | None = UNSET
    asks_owner: bool | UnsetType = UNSET
    ask_hours: AskHours | UnsetType = UNSET
    ask_default: AskDefault | UnsetType = UNSET
    audiences: (
        Annotated[list[AudienceWish], Meta(min_length=1, max_length=AUDIENCES_MAX)] | UnsetType
    ) = UNSET


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
    """The terms a loan carries from the day it was made, and why it got these."""

    loan_days: int
    renewals_max: int
    pickup_hours: int
    guaranteed_days: int
    lasts: Lasts = Lasts.DAYS
    # whether loan_days bounds a loan that lasts to the end of the term
    bounded: bool = False
    # a thing is handed over: until then `ends_at` is when it is to be collected
    by_items: bool = False
    because: list[Reason] = msgspec.field(default_factory=list)
    # the version of the offer's terms it was made under
    terms_no: int = 1


class StatedTerms(msgspec.Struct, frozen=True):
    """The terms and the audience of an offer as its owner stated them, in one version."""

    seats: int | None
    valid_until_at: datetime | None
    lasts: Lasts
    loan_days: int
    renewals_max: int
    pickup_hours: int
    guaranteed_days: int
    per_school_max: int | None
    share_percent: int | None
    loans_max: int | None
    asks_owner: bool
    ask_hours: int
    ask_default: AskDefault
    audiences: list[Audience]


class TermsVersion(msgspec.Struct, frozen=True):
    """One version of an offer's terms: it never changes. Who stated it is null for a machine."""

    no: int
    terms: StatedTerms
    by_person_id: UUID | None
    by_name: str | None
    stated_at: datetime


class OfferRow(msgspec.Struct, frozen=True):
    """An offer with what of its resource decides about lending, and the caller's relations.

    `per_school_max` is the number the owner named, or else the share of the seats that stand now.
    `seats` and `valid_until_at` are what holds: the owner's word (`stated_…`), and where it offers
    an adaptation (`bounded`) no more than each offer it was adapted by; `held_up` while one of
    those is suspended or closed.
    """

    id: UUID
    resource_id: UUID
    resource_status: str
    revision_no: int | None
    kind: str
    title: str
    school_id: UUID
    school_name: str
    status: OfferStatus
    valid_until_at: datetime | None
    seats: int | None
    lasts: Lasts
    loan_days: int
    renewals_max: int
    pickup_hours: int
    guaranteed_days: int
    per_school_max: int | None
    share_percent: int | None
    loans_max: int | None
    asks_owner: bool
    ask_hours: int
    ask_default: AskDefault
    stated_seats: int | None
    stated_valid_until_at: datetime | None
    bounded: bool
    held_up: bool
    terms_no: int
    by_items: bool
    version: int
    created_at: datetime
    relations: int = 1


class Estimate(msgspec.Struct, frozen=True):
    """When a seat is likely there: four times out of five between these days from now.

    `known` past loans and pick-ups are what it rests on; with few of them only the terms speak.
    """

    from_days: int
    until_days: int
    known: int
    because: Text


class Offer(msgspec.Struct, frozen=True):
    """An offer as the caller sees it; `actions` are what the caller may do to it now.

    `free` seats are those a newcomer would get now: neither lent, reserved nor waited for. Of what
    was adapted (`bounded`), seats and end are never more than those of the offers it was adapted
    by; what the owner stated stands in the versions of the terms, of which this is `terms_no`.
    `ahead` is how many would be served before the caller who asks now, or who waits already, and
    `estimate` when a seat is likely there; both null where nobody has to wait, or may borrow.
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
    lasts: Lasts
    loans_max: int | None
    asks_owner: bool
    ask_hours: int
    ask_default: AskDefault
    bounded: bool
    terms_no: int
    by_items: bool
    audiences: list[Audience]
    my_loan_id: UUID | None
    my_hold_id: UUID | None
    my_place: int | None
    ahead: int | None
    estimate: Estimate | None
    actions: list[str]
    version: int
    created_at: datetime
