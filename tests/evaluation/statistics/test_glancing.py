"""What a dashboard tells of a release by tier: never of fewer than the release tells of."""

from itertools import product

from schoolgroup.evaluation.statistics.glancing import _tiers
from schoolgroup.evaluation.statistics.models import GlanceRow, GroupFigures, TierRow
from schoolgroup.kernel.ids import new_id

RELEASE, K = new_id(), 10
Schools = list[tuple[int, float, bool]]


def told(integrated: Schools, partner: Schools, who: str, *, suppressed: bool = False) -> list:
    """What a tier's people or the office are told; schools are (present, mean, hidden)."""
    whole = GroupFigures(suppressed, len(integrated) + len(partner), None)
    row = GlanceRow(RELEASE, K, "数学", whole, None)
    parts = [
        TierRow(RELEASE, "数学", tier, *school)
        for tier, schools in (("integrated", integrated), ("partner", partner))
        for school in schools
    ]
    found = _tiers(row, parts, who == "office", who)
    return [(one.tier, one.schools, one.mean) for one in found]


MANY: Schools = [(30, 60.0, False), (20, 70.0, False), (10, 80.0, False)]


def test_a_mean_is_that_of_the_pupils_and_not_of_the_schools():
    assert told(MANY, MANY, "integrated") == [("integrated", 3, 66.6667)]
    assert told(MANY, MANY[:2], "office") == [("integrated", 3, 66.6667), ("partner", 2, 64.0)]


def test_what_would_tell_of_few_is_withheld():
    nothing = [("partner", 3, None)]
    assert told(MANY[:2], MANY, "partner") == nothing  # the whole less one's own tier
    assert told(MANY, MANY, "partner", suppressed=True) == nothing
    one_hidden: Schools = [(9, 50.0, True), *MANY]
    assert told(one_hidden, MANY, "partner") == nothing  # the rest of the other tier is told
    all_hidden: Schools = [(9, 50.0, True)] * 4
    assert told(all_hidden, MANY, "partner") == [("partner", 3, 66.6667)]


def test_nobody_learns_of_a_hidden_school_by_subtracting():
    """Whoever reads knows the whole, the shown schools and one's own: what is left is never few."""
    sizes = (4, 12, 40)
    for a, b, c, d in product(sizes, repeat=4):
        tier: Schools = [(n, 50.0, n < K) for n in (a, b, c, d)]
        if told(tier, MANY, "integrated")[0][2] is None:
            continue
        unknown = [n for n, _, hidden in tier if hidden]
        assert not unknown or sum(unknown) - max(unknown) >= K
        assert len(unknown) != 1
