"""Asking the owner (借用申请): a wish, a deadline, a stated default, and an answer."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from schoolgroup.kernel.http import Input
from schoolgroup.resources.lending.offers.models import AskDefault


class AskStatus(StrEnum):
    """Where an ask stands now. Past its deadline it is what its default says; unused too long over.

    What is written down may lag behind: the clock decides.
    """

    ASKED = "asked"
    AGREED = "agreed"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    USED = "used"
    OVER = "over"


class Agreeing(Input, frozen=True, kw_only=True):
    """The owner agrees, perhaps on conditions, perhaps for fewer days."""

    conditions: Annotated[str, Meta(max_length=1000)] = ""
    loan_days_max: Annotated[int, Meta(ge=1, le=400)] | None = None


class Declining(Input, frozen=True, kw_only=True):
    """The owner declines, and says why."""

    because: Annotated[str, Meta(min_length=1, max_length=500)]


class AskRow(msgspec.Struct, frozen=True):
    """An ask as it stands now, with the names of both schools and the caller's relations."""

    id: UUID
    offer_id: UUID
    resource_id: UUID
    title: str
    owner_school_id: UUID
    owner_school_name: str
    borrower_school_id: UUID
    borrower_school_name: str
    borrower_person_id: UUID
    status: AskStatus
    timed_out: bool
    note: str
    asked_at: datetime
    decide_by_at: datetime
    by_default: AskDefault
    decided_at: datetime | None
    decided_because: str
    conditions: str
    loan_days_max: int | None
    usable_until_at: datetime | None
    agreement_id: UUID | None
    loan_id: UUID | None
    hold_id: UUID | None
    version: int
    relations: int = 1


class Ask(msgspec.Struct, frozen=True):
    """An ask as the caller sees it.

    Unanswered at `decide_by_at` it is decided by its default (`timed_out`). Agreed, the borrower
    borrows before `usable_until_at`, and by that accepts the `conditions`.
    """

    id: UUID
    offer_id: UUID
    resource_id: UUID
    title: str
    owner_school_id: UUID
    owner_school_name: str
    borrower_school_id: UUID
    borrower_school_name: str
    borrower_person_id: UUID
    status: AskStatus
    timed_out: bool
    note: str
    asked_at: datetime
    decide_by_at: datetime
    by_default: AskDefault
    decided_at: datetime | None
    decided_because: str
    conditions: str
    loan_days_max: int | None
    usable_until_at: datetime | None
    agreement_id: UUID | None
    loan_id: UUID | None
    hold_id: UUID | None
    actions: list[str]
    version: int
