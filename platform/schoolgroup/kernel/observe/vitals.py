"""What is true of the whole installation, read when somebody scrapes, a few times a minute."""

import asyncio
import time

from schoolgroup.kernel.context import system_actor
from schoolgroup.kernel.db import Database, Tx
from schoolgroup.kernel.errors import Refusal
from schoolgroup.kernel.observe import queries
from schoolgroup.kernel.observe.metrics import Vitals

READ_S = 2.0
KEPT_S = 5.0


class VitalSigns:
    """Reads the vitals, and no more often than every few seconds however many ask."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._oldest = -1
        self._oldest_since_s = 0.0
        self._read_s = float("-inf")
        self._last = Vitals(ok=False)
        self._reading = asyncio.Lock()

    async def read(self) -> Vitals:
        """The newest vitals; `ok` is False where the database does not answer in time."""
        async with self._reading:
            if time.monotonic() - self._read_s < KEPT_S:
                return self._last
            try:
                async with asyncio.timeout(READ_S):
                    self._last = await self._db.run(system_actor(None), self._look)
            except (Refusal, TimeoutError):
                self._last = Vitals(ok=False)
            self._read_s = time.monotonic()
            return self._last

    async def _look(self, tx: Tx) -> Vitals:
        horizon = await queries.get_horizon(tx)
        webhooks = await queries.count_webhooks(tx)
        return Vitals(
            ok=True,
            queue=await queries.queue_state(tx),
            events_held_back_s=self._held_back_s(horizon),
            webhooks_pending=webhooks.pending,
            webhooks_failing=webhooks.failing,
        )

    def _held_back_s(self, horizon: queries.Horizon) -> float:
        """Since when the same transaction has been the oldest; 0 where none runs.

        Reckoned here, since the application may not see when other roles' transactions began.
        """
        now = time.monotonic()
        if horizon.oldest != self._oldest:
            self._oldest, self._oldest_since_s = horizon.oldest, now
        return now - self._oldest_since_s if horizon.oldest < horizon.next else 0.0
