"""People and appointments over HTTP."""

from typing import Annotated
from uuid import UUID

from litestar import Response, delete, get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from schoolgroup.access.decisions import NotAllowed
from schoolgroup.directory.models import Role
from schoolgroup.directory.people import rules, service
from schoolgroup.directory.people.models import (
    Appointment,
    AppointmentChange,
    AppointmentEntry,
    Person,
    PersonChange,
    PersonEntry,
    PersonFilter,
    PersonStatus,
)
from schoolgroup.kernel.errors import Invalid, NotFound, StaleVersion, VersionRequired
from schoolgroup.kernel.http import LIMIT, Call, Cursor, Limit, may, refusals
from schoolgroup.kernel.paging import BadCursor, Page
from schoolgroup.kernel.transitions import WrongState

TAGS = ["directory"]
Search = FromQuery[
    Annotated[
        str | None,
        QueryParameter(min_length=1, max_length=100, description="Part of a name or username."),
    ]
]


@get(
    "/v1/people",
    opt=may("person:read"),
    operation_id="listPeople",
    tags=TAGS,
    summary="List the people you may see",
    responses=refusals(BadCursor, Invalid),
)
async def list_people(
    call: NamedDependency[Call],
    school_id: FromQuery[UUID | None] = None,
    role: FromQuery[Role | None] = None,
    status: FromQuery[PersonStatus | None] = None,
    q: Search = None,
    limit: Limit = LIMIT,
    cursor: Cursor = None,
) -> Response[Page[Person]]:
    """By username: the people of your school; for the group office, everyone."""
    wanted = PersonFilter(school_id=school_id, role=role, status=status, q=q)
    return await call.page(
        "people",
        limit,
        cursor,
        lambda tx, page: service.list_people(tx, wanted, page),
        key_of=lambda person: [person.username],
    )


@post(
    "/v1/people",
    opt=may("person:manage"),
    operation_id="enterPerson",
    tags=TAGS,
    summary="Enter a person",
    responses=refusals(
        NotAllowed, service.UsernameTaken, rules.RoleMisplaced, rules.AppointmentsOverlap, Invalid
    ),
)
async def enter_person(
    data: JSONBody[PersonEntry], call: NamedDependency[Call]
) -> Response[Person]:
    """A person with one appointment or more; a school appoints only at itself."""
    return await call.once(
        lambda tx: service.enter_person(tx, data), location=lambda p: f"/v1/people/{p.id}"
    )


@get(
    "/v1/people/{person_id:uuid}",
    opt=may("person:read"),
    operation_id="getPerson",
    tags=TAGS,
    summary="One person",
    responses=refusals(NotFound),
)
async def get_person(person_id: FromPath[UUID], call: NamedDependency[Call]) -> Response[Person]:
    """A person of your school, or yourself."""
    return await call.item(lambda tx: service.get_person(tx, person_id))


@patch(
    "/v1/people/{person_id:uuid}",
    opt=may("person:manage"),
    operation_id="changePerson",
    tags=TAGS,
    summary="Change a person's name",
    responses=refusals(NotAllowed, NotFound, WrongState, StaleVersion, Invalid, VersionRequired),
)
async def change_person(
    person_id: FromPath[UUID], data: JSONBody[PersonChange], call: NamedDependency[Call]
) -> Response[Person]:
    """The username never changes."""
    return await call.change(
        lambda tx, version: service.change_person(tx, person_id, data, version)
    )


@post(
    "/v1/people/{person_id:uuid}/appointments",
    opt=may("person:manage"),
    operation_id="appointPerson",
    tags=TAGS,
    summary="Appoint a person",
    responses=refusals(
        NotAllowed, NotFound, rules.RoleMisplaced, rules.AppointmentsOverlap, Invalid
    ),
)
async def appoint(
    person_id: FromPath[UUID], data: JSONBody[AppointmentEntry], call: NamedDependency[Call]
) -> Response[Person]:
    """One more appointment; somebody who had left is back by it."""
    return await call.once(lambda tx: service.appoint(tx, person_id, data))


@post(
    "/v1/people/{person_id:uuid}/suspend",
    opt=may("person:manage"),
    operation_id="suspendPerson",
    status_code=200,
    tags=TAGS,
    summary="Suspend a person at once",
    responses=refusals(
        NotAllowed, rules.AppointedElsewhere, NotFound, WrongState, rules.LastAdministrator
    ),
)
async def suspend(person_id: FromPath[UUID], call: NamedDependency[Call]) -> Response[Person]:
    """From the next request on every session of the person is over."""
    return await call.once(lambda tx: service.suspend(tx, person_id), status=200)


@post(
    "/v1/people/{person_id:uuid}/resume",
    opt=may("person:manage"),
    operation_id="resumePerson",
    status_code=200,
    tags=TAGS,
    summary="End a suspension",
    responses=refusals(
        NotAllowed, rules.AppointedElsewhere, rules.SuspendedByOffice, NotFound, WrongState
    ),
)
async def resume(person_id: FromPath[UUID], call: NamedDependency[Call]) -> Response[Person]:
    """The person signs in anew; what the group office suspended, only the office resumes."""
    return await call.once(lambda tx: service.resume(tx, person_id), status=200)


@post(
    "/v1/people/{person_id:uuid}/leave",
    opt=may("person:manage"),
    operation_id="letPersonLeave",
    status_code=200,
    tags=TAGS,
    summary="A person leaves",
    responses=refusals(
        NotAllowed, rules.AppointedElsewhere, NotFound, WrongState, rules.LastAdministrator
    ),
)
async def leave(person_id: FromPath[UUID], call: NamedDependency[Call]) -> Response[Person]:
    """All appointments end today, every session at once; what the person made stays."""
    return await call.once(lambda tx: service.leave(tx, person_id), status=200)


@get(
    "/v1/appointments/{appointment_id:uuid}",
    opt=may("person:read"),
    operation_id="getAppointment",
    tags=TAGS,
    summary="One appointment",
    responses=refusals(NotFound),
)
async def get_appointment(
    appointment_id: FromPath[UUID], call: NamedDependency[Call]
) -> Response[Appointment]:
    """A role of a person at a school, or at the group office, in its time."""
    return await call.item(lambda tx: service.get_appointment(tx, appointment_id))


@patch(
    "/v1/appointments/{appointment_id:uuid}",
    opt=may("person:manage"),
    operation_id="endAppointment",
    tags=TAGS,
    summary="End an appointment on a day",
    responses=refusals(
        NotAllowed,
        NotFound,
        rules.AppointmentOver,
        rules.EndInThePast,
        rules.AppointmentsOverlap,
        rules.LastAdministrator,
        StaleVersion,
        Invalid,
        VersionRequired,
    ),
)
async def end_appointment(
    appointment_id: FromPath[UUID], data: JSONBody[AppointmentChange], call: NamedDependency[Call]
) -> Response[Appointment]:
    """`until_on` is the first day it no longer holds: today means at once, null stays open."""
    return await call.change(
        lambda tx, version: service.end_appointment(tx, appointment_id, data, version)
    )


@delete(
    "/v1/appointments/{appointment_id:uuid}",
    opt=may("person:manage"),
    operation_id="deleteAppointment",
    tags=TAGS,
    summary="Delete an appointment that has not begun",
    responses=refusals(NotAllowed, NotFound, rules.AppointmentBegun, StaleVersion, VersionRequired),
)
async def delete_appointment(
    appointment_id: FromPath[UUID], call: NamedDependency[Call]
) -> Response[None]:
    """What has begun is ended on a day instead: history stays."""
    version = call.expected_version()
    return await call.once(
        lambda tx: service.delete_appointment(tx, appointment_id, version), status=204
    )


ROUTES = [
    list_people,
    enter_person,
    get_person,
    change_person,
    appoint,
    suspend,
    resume,
    leave,
    get_appointment,
    end_appointment,
    delete_appointment,
]
