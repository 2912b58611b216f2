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
from schoolgroup.evaluation.statistics.methods.exact import Marks, population_sd
from schoolgroup.evaluation.statistics.privacy import hide_rows
from schoolgroup.kernel.texts import Text

ITEMS_FEW = 3  # below it a share is of these items rather than of what they stand for


def mastery(frame: Frame, asked: AnalysisInput) -> Found:
    """Of all pupils, and by school, class or pupil; `se`: from the spread between pupils."""
    by = asked.by or By.SCHOOL
    rows = [
        {**row, **_told(frame, by, frame.marks[:, at].sum(axis=1), most)}
        for row, at, most in blueprint(frame)
    ]
    unnamed = sum(1 for item in frame.subject.items if not item.knowledge_point)
    notes = []
    if unnamed:
        notes.append(
            Text(f"{unnamed} items name no knowledge point", f"{unnamed} 道题未标注知识点")
        )
    parameters = {"by": str(by), "cell_pupils_min": CELL_PUPILS_MIN, "items_few": ITEMS_FEW}
    return Found(len(frame.marks), parameters, {}, rows, notes)


def blueprint(frame: Frame) -> list[tuple[dict[str, Any], list[int], int]]:
    """(what is named, the places of its items, their marks in half marks), by kind and name."""
    found = []
    for kind in ("knowledge_point", "ability"):
        named = [getattr(item, kind) for item in frame.subject.items]
        for name in sorted({name for name in named if name}):
            at = [n for n, own in enumerate(named) if own == name]
            most = sum(frame.subject.items[n].max_half_marks for n in at)
            row = {"kind": kind, "name": name, "n_items": len(at), "max_marks": most / 2,
                   "few_items": len(at) < ITEMS_FEW}  # fmt: skip
            found.append((row, at, most))
    return found


def _told(frame: Frame, by: By, earned: Marks, most: int) -> dict[str, Any]:
    whole = _share(earned, most)
    if by is By.PUPIL:
        pupils = [
            {"pupil": pupil, "class": label, "mastery": own / most}
            for pupil, label, own in zip(frame.pupils, frame.classes, earned.tolist(), strict=True)
        ]
        return {**whole, "pupils": pupils}
    if by is By.SCHOOL:
        return {**whole, "schools": _cells([(name,) for name in frame.schools], earned, most)}
    keys = list(zip(frame.schools, frame.classes, strict=True))
    return {**whole, "classes": _cells(keys, earned, most)}


def _share(earned: Marks, most: int) -> dict[str, Any]:
    n = len(earned)
    sd = population_sd(earned)
    return {
        "n": n,
        "mastery": int(earned.sum()) / (most * n) if n and most else None,
        # sd in marks, the maximum in half marks
        "se": 2 * sd / (most * math.sqrt(n - 1)) if n > 1 and most and sd is not None else None,
    }


def _cells(keys: Sequence[tuple[str, ...]], earned: Marks, most: int) -> list[dict[str, Any]]:
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
            own = earned[np.array(places[key])]
            rows.append({**named, "suppressed": False, **_share(own, most)})
    return rows
