"""When marks make a script final: pure, in whole half marks in and quarter marks out.

A mark is given in steps of half a mark, so it is a whole number of half marks; the mean of two is a
whole number of quarter marks and is kept so, exactly. Nothing is rounded here: the one rounding is
at the subject total (completion/rules.py).

The modes are those of the trade 评卷模式, as vendors and exam authorities describe them (online
marking 网上阅卷 of the 2015 Nanjing zhongkao for 2+1 and 2+1+1; guandingyun.com 阅卷模式 for all):

- 1: the marker's mark is final.
- 1+1: the team leader marks it too, and the leader's mark is final.
- 1+1+1: the leader's mark is final where it agrees with the marker's, else the arbiter's.
- 2+1: two marks that agree → their mean, else the arbiter's mark.
- 2+1+1: two marks that agree → their mean; else a third: where it agrees with the nearer of the
  two → the mean of these; else the arbiter's mark.

Two marks agree where |m1 − m2| ≤ e. Unlike there, leaders and thirds do not see earlier marks.
"""

from collections.abc import Mapping
from fractions import Fraction
from typing import TypeVar

import msgspec

from schoolgroup.evaluation.marking.models import (
    Duty,
    Mode,
    Scheme,
    SettledBy,
    ThirdRule,
    ThresholdUnit,
)

K = TypeVar("K")
FIRST, SECOND, THIRD, ARBITER = 1, 2, 3, 4
# The turns a script has from the beginning, and who takes them; the rest are made when needed.
OPENING: dict[Mode, dict[int, Duty]] = {
    Mode.SINGLE: {FIRST: Duty.MARKER},
    Mode.CHECKED: {FIRST: Duty.MARKER, SECOND: Duty.LEADER},
    Mode.CHECKED_ARBITER: {FIRST: Duty.MARKER, SECOND: Duty.LEADER},
    Mode.DOUBLE: {FIRST: Duty.MARKER, SECOND: Duty.MARKER},
    Mode.DOUBLE_THIRD: {FIRST: Duty.MARKER, SECOND: Duty.MARKER},
}
# Which turns a member of the pool may take.
TAKES: dict[Duty, tuple[Duty, ...]] = {
    Duty.MARKER: (Duty.MARKER,),
    Duty.LEADER: (Duty.MARKER, Duty.LEADER),
    Duty.ARBITER: (),
}


class Settled(msgspec.Struct, frozen=True):
    """The final mark of a script, exact, in quarter marks."""

    quarter_marks: int
    by: SettledBy


class Needs(msgspec.Struct, frozen=True):
    """The marks so far do not settle it: the turn that must be marked next (by number)."""

    no: int


def agree(scheme: Scheme, one: int, other: int) -> bool:
    """Whether two marks (half marks) are no further apart than the threshold."""
    apart = abs(one - other)
    if scheme.threshold_unit is ThresholdUnit.PERCENT:
        return apart * 100 <= scheme.threshold * scheme.max_half_marks
    return apart <= scheme.threshold


def settle(scheme: Scheme, marks: Mapping[int, int]) -> Settled | Needs:
    """What the marks given so far (turn number → half marks) come to.

    An arbiter's mark is final in every mode. The answer does not depend on the order in which the
    marks came.
    """
    if ARBITER in marks:
        return Settled(2 * marks[ARBITER], SettledBy.ARBITER)
    if FIRST not in marks:
        return Needs(FIRST)
    first = marks[FIRST]
    if scheme.mode is Mode.SINGLE:
        return Settled(2 * first, SettledBy.SINGLE)
    if SECOND not in marks:
        return Needs(SECOND)
    second = marks[SECOND]
    if scheme.mode is Mode.CHECKED:
        return Settled(2 * second, SettledBy.CHECKED)
    if agree(scheme, first, second):
        if scheme.mode is Mode.CHECKED_ARBITER:
            return Settled(2 * second, SettledBy.CHECKED)
        return Settled(first + second, SettledBy.MEAN)
    if scheme.mode is not Mode.DOUBLE_THIRD:
        return Needs(ARBITER)
    if THIRD not in marks:
        return Needs(THIRD)
    return _third(scheme, first, second, marks[THIRD])


def _third(scheme: Scheme, first: int, second: int, third: int) -> Settled | Needs:
    to_first, to_second = abs(third - first), abs(third - second)
    if to_first == to_second:
        nearer = max(first, second) if scheme.third_rule is ThirdRule.HIGHER else min(first, second)
    else:
        nearer = first if to_first < to_second else second
    if not agree(scheme, third, nearer):
        return Needs(ARBITER)
    if to_first == to_second and scheme.third_rule is ThirdRule.ARBITRATE:
        return Needs(ARBITER)
    return Settled(third + nearer, SettledBy.NEARER)


def allotments(total: int, capacity: Mapping[K, int], weight: Mapping[K, int]) -> dict[K, int]:
    """How many of `total` turns each school's markers do: by weight, none above its capacity.

    What a school cannot do (it never marks its own scripts) goes to the others by their weights.
    The parts are rounded up, so together they are never less than `total` where the capacities
    reach that far. A school without weight gets nothing unless the others are full.
    """
    left, given = Fraction(total), dict.fromkeys(capacity, Fraction(0))
    for open_to in (
        {k for k in capacity if weight.get(k, 0) > 0},
        {k for k in capacity if weight.get(k, 0) <= 0},
    ):
        taking = set(open_to)
        while taking and left > 0:
            weights = {k: weight.get(k, 0) or 1 for k in taking}
            whole = sum(weights.values())
            part = {k: left * weights[k] / whole for k in taking}
            full = {k for k in taking if part[k] >= capacity[k]}
            for k in full or taking:
                given[k] = Fraction(capacity[k]) if full else part[k]
                left -= given[k]
            taking -= full or set(taking)
    return {k: -(-given[k].numerator // given[k].denominator) for k in given}
