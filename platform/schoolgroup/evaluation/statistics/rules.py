"""Score statistics in whole half marks: exact sums, and the same bytes from the same marks.

All sums are of integers far below 2^53, so they are exact in any order; a figure is rounded once,
where the last division or root is taken (IEEE 754, correctly rounded).
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from schoolgroup.evaluation.exams.models import Item, Level, Subject
from schoolgroup.evaluation.results.models import Part, Result
from schoolgroup.evaluation.statistics.methods.exact import (
    Marks,
    alpha,
    correlation,
    population_sd,
)
from schoolgroup.evaluation.statistics.methods.exact import competition_ranks as competition_ranks
from schoolgroup.evaluation.statistics.methods.exact import quantile as quantile
from schoolgroup.evaluation.statistics.models import (
    Basis,
    Figures,
    GradeShare,
    ItemFigure,
    Rate,
)
from schoolgroup.kernel.texts import Text

Mask = npt.NDArray[np.bool_]

CODE_VERSION = "schoolgroup-statistics/1"  # moves whenever a figure would come out otherwise
EXCELLENT, PASS, LOW = "excellent", "pass", "low"
# A flat or negative item is said to be that: below this the item does not tell pupils apart.
DISCRIMINATES_FROM = 0.0

METHODS: dict[str, Text] = {
    "mean": Text("sum of totals / n present", "总分之和 ÷ 实考人数"),
    "sd": Text("population standard deviation (divisor n)", "总体标准差（除以 n）"),
    "quartiles": Text("type 7 of Hyndman and Fan (1996)", "Hyndman–Fan 第 7 型分位数"),
    "rates": Text(
        "share of those present at or above the line; low: below it",
        "实考学生中达到该线的比例；低分率为低于该线的比例",
    ),
    "grades": Text("share of those present per grade", "实考学生各等级比例"),
    "p": Text(
        "mean item mark / maximum; of an optional item, of those for whom it counts",
        "题目平均分 ÷ 满分；选做题只计该题计分的考生",
    ),
    "rest_r": Text(
        "Pearson correlation of the item with the total without the item",
        "题目得分与其余题总分的积差相关（校正题总相关）",
    ),
    "alpha": Text(
        "Cronbach (1951): k/(k−1)·(1 − Σ item variance / total variance); "
        "a group of optional items is one item",
        "克隆巴赫 α；一组选做题合为一题",
    ),
    "participation": Text(
        "present / (present + absent + void)", "实考 ÷（实考＋缺考＋违纪），免考不计"
    ),
}


def marks_of(parts: Sequence[Part], items: int) -> Marks:
    """The half marks of those present in these parts, one row per candidate."""
    joined = b"".join(part.half_marks for part in parts)
    return np.frombuffer(joined, dtype="<i2").reshape(-1, items).astype(np.int64)


def counted_of(parts: Sequence[Part], items: int) -> Mask | None:
    """Which items count for whom, shaped as `marks_of`; None where all count for everybody."""
    if not any(part.left_out for part in parts):
        return None
    stride = (items + 7) // 8
    masks = []
    for part in parts:
        present = len(part.half_marks) // (2 * items)
        packed = part.left_out or bytes(present * stride)
        bits = np.frombuffer(packed, dtype=np.uint8).reshape(present, stride)
        masks.append(np.unpackbits(bits, axis=1, count=items) == 0)
    found: Mask = np.concatenate(masks)
    return found


def by_slot(subject: Subject, marks: Marks) -> Marks:
    """The same marks with each group of optional items as one column: what counted of it.

    So everybody has a mark in every column, as reliability needs it.
    """
    plain = [n for n, item in enumerate(subject.items) if not item.choice]
    columns = [marks[:, plain]]
    for choice in subject.choices:
        group = [n for n, item in enumerate(subject.items) if item.choice == choice.name]
        columns.append(marks[:, group].sum(axis=1, keepdims=True))
    found: Marks = np.concatenate(columns, axis=1)
    return found


def totals_of(parts: Sequence[Part], items: int) -> Marks:
    """The totals in half marks of those present, from rows and from sums."""
    rows = b"".join(part.half_marks for part in parts)
    # summed as they lie, in whole numbers: no table of eight bytes a mark in between
    from_rows: Marks = (
        np.frombuffer(rows, dtype="<i2").reshape(-1, items).sum(axis=1, dtype=np.int64)
    )
    sent = [total for part in parts if part.sums for total in part.sums.totals]
    return np.concatenate([from_rows, np.array(sent, dtype=np.int64)]) if sent else from_rows


def figures(subject: Subject, parts: Sequence[Part], snapshot_sha256: str) -> Figures:
    """All figures of one subject over these parts (one school's, or all schools')."""
    items = subject.items
    marks = marks_of(parts, len(items))
    counted = counted_of(parts, len(items))
    totals = totals_of(parts, len(items))
    results = [result for part in parts for result in part.results]
    sums = [part.sums for part in parts if part.sums]
    n = len(totals)
    absent = results.count(Result.ABSENT) + sum(one.absent for one in sums)
    void = results.count(Result.VOID) + sum(one.void for one in sums)
    quartiles = [quantile(totals, quarter) for quarter in (1, 2, 3)]
    return Figures(
        n_present=n,
        n_absent=absent,
        n_void=void,
        n_exempt=results.count(Result.EXEMPT) + sum(one.exempt for one in sums),
        participation=n / (n + absent + void) if n + absent + void else None,
        full_marks=subject.full_half_marks / 2,
        mean=int(totals.sum()) / (2 * n) if n else None,
        sd=population_sd(totals),
        lower_quartile=quartiles[0],
        median=quartiles[1],
        upper_quartile=quartiles[2],
        rates=rates(subject, totals),
        grades=grade_shares(subject, totals),
        items=item_figures(items, marks, counted),
        alpha=alpha(marks if counted is None else by_slot(subject, marks)),
        basis=Basis(n, snapshot_sha256, subject.paper_version, CODE_VERSION),
        n_by_item=len(marks) if sums else None,
    )


def at_or_above(totals: Marks, percent: int, full_half_marks: int) -> int:
    """How many reach `percent` of the full marks, compared in whole numbers."""
    return int(np.count_nonzero(totals * 100 >= percent * full_half_marks))


def rates(subject: Subject, totals: Marks) -> list[Rate]:
    """The shares by the lines of the paper."""
    n, full = len(totals), subject.full_half_marks
    counts = {
        EXCELLENT: at_or_above(totals, subject.excellent_percent, full),
        PASS: at_or_above(totals, subject.pass_percent, full),
        LOW: n - at_or_above(totals, subject.low_percent, full),
    }
    percents = {
        EXCELLENT: subject.excellent_percent,
        PASS: subject.pass_percent,
        LOW: subject.low_percent,
    }
    return [Rate(line, percents[line], counts[line] / n if n else None) for line in percents]


def grade_shares(subject: Subject, totals: Marks) -> list[GradeShare]:
    """The share of each grade."""
    n, full = len(totals), subject.full_half_marks
    shares, above = [], 0
    for level in subject.levels:
        reached = at_or_above(totals, level.from_percent, full)
        shares.append(
            GradeShare(level.grade, level.from_percent, (reached - above) / n if n else None)
        )
        above = reached
    return shares


def grades_of(levels: Sequence[Level], totals: Marks, full_half_marks: int) -> list[str]:
    """The grade of each total."""
    # from the lowest up: the number of further levels a total reaches is its place
    reached = sum(
        (totals * 100 >= level.from_percent * full_half_marks).astype(np.int64)
        for level in levels[:-1]
    )
    names = [level.grade for level in reversed(levels)]
    return [names[place] for place in np.asarray(reached, dtype=np.int64).tolist()]


def item_figures(
    items: Sequence[Item], marks: Marks, counted: Mask | None = None
) -> list[ItemFigure]:
    """Difficulty and discrimination of each item, of those for whom it counts."""
    everyone = marks.sum(axis=1)
    found = []
    for column, item in enumerate(items):
        own, totals = marks[:, column], everyone
        is_optional = counted is not None and bool(item.choice)
        if counted is not None:
            own, totals = own[counted[:, column]], totals[counted[:, column]]
        n = len(own)
        r = correlation(own, totals - own)
        found.append(
            ItemFigure(
                label=item.label,
                max_marks=item.max_half_marks / 2,
                p=int(own.sum()) / (n * item.max_half_marks) if n else None,
                rest_r=r,
                discriminates=r is not None and r > DISCRIMINATES_FROM,
                n=n if is_optional else None,
            )
        )
    return found
