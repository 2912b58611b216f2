"""Releases side by side: what may be told anew, so that the difference of two shows nobody.

A second release of the same exam differs by the pupils whose results changed: an appeal, a late
candidate, a mark mended. Whoever holds both can subtract. So (evaluation.md section 7):

1. Of a school of which fewer than k pupils changed since what the others see of it was worked out,
   they go on seeing just that. Also where nobody changed: other lines of the same marks would
   cut slices that neither release alone shows.
2. The total goes on as it was while any school that changed does: total less schools would give
   the change away.
3. A school hidden once stays hidden: its neighbours' figures of then and now would show it.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from uuid import UUID

import msgspec
import numpy as np

from schoolgroup.evaluation.results.models import Part, Result
from schoolgroup.evaluation.statistics.models import GROUP, GroupFigures, PeerFigures

Key = tuple[UUID, str]


class Told(msgspec.Struct, frozen=True):
    """What was told last: each figure, and how many pupils have changed since it was worked out."""

    shared: Mapping[Key, PeerFigures | GroupFigures]
    origin: Mapping[Key, UUID]  # the release that first told the figure
    changes: Mapping[Key, int]


class Carried(msgspec.Struct, frozen=True):
    """What a release tells; `origin` names the earlier release where a figure is that one's."""

    shared: dict[Key, PeerFigures | GroupFigures]
    origin: dict[Key, UUID]


def changed(before: Sequence[Part], after: Sequence[Part]) -> dict[tuple[UUID, UUID], int]:
    """Of each subject and school, how many pupils came, went, or have another result or mark."""
    earlier = {(part.exam_subject_id, part.school_id): part for part in before}
    later = {(part.exam_subject_id, part.school_id): part for part in after}
    found = {}
    for key in earlier.keys() | later.keys():
        one, two = earlier.get(key), later.get(key)
        if one is not None and two is not None and one.sha256 == two.sha256:
            found[key] = 0
            continue
        if any(part is not None and part.sums is not None for part in (one, two)):
            found[key] = _moved_at_least(one, two)
            continue
        rows_one = {} if one is None else _by_number(one)
        rows_two = {} if two is None else _by_number(two)
        numbers = rows_one.keys() | rows_two.keys()
        found[key] = sum(rows_one.get(number) != rows_two.get(number) for number in numbers)
    return found


def carry(told: Told, anew: Mapping[Key, PeerFigures | GroupFigures], k: int) -> Carried:
    """What may be told now, given what was told last and how many pupils have changed since."""
    shared = dict(anew)
    origin: dict[Key, UUID] = {}

    def keep(key: Key) -> None:
        shared[key] = told.shared[key]
        if shared[key] != anew[key]:
            origin[key] = told.origin[key]

    kept: set[UUID] = set()  # subjects in which a school that changed is told as it was
    for key in anew:
        subject, name = key
        if name == GROUP or key not in told.shared:
            continue
        changes, before = told.changes[key], told.shared[key]
        if changes < k or before.suppressed:
            keep(key)
        if 0 < changes < k:
            kept.add(subject)
    for key in anew:
        subject, name = key
        if name == GROUP and key in told.shared and (subject in kept or told.changes[key] < k):
            keep(key)
    return Carried(shared, origin)


def _moved_at_least(one: Part | None, two: Part | None) -> int:
    """The fewest pupils who can have moved between two histograms of totals; at least one."""
    counts: Counter[int] = Counter()
    for sign, part in ((1, one), (-1, two)):
        if part is not None and part.sums is not None:
            for place, count in enumerate(part.sums.counts):
                counts[part.sums.lowest + place] += sign * count
        elif part is not None:
            for result, marks, _ in _by_number(part).values():
                if result is Result.PRESENT:
                    counts[int(np.frombuffer(marks, dtype="<i2").sum())] += sign
    came = sum(count for count in counts.values() if count < 0)
    went = sum(count for count in counts.values() if count > 0)
    return max(1, went, -came)


def _by_number(part: Part) -> dict[str, tuple[Result, bytes, bytes]]:
    """Each pupil's result, marks and what did not count; classes may change without any of it."""
    present = sum(result is Result.PRESENT for result in part.results)
    stride = len(part.left_out) // present if present else 0
    table = np.frombuffer(part.half_marks, dtype="<i2").reshape(present, -1) if present else None
    rows, at = {}, 0
    for number, result in zip(part.exam_numbers, part.results, strict=True):
        marks = left_out = b""
        if result is Result.PRESENT and table is not None:
            marks = table[at].tobytes()
            left_out = part.left_out[at * stride : (at + 1) * stride]
            at += 1
        rows[number] = (result, marks, left_out)
    return rows
