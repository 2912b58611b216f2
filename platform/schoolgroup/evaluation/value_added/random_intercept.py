"""y = X·β + u_school + e, u ~ N(0, τ²), e ~ N(0, σ²), by profile REML or ML from school sums.

With λ = τ²/σ² the inverse covariance of a school of n pupils is (I − λ/(1+nλ)·J)/σ², so every
cross-product is a pooled within-school one plus Σ c·(means) with c = n/(1+nλ); β and σ² follow in
closed form, and λ is the root of the derivative of the profile deviance (Searle, Casella and
McCulloch 1992, ch. 6; criterion as in lme4, Bates et al. 2015).
"""

import math
from statistics import NormalDist

import msgspec
import numpy as np

from schoolgroup.evaluation.statistics.methods.refusals import MethodRefused
from schoolgroup.evaluation.statistics.methods.threads import one_thread
from schoolgroup.evaluation.value_added.sums import Array, Moments
from schoolgroup.kernel.texts import Text

# λ beyond these is no different from 0, or from schools that differ and pupils who do not
_LAMBDAS = np.logspace(-8, 6, 57)


class SchoolEffect(msgspec.Struct, frozen=True):
    """û of one school in units of y: its conditional mean, its conditional sd, its interval.

    raw: the mean residual before shrinkage; shrinkage: n·τ²/(n·τ²+σ²); effect = shrinkage·raw.
    """

    school: str
    n: int
    raw: float
    shrinkage: float
    effect: float
    se: float
    low: float
    high: float


class InterceptFit(msgspec.Struct, frozen=True):
    """The fitted model; `fixed` is the intercept, then one slope per predictor.

    at_boundary: τ² = 0, the schools differ no more than chance makes them; every û is then 0.
    icc: τ²/(τ²+σ²), the share of the remaining variance that lies between schools.
    """

    criterion: str
    n: int
    n_schools: int
    fixed: tuple[float, ...]
    fixed_se: tuple[float, ...]
    tau2: float
    sigma2: float
    icc: float
    deviance: float
    log_likelihood: float
    at_boundary: bool
    confidence: float
    effects: tuple[SchoolEffect, ...]


class _Parts(msgspec.Struct, frozen=True):
    """Sizes, means and pooled within-school cross-products about the origin."""

    n: Array
    x: Array  # schools × (1 + p), first column 1
    y: Array
    within: Array  # (1 + p + 1) square, y last; the intercept's row and column are 0
    total: float


class _At(msgspec.Struct, frozen=True):
    """Everything at one λ."""

    deviance: float
    slope: float  # derivative of the deviance by λ
    beta: Array
    information: Array  # X'V⁻¹X·σ²
    sigma2: float
    residual: Array  # per school


@one_thread
def fit_intercept(moments: Moments, *, reml: bool = True, confidence: float = 0.95) -> InterceptFit:
    """Fit the model. τ² = 0 returns cleanly.

    Raises MethodRefused with fewer than two schools, too few pupils for the predictors,
    predictors that do not vary (or repeat each other), or no variation within schools.
    """
    parts = _parts(moments)
    profile = _Profile(parts, reml)
    ratio = profile.best()
    at = profile.at(ratio)
    tau2 = ratio * at.sigma2
    shrinkage = parts.n * ratio / (1 + parts.n * ratio)
    effect = shrinkage * at.residual + 0.0  # no −0 at the boundary
    se = np.sqrt(tau2 / (1 + parts.n * ratio))
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    fixed, fixed_se = _at_zero(at, moments.origin)
    return InterceptFit(
        criterion="REML" if reml else "ML",
        n=int(parts.total),
        n_schools=len(parts.n),
        fixed=fixed,
        fixed_se=fixed_se,
        tau2=tau2,
        sigma2=at.sigma2,
        icc=tau2 / (tau2 + at.sigma2),
        deviance=at.deviance,
        log_likelihood=-at.deviance / 2,
        at_boundary=ratio == 0,
        confidence=confidence,
        effects=tuple(
            SchoolEffect(*row)
            for row in zip(
                moments.schools,
                parts.n.astype(int).tolist(),
                at.residual.tolist(),
                shrinkage.tolist(),
                effect.tolist(),
                se.tolist(),
                (effect - z * se).tolist(),
                (effect + z * se).tolist(),
                strict=True,
            )
        ),
    )


def _parts(moments: Moments) -> _Parts:
    n = moments.n
    if len(n) < 2:
        raise MethodRefused(Text("fewer than two schools", "学校不足两所"))
    means = moments.sums / n[:, None]
    inside = moments.products - n[:, None, None] * means[:, :, None] * means[:, None, :]
    k = moments.sums.shape[1]
    within = np.zeros((k + 1, k + 1))
    within[1:, 1:] = inside.sum(axis=0)
    if n.sum() <= k + 1:
        raise MethodRefused(Text("too few pupils for the model", "学生人数不足以拟合模型"))
    # what rounding leaves of the sums is no variation
    noise = 1e-12 * float(np.abs(moments.products[:, -1, -1]).sum())
    if within[-1, -1] <= noise:
        raise MethodRefused(
            Text("outcomes do not vary within schools", "校内成绩没有差异，无法拟合模型")
        )
    x = np.column_stack([np.ones(len(n)), means[:, :-1]])
    return _Parts(n, x, means[:, -1], within, float(n.sum()))


class _Profile:
    """The deviance as a function of λ alone."""

    def __init__(self, parts: _Parts, reml: bool) -> None:
        self.parts, self.reml = parts, reml
        information = parts.within[:-1, :-1] + (parts.x.T * parts.n) @ parts.x
        scale = np.sqrt(information.diagonal())
        if (scale == 0).any() or np.linalg.cond(information / np.outer(scale, scale)) > 1e10:
            raise MethodRefused(
                Text("a predictor does not vary or repeats another", "预测变量没有差异或互相重复")
            )
        if self._unexplained() <= 1e-12 * parts.within[-1, -1]:
            raise MethodRefused(
                Text(
                    "the outcome follows from the prior without rest",
                    "成绩完全由前测决定",
                )
            )

    def _unexplained(self) -> float:
        """What of the outcomes within schools no slope explains."""
        inside = self.parts.within
        scale = np.sqrt(np.maximum(inside.diagonal(), 0))  # rounded, a zero may lie below it
        scale = np.where(scale > 0, scale, 1.0)
        unit = inside / np.outer(scale, scale)
        slope = np.linalg.lstsq(unit[:-1, :-1], unit[:-1, -1], rcond=None)[0]
        rest = float(unit[-1, -1] - 2 * unit[:-1, -1] @ slope + slope @ unit[:-1, :-1] @ slope)
        return rest * float(scale[-1]) ** 2

    def at(self, ratio: float) -> _At:
        """Deviance, its derivative, β and σ² at λ = `ratio`."""
        parts = self.parts
        c = parts.n / (1 + parts.n * ratio)
        information = parts.within[:-1, :-1] + (parts.x.T * c) @ parts.x
        right = parts.within[:-1, -1] + parts.x.T @ (c * parts.y)
        beta: Array = np.asarray(np.linalg.solve(information, right), dtype=np.float64)
        residual: Array = np.asarray(parts.y - parts.x @ beta, dtype=np.float64)
        slack = np.append(-beta, 1.0)
        rss = float(slack @ parts.within @ slack) + float(c @ residual**2)
        degrees = parts.total - (len(beta) if self.reml else 0)
        sigma2 = rss / degrees
        deviance = degrees * (math.log(2 * math.pi * sigma2) + 1)
        deviance += float(np.log1p(parts.n * ratio).sum())
        slope = float(c.sum()) - float(c**2 @ residual**2) / sigma2
        if self.reml:
            deviance += float(np.linalg.slogdet(information)[1])
            slope -= float(np.trace(np.linalg.solve(information, (parts.x.T * c**2) @ parts.x)))
        return _At(deviance, slope, beta, np.asarray(information), sigma2, residual)

    def slopes(self, ratios: Array) -> Array:
        """The derivative at many λ in one pass."""
        parts = self.parts
        c = parts.n / (1 + ratios[:, None] * parts.n)
        outer = (parts.x[:, :, None] * parts.x[:, None, :]).reshape(len(parts.n), -1)
        shape = (len(ratios), parts.x.shape[1], parts.x.shape[1])
        information = parts.within[:-1, :-1] + (c @ outer).reshape(shape)
        right = parts.within[:-1, -1] + c @ (parts.x * parts.y[:, None])
        beta = np.linalg.solve(information, right[:, :, None])[:, :, 0]
        residual = parts.y - beta @ parts.x.T
        slack = np.column_stack([-beta, np.ones(len(ratios))])
        rss = ((slack @ parts.within) * slack).sum(axis=1) + (c * residual**2).sum(axis=1)
        sigma2 = rss / (parts.total - (beta.shape[1] if self.reml else 0))
        slope: Array = c.sum(axis=1) - (c**2 * residual**2).sum(axis=1) / sigma2
        if self.reml:
            curved = (c**2 @ outer).reshape(shape)
            slope -= np.trace(np.linalg.solve(information, curved), axis1=1, axis2=2)
        return slope

    def best(self) -> float:
        """The λ of least deviance, 0 included: a grid over 14 decades, then the exact root."""
        from scipy.optimize import brentq

        slopes = self.slopes(_LAMBDAS).tolist()
        at_zero = self.at(0.0)
        roots = [
            brentq(lambda e: self.at(math.exp(e)).slope, math.log(low), math.log(high), xtol=1e-13)
            for low, high, here, there in zip(
                _LAMBDAS, _LAMBDAS[1:], slopes, slopes[1:], strict=False
            )
            if here < 0 <= there
        ]
        candidates = [(at_zero.deviance, 0.0)]
        for root in roots:
            ratio = math.exp(float(root))
            candidates.append((self.at(ratio).deviance, ratio))
        if not roots and slopes[-1] < 0:
            raise MethodRefused(
                Text("outcomes hardly vary within schools", "校内成绩几乎没有差异，无法拟合模型")
            )
        return min(candidates)[1]


def _at_zero(at: _At, origin: Array) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """β and its standard errors with every variable back at its own zero."""
    move = np.eye(len(at.beta))
    move[0, 1:] = -origin[:-1]
    beta = move @ at.beta
    beta[0] += origin[-1]
    covariance = move @ np.linalg.inv(at.information) @ move.T * at.sigma2
    return tuple(beta.tolist()), tuple(np.sqrt(covariance.diagonal()).tolist())
