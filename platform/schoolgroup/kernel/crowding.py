"""Only so many requests in hand at once: the next is told so in a moment, the rest stays fast."""

from collections.abc import MutableMapping
from typing import Any

import msgspec
from litestar import Request
from litestar.enums import ScopeType
from litestar.types import ASGIApp, Receive, Scope, Send

from schoolgroup.kernel.db import Overloaded
from schoolgroup.kernel.observe import metrics
from schoolgroup.kernel.problems import PROBLEM_JSON, document

ALWAYS = frozenset({"/healthz", "/metrics"})  # whoever watches must see that we live


class Bounded:
    """An application of which at most `at_once` requests run."""

    def __init__(self, app: ASGIApp, at_once: int) -> None:
        self.app = app
        self.at_once = at_once
        self.running = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let one request in, or answer 503 with Retry-After at once."""
        if scope["type"] != ScopeType.HTTP:
            await self.app(scope, receive, send)
            return
        if self.running >= self.at_once and scope["path"] not in ALWAYS:
            await _send_away(scope, send)
            return
        self.running += 1
        try:
            await self.app(scope, receive, send)
        finally:
            self.running -= 1


async def _send_away(scope: Scope, send: Send) -> None:
    metrics.shed("requests")
    request: Request[Any, Any, Any] = Request(scope)
    title, remedy = Overloaded.title, Overloaded.remedy
    body = msgspec.json.encode(document(request, 503, Overloaded.code, title, remedy=remedy))
    headers = {"content-type": PROBLEM_JSON, "content-length": str(len(body)), "retry-after": "1",
               "cache-control": "no-store"}  # fmt: skip
    start: MutableMapping[str, Any] = {
        "type": "http.response.start",
        "status": 503,
        "headers": [(k.encode(), v.encode()) for k, v in headers.items()],
    }
    await send(start)  # type: ignore[arg-type]  # a message is a mapping like this
    await send({"type": "http.response.body", "body": body, "more_body": False})
