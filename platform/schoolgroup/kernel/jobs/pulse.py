"""Whether a worker still comes round: each of its parts says until when it will have done so again.

A worker that lives and does nothing – a loop that ended or waits for ever, a job that does not heed
its time – answers its probe otherwise like a healthy one.
"""

import time
from collections.abc import Callable

# Above what one round takes at worst: a statement's own limit, the wait for a connection, a pause.
ROUND_S = 120.0
# A job beyond its own time is cancelled; by then it has said so, too.
ENDING_S = 60.0


class Pulse:
    """The parts of one process's workers, each with its own time."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._until: dict[str, float] = {}

    def beat(self, part: str, within_s: float = ROUND_S) -> None:
        """It came round; it will have done so again, or have ended, within that many seconds."""
        self._until[part] = self._now() + within_s

    def end(self, part: str) -> None:
        """It has ended as it should."""
        self._until.pop(part, None)

    def late(self) -> list[str]:
        """The parts that did neither in their time, in order; none where all is well."""
        now = self._now()
        return sorted(part for part, until in self._until.items() if until < now)
