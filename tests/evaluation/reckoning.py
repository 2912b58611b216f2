"""The figures of an exam reckoned a second time, from evaluation.md and by other means.

Nothing of the product is imported: marking in fractions, figures by numpy's own functions, ranks by
counting. What the product says must be this.
"""

import math
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

LINES = {"excellent": 85, "pass": 60, "low": 40}
GRADES = {"A": 85, "B": 70, "C": 60, "D": 0}


def final_mark(marks: Sequence[float], threshold: float) -> tuple[Fraction, int]:
    """2+1+1 (section 3) of marks one, two, three and the arbiter's; how many were needed.

    A third mark equally far from both goes with the higher.
    """
    one, two, three, arbiter = map(Fraction, marks)
    if abs(one - two) <= threshold:
        return (one + two) / 2, 2
    nearer = min((one, two), key=lambda mark: (abs(three - mark), -mark))
    if abs(three - nearer) <= threshold:
        return (three + nearer) / 2, 3
    return arbiter, 4


def half_up(marks: Fraction) -> int:
    """Half marks, rounded half up: the one rounding of a subject's total."""
    return math.floor(marks * 2 + Fraction(1, 2))


def check_figures(told: Mapping[str, Any], marks: list[list[int]], most: list[int]) -> None:
    """Hold the figures of those present (half marks by item) against numpy's."""
    table = np.array(marks, dtype=float)
    totals, full, n = table.sum(axis=1), sum(most), len(marks)

    def near(value: float) -> Any:
        return pytest.approx(value, rel=1e-12, abs=1e-12)

    assert told["n_present"] == told["basis"]["n"] == n
    assert told["full_marks"] * 2 == full
    assert told["mean"] == near(totals.mean() / 2)
    assert told["sd"] == near(totals.std() / 2)
    names = ("lower_quartile", "median", "upper_quartile")
    for name, quarter in zip(names, np.percentile(totals, [25, 50, 75]) / 2, strict=True):
        assert told[name] == near(quarter), name
    for rate in told["rates"]:
        assert rate["percent"] == LINES[rate["line"]]
        reached = np.mean(totals * 100 >= rate["percent"] * full)
        if rate["share"] is not None:
            assert rate["share"] == near(1 - reached if rate["line"] == "low" else reached)
    above = 1.1
    for grade, share in zip(GRADES, told["grades"], strict=True):
        below, lowest = above * full, GRADES[grade] / 100
        of_grade = np.mean((totals * 100 >= GRADES[grade] * full) & (totals < below - 1e-9))
        above = lowest
        assert share["grade"] == grade
        if share["share"] is not None:
            assert share["share"] == near(of_grade), grade
    for k, item in enumerate(told["items"]):
        own, rest = table[:, k], totals - table[:, k]
        assert item["p"] == near(own.mean() / most[k])
        if own.std() and rest.std():
            expected = np.corrcoef(own, rest)[0, 1]
            assert item["rest_r"] == pytest.approx(expected, rel=1e-9, abs=1e-9)
        else:
            assert item["rest_r"] is None
    k = len(most)
    expected = k / (k - 1) * (1 - table.var(axis=0).sum() / totals.var())
    assert told["alpha"] == pytest.approx(expected, rel=1e-9)


def grade_of(total: int, full: int) -> str:
    """The grade of a total in half marks."""
    return next(grade for grade, line in GRADES.items() if total * 100 >= line * full)


def rank_of(total: int, totals: Sequence[int]) -> int:
    """1, 2, 2, 4: one more than those above."""
    return 1 + sum(other > total for other in totals)
