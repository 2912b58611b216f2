"""Places (场地): where one visits or works, with hours, capacity and closed days."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import UNSET, Meta, UnsetType

from schoolgroup.kernel.http import Input

Name = Annotated[str, Meta(min_length=1, max_length=200)]
Address = Annotated[str, Meta(max_length=300)]
Contact = Annotated[
    str, Meta(max_length=200, description="Whom visitors ask: an office, a number.")
]
Guidance = Annotated[str, Meta(max_length=2000, description="What visitors should know.")]
Capacity = Annotated[int, Meta(ge=1, le=100_000, description="People at a time.")]
SlotMinutes = Literal[15, 30, 45, 60, 90, 120, 240]
SlotsMax = Annotated[int, Meta(ge=1, le=96, description="Slots one booking may take.")]
LeadHours = Annotated[int, Meta(ge=0, le=2160, description="Hours a booking is made before.")]
AheadDays = Annotated[int, Meta(ge=1, le=400, description="Days one can book ahead.")]
CancelHours = Annotated[int, Meta(ge=0, le=720, description="Hours before, to cancel at latest.")]
AskHours = Annotated[int, Meta(ge=1, le=720, description="Hours the owner has to answer.")]


class PlaceStatus(StrEnum):
    """Whether a place takes bookings."""

    OPEN = "open"
    CLOSED = "closed"


class Hours(Input, frozen=True, kw_only=True):
    """When a place is open on a day of the week (Monday is 1), in minutes from midnight."""

    weekday: Annotated[int, Meta(ge=1, le=7)]
    from_minute: Annotated[int, Meta(ge=0, le=1439)]
    until_minute: Annotated[int, Meta(ge=1, le=1440)]


class PlaceWish(Input, frozen=True, kw_only=True):
    """A place to be entered; the offers of its resource say who finds and who books it."""

    resource_id: UUID
    name: Name
    address: Address = ""
    contact: Contact = ""
    guidance: Guidance = ""
    capacity_people: Capacity
    shared: bool = False
    slot_minutes: SlotMinutes = 60
    slots_max: SlotsMax = 4
    lead_hours: LeadHours = 24
    ahead_days: AheadDays = 90
    cancel_hours: CancelHours = 24
    asks_owner: bool = False
    ask_hours: AskHours = 72
    open_on_holidays: bool = False
    hours: Annotated[list[Hours], Meta(min_length=1, max_length=50)]


class PlaceChange(Input, frozen=True, kw_only=True):
    """What of a place may change; bookings that were made keep what was agreed."""

    name: Name | UnsetType = UNSET
    address: Address | UnsetType = UNSET
    contact: Contact | UnsetType = UNSET
    guidance: Guidance | UnsetType = UNSET
    capacity_people: Capacity | UnsetType = UNSET
    slots_max: SlotsMax | UnsetType = UNSET
    lead_hours: LeadHours | UnsetType = UNSET
    ahead_days: AheadDays | UnsetType = UNSET
    cancel_hours: CancelHours | UnsetType = UNSET
    asks_owner: bool | UnsetType = UNSET
    ask_hours: AskHours | UnsetType = UNSET
    open_on_holidays: bool | UnsetType = UNSET
    status: PlaceStatus | UnsetType = UNSET
    hours: Annotated[list[Hours], Meta(min_length=1, max_length=50)] | UnsetType = UNSET


class ClosureWish(Input, frozen=True, kw_only=True):
    """Days on which a place is closed; `until_on` is the first day it is open again."""

    from_on: date
    until_on: date
    because: Annotated[str, Meta(min_length=1, max_length=200)]


class Closure(msgspec.Struct, frozen=True):
    """Days on which a place is closed, and why."""

    id: UUID
    from_on: date
    until_on: date
    because: str


class OpenHours(msgspec.Struct, frozen=True):
    """Opening hours of a day of the week, as they are stored."""

    weekday: int
    from_minute: int
    until_minute: int


class PlaceRow(msgspec.Struct, frozen=True):
    """A place as it is stored, with its hours, closed days and the caller's relations."""

    id: UUID
    school_id: UUID
    school_name: str
    resource_id: UUID
    name: str
    address: str
    contact: str
    guidance: str
    capacity_people: int
    shared: bool
    slot_minutes: int
    slots_max: int
    lead_hours: int
    ahead_days: int
    cancel_hours: int
    asks_owner: bool
    ask_hours: int
    open_on_holidays: bool
    status: PlaceStatus
    hours: list[OpenHours]
    closures: list[Closure]
    version: int
    created_at: datetime
    relations: int = 1


class Place(msgspec.Struct, frozen=True):
    """A place as the caller sees it."""

    id: UUID
    school_id: UUID
    school_name: str
    resource_id: UUID
    name: str
    address: str
    contact: str
    guidance: str
    capacity_people: int
    shared: bool
    slot_minutes: int
    slots_max: int
    lead_hours: int
    ahead_days: int
    cancel_hours: int
    asks_owner: bool
    ask_hours: int
    open_on_holidays: bool
    status: PlaceStatus
    hours: list[OpenHours]
    closures: list[Closure]
    actions: list[str]
    version: int
    created_at: datetime


class DayOff(msgspec.Struct, frozen=True):
    """A stretch of days on which nobody comes: a holiday or a closure."""

    name: str
    from_on: date
    until_on: date

    def holds(self, day: date) -> bool:
        """Whether the day lies in it."""
        return self.from_on <= day < self.until_on


class Taken(msgspec.Struct, frozen=True):
    """A stretch of time that is booked: how many people come, never who."""

    starts_at: datetime
    ends_at: datetime
    people: int


class FreeSpan(msgspec.Struct, frozen=True):
    """A stretch of an open day, and for how many people there is room in it."""

    starts_at: datetime
    ends_at: datetime
    room_for: int


class FreeDay(msgspec.Struct, frozen=True):
    """A day of a month: open spans with the room left, or why it is closed."""

    day: date
    closed_because: str
    spans: list[FreeSpan]


class FreeMonth(msgspec.Struct, frozen=True):
    """When a place is free in a month, without telling who comes otherwise."""

    place_id: UUID
    month: str
    slot_minutes: int
    days: list[FreeDay]
