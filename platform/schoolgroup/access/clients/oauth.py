"""OAuth 2.0 for connected systems: tokens (RFC 6749), taking them back (RFC 7009), and asking
what stands behind one (RFC 7662)."""

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar
from uuid import UUID

import msgspec

from schoolgroup.access.clients import queries
from schoolgroup.access.clients.credentials import (
    METHODS,
    TOKEN,
    ClientForm,
    Credentials,
    OAuthRefused,
    enter,
    enter_failure,
    group_of,
    known,
    unknown,
)
from schoolgroup.access.clients.keys import ALGORITHMS
from schoolgroup.access.queries import load_actor
from schoolgroup.access.sessions.gate import Gate
from schoolgroup.access.tokens import AUDIENCE, Claims, TokenRefused
from schoolgroup.kernel.context import system_actor
from schoolgroup.kernel.db import Tx
from schoolgroup.kernel.ids import new_id

T = TypeVar("T")
GRANT = "client_credentials"
REVOKED = "session:revoke"


class TokenForm(ClientForm, frozen=True, kw_only=True):
    """The form of a token request."""

    grant_type: str | None = None
    scope: str | None = None


class TokenNamed(ClientForm, frozen=True, kw_only=True):
    """The form of a revocation (RFC 7009 section 2.1) and of an introspection (RFC 7662)."""

    token: str | None = None
    token_type_hint: str | None = None


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


class Introspected(msgspec.Struct, frozen=True, omit_defaults=True):
    """What stands behind a token (RFC 7662 section 2.2); of one that does not stand, nothing.

    Beside the standard's members: `role` and `tier` in which the subject acts, and its school.
    Never a name.
    """

    active: bool
    scope: str | None = None
    client_id: str | None = None
    token_type: str | None = None
    exp: int | None = None
    sub: str | None = None
    aud: str | None = None
    iss: str | None = None
    sid: str | None = None
    role: str | None = None
    tier: str | None = None
    school_id: UUID | None = None


async def give_token(
    gate: Gate, credentials: Credentials, form: TokenForm, request_id: str
) -> TokenGiven:
    """A token for a connected system's own credentials; raises OAuthRefused."""
    if not form.grant_type:
        raise OAuthRefused("invalid_request", "grant_type is missing")
    if form.grant_type != GRANT:
        raise OAuthRefused("unsupported_grant_type", f"only {GRANT} is given here")
    await gate.authenticator.keep_keys_fresh()

    async def give(tx: Tx, client: queries.SecretsRow) -> TokenGiven:
        asked = form.scope.split(" ") if form.scope else client.scopes
        if not set(asked) <= set(client.scopes):
            raise OAuthRefused("invalid_scope", "the client was not given all of these scopes")
        scopes = sorted(set(asked))
        session_id = new_id()
        until = tx.now + gate.token_life
        await queries.insert_client_session(tx, session_id, client, scopes, until)
        if await load_actor(tx, tx.group_id, session_id) is None:
            raise OAuthRefused("unauthorized_client", "its school is not in the group today")
        await enter(tx, client, TOKEN, f"session/{session_id}")
        return TokenGiven(
            access_token=gate.authenticator.write_token(
                session_id, tx.group_id, f"client:{client.id}", str(client.id)
            ),
            token_type="Bearer",
            expires_in=gate.authenticator.access_token_s,
            scope=" ".join(scopes),
        )

    return await _as_client(gate, credentials, give, request_id)


async def revoke_token(
    gate: Gate, credentials: Credentials, form: TokenNamed, request_id: str
) -> None:
    """End the session behind a token of this client; any other token is left alone, in silence."""
    token = _token_of(form)

    async def revoke(tx: Tx, client: queries.SecretsRow) -> None:
        try:
            session_id = gate.authenticator.claims_of(token).session_id
        except TokenRefused:
            return  # not a token that stands: nothing to take back (RFC 7009 section 2.2)
        if await queries.revoke_client_session(tx, session_id, client.id):
            await enter(tx, client, REVOKED, f"session/{session_id}")

    await _as_client(gate, credentials, revoke, request_id)


async def introspect(
    gate: Gate,
    credentials: Credentials,
    form: TokenNamed,
    request_id: str,
    count: Callable[[UUID, queries.SecretsRow], None],
) -> Introspected:
    """What stands behind a token at this instant: the session is looked at, not only the token.

    A token of another group is answered like junk. Who carries a token could as well use it, so a
    client learns here of any token of its own group. `count` may refuse who asks too much: it is
    told of each client by its group, once its credentials are known to be right.
    """
    token = _token_of(form)

    async def look(tx: Tx, client: queries.SecretsRow) -> Introspected:
        count(tx.group_id, client)
        try:
            claims = gate.authenticator.claims_of(token)
        except TokenRefused:
            return Introspected(active=False)
        if claims.group_id != tx.group_id:
            return Introspected(active=False)
        row = await load_actor(tx, tx.group_id, claims.session_id)
        return Introspected(active=False) if row is None else _shown(gate, claims, row.actor())

    return await _as_client(gate, credentials, look, request_id)


def metadata(issuer: str, scopes: list[str]) -> dict[str, Any]:
    """What a library may read of this server (RFC 8414)."""
    shown: dict[str, Any] = {
        "issuer": issuer,
        "token_endpoint": f"{issuer}/oauth/token",
        "revocation_endpoint": f"{issuer}/oauth/revoke",
        "introspection_endpoint": f"{issuer}/oauth/introspect",
        "jwks_uri": f"{issuer}/.well-known/jwks.json",
        "scopes_supported": scopes,
        "response_types_supported": [],
        "grant_types_supported": [GRANT],
        "service_documentation": f"{issuer}/docs",
    }
    for endpoint in ("token", "revocation", "introspection"):
        shown[f"{endpoint}_endpoint_auth_methods_supported"] = list(METHODS)
        shown[f"{endpoint}_endpoint_auth_signing_alg_values_supported"] = list(ALGORITHMS)
    return shown


def audiences_of(issuer: str, path: str) -> frozenset[str]:
    """What an assertion may name us by: the issuer, the token endpoint, or where it was sent."""
    return frozenset({issuer, f"{issuer}/oauth/token", f"{issuer}{path}"})


async def _as_client(
    gate: Gate,
    credentials: Credentials,
    work: Callable[[Tx, queries.SecretsRow], Awaitable[T]],
    request_id: str,
) -> T:
    """Run `work` for whom the credentials are; a failure is entered in the audit trail."""
    group_id = await group_of(gate, credentials.client_id)

    async def carry_out(tx: Tx) -> tuple[T] | None:
        client = await known(tx, credentials)
        return None if client is None else (await work(tx, client),)

    try:
        done = await gate.db.run(system_actor(group_id), carry_out, request_id)
        if done is None:
            raise unknown()
    except OAuthRefused as refused:
        if refused.error == "invalid_client":
            await enter_failure(gate, group_id, credentials.client_id, request_id)
        raise
    return done[0]


def _token_of(form: TokenNamed) -> str:
    if not form.token:
        raise OAuthRefused("invalid_request", "token is missing")
    return form.token


def _shown(gate: Gate, claims: Claims, actor: Any) -> Introspected:
    return Introspected(
        active=True,
        scope=None if actor.scopes is None else " ".join(sorted(actor.scopes)),
        client_id=claims.client_id,
        token_type="Bearer",
        exp=int(claims.expires_at.timestamp()),
        sub=claims.subject,
        aud=AUDIENCE,
        iss=gate.authenticator.issuer,
        sid=str(claims.session_id),
        role=actor.role,
        tier=actor.tier,
        school_id=actor.school_id,
    )
