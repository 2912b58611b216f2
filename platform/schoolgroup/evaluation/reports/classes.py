"""What a school sees of its classes and its pupils: each only as far as the release tells it. Pure.

Where the release tells no pupil's marks, a class below the minimum is hidden, with as many others
as it takes that nobody subtracts it from the school (the school's own figures are always shown).
"""

from schoolgroup.evaluation.exams.gates import Content
from schoolgroup.evaluation.exams.models import Subject
from schoolgroup.evaluation.reports import rules
from schoolgroup.evaluation.reports.models import (
    NO_VALUE,
    SUPPRESSED,
    Cell,
    Column,
    Ground,
    Interval,
    Intervals,
    Section,
    Table,
)
from schoolgroup.evaluation.reports.rules import cell
from schoolgroup.evaluation.reports.sections import (
    HIGH,
    INTERVAL,
    LOW,
    MEAN,
    N_PRESENT,
    SD,
    section,
    share_cells,
)
from schoolgroup.evaluation.results.models import Part, Result
from schoolgroup.evaluation.statistics import rules as statistics_rules
from schoolgroup.evaluation.statistics.models import Figures, Pupils
from schoolgroup.evaluation.statistics.privacy import hide_rows
from schoolgroup.evaluation.statistics.release import few_chose
from schoolgroup.kernel.texts import Text

CLASS = Column("class", Text("class", "班级"))
NUMBER = Column("exam_number", Text("exam number", "考号"))
NAME = Column("name", Text("name", "姓名"))
ASSIGNED = Column("assigned_marks", Text("assigned marks", "赋分"), 0)
UNNAMED = Text("(no class)", "（未注明班级）")
RESULTS = {
    Result.PRESENT: Text("present", "实考"),
    Result.ABSENT: Text("absent", "缺考"),
    Result.VOID: Text("void", "违纪"),
    Result.EXEMPT: Text("exempt", "免考"),
    Result.LATE: Text("late", "迟到"),
}
EARNED = Text(
    "marks earned / marks offered by the items of the knowledge point",
    "知识点所含题目的得分 ÷ 满分",
)
CLASSES_HIDDEN = Text(
    "Classes with too few pupils are hidden, and others with which they could be worked out.",
    "人数过少的班级及可用于反推的班级不予显示。",
)


def by_class(ground: Ground, subject: Subject, part: Part) -> dict[str, Figures | None]:
    """The figures of each class, null where hidden; empty where the release holds no figures."""
    if Content.FIGURES not in ground.release.contents:
        return {}
    sizes = {
        label: sum(
            1
            for own, result in zip(part.class_labels, part.results, strict=True)
            if own == label and result is Result.PRESENT
        )
        for label in rules.classes_of(part)
    }
    shown = set(sizes)
    if Content.PUPIL_SCORES not in ground.release.contents:
        hidden = hide_rows(sizes, ground.release.cell_pupils_min)
        shown = set() if hidden.total else shown - hidden.rows
    sha = ground.release.snapshot_sha256
    return {
        label: statistics_rules.figures(
            subject, [rules.of_class(part, len(subject.items), label)], sha
        )
        if label in shown
        else None
        for label in sizes
    }


def class_name(label: str) -> Text:
    """A class as it is called, or that it has no name."""
    return Text(label, label) if label else UNNAMED


def table_of_classes(ground: Ground, subject: Subject, part: Part) -> Section | None:
    """The classes of the school side by side, in the order of their names."""
    found = by_class(ground, subject, part)
    if not found:
        return None
    columns = [
        CLASS, N_PRESENT, MEAN, LOW, HIGH, SD,
        Column("excellent", Text("excellent", "优秀率"), 1, percent=True),
        Column("pass", Text("pass", "及格率"), 1, percent=True),
        Column("low", Text("low", "低分率"), 1, percent=True),
    ]  # fmt: skip
    rows: list[list[Cell]] = []
    plot: list[Interval] = []
    for label, figures in found.items():
        name = class_name(label)
        if figures is None:
            rows.append([name, *[SUPPRESSED] * 8])
            plot.append(Interval(name, None, None, None))
            continue
        span = None
        if figures.mean is not None and figures.sd is not None:
            span = rules.mean_interval(figures.mean, figures.sd, figures.n_present)
        low, high = span or (None, None)
        rates = {rate.line: rate.share for rate in figures.rates}
        rows.append(
            [name, figures.n_present, cell(figures.mean), cell(low), cell(high), cell(figures.sd),
             *(share_cells(rates[line], figures.n_present)[0] for line in rates)]
        )  # fmt: skip
        plot.append(Interval(name, figures.mean, low, high))
    own = ground.own.get(subject.id)
    return section(
        ground,
        subject,
        "classes",
        Text("Classes", "各班情况"),
        Text("as for the school, over each class", "与学校相同，按班级统计"),
        None if own is None else own.n_present,
        Table(columns, rows),
        parameters=hiding(ground),
        uncertainty=INTERVAL,
        plot=Intervals(
            Text("mean marks", "平均分"),
            plot,
            None if own is None else own.mean,
            Text("the school", "本校平均"),
        ),
        notes=[CLASSES_HIDDEN] if None in found.values() else [],
    )


def _few(ground: Ground, subject: Subject, found: Figures | None) -> set[str]:
    """Optional items that too few of a class chose to tell anything of them."""
    if found is None or Content.PUPIL_SCORES in ground.release.contents:
        return set()
    chosen = {item.label: item.n for item in found.items}
    return few_chose(subject, chosen, ground.release.cell_pupils_min)


def hiding(ground: Ground) -> dict[str, object]:
    """Below how many pupils a class is hidden, where it is."""
    if Content.PUPIL_SCORES in ground.release.contents:
        return {}
    return {"cell_pupils_min": ground.release.cell_pupils_min}


def items_by_class(
    ground: Ground, subject: Subject, part: Part, only: str | None = None
) -> Section | None:
    """p of every item in each class (or one), beside the school's."""
    found = by_class(ground, subject, part)
    own = ground.own.get(subject.id)
    if not found or own is None:
        return None
    labels = [label for label in found if only is None or label == only]
    columns = [
        Column("label", Text("item", "题号")),
        Column("max_marks", Text("maximum", "满分"), 1),
        Column("school", Text("school", "本校")),
        *(Column(f"class_{n}", class_name(label)) for n, label in enumerate(labels, start=1)),
    ]
    rows: list[list[Cell]] = []
    few = {label: _few(ground, subject, found[label]) for label in labels}
    for n, item in enumerate(own.items):
        row: list[Cell] = [item.label, item.max_marks, cell(item.p)]
        for label in labels:
            figures = found[label]
            hidden = figures is None or item.label in few[label]
            row.append(SUPPRESSED if figures is None or hidden else cell(figures.items[n].p))
        rows.append(row)
    return section(
        ground,
        subject,
        "items_by_class",
        Text("Items by class (p = mean / maximum)", "各班题目得分率"),
        statistics_rules.METHODS["p"],
        own.n_present,
        Table(columns, rows),
        parameters=hiding(ground),
    )


def knowledge(
    ground: Ground, subject: Subject, part: Part, only: str | None = None
) -> Section | None:
    """The share earned by knowledge point and ability: of the school, and of its classes."""
    named = named_items(subject)
    found = by_class(ground, subject, part)
    if not named or not found:
        return None
    labels = [label for label in found if only is None or label == only]
    most = [item.max_half_marks for item in subject.items]
    of_class = {
        label: rules.of_class(part, len(subject.items), label)
        for label in labels
        if found[label] is not None
    }
    columns = [
        Column("kind", Text("kind", "类别")),
        Column("name", Text("name", "名称")),
        Column("n_items", Text("items", "题数"), 0),
        Column("school", Text("school", "本校"), 1, percent=True),
        *(
            Column(f"class_{n}", class_name(label), 1, percent=True)
            for n, label in enumerate(labels, start=1)
        ),
    ]
    rows: list[list[Cell]] = [
        [kind, name, len(at), cell(rules.earned([part], most, at)),
         *(cell(rules.earned([of_class[label]], most, at)) if label in of_class else SUPPRESSED
           for label in labels)]
        for (kind, name), at in named
    ]  # fmt: skip
    return section(
        ground,
        subject,
        "knowledge",
        Text("Knowledge points and abilities", "知识点与能力"),
        EARNED,
        part.results.count(Result.PRESENT),
        Table(columns, rows),
        parameters=hiding(ground),
    )


def named_items(subject: Subject) -> list[tuple[tuple[Text, str], list[int]]]:
    """Each knowledge point and ability of a paper with the places of its items."""
    kinds = {
        "knowledge_point": Text("knowledge point", "知识点"),
        "ability": Text("ability", "能力"),
    }
    found = []
    for kind, said in kinds.items():
        names = sorted({getattr(item, kind) for item in subject.items} - {""})
        for name in names:
            at = [n for n, item in enumerate(subject.items) if getattr(item, kind) == name]
            found.append(((said, name), at))
    return found


def pupils(ground: Ground, subject: Subject, told: Pupils, label: str) -> Section:
    """The pupils of a class with what the release tells of each; names from the own register."""
    columns = [NUMBER]
    if ground.asked.names:
        columns.append(NAME)
    columns.append(Column("result", Text("result", "考试情况")))
    if told.grades is not None:
        columns.append(Column("grade", Text("grade", "等级")))
    if told.total_half_marks is not None:
        columns.append(Column("marks", Text("marks", "得分"), 1))
    if told.assigned_marks is not None:
        columns.append(ASSIGNED)
    if told.joint_ranks is not None:
        columns.append(Column("joint_rank", Text("joint rank", "联考名次"), 0))
    rows = []
    for n, number in enumerate(told.exam_numbers):
        if told.class_labels[n] != label:
            continue
        row: list[Cell] = [number]
        if ground.asked.names:
            row.append(ground.names.get(number, NO_VALUE))
        row.append(RESULTS[told.results[n]])
        row += told_of(told, n)
        rows.append(row)
    return section(
        ground,
        subject,
        "pupils",
        Text("Pupils", "学生成绩"),
        Text("as released, by exam number", "按发布内容，以考号排列"),
        len(rows),
        Table(columns, rows),
    )


def told_of(told: Pupils, n: int, *, assigned: bool = False) -> list[Cell]:
    """Grade, marks and rank of one pupil, as far as the release tells them of anybody."""
    row: list[Cell] = []
    if told.grades is not None:
        row.append(told.grades[n] or NO_VALUE)
    if told.total_half_marks is not None:
        half = told.total_half_marks[n]
        row.append(NO_VALUE if half is None else half / 2)
    if told.assigned_marks is not None:
        row.append(cell(told.assigned_marks[n]))
    elif assigned:  # the column is there for other subjects
        row.append(NO_VALUE)
    if told.joint_ranks is not None:
        row.append(cell(told.joint_ranks[n]))
    return row
