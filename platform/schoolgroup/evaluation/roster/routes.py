"""The roster over HTTP."""

from enum import StrEnum
from typing import Annotated
from uuid import UUID

from litestar import Response, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from schoolgroup.evaluation.exams.models import ExamView
from schoolgroup.evaluation.exams.stages.service import NothingSeated
from schoolgroup.evaluation.papers.service import UnknownSubject
from schoolgroup.evaluation.roster import rules, service, sitting
from schoolgroup.evaluation.roster.models import (
    AttendanceInput,
    AttendanceTaken,
    CandidateView,
    DrawView,
    DrawWish,
    FromRegister,
    LateCandidate,
    Print,
    RoomList,
    Rooms,
    RosterTaken,
)
from schoolgroup.kernel.errors import NotFound
from schoolgroup.kernel.http import LIMIT, Call, Cursor, Limit, file_answer, may, refusals
from schoolgroup.kernel.paging import Page
from schoolgroup.kernel.sheet_bodies import SheetOperation
from schoolgroup.kernel.sheets import XLSX_TYPE, SheetRefused
from schoolgroup.kernel.transitions import WrongState

TAGS = ["roster"]
PATH = "/v1/exams/{exam_id:uuid}"


class PrintFormat(StrEnum):
    """How a print is written."""

    HTML = "html"
    XLSX = "xlsx"


@post(
    PATH + "/candidates",
    opt=may("roster:send"),
    operation_id="importCandidates",
    operation_class=SheetOperation,
    status_code=200,
    tags=TAGS,
    summary="Send in candidates from CSV or XLSX",
    responses=refusals(NotFound, WrongState, SheetRefused),
)
async def import_candidates(
    exam_id: FromPath[UUID],
    call: NamedDependency[Call],
    dry_run: FromQuery[
        Annotated[bool, QueryParameter(description="Check everything, take in nothing.")]
    ] = False,
) -> Response[RosterTaken]:
    """register_number 学籍号, class 班级, [name 姓名, subjects 科目, school_code 学校代码].

    The whole list of each school in it: who is not in the file is no candidate any more.
    """
    content = await call.request.body()
    return await call.once(
        lambda tx: service.import_candidates(tx, exam_id, content, dry_run=dry_run), status=200
    )


@post(
    PATH + "/candidates/annotated",
    opt=may("roster:send"),
    operation_id="annotateCandidates",
    operation_class=SheetOperation,
    status_code=200,
    tags=TAGS,
    summary="Get a sheet of candidates back with its problems beside each row",
    media_type=XLSX_TYPE,
    responses=refusals(NotFound, WrongState, SheetRefused),
)
async def annotate_candidates(
    exam_id: FromPath[UUID], call: NamedDependency[Call]
) -> Response[bytes]:
    """A dry run answered by the file, CSV or XLSX as it came, with a column 问题/problem."""
    content = await call.request.body()
    return file_answer(await call.read(lambda tx: service.annotate(tx, exam_id, content)))


@post(
    PATH + "/candidates/from-register",
    opt=may("roster:send"),
    operation_id="takeCandidatesFromRegister",
    status_code=200,
    tags=TAGS,
    summary="Take your school's pupils of the grade as candidates",
    responses=refusals(NotFound, WrongState, rules.CandidateInvalid),
)
async def from_register(
    exam_id: FromPath[UUID], data: JSONBody[FromRegister], call: NamedDependency[Call]
) -> Response[RosterTaken]:
    """In place of what the school sent before."""
    return await call.once(lambda tx: service.take_from_register(tx, exam_id, data), status=200)


@get(
    PATH + "/candidates",
    opt=may("roster:read"),
    operation_id="listCandidates",
    tags=TAGS,
    summary="Candidates with their rooms and seats",
    responses=refusals(NotFound),
)
async def list_candidates(
    exam_id: FromPath[UUID],
    call: NamedDependency[Call],
    limit: Limit = LIMIT,
    cursor: Cursor = None,
) -> Response[Page[CandidateView]]:
    """A school sees its own, the organiser all; names are in no list."""
    return await call.page(
        f"candidates/{exam_id}",
        limit,
        cursor,
        lambda tx, page: service.list_candidates(tx, exam_id, page),
        key_of=lambda one: [str(one.id)],
    )


@get(
    PATH + "/rooms",
    opt=may("roster:read"),
    operation_id="listExamRooms",
    tags=TAGS,
    summary="The rooms of an exam",
    responses=refusals(NotFound),
)
async def list_rooms(exam_id: FromPath[UUID], call: NamedDependency[Call]) -> RoomList:
    """In the order of their numbers."""
    return await call.read(lambda tx: service.list_rooms(tx, exam_id))


@put(
    PATH + "/rooms",
    opt=may("roster:run"),
    operation_id="setExamRooms",
    tags=TAGS,
    summary="Set the rooms of an exam",
    responses=refusals(NotFound, WrongState, rules.RoomsInvalid),
)
async def set_rooms(
    exam_id: FromPath[UUID], data: JSONBody[Rooms], call: NamedDependency[Call]
) -> Response[RoomList]:
    """All of them; seats drawn before are forgotten."""
    return await call.once(lambda tx: service.set_rooms(tx, exam_id, data), status=200)


@post(
    PATH + "/draw",
    opt=may("roster:run"),
    operation_id="drawSeats",
    status_code=200,
    tags=TAGS,
    summary="Draw numbers, rooms and seats",
    responses=refusals(NotFound, WrongState, rules.NotEnoughSeats, rules.RedrawNeedsReason),
)
async def draw(
    exam_id: FromPath[UUID], data: JSONBody[DrawWish], call: NamedDependency[Call]
) -> Response[DrawView]:
    """By the seed sealed when registration opened; anyone can draw again and compare."""
    return await call.once(lambda tx: service.draw(tx, exam_id, data), status=200)


@get(
    PATH + "/draw",
    opt=may("roster:read"),
    operation_id="getDraw",
    tags=TAGS,
    summary="The draws, and the seed once it was used",
    responses=refusals(NotFound),
)
async def get_draw(exam_id: FromPath[UUID], call: NamedDependency[Call]) -> DrawView:
    """With the neighbours of one class that remain, and the fewest there could be."""
    return await call.read(lambda tx: service.get_draw(tx, exam_id))


@post(
    PATH + "/roster/lock",
    opt=may("roster:run"),
    operation_id="lockRoster",
    status_code=200,
    tags=TAGS,
    summary="Lock the roster",
    responses=refusals(NotFound, WrongState, NothingSeated),
)
async def lock(exam_id: FromPath[UUID], call: NamedDependency[Call]) -> Response[ExamView]:
    """From then on only late candidates, into spare seats, with a reason."""
    return await call.once(lambda tx: service.lock(tx, exam_id), status=200)


@post(
    PATH + "/candidates/late",
    opt=may("roster:run"),
    operation_id="addLateCandidate",
    tags=TAGS,
    summary="Seat a late candidate",
    responses=refusals(NotFound, WrongState, rules.CandidateInvalid, rules.NoSpareSeat),
)
async def add_late(
    exam_id: FromPath[UUID], data: JSONBody[LateCandidate], call: NamedDependency[Call]
) -> Response[CandidateView]:
    """Into the spare seat with the fewest neighbours of the class; the reason is kept."""
    return await call.once(lambda tx: service.add_late(tx, exam_id, data))


@put(
    PATH + "/attendance",
    opt=may("roster:record"),
    operation_id="recordAttendance",
    tags=TAGS,
    summary="Record who was absent or excluded",
    responses=refusals(NotFound, WrongState, UnknownSubject, rules.AttendanceInvalid),
)
async def record(
    exam_id: FromPath[UUID],
    data: JSONBody[AttendanceInput],
    call: NamedDependency[Call],
    subject: FromQuery[
        Annotated[str | None, QueryParameter(max_length=40, description="Which subject.")]
    ] = None,
) -> Response[AttendanceTaken]:
    """absent 缺考, void 违纪, exempt 免考, late 迟到; `present` takes a record back."""
    return await call.once(lambda tx: sitting.record(tx, exam_id, subject, data), status=200)


@get(
    PATH + "/prints",
    opt=may("roster:read"),
    operation_id="printRooms",
    tags=TAGS,
    summary="Door lists, seat labels and sign-in sheets to print",
    media_type="text/html",
    responses=refusals(NotFound),
)
async def print_rooms(
    exam_id: FromPath[UUID],
    call: NamedDependency[Call],
    kind: FromQuery[Print] = Print.DOOR_LIST,
    room: FromQuery[Annotated[int | None, QueryParameter(ge=1, le=999)]] = None,
    file_format: Annotated[
        PrintFormat, QueryParameter(name="format", description="How it is written.")
    ] = PrintFormat.HTML,
) -> Response[bytes]:
    """One page with everything in it; names only of the caller's own pupils, and logged."""
    file = await call.read(
        lambda tx: sitting.print_rooms(
            tx, exam_id, kind, room, as_sheet=file_format is PrintFormat.XLSX
        )
    )
    return file_answer(file, shown=True)


ROUTES = [
    import_candidates,
    annotate_candidates,
    from_register,
    list_candidates,
    list_rooms,
    set_rooms,
    draw,
    get_draw,
    lock,
    add_late,
    record,
    print_rooms,
]
