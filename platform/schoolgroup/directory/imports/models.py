"""Rosters as files: what a row says, what the directory says, and what an import did."""

from datetime import date
from enum import StrEnum
from uuid import UUID

import msgspec

from schoolgroup.directory.circles.models import CircleRow
from schoolgroup.directory.models import Role
from schoolgroup.directory.people.models import AppointmentRow
from schoolgroup.directory.schools.models import SchoolEntry, SchoolRow, SchoolTier
from schoolgroup.kernel.sheets import Row


class Kind(StrEnum):
    """What a file is about."""

    SCHOOLS = "schools"
    STAFF = "staff"
    CIRCLES = "circles"


class ExportKind(StrEnum):
    """What can be exported."""

    SCHOOLS = "schools"
    STAFF = "staff"


class Outcome(StrEnum):
    """What a row did."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"


class ImportResult(msgspec.Struct, frozen=True):
    """What the file did, or with `dry_run` would have done; each row counts once."""

    kind: Kind
    dry_run: bool
    rows: int
    created: int
    updated: int
    unchanged: int


class SchoolLine(msgspec.Struct, frozen=True):
    """A row of a schools file; `given` are the optional columns the file has."""

    row: Row
    entry: SchoolEntry
    given: frozenset[str]


class StaffLine(msgspec.Struct, frozen=True):
    """A row of a staff file: one appointment of one person (`school_code` empty: the office)."""

    row: Row
    username: str
    name: str
    school_code: str
    role: Role
    from_on: date
    until_on: date | None


class CircleLine(msgspec.Struct, frozen=True):
    """A row of a circles file: one school in one circle; null: the file lacks the column."""

    row: Row
    circle: str
    circle_en: str | None
    subject: str | None
    school_code: str
    from_on: date | None


class KnownSchool(msgspec.Struct, frozen=True):
    """A school as the directory has it, with its tiers."""

    school: SchoolRow
    tiers: list[SchoolTier]


class KnownPerson(msgspec.Struct, frozen=True):
    """A person as the directory has them, with all appointments."""

    id: UUID
    username: str
    name: str
    has_left: bool
    version: int
    appointments: list[AppointmentRow]


class KnownCircle(msgspec.Struct, frozen=True):
    """A circle as the directory has it: since when each school is in it."""

    circle: CircleRow
    members: dict[UUID, date]


class SchoolPlace(msgspec.Struct, frozen=True):
    """A school by its code, as other rows refer to it."""

    id: UUID
    code: str
    is_open: bool


class StaffRecord(msgspec.Struct, frozen=True):
    """An appointment as it is exported."""

    username: str
    name: str
    school_code: str
    role: Role
    from_on: date
    until_on: date | None
