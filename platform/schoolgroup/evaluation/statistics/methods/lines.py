"""Lines (上线): who reaches them, what a subject contributes, who stands near.

Marks are half marks; a line is exact (a Fraction of a half mark) until somebody rounds it.
"""

from fractions import Fraction

import msgspec
import numpy as np

from schoolgroup.evaluation.statistics.methods.exact import Marks
from schoolgroup.evaluation.statistics.methods.refusals import MethodRefused
from schoolgroup.kernel.texts import Text


class Line(msgspec.Struct, frozen=True):
    """A line and how many of those who sat reach it; "first 100" may hold 103."""

    half_marks: Fraction
    n_reached: int
    n: int

    @property
    def rate(self) -> float | None:
        """上线率: the share that reaches the line."""
        return self.n_reached / self.n if self.n else None


class SubjectLine(msgspec.Struct, frozen=True):
    """One subject against the line of the total (单科有效分).

    both: over the line in total and subject (双上线); subject_only: only in the subject (单上线);
    total_only: only in the total. hit_rate (命中率) = both / those over the subject line;
    contribution_rate (贡献率) = both / those over the total line. Both denominators are given.
    """

    line: Line
    n_total_reached: int
    both: int
    subject_only: int
    total_only: int
    hit_rate: float | None
    contribution_rate: float | None


class NearLine(msgspec.Struct, frozen=True):
    """临界生: the places of those at most `distance_half_marks` from the line."""

    distance_half_marks: int
    below: tuple[int, ...]
    at_or_above: tuple[int, ...]


def line_by_score(totals: Marks, half_marks: Fraction | int) -> Line:
    """The line at this score."""
    line = Fraction(half_marks)
    return Line(line, int(np.count_nonzero(_reach(totals, line))), len(totals))


def line_by_count(totals: Marks, places: int) -> Line:
    """The total of the `places`-th from the top; ties may let more than that reach it.

    Raises MethodRefused when fewer than `places` sat, or places < 1.
    """
    if not 1 <= places <= len(totals):
        raise MethodRefused(
            Text(
                f"a line of {places} places needs as many who sat; there are {len(totals)}",
                f"划线人数为 {places}，实考仅 {len(totals)} 人",
            )
        )
    return line_by_score(totals, int(np.sort(totals)[len(totals) - places]))


def subject_line(totals: Marks, subject: Marks, total_line: Fraction | int) -> SubjectLine:
    """单科有效分: T0·(subject mean)/(total mean), both means of those with total ≥ T0.

    `subject` has the same pupils in the same order as `totals`, all of whom sat the subject.
    Raises MethodRefused when nobody reaches the total line or their mean total is not positive.
    """
    if len(totals) != len(subject):
        raise ValueError("totals and subject are of the same pupils")
    line = Fraction(total_line)
    over_total = _reach(totals, line)
    sum_of_totals = int(totals[over_total].sum())
    if sum_of_totals <= 0:
        raise MethodRefused(Text("nobody reaches the total line", "无人达到总分线"))
    effective = line * Fraction(int(subject[over_total].sum()), sum_of_totals)
    over_subject = _reach(subject, effective)
    both = int(np.count_nonzero(over_total & over_subject))
    n_total, n_subject = int(np.count_nonzero(over_total)), int(np.count_nonzero(over_subject))
    return SubjectLine(
        line=Line(effective, n_subject, len(subject)),
        n_total_reached=n_total,
        both=both,
        subject_only=n_subject - both,
        total_only=n_total - both,
        hit_rate=both / n_subject if n_subject else None,
        contribution_rate=both / n_total if n_total else None,
    )


def near_line(totals: Marks, line: Fraction | int, distance_half_marks: int) -> NearLine:
    """Those at most the distance from the line, on either side, by their place in `totals`."""
    exact = Fraction(line)
    over = _reach(totals, exact)
    near = _reach(totals, exact - distance_half_marks) & ~_reach(
        totals, exact + distance_half_marks + Fraction(1, exact.denominator)
    )
    below: list[int] = np.flatnonzero(near & ~over).tolist()
    above: list[int] = np.flatnonzero(near & over).tolist()
    return NearLine(distance_half_marks, tuple(below), tuple(above))


def _reach(totals: Marks, line: Fraction) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Whether each total reaches the line, compared in whole numbers."""
    reached: np.ndarray[tuple[int], np.dtype[np.bool_]] = (
        totals * line.denominator >= line.numerator
    )
    return reached
