"""Signing in and out over HTTP, and one's own account."""

from typing import Annotated, Any
from uuid import UUID

from litestar import Request, Response, delete, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from schoolgroup.access.decisions import NotAllowed
from schoolgroup.access.sessions import account, service
from schoolgroup.access.sessions.gate import Gate, TooManyAttempts
from schoolgroup.access.sessions.models import (
    ChangePassword,
    InitialPasswords,
    InitialPasswordsMade,
    Me,
    Refresh,
    Session,
    SessionOpened,
    SignIn,
)
from schoolgroup.access.sessions.rules import WeakPassword
from schoolgroup.kernel.db import SessionOver
from schoolgroup.kernel.errors import NotFound, Unavailable
from schoolgroup.kernel.http import (
    LIMIT,
    PUBLIC,
    Call,
    Cursor,
    Limit,
    may,
    refusals,
    request_id_of,
)
from schoolgroup.kernel.paging import Page

OfPerson = FromQuery[
    Annotated[UUID | None, QueryParameter(description="Only sessions of this person.")]
]
OfClient = FromQuery[
    Annotated[UUID | None, QueryParameter(description="Only sessions of this connected system.")]
]


def address_of(request: "Request[Any, Any, Any]") -> str:
    """Where the request comes from, as the server in front of us says."""
    return request.client.host if request.client else "-"


@post(
    "/v1/sessions",
    opt=PUBLIC,
    operation_id="signIn",
    tags=["access"],
    summary="Sign in with a password",
    security=[{}],
    responses=refusals(
        service.LoginFailed,
        service.PasswordChangeRequired,
        service.NoAppointment,
        service.ChooseAppointment,
        WeakPassword,
        TooManyAttempts,
        Unavailable,
    ),
)
async def sign_in(
    data: JSONBody[SignIn], gate: NamedDependency[Gate], request: "Request[Any, Any, Any]"
) -> Response[SessionOpened]:
    """Open a session to act in one appointment. Every call opens a new one: no Idempotency-Key."""
    opened = await service.sign_in(gate, data, address_of(request), request_id_of(request))
    location = f"/v1/sessions/{opened.session_id}"
    return Response(opened, status_code=201, headers={"Location": location})


@post(
    "/v1/sessions/refresh",
    opt=PUBLIC,
    operation_id="refreshSession",
    tags=["access"],
    summary="Get new tokens for a session",
    status_code=200,
    security=[{}],
    responses=refusals(SessionOver, Unavailable),
)
async def refresh(
    data: JSONBody[Refresh], gate: NamedDependency[Gate], request: "Request[Any, Any, Any]"
) -> Response[SessionOpened]:
    """Use a refresh token up for new tokens. Using one twice ends the session."""
    return Response(await service.refresh(gate, data, request_id_of(request)), status_code=200)


@get(
    "/v1/sessions",
    opt=may("session:read"),
    operation_id="listSessions",
    tags=["access"],
    summary="Standing sessions",
)
async def list_sessions(
    call: NamedDependency[Call],
    person_id: OfPerson = None,
    client_id: OfClient = None,
    limit: Limit = LIMIT,
    cursor: Cursor = None,
) -> Response[Page[Session]]:
    """One's own sessions; an administrator's also those of the school or the group."""
    return await call.page(
        "sessions",
        limit,
        cursor,
        lambda tx, page: service.list_sessions(tx, person_id, client_id, page),
        key_of=lambda session: [session.id],
    )


@delete(
    "/v1/sessions/{session_id:uuid}",
    opt=may("session:revoke"),
    operation_id="revokeSession",
    tags=["access"],
    summary="End a session",
    status_code=204,
    responses=refusals(NotFound, NotAllowed),
)
async def revoke_session(session_id: FromPath[UUID], call: NamedDependency[Call]) -> None:
    """End a session: its very next request is refused."""
    await call.read(lambda tx: service.revoke(tx, session_id))


@get(
    "/v1/me",
    opt=may("account:read"),
    operation_id="me",
    tags=["access"],
    summary="Who am I, and what may I do?",
)
async def me(call: NamedDependency[Call]) -> Me:
    """Who is asking, for which school, in which role, and what that allows."""
    return await call.read(account.show_me)


@post(
    "/v1/me/password",
    opt=may("account:secure"),
    operation_id="changePassword",
    tags=["access"],
    summary="Change one's own password",
    status_code=204,
    responses=refusals(account.WrongPassword, account.NoPassword, WeakPassword, TooManyAttempts),
)
async def change_password(
    data: JSONBody[ChangePassword], gate: NamedDependency[Gate], call: NamedDependency[Call]
) -> None:
    """Set one's own password; every other session of the person ends."""
    person = await call.read(account.whose_password)
    changed = await account.check_and_hash(
        gate, call.actor, person, data, address_of(call.request), call.request_id
    )
    await call.read(lambda tx: account.change_password(tx, changed))


@post(
    "/v1/people/initial-passwords",
    opt=may("person:manage"),
    operation_id="setInitialPasswords",
    tags=["access"],
    summary="Make one-time passwords for people",
    responses=refusals(account.PeopleNotYours, NotAllowed),
)
async def set_initial_passwords(
    data: JSONBody[InitialPasswords], call: NamedDependency[Call]
) -> Response[InitialPasswordsMade]:
    """One-time passwords, shown this once; they must be changed at the first sign-in.

    All or nothing. Sessions of these people end. With an Idempotency-Key a repeated call answers
    for whom, without the passwords.
    """
    people = await call.read(lambda tx: account.choose_people(tx, data))
    made = await account.make_initial_passwords(list(people))
    return await call.once(
        lambda tx: account.set_initial_passwords(tx, people, made), keep=account.without_secrets
    )


ROUTES = [
    sign_in,
    refresh,
    list_sessions,
    revoke_session,
    me,
    change_password,
    set_initial_passwords,
]
