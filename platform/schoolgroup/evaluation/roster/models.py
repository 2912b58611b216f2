"""What is said of a roster: candidates, rooms, the draw, the sitting."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from schoolgroup.evaluation.results.models import Result
from schoolgroup.kernel.http import Input

Reason = Annotated[str, Meta(min_length=1, max_length=2000)]
Label = Annotated[str, Meta(min_length=1, max_length=40)]


class FromRegister(Input, frozen=True):
    """Take the school's enrolled pupils of the exam's grade: of these classes, in these subjects.

    Left out: all classes, and every subject the school takes.
    """

    class_labels: Annotated[list[Label], Meta(min_length=1, max_length=100)] | None = None
    subjects: Annotated[list[Label], Meta(min_length=1, max_length=20)] | None = None


class Room(Input, frozen=True):
    """A room of the exam: seats in rows, counted from the front left."""

    site_school_id: UUID
    label: Label
    seat_rows: Annotated[int, Meta(ge=1, le=30)]
    seat_columns: Annotated[int, Meta(ge=1, le=30)]


class Rooms(Input, frozen=True):
    """All rooms of the exam, in the order in which they are numbered."""

    rooms: Annotated[list[Room], Meta(min_length=1, max_length=999)]


class DrawWish(Input, frozen=True):
    """How to draw. `mixed`: candidates of all schools over all sites; else each at the own school.

    A second draw needs a reason, and uses the same sealed seed.
    """

    mixed: bool = False
    because: Annotated[str, Meta(max_length=2000)] = ""


class LateCandidate(Input, frozen=True):
    """A candidate who comes after the roster was locked, into a spare seat."""

    school_id: UUID
    register_number: Label
    class_label: Label
    because: Reason
    subjects: Annotated[list[Label], Meta(min_length=1, max_length=20)] | None = None


class AttendanceRecord(Input, frozen=True):
    """How it went with one candidate in a subject: a state, never a number."""

    exam_number: Label
    attendance: Result
    because: Annotated[str, Meta(max_length=1000)] = ""


class AttendanceInput(Input, frozen=True):
    """Records of one subject; of whom nothing is recorded was present."""

    records: Annotated[list[AttendanceRecord], Meta(min_length=1, max_length=5000)]


class Print(StrEnum):
    """What can be printed."""

    DOOR_LIST = "door-list"  # 门贴
    SEAT_LABELS = "seat-labels"  # 座位签
    SIGN_IN = "sign-in"  # 签到表


class Applicant(msgspec.Struct, frozen=True):
    """One candidate as a school sends it; `name` stays in the school."""

    school_id: UUID
    register_number: str
    class_label: str
    subject_ids: tuple[UUID, ...]
    name: str = ""


class RosterTaken(msgspec.Struct, frozen=True):
    """What came in, or would with dry_run: candidates, and their subjects in sum."""

    dry_run: bool
    candidates: int
    entries: int
    schools: int
    from_register: int
    removed: int


class CandidateRow(msgspec.Struct, frozen=True):
    """A candidate as stored."""

    id: UUID
    school_id: UUID
    exam_number: str
    register_number: str | None
    class_label: str
    subjects: list[str]
    late_because: str
    room: str | None
    room_number: int | None
    site_school_id: UUID | None
    seat_no: int | None


class CandidateView(msgspec.Struct, frozen=True):
    """A candidate as shown: number, room and seat once they are drawn; never a name."""

    id: UUID
    school_id: UUID
    exam_number: str | None
    register_number: str | None
    class_label: str
    subjects: list[str]
    room: str | None
    room_number: int | None
    seat_no: int | None
    late_because: str


class RoomRow(msgspec.Struct, frozen=True):
    """A room as stored."""

    id: UUID
    number: int
    site_school_id: UUID
    site_name: str
    label: str
    seat_rows: int
    seat_columns: int
    seated: int


class RoomList(msgspec.Struct, frozen=True):
    """The rooms of an exam."""

    items: list[RoomRow]
    seats: int
    seated: int


class ToSeat(msgspec.Struct, frozen=True):
    """What a draw looks at of a candidate."""

    id: UUID
    school_id: UUID
    class_label: str


class DrawRow(msgspec.Struct, frozen=True):
    """A draw as stored."""

    number: int
    because: str
    mixed: bool
    candidates: int
    conflicts: int
    conflicts_min: int
    result_sha256: str
    drawn_at: datetime


class SeedRow(msgspec.Struct, frozen=True):
    """The sealed seed."""

    seed: str
    commitment_sha256: str
    committed_at: datetime


class DrawView(msgspec.Struct, frozen=True):
    """The draws of an exam, the newest first. `seed` is told once it has been used.

    Whoever has the seed, the ids and classes of the candidates and the rooms can draw again and
    compare `result_sha256` (docs/exams.md says how).
    """

    exam_id: UUID
    commitment_sha256: str
    committed_at: datetime
    seed: str | None
    draws: list[DrawRow]


class AttendanceTaken(msgspec.Struct, frozen=True):
    """How many records were taken, and what stands in the subject now."""

    subject: str
    recorded: int
    on_roster: int
    states: dict[str, int]


class Sitter(msgspec.Struct, frozen=True):
    """One seat of a room as it is printed."""

    candidate_id: UUID
    room_id: UUID
    seat_no: int
    exam_number: str


class Named(msgspec.Struct, frozen=True):
    """A name, of the own school."""

    candidate_id: UUID
    name: str
