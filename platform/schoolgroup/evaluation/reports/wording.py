"""The words around a report's figures, in both languages."""

from collections.abc import Sequence

from schoolgroup.evaluation.exams.gates import Content
from schoolgroup.evaluation.reports.models import (
    Distribution,
    Intervals,
    ItemMap,
    Plot,
    Recipient,
    Sign,
    Table,
    Withheld,
)
from schoolgroup.kernel.texts import Text

TITLES = {
    Recipient.PUPIL: Text("Report for one pupil", "学生个人报告"),
    Recipient.CLASS: Text("Class report", "班级报告"),
    Recipient.TEACHER: Text("Report for teachers", "教师报告"),
    Recipient.SCHOOL: Text("School report", "学校报告"),
    Recipient.GROUP: Text("Group report", "集团报告"),
}
SIGNS = {
    Sign.SUPPRESSED: (
        "▨",
        Text(
            "hidden: too few pupils, or it could be worked out from other cells",
            "不予显示：人数过少，或可由其他数据反推",
        ),
    ),
    Sign.NO_VALUE: (
        "–",
        Text("has no value here: nobody present, or nothing varies", "无值：无人实考或数据无变化"),
    ),
    Sign.NOT_TOLD: ("×", Text("not told to this recipient", "不向该接收方提供")),
}
LABELS = {
    "organiser": Text("organiser", "组织方"),
    "released_at": Text("released", "发布时间"),
    "contents": Text("holds", "发布内容"),
    "same_as_table": Text("the figures stand in the table below", "数据见下表"),
    "method": Text("Method", "方法"),
    "parameters": Text("Parameters", "参数"),
    "n": Text("n", "人数 n"),
    "uncertainty": Text("Uncertainty", "不确定性"),
    "exact": Text(
        "none given: exact counts and descriptions of those who sat",
        "不适用：对实考学生的精确统计",
    ),
    "snapshot": Text("Snapshot SHA-256", "快照 SHA-256"),
    "code": Text("Code", "代码版本"),
    "frozen_at": Text("Frozen", "冻结时间"),
    "release": Text("Release", "发布编号"),
    "released_with": Text("Released with", "发布时代码版本"),
    "report_version": Text("Report", "报告版本"),
    "cell_pupils_min": Text("Smallest number of pupils shown", "最小显示人数"),
    "verify": Text(
        "Anyone who may read the release can work it out anew: GET /v1/releases/{id}/verify, or "
        "`schoolgroup verify --export` on the school's own file.",
        "有权查看者可重新计算核对：GET /v1/releases/{id}/verify，或用本校导出文件运行 "
        "schoolgroup verify --export。",
    ),
    "pupil_only": Text("For the pupil and the pupil's parents only.", "仅供学生本人及其家长查阅。"),
    "about": Text("About", "说明"),
    "exam": Text("Exam", "考试"),
    "note": Text("Note", "备注"),
    "yes": Text("yes", "是"),
    "no": Text("no", "否"),
}
CONTENTS: dict[str, Text] = {
    Content.FIGURES: Text("figures", "统计数据"),
    Content.PUPIL_GRADES: Text("pupils' grades", "学生等级"),
    Content.PUPIL_SCORES: Text("pupils' marks", "学生分数"),
    Content.RANKS: Text("ranks", "名次"),
}


def key_of(plot: Plot) -> Text:
    """What the marks of a plot mean."""
    if isinstance(plot, Distribution):
        if plot.mean is None:
            return Text("Numbers on the bars: pupils.", "柱上数字为人数。")
        return Text("Numbers on the bars: pupils; dashed: mean.", "柱上数字为人数；虚线为平均分。")
    if isinstance(plot, Intervals):
        own = any(one.own for one in plot.of)
        mine = Text("◆ yours, ○ others; ", "◆ 本校，○ 其他；") if own else Text("", "")
        what = plot.reference_label
        dashed = Text(f"; dashed: {what.en}", f"；虚线：{what.zh}")
        if plot.reference is None:
            dashed = Text("", "")
        return Text(
            f"{mine.en}lines: 95 % intervals; hatched: hidden{dashed.en}.",
            f"{mine.zh}横线为 95% 区间；斜线为不予显示{dashed.zh}。",
        )
    if isinstance(plot, ItemMap):
        return Text("✕ does not discriminate; dotted: r = 0.2.", "✕ 无区分作用；点线：r = 0.2。")
    return Text(
        "Left: pupils by ability; right: items by difficulty, harder above.",
        "左：考生能力分布；右：题目难度，越上越难。",
    )


def signs_of(table: Table) -> list[Sign]:
    """The signs that occur in a table, for its legend."""
    found = {value.sign for row in table.rows for value in row if isinstance(value, Withheld)}
    return [sign for sign in Sign if sign in found]


def told(said: Sequence[object], language: str) -> str:
    """Texts, and contents by name, in one line."""
    names = []
    for one in said:
        text = one if isinstance(one, Text) else CONTENTS.get(str(one))
        names.append(text.within(language) if text is not None else str(one))
    return ("、" if language == "zh" else ", ").join(names)


def told_parameter(value: object) -> str:
    """A parameter as one reads it."""
    if isinstance(value, float):
        return f"{value:.6g}"
    if isinstance(value, dict):
        return " ".join(f"{key}:{told_parameter(own)}" for key, own in value.items())
    if isinstance(value, Text):
        return value.en
    if isinstance(value, list | tuple):
        return "/".join(map(told_parameter, value))
    return "–" if value is None else str(value)
