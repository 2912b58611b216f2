"""Years on the scale of the first: a known change is found, whoever sat in whatever order."""

import numpy as np
import pytest

from schoolgroup.evaluation.statistics.methods.anchors import equate_through, group_of
from schoolgroup.evaluation.statistics.methods.refusals import MethodRefused
from schoolgroup.evaluation.statistics.methods.trend import Year, trend

ITEMS, ANCHORS = 30, 12


def years(abilities: tuple[float, ...] = (0, 0.3, 0.6), n: int = 1500) -> list[Year]:
    """Papers of growing difficulty; each shares 12 items with the one before it."""
    chance, found = np.random.default_rng(3), []
    own = [chance.normal(0.1 * year, 1, ITEMS) for year in range(len(abilities))]
    for year in range(1, len(abilities)):
        own[year][:ANCHORS] = own[year - 1][-ANCHORS:]
    for year, ability in enumerate(abilities):
        z = chance.normal(ability, 1, (n, 1)) - own[year]
        marks = (chance.random((n, ITEMS)) < 1 / (1 + np.exp(-z))).astype(np.float64)
        found.append(
            Year(
                marks.sum(axis=1),
                marks[:, :ANCHORS].sum(axis=1) if year else None,
                marks[:, -ANCHORS:].sum(axis=1) if year + 1 < len(abilities) else None,
            )
        )
    return found


@pytest.mark.parametrize("method", ["tucker", "levine", "chained"])
def test_a_growth_is_found_and_none_where_there_is_none(method):
    first, second, third = trend(years(), method, replications=60)
    assert (first.change, first.intercept, first.slope) == (None, 0, 1)
    assert second.change is not None
    assert third.change is not None
    assert third.change > second.change > 3 * (second.change_se or 0) > 0
    # the error of the chain is larger than that of its first link
    assert (third.change_se or 0) > (second.change_se or 0)
    same = trend(years((0, 0, 0)), method, replications=60)[2]
    assert abs(same.change or 0) < 3 * (same.change_se or 0)


def test_two_links_are_one_after_the_other():
    made = years()
    found = trend(made, "chained", replications=5)
    a, b, c = made
    assert a.after is not None
    assert b.before is not None
    assert b.after is not None
    assert c.before is not None
    second = equate_through(group_of(b.total, b.before), group_of(a.total, a.after), "chained")
    third = equate_through(group_of(c.total, c.before), group_of(b.total, b.after), "chained")
    assert found[2].mean == pytest.approx(second.of(third.of(float(c.total.mean()))))


def test_permuted_pupils_give_the_same_bits_and_the_seed_is_fixed():
    made = years()
    order = np.random.default_rng(1).permutation(len(made[0].total))
    moved = [
        Year(
            year.total[order],
            None if year.before is None else year.before[order],
            None if year.after is None else year.after[order],
        )
        for year in made
    ]
    first = trend(made, "tucker", replications=10)
    second = trend(moved, "tucker", replications=10)
    assert [(one.mean, one.change_se) for one in first] == [
        (one.mean, one.change_se) for one in second
    ]


def test_too_little_for_a_trend_is_refused():
    made = years()
    with pytest.raises(MethodRefused, match="two years"):
        trend(made[:1], "tucker")
    with pytest.raises(MethodRefused, match="each year needs"):
        trend(years(n=50), "tucker")
