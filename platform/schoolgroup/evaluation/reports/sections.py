"""The sections a school, a class and the group have in common. Pure.

Each says its method, parameters, n, uncertainty, snapshot and code. What the release does not
hold makes no section; what it hides stays hidden and says so.
"""

from collections.abc import Sequence

import msgspec

from schoolgroup.evaluation.exams.gates import Content
from schoolgroup.evaluation.exams.models import Subject
from schoolgroup.evaluation.reports import rules
from schoolgroup.evaluation.reports.models import (
    SUPPRESSED,
    Bar,
    Cell,
    Column,
    Distribution,
    Ground,
    ItemMap,
    ItemPoint,
    Plot,
    Section,
    Table,
)
from schoolgroup.evaluation.reports.rules import cell
from schoolgroup.evaluation.results.models import Part
from schoolgroup.evaluation.statistics.models import GROUP, Figures, GroupFigures, ItemFigure
from schoolgroup.evaluation.statistics.rules import METHODS, totals_of
from schoolgroup.kernel.texts import Text

INTERVAL = Text(
    "95 % interval: Student's t, pupils taken as a sample of such pupils",
    "95% 置信区间：按 t 分布，将考生视为同类学生的样本",
)
WILSON = Text("95 % interval: Wilson (1927)", "95% 置信区间：Wilson（1927）")
FISHER = Text("95 % interval of r: Fisher's z", "r 的 95% 置信区间：Fisher z 变换")
LINES = {
    "excellent": Text("excellent (≥ {} %)", "优秀（≥{}%）"),
    "pass": Text("pass (≥ {} %)", "及格（≥{}%）"),
    "low": Text("low (< {} %)", "低分（<{}%）"),
}
WHO = Column("who", Text("of", "对象"))
N_PRESENT = Column("n_present", Text("present", "实考"), 0)
MEAN = Column("mean", Text("mean", "平均分"))
LOW = Column("mean_low", Text("from", "区间下限"))
HIGH = Column("mean_high", Text("to", "区间上限"))
SD = Column("sd", Text("sd", "标准差"))
OVERVIEW = [
    WHO, N_PRESENT,
    Column("n_absent", Text("absent", "缺考"), 0),
    Column("n_void", Text("void", "违纪"), 0),
    Column("n_exempt", Text("exempt", "免考"), 0),
    Column("participation", Text("took part", "参考率"), 1, percent=True),
    MEAN, LOW, HIGH, SD,
    Column("lower_quartile", Text("lower quartile", "下四分位")),
    Column("median", Text("median", "中位数")),
    Column("upper_quartile", Text("upper quartile", "上四分位")),
    Column("alpha", Text("alpha", "α 信度")),
]  # fmt: skip


def section(
    ground: Ground,
    subject: Subject,
    key: str,
    title: Text,
    method: Text,
    n: int | None,
    table: Table,
    *,
    parameters: dict[str, object] | None = None,
    uncertainty: Text | None = None,
    plot: Plot | None = None,
    notes: Sequence[Text] = (),
    code: str = rules.CODE_VERSION,
    also_from: Sequence[str] = (),
) -> Section:
    """A section that names what it rests on."""
    return Section(
        key=key,
        subject=subject.subject,
        title=title,
        method=method,
        parameters={"paper_version": subject.paper_version, **(parameters or {})},
        n=n,
        uncertainty=uncertainty,
        snapshot_sha256=[ground.release.snapshot_sha256, *also_from],
        code_version=code,
        table=table,
        plot=plot,
        notes=list(notes),
    )


def of_parts(ground: Ground, subject: Subject, parts: list[Part]) -> Ground:
    """The same ground with other parts of one subject: a class instead of the school."""
    return msgspec.structs.replace(ground, parts={**ground.parts, subject.id: parts})


def whole_of(ground: Ground, subject: Subject) -> GroupFigures | None:
    """The group's figures of a subject; null where the release holds none."""
    found = ground.shared.get((subject.id, GROUP))
    return found if isinstance(found, GroupFigures) else None


def told_since(ground: Ground, shas: Sequence[str]) -> tuple[list[str], list[Text]]:
    """Older snapshots that figures were carried from, and the note that says so."""
    older = sorted({sha for sha in shas if sha and sha != ground.release.snapshot_sha256})
    if not older:
        return [], []
    said = Text(
        "Some figures are told as in an earlier release: too few pupils have changed since.",
        "部分数据沿用此前发布的结果：其间成绩有变动的学生过少。",
    )
    return older, [said]


def overview(
    ground: Ground, subject: Subject, rows: Sequence[tuple[Text, Figures | None]]
) -> Section:
    """Counts, mean with its interval, spread; a row per (who, figures), null: suppressed."""
    table = Table(OVERVIEW, [[who, *_overview_row(found)] for who, found in rows])
    shown = [found for _, found in rows if found is not None]
    older, notes = told_since(ground, [found.basis.snapshot_sha256 for found in shown])
    return section(
        ground,
        subject,
        "overview",
        Text("Overview", "总体情况"),
        _joined([METHODS[name] for name in ("mean", "sd", "quartiles", "participation", "alpha")]),
        shown[0].n_present if shown else None,
        table,
        parameters={"full_marks": subject.full_half_marks / 2},
        uncertainty=INTERVAL,
        notes=notes,
        also_from=older,
        code=ground.release.code_version,
    )


def _overview_row(found: Figures | None) -> list[Cell]:
    if found is None:
        return [SUPPRESSED] * (len(OVERVIEW) - 1)
    span = None
    if found.mean is not None and found.sd is not None:
        span = rules.mean_interval(found.mean, found.sd, found.n_present)
    low, high = span or (None, None)

    def count(n: int | None) -> Cell:
        return SUPPRESSED if n is None else n

    return [
        found.n_present, count(found.n_absent), count(found.n_void), count(found.n_exempt),
        cell(found.participation), cell(found.mean), cell(low), cell(high), cell(found.sd),
        cell(found.lower_quartile), cell(found.median), cell(found.upper_quartile),
        cell(found.alpha),
    ]  # fmt: skip


def shares(
    ground: Ground, subject: Subject, rows: Sequence[tuple[Text, Figures | None]]
) -> Section:
    """The shares by the lines of the paper and of each grade, each with its interval."""
    columns = [
        WHO,
        Column("line", Text("line or grade", "分数线或等级")),
        Column("share", Text("share", "比例"), 1, percent=True),
        Column("share_low", Text("from", "区间下限"), 1, percent=True),
        Column("share_high", Text("to", "区间上限"), 1, percent=True),
    ]
    table: list[list[Cell]] = []
    for who, found in rows:
        if found is None:
            table.append([who, SUPPRESSED, SUPPRESSED, SUPPRESSED, SUPPRESSED])
            continue
        n = found.n_present
        for rate in found.rates:
            said = LINES[rate.line]
            label = Text(said.en.format(rate.percent), said.zh.format(rate.percent))
            table.append([who, label, *share_cells(rate.share, n)])
        for grade in found.grades:
            table.append([who, grade.grade, *share_cells(grade.share, n)])
    shown = [found for _, found in rows if found is not None]
    older, notes = told_since(ground, [found.basis.snapshot_sha256 for found in shown])
    return section(
        ground,
        subject,
        "shares",
        Text("Lines and grades", "分数线与等级"),
        _joined([METHODS["rates"], METHODS["grades"]]),
        shown[0].n_present if shown else None,
        Table(columns, table),
        parameters={
            "excellent_percent": subject.excellent_percent,
            "pass_percent": subject.pass_percent,
            "low_percent": subject.low_percent,
            "grades": {level.grade: level.from_percent for level in subject.levels},
        },
        uncertainty=WILSON,
        notes=notes,
        also_from=older,
        code=ground.release.code_version,
    )


def share_cells(share: float | None, n: int) -> list[Cell]:
    """A share and its interval; a share that is not told is suppressed, of nobody has no value."""
    if share is None:
        return [SUPPRESSED if n else cell(None)] * 3
    low, high = rules.share_interval(share, n) or (None, None)
    return [share, cell(low), cell(high)]


def distribution(
    ground: Ground, subject: Subject, found: Figures | None, grades: Sequence[str], k: int
) -> Section | None:
    """How many pupils stand where: by marks where the release tells them, else by grade.

    Of the given parts of the ground; `k` = 1 of one's own pupils, else the smallest bar shown.
    """
    parts = ground.parts.get(subject.id, [])
    by_marks = {Content.PUPIL_SCORES, Content.FIGURES} <= set(ground.release.contents)
    if by_marks and parts:
        totals = totals_of(parts, len(subject.items))
        bars = rules.histogram(totals, subject.full_half_marks, k)
        axis, n = Text("marks", "分数"), len(totals)
        method = _by_tenths(k)
    elif grades:
        bars = [
            Bar(level.grade, sum(1 for grade in grades if grade == level.grade))
            for level in subject.levels
        ]
        axis, n = Text("grade", "等级"), sum(bar.n for bar in bars)
        method = Text("pupils present by grade", "实考学生按等级统计")
    else:
        return None
    columns = [Column("bar", axis), Column("n", Text("pupils", "人数"), 0)]
    return section(
        ground,
        subject,
        "distribution",
        Text("Distribution", "分布"),
        method,
        n,
        Table(columns, [[bar.label, bar.n] for bar in bars]),
        parameters={"bins": rules.BINS, "pupils_min": k} if by_marks else {},
        plot=Distribution(axis, bars, found.mean if found and by_marks else None),
    )


def _by_tenths(k: int) -> Text:
    if k == 1:
        return Text("pupils present by tenths of the full marks", "实考学生按满分十等分统计")
    return Text(
        f"pupils present by tenths of the full marks; bars below {k} are put together",
        f"实考学生按满分十等分统计；不足 {k} 人的区间合并",
    )


def items(ground: Ground, subject: Subject, found: Figures, who: Text) -> Section:
    """Difficulty and discrimination of each item, with the map of both."""
    columns = [
        Column("label", Text("item", "题号")),
        Column("max_marks", Text("maximum", "满分"), 1),
        Column("p", Text("p (mean / maximum)", "得分率 p")),
        Column("rest_r", Text("item–rest r", "校正题总相关 r")),
        Column("r_low", Text("r from", "r 下限")),
        Column("r_high", Text("r to", "r 上限")),
        Column("remark", Text("remark", "说明")),
    ]
    n = found.n_by_item if found.n_by_item is not None else found.n_present
    points = [
        ItemPoint(item.label, item.p, item.rest_r, item.discriminates)
        for item in found.items
        if item.p is not None and item.rest_r is not None
    ]
    optional = {item.label for item in subject.items if item.choice}
    older, notes = told_since(ground, [found.basis.snapshot_sha256])
    return section(
        ground,
        subject,
        "items",
        Text(f"Items: {who.en}", f"题目：{who.zh}"),
        _joined([METHODS["p"], METHODS["rest_r"]]),
        n,
        Table(columns, [_item_row(item, n, optional) for item in found.items]),
        uncertainty=FISHER,
        plot=ItemMap(points) if points else None,
        notes=notes,
        also_from=older,
        code=ground.release.code_version,
    )


def _item_row(item: ItemFigure, n: int, optional: set[str]) -> list[Cell]:
    # n null: too few chose one of its group, and nothing is told; nought: nobody here chose it
    if item.p is None and item.n is None and n and item.label in optional:
        return [item.label, item.max_marks, *[SUPPRESSED] * 5]
    of = n if item.n is None else item.n
    span = None if item.rest_r is None else rules.correlation_interval(item.rest_r, of)
    low, high = span or (None, None)
    remark: Cell = "" if item.discriminates else Text("does not discriminate", "无区分作用")
    return [
        item.label, item.max_marks, cell(item.p), cell(item.rest_r), cell(low), cell(high), remark,
    ]  # fmt: skip


def _joined(said: Sequence[Text]) -> Text:
    return Text("; ".join(t.en for t in said), "；".join(t.zh for t in said))
