"""Connections that take their time: how long each may, and how many there are.

uvicorn ends a connection that is idle after an answer, and no other: who sends a request byte by
byte, or leaves an answer unread, holds it for ever ("slowloris"). Here each phase has its time, as
with Apache's mod_reqtimeout: a head so many seconds, a body so many and a least rate, an unread
answer so many. One sweep a second looks at all connections; a request costs no timer.
"""

import asyncio
import logging
import resource
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, suppress
from typing import Any, cast

import msgspec
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from schoolgroup.kernel.observe import metrics

BODY_BYTES_PER_S_MIN = 16 * 1024
HEAD_BYTES_MAX = 64 * 1024
SWEEP_S = 1.0
# Files beside connections: the pool, the store, the program itself, and what is being proxied.
FILES_BESIDE = 500
IDLE, HEAD, BODY = 0, 1, 2
REFUSALS = {
    408: ("Request Timeout", "too_slow", "The request came too slowly (请求传输过慢)"),
    431: (
        "Request Header Fields Too Large",
        "head_too_large",
        "The head is too large (请求头过大)",
    ),
    503: ("Service Unavailable", "overloaded", "Too many connections (连接过多)"),
}
log = logging.getLogger("schoolgroup")
SHED = {503: "connections", 431: "head", 408: "slow"}  # as metrics call it


class Limits(msgspec.Struct, frozen=True):
    """Seconds for a head, a body (beside its rate), an unread answer; the most connections."""

    head_s: float
    body_s: float
    unread_s: float
    connections_max: int


class PatientProtocol(HttpToolsProtocol):
    """One connection, with the instant since when its client is awaited."""

    limits = Limits(20, 30, 60, 12_000)
    phase = HEAD
    got = 0
    unread = 0
    since = unread_since = 0.0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """A connection; one too many is told so and closed."""
        super().connection_made(transport)
        self.since = self.loop.time()
        if len(self.connections) > self.limits.connections_max:
            self.refuse(503)

    def data_received(self, data: bytes) -> None:
        """Bytes of the client: of a head, as long as it is not complete."""
        if self.phase == IDLE:
            self._await(HEAD)
        if self.phase == HEAD:
            self.got += len(data)
        super().data_received(data)
        if self.phase == HEAD and self.got > HEAD_BYTES_MAX:
            self.refuse(431)

    def on_headers_complete(self) -> None:
        """The head is there; what follows is the body."""
        super().on_headers_complete()
        self._await(BODY)

    def on_body(self, body: bytes) -> None:
        """A piece of the body."""
        super().on_body(body)
        self.got += len(body)

    def on_message_complete(self) -> None:
        """The request is there; now it is our turn."""
        super().on_message_complete()
        self.phase = IDLE

    def look(self, now: float) -> None:
        """End the connection where its client has taken too long."""
        if self.transport.is_closing():
            return
        if self.flow.write_paused:
            left = self.transport.get_write_buffer_size()
            if left != self.unread:
                self.unread, self.unread_since = left, now
            elif now - self.unread_since > self.limits.unread_s:
                self.transport.abort()
            return
        self.unread = 0
        if self.flow.read_paused:
            self.since = now  # we are slow, not the client
        elif self.phase == HEAD:
            if now - self.since > self.limits.head_s:
                self.refuse(408)
        elif self.phase == BODY:
            given = self.limits.body_s + self.got / BODY_BYTES_PER_S_MIN
            if now - self.since > given:
                self.refuse(408)

    def refuse(self, status: int) -> None:
        """Answer, where nothing is answered yet, and close."""
        if self.transport.is_closing():
            return
        metrics.shed(SHED[status])
        if self.cycle is None or self.cycle.response_complete or not self.cycle.response_started:
            self.transport.write(_answer(status))
        self.transport.close()

    def _await(self, phase: int) -> None:
        self.phase, self.got, self.since = phase, 0, self.loop.time()


def patient(limits: Limits) -> type[PatientProtocol]:
    """The protocol with these limits, for `uvicorn.Config(http=…)`."""
    return type("PatientProtocol", (PatientProtocol,), {"limits": limits})


@asynccontextmanager
async def sweeping(connections: Iterable[Any]) -> AsyncIterator[None]:
    """Look at each of the connections every second, meanwhile."""

    async def sweep() -> None:
        while True:
            await asyncio.sleep(SWEEP_S)
            now = asyncio.get_running_loop().time()
            for connection in list(connections):
                cast("PatientProtocol", connection).look(now)

    task = asyncio.create_task(sweep())
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


def make_room(connections_max: int) -> int:
    """Ask the system for as many open files as the connections need; how many it carries.

    Says in the log what to change where that is fewer: a process out of files can neither take a
    connection nor reach its database.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    needed = connections_max + FILES_BESIDE
    if soft < needed and soft != resource.RLIM_INFINITY:
        wanted = needed if hard == resource.RLIM_INFINITY else min(hard, needed)
        if wanted > soft:
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
            soft = wanted
    if soft == resource.RLIM_INFINITY or soft >= needed:
        return connections_max
    carried = max(16, soft - FILES_BESIDE)
    log.warning(
        "the limit of open files is %d: at most %d connections are taken, not %d;"
        " raise it (ulimit -n %d, LimitNOFILE=) or set connections_max",
        soft, carried, connections_max, needed,
    )  # fmt: skip
    return carried


def _answer(status: int) -> bytes:
    reason, code, title = REFUSALS[status]
    body = msgspec.json.encode(
        {"type": f"/problems/{code.replace('_', '-')}", "title": title, "status": status,
         "detail": "", "instance": "", "code": code, "request_id": ""}
    )  # fmt: skip
    retry = "Retry-After: 1\r\n" if status == 503 else ""
    head = (
        f"HTTP/1.1 {status} {reason}\r\nContent-Type: application/problem+json\r\n"
        f"Content-Length: {len(body)}\r\n{retry}Connection: close\r\n\r\n"
    )
    return head.encode() + body
