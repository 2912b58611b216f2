"""校际差异系数: how far subjects of a stage lie apart in a ratio, weighted by its denominator."""

from collections.abc import Sequence
from decimal import Decimal, localcontext
from fractions import Fraction

from schoolgroup.evaluation.appraisals.schemes.models import RatioScale, SchemeInput
from schoolgroup.evaluation.appraisals.scoring.models import CaseInputs, SpreadResult

DECIMALS = Decimal("0.0001")


def spreads(scheme: SchemeInput, cases: Sequence[CaseInputs]) -> list[SpreadResult]:
    """Every spread rule × ratio × stage that has a limit and a subject."""
    scales = {one.code: one.scale for one in scheme.indicators}
    results = []
    for rule in scheme.settings.spreads:
        for code in rule.over:
            scale = scales[code]
            assert isinstance(scale, RatioScale)  # the scheme was checked
            for stage, limit in sorted(rule.max.items()):
                of_stage = [case for case in cases if case.stage == stage]
                if of_stage:
                    results.append(_spread(rule.code, code, stage, limit, scale, of_stage))
    return results


def square_of_coefficient(pupils: Sequence[Fraction], resource: Sequence[Fraction]) -> Fraction:
    """CV² = Σ nᵢ/N·(xᵢ−μ)² / μ², xᵢ per pupil, μ = Σ resource / Σ pupils: 教督〔2017〕6号.

    Exact, so that 0.50 is met by 0.50. Raises ZeroDivisionError without pupils or resource.
    """
    everybody = sum(pupils, Fraction(0))
    mean = sum(resource, Fraction(0)) / everybody
    squares = (n * (r / n - mean) ** 2 for n, r in zip(pupils, resource, strict=True))
    return sum(squares, Fraction(0)) / everybody / mean**2


def _spread(
    rule: str, code: str, stage: str, limit: str, scale: RatioScale, cases: Sequence[CaseInputs]
) -> SpreadResult:
    pairs = []
    for case in cases:
        above, below = case.figures.get(scale.numerator), case.figures.get(scale.denominator)
        if above is not None and below:
            pairs.append((Fraction(below), Fraction(above)))
    missing = len(cases) - len(pairs)
    if not pairs or not any(resource for _, resource in pairs):
        return SpreadResult(rule, code, stage, limit, len(pairs), missing, None, None)
    square = square_of_coefficient([n for n, _ in pairs], [r for _, r in pairs])
    with localcontext() as context:
        context.prec = 40
        root = (Decimal(square.numerator) / Decimal(square.denominator)).sqrt()
    passed = None if missing else square <= Fraction(limit) ** 2
    told = str(root.quantize(DECIMALS))
    return SpreadResult(rule, code, stage, limit, len(pairs), missing, told, passed, square)
