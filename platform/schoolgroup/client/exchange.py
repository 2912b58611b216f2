"""One request and everything that may happen to it, told as steps: without any input or output.

A `Program` yields steps and is sent their results. `Client` carries them out with `httpx.Client`
and `time.sleep`, `AsyncClient` with `httpx.AsyncClient` and `anyio`; what is retried, when, with
which key and which token is decided here, once for both.
"""

import random
import time
import uuid
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Protocol, TypeVar
from urllib.parse import urlencode

import httpx
import msgspec

from schoolgroup.client.errors import (
    Refused,
    SignInNeeded,
    Unexpected,
    Unreachable,
    refusal_of,
)
from schoolgroup.client.keys import Signer

T = TypeVar("T")
Program = Generator[Any, Any, T]
IN_FLIGHT = "idempotency_key_in_flight"
SAFE = frozenset({"GET", "HEAD"})
LATER = frozenset({429, 503})  # the server says itself that it did nothing
IN_BETWEEN = frozenset({502, 504})  # a proxy lost the answer: it may have been done


class Patience(msgspec.Struct, frozen=True):
    """How long a client tries: `attempts` in all, waits that double from `first_s` to `longest_s`.

    Waits are drawn at random from the upper half, so that many clients do not come back together. A
    longer Retry-After is waited for only within `total_s` since the first attempt.
    """

    attempts: int = 5
    first_s: float = 0.5
    longest_s: float = 30.0
    total_s: float = 120.0


class Timeouts(msgspec.Struct, frozen=True):
    """Time limits of one attempt, seconds: to connect, between two pieces of an answer, in all."""

    connect_s: float = 5.0
    read_s: float = 60.0
    whole_s: float = 300.0


class Call(msgspec.Struct, frozen=True, kw_only=True):
    """One operation with its arguments. `once`: the server honours an Idempotency-Key for it."""

    operation: str
    method: str
    path: str
    query: list[tuple[str, str]] = []
    body: bytes | None = None
    content_type: str | None = None
    accept: str = "application/json"
    once: bool = False
    signed: bool = True
    version: int | None = None
    idempotency_key: str | None = None
    headers: dict[str, str] = {}


class Reply(msgspec.Struct, frozen=True):
    """An answer: `headers` by lower-case name; `body` is empty where it went into a sink."""

    status: int
    headers: dict[str, str]
    body: bytes


class Sink(Protocol):
    """Where the body of a good answer goes, piece by piece."""

    def begin(self, status: int, headers: Mapping[str, str]) -> None:
        """A body follows."""
        ...

    def write(self, chunk: bytes) -> None:
        """A piece of it."""
        ...


@dataclass(frozen=True)
class Send:
    """Step: send this, be given a Reply; raises httpx.TransportError.

    A body below 300 goes to `sink` as it comes, where one is given.
    """

    method: str
    url: str
    headers: Mapping[str, str]
    content: bytes | None = None
    sink: Sink | None = None


@dataclass(frozen=True)
class Wait:
    """Step: do nothing for so long."""

    seconds: float


@dataclass(frozen=True)
class Work:
    """Step: something that may block (a file, a hash); be given its result."""

    function: Callable[[], Any]


@dataclass(frozen=True)
class Alone:
    """Step: carry this program out while no other one of the kind runs: a token is renewed once."""

    program: Callable[[], Program[Any]]


@dataclass
class State:
    """What one client keeps between its requests."""

    base_url: str
    language: str
    patience: Patience
    signer: Signer
    remember: int
    user_agent: str
    seen: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    chance: random.Random = field(default_factory=random.Random)


def exchange(state: State, call: Call, sink: Sink | None = None) -> Program[Reply]:
    """The answer to a call; raises Refused, Unreachable.

    Tried again: what never arrived; what the server puts off (429, 503, a key still in flight); and
    what may have been done, where repeating is harmless: a GET, or a command with its key. The key
    is made once and kept over all attempts. An expired token is renewed once.
    """
    key = call.idempotency_key or (uuid.uuid4().hex if call.once else None)
    harmless = call.method in SAFE or (call.once and key is not None)
    began, attempt, renewed = time.monotonic(), 0, False
    url = state.base_url + call.path + _query(call.query)
    known = state.seen.get(url) if call.method == "GET" and sink is None else None
    while True:
        attempt += 1
        token = (yield from _token(state)) if call.signed else None
        headers = _headers(state, call, key, token, known)
        failed: Refused | Unreachable
        try:
            reply: Reply = yield Send(call.method, url, headers, call.body, sink)
        except httpx.TransportError as broken:
            if sink is not None:
                raise  # how much has come is known where the file is
            failed = Unreachable(f"{call.operation}: {type(broken).__name__}: {broken}")
            failed.__cause__ = broken
            if not harmless and not isinstance(broken, httpx.ConnectError | httpx.ConnectTimeout):
                raise failed from broken
            asked_s = None
        else:
            if reply.status < 400:
                return _remembered(state, url, reply, known) if sink is None else reply
            failed = refusal_of(reply.status, reply.headers, reply.body)
            if isinstance(failed, SignInNeeded) and token is not None and not renewed:
                renewed = True
                yield Alone(partial(state.signer.renew, token))
                continue
            again = reply.status in LATER or failed.code == IN_FLIGHT
            if not again and not (harmless and reply.status in IN_BETWEEN):
                raise failed
            asked_s = failed.retry_after_s
        wait_s = wait_of(state.patience, attempt, asked_s, state.chance)
        spent_s = time.monotonic() - began
        if attempt >= state.patience.attempts or spent_s + wait_s > state.patience.total_s:
            raise failed
        yield Wait(wait_s)


def wait_of(
    patience: Patience, attempt: int, asked_s: float | None, chance: random.Random
) -> float:
    """Seconds before the next attempt: what the server asked for and a little, else drawn."""
    longest = min(patience.longest_s, patience.first_s * 2.0 ** (attempt - 1))
    if asked_s is not None:
        return asked_s + chance.uniform(0.0, min(longest, 1.0))
    return chance.uniform(longest / 2, longest)


def decode(reply: Reply, kind: type[T]) -> T:
    """The body as what the description says; raises Unexpected."""
    try:
        return msgspec.json.decode(reply.body, type=kind)
    except msgspec.MsgspecError as wrong:
        name = getattr(kind, "__name__", kind)
        raise Unexpected(f"the answer is not a {name}: {wrong}") from wrong


def _token(state: State) -> Program[str | None]:
    if state.signer.due():
        yield Alone(partial(state.signer.renew, state.signer.token))
    return state.signer.token


def _query(pairs: list[tuple[str, str]]) -> str:
    return f"?{urlencode(pairs)}" if pairs else ""


def _headers(
    state: State,
    call: Call,
    key: str | None,
    token: str | None,
    known: tuple[str, bytes] | None,
) -> dict[str, str]:
    headers = {
        "Accept": call.accept,
        "Accept-Language": state.language,
        "User-Agent": state.user_agent,
        **call.headers,
    }
    if call.content_type is not None:
        headers["Content-Type"] = call.content_type
    if token is not None:
        headers["Authorization"] = f"Bearer {token}"
    if key is not None:
        headers["Idempotency-Key"] = key
    if call.version is not None:
        headers["If-Match"] = f'"{call.version}"'
    if known is not None:
        headers["If-None-Match"] = known[0]
    return headers


def _remembered(state: State, url: str, reply: Reply, known: tuple[str, bytes] | None) -> Reply:
    """Keep what carries an ETag; where the server says it is unchanged, it is what was kept."""
    if reply.status == 304 and known is not None:
        return Reply(200, reply.headers, known[1])
    tag = reply.headers.get("etag")
    if reply.status == 200 and tag is not None and state.remember > 0:
        state.seen.pop(url, None)
        while len(state.seen) >= state.remember:
            del state.seen[next(iter(state.seen))]
        state.seen[url] = (tag, reply.body)
    return reply
