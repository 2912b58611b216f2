"""The client that remembers: it asks until it is answered, and keeps what was acknowledged."""

import asyncio
import random
import time
from collections import Counter
from typing import Any

import httpx

from schoolgroup.kernel.ids import new_id
from tests.people import Person

TRY_S = 20.0
GIVE_UP_S = 120.0
PAUSE_S = (0.05, 0.4)
NOT_NOW = {429, 502, 503, 504}
IN_FLIGHT = "idempotency_key_in_flight"


class GivenUp(Exception):
    """Nobody answered for so long that recovery needs a hand."""


class Recorder:
    """Asks processes of the API in turn, and again where one broke off or could not."""

    def __init__(self, addresses: list[str], chance: random.Random) -> None:
        self.addresses = addresses
        self.chance = chance
        self.answered: Counter[str] = Counter()
        self.broken: Counter[str] = Counter()  # attempts that ended without any answer
        self.refused: Counter[int] = Counter()  # attempts told to come again
        self.replayed = 0
        self.again = set(NOT_NOW)
        self.unforeseen: list[str] = []
        self.last_answer_s = time.monotonic()
        self.silence_s = 0.0
        self.answered_at_s: list[float] = []
        self.took_s: list[float] = []
        self._http = httpx.AsyncClient(
            timeout=TRY_S, limits=httpx.Limits(max_connections=200, max_keepalive_connections=40)
        )

    def begin(self) -> float:
        """From now on answers are timed; the instant."""
        self.silence_s = 0.0
        self.answered_at_s.clear()
        self.took_s.clear()
        self.last_answer_s = time.monotonic()
        return self.last_answer_s

    async def close(self) -> None:
        """Let go of every connection."""
        await self._http.aclose()

    async def ask(
        self,
        who: Person,
        method: str,
        path: str,
        *,
        expect: set[int],
        once: bool = True,
        headers: dict[str, str] | None = None,
        **sent: Any,
    ) -> httpx.Response:
        """The answer to one command, however often it has to be sent. Raises GivenUp.

        With `once` it carries one Idempotency-Key all the while. What is answered outside of
        `expect` is remembered as unforeseen.
        """
        more = {**who.headers, **(headers or {})}
        if once:
            more["Idempotency-Key"] = str(new_id())
        begun_s = time.monotonic()
        while time.monotonic() - begun_s < GIVE_UP_S:
            address = self.chance.choice(self.addresses)
            tried_s = time.monotonic()
            try:
                answer = await self._http.request(method, address + path, headers=more, **sent)
            except httpx.TransportError as broken:
                self.broken[type(broken).__name__] += 1
                await self._pause()
                continue
            if answer.status_code in self.again or self._in_flight(answer):
                self.refused[answer.status_code] += 1
                await self._pause()
                continue
            self._note(answer, method, path, expect, time.monotonic() - tried_s)
            return answer
        raise GivenUp(f"{method} {path} was not answered for {GIVE_UP_S:.0f} s")

    async def put(self, url: str, content: bytes) -> str | None:
        """Put bytes to a link of the store, however often; the ETag, or None where it refuses."""
        begun_s = time.monotonic()
        while time.monotonic() - begun_s < GIVE_UP_S:
            try:
                answer = await self._http.put(url, content=content)
            except httpx.TransportError as broken:
                self.broken[f"store {type(broken).__name__}"] += 1
                await self._pause()
                continue
            if answer.status_code == 200:
                return answer.headers["etag"]
            if answer.status_code < 500:
                return None
            self.refused[answer.status_code] += 1
            await self._pause()
        raise GivenUp(f"the store took nothing for {GIVE_UP_S:.0f} s")

    def _note(
        self, answer: httpx.Response, method: str, path: str, expect: set[int], took_s: float
    ) -> None:
        now = time.monotonic()
        self.silence_s = max(self.silence_s, now - self.last_answer_s)
        self.last_answer_s = now
        self.answered_at_s.append(now)
        self.took_s.append(took_s)
        self.replayed += answer.headers.get("idempotent-replayed") == "true"
        if answer.status_code in expect:
            self.answered[f"{answer.status_code}"] += 1
        else:
            told = answer.json() if "json" in answer.headers.get("content-type", "") else {}
            what = f"{told.get('code')} {told.get('errors', told.get('detail', ''))}"[:200]
            self.unforeseen.append(f"{method} {path}: {answer.status_code} {what}")

    @staticmethod
    def _in_flight(answer: httpx.Response) -> bool:
        return answer.status_code == 409 and IN_FLIGHT in answer.text

    async def _pause(self) -> None:
        await asyncio.sleep(self.chance.uniform(*PAUSE_S))
