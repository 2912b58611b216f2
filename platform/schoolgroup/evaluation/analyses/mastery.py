"""Mastery 掌握: the share of the marks earned per knowledge point and ability of the blueprint.

Always with the number of items and marks behind it: of one item a share says little, and the row
says so. Schools and classes that are too small are hidden with others; single pupils are shown to
their own school only.
"""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from schoolgroup.evaluation.analyses.models import AnalysisInput, By, Found, Frame
from schoolgroup.evaluation.analyses.rules import CELL_PUPILS_MIN
from schoolgroup.evaluation.statistics.methods.exact import Marks
from schoolgroup.evaluation.statistics.privacy import hide_rows
from schoolgroup.kernel.texts import Text

ITEMS_FEW = 3  # below it a share is of these items rather than of what they stand for


def mastery(frame: Frame, asked: AnalysisInput) -> Found:
    """Of all pupils, and by school, class or pupil; `se`: from the spread between pupils.

    Of those to whom one of the items counts, over what they could earn with it.
    """
    by = asked.by or By.SCHOOL
    most = np.array([item.max_half_marks for item in frame.subject.items], dtype=np.int64)
    rows = []
    for row, at in blueprint(frame):
        earned = frame.marks[:, at].sum(axis=1)
        possible = np.full(len(earned), int(most[at].sum()))
        if frame.counted is not None:
            possible = frame.counted[:, at] @ most[at]
        rows.append({**row, **_told(frame, by, earned, possible)})
    unnamed = sum(1 for item in frame.subject.items if not item.knowledge_point)
    notes = []
    if unnamed:
        notes.append(
            Text(f"{unnamed} items name no knowledge point", f"{unnamed} 道题未标注知识点")
        )
    parameters = {"by": str(by), "cell_pupils_min": CELL_PUPILS_MIN, "items_few": ITEMS_FEW}
    return Found(len(frame.marks), parameters, {}, rows, notes)


def blueprint(frame: Frame) -> list[tuple[dict[str, Any], list[int]]]:
    """(what is named, the places of its items), by kind and name."""
    found = []
    for kind in ("knowledge_point", "ability"):
        named = [getattr(item, kind) for item in frame.subject.items]
        for name in sorted({name for name in named if name}):
            at = [n for n, own in enumerate(named) if own == name]
            most = sum(frame.subject.items[n].max_half_marks for n in at)
            row = {"kind": kind, "name": name, "n_items": len(at), "max_marks": most / 2,
                   "few_items": len(at) < ITEMS_FEW}  # fmt: skip
            found.append((row, at))
    return found


def _told(frame: Frame, by: By, earned: Marks, possible: Marks) -> dict[str, Any]:
    whole = _share(earned, possible)
    if by is By.PUPIL:
        pupils = [
            {"pupil": pupil, "class": label, "mastery": own / most if most else None}
            for pupil, label, own, most in zip(
                frame.pupils, frame.classes, earned.tolist(), possible.tolist(), strict=True
            )
        ]
        return {**whole, "pupils": pupils}
    if by is By.SCHOOL:
        keys: list[tuple[str, ...]] = [(name,) for name in frame.schools]
        return {**whole, "schools": _cells(keys, earned, possible)}
    keys = list(zip(frame.schools, frame.classes, strict=True))
    return {**whole, "classes": _cells(keys, earned, possible)}


def _share(earned: Marks, possible: Marks) -> dict[str, Any]:
    """The ratio of sums, with the standard error of a ratio; hidden where few could earn it."""
    has = possible > 0
    n = int(np.count_nonzero(has))
    if n < len(earned) and 0 < n < CELL_PUPILS_MIN:
        return {"n": None, "mastery": None, "se": None, "suppressed": True}
    if n == 0:
        return {"n": 0, "mastery": None, "se": None}
    own, most = earned[has], possible[has]
    share = int(own.sum()) / int(most.sum())
    rest = own - share * most
    se = math.sqrt(float(rest @ rest) / (n * (n - 1))) / float(most.mean()) if n > 1 else None
    return {"n": n, "mastery": share, "se": se}


def _cells(keys: Sequence[tuple[str, ...]], earned: Marks, possible: Marks) -> list[dict[str, Any]]:
    """A row per school or class, in the order of the names; small ones hidden with others."""
    places: dict[tuple[str, ...], list[int]] = {}
    for at, key in enumerate(keys):
        places.setdefault(key, []).append(at)
    hidden = hide_rows({key: len(at) for key, at in places.items()}, CELL_PUPILS_MIN)
    rows = []
    for key in sorted(places):
        named = dict(zip(("school", "class"), key, strict=False))
        if key in hidden.rows:
            rows.append({**named, "suppressed": True})
        else:
            own = np.array(places[key])
            rows.append({**named, "suppressed": False, **_share(earned[own], possible[own])})
    return rows
