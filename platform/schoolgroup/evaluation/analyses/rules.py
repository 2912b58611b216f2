"""The methods over one subject's frozen marks: pure; small schools hidden wherever schools show."""

from collections.abc import Callable, Sequence
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt

from schoolgroup.evaluation.analyses.models import AnalysisInput, Found, Frame, Method
from schoolgroup.evaluation.statistics.methods import irt as irt_methods
from schoolgroup.evaluation.statistics.methods import items as item_methods
from schoolgroup.evaluation.statistics.methods import moodle as moodle_methods
from schoolgroup.evaluation.statistics.methods import reliability as reliability_methods
from schoolgroup.evaluation.statistics.methods import scores as score_methods
from schoolgroup.evaluation.statistics.methods.abilities import abilities
from schoolgroup.evaluation.statistics.methods.assigned import SCHEMES, OneScore, Tie, assign
from schoolgroup.evaluation.statistics.methods.exact import Marks
from schoolgroup.evaluation.statistics.methods.lines import (
    line_by_count,
    line_by_score,
    near_line,
    subject_line,
)
from schoolgroup.evaluation.statistics.methods.refusals import MethodRefused
from schoolgroup.evaluation.statistics.privacy import hide_rows
from schoolgroup.evaluation.statistics.release import few_chose
from schoolgroup.evaluation.statistics.rules import by_slot
from schoolgroup.evaluation.value_added.differences import between_share
from schoolgroup.kernel.texts import Text

Pupils = npt.NDArray[np.int64]  # places of pupils among the rows of a frame

CODE_VERSION = "schoolgroup-analyses/2"  # moves whenever a figure would come out otherwise
CELL_PUPILS_MIN = 10
IRT_PUPILS_MIN = 200  # below it a 2PL's slopes are noise; Rasch needs fewer (Linacre 1994: 50)
RASCH_PUPILS_MIN = 50


def table_of(frame: Frame) -> item_methods.Table:
    """The marks in whole marks; NaN where an optional item does not count for the pupil."""
    found: item_methods.Table = frame.marks / 2
    return found if frame.counted is None else np.where(frame.counted, found, np.nan)


def slots_of(frame: Frame) -> item_methods.Table:
    """The marks in whole marks with each group of optional items as one column: no gaps."""
    whole = frame.marks if frame.counted is None else by_slot(frame.subject, frame.marks)
    found: item_methods.Table = whole / 2
    return found


def by_school(
    frame: Frame, one: Callable[[Pupils], dict[str, Any]], k: int = CELL_PUPILS_MIN
) -> list[dict[str, Any]]:
    """A row per school, by name; where a school is too small the row says so and nothing else.

    `one` is given the places of the school's pupils among the rows of the frame.
    """
    names = np.asarray(frame.schools, dtype=np.str_)
    sizes = {
        str(name): int(n) for name, n in zip(*np.unique(names, return_counts=True), strict=True)
    }
    hidden = hide_rows(sizes, k)
    rows = []
    for name in sorted(sizes):
        if name in hidden.rows:
            rows.append({"school": name, "suppressed": True})
        else:
            rows.append({"school": name, "suppressed": False, **one(np.flatnonzero(names == name))})
    return rows


def scores(frame: Frame, asked: AnalysisInput) -> Found:
    """n, mean, sd (of the population that sat), quartiles of type 7, of all and by school."""

    def of(rows: Pupils) -> dict[str, Any]:
        return plain(score_methods.summary(score_methods.histogram(frame.totals[rows])))

    return Found(
        n=len(frame.everyone),
        parameters={
            "sd": "population", "quartiles": "type 7", "cell_pupils_min": CELL_PUPILS_MIN,
            "full_marks": frame.subject.full_half_marks / 2,
        },
        figures=plain(score_methods.summary(score_methods.histogram(frame.everyone))),
        rows=by_school(frame, of),
    )  # fmt: skip


def score_table(frame: Frame, asked: AnalysisInput) -> Found:
    """一分一段表 by whole marks, with the competition rank of each line."""
    counts = score_methods.histogram(frame.everyone)
    rows = [
        {"from_marks": row.from_half_marks / 2, "n": row.n, "n_at_or_above": row.n_at_or_above,
         "rank": row.rank}
        for row in score_methods.score_table(counts)
    ]  # fmt: skip
    return Found(counts.n, {"step_marks": 1, "ties": "competition"}, {}, rows)


def lines(frames: Sequence[Frame], asked: AnalysisInput) -> Found:
    """上线与单科有效分: the line of the total over all subjects, then each subject's own line.

    Of those present in every subject. Counts only: near the line stands how many, never who.
    """
    totals, subjects, n_left_out = _in_all(frames)
    if asked.places is not None:
        line = line_by_count(totals, asked.places)
    else:
        line = line_by_score(totals, round((asked.line_marks or 0) * 2))
    figures: dict[str, Any] = {
        "line_marks": float(line.half_marks) / 2, "n_reached": line.n_reached, "rate": line.rate,
        "n_not_in_every_subject": n_left_out,
    }  # fmt: skip
    if asked.near_marks is not None:
        near = near_line(totals, line.half_marks, round(asked.near_marks * 2))
        figures |= {"n_near_below": len(near.below), "n_near_above": len(near.at_or_above)}
    rows = []
    for name, of_subject in subjects.items():
        found = subject_line(totals, of_subject, line.half_marks)
        rows.append(
            {
                "subject": name, "line_marks": round(float(found.line.half_marks) / 2, 6),
                "n_reached": found.line.n_reached, "rate": found.line.rate,
                "n_total_reached": found.n_total_reached, "both": found.both,
                "subject_only": found.subject_only, "total_only": found.total_only,
                "hit_rate": found.hit_rate, "contribution_rate": found.contribution_rate,
            }
        )  # fmt: skip
    parameters = {
        "set_by": "places" if asked.places is not None else "marks",
        "subject_line": "T0 x subject mean / total mean of those at or above T0",
    }
    return Found(len(totals), parameters, figures, rows)


def assigned(frame: Frame, asked: AnalysisInput) -> Found:
    """等级赋分 of each whole raw mark that occurs; what the official text leaves open is named."""
    scheme = SCHEMES[asked.scheme or ""]
    assert asked.boundary is not None
    # half up to whole marks first: the official scheme knows integers only
    raws, counts = np.unique((frame.everyone + 1) // 2, return_counts=True)
    found = assign(
        dict(zip(raws.tolist(), counts.tolist(), strict=True)),
        scheme,
        asked.boundary,
        tie=asked.tie or Tie.MORE,
        one_score=asked.one_score or OneScore.MAX,
    )
    rows = [
        {"raw": raw, "assigned": marks, "level": found.level_of[raw]}
        for raw, marks in sorted(found.assigned.items(), reverse=True)
    ]
    parameters = {
        "scheme": scheme.code, "source": scheme.source, "boundary": found.boundary,
        "tie": found.tie, "one_score": found.one_score, "raw": "whole marks, half up",
    }  # fmt: skip
    levels = [msgspec.to_builtins(level) for level in found.levels]
    return Found(found.n, parameters, {"levels": levels}, rows)


def items(frame: Frame, asked: AnalysisInput) -> Found:
    """Difficulty and discrimination of every item, with what a paper's maker should look at."""
    most = [item.max_half_marks / 2 for item in frame.subject.items]
    labels = [item.label for item in frame.subject.items]
    table = _some(table_of(frame))
    whole = reliability_methods.reliability(slots_of(frame))
    analysed = item_methods.analyse(table, most, labels)
    # of optional items that hardly anybody chose no figure is told, nor of their alternatives
    few = few_chose(frame.subject, {one.label: one.n for one in analysed}, CELL_PUPILS_MIN)
    rows = []
    indices = _indices(frame, most)
    for item, found, index in zip(frame.subject.items, analysed, indices, strict=True):
        about = {
            "knowledge_point": item.knowledge_point,
            "ability": item.ability,
            "target_percent": item.target_percent,
        }
        if item.choice:
            about["choice"] = item.choice
        told = {"label": item.label, "suppressed": True}
        rows.append((told if item.label in few else plain(found) | index) | about)
    figures = {"alpha": whole.alpha, "sem": whole.sem, "n_items": whole.n_items}
    return Found(
        len(table),
        {"extreme_groups_percent": item_methods.EXTREME_PERCENT, "indices": "percent, as Moodle's"},
        figures,
        rows,
    )


def reliability(frame: Frame, asked: AnalysisInput) -> Found:
    """Alpha, split halves and the standard error; at a line, how many stand on the wrong side."""
    table = _some(slots_of(frame))
    found = reliability_methods.reliability(table)
    figures = plain(found)
    if asked.line_marks is not None:
        figures["misclassified"] = reliability_methods.misclassified(
            table.sum(axis=1), asked.line_marks, found.alpha
        )
    parameters = {} if asked.line_marks is None else {"line_marks": asked.line_marks}
    return Found(len(table), parameters, figures, [])


def irt(frame: Frame, asked: AnalysisInput) -> Found:
    """Rasch or 2PL (graded where an item has more than two marks), by marginal likelihood."""
    model = asked.model or irt_methods.Model.TWO_PL
    needed = RASCH_PUPILS_MIN if model is irt_methods.Model.RASCH else IRT_PUPILS_MIN
    table = table_of(frame)
    if len(table) < needed:
        raise MethodRefused(
            Text(f"{model} needs {needed} pupils; {len(table)} sat",
                 f"{model} 模型至少需要 {needed} 名考生，实考 {len(table)} 人")
        )  # fmt: skip
    fitted = irt_methods.fit(table, model, [item.label for item in frame.subject.items])
    figures = {
        "log_likelihood": fitted.log_likelihood, "aic": fitted.aic, "bic": fitted.bic,
        "converged": fitted.converged, "parameters": fitted.parameters,
        "reliability": abilities(table, fitted).reliability,
    }  # fmt: skip
    parameters = {"model": model, "estimation": "marginal maximum likelihood, theta ~ N(0, 1)"}
    return Found(len(table), parameters, figures, [plain(item) for item in fitted.items])


def differences(frame: Frame, asked: AnalysisInput) -> Found:
    """校际差异: the share of the variance of totals that lies between schools (ICC, REML)."""
    totals = frame.totals / 2
    found = between_share(frame.schools, totals)
    schools = len(set(frame.schools))
    return Found(
        len(totals),
        {"model": "total = a + u_school + e", "criterion": "REML"},
        {"between_share": found, "schools": schools},
        [],
    )


ONE_FRAME: dict[Method, Callable[[Frame, AnalysisInput], Found]] = {
    Method.SCORES: scores,
    Method.SCORE_TABLE: score_table,
    Method.ASSIGNED: assigned,
    Method.ITEMS: items,
    Method.RELIABILITY: reliability,
    Method.IRT: irt,
    Method.DIFFERENCES: differences,
}


def _in_all(frames: Sequence[Frame]) -> tuple[Marks, dict[str, Marks], int]:
    """Totals over all subjects of those present in every one, and how many were not."""
    places = [
        {key: n for n, key in enumerate(zip(frame.schools, frame.pupils, strict=True))}
        for frame in frames
    ]
    everyone = set().union(*places)
    common = sorted(set.intersection(*(set(place) for place in places)))
    subjects = {
        frame.subject.subject: frame.totals[[place[key] for key in common]]
        for frame, place in zip(frames, places, strict=True)
    }
    totals: Marks = np.stack(list(subjects.values())).sum(axis=0)
    return totals, subjects, len(everyone) - len(common)


def is_everybodys(frame: Frame, item: int) -> bool:
    """Whether the item counts for every pupil."""
    return frame.counted is None or bool(frame.counted[:, item].all())


def _indices(frame: Frame, most: list[float]) -> list[dict[str, float | None]]:
    """Moodle's indices, in percent; null for optional items, which not everybody answered.

    The effective weights share out the whole paper, so where items are optional there are none.
    """
    marks = frame.marks / 2
    rows = []
    for at, one in enumerate(moodle_methods.moodle_items(marks, most, marks.sum(axis=1))):
        everybodys = is_everybodys(frame, at)
        rows.append(
            {
                "discrimination_index": one.discrimination_index if everybodys else None,
                "discriminative_efficiency": one.discriminative_efficiency if everybodys else None,
                "effective_weight": one.effective_weight if frame.counted is None else None,
            }
        )
    return rows


def _some(table: item_methods.Table) -> item_methods.Table:
    if len(table) < 2:
        raise MethodRefused(Text("fewer than two pupils sat", "实考不足两人"))
    return table


def plain(found: msgspec.Struct) -> dict[str, Any]:
    """A method's result as an answer carries it."""
    plain: dict[str, Any] = msgspec.to_builtins(found)
    return plain
