"""JSON bodies, decoded once and strictly into exactly what the route says it takes.

The framework would convert leniently ("7" for 7, "null" for nothing) and fail on bodies that are
nested too deep or not UTF-8. What no text of the database can hold, U+0000, is refused here too.
"""

import re
from collections.abc import Iterator
from typing import Any

import msgspec
from litestar import Request

from schoolgroup.kernel.errors import Invalid, Problem, Refusal
from schoolgroup.kernel.texts import Text

NUL = "\0"
NUL_IN_JSON = b"\\u0000"
AT_PATH = re.compile(r" - at `(?P<path>\$[^`]*|key[^`]*)`$")
STEP = re.compile(r"\.(?P<name>[^.\[]+)|\[(?P<index>[^\]]*)\]")


class Malformed(Refusal):
    """The body is not JSON: it cannot be read at all."""

    status = 400
    code = "malformed"
    title = Text("The request cannot be read", "无法解析请求")
    remedy = Text(
        "Send one JSON value in UTF-8, not nested deeply.",
        "请发送一个 UTF-8 编码且嵌套不深的 JSON 值。",
    )


class UnsupportedMediaType(Refusal):
    """The body is of a media type this address does not understand."""

    status = 415
    code = "unsupported_media_type"
    title = Text("This media type is not understood", "不支持的媒体类型")
    remedy = Text("Send Content-Type: application/json.", "请使用 Content-Type: application/json。")


class StrictRequest(Request[Any, Any, Any]):
    """The framework's request with JSON bodies read our way."""

    async def json(self) -> Any:
        """The body as the type of the route's `data`.

        Raises Malformed, UnsupportedMediaType, Invalid (with a JSON pointer), TooLarge.
        """
        media_type = self.content_type[0].lower()
        if media_type != "application/json" and not media_type.endswith("+json"):
            raise UnsupportedMediaType
        field = self.route_handler.parsed_data_field
        return read_json(await self.body(), field.annotation if field else Any)


def read_json(body: bytes, kind: Any) -> Any:
    """`body` as a `kind`. Raises Malformed, or Invalid naming the place by its JSON pointer."""
    try:
        if NUL_IN_JSON in body:
            _refuse_nul(msgspec.json.decode(body))
        return msgspec.json.decode(body, type=kind)
    except msgspec.ValidationError as wrong:
        raise Invalid(problems=[_problem(str(wrong))]) from wrong
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as unreadable:
        raise Malformed from unreadable


def pointer_to(path: str) -> str:
    """The JSON pointer (RFC 6901) of a place as msgspec names it: `$.items[0].text`."""
    steps = (step["name"] or step["index"] for step in STEP.finditer(path))
    return "".join(f"/{step.replace('~', '~0').replace('/', '~1')}" for step in steps)


def _problem(message: str) -> Problem:
    at = AT_PATH.search(message)
    pointer = pointer_to(at["path"]) if at else ""
    return Problem(pointer, "invalid_value", AT_PATH.sub("", message)[:300])


def _refuse_nul(value: Any) -> None:
    found = [
        Problem(pointer, "nul_character", "U+0000 is not allowed in a text")
        for pointer in _with_nul(value, "")
    ]
    if found:
        raise Invalid(problems=found[:100])


def _with_nul(value: Any, pointer: str) -> Iterator[str]:
    if isinstance(value, str):
        if NUL in value:
            yield pointer
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _with_nul(item, f"{pointer}/{index}")
    elif isinstance(value, dict):
        for key, item in value.items():
            if NUL in key:
                yield pointer
            name = key.replace("~", "~0").replace("/", "~1").replace(NUL, "\ufffd")
            yield from _with_nul(item, f"{pointer}/{name}")
