"""One subject's totals as a histogram of half marks, and everything that follows from it.

Only those who sat are counted: absent is a state, never a mark of nought.
"""

import math
from fractions import Fraction
from statistics import NormalDist
from typing import Literal

import msgspec
import numpy as np

from schoolgroup.evaluation.statistics.methods.exact import Marks

Ties = Literal["competition", "dense", "average", "last"]


class Histogram(msgspec.Struct, frozen=True):
    """How many have each total: `counts[i]` have `lowest + i` half marks (may be negative)."""

    lowest: int
    counts: tuple[int, ...]

    @property
    def n(self) -> int:
        """Those who sat."""
        return sum(self.counts)

    def occurring(self) -> list[tuple[int, int]]:
        """(half marks, how many) for the totals that occur, from the lowest up."""
        return [(self.lowest + i, count) for i, count in enumerate(self.counts) if count]


class Summary(msgspec.Struct, frozen=True):
    """The distribution in marks; every figure null when nobody sat.

    `sd` is the population standard deviation (divisor n); quartiles are of type 7.
    """

    n: int
    mean: float | None
    sd: float | None
    lowest: float | None
    lower_quartile: float | None
    median: float | None
    upper_quartile: float | None
    highest: float | None


class StandardScore(msgspec.Struct, frozen=True):
    """One total on the usual scales, by the population sd of those who sat."""

    z: float
    t: float  # 50 + 10·z
    standard: float  # 500 + 100·z


class TableRow(msgspec.Struct, frozen=True):
    """One line of the score table (一分一段表)."""

    from_half_marks: int
    n: int
    n_at_or_above: int
    rank: int  # the competition rank of the best total in the line


def histogram(totals: Marks) -> Histogram:
    """Count the totals (half marks); negative ones too, which a plain bincount cannot."""
    if len(totals) == 0:
        return Histogram(0, ())
    lowest = int(totals.min())
    counts = np.bincount(totals - lowest)
    return Histogram(lowest, tuple(counts.tolist()))


def merge(histograms: list[Histogram]) -> Histogram:
    """The histogram of all of them together: the mean of this is never a mean of means."""
    filled = [one for one in histograms if one.n]
    if not filled:
        return Histogram(0, ())
    lowest = min(one.lowest for one in filled)
    counts = [0] * (max(one.lowest + len(one.counts) for one in filled) - lowest)
    for one in filled:
        for place, count in enumerate(one.counts, start=one.lowest - lowest):
            counts[place] += count
    return Histogram(lowest, tuple(counts))


def summary(of: Histogram) -> Summary:
    """n, mean, sd, quartiles and range from whole sums."""
    n = of.n
    if n == 0:
        return Summary(0, None, None, None, None, None, None, None)
    rows = of.occurring()
    total, spread = _sums(of)
    quartiles = [_quantile(rows, n, quarter) for quarter in (1, 2, 3)]
    return Summary(
        n=n,
        mean=total / (2 * n),
        sd=math.sqrt(spread) / (2 * n),
        lowest=rows[0][0] / 2,
        lower_quartile=quartiles[0],
        median=quartiles[1],
        upper_quartile=quartiles[2],
        highest=rows[-1][0] / 2,
    )


def at_or_above(of: Histogram, line_half_marks: Fraction | int) -> int:
    """How many reach the line; a line between two half marks counts from the next one up."""
    skip = max(0, math.ceil(line_half_marks) - of.lowest)
    return sum(of.counts[skip:])


def rate(of: Histogram, percent: int, full_half_marks: int) -> float | None:
    """The share at or above `percent` of the full marks, compared in whole numbers."""
    n = of.n
    return at_or_above(of, Fraction(percent * full_half_marks, 100)) / n if n else None


def standard_scores(of: Histogram) -> dict[int, StandardScore] | None:
    """Z, T and 500+100Z of each total that occurs; null where all totals are equal."""
    total, spread = _sums(of)
    if spread == 0:
        return None
    scores = {}
    for half_marks, _ in of.occurring():
        z = (of.n * half_marks - total) / math.sqrt(spread)
        scores[half_marks] = StandardScore(z, 50 + 10 * z, 500 + 100 * z)
    return scores


def normalised(of: Histogram, method: Literal["middle", "blom"] = "middle") -> dict[int, float]:
    """The normal deviate of each total's average rank (normal score, 正态化标准分).

    `middle`: Φ⁻¹((r − 1/2)/n), r the average rank from the lowest; `blom`: Blom (1958),
    Φ⁻¹((r − 3/8)/(n + 1/4)).
    """
    normal, below, deviates = NormalDist(), 0, {}
    for half_marks, count in of.occurring():
        doubled = 2 * below + count + 1  # twice the average rank
        if method == "middle":
            share = Fraction(doubled - 1, 2 * of.n)
        else:
            share = (Fraction(doubled, 2) - Fraction(3, 8)) / (of.n + Fraction(1, 4))
        deviates[half_marks] = normal.inv_cdf(float(share))
        below += count
    return deviates


def percentile_ranks(of: Histogram) -> dict[int, float]:
    """100·(those below + half of those equal)/n for each total that occurs."""
    below, ranks = 0, {}
    for half_marks, count in of.occurring():
        ranks[half_marks] = 100 * (2 * below + count) / (2 * of.n)
        below += count
    return ranks


def ranks(of: Histogram, ties: Ties = "competition") -> dict[int, float]:
    """The rank of each total from the top; ties 1,2,2,4 | 1,2,2,3 | 1,2.5,2.5,4 | 1,3,3,4."""
    above, found = 0, {}
    for place, (half_marks, count) in enumerate(reversed(of.occurring()), start=1):
        found[half_marks] = {
            "competition": above + 1,
            "dense": place,
            "average": above + (count + 1) / 2,
            "last": above + count,
        }[ties]
        above += count
    return found


def score_table(of: Histogram, step_half_marks: int = 2) -> list[TableRow]:
    """一分一段表: from the top, per step (one mark), those in it and those at or above it.

    Lines in which nobody is are left out of neither end nor middle between the extremes.
    """
    rows = of.occurring()
    if not rows:
        return []
    top = rows[-1][0] // step_half_marks * step_half_marks
    last = rows[0][0] // step_half_marks * step_half_marks
    by_line: dict[int, int] = {}
    for half_marks, count in rows:
        line = half_marks // step_half_marks * step_half_marks
        by_line[line] = by_line.get(line, 0) + count
    table, above = [], 0
    for line in range(top, last - 1, -step_half_marks):
        count = by_line.get(line, 0)
        table.append(TableRow(line, count, above + count, above + 1))
        above += count
    return table


def _sums(of: Histogram) -> tuple[int, int]:
    """Σx and n·Σx² − (Σx)² in half marks."""
    rows = of.occurring()
    total = sum(value * count for value, count in rows)
    squares = sum(value * value * count for value, count in rows)
    return total, of.n * squares - total * total


def _quantile(rows: list[tuple[int, int]], n: int, quarter: int) -> float:
    """Type 7 in marks from (value, count) rows."""
    at, rest = divmod((n - 1) * quarter, 4)
    low, high = _value_at(rows, at), _value_at(rows, min(at + 1, n - 1))
    return (low * (4 - rest) + high * rest) / 8


def _value_at(rows: list[tuple[int, int]], index: int) -> int:
    for value, count in rows:
        index -= count
        if index < 0:
            return value
    return rows[-1][0]
