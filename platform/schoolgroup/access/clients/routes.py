"""Connected systems over HTTP."""

from uuid import UUID

from litestar import Response, delete, get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from schoolgroup.access.clients import service
from schoolgroup.access.clients.keys import UselessKey
from schoolgroup.access.clients.models import (
    Client,
    ClientChange,
    ClientWish,
    KeyWish,
    LimitWish,
    Rotation,
)
from schoolgroup.access.clients.rules import UselessScope
from schoolgroup.access.decisions import NotAllowed
from schoolgroup.kernel.errors import NotFound, StaleVersion, VersionRequired
from schoolgroup.kernel.http import LIMIT, Call, Cursor, Limit, may, refusals
from schoolgroup.kernel.paging import Page
from schoolgroup.kernel.transitions import WrongState

MANAGE = may("client:manage")
ONE = "/v1/clients/{client_id:uuid}"


@get(
    "/v1/clients",
    opt=MANAGE,
    operation_id="listClients",
    tags=["access"],
    summary="Connected systems",
    responses=refusals(NotAllowed),
)
async def list_clients(
    call: NamedDependency[Call], limit: Limit = LIMIT, cursor: Cursor = None
) -> Response[Page[Client]]:
    """The connected systems of the own school, or of the whole group, newest first."""
    return await call.page(
        "clients",
        limit,
        cursor,
        lambda tx, page: service.list_clients(tx, page),
        key_of=lambda client: [client.id],
    )


@post(
    "/v1/clients",
    opt=MANAGE,
    operation_id="connectClient",
    tags=["access"],
    summary="Connect a system",
    responses=refusals(NotAllowed, UselessScope, service.UnknownSchool, service.ClientNameTaken),
)
async def connect(data: JSONBody[ClientWish], call: NamedDependency[Call]) -> Response[Client]:
    """Connect a system of a school or of the office. Its secret is shown this once.

    A call repeated with its Idempotency-Key answers without the secret.
    """
    return await call.once(
        lambda tx: service.connect(tx, data),
        location=lambda client: f"/v1/clients/{client.id}",
        keep=service.without_secret,
    )


@get(
    ONE,
    opt=MANAGE,
    operation_id="getClient",
    tags=["access"],
    summary="A connected system",
    responses=refusals(NotFound),
)
async def get_client(client_id: FromPath[UUID], call: NamedDependency[Call]) -> Response[Client]:
    """One connected system, without its secret."""
    return await call.item(lambda tx: service.get_client(tx, client_id))


@patch(
    ONE,
    opt=MANAGE,
    operation_id="changeClient",
    tags=["access"],
    summary="Rename a connected system or change its scopes",
    responses=refusals(
        NotFound,
        UselessScope,
        service.ClientNameTaken,
        service.NoKey,
        StaleVersion,
        VersionRequired,
    ),
)
async def change_client(
    client_id: FromPath[UUID], data: JSONBody[ClientChange], call: NamedDependency[Call]
) -> Response[Client]:
    """Change name or scopes. Tokens given out under other scopes end at once."""
    return await call.change(lambda tx, version: service.change(tx, client_id, data, version))


@post(
    f"{ONE}/suspend",
    opt=MANAGE,
    operation_id="suspendClient",
    tags=["access"],
    summary="Shut a connected system out",
    status_code=200,
    responses=refusals(NotFound, WrongState),
)
async def suspend(client_id: FromPath[UUID], call: NamedDependency[Call]) -> Response[Client]:
    """Shut it out: its very next request is refused."""
    return await call.once(lambda tx: service.step(tx, client_id, "suspend"), status=200)


@post(
    f"{ONE}/resume",
    opt=MANAGE,
    operation_id="resumeClient",
    tags=["access"],
    summary="Let a connected system in again",
    status_code=200,
    responses=refusals(NotFound, WrongState),
)
async def resume(client_id: FromPath[UUID], call: NamedDependency[Call]) -> Response[Client]:
    """Let it in again; it needs a new token."""
    return await call.once(lambda tx: service.step(tx, client_id, "resume"), status=200)


@post(
    f"{ONE}/rotate-secret",
    opt=MANAGE,
    operation_id="rotateClientSecret",
    tags=["access"],
    summary="Give a new secret",
    status_code=200,
    responses=refusals(NotFound, service.KeysAlone),
)
async def rotate_secret(
    client_id: FromPath[UUID], data: JSONBody[Rotation], call: NamedDependency[Call]
) -> Response[Client]:
    """A new secret, shown this once; the old one still works for `overlap_s` seconds.

    A call repeated with its Idempotency-Key answers without the secret.
    """
    return await call.once(
        lambda tx: service.rotate_secret(tx, client_id, data),
        status=200,
        keep=service.without_secret,
    )


@post(
    f"{ONE}/keys",
    opt=MANAGE,
    operation_id="addClientKey",
    tags=["access"],
    summary="Register a public key",
    responses=refusals(NotFound, UselessKey, service.KeyNameTaken, service.TooManyKeys),
)
async def add_key(
    client_id: FromPath[UUID], data: JSONBody[KeyWish], call: NamedDependency[Call]
) -> Response[Client]:
    """Know the system by what its private key signs (private_key_jwt).

    With `overlap_s` the keys there were end after as long; the answer shows when each ends.
    """
    return await call.once(
        lambda tx: service.add_key(tx, client_id, data),
        location=lambda client: f"/v1/clients/{client.id}",
    )


@delete(
    f"{ONE}/keys/{{key_id:uuid}}",
    opt=MANAGE,
    operation_id="removeClientKey",
    tags=["access"],
    summary="Take a public key away",
    status_code=204,
    responses=refusals(NotFound, service.NoKey, StaleVersion, VersionRequired),
)
async def remove_key(
    client_id: FromPath[UUID], key_id: FromPath[UUID], call: NamedDependency[Call]
) -> None:
    """What it signs opens nothing from now on. If-Match names the system's version."""
    version = call.expected_version()
    await call.read(lambda tx: service.remove_key(tx, client_id, key_id, version))


@post(
    f"{ONE}/limit",
    opt=may("client:limit"),
    operation_id="limitClient",
    tags=["access"],
    summary="Set how fast a connected system may go",
    status_code=200,
    responses=refusals(NotFound, NotAllowed),
)
async def limit(
    client_id: FromPath[UUID], data: JSONBody[LimitWish], call: NamedDependency[Call]
) -> Response[Client]:
    """Requests a minute, of each kind; felt with its next token, within ten minutes."""
    return await call.once(lambda tx: service.limit(tx, client_id, data), status=200)


@delete(
    ONE,
    opt=MANAGE,
    operation_id="disconnectClient",
    tags=["access"],
    summary="Disconnect a system for good",
    status_code=204,
    responses=refusals(NotFound, StaleVersion, VersionRequired),
)
async def disconnect(client_id: FromPath[UUID], call: NamedDependency[Call]) -> None:
    """Remove it; its sessions end with it."""
    version = call.expected_version()
    await call.read(lambda tx: service.disconnect(tx, client_id, version))


ROUTES = [
    list_clients,
    connect,
    get_client,
    change_client,
    suspend,
    resume,
    rotate_secret,
    add_key,
    remove_key,
    limit,
    disconnect,
]
