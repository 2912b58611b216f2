"""Several frozen exams on one scale: what a year changed, and how sure that is."""

from collections.abc import Sequence
from typing import Any, cast

import numpy as np

from schoolgroup.evaluation.analyses.comparing import RESAMPLED, anchor_items, anchor_marks
from schoolgroup.evaluation.analyses.models import AnalysisInput, Found, Frame
from schoolgroup.evaluation.analyses.rules import CELL_PUPILS_MIN, Pupils, by_school, plain
from schoolgroup.evaluation.statistics.methods import anchors as anchor_methods
from schoolgroup.evaluation.statistics.methods.exact import Marks
from schoolgroup.evaluation.statistics.methods.trend import PUPILS_MIN, Year, trend
from schoolgroup.kernel.texts import Text

NOTE = Text(
    "The error is of which pupils sat; that an anchor became known shows in its difficulty only.",
    "标准误只反映考生抽样；锚题是否泄露须看其难度变化。",
)


def trend_of(frames: Sequence[Frame], asked: AnalysisInput) -> Found:
    """`frames`: the newest exam first, as asked; the result begins with the oldest, the scale."""
    links = asked.earlier or []
    totals = [frame.totals.astype(np.float64) for frame in frames]
    before: list[Any] = [None] * len(frames)
    after: list[Any] = [None] * len(frames)
    for at, link in enumerate(links):
        before[at], after[at + 1] = anchor_marks(frames[at], frames[at + 1], link.anchors)
    years = [Year(*each) for each in zip(totals, before, after, strict=True)][::-1]
    found = trend(years, cast("anchor_methods.Method", str(asked.how)))
    rows = []
    for at, (frame, one) in enumerate(zip(reversed(frames), found, strict=True)):
        row = plain(one)
        # half marks until here: nothing is rounded before the conversion
        in_marks = ("raw_mean", "raw_sd", "intercept", "mean", "mean_se", "sd", "change",
                    "change_se")  # fmt: skip
        row |= {name: None if row[name] is None else row[name] / 2 for name in in_marks}

        line = (one.intercept, one.slope)

        def of(pupils: Pupils, line: Any = line, totals: Marks = frame.totals) -> dict[str, Any]:
            mean = int(totals[pupils].sum()) / len(pupils)
            return {"n": len(pupils), "mean": (line[0] + line[1] * mean) / 2}

        place = len(links) - at
        row["anchors"] = (
            anchor_items(frames[place], frames[place + 1], links[place].anchors)
            if place < len(links)
            else []
        )
        rows.append({"place": at + 1, **row, "schools": by_school(frame, of)})
    parameters = {
        "how": str(asked.how), "design": "common items, chained to the first exam",
        "standard_error": RESAMPLED, "pupils_min": PUPILS_MIN, "cell_pupils_min": CELL_PUPILS_MIN,
    }  # fmt: skip
    return Found(sum(one.n for one in found), parameters, {"scale": "the first exam"}, rows, [NOTE])
