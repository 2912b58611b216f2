"""The two ways to carry a program out: at once, and within an event loop."""

import threading
import time
from collections.abc import Mapping
from typing import Any, TypeVar

import anyio
import anyio.to_thread
import httpx

from schoolgroup.client.exchange import Alone, Program, Reply, Send, Timeouts, Wait, Work

T = TypeVar("T")


def limits_of(timeouts: Timeouts) -> httpx.Timeout:
    """Time limits of one attempt, as httpx has them."""
    return httpx.Timeout(
        timeouts.read_s, connect=timeouts.connect_s, write=timeouts.read_s, pool=timeouts.connect_s
    )


class TooSlow(httpx.TransportError):
    """The whole answer took longer than it may."""


class Sync:
    """Carries programs out one step after another, blocking; several threads may share it."""

    def __init__(self, http: httpx.Client, timeouts: Timeouts) -> None:
        self.http = http
        self.timeouts = timeouts
        self._one = threading.RLock()

    def run(self, program: Program[T]) -> T:
        """The program's result; raises what it raises."""
        result: Any = None
        failed: Exception | None = None
        while True:
            try:
                step = program.throw(failed) if failed is not None else program.send(result)
            except StopIteration as done:
                end: T = done.value
                return end
            result = failed = None
            try:
                result = self._carry_out(step)
            except Exception as wrong:  # whatever a step raises is the program's to judge: it
                failed = wrong  # catches it, or raises it from the next turn of this loop

    def _carry_out(self, step: object) -> Any:
        match step:
            case Send():
                return self._send(step)
            case Wait():
                time.sleep(step.seconds)
            case Work():
                return step.function()
            case Alone():
                with self._one:
                    return self.run(step.program())
        return None

    def _send(self, step: Send) -> Reply:
        ends_at = time.monotonic() + self.timeouts.whole_s
        with self.http.stream(
            step.method,
            step.url,
            headers=dict(step.headers),
            content=step.content,
            follow_redirects=False,
        ) as answer:
            taken = step.sink if step.sink is not None and answer.status_code < 300 else None
            parts: list[bytes] = []
            if taken is not None:
                taken.begin(answer.status_code, _lower(answer.headers))
            for chunk in answer.iter_bytes():
                if taken is not None:
                    taken.write(chunk)
                    continue
                if time.monotonic() > ends_at:
                    raise TooSlow(f"longer than {self.timeouts.whole_s} s")
                parts.append(chunk)
        return Reply(answer.status_code, _lower(answer.headers), b"".join(parts))


class Async:
    """Carries programs out within an event loop (asyncio or trio); blocking work in a thread."""

    def __init__(self, http: httpx.AsyncClient, timeouts: Timeouts) -> None:
        self.http = http
        self.timeouts = timeouts
        self._one = anyio.Lock()

    async def run(self, program: Program[T]) -> T:
        """The program's result; raises what it raises."""
        result: Any = None
        failed: Exception | None = None
        while True:
            try:
                step = program.throw(failed) if failed is not None else program.send(result)
            except StopIteration as done:
                end: T = done.value
                return end
            result = failed = None
            try:
                result = await self._carry_out(step)
            except Exception as wrong:  # whatever a step raises is the program's to judge: it
                failed = wrong  # catches it, or raises it from the next turn of this loop

    async def _carry_out(self, step: object) -> Any:
        match step:
            case Send():
                return await self._send(step)
            case Wait():
                await anyio.sleep(step.seconds)
            case Work():
                return await anyio.to_thread.run_sync(step.function)
            case Alone():
                async with self._one:
                    return await self.run(step.program())
        return None

    async def _send(self, step: Send) -> Reply:
        ends_at = time.monotonic() + self.timeouts.whole_s
        async with self.http.stream(
            step.method,
            step.url,
            headers=dict(step.headers),
            content=step.content,
            follow_redirects=False,
        ) as answer:
            taken = step.sink if step.sink is not None and answer.status_code < 300 else None
            parts: list[bytes] = []
            if taken is not None:
                taken.begin(answer.status_code, _lower(answer.headers))
            async for chunk in answer.aiter_bytes():
                if taken is not None:
                    await anyio.to_thread.run_sync(taken.write, chunk)
                    continue
                if time.monotonic() > ends_at:
                    raise TooSlow(f"longer than {self.timeouts.whole_s} s")
                parts.append(chunk)
        return Reply(answer.status_code, _lower(answer.headers), b"".join(parts))


def _lower(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}
