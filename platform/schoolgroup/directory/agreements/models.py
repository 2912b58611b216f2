"""Agreements (协议): what one school opens to another, or to a circle, for a time."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from schoolgroup.kernel.http import Input

ResourceKind = Annotated[str, Meta(pattern=r"^[a-z][a-z_]{0,39}$", examples=["lesson_plan"])]
Kinds = Annotated[list[ResourceKind], Meta(max_length=40)]
Note = Annotated[str, Meta(max_length=2000)]


class AgreementStatus(StrEnum):
    """How far an agreement has come."""

    PROPOSED = "proposed"
    IN_FORCE = "in_force"
    DECLINED = "declined"
    ENDED = "ended"


class AgreementEntry(Input, frozen=True):
    """A proposal of a school over its own things; exactly one grantee, a school or a circle.

    `kinds` empty means every kind; `until_on` is the first day it no longer holds;
    `owner_school_id` is the proposing school where it is left out.
    """

    from_on: date
    until_on: date
    owner_school_id: UUID | None = None
    grantee_school_id: UUID | None = None
    grantee_circle_id: UUID | None = None
    kinds: Kinds = msgspec.field(default_factory=list)
    note: Note = ""


class Agreement(msgspec.Struct, frozen=True):
    """An agreement with both signatures; `holds_today`: in force, and today is among its days."""

    id: UUID
    owner_school_id: UUID
    grantee_school_id: UUID | None
    grantee_circle_id: UUID | None
    kinds: list[str]
    from_on: date
    until_on: date
    status: AgreementStatus
    holds_today: bool
    owner_signed_at: datetime | None
    grantee_signed_at: datetime | None
    ended_at: datetime | None
    note: str
    created_at: datetime
    updated_at: datetime
    version: int
    actions: list[str]


class AgreementRow(msgspec.Struct, frozen=True):
    """An agreement as it is stored, and what holds between it and the actor."""

    id: UUID
    owner_school_id: UUID
    owner_name: str
    grantee_school_id: UUID | None
    grantee_circle_id: UUID | None
    kinds: list[str]
    from_on: date
    until_on: date
    status: AgreementStatus
    owner_signed_at: datetime | None
    grantee_signed_at: datetime | None
    ended_at: datetime | None
    note: str
    created_at: datetime
    updated_at: datetime
    version: int
    relations: int


class AgreementFilter(msgspec.Struct, frozen=True):
    """Which agreements are listed; null is no condition."""

    school_id: UUID | None = None
    status: AgreementStatus | None = None
