"""People (人员) and their dated appointments (任职)."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from schoolgroup.directory.models import Role, ShortName
from schoolgroup.kernel.http import Input

Username = Annotated[
    str,
    Meta(
        pattern=r"^[a-z0-9][a-z0-9._-]{1,63}$",
        max_length=64,
        description="By which the person signs in; it never changes.",
        examples=["lin.wanqing"],
    ),
]


class PersonStatus(StrEnum):
    """Whether a person may act at all."""

    ACTIVE = "active"
    SUSPENDED = "suspended"
    LEFT = "left"


class AppointmentEntry(Input, frozen=True):
    """A role at a school (no school: at the group office) from a day on.

    `until_on` is the first day it no longer holds.
    """

    role: Role
    from_on: date
    school_id: UUID | None = None
    until_on: date | None = None


class PersonEntry(Input, frozen=True):
    """A new person with at least one appointment."""

    username: Username
    name: ShortName
    appointments: Annotated[list[AppointmentEntry], Meta(min_length=1, max_length=20)]


class PersonChange(Input, frozen=True):
    """What is to change in a person's entry."""

    name: ShortName


class AppointmentChange(Input, frozen=True):
    """When the appointment ends: the first day it no longer holds; null leaves it open."""

    until_on: date | None


class Appointment(msgspec.Struct, frozen=True):
    """One role of one person at one school, or at the group office (`school_id` null)."""

    id: UUID
    person_id: UUID
    school_id: UUID | None
    role: Role
    from_on: date
    until_on: date | None
    version: int
    actions: list[str]


class Person(msgspec.Struct, frozen=True):
    """A person, with the appointments the caller may know of."""

    id: UUID
    username: str
    name: str
    status: PersonStatus
    suspended_at: datetime | None
    left_at: datetime | None
    created_at: datetime
    updated_at: datetime
    version: int
    appointments: list[Appointment]
    actions: list[str]


class AppointmentRow(msgspec.Struct, frozen=True):
    """An appointment as it is stored."""

    id: UUID
    person_id: UUID
    school_id: UUID | None
    role: Role
    from_on: date
    until_on: date | None
    version: int


class PersonRow(msgspec.Struct, frozen=True):
    """A person as stored, and what holds between them and the actor."""

    id: UUID
    username: str
    name: str
    suspended_at: datetime | None
    suspended_by_office: bool
    left_at: datetime | None
    created_at: datetime
    updated_at: datetime
    version: int
    appointments: list[AppointmentRow]
    relations: int

    @property
    def status(self) -> PersonStatus:
        """Computed from the two instants."""
        if self.left_at is not None:
            return PersonStatus.LEFT
        return PersonStatus.SUSPENDED if self.suspended_at is not None else PersonStatus.ACTIVE


class PersonFilter(msgspec.Struct, frozen=True):
    """Which people are listed; null is no condition."""

    school_id: UUID | None = None
    role: Role | None = None
    status: PersonStatus | None = None
    q: str | None = None
