"""Figures from whole half marks: exact sums, one correctly rounded operation at the end.

All sums are of integers far below 2^53, so they are exact in any order of the pupils.
"""

import math

import numpy as np
import numpy.typing as npt

Marks = npt.NDArray[np.int64]


def scatter(x: Marks) -> int:
    """n·Σx² − (Σx)²: n² times the population variance, whole and exact."""
    total = int(x.sum())
    return len(x) * int(x @ x) - total * total


def population_sd(totals: Marks) -> float | None:
    """The standard deviation in marks with divisor n; null of nobody."""
    n = len(totals)
    if n == 0:
        return None
    return math.sqrt(scatter(totals)) / (2 * n)


def quantile(totals: Marks, quarter: int) -> float | None:
    """The quartile in marks by type 7 (Hyndman and Fan 1996): at 1 + (n−1)·q/4, interpolated."""
    n = len(totals)
    if n == 0:
        return None
    ordered = np.sort(totals)
    at, rest = divmod((n - 1) * quarter, 4)
    low = int(ordered[at])
    high = int(ordered[min(at + 1, n - 1)])
    return (low * (4 - rest) + high * rest) / 8


def competition_ranks(own: Marks, everybody: Marks) -> list[int]:
    """Rank 1,2,2,4: one more than the number of those with a higher total."""
    if len(own) == 0 or len(everybody) == 0:
        return [1] * len(own)
    lowest = min(int(own.min()), int(everybody.min()))
    highest = max(int(own.max()), int(everybody.max()))
    # how many have each total, then how many have at most it: no sorting of everybody
    counts = np.bincount(everybody - lowest, minlength=highest - lowest + 1)
    ranks: list[int] = (len(everybody) + 1 - np.cumsum(counts))[own - lowest].tolist()
    return ranks


def correlation(x: Marks, y: Marks) -> float | None:
    """Pearson's r from whole sums; null where one of the two does not vary."""
    scatter_x, scatter_y = scatter(x), scatter(y)
    if scatter_x == 0 or scatter_y == 0:
        return None
    common = len(x) * int(x @ y) - int(x.sum()) * int(y.sum())
    return common / math.sqrt(scatter_x * scatter_y)


def alpha(marks: Marks) -> float | None:
    """Cronbach's alpha; null with fewer than two items or totals that do not vary. May be < 0."""
    items = marks.shape[1]
    of_total = scatter(marks.sum(axis=1)) if len(marks) else 0
    if items < 2 or of_total == 0:
        return None
    of_items = sum(scatter(marks[:, column]) for column in range(items))
    value: float = items * (of_total - of_items) / ((items - 1) * of_total)
    return value
