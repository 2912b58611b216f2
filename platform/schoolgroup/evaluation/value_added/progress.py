"""The simple twin of value-added: progress against all pupils with the same start.

As Progress 8 of the English Department for Education (technical guide, 2016–): the expected
outcome is the mean of everybody in the same prior group; a school's score is the mean difference
of its pupils; the interval uses the standard deviation of *all* pupils' progress, 1.96·sd/√n.
"""

import math
from collections.abc import Sequence

import msgspec
import numpy as np

from schoolgroup.evaluation.statistics.methods.refusals import MethodRefused
from schoolgroup.evaluation.value_added.sums import Array
from schoolgroup.kernel.texts import Text

Z95 = 1.959963984540054


class Progress(msgspec.Struct, frozen=True):
    """One school's mean progress in units of the outcome, with its 95 % interval."""

    school: str
    n: int
    n_without_prior: int
    progress: float | None
    se: float | None
    low: float | None
    high: float | None


class ProgressFound(msgspec.Struct, frozen=True):
    """All schools; `expected`: (lowest prior, highest prior, n, mean outcome) per group."""

    n: int
    sd: float
    expected: tuple[tuple[float, float, int, float], ...]
    schools: tuple[Progress, ...]


def progress(
    schools: Sequence[str], prior: Array, outcome: Array, groups: int = 10
) -> ProgressFound:
    """Progress by `groups` prior groups of about equal size; equal priors share a group.

    Raises MethodRefused when nobody has both marks.
    """
    has = ~(np.isnan(prior) | np.isnan(outcome))
    if np.count_nonzero(has) < 2:
        raise MethodRefused(Text("nobody has a prior mark", "没有前测成绩"))
    names = np.asarray(schools, dtype=np.str_)
    x, y, own = prior[has], outcome[has], names[has]
    values, counts = np.unique(x, return_counts=True)
    # the group of a prior is that of the middle of those who share it
    middle = np.cumsum(counts) - counts / 2
    group_of_value = np.minimum((middle * groups / len(x)).astype(np.int64), groups - 1)
    group = group_of_value[np.searchsorted(values, x)]
    gained = np.empty(len(y))
    expected = []
    for each in np.unique(group):
        inside = group == each
        mean = math.fsum(y[inside].tolist()) / int(np.count_nonzero(inside))
        gained[inside] = y[inside] - mean
        expected.append((float(x[inside].min()), float(x[inside].max()), int(inside.sum()), mean))
    sd = math.sqrt(math.fsum((gained**2).tolist()) / (len(gained) - 1))
    found = []
    for name in sorted(set(schools)):
        mine = gained[own == name]
        n, missing = len(mine), int(np.count_nonzero((names == name) & ~has))
        if not n:
            found.append(Progress(name, 0, missing, None, None, None, None))
            continue
        mean, se = math.fsum(mine.tolist()) / n, sd / math.sqrt(n)
        found.append(Progress(name, n, missing, mean, se, mean - Z95 * se, mean + Z95 * se))
    return ProgressFound(len(x), sd, tuple(expected), tuple(found))
