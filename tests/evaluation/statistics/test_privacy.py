"""Small cells, and a reader who subtracts: tables by hand and random ones."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schoolgroup.evaluation.statistics.privacy import hide_rows, kept_lines, share_lines


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
    above = {60: 70, 85: 25, 40: 95, 70: 50}  # of 100
    # 40 would tell of 5 pupils below it; 70 leaves slices of 20 and 25
    assert kept_lines(above, 100, 10, [60, 85, 40, 70]) == {60, 85, 70}
    assert kept_lines({60: 18}, 18, 10, [60]) == set()  # all passed: that tells of each


@given(
    st.lists(
        st.tuples(st.integers(0, 40), st.integers(0, 40), st.integers(0, 40)),
        min_size=2,
        max_size=8,
    )
)
def test_no_line_tells_of_fewer_than_k_pupils_even_by_subtraction(schools):
    sizes = {n: sum(three) for n, three in enumerate(schools)}
    above = {n: {60: a + b, 85: a} for n, (a, b, _) in enumerate(schools)}
    hidden = hide_rows(sizes, 10).rows
    lines = share_lines(above, sizes, hidden, 10, [60, 85])
    for row, kept in lines.of.items():
        edges = [sizes[row], *(above[row][line] for line in sorted(kept)), 0]
        assert not kept or all(a - b >= 10 for a, b in pairwise(edges))
    for line in lines.total:
        unknown = [row for row in sizes if line not in lines.of[row]]
        for reader in unknown:
            rest = [row for row in unknown if row != reader]
            reach = sum(above[row][line] for row in rest)
            assert reach >= 10
            assert sum(sizes[row] for row in rest) - reach >= 10
