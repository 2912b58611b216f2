"""Each HTTP request as one log line, one observation and, where traces are made, one span.

The route is told by its template and the caller by kind and id: no address, no query, no header and
no body is ever looked at, so nothing that was sent can be told.
"""

import logging
import time
from collections.abc import Callable
from contextlib import nullcontext
from typing import Any
from uuid import UUID

from litestar.types import HTTPScope, Message, Receive, Send

from schoolgroup.kernel.context import Decider
from schoolgroup.kernel.http import request_id_in
from schoolgroup.kernel.observe import metrics, traces
from schoolgroup.kernel.observe.logs import request_id_now, tell
from schoolgroup.kernel.registering import PromptApplication

METHODS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"})
UNMATCHED = "unmatched"
GONE_AWAY = 499  # the caller left before an answer: told as such, though nobody reads it
QUIET = frozenset({"/healthz", "/readyz"})  # asked for every few seconds by machines
TOLD_IN_SPANS = ("actor", "school", "policy")
log = logging.getLogger("schoolgroup.requests")


class WatchedApplication(PromptApplication):
    """An application that tells of each request when it has been answered.

    `policy_of` finds the policy in force for a group; None until the services are open.
    """

    policy_of: Callable[[UUID], Decider | None] | None = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve one request, and tell of it."""
        if scope["type"] != "http":
            await super().__call__(scope, receive, send)
            return
        await self._watch(scope, receive, send)

    async def _watch(self, scope: HTTPScope, receive: Receive, send: Send) -> None:
        began = time.perf_counter()
        status = 0

        async def sent(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        request_id = request_id_in(scope)
        mark = request_id_now.set(request_id)
        metrics.REQUESTS_IN_FLIGHT.inc()
        method = scope["method"] if scope["method"] in METHODS else "OTHER"
        parent = None if traces.tracer is None else _header(scope, b"traceparent")
        with nullcontext() if traces.tracer is None else traces.served(method, parent) as span:
            try:
                await super().__call__(scope, receive, sent)
            except BaseException as failed:
                status = status or (500 if isinstance(failed, Exception) else GONE_AWAY)
                raise
            finally:
                self._tell(scope, method, status or GONE_AWAY, time.perf_counter() - began, span)
                metrics.REQUESTS_IN_FLIGHT.dec()
                request_id_now.reset(mark)

    def _tell(self, scope: HTTPScope, method: str, status: int, took_s: float, span: Any) -> None:
        route = str(scope.get("path_template") or UNMATCHED)
        observe(method, route, status, took_s)
        actor = scope["state"].get("actor")
        facts: dict[str, Any] = {
            "method": method, "route": route, "status": status, "ms": round(took_s * 1000, 2),
        }  # fmt: skip
        if actor is not None:
            facts["actor"] = actor.name
            facts["school"] = actor.school_id
            if actor.group_id is not None and self.policy_of is not None:
                policy = self.policy_of(actor.group_id)
                facts["policy"] = policy.sha256[: metrics.HASH_CHARS] if policy else None
        if span is not None:
            told = {name: str(facts[name]) for name in TOLD_IN_SPANS if facts.get(name)}
            told["request_id"] = request_id_in(scope)
            traces.end_served(span, method, route, status, told)
        level = logging.DEBUG if route in QUIET and status < 400 else logging.INFO
        tell(log, level, "request", **facts)


_children: dict[tuple[str, str, int], Any] = {}


def observe(method: str, route: str, status: int, took_s: float) -> None:
    """Count one request; looked up once for each route and class of status."""
    key = (method, route, status // 100)
    child = _children.get(key)
    if child is None:
        child = metrics.REQUEST_SECONDS.labels(method, route, f"{key[2]}xx")
        _children[key] = child
    child.observe(took_s)


def _header(scope: HTTPScope, name: bytes) -> str | None:
    for key, value in scope["headers"]:
        if key == name:
            return value.decode("latin-1")
    return None
