"""When an appeal may be lodged and what a decision may change: pure."""

from collections.abc import Sequence
from datetime import datetime

from schoolgroup.evaluation.appeals.models import (
    AppealInput,
    AppealRow,
    AppealStatus,
    Decision,
    MarkMoved,
)
from schoolgroup.evaluation.exams.gates import Content
from schoolgroup.evaluation.exams.models import Item
from schoolgroup.kernel.errors import Conflict, Invalid, Problem
from schoolgroup.kernel.texts import Text
from schoolgroup.kernel.transitions import Machine, Transition

LODGE, READ, DECIDE = "appeal:lodge", "appeal:read", "appeal:decide"

APPEAL: Machine[AppealStatus] = Machine(
    "appeal",
    [
        Transition("withdraw", LODGE, (AppealStatus.LODGED,), AppealStatus.WITHDRAWN),
        Transition("uphold", DECIDE, (AppealStatus.LODGED,), AppealStatus.UPHELD),
        Transition("reject", DECIDE, (AppealStatus.LODGED,), AppealStatus.REJECTED),
    ],
)


class AppealsClosed(Conflict):
    """Appeals are heard from a release until the hour set with it."""

    code = "appeals_closed"
    title = Text("Appeals are not heard now", "当前不受理复核申请")
    remedy = Text(
        "Ask who runs the exam: the hour is set with the release.",
        "请联系考试组织方：复核时间随发布设定。",
    )


class AppealInvalid(Invalid):
    """The appeal or its decision does not fit the paper."""

    code = "appeal_invalid"
    title = Text("The appeal does not fit the paper", "复核内容与试卷不符")
    remedy = Text("Mend what `errors` names.", "请按 errors 逐项修改。")


class AlreadyAppealed(Conflict):
    """Each pupil's marks of a subject are looked at once per snapshot."""

    code = "already_appealed"
    title = Text("There is an appeal already", "已提交复核申请")
    remedy = Text(
        "Wait for its answer; a changed mark may be appealed anew.",
        "请等待处理结果；成绩变更后可再次申请。",
    )


class NothingToRefreeze(Conflict):
    """No appeal was upheld since the last snapshot."""

    code = "nothing_to_refreeze"
    title = Text("No mark has changed", "成绩没有变化")
    remedy = Text("Decide appeals first.", "请先处理复核申请。")


class MarksGone(Conflict):
    """A pupil whose appeal was upheld has no marks any more, or the paper has other items now."""

    code = "marks_gone"
    title = Text("Decided marks have nowhere to go", "复核后的成绩无法写入")
    remedy = Text(
        "Import the pupils' results again with the items of the paper as appealed.",
        "请按复核时的试卷题目重新导入相关成绩。",
    )


def check_window(
    contents: Sequence[Content], stands: bool, until_at: datetime | None, now: datetime
) -> None:
    """Raise AppealsClosed unless pupils' results were told and the hour has not passed."""
    told = {Content.PUPIL_GRADES, Content.PUPIL_SCORES} & set(contents)
    if not stands or not told or until_at is None or now >= until_at:
        raise AppealsClosed(until_at=until_at)


def check_items(asked: AppealInput, items: Sequence[Item]) -> None:
    """Raise AppealInvalid for items the paper does not have, and for one named twice."""
    labels = {item.label for item in items}
    problems = [
        Problem(f"/items/{n}", "unknown_item", f"the paper has no item {label}", "name its items")
        for n, label in enumerate(asked.items)
        if label not in labels or label in asked.items[:n]
    ]
    if problems:
        raise AppealInvalid(problems=problems)


def decided_marks(
    decision: Decision, before: Sequence[int], items: Sequence[Item], left_out: Sequence[int]
) -> list[int]:
    """The half marks of every item after an upheld decision.

    Raises AppealInvalid for marks off the paper, of an optional item that does not count, beyond an
    item's maximum or between its steps, where nothing would change, and for marks in a rejection.
    """
    at = {item.label: n for n, item in enumerate(items)}
    after, problems = list(before), []
    for n, wish in enumerate(decision.marks):
        place, half = at.get(wish.label), round(wish.marks * 2)
        if place is None or wish.label in [one.label for one in decision.marks[:n]]:
            problems.append(
                Problem(
                    f"/marks/{n}/label", "unknown_item", "not an item, or named twice", "mend it"
                )
            )
        elif place + 1 in left_out:
            why = "an optional item that does not count for this pupil"
            problems.append(
                Problem(
                    f"/marks/{n}/label", "left_out", why, "mend the pupil's choice by an import"
                )
            )
        elif half > items[place].max_half_marks or half % items[place].step_half_marks:
            most, step = items[place].max_half_marks / 2, items[place].step_half_marks / 2
            why = f"0 to {most:g} in steps of {step:g}"
            problems.append(Problem(f"/marks/{n}/marks", "out_of_range", why, "mend the mark"))
        else:
            after[place] = half
    if not problems and decision.uphold and after == list(before):
        problems.append(
            Problem("/marks", "nothing_changes", "no mark would change", "reject it instead")
        )
    if not decision.uphold and decision.marks:
        problems.append(
            Problem("/marks", "not_taken", "a rejection changes nothing", "leave it out")
        )
    if problems:
        raise AppealInvalid(problems=problems)
    return after


def moves(appeal: AppealRow, items: Sequence[Item]) -> list[MarkMoved]:
    """The items whose marks the decision changed."""
    if appeal.after_half_marks is None:
        return []
    return [
        MarkMoved(item.label, before / 2, after / 2)
        for item, before, after in zip(
            items, appeal.before_half_marks, appeal.after_half_marks, strict=True
        )
        if before != after
    ]
