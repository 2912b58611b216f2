"""Who a connected system is: by its secret, or by what its private key signed.

Errors here are OAuth's own, not problem documents: libraries that ask for tokens know only those.
"""

import hmac
from base64 import b64decode
from urllib.parse import unquote_plus
from uuid import UUID

import msgspec

from schoolgroup.access.clients import queries
from schoolgroup.access.clients.keys import (
    ASSERTION_TYPE,
    AssertionRefused,
    read_assertion,
    subject_of,
)
from schoolgroup.access.sessions.gate import Gate, token_hash
from schoolgroup.kernel import journal
from schoolgroup.kernel.context import ActorKind, system_actor
from schoolgroup.kernel.db import Tx

METHODS = ("client_secret_basic", "client_secret_post", "private_key_jwt")
TOKEN = "session:open"


class OAuthRefused(Exception):
    """A refusal in OAuth's own form (RFC 6749 section 5.2)."""

    def __init__(self, error: str, description: str, status: int = 400) -> None:
        super().__init__(description)
        self.error = error
        self.description = description
        self.status = status


class ClientForm(msgspec.Struct, frozen=True, kw_only=True):
    """What of a form says who asks; the rest that is not known here is ignored (RFC 6749)."""

    client_id: str | None = None
    client_secret: str | None = None
    client_assertion_type: str | None = None
    client_assertion: str | None = None


class Credentials(msgspec.Struct, frozen=True):
    """Who a connected system says it is, and by what: a secret, or an assertion to one of us."""

    client_id: UUID
    secret: str = ""
    assertion: str = ""
    audiences: frozenset[str] = frozenset()


def read_credentials(
    authorization: str | None, form: ClientForm, audiences: frozenset[str] = frozenset()
) -> Credentials:
    """From the Authorization header or the form, one way only (RFC 6749 section 2.3).

    `audiences`: what an assertion may name us by.
    """
    ways = (authorization is not None, form.client_secret is not None, bool(form.client_assertion))
    if sum(ways) > 1:
        raise OAuthRefused("invalid_request", "use one way of authentication, not two")
    name, secret = form.client_id or "", form.client_secret or ""
    if form.client_assertion:
        if form.client_assertion_type != ASSERTION_TYPE:
            raise OAuthRefused("invalid_request", f"client_assertion_type must be {ASSERTION_TYPE}")
        subject = subject_of(form.client_assertion)
        if subject is None or form.client_id not in (None, str(subject)):
            raise unknown()
        return Credentials(subject, assertion=form.client_assertion, audiences=audiences)
    if authorization is not None:
        scheme, _, value = authorization.partition(" ")
        try:
            name, found, secret = b64decode(value, validate=True).decode().partition(":")
        except ValueError:
            found = name = secret = ""
        if scheme.lower() != "basic" or not found:
            raise unknown()
        name, secret = unquote_plus(name), unquote_plus(secret)
    try:
        return Credentials(UUID(name), secret)
    except ValueError as wrong:
        raise unknown() from wrong


async def group_of(gate: Gate, client_id: UUID) -> UUID:
    """The group of a connected system; raises OAuthRefused where there is no such system."""

    async def find(tx: Tx) -> UUID | None:
        return await queries.find_group_of_client(tx, client_id)

    group_id = await gate.db.run(system_actor(None), find)
    if group_id is None:
        raise unknown()
    return group_id


async def known(tx: Tx, credentials: Credentials) -> queries.SecretsRow | None:
    """The system whose credentials these are; None where they are not right.

    Raises OAuthRefused with the reason where an assertion's signature is right and its claims are
    not: who holds the key may know. A secret is refused where the system uses keys alone.
    """
    client = await queries.get_secrets(tx, credentials.client_id)
    if client is None or client.suspended:
        return None
    if credentials.assertion:
        return client if await _signed(tx, client, credentials) else None
    given = token_hash(credentials.secret)
    right = False
    for kept in (client.secret_sha256, client.previous_sha256):
        right |= kept is not None and hmac.compare_digest(given, kept)
    return client if right else None


async def _signed(tx: Tx, client: queries.SecretsRow, credentials: Credentials) -> bool:
    keys = await queries.list_keys_in_force(tx, client.id)
    if not keys:
        return False
    try:
        said = read_assertion(
            credentials.assertion, keys, client.id, set(credentials.audiences), tx.now
        )
    except AssertionRefused as refused:
        raise OAuthRefused("invalid_client", str(refused), 401) from refused
    if not await queries.use_assertion(tx, client.id, token_hash(said.jti), said.until_at):
        raise OAuthRefused("invalid_client", "this jti was used before", 401)
    return True


async def enter(tx: Tx, client: queries.SecretsRow, act: str, thing: str) -> None:
    """Enter in the audit trail what a connected system did, as its own."""
    actor = msgspec.structs.replace(
        tx.actor, kind=ActorKind.CLIENT, client_id=client.id, school_id=client.school_id
    )
    await journal.enter(tx.in_name_of(actor), act, thing, "done", {})


async def enter_failure(gate: Gate, group_id: UUID, client_id: UUID, request_id: str) -> None:
    """Enter a failure, while there are few: a secret cannot be guessed, a trail can be flooded."""

    async def note(tx: Tx) -> None:
        client = await queries.get_secrets(tx, client_id)
        if client is not None and await gate.is_news(tx, f"client {client.id}"):
            actor = msgspec.structs.replace(tx.actor, school_id=client.school_id)
            detail = {"code": "invalid_client"}
            await journal.enter(
                tx.in_name_of(actor), TOKEN, f"client/{client.id}", "denied", detail
            )

    await gate.db.run(system_actor(group_id), note, request_id)


def unknown() -> OAuthRefused:
    """Nobody is known by these credentials."""
    return OAuthRefused("invalid_client", "no client is known by these credentials", 401)
