"""Items that are harder for one group of schools than for equally able pupils elsewhere (DIF)."""

from typing import Any

import numpy as np

from schoolgroup.evaluation.analyses.models import AnalysisInput, Found, Frame
from schoolgroup.evaluation.analyses.rules import CELL_PUPILS_MIN, is_everybodys, plain
from schoolgroup.evaluation.statistics.methods import dif as binary_methods
from schoolgroup.evaluation.statistics.methods import dif_ordinal
from schoolgroup.evaluation.statistics.methods.items import Column, Mask, Table
from schoolgroup.evaluation.statistics.methods.refusals import MethodRefused
from schoolgroup.kernel.texts import Text

MANTEL_HAENSZEL, MANTEL = "mantel_haenszel", "mantel"


def functioning(frame: Frame, asked: AnalysisInput) -> Found:
    """Every item: right-or-wrong ones by Mantel-Haenszel, the others by Mantel; and logistic."""
    if asked.focal_tier is not None:
        chosen = {name for name, tier in frame.tiers.items() if tier == asked.focal_tier}
    else:
        wanted = set(asked.focal_school_ids or [])
        chosen = {name for name, school_id in frame.ids.items() if school_id in wanted}
    focal = np.array([name in chosen for name in frame.schools], dtype=np.bool_)
    n_focal = int(np.count_nonzero(focal))
    if min(n_focal, len(focal) - n_focal) < CELL_PUPILS_MIN:
        raise MethodRefused(
            Text(
                f"each side needs {CELL_PUPILS_MIN} pupils",
                f"两组各需至少 {CELL_PUPILS_MIN} 名学生",
            )
        )
    # an optional item was not put to everybody: it is neither studied nor matched on
    at = [n for n in range(len(frame.subject.items)) if is_everybodys(frame, n)]
    if not at:
        raise MethodRefused(Text("every item is optional", "所有题目均为选做题"))
    rows, parameters = dif_rows(frame.marks[:, at] / 2, focal, purify=bool(asked.purify))
    labels = [frame.subject.items[n].label for n in at]
    parameters |= {
        "items_left_out": len(frame.subject.items) - len(at),
        "focal": asked.focal_tier or sorted(chosen), "n_focal": n_focal,
        "matching_items": [labels[at] for at in parameters["matching_items"]],
    }  # fmt: skip
    found = [{"label": label, **row} for label, row in zip(labels, rows, strict=True)]
    return Found(len(focal), parameters, {}, found)


def dif_rows(
    table: Table, focal: Mask, *, purify: bool
) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """A row per item, and the parameters; `matching_items` by place."""
    matching = np.ones(table.shape[1], dtype=np.bool_)
    parameters: dict[str, Any] = {"purified": purify}
    if purify:
        matching, parameters["rounds"] = dif_ordinal.purified(table, focal)
    parameters |= {
        "matching": "sum of the matching items and the item itself",
        "matching_items": np.flatnonzero(matching).tolist(),
    }
    rows: list[dict[str, Any]] = []
    ordered = dif_ordinal.mantel(table, focal, matching)
    ratios = dif_ordinal.ordinal(table, focal, matching)
    for item, (found, ratio) in enumerate(zip(ordered, ratios, strict=True)):
        own = table[:, item]
        row: dict[str, Any] = {"procedure": MANTEL, "n_marks": len(np.unique(own)), **plain(found)}
        if _is_binary(own):
            used = matching.copy()
            used[item] = True
            total: Column = table[:, used].sum(axis=1)
            mh = binary_methods.mantel_haenszel_of((own > 0).astype(np.float64), total, focal)
            row = {**row, "procedure": MANTEL_HAENSZEL, **plain(mh)}
        rows.append({**row, "logistic": plain(ratio)})
    return rows, parameters


def _is_binary(column: Column) -> bool:
    """Whether only nothing and one other mark occur."""
    return len(np.unique(column[column != 0])) == 1 and bool((column == 0).any())
