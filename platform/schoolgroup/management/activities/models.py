"""Activities (活动): what a school or the office held, where, with whom and with how many."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import UNSET, Meta, UnsetType

from schoolgroup.kernel.http import Input
from schoolgroup.kernel.texts import Text
from schoolgroup.kernel.transitions import Machine, Transition

READ, KEEP = "activity:read", "activity:keep"


class ActivityKind(StrEnum):
    """Kind of activity; the label that schools read stands in `KIND_LABELS`."""

    LECTURE = "lecture"
    CLASS_LESSON = "class_lesson"
    VISIT = "visit"
    TRAINING = "training"


KIND_LABELS = {
    ActivityKind.LECTURE: Text("lecture", "宣讲"),
    ActivityKind.CLASS_LESSON: Text("class lesson", "班课"),
    ActivityKind.VISIT: Text("visit", "参观"),
    ActivityKind.TRAINING: Text("training", "培训"),
}


class ActivityStatus(StrEnum):
    """Only what was held is counted."""

    PLANNED = "planned"
    HELD = "held"
    CANCELLED = "cancelled"


ACTIVITY: Machine[ActivityStatus] = Machine(
    "activity",
    [
        Transition("report", KEEP, (ActivityStatus.PLANNED,), ActivityStatus.HELD),
        Transition("cancel", KEEP, (ActivityStatus.PLANNED,), ActivityStatus.CANCELLED),
    ],
)


Title = Annotated[str, Meta(min_length=1, max_length=200)]
PlaceName = Annotated[str, Meta(min_length=1, max_length=200)]
Note = Annotated[str, Meta(max_length=2000)]
Longitude = Annotated[float, Meta(ge=-180, le=180, description="Degrees east, WGS 84.")]
Latitude = Annotated[float, Meta(ge=-90, le=90, description="Degrees north, WGS 84.")]
Guests = Annotated[list[UUID], Meta(max_length=500, description="Schools that come.")]
Count = Annotated[int, Meta(ge=0, le=1_000_000)]


class Position(Input, frozen=True, kw_only=True):
    """A point on the map, WGS 84."""

    longitude: Longitude
    latitude: Latitude


class ActivityWish(Input, frozen=True, kw_only=True):
    """An activity to be entered, of the caller's school, or of the office."""

    kind: ActivityKind
    title: Title
    held_on: date
    place_name: PlaceName
    position: Position | None = None
    guest_school_ids: Guests = msgspec.field(default_factory=list)
    note: Note = ""


class ActivityChange(Input, frozen=True, kw_only=True):
    """What of an activity may change; the counts only once it was held."""

    title: Title | UnsetType = UNSET
    held_on: date | UnsetType = UNSET
    place_name: PlaceName | UnsetType = UNSET
    position: Position | UnsetType | None = UNSET
    guest_school_ids: Guests | UnsetType = UNSET
    note: Note | UnsetType = UNSET
    sessions: Annotated[int, Meta(ge=1, le=1000)] | UnsetType = UNSET
    pupils: Count | UnsetType = UNSET
    teachers: Count | UnsetType = UNSET
    parents: Count | UnsetType = UNSET


class Report(Input, frozen=True, kw_only=True):
    """How many took part, once it was held."""

    sessions: Annotated[int, Meta(ge=1, le=1000, description="Lessons, talks or rounds.")] = 1
    pupils: Count = 0
    teachers: Count = 0
    parents: Count = 0


class Cancellation(Input, frozen=True, kw_only=True):
    """Why it does not take place."""

    because: Annotated[str, Meta(min_length=1, max_length=500)]


class ActivityRow(msgspec.Struct, frozen=True):
    """An activity as it is stored, with the caller's relations."""

    id: UUID
    school_id: UUID | None
    school_name: str
    kind: ActivityKind
    title: str
    held_on: date
    place_name: str
    longitude: float | None
    latitude: float | None
    guest_school_ids: list[UUID]
    note: str
    status: ActivityStatus
    sessions: int
    pupils: int
    teachers: int
    parents: int
    cancelled_because: str
    version: int
    created_at: datetime
    relations: int = 1


class Activity(msgspec.Struct, frozen=True):
    """An activity as the caller sees it; `school_id` is null where the office holds it."""

    id: UUID
    school_id: UUID | None
    school_name: str
    kind: ActivityKind
    title: str
    held_on: date
    place_name: str
    longitude: float | None
    latitude: float | None
    guest_school_ids: list[UUID]
    note: str
    status: ActivityStatus
    sessions: int
    pupils: int
    teachers: int
    parents: int
    cancelled_because: str
    actions: list[str]
    version: int
    created_at: datetime


class Asked(msgspec.Struct, frozen=True):
    """Which activities are looked at; days are inclusive from, exclusive until."""

    school_id: UUID | None = None
    kind: ActivityKind | None = None
    status: ActivityStatus | None = None
    from_on: date | None = None
    until_on: date | None = None


class MonthFigure(msgspec.Struct, frozen=True):
    """What one school held of one kind in one month; `link` leads to the rows counted."""

    month: str
    school_id: UUID | None
    school_name: str
    kind: ActivityKind
    activities: int
    sessions: int
    pupils: int
    teachers: int
    parents: int
    link: str = ""


class Totals(msgspec.Struct, frozen=True):
    """The sums over all lines shown."""

    activities: int
    sessions: int
    pupils: int
    teachers: int
    parents: int


class ActivityFigures(msgspec.Struct, frozen=True):
    """Figures by month, school and kind, and their sums."""

    from_month: str
    until_month: str
    lines: list[MonthFigure]
    totals: Totals


class PlacePoint(msgspec.Struct, frozen=True):
    """A place where something was held, with what was counted there."""

    place_name: str
    longitude: float
    latitude: float
    activities: int
    sessions: int
    people: int
    last_on: date


class Point(msgspec.Struct, frozen=True):
    """A GeoJSON point: longitude first (RFC 7946 section 3.1.1)."""

    coordinates: tuple[float, float]
    type: Literal["Point"] = "Point"


class PlaceFeature(msgspec.Struct, frozen=True):
    """A GeoJSON feature: a place with its counts."""

    geometry: Point
    properties: PlacePoint
    type: Literal["Feature"] = "Feature"


class PlaceCollection(msgspec.Struct, frozen=True):
    """A GeoJSON feature collection of places, WGS 84."""

    features: list[PlaceFeature]
    type: Literal["FeatureCollection"] = "FeatureCollection"
