"""Candidates, rooms and seats of an exam (考务).

Written by `make client` from the API description: do not edit.
"""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from msgspec import UNSET, Struct, UnsetType

from schoolgroup.client import kinds as k
from schoolgroup.client.generated import shared


class AttendanceInput(Struct, frozen=True, kw_only=True, omit_defaults=True):
    records: list[AttendanceRecord]


class AttendanceRecord(Struct, frozen=True, kw_only=True, omit_defaults=True):
    exam_number: str
    attendance: shared.Result
    because: str = ""


class AttendanceTaken(Struct, frozen=True, kw_only=True, omit_defaults=True):
    subject: str
    recorded: int
    on_roster: int
    states: dict[str, int]


class CandidateView(Struct, frozen=True, kw_only=True, omit_defaults=True):
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


class DrawRow(Struct, frozen=True, kw_only=True, omit_defaults=True):
    number: int
    because: str
    mixed: bool
    candidates: int
    conflicts: int
    conflicts_min: int
    result_sha256: str
    drawn_at: dt.datetime


class FromRegister(Struct, frozen=True, kw_only=True, omit_defaults=True):
    class_labels: list[str] | UnsetType | None = UNSET
    subjects: list[str] | UnsetType | None = UNSET


class LateCandidate(Struct, frozen=True, kw_only=True, omit_defaults=True):
    school_id: UUID
    register_number: str
    class_label: str
    because: str
    subjects: list[str] | UnsetType | None = UNSET


class Print(k.Word):
    """What can be printed."""

    DOOR_LIST = "door-list"
    SEAT_LABELS = "seat-labels"
    SIGN_IN = "sign-in"


class PrintFormat(k.Word):
    """How it is written."""

    HTML = "html"
    XLSX = "xlsx"


class Room(Struct, frozen=True, kw_only=True, omit_defaults=True):
    site_school_id: UUID
    label: str
    seat_rows: int
    seat_columns: int


class RoomList(Struct, frozen=True, kw_only=True, omit_defaults=True):
    items: list[RoomRow]
    seats: int
    seated: int


class RoomRow(Struct, frozen=True, kw_only=True, omit_defaults=True):
    id: UUID
    number: int
    site_school_id: UUID
    site_name: str
    label: str
    seat_rows: int
    seat_columns: int
    seated: int


class Rooms(Struct, frozen=True, kw_only=True, omit_defaults=True):
    rooms: list[Room]


class RosterDrawView(Struct, frozen=True, kw_only=True, omit_defaults=True):
    exam_id: UUID
    commitment_sha256: str
    committed_at: dt.datetime
    seed: str | None
    draws: list[DrawRow]


class RosterDrawWish(Struct, frozen=True, kw_only=True, omit_defaults=True):
    mixed: bool = False
    because: str = ""


class RosterTaken(Struct, frozen=True, kw_only=True, omit_defaults=True):
    dry_run: bool
    candidates: int
    entries: int
    schools: int
    from_register: int
    removed: int


def add_late_candidate(
    exam_id: UUID, body: LateCandidate, *, idempotency_key: str | None = None
) -> k.Asked[CandidateView]:
    """Seat a late candidate.

    Into the spare seat with the fewest neighbours of the class; the reason is kept.
    """
    return k.ask(
        "addLateCandidate",
        "POST",
        k.path_of("/v1/exams/{exam_id}/candidates/late", exam_id=exam_id),
        k.read_json(CandidateView),
        body=body,
        once=True,
        key=idempotency_key,
    )


def annotate_candidates(
    exam_id: UUID, body: bytes, *, content_type: str = "text/csv"
) -> k.Asked[k.Content]:
    """Get a sheet of candidates back with its problems beside each row.

    A dry run answered by the file, CSV or XLSX as it came, with a column 问题/problem.
    """
    return k.ask(
        "annotateCandidates",
        "POST",
        k.path_of("/v1/exams/{exam_id}/candidates/annotated", exam_id=exam_id),
        k.read_content,
        body=body,
        content_type=content_type,
        accept="*/*",
    )


def draw_seats(
    exam_id: UUID, body: RosterDrawWish, *, idempotency_key: str | None = None
) -> k.Asked[RosterDrawView]:
    """Draw numbers, rooms and seats.

    By the seed sealed when registration opened; anyone can draw again and compare.
    """
    return k.ask(
        "drawSeats",
        "POST",
        k.path_of("/v1/exams/{exam_id}/draw", exam_id=exam_id),
        k.read_json(RosterDrawView),
        body=body,
        once=True,
        key=idempotency_key,
    )


def get_draw(exam_id: UUID) -> k.Asked[RosterDrawView]:
    """The draws, and the seed once it was used.

    With the neighbours of one class that remain, and the fewest there could be.
    """
    return k.ask(
        "getDraw",
        "GET",
        k.path_of("/v1/exams/{exam_id}/draw", exam_id=exam_id),
        k.read_json(RosterDrawView),
    )


def import_candidates(
    exam_id: UUID,
    body: bytes,
    *,
    dry_run: bool | None = None,
    content_type: str = "text/csv",
    idempotency_key: str | None = None,
) -> k.Asked[RosterTaken]:
    """Send in candidates from CSV or XLSX.

    register_number 学籍号, class 班级, [name 姓名, subjects 科目, school_code 学校代码].

    The whole list of each school in it: who is not in the file is no candidate any more.
    """
    return k.ask(
        "importCandidates",
        "POST",
        k.path_of("/v1/exams/{exam_id}/candidates", exam_id=exam_id),
        k.read_json(RosterTaken),
        query={"dry_run": dry_run},
        body=body,
        content_type=content_type,
        once=True,
        key=idempotency_key,
    )


def list_candidates(
    exam_id: UUID, *, limit: int | None = None, cursor: str | None = None
) -> k.Asked[k.Page[CandidateView]]:
    """Candidates with their rooms and seats.

    A school sees its own, the organiser all; names are in no list.
    """
    return k.ask(
        "listCandidates",
        "GET",
        k.path_of("/v1/exams/{exam_id}/candidates", exam_id=exam_id),
        k.read_json(k.Page[CandidateView]),
        query={"limit": limit, "cursor": cursor},
    )


def list_exam_rooms(exam_id: UUID) -> k.Asked[RoomList]:
    """The rooms of an exam.

    In the order of their numbers.
    """
    return k.ask(
        "listExamRooms",
        "GET",
        k.path_of("/v1/exams/{exam_id}/rooms", exam_id=exam_id),
        k.read_json(RoomList),
    )


def lock_roster(exam_id: UUID, *, idempotency_key: str | None = None) -> k.Asked[shared.ExamView]:
    """Lock the roster.

    From then on only late candidates, into spare seats, with a reason.
    """
    return k.ask(
        "lockRoster",
        "POST",
        k.path_of("/v1/exams/{exam_id}/roster/lock", exam_id=exam_id),
        k.read_json(shared.ExamView),
        once=True,
        key=idempotency_key,
    )


def print_rooms(
    exam_id: UUID, *, kind: Print | None = None, room: int | None = None, format: Any | None = None
) -> k.Asked[k.Content]:
    """Door lists, seat labels and sign-in sheets to print.

    One page with everything in it; names only of the caller's own pupils, and logged.
    """
    return k.ask(
        "printRooms",
        "GET",
        k.path_of("/v1/exams/{exam_id}/prints", exam_id=exam_id),
        k.read_content,
        query={"kind": kind, "room": room, "format": format},
        accept="*/*",
    )


def record_attendance(
    exam_id: UUID,
    body: AttendanceInput,
    *,
    subject: str | None = None,
    idempotency_key: str | None = None,
) -> k.Asked[AttendanceTaken]:
    """Record who was absent or excluded.

    absent 缺考, void 违纪, exempt 免考, late 迟到; `present` takes a record back.
    """
    return k.ask(
        "recordAttendance",
        "PUT",
        k.path_of("/v1/exams/{exam_id}/attendance", exam_id=exam_id),
        k.read_json(AttendanceTaken),
        query={"subject": subject},
        body=body,
        once=True,
        key=idempotency_key,
    )


def set_exam_rooms(
    exam_id: UUID, body: Rooms, *, idempotency_key: str | None = None
) -> k.Asked[RoomList]:
    """Set the rooms of an exam.

    All of them; seats drawn before are forgotten.
    """
    return k.ask(
        "setExamRooms",
        "PUT",
        k.path_of("/v1/exams/{exam_id}/rooms", exam_id=exam_id),
        k.read_json(RoomList),
        body=body,
        once=True,
        key=idempotency_key,
    )


def take_candidates_from_register(
    exam_id: UUID, body: FromRegister, *, idempotency_key: str | None = None
) -> k.Asked[RosterTaken]:
    """Take your school's pupils of the grade as candidates.

    In place of what the school sent before.
    """
    return k.ask(
        "takeCandidatesFromRegister",
        "POST",
        k.path_of("/v1/exams/{exam_id}/candidates/from-register", exam_id=exam_id),
        k.read_json(RosterTaken),
        body=body,
        once=True,
        key=idempotency_key,
    )
