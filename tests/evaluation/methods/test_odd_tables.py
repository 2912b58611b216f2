"""Odd tables through every item method: a figure is a number or null, never NaN, never a warning.

(pytest turns every warning of numpy into a failure.)
"""

import math
from pathlib import Path

import msgspec
import numpy as np
import pytest

from schoolgroup.evaluation.sheet import read_sheet
from schoolgroup.evaluation.statistics.methods.items import analyse, totals
from schoolgroup.evaluation.statistics.methods.moodle import moodle_items, moodle_quiz
from schoolgroup.evaluation.statistics.methods.reliability import misclassified, reliability
from schoolgroup.evaluation.value_added.random_intercept import fit_intercept
from schoolgroup.evaluation.value_added.sums import from_rows


def every_number(of: object) -> list[float]:
    plain = msgspec.to_builtins(of)
    if isinstance(plain, dict):
        plain = list(plain.values())
    if isinstance(plain, list):
        return [number for one in plain for number in every_number(one)]
    return [plain] if isinstance(plain, float) else []


def odd_table(seed: int) -> np.ndarray:
    chance = np.random.default_rng(seed)
    n, k = int(chance.integers(1, 12)), int(chance.integers(1, 5))
    table = chance.integers(0, int(chance.integers(1, 4)), (n, k)).astype(np.float64)
    if seed % 3 == 0:
        table *= 1e-9
    if seed % 3 == 1:
        table = table * 1e9 - 5e8
    return table


@pytest.mark.parametrize("seed", range(60))
def test_every_figure_is_finite_or_null(seed):
    table = odd_table(seed)
    k = table.shape[1]
    most, labels = [1.0] * k, [str(at) for at in range(k)]
    found = reliability(table)
    figures = every_number(
        [
            analyse(table, most, labels),
            found,
            moodle_items(table, most, totals(table)),
            moodle_quiz(table, totals(table)),
            misclassified(totals(table), 1.0, found.alpha),
        ]
    )
    table[np.random.default_rng(seed).random(table.shape) < 0.3] = math.nan
    figures += every_number([analyse(table, most, labels), reliability(table)])
    assert all(math.isfinite(figure) for figure in figures)


def test_absent_is_a_gap_and_not_nought(tmp_path: Path):
    file = tmp_path / "marks.csv"
    file.write_text("school,mark\na,0\na,缺考\nb,10\n", encoding="utf-8")
    marks = read_sheet(file).numbers("mark")
    assert math.isnan(marks[1])
    assert marks[0] == 0
    assert analyse(marks[:, None], [10], ["mark"])[0].p == 0.5


def test_pupils_whose_ids_repeat_are_all_counted():
    # the model takes rows, not identities: two equal rows are two pupils
    schools = ["a", "a", "b", "b", "c", "c"]
    once = from_rows(schools, [1, 2, 1, 3, 2, 4], [1, 2, 2, 5, 3, 4])
    twice = from_rows(schools * 2, [1, 2, 1, 3, 2, 4] * 2, [1, 2, 2, 5, 3, 4] * 2)
    assert twice.n.tolist() == [4, 4, 4]
    assert fit_intercept(twice).n == 2 * fit_intercept(once).n
