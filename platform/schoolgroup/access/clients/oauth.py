"""OAuth 2.0 for connected systems: tokens for credentials (RFC 6749), and taking them back.

Errors here are OAuth's own, not problem documents: libraries that ask for tokens know only those.
"""

import hmac
from base64 import b64decode
from typing import Any
from urllib.parse import unquote_plus
from uuid import UUID

import msgspec

from schoolgroup.access.clients import queries
from schoolgroup.access.queries import load_actor
from schoolgroup.access.sessions.gate import Gate, token_hash
from schoolgroup.access.tokens import TokenRefused
from schoolgroup.kernel import journal
from schoolgroup.kernel.context import ActorKind, system_actor
from schoolgroup.kernel.db import Tx
from schoolgroup.kernel.ids import new_id

GRANT = "client_credentials"
TOKEN, REVOKED = "session:open", "session:revoke"


class OAuthRefused(Exception):
    """A refusal in OAuth's own form (RFC 6749 section 5.2)."""

    def __init__(self, error: str, description: str, status: int = 400) -> None:
        super().__init__(description)
        self.error = error
        self.description = description
        self.status = status


class TokenForm(msgspec.Struct, frozen=True):
    """The form of a token request; what is not known here is ignored (RFC 6749 section 3.2)."""

    grant_type: str | None = None
    scope: str | None = None
    client_id: str | None = None
    client_secret: str | None = None


class RevokeForm(msgspec.Struct, frozen=True):
    """The form of a revocation (RFC 7009 section 2.1)."""

    token: str | None = None
    token_type_hint: str | None = None
    client_id: str | None = None
    client_secret: str | None = None


class TokenGiven(msgspec.Struct, frozen=True):
    """An access token. `expires_in` is its life, seconds; `scope` what it was given."""

    access_token: str
    token_type: str
    expires_in: int
    scope: str


class OAuthError(msgspec.Struct, frozen=True):
    """What went wrong, as RFC 6749 section 5.2 spells it."""

    error: str
    error_description: str


class Credentials(msgspec.Struct, frozen=True):
    """Who a connected system says it is."""

    client_id: UUID
    secret: str


def read_credentials(
    authorization: str | None, form_id: str | None, form_secret: str | None
) -> Credentials:
    """From the Authorization header or the form, never both (RFC 6749 section 2.3.1)."""
    if authorization is not None and form_secret is not None:
        raise OAuthRefused("invalid_request", "use one way of authentication, not two")
    if authorization is not None:
        scheme, _, value = authorization.partition(" ")
        try:
            name, found, secret = b64decode(value, validate=True).decode().partition(":")
        except ValueError:
            found = name = secret = ""
        if scheme.lower() != "basic" or not found:
            raise _unknown()
        form_id, form_secret = unquote_plus(name), unquote_plus(secret)
    try:
        return Credentials(UUID(form_id or ""), form_secret or "")
    except ValueError as wrong:
        raise _unknown() from wrong


async def give_token(
    gate: Gate, credentials: Credentials, form: TokenForm, request_id: str
) -> TokenGiven:
    """A token for a connected system's own credentials; raises OAuthRefused."""
    if not form.grant_type:
        raise OAuthRefused("invalid_request", "grant_type is missing")
    if form.grant_type != GRANT:
        raise OAuthRefused("unsupported_grant_type", f"only {GRANT} is given here")
    group_id = await _group_of(gate, credentials.client_id)

    async def give(tx: Tx) -> TokenGiven | None:
        client = await _known(tx, credentials)
        if client is None:
            return None
        asked = form.scope.split(" ") if form.scope else client.scopes
        if not set(asked) <= set(client.scopes):
            raise OAuthRefused("invalid_scope", "the client was not given all of these scopes")
        scopes = sorted(set(asked))
        session_id = new_id()
        until = tx.now + gate.token_life
        await queries.insert_client_session(tx, session_id, client, scopes, until)
        if await load_actor(tx, group_id, session_id) is None:
            raise OAuthRefused("unauthorized_client", "its school is not in the group today")
        await _enter(tx, client, TOKEN, f"session/{session_id}")
        return TokenGiven(
            access_token=gate.authenticator.write_token(
                session_id, group_id, f"client:{client.id}", str(client.id)
            ),
            token_type="Bearer",
            expires_in=gate.authenticator.access_token_s,
            scope=" ".join(scopes),
        )

    given = await gate.db.run(system_actor(group_id), give, request_id)
    if given is None:
        await _enter_failure(gate, group_id, credentials, request_id)
        raise _unknown()
    return given


async def revoke_token(
    gate: Gate, credentials: Credentials, form: RevokeForm, request_id: str
) -> None:
    """End the session behind a token of this client; any other token is left alone, in silence."""
    if not form.token:
        raise OAuthRefused("invalid_request", "token is missing")
    token = form.token
    group_id = await _group_of(gate, credentials.client_id)

    async def revoke(tx: Tx) -> bool:
        client = await _known(tx, credentials)
        if client is None:
            return False
        try:
            session_id = gate.authenticator.session_of(token)
        except TokenRefused:
            return True  # not a token that stands: nothing to take back (RFC 7009 section 2.2)
        if await queries.revoke_client_session(tx, session_id, client.id):
            await _enter(tx, client, REVOKED, f"session/{session_id}")
        return True

    if not await gate.db.run(system_actor(group_id), revoke, request_id):
        await _enter_failure(gate, group_id, credentials, request_id)
        raise _unknown()


def metadata(issuer: str, scopes: list[str]) -> dict[str, Any]:
    """What a library may read of this server (RFC 8414)."""
    return {
        "issuer": issuer,
        "token_endpoint": f"{issuer}/oauth/token",
        "revocation_endpoint": f"{issuer}/oauth/revoke",
        "jwks_uri": f"{issuer}/.well-known/jwks.json",
        "scopes_supported": scopes,
        "response_types_supported": [],
        "grant_types_supported": [GRANT],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
        "revocation_endpoint_auth_methods_supported": [
            "client_secret_basic",
            "client_secret_post",
        ],
        "service_documentation": f"{issuer}/docs",
    }


async def _group_of(gate: Gate, client_id: UUID) -> UUID:
    async def find(tx: Tx) -> UUID | None:
        return await queries.find_group_of_client(tx, client_id)

    group_id = await gate.db.run(system_actor(None), find)
    if group_id is None:
        raise _unknown()
    return group_id


async def _known(tx: Tx, credentials: Credentials) -> queries.SecretsRow | None:
    client = await queries.get_secrets(tx, credentials.client_id)
    if client is None or client.suspended:
        return None
    given = token_hash(credentials.secret)
    right = hmac.compare_digest(given, client.secret_sha256)
    previous = client.previous_sha256
    right |= previous is not None and hmac.compare_digest(given, previous)
    return client if right else None


async def _enter(tx: Tx, client: queries.SecretsRow, act: str, thing: str) -> None:
    actor = msgspec.structs.replace(
        tx.actor, kind=ActorKind.CLIENT, client_id=client.id, school_id=client.school_id
    )
    await journal.enter(tx.in_name_of(actor), act, thing, "done", {})


async def _enter_failure(
    gate: Gate, group_id: UUID, credentials: Credentials, request_id: str
) -> None:
    """Enter a failure, while there are few: a secret cannot be guessed, a trail can be flooded."""

    async def enter(tx: Tx) -> None:
        client = await queries.get_secrets(tx, credentials.client_id)
        if client is not None and await gate.is_news(tx, f"client {client.id}"):
            actor = msgspec.structs.replace(tx.actor, school_id=client.school_id)
            detail = {"code": "invalid_client"}
            await journal.enter(
                tx.in_name_of(actor), TOKEN, f"client/{client.id}", "denied", detail
            )

    await gate.db.run(system_actor(group_id), enter, request_id)


def _unknown() -> OAuthRefused:
    return OAuthRefused("invalid_client", "no client is known by these credentials", 401)
