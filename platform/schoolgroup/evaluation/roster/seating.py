"""Who sits where: an order nobody can steer, and neighbours of different classes. Pure.

The order: candidates by SHA-256 of "seed:draw number:candidate id", so anyone with the published
seed gets the same one, and nobody without it can tell it beforehand.

Rooms: each class is dealt out over its rooms, one to the room that has the fewest of it for its
size, so that no room holds more of a class than it must.

Seats: two candidates of one class in seats next to each other (front, back, left, right) are a
conflict. Seats are filled like a chessboard, first all seats of one colour, then the other, class
by class from the largest: seats of one colour are never neighbours, so only a class that spans
both colours can meet itself; empty seats come where they part such a class. Then seats are swapped
while a swap removes conflicts. This is a heuristic; what is proved is a lower bound: a grid of n
seats is covered by n/2 dominoes (and one seat), and each domino holds one conflict or at most one
of a class, so a class of m candidates has at least m - ceil(n/2) conflicts. A draw reports both; if
they are equal, no better seating of these rooms exists.
"""

import hashlib
from collections.abc import Mapping, Sequence
from fractions import Fraction
from heapq import heapify, heappop, heappush
from uuid import UUID

import msgspec

from schoolgroup.evaluation.roster.models import RoomRow, ToSeat

SWEEPS_MAX = 12
Group = tuple[UUID, str]


class Seat(msgspec.Struct, frozen=True):
    """A candidate's place; `seat_no` counts row by row from the front left, from 1."""

    candidate_id: UUID
    room_id: UUID
    room_number: int
    seat_no: int


class Seating(msgspec.Struct, frozen=True):
    """A whole draw: places, conflicts that remain, and the fewest any seating could have."""

    seats: list[Seat]
    conflicts: int
    conflicts_min: int
    unseated: list[UUID]

    @property
    def result_sha256(self) -> str:
        """SHA-256 of the lines "candidate id room number seat", sorted."""
        lines = sorted(f"{s.candidate_id} {s.room_number} {s.seat_no}" for s in self.seats)
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def draw_order(seed: str, number: int, candidates: Sequence[ToSeat]) -> list[ToSeat]:
    """The candidates in the order of the draw."""
    return sorted(
        candidates,
        key=lambda c: hashlib.sha256(f"{seed}:{number}:{c.id}".encode()).digest(),
    )


def seat_all(
    seed: str, number: int, candidates: Sequence[ToSeat], rooms: Sequence[RoomRow], *, mixed: bool
) -> Seating:
    """Seat everyone; who finds no seat is in `unseated`, and then nothing may be kept."""
    ordered = draw_order(seed, number, candidates)
    pools: dict[object, tuple[list[ToSeat], list[RoomRow]]] = {}
    for one in ordered:
        pools.setdefault(None if mixed else one.school_id, ([], []))[0].append(one)
    for room in sorted(rooms, key=lambda r: r.number):
        key = None if mixed else room.site_school_id
        if key in pools:
            pools[key][1].append(room)
    seats: list[Seat] = []
    unseated: list[UUID] = []
    found = fewest = 0
    for people, places in pools.values():
        capacity = sum(r.seat_rows * r.seat_columns for r in places)
        unseated += [one.id for one in people[capacity:]]
        dealt = _deal(people[:capacity], places)
        for room in places:
            grid = arrange(dealt[room.id], room.seat_rows, room.seat_columns)
            found += len(conflicts(grid, room.seat_columns))
            fewest += conflicts_min(dealt[room.id], room.seat_rows * room.seat_columns)
            seats += [
                Seat(one.id, room.id, room.number, n)
                for n, one in enumerate(grid, start=1)
                if one is not None
            ]
    return Seating(seats, found, fewest, unseated)


def _deal(people: Sequence[ToSeat], rooms: Sequence[RoomRow]) -> dict[UUID, list[ToSeat]]:
    """Each class over all rooms, in proportion to their size, as evenly as whole people go."""
    size = {room.id: room.seat_rows * room.seat_columns for room in rooms}
    total = sum(size.values())
    quota = _quotas(len(people), size, total)
    dealt: dict[UUID, list[ToSeat]] = {room.id: [] for room in rooms}
    for members in _by_class(people):
        heap = [
            (Fraction(0), Fraction(len(dealt[r.id]), size[r.id]), r.number, 0, r.id)
            for r in rooms
            if len(dealt[r.id]) < quota[r.id]
        ]
        heapify(heap)
        for one in members:
            _, _, number, count, room = heappop(heap)
            dealt[room].append(one)
            if len(dealt[room]) < quota[room]:
                share = Fraction(count + 1, size[room])
                fill = Fraction(len(dealt[room]), size[room])
                heappush(heap, (share, fill, number, count + 1, room))
    return dealt


def _quotas(people: int, size: Mapping[UUID, int], total: int) -> dict[UUID, int]:
    """How many each room takes: its share of all, rounded so that the sum is everyone."""
    quota = {room: people * seats // total for room, seats in size.items()}
    rest = people - sum(quota.values())
    for room in sorted(size, key=lambda r: (-(people * size[r] % total), str(r))):
        if rest and quota[room] < size[room]:
            quota[room] += 1
            rest -= 1
    return quota


def arrange(people: Sequence[ToSeat], rows: int, columns: int) -> list[ToSeat | None]:
    """A seating of one room, empty seats as None, with as few conflicts as are found."""
    cells = [(r, c) for r in range(rows) for c in range(columns)]
    black = [r * columns + c for r, c in cells if (r + c) % 2 == 0]
    white = [r * columns + c for r, c in cells if (r + c) % 2]
    best: list[ToSeat | None] | None = None
    for first, second in ((black, white), (black, white[::-1]), (white, black)):
        order = [*first, *second]
        line: list[ToSeat | None] = [one for members in _by_class(people) for one in members]
        gaps = len(order) - len(line)
        # empty seats go where one colour ends: the class that spans both is parted there
        at = min(len(first), len(line))
        line[at:at] = [None] * gaps
        grid: list[ToSeat | None] = [None] * len(order)
        for place, one in zip(order, line, strict=True):
            grid[place] = one
        _improve(grid, columns)
        if best is None or len(conflicts(grid, columns)) < len(conflicts(best, columns)):
            best = grid
        if not conflicts(best, columns):
            break
    return best or []


def conflicts(grid: Sequence[ToSeat | None], columns: int) -> list[tuple[int, int]]:
    """The pairs of neighbouring places (from 0) that hold candidates of one class."""
    found = []
    for place, one in enumerate(grid):
        if one is None:
            continue
        right = place + 1 if (place + 1) % columns else -1
        for other in (right, place + columns):
            there = grid[other] if 0 <= other < len(grid) else None
            if there is not None and _group(there) == _group(one):
                found.append((place, other))
    return found


def conflicts_min(people: Sequence[ToSeat], seats: int) -> int:
    """No seating in a grid of so many seats has fewer conflicts (see above)."""
    half = (seats + 1) // 2
    return sum(max(0, len(members) - half) for members in _by_class(people))


def best_spare(
    grid: Sequence[ToSeat | None], columns: int, newcomer: ToSeat
) -> tuple[int, int] | None:
    """The empty place (from 0) where a newcomer meets the fewest of the class, and how many."""
    best: tuple[int, int] | None = None
    for place, one in enumerate(grid):
        if one is None:
            met = _met(grid, columns, place, newcomer)
            if best is None or met < best[1]:
                best = (place, met)
    return best


def _improve(grid: list[ToSeat | None], columns: int) -> None:
    """Swap places while a swap leaves fewer conflicts; bounded, and the same every time."""
    for _ in range(SWEEPS_MAX):
        bad = sorted({place for pair in conflicts(grid, columns) for place in pair})
        moved = False
        for place in bad:
            one = grid[place]
            here = _met(grid, columns, place, one)
            if not here:
                continue
            for other in range(len(grid)):
                there = grid[other]
                if other == place or (there and one and _group(there) == _group(one)):
                    continue
                before = here + _met(grid, columns, other, there)
                grid[place], grid[other] = there, one
                after = _met(grid, columns, place, there) + _met(grid, columns, other, one)
                if after < before:
                    moved = True
                    break
                grid[place], grid[other] = one, there
        if not moved:
            return


def _met(grid: Sequence[ToSeat | None], columns: int, place: int, one: ToSeat | None) -> int:
    """How many neighbours of a place are of the class of `one`."""
    if one is None:
        return 0
    column = place % columns
    near = [place - columns, place + columns]
    near += [place - 1] if column else []
    near += [place + 1] if column + 1 < columns else []
    count = 0
    for other in near:
        there = grid[other] if 0 <= other < len(grid) else None
        count += there is not None and there.id != one.id and _group(there) == _group(one)
    return count


def _by_class(people: Sequence[ToSeat]) -> list[list[ToSeat]]:
    """The classes, the largest first; among equals, and within, the order of the draw."""
    classes: dict[Group, list[ToSeat]] = {}
    for one in people:
        classes.setdefault(_group(one), []).append(one)
    return sorted(classes.values(), key=lambda members: -len(members))


def _group(one: ToSeat) -> Group:
    return (one.school_id, one.class_label)
