"""What may be said of each school: refusals first, then intervals, bands and coverage.

A school below the minimum stays in the fit (its pupils are part of the whole) but gets no number.
Schools are never put in an order; two are compared only by whether their intervals overlap.
"""

import math
from enum import StrEnum

import msgspec

from schoolgroup.evaluation.statistics.methods.refusals import MethodRefused
from schoolgroup.evaluation.value_added.random_intercept import InterceptFit, fit_intercept
from schoolgroup.evaluation.value_added.sums import Moments
from schoolgroup.kernel.texts import Text

PUPILS_MIN = 10
SCHOOLS_MIN = 5
SIZE = 0.2  # of the outcome's sd: Cohen's (1988) small effect
FORMULA = "outcome = a + b·prior + u_school + e"


class Band(StrEnum):
    """By interval (does it leave 0?) and by size (does û reach SIZE standard deviations?)."""

    CLEARLY_ABOVE = "clearly_above"
    ABOVE = "above"
    AS_EXPECTED = "as_expected"
    BELOW = "below"
    CLEARLY_BELOW = "clearly_below"
    TOO_FEW = "too_few_pupils"


class Compared(StrEnum):
    """Two schools: apart only when their intervals are."""

    HIGHER = "higher"
    LOWER = "lower"
    NOT_DISTINGUISHABLE = "not_distinguishable"


class SchoolValue(msgspec.Struct, frozen=True):
    """One school's line; every figure null when it has fewer than the minimum of pupils.

    coverage: pupils with a prior and an outcome / all its pupils.
    """

    school: str
    n: int
    coverage: float
    band: Band
    effect: float | None
    se: float | None
    low: float | None
    high: float | None
    shrinkage: float | None
    raw: float | None


class ValueAdded(msgspec.Struct, frozen=True):
    """The whole result: the model printed with its numbers, then the schools by name."""

    formula: str
    fit: InterceptFit
    pupils_min: int
    size: float
    outcome_sd: float
    schools: tuple[SchoolValue, ...]


def value_added(
    moments: Moments,
    *,
    reml: bool = True,
    pupils_min: int = PUPILS_MIN,
    schools_min: int = SCHOOLS_MIN,
    size: float = SIZE,
) -> ValueAdded:
    """Fit and say what may be said. Raises MethodRefused below `schools_min` schools."""
    large = sum(1 for n in moments.n if n >= pupils_min)
    if large < schools_min:
        raise MethodRefused(
            Text(
                f"{large} schools have {pupils_min} pupils or more; {schools_min} are needed",
                f"达到 {pupils_min} 名学生的学校只有 {large} 所，至少需要 {schools_min} 所",
            )
        )
    fit = fit_intercept(moments, reml=reml)
    total = float(moments.n.sum())
    mean = float(moments.sums[:, -1].sum()) / total
    sd = math.sqrt(float(moments.products[:, -1, -1].sum()) / total - mean**2)
    lines = []
    for found, missing in zip(fit.effects, moments.n_without_prior, strict=True):
        coverage = found.n / (found.n + missing)
        if found.n < pupils_min:
            lines.append(SchoolValue(found.school, found.n, coverage, Band.TOO_FEW, *[None] * 6))
            continue
        lines.append(
            SchoolValue(
                school=found.school,
                n=found.n,
                coverage=coverage,
                band=band(found.effect, found.low, found.high, size * sd),
                effect=found.effect,
                se=found.se,
                low=found.low,
                high=found.high,
                shrinkage=found.shrinkage,
                raw=found.raw,
            )
        )
    return ValueAdded(FORMULA, fit, pupils_min, size, sd, tuple(lines))


def band(effect: float, low: float, high: float, size: float) -> Band:
    """The band of an effect with this interval; `size` in units of the effect."""
    if low > 0:
        return Band.CLEARLY_ABOVE if effect >= size else Band.ABOVE
    if high < 0:
        return Band.CLEARLY_BELOW if effect <= -size else Band.BELOW
    return Band.AS_EXPECTED


def compare(first: SchoolValue, second: SchoolValue) -> Compared:
    """Whether the first school lies above the second; overlapping intervals say nothing."""
    if first.low is None or first.high is None or second.low is None or second.high is None:
        return Compared.NOT_DISTINGUISHABLE
    if first.low > second.high:
        return Compared.HIGHER
    if first.high < second.low:
        return Compared.LOWER
    return Compared.NOT_DISTINGUISHABLE
