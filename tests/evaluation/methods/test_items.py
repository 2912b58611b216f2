"""Item analysis against R's psych on LSAT 6, Moodle's own fixture, and small hand-made tables."""

import math

import numpy as np
import pytest

from schoolgroup.evaluation.statistics.methods.items import (
    analyse,
    correlation,
    extreme_groups,
    option_table,
    score_answers,
    totals,
)
from schoolgroup.evaluation.statistics.methods.moodle import moodle_items, moodle_quiz
from schoolgroup.evaluation.statistics.methods.refusals import MethodRefused
from schoolgroup.evaluation.statistics.methods.reliability import misclassified, reliability
from tests.evaluation.methods.lsat import lsat

NAN = math.nan
LABELS = ["1", "2", "3", "4", "5"]
# Moodle's fixture results00 (quiz statistics tests, GPLv3): marks of seven questions, then the sum
MOODLE = """
1 1 1 1 1 0 1 6        1 1 1 1 .5 1 0 5.5     1 1 1 1 .5 0 1 5.5     0 0 1 1 1 0 0 3
1 0 1 0 0 1 .5 3.5     1 1 1 1 .5 0 .5 5      0 1 1 1 .5 1 .5 5      1 1 1 0 .5 1 .5 5
1 0 1 1 1 1 1 6        0 1 1 0 .5 1 .5 4      .8 0 1 1 .5 1 .5 4.8   1 1 1 0 .5 1 1 5.5
1 0 1 1 .5 1 .5 5      1 0 1 1 1 0 .5 4.5     0 0 1 1 0 1 1 4        1 0 1 0 .5 1 1 4.5
.8 0 1 1 .5 0 1 4.3    1 0 1 1 0 1 .5 4.5     1 0 1 1 .5 0 .5 4      0 1 1 0 .5 1 0 3.5
1 1 .3333333 1 .5 0 .5 4.33333                1 1 1 0 .5 0 .5 4      1 1 1 1 0 1 .5 5.5
0 0 1 0 .5 1 1 3.5     0 0 1 1 1 1 1 5
"""


def moodle() -> np.ndarray:
    return np.array(MOODLE.split(), dtype=np.float64).reshape(25, 8)


def test_lsat_items_agree_with_psych():
    found = analyse(lsat(), [1] * 5, LABELS)
    first, second = found[0], found[1]
    assert first.p == pytest.approx(0.924, abs=1e-12)
    assert first.rest_r == pytest.approx(0.112832688922342, abs=1e-12)
    assert first.total_r == pytest.approx(0.362010437161764, abs=1e-12)
    assert first.alpha_without == pytest.approx(0.275356210798234, abs=1e-12)
    assert first.d27 == pytest.approx(0.176811594202899, abs=1e-12)
    assert second.rest_r == pytest.approx(0.15317812011653, abs=1e-12)
    assert second.d27 == pytest.approx(0.611594202898551, abs=1e-12)
    groups = extreme_groups(totals(lsat()))
    assert groups is not None
    assert (groups.n_each, groups.n_upper, groups.n_lower) == (270, 298, 345)


def test_lsat_reliability_agrees_with_psych():
    found = reliability(lsat())
    assert found.alpha == found.kr20 == pytest.approx(0.294997192215944, abs=1e-12)
    assert found.alpha_standardised == pytest.approx(0.29302827366612, abs=1e-12)
    assert found.lambda6 == pytest.approx(0.251706641789198, abs=1e-12)
    assert found.kr21 == pytest.approx(0.196441168748289, abs=1e-12)
    assert found.half_r == pytest.approx(0.203360359805387, abs=1e-12)
    assert found.spearman_brown == pytest.approx(0.337987466760623, abs=1e-12)
    assert found.lambda4 == pytest.approx(0.33718076055909, abs=1e-12)
    assert found.sem_sample == pytest.approx(0.869066612393306, abs=1e-12)


def test_moodles_fixture():
    table = moodle()
    # the fixture's marks are rounded: 1.5e-5 is as near as they let us come
    items = moodle_items(table[:, :7], [1] * 7, table[:, 7])
    assert items[0].facility == pytest.approx(0.704, rel=1.5e-5)
    assert items[0].discrimination_index == pytest.approx(-7.0650767526, rel=1.5e-5)
    assert items[2].discriminative_efficiency == pytest.approx(-21.6545012165, rel=1.5e-5)
    weights = [21.2922742344, 18.8979800309, 4.443012573, 18.9347251357, 11.1450138688,
               9.8081339177, 15.4788602394]  # fmt: skip
    assert [item.effective_weight for item in items] == pytest.approx(weights, rel=1.5e-5)
    quiz = moodle_quiz(table[:, :7], table[:, 7])
    assert (quiz.n, quiz.median) == (25, 4.5)
    assert quiz.mean == pytest.approx(4.617333332, rel=1.5e-5)
    assert quiz.sd == pytest.approx(0.8117265554, rel=1.5e-5)
    assert quiz.skewness == pytest.approx(-0.092502502, rel=1.5e-5)
    assert quiz.kurtosis == pytest.approx(-0.7073968557, rel=1.5e-5)
    assert quiz.cic == pytest.approx(-87.2230935542, rel=1.5e-5)
    assert quiz.error_ratio == pytest.approx(136.8294900795, rel=1.5e-5)
    assert quiz.standard_error == pytest.approx(1.1106813066, rel=1.5e-5)


def test_the_rest_correlation_leaves_the_item_out():
    table = np.array([[1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 1, 0]], dtype=float)
    first = analyse(table, [1] * 3, LABELS[:3])[0]
    assert first.rest_r == pytest.approx(-0.5773502691896258)  # (1,0,0,1) with (0,1,1,1)
    assert first.total_r is not None
    assert first.total_r > 0  # the inflated one says the opposite
    assert not first.discriminates


def test_d27_does_not_depend_on_the_order_of_the_file():
    table = lsat()
    shuffled = table[np.random.default_rng(5).permutation(len(table))]
    first, second = analyse(table, [1] * 5, LABELS), analyse(shuffled, [1] * 5, LABELS)
    assert [item.d27 for item in first] == pytest.approx([item.d27 for item in second], abs=1e-15)


def test_an_item_without_variance_is_null_and_never_nan():
    table = np.column_stack([np.ones(20), np.arange(20.0) % 2, np.arange(20.0) % 3])
    item = analyse(table, [1, 1, 2], LABELS[:3])[0]
    assert (item.p, item.rest_r, item.total_r, item.d27) == (1, None, None, 0)
    assert not item.discriminates
    assert reliability(table).alpha is not None
    assert reliability(table).alpha_standardised is None
    flat = reliability(np.ones((9, 4)))
    assert (flat.alpha, flat.sem, flat.half_r) == (None, None, None)


def test_a_negative_alpha_is_printed_as_it_is():
    table = np.array([[1, 0], [0, 1], [1, 0], [0, 1], [1, 1]], dtype=float)
    found = reliability(table)
    assert found.alpha == pytest.approx(-4.0)  # 2·(1 − (.3 + .3)/.2)
    assert misclassified(totals(table), 1.5, found.alpha) is None


def test_optional_items_count_only_those_offered_them():
    table = np.array([[1, NAN, 2], [0, NAN, 1], [NAN, 1, 2], [NAN, 1, 0], [NAN, 0, 0]])
    found = analyse(table, [1, 1, 2], LABELS[:3])
    assert [item.n for item in found] == [2, 3, 5]
    assert found[0].p == 0.5
    assert found[1].p == pytest.approx(2 / 3)
    assert reliability(table).alpha is None  # nobody was offered every item


def test_omissions_are_of_those_offered():
    table = np.array([[1.0, 0], [0, 1], [NAN, 0]])
    omitted = np.array([[False, True], [True, False], [False, True]])
    assert [item.omit_rate for item in analyse(table, [1, 1], LABELS[:2], omitted)] == [0.5, 2 / 3]


def test_the_option_table_shows_who_chose_what():
    answers = ["A", "A", "B", "", "A", "C"]
    scored = score_answers([[answer] for answer in answers], ["A"])[:, 0]
    rest = np.array([5.0, 4, 1, 0, 3, 2])
    rows = {row.option: row for row in option_table(answers, "A", rest, rest + scored)}
    assert {option: row.n for option, row in rows.items()} == {"": 1, "A": 3, "B": 1, "C": 1}
    assert rows["A"].key
    assert rows["A"].rest_mean == 4
    assert rows["B"].share == 1 / 6
    assert rows["A"].rest_r == pytest.approx(0.8783100656536799)
    assert (rows["A"].n_upper, rows[""].n_lower) == (1, 1)


def test_a_perfect_correlation_stays_within_one():
    x = np.array([0.1, 0.2, 0.7])
    assert correlation(x, 3 * x) == 1.0
    assert correlation(x, -x) == -1.0
    assert correlation(x * 1e-200, x) == pytest.approx(1.0)


def test_misclassification_at_a_line():
    totals_ = np.array([10.0, 20, 30, 40])
    assert misclassified(totals_, 25, 1.0) == 0
    found = misclassified(totals_, 25, 0.8)
    assert found is not None
    # true scores 13, 21, 29, 37 with an error of 11.18·√.16 = 4.472: Φ(−12/4.472), Φ(−4/4.472)
    assert found == pytest.approx((0.0036456 + 0.1855467) / 2, abs=1e-6)


def test_no_pupils_or_an_infinite_mark():
    with pytest.raises(MethodRefused):
        analyse(np.empty((0, 2)), [1, 1], LABELS[:2])
    with pytest.raises(MethodRefused):
        analyse(np.array([[math.inf]]), [1], ["1"])
