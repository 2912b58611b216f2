"""Differential item functioning: does an item favour one group among pupils of equal total?

The focal group is the one studied, the reference group the other; the total (of the items given)
includes the studied item and is not purified, as R's difR does by default; `dif_ordinal` has the
items of several marks, and purification.
"""

import math
from enum import StrEnum

import msgspec
import numpy as np

from schoolgroup.evaluation.statistics.methods.items import Column, Mask, Table, checked
from schoolgroup.evaluation.statistics.methods.refusals import MethodRefused
from schoolgroup.evaluation.statistics.methods.threads import one_thread
from schoolgroup.kernel.texts import Text

N_EACH_MIN = 20
DELTA = -2.35  # from log odds to ETS's delta scale (Holland and Thayer 1988)


class EtsClass(StrEnum):
    """A negligible, B moderate, C large (Zieky 1993)."""

    A = "A"
    B = "B"
    C = "C"


class MantelHaenszel(msgspec.Struct, frozen=True):
    """One item. alpha > 1: easier for the reference group; null where no stratum has both.

    chi2_corrected: (|S|−0.5)²/V, also where |S| < 0.5 (R's mantelhaen.test gives 0 there, its difR
    does not); chi2: S²/V without the continuity correction.
    var_log_alpha: Robins, Breslow and Greenland (1986). p_difference (STD P-DIF): focal minus
    reference share correct, weighted by the focal group (Dorans and Kulick 1986).
    """

    chi2_corrected: float | None
    chi2: float | None
    p_value: float | None
    alpha: float | None
    delta: float | None
    var_log_alpha: float | None
    p_difference: float | None
    ets: EtsClass | None


class LogisticDif(msgspec.Struct, frozen=True):
    """Likelihood ratios of logistic regressions on the total (Swaminathan and Rogers 1990).

    both: group and interaction (2 df); uniform: group (1 df); nonuniform: interaction (1 df).
    Null where the groups separate right from wrong perfectly, so that no maximum exists.
    """

    both: float | None
    uniform: float | None
    nonuniform: float | None
    p_both: float | None
    p_uniform: float | None
    p_nonuniform: float | None


@one_thread
def mantel_haenszel(marks: Table, focal: Mask) -> list[MantelHaenszel]:
    """Every item of a complete 0/1 table. Raises MethodRefused as `_binary` does."""
    table = _binary(marks, focal)
    total = table.sum(axis=1)
    return [mantel_haenszel_of(own, total, focal) for own in table.T]


def mantel_haenszel_of(own: Column, total: Column, focal: Mask) -> MantelHaenszel:
    """One item of 0 and 1; `total`: what the pupils are matched on, of any scale."""
    _, stratum = np.unique(total, return_inverse=True)
    stratum = stratum.reshape(-1)
    k = int(stratum.max()) + 1
    n_f = np.bincount(stratum[focal], minlength=k).astype(np.float64)
    n_r = np.bincount(stratum[~focal], minlength=k).astype(np.float64)
    right_f: Column = np.bincount(stratum[focal], own[focal], k).astype(np.float64)
    right_r: Column = np.bincount(stratum[~focal], own[~focal], k).astype(np.float64)
    return _mantel_haenszel(right_r, n_r - right_r, right_f, n_f - right_f)


@one_thread
def logistic(marks: Table, focal: Mask) -> list[LogisticDif]:
    """Every item of a complete 0/1 table. Raises MethodRefused as `_binary` does."""
    from scipy.special import chdtrc

    table = _binary(marks, focal)
    total = table.sum(axis=1)
    x = total - total.mean()
    ones, group = np.ones(len(x)), focal.astype(np.float64)
    designs = [
        np.column_stack(columns)
        for columns in ([ones, x], [ones, x, group], [ones, x, group, x * group])
    ]
    found = []
    for own in table.T:
        fits = [_log_likelihood(own, design) for design in designs]
        none, uniform, both = fits
        if none is None or uniform is None or both is None:
            found.append(LogisticDif(None, None, None, None, None, None))
            continue
        ratios = (2 * (both - none), 2 * (uniform - none), 2 * (both - uniform))
        first, second, third = (max(0.0, ratio) for ratio in ratios)
        found.append(
            LogisticDif(
                first,
                second,
                third,
                float(chdtrc(2, first)),
                float(chdtrc(1, second)),
                float(chdtrc(1, third)),
            )
        )
    return found


def _binary(marks: Table, focal: Mask) -> Table:
    """The table. Raises MethodRefused unless it is complete, 0/1, with enough in both groups."""
    table = checked(marks)
    if not np.isin(table, (0, 1)).all():
        raise MethodRefused(Text("DIF needs complete marks of 0 and 1", "DIF 需要完整的 0/1 得分"))
    small = min(int(np.count_nonzero(focal)), int(np.count_nonzero(~focal)))
    if small < N_EACH_MIN:
        raise MethodRefused(
            Text(
                f"a group has {small} pupils; DIF needs {N_EACH_MIN} in each",
                f"有一组仅 {small} 人，DIF 每组至少需要 {N_EACH_MIN} 人",
            )
        )
    return table


def _mantel_haenszel(a: Column, b: Column, c: Column, d: Column) -> MantelHaenszel:
    """a, b: reference right and wrong per stratum; c, d: focal right and wrong."""
    from scipy.special import chdtrc

    n_r, n_f = a + b, c + d
    both = (n_r > 0) & (n_f > 0)
    a, b, c, d, n_r, n_f = (each[both] for each in (a, b, c, d, n_r, n_f))
    n = n_r + n_f
    right, wrong = a + c, b + d
    variance = float((n_r * n_f * right * wrong / (n * n * np.maximum(n - 1, 1))).sum())
    if variance == 0:
        return MantelHaenszel(None, None, None, None, None, None, None, None)
    away = abs(float((a - n_r * right / n).sum()))
    corrected = (away - 0.5) ** 2 / variance
    share = float((n_f * (c / n_f - a / n_r)).sum() / n_f.sum())
    p_value = float(chdtrc(1, corrected))
    top, bottom = float((a * d / n).sum()), float((b * c / n).sum())
    if top == 0 or bottom == 0:
        return MantelHaenszel(corrected, away**2 / variance, p_value, None, None, None, share, None)
    alpha = top / bottom
    terms = (a * d + alpha * b * c) * (a + d + alpha * (b + c)) / n**2
    var_log = float(terms.sum()) / (2 * top * top)
    delta = DELTA * math.log(alpha)
    return MantelHaenszel(
        chi2_corrected=corrected,
        chi2=away**2 / variance,
        p_value=p_value,
        alpha=alpha,
        delta=delta,
        var_log_alpha=var_log,
        p_difference=share,
        ets=ets_class(delta, abs(DELTA) * math.sqrt(var_log), p_value),
    )


def ets_class(delta: float, se: float, p_value: float) -> EtsClass:
    """C: |Δ| ≥ 1.5 and more than 1 beyond chance; A: |Δ| < 1 or not different from 0; else B."""
    if abs(delta) < 1 or p_value >= 0.05:
        return EtsClass.A
    if abs(delta) >= 1.5 and abs(delta) - 1 > 1.6448536269514722 * se:
        return EtsClass.C
    return EtsClass.B


def _log_likelihood(y: Column, x: Table) -> float | None:
    """The maximum by Newton's method; null when it lies at infinity or x is not of full rank."""
    from scipy.special import expit

    if y.min() == y.max() or np.linalg.matrix_rank(x) < x.shape[1]:
        return None
    beta = np.zeros(x.shape[1])
    for _ in range(50):
        p = expit(x @ beta)
        weight = p * (1 - p)
        if weight.max() < 1e-8:
            return None
        information = (x.T * weight) @ x
        if np.linalg.cond(information) > 1e14:  # the groups part right from wrong
            return None
        step = np.linalg.solve(information, x.T @ (y - p))
        beta = beta + step
        if not np.isfinite(beta).all() or np.abs(x @ beta).max() > 500:
            return None
        if np.abs(x @ step).max() < 1e-10:
            linear = x @ beta
            return float(y @ linear - np.logaddexp(0, linear).sum())
    return None
