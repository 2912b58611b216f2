"""Item response models against mirt (tight tolerance) and ltm on LSAT 6, and made-up answers."""

import math

import numpy as np
import pytest

from schoolgroup.evaluation.statistics.methods.abilities import abilities
from schoolgroup.evaluation.statistics.methods.irt import Model, fit
from schoolgroup.evaluation.statistics.methods.refusals import MethodRefused
from tests.evaluation.methods.lsat import lsat

LABELS = ["1", "2", "3", "4", "5"]


def answers(n: int = 800, seed: int = 6) -> np.ndarray:
    """Three 0/1 items and two of three categories, with known parameters."""
    chance = np.random.default_rng(seed)
    ability = chance.normal(size=(n, 1))
    slopes, falls = np.array([1.2, 0.8, 1.6, 1.0, 1.4]), chance.random((n, 5))
    low = falls < 1 / (1 + np.exp(-(slopes * ability + [0.5, 0, -0.5, 1.0, 0.8])))
    high = falls < 1 / (1 + np.exp(-(slopes * ability + [-9, -9, -9, -1.0, -0.7])))
    return low.astype(np.float64) + np.where([False, False, False, True, True], high, False)


def test_2pl_agrees_with_mirt():
    # mirt(x, 1, itemtype='2PL', TOL=1e-9, quadpts=121, theta_lim=c(-6,6))
    found = fit(lsat(), Model.TWO_PL, LABELS)
    slopes = [0.825659553786081, 0.722744206995497, 0.890874534073712, 0.688367983413596,
              0.656855959614877]  # fmt: skip
    d = [2.7732344081229, 0.990201197987208, 0.249147523197981, 1.28475692605547, 2.05327044818545]
    assert [item.a for item in found.items] == pytest.approx(slopes, abs=1e-6)
    assert [item.d[0] for item in found.items] == pytest.approx(d, abs=1e-6)
    first = found.items[0].b
    assert first is not None
    assert first[0] == pytest.approx(-3.35881102011861, abs=1e-5)
    assert found.log_likelihood == pytest.approx(-2466.65337756085, abs=1e-7)
    assert found.bic == pytest.approx(5002.38430791152, abs=1e-5)
    assert found.converged


def test_eap_agrees_with_mirt():
    table = lsat()
    found = abilities(table, fit(table, Model.TWO_PL, LABELS))
    assert found.eap[:4] == pytest.approx([-1.89677007183981] * 3 + [-1.4748138755518], abs=1e-6)
    assert found.eap_se[0] == pytest.approx(0.801276874024045, abs=1e-6)
    assert found.reliability == pytest.approx(0.301089157696295, abs=1e-6)


def test_rasch_agrees_with_ltm():
    # ltm::rasch(LSAT), and with the slope fixed at 1; ltm's own tolerance is 2e-4
    free = fit(lsat(), Model.RASCH, LABELS)
    assert free.items[0].a == pytest.approx(0.755134738201869, abs=2e-4)
    assert free.items[0].a_se == pytest.approx(0.0694332665618421, abs=2e-4)
    first = free.items[0].b
    assert first is not None
    assert first[0] == pytest.approx(-3.61526647667197, abs=2e-4)
    assert free.log_likelihood == pytest.approx(-2466.93759957905, abs=2e-4)
    one = fit(lsat(), Model.RASCH, LABELS, slope=1.0)
    assert one.log_likelihood == pytest.approx(-2473.05384734385, abs=2e-4)
    assert (one.parameters, one.items[0].a, one.items[0].a_se) == (5, 1.0, 0.0)


def test_the_graded_model_recovers_what_made_the_answers():
    found = fit(answers(3000), Model.TWO_PL, LABELS)
    assert [item.scores for item in found.items][2:4] == [(0, 1), (0, 1, 2)]
    assert [item.a for item in found.items] == pytest.approx([1.2, 0.8, 1.6, 1.0, 1.4], abs=0.25)
    assert found.items[3].d == pytest.approx([1.0, -1.0], abs=0.2)
    assert found.items[4].d == pytest.approx([0.8, -0.7], abs=0.2)
    assert found.parameters == 12


def log_likelihood(table: np.ndarray, a: list[float], d: list[tuple[float, ...]]) -> float:
    """The graded model's marginal log-likelihood written out pupil by pupil, on 121 nodes."""
    nodes = np.linspace(-6, 6, 121)
    weights = np.exp(-(nodes**2) / 2) / np.exp(-(nodes**2) / 2).sum()
    likelihood = np.ones((len(table), len(nodes)))
    for own, slope, falls in zip(table.T, a, d, strict=True):
        reach = [np.ones(121), *(1 / (1 + np.exp(-(slope * nodes + one))) for one in falls),
                 np.zeros(121)]  # fmt: skip
        chance = np.array([reach[c] - reach[c + 1] for c in range(len(falls) + 1)])
        likelihood *= chance[own.astype(int)]
    return float(np.log(likelihood @ weights).sum())


def test_the_graded_fit_is_the_top_of_the_likelihood_written_out_by_hand():
    table = answers(400)
    found = fit(table, Model.TWO_PL, LABELS)
    a, d = [item.a or 0.0 for item in found.items], [item.d for item in found.items]
    top = log_likelihood(table, a, d)
    assert found.log_likelihood == pytest.approx(top, abs=1e-8)
    h = 1e-4
    for at in range(5):
        moves = [([*a[:at], a[at] + by, *a[at + 1 :]], d) for by in (-h, h)]
        for place in range(len(d[at])):
            for by in (-h, h):
                own = (*d[at][:place], d[at][place] + by, *d[at][place + 1 :])
                moves.append((a, [*d[:at], own, *d[at + 1 :]]))
        values = [log_likelihood(table, *move) for move in moves]
        for low, high in zip(values[::2], values[1::2], strict=True):
            assert (high - low) / (2 * h) == pytest.approx(0, abs=1e-4)
            assert max(low, high) < top
    # and the error of a slope is the curvature there, the rest of the model moving along
    assert all(0.05 < (item.a_se or 0) < 0.6 for item in found.items)


def test_permuted_pupils_change_nothing():
    table = answers(240)
    order = np.random.default_rng(9).permutation(len(table))
    first, second = fit(table, Model.TWO_PL, LABELS), fit(table[order], Model.TWO_PL, LABELS)
    assert first == second
    here, there = abilities(table, first).eap, abilities(table[order], second).eap
    assert [here[place] for place in order] == list(there)


def test_missing_marks_say_nothing():
    table = answers()
    holes = np.vstack([table, np.full((20, 5), math.nan)])
    full = fit(table, Model.TWO_PL, LABELS)
    assert fit(holes, Model.TWO_PL, LABELS).log_likelihood == pytest.approx(full.log_likelihood)
    table[::3, 1] = math.nan
    found = fit(table, Model.TWO_PL, LABELS)
    assert found.converged
    assert found.items[0].a == pytest.approx(full.items[0].a or 0, abs=0.2)
    nobody = abilities(np.full((2, 5), math.nan), full)
    assert nobody.eap == pytest.approx((0, 0), abs=1e-12)
    assert nobody.wle == (None, None)


def test_a_flat_item_prints_no_difficulty():
    table = np.column_stack([answers(), np.arange(800.0) % 2, np.ones(800)])
    found = fit(table, Model.TWO_PL, [*LABELS, "chance", "all right"])
    chance, same = found.items[5], found.items[6]
    assert not chance.discriminates
    assert chance.b is None
    assert chance.a is not None
    assert (same.a, same.b, same.d) == (None, None, ())


def test_wle_solves_warms_equation_and_stays_finite():
    table = answers()
    fitted = fit(table, Model.RASCH, LABELS, slope=1.0)
    two = fit(table[:, :3], Model.RASCH, LABELS[:3], slope=1.0)
    found = abilities(np.array([[0.0, 0, 0], [1, 1, 0], [1, 1, 1]]), two)
    low, middle, high = found.wle
    assert low is not None
    assert middle is not None
    assert high is not None
    assert -5 < low < middle < high < 5
    p = 1 / (1 + np.exp(-(middle + np.array([item.d[0] for item in two.items]))))
    information = float((p * (1 - p)).sum())
    bias = float((p * (1 - p) * (1 - 2 * p)).sum())
    assert 2 - p.sum() + bias / (2 * information) == pytest.approx(0, abs=1e-9)
    assert found.wle_se[1] == pytest.approx(information**-0.5)
    assert all(one is not None and math.isfinite(one) for one in abilities(table, fitted).wle)


def test_too_few_pupils_or_items_are_refused():
    with pytest.raises(MethodRefused, match="needs 200"):
        fit(lsat()[:150], Model.TWO_PL, LABELS)
    with pytest.raises(MethodRefused, match="two items vary"):
        fit(np.ones((300, 3)), Model.RASCH, LABELS[:3])
    with pytest.raises(MethodRefused, match="different marks"):
        fit(np.column_stack([np.arange(300.0) % 20] * 2), Model.TWO_PL, LABELS[:2])
    with pytest.raises(MethodRefused, match="not fitted with"):
        abilities(np.full((1, 5), 7.0), fit(lsat(), Model.RASCH, LABELS))
