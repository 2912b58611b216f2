"""Byte ranges as RFC 9110, section 14 has them: one range of one representation."""

import re

import msgspec

from schoolgroup.kernel.errors import Refusal
from schoolgroup.kernel.texts import Text

ONE_RANGE = re.compile(r"^bytes=\s*(?P<first>\d{0,18})-(?P<last>\d{0,18})\s*\Z", re.ASCII)


class BeyondTheEnd(Refusal):
    """The range begins after the last byte."""

    status = 416
    code = "range_beyond_end"
    title = Text("The range is not within the file", "请求的范围超出文件")
    remedy = Text("Ask for bytes before `size_bytes`.", "请请求 size_bytes 之前的字节。")


class Span(msgspec.Struct, frozen=True):
    """The bytes from `first` to `last`, both included, of `size` in all."""

    first: int
    last: int
    size: int

    @property
    def length(self) -> int:
        """How many bytes that are."""
        return self.last - self.first + 1

    @property
    def told(self) -> str:
        """The Content-Range header."""
        return f"bytes {self.first}-{self.last}/{self.size}"


def read_range(header: str | None, condition: str | None, etag: str, size: int) -> Span | None:
    """The span asked for, or None for the whole.

    `condition` is If-Range: where it names another version than `etag`, the whole is sent. What is
    no single byte range is ignored, as the standard lets a server do. Raises BeyondTheEnd.
    """
    if header is None or (condition is not None and condition.strip() != etag):
        return None
    found = ONE_RANGE.match(header.strip())
    if found is None or not (found["first"] or found["last"]):
        return None
    if not found["first"]:  # the last so many bytes
        wanted = int(found["last"])
        if wanted == 0 or size == 0:
            raise BeyondTheEnd(facts={"size_bytes": size})
        return Span(max(0, size - wanted), size - 1, size)
    first = int(found["first"])
    last = min(int(found["last"]), size - 1) if found["last"] else size - 1
    if found["last"] and int(found["last"]) < first:
        return None
    if first >= size:
        raise BeyondTheEnd(facts={"size_bytes": size})
    return Span(first, last, size)
