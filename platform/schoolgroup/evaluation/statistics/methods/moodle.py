"""The item and quiz figures of Moodle's quiz statistics report, by its own definitions.

Source: Moodle's mod/quiz/report/statistics; a school that compares with its Moodle finds the
same numbers. All variances and covariances have divisor n−1, indices are in percent.
"""

import math

import msgspec
import numpy as np

from schoolgroup.evaluation.statistics.methods.items import Column, Table, checked


class MoodleItem(msgspec.Struct, frozen=True):
    """One question: facility, sd, discrimination index and efficiency, effective weight in %.

    effective_weight is null where the mark goes against the total (negative covariance).
    """

    n: int
    facility: float | None
    sd: float | None
    effective_weight: float | None
    covariance: float | None
    mark_variance: float | None
    other_mark_variance: float | None
    discrimination_index: float | None
    covariance_max: float | None
    discriminative_efficiency: float | None


class MoodleQuiz(msgspec.Struct, frozen=True):
    """The whole quiz; cic is alpha in percent and may be negative."""

    n: int
    mean: float
    median: float
    sd: float | None
    skewness: float | None
    kurtosis: float | None
    cic: float | None
    error_ratio: float | None
    standard_error: float | None


def moodle_items(marks: Table, max_marks: list[float], total: Column) -> list[MoodleItem]:
    """Each question of a quiz whose `total` is Moodle's sum of marks (rounded as there)."""
    table = checked(marks)
    with_total = [_covariance(own, total) for own in table.T]
    roots = [math.sqrt(c) if c is not None and c >= 0 else None for c in with_total]
    sum_of_roots = sum(root for root in roots if root is not None)
    found = []
    for own, most, root in zip(table.T, max_marks, roots, strict=True):
        other = total - own
        covariance, variance, of_other = (
            _covariance(own, other), _covariance(own, own), _covariance(other, other)
        )  # fmt: skip
        largest = _covariance(np.sort(own), np.sort(other))
        index = efficiency = None
        if covariance is not None and variance and of_other:
            index = 100 * covariance / math.sqrt(variance * of_other)
        if covariance is not None and largest:
            efficiency = 100 * covariance / largest
        found.append(
            MoodleItem(
                n=len(own),
                facility=float(own.mean()) / most if most else None,
                sd=None if variance is None else math.sqrt(variance),
                effective_weight=(
                    100 * root / sum_of_roots if root is not None and sum_of_roots else None
                ),
                covariance=covariance,
                mark_variance=variance,
                other_mark_variance=of_other,
                discrimination_index=index,
                covariance_max=largest,
                discriminative_efficiency=efficiency,
            )
        )
    return found


def moodle_quiz(marks: Table, total: Column) -> MoodleQuiz:
    """Mean, median, sd, k-statistics, coefficient of internal consistency, error ratio."""
    table = checked(marks)
    n, k = table.shape
    away = total - total.mean()
    m2, m3, m4 = (float((away**power).mean()) for power in (2, 3, 4))
    varies = n > 1 and float(total.min()) != float(total.max())
    k2 = n * m2 / (n - 1) if n > 1 else 0.0
    skewness = kurtosis = cic = None
    if varies and n > 2:
        skewness = n * n * m3 / ((n - 1) * (n - 2)) / k2**1.5
    if varies and n > 3:
        k4 = n * n * ((n + 1) * m4 - 3 * (n - 1) * m2 * m2) / ((n - 1) * (n - 2) * (n - 3))
        kurtosis = k4 / k2**2
    if varies and k > 1:
        cic = 100 * k / (k - 1) * (1 - float(table.var(axis=0, ddof=1).sum()) / k2)
    sd = math.sqrt(k2) if n > 1 else None
    ratio = 100 * math.sqrt(1 - cic / 100) if cic is not None and cic <= 100 else None
    return MoodleQuiz(
        n=n,
        mean=float(total.mean()),
        median=float(np.median(total)),
        sd=sd,
        skewness=skewness,
        kurtosis=kurtosis,
        cic=cic,
        error_ratio=ratio,
        standard_error=ratio * sd / 100 if ratio is not None and sd is not None else None,
    )


def _covariance(x: Column, y: Column) -> float | None:
    """With divisor n−1; null of fewer than two, and exactly 0 where one does not vary."""
    if len(x) < 2:
        return None
    if x.min() == x.max() or y.min() == y.max():
        return 0.0
    return float((x - x.mean()) @ (y - y.mean())) / (len(x) - 1)
