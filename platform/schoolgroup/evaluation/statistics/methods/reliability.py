"""Reliability of a total, and what follows from it for a single pupil."""

import math

import msgspec
import numpy as np

from schoolgroup.evaluation.statistics.methods.items import Column, Table, checked, correlation
from schoolgroup.evaluation.statistics.methods.threads import one_thread


class Reliability(msgspec.Struct, frozen=True):
    """Internal consistency of a total; a negative alpha is legal and printed as it is.

    alpha: Cronbach (1951), for 0/1 items the same as KR-20; alpha_standardised: of the items'
    correlations; lambda6: Guttman (1945) λ6 from squared multiple correlations; kr21: Kuder and
    Richardson's formula 21, for 0/1 items only; half_r: odd items with even items;
    spearman_brown: 2r/(1+r) of it; lambda4: Guttman's split half of the same halves.
    sem: sd·√(1−alpha) with the population sd; sem_sample: with divisor n−1 (as R's psych).
    n: pupils to whom every item was offered (the others are not used).
    """

    n: int
    n_items: int
    alpha: float | None
    alpha_standardised: float | None
    lambda6: float | None
    kr20: float | None
    kr21: float | None
    half_r: float | None
    spearman_brown: float | None
    lambda4: float | None
    sem: float | None
    sem_sample: float | None


@one_thread
def reliability(marks: Table) -> Reliability:
    """Everything of `Reliability` from the complete rows of the table."""
    whole = checked(marks)
    table = whole[~np.isnan(whole).any(axis=1)]
    n, k = table.shape
    total = table.sum(axis=1)
    if n < 2 or k < 2 or total.min() == total.max():
        return Reliability(n, k, *[None] * 10)
    covariance = np.cov(table, rowvar=False)
    spread = float(covariance.sum())
    value = k / (k - 1) * (1 - float(covariance.trace()) / spread)
    binary = bool(np.isin(table, (0, 1)).all())
    odd, even = table[:, ::2].sum(axis=1), table[:, 1::2].sum(axis=1)
    half_r = correlation(odd, even)
    sem = _sem(float(total.std()), value)
    return Reliability(
        n=n,
        n_items=k,
        alpha=value,
        alpha_standardised=_standardised(table, covariance),
        lambda6=_lambda6(covariance),
        kr20=value if binary else None,
        kr21=_kr21(total, k) if binary else None,
        half_r=half_r,
        spearman_brown=None if half_r is None or half_r == -1 else 2 * half_r / (1 + half_r),
        lambda4=2 * (1 - (float(odd.var()) + float(even.var())) / float(total.var())),
        sem=sem,
        sem_sample=None if sem is None else sem * math.sqrt(n / (n - 1)),
    )


def misclassified(total: Column, line: float, alpha: float | None) -> float | None:
    """The share expected on the wrong side of `line`, given the reliability of the total.

    Kelley's (1947) regressed true score α·x + (1−α)·mean with normal errors of sd·√(α(1−α));
    a pupil at or above the line is wrong when the true score is below it, and the reverse.
    Null without spread or with a reliability outside 0…1.
    """
    from scipy.special import ndtr

    if alpha is None or not 0 <= alpha <= 1 or len(total) == 0 or total.min() == total.max():
        return None
    mean, sd = float(total.mean()), float(total.std())
    expected = mean + alpha * (total - mean)
    error = sd * math.sqrt(alpha * (1 - alpha))
    if error == 0:
        return float(np.mean((expected >= line) != (total >= line)))
    below = ndtr((line - expected) / error)
    return float(np.where(total >= line, below, 1 - below).mean())


def _sem(sd: float, alpha: float) -> float | None:
    return sd * math.sqrt(1 - alpha) if alpha <= 1 else None


def _standardised(table: Table, covariance: Table) -> float | None:
    """Alpha of the correlation matrix; null when an item does not vary."""
    if (table.min(axis=0) == table.max(axis=0)).any():
        return None
    sds = np.sqrt(covariance.diagonal())
    correlations = covariance / np.outer(sds, sds)
    k, everything = len(sds), float(correlations.sum())
    return k / (k - 1) * (1 - k / everything) if everything > 0 else None


def _lambda6(covariance: Table) -> float | None:
    """1 − Σ(1 − smc)/ΣR over the correlation matrix R; null when it has no inverse."""
    variances = covariance.diagonal()
    if (variances <= 0).any():
        return None
    sds = np.sqrt(variances)
    correlations = covariance / np.outer(sds, sds)
    if np.linalg.cond(correlations) > 1e12:
        return None
    unique = 1 / np.linalg.inv(correlations).diagonal()
    return float(1 - unique.sum() / correlations.sum())


def _kr21(total: Column, k: int) -> float:
    mean, variance = float(total.mean()), float(total.var())
    return k / (k - 1) * (1 - mean * (k - mean) / (k * variance))
