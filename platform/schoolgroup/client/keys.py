"""Who a client is: ways to sign in, and the token that is renewed before and when it ends."""

import time
from base64 import b64encode
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager
from typing import Any, Protocol
from urllib.parse import quote, urlencode

import msgspec

from schoolgroup.client.errors import SignInNeeded

AHEAD_S = 30.0  # a token is renewed so long before its end
JSON = "application/json"


class Tokens(msgspec.Struct, frozen=True, kw_only=True):
    """The tokens of a session; `ends_at_s` is the access token's end, seconds since 1970."""

    access_token: str
    refresh_token: str | None = None
    ends_at_s: float | None = None
    session_id: str | None = None


class Password(msgspec.Struct, frozen=True, kw_only=True):
    """A person: username and password, the group's code where the server has several.

    `appointment_id` says in which appointment to act; needed by whoever has several.
    `new_password` is set by the sign-in and used from then on; a one-time password needs it.
    """

    username: str
    password: str
    group: str | None = None
    appointment_id: str | None = None
    new_password: str | None = None


class ClientCredentials(msgspec.Struct, frozen=True, kw_only=True):
    """A connected system: its id and secret (RFC 6749 section 4.4); `scope` None: all it has."""

    client_id: str
    client_secret: str
    scope: str | None = None


class Nobody(msgspec.Struct, frozen=True):
    """Not signed in: for what is open to everyone."""


Credentials = Password | ClientCredentials | Tokens | Nobody


class _Given(msgspec.Struct, frozen=True):
    access_token: str
    expires_in: float
    refresh_token: str | None = None
    session_id: str | None = None


class Ask(Protocol):
    """How a signer asks for a token: method, path, body, its type, and a header of its own."""

    def __call__(
        self, path: str, body: bytes, content_type: str, headers: dict[str, str]
    ) -> Generator[Any, Any, bytes]:
        """The body of the answer; raises Refused, Unreachable."""
        ...


class Shared(Protocol):
    """Where several processes keep the tokens of one session between them."""

    def alone(self) -> AbstractContextManager[None]:
        """Wait until no other process renews them, and let none until it is left."""
        ...

    def read(self) -> Tokens | None:
        """The tokens as they are kept now; None where somebody has signed out."""
        ...


class Signer:
    """Holds the tokens of one client. `renew` must run alone: a refresh token works once.

    `on_change` is told of every new set of tokens, to keep them. With `shared`, no other process
    that shares them renews at the same moment, and what another one renewed is taken over.
    """

    def __init__(
        self,
        credentials: Credentials,
        on_change: Callable[[Tokens], None] | None = None,
        shared: Shared | None = None,
    ) -> None:
        self.credentials = credentials
        self.tokens = credentials if isinstance(credentials, Tokens) else None
        self.on_change = on_change
        self.shared = shared
        self.ask: Ask | None = None
        self.block: Callable[[Callable[[], Any]], Any] | None = None

    @property
    def token(self) -> str | None:
        """The access token in use."""
        return self.tokens.access_token if self.tokens else None

    def due(self) -> bool:
        """Whether a token is to be had before the next request."""
        if isinstance(self.credentials, Nobody):
            return False
        if self.tokens is None:
            return True
        ends = self.tokens.ends_at_s
        return ends is not None and self._can_renew() and time.time() > ends - AHEAD_S

    def _can_renew(self) -> bool:
        return not isinstance(self.credentials, Tokens) or bool(
            self.tokens and self.tokens.refresh_token
        )

    def renew(self, stale: str | None) -> Generator[Any, Any, None]:
        """New tokens, unless somebody else has fetched them since `stale` was read.

        First by the refresh token; where that is over, by the credentials. Raises SignInNeeded.
        """
        if self.token != stale:
            return
        if self.shared is None:
            yield from self._renew()
            return
        assert self.block is not None
        alone = self.shared.alone()
        yield self.block(alone.__enter__)
        try:
            kept = self.shared.read()
            if kept is None:
                raise SignInNeeded(401, {"code": "unauthenticated", "title": "Signed out"})
            self.tokens = kept
            if kept.access_token == stale or self.due():
                yield from self._renew()
        finally:
            alone.__exit__(None, None, None)

    def _renew(self) -> Generator[Any, Any, None]:
        if self.tokens is not None and self.tokens.refresh_token is not None:
            body = msgspec.json.encode({"refresh_token": self.tokens.refresh_token})
            try:
                yield from self._take("/v1/sessions/refresh", body, JSON, {})
            except SignInNeeded:
                self.tokens = None
                if isinstance(self.credentials, Tokens):
                    raise
            else:
                return
        match self.credentials:
            case Password() as who:
                asked = {k: v for k, v in msgspec.structs.asdict(who).items() if v is not None}
                yield from self._take("/v1/sessions", msgspec.json.encode(asked), JSON, {})
                if who.new_password is not None:
                    self.credentials = msgspec.structs.replace(
                        who, password=who.new_password, new_password=None
                    )
            case ClientCredentials() as machine:
                yield from self._take(*_form_of(machine))
            case _:
                raise SignInNeeded(401, {"code": "unauthenticated", "title": "Sign in first"})

    def _take(
        self, path: str, body: bytes, content_type: str, headers: dict[str, str]
    ) -> Generator[Any, Any, None]:
        assert self.ask is not None
        answer = yield from self.ask(path, body, content_type, headers)
        given = msgspec.json.decode(answer, type=_Given)
        self.tokens = Tokens(
            access_token=given.access_token,
            refresh_token=given.refresh_token,
            ends_at_s=time.time() + given.expires_in,
            session_id=given.session_id,
        )
        if self.on_change is not None:
            self.on_change(self.tokens)


def _form_of(machine: ClientCredentials) -> tuple[str, bytes, str, dict[str, str]]:
    """A token request by client_secret_basic, both parts form-encoded first (section 2.3.1)."""
    pair = f"{quote(machine.client_id, safe='')}:{quote(machine.client_secret, safe='')}"
    form = {"grant_type": "client_credentials"}
    if machine.scope is not None:
        form["scope"] = machine.scope
    headers = {"Authorization": f"Basic {b64encode(pair.encode()).decode()}"}
    return "/oauth/token", urlencode(form).encode(), "application/x-www-form-urlencoded", headers
