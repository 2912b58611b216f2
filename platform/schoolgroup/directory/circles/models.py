"""Circles of schools (校际圈)."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import UNSET, Meta, UnsetType

from schoolgroup.directory.models import Name, NameEn, Tier
from schoolgroup.kernel.http import Input

Subject = Annotated[str, Meta(max_length=100)]
Purpose = Annotated[str, Meta(max_length=2000)]


class CircleEntry(Input, frozen=True):
    """A new circle, without schools yet."""

    name: Name
    name_en: NameEn = ""
    subject: Subject = ""
    purpose: Purpose = ""


class CircleChange(Input, frozen=True):
    """What is to change; what is left out stays."""

    name: Name | UnsetType = UNSET
    name_en: NameEn | UnsetType = UNSET
    subject: Subject | UnsetType = UNSET
    purpose: Purpose | UnsetType = UNSET


class Circle(msgspec.Struct, frozen=True):
    """A named set of schools; `schools` is how many are in it now."""

    id: UUID
    name: str
    name_en: str
    subject: str
    purpose: str
    schools: int
    created_at: datetime
    updated_at: datetime
    version: int
    actions: list[str]


class CircleRow(msgspec.Struct, frozen=True):
    """A circle as it is stored, and what holds between it and the actor."""

    id: UUID
    name: str
    name_en: str
    subject: str
    purpose: str
    schools: int
    created_at: datetime
    updated_at: datetime
    version: int
    relations: int


class CircleMember(msgspec.Struct, frozen=True):
    """A school in a circle, and since when."""

    school_id: UUID
    code: str
    name: str
    tier: Tier | None
    from_on: date
