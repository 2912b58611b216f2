"""One pupil's own results, as far as the release tells them. Pure."""

from collections.abc import Sequence

from schoolgroup.evaluation.exams.gates import Content
from schoolgroup.evaluation.exams.models import Subject
from schoolgroup.evaluation.reports import rules
from schoolgroup.evaluation.reports.classes import ASSIGNED, EARNED, RESULTS, named_items, told_of
from schoolgroup.evaluation.reports.models import (
    NO_VALUE,
    SUPPRESSED,
    Cell,
    Column,
    Ground,
    Section,
    Table,
)
from schoolgroup.evaluation.reports.rules import cell
from schoolgroup.evaluation.reports.sections import section, whole_of
from schoolgroup.evaluation.results.models import Result
from schoolgroup.evaluation.statistics.rules import counted_of, marks_of
from schoolgroup.kernel.texts import Text


def of_pupil(ground: Ground, number: str) -> list[Section]:
    """One pupil's results: all subjects in one table, then items where marks are told."""
    contents = ground.release.contents
    context = Content.PUPIL_SCORES in contents and Content.FIGURES in contents
    columns = [
        Column("subject", Text("subject", "科目")),
        Column("result", Text("result", "考试情况")),
        Column("full_marks", Text("full marks", "满分"), 1),
    ]
    if Content.PUPIL_GRADES in contents:
        columns.append(Column("grade", Text("grade", "等级")))
    if Content.PUPIL_SCORES in contents:
        columns.append(Column("marks", Text("marks", "得分"), 1))
    assigned = any(told.assigned_marks is not None for told in ground.pupils.values())
    if assigned:
        columns.append(ASSIGNED)
    if Content.RANKS in contents:
        columns.append(Column("joint_rank", Text("joint rank", "联考名次"), 0))
    if context:
        columns.append(Column("school_mean", Text("mean of the school", "本校平均分")))
        columns.append(Column("group_mean", Text("mean of all", "全体平均分")))
    rows: list[list[Cell]] = []
    details: list[Section] = []
    for subject in ground.subjects:
        told = ground.pupils.get(subject.id)
        if told is None or number not in told.exam_numbers:
            continue
        n = told.exam_numbers.index(number)
        row: list[Cell] = [subject.subject, RESULTS[told.results[n]], subject.full_half_marks / 2]
        row += told_of(told, n, assigned=assigned)
        if context:
            own, whole = ground.own.get(subject.id), whole_of(ground, subject)
            row.append(NO_VALUE if own is None else cell(own.mean))
            shown = None if whole is None else whole.figures
            row.append(SUPPRESSED if shown is None else cell(shown.mean))
        rows.append(row)
        if Content.PUPIL_SCORES in contents and told.results[n] is Result.PRESENT:
            details += _details(ground, subject, number)
    first = Section(
        key="results",
        subject="",
        title=Text("Results", "成绩"),
        method=Text("as released", "按发布内容"),
        parameters={},
        n=1,
        uncertainty=None,
        snapshot_sha256=[ground.release.snapshot_sha256],
        code_version=ground.release.code_version,
        table=Table(columns, rows),
    )
    return [first, *details]


def _details(ground: Ground, subject: Subject, number: str) -> Sequence[Section]:
    """The items and knowledge points of one pupil: only where the release tells its marks."""
    part = next(
        (part for part in ground.parts.get(subject.id, []) if number in part.exam_numbers), None
    )
    if part is None:
        return []
    here = [
        own for own, result in zip(part.exam_numbers, part.results, strict=True)
        if result is Result.PRESENT
    ]  # fmt: skip
    at = here.index(number)
    marks = marks_of([part], len(subject.items))[at : at + 1]
    counted = counted_of([part], len(subject.items))
    alone = rules.of_pupil(part, len(subject.items), number)
    most = [item.max_half_marks for item in subject.items]
    points: list[list[Cell]] = [
        [kind, name, len(places), cell(rules.earned([alone], most, places))]
        for (kind, name), places in named_items(subject)
    ]
    found = [
        section(
            ground,
            subject,
            "items_of_pupil",
            Text("Items", "各题得分"),
            Text("marks per item", "各题得分"),
            1,
            Table(
                [
                    Column("label", Text("item", "题号")),
                    Column("max_marks", Text("maximum", "满分"), 1),
                    Column("marks", Text("marks", "得分"), 1),
                ],
                [
                    [
                        item.label,
                        item.max_half_marks / 2,
                        NO_VALUE if counted is not None and not counted[at, n] else int(half) / 2,
                    ]
                    for n, (item, half) in enumerate(zip(subject.items, marks[0], strict=True))
                ],
            ),
        )
    ]
    if points:
        found.append(
            section(
                ground,
                subject,
                "knowledge",
                Text("Knowledge points and abilities", "知识点与能力"),
                EARNED,
                1,
                Table(
                    [
                        Column("kind", Text("kind", "类别")),
                        Column("name", Text("name", "名称")),
                        Column("n_items", Text("items", "题数"), 0),
                        Column("share", Text("share earned", "得分率"), 0, percent=True),
                    ],
                    points,
                ),
                notes=[
                    Text(
                        "One or two items say little of a knowledge point.",
                        "仅由一两道题得出的得分率参考价值有限。",
                    )
                ],
            )
        )
    return found
