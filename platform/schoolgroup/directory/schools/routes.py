"""Schools over HTTP."""

from datetime import date
from typing import Annotated
from uuid import UUID

from litestar import Response, delete, get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from schoolgroup.access.decisions import NotAllowed
from schoolgroup.directory.models import Stage, Tier
from schoolgroup.directory.schools import rules, service
from schoolgroup.directory.schools.models import (
    School,
    SchoolChange,
    SchoolClosed,
    SchoolEntry,
    SchoolFilter,
    SchoolTier,
    TierEntry,
)
from schoolgroup.kernel.errors import Invalid, NotFound, StaleVersion, VersionRequired
from schoolgroup.kernel.http import LIMIT, Call, Cursor, Limit, etag, may, refusals
from schoolgroup.kernel.paging import BadCursor, Page
from schoolgroup.kernel.transitions import WrongState

TAGS = ["directory"]
Search = FromQuery[
    Annotated[
        str | None,
        QueryParameter(min_length=1, max_length=100, description="Part of a name, or a code."),
    ]
]
On = FromQuery[
    Annotated[date | None, QueryParameter(description="The first day it is closed; today.")]
]


@get(
    "/v1/schools",
    opt=may("directory:read"),
    operation_id="listSchools",
    tags=TAGS,
    summary="List the schools of the group",
    responses=refusals(BadCursor, Invalid),
)
async def list_schools(
    call: NamedDependency[Call],
    tier: FromQuery[Tier | None] = None,
    stage: FromQuery[Stage | None] = None,
    q: Search = None,
    closed: FromQuery[bool] = False,
    limit: Limit = LIMIT,
    cursor: Cursor = None,
) -> Response[Page[School]]:
    """Schools by code; `tier` is today's; closed schools only where asked for."""
    wanted = SchoolFilter(tier=tier, stage=stage, q=q, closed=closed)
    return await call.page(
        "schools",
        limit,
        cursor,
        lambda tx, page: service.list_schools(tx, wanted, page),
        key_of=lambda school: [school.code],
    )


@post(
    "/v1/schools",
    opt=may("school:admit"),
    operation_id="enterSchool",
    tags=TAGS,
    summary="Admit a school to the group",
    responses=refusals(NotAllowed, service.CodeTaken, Invalid),
)
async def enter_school(
    data: JSONBody[SchoolEntry], call: NamedDependency[Call]
) -> Response[School]:
    """A school joins with a tier from a day on; that day may lie in the past or the future."""
    return await call.once(
        lambda tx: service.enter_school(tx, data), location=lambda s: f"/v1/schools/{s.id}"
    )


@get(
    "/v1/schools/{school_id:uuid}",
    opt=may("directory:read"),
    operation_id="getSchool",
    tags=TAGS,
    summary="One school",
    responses=refusals(NotFound),
)
async def get_school(school_id: FromPath[UUID], call: NamedDependency[Call]) -> Response[School]:
    """A school with its tier of today. Never 304: the tier changes with the day, not the ETag."""
    school = await call.read(lambda tx: service.get_school(tx, school_id))
    return Response(school, headers=etag(school))


@patch(
    "/v1/schools/{school_id:uuid}",
    opt=may("school:manage"),
    operation_id="changeSchool",
    tags=TAGS,
    summary="Change a school's entry",
    responses=refusals(NotAllowed, NotFound, WrongState, StaleVersion, Invalid, VersionRequired),
)
async def change_school(
    school_id: FromPath[UUID], data: JSONBody[SchoolChange], call: NamedDependency[Call]
) -> Response[School]:
    """Names, stages, address and place; the code never changes, the tier has its own address."""
    return await call.change(
        lambda tx, version: service.change_school(tx, school_id, data, version)
    )


@delete(
    "/v1/schools/{school_id:uuid}",
    opt=may("school:admit"),
    operation_id="closeSchool",
    tags=TAGS,
    summary="Close a school on a day",
    status_code=200,
    responses=refusals(
        NotAllowed, NotFound, WrongState, service.ClosedInThePast, StaleVersion, VersionRequired
    ),
)
async def close_school(
    school_id: FromPath[UUID], call: NamedDependency[Call], on: On = None
) -> Response[SchoolClosed]:
    """From that day it has no tier and its people no access; one never used is removed."""
    return await call.change(lambda tx, version: service.close_school(tx, school_id, on, version))


@get(
    "/v1/schools/{school_id:uuid}/tiers",
    opt=may("directory:read"),
    operation_id="listSchoolTiers",
    tags=TAGS,
    summary="A school's tiers through time",
    responses=refusals(NotFound),
)
async def list_tiers(
    school_id: FromPath[UUID], call: NamedDependency[Call]
) -> Response[Page[SchoolTier]]:
    """Every period of membership, oldest first, planned ones included."""
    items = await call.read(lambda tx: service.list_tiers(tx, school_id))
    return Response(Page(items=items))


@post(
    "/v1/schools/{school_id:uuid}/tiers",
    opt=may("school:admit"),
    operation_id="setSchoolTier",
    tags=TAGS,
    summary="Set a school's tier from a day on",
    responses=refusals(
        NotAllowed,
        NotFound,
        WrongState,
        rules.SameTier,
        rules.TierInThePast,
        rules.TierPlanned,
        Invalid,
    ),
)
async def set_tier(
    school_id: FromPath[UUID], data: JSONBody[TierEntry], call: NamedDependency[Call]
) -> Response[School]:
    """What the school may see changes on that day by itself, without anyone signing in anew."""
    return await call.once(lambda tx: service.set_tier(tx, school_id, data))


@delete(
    "/v1/schools/{school_id:uuid}/tiers/{tier_id:uuid}",
    opt=may("school:admit"),
    operation_id="cancelSchoolTier",
    tags=TAGS,
    summary="Take back a change of tier that has not begun",
    status_code=200,
    responses=refusals(NotAllowed, NotFound, rules.TierBegun, StaleVersion, VersionRequired),
)
async def cancel_tier(
    school_id: FromPath[UUID], tier_id: FromPath[UUID], call: NamedDependency[Call]
) -> Response[School]:
    """The tier before it goes on; If-Match is the school's version."""
    return await call.change(
        lambda tx, version: service.cancel_tier(tx, school_id, tier_id, version)
    )


ROUTES = [
    list_schools,
    enter_school,
    get_school,
    change_school,
    close_school,
    list_tiers,
    set_tier,
    cancel_tier,
]
