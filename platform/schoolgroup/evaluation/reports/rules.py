"""Small sums of reports: intervals, bins that hide nobody, parts of a part. Pure."""

import math
from collections.abc import Callable, Sequence
from typing import TypeVar

import msgspec
import numpy as np

from schoolgroup.evaluation.reports.models import NO_VALUE, Bar, Cell
from schoolgroup.evaluation.results.models import Part, Result
from schoolgroup.evaluation.statistics.methods.exact import Marks
from schoolgroup.evaluation.statistics.rules import counted_of, marks_of
from schoolgroup.kernel.errors import Invalid, NotFound
from schoolgroup.kernel.texts import Text

CODE_VERSION = "schoolgroup-reports/1"  # moves whenever a figure would come out otherwise
CONFIDENCE = 0.95
BINS = 10  # of a histogram: tenths of the full marks

Span = tuple[float, float]
T = TypeVar("T")


class ReportInvalid(Invalid):
    """What was asked for does not make a report."""

    code = "report_invalid"
    title = Text("The report cannot be made as asked", "无法按要求生成报告")
    remedy = Text("Mend what `errors` names.", "请按 errors 逐项修改。")


class NothingOfYours(NotFound):
    """The release holds nothing of the caller's school, class or pupil for this report."""


def cell(value: float | int | str | None) -> Cell:
    """A figure, or the sign for a formula without a value."""
    return NO_VALUE if value is None else value


def mean_interval(mean: float, sd: float, n: int) -> Span | None:
    """Student's interval of a mean; `sd` has the divisor n. Null below two pupils."""
    from scipy.special import stdtrit

    if n < 2:
        return None
    half = float(stdtrit(n - 1, (1 + CONFIDENCE) / 2)) * sd / math.sqrt(n - 1)
    return mean - half, mean + half


def share_interval(share: float, n: int) -> Span | None:
    """Wilson's (1927) interval of a share of n pupils."""
    from scipy.special import ndtri

    if n < 1:
        return None
    z = float(ndtri((1 + CONFIDENCE) / 2))
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    return max(0.0, middle - half), min(1.0, middle + half)


def correlation_interval(r: float, n: int) -> Span | None:
    """Fisher's (1921) interval of a correlation over n pupils."""
    from scipy.special import ndtri

    if n < 4 or abs(r) >= 1:
        return None
    half = float(ndtri((1 + CONFIDENCE) / 2)) / math.sqrt(n - 3)
    at = math.atanh(r)
    return math.tanh(at - half), math.tanh(at + half)


def compared(own: Span | None, other: Span | None) -> Text | None:
    """How another school lies to one's own: said only where the two intervals are apart."""
    if own is None or other is None:
        return None
    if other[0] > own[1]:
        return Text("higher", "高于本校")
    if other[1] < own[0]:
        return Text("lower", "低于本校")
    return Text("not distinguishable", "无法区分")


def low_end(band: str | None) -> int:
    """The smallest number of pupils a band like `20-49` or `500+` stands for."""
    return int((band or "0").partition("-")[0].rstrip("+"))


def histogram(totals: Marks, full_half_marks: int, k: int) -> list[Bar]:
    """How many totals lie in each tenth of the full marks, neighbours put together below k.

    The topmost bar holds the full marks. With k = 1 every tenth stands for itself. Bars without
    anybody stay: that nobody is there is told of nobody.
    """
    edges = [full_half_marks * step / BINS for step in range(BINS + 1)]
    place = np.minimum(totals * BINS // full_half_marks, BINS - 1)
    counts = np.bincount(place, minlength=BINS).tolist() if len(totals) else [0] * BINS
    return merged(counts, edges, k, lambda at: at / 2)


def merged(
    counts: Sequence[int], edges: Sequence[float], k: int, shown: Callable[[float], float]
) -> list[Bar]:
    """Bars of these counts; one with 1 … k−1 pupils is put together with its neighbours."""
    groups: list[list[int]] = []
    for n in range(len(counts)):
        groups.append([n])
        while len(groups) > 1 and 0 < _sum(counts, groups[-1]) < k:
            last = groups.pop()
            groups[-1] += last
    while len(groups) > 1 and 0 < _sum(counts, groups[0]) < k:
        first = groups.pop(0)
        groups[0] = first + groups[0]
    bars = []
    for group in groups:
        low, high = shown(edges[group[0]]), shown(edges[group[-1] + 1])
        bars.append(Bar(f"{low:g}–{high:g}", _sum(counts, group), low, high))
    return bars


def _sum(counts: Sequence[int], group: Sequence[int]) -> int:
    return sum(counts[n] for n in group)


def classes_of(part: Part) -> list[str]:
    """The classes of a school's part, in order."""
    return sorted(set(part.class_labels))


def of_class(part: Part, items: int, label: str) -> Part:
    """The same part with one class only. Its hash is empty: it was never sealed by itself."""
    return _only(part, items, [name == label for name in part.class_labels])


def of_pupil(part: Part, items: int, number: str) -> Part:
    """The same part with one pupil only."""
    return _only(part, items, [own == number for own in part.exam_numbers])


def _only(part: Part, items: int, wanted: Sequence[bool]) -> Part:
    present = [result is Result.PRESENT for result in part.results]
    rows = [keep for keep, here in zip(wanted, present, strict=True) if here]
    marks = marks_of([part], items)[np.array(rows, dtype=bool)]
    left_out = b""
    if part.left_out:
        stride = (items + 7) // 8
        bits = np.frombuffer(part.left_out, dtype=np.uint8).reshape(-1, stride)
        left_out = bits[np.array(rows, dtype=bool)].tobytes()
    return msgspec.structs.replace(
        part,
        exam_numbers=_kept(part.exam_numbers, wanted),
        class_labels=_kept(part.class_labels, wanted),
        results=_kept(part.results, wanted),
        half_marks=marks.astype("<i2").tobytes(),
        left_out=left_out,
        sha256="",
    )


def _kept(rows: Sequence[T], wanted: Sequence[bool]) -> list[T]:
    return [row for row, keep in zip(rows, wanted, strict=True) if keep]


def earned(parts: Sequence[Part], most: Sequence[int], at: Sequence[int]) -> float | None:
    """The share earned of the marks that these items offer to those for whom they count."""
    marks = marks_of(parts, len(most))
    counted = counted_of(parts, len(most))
    possible = sum(
        most[n] * (len(marks) if counted is None else int(counted[:, n].sum())) for n in at
    )
    return int(marks[:, list(at)].sum()) / possible if possible else None
