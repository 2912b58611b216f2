"""What may be told of results, and in which words: pure."""

import hashlib
from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from uuid import UUID

import msgspec

from schoolgroup.evaluation.appraisals.outcomes.models import (
    Core,
    Distribution,
    Explanation,
    LeafChange,
    ModerationRow,
    ModerationView,
    NodeView,
    ObjectionStatus,
    SourceView,
)
from schoolgroup.evaluation.appraisals.schemes.models import (
    WHOLE_BP,
    IndicatorInput,
    Label,
    LevelScale,
    RatioScale,
    Scale,
    SchemeInput,
    ScoreScale,
    Source,
    Spread,
    Threshold,
)
from schoolgroup.evaluation.appraisals.scoring.models import (
    CaseInputs,
    CaseScore,
    Node,
    SpreadResult,
)
from schoolgroup.evaluation.appraisals.scoring.models import Input as Given
from schoolgroup.evaluation.appraisals.scoring.rules import fraction_text, percent, quartiles
from schoolgroup.kernel.errors import Conflict, Invalid, Problem
from schoolgroup.kernel.texts import Text
from schoolgroup.kernel.transitions import Machine, Transition

OTHERS_MIN = 5
DECIDE, WITHDRAW = "appraisal:moderate", "appraisal_case:object"

OBJECTION: Machine[ObjectionStatus] = Machine(
    "objection",
    [
        Transition("withdraw", WITHDRAW, (ObjectionStatus.LODGED,), ObjectionStatus.WITHDRAWN),
        Transition("uphold", DECIDE, (ObjectionStatus.LODGED,), ObjectionStatus.UPHELD),
        Transition("reject", DECIDE, (ObjectionStatus.LODGED,), ObjectionStatus.REJECTED),
    ],
)


class NotAnnounced(Conflict):
    """Results are told once assessments have closed, to schools once they are announced."""

    code = "results_not_announced"
    title = Text("The results are not announced yet", "结果尚未公布")
    remedy = Text("Wait until they are announced.", "请等待结果公布。")


class ChangeInvalid(Invalid):
    """Leaves alone are moderated, each once, and something changes."""

    code = "moderation_invalid"
    title = Text("The moderation does not fit the scheme", "调整内容与方案不符")
    remedy = Text("Mend what `errors` names.", "请按 errors 逐项修改。")


class ObjectionsClosed(Conflict):
    """Objections are heard from the announcement until the hour set with it."""

    code = "objections_closed"
    title = Text("Objections are not heard now", "当前不受理异议")
    remedy = Text("Ask who runs the appraisal.", "请联系评价组织方。")


class ObjectionOpen(Conflict):
    """A case has one open objection at a time; results wait for it."""

    code = "objection_open"
    title = Text("There is an open objection", "尚有未处理的异议")
    remedy = Text("It must be answered first.", "请先处理该异议。")


class TooEarly(Conflict):
    """Schools have until the hour to object."""

    code = "objections_still_heard"
    title = Text("Objections are still heard", "异议期未满")
    remedy = Text("Wait for the hour.", "请等待异议期结束。")


def inputs_sha256(inputs: CaseInputs) -> str:
    """A hash of everything a score was reckoned from, without who judged or in which order."""
    plain = {
        "stage": inputs.stage,
        "figures": {field: _number(value) for field, value in inputs.figures.items()},
        "own": inputs.own,
        "experts": sorted(sorted(marks.items()) for marks in inputs.experts.values()),
        "tallies": sorted(
            [source, code, tally.n, tally.counts, None if tally.sum is None else _number(tally.sum)]
            for (source, code), tally in inputs.tallies.items()
        ),
        "proved": sorted(inputs.proved),
        "moderated": inputs.moderated,
    }
    return sha256_of(msgspec.json.encode(plain, order="sorted"))


def core(scheme: SchemeInput, scheme_sha256: str, inputs: CaseInputs, score: CaseScore) -> Core:
    """The result as it is told and hashed."""
    return Core(
        case_id=inputs.case_id,
        scheme_sha256=scheme_sha256,
        inputs_sha256=inputs_sha256(inputs),
        total_exact=fraction_text(score.total),
        total_percent=percent(score.total),
        complete=score.total is not None,
        missing=score.missing,
        vetoes=score.vetoes,
        band=score.band,
        rules=score.rules,
        uncertainty=score.uncertainty,
        nodes=[node_view(one, score.nodes[one.code]) for one in scheme.indicators],
    )


def document(result: Core) -> str:
    """The bytes of a result: sorted, so that the same result is the same text."""
    return msgspec.json.encode(result, order="sorted").decode()


def sha256_of(content: bytes) -> str:
    """The hash in hex."""
    return hashlib.sha256(content).hexdigest()


def round_sha256(hashes: Mapping[UUID, str], spreads: Sequence[SpreadResult]) -> str:
    """One hash over all results of a round."""
    told = [msgspec.structs.replace(one, square=None) for one in spreads]
    plain = {"cases": {str(case): sha for case, sha in hashes.items()}, "spreads": told}
    return sha256_of(msgspec.json.encode(plain, order="sorted"))


def node_view(one: IndicatorInput, node: Node) -> NodeView:
    """One indicator's outcome."""
    return NodeView(
        code=one.code,
        title=one.title,
        parent=one.parent,
        weight_bp=one.weight_bp,
        part=str(node.part),
        exact=fraction_text(node.share),
        percent=percent(node.share),
        n={given.source.value: given.n for given in node.inputs},
        moderated=node.moderated_bp is not None,
        missing=node.missing,
        vetoed=node.vetoed,
    )


def check_changes(
    scheme: SchemeInput, changes: Sequence[LeafChange], score: CaseScore
) -> dict[str, str | None]:
    """What each changed leaf was. Raises ChangeInvalid."""
    leaves = {one.code for one in scheme.indicators if one.scale is not None}
    problems, before = [], {}
    for n, change in enumerate(changes):
        if change.indicator not in leaves or change.indicator in before:
            why = "a leaf, and named once"
            problems.append(Problem(f"/changes/{n}/indicator", "indicator", why, "mend it"))
            continue
        share = score.nodes[change.indicator].share
        before[change.indicator] = fraction_text(share)
        if share == Fraction(change.after_bp, WHOLE_BP):
            why = "it is so already"
            problems.append(Problem(f"/changes/{n}/after_bp", "unchanged", why, "leave it out"))
    if problems:
        raise ChangeInvalid(problems=problems)
    return before


def distribution(stage: str, totals: Sequence[Fraction]) -> Distribution:
    """Quartiles and mean of the others; of fewer than OTHERS_MIN nothing but that there are few."""
    if len(totals) < OTHERS_MIN:
        return Distribution(stage, len(totals), True)
    low, middle, high = quartiles(totals)
    mean = sum(totals, Fraction(0)) / len(totals)
    return Distribution(
        stage, len(totals), False, percent(mean), percent(low), percent(middle), percent(high)
    )


def apart(own: CaseScore, others: Sequence[CaseScore]) -> tuple[int, int]:
    """Of how many others the whole interval lies below the own one, and of how many above."""
    low, high = own.uncertainty.low, own.uncertainty.high
    if low is None or high is None:
        return 0, 0
    above = sum(o.uncertainty.high is not None and o.uncertainty.high < low for o in others)
    below = sum(o.uncertainty.low is not None and o.uncertainty.low > high for o in others)
    return above, below


def explain(
    scheme: SchemeInput,
    code: str,
    inputs: CaseInputs,
    score: CaseScore,
    moderations: Sequence[ModerationRow],
) -> Explanation:
    """Everything below an indicator, down to the inputs; `*` is the total. Raises KeyError."""
    if code == "*":
        whole = Label(en=scheme.title.en, zh=scheme.title.zh)
        total = NodeView(
            code="*", title=whole, parent="", weight_bp=WHOLE_BP, part="1",
            exact=fraction_text(score.total), percent=percent(score.total), n={},
            moderated=False, missing="; ".join(score.missing), vetoed=bool(score.vetoes),
        )  # fmt: skip
        kids = [one.code for one in scheme.indicators if not one.parent]
        told = [explain(scheme, kid, inputs, score, moderations) for kid in kids]
        rules = [rule.title for rule in scheme.settings.thresholds]
        return Explanation(total, _roll_up(scheme), [], [], rules, told)
    one = {one.code: one for one in scheme.indicators}[code]
    node = score.nodes[code]
    kids = [kid.code for kid in scheme.indicators if kid.parent == code]
    rules = [rule.title for rule in _rules_of(scheme) if code in rule.over]
    if one.veto_below_bp is not None:
        rules.append(
            Label(
                en=f"veto: below {one.veto_below_bp / 100:g} % the lowest band",
                zh=f"一票否决：低于 {one.veto_below_bp / 100:g}% 列为最低等次",
            )
        )
    if one.evidence_required:
        rules.append(Label(en="counts only with accepted evidence", zh="须有审核通过的佐证材料"))
    return Explanation(
        node=node_view(one, node),
        method=_roll_up(scheme) if one.scale is None else method_of(one.scale),
        sources=[_source(one, given, inputs, scheme) for given in node.inputs],
        moderations=[
            ModerationView(
                row.before,
                str(Fraction(row.after_bp, WHOLE_BP)),
                row.because,
                row.objection_id is not None,
                row.moderated_at,
            )
            for row in moderations
            if row.indicator == code
        ],
        rules=rules,
        below=[explain(scheme, kid, inputs, score, moderations) for kid in kids],
    )


def _rules_of(scheme: SchemeInput) -> list[Threshold | Spread]:
    return [*scheme.settings.thresholds, *scheme.settings.spreads]


def method_of(scale: Scale) -> Label:
    """How a leaf is reckoned, in words."""
    match scale:
        case ScoreScale(min=low, max=high):
            return Label(
                en=f"(mean − {low}) ÷ ({high} − {low}) of each source, weighted by source",
                zh=f"各来源（均值−{low}）÷（{high}−{low}），按来源权重合成",
            )
        case LevelScale():
            return Label(
                en="points of the level ÷ points of the best, mean of each source, weighted",
                zh="等级分值÷最高等级分值，各来源取均值后按权重合成",
            )
        case RatioScale(numerator=above, denominator=below, per=per):
            return Label(
                en=f"{above} × {per} ÷ {below}, as a share of the target, at most the whole",
                zh=f"{above}×{per}÷{below}，与标准值之比，最高为 1",
            )
        case _:
            return Label(en="share of yes, weighted by source", zh="“是”的比例，按来源权重合成")


def _roll_up(scheme: SchemeInput) -> Label:
    if scheme.settings.missing == "renormalise":
        return Label(
            en="weighted mean of those present, their weights scaled to 10,000; exact fractions",
            zh="对有值的下级指标按权重重新归一后加权平均，精确分数计算",
        )
    return Label(
        en="weighted mean of what is below; one missing leaves it open; exact fractions",
        zh="下级指标加权平均，缺一则不出分，精确分数计算",
    )


def _source(
    one: IndicatorInput, given: Given, inputs: CaseInputs, scheme: SchemeInput
) -> SourceView:
    tally = inputs.tallies.get((given.source, one.code))
    least = scheme.settings.peers_min
    if given.source is Source.SURVEY:
        least = scheme.settings.survey_min
    counts = tally.counts if tally is not None and given.share is not None else None
    if counts is not None and any(0 < n < least for n in counts):
        counts = None  # a small cell would show who answered
    return SourceView(
        source=given.source,
        weight_bp=given.weight_bp,
        n=given.n,
        percent=percent(given.share),
        exact=fraction_text(given.share),
        counts=counts,
        figures={
            name: None if value is None else _number(value) for name, value in given.figures.items()
        },
        missing=given.missing,
        text=SOURCE_TEXTS[given.source],
    )


SOURCE_TEXTS = {
    Source.DATA: Label(en="from figures, exactly", zh="由数据精确计算"),
    Source.EXPERT: Label(
        en="mean of independent assessors from elsewhere", zh="外部评审独立评分的均值"
    ),
    Source.PEER: Label(en="mean of peers, as a sum", zh="同行评价汇总均值"),
    Source.SELF: Label(en="the subject's own word", zh="自评"),
    Source.SURVEY: Label(en="mean of a survey, as a sum", zh="问卷汇总均值"),
}


def _number(value: Decimal) -> str:
    """A decimal without trailing zeros: 5 and 5.00 are one figure."""
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
