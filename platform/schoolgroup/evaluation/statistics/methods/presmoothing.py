"""Log-linear presmoothing of a score distribution (Holland and Thayer 2000).

A polynomial of degree C in the score for the log of the expected frequencies, by maximum
likelihood: the fitted distribution keeps the first C moments of the observed one.
"""

import numpy as np

from schoolgroup.evaluation.statistics.methods.items import Column
from schoolgroup.evaluation.statistics.methods.refusals import MethodRefused
from schoolgroup.kernel.texts import Text


def smooth(frequencies: Column, degree: int = 6) -> Column:
    """The fitted frequencies; they sum to the observed number.

    Newton's method on orthonormal polynomials. Raises MethodRefused when fewer than degree + 1
    scores occur (the moments then have no such distribution) or the fit does not settle.
    """
    if degree < 1:
        raise MethodRefused(Text("the degree of smoothing is 1 or more", "平滑次数至少为 1"))
    if np.count_nonzero(frequencies) <= degree:
        raise MethodRefused(
            Text(
                f"degree {degree} needs more than {degree} scores that occur",
                f"{degree} 次平滑需要至少 {degree + 1} 个不同分数",
            )
        )
    scores = np.linspace(-1, 1, len(frequencies))
    design, _ = np.linalg.qr(np.vander(scores, degree + 1, increasing=True))
    n = float(frequencies.sum())
    beta = design.T @ np.log(frequencies + 0.5)
    likelihood = _likelihood(frequencies, design @ beta)
    for _ in range(200):
        fitted = np.exp(design @ beta)
        step = np.linalg.solve((design.T * fitted) @ design, design.T @ (frequencies - fitted))
        size = 1.0
        while size > 1e-9:
            tried = _likelihood(frequencies, design @ (beta + size * step))
            if tried >= likelihood - 1e-9 * abs(likelihood):
                break
            size /= 2
        beta, likelihood = beta + size * step, tried
        if np.abs(step).max() < 1e-11 * max(1.0, float(np.abs(beta).max())):
            result: Column = np.exp(design @ beta)
            return result * (n / float(result.sum()))
    raise MethodRefused(Text("the smoothing does not settle", "平滑未收敛"))


def _likelihood(frequencies: Column, linear: Column) -> float:
    """Poisson log-likelihood up to a constant; −∞ where it overflows."""
    with np.errstate(over="ignore"):
        value = float(frequencies @ linear - np.exp(linear).sum())
    return value if np.isfinite(value) else -np.inf
