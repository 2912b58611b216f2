"""SQL of rooms, seats and draws."""

from collections.abc import Sequence
from uuid import UUID

from schoolgroup.evaluation.roster.models import DrawRow, Room, RoomRow, SeedRow, Sitter, ToSeat
from schoolgroup.kernel.db import Tx, execute, execute_many, fetch_all, fetch_one, fetch_value
from schoolgroup.kernel.ids import new_id

LIST_ROOMS = """
SELECT r.id, r.number, r.site_school_id, c.name AS site_name, r.label, r.seat_rows,
       r.seat_columns,
       (SELECT count(*) FROM exam_seat t WHERE t.group_id = r.group_id AND t.room_id = r.id)::int
           AS seated
  FROM exam_room r
  JOIN school c ON c.group_id = r.group_id AND c.id = r.site_school_id
 WHERE r.group_id = $1 AND r.exam_id = $2
 ORDER BY r.number
"""
DELETE_SEATS = "DELETE FROM exam_seat WHERE group_id = $1 AND exam_id = $2"
DELETE_ROOMS = "DELETE FROM exam_room WHERE group_id = $1 AND exam_id = $2"
INSERT_ROOM = """
INSERT INTO exam_room (group_id, id, exam_id, site_school_id, number, label, seat_rows,
                       seat_columns)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
"""
LIST_TO_SEAT = """
SELECT c.id, c.school_id, c.class_label FROM exam_candidate c
 WHERE c.group_id = $1 AND c.exam_id = $2
 ORDER BY c.id
"""
INSERT_SEATS = """
INSERT INTO exam_seat (group_id, exam_id, candidate_id, room_id, seat_no, school_id,
                       site_school_id)
SELECT $1, $2, s.candidate_id, s.room_id, s.seat_no, c.school_id, r.site_school_id
  FROM unnest($3::uuid[], $4::uuid[], $5::int[]) AS s (candidate_id, room_id, seat_no)
  JOIN exam_candidate c ON c.group_id = $1 AND c.id = s.candidate_id
  JOIN exam_room r ON r.group_id = $1 AND r.id = s.room_id
"""
# Numbers change places in a new draw: first out of each other's way.
FORGET_NUMBERS = """
UPDATE exam_candidate SET exam_number = replace(id::text, '-', '')
 WHERE group_id = $1 AND exam_id = $2
"""
SET_NUMBERS = """
UPDATE exam_candidate c SET exam_number = n.exam_number
  FROM unnest($3::uuid[], $4::text[]) AS n (id, exam_number)
 WHERE c.group_id = $1 AND c.exam_id = $2 AND c.id = n.id
"""
COUNT_UNSEATED = """
SELECT count(*) FROM exam_candidate c
 WHERE c.group_id = $1 AND c.exam_id = $2
   AND NOT EXISTS (SELECT FROM exam_seat t
                    WHERE t.group_id = c.group_id AND t.candidate_id = c.id)
"""
GET_SEED = """
SELECT seed, commitment_sha256, committed_at FROM exam_seed WHERE group_id = $1 AND exam_id = $2
"""
LIST_DRAWS = """
SELECT number, because, mixed, candidates, conflicts, conflicts_min, result_sha256, drawn_at
  FROM exam_draw WHERE group_id = $1 AND exam_id = $2 ORDER BY number DESC
"""
INSERT_DRAW = """
INSERT INTO exam_draw (group_id, id, exam_id, number, because, mixed, candidates, conflicts,
                       conflicts_min, result_sha256, drawn_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
"""
LIST_SITTERS = """
SELECT t.candidate_id, t.room_id, t.seat_no, c.exam_number
  FROM exam_seat t
  JOIN exam_candidate c ON c.group_id = t.group_id AND c.id = t.candidate_id
 WHERE t.group_id = $1 AND t.room_id = ANY ($2::uuid[])
 ORDER BY t.room_id, t.seat_no
"""


async def list_rooms(tx: Tx, exam_id: UUID) -> list[RoomRow]:
    """The rooms in their order."""
    return await fetch_all(tx, RoomRow, LIST_ROOMS, tx.group_id, exam_id)


async def set_rooms(tx: Tx, exam_id: UUID, rooms: Sequence[Room]) -> None:
    """All rooms anew; seats that were drawn go with the old ones."""
    await forget_seats(tx, exam_id)
    await execute(tx, DELETE_ROOMS, tx.group_id, exam_id)
    await execute_many(
        tx,
        INSERT_ROOM,
        [
            (tx.group_id, new_id(), exam_id, r.site_school_id, n, r.label, r.seat_rows,
             r.seat_columns)
            for n, r in enumerate(rooms, start=1)
        ],
    )  # fmt: skip


async def forget_seats(tx: Tx, exam_id: UUID) -> None:
    """Nobody sits anywhere, and has a number."""
    await execute(tx, DELETE_SEATS, tx.group_id, exam_id)
    await execute(tx, FORGET_NUMBERS, tx.group_id, exam_id)


async def list_to_seat(tx: Tx, exam_id: UUID) -> list[ToSeat]:
    """Everyone who needs a seat."""
    return await fetch_all(tx, ToSeat, LIST_TO_SEAT, tx.group_id, exam_id)


async def seat(
    tx: Tx, exam_id: UUID, seats: Sequence[tuple[UUID, UUID, int]], numbers: Sequence[str]
) -> None:
    """Keep places (candidate, room, seat) and the numbers that go with them."""
    ids = [candidate for candidate, _, _ in seats]
    await execute(
        tx,
        INSERT_SEATS,
        tx.group_id,
        exam_id,
        ids,
        [room for _, room, _ in seats],
        [number for _, _, number in seats],
    )
    await execute(tx, SET_NUMBERS, tx.group_id, exam_id, ids, list(numbers))


async def count_unseated(tx: Tx, exam_id: UUID) -> int:
    """How many candidates have no seat."""
    return int(await fetch_value(tx, COUNT_UNSEATED, tx.group_id, exam_id))


async def get_seed(tx: Tx, exam_id: UUID) -> SeedRow | None:
    """The sealed seed, for those who run the exam."""
    return await fetch_one(tx, SeedRow, GET_SEED, tx.group_id, exam_id)


async def list_draws(tx: Tx, exam_id: UUID) -> list[DrawRow]:
    """Every draw, the newest first."""
    return await fetch_all(tx, DrawRow, LIST_DRAWS, tx.group_id, exam_id)


async def insert_draw(tx: Tx, exam_id: UUID, draw: DrawRow) -> None:
    """A draw, for good."""
    await execute(
        tx,
        INSERT_DRAW,
        tx.group_id,
        new_id(),
        exam_id,
        draw.number,
        draw.because,
        draw.mixed,
        draw.candidates,
        draw.conflicts,
        draw.conflicts_min,
        draw.result_sha256,
        draw.drawn_at,
    )


async def list_sitters(tx: Tx, room_ids: Sequence[UUID]) -> list[Sitter]:
    """Who sits in these rooms."""
    return await fetch_all(tx, Sitter, LIST_SITTERS, tx.group_id, list(room_ids))
