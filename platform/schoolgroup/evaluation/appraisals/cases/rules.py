"""What may be said of which leaf: pure."""

from collections.abc import Sequence
from decimal import Decimal

from schoolgroup.evaluation.appraisals.cases.models import MarkInput, TallyInput
from schoolgroup.evaluation.appraisals.rounds.models import AppraisalStatus
from schoolgroup.evaluation.appraisals.schemes.models import (
    IndicatorInput,
    SchemeInput,
    Source,
)
from schoolgroup.evaluation.appraisals.scoring.models import Tally
from schoolgroup.evaluation.appraisals.scoring.rules import share_of, share_of_tally
from schoolgroup.kernel.errors import Conflict, Invalid, Problem
from schoolgroup.kernel.texts import Text
from schoolgroup.kernel.transitions import Machine, Transition

READ, ANSWER, ASSESS = "appraisal_case:read", "appraisal_case:answer", "appraisal_case:assess"
OBJECT, RESULT = "appraisal_case:object", "appraisal_case:result"
S = AppraisalStatus

# What can be done to a case at each step of its round.
CASE: Machine[AppraisalStatus] = Machine(
    "appraisal",
    [
        Transition("answer", ANSWER, (S.SELF,), S.SELF),
        Transition("add_evidence", ANSWER, (S.SELF,), S.SELF),
        Transition("assess", ASSESS, (S.EXPERTS,), S.EXPERTS),
        Transition("recuse", ASSESS, (S.SELF, S.EVIDENCE_REVIEW, S.EXPERTS), S.EXPERTS),
        Transition("object", OBJECT, (S.OBJECTION,), S.OBJECTION),
    ],
)


class MarksInvalid(Invalid):
    """A judgement is of no leaf of this source, off its scale, or missing."""

    code = "marks_invalid"
    title = Text("The judgements do not fit the scheme", "评分与方案不符")
    remedy = Text("Mend what `errors` names.", "请按 errors 逐项修改。")


class EvidenceInvalid(Invalid):
    """Evidence is a published resource or a verified deposit of the school itself."""

    code = "evidence_invalid"
    title = Text("This cannot be evidence", "证明材料无效")
    remedy = Text(
        "Name a published resource or a verified deposit of your school.",
        "请指定本校已发布资源或已校验的上传文件。",
    )


class EvidenceStands(Conflict):
    """The piece stands there already."""

    code = "evidence_stands"
    title = Text("The evidence is there already", "证明材料已存在")
    remedy = Text("Nothing needs to be done.", "无需重复提交。")


class ConflictOfInterest(Conflict):
    """Nobody assesses the school one belongs to."""

    code = "conflict_of_interest"
    title = Text("You belong to this school", "须回避本校评审")
    remedy = Text("Step aside; somebody else is asked.", "请办理回避，由他人评审。")


def leaves_of(scheme: SchemeInput, source: Source) -> dict[str, IndicatorInput]:
    """The leaves a source speaks to."""
    return {
        one.code: one
        for one in scheme.indicators
        if one.scale is not None and any(share.source is source for share in one.sources)
    }


def check_marks(
    scheme: SchemeInput, source: Source, marks: Sequence[MarkInput], *, all_of_them: bool
) -> None:
    """Raise MarksInvalid naming each judgement that does not fit, or each that is missing."""
    leaves = leaves_of(scheme, source)
    problems = []
    for n, mark in enumerate(marks):
        leaf = leaves.get(mark.indicator)
        if leaf is None or leaf.scale is None or mark.indicator in {m.indicator for m in marks[:n]}:
            why = f"no leaf of {source}, or named twice"
            problems.append(Problem(f"/marks/{n}/indicator", "indicator", why, "mend it"))
            continue
        try:
            share_of(leaf.scale, mark.value)
        except ValueError as wrong:
            problems.append(Problem(f"/marks/{n}/value", "value", str(wrong), "mend it"))
    if all_of_them:
        given = {mark.indicator for mark in marks}
        problems += [
            Problem("/marks", "missing", f"{code} is not judged", "judge every leaf")
            for code in leaves
            if code not in given
        ]
    if problems:
        raise MarksInvalid(problems=problems)


def check_tallies(scheme: SchemeInput, tallies: Sequence[TallyInput]) -> None:
    """Raise MarksInvalid naming each sum that does not fit its leaf."""
    problems = []
    for n, tally in enumerate(tallies):
        leaf = leaves_of(scheme, Source(tally.source)).get(tally.indicator)
        twice = (tally.source, tally.indicator) in {(t.source, t.indicator) for t in tallies[:n]}
        if leaf is None or leaf.scale is None or twice:
            why = f"no leaf of {tally.source}, or named twice"
            problems.append(Problem(f"/tallies/{n}/indicator", "indicator", why, "mend it"))
            continue
        try:
            share_of_tally(leaf.scale, tally_of(tally))
        except ValueError as wrong:
            problems.append(Problem(f"/tallies/{n}", "tally", str(wrong), "mend it"))
    if problems:
        raise MarksInvalid(problems=problems)


def tally_of(data: TallyInput) -> Tally:
    """The sum as scoring takes it."""
    return Tally(data.n, data.counts, None if data.sum is None else Decimal(data.sum))
