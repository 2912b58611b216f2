"""Activities: planned, held, counted by month (活动).

Written by `make client` from the API description: do not edit.
"""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal
from uuid import UUID

from msgspec import UNSET, Struct, UnsetType

from schoolgroup.client import kinds as k


class ActivitiesCancellation(Struct, frozen=True, kw_only=True, omit_defaults=True):
    because: str


class ActivitiesPoint(Struct, frozen=True, kw_only=True, omit_defaults=True):
    coordinates: tuple[float, float]
    type: Literal["Point"] = "Point"


class ActivitiesReport(Struct, frozen=True, kw_only=True, omit_defaults=True):
    sessions: int = 1
    pupils: int = 0
    teachers: int = 0
    parents: int = 0


class ActivitiesTotals(Struct, frozen=True, kw_only=True, omit_defaults=True):
    activities: int
    sessions: int
    pupils: int
    teachers: int
    parents: int


class Activity(Struct, frozen=True, kw_only=True, omit_defaults=True):
    id: UUID
    school_id: UUID | None
    school_name: str
    kind: ActivityKind
    title: str
    held_on: dt.date
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
    created_at: dt.datetime


class ActivityChange(Struct, frozen=True, kw_only=True, omit_defaults=True):
    title: str | UnsetType = UNSET
    held_on: dt.date | UnsetType = UNSET
    place_name: str | UnsetType = UNSET
    position: Position | UnsetType | None = UNSET
    guest_school_ids: list[UUID] | UnsetType = UNSET
    note: str | UnsetType = UNSET
    sessions: int | UnsetType = UNSET
    pupils: int | UnsetType = UNSET
    teachers: int | UnsetType = UNSET
    parents: int | UnsetType = UNSET


class ActivityFigures(Struct, frozen=True, kw_only=True, omit_defaults=True):
    from_month: str
    until_month: str
    lines: list[MonthFigure]
    totals: ActivitiesTotals


class ActivityKind(k.Word):
    """Kind of activity; the label that schools read stands in `KIND_LABELS`."""

    LECTURE = "lecture"
    CLASS_LESSON = "class_lesson"
    VISIT = "visit"
    TRAINING = "training"


class ActivityStatus(k.Word):
    """Only what was held is counted."""

    PLANNED = "planned"
    HELD = "held"
    CANCELLED = "cancelled"


class ActivityWish(Struct, frozen=True, kw_only=True, omit_defaults=True):
    kind: ActivityKind
    title: str
    held_on: dt.date
    place_name: str
    position: Position | UnsetType | None = UNSET
    guest_school_ids: list[UUID] | UnsetType = UNSET
    note: str = ""


class MonthFigure(Struct, frozen=True, kw_only=True, omit_defaults=True):
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


class PlaceCollection(Struct, frozen=True, kw_only=True, omit_defaults=True):
    features: list[PlaceFeature]
    type: Literal["FeatureCollection"] = "FeatureCollection"


class PlaceFeature(Struct, frozen=True, kw_only=True, omit_defaults=True):
    geometry: ActivitiesPoint
    properties: PlacePoint
    type: Literal["Feature"] = "Feature"


class PlacePoint(Struct, frozen=True, kw_only=True, omit_defaults=True):
    place_name: str
    longitude: float
    latitude: float
    activities: int
    sessions: int
    people: int
    last_on: dt.date


class Position(Struct, frozen=True, kw_only=True, omit_defaults=True):
    longitude: float
    latitude: float


def activity_figures(
    *,
    from_month: str | None = None,
    until_month: str | None = None,
    school_id: UUID | None = None,
    kind: ActivityKind | None = None,
) -> k.Asked[ActivityFigures]:
    """What was held, by month, school and kind.

    Each line links to the activities it counts; months without any have no line.
    """
    return k.ask(
        "activityFigures",
        "GET",
        "/v1/activities/figures",
        k.read_json(ActivityFigures),
        query={
            "from_month": from_month,
            "until_month": until_month,
            "school_id": school_id,
            "kind": kind,
        },
    )


def activity_places(
    *,
    from_month: str | None = None,
    until_month: str | None = None,
    school_id: UUID | None = None,
    kind: ActivityKind | None = None,
) -> k.Asked[k.Content]:
    """Places where activities were held, as GeoJSON.

    WGS 84, longitude first; places without a position are not on the map.
    """
    return k.ask(
        "activityPlaces",
        "GET",
        "/v1/activities/places",
        k.read_content,
        query={
            "from_month": from_month,
            "until_month": until_month,
            "school_id": school_id,
            "kind": kind,
        },
        accept="*/*",
    )


def cancel_activity(
    activity_id: UUID, body: ActivitiesCancellation, *, idempotency_key: str | None = None
) -> k.Asked[Activity]:
    """Say that an activity does not take place.

    With the reason, which everyone can read.
    """
    return k.ask(
        "cancelActivity",
        "POST",
        k.path_of("/v1/activities/{activity_id}/cancel", activity_id=activity_id),
        k.read_json(Activity),
        body=body,
        once=True,
        key=idempotency_key,
    )


def change_activity(
    activity_id: UUID, body: ActivityChange, *, version: int, idempotency_key: str | None = None
) -> k.Asked[Activity]:
    """Change an activity, or correct its counts.

    Counts are of what was held; a correction is kept in the trail.
    """
    return k.ask(
        "changeActivity",
        "PATCH",
        k.path_of("/v1/activities/{activity_id}", activity_id=activity_id),
        k.read_json(Activity),
        body=body,
        version=version,
        once=True,
        key=idempotency_key,
    )


def enter_activity(body: ActivityWish, *, idempotency_key: str | None = None) -> k.Asked[Activity]:
    """Enter an activity of the own school, or of the office.

    It is planned; it counts once it is reported.
    """
    return k.ask(
        "enterActivity",
        "POST",
        "/v1/activities",
        k.read_json(Activity),
        body=body,
        once=True,
        key=idempotency_key,
    )


def export_activity_figures(
    *,
    form: Any | None = None,
    from_month: str | None = None,
    until_month: str | None = None,
    school_id: UUID | None = None,
    kind: ActivityKind | None = None,
) -> k.Asked[k.Content]:
    """The figures of activities as a file.

    The same lines as the figures; who took them is kept in the trail.
    """
    return k.ask(
        "exportActivityFigures",
        "GET",
        "/v1/activities/figures/export",
        k.read_content,
        query={
            "form": form,
            "from_month": from_month,
            "until_month": until_month,
            "school_id": school_id,
            "kind": kind,
        },
        accept="*/*",
    )


def get_activity(activity_id: UUID) -> k.Asked[Activity]:
    """One activity.

    With the schools that came and, once it was held, how many.
    """
    return k.ask(
        "getActivity",
        "GET",
        k.path_of("/v1/activities/{activity_id}", activity_id=activity_id),
        k.read_json(Activity),
    )


def list_activities(
    *,
    school_id: UUID | None = None,
    of_office: bool | None = None,
    kind: ActivityKind | None = None,
    status: ActivityStatus | None = None,
    from_on: dt.date | None = None,
    until_on: dt.date | None = None,
    limit: int | None = None,
    cursor: str | None = None,
) -> k.Asked[k.Page[Activity]]:
    """Activities of the group.

    The latest day first.
    """
    return k.ask(
        "listActivities",
        "GET",
        "/v1/activities",
        k.read_json(k.Page[Activity]),
        query={
            "school_id": school_id,
            "of_office": of_office,
            "kind": kind,
            "status": status,
            "from_on": from_on,
            "until_on": until_on,
            "limit": limit,
            "cursor": cursor,
        },
    )


def report_activity(
    activity_id: UUID, body: ActivitiesReport, *, idempotency_key: str | None = None
) -> k.Asked[Activity]:
    """Say that an activity was held, and with how many.

    Not before its day, by the group's clock.
    """
    return k.ask(
        "reportActivity",
        "POST",
        k.path_of("/v1/activities/{activity_id}/report", activity_id=activity_id),
        k.read_json(Activity),
        body=body,
        once=True,
        key=idempotency_key,
    )
