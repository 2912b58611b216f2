"""Pages by keyset: an opaque, signed cursor over an immutable order, never an offset."""

import hashlib
import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from typing import Annotated, Any, Generic, TypeVar

import msgspec
from msgspec import Meta

from schoolgroup.kernel.errors import Refusal
from schoolgroup.kernel.texts import Text

T = TypeVar("T")
LIMIT_DEFAULT, LIMIT_MAX = 50, 200
CURSOR_BYTES_MAX = 1024
MAC_BYTES = 12


class BadCursor(Refusal):
    """The cursor is not one this server gave for this list."""

    status = 400
    code = "bad_cursor"
    title = Text("The cursor is not valid", "游标无效")
    remedy = Text("Start again without a cursor.", "请不带游标从头开始。")


class Page(msgspec.Struct, Generic[T], frozen=True):
    """Some items in order; `next_cursor` is null on the last page."""

    items: list[T]
    next_cursor: str | None = None


class PageRequest(msgspec.Struct, frozen=True):
    """How much of a list is wanted, and the key it starts after (null: from the start)."""

    limit: Annotated[int, Meta(ge=1, le=LIMIT_MAX)]
    after: list[Any] | None = None


class Cursors:
    """Signs and reads cursors; each list has its own name, so cursors cannot be swapped."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def write(self, list_name: str, key: list[Any]) -> str:
        """The cursor for continuing `list_name` after `key`."""
        body = msgspec.json.encode(key)
        return urlsafe_b64encode(self._mac(list_name, body) + body).decode().rstrip("=")

    def read(self, list_name: str, cursor: str) -> list[Any]:
        """The key in a cursor; raises BadCursor for anything this server did not sign."""
        try:
            if len(cursor) > CURSOR_BYTES_MAX:
                raise BadCursor
            raw = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
            mac, body = raw[:MAC_BYTES], raw[MAC_BYTES:]
            if not hmac.compare_digest(mac, self._mac(list_name, body)):
                raise BadCursor
            key: list[Any] = msgspec.json.decode(body)
        except (ValueError, msgspec.DecodeError) as wrong:
            raise BadCursor from wrong
        return key

    def _mac(self, list_name: str, body: bytes) -> bytes:
        digest = hmac.new(self._key, list_name.encode() + b"\0" + body, hashlib.sha256).digest()
        return digest[:MAC_BYTES]

    def page(
        self, list_name: str, rows: list[T], limit: int, key_of: Callable[[T], list[Any]]
    ) -> Page[T]:
        """A page from up to `limit` + 1 rows: the one too many only tells that there is more."""
        if len(rows) <= limit:
            return Page(items=rows)
        rows = rows[:limit]
        return Page(items=rows, next_cursor=self.write(list_name, key_of(rows[-1])))
