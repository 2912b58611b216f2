"""Whether assessors agree, and who is severe: shown beside the scores, never mixed into them."""

import math
from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import combinations
from uuid import UUID

import msgspec
import numpy as np

from schoolgroup.evaluation.appraisals.schemes.models import LevelScale, SchemeInput, Source
from schoolgroup.evaluation.appraisals.scoring.models import CaseInputs
from schoolgroup.evaluation.appraisals.scoring.rules import share_of
from schoolgroup.evaluation.statistics.methods.raters import (
    icc,
    kappa,
    krippendorff,
    pairs_table,
)
from schoolgroup.evaluation.statistics.methods.refusals import MethodRefused


class RaterFigures(msgspec.Struct, frozen=True):
    """One assessor: `severity` is the mean of own less others' mean judgement of the same leaf.

    In percent points, below 0: severe; with its 95 % interval over cases. Null without others.
    """

    person_id: UUID
    cases: int
    severity: float | None
    low: float | None
    high: float | None


class Reliability(msgspec.Struct, frozen=True):
    """Agreement of a round's assessors over all cases with two of them or more.

    alpha: Krippendorff's for the experts' mean judgement of a case, interval scale. ICC only where
    the same assessors judged every case (Shrout and Fleiss 1979), else null. Kappa over all pairs
    of assessors and leaves with levels of the same number, quadratic weights. `single` is what one
    reviewer's judgement alone is worth (ICC1), `mean` what the mean of so many is.
    """

    cases: int
    raters: int
    alpha: float | None
    single: float | None
    single_low: float | None
    single_high: float | None
    mean: float | None
    mean_of: int | None
    icc2: float | None
    kappa: float | None
    kappa_pairs: int
    severity: list[RaterFigures]
    code_version: str = ""


def reliability(scheme: SchemeInput, cases: Sequence[CaseInputs]) -> Reliability:
    """Agreement and severity from everyone's judgements, whatever the order they came in."""
    leaves = {
        one.code: one.scale
        for one in scheme.indicators
        if one.scale is not None and any(s.source is Source.EXPERT for s in one.sources)
    }
    judged: list[dict[UUID, dict[str, Fraction]]] = [
        {
            person: {code: share_of(leaves[code], marks[code]) for code in leaves if code in marks}
            for person, marks in sorted(case.experts.items())
        }
        for case in sorted(cases, key=lambda case: case.case_id)
    ]
    means = [
        {person: float(_mean(list(of.values()))) for person, of in case.items() if of}
        for case in judged
    ]
    together = [case for case in means if len(case) > 1]
    raters = sorted({person for case in means for person in case})
    agreed = _icc(together)
    pairs, found = _kappa(scheme, cases)
    return Reliability(
        cases=len(together),
        raters=len(raters),
        alpha=_told(krippendorff([list(case.values()) for case in together], "interval")),
        single=agreed.get("ICC1"),
        single_low=agreed.get("low"),
        single_high=agreed.get("high"),
        mean=agreed.get("ICC1k"),
        mean_of=len(together[0]) if agreed else None,
        icc2=agreed.get("ICC2") if len({tuple(case) for case in together}) == 1 else None,
        kappa=found,
        kappa_pairs=pairs,
        severity=[_severity(person, judged) for person in raters],
    )


def _icc(together: Sequence[Mapping[UUID, float]]) -> dict[str, float]:
    """One-way ICC where every case was judged by equally many, whoever they were."""
    if len(together) < 2 or len({len(case) for case in together}) != 1:
        return {}
    try:
        found = {
            one.kind: one for one in icc(np.asarray([list(case.values()) for case in together]))
        }
    except MethodRefused:
        return {}
    values = {kind: one.icc for kind, one in found.items()}
    values |= {"low": found["ICC1"].low, "high": found["ICC1"].high}
    return {kind: round(value, 4) for kind, value in values.items() if math.isfinite(value)}


def _kappa(scheme: SchemeInput, cases: Sequence[CaseInputs]) -> tuple[int, float | None]:
    """Quadratic weighted kappa of each pair of marks, both ways, over the leaves of most levels."""
    scales = [
        (one.code, [level.code for level in one.scale.levels])
        for one in scheme.indicators
        if isinstance(one.scale, LevelScale) and any(s.source is Source.EXPERT for s in one.sources)
    ]
    if not scales:
        return 0, None
    most = max(len(levels) for _, levels in scales)
    places = [str(n) for n in range(most)]
    first, second = [], []
    for code, levels in scales:
        if len(levels) != most:
            continue
        at = {level: str(n) for n, level in enumerate(levels)}
        for case in cases:
            marks = [at[of[code]] for _, of in sorted(case.experts.items()) if code in of]
            for one, other in combinations(marks, 2):
                # both ways: the two have no order
                first += [one, other]
                second += [other, one]
    if not first:
        return 0, None
    found = kappa(pairs_table(first, second, places), "quadratic").kappa
    return len(first) // 2, _told(found)


def _severity(
    person: UUID, judged: Sequence[Mapping[UUID, Mapping[str, Fraction]]]
) -> RaterFigures:
    """By case: the mean over leaves of the own judgement less the mean of the others'."""
    from scipy.special import stdtrit

    away = []
    n = 0
    for case in judged:
        own = case.get(person)
        if own is None:
            continue
        n += 1
        differences = [
            share - _mean(others)
            for code, share in own.items()
            if (others := [of[code] for p, of in case.items() if p != person and code in of])
        ]
        if differences:
            away.append(_mean(differences) * 100)
    if not away:
        return RaterFigures(person, n, None, None, None)
    mean = _mean(away)
    if len(away) < 2:
        return RaterFigures(person, n, round(float(mean), 4), None, None)
    variance = sum(((one - mean) ** 2 for one in away), Fraction(0)) / (len(away) - 1)
    half = math.sqrt(variance / len(away)) * float(stdtrit(len(away) - 1, 0.975))
    at = float(mean)
    return RaterFigures(person, n, round(at, 4), round(at - half, 4), round(at + half, 4))


def _mean(values: Sequence[Fraction]) -> Fraction:
    return sum(values, Fraction(0)) / len(values)


def _told(value: float | None) -> float | None:
    return None if value is None or not math.isfinite(value) else round(value, 4)
