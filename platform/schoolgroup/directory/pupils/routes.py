"""The pupil register over HTTP: no list holds a name; names are read on record."""

import asyncio
from typing import Annotated
from uuid import UUID

from litestar import Response, delete, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from schoolgroup.access.decisions import NotAllowed
from schoolgroup.directory.pupils import rules, service
from schoolgroup.directory.pupils.models import (
    ClassList,
    NameInput,
    NameList,
    NameView,
    Promotion,
    PromotionView,
    PupilHistory,
    PupilsTaken,
    PupilStatus,
    PupilView,
)
from schoolgroup.directory.pupils.retention import routes as retention_routes
from schoolgroup.directory.pupils.transfers import routes as transfer_routes
from schoolgroup.kernel.errors import NotFound
from schoolgroup.kernel.http import LIMIT, Call, Cursor, Limit, file_answer, may, refusals
from schoolgroup.kernel.paging import Page
from schoolgroup.kernel.sheet_bodies import SheetOperation
from schoolgroup.kernel.sheets import XLSX_TYPE, Row, SheetRefused, read_sheet

TAGS = ["pupils"]
SchoolYear = FromQuery[
    Annotated[
        int | None, QueryParameter(ge=1990, le=2200, description="The year it begins in; now's.")
    ]
]
Grade = FromQuery[Annotated[int | None, QueryParameter(ge=1, le=12)]]
ClassLabel = FromQuery[Annotated[str | None, QueryParameter(max_length=40)]]


@post(
    "/v1/pupils/import",
    opt=may("pupil:keep"),
    operation_id="importPupils",
    operation_class=SheetOperation,
    status_code=200,
    tags=TAGS,
    summary="Import your school's pupils from CSV or XLSX",
    responses=refusals(NotAllowed, SheetRefused),
)
async def import_pupils(
    call: NamedDependency[Call],
    school_year: SchoolYear = None,
    dry_run: FromQuery[Annotated[bool, QueryParameter(description="Keep nothing.")]] = False,
) -> Response[PupilsTaken]:
    """register_number 学籍号, grade 年级, class 班级, [name 姓名, sex 性别]; all or nothing."""
    rows = await _read(call)
    return await call.once(
        lambda tx: service.import_pupils(tx, rows, school_year, dry_run=dry_run), status=200
    )


@post(
    "/v1/pupils/import/annotated",
    opt=may("pupil:keep"),
    operation_id="annotatePupils",
    operation_class=SheetOperation,
    status_code=200,
    tags=TAGS,
    summary="Get a register back with its problems beside each row",
    media_type=XLSX_TYPE,
    responses=refusals(NotAllowed, SheetRefused),
)
async def annotate(call: NamedDependency[Call], school_year: SchoolYear = None) -> Response[bytes]:
    """A dry run answered by the file, CSV or XLSX as it came, with a column 问题/problem."""
    rows, sent = await _read(call), await call.request.body()
    return file_answer(await call.read(lambda tx: service.annotate(tx, sent, rows, school_year)))


@get(
    "/v1/pupils",
    opt=may("pupil:read"),
    operation_id="listPupils",
    tags=TAGS,
    summary="Your school's pupils, without names",
)
async def list_pupils(
    call: NamedDependency[Call],
    grade: Grade = None,
    class_label: ClassLabel = None,
    status: FromQuery[PupilStatus | None] = None,
    limit: Limit = LIMIT,
    cursor: Cursor = None,
) -> Response[Page[PupilView]]:
    """By register number."""
    return await call.page(
        "pupils",
        limit,
        cursor,
        lambda tx, page: service.list_pupils(tx, page, grade, class_label, status),
        key_of=lambda one: [one.register_number],
    )


@get(
    "/v1/pupils/{pupil_id:uuid}",
    opt=may("pupil:read"),
    operation_id="getPupil",
    tags=TAGS,
    summary="One pupil with the years at your school",
    responses=refusals(NotFound),
)
async def get_pupil(
    pupil_id: FromPath[UUID], call: NamedDependency[Call]
) -> Response[PupilHistory]:
    """Without a name."""
    return await call.item(lambda tx: service.get(tx, pupil_id))


@get(
    "/v1/pupil-classes",
    opt=may("pupil:read"),
    operation_id="listPupilClasses",
    tags=TAGS,
    summary="Your school's classes of a year",
    responses=refusals(NotAllowed),
)
async def list_classes(call: NamedDependency[Call], school_year: SchoolYear = None) -> ClassList:
    """With how many are in each."""
    return await call.read(lambda tx: service.list_classes(tx, school_year))


@get(
    "/v1/pupils/{pupil_id:uuid}/name",
    opt=may("pupil:name"),
    operation_id="readPupilName",
    tags=TAGS,
    summary="A pupil's name, on record",
    responses=refusals(NotFound, NotAllowed),
)
async def read_name(pupil_id: FromPath[UUID], call: NamedDependency[Call]) -> NameView:
    """Only within the own school; the audit trail keeps who read it."""
    return await call.read(lambda tx: service.read_name(tx, pupil_id))


@get(
    "/v1/pupil-names",
    opt=may("pupil:name"),
    operation_id="readClassNames",
    tags=TAGS,
    summary="The names of a class, on record",
    responses=refusals(NotAllowed),
)
async def read_names(
    call: NamedDependency[Call],
    grade: FromQuery[Annotated[int, QueryParameter(ge=1, le=12)]],
    class_label: FromQuery[Annotated[str, QueryParameter(min_length=1, max_length=40)]],
) -> NameList:
    """Only within the own school; the audit trail keeps who read them."""
    return await call.read(lambda tx: service.read_names(tx, grade, class_label))


@put(
    "/v1/pupils/{pupil_id:uuid}/name",
    opt=may("pupil:name"),
    operation_id="writePupilName",
    tags=TAGS,
    summary="Write a pupil's name down",
    responses=refusals(NotFound, NotAllowed),
)
async def write_name(
    pupil_id: FromPath[UUID], data: JSONBody[NameInput], call: NamedDependency[Call]
) -> Response[PupilHistory]:
    """It stays in the school, also when the pupil goes."""
    return await call.once(lambda tx: service.write_name(tx, pupil_id, data), status=200)


@delete(
    "/v1/pupils/{pupil_id:uuid}/name",
    opt=may("pupil:name"),
    operation_id="erasePupilName",
    status_code=200,
    tags=TAGS,
    summary="Erase a pupil's name",
    responses=refusals(NotFound, NotAllowed),
)
async def erase_name(
    pupil_id: FromPath[UUID], call: NamedDependency[Call]
) -> Response[PupilHistory]:
    """For good: results and years remain under an id nobody can turn back."""
    return await call.once(lambda tx: service.erase_name(tx, pupil_id), status=200)


@post(
    "/v1/pupils/{pupil_id:uuid}/leave",
    opt=may("pupil:keep"),
    operation_id="pupilLeaves",
    status_code=200,
    tags=TAGS,
    summary="A pupil leaves the group's schools",
    responses=refusals(NotFound, NotAllowed, rules.NotEnrolled),
)
async def leave(pupil_id: FromPath[UUID], call: NamedDependency[Call]) -> Response[PupilHistory]:
    """To a school of the group goes a transfer instead."""
    return await call.once(lambda tx: service.leave(tx, pupil_id), status=200)


@post(
    "/v1/pupil-promotions",
    opt=may("pupil:keep"),
    operation_id="promotePupils",
    status_code=200,
    tags=TAGS,
    summary="Promote all pupils into a school year",
    responses=refusals(NotAllowed),
)
async def promote(
    data: JSONBody[Promotion], call: NamedDependency[Call]
) -> Response[PromotionView]:
    """Repeating it changes nothing; the last grade leaves."""
    return await call.once(lambda tx: service.promote(tx, data), status=200)


@post(
    "/v1/pupil-promotions/{promotion_id:uuid}/undo",
    opt=may("pupil:keep"),
    operation_id="undoPromotion",
    status_code=200,
    tags=TAGS,
    summary="Take a promotion back",
    responses=refusals(NotFound, NotAllowed, rules.PromotionDepended),
)
async def undo(
    promotion_id: FromPath[UUID], call: NamedDependency[Call]
) -> Response[PromotionView]:
    """While no exam, transfer or later promotion rests on it."""
    return await call.once(lambda tx: service.undo_promotion(tx, promotion_id), status=200)


async def _read(call: Call) -> list[Row]:
    return await asyncio.to_thread(read_sheet, await call.request.body())


ROUTES = [
    import_pupils,
    annotate,
    list_pupils,
    get_pupil,
    list_classes,
    read_name,
    read_names,
    write_name,
    erase_name,
    leave,
    promote,
    undo,
    *transfer_routes.ROUTES,
    *retention_routes.ROUTES,
]
