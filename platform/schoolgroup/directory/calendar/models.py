"""Terms (学期), holidays and days made up for (调休) of the group and of single schools."""

from datetime import date
from uuid import UUID

import msgspec
from msgspec import UNSET, UnsetType

from schoolgroup.directory.models import ShortName, ShortNameEn
from schoolgroup.kernel.http import Input


class TermEntry(Input, frozen=True):
    """A term of the whole group; `until_on` is the first day after it."""

    name: ShortName
    from_on: date
    until_on: date
    name_en: ShortNameEn = ""


class HolidayEntry(Input, frozen=True):
    """A holiday of one school, or with no school of the whole group."""

    name: ShortName
    from_on: date
    until_on: date
    name_en: ShortNameEn = ""
    school_id: UUID | None = None


class MakeupEntry(Input, frozen=True):
    """A day on which there is school though the week or a holiday has none (调休上课日).

    Of one school, or with no school of the whole group; what a school says of itself goes first.
    """

    name: ShortName
    taught_on: date
    name_en: ShortNameEn = ""
    school_id: UUID | None = None


class PeriodChange(Input, frozen=True):
    """What is to change in a term or a holiday; what is left out stays."""

    name: ShortName | UnsetType = UNSET
    name_en: ShortNameEn | UnsetType = UNSET
    from_on: date | UnsetType = UNSET
    until_on: date | UnsetType = UNSET


class Term(msgspec.Struct, frozen=True):
    """A term; `until_on` is the first day after it."""

    id: UUID
    name: str
    name_en: str
    from_on: date
    until_on: date
    version: int
    actions: list[str]


class Holiday(msgspec.Struct, frozen=True):
    """Days without school; `school_id` null: of the whole group."""

    id: UUID
    school_id: UUID | None
    name: str
    name_en: str
    from_on: date
    until_on: date
    version: int
    actions: list[str]


class MakeupDay(msgspec.Struct, frozen=True):
    """A day of school made up for; `school_id` null: of the whole group."""

    id: UUID
    school_id: UUID | None
    name: str
    name_en: str
    taught_on: date
    version: int
    actions: list[str]


class TermRow(msgspec.Struct, frozen=True):
    """A term as it is stored."""

    id: UUID
    name: str
    name_en: str
    from_on: date
    until_on: date
    version: int
    relations: int


class HolidayRow(msgspec.Struct, frozen=True):
    """A holiday as it is stored."""

    id: UUID
    school_id: UUID | None
    name: str
    name_en: str
    from_on: date
    until_on: date
    version: int
    relations: int


class MakeupRow(msgspec.Struct, frozen=True):
    """A day made up for as it is stored."""

    id: UUID
    school_id: UUID | None
    name: str
    name_en: str
    taught_on: date
    version: int
    relations: int


class HolidayFilter(msgspec.Struct, frozen=True):
    """Which holidays are listed: those a school keeps (the group's too), and those in a time."""

    school_id: UUID | None = None
    since: date | None = None
    until: date | None = None
