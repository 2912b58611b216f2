"""Activities over HTTP: enter, report, cancel, figures by month, and places for a map."""

from datetime import date
from typing import Annotated
from uuid import UUID

from litestar import Response, get, patch, post
from litestar.di import NamedDependency
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from schoolgroup.access.decisions import NotAllowed
from schoolgroup.kernel.errors import (
    Invalid,
    NotFound,
    StaleVersion,
    Unauthenticated,
    VersionRequired,
)
from schoolgroup.kernel.http import LIMIT, Call, Cursor, Limit, file_answer, may, refusals
from schoolgroup.kernel.paging import BadCursor, Page
from schoolgroup.kernel.sheet_files import TableFormat
from schoolgroup.kernel.sheets import CSV_TYPE
from schoolgroup.kernel.transitions import WrongState
from schoolgroup.management.activities import rules, service
from schoolgroup.management.activities.models import (
    KEEP,
    READ,
    Activity,
    ActivityChange,
    ActivityFigures,
    ActivityKind,
    ActivityStatus,
    ActivityWish,
    Asked,
    Cancellation,
    PlaceCollection,
    Report,
)

TAGS = ["activities"]
ONE = "/v1/activities/{activity_id:uuid}"
GEO_JSON = "application/geo+json"
OfSchool = FromQuery[Annotated[UUID | None, QueryParameter(description="Only of this school.")]]
OfOffice = FromQuery[Annotated[bool, QueryParameter(description="Only of the group office.")]]
OfKind = FromQuery[Annotated[ActivityKind | None, QueryParameter(description="Only of this kind.")]]
InStatus = FromQuery[Annotated[ActivityStatus | None, QueryParameter(description="Only these.")]]
From = FromQuery[Annotated[date | None, QueryParameter(description="Held on this day or later.")]]
Until = FromQuery[Annotated[date | None, QueryParameter(description="Held before this day.")]]
MONTH = r"^2[01][0-9]{2}-(0[1-9]|1[0-2])$"
FromMonth = FromQuery[
    Annotated[
        str | None,
        QueryParameter(pattern=MONTH, description="As 2026-09; by default the last month asked."),
    ]
]
UntilMonth = FromQuery[
    Annotated[
        str | None,
        QueryParameter(
            pattern=MONTH, description="With this month; by default the first, or the running one."
        ),
    ]
]
AsForm = FromQuery[Annotated[TableFormat, QueryParameter(description="csv or xlsx.")]]
FILE = ResponseSpec(bytes, description="The file.", media_type=CSV_TYPE)


@post(
    "/v1/activities",
    opt=may(KEEP),
    operation_id="enterActivity",
    tags=TAGS,
    summary="Enter an activity of the own school, or of the office",
    responses=refusals(Unauthenticated, NotAllowed, Invalid),
)
async def enter_activity(
    data: JSONBody[ActivityWish], call: NamedDependency[Call]
) -> Response[Activity]:
    """It is planned; it counts once it is reported."""
    return await call.once(
        lambda tx: service.enter_activity(tx, data), location=lambda a: f"/v1/activities/{a.id}"
    )


@get(
    "/v1/activities",
    opt=may(READ),
    operation_id="listActivities",
    tags=TAGS,
    summary="Activities of the group",
    responses=refusals(Unauthenticated, BadCursor),
)
async def list_activities(
    call: NamedDependency[Call],
    school_id: OfSchool = None,
    of_office: OfOffice = False,
    kind: OfKind = None,
    status: InStatus = None,
    from_on: From = None,
    until_on: Until = None,
    limit: Limit = LIMIT,
    cursor: Cursor = None,
) -> Response[Page[Activity]]:
    """The latest day first."""
    asked = Asked(school_id, kind, status, from_on, until_on)
    return await call.page(
        "activities",
        limit,
        cursor,
        lambda tx, page: service.list_activities(tx, asked, page, of_office=of_office),
        key_of=lambda activity: [activity.held_on.isoformat(), activity.id],
    )


@get(
    ONE,
    opt=may(READ),
    operation_id="getActivity",
    tags=TAGS,
    summary="One activity",
    responses=refusals(Unauthenticated, NotFound),
)
async def get_activity(
    activity_id: FromPath[UUID], call: NamedDependency[Call]
) -> Response[Activity]:
    """With the schools that came and, once it was held, how many."""
    return await call.item(lambda tx: service.get_activity(tx, activity_id))


@patch(
    ONE,
    opt=may(KEEP),
    operation_id="changeActivity",
    tags=TAGS,
    summary="Change an activity, or correct its counts",
    responses=refusals(
        Unauthenticated, NotAllowed, NotFound, Invalid, StaleVersion, VersionRequired,
        rules.NotYetHeld,
    ),
)  # fmt: skip
async def change_activity(
    activity_id: FromPath[UUID], data: JSONBody[ActivityChange], call: NamedDependency[Call]
) -> Response[Activity]:
    """Counts are of what was held; a correction is kept in the trail."""
    return await call.change(
        lambda tx, version: service.change_activity(tx, activity_id, data, version)
    )


@post(
    "/v1/activities/{activity_id:uuid}/report",
    opt=may(KEEP),
    operation_id="reportActivity",
    tags=TAGS,
    status_code=200,
    summary="Say that an activity was held, and with how many",
    responses=refusals(
        Unauthenticated, NotAllowed, NotFound, Invalid, WrongState, rules.NotYetHeld
    ),
)
async def report_activity(
    activity_id: FromPath[UUID], data: JSONBody[Report], call: NamedDependency[Call]
) -> Response[Activity]:
    """Not before its day, by the group's clock."""
    return await call.once(lambda tx: service.report_activity(tx, activity_id, data), status=200)


@post(
    "/v1/activities/{activity_id:uuid}/cancel",
    opt=may(KEEP),
    operation_id="cancelActivity",
    tags=TAGS,
    status_code=200,
    summary="Say that an activity does not take place",
    responses=refusals(Unauthenticated, NotAllowed, NotFound, Invalid, WrongState),
)
async def cancel_activity(
    activity_id: FromPath[UUID], data: JSONBody[Cancellation], call: NamedDependency[Call]
) -> Response[Activity]:
    """With the reason, which everyone can read."""
    return await call.once(lambda tx: service.cancel_activity(tx, activity_id, data), status=200)


@get(
    "/v1/activities/figures",
    opt=may(READ),
    operation_id="activityFigures",
    tags=TAGS,
    summary="What was held, by month, school and kind",
    responses=refusals(Unauthenticated, Invalid, service.TooManyLines),
)
async def activity_figures(
    call: NamedDependency[Call],
    from_month: FromMonth = None,
    until_month: UntilMonth = None,
    school_id: OfSchool = None,
    kind: OfKind = None,
) -> ActivityFigures:
    """Each line links to the activities it counts; months without any have no line."""
    asked = Asked(school_id, kind)
    return await call.read(lambda tx: service.figures(tx, from_month, until_month, asked))


@get(
    "/v1/activities/figures/export",
    opt=may(READ),
    operation_id="exportActivityFigures",
    tags=TAGS,
    summary="The figures of activities as a file",
    responses={200: FILE, **refusals(Unauthenticated, Invalid, service.TooManyLines)},
)
async def export_figures(
    call: NamedDependency[Call],
    form: AsForm = TableFormat.CSV,
    from_month: FromMonth = None,
    until_month: UntilMonth = None,
    school_id: OfSchool = None,
    kind: OfKind = None,
) -> Response[bytes]:
    """The same lines as the figures; who took them is kept in the trail."""
    asked = Asked(school_id, kind)
    return file_answer(
        await call.read(lambda tx: service.export_figures(tx, from_month, until_month, asked, form))
    )


@get(
    "/v1/activities/places",
    opt=may(READ),
    operation_id="activityPlaces",
    tags=TAGS,
    summary="Places where activities were held, as GeoJSON",
    responses={
        200: ResponseSpec(PlaceCollection, description="RFC 7946.", media_type=GEO_JSON),
        **refusals(Unauthenticated, Invalid, service.TooManyLines),
    },
)
async def activity_places(
    call: NamedDependency[Call],
    from_month: FromMonth = None,
    until_month: UntilMonth = None,
    school_id: OfSchool = None,
    kind: OfKind = None,
) -> Response[PlaceCollection]:
    """WGS 84, longitude first; places without a position are not on the map."""
    asked = Asked(school_id, kind)
    found = await call.read(lambda tx: service.place_map(tx, from_month, until_month, asked))
    return Response(found, media_type=GEO_JSON)


ROUTES = [
    enter_activity,
    list_activities,
    get_activity,
    change_activity,
    report_activity,
    cancel_activity,
    activity_figures,
    export_figures,
    activity_places,
]
