"""Long reckonings without the search for cycles of garbage.

Whoever makes a hundred thousand small results sets off Python's full collection again and again,
and each of them walks through every exam number of the snapshot in memory: 0.2 of 0.6 s on 100,000
candidates × 9 subjects, now and then, which made the time of a release a matter of luck. Numbers
and tuples make no cycles; what is dropped meanwhile goes at once, by its count of references.
"""

import gc
from collections.abc import Callable
from functools import wraps
from threading import Lock
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")


class _Pause:
    """How many reckonings want it quiet: the last to end lets collecting go on."""

    def __init__(self) -> None:
        self._lock, self._n, self._was_on = Lock(), 0, False

    def begin(self) -> None:
        with self._lock:
            if self._n == 0:
                self._was_on = gc.isenabled()
                gc.disable()
            self._n += 1

    def end(self) -> None:
        with self._lock:
            self._n -= 1
            if self._n == 0 and self._was_on:
                gc.enable()


_pause = _Pause()


def uncollected(method: Callable[P, R]) -> Callable[P, R]:
    """Run `method` with the collector paused; it is on again whatever comes out."""

    @wraps(method)
    def quiet(*args: P.args, **kwargs: P.kwargs) -> R:
        _pause.begin()
        try:
            return method(*args, **kwargs)
        finally:
            _pause.end()

    return quiet
