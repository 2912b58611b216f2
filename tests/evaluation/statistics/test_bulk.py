"""One pass over all schools gives the bits that one school after the other gives."""

import gc

import numpy as np
import pytest

from schoolgroup.evaluation.exams.models import Choice, ChoiceRule, Item, Subject
from schoolgroup.evaluation.results.models import Part, Result, Sums
from schoolgroup.evaluation.statistics import rules
from schoolgroup.evaluation.statistics.bulk import figures_of_schools
from schoolgroup.evaluation.statistics.methods.collecting import uncollected
from schoolgroup.kernel.ids import new_id
from tests.evaluation.statistics.test_figures import SHA, part, subject


def schools(seed: int, most: list[int]) -> tuple[Subject, list[Part]]:
    """Schools of many kinds: large, of one pupil, empty, of equal pupils, and one of sums only."""
    chance = np.random.default_rng(seed)
    paper = subject(*most)
    parts = []
    for size in (40, 1, 0, 7, int(chance.integers(2, 90))):
        marks = chance.integers(0, np.array(most) + 1, (size, len(most)))
        others = [Result.ABSENT] * int(chance.integers(0, 3)) + [Result.VOID, Result.EXEMPT]
        parts.append(part(paper, marks.tolist(), others))
    parts.append(part(paper, [[min(2, each) for each in most]] * 5))
    sent = Sums(3, [2, 0, 5, 1], absent=2, void=1, exempt=4)
    parts.append(Part(paper.id, new_id(), 1, [], [], [], b"", "", sent))
    return paper, parts


@pytest.mark.parametrize("most", [[4, 6, 3], [1], [600] * 12, [2] * 30], ids=len)
def test_every_figure_has_the_same_bits(most):
    for seed in range(5):
        paper, parts = schools(seed, most)
        own, whole = figures_of_schools(paper, parts, SHA)
        for each in parts:
            assert own[each.school_id] == rules.figures(paper, [each], SHA)
        assert whole == rules.figures(paper, parts, SHA)
        rows_only = [each for each in parts if each.sums is None]
        assert figures_of_schools(paper, rows_only, SHA)[1] == rules.figures(paper, rows_only, SHA)


def test_nobody_at_all_and_optional_items():
    paper = subject(4, 6)
    assert figures_of_schools(paper, [], SHA) == ({}, rules.figures(paper, [], SHA))
    choice = [Item("1", 4, choice="选"), Item("2", 4, choice="选"), Item("3", 6)]
    optional = type(paper)(paper.id, "数学", 1, 85, 60, 40, paper.levels, choice,
                           [Choice("选", 1, ChoiceRule.FIRST)])  # fmt: skip
    own = part(optional, [[4, 0, 6], [0, 2, 3]])
    assert figures_of_schools(optional, [own], SHA)[1] == rules.figures(optional, [own], SHA)


def test_the_collector_goes_on_whatever_comes_out():
    @uncollected
    def outer(depth: int) -> None:
        assert not gc.isenabled()
        if not depth:
            raise ValueError("as asked")
        with pytest.raises(ValueError, match="as asked"):
            outer(depth - 1)
        assert not gc.isenabled(), "the outer one still counts on it"

    assert gc.isenabled()
    outer(1)
    assert gc.isenabled()
    with pytest.raises(ValueError, match="as asked"):
        outer(0)
    assert gc.isenabled()
