"""Equating through common items: two groups that differ, two forms with an anchor V.

Formulas as in Kolen and Brennan (2014), chapter 4 (Tucker: Gulliksen 1950; Levine 1955; chained
linear: Angoff 1971). An internal anchor is part of both totals, an external one of neither.
"""

import math
from typing import Literal

import msgspec
import numpy as np

from schoolgroup.evaluation.statistics.methods.equating import Form, percentile_ranks, scores_at
from schoolgroup.evaluation.statistics.methods.items import Column
from schoolgroup.evaluation.statistics.methods.refusals import MethodRefused
from schoolgroup.evaluation.statistics.methods.resampling import Pairs
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


def group_of_pairs(pairs: Pairs) -> Group:
    """The moments of the pupils of these distinct pairs."""
    n = float(pairs.counts.sum())
    share = pairs.counts / n
    total, anchor = pairs.columns[:, 0], pairs.columns[:, 1]
    mean, anchor_mean = float(share @ total), float(share @ anchor)
    x, v = total - mean, anchor - anchor_mean
    return Group(
        int(n),
        mean,
        math.sqrt(float(share @ (x * x))),
        anchor_mean,
        math.sqrt(float(share @ (v * v))),
        float(share @ (x * v)),
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
    at_anchor = scores_at(percentile_ranks(x), x_anchor)
    equivalents: list[float] = scores_at(_ranks_between(at_anchor, y_anchor), y).tolist()
    return equivalents


def forms_of_pairs(pairs: Pairs, highest: tuple[int, int]) -> tuple[Form, Form]:
    """The forms of total and anchor of these pupils; both begin at 0."""
    total, anchor = (
        np.bincount(pairs.columns[:, at].astype(np.int64), pairs.counts, most + 1)
        for at, most in enumerate(highest)
    )
    return Form(tuple(total.tolist())), Form(tuple(anchor.tolist()))


def _gamma(group: Group, method: Method, internal: bool) -> float:
    """Tucker: the regression slope of the total on the anchor. Levine: the ratio of true sds."""
    if method == "tucker":
        return group.covariance / group.anchor_sd**2
    if internal:
        return group.sd**2 / group.covariance
    return (group.sd**2 + group.covariance) / (group.anchor_sd**2 + group.covariance)


def _ranks_between(scores: Column, form: Form) -> Column:
    """The continuous percentile ranks of scores that need not be whole."""
    share = form.counts / form.n
    at = np.clip(np.floor(scores - form.lowest + 0.5).astype(np.int64), 0, len(share) - 1)
    below = percentile_ranks(form)[at] - share[at] / 2
    inside = np.clip(scores - form.lowest + 0.5 - at, 0.0, 1.0)
    found: Column = below + inside * share[at]
    return found
