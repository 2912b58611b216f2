"""When marks settle a script: the published cases, every mode by hand, and what always holds."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schoolgroup.evaluation.marking.models import (
    Mode,
    Scheme,
    SettledBy,
    ThirdRule,
    ThresholdUnit,
)
from schoolgroup.evaluation.marking.rules import (
    ARBITER,
    FIRST,
    SECOND,
    THIRD,
    Needs,
    Settled,
    agree,
    allotments,
    settle,
)


def scheme(mode: str = "2+1+1", e: int = 4, unit: str = "half_marks", third: str = "higher"):
    return Scheme(
        mode=Mode(mode),
        threshold=e,
        threshold_unit=ThresholdUnit(unit),
        third_rule=ThirdRule(third),
        max_half_marks=24,
    )


def marks(*given: float | None) -> dict[int, int]:
    """Marks of the first, second, third and the arbiter, in marks, as half marks."""
    return {no: int(2 * m) for no, m in enumerate(given, start=1) if m is not None}


# Published cases of 2+1+1 with threshold 2; a mark's exact value, or the turn it waits for.
REFERENCE = [
    ((8, 9), Fraction(17, 2)),
    ((8, 11), THIRD),
    ((8, 11, 9), Fraction(17, 2)),
    ((8, 11, 11), Fraction(11)),
    ((2, 9, 5, 6), Fraction(6)),
    ((4, 8, 6), Fraction(7)),
    ((7.5, 9.5), Fraction(17, 2)),
    ((7.5, 10, 9.5), Fraction(39, 4)),
]


@pytest.mark.parametrize(("given", "expected"), REFERENCE, ids=str)
def test_the_published_cases(given, expected):
    found = settle(scheme(), marks(*given))
    if isinstance(expected, int):
        assert found == Needs(expected)
    else:
        assert isinstance(found, Settled)
        assert Fraction(found.quarter_marks, 4) == expected


@pytest.mark.parametrize(
    ("mode", "given", "expected"),
    [
        ("1", (), Needs(FIRST)),
        ("1", (7.5,), Settled(30, SettledBy.SINGLE)),
        ("1+1", (7,), Needs(SECOND)),
        ("1+1", (7, 2), Settled(8, SettledBy.CHECKED)),  # the leader's 2, however far
        ("1+1+1", (7, 9), Settled(36, SettledBy.CHECKED)),  # within 2: the leader's 9
        ("1+1+1", (7, 9.5), Needs(ARBITER)),
        ("1+1+1", (7, 9.5, None, 8), Settled(32, SettledBy.ARBITER)),
        ("2+1", (7,), Needs(SECOND)),
        ("2+1", (7.5, 8), Settled(31, SettledBy.MEAN)),  # 7.75, exactly
        ("2+1", (7, 9.5), Needs(ARBITER)),
        ("2+1", (7, 9.5, None, 12), Settled(48, SettledBy.ARBITER)),
        ("2+1+1", (None, 8), Needs(FIRST)),
        ("2+1+1", (2, 9, 5), Needs(ARBITER)),  # 3 from the one, 4 from the other
    ],
    ids=str,
)
def test_every_mode_by_hand(mode, given, expected):
    assert settle(scheme(mode), marks(*given)) == expected


@pytest.mark.parametrize(
    ("third", "expected"),
    [
        ("higher", Settled(28, SettledBy.NEARER)),
        ("lower", Settled(20, SettledBy.NEARER)),
        ("arbitrate", Needs(ARBITER)),
    ],
)
def test_a_third_equally_far_from_both_follows_the_named_rule(third, expected):
    assert settle(scheme(third=third), marks(4, 8, 6)) == expected
    assert settle(scheme(third=third), marks(8, 4, 6)) == expected


def test_a_threshold_in_percent_is_exact_at_its_edge():
    ten_percent = scheme(e=10, unit="percent")  # of 12 marks: 1.2
    assert agree(ten_percent, 10, 12)
    assert not agree(ten_percent, 10, 13)
    a_quarter = scheme(e=25, unit="percent")  # 3 marks, reached
    assert agree(a_quarter, 10, 16)
    assert not agree(a_quarter, 10, 17)


half = st.integers(0, 24)
schemes = st.builds(
    scheme,
    mode=st.sampled_from([m.value for m in Mode]),
    e=st.integers(0, 30),
    unit=st.sampled_from(["half_marks", "percent"]),
    third=st.sampled_from(["higher", "lower", "arbitrate"]),
)


@settings(max_examples=300, deadline=None)
@given(schemes, half, half, half)
def test_what_always_holds(rules, one, other, third):
    """Symmetric in two blind marks; never outside the marks it rests on; it never needs a fifth."""
    given_marks = {FIRST: one, SECOND: other}
    found = settle(rules, given_marks)
    if rules.mode in (Mode.DOUBLE, Mode.DOUBLE_THIRD):
        assert found == settle(rules, {FIRST: other, SECOND: one})
        assert isinstance(found, Settled) == agree(rules, one, other)
    if isinstance(found, Needs) and found.no == THIRD:
        given_marks[THIRD] = third
        found = settle(rules, given_marks)
        assert found == settle(rules, {FIRST: other, SECOND: one, THIRD: third})
    if isinstance(found, Needs):
        assert found.no == ARBITER
        assert settle(rules, {**given_marks, ARBITER: 5}) == Settled(10, SettledBy.ARBITER)
    else:
        assert 2 * min(given_marks.values()) <= found.quarter_marks <= 2 * max(given_marks.values())


def test_shares_follow_the_weights_and_nobody_marks_the_own():
    # 3 schools, 100 scripts of A, 60 of B, 40 of C, two turns each: nothing is full
    assert allotments(400, {"A": 200, "B": 280, "C": 320}, {"A": 50, "B": 30, "C": 20}) == {
        "A": 200,
        "B": 120,
        "C": 80,
    }
    # A has nine tenths of the pupils but can mark only the 20 scripts of B: B does the rest
    assert allotments(400, {"A": 40, "B": 360}, {"A": 180, "B": 20}) == {"A": 40, "B": 360}


@settings(max_examples=200, deadline=None)
@given(
    st.dictionaries(
        st.integers(0, 8), st.tuples(st.integers(0, 500), st.integers(0, 20)), min_size=1
    ),
    st.integers(0, 3000),
)
def test_shares_cover_the_work_and_never_exceed_what_a_school_can(schools, total):
    capacity = {k: c for k, (c, _) in schools.items()}
    given_to = allotments(total, capacity, {k: w for k, (_, w) in schools.items()})
    assert all(given_to[k] <= capacity[k] for k in capacity)
    assert sum(given_to.values()) >= min(total, sum(capacity.values()))
    assert sum(given_to.values()) < total + len(schools)
