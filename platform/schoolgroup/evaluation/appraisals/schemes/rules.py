"""What a scheme must hold before it is kept: pure."""

from collections import Counter
from collections.abc import Sequence
from fractions import Fraction

import msgspec

from schoolgroup.evaluation.appraisals.schemes.models import (
    WHOLE_BP,
    IndicatorInput,
    IndicatorRow,
    Label,
    LevelScale,
    RatioScale,
    SchemeInput,
    SchemeRow,
    SchemeStatus,
    SchemeSubject,
    ScoreScale,
    Source,
    SourceShare,
    Spread,
    Threshold,
)
from schoolgroup.kernel.errors import Conflict, Invalid, Problem
from schoolgroup.kernel.texts import Text
from schoolgroup.kernel.transitions import Machine, Transition

READ, SET = "appraisal_scheme:read", "appraisal_scheme:set"
LEVELS_DEEP = 3
STAGES = ("", "kindergarten", "primary", "junior", "senior")

SCHEME: Machine[SchemeStatus] = Machine(
    "scheme",
    [
        Transition("change", SET, (SchemeStatus.DRAFT,), SchemeStatus.DRAFT),
        Transition("publish", SET, (SchemeStatus.DRAFT,), SchemeStatus.PUBLISHED),
        Transition("retire", SET, (SchemeStatus.PUBLISHED,), SchemeStatus.RETIRED),
        Transition(
            "revise", SET, (SchemeStatus.PUBLISHED, SchemeStatus.RETIRED), SchemeStatus.DRAFT
        ),
    ],
)


class SchemeInvalid(Invalid):
    """The tree, a scale or a rule of the scheme does not hold together."""

    code = "scheme_invalid"
    title = Text("The scheme does not hold together", "评价方案存在问题")
    remedy = Text("Mend what `errors` names.", "请按 errors 逐项修改。")


class WeightsWrong(Invalid):
    """Weights of siblings, and of a leaf's sources, make 10,000 basis points."""

    code = "weights_wrong"
    title = Text("The weights do not make the whole", "权重之和不等于 10000")
    remedy = Text(
        "Let the weights of each node's children make 10,000.",
        "请使同级指标权重（基点）之和为 10000。",
    )


class EditionTaken(Conflict):
    """This edition of the scheme exists."""

    code = "scheme_edition_taken"
    title = Text("There is such an edition already", "该版次已存在")
    remedy = Text("Change its draft, or revise the newest edition.", "请修改草稿或修订最新版次。")


class SchemeFixed(Conflict):
    """A published scheme never changes."""

    code = "scheme_fixed"
    title = Text("A published scheme never changes", "已发布的方案不可修改")
    remedy = Text("Revise it: a new edition.", "请修订为新版次。")


def check_scheme(data: SchemeInput) -> None:
    """Raise SchemeInvalid or WeightsWrong naming each place that is wrong."""
    problems = [*_tree_problems(data.indicators), *_rule_problems(data)]
    if data.teachers_to_office and data.subject is not SchemeSubject.TEACHER:
        problems.append(_problem("/teachers_to_office", "of_teachers_only", "no teachers in it"))
    for n, one in enumerate(data.indicators):
        problems.extend(_leaf_problems(f"/indicators/{n}", one))
    if problems:
        raise SchemeInvalid(problems=problems)
    weights: Counter[str] = Counter()
    for one in data.indicators:
        weights[one.parent] += one.weight_bp
    wrong = [
        _problem(
            f"/indicators/{parent or '*'}", "weights", f"the children make {total} of {WHOLE_BP}"
        )
        for parent, total in sorted(weights.items())
        if total != WHOLE_BP
    ]
    for n, one in enumerate(data.indicators):
        made = sum(share.weight_bp for share in one.sources)
        if one.sources and made != WHOLE_BP:
            wrong.append(_problem(f"/indicators/{n}/sources", "weights", f"{made} of {WHOLE_BP}"))
    if wrong:
        raise WeightsWrong(problems=wrong)


def level_of(indicators: Sequence[IndicatorInput], code: str) -> int:
    """How deep an indicator stands: 1 一级, 2 二级, 3 三级; more where the tree is wrong."""
    parents = {one.code: one.parent for one in indicators}
    level = 1
    while parents.get(code) and level <= LEVELS_DEEP:
        code, level = parents[code], level + 1
    return level


def levels(indicators: Sequence[IndicatorInput]) -> dict[str, int]:
    """How deep each indicator stands."""
    return {one.code: level_of(indicators, one.code) for one in indicators}


def _tree_problems(indicators: Sequence[IndicatorInput]) -> list[Problem]:
    codes = Counter(one.code for one in indicators)
    nodes = {one.parent for one in indicators}
    problems = []
    for n, one in enumerate(indicators):
        at = f"/indicators/{n}"
        if codes[one.code] > 1:
            problems.append(_problem(f"{at}/code", "twice", f"{one.code} stands twice"))
        if one.parent and one.parent not in codes:
            problems.append(_problem(f"{at}/parent", "unknown", f"no indicator {one.parent}"))
        elif level_of(indicators, one.code) > LEVELS_DEEP:
            problems.append(_problem(f"{at}/parent", "too_deep", "at most three levels, no circle"))
        if (one.scale is None) != (one.code in nodes):
            why = "a leaf needs a scale, and what has children has none"
            problems.append(_problem(f"{at}/scale", "leaf", why))
    return problems


def _leaf_problems(at: str, one: IndicatorInput) -> list[Problem]:
    problems = []
    sources = [share.source for share in one.sources]
    if len(set(sources)) < len(sources):
        problems.append(_problem(f"{at}/sources", "twice", "a source stands twice"))
    if one.scale is None:
        if sources or one.veto_below_bp is not None or one.evidence_required:
            problems.append(_problem(at, "leaf_only", "sources, veto and evidence are of leaves"))
        return problems
    if not sources:
        problems.append(_problem(f"{at}/sources", "missing", "say where the score comes from"))
    if isinstance(one.scale, RatioScale) != (Source.DATA in sources) or (
        Source.DATA in sources and len(sources) > 1
    ):
        problems.append(_problem(f"{at}/sources", "data", "ratios come from data, alone"))
    match one.scale:
        case ScoreScale(min=low, max=high, step=step):
            span, by = Fraction(high) - Fraction(low), Fraction(step)
            if span <= 0 or by <= 0 or span % by:
                problems.append(_problem(f"{at}/scale", "range", "max above min in whole steps"))
        case LevelScale(levels=levels):
            points = [level.points for level in levels]
            if points[0] == 0 or sorted(set(points), reverse=True) != points:
                problems.append(_problem(f"{at}/scale", "levels", "points fall from the first on"))
            if len({level.code for level in levels}) < len(levels):
                problems.append(_problem(f"{at}/scale", "twice", "a level stands twice"))
        case RatioScale(targets=targets):
            if not set(targets) <= set(STAGES) or any(Fraction(t) <= 0 for t in targets.values()):
                problems.append(_problem(f"{at}/scale", "targets", "a stage and a number above 0"))
    return problems


def _rule_problems(data: SchemeInput) -> list[Problem]:
    ratios = {one.code for one in data.indicators if isinstance(one.scale, RatioScale)}
    problems = []
    named: list[tuple[str, Sequence[Threshold | Spread]]] = [
        ("thresholds", data.settings.thresholds),
        ("spreads", data.settings.spreads),
    ]
    for name, rules in named:
        for n, rule in enumerate(rules):
            at = f"/settings/{name}/{n}"
            if not set(rule.over) <= ratios or len(set(rule.over)) < len(rule.over):
                problems.append(_problem(f"{at}/over", "ratios", "each a ratio, and named once"))
    for n, threshold in enumerate(data.settings.thresholds):
        if threshold.at_least > len(threshold.over):
            problems.append(
                _problem(f"/settings/thresholds/{n}/at_least", "too_many", "more than there are")
            )
    for n, spread in enumerate(data.settings.spreads):
        if not set(spread.max) <= set(STAGES) or any(Fraction(v) < 0 for v in spread.max.values()):
            problems.append(_problem(f"/settings/spreads/{n}/max", "stage", "a stage and a number"))
    edges = [band.from_bp for band in data.settings.bands]
    if edges and (sorted(set(edges), reverse=True) != edges or edges[-1] != 0):
        problems.append(_problem("/settings/bands", "bands", "falling, the last one from 0"))
    return problems


def content(row: SchemeRow, indicators: Sequence[IndicatorRow]) -> SchemeInput:
    """The scheme as it was written."""
    return SchemeInput(
        code=row.code,
        title=Label(en=row.title_en, zh=row.title_zh),
        subject=row.subject,
        teachers_to_office=row.teachers_to_office,
        settings=row.settings,
        indicators=[
            IndicatorInput(
                code=one.code,
                parent=one.parent_code or "",
                title=Label(en=one.title_en, zh=one.title_zh),
                weight_bp=one.weight_bp,
                scale=one.scale,
                sources=[
                    SourceShare(source=source, weight_bp=weight)
                    for source, weight in zip(one.sources, one.source_weights_bp, strict=True)
                ],
                veto_below_bp=one.veto_below_bp,
                evidence_required=one.evidence_required,
            )
            for one in indicators
        ],
    )


def canonical(scheme: SchemeInput) -> bytes:
    """The bytes a published scheme is known by."""
    return msgspec.json.encode(scheme, order="sorted")


def _problem(pointer: str, code: str, why: str) -> Problem:
    return Problem(pointer, code, why, "mend it")
