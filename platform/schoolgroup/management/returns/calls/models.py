"""Whom the office asks, what about, and until when."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from schoolgroup.kernel.http import Input
from schoolgroup.kernel.texts import Text
from schoolgroup.kernel.transitions import Machine, Transition
from schoolgroup.management.returns.forms.models import FormField, Rule

SCHOOLS_MAX = 2000

Instant = Annotated[datetime, Meta(tz=True, description="RFC 3339 with an offset.")]
Because = Annotated[str, Meta(min_length=1, max_length=1000)]


class CallStatus(StrEnum):
    """Whether the office still takes answers. That its hour has passed is never stored."""

    DRAFT = "draft"
    DISCARDED = "discarded"
    OPEN = "open"
    CLOSED = "closed"


CALL: Machine[CallStatus] = Machine(
    "the call",
    [
        Transition("open", "call:open", (CallStatus.DRAFT,), CallStatus.OPEN),
        Transition("revise", "call:open", (CallStatus.DRAFT,), CallStatus.DRAFT),
        Transition("discard", "call:open", (CallStatus.DRAFT,), CallStatus.DISCARDED),
        Transition("close", "call:close", (CallStatus.OPEN,), CallStatus.CLOSED),
    ],
)
# Possible as soon as schools are asked: an extension after closing is what extensions are for.
SENT = frozenset({CallStatus.OPEN, CallStatus.CLOSED})
GRACES = (("exempt", "call:open"), ("lift_exemption", "call:open"), ("extend", "call:open"))


class CallWish(Input, frozen=True):
    """A call for returns: exactly one of `school_ids` and `all`; no `opens_at` means now."""

    form_id: UUID
    period: Annotated[
        str,
        Meta(
            pattern="^[0-9]{4}[0-9A-Za-z-]{0,36}$",
            description="What the answers are about, year first: 2026, 2026-06, 2026-Q2.",
            examples=["2026-06"],
        ),
    ]
    title: Annotated[str, Meta(min_length=1, max_length=200)]
    due_at: Instant
    closes_at: Instant
    opens_at: Instant | None = None
    school_ids: Annotated[list[UUID], Meta(max_length=SCHOOLS_MAX)] | None = None
    all: bool = False


class NewCall(CallWish, frozen=True):
    """A call that is opened at once, or drafted: weighed by its burden before it is sent."""

    draft: bool = False


class ExemptionWish(Input, frozen=True):
    """A school that need not answer, and why."""

    school_id: UUID
    because: Because


class ExtensionWish(Input, frozen=True):
    """A school that may answer until later than the others, and why."""

    school_id: UUID
    until_at: Instant
    because: Because


class Mine(Struct, frozen=True):
    """What the call means to the acting school: `closes_at` counts its extension in."""

    school_id: UUID
    exempt_because: str | None
    extended_until_at: datetime | None
    closes_at: datetime


class Call(Struct, frozen=True, kw_only=True):
    """A call 填报任务. `mine` is there for a school it is addressed to.

    `wished_school_ids` is whom a draft means (null: all); who is asked is fixed when it opens.
    """

    id: UUID
    form_id: UUID
    form_version: int
    form_title: Text
    period: str
    title: str
    opens_at: datetime
    due_at: datetime
    closes_at: datetime
    status: CallStatus
    closed_at: datetime | None
    mine: Mine | None
    wished_school_ids: list[UUID] | None
    created_at: datetime
    version: int
    actions: list[str]


class CallWithFields(Call, frozen=True, kw_only=True):
    """A call with what it asks."""

    fields: list[FormField]
    rules: list[Rule]


class CallRow(Struct, frozen=True, kw_only=True):
    """A call's row as the acting school sees it, with its relations to whoever asks.

    The columns after `relations` are of the acting school's own target; null where it has none.
    """

    id: UUID
    form_id: UUID
    form_version: int
    title_en: str
    title_zh: str
    period: str
    title: str
    opens_at: datetime
    due_at: datetime
    closes_at: datetime
    status: CallStatus
    closed_at: datetime | None
    wished_school_ids: list[UUID] | None
    created_at: datetime
    version: int
    relations: int
    my_school_id: UUID | None
    my_exempt_because: str | None
    my_extended_until_at: datetime | None
    my_closes_at: datetime | None


class TargetStatus(StrEnum):
    """How far one school's answer is."""

    NOT_BEGUN = "not_begun"
    DRAFTING = "drafting"
    SUBMITTED = "submitted"
    SENT_BACK = "sent_back"
    ACCEPTED = "accepted"


class Target(Struct, frozen=True, kw_only=True):
    """How one school stands in a call: a row of the view every rate is counted over.

    `expected` is false for an exempt school; `tier` is the school's when the call opened.
    """

    school_id: UUID
    school_code: str
    school_name: str
    tier: str
    exempt_because: str | None
    extended_until_at: datetime | None
    closes_at: datetime
    status: TargetStatus
    return_id: UUID | None
    submitted_no: int | None
    accepted_no: int | None
    first_submitted_at: datetime | None
    expected: bool
    answered: bool
    on_time: bool
    accepted: bool
