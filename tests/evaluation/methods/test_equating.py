"""Equating against R's equate on the ACT mathematics forms, and by hand.

The frequencies: Kolen and Brennan (2004), table 2.5; equivalents by R's equate, table 2.7.
"""

from collections.abc import Sequence

import msgspec
import numpy as np
import pytest

from schoolgroup.evaluation.statistics.methods.anchors import (
    Group,
    chained_equipercentile,
    equate_through,
    group_of,
    group_of_pairs,
)
from schoolgroup.evaluation.statistics.methods.equating import (
    Form,
    equate,
    form_of,
    percentile_ranks,
    score_at,
    smoothed_se,
)
from schoolgroup.evaluation.statistics.methods.presmoothing import smooth
from schoolgroup.evaluation.statistics.methods.refusals import MethodRefused
from schoolgroup.evaluation.statistics.methods.resampling import Pairs, pairs_of, standard_errors

X = Form((
    0, 1, 1, 3, 9, 18, 59, 67, 91, 144, 149, 192, 192, 192, 201, 204, 217, 181, 184, 170, 201, 147,
    163, 147, 140, 147, 126, 113, 100, 106, 107, 91, 83, 73, 72, 75, 50, 37, 38, 23, 15,
))  # fmt: skip
Y = Form((
    0, 1, 3, 13, 42, 59, 95, 131, 158, 161, 194, 164, 166, 197, 177, 158, 169, 132, 158, 151, 134,
    137, 122, 110, 116, 132, 104, 104, 114, 97, 107, 88, 80, 79, 70, 61, 48, 47, 29, 32, 12,
))  # fmt: skip


def test_the_straight_methods():
    assert equate(X, Y, "mean").of(0) == pytest.approx(-0.872622066263684, abs=1e-9)
    linear = equate(X, Y, "linear")
    assert linear.intercept == pytest.approx(-2.6319707772218, abs=1e-9)
    assert linear.slope == pytest.approx(1.08862150277211, abs=1e-9)
    assert linear.of(40) == pytest.approx(40.9128893336625, abs=1e-9)


def test_equipercentile():
    found = equate(X, Y, "equipercentile")
    expected = [-0.5, 0.979556383741101, 1.64622307064504, 2.285631809194, 2.89319794449172]
    assert [found.of(score) for score in range(5)] == pytest.approx(expected, abs=1e-9)
    assert found.of(39) == pytest.approx(39.080734582479, abs=1e-9)
    assert found.of(40) == pytest.approx(39.900554409642, abs=1e-9)
    assert (found.n_x, found.n_y) == (4329, 4152)


def test_equipercentile_after_presmoothing():
    found = equate(X, Y, "equipercentile", smoothed_degree=6)
    expected = [-0.438422614799246, 0.123880802721022, 0.929316743420327, 1.82646048914039]
    assert [found.of(score) for score in range(4)] == pytest.approx(expected, abs=1e-6)
    assert found.of(40) == pytest.approx(40.0202317171603, abs=1e-6)


def test_smoothing_keeps_the_moments():
    fitted = smooth(X.counts, 6)
    assert fitted[0] == pytest.approx(0.0216618984098699, abs=1e-7)
    for power in range(7):
        scale = (X.scores / 40) ** power
        assert float(fitted @ scale) == pytest.approx(float(X.counts @ scale), rel=1e-9)
    with pytest.raises(MethodRefused):
        smooth(np.array([3.0, 0, 4]), 2)


def test_standard_errors_grow_with_distance_and_shrink_with_n():
    linear = equate(X, Y, "linear").table
    assert linear[40].se is not None
    assert linear[20].se is not None
    assert linear[40].se > linear[20].se
    fourfold = Form(tuple(4 * count for count in X.frequencies))
    again = equate(fourfold, Form(tuple(4 * count for count in Y.frequencies)), "equipercentile")
    once = equate(X, Y, "equipercentile").table[20].se
    assert once is not None
    assert again.table[20].se == pytest.approx(once / 2, rel=1e-9)


def test_a_form_equated_to_itself_does_not_move():
    gaps = Form((4, 0, 0, 6, 2))  # scores 1 and 2 do not occur
    for method in ("mean", "linear"):
        assert equate(gaps, gaps, method).of(3) == pytest.approx(3)
    found = equate(gaps, gaps, "equipercentile")
    assert [found.of(score) for score in (0, 3, 4)] == pytest.approx([0, 3, 4], abs=1e-8)
    assert found.of(1) == pytest.approx(1.5)  # rank 1/3 is anywhere from 0.5 to 2.5


def test_zero_frequency_at_an_end_and_beyond_the_maximum():
    assert score_at(0.0, Form((0, 5, 5))) == -0.5
    assert score_at(1.0, Form((5, 5, 0))) == 2.5
    assert percentile_ranks(Form((5, 5))).tolist() == [0.25, 0.75]
    with pytest.raises(MethodRefused, match="no score 41"):
        equate(X, Y, "linear").of(41)
    with pytest.raises(MethodRefused):
        equate(Form((0, 0, 9)), Y, "equipercentile")
    with pytest.raises(MethodRefused):
        form_of([1, 2, 5], 0, 4)


def test_forms_need_not_start_at_nought():
    x = form_of([10, 11, 11, 12], 10, 12)
    y = form_of([20, 21, 21, 22], 20, 22)
    for method in ("mean", "linear", "equipercentile"):
        assert equate(x, y, method).of(11) == pytest.approx(21)


# Kolen and Brennan's common-item example: forms of 36 items, 12 of them common
KB_X = Group(1655, 15.8205, 6.5278, 5.1063, 2.3760, 13.4088)
KB_Y = Group(1638, 18.6728, 6.8784, 5.8626, 2.4515, 14.7603)


def test_tucker_by_hand():
    found = equate_through(KB_X, KB_Y, "tucker", weight_x=1.0)
    gamma = 14.7603 / 2.4515**2
    mean = 18.6728 + gamma * (5.1063 - 5.8626)
    spread = 6.8784**2 + gamma**2 * (2.3760**2 - 2.4515**2)
    assert found.slope == pytest.approx(spread**0.5 / 6.5278)
    assert found.of(15.8205) == pytest.approx(mean)
    assert (found.intercept, found.slope) == pytest.approx((0.5370, 1.0289), abs=1e-4)


def test_levine_and_chained_by_hand():
    levine = equate_through(KB_X, KB_Y, "levine", weight_x=1.0)
    gamma = 6.8784**2 / 14.7603  # internal anchor
    assert levine.gamma_y == pytest.approx(gamma)
    assert levine.of(15.8205) == pytest.approx(18.6728 + gamma * (5.1063 - 5.8626))
    external = equate_through(KB_X, KB_Y, "levine", internal=False)
    assert external.gamma_x == pytest.approx((6.5278**2 + 13.4088) / (2.3760**2 + 13.4088))
    chained = equate_through(KB_X, KB_Y, "chained")
    at_anchor = 5.1063 + 2.3760 / 6.5278 * (20 - 15.8205)
    assert chained.of(20) == pytest.approx(18.6728 + 6.8784 / 2.4515 * (at_anchor - 5.8626))


def test_equal_groups_make_every_method_linear_equating():
    same = Group(100, 20, 5, 8, 2, 8)
    other = Group(300, 24, 6, 8, 2, 9)
    for method in ("tucker", "levine", "chained"):
        assert equate_through(same, other, method).of(25) == pytest.approx(30)


def test_an_anchor_that_goes_against_the_total_is_refused():
    with pytest.raises(MethodRefused):
        equate_through(Group(100, 20, 5, 8, 2, -1), KB_Y, "tucker")


def test_the_bootstrap_repeats_itself_in_any_order_of_the_pupils():
    chance = np.random.default_rng(4)
    anchor = chance.integers(0, 13, 400).astype(np.float64)
    total = 2 * anchor + chance.integers(0, 6, 400)
    there = anchor[::-1] + 0, total[::-1] + 0

    def errors(pair: Pairs) -> list[float]:
        def at_15(drawn: Sequence[Pairs]) -> np.ndarray:
            x, y = (group_of_pairs(each) for each in drawn)
            return np.array([equate_through(x, y, "tucker").of(15)])

        return standard_errors([pair, pair], at_15, replications=50)

    (first,) = errors(pairs_of(total, anchor))
    assert [first] == errors(pairs_of(there[1], there[0]))
    assert 0 < first < 1
    counted, plain = group_of_pairs(pairs_of(total, anchor)), group_of(total, anchor)
    assert msgspec.structs.astuple(counted) == pytest.approx(msgspec.structs.astuple(plain))


def test_resampled_errors_are_those_of_theory():
    # the mean of 400 pupils has the error sd/√n; and smoothing gains on Lord's error
    chance = np.random.default_rng(5)
    total = chance.integers(0, 30, 400).astype(np.float64)
    mean = standard_errors(
        [pairs_of(total)],
        lambda drawn: np.array([drawn[0].counts @ drawn[0].columns[:, 0] / 400]),
        replications=2000,
    )
    assert mean[0] == pytest.approx(total.std() / 20, rel=0.05)
    smoothed = smoothed_se(X, Y, 6, replications=100)
    lord = [one.se for one in equate(X, Y, "equipercentile").table]
    for score in (10, 20, 30):
        assert 0.5 < smoothed[score] / (lord[score] or 0) < 1.1


def test_chained_equipercentile_through_the_same_anchor():
    anchor = Form((10, 20, 20, 10))
    x, y = Form((5, 10, 20, 10, 15)), Form((5, 10, 20, 10, 15))
    assert chained_equipercentile(x, anchor, anchor, y) == pytest.approx([0, 1, 2, 3, 4], abs=1e-8)
