"""Equating through common items: two groups that differ, two forms with an anchor V.

Formulas as in Kolen and Brennan (2014), chapter 4 (Tucker: Gulliksen 1950; Levine 1955; chained
linear: Angoff 1971). An internal anchor is part of both totals, an external one of neither.
"""

import math
from collections.abc import Callable
from typing import Literal

import msgspec
import numpy as np

from schoolgroup.evaluation.statistics.methods.equating import Form, percentile_ranks, score_at
from schoolgroup.evaluation.statistics.methods.items import Column
from schoolgroup.evaluation.statistics.methods.refusals import MethodRefused
from schoolgroup.kernel.texts import Text

Method = Literal["tucker", "levine", "chained"]


class Group(msgspec.Struct, frozen=True):
    """One group's moments of its form's total and of the anchor (divisor n)."""

    n: int
    mean: float
    sd: float
    anchor_mean: float
    anchor_sd: float
    covariance: float


class AnchorEquating(msgspec.Struct, frozen=True):
    """Form X on the scale of form Y: y = intercept + slope·x, for the synthetic population."""

    method: Method
    internal: bool
    weight_x: float | None
    gamma_x: float | None
    gamma_y: float | None
    intercept: float
    slope: float

    def of(self, score: float) -> float:
        """The equivalent of a score of form X."""
        return self.intercept + self.slope * score


def group_of(total: Column, anchor: Column) -> Group:
    """The moments of one group."""
    covariance = float(((total - total.mean()) * (anchor - anchor.mean())).mean())
    return Group(
        len(total),
        float(total.mean()),
        float(total.std()),
        float(anchor.mean()),
        float(anchor.std()),
        covariance,
    )


def equate_through(
    x: Group, y: Group, method: Method, *, internal: bool = True, weight_x: float | None = None
) -> AnchorEquating:
    """Equate; `weight_x` is the share of group X in the synthetic population (default: by n).

    Raises MethodRefused when a total or an anchor does not vary, or goes against its total.
    """
    if min(x.sd, x.anchor_sd, y.sd, y.anchor_sd) <= 0 or min(x.covariance, y.covariance) <= 0:
        raise MethodRefused(
            Text("the anchor does not go with the totals", "锚题与总分不相关，无法等值")
        )
    if method == "chained":
        slope = (x.anchor_sd / x.sd) * (y.sd / y.anchor_sd)
        to_anchor = x.anchor_mean - y.anchor_mean
        intercept = y.mean + y.sd / y.anchor_sd * to_anchor - slope * x.mean
        return AnchorEquating(method, internal, None, None, None, intercept, slope)
    w = x.n / (x.n + y.n) if weight_x is None else weight_x
    gx, gy = (_gamma(group, method, internal) for group in (x, y))
    apart = x.anchor_mean - y.anchor_mean
    spread = x.anchor_sd**2 - y.anchor_sd**2
    mean_x, mean_y = x.mean - (1 - w) * gx * apart, y.mean + w * gy * apart
    mixed = w * (1 - w) * apart**2
    variance_x = x.sd**2 - (1 - w) * gx**2 * spread + gx**2 * mixed
    variance_y = y.sd**2 + w * gy**2 * spread + gy**2 * mixed
    if variance_x <= 0 or variance_y <= 0:
        raise MethodRefused(Text("the groups are too far apart", "两组差距过大，无法等值"))
    slope = math.sqrt(variance_y / variance_x)
    return AnchorEquating(method, internal, w, gx, gy, mean_y - slope * mean_x, slope)


def chained_equipercentile(x: Form, x_anchor: Form, y_anchor: Form, y: Form) -> list[float]:
    """X to the anchor in group X, the anchor to Y in group Y, both by percentile ranks."""
    ranks = percentile_ranks(y_anchor)
    found = []
    for rank in percentile_ranks(x).tolist():
        at_anchor = score_at(rank, x_anchor)
        found.append(score_at(_rank_between(at_anchor, y_anchor, ranks), y))
    return found


def bootstrap_se(
    x: tuple[Column, Column],
    y: tuple[Column, Column],
    conversion: Callable[[Group, Group], AnchorEquating],
    score: float,
    *,
    replications: int = 500,
    seed: int = 1,
) -> float:
    """The standard error of the equivalent of `score` by resampling pupils of both groups.

    x, y: (totals, anchors). Seeded, so the same request gives the same bytes.
    """
    chance, found = np.random.default_rng(seed), []
    for _ in range(replications):
        drawn = []
        for total, anchor in (x, y):
            at = chance.integers(0, len(total), len(total))
            drawn.append(group_of(total[at], anchor[at]))
        found.append(conversion(drawn[0], drawn[1]).of(score))
    return float(np.std(found, ddof=1))


def _gamma(group: Group, method: Method, internal: bool) -> float:
    """Tucker: the regression slope of the total on the anchor. Levine: the ratio of true sds."""
    if method == "tucker":
        return group.covariance / group.anchor_sd**2
    if internal:
        return group.sd**2 / group.covariance
    return (group.sd**2 + group.covariance) / (group.anchor_sd**2 + group.covariance)


def _rank_between(score: float, form: Form, ranks: Column) -> float:
    """The continuous percentile rank of a score that need not be whole."""
    share = form.counts / form.n
    at = min(max(math.floor(score - form.lowest + 0.5), 0), len(share) - 1)
    below = float(ranks[at]) - float(share[at]) / 2
    inside = min(max(score - form.lowest + 0.5 - at, 0.0), 1.0)
    return below + inside * float(share[at])
