"""DIF against a table worked out by hand, raters against published tables."""

import math

import numpy as np
import pytest

from schoolgroup.evaluation.statistics.methods.dif import (
    EtsClass,
    ets_class,
    logistic,
    mantel_haenszel,
)
from schoolgroup.evaluation.statistics.methods.dif_ordinal import mantel, ordinal, purified
from schoolgroup.evaluation.statistics.methods.raters import icc, kappa, krippendorff, pairs_table
from schoolgroup.evaluation.statistics.methods.refusals import MethodRefused

# Shrout and Fleiss (1979), Psychological Bulletin 86(2), table 2: six targets, four judges
SHROUT_FLEISS = [
    [9, 2, 5, 8],
    [6, 1, 3, 2],
    [8, 4, 6, 8],
    [7, 1, 2, 6],
    [10, 5, 6, 9],
    [6, 2, 4, 7],
]
# Unaided vision of 7,477 women, right and left eye (Stuart 1953); kappas by R's irr
VISION = [[1520, 266, 124, 66], [234, 1512, 432, 78], [117, 362, 1772, 205], [36, 82, 179, 492]]
# Krippendorff (2011), four observers, twelve units
OBSERVERS = [
    [1, 2, 3, 3, 2, 1, 4, 1, 2, None, None, None],
    [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, None, None],
    [None, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, 3],
    [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, None],
]


def two_items(cells: dict[tuple[bool, int, int], int]) -> tuple[np.ndarray, np.ndarray]:
    """Marks of two items and who is in the focal group, from counts."""
    rows = [(focal, first, second) for (focal, first, second), n in cells.items() for _ in range(n)]
    return (
        np.array([row[1:] for row in rows], dtype=np.float64),
        np.array([row[0] for row in rows]),
    )


def test_mantel_haenszel_by_hand():
    # only the stratum of total 1 says anything: reference 30 right 10 wrong, focal 15 and 25
    cells = {
        (False, 1, 0): 30, (False, 0, 1): 10, (True, 1, 0): 15, (True, 0, 1): 25,
        (False, 1, 1): 8, (True, 1, 1): 4, (True, 0, 0): 6,
    }  # fmt: skip
    first, second = mantel_haenszel(*two_items(cells))
    away = 30 - 40 * 45 / 80
    variance = 40 * 40 * 45 * 35 / (80**2 * 79)
    assert first.alpha == pytest.approx(30 * 25 / (10 * 15))
    assert first.delta == pytest.approx(-2.35 * math.log(5))
    assert first.chi2 == pytest.approx(away**2 / variance)
    assert first.chi2_corrected == pytest.approx((away - 0.5) ** 2 / variance)
    assert first.ets is EtsClass.C
    assert second.alpha == pytest.approx(1 / 5)
    # focal weights: 40 in the stratum of one, 4 of two (no difference)
    assert first.p_difference == pytest.approx(40 * (15 / 40 - 30 / 40) / 44)


def test_the_continuity_correction_is_applied_below_one_half_too():
    cells = {
        (False, 1, 0): 20, (False, 0, 1): 20, (True, 1, 0): 20, (True, 0, 1): 20,
    }  # fmt: skip
    first, _ = mantel_haenszel(*two_items(cells))
    assert first.chi2 == 0
    assert first.chi2_corrected == pytest.approx(0.25 / (40 * 40 * 40 * 40 / (80**2 * 79)))
    assert first.ets is EtsClass.A


def test_ets_classes():
    assert ets_class(0.9, 0.1, 0.001) is EtsClass.A
    assert ets_class(2.0, 0.1, 0.2) is EtsClass.A
    assert ets_class(1.2, 0.1, 0.001) is EtsClass.B
    assert ets_class(-1.6, 0.5, 0.001) is EtsClass.B  # not more than 1 beyond chance
    assert ets_class(-1.9, 0.1, 0.001) is EtsClass.C


def test_logistic_likelihood_ratios():
    chance = np.random.default_rng(8)
    ability, focal = chance.normal(size=600), np.arange(600) % 2 == 0
    difficulty = np.linspace(-1, 1, 6)
    shift = np.zeros(6)
    shift[2] = 1.2  # harder for the focal group
    z = ability[:, None] - difficulty - focal[:, None] * shift
    marks = (chance.random((600, 6)) < 1 / (1 + np.exp(-z))).astype(np.float64)
    found = logistic(marks, focal)
    for each in found:
        assert each.both == pytest.approx((each.uniform or 0) + (each.nonuniform or 0), abs=1e-9)
    p_values = [each.p_uniform for each in found]
    assert p_values[2] is not None
    assert p_values[2] < 1e-3
    assert mantel_haenszel(marks, focal)[2].ets is not EtsClass.A
    flat = marks.copy()
    flat[:, 0] = 1
    assert logistic(flat, focal)[0].both is None
    assert mantel_haenszel(flat, focal)[0].chi2 is None


def graded_answers() -> tuple[np.ndarray, np.ndarray]:
    """600 pupils, six items of four marks; the third is harder for every other pupil."""
    chance = np.random.default_rng(8)
    ability, focal = chance.normal(size=600), np.arange(600) % 2 == 0
    shift = np.zeros(6)
    shift[2] = 1.2
    z = ability[:, None] - np.linspace(-1, 1, 6) - focal[:, None] * shift
    chance.random((600, 6))
    z = z + chance.logistic(size=(600, 6))
    return sum(((z > cut).astype(np.float64) for cut in (-1, 0, 1)), np.zeros((600, 6))), focal


def test_mantel_of_noughts_and_ones_is_mantel_haenszel():
    marks = (graded_answers()[0] > 1).astype(np.float64)
    focal = graded_answers()[1]
    rows = zip(mantel(marks, focal), ordinal(marks, focal), mantel_haenszel(marks, focal),
               logistic(marks, focal), strict=True)  # fmt: skip
    for ours, ratio, mh, lr in rows:
        assert ours.chi2 == pytest.approx(mh.chi2)
        assert ours.smd == pytest.approx(mh.p_difference)
        assert ratio.both == pytest.approx(lr.both, abs=1e-8)
        assert ratio.uniform == pytest.approx(lr.uniform, abs=1e-8)


def test_mantel_of_several_marks_by_hand():
    # one stratum: two items that always sum to 3, reference mean 2, focal mean 1
    table = np.array([[3, 0], [1, 2]] * 20 + [[2, 1], [0, 3]] * 20, dtype=np.float64)
    focal = np.arange(80) >= 40
    first, second = mantel(table, focal)
    away = 40 * 1 - 40 * 1.5
    spread = 80 * float((table[:, 0] ** 2).sum()) - float(table[:, 0].sum()) ** 2
    variance = 40 * 40 * spread / (80**2 * 79)
    assert first.chi2 == pytest.approx(away**2 / variance)
    assert (first.smd, second.smd) == pytest.approx((-1, 1))
    assert first.smd_se == pytest.approx((1 / 40 + 1 / 40) * variance**0.5)
    assert first.ets is EtsClass.C


def test_cumulative_logits_agree_with_statsmodels():
    # statsmodels 0.15 OrderedModel(distr='logit') on the total, with group, with interaction
    found = ordinal(*graded_answers())[2]
    expected = (49.6292708844835, 48.66646219292443, 0.9628086915590757)
    assert (found.both, found.uniform, found.nonuniform) == pytest.approx(expected, abs=1e-8)


def test_purification_leaves_the_item_that_differs_out_of_the_total():
    marks, focal = graded_answers()
    matching, rounds = purified(marks, focal)
    assert matching.tolist() == [True, True, False, True, True, True]
    assert 1 < rounds < 10
    flat = np.column_stack([marks, np.ones(600)])
    assert mantel(flat, focal)[6].chi2 is None
    assert ordinal(flat, focal)[6].both is None
    with pytest.raises(MethodRefused, match="complete"):
        mantel(np.where(marks == 0, math.nan, marks), focal)


def test_small_groups_and_other_marks_are_refused():
    marks = np.ones((50, 3))
    with pytest.raises(MethodRefused, match="a group has 5"):
        mantel_haenszel(marks, np.arange(50) < 5)
    with pytest.raises(MethodRefused, match="0 and 1"):
        logistic(marks * 2, np.arange(50) < 25)


def test_weighted_kappa_on_the_vision_table():
    plain = kappa(VISION)
    assert plain.n == 7477
    assert plain.kappa == pytest.approx(0.595388828089434, abs=1e-12)
    assert plain.z == pytest.approx(84.5809811002106, abs=1e-9)
    assert kappa(VISION, "linear").kappa == pytest.approx(0.652380429500598, abs=1e-12)
    assert kappa(VISION, "quadratic").kappa == pytest.approx(0.702334252490098, abs=1e-12)
    assert plain.exact < plain.adjacent


def test_kappa_of_one_level_is_null():
    found = kappa(pairs_table(["a", "a"], ["a", "a"], ["a", "b"]))
    assert (found.exact, found.kappa, found.z) == (1, None, None)
    with pytest.raises(ValueError, match="no level"):
        pairs_table(["c"], ["a"], ["a", "b"])
    with pytest.raises(MethodRefused):
        kappa([[0, 0], [0, 0]])


def test_the_six_correlations_of_shrout_and_fleiss():
    found = icc(np.array(SHROUT_FLEISS, dtype=np.float64))
    assert [round(each.icc, 2) for each in found] == [0.17, 0.29, 0.71, 0.44, 0.62, 0.91]
    second = found[1]
    assert second.icc == pytest.approx(0.289763779527559, abs=1e-12)
    assert (second.low, second.high) == pytest.approx((0.018786513374712, 0.761084369648953))
    assert (found[0].low, found[0].high) == pytest.approx((-0.132932324874751, 0.722560062328121))
    assert (found[5].low, found[5].high) == pytest.approx((0.675674713816305, 0.985891678169062))


def test_ratings_that_say_nothing_are_refused():
    with pytest.raises(MethodRefused):
        icc(np.array([[1, 1], [2, 2], [3.0, 3]]))
    with pytest.raises(MethodRefused):
        icc(np.array([[1, math.nan], [2, 2]]))


@pytest.mark.parametrize(
    ("scale", "expected"),
    [
        ("nominal", 0.743421052631579),
        ("ordinal", 0.815387503754881),
        ("interval", 0.849107142857143),
        ("ratio", 0.797402774711612),
    ],
)
def test_krippendorffs_example_with_missing_ratings(scale, expected):
    assert krippendorff(list(zip(*OBSERVERS, strict=True)), scale) == pytest.approx(expected)


def test_krippendorff_of_equal_ratings_is_null():
    assert krippendorff([[1, 1], [1, 1]], "interval") is None
    assert krippendorff([[1, None], [2, None]], "nominal") is None
