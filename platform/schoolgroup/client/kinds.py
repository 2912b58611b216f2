"""What the generated structs and methods are made of."""

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any, Generic, TypeVar
from urllib.parse import quote, urlencode
from uuid import UUID

import msgspec

from schoolgroup.client.errors import Unexpected
from schoolgroup.client.exchange import Call, Reply, decode

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)
JSON = "application/json"
FORM = "application/x-www-form-urlencoded"


class Word(StrEnum):
    """A list of words that may grow: one this client does not know yet is kept as it is."""

    @classmethod
    def _missing_(cls, value: object) -> "Word | None":
        if not isinstance(value, str):
            return None
        unknown = str.__new__(cls, value)
        unknown._name_ = unknown._value_ = value
        return unknown


class Page(msgspec.Struct, Generic[T], frozen=True):
    """Some items in order; `next_cursor` is None on the last page."""

    items: list[T]
    next_cursor: str | None = None


class Content(msgspec.Struct, frozen=True):
    """An answer that is a file: its bytes, its media type, and the name the server gives it."""

    body: bytes
    media_type: str
    file_name: str | None = None

    def text(self) -> str:
        """The bytes as text."""
        return self.body.decode("utf-8-sig")

    def json(self) -> Any:
        """The bytes as JSON."""
        return msgspec.json.decode(self.body)


class Link(msgspec.Struct, frozen=True):
    """Where a file can be fetched for a short while, without a token."""

    url: str


def read_json(kind: type[T]) -> Callable[[Reply], T]:
    """How an answer in JSON is read."""
    return lambda reply: decode(reply, kind)


def read_content(reply: Reply) -> Content:
    """How an answer that is a file is read; a redirect's is at `Link.url`."""
    disposition = reply.headers.get("content-disposition", "")
    _, found, name = disposition.partition('filename="')
    media_type = reply.headers.get("content-type", "")
    return Content(reply.body, media_type, name.partition('"')[0] if found else None)


def read_either(kind: type[T]) -> Callable[[Reply], T | Content]:
    """How an answer is read that is JSON or a file, as the caller asked."""

    def read(reply: Reply) -> T | Content:
        if reply.headers.get("content-type", "").partition(";")[0] == JSON:
            return decode(reply, kind)
        return read_content(reply)

    return read


def read_link(reply: Reply) -> Link:
    """How a redirect is read: it is not followed, for the store must not see the token."""
    if "location" not in reply.headers:
        raise Unexpected(f"{reply.status} without a Location")
    return Link(reply.headers["location"])


def read_nothing(reply: Reply) -> None:
    """How an answer without a body is read."""


def path_of(template: str, **values: object) -> str:
    """A path with its parameters filled in; nothing in them can change the path."""
    return template.format(**{k: quote(_word(v), safe="") for k, v in values.items()})


def query_of(values: Mapping[str, object]) -> list[tuple[str, str]]:
    """Query parameters as they are sent; None is left out, a list is sent one by one."""
    pairs: list[tuple[str, str]] = []
    for name, value in values.items():
        if value is None:
            continue
        for one in value if isinstance(value, list | tuple) else [value]:
            pairs.append((name, _word(one)))
    return pairs


def _word(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str | int | float | UUID):
        return str(value)
    text = msgspec.to_builtins(value)  # dates and times, as the contract writes them
    return str(text)


class Asked(msgspec.Struct, Generic[T_co], frozen=True):
    """One call and how its answer is read: what a generated function makes of its arguments."""

    call: Call
    read: Callable[[Reply], T_co]


def ask(
    operation: str,
    method: str,
    path: str,
    read: Callable[[Reply], T],
    *,
    query: Mapping[str, object] | None = None,
    body: object = None,
    content_type: str | None = None,
    accept: str = JSON,
    once: bool = False,
    signed: bool = True,
    version: int | None = None,
    begins: bool = False,
    key: str | None = None,
) -> Asked[T]:
    """A call from its parts; a body that is not bytes is written as JSON or as a form."""
    sent: bytes | None = None
    if body is not None:
        content_type = content_type or JSON
        sent = body if isinstance(body, bytes) else _written(body, content_type)
    return Asked(
        Call(
            operation=operation,
            method=method,
            path=path,
            query=query_of(query or {}),
            body=sent,
            content_type=content_type if sent is not None else None,
            accept=accept,
            once=once,
            signed=signed,
            version=version,
            idempotency_key=key,
            headers={"If-None-Match": "*"} if begins else {},
        ),
        read,
    )


def _written(body: object, content_type: str) -> bytes:
    if content_type == FORM:
        told: dict[str, object] = msgspec.to_builtins(body)
        return urlencode({k: v for k, v in told.items() if v is not None}).encode()
    return msgspec.json.encode(body)
