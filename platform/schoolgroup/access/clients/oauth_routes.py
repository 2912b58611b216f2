"""The addresses where OAuth libraries look."""

from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.exceptions import HTTPException
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import URLEncodedBody

from schoolgroup.access.clients import oauth
from schoolgroup.access.clients.oauth import OAuthError, OAuthRefused, RevokeForm, TokenForm
from schoolgroup.access.sessions.gate import Gate
from schoolgroup.kernel.http import PUBLIC, request_id_of

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
    """`client_credentials` by `client_secret_basic` or `client_secret_post` (RFC 6749 section 4.4).

    The answer echoes the scope that was given.
    """
    credentials = oauth.read_credentials(
        request.headers.get("authorization"), data.client_id, data.client_secret
    )
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
    data: URLEncodedBody[RevokeForm],
    gate: NamedDependency[Gate],
    request: "Request[Any, Any, Any]",
) -> Response[None]:
    """End the session behind one of the client's own tokens (RFC 7009); unknown ones are fine."""
    credentials = oauth.read_credentials(
        request.headers.get("authorization"), data.client_id, data.client_secret
    )
    await oauth.revoke_token(gate, credentials, data, request_id_of(request))
    return Response(None, status_code=200, headers=NEVER_STORED)


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
    issuer = gate.public_url or str(request.base_url).rstrip("/")
    return oauth.metadata(issuer, gate.scopes())


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


ROUTES = [token, revoke, oauth_metadata, jwks]
