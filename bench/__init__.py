"""Speed, measured beside a peer or a limit: `python -m bench` runs every module here.

A module measures in `async def measure() -> list[Row]`.
"""

import msgspec


class Row(msgspec.Struct, frozen=True):
    """One figure: ours, what it is held against, and how many times better ours must be at least.

    Both figures are in `unit`, less is better. `times_min` 0: shown, but not held to anything.
    """

    what: str
    ours: float
    peer: str
    theirs: float
    unit: str
    times_min: float = 0

    @property
    def times(self) -> float:
        """How many times less ours is."""
        return self.theirs / self.ours

    @property
    def holds(self) -> bool:
        """Whether ours is as much better as it must be."""
        return self.times >= self.times_min


def percentile(samples: list[float], share: float) -> float:
    """The smallest sample that at least `share` of all do not exceed (nearest rank)."""
    ordered = sorted(samples)
    return ordered[max(0, min(len(ordered), -int(-share * len(ordered) // 1)) - 1)]


class Board(msgspec.Struct):
    """A table of its own; `missed`: how many bars were missed."""

    title: str
    columns: list[str]
    rows: list[list[str]]
    missed: int
