"""Assigned grades: a worked example, a real distribution, and the rules the law leaves open.

The distribution: totals of 2,392 examinees of a medical admission test, as shipped by the R
package ShinyItemAnalysis (`dataMedical`); the expected table comes from an independent program.
"""

import numpy as np
import pytest

from schoolgroup.evaluation.statistics.methods.assigned import (
    SHANDONG,
    THREE_ONE_TWO,
    Band,
    Boundary,
    OneScore,
    Scheme,
    Tie,
    assign,
    interpolate,
)
from schoolgroup.evaluation.statistics.methods.refusals import MethodRefused
from schoolgroup.evaluation.statistics.methods.rounding import whole_half_up

MEDICAL = {
    7: 2, 8: 3, 9: 1, 10: 2, 12: 5, 13: 11, 14: 6, 15: 20, 16: 14, 17: 10, 18: 24, 19: 19, 20: 19,
    21: 22, 22: 31, 23: 33, 24: 23, 25: 35, 26: 30, 27: 33, 28: 32, 29: 38, 30: 38, 31: 28, 32: 40,
    33: 38, 34: 29, 35: 38, 36: 32, 37: 47, 38: 37, 39: 48, 40: 43, 41: 44, 42: 39, 43: 38, 44: 45,
    45: 42, 46: 40, 47: 58, 48: 45, 49: 37, 50: 53, 51: 44, 52: 43, 53: 49, 54: 48, 55: 49, 56: 31,
    57: 46, 58: 39, 59: 46, 60: 32, 61: 37, 62: 37, 63: 39, 64: 47, 65: 45, 66: 34, 67: 30, 68: 28,
    69: 28, 70: 24, 71: 36, 72: 37, 73: 22, 74: 39, 75: 24, 76: 26, 77: 19, 78: 15, 79: 21, 80: 11,
    81: 9, 82: 10, 83: 9, 84: 15, 85: 13, 86: 9, 87: 10, 88: 7, 89: 3, 90: 2, 91: 2, 93: 3, 94: 1,
    96: 1,
}  # fmt: skip
HALVES = Scheme("halves", "made up", (Band("top", 50, 6, 10), Band("rest", 50, 1, 5)))


def test_the_worked_example():
    # raw 81 in 61…82 onto 71…85: 253/3 = 84.33
    exact = interpolate(81, 61, 82, 71, 85)
    assert exact * 3 == 253
    assert whole_half_up(exact) == 84


def test_the_three_boundary_rules_on_a_real_distribution():
    tops = {rule: assign(MEDICAL, SHANDONG, rule).levels[0].n for rule in Boundary}
    assert tops == {Boundary.AT_MOST: 66, Boundary.AT_LEAST: 75, Boundary.NEAREST: 75}


def test_the_whole_table_by_the_nearest_rule():
    found = assign(MEDICAL, SHANDONG, Boundary.NEAREST)
    assert found.n == 2392
    assert [(level.raw_highest, level.raw_lowest, level.n) for level in found.levels] == [
        (96, 83, 75),
        (82, 74, 174),
        (73, 63, 370),
        (62, 49, 591),
        (48, 36, 558),
        (35, 25, 379),
        (24, 18, 171),
        (17, 7, 74),
    ]
    expected = {96: 100, 94: 99, 91: 97, 83: 91, 82: 90, 77: 84, 64: 72, 61: 69, 10: 24, 7: 21}
    assert {raw: found.assigned[raw] for raw in expected} == expected
    mean = sum(found.assigned[raw] * n for raw, n in MEDICAL.items()) / found.n
    assert mean == pytest.approx(60.47240802675585, abs=1e-9)


@pytest.mark.parametrize("scheme", [SHANDONG, THREE_ONE_TWO])
@pytest.mark.parametrize("boundary", list(Boundary))
def test_more_marks_never_give_less(scheme, boundary):
    chance = np.random.default_rng(11)
    for size in (1, 2, 3, 7, 40, 1000):
        raws, counts = np.unique(chance.integers(-4, 100, size), return_counts=True)
        table = dict(zip(raws.tolist(), counts.tolist(), strict=True))
        found = assign(table, scheme, boundary)
        given = [found.assigned[raw] for raw in sorted(table)]
        assert given == sorted(given)
        assert sum(level.n for level in found.levels) == size
        bounds = {band.level: band for band in scheme.bands}
        for raw, mark in found.assigned.items():
            band = bounds[found.level_of[raw]]
            assert band.lowest <= mark <= band.highest


def test_a_share_is_compared_without_floats():
    # 3 % of 100 and cumulative 10 %: 0.03 + 0.07 = 0.1 exactly only in whole numbers
    counts = {raw: 1 for raw in range(1, 101)}
    sizes = [level.n for level in assign(counts, SHANDONG, Boundary.AT_MOST).levels]
    assert sizes == [3, 7, 16, 24, 24, 16, 7, 3]
    assert sizes == [level.n for level in assign(counts, SHANDONG, Boundary.AT_LEAST).levels]


def test_equally_near_is_a_parameter():
    counts = {3: 1, 2: 2, 1: 1}  # half of 4 is 2: after 1 or after 3, both off by one
    more = assign(counts, HALVES, Boundary.NEAREST, tie=Tie.MORE)
    fewer = assign(counts, HALVES, Boundary.NEAREST, tie=Tie.FEWER)
    assert [level.n for level in more.levels] == [3, 1]
    assert [level.n for level in fewer.levels] == [1, 3]


@pytest.mark.parametrize(
    ("one_score", "given"), [(OneScore.MAX, 10), (OneScore.MIN, 6), (OneScore.MEAN, 8)]
)
def test_a_level_of_one_score_is_a_parameter(one_score, given):
    found = assign({5: 2, 4: 1, 3: 1}, HALVES, Boundary.NEAREST, one_score=one_score)
    assert found.assigned == {5: given, 4: 5, 3: 1}


def test_an_empty_level_is_skipped_and_says_so():
    found = assign({80: 10}, SHANDONG, Boundary.AT_MOST)
    assert found.assigned == {80: 30}  # nobody fits into a smaller share
    assert [level.n for level in found.levels] == [0] * 7 + [10]
    assert found.levels[0].raw_highest is None


def test_nobody_sat():
    with pytest.raises(MethodRefused):
        assign({50: 0}, SHANDONG, Boundary.NEAREST)
    with pytest.raises(ValueError, match="100"):
        Scheme("short", "made up", (Band("A", 99, 1, 2),))
