"""Differential functioning of items with several marks, and matching on items that function alike.

Mantel (1963) compares the mean marks of pupils of equal total; the standardised mean difference
(Dorans and Schmitt 1993) says how many marks the item costs the focal group; the cumulative logit
model (Zumbo 1999) parts a uniform from a non-uniform effect. For marks of 0 and 1 the first and
the last are Mantel-Haenszel's χ² without correction and the logistic regression of `dif`.
"""

import math

import msgspec
import numpy as np

from schoolgroup.evaluation.statistics.methods.dif import N_EACH_MIN, EtsClass, LogisticDif
from schoolgroup.evaluation.statistics.methods.items import Column, Mask, Table, checked
from schoolgroup.evaluation.statistics.methods.refusals import MethodRefused
from schoolgroup.evaluation.statistics.methods.threads import one_thread
from schoolgroup.kernel.texts import Text

ROUNDS_MAX = 10
# of the item's sd (Zwick, Thayer and Mazzeo 1997; the National Assessment's AA, BB, CC)
MODERATE, LARGE = 0.17, 0.25


class MantelDif(msgspec.Struct, frozen=True):
    """One item. smd: focal minus reference mean mark at equal totals, weighted by the focal group.

    smd_se: Zwick and Thayer (1996), hypergeometric; smd_of_sd: smd / sd of the item; ets: A below
    0.17 or not different from 0, C above 0.25, else B. Null where no stratum has both groups.
    """

    chi2: float | None
    p_value: float | None
    smd: float | None
    smd_se: float | None
    smd_of_sd: float | None
    ets: EtsClass | None


@one_thread
def mantel(marks: Table, focal: Mask, matching: Mask | None = None) -> list[MantelDif]:
    """Every item of a complete table; `matching`: which items make the total (all by default).

    The studied item is always part of its total. Raises MethodRefused for gaps and small groups.
    """
    table = _complete(marks, focal)
    return [_mantel(own, _total(table, item, matching), focal) for item, own in enumerate(table.T)]


@one_thread
def ordinal(marks: Table, focal: Mask, matching: Mask | None = None) -> list[LogisticDif]:
    """Likelihood ratios of cumulative logit models; as `mantel` otherwise."""
    table = _complete(marks, focal)
    return [_ratios(own, _total(table, item, matching), focal) for item, own in enumerate(table.T)]


def purified(marks: Table, focal: Mask) -> tuple[Mask, int]:
    """(items that make the matching total, rounds): those that `mantel` calls B or C are left out.

    Repeated until nothing changes or ROUNDS_MAX (Holland and Thayer 1988 purify once). At least
    one item stays: where all would go, all stay.
    """
    matching = np.ones(checked(marks).shape[1], dtype=np.bool_)
    for rounds in range(1, ROUNDS_MAX + 1):
        found = mantel(marks, focal, matching)
        alike = np.array([one.ets is None or one.ets is EtsClass.A for one in found])
        if not alike.any() or (alike == matching).all():
            return matching, rounds
        matching = alike
    return matching, ROUNDS_MAX


def _complete(marks: Table, focal: Mask) -> Table:
    table = checked(marks)
    if np.isnan(table).any():
        raise MethodRefused(Text("DIF needs complete marks", "DIF 需要完整的得分"))
    small = min(int(np.count_nonzero(focal)), int(np.count_nonzero(~focal)))
    if small < N_EACH_MIN:
        raise MethodRefused(
            Text(
                f"a group has {small} pupils; DIF needs {N_EACH_MIN} in each",
                f"有一组仅 {small} 人，DIF 每组至少需要 {N_EACH_MIN} 人",
            )
        )
    return table


def _total(table: Table, item: int, matching: Mask | None) -> Column:
    used = np.ones(table.shape[1], dtype=np.bool_) if matching is None else matching.copy()
    used[item] = True
    total: Column = table[:, used].sum(axis=1)
    return total


def _mantel(own: Column, total: Column, focal: Mask) -> MantelDif:
    from scipy.special import chdtrc

    _, stratum = np.unique(total, return_inverse=True)
    of_all, of_focal = stratum.reshape(-1), stratum.reshape(-1)[focal]
    size = int(of_all.max()) + 1
    n: Column = np.bincount(of_all, minlength=size).astype(np.float64)
    n_f: Column = np.bincount(of_focal, minlength=size).astype(np.float64)
    shift = float(own.mean())  # about the mean, so that large marks keep their digits
    y = own - shift
    sums: Column = np.bincount(of_all, y, size).astype(np.float64)
    squares: Column = np.bincount(of_all, y * y, size).astype(np.float64)
    sums_f: Column = np.bincount(of_focal, y[focal], size).astype(np.float64)
    n_r = n - n_f
    both = (n_f > 0) & (n_r > 0)
    columns: list[Column] = [n, n_f, n_r, sums, squares, sums_f]
    n, n_f, n_r, sums, squares, sums_f = (each[both] for each in columns)
    spread = np.maximum(n * squares - sums**2, 0.0)
    variance = n_f * n_r * spread / (n * n * np.maximum(n - 1, 1))
    whole = float(variance.sum())
    sd = float(own.std())
    if sd == 0 or whole <= 1e-12 * len(own) * sd**2:
        return MantelDif(None, None, None, None, None, None)
    away = float((sums_f - n_f * sums / n).sum())
    chi2 = away**2 / whole
    weight = n_f / n_f.sum()
    smd = float((weight * (sums_f / n_f - (sums - sums_f) / n_r)).sum())
    se = math.sqrt(float((weight**2 * (1 / n_f + 1 / n_r) ** 2 * variance).sum()))
    p_value = float(chdtrc(1, chi2))
    return MantelDif(chi2, p_value, smd, se, smd / sd, size_class(smd / sd, p_value))


def size_class(of_sd: float, p_value: float) -> EtsClass:
    """A, B or C of a standardised mean difference in units of the item's sd."""
    if p_value >= 0.05 or abs(of_sd) <= MODERATE:
        return EtsClass.A
    return EtsClass.C if abs(of_sd) > LARGE else EtsClass.B


def _ratios(own: Column, total: Column, focal: Mask) -> LogisticDif:
    from scipy.special import chdtrc

    nothing = LogisticDif(None, None, None, None, None, None)
    marks, code = np.unique(own, return_inverse=True)
    if len(marks) < 2 or total.min() == total.max():
        return nothing
    x = (total - total.mean()) / total.std()
    group = focal.astype(np.float64)
    # equal pupils are counted once: a few hundred rows whatever the number of pupils
    rows, count = np.unique(
        np.column_stack([code.reshape(-1), x, group]), axis=0, return_counts=True
    )
    category, weight = rows[:, 0].astype(np.int64), count.astype(np.float64)
    designs = (rows[:, 1:2], rows[:, 1:3], np.column_stack([rows[:, 1:3], rows[:, 1] * rows[:, 2]]))
    fits = [_maximum(category, design, weight, len(marks)) for design in designs]
    none, uniform, both = fits
    if none is None or uniform is None or both is None:
        return nothing
    ratios = [max(0.0, each) for each in (2 * (both - none), 2 * (uniform - none),
                                          2 * (both - uniform))]  # fmt: skip
    tails = [float(chdtrc(df, each)) for df, each in zip((2, 1, 1), ratios, strict=True)]
    return LogisticDif(*ratios, *tails)


def _maximum(category: np.ndarray, x: Table, weight: Column, categories: int) -> float | None:
    """The greatest log-likelihood of P(category ≤ c) = logistic(θ_c − x·β); null at infinity."""
    from scipy.optimize import minimize
    from scipy.special import expit

    k = categories - 1

    def value(free: Column) -> tuple[float, Column]:
        theta = np.concatenate([[free[0]], np.exp(np.clip(free[1:k], -30, 30))]).cumsum()
        edges = np.concatenate([[-np.inf], theta, [np.inf]])
        linear = x @ free[k:]
        upper, lower = expit(edges[category + 1] - linear), expit(edges[category] - linear)
        p = np.maximum(upper - lower, 1e-300)
        up, low = weight * upper * (1 - upper) / p, weight * lower * (1 - lower) / p
        to_theta = (np.bincount(category, up, categories)[:-1]
                    - np.bincount(category, low, categories)[1:])  # fmt: skip
        after = np.cumsum(to_theta[::-1])[::-1]
        steps = np.concatenate([[1.0], np.diff(theta)])
        gradient = np.concatenate([after * steps, -x.T @ (up - low)])
        return -float(weight @ np.log(p)), -gradient

    share = np.cumsum(np.bincount(category, weight, categories))[:-1] / weight.sum()
    start = np.log(share / (1 - share))
    free = np.concatenate([start[:1], np.log(np.maximum(np.diff(start), 0.01)),
                           np.zeros(x.shape[1])])  # fmt: skip
    found = minimize(value, free, jac=True, method="L-BFGS-B",
                     options={"maxiter": 500, "ftol": 1e-14, "gtol": 1e-6})  # fmt: skip
    best = np.asarray(found.x, dtype=np.float64)
    if np.abs(best[k:]).max() > 50 or np.abs(found.jac).max() > 1e-3 * float(weight.sum()) ** 0.5:
        return None
    return -float(found.fun)
