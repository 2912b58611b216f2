"""Scores from inputs, in fractions: no float before the last step, no order of raters in it."""

import math
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction

from schoolgroup.evaluation.appraisals.schemes.models import (
    WHOLE_BP,
    IndicatorInput,
    LevelScale,
    Missing,
    RatioScale,
    Scale,
    SchemeInput,
    ScoreScale,
    Settings,
    Source,
    YesNoScale,
)
from schoolgroup.evaluation.appraisals.scoring.models import (
    CaseInputs,
    CaseScore,
    Input,
    Node,
    RuleResult,
    Tally,
    Uncertainty,
)
from schoolgroup.evaluation.statistics.methods.rounding import half_up

CODE_VERSION = "schoolgroup-appraisals/1"  # moves whenever a score would come out otherwise
CONFIDENCE = 0.95
YES, NO = "yes", "no"
NOTHING = Fraction(0)


def share_of(scale: Scale, value: str) -> Fraction:
    """A given value as a share of its scale. Raises ValueError off the scale."""
    match scale:
        case ScoreScale(min=low, max=high, step=step):
            given = exact(value) - Fraction(low)
            span = Fraction(high) - Fraction(low)
            if not 0 <= given <= span or given % Fraction(step):
                raise ValueError(f"{low} to {high} in steps of {step}")
            return given / span
        case LevelScale(levels=levels):
            for level in levels:
                if level.code == value:
                    return Fraction(level.points, levels[0].points)
            raise ValueError("one of " + ", ".join(level.code for level in levels))
        case YesNoScale():
            if value not in (YES, NO):
                raise ValueError("yes or no")
            return Fraction(value == YES)
        case RatioScale():
            raise ValueError("a ratio comes from figures")


def exact(value: str) -> Fraction:
    """A plain decimal as a fraction; raises ValueError for anything else."""
    text = value.strip()
    if len(text) > 30 or not text.lstrip("-").replace(".", "", 1).isdecimal() or "/" in text:
        raise ValueError("a number")
    return Fraction(text)


def share_of_tally(scale: Scale, tally: Tally) -> Fraction:
    """The mean share of a sum of answers. Raises ValueError where it does not fit the scale."""
    match scale:
        case ScoreScale(min=low, max=high):
            if tally.sum is None:
                raise ValueError("scores come as their sum")
            mean = (Fraction(tally.sum) / tally.n - Fraction(low)) / (
                Fraction(high) - Fraction(low)
            )
            if not 0 <= mean <= 1:
                raise ValueError("the mean lies off the scale")
            return mean
        case LevelScale(levels=levels):
            points = [Fraction(level.points, levels[0].points) for level in levels]
        case YesNoScale():
            points = [Fraction(1), Fraction(0)]
        case RatioScale():
            raise ValueError("a ratio comes from figures")
    if tally.counts is None or len(tally.counts) != len(points) or sum(tally.counts) != tally.n:
        raise ValueError(f"{len(points)} counts that make n, the best first")
    return sum((n * p for n, p in zip(tally.counts, points, strict=True)), Fraction(0)) / tally.n


def ratio(scale: RatioScale, inputs: CaseInputs) -> tuple[Fraction, Fraction] | None:
    """The ratio and its target at this stage; None where a figure or a target is missing."""
    above, below = inputs.figures.get(scale.numerator), inputs.figures.get(scale.denominator)
    target = scale.targets.get(inputs.stage, scale.targets.get(""))
    if above is None or not below or target is None:
        return None
    return Fraction(above) * scale.per / Fraction(below), Fraction(target)


def score(scheme: SchemeInput, inputs: CaseInputs) -> CaseScore:
    """The result of one case: leaves, roll-up, vetoes, band, thresholds, uncertainty."""
    leaves = {
        one.code: _leaf(one, one.scale, inputs, scheme.settings)
        for one in scheme.indicators
        if one.scale is not None
    }
    children: dict[str, list[IndicatorInput]] = {}
    for one in scheme.indicators:
        children.setdefault(one.parent, []).append(one)
    renormalise = scheme.settings.missing is Missing.RENORMALISE
    shares: dict[str, Fraction | None] = {}
    parts: dict[str, Fraction] = {"": Fraction(1)}

    def climb(code: str) -> Fraction | None:
        if code in leaves:
            return leaves[code].share
        given = {one.code: _kept(climb(one.code), shares, one.code) for one in children[code]}
        there = [one for one in children[code] if given[one.code] is not None and one.weight_bp]
        needed = [one for one in children[code] if one.weight_bp]
        whole = sum(one.weight_bp for one in there)
        if not whole or (len(there) < len(needed) and not renormalise):
            return None
        return _sum((given[one.code] or NOTHING) * one.weight_bp for one in there) / whole

    def descend(code: str) -> None:
        kids = children.get(code, [])
        counted = [one for one in kids if not renormalise or shares[one.code] is not None]
        whole = sum(one.weight_bp for one in counted)
        for one in kids:
            weight = one.weight_bp if one in counted else 0
            parts[one.code] = parts[code] * weight / whole if whole else Fraction(0)
            descend(one.code)

    total = climb("")
    descend("")
    nodes = {
        one.code: _node(one, leaves.get(one.code), shares[one.code], parts[one.code])
        for one in scheme.indicators
    }
    vetoes = [code for code, node in nodes.items() if node.vetoed]
    undecided = [
        one.code
        for one in scheme.indicators
        if one.veto_below_bp is not None and shares[one.code] is None
    ]
    if undecided:
        total = None  # a veto nobody has decided on leaves everything open, also renormalised
    missing = [
        code
        for code, leaf in leaves.items()
        if leaf.share is None and (nodes[code].weight_bp or code in undecided)
    ]
    return CaseScore(
        nodes=nodes,
        total=total,
        missing=missing,
        vetoes=vetoes,
        band=_band(scheme.settings, total, bool(vetoes)),
        rules=[_threshold(scheme, n, inputs) for n in range(len(scheme.settings.thresholds))],
        uncertainty=_uncertainty(scheme, inputs, nodes, total),
    )


def percent(share: Fraction | None, decimals: int = 2) -> str | None:
    """A share as percent, rounded half up, as text: `84.50`."""
    if share is None:
        return None
    rounded = half_up(share * 100, decimals)
    whole, rest = divmod(abs(rounded.numerator) * 10**decimals // rounded.denominator, 10**decimals)
    return f"{'-' if rounded < 0 else ''}{whole}.{rest:0{decimals}d}"


def fraction_text(share: Fraction | None) -> str | None:
    """An exact share as text: `17/20`."""
    return None if share is None else str(share)


def _sum(parts: Iterable[Fraction]) -> Fraction:
    return sum(parts, NOTHING)


class _Leaf(Node, frozen=True):
    """A leaf before its part of the whole is known."""


def _leaf(one: IndicatorInput, scale: Scale, inputs: CaseInputs, settings: Settings) -> _Leaf:
    given = [
        _input(share.source, share.weight_bp, one.code, scale, inputs, settings)
        for share in one.sources
    ]
    there = [i for i in given if i.share is not None and i.weight_bp]
    needed = [i for i in given if i.weight_bp]
    whole = sum(i.weight_bp for i in there)
    share, missing = None, ""
    if not whole or (len(there) < len(needed) and settings.missing is Missing.INCOMPLETE):
        missing = "; ".join(i.missing for i in given if i.missing)
    else:
        share = _sum((i.share or NOTHING) * i.weight_bp for i in there) / whole
    if one.evidence_required and one.code not in inputs.proved:
        share, missing = None, "no evidence was accepted"
    moderated = inputs.moderated.get(one.code)
    if moderated is not None:
        share, missing = Fraction(moderated, WHOLE_BP), ""
    vetoed = (
        one.veto_below_bp is not None and share is not None and share * WHOLE_BP < one.veto_below_bp
    )
    return _Leaf(
        one.code, one.parent, one.weight_bp, share, Fraction(0), given, moderated, missing, vetoed
    )


def _input(
    source: Source,
    weight_bp: int,
    code: str,
    scale: Scale,
    inputs: CaseInputs,
    settings: Settings,
) -> Input:
    if isinstance(scale, RatioScale):
        found = ratio(scale, inputs)
        figures = {name: inputs.figures.get(name) for name in (scale.numerator, scale.denominator)}
        if found is None:
            return Input(source, weight_bp, 0, None, "figures or a target are missing", figures)
        return Input(source, weight_bp, 1, min(Fraction(1), found[0] / found[1]), "", figures)
    if source is Source.SELF:
        value = inputs.own.get(code)
        if value is None:
            return Input(source, weight_bp, 0, None, "no self-assessment")
        return Input(source, weight_bp, 1, share_of(scale, value))
    if source is Source.EXPERT:
        marks = [share_of(scale, of[code]) for of in inputs.experts.values() if code in of]
        if len(marks) < settings.experts_min:
            why = f"{len(marks)} of {settings.experts_min} experts"
            return Input(source, weight_bp, len(marks), None, why)
        return Input(source, weight_bp, len(marks), sum(marks, Fraction(0)) / len(marks))
    tally = inputs.tallies.get((source, code))
    least = settings.peers_min if source is Source.PEER else settings.survey_min
    if tally is None or tally.n < least:
        # how many fewer is not told: it would be a small cell
        return Input(source, weight_bp, 0, None, f"fewer than {least} answers ({source})")
    return Input(source, weight_bp, tally.n, share_of_tally(scale, tally))


def _kept(share: Fraction | None, shares: dict[str, Fraction | None], code: str) -> Fraction | None:
    shares[code] = share
    return share


def _node(one: IndicatorInput, leaf: _Leaf | None, share: Fraction | None, part: Fraction) -> Node:
    if leaf is None:
        return Node(
            one.code, one.parent, one.weight_bp, share, part, [], None,
            "" if share is not None else "a leaf below it is missing", False,
        )  # fmt: skip
    return Node(
        leaf.code, leaf.parent, leaf.weight_bp, leaf.share, part, leaf.inputs, leaf.moderated_bp,
        leaf.missing, leaf.vetoed,
    )  # fmt: skip


def _band(settings: Settings, total: Fraction | None, vetoed: bool) -> str:
    if not settings.bands:
        return ""
    if vetoed:
        return settings.bands[-1].code
    if total is None:
        return ""
    return next(band.code for band in settings.bands if total * WHOLE_BP >= band.from_bp)


def _threshold(scheme: SchemeInput, n: int, inputs: CaseInputs) -> RuleResult:
    """n of m reach their target and the rest the floor: whole numbers on both sides, no rounding.

    Missing figures leave it open, unless those known already decide it against.
    """
    rule = scheme.settings.thresholds[n]
    scales = {one.code: one.scale for one in scheme.indicators}
    reached, below, missing = [], [], []
    for code in rule.over:
        scale = scales[code]
        found = ratio(scale, inputs) if isinstance(scale, RatioScale) else None
        if found is None:
            missing.append(code)
        elif found[0] >= found[1]:
            reached.append(code)
        elif found[0] * WHOLE_BP < found[1] * rule.floor_bp:
            below.append(code)
    lost = below or len(reached) + len(missing) < rule.at_least
    passed = False if lost else None if missing else True
    return RuleResult(rule.code, passed, reached, below, missing)


def _uncertainty(
    scheme: SchemeInput, inputs: CaseInputs, nodes: Mapping[str, Node], total: Fraction | None
) -> Uncertainty:
    """Each rater's own contribution to the total, and how far these lie apart."""
    from scipy.special import stdtrit

    scales = {one.code: one.scale for one in scheme.indicators}
    parts = expert_parts(nodes)
    each = []
    for marks in inputs.experts.values():
        if parts and parts.keys() <= marks.keys():
            given: list[Fraction] = []
            for code, part in parts.items():
                scale = scales[code]
                assert scale is not None  # experts judge leaves
                given.append(part * share_of(scale, marks[code]))
            each.append(sum(given, Fraction(0)))
    n = len(each)
    if n < 2:
        return Uncertainty(n, None, None, None)
    mean = sum(each, Fraction(0)) / n
    variance = sum(((one - mean) ** 2 for one in each), Fraction(0)) / (n - 1)
    error = math.sqrt(variance / n) * 100
    if total is None:
        return Uncertainty(n, round(error, 4), None, None)
    away = error * float(stdtrit(n - 1, (1 + CONFIDENCE) / 2))
    at = float(total * 100)
    low, high = max(0.0, at - away), min(100.0, at + away)
    return Uncertainty(n, round(error, 4), round(low, 4), round(high, 4))


def expert_parts(nodes: Mapping[str, Node]) -> dict[str, Fraction]:
    """What part of the whole the experts' judgement of each leaf is; moderated leaves are not."""
    parts = {}
    for code, node in nodes.items():
        there = [i for i in node.inputs if i.share is not None]
        whole = sum(i.weight_bp for i in there)
        for i in there:
            if i.source is Source.EXPERT and whole and node.moderated_bp is None:
                parts[code] = node.part * i.weight_bp / whole
    return parts


def quartiles(totals: Sequence[Fraction]) -> list[Fraction]:
    """Lower quartile, median, upper quartile by type 7 (Hyndman and Fan 1996), exact."""
    ordered = sorted(totals)
    found = []
    for quarter in (1, 2, 3):
        at, rest = divmod((len(ordered) - 1) * quarter, 4)
        high = ordered[min(at + 1, len(ordered) - 1)]
        found.append((ordered[at] * (4 - rest) + high * rest) / 4)
    return found
