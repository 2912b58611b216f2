"""The group's own sign-in over HTTP."""

from typing import Any
from uuid import UUID

from litestar import Request, Response, delete, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from schoolgroup.access.decisions import NotAllowed
from schoolgroup.access.identity import service
from schoolgroup.access.identity.models import Begin, Begun, Finish, Provider, ProviderWish
from schoolgroup.access.identity.providers import UselessIssuer
from schoolgroup.access.sessions.gate import Gate
from schoolgroup.access.sessions.models import SessionOpened
from schoolgroup.access.sessions.service import ChooseAppointment, NoAppointment
from schoolgroup.kernel.errors import NotFound, StaleVersion, Unavailable, VersionRequired
from schoolgroup.kernel.http import PUBLIC, Call, may, refusals, request_id_of

PATH = "/v1/identity-provider"
MANAGE = may("identity:manage")


@get(
    PATH,
    opt=MANAGE,
    operation_id="getIdentityProvider",
    tags=["access"],
    summary="Where the group's people sign in",
    responses=refusals(NotAllowed, service.NoProvider),
)
async def get_provider(call: NamedDependency[Call]) -> Response[Provider]:
    """The group's own provider, without its secret."""
    return await call.item(service.get_provider)


@put(
    PATH,
    opt=MANAGE,
    operation_id="setIdentityProvider",
    tags=["access"],
    summary="Set where the group's people sign in",
    responses=refusals(NotAllowed, UselessIssuer, StaleVersion, VersionRequired, Unavailable),
)
async def set_provider(
    data: JSONBody[ProviderWish], gate: NamedDependency[Gate], call: NamedDependency[Call]
) -> Response[Provider]:
    """Put a provider in force (If-Match: "0" for the first); passwords go on beside it.

    Its configuration is fetched at once: what cannot be reached is not put in force.
    """
    call.expected_version()
    await call.read(service.check_issuer)
    await gate.providers.document(data.issuer)
    return await call.change(lambda tx, version: service.set_provider(tx, gate, data, version))


@delete(
    PATH,
    opt=MANAGE,
    operation_id="removeIdentityProvider",
    tags=["access"],
    summary="Sign in by passwords alone",
    status_code=204,
    responses=refusals(NotAllowed, service.NoProvider, StaleVersion, VersionRequired),
)
async def remove_provider(call: NamedDependency[Call]) -> None:
    """Take the provider out of force; sessions that stand go on."""
    version = call.expected_version()
    await call.read(lambda tx: service.remove_provider(tx, version))


@delete(
    "/v1/people/{person_id:uuid}/identity",
    opt=may("person:manage"),
    operation_id="unlinkIdentity",
    tags=["access"],
    summary="Forget by which account a person signs in",
    status_code=204,
    responses=refusals(NotAllowed, NotFound),
)
async def unlink(person_id: FromPath[UUID], call: NamedDependency[Call]) -> None:
    """The next sign-in under the person's name links that account."""
    await call.read(lambda tx: service.unlink(tx, person_id))


@post(
    "/v1/sessions/identity",
    opt=PUBLIC,
    operation_id="beginIdentitySignIn",
    tags=["access"],
    summary="Begin to sign in at the group's provider",
    security=[{}],
    responses=refusals(service.NoProvider, service.RedirectUnknown, Unavailable),
)
async def begin(
    data: JSONBody[Begin], gate: NamedDependency[Gate], request: "Request[Any, Any, Any]"
) -> Response[Begun]:
    """An address of the provider to send the person to: authorization code with PKCE, state, nonce.

    Every call begins another sign-in: no Idempotency-Key.
    """
    return Response(await service.begin(gate, data, request_id_of(request)), status_code=201)


@post(
    "/v1/sessions/identity/finish",
    opt=PUBLIC,
    operation_id="finishIdentitySignIn",
    tags=["access"],
    summary="Sign in with what the provider sent back",
    security=[{}],
    responses=refusals(service.IdentityRefused, NoAppointment, ChooseAppointment, Unavailable),
)
async def finish(
    data: JSONBody[Finish], gate: NamedDependency[Gate], request: "Request[Any, Any, Any]"
) -> Response[SessionOpened]:
    """Open a session; where an appointment is to be chosen, repeat the call with it."""
    opened = await service.finish(gate, data, request_id_of(request))
    location = f"/v1/sessions/{opened.session_id}"
    return Response(opened, status_code=201, headers={"Location": location})


ROUTES = [get_provider, set_provider, remove_provider, unlink, begin, finish]
