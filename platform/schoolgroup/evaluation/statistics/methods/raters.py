"""Agreement of markers and reviewers."""

import math
from collections.abc import Sequence
from typing import Literal

import msgspec
import numpy as np

from schoolgroup.evaluation.statistics.methods.items import Table
from schoolgroup.evaluation.statistics.methods.refusals import MethodRefused
from schoolgroup.kernel.texts import Text

Weights = Literal["none", "linear", "quadratic"]
Scale = Literal["nominal", "ordinal", "interval", "ratio"]


class Kappa(msgspec.Struct, frozen=True):
    """Cohen's (1960, 1968) kappa of two raters; null when chance alone explains everything.

    z: kappa over its standard error under no agreement (Fleiss, Cohen and Everitt 1969).
    """

    n: int
    weights: Weights
    exact: float
    adjacent: float
    kappa: float | None
    z: float | None


class Icc(msgspec.Struct, frozen=True):
    """One intraclass correlation of Shrout and Fleiss (1979), with its F test and interval."""

    kind: str
    icc: float
    f: float
    df1: int
    df2: int
    p_value: float
    low: float
    high: float


def pairs_table(
    first: Sequence[str], second: Sequence[str], levels: Sequence[str]
) -> list[list[int]]:
    """Counts of (first, second) in the order of `levels`. Raises ValueError off the levels."""
    place = {level: at for at, level in enumerate(levels)}
    table = [[0] * len(levels) for _ in levels]
    for one, other in zip(first, second, strict=True):
        if one not in place or other not in place:
            raise ValueError(f"{one!r} or {other!r} is no level")
        table[place[one]][place[other]] += 1
    return table


def kappa(table: Sequence[Sequence[int]], weights: Weights = "none") -> Kappa:
    """Weighted kappa of a square table of counts; levels are equally spaced, in order."""
    counts = np.asarray(table, dtype=np.float64)
    n, k = float(counts.sum()), len(counts)
    if counts.shape != (k, k) or n == 0:
        raise MethodRefused(Text("no pairs of ratings", "没有成对评分"))
    away = np.abs(np.subtract.outer(np.arange(k), np.arange(k)))
    span = max(k - 1, 1)
    weight = {
        "none": (away == 0).astype(np.float64),
        "linear": 1 - away / span,
        "quadratic": 1 - (away / span) ** 2,
    }[weights]
    share = counts / n
    rows, columns = share.sum(axis=1), share.sum(axis=0)
    chance = np.outer(rows, columns)
    observed, expected = float((weight * share).sum()), float((weight * chance).sum())
    value = z = None
    if expected < 1 - 1e-15:
        value = (observed - expected) / (1 - expected)
        means = (weight @ columns)[:, None] + (weight.T @ rows)[None, :]
        spread = float((chance * (weight - means) ** 2).sum()) - expected**2
        se = math.sqrt(max(0.0, spread) / n) / (1 - expected)
        z = value / se if se else None
    return Kappa(
        int(n),
        weights,
        float(share[away == 0].sum()),
        float(share[away <= 1].sum()),
        value,
        z,
    )


def icc(ratings: Table, confidence: float = 0.95) -> list[Icc]:
    """ICC1, ICC2, ICC3 and their averages over k raters, of a complete things × raters table.

    Shrout and Fleiss (1979); intervals of ICC2 by Satterthwaite as in McGraw and Wong (1996).
    Raises MethodRefused for missing ratings, fewer than two things or raters, or no residual.
    """
    from scipy.special import fdtrc

    x = np.asarray(ratings, dtype=np.float64)
    if x.ndim != 2 or min(x.shape) < 2 or not np.isfinite(x).all():
        raise MethodRefused(
            Text(
                "ICC needs a complete table of two things and raters or more",
                "ICC 需要完整的评分表",
            )
        )
    n, k = x.shape
    grand = float(x.mean())
    between = k * float(((x.mean(axis=1) - grand) ** 2).sum())
    judges = n * float(((x.mean(axis=0) - grand) ** 2).sum())
    inside = float(((x - x.mean(axis=1, keepdims=True)) ** 2).sum())
    msb, msj = between / (n - 1), judges / (k - 1)
    msw, mse = inside / (n * (k - 1)), (inside - judges) / ((n - 1) * (k - 1))
    if mse <= 1e-14 * max(msb, msj):
        raise MethodRefused(Text("the ratings leave no residual", "评分没有残差，无法计算 ICC"))
    tail = (1 - confidence) / 2
    df_b, df_w, df_e = n - 1, n * (k - 1), (n - 1) * (k - 1)
    f1, f3 = msb / msw, msb / mse
    single1, single3 = (msb - msw) / (msb + (k - 1) * msw), (msb - mse) / (msb + (k - 1) * mse)
    single2 = (msb - mse) / (msb + (k - 1) * mse + k * (msj - mse) / n)
    average2 = (msb - mse) / (msb + (msj - mse) / n)
    low1, high1 = _f_bounds(f1, df_b, df_w, tail)
    low3, high3 = _f_bounds(f3, df_b, df_e, tail)
    low2, high2 = _random_bounds(single2, msb, msj, mse, n, k, tail)

    def steps(bound: float) -> float:
        return float((bound - 1) / (bound + k - 1))

    def average(one: float) -> float:
        return float(one * k / (1 + one * (k - 1)))

    p1, p3 = float(fdtrc(df_b, df_w, f1)), float(fdtrc(df_b, df_e, f3))
    return [
        Icc("ICC1", single1, f1, df_b, df_w, p1, steps(low1), steps(high1)),
        Icc("ICC2", single2, f3, df_b, df_e, p3, low2, high2),
        Icc("ICC3", single3, f3, df_b, df_e, p3, steps(low3), steps(high3)),
        Icc("ICC1k", (msb - msw) / msb, f1, df_b, df_w, p1, 1 - 1 / low1, 1 - 1 / high1),
        Icc("ICC2k", average2, f3, df_b, df_e, p3, average(low2), average(high2)),
        Icc("ICC3k", (msb - mse) / msb, f3, df_b, df_e, p3, 1 - 1 / low3, 1 - 1 / high3),
    ]


def krippendorff(units: Sequence[Sequence[float | None]], scale: Scale) -> float | None:
    """Krippendorff's (2011) alpha; `units` holds each thing's ratings, None where missing.

    Null when nothing was rated twice or all ratings are equal.
    """
    rated = [[one for one in unit if one is not None] for unit in units]
    paired = [unit for unit in rated if len(unit) > 1]
    values = sorted({one for unit in paired for one in unit})
    if len(values) < 2:
        return None
    place = {value: at for at, value in enumerate(values)}
    together = np.zeros((len(values), len(values)))
    for unit in paired:
        held = np.bincount([place[one] for one in unit], minlength=len(values)).astype(float)
        together += (np.outer(held, held) - np.diag(held)) / (len(unit) - 1)
    totals = together.sum(axis=1)
    n = float(totals.sum())
    v = np.asarray(values, dtype=np.float64)
    apart = _distances(scale, v, totals)
    expected = float((np.outer(totals, totals) * apart).sum()) / (n - 1)
    return 1 - float((together * apart).sum()) / expected if expected else None


def _distances(scale: Scale, v: Table, totals: Table) -> Table:
    """Krippendorff's squared differences between each two values on the scale."""
    up = np.cumsum(totals) - totals / 2
    if scale == "nominal":
        return np.asarray(v[:, None] != v[None, :], dtype=np.float64)
    if scale == "ordinal":
        return np.asarray((up[:, None] - up[None, :]) ** 2)
    away = v[:, None] - v[None, :]
    if scale == "ratio":
        total = v[:, None] + v[None, :]
        away = away / np.where(total == 0, 1, total)
    return np.asarray(away**2)


def _f_bounds(f: float, df1: int, df2: int, tail: float) -> tuple[float, float]:
    from scipy.special import fdtri

    return (
        f / float(fdtri(df1, df2, 1 - tail)),
        f * float(fdtri(df2, df1, 1 - tail)),
    )


def _random_bounds(
    rho: float, msb: float, msj: float, mse: float, n: int, k: int, tail: float
) -> tuple[float, float]:
    from scipy.special import fdtri

    fj = msj / mse
    top = (k - 1) * (n - 1) * (k * rho * fj + n * (1 + (k - 1) * rho) - k * rho) ** 2
    bottom = (n - 1) * (k * rho * fj) ** 2 + (n * (1 + (k - 1) * rho) - k * rho) ** 2
    df = top / bottom
    upper = float(fdtri(n - 1, df, 1 - tail))
    lower = float(fdtri(df, n - 1, 1 - tail))
    rest = k * msj + (k * n - k - n) * mse
    return (
        n * (msb - upper * mse) / (upper * rest + n * msb),
        n * (lower * msb - mse) / (rest + n * lower * msb),
    )
