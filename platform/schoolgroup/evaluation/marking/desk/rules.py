"""What the desk decides without looking anything up."""

from collections.abc import Sequence

from schoolgroup.evaluation.marking.desk.models import Check, MarkInput
from schoolgroup.evaluation.marking.models import PlanRow
from schoolgroup.kernel.errors import Invalid, Problem
from schoolgroup.kernel.texts import Text

# A check is sure to come when they are so far behind their share, and cannot when so far ahead.
BEHIND_MAX, AHEAD_MAX = 2.0, 1.0


class MarkInvalid(Invalid):
    """The mark does not fit the item."""

    code = "mark_invalid"
    title = Text("The mark does not fit the item", "给分不符合本题要求")
    remedy = Text("Mark within the maximum and in the item's step.", "请在满分以内并按步长给分。")


def half_marks_of(plan: PlanRow, given: MarkInput) -> tuple[int, list[int]]:
    """The mark and its points, in half marks. Raises MarkInvalid naming every problem."""
    problems: list[Problem] = []
    points = [round(2 * point) for point in given.points or []]
    if plan.point_half_marks:
        if given.points is None or len(points) != len(plan.point_half_marks):
            told = f"one mark for each of {', '.join(plan.point_labels)}"
            raise MarkInvalid(problems=[Problem("/points", "points_missing", told)])
        for n, (point, most) in enumerate(zip(points, plan.point_half_marks, strict=True)):
            problems += _fits(point, most, plan.step_half_marks, f"/points/{n}")
        total = sum(points)
        if given.marks is not None and round(2 * given.marks) != total:
            told = f"the points come to {total / 2:g}"
            problems.append(Problem("/marks", "points_do_not_add_up", told))
    else:
        if points:
            problems.append(Problem("/points", "no_points", "the item has no scoring points"))
        if given.marks is None:
            raise MarkInvalid(problems=[Problem("/marks", "missing", "a mark is missing")])
        total = round(2 * given.marks)
        problems += _fits(total, plan.max_half_marks, plan.step_half_marks, "/marks")
    if problems:
        raise MarkInvalid(problems=problems)
    return total, points


def _fits(half_marks: int, most: int, step: int, where: str) -> list[Problem]:
    if half_marks > most:
        return [Problem(where, "out_of_range", f"0 to {most / 2:g}")]
    if half_marks % step:
        return [Problem(where, "off_step", f"in steps of {step / 2:g}")]
    return []


def is_due(live: int, checks: int, percent: int, draw: float) -> bool:
    """Whether a check comes next: by chance, so that nobody can count on it, yet near its share.

    `draw` is uniform on [0, 1); `checks` of `live` scripts is kept near `percent`.
    """
    behind = live * percent / 100 - checks
    if percent == 0 or behind <= -AHEAD_MAX:
        return False
    return behind >= BEHIND_MAX or draw < percent / 100


def outside(checks: Sequence[Check], tolerance: int) -> int:
    """How many checks were missed by more than the tolerance."""
    return sum(1 for check in checks if abs(check.given - check.expected) > tolerance)


def must_pause(checks: Sequence[Check], tolerance: int, outside_max: int) -> bool:
    """Whether these last checks pause the marker."""
    return outside(checks, tolerance) > outside_max


def calibrated(checks: Sequence[Check], tolerance: int, must_pass: int, of: int) -> bool | None:
    """Whether calibration is passed; None while it goes on.

    It is over as soon as enough are within tolerance, or too few are left to get there.
    """
    inside = len(checks) - outside(checks, tolerance)
    if inside >= must_pass:
        return True
    return False if inside + (of - len(checks)) < must_pass else None
