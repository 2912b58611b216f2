"""`evaluate --check FOLDER`: our figures beside those of other programs, within tolerances.

The folder holds data files and `reference.json`; a part that is not there is not compared, and
the answer says so. The format is described in README.md.
"""

import json
import re
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from schoolgroup.evaluation.sheet import Sheet, read_sheet
from schoolgroup.evaluation.statistics.methods import (
    abilities,
    assigned,
    dif,
    equating,
    irt,
    items,
    moodle,
    raters,
    reliability,
    rounding,
    scores,
)
from schoolgroup.evaluation.statistics.methods.refusals import MethodRefused
from schoolgroup.evaluation.value_added.differences import coefficient_of_variation
from schoolgroup.evaluation.value_added.random_intercept import fit_intercept
from schoolgroup.evaluation.value_added.random_slope import fit_slope
from schoolgroup.evaluation.value_added.sums import from_rows
from schoolgroup.kernel.texts import Text

# as reference.json's own `tolerances`, which are prose
CLOSED, MIXED, SLOPE, MIRT, LTM, EQUATE, MOODLE = 1e-9, 1e-6, 1e-5, 1e-5, 2e-4, 1e-6, 1.5e-5
MIXED_CALL = re.compile(r"lmer\((\w+) ~ (.+) \+ \((.+) \| (\w+)\), REML=(\w+)\)")

Pair = tuple[float | None, float | None]
Found = Iterator[tuple[str, float, list[Pair]]]


class Folder:
    """The reference and its data files."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        try:
            self.answers: dict[str, Any] = json.loads((folder / "reference.json").read_bytes())
        except (OSError, ValueError) as failed:
            raise MethodRefused(
                Text(
                    f"no readable reference.json in {folder}",
                    f"{folder} 中没有可用的 reference.json",
                )
            ) from failed

    def sheet(self, stem: str) -> Sheet | None:
        """The data file whose name begins so, whatever its case; None if there is none."""
        for file in sorted(self.folder.glob("*.csv")):
            if file.stem.lower().startswith(stem.lower()):
                return read_sheet(file)
        return None


def check_folder(folder: Path) -> tuple[int, str]:
    """(0 if everything compared agrees, else 1; one line per comparison)."""
    there = Folder(folder)
    lines, failed, compared = [], 0, 0
    parts: list[Callable[[Folder], Found]] = [
        _value_added, _classical, _irt, _dif, _raters, _equating, _chinese, _moodle
    ]  # fmt: skip
    for part in parts:
        before = compared
        for name, tolerance, pairs in part(there):
            worst = max((_apart(ours, theirs) for ours, theirs in pairs), default=0.0)
            agrees = bool(pairs) and worst <= tolerance
            compared, failed = compared + len(pairs), failed + (not agrees)
            lines.append(
                f"{'ok  ' if agrees else 'FAIL'} {name:<44} {len(pairs):>5} figures, "
                f"furthest {worst:.1e} of {tolerance:.1e}"
            )
        if compared == before:
            lines.append(f"–    {part.__name__[1:]:<44}     0 figures: no data or no answers")
    lines.append(f"{compared} figures compared, {failed} comparisons outside their tolerance")
    return (1 if failed or not compared else 0), "\n".join(lines)


def _apart(ours: float | None, theirs: float | None) -> float:
    if ours is None or theirs is None:
        return 0.0 if ours is theirs else float("inf")
    return abs(ours - theirs)


def _value_added(there: Folder) -> Found:
    for name, answer in there.answers.get("value_added", {}).items():
        call = MIXED_CALL.fullmatch(answer.get("call", "").strip())
        sheet = there.sheet(name.partition("_")[0]) if call else None
        if call is None or sheet is None:
            continue
        outcome, terms, random, group, reml = call.groups()
        columns = [
            column for term in terms.split(" + ") if term != "1"
            for column in _predictors(sheet, term, list(answer["fixef"]["estimate"]))
        ]  # fmt: skip
        x = np.column_stack(columns) if columns else np.empty((len(sheet.rows), 0))
        moments = from_rows(sheet.text(group), x, sheet.numbers(outcome))
        varcor = {(row["grp"], row["var1"], row["var2"]): row["vcov"] for row in answer["varcor"]}
        wanted = [*answer["fixef"]["estimate"].values(), *answer["fixef"]["se"].values(),
                  varcor[(group, "(Intercept)", None)], varcor[("Residual", None, None)],
                  answer["logLik"]]  # fmt: skip
        if random != "1":
            slope = fit_slope(moments, centre=0.0, reml=reml == "TRUE")
            ours = [*slope.fixed, *slope.fixed_se, slope.tau2_intercept, slope.sigma2,
                    slope.log_likelihood, slope.tau2_slope, slope.covariance]  # fmt: skip
            wanted += [varcor[(group, random, None)], varcor[(group, "(Intercept)", random)]]
            yield name, SLOPE, list(zip(ours, wanted, strict=True))
            continue
        fit = fit_intercept(moments, reml=reml == "TRUE")
        ours = [*fit.fixed, *fit.fixed_se, fit.tau2, fit.sigma2, fit.log_likelihood]
        pairs: list[Pair] = list(zip(ours, wanted, strict=True))
        effects = {each.school: each for each in fit.effects}
        for row in answer.get("blups", []):
            mine = effects[row["group"]]
            pairs.append((mine.effect, row["blup_(Intercept)"]))
            pairs.append((mine.se, row["condsd_(Intercept)"]))
        yield name, MIXED, pairs


def _predictors(sheet: Sheet, term: str, effects: list[str]) -> list[items.Column]:
    """A numeric column, or 0/1 columns of a factor's levels as the answer names them."""
    if term in effects:
        return [sheet.numbers(term)]
    cells = sheet.text(term)
    levels = [effect.removeprefix(term) for effect in effects if effect.startswith(term)]
    return [np.array([float(cell == level) for cell in cells]) for level in levels]


def _binary(there: Folder, name: str, labels: list[str]) -> items.Table | None:
    sheet = there.sheet(name)
    return None if sheet is None else sheet.table(labels)


def _classical(there: Folder) -> Found:
    for name, answer in there.answers.get("classical", {}).items():
        labels = [row["item"] for row in answer.get("items", [])]
        table = _binary(there, name, labels) if labels else None
        if table is None:
            continue
        found = items.analyse(table, [row["max"] for row in answer["items"]], labels)
        pairs: list[Pair] = []
        for item, row in zip(found, answer["items"], strict=True):
            pairs += [(item.p, row["difficulty_p"]), (item.total_r, row["item_total_r"]),
                      (item.rest_r, row["corrected_item_total_r"]),
                      (item.alpha_without, row["alpha_if_deleted"]),
                      (item.d27, row["D27_ties_included"])]  # fmt: skip
        yield f"{name} items", CLOSED, pairs
        whole, total = reliability.reliability(table), items.totals(table)
        yield f"{name} reliability", CLOSED, [
            (float(total.mean()), answer["mean"]), (float(total.std()), answer["sd_pop"]),
            (whole.alpha, answer["alpha"]), (whole.alpha_standardised, answer["alpha_std"]),
            (whole.lambda6, answer["lambda6"]), (whole.sem_sample, answer["SEM_sampleSD"]),
            (whole.kr20, answer["KR20_popvar"]), (whole.kr21, answer["KR21_popvar"]),
            (whole.half_r, answer["split_half_odd_even_r"]),
            (whole.spearman_brown, answer["spearman_brown"]),
            (whole.lambda4, answer["guttman_l4_odd_even"]),
        ]  # fmt: skip


def _irt(there: Folder) -> Found:
    for name, answer in there.answers.get("irt", {}).items():
        stem, _, kind = name.partition("_")
        sheet = there.sheet(stem)
        if sheet is None or kind not in ("mirt_2PL", "ltm_2pl", "ltm_rasch_free", "ltm_rasch_a1"):
            continue
        rows = answer.get("slope_intercept") or answer["coef"]
        labels = list(sheet.names[: len(rows)])
        table = sheet.table(labels)
        model = irt.Model.RASCH if "rasch" in kind else irt.Model.TWO_PL
        fit = irt.fit(table, model, labels, slope=1.0 if kind.endswith("a1") else None)
        pairs: list[Pair] = [(fit.log_likelihood, answer["logLik"])]
        if "ltm" in kind:
            # ltm's 2PL stops 2e-3 short of the maximum in b, so only its likelihood is held to
            held = rows if model is irt.Model.RASCH else []
            for item, (b, a) in zip(fit.items, held, strict=False):
                pairs += [(item.a, a), (-item.d[0] / (item.a or 1), b)]
            yield name, LTM, pairs
            continue
        for item, row in zip(fit.items, rows, strict=True):
            pairs += [(item.a, row["a1"]), (item.d[0], row["d"])]
        found = abilities.abilities(table, fit)
        pairs += zip(found.eap, answer["EAP_first10"], strict=False)
        pairs += zip(found.eap_se, answer["EAP_SE_first10"], strict=False)
        pairs.append((found.reliability, answer["empirical_reliability"]))
        yield name, MIRT, pairs


def _dif(there: Folder) -> Found:
    for name, answer in there.answers.get("dif", {}).items():
        sheet = there.sheet(name)
        if sheet is None or "gender" not in sheet.names:
            continue
        table = sheet.table([row["item"] for row in answer["items"]])
        group = sheet.numbers("gender") == 1
        focal = group if int(group.sum()) == answer["n_focal"] else ~group
        pairs: list[Pair] = []
        for mh, lr, row in zip(
            dif.mantel_haenszel(table, focal), dif.logistic(table, focal), answer["items"],
            strict=True,
        ):  # fmt: skip
            pairs += [(mh.chi2_corrected, row["MH_chi2_cc"]), (mh.chi2, row["MH_chi2_nocc"]),
                      (mh.alpha, row["alphaMH"]), (mh.delta, row["deltaMH"]),
                      (mh.var_log_alpha, row["var_log_alpha"]), (mh.p_difference, row["stdPDIF"]),
                      (lr.both, row["LR_both"]), (lr.uniform, row["LR_udif"]),
                      (lr.nonuniform, row["LR_nudif"])]  # fmt: skip
        yield f"{name} DIF", CLOSED, pairs


def _raters(there: Folder) -> Found:
    answers = there.answers.get("raters", {})
    if "vision" in answers:
        answer = answers["vision"]
        table, sheet = answer["table"], there.sheet("irr_vision")
        if sheet is not None:
            first, second = (sheet.text(name) for name in sheet.names[:2])
            table = raters.pairs_table(first, second, answer["levels"])
        plain = raters.kappa(table)
        yield "weighted kappa", CLOSED, [
            (plain.kappa, answer["kappa"]), (plain.z, answer["kappa_z"]),
            (raters.kappa(table, "linear").kappa, answer["kappa_linear"]),
            (raters.kappa(table, "quadratic").kappa, answer["kappa_quadratic"]),
        ]  # fmt: skip
    if "ShroutFleiss1979" in answers:
        answer = answers["ShroutFleiss1979"]
        pairs: list[Pair] = []
        for one, row in zip(
            raters.icc(np.array(answer["data"], float)), answer["icc"], strict=True
        ):
            pairs += [(one.icc, row["ICC"]), (one.f, row["F"]), (one.p_value, row["p"]),
                      (one.low, row["lower bound"]), (one.high, row["upper bound"])]  # fmt: skip
        yield "intraclass correlations", CLOSED, pairs
    if "Krippendorff_example" in answers:
        answer = answers["Krippendorff_example"]
        units = [
            [None if one == "NA" else float(one) for one in unit]
            for unit in zip(*answer["data_raters_by_units"], strict=True)
        ]
        scales: tuple[raters.Scale, ...] = ("nominal", "ordinal", "interval", "ratio")
        yield (
            "Krippendorff's alpha",
            CLOSED,
            [(raters.krippendorff(units, scale), answer[scale]) for scale in scales],
        )


def _equating(there: Folder) -> Found:
    for name, answer in there.answers.get("equating", {}).items():
        sheet = there.sheet(name)
        if sheet is None:
            continue
        lowest = int(sheet.numbers("scale")[0])
        x, y = (
            equating.Form(tuple(sheet.numbers(column).tolist()), lowest)
            for column in ("xcount", "ycount")
        )
        ways: tuple[tuple[str, equating.Method, int | None], ...] = (
            ("mean", "mean", None), ("linear", "linear", None),
            ("equip", "equipercentile", None), ("equip_loglin66", "equipercentile", 6),
        )  # fmt: skip
        for column, method, degree in ways:
            found = equating.equate(x, y, method, degree)
            yield (
                f"{name} {column}",
                EQUATE,
                [(found.of(row["score"]), row[column]) for row in answer["table"]],
            )


def _chinese(there: Folder) -> Found:
    answers = there.answers.get("chinese", {})
    if "rounding_half_up" in answers:
        yield (
            "rounding half up",
            0.0,
            [
                (float(rounding.half_up(row["value"], row["dec"]) - Fraction(row["half_up"])), 0.0)
                for row in answers["rounding_half_up"]
            ],
        )
    if "ranks" in answers:
        answer = answers["ranks"]
        marks = np.array(answer["scores"]) * 2
        ties: tuple[tuple[str, scores.Ties], ...] = (
            ("min", "competition"), ("dense", "dense"), ("average", "average"), ("max", "last"),
        )  # fmt: skip
        pairs: list[Pair] = []
        for column, rule in ties:
            found = scores.ranks(scores.histogram(marks), rule)
            pairs += zip((found[mark] for mark in marks.tolist()), answer[column], strict=True)
        yield "ranks", 0.0, pairs
    if "coefficient_of_variation" in answers:
        answer = answers["coefficient_of_variation"]
        ours = coefficient_of_variation(
            [school["students"] for school in answer["schools"]],
            [school["books"] for school in answer["schools"]],
        )
        yield "coefficient of variation", CLOSED, [(ours, answer["cv"])]
    if "assigned_grades" in answers:
        yield from _assigned(answers["assigned_grades"])


def _assigned(answer: dict[str, Any]) -> Found:
    hand, real = answer["hand_example"], answer["shandong_8"]
    bounds = (hand[name] for name in ("Y", "Y1", "Y2", "T1", "T2"))
    exact = assigned.interpolate(*bounds)
    yield (
        "assigned grade by hand",
        0.0,
        [
            (float(exact - Fraction(hand["exact"])), 0.0),
            (rounding.whole_half_up(exact), hand["rounded"]),
        ],
    )
    counts = {int(raw): n for raw, n in real["raw_score_counts"].items()}
    for rule in assigned.Boundary:
        if rule.value not in real:
            continue
        found, wanted = assigned.assign(counts, assigned.SHANDONG, rule), real[rule.value]
        pairs: list[Pair] = [
            (mark, wanted["map"][str(raw)]) for raw, mark in found.assigned.items()
        ]
        for level, row in zip(found.levels, wanted["levels"], strict=True):
            pairs += [(level.n, row["n"]), (level.raw_highest, row["raw_hi"]),
                      (level.raw_lowest, row["raw_lo"])]  # fmt: skip
        mean = sum(found.assigned[raw] * n for raw, n in counts.items()) / found.n
        yield f"assigned grades, {rule}", CLOSED, [*pairs, (mean, wanted["mean_out"])]


def _moodle(there: Folder) -> Found:
    sheet, stats = there.sheet("results"), there.sheet("qstats")
    answer = there.answers.get("moodle_fixture_B", {}).get("fixture_B_results00")
    if sheet is None or stats is None or answer is None:
        return
    slots = [name for name in sheet.names if name.startswith("slots.")]
    table, total = sheet.table(slots), sheet.numbers("summarks")
    rows = [dict(zip(stats.names, row, strict=True)) for row in stats.rows]
    rows = [row for row in rows if not row["subqname"] and not row["variant"]]
    found = moodle.moodle_items(table, [float(row["maxmark"]) for row in rows], total)
    names = {
        "facility": "facility", "sd": "sd", "effectiveweight": "effective_weight",
        "discriminationindex": "discrimination_index",
        "discriminativeefficiency": "discriminative_efficiency",
    }  # fmt: skip
    pairs: list[Pair] = []
    for item, row in zip(found, rows, strict=True):
        figures = msgspec.to_builtins(item)
        pairs += [(figures[ours] / float(row[theirs]), 1.0) for theirs, ours in names.items()]
    quiz = msgspec.to_builtins(moodle.moodle_quiz(table, total))
    whole = {
        "median": "median", "avg": "mean", "standarddeviation": "sd", "skewness": "skewness",
        "kurtosis": "kurtosis", "cic": "cic", "errorratio": "error_ratio",
        "standarderror": "standard_error",
    }  # fmt: skip
    pairs += [(quiz[ours] / answer[theirs], 1.0) for theirs, ours in whole.items()]
    yield "Moodle's fixture (relative)", MOODLE, pairs
