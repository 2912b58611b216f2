"""Small cells, and a reader who subtracts: tables by hand and random ones."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schoolgroup.evaluation.statistics.privacy import Spread, hide_rows, kept_lines, share_lines


@pytest.mark.parametrize(
    ("sizes", "hidden", "total"),
    [
        ([30, 20, 10], [], False),  # ten are enough
        ([30, 20, 25, 12, 9], [9, 12, 20], False),  # one alone, or two when one of them reads
        ([30, 25, 20, 3, 3, 3], [3, 3, 3, 20, 25], False),  # the 20 would know of 9 pupils
        ([30, 25, 4, 4, 4, 4], [4, 4, 4, 4], False),
        ([30, 9], [9, 30], True),  # two schools: each knows the other by subtraction
        ([9], [9], True),
        ([40, 30, 0], [0, 30, 40], False),
    ],
)
def test_which_schools_are_hidden(sizes, hidden, total):
    table = dict(enumerate(sizes))
    found = hide_rows(table, 10)
    assert sorted(table[row] for row in found.rows) == sorted(hidden)
    assert found.total is total


@given(st.dictionaries(st.integers(0, 50), st.integers(0, 60), min_size=1, max_size=12))
def test_nobody_can_subtract_their_way_to_a_hidden_school(sizes):
    found = hide_rows(sizes, 10)
    assert all(size >= 10 for row, size in sizes.items() if row not in found.rows)
    if found.total or not found.rows:
        return
    for reader in [None, *sizes]:
        unknown = [sizes[row] for row in found.rows if row != reader]
        assert len(unknown) >= 2
        assert sum(unknown) >= 10


def test_lines_are_kept_while_every_slice_is_large_enough():
    whole = Spread({60: 70, 85: 25, 40: 95, 70: 50}, 100)
    # 40 would tell of 5 pupils below it; 70 leaves slices of 20 and 25
    assert kept_lines([whole], 10, [60, 85, 40, 70]) == {60, 85, 70}
    assert kept_lines([Spread({60: 18}, 18)], 10, [60]) == set()  # all passed: that tells of each


def of_bands(low: int, middle: int, top: int) -> Spread:
    """Pupils below 60, from 60, from 85."""
    return Spread({60: middle + top, 85: top}, low + middle + top)


def test_two_schools_that_hide_a_line_would_tell_each_other():
    # first and second hide 85, because 6 pupils lie between the lines; one from the other, each
    # would find the other's
    schools = dict(enumerate([of_bands(12, 6, 10), of_bands(12, 6, 10), of_bands(12, 12, 12)]))
    lines = share_lines(schools, frozenset(), 10, [60, 85])
    assert lines.of == dict.fromkeys(schools, frozenset({60}))
    # three of them are enough to hide among
    schools[3] = schools[0]
    lines = share_lines(schools, frozenset(), 10, [60, 85])
    assert lines.of[2] == {60, 85}


bands = st.builds(of_bands, st.integers(0, 40), st.integers(0, 40), st.integers(0, 40))


@given(st.lists(bands, min_size=2, max_size=8))
def test_no_line_tells_of_fewer_than_k_pupils_even_by_subtraction(given_schools):
    schools = dict(enumerate(given_schools))
    hidden = hide_rows({n: s.n for n, s in schools.items()}, 10).rows
    lines = share_lines(schools, hidden, 10, [60, 85])

    def slices(some: list[Spread], kept: frozenset[int]) -> list[int]:
        n = sum(s.n for s in some)
        edges = [n, *(sum(s.above[line] for s in some) for line in sorted(kept)), 0]
        return [high - low for high, low in pairwise(edges)]

    for row, kept in lines.of.items():
        assert not kept or min(slices([schools[row]], kept)) >= 10
    for reader in schools:  # with the own figures in hand
        rest = [s for row, s in schools.items() if row != reader]
        assert not lines.total or min(slices(rest, lines.total)) >= 10
    for line in lines.total:
        unknown = [row for row in schools if line not in lines.of[row]]
        for reader in unknown:
            rest = [schools[row] for row in unknown if row != reader]
            assert min(slices(rest, frozenset({line}))) >= 10
            assert len(rest) >= 2 or len(unknown) == len(schools)
