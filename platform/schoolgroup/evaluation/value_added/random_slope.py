"""y = a + b·x + u0 + u1·x + e with (u0, u1) ~ N(0, Ψ) per school, from the same six numbers.

Ψ = σ²·ΛΛ' with Λ lower triangular; β and σ² are profiled out and the three entries of Λ found by
L-BFGS-B (Bates et al. 2015). u0 is the school's effect at x = `centre`, which is always named:
with crossing lines "the" effect of a school has no meaning.
"""

import math

import msgspec
import numpy as np

from schoolgroup.evaluation.statistics.methods.refusals import MethodRefused
from schoolgroup.evaluation.statistics.methods.threads import one_thread
from schoolgroup.evaluation.value_added.random_intercept import fit_intercept
from schoolgroup.evaluation.value_added.sums import Array, Moments
from schoolgroup.kernel.texts import Text


class SlopeEffect(msgspec.Struct, frozen=True):
    """One school: u0 at the centre, u1 per unit of x, and û (with se) at the named priors."""

    school: str
    n: int
    intercept: float
    slope: float
    at: tuple[tuple[float, float, float], ...]  # (prior, û, se)


class SlopeFit(msgspec.Struct, frozen=True):
    """The fitted model, and the test whether the slope earns its place.

    p_value: of the likelihood ratio against the random-intercept model, by the even mixture of
    χ²(1) and χ²(2) that holds on the boundary (Stram and Lee 1994); p_value_plain: by χ²(2).
    """

    criterion: str
    n: int
    n_schools: int
    centre: float
    fixed: tuple[float, float]
    fixed_se: tuple[float, float]
    tau2_intercept: float
    tau2_slope: float
    covariance: float
    correlation: float | None
    sigma2: float
    deviance: float
    log_likelihood: float
    likelihood_ratio: float
    p_value: float
    p_value_plain: float
    effects: tuple[SlopeEffect, ...]

    def earns_slope(self, level: float = 0.05) -> bool:
        """Whether the schools' slopes differ by more than chance."""
        return self.p_value < level


class _At(msgspec.Struct, frozen=True):
    deviance: float
    beta: Array
    covariance: Array
    sigma2: float
    psi: Array


@one_thread
def fit_slope(moments: Moments, *, centre: float | None = None, reml: bool = True) -> SlopeFit:
    """Fit the model; `centre` in units of x, without it the mean prior of all pupils.

    û is given at the mean prior and one standard deviation of it below and above.
    Raises MethodRefused as the random-intercept fit does, and unless there is one predictor.
    """
    from scipy.optimize import minimize
    from scipy.special import chdtrc

    if moments.sums.shape[1] != 2:
        raise MethodRefused(Text("a random slope needs one prior mark", "随机斜率需要一个前测成绩"))
    plain = fit_intercept(moments, reml=reml)
    total = float(moments.n.sum())
    mean = float(moments.sums[:, 0].sum()) / total
    spread = math.sqrt(float(moments.products[:, 0, 0].sum()) / total - mean**2)
    at_centre = mean + float(moments.origin[0]) if centre is None else centre
    grams = _grams(moments, at_centre - float(moments.origin[0]), spread)
    start = math.sqrt(plain.tau2 / plain.sigma2)

    def deviance(theta: Array) -> float:
        return _at(theta, grams, reml).deviance

    tried = [
        minimize(
            deviance,
            first,
            method="L-BFGS-B",
            jac="3-point",
            bounds=[(0, None), (None, None), (0, None)],
            options={"ftol": 1e-15, "gtol": 1e-8, "maxiter": 500},
        )
        for first in ([start, 0.0, 0.1 * start + 0.05], [start + 0.1, 0.05, 0.5])
    ]
    best = min(tried, key=lambda one: float(one.fun))
    at = _at(np.asarray(best.x, dtype=np.float64), grams, reml)
    # REML's determinant is in units of the predictor: back to those of x
    least = at.deviance + (2 * math.log(spread) if reml else 0.0)
    to_raw = np.diag([1.0, 1 / spread])
    psi = to_raw @ at.psi @ to_raw
    beta, covariance = to_raw @ at.beta, to_raw @ at.covariance @ to_raw
    beta[0] += float(moments.origin[1])
    ratio = max(0.0, plain.deviance - least)
    sds = np.sqrt(psi.diagonal())
    return SlopeFit(
        criterion=plain.criterion,
        n=plain.n,
        n_schools=plain.n_schools,
        centre=at_centre,
        fixed=(float(beta[0]), float(beta[1])),
        fixed_se=(math.sqrt(covariance[0, 0]), math.sqrt(covariance[1, 1])),
        tau2_intercept=float(psi[0, 0]),
        tau2_slope=float(psi[1, 1]),
        covariance=float(psi[0, 1]),
        correlation=float(psi[0, 1] / sds.prod()) if sds.all() else None,
        sigma2=at.sigma2,
        deviance=least,
        log_likelihood=-least / 2,
        likelihood_ratio=ratio,
        p_value=float((chdtrc(1, ratio) + chdtrc(2, ratio)) / 2),
        p_value_plain=float(chdtrc(2, ratio)),
        effects=_effects(moments, grams, at, spread, at_centre, mean + float(moments.origin[0])),
    )


def _grams(moments: Moments, centre: float, spread: float) -> Array:
    """Cross-products of (1, (x − centre)/spread, y) per school."""
    n = moments.n
    grams = np.zeros((len(n), 3, 3))
    grams[:, 0, 0] = n
    grams[:, 0, 1:] = grams[:, 1:, 0] = moments.sums
    grams[:, 1:, 1:] = moments.products
    move = np.eye(3)
    move[1] = [-centre / spread, 1 / spread, 0]
    moved: Array = move @ grams @ move.T
    return moved


def _at(theta: Array, grams: Array, reml: bool) -> _At:
    factor = np.array([[theta[0], 0.0], [theta[1], theta[2]]])
    inner = np.eye(2) + factor.T @ grams[:, :2, :2] @ factor
    taken = factor @ np.linalg.inv(inner) @ factor.T
    pooled = (grams - grams[:, :, :2] @ taken @ grams[:, :2, :]).sum(axis=0)
    information = pooled[:2, :2]
    beta = np.linalg.solve(information, pooled[:2, 2])
    rss = float(pooled[2, 2] - pooled[:2, 2] @ beta)
    degrees = float(grams[:, 0, 0].sum()) - (2 if reml else 0)
    sigma2 = rss / degrees
    deviance = degrees * (math.log(2 * math.pi * sigma2) + 1)
    deviance += float(np.linalg.slogdet(inner)[1].sum())
    if reml:
        deviance += float(np.linalg.slogdet(information)[1])
    return _At(
        deviance, beta, np.linalg.inv(information) * sigma2, sigma2, factor @ factor.T * sigma2
    )


def _effects(
    moments: Moments, grams: Array, at: _At, spread: float, centre: float, mean: float
) -> tuple[SlopeEffect, ...]:
    """û = ΨZ'V⁻¹(y − Xβ) with its conditional covariance, per school."""
    found = []
    for school, gram in zip(moments.schools, grams, strict=True):
        middle = np.linalg.inv(np.eye(2) * at.sigma2 + at.psi @ gram[:2, :2])
        u = middle @ at.psi @ (gram[:2, 2] - gram[:2, :2] @ at.beta)
        covariance = middle @ at.psi * at.sigma2
        levels = []
        for prior in (mean - spread, mean, mean + spread):
            z = np.array([1.0, (prior - centre) / spread])
            levels.append((prior, float(z @ u), math.sqrt(max(0.0, float(z @ covariance @ z)))))
        found.append(
            SlopeEffect(school, int(gram[0, 0]), float(u[0]), float(u[1] / spread), tuple(levels))
        )
    return tuple(found)
