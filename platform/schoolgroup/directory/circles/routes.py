"""Circles over HTTP."""

from uuid import UUID

from litestar import Response, delete, get, patch, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from schoolgroup.access.decisions import NotAllowed
from schoolgroup.directory.circles import service
from schoolgroup.directory.circles.models import Circle, CircleChange, CircleEntry, CircleMember
from schoolgroup.kernel.errors import Invalid, NotFound, StaleVersion, VersionRequired
from schoolgroup.kernel.http import LIMIT, Call, Cursor, Limit, may, refusals
from schoolgroup.kernel.paging import BadCursor, Page

TAGS = ["directory"]


@get(
    "/v1/circles",
    opt=may("circle:read"),
    operation_id="listCircles",
    tags=TAGS,
    summary="List the circles of your school",
    responses=refusals(BadCursor, Invalid),
)
async def list_circles(
    call: NamedDependency[Call], limit: Limit = LIMIT, cursor: Cursor = None
) -> Response[Page[Circle]]:
    """Oldest first; the group office sees all."""
    return await call.page(
        "circles",
        limit,
        cursor,
        lambda tx, page: service.list_circles(tx, page),
        key_of=lambda circle: [circle.id],
    )


@post(
    "/v1/circles",
    opt=may("circle:manage"),
    operation_id="enterCircle",
    tags=TAGS,
    summary="Make a circle of schools",
    responses=refusals(NotAllowed, service.NameTaken, Invalid),
)
async def enter_circle(
    data: JSONBody[CircleEntry], call: NamedDependency[Call]
) -> Response[Circle]:
    """A named set of schools, empty at first."""
    return await call.once(
        lambda tx: service.enter_circle(tx, data), location=lambda c: f"/v1/circles/{c.id}"
    )


@get(
    "/v1/circles/{circle_id:uuid}",
    opt=may("circle:read"),
    operation_id="getCircle",
    tags=TAGS,
    summary="One circle",
    responses=refusals(NotFound),
)
async def get_circle(circle_id: FromPath[UUID], call: NamedDependency[Call]) -> Response[Circle]:
    """A circle your school is in."""
    return await call.item(lambda tx: service.get_circle(tx, circle_id))


@patch(
    "/v1/circles/{circle_id:uuid}",
    opt=may("circle:manage"),
    operation_id="changeCircle",
    tags=TAGS,
    summary="Change a circle's texts",
    responses=refusals(
        NotAllowed, NotFound, service.NameTaken, StaleVersion, Invalid, VersionRequired
    ),
)
async def change_circle(
    circle_id: FromPath[UUID], data: JSONBody[CircleChange], call: NamedDependency[Call]
) -> Response[Circle]:
    """Its name, subject and purpose."""
    return await call.change(
        lambda tx, version: service.change_circle(tx, circle_id, data, version)
    )


@delete(
    "/v1/circles/{circle_id:uuid}",
    opt=may("circle:manage"),
    operation_id="deleteCircle",
    tags=TAGS,
    summary="Delete a circle",
    responses=refusals(NotAllowed, NotFound, service.CircleInUse, StaleVersion, VersionRequired),
)
async def delete_circle(circle_id: FromPath[UUID], call: NamedDependency[Call]) -> Response[None]:
    """Only one that no agreement names."""
    version = call.expected_version()
    return await call.once(lambda tx: service.delete_circle(tx, circle_id, version), status=204)


@get(
    "/v1/circles/{circle_id:uuid}/members",
    opt=may("circle:read"),
    operation_id="listCircleMembers",
    tags=TAGS,
    summary="The schools of a circle",
    responses=refusals(NotFound, BadCursor, Invalid),
)
async def list_members(
    circle_id: FromPath[UUID],
    call: NamedDependency[Call],
    limit: Limit = LIMIT,
    cursor: Cursor = None,
) -> Response[Page[CircleMember]]:
    """By school code."""
    return await call.page(
        f"circle/{circle_id}",
        limit,
        cursor,
        lambda tx, page: service.list_members(tx, circle_id, page),
        key_of=lambda member: [member.code],
    )


@put(
    "/v1/circles/{circle_id:uuid}/members/{school_id:uuid}",
    opt=may("circle:manage"),
    operation_id="addCircleMember",
    tags=TAGS,
    summary="Put a school into a circle",
    responses=refusals(NotAllowed, NotFound),
)
async def add_school(
    circle_id: FromPath[UUID], school_id: FromPath[UUID], call: NamedDependency[Call]
) -> Response[Circle]:
    """From now on; a second time changes nothing."""
    return await call.once(lambda tx: service.add_school(tx, circle_id, school_id), status=200)


@delete(
    "/v1/circles/{circle_id:uuid}/members/{school_id:uuid}",
    opt=may("circle:manage"),
    operation_id="removeCircleMember",
    tags=TAGS,
    summary="Take a school out of a circle",
    status_code=200,
    responses=refusals(NotAllowed, NotFound),
)
async def remove_school(
    circle_id: FromPath[UUID], school_id: FromPath[UUID], call: NamedDependency[Call]
) -> Response[Circle]:
    """What was offered to the circle is closed to the school from now on."""
    return await call.once(lambda tx: service.remove_school(tx, circle_id, school_id), status=200)


ROUTES = [
    list_circles,
    enter_circle,
    get_circle,
    change_circle,
    delete_circle,
    list_members,
    add_school,
    remove_school,
]
