"""Value-added against lme4 on the Inner London schools, and on made-up schools with known answers.

lme4 1.1.31: lmer(normexam ~ standLRT + (1 | school)) by REML and ML, and
lmer(normexam ~ standLRT + (standLRT | school), REML=FALSE).
"""

import math

import numpy as np
import pytest

from schoolgroup.evaluation.statistics.methods.refusals import MethodRefused
from schoolgroup.evaluation.value_added.differences import between_share, coefficient_of_variation
from schoolgroup.evaluation.value_added.progress import progress
from schoolgroup.evaluation.value_added.random_intercept import InterceptFit, fit_intercept
from schoolgroup.evaluation.value_added.random_slope import fit_slope
from schoolgroup.evaluation.value_added.report import Band, Compared, band, compare, value_added
from schoolgroup.evaluation.value_added.sums import (
    SixNumbers,
    from_rows,
    from_six_numbers,
    six_numbers,
)
from tests.evaluation.value_added.exam import EXAM


def made_up(
    schools: int = 12, size: int = 30, tau: float = 3.0, seed: int = 1
) -> tuple[list[str], np.ndarray, np.ndarray]:
    chance = np.random.default_rng(seed)
    names = [f"s{place:02}" for place in range(schools) for _ in range(size)]
    u = np.repeat(chance.normal(0, tau, schools), size)
    x = chance.normal(70, 12, len(names)).round(1)
    return names, x, (20 + 0.8 * x + u + chance.normal(0, 6, len(names))).round(1)


def numbers(fit: InterceptFit) -> list[float]:
    effects = [figure for each in fit.effects for figure in (each.effect, each.se, each.raw)]
    return [*fit.fixed, *fit.fixed_se, fit.tau2, fit.sigma2, fit.deviance, *effects]


def test_reml_agrees_with_lme4():
    fit = fit_intercept(from_six_numbers(EXAM))
    assert (fit.n, fit.n_schools, fit.criterion) == (4059, 65, "REML")
    assert fit.fixed == pytest.approx([0.00232282312889561, 0.563306914123509], abs=1e-7)
    assert fit.fixed_se == pytest.approx([0.0403543580181416, 0.0124679612470569], abs=1e-7)
    assert fit.tau2 == pytest.approx(0.0938389883786665, abs=1e-7)
    assert fit.sigma2 == pytest.approx(0.565865310234198, abs=1e-7)
    assert fit.log_likelihood == pytest.approx(-4684.38264366447, abs=1e-5)
    by_name = {each.school: each for each in fit.effects}
    assert by_name["1"].effect == pytest.approx(0.374355711830971, abs=1e-7)
    assert by_name["1"].se == pytest.approx(0.0846174765615795, abs=1e-7)
    assert by_name["48"].effect == pytest.approx(-0.0456681191552401, abs=1e-7)
    assert by_name["48"].se == pytest.approx(0.265456944623408, abs=1e-7)


def test_ml_agrees_with_lme4():
    fit = fit_intercept(from_six_numbers(EXAM), reml=False)
    assert fit.fixed == pytest.approx([0.00239075657808503, 0.563371164859023], abs=1e-7)
    assert fit.tau2 == pytest.approx(0.0921292739331837, abs=1e-7)
    assert fit.log_likelihood == pytest.approx(-4678.62160029552, abs=1e-5)


def test_the_random_slope_agrees_with_lme4():
    fit = fit_slope(from_six_numbers(EXAM), centre=0.0, reml=False)
    assert fit.fixed == pytest.approx([-0.0115051571317957, 0.556730074327024], abs=1e-5)
    assert fit.fixed_se == pytest.approx([0.0397827275391517, 0.0199375301946408], abs=1e-5)
    assert fit.tau2_intercept == pytest.approx(0.0904433548642079, abs=1e-5)
    assert fit.tau2_slope == pytest.approx(0.0145374620225915, abs=1e-5)
    assert fit.covariance == pytest.approx(0.0180402946780001, abs=1e-5)
    assert fit.correlation == pytest.approx(0.497520521319831, abs=1e-4)
    assert fit.log_likelihood == pytest.approx(-4658.43548258424, abs=1e-5)
    assert fit.likelihood_ratio == pytest.approx(
        2 * (4678.62160029552 - 4658.43548258424), abs=1e-4
    )
    assert fit.earns_slope()


def test_the_centre_of_a_random_slope_changes_the_effects_not_the_model():
    moments = from_six_numbers(EXAM)
    here, there = fit_slope(moments, centre=0.0), fit_slope(moments, centre=1.5)
    assert here.deviance == pytest.approx(there.deviance, abs=1e-5)
    for first, second in zip(here.effects, there.effects, strict=True):
        assert second.intercept == pytest.approx(first.intercept + 1.5 * first.slope, abs=1e-4)
        assert [u for _, u, _ in first.at] == pytest.approx([u for _, u, _ in second.at], abs=1e-4)


def test_a_slope_without_variance_does_not_earn_its_place():
    names, x, y = made_up()
    fit = fit_slope(from_rows(names, x, y))
    assert not fit.earns_slope()
    assert fit.p_value < fit.p_value_plain
    assert math.isfinite(fit.tau2_slope)


def test_six_numbers_and_pupil_rows_agree():
    names, x, y = made_up()
    rows = fit_intercept(from_rows(names, x, y))
    sums = fit_intercept(from_six_numbers(six_numbers(names, x, y)))
    assert numbers(rows) == pytest.approx(numbers(sums), rel=1e-9, abs=1e-9)


def test_permuted_rows_give_the_same_bits():
    names, x, y = made_up()
    order = np.random.default_rng(2).permutation(len(names))
    again = from_rows([names[place] for place in order], x[order], y[order])
    assert fit_intercept(again) == fit_intercept(from_rows(names, x, y))


def test_relabelled_schools_keep_their_effects():
    names, x, y = made_up()
    other = {name: f"校{99 - place}" for place, name in enumerate(sorted(set(names)))}
    first = {e.school: e.effect for e in fit_intercept(from_rows(names, x, y)).effects}
    renamed = from_rows([other[name] for name in names], x, y)
    second = {e.school: e.effect for e in fit_intercept(renamed).effects}
    assert second == pytest.approx({other[name]: u for name, u in first.items()}, abs=1e-9)


@pytest.mark.parametrize(("scale", "shift"), [(100.0, 500.0), (1e-6, 0.0), (1.0, 1e6)])
def test_other_scales_only_change_the_units(scale, shift):
    names, x, y = made_up()
    plain = fit_intercept(from_rows(names, x, y))
    moved = fit_intercept(from_rows(names, x * scale + shift, y * scale + shift))
    assert moved.icc == pytest.approx(plain.icc, rel=1e-6)
    assert moved.fixed[1] == pytest.approx(plain.fixed[1], rel=1e-7)
    found = [each.effect / scale for each in moved.effects]
    assert found == pytest.approx([each.effect for each in plain.effects], rel=1e-5, abs=1e-6)


def test_schools_that_do_not_differ_return_cleanly_at_the_boundary():
    names, x, _ = made_up(schools=6, size=4)
    y = np.tile([1.0, 2, 3, 4], 6)  # every school has the same mean
    fit = fit_intercept(from_rows(names, np.tile([4.0, 1, 3, 3], 6), y))
    assert fit.at_boundary
    assert (fit.tau2, fit.icc) == (0, 0)
    assert [each.effect for each in fit.effects] == [0] * 6
    slope = fit_slope(from_rows(names, np.tile([4.0, 1, 3, 3], 6), y))
    assert slope.correlation is None or math.isfinite(slope.correlation)
    assert math.isfinite(slope.deviance)


def test_a_balanced_table_by_hand():
    # without predictors and balanced, REML is the analysis of variance:
    # σ² = MSW = 2/3·… : schools (1,3), (5,7), (9,11): MSW 2, MSB 32, τ² = (32 − 2)/2 = 15
    fit = fit_intercept(from_rows(list("aabbcc"), [[] for _ in range(6)], [1, 3, 5, 7, 9, 11]))
    assert fit.sigma2 == pytest.approx(2)
    assert fit.tau2 == pytest.approx(15)
    assert fit.icc == pytest.approx(15 / 17)
    assert [each.shrinkage for each in fit.effects] == pytest.approx([30 / 32] * 3)
    assert [each.effect for each in fit.effects] == pytest.approx([-3.75, 0, 3.75])
    assert between_share(list("aabbcc"), [1, 3, 5, 7, 9, 11]) == pytest.approx(15 / 17)


def test_a_missing_prior_is_counted_and_left_out():
    names, x, y = made_up()
    x[:6] = math.nan  # six transfers in the first school
    found = value_added(from_rows(names, x, y))
    first = found.schools[0]
    assert (first.n, first.coverage) == (24, 0.8)
    without = from_rows(names[6:], x[6:], y[6:])
    assert [each.effect for each in found.fit.effects] == pytest.approx(
        [each.effect for each in fit_intercept(without).effects], abs=1e-12
    )


def test_a_school_of_two_pupils_gets_no_number():
    found = {each.school: each for each in value_added(from_six_numbers(EXAM)).schools}
    tiny = found["48"]
    assert (tiny.n, tiny.band) == (2, Band.TOO_FEW)
    assert (tiny.effect, tiny.low, tiny.raw) == (None, None, None)
    assert compare(tiny, found["1"]) is Compared.NOT_DISTINGUISHABLE


def test_bands_are_by_interval_and_by_size():
    assert band(0.3, 0.1, 0.5, 0.2) is Band.CLEARLY_ABOVE
    assert band(0.1, 0.05, 0.15, 0.2) is Band.ABOVE
    assert band(0.9, -0.1, 1.9, 0.2) is Band.AS_EXPECTED  # large, but the interval holds 0
    assert band(-0.1, -0.15, -0.05, 0.2) is Band.BELOW
    assert band(-0.3, -0.5, -0.1, 0.2) is Band.CLEARLY_BELOW


def test_overlapping_intervals_are_never_ranked():
    schools = [each for each in value_added(from_six_numbers(EXAM)).schools if each.n >= 10]
    assert [each.school for each in schools] == sorted(each.school for each in schools)
    for first in schools:
        for second in schools:
            assert first.low is not None
            assert second.high is not None
            apart = first.low > second.high
            assert (compare(first, second) is Compared.HIGHER) == apart


def test_too_few_schools_or_too_little_variation_is_refused():
    names, x, y = made_up(schools=4)
    with pytest.raises(MethodRefused):
        value_added(from_rows(names, x, y))
    few, x, y = made_up(schools=8, size=9)
    with pytest.raises(MethodRefused):
        value_added(from_rows(few, x, y))
    names, x, y = made_up()
    with pytest.raises(MethodRefused, match="does not vary"):
        fit_intercept(from_rows(names, np.full(len(x), 5.0), y))
    with pytest.raises(MethodRefused, match="within schools"):
        fit_intercept(from_rows(names, [[] for _ in names], [int(name[1:]) % 7 for name in names]))
    with pytest.raises(MethodRefused):
        fit_intercept(from_rows(names, x, np.full(len(x), math.nan)))
    with pytest.raises(MethodRefused):
        from_rows(["a"], [math.inf], [1.0])


def test_sums_that_no_pupils_have_are_refused():
    good = SixNumbers("a", 2, 3, 3, 5, 5, 5)
    assert from_six_numbers([good]).n.tolist() == [2]
    with pytest.raises(MethodRefused, match="school a"):
        from_six_numbers([SixNumbers("a", 2, 30, 3, 5, 5, 5)])
    with pytest.raises(MethodRefused, match="twice"):
        from_six_numbers([good, good])


def test_progress_against_pupils_with_the_same_start():
    schools = ["a", "a", "b", "b"]
    found = progress(schools, np.array([1.0, 2, 1, 2]), np.array([10.0, 22, 14, 18]), groups=2)
    assert found.expected == ((1.0, 1.0, 2, 12.0), (2.0, 2.0, 2, 20.0))
    first, second = found.schools
    assert (first.progress, second.progress) == (0, 0)  # −2 + 2 and 2 − 2
    assert found.sd == pytest.approx(math.sqrt(16 / 3))
    assert first.high == pytest.approx(1.959963984540054 * math.sqrt(16 / 3 / 2))


def test_progress_leaves_out_those_without_a_prior():
    found = progress(["a", "a", "b", "c"], np.array([1, math.nan, 1, math.nan]), np.arange(4.0))
    assert [(each.n, each.n_without_prior) for each in found.schools] == [(1, 1), (1, 0), (0, 1)]
    assert found.schools[2].progress is None


def test_the_worked_example_of_the_coefficient_of_variation():
    # books of five schools, published as 0.52; the unweighted sample figure would be 0.546
    found = coefficient_of_variation([45, 37, 89, 76, 55], [279, 137, 935, 160, 402])
    assert found == pytest.approx(0.5152566298844764, abs=1e-12)
    assert found == coefficient_of_variation([45, 37, 89, 76, 55, 0], [279, 137, 935, 160, 402, 9])
    with pytest.raises(MethodRefused):
        coefficient_of_variation([0], [5])
