"""The methods over two frozen exams: one scale for two papers, and what a school added."""

from collections.abc import Sequence
from typing import Any, Literal, cast

import numpy as np

from schoolgroup.evaluation.analyses.models import AnalysisInput, Found, Frame, How, Method
from schoolgroup.evaluation.analyses.rules import plain
from schoolgroup.evaluation.statistics.methods import anchors as anchor_methods
from schoolgroup.evaluation.statistics.methods import equating as equating_methods
from schoolgroup.evaluation.statistics.methods.refusals import MethodRefused
from schoolgroup.evaluation.statistics.methods.resampling import (
    REPLICATIONS,
    SEED,
    Pairs,
    pairs_of,
    standard_errors,
)
from schoolgroup.evaluation.value_added.progress import progress
from schoolgroup.evaluation.value_added.random_slope import fit_slope
from schoolgroup.evaluation.value_added.report import PUPILS_MIN, value_added
from schoolgroup.evaluation.value_added.sums import from_rows
from schoolgroup.kernel.texts import Text

ANCHORED = (How.TUCKER, How.LEVINE, How.CHAINED, How.CHAINED_EQUIPERCENTILE)
RESAMPLED = f"pupils drawn anew {REPLICATIONS} times, seed {SEED}"
MATCH = Text(
    "Pupils are matched by school and exam number; who has no earlier mark counts in the coverage "
    "only.",
    "学生按学校与考号匹配；没有前测成绩者仅计入覆盖率。",
)


def compare(frame: Frame, other: Frame, asked: AnalysisInput) -> Found:
    """The method asked for. Raises MethodRefused where the data do not carry it."""
    match asked.method:
        case Method.EQUATING if asked.how in ANCHORED:
            return _equate_through(frame, other, asked)
        case Method.EQUATING:
            return _equate(frame, other, asked)
        case Method.VALUE_ADDED:
            return _value_added(frame, other)
        case _:
            return _progress(frame, other)


def _equate(frame: Frame, other: Frame, asked: AnalysisInput) -> Found:
    """Random groups: both papers were taken by groups that do not differ in ability."""
    if asked.anchors is not None:
        raise MethodRefused(Text(f"{asked.how} takes no anchors", f"{asked.how} 方法不使用锚题"))
    x, y = frame.totals, other.totals
    if not len(x) or not len(y):
        raise MethodRefused(Text("nobody sat one of the papers", "有试卷无人参加"))
    # in half marks, so that nothing is rounded before the conversion
    forms = [
        equating_methods.form_of(totals, 0, each.subject.full_half_marks)
        for totals, each in ((x, frame), (y, other))
    ]
    how = cast("Literal['mean', 'linear', 'equipercentile']", str(asked.how))
    found = equating_methods.equate(forms[0], forms[1], how, asked.smoothed_degree)
    errors = [one.se for one in found.table]
    parameters = {"how": how, "design": "random groups", "smoothed_degree": asked.smoothed_degree}
    if found.smoothed_degree is not None:
        errors = [*equating_methods.smoothed_se(forms[0], forms[1], found.smoothed_degree)]
        parameters["standard_error"] = f"{RESAMPLED}, from the smoothed forms"
    rows = [
        {"marks": one.score / 2, "equivalent": one.equivalent / 2,
         "se": None if se is None else se / 2}
        for one, se in zip(found.table, errors, strict=True)
    ]  # fmt: skip
    figures = {
        "n_x": found.n_x, "n_y": found.n_y, "slope": found.slope,
        "intercept": None if found.intercept is None else found.intercept / 2,
    }  # fmt: skip
    return Found(len(x) + len(y), parameters, figures, rows)


def _equate_through(frame: Frame, other: Frame, asked: AnalysisInput) -> Found:
    """Common items: groups may differ; what both answered says how far."""
    wanted = asked.anchors or []
    pairs = [
        pairs_of(each.totals.astype(np.float64), anchor)
        for each, anchor in zip((frame, other), anchor_marks(frame, other, wanted), strict=True)
    ]
    most = [(each.subject.full_half_marks, int(pair.columns[:, 1].max()))
            for each, pair in zip((frame, other), pairs, strict=True)]  # fmt: skip
    groups = [anchor_methods.group_of_pairs(pair) for pair in pairs]
    every = np.arange(frame.subject.full_half_marks + 1, dtype=np.float64)
    line: tuple[float, float] | None = None

    def straight(drawn: Sequence[Pairs]) -> tuple[float, float]:
        x, y = (anchor_methods.group_of_pairs(pair) for pair in drawn)
        method = cast("anchor_methods.Method", str(asked.how))
        found = anchor_methods.equate_through(x, y, method)
        return found.intercept, found.slope

    def equivalents(drawn: Sequence[Pairs]) -> Any:
        if asked.how is not How.CHAINED_EQUIPERCENTILE:
            intercept, slope = straight(drawn)
            return intercept + slope * every
        x, v = anchor_methods.forms_of_pairs(drawn[0], most[0])
        y, w = anchor_methods.forms_of_pairs(drawn[1], most[1])
        return np.array(anchor_methods.chained_equipercentile(x, v, w, y))

    if asked.how is not How.CHAINED_EQUIPERCENTILE:
        line = straight(pairs)
    found, errors = equivalents(pairs).tolist(), standard_errors(pairs, equivalents)
    rows = [
        {"marks": half / 2, "equivalent": equivalent / 2, "se": se / 2}
        for half, (equivalent, se) in enumerate(zip(found, errors, strict=True))
    ]
    parameters = {
        "how": str(asked.how), "design": "common items", "anchors": wanted,
        "anchor_is": "part of both totals", "standard_error": RESAMPLED,
    }  # fmt: skip
    if asked.how in (How.TUCKER, How.LEVINE):
        parameters["synthetic_population"] = "both groups by their numbers"
    figures = {
        "n_x": groups[0].n, "n_y": groups[1].n,
        "intercept": line[0] / 2 if line else None, "slope": line[1] if line else None,
        "anchor_mean_x": groups[0].anchor_mean / 2, "anchor_mean_y": groups[1].anchor_mean / 2,
        "anchor_items": anchor_items(frame, other, wanted),
    }  # fmt: skip
    return Found(groups[0].n + groups[1].n, parameters, figures, rows)


def _value_added(frame: Frame, prior: Frame) -> Found:
    """增值: random intercepts by REML, with the slope's test beside it; see value_added.report."""
    before, outcome = _pairs(frame, prior)
    moments = from_rows(frame.schools, before, outcome)
    found = value_added(moments)
    slope = fit_slope(moments)
    fit = found.fit
    figures: dict[str, Any] = {
        "formula": found.formula, "a": fit.fixed[0], "a_se": fit.fixed_se[0], "b": fit.fixed[1],
        "b_se": fit.fixed_se[1], "tau2": fit.tau2, "sigma2": fit.sigma2, "icc": fit.icc,
        "at_boundary": fit.at_boundary, "schools": fit.n_schools,
        "slope": {"variance": slope.tau2_slope, "likelihood_ratio": slope.likelihood_ratio,
                  "p_value": slope.p_value, "earned": slope.earns_slope()},
    }  # fmt: skip
    parameters = {
        "criterion": fit.criterion, "confidence": fit.confidence, "pupils_min": found.pupils_min,
        "band_size_sd": found.size, "match": "school and exam number",
    }  # fmt: skip
    figures["coverage"] = fit.n / len(frame.schools)
    rows = [plain(one) for one in found.schools]
    if slope.earns_slope():
        # lines that cross: "the" effect of a school has no meaning, so it is told at three priors
        figures["slope"]["centre"] = slope.centre
        at = {each.school: each.at for each in slope.effects}
        for row in rows:
            told = row["n"] >= found.pupils_min
            row["at_priors"] = [
                {"prior": prior, "effect": effect, "se": se}
                for prior, effect, se in (at[row["school"]] if told else ())
            ]
    return Found(fit.n, parameters, figures, rows, [MATCH])


def _progress(frame: Frame, prior: Frame) -> Found:
    """The simple twin: the mean distance from what pupils with the same earlier mark reach."""
    before, outcome = _pairs(frame, prior)
    found = progress(frame.schools, before, outcome)
    rows = [
        plain(one)
        if one.n >= PUPILS_MIN
        else {"school": one.school, "n": one.n, "suppressed": True}
        for one in found.schools
    ]
    expected = [
        {"prior_from": low, "prior_to": high, "n": n, "mean": mean}
        for low, high, n, mean in found.expected
    ]
    parameters = {"groups": len(expected), "pupils_min": PUPILS_MIN, "confidence": 0.95,
                  "match": "school and exam number"}  # fmt: skip
    return Found(found.n, parameters, {"sd": found.sd, "expected": expected}, rows, [MATCH])


def _pairs(frame: Frame, prior: Frame) -> tuple[Any, Any]:
    """Each pupil's earlier total (nan where there is none) and the total now, in marks."""
    earlier = {
        key: total / 2
        for key, total in zip(
            zip(prior.schools, prior.pupils, strict=True), prior.totals.tolist(), strict=True
        )
    }
    keys = zip(frame.schools, frame.pupils, strict=True)
    before = np.array([earlier.get(key, np.nan) for key in keys], dtype=np.float64)
    if np.isnan(before).all():
        raise MethodRefused(
            Text("no pupil of this exam is found in the other", "两次考试没有可匹配的学生")
        )
    return before, frame.totals / 2


def anchor_marks(frame: Frame, other: Frame, labels: list[str]) -> list[Any]:
    """The half marks on the anchors, of each frame's pupils.

    Raises MethodRefused unless both papers have every label, with the same maximum.
    """
    at = [_places(each, labels) for each in (frame, other)]
    if not labels or any(place is None for place in at):
        raise MethodRefused(
            Text(
                "anchors are labels of items with the same maximum in both papers",
                "锚题须为两份试卷中题号相同且满分相同的题目",
            )
        )
    if not all(
        each.counted is None or bool(each.counted[:, place or []].all())
        for each, place in zip((frame, other), at, strict=True)
    ):
        raise MethodRefused(
            Text("an anchor is an optional item: not everybody answered it", "锚题不能为选做题")
        )
    most = [[each.subject.items[n].max_half_marks for n in place or []]
            for each, place in zip((frame, other), at, strict=True)]  # fmt: skip
    if most[0] != most[1]:
        raise MethodRefused(
            Text("an anchor has another maximum in the other paper", "锚题在两份试卷中满分不同")
        )
    return [
        each.marks[:, place or []].sum(axis=1).astype(np.float64)
        for each, place in zip((frame, other), at, strict=True)
    ]


def anchor_items(frame: Frame, other: Frame, labels: list[str]) -> list[dict[str, Any]]:
    """Each anchor's difficulty in both: one that moved unlike the rest is no anchor."""
    rows = []
    for label in labels:
        found: dict[str, Any] = {"label": label}
        for name, each in (("p_x", frame), ("p_y", other)):
            (at,) = _places(each, [label]) or [0]
            most = each.subject.items[at].max_half_marks * len(each.marks)
            found[name] = int(each.marks[:, at].sum()) / most if most else None
        rows.append(found)
    return rows


def _places(frame: Frame, labels: list[str]) -> list[int] | None:
    known = {item.label: n for n, item in enumerate(frame.subject.items)}
    return [known[label] for label in labels] if all(one in known for one in labels) else None
