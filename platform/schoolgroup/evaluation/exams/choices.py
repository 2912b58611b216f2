"""Optional items 选做题: which of them count, where more were answered than asked for."""

from collections.abc import Sequence

from schoolgroup.evaluation.exams.models import Choice, ChoiceRule, Item


def count_choices(
    items: Sequence[Item], choices: Sequence[Choice], half_marks: Sequence[int | None]
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The half marks that count, and the positions (from 1) of the optional items that do not.

    None means not answered. Answered beyond `choose`, the group's rule decides: `first` keeps the
    first answered in the order of the paper (多做按所做的第一题计分, the rule printed on the
    national papers), `best` those with the most marks, the first of equals. What does not count is
    0, so that the sum is the total.
    """
    counted = [mark or 0 for mark in half_marks]
    left_out: list[int] = []
    for choice in choices:
        places = [n for n, item in enumerate(items) if item.choice == choice.name]
        answered = [n for n in places if half_marks[n] is not None]
        if choice.rule is ChoiceRule.BEST:
            answered.sort(key=lambda n: (-counted[n], n))
        kept = set(answered[: choice.choose])
        for n in places:
            if n not in kept:
                counted[n] = 0
                left_out.append(n + 1)
    return tuple(counted), tuple(sorted(left_out))
