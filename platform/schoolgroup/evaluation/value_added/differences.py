"""校际差异: how far schools lie apart, in results (ICC) and in resources (差异系数)."""

import math
from collections.abc import Sequence
from fractions import Fraction

import numpy.typing as npt

from schoolgroup.evaluation.statistics.methods.refusals import MethodRefused
from schoolgroup.evaluation.value_added.random_intercept import fit_intercept
from schoolgroup.evaluation.value_added.sums import from_rows
from schoolgroup.kernel.texts import Text


def between_share(schools: Sequence[str], outcome: npt.ArrayLike) -> float:
    """ICC = τ²/(τ²+σ²) of the model without predictors: the share between schools, by REML."""
    return fit_intercept(from_rows(schools, [[] for _ in schools], outcome)).icc


def coefficient_of_variation(pupils: Sequence[int], resource: Sequence[int | Fraction]) -> float:
    """差异系数 = √(Σ nᵢ/N·(xᵢ−μ)²)/μ, xᵢ per pupil, μ = Σ resource/Σ pupils.

    Weighted by pupils, of the population: 县域义务教育优质均衡发展督导评估办法 (教督〔2017〕6号).
    Schools without pupils do not count. Raises MethodRefused without pupils or without resource.
    """
    pairs = [(n, Fraction(r)) for n, r in zip(pupils, resource, strict=True) if n > 0]
    everybody = sum(n for n, _ in pairs)
    if not everybody or sum(r for _, r in pairs) == 0:
        raise MethodRefused(Text("no pupils or no resource", "没有学生或没有资源"))
    mean = sum(r for _, r in pairs) / Fraction(everybody)
    spread = sum(n * (r / n - mean) ** 2 for n, r in pairs) / everybody
    return math.sqrt(spread) / float(mean)
