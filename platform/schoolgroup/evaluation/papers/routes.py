"""Papers over HTTP: for the organiser and the named setters."""

from typing import Annotated
from uuid import UUID

from litestar import Response, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from schoolgroup.evaluation.papers import rules, service
from schoolgroup.evaluation.papers.models import (
    Blueprint,
    PaperFile,
    PaperInput,
    PaperTaken,
    PaperView,
    Setters,
)
from schoolgroup.evaluation.papers.responses import routes as response_routes
from schoolgroup.kernel.errors import NotFound, StaleVersion, VersionRequired
from schoolgroup.kernel.http import Call, file_answer, may, refusals
from schoolgroup.kernel.sheet_bodies import SheetOperation
from schoolgroup.kernel.sheet_files import TableFormat
from schoolgroup.kernel.sheets import CSV_TYPE, SheetRefused
from schoolgroup.kernel.transitions import WrongState

TAGS = ["papers"]
SubjectName = FromQuery[
    Annotated[str | None, QueryParameter(max_length=40, description="Which subject.")]
]


@get(
    "/v1/exams/{exam_id:uuid}/paper",
    opt=may("paper:read"),
    operation_id="getPaper",
    tags=TAGS,
    summary="One subject's paper with its keys",
    responses=refusals(NotFound, service.UnknownSubject),
)
async def get_paper(
    exam_id: FromPath[UUID], call: NamedDependency[Call], subject: SubjectName = None
) -> Response[PaperView]:
    """The blueprint stands beside it, checked cell by cell."""
    return await call.item(lambda tx: service.get(tx, exam_id, subject))


@put(
    "/v1/exams/{exam_id:uuid}/paper",
    opt=may("paper:set"),
    operation_id="setPaper",
    tags=TAGS,
    summary="Set a paper: a whole new version",
    responses=refusals(
        NotFound,
        service.UnknownSubject,
        rules.PaperInvalid,
        rules.PaperFixed,
        StaleVersion,
        VersionRequired,
    ),
)
async def set_paper(
    exam_id: FromPath[UUID],
    data: JSONBody[PaperInput],
    call: NamedDependency[Call],
    subject: SubjectName = None,
) -> Response[PaperView]:
    """Until results come in; afterwards only keys change. If-Match: the paper's version."""
    return await call.change(
        lambda tx, version: service.set_paper(tx, exam_id, subject, data, version)
    )


@post(
    "/v1/exams/{exam_id:uuid}/paper/import",
    opt=may("paper:set"),
    operation_id="importPaper",
    operation_class=SheetOperation,
    status_code=200,
    tags=TAGS,
    summary="Set a paper from an item table (CSV or XLSX)",
    responses=refusals(
        NotFound, service.UnknownSubject, SheetRefused, rules.PaperInvalid, rules.PaperFixed
    ),
)
async def import_paper(
    exam_id: FromPath[UUID],
    call: NamedDependency[Call],
    subject: SubjectName = None,
    dry_run: FromQuery[
        Annotated[bool, QueryParameter(description="Check everything, keep nothing.")]
    ] = False,
) -> Response[PaperTaken]:
    """Columns in English or Chinese: label 题号, max_marks 满分, … as the export writes them."""
    content = await call.request.body()
    return await call.once(
        lambda tx: service.import_paper(tx, exam_id, subject, content, dry_run=dry_run),
        status=200,
    )


@get(
    "/v1/exams/{exam_id:uuid}/paper/export",
    opt=may("paper:read"),
    operation_id="exportPaper",
    tags=TAGS,
    summary="The item table of a paper as a file",
    media_type=CSV_TYPE,
    responses=refusals(NotFound, service.UnknownSubject),
)
async def export_paper(
    exam_id: FromPath[UUID],
    call: NamedDependency[Call],
    subject: SubjectName = None,
    file_format: Annotated[
        TableFormat, QueryParameter(name="format", description="How the file is written.")
    ] = TableFormat.CSV,
) -> Response[bytes]:
    """With the keys: the audit trail keeps who took it."""
    file = await call.read(lambda tx: service.export_paper(tx, exam_id, subject, file_format))
    return file_answer(file)


@put(
    "/v1/exams/{exam_id:uuid}/paper/blueprint",
    opt=may("paper:set"),
    operation_id="setBlueprint",
    tags=TAGS,
    summary="Plan a paper: knowledge points × abilities",
    responses=refusals(NotFound, service.UnknownSubject, rules.PaperInvalid, rules.PaperFixed),
)
async def set_blueprint(
    exam_id: FromPath[UUID],
    data: JSONBody[Blueprint],
    call: NamedDependency[Call],
    subject: SubjectName = None,
) -> Response[PaperView]:
    """The two-way table 双向细目表, in place of the one there was."""
    return await call.once(lambda tx: service.set_blueprint(tx, exam_id, subject, data), status=200)


@put(
    "/v1/exams/{exam_id:uuid}/paper/setters",
    opt=may("exam:create"),
    operation_id="nameSetters",
    tags=TAGS,
    summary="Name who sets a paper",
    responses=refusals(NotFound, service.UnknownSubject, service.UnknownPerson, WrongState),
)
async def set_setters(
    exam_id: FromPath[UUID],
    data: JSONBody[Setters],
    call: NamedDependency[Call],
    subject: SubjectName = None,
) -> Response[PaperView]:
    """They alone see the paper beside the organiser, and only of this subject."""
    return await call.once(lambda tx: service.set_setters(tx, exam_id, subject, data), status=200)


@post(
    "/v1/exams/{exam_id:uuid}/paper/file",
    opt=may("paper:set"),
    operation_id="sealPaperFile",
    status_code=200,
    tags=TAGS,
    summary="Seal a draft as the paper's file",
    responses=refusals(NotFound, service.UnknownSubject, rules.NotToBeSealed, rules.PaperFixed),
)
async def seal_file(
    exam_id: FromPath[UUID],
    data: JSONBody[PaperFile],
    call: NamedDependency[Call],
    subject: SubjectName = None,
) -> Response[PaperView]:
    """Publish and offer it then as any resource: to others it opens when the subject begins."""
    return await call.once(lambda tx: service.seal_file(tx, exam_id, subject, data), status=200)


ROUTES = [
    get_paper,
    set_paper,
    import_paper,
    export_paper,
    set_blueprint,
    set_setters,
    seal_file,
    *response_routes.ROUTES,
]
