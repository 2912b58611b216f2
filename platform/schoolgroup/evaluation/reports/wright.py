"""Pupils and items on one scale (Wright and Stone 1979), by the Rasch model. Pure.

Only where the release tells pupils' marks, and where the marks carry the model: fifty pupils
(Linacre 1994). A fit grows with pupils × items; beyond `CELLS_MAX` it is a matter of an analysis.
"""

import math

from schoolgroup.evaluation.exams.gates import Content
from schoolgroup.evaluation.exams.models import Subject
from schoolgroup.evaluation.reports import rules
from schoolgroup.evaluation.reports.models import (
    NO_VALUE,
    Cell,
    Column,
    Ground,
    Location,
    Section,
    Table,
    Wright,
)
from schoolgroup.evaluation.statistics.methods.abilities import abilities
from schoolgroup.evaluation.statistics.methods.irt import Model, fit
from schoolgroup.evaluation.statistics.methods.refusals import MethodRefused
from schoolgroup.evaluation.statistics.rules import counted_of, marks_of
from schoolgroup.kernel.texts import Text

CELLS_MAX = 60_000  # pupils × items: measured under a second on one core
PUPILS_MIN = 50
REACH, STEP = 4.0, 0.5
COLUMNS = [
    Column("label", Text("item", "题号")),
    Column("at", Text("difficulty (logits)", "难度（logit）")),
    Column("steps", Text("steps", "步数"), 0),
]
TITLE = Text("Pupils and items on one scale", "考生与题目同一量尺（怀特图）")
METHOD = Text(
    "Rasch model (partial credit), marginal maximum likelihood; pupils as EAP",
    "Rasch（分部计分）模型，边际极大似然；考生能力为 EAP 估计",
)


def wright(ground: Ground, subject: Subject, k: int) -> Section | None:
    """The map, or the reason why there is none; null where the release tells no marks."""
    if not {Content.PUPIL_SCORES, Content.FIGURES} <= set(ground.release.contents):
        return None
    parts = ground.parts.get(subject.id, [])
    table = marks_of(parts, len(subject.items)) / 2
    if counted_of(parts, len(subject.items)) is not None:
        return _without(
            ground,
            subject,
            Text("not drawn of a paper with optional items", "含选做题的试卷不绘制怀特图"),
        )
    if len(table) < PUPILS_MIN:
        return _without(
            ground,
            subject,
            Text(
                f"{PUPILS_MIN} pupils are needed; there are {len(table)}",
                f"至少需要 {PUPILS_MIN} 名考生，现有 {len(table)} 名",
            ),
        )
    if table.size > CELLS_MAX:
        return _without(
            ground,
            subject,
            Text(
                "Too large for a report: ask for the analysis `irt` of this exam.",
                "数据量过大，请改用 irt 分析。",
            ),
        )
    try:
        fitted = fit(table, Model.RASCH, [item.label for item in subject.items])
    except MethodRefused as refused:
        why = refused.detail
        return _without(ground, subject, why if isinstance(why, Text) else Text(why, why))
    found = [theta for theta in abilities(table, fitted).eap if math.isfinite(theta)]
    places = int(2 * REACH / STEP)
    counts = [0] * places
    for theta in found:
        counts[max(0, min(places - 1, int((theta + REACH) // STEP)))] += 1
    edges = [-REACH + STEP * n for n in range(places + 1)]
    rows: list[list[Cell]] = []
    located = []
    for item in fitted.items:
        if item.b is None or not item.b:
            rows.append([item.label, NO_VALUE, 0])
            continue
        at = sum(item.b) / len(item.b)
        rows.append([item.label, at, len(item.b)])
        located.append(Location(item.label, at))
    return Section(
        key="wright",
        subject=subject.subject,
        title=TITLE,
        method=METHOD,
        parameters={
            "paper_version": subject.paper_version,
            "model": str(Model.RASCH),
            "log_likelihood": fitted.log_likelihood,
            "converged": fitted.converged,
        },
        n=len(table),
        uncertainty=None,
        snapshot_sha256=[ground.release.snapshot_sha256],
        code_version=rules.CODE_VERSION,
        table=Table(COLUMNS, rows),
        plot=Wright(rules.merged(counts, edges, k, lambda at: at), located),
    )


def _without(ground: Ground, subject: Subject, why: Text) -> Section:
    return Section(
        key="wright",
        subject=subject.subject,
        title=TITLE,
        method=METHOD,
        parameters={"paper_version": subject.paper_version},
        n=None,
        uncertainty=None,
        snapshot_sha256=[ground.release.snapshot_sha256],
        code_version=rules.CODE_VERSION,
        table=Table(COLUMNS, []),
        notes=[why],
    )
