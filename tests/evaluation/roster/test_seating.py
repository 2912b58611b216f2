"""Seats by a seed anyone can check, and neighbours of different classes."""

from itertools import permutations
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schoolgroup.evaluation.roster.models import RoomRow, ToSeat
from schoolgroup.evaluation.roster.seating import (
    arrange,
    best_spare,
    conflicts,
    conflicts_min,
    draw_order,
    seat_all,
)

SCHOOLS = [UUID(int=n) for n in (1, 2, 3)]


def people(sizes, school=0):
    """One candidate per place, class by class."""
    made = []
    for label, size in enumerate(sizes):
        for n in range(size):
            identity = UUID(int=school * 10**6 + label * 1000 + n + 10)
            made.append(ToSeat(identity, SCHOOLS[school], f"90{label}"))
    return made


def room(number, rows, columns, school=0):
    return RoomRow(
        UUID(int=9 * 10**9 + number), number, SCHOOLS[school], "", f"{number}", rows, columns, 0
    )


def fewest_by_trying(everyone, rows, columns):
    """The fewest conflicts of all seatings of a small room, by trying each."""
    grid = [*everyone, *[None] * (rows * columns - len(everyone))]
    groups = [None if one is None else one.class_label for one in grid]
    best = 99
    for order in set(permutations(groups)):
        found = 0
        for place, label in enumerate(order):
            right = place + 1 if (place + 1) % columns else -1
            for other in (right, place + columns):
                found += 0 <= other < len(order) and label is not None and order[other] == label
        best = min(best, found)
    return best


@pytest.mark.parametrize(
    ("sizes", "rows", "columns"),
    [([3, 3, 2], 2, 4), ([4, 4], 2, 4), ([5, 3], 2, 4), ([6, 2], 2, 4), ([4], 2, 4), ([5], 3, 3),
     ([6], 3, 3), ([3, 3, 3], 3, 3), ([4, 4, 1], 3, 3), ([2, 2, 2, 2], 2, 4), ([8], 2, 4)],
)  # fmt: skip
def test_small_rooms_are_as_good_as_any_seating(sizes, rows, columns):
    everyone = people(sizes)
    found = len(conflicts(arrange(everyone, rows, columns), columns))
    best = fewest_by_trying(everyone, rows, columns)
    assert found == best
    assert conflicts_min(everyone, rows * columns) <= best


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(1, 20), min_size=2, max_size=8), st.integers(4, 7), st.integers(4, 7))
def test_where_no_class_fills_more_than_half_nobody_meets_the_class(sizes, rows, columns):
    sizes = [min(size, rows * columns // 2) for size in sizes]
    while sum(sizes) > rows * columns:
        sizes.pop()
    everyone = people(sizes)
    grid = arrange(everyone, rows, columns)
    assert sorted(str(p.id) for p in grid if p) == sorted(str(p.id) for p in everyone)
    assert conflicts(grid, columns) == []


def test_the_bound_is_met_where_one_class_is_too_large():
    everyone = people([20, 10])
    grid = arrange(everyone, 5, 6)
    assert conflicts_min(everyone, 30) == 5
    assert len(conflicts(grid, 6)) >= 5


def test_the_seed_alone_says_who_sits_where():
    everyone = [*people([40, 40, 40]), *people([30, 30], 1)]
    rooms = [room(1, 5, 6), room(2, 5, 6), room(3, 5, 6), room(4, 5, 6), room(5, 6, 6, 1),
             room(6, 6, 6, 1)]  # fmt: skip
    first = seat_all("a" * 64, 1, everyone, rooms, mixed=False)
    again = seat_all("a" * 64, 1, everyone[::-1], rooms[::-1], mixed=False)
    other = seat_all("b" * 64, 1, everyone, rooms, mixed=False)
    second = seat_all("a" * 64, 2, everyone, rooms, mixed=False)
    assert first.result_sha256 == again.result_sha256
    assert len({first.result_sha256, other.result_sha256, second.result_sha256}) == 3
    assert (first.conflicts, first.unseated) == (0, [])
    sites = {r.id: r.site_school_id for r in rooms}
    schools = {p.id: p.school_id for p in everyone}
    assert all(sites[s.room_id] == schools[s.candidate_id] for s in first.seats)
    # no room holds more of a class than an even deal gives it
    classes = {p.id: p.class_label for p in everyone if p.school_id == SCHOOLS[0]}
    held: dict[tuple[int, str], int] = {}
    for seat in first.seats:
        if seat.candidate_id in classes:
            key = (seat.room_number, classes[seat.candidate_id])
            held[key] = held.get(key, 0) + 1
    assert set(held.values()) == {10}


def test_mixed_schools_share_rooms_and_too_few_seats_seat_nobody():
    everyone = [*people([12]), *people([12], 1), *people([6], 2)]
    mixed = seat_all("c" * 64, 1, everyone, [room(1, 5, 6)], mixed=True)
    assert (len(mixed.seats), mixed.conflicts) == (30, 0)
    alone = seat_all("c" * 64, 1, everyone, [room(1, 5, 6)], mixed=False)
    assert len(alone.unseated) == 18
    tight = seat_all("c" * 64, 1, everyone, [room(1, 4, 7)], mixed=True)
    assert len(tight.unseated) == 2


def test_the_order_is_that_of_the_hashes():
    import hashlib

    everyone = people([5])
    order = draw_order("seed", 3, everyone)
    hashes = [hashlib.sha256(f"seed:3:{p.id}".encode()).hexdigest() for p in order]
    assert hashes == sorted(hashes)


def test_a_newcomer_sits_where_the_fewest_of_the_class_are():
    a, b, new = people([2, 1, 0])[0], people([2, 1])[2], people([9])[8]
    grid = [a, None, b, None, None, b]
    assert best_spare(grid, 3, new) == (4, 0)
    assert best_spare([a, b], 2, new) is None
