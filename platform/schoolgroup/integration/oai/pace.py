"""How fast a harvest may go: so many requests a minute from one caller, so few at once in all.

Counted by this process alone, in memory: several processes let through as many times more. A
harvester is told how long to wait as the protocol asks (OAI-PMH 2.0, section 3.1.2.2: 503 with
Retry-After), and both harvesters of the tests wait by themselves.
"""

import asyncio
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from schoolgroup.kernel.errors import Unavailable
from schoolgroup.kernel.texts import Text

AT_ONCE = 4  # a page is tens of milliseconds of work: the rest of the server goes on
WAIT_S = 10.0
CALLERS_MAX = 10_000
MINUTE_S = 60.0


class HarvestTooFast(Unavailable):
    """More of the harvest was asked for than is given in a minute."""

    code = "harvest_too_fast"
    title = Text("The harvest goes too fast", "收割过于频繁")
    remedy = Text("Go on after as long as Retry-After says.", "请按 Retry-After 等待后继续。")


class Pace:
    """A bucket per caller that fills by `per_minute`, and a few places for all."""

    def __init__(self, per_minute: int, seconds: Callable[[], float] = time.monotonic) -> None:
        """`seconds` is a clock that only goes forward."""
        self._per_minute = per_minute
        self._seconds = seconds
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._places = asyncio.Semaphore(AT_ONCE)

    @asynccontextmanager
    async def turn(self, caller: str) -> AsyncIterator[None]:
        """One request of `caller`; raises HarvestTooFast, also where all places stay taken."""
        self._take(caller)
        try:
            await asyncio.wait_for(self._places.acquire(), WAIT_S)
        except TimeoutError as busy:
            raise HarvestTooFast(retry_after_s=int(WAIT_S)) from busy
        try:
            yield
        finally:
            self._places.release()

    def _take(self, caller: str) -> None:
        now, rate = self._seconds(), self._per_minute / MINUTE_S
        left, at = self._left.pop(caller, (float(self._per_minute), now))
        left = min(float(self._per_minute), left + (now - at) * rate)
        self._left[caller] = (max(0.0, left - 1), now)
        while len(self._left) > CALLERS_MAX:
            self._left.popitem(last=False)
        if left < 1:
            raise HarvestTooFast(retry_after_s=int((1 - left) / rate) + 1)
