"""Schools (学校) and their dated place in the group."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import UNSET, Meta, UnsetType

from schoolgroup.directory.models import Name, NameEn, Stage, Tier
from schoolgroup.kernel.http import Input

Code = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=40,
        pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$",
        description="The national code of the school (学校标识码); it never changes.",
        examples=["3151000001"],
    ),
]
Stages = Annotated[list[Stage], Meta(min_length=1, max_length=4)]
Address = Annotated[str, Meta(max_length=400)]
Longitude = Annotated[float, Meta(ge=-180, le=180, description="Degrees east (WGS 84).")]
Latitude = Annotated[float, Meta(ge=-90, le=90, description="Degrees north (WGS 84).")]


class SchoolEntry(Input, frozen=True):
    """A school that joins the group on a day."""

    code: Code
    name: Name
    stages: Stages
    tier: Tier
    tier_from_on: date
    name_en: NameEn = ""
    address: Address = ""
    longitude: Longitude | None = None
    latitude: Latitude | None = None


class SchoolChange(Input, frozen=True):
    """What is to change in a school's entry; what is left out stays."""

    name: Name | UnsetType = UNSET
    name_en: NameEn | UnsetType = UNSET
    stages: Stages | UnsetType = UNSET
    address: Address | UnsetType = UNSET
    longitude: Longitude | UnsetType | None = UNSET
    latitude: Latitude | UnsetType | None = UNSET


class TierEntry(Input, frozen=True):
    """The tier a school has from a day on."""

    tier: Tier
    from_on: date


class SchoolTier(msgspec.Struct, frozen=True):
    """One period of a school's membership; `until_on` is the first day after it, null: open."""

    id: UUID
    tier: Tier
    from_on: date
    until_on: date | None


class School(msgspec.Struct, frozen=True):
    """A school; `tier` is today's, null before it joined and after it was closed."""

    id: UUID
    code: str
    name: str
    name_en: str
    stages: list[Stage]
    address: str
    longitude: float | None
    latitude: float | None
    tier: Tier | None
    tier_from_on: date | None
    closed_on: date | None
    created_at: datetime
    updated_at: datetime
    version: int
    actions: list[str]


class SchoolRow(msgspec.Struct, frozen=True):
    """A school as it is stored, and what holds between it and the actor."""

    id: UUID
    code: str
    name: str
    name_en: str
    stages: list[Stage]
    address: str
    longitude: float | None
    latitude: float | None
    tier: Tier | None
    tier_from_on: date | None
    closed_on: date | None
    created_at: datetime
    updated_at: datetime
    version: int
    relations: int


class SchoolClosed(msgspec.Struct, frozen=True):
    """What became of it: `removed` where nothing ever referred to it, else closed on a day."""

    id: UUID
    removed: bool
    closed_on: date | None


class SchoolFilter(msgspec.Struct, frozen=True):
    """Which schools are listed; null is no condition."""

    tier: Tier | None = None
    stage: Stage | None = None
    q: str | None = None
    closed: bool = False
