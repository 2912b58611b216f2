"""Everything a client can raise. Branch on the class or on `code`; show `str(error)` to people.

SchoolgroupError
├── Refused                    the server said no: status, code, title, detail, remedy, request_id
│   ├── Malformed          400  it could not read the request
│   ├── SignInNeeded       401  who are you
│   ├── NotAllowed         403  you know it exists, and may not
│   ├── NotFound           404  there is no such thing, or you may not know it exists
│   ├── Conflict           409  the thing's state does not allow it now
│   ├── Gone               410  it was here and is over
│   ├── StaleVersion       412  somebody changed it since you read it
│   ├── TooLarge           413  more than the limit
│   ├── Unsupported        415  this media type is not understood
│   ├── RangeNotSatisfied  416  beyond the end of the file
│   ├── Invalid            422  `errors` name each place
│   ├── VersionRequired    428  say which version you are changing
│   ├── TooMany            429  slow down: still so after waiting as long as was allowed
│   └── ServerFailed       5xx  a fault of the server
│       └── Unavailable    503  not now: still so after trying again
├── Unreachable                 no answer, after trying again as often as was allowed
├── Unexpected                  an answer that is not in the contract
└── TransferFailed              the bytes that came or went are not those of the file
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, ClassVar

import msgspec


class SchoolgroupError(Exception):
    """Anything that went wrong between this program and the server."""


class Unreachable(SchoolgroupError):
    """There was no answer: no connection, or it broke, or it took longer than the time limit."""


class Unexpected(SchoolgroupError):
    """The answer is not what the API description says: is the server of another version?"""


class TransferFailed(SchoolgroupError):
    """The bytes that were sent or received are not those of the file."""


class Fault(msgspec.Struct, frozen=True):
    """One thing wrong with what was sent: where (JSON pointer or row and column), and why."""

    pointer: str = ""
    code: str = ""
    detail: str = ""
    remedy: str = ""


class Refused(SchoolgroupError):
    """The server understood and said no (RFC 9457).

    `code` is stable; `title`, `detail` and `remedy` are in the language of the client; `facts` are
    further members of the document. Quote `request_id` to whoever runs the server.
    """

    status: int = 0
    classes: ClassVar[dict[int, type["Refused"]]] = {}

    def __init__(
        self, status: int, document: Mapping[str, Any], *, retry_after_s: float | None = None
    ) -> None:
        self.status = status
        self.code = str(document.get("code") or document.get("error") or "unknown")
        self.title = str(document.get("title") or self.code)
        self.detail = str(document.get("detail") or document.get("error_description") or "")
        self.remedy = str(document.get("remedy") or "")
        self.request_id = str(document.get("request_id") or "")
        self.errors = _faults(document.get("errors"))
        self.facts = {k: v for k, v in document.items() if k not in _KNOWN}
        self.retry_after_s = retry_after_s
        places = [f"{one.pointer}: {one.detail}".strip(": ") for one in self.errors[:3]]
        parts = [self.title, self.detail, "; ".join(places)]
        said = ". ".join(part.rstrip(".。") for part in parts if part)
        super().__init__(f"{said} ({self.code})" + (f". {self.remedy}" if self.remedy else ""))

    def __init_subclass__(cls, *, status: int = 0) -> None:
        if status:
            cls.status = status
            Refused.classes[status] = cls


_KNOWN = frozenset(
    [
        "type",
        "title",
        "status",
        "detail",
        "instance",
        "code",
        "request_id",
        "remedy",
        "errors",
        "error",
        "error_description",
    ]
)


class Malformed(Refused, status=400):
    """The request could not be read."""


class SignInNeeded(Refused, status=401):
    """Nobody is signed in, or the credentials are wrong, or the session is over."""


class NotAllowed(Refused, status=403):
    """You may know that it exists, and may not do this with it."""


class NotFound(Refused, status=404):
    """There is no such thing, or you may not know that it exists."""


class Conflict(Refused, status=409):
    """The state of the thing does not allow this now."""


class Gone(Refused, status=410):
    """It was here, and it is over."""


class StaleVersion(Refused, status=412):
    """Somebody changed it since you read it: read it again and repeat your change."""


class TooLarge(Refused, status=413):
    """More than the limit."""


class Unsupported(Refused, status=415):
    """This media type is not understood."""


class RangeNotSatisfied(Refused, status=416):
    """The range begins after the last byte."""


class Invalid(Refused, status=422):
    """What was sent does not fit the contract: `errors` name each place."""


class VersionRequired(Refused, status=428):
    """Say which version you are changing."""


class TooMany(Refused, status=429):
    """Too many requests: `retry_after_s` says when to come back."""


class ServerFailed(Refused):
    """A fault of the server; quote `request_id`."""


class Unavailable(ServerFailed, status=503):
    """It cannot be answered at the moment."""


def _faults(told: object) -> list[Fault]:
    if not isinstance(told, list):
        return []
    return [msgspec.convert(one, Fault, strict=False) for one in told if isinstance(one, dict)]


def refusal_of(status: int, headers: Mapping[str, str], body: bytes) -> Refused:
    """The exception for an answer of 400 and above; a proxy in between speaks no problem+json."""
    document: Any = None
    if "json" in headers.get("content-type", ""):
        try:
            document = msgspec.json.decode(body)
        except msgspec.DecodeError:
            document = None
    if not isinstance(document, dict):
        document = {"title": f"HTTP {status}", "code": f"http_{status}"}
    document.setdefault("request_id", headers.get("x-request-id", ""))
    fallback: type[Refused] = ServerFailed if status >= 500 else Refused
    kind = Refused.classes.get(status, fallback)
    return kind(status, document, retry_after_s=retry_after_s(headers.get("retry-after")))


def retry_after_s(header: str | None, now: datetime | None = None) -> float | None:
    """Seconds to wait, from a Retry-After of seconds or of a date (RFC 9110 section 10.2.3)."""
    if header is None:
        return None
    text = header.strip()
    if text.isdigit():
        return float(text)
    try:
        at = parsedate_to_datetime(text)
    except ValueError:
        return None
    if at.tzinfo is None:
        at = at.replace(tzinfo=UTC)
    return max(0.0, (at - (now or datetime.now(UTC))).total_seconds())
