"""A marker's figures from whole half marks: sums are exact, one rounded operation at the end."""

import math
from collections.abc import Sequence

from schoolgroup.evaluation.marking.figures.models import Agreement, Figures, GivenRow
from schoolgroup.evaluation.marking.models import PlanRow
from schoolgroup.evaluation.statistics.methods.raters import kappa

SECONDS_PER_HOUR = 3600
TAIL = 0.025


def figures_of(
    plan: PlanRow, given: GivenRow | None, own: Sequence[int], other: Sequence[int]
) -> Figures:
    """What is told of one marker; `own` and `other` are marks of the same scripts, side by side."""
    if given is None:
        return Figures(0, 0, None, None, None, None, 0, 0)
    marks, n = given.half_marks, len(given.half_marks)
    total = sum(marks)
    scatter = n * sum(m * m for m in marks) - total * total
    return Figures(
        marked=n,
        set_aside=given.set_aside,
        per_hour=n * SECONDS_PER_HOUR / given.seconds if given.seconds else None,
        mean=total / (2 * n) if n else None,
        sd=math.sqrt(scatter) / (2 * n) if n else None,
        agreement=agreement(own, other, plan.max_half_marks, plan.step_half_marks),
        checks=given.checks,
        outside=given.outside,
    )


def agreement(
    own: Sequence[int], other: Sequence[int], max_half_marks: int, step: int
) -> Agreement | None:
    """How two series of marks agree on the item's scale; None of nothing."""
    from scipy.special import stdtrit

    n = len(own)
    if n == 0:
        return None
    levels = max_half_marks // step + 1
    table = [[0] * levels for _ in range(levels)]
    for mine, theirs in zip(own, other, strict=True):
        table[mine // step][theirs // step] += 1
    found = kappa(table, "quadratic")
    apart = [mine - theirs for mine, theirs in zip(own, other, strict=True)]
    total = sum(apart)
    mean = total / (2 * n)
    low = high = None
    if n > 1:
        scatter = n * sum(d * d for d in apart) - total * total
        error = math.sqrt(scatter / (n - 1)) / (2 * n)  # sd with divisor n − 1, over √n, in marks
        reach = -float(stdtrit(n - 1, TAIL)) * error
        low, high = mean - reach, mean + reach
    return Agreement(n, found.exact, found.adjacent, found.kappa, mean, low, high)
