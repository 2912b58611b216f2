"""Completing a subject: every script final, exact marks rounded once into the scores."""

from uuid import UUID

from schoolgroup.evaluation.exams import rules as exam_rules
from schoolgroup.evaluation.exams import service as exams
from schoolgroup.evaluation.exams.limits import service as limits
from schoolgroup.evaluation.marking.completion import queries, rules
from schoolgroup.evaluation.marking.completion.models import (
    CandidateRow,
    ChoiceRow,
    Completed,
    CompleteInput,
    ItemRow,
    Written,
)
from schoolgroup.evaluation.marking.models import PlanStatus
from schoolgroup.evaluation.marking.plans import rules as plan_rules
from schoolgroup.evaluation.marking.plans import service as plans
from schoolgroup.kernel import journal
from schoolgroup.kernel.db import Tx
from schoolgroup.kernel.errors import Conflict, Problem
from schoolgroup.kernel.texts import Text

PRESENT = "present"
TOLD_MAX = 100


class ItemsMoved(Conflict):
    """A newer version of the paper has other items where these were marked."""

    code = "items_moved"
    title = Text("The paper has changed", "试卷已变更")
    remedy = Text(
        "Only keys may change once scripts are marked: label and maximum of marked items stay.",
        "阅卷开始后只可更改答案，已评题目的题号与满分不可变。",
    )


class ObjectiveMissing(Conflict):
    """Marks of items that nobody marks here are missing."""

    code = "objective_missing"
    title = Text("Marks of other items are missing", "缺少其他题目的得分")
    remedy = Text(
        "Import answers or marks of these candidates, or record who was absent; errors names them.",
        "请导入这些考生的作答或得分，或登记缺考；errors 已列出。",
    )


async def complete(tx: Tx, exam_id: UUID, data: CompleteInput) -> Completed:
    """Write the marks of a subject into its scores, all or nothing; again changes nothing.

    Absent, void and exempt candidates stay so. Raises WrongState, ForbiddenByLaw, PlanInvalid,
    NothingToMark, MarkingUnfinished (what is missing by item), ObjectiveMissing, ItemsMoved.
    """
    exam = await exams.fetch_locked(tx, exam_id, "marking:plan")
    plan_rules.check_marking(exam.status)
    exam_rules.check_collects(await limits.gate_in_force(tx, exam.gate), f"exam/{exam_id}")
    paper = plan_rules.subject_of(await exams.papers(tx, exam_id), data.subject)
    planned = await queries.list_plans(tx, paper.id)
    if not planned:
        raise plans.NothingToMark
    items = await queries.list_items(tx, paper.id, paper.paper_version)
    _check_items(planned, items)
    await exams.refresh_statistics(tx)
    candidates = [
        one
        for one in await queries.list_candidates(tx, exam_id, paper.id)
        if one.result in (None, PRESENT)
    ]
    marked_at = {plan.position: plan.label for plan in planned}
    _check_marked(planned, marked_at, candidates)
    exact = _exact(items, set(marked_at), candidates)
    choices = await queries.list_choices(tx, paper.id, paper.paper_version)
    out = [
        _left_out(items, choices, set(marked_at), one, quarters)
        for one, quarters in zip(candidates, exact, strict=True)
    ]
    counted = [
        [0 if item.position in gone else q for item, q in zip(items, quarters, strict=True)]
        for quarters, gone in zip(exact, out, strict=True)
    ]
    rows = [
        Written(one.candidate_id, one.school_id, rules.scores(quarters), gone)
        for one, quarters, gone in zip(candidates, counted, out, strict=True)
    ]
    written = await queries.write_scores(tx, paper.id, paper.paper_version, rows)
    await queries.complete_plans(tx, paper.id)
    suspected = await queries.list_suspected(tx, paper.id)
    await journal.record(
        tx,
        "marking.completed",
        act="marking:plan",
        thing=f"exam/{exam_id}",
        version=exam.version,
        data={"exam_id": exam_id, "subject": paper.subject, "written": written},
    )
    return Completed(
        exam_id,
        paper.subject,
        list(marked_at.values()),
        len(candidates),
        written,
        sum(map(rules.is_rounded, counted)),
        suspected,
    )


def _check_items(planned: list[queries.Planned], items: list[ItemRow]) -> None:
    now = {item.position: (item.label, item.max_half_marks) for item in items}
    moved = [p for p in planned if now.get(p.position) != (p.label, p.max_half_marks)]
    if moved:
        raise ItemsMoved(facts={"items": [p.label for p in moved]})


def _check_marked(
    planned: list[queries.Planned], marked_at: dict[int, str], candidates: list[CandidateRow]
) -> None:
    missing = {
        label: sum(1 for one in candidates if position not in one.positions)
        for position, label in marked_at.items()
    }
    not_open = [p.label for p in planned if p.status is PlanStatus.DRAFT]
    if not_open or any(missing.values()):
        raise plans.MarkingUnfinished(
            facts={"scripts_left": {label: n for label, n in missing.items() if n}}
        )


def _exact(
    items: list[ItemRow], marked: set[int], candidates: list[CandidateRow]
) -> list[list[int]]:
    """Quarter marks by item for each candidate. Raises ObjectiveMissing."""
    objective = [item.position for item in items if item.kind == "objective"]
    found, missing = [], []
    for one in candidates:
        quarters = dict(zip(one.positions, one.quarter_marks, strict=True))
        for item in items:
            if item.position in marked:
                continue
            half_marks = _elsewhere(item.position, objective, one)
            if half_marks is None:
                missing.append(Problem(one.exam_number, "item_missing", item.label))
            else:
                quarters[item.position] = 2 * half_marks
        found.append([quarters.get(item.position, 0) for item in items])
    if missing:
        raise ObjectiveMissing(problems=missing[:TOLD_MAX], facts={"missing": len(missing)})
    return found


def _left_out(
    items: list[ItemRow],
    choices: list[ChoiceRow],
    marked: set[int],
    one: CandidateRow,
    quarters: list[int],
) -> list[int]:
    """Optional items that do not count; groups nobody marks here stay as they were found."""
    by_position = {item.position: q for item, q in zip(items, quarters, strict=True)}
    gone = set()
    for choice in choices:
        group = [item.position for item in items if item.choice == choice.name]
        if marked.isdisjoint(group):
            gone |= set(one.left_out or []).intersection(group)
        else:
            gone |= set(rules.left_out(group, choice.choose, choice.rule, by_position, one.blank))
    return sorted(gone)


def _elsewhere(position: int, objective: list[int], one: CandidateRow) -> int | None:
    """The mark of an item nobody marks here: of the answers that were read, else as imported."""
    if one.objective_half_marks is not None and position in objective:
        at = objective.index(position)
        if at < len(one.objective_half_marks):
            return one.objective_half_marks[at]
    if one.item_half_marks is not None and position <= len(one.item_half_marks):
        return one.item_half_marks[position - 1]
    return None
