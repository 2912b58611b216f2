"""The addresses where OAuth libraries look."""

from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.exceptions import HTTPException
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import URLEncodedBody

from schoolgroup.access.clients import oauth
from schoolgroup.access.clients.credentials import (
    ClientForm,
    Credentials,
    OAuthRefused,
    read_credentials,
)
from schoolgroup.access.clients.oauth import OAuthError, TokenForm, TokenNamed
from schoolgroup.access.clients.queries import SecretsRow
from schoolgroup.access.sessions.gate import Gate
from schoolgroup.kernel.http import PUBLIC, request_id_of
from schoolgroup.kernel.pace import OWN, READ, Paces, visitor

NEVER_STORED = {"Cache-Control": "no-store", "Pragma": "no-cache"}
ERRORS = {
    status: ResponseSpec(data_container=OAuthError, description=text, generate_examples=False)
    for status, text in (
        (400, "`invalid_request`, `invalid_scope`, `unsupported_grant_type` or"
              " `unauthorized_client` (RFC 6749 section 5.2)"),
        (401, "`invalid_client`"),
    )
}  # fmt: skip


def answer_oauth(_: "Request[Any, Any, Any]", refused: OAuthRefused) -> Response[OAuthError]:
    """A refusal in OAuth's own form."""
    headers = dict(NEVER_STORED)
    if refused.status == 401:
        headers["WWW-Authenticate"] = 'Basic realm="schoolgroup"'
    body = OAuthError(refused.error, refused.description)
    return Response(
        body, status_code=refused.status, headers=headers, media_type="application/json"
    )


def answer_unreadable(
    request: "Request[Any, Any, Any]", error: HTTPException
) -> Response[OAuthError]:
    """A form that cannot be read: twice the same parameter, say."""
    description = "the form cannot be read" if error.status_code < 500 else "not available"
    code = "invalid_request" if error.status_code < 500 else "server_error"
    return answer_oauth(request, OAuthRefused(code, description))


def issuer_of(request: "Request[Any, Any, Any]", gate: Gate) -> str:
    """Our own address: as set, else as we were asked."""
    return gate.public_url or str(request.base_url).rstrip("/")


def credentials_of(request: "Request[Any, Any, Any]", gate: Gate, form: ClientForm) -> Credentials:
    """Who asks, as the header or the form says; raises OAuthRefused."""
    audiences = oauth.audiences_of(issuer_of(request, gate), request.url.path)
    return read_credentials(request.headers.get("authorization"), form, audiences)


@post(
    "/oauth/token",
    opt=PUBLIC,
    operation_id="giveToken",
    tags=["access"],
    summary="A token for a connected system",
    status_code=200,
    security=[{}],
    responses=ERRORS,
    exception_handlers={OAuthRefused: answer_oauth, HTTPException: answer_unreadable},
)
async def token(
    data: URLEncodedBody[TokenForm],
    gate: NamedDependency[Gate],
    request: "Request[Any, Any, Any]",
) -> Response[oauth.TokenGiven]:
    """`client_credentials` (RFC 6749 section 4.4) by `client_secret_basic`, `client_secret_post`
    or `private_key_jwt` (RFC 7523).

    The answer echoes the scope that was given.
    """
    credentials = credentials_of(request, gate, data)
    given = await oauth.give_token(gate, credentials, data, request_id_of(request))
    return Response(given, status_code=200, headers=NEVER_STORED)


@post(
    "/oauth/revoke",
    opt=PUBLIC,
    operation_id="revokeToken",
    tags=["access"],
    summary="Take a connected system's token back",
    status_code=200,
    security=[{}],
    responses=ERRORS,
    exception_handlers={OAuthRefused: answer_oauth, HTTPException: answer_unreadable},
)
async def revoke(
    data: URLEncodedBody[TokenNamed],
    gate: NamedDependency[Gate],
    request: "Request[Any, Any, Any]",
) -> Response[None]:
    """End the session behind one of the client's own tokens (RFC 7009); unknown ones are fine."""
    credentials = credentials_of(request, gate, data)
    await oauth.revoke_token(gate, credentials, data, request_id_of(request))
    return Response(None, status_code=200, headers=NEVER_STORED)


@post(
    "/oauth/introspect",
    opt={**PUBLIC, "pace": OWN},
    operation_id="introspectToken",
    tags=["access"],
    summary="What stands behind a token?",
    status_code=200,
    security=[{}],
    responses=ERRORS,
    exception_handlers={OAuthRefused: answer_oauth, HTTPException: answer_unreadable},
)
async def introspect(
    data: URLEncodedBody[TokenNamed],
    gate: NamedDependency[Gate],
    request: "Request[Any, Any, Any]",
) -> Response[oauth.Introspected]:
    """Whether an access token of the client's own group stands now, and for whom (RFC 7662).

    For systems that take our tokens and must feel a revocation at once; who can wait for the end
    of a token verifies it with the published keys instead. A client is counted as a reader, by its
    own quota; wrong credentials by their address.
    """
    paces: Paces = request.app.state.paces
    stranger = visitor(request.scope)
    if paces.look(*stranger).left == 0:
        paces.count(request.scope, stranger)  # refuses

    def count(group_id: UUID, client: SecretsRow) -> None:
        quota = paces.quota_of(client.requests_per_minute, READ)
        paces.count(request.scope, (group_id, f"client:{client.id}", READ, quota))

    try:
        credentials = credentials_of(request, gate, data)
        shown = await oauth.introspect(gate, credentials, data, request_id_of(request), count)
    except OAuthRefused:
        paces.count(request.scope, stranger)
        raise
    return Response(shown, status_code=200, headers=NEVER_STORED)


@get(
    "/.well-known/oauth-authorization-server",
    opt=PUBLIC,
    operation_id="oauthMetadata",
    tags=["access"],
    summary="What OAuth libraries may know (RFC 8414)",
    security=[{}],
)
async def oauth_metadata(
    gate: NamedDependency[Gate], request: "Request[Any, Any, Any]"
) -> dict[str, Any]:
    """Where tokens are given and by what they are checked."""
    return oauth.metadata(issuer_of(request, gate), gate.scopes())


@get(
    "/.well-known/jwks.json",
    opt=PUBLIC,
    operation_id="jwks",
    tags=["access"],
    summary="The public keys of access tokens (RFC 7517)",
    security=[{}],
)
async def jwks(gate: NamedDependency[Gate]) -> Response[dict[str, list[dict[str, str]]]]:
    """The public halves of the keys that sign our tokens."""
    keys = {"keys": gate.authenticator.public_keys()}
    return Response(keys, headers={"Cache-Control": "public, max-age=300"})


ROUTES = [token, revoke, introspect, oauth_metadata, jwks]
