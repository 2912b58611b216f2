"""Classical item analysis.

Marks are a pupils × items table of any scale; NaN marks an item that was not offered to the pupil
(optional items 选做, booklets): it counts neither for nor against. An omitted item was offered
and earned nought; say so with `omitted` to see its omit rate.
"""

import math
from collections.abc import Sequence

import msgspec
import numpy as np
import numpy.typing as npt

from schoolgroup.evaluation.statistics.methods.refusals import MethodRefused
from schoolgroup.evaluation.statistics.methods.threads import one_thread
from schoolgroup.kernel.texts import Text

Table = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]
Column = npt.NDArray[np.float64]

EXTREME_PERCENT = 27  # Kelley (1939): the shares at which the two ends tell most


class Groups(msgspec.Struct, frozen=True):
    """The upper and lower 27 %, ties included, so the order of the file does not matter."""

    n_each: int
    from_upper: float
    to_lower: float
    n_upper: int
    n_lower: int


class ItemFound(msgspec.Struct, frozen=True):
    """One item. `discriminates` false: the item does not tell pupils apart, whatever else it does.

    p: mean mark / maximum of those offered it; rest_r: Pearson correlation with the total
    *without* this item (corrected item-total correlation); total_r: with it (inflated);
    d27: difference of p between the upper and lower 27 %; omit_rate: of those offered.
    """

    label: str
    n: int
    max_marks: float
    p: float | None
    sd: float | None
    rest_r: float | None
    total_r: float | None
    d27: float | None
    omit_rate: float | None
    alpha_without: float | None
    discriminates: bool


class OptionFound(msgspec.Struct, frozen=True):
    """One option of a choice item: who chose it, and how they did on the rest of the paper."""

    option: str
    key: bool
    n: int
    share: float
    n_upper: int
    n_lower: int
    rest_mean: float | None
    rest_r: float | None


def checked(marks: Table) -> Table:
    """The table as floats. Raises MethodRefused without a pupil or an item, or with ±∞."""
    table = np.asarray(marks, dtype=np.float64)
    if table.ndim != 2 or 0 in table.shape:
        raise MethodRefused(Text("no pupils or no items", "没有学生或没有题目"))
    if np.isinf(table).any():
        raise MethodRefused(Text("a mark is infinite", "得分为无穷大"))
    return table


def totals(table: Table) -> Column:
    """Each pupil's sum over the items offered."""
    found: Column = np.nansum(table, axis=1)
    return found


def correlation(x: Column, y: Column) -> float | None:
    """Pearson's r; null where one of the two does not vary (never NaN)."""
    if len(x) < 2 or x.min() == x.max() or y.min() == y.max():
        return None
    a, b = x - x.mean(), y - y.mean()
    # scaled by the largest, so that tiny marks do not underflow
    a, b = a / np.abs(a).max(), b / np.abs(b).max()
    r = float(a @ b) / math.sqrt(float(a @ a) * float(b @ b))
    return max(-1.0, min(1.0, r))


def extreme_groups(total: Column, percent: int = EXTREME_PERCENT) -> Groups | None:
    """The two ends of the totals, ties included; null below one pupil each or without spread."""
    n_each = len(total) * percent // 100
    if n_each == 0 or total.min() == total.max():
        return None
    ordered = np.sort(total)
    upper, lower = float(ordered[len(total) - n_each]), float(ordered[n_each - 1])
    return Groups(
        n_each,
        upper,
        lower,
        int(np.count_nonzero(total >= upper)),
        int(np.count_nonzero(total <= lower)),
    )


@one_thread
def analyse(
    marks: Table,
    max_marks: Sequence[float],
    labels: Sequence[str],
    omitted: Mask | None = None,
) -> list[ItemFound]:
    """Every item's figures; `omitted` has the table's shape."""
    table = checked(marks)
    n_items = table.shape[1]
    if not len(max_marks) == len(labels) == n_items:
        raise ValueError("one maximum and one label per item")
    offered = ~np.isnan(table)
    total = totals(table)
    without = alphas_without(table)
    found = []
    for item in range(n_items):
        has = offered[:, item]
        own, all_of_it = table[has, item], total[has]
        rest_r = correlation(own, all_of_it - own) if n_items > 1 else None
        n = len(own)
        found.append(
            ItemFound(
                label=labels[item],
                n=n,
                max_marks=float(max_marks[item]),
                p=float(own.sum()) / (n * max_marks[item]) if n and max_marks[item] else None,
                sd=float(own.std()) if n else None,
                rest_r=rest_r,
                total_r=correlation(own, all_of_it),
                d27=_d27(own, all_of_it, max_marks[item]),
                omit_rate=(
                    int(np.count_nonzero(omitted[has, item])) / n
                    if omitted is not None and n
                    else None
                ),
                alpha_without=without[item],
                discriminates=rest_r is not None and rest_r > 0,
            )
        )
    return found


def alphas_without(table: Table) -> list[float | None]:
    """Cronbach's alpha of the other items, for each item; null as alpha is."""
    n_items = table.shape[1]
    if n_items < 3 or len(table) < 2 or np.isnan(table).any():
        return [None] * n_items
    covariance = np.cov(table, rowvar=False)
    rows, own, everything = covariance.sum(axis=1), covariance.diagonal(), covariance.sum()
    k = n_items - 1
    found: list[float | None] = []
    for item in range(n_items):
        of_rest = float(everything - 2 * rows[item] + own[item])
        of_items = float(own.sum() - own[item])
        flat = of_rest <= 1e-12 * float(own.sum())
        found.append(None if flat else k / (k - 1) * (1 - of_items / of_rest))
    return found


def option_table(
    answers: Sequence[str], key: str, rest: Column, total: Column
) -> list[OptionFound]:
    """Who chose which option of one item; "" is an omission and is listed as one.

    rest: totals without the item; rest_r: point-biserial of choosing it with the rest.
    """
    groups = extreme_groups(total)
    chosen = np.asarray(answers, dtype=np.str_)
    found = []
    for option in sorted(set(answers) | {key}):
        these = chosen == option
        n = int(np.count_nonzero(these))
        upper = these & (total >= groups.from_upper) if groups else these[:0]
        lower = these & (total <= groups.to_lower) if groups else these[:0]
        found.append(
            OptionFound(
                option=option,
                key=option == key,
                n=n,
                share=n / len(answers),
                n_upper=int(np.count_nonzero(upper)),
                n_lower=int(np.count_nonzero(lower)),
                rest_mean=float(rest[these].mean()) if n else None,
                rest_r=correlation(these.astype(np.float64), rest),
            )
        )
    return found


def score_answers(answers: Sequence[Sequence[str]], key: Sequence[str]) -> Table:
    """1 for the key's option, 0 for any other or none."""
    chosen = np.asarray(answers, dtype=np.str_)
    if chosen.ndim != 2 or chosen.shape[1] != len(key):
        raise ValueError("one answer per item of the key")
    scored: Table = (chosen == np.asarray(key, dtype=np.str_)).astype(np.float64)
    return scored


def _d27(own: Column, total: Column, max_marks: float) -> float | None:
    groups = extreme_groups(total) if len(total) else None
    if groups is None or not max_marks:
        return None
    upper, lower = own[total >= groups.from_upper], own[total <= groups.to_lower]
    return (float(upper.mean()) - float(lower.mean())) / max_marks
