"""Standard errors by resampling pupils where theory has none; seeded: the same bytes each time.

Pupils who sat alike are one row with a count, sorted, so that their order changes nothing and a
sample is one multinomial draw. What varies is which pupils sat: schools are taken as they are.
"""

from collections.abc import Callable, Sequence

import msgspec
import numpy as np

from schoolgroup.evaluation.statistics.methods.items import Column, Table
from schoolgroup.evaluation.statistics.methods.refusals import MethodRefused
from schoolgroup.kernel.texts import Text

REPLICATIONS, SEED = 200, 1


class Pairs(msgspec.Struct, frozen=True):
    """Distinct rows of a few columns (a total, sums of anchors) and how many pupils have each."""

    columns: Table
    counts: Column

    def drawn(self, chance: np.random.Generator) -> "Pairs":
        """As many pupils again, drawn with replacement."""
        n = int(self.counts.sum())
        counts = chance.multinomial(n, self.counts / n).astype(np.float64)
        return Pairs(self.columns, counts)


def pairs_of(*columns: Column) -> Pairs:
    """The distinct rows of these columns. Raises MethodRefused of nobody."""
    if len(columns[0]) == 0:
        raise MethodRefused(Text("nobody sat one of the papers", "有试卷无人参加"))
    rows, counts = np.unique(np.column_stack(columns), axis=0, return_counts=True)
    return Pairs(rows.astype(np.float64), counts.astype(np.float64))


def standard_errors(
    groups: Sequence[Pairs],
    figures: Callable[[Sequence[Pairs]], Column],
    *,
    replications: int = REPLICATIONS,
    seed: int = SEED,
) -> list[float]:
    """The standard error of each of `figures`, all groups drawn anew each time.

    A sample that carries no figure is left out; raises MethodRefused where more than one in ten
    does not.
    """
    chance, found = np.random.default_rng(seed), []
    for _ in range(replications):
        try:
            found.append(figures([group.drawn(chance) for group in groups]))
        except MethodRefused:
            continue
    if len(found) < 0.9 * replications:
        raise MethodRefused(Text("too few pupils for a standard error", "人数过少，无法估计标准误"))
    errors: list[float] = np.std(found, axis=0, ddof=1).tolist()
    return errors
