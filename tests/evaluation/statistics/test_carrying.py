"""Two releases under attack: whatever changed, no difference is of fewer than k pupils."""

from uuid import UUID

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schoolgroup.evaluation.results.models import Part, Result, Sums
from schoolgroup.evaluation.statistics.carrying import Told, carry, changed
from schoolgroup.evaluation.statistics.models import GROUP, GroupFigures, PeerFigures

K = 10
SUBJECT, RELEASE = UUID(int=1), UUID(int=2)


def part(school, marks, sha="x"):
    present = [mark for mark in marks.values() if mark is not None]
    return Part(
        SUBJECT,
        UUID(int=school),
        1,
        list(marks),
        ["1"] * len(marks),
        [Result.ABSENT if mark is None else Result.PRESENT for mark in marks.values()],
        np.array(present, dtype="<i2").tobytes(),
        sha,
    )


def test_pupils_who_come_go_or_change_are_counted():
    before = [part(1, {"a": 4, "b": 6, "c": None, "d": 8}, "one")]
    after = [part(1, {"a": 4, "b": 7, "c": 2, "e": 8}, "two"), part(2, {"z": 1}, "three")]
    # b has another mark, c was absent, d went, e came; the second school is new
    assert changed(before, after) == {
        (SUBJECT, UUID(int=1)): 4,
        (SUBJECT, UUID(int=2)): 1,
    }


def test_another_class_is_no_other_mark():
    one = part(1, {"a": 4}, "one")
    two = Part(SUBJECT, UUID(int=1), 1, ["a"], ["2"], [Result.PRESENT], one.half_marks, "two")
    assert changed([one], [two]) == {(SUBJECT, UUID(int=1)): 0}


def peer(mean):
    return PeerFigures(suppressed=mean is None, n_band=None, mean=mean)


def group(schools):
    return GroupFigures(suppressed=False, schools=schools, figures=None)


@pytest.mark.parametrize(("changes", "told"), [(0, 1.0), (9, 1.0), (10, 2.0)])
def test_a_school_is_told_anew_from_k_changes_on(changes, told):
    before = Told({(SUBJECT, "A"): peer(1.0)}, {(SUBJECT, "A"): RELEASE}, {(SUBJECT, "A"): changes})
    found = carry(before, {(SUBJECT, "A"): peer(2.0)}, K)
    assert found.shared == {(SUBJECT, "A"): peer(told)}
    assert found.origin == ({(SUBJECT, "A"): RELEASE} if told == 1.0 else {})


def test_a_hidden_school_stays_hidden():
    key = (SUBJECT, "A")
    found = carry(Told({key: peer(None)}, {key: RELEASE}, {key: 500}), {key: peer(2.0)}, K)
    assert found.shared == {key: peer(None)}


@settings(max_examples=200, deadline=None)
@given(st.lists(st.integers(0, 25), min_size=1, max_size=6))
def test_what_a_reader_can_subtract_is_of_nobody_or_of_many(changes):
    """Schools A, B, … and the total: every sum of changes a reader can isolate is 0 or >= k."""
    names = [chr(65 + n) for n in range(len(changes))]
    keys = [(SUBJECT, name) for name in names]
    total = (SUBJECT, GROUP)
    told = Told(
        {**{key: peer(1.0) for key in keys}, total: group(0)},
        dict.fromkeys([*keys, total], RELEASE),
        {**dict(zip(keys, changes, strict=True)), total: sum(changes)},
    )
    found = carry(told, {**{key: peer(2.0) for key in keys}, total: group(1)}, K)
    told_anew = [key for key in keys if found.shared[key] != told.shared[key]]
    for key, count in zip(keys, changes, strict=True):
        if key in told_anew:
            assert count >= K
    if found.shared[total] != told.shared[total]:
        # total less the schools told anew: what is left has not changed at all
        rest = sum(changes) - sum(
            count for key, count in zip(keys, changes, strict=True) if key in told_anew
        )
        assert rest == 0


def test_of_sums_the_fewest_that_can_have_moved_count():
    def sent(counts, sha):
        return Part(SUBJECT, UUID(int=1), 1, [], [], [], b"", sha, Sums(4, counts, 0, 0, 0))

    assert changed([sent([3, 2], "a")], [sent([1, 4], "b")]) == {(SUBJECT, UUID(int=1)): 2}
    assert changed([sent([3, 2], "a")], [sent([3, 3], "b")]) == {(SUBJECT, UUID(int=1)): 1}
    rows = part(1, {"a": 4, "b": 4, "c": 5}, "rows")
    assert changed([sent([2, 1], "a")], [rows]) == {(SUBJECT, UUID(int=1)): 1}
