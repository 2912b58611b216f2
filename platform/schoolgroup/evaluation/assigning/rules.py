"""Reading assigned marks off a table, also for a raw mark that did not occur when it was made."""

from collections.abc import Sequence

import numpy as np

from schoolgroup.evaluation.assigning.models import (
    Band,
    Conversion,
    ConversionInput,
    ConversionUsed,
)
from schoolgroup.evaluation.statistics.methods.assigned import (
    SCHEMES,
    Assignment,
    OneScore,
    assign,
    stretched,
)
from schoolgroup.evaluation.statistics.methods.exact import Marks
from schoolgroup.evaluation.statistics.methods.refusals import MethodRefused
from schoolgroup.kernel.errors import Invalid
from schoolgroup.kernel.texts import Text

PUPILS_MIN = 10  # the bounds of a level are single pupils' marks: of fewer it is nobody's business


class ConversionNeedsReason(Invalid):
    """A second table says why."""

    code = "conversion_needs_reason"
    title = Text("Another table needs a reason", "重新赋分须说明理由")
    remedy = Text("Send because.", "请填写 because。")


class UnknownScheme(Invalid):
    """There is no such scheme."""

    code = "unknown_scheme"
    title = Text("No such scheme", "赋分方案不存在")
    remedy = Text(f"One of {', '.join(SCHEMES)}.", f"可选：{'、'.join(SCHEMES)}。")


def raw_marks(total_half_marks: int) -> int:
    """Whole raw marks, half up: the official schemes know integers only."""
    return (total_half_marks + 1) // 2


def work_out(totals: Marks, like: ConversionInput | Conversion) -> tuple[int, list[Band]]:
    """How many sat, and the levels of a table over these totals in half marks.

    Raises MethodRefused where too few sat to tell the bounds of levels.
    """
    if len(totals) < PUPILS_MIN:
        raise MethodRefused(
            Text(f"fewer than {PUPILS_MIN} pupils sat", f"实考不足 {PUPILS_MIN} 人，不能赋分")
        )
    raws, counts = np.unique((totals + 1) // 2, return_counts=True)
    found: Assignment = assign(
        dict(zip(raws.tolist(), counts.tolist(), strict=True)),
        SCHEMES[like.scheme],
        like.boundary,
        tie=like.tie,
        one_score=like.one_score,
    )
    bands = [
        Band(level.level, level.raw_lowest, level.raw_highest, band.lowest, band.highest)
        for level, band in zip(found.levels, SCHEMES[like.scheme].bands, strict=True)
    ]
    return found.n, bands


def convert(raw: int, bands: Sequence[Band], one_score: OneScore) -> int:
    """The assigned mark of a raw mark by a table.

    A raw mark that did not occur belongs to the highest level it reaches, and between two levels
    to the lower one, at its upper end; below all to the lowest end. So the marks of the table are
    unchanged, equal raw marks get equal marks, and a higher raw mark never gets less.
    """
    filled = [band for band in bands if band.raw_lowest is not None]
    for band in filled:
        assert band.raw_lowest is not None
        assert band.raw_highest is not None  # both or none
        if raw >= band.raw_lowest or band is filled[-1]:
            within = min(max(raw, band.raw_lowest), band.raw_highest)
            ends = (band.raw_lowest, band.raw_highest)
            return stretched(within, ends, (band.lowest, band.highest), one_score)
    raise ValueError("a table has at least one level with pupils")


def used(table: Conversion) -> ConversionUsed:
    """What a release says of the table it was told by."""
    return ConversionUsed(
        subject=table.subject,
        conversion_id=table.id,
        number=table.number,
        scheme=table.scheme,
        source=SCHEMES[table.scheme].source,
        boundary=table.boundary,
        tie=table.tie,
        one_score=table.one_score,
        when_marks_change=table.when_marks_change,
        snapshot_sha256=table.snapshot_sha256,
        bands=table.bands,
    )
