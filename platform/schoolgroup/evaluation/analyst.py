"""`schoolgroup evaluate FILE.csv`: the same methods on a plain file, printed or written.

The quickest way to trust a figure: no server, no account. A file of items gives the item analysis;
totals with a school and a prior attainment give value-added; two forms give an equating.
"""

import argparse
import json
from typing import Any

import msgspec
import numpy as np

from schoolgroup.evaluation.analyses.functioning import dif_rows
from schoolgroup.evaluation.reference import check_folder
from schoolgroup.evaluation.sheet import Sheet, read_sheet
from schoolgroup.evaluation.statistics.methods import equating, irt, items, reliability
from schoolgroup.evaluation.statistics.methods.refusals import NotUsable
from schoolgroup.evaluation.value_added.progress import Progress, progress
from schoolgroup.evaluation.value_added.random_slope import fit_slope
from schoolgroup.evaluation.value_added.report import PUPILS_MIN, value_added
from schoolgroup.evaluation.value_added.sums import (
    Moments,
    SixNumbers,
    from_rows,
    from_six_numbers,
)
from schoolgroup.kernel.sheets import write_csv
from schoolgroup.kernel.texts import Text

CODE_VERSION = "schoolgroup-methods/2"  # moves whenever a figure would come out otherwise

SUMS = ("school", "n", "sum_x", "sum_y", "sum_xx", "sum_xy", "sum_yy")

Row = dict[str, Any]


class Report(msgspec.Struct, frozen=True):
    """One evaluation: what was asked of which bytes, one figure per name, one row per thing."""

    method: str
    parameters: dict[str, Any]
    n: int
    file_sha256: str
    code_version: str
    figures: dict[str, Any]
    rows: list[Row]


def run(asked: argparse.Namespace) -> tuple[int, str]:
    """(exit code, what to print). Raises NotUsable where there is no honest figure."""
    if asked.check is not None:
        return check_folder(asked.check)
    if asked.file is None:
        raise NotUsable(Text("give a file, or --check FOLDER", "请给出文件，或使用 --check"))
    try:
        sheet = read_sheet(asked.file)
        report = evaluate(sheet, asked)
        if asked.write is not None:
            asked.write.write_bytes(written(report, asked.write.suffix))
            return 0, f"{report.method}: n = {report.n}, written to {asked.write}"
    except OSError as failed:
        raise NotUsable(Text(f"{failed.filename}: {failed.strerror}", str(failed))) from failed
    return 0, shown(report)


def evaluate(sheet: Sheet, asked: argparse.Namespace) -> Report:
    """Value-added with --school or --sums, equating with --form-x, the item analysis otherwise."""
    if asked.sums:
        return _from_sums(sheet, asked)
    if asked.school is not None:
        return _value_added(sheet, asked)
    if asked.form_x is not None:
        return _equating(sheet, asked)
    return _items(sheet, asked)


def written(report: Report, suffix: str) -> bytes:
    """The report as a file: JSON whole, CSV its rows; the same request gives the same bytes."""
    if suffix == ".csv":
        names = list(report.rows[0]) if report.rows else []
        return write_csv(names, ([row[name] for name in names] for row in report.rows))
    if suffix != ".json":
        raise NotUsable(Text("write to a .json or a .csv file", "只能写入 .json 或 .csv 文件"))
    plain = msgspec.to_builtins(report)
    return (json.dumps(plain, ensure_ascii=False, indent=1, allow_nan=False) + "\n").encode()


def shown(report: Report) -> str:
    """The report as text: figures first, then the rows under each other."""
    lines = [f"{report.method}: n = {report.n}, file sha256 {report.file_sha256[:16]}…"]
    both = {**report.parameters, **report.figures}
    width = max((len(name) for name in both), default=0)
    lines += [f"  {name:<{width}}  {_cell(value)}" for name, value in both.items()]
    if report.rows:
        names = list(report.rows[0])
        cells = [names, *([_cell(row[name]) for name in names] for row in report.rows)]
        widths = [max(len(line[at]) for line in cells) for at in range(len(names))]
        lines.append("")
        lines += [
            "  ".join(c.rjust(w) for c, w in zip(line, widths, strict=True)) for line in cells
        ]
    return "\n".join(lines)


def _cell(value: object) -> str:
    if value is None:
        return "–"
    if isinstance(value, float):
        return f"{value:.4f}"
    if isinstance(value, (tuple, list)):
        return " ".join(_cell(one) for one in value)
    return str(value)


def _items(sheet: Sheet, asked: argparse.Namespace) -> Report:
    left_out = {*filter(None, asked.leave_out.split(",")), asked.group}
    names = [name for name in sheet.names if name not in left_out]
    key = _key(asked.key, len(names))
    if key:
        chosen = list(zip(*(sheet.text(name) for name in names), strict=True))
        table = items.score_answers(chosen, key)
        omitted = np.array([[not cell for cell in row] for row in chosen])
        most = [1.0] * len(names)
    else:
        table = items.checked(sheet.table(names))
        omitted = None
        most = [float(np.nanmax(own)) if not np.isnan(own).all() else 1.0 for own in table.T]
    rows = [msgspec.to_builtins(found) for found in items.analyse(table, most, names, omitted)]
    total = items.totals(table)
    whole = reliability.reliability(table)
    figures: Row = {
        "mean": float(total.mean()),
        "sd_population": float(total.std()),
        **msgspec.to_builtins(whole),
    }
    if asked.line is not None:
        figures["misclassified"] = reliability.misclassified(total, asked.line, whole.alpha)
    parameters: Row = {"maximum": "the key" if key else "the highest mark that occurs"}
    if asked.model:
        fitted = irt.fit(table, irt.Model(asked.model), names)
        figures |= {"irt_log_likelihood": fitted.log_likelihood, "irt_converged": fitted.converged}
        for row, item in zip(rows, fitted.items, strict=True):
            row |= {"a": item.a, "a_se": item.a_se, "d": item.d, "b": item.b}
    if asked.group:
        groups = sheet.text(asked.group)
        if asked.focal not in groups:
            raise NotUsable(
                Text(
                    f"--focal is one of {sorted(set(groups))}",
                    f"--focal 取值为 {sorted(set(groups))}",
                )
            )
        focal = np.array([group == asked.focal for group in groups])
        found, more = dif_rows(table, focal, purify=asked.purify)
        parameters |= more | {"matching_items": [names[at] for at in more["matching_items"]]}
        for row, one in zip(rows, found, strict=True):
            row |= {"dif": one["procedure"], "dif_p": one["p_value"], "smd": one["smd"],
                    "smd_se": one["smd_se"], "mh_delta": one.get("delta"),
                    "ets": one["ets"] and str(one["ets"]),
                    "logistic_p": one["logistic"]["p_both"]}  # fmt: skip
    return _report("item analysis", parameters, len(table), sheet, figures, rows)


def _key(given: str, n_items: int) -> list[str]:
    if not given:
        return []
    key = given.split(",") if "," in given else list(given)
    if len(key) != n_items:
        raise NotUsable(
            Text(f"the key has {len(key)} options for {n_items} items",
                 f"答案有 {len(key)} 个，题目有 {n_items} 道")
        )  # fmt: skip
    return key


def _value_added(sheet: Sheet, asked: argparse.Namespace) -> Report:
    if asked.outcome is None or asked.prior is None:
        raise NotUsable(
            Text("value-added needs --school, --outcome and --prior",
                 "增值评价需要 --school、--outcome 和 --prior")
        )  # fmt: skip
    schools, prior, outcome = (
        sheet.text(asked.school), sheet.numbers(asked.prior), sheet.numbers(asked.outcome)
    )  # fmt: skip
    if asked.progress:
        twin = progress(schools, prior, outcome)
        rows = [
            msgspec.to_builtins(
                one if one.n >= PUPILS_MIN else Progress(one.school, one.n, one.n_without_prior,
                                                         *[None] * 4)
            )
            for one in twin.schools
        ]  # fmt: skip
        expected = {"groups": len(twin.expected), "pupils_min": PUPILS_MIN, "confidence": 0.95}
        return _report("progress", expected, twin.n, sheet, {"sd": twin.sd}, rows)
    return _fitted(sheet, asked, from_rows(schools, prior, outcome))


def _from_sums(sheet: Sheet, asked: argparse.Namespace) -> Report:
    """Value-added of schools that sent their six numbers and no pupil's row."""
    names = [sheet.text(SUMS[0]), *(sheet.numbers(name).tolist() for name in SUMS[1:])]
    rows = []
    for school, n, *sums in zip(*names, strict=True):
        if not n >= 0 or n != int(n) or any(each != each for each in sums):
            raise NotUsable(
                Text(f"school {school}: a number is missing", f"学校 {school} 的汇总数不全")
            )
        rows.append(SixNumbers(school, int(n), *sums))
    return _fitted(sheet, asked, from_six_numbers(rows))


def _fitted(sheet: Sheet, asked: argparse.Namespace, moments: Moments) -> Report:
    found = value_added(moments, reml=not asked.ml)
    fit = found.fit
    figures: Row = {
        "a": fit.fixed[0], "a_se": fit.fixed_se[0], "b": fit.fixed[1], "b_se": fit.fixed_se[1],
        "tau2": fit.tau2, "sigma2": fit.sigma2, "icc": fit.icc, "at_boundary": fit.at_boundary,
        "log_likelihood": fit.log_likelihood, "schools": fit.n_schools,
    }  # fmt: skip
    if asked.slope:
        slope = fit_slope(moments, reml=not asked.ml)
        figures |= {
            "slope_variance": slope.tau2_slope, "slope_centre": slope.centre,
            "slope_lr": slope.likelihood_ratio, "slope_p": slope.p_value,
            "slope_earned": slope.earns_slope(),
        }  # fmt: skip
    parameters = {
        "model": found.formula, "criterion": fit.criterion, "confidence": fit.confidence,
        "pupils_min": found.pupils_min, "band_size_sd": found.size,
    }  # fmt: skip
    rows = [msgspec.to_builtins(school) for school in found.schools]
    return _report("value-added", parameters, fit.n, sheet, figures, rows)


def _equating(sheet: Sheet, asked: argparse.Namespace) -> Report:
    if asked.form_y is None:
        raise NotUsable(Text("equating needs --form-x and --form-y", "等值需要两份试卷的列"))
    x, y = sheet.numbers(asked.form_x), sheet.numbers(asked.form_y)
    if asked.scale is None:
        x, y = x[~np.isnan(x)], y[~np.isnan(y)]
        both = np.concatenate([x, y])
        if not len(x) or not len(y):
            raise NotUsable(Text("a form has no scores", "有试卷没有得分"))
        form_x, form_y = (
            equating.form_of(each, int(both.min()), int(both.max())) for each in (x, y)
        )
    else:
        scale = sheet.numbers(asked.scale)
        if np.isnan(scale).any() or (np.diff(scale) != 1).any():
            raise NotUsable(Text("the scale rises by one", "分数列须逐 1 递增"))
        form_x, form_y = (
            equating.Form(tuple(np.nan_to_num(each).tolist()), int(scale[0])) for each in (x, y)
        )
    found = equating.equate(form_x, form_y, asked.how, asked.smooth)
    figures = {"n_x": found.n_x, "n_y": found.n_y, "intercept": found.intercept,
               "slope": found.slope}  # fmt: skip
    parameters = {"method": asked.how, "smoothed_degree": asked.smooth, "design": "random groups"}
    rows = [msgspec.to_builtins(one) for one in found.table]
    if found.smoothed_degree is not None:
        errors = equating.smoothed_se(form_x, form_y, found.smoothed_degree)
        rows = [row | {"se": se} for row, se in zip(rows, errors, strict=True)]
    return _report("equating", parameters, found.n_x + found.n_y, sheet, figures, rows)


def _report(
    method: str, parameters: Row, n: int, sheet: Sheet, figures: Row, rows: list[Row]
) -> Report:
    return Report(method, parameters, n, sheet.sha256, CODE_VERSION, figures, rows)
