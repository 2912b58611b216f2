"""Score statistics against figures worked out by hand."""

import math
from fractions import Fraction

import numpy as np
import pytest

from schoolgroup.evaluation.statistics.methods import lines, scores
from schoolgroup.evaluation.statistics.methods.exact import population_sd, quantile
from schoolgroup.evaluation.statistics.methods.refusals import MethodRefused
from schoolgroup.evaluation.statistics.methods.rounding import half_up, whole_half_up

RANKED = np.array([98, 95, 95, 90, 88, 88, 88, 70]) * 2


def of(*marks: float) -> scores.Histogram:
    return scores.histogram(np.array([int(mark * 2) for mark in marks]))


@pytest.mark.parametrize(
    ("value", "decimals", "rounded"),
    [
        ("2.5", 0, "3"),
        ("0.5", 0, "1"),
        ("1.5", 0, "2"),
        ("84.5", 0, "85"),
        ("2.675", 2, "2.68"),
        ("1.005", 2, "1.01"),
        ("0.285", 2, "0.29"),
        ("86.125", 2, "86.13"),
        ("-2.5", 0, "-3"),
        ("-2.4", 0, "-2"),
    ],
)
def test_halves_are_rounded_up_where_python_rounds_to_even(value, decimals, rounded):
    assert half_up(value, decimals) == Fraction(rounded)


def test_a_half_mark_is_rounded_up_from_the_exact_number():
    assert round(84.5) == 84  # what must not happen to a pupil
    assert whole_half_up(Fraction(169, 2)) == 85


def test_the_summary_is_that_of_the_marks():
    found = scores.summary(of(1, 2, 3, 4, 20))
    assert (found.n, found.mean, found.lowest, found.highest) == (5, 6, 1, 20)
    assert (found.lower_quartile, found.median, found.upper_quartile) == (2, 3, 4)
    assert found.sd == pytest.approx(math.sqrt(50), abs=1e-12)  # divisor n, not n − 1


def test_histogram_and_plain_totals_give_the_same_bits():
    totals = np.random.default_rng(3).integers(-20, 300, 777)
    found = scores.summary(scores.histogram(totals))
    assert found.sd == population_sd(totals)
    assert [found.lower_quartile, found.median, found.upper_quartile] == [
        quantile(totals, quarter) for quarter in (1, 2, 3)
    ]


def test_negative_marks_are_counted_like_others():
    negative = scores.histogram(np.array([-3, -3, 0, 5]))
    assert negative.occurring() == [(-3, 2), (0, 1), (5, 1)]
    assert scores.summary(negative).mean == -1 / 8


def test_nobody_sat_gives_null_and_not_nought():
    empty = scores.histogram(np.array([], dtype=np.int64))
    assert scores.summary(empty) == scores.Summary(0, None, None, None, None, None, None, None)
    assert scores.rate(empty, 60, 200) is None
    assert scores.standard_scores(empty) is None
    assert scores.score_table(empty) == []


def test_the_mean_of_all_is_not_the_mean_of_school_means():
    large, small = of(*[60] * 9), of(90)
    together = scores.merge([large, small, of()])
    assert scores.summary(together).mean == 63
    assert together == of(*[60] * 9, 90)


def test_rates_compare_in_whole_numbers():
    # 85 % of 150 is 127.5 marks: 127.5 reaches it, 127 does not
    assert scores.rate(of(127, 127.5, 128, 140), 85, 300) == 0.75
    assert scores.rate(of(59.5, 60), 60, 200) == 0.5


def test_standard_scores_use_the_population_sd():
    found = scores.standard_scores(of(2, 4, 4, 4, 5, 5, 7, 9))  # mean 5, population sd 2
    assert found is not None
    assert found[18] == scores.StandardScore(2, 70, 700)
    assert found[4] == scores.StandardScore(-1.5, 35, 350)


def test_equal_totals_have_no_standard_score():
    assert scores.standard_scores(of(70, 70, 70)) is None


def test_normal_scores_are_of_the_average_rank():
    found = scores.normalised(of(1, 2, 2, 3))
    assert found[4] == pytest.approx(0, abs=1e-15)
    assert found[2] == pytest.approx(-1.1503493803760079, abs=1e-12)  # Φ⁻¹(1/8)
    blom = scores.normalised(of(1, 2, 3), "blom")
    assert blom[2] == pytest.approx(-0.8694237732888, abs=1e-9)  # Φ⁻¹(0.625/3.25)


def test_ranks_by_each_tie_rule():
    histogram = scores.histogram(RANKED)
    by_rule: dict[scores.Ties, list[float]] = {
        "competition": [1, 2, 2, 4, 5, 5, 5, 8],
        "dense": [1, 2, 2, 3, 4, 4, 4, 5],
        "average": [1, 2.5, 2.5, 4, 6, 6, 6, 8],
        "last": [1, 3, 3, 4, 7, 7, 7, 8],
    }
    for rule, expected in by_rule.items():
        found = scores.ranks(histogram, rule)
        assert [found[total] for total in RANKED.tolist()] == expected
    middle = scores.percentile_ranks(histogram)
    assert [middle[total] for total in RANKED.tolist()] == [
        93.75, 75, 75, 56.25, 31.25, 31.25, 31.25, 6.25,
    ]  # fmt: skip


def test_the_score_table_runs_from_the_top_with_empty_lines():
    table = scores.score_table(of(90, 89.5, 89, 87))
    assert [(row.from_half_marks, row.n, row.n_at_or_above, row.rank) for row in table] == [
        (180, 1, 1, 1),
        (178, 2, 3, 2),
        (176, 0, 3, 4),
        (174, 1, 4, 4),
    ]


def test_the_first_hundred_may_be_more():
    totals = np.array([10, 9, 9, 9, 8])
    found = lines.line_by_count(totals, 2)
    assert (int(found.half_marks), found.n_reached, found.rate) == (9, 4, 0.8)
    with pytest.raises(MethodRefused):
        lines.line_by_count(totals, 6)


def test_the_effective_subject_line_is_exact():
    totals = np.array([600, 500, 400, 300])
    subject = np.array([120, 100, 101, 30])
    found = lines.subject_line(totals, subject, 450)
    assert found.line.half_marks == 90  # 450 · mean(120, 100) / mean(600, 500)
    assert (found.both, found.subject_only, found.total_only) == (2, 1, 0)
    assert (found.hit_rate, found.contribution_rate) == (2 / 3, 1)
    assert found.n_total_reached == 2
    with pytest.raises(MethodRefused):
        lines.subject_line(totals, subject, 601)


def test_a_fractional_line_lets_nobody_in_by_rounding():
    # 100 · 2/3 = 66.67 half marks: 66 is below, 67 above
    found = lines.subject_line(np.array([150, 90]), np.array([100, 66]), 100)
    assert found.line.half_marks == Fraction(200, 3)
    assert found.line.n_reached == 1


def test_pupils_near_a_line_are_on_both_sides_of_it():
    found = lines.near_line(np.array([95, 96, 100, 104, 105]), 100, 4)
    assert (found.below, found.at_or_above) == ((1,), (2, 3))
    exact = lines.near_line(np.array([62, 63, 66, 67, 70, 71]), Fraction(200, 3), 4)
    assert (exact.below, exact.at_or_above) == ((1, 2), (3, 4))
