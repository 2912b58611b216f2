"""Several years on the scale of the first: each year linked to the one before by common items.

A year's totals go to the scale of the year before through the anchors both papers share (Tucker,
Levine or chained linear, see `anchors`), and on from there link by link. Random groups cannot
show a trend: they are equal by assumption. The standard error resamples the pupils of every year
and makes the whole chain anew, so the errors of the links add up as they do.
"""

from collections.abc import Sequence

import msgspec
import numpy as np

from schoolgroup.evaluation.statistics.methods.anchors import (
    Method,
    equate_through,
    group_of_pairs,
)
from schoolgroup.evaluation.statistics.methods.items import Column
from schoolgroup.evaluation.statistics.methods.refusals import MethodRefused
from schoolgroup.evaluation.statistics.methods.resampling import (
    REPLICATIONS,
    SEED,
    Pairs,
    pairs_of,
    standard_errors,
)
from schoolgroup.evaluation.statistics.methods.threads import one_thread
from schoolgroup.kernel.texts import Text

PUPILS_MIN = 100  # below it a link's error is larger than what a year changes


class Year(msgspec.Struct, frozen=True):
    """One year's pupils: totals, and their marks on the anchors of the years before and after."""

    total: Column
    before: Column | None = None
    after: Column | None = None


class OnScale(msgspec.Struct, frozen=True):
    """One year on the first one's scale: y = intercept + slope·total.

    change: from the first year, with its standard error; both null for the first itself, whose
    mean has its own error.
    """

    n: int
    raw_mean: float
    raw_sd: float
    intercept: float
    slope: float
    mean: float
    mean_se: float
    sd: float
    change: float | None
    change_se: float | None


@one_thread
def trend(
    years: Sequence[Year],
    method: Method,
    *,
    replications: int = REPLICATIONS,
    seed: int = SEED,
) -> list[OnScale]:
    """The years, the first one being the scale.

    Raises MethodRefused with fewer than two years, fewer than PUPILS_MIN pupils in one, or an
    anchor that does not go with its totals.
    """
    if len(years) < 2:
        raise MethodRefused(Text("a trend needs two years", "趋势至少需要两年"))
    if any(len(year.total) < PUPILS_MIN for year in years):
        raise MethodRefused(
            Text(f"each year needs {PUPILS_MIN} pupils", f"每年至少需要 {PUPILS_MIN} 名学生")
        )
    groups = [pairs_of(*(c for c in (y.total, y.before, y.after) if c is not None)) for y in years]
    if any((year.before is None) is (at > 0) for at, year in enumerate(years)) or any(
        (year.after is None) is (at < len(years) - 1) for at, year in enumerate(years)
    ):
        raise ValueError("each year but the first has anchors before it, each but the last after")
    lines, means = _chain(groups, method)

    def figures(drawn: Sequence[Pairs]) -> Column:
        again = _chain(drawn, method)[1]
        return np.concatenate([again, again - again[0]])

    errors = standard_errors(groups, figures, replications=replications, seed=seed)
    found = []
    for at, (year, (intercept, slope)) in enumerate(zip(years, lines, strict=True)):
        first = at == 0
        sd = float(year.total.std())
        found.append(
            OnScale(
                n=len(year.total),
                raw_mean=float(year.total.mean()),
                raw_sd=sd,
                intercept=intercept,
                slope=slope,
                mean=float(means[at]),
                mean_se=errors[at],
                sd=slope * sd,
                change=None if first else float(means[at] - means[0]),
                change_se=None if first else errors[len(years) + at],
            )
        )
    return found


def _chain(groups: Sequence[Pairs], method: Method) -> tuple[list[tuple[float, float]], Column]:
    """Each year's line to the first one's scale, and its mean on it."""
    lines = [(0.0, 1.0)]
    for at in range(1, len(groups)):
        older, newer = groups[at - 1], groups[at]
        newer_link = Pairs(newer.columns[:, [0, 1]], newer.counts)
        older_link = Pairs(older.columns[:, [0, -1]], older.counts)
        link = equate_through(group_of_pairs(newer_link), group_of_pairs(older_link), method)
        intercept, slope = lines[-1]
        lines.append((intercept + slope * link.intercept, slope * link.slope))
    raw = [float(group.counts @ group.columns[:, 0]) / group.counts.sum() for group in groups]
    means = [intercept + slope * mean for (intercept, slope), mean in zip(lines, raw, strict=True)]
    return lines, np.array(means)
