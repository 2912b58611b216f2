"""Results over HTTP: sheets in, snapshots frozen."""

from typing import Annotated
from uuid import UUID

from litestar import Response, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from schoolgroup.evaluation.exams.rules import ForbiddenByLaw
from schoolgroup.evaluation.exams.stages.service import MarksIncomplete, StillOpen
from schoolgroup.evaluation.results import service
from schoolgroup.evaluation.results.models import SnapshotView, SumsInput, SumsTaken, Taken
from schoolgroup.evaluation.results.rules import SumsInvalid
from schoolgroup.kernel.errors import NotFound
from schoolgroup.kernel.http import Call, file_answer, may, refusals
from schoolgroup.kernel.sheet_bodies import SheetOperation
from schoolgroup.kernel.sheets import XLSX_TYPE, SheetRefused
from schoolgroup.kernel.transitions import WrongState

TAGS = ["exams"]


@post(
    "/v1/exams/{exam_id:uuid}/scores",
    opt=may("exam:import"),
    operation_id="importScores",
    operation_class=SheetOperation,
    tags=TAGS,
    status_code=200,
    summary="Import item marks of one subject from CSV or XLSX",
    responses=refusals(NotFound, WrongState, SheetRefused, service.UnknownSubject, ForbiddenByLaw),
)
async def import_scores(
    exam_id: FromPath[UUID],
    call: NamedDependency[Call],
    subject: FromQuery[
        Annotated[str | None, QueryParameter(max_length=40, description="Which subject.")]
    ] = None,
    dry_run: FromQuery[
        Annotated[bool, QueryParameter(description="Check everything, take in nothing.")]
    ] = False,
) -> Response[Taken]:
    """The body is the file: school_code, exam_number, class, status, then a column per item."""
    content = await call.request.body()
    return await call.once(
        lambda tx: service.import_scores(tx, exam_id, subject, content, dry_run=dry_run),
        status=200,
    )


@post(
    "/v1/exams/{exam_id:uuid}/scores/annotated",
    opt=may("exam:import"),
    operation_id="annotateScores",
    operation_class=SheetOperation,
    tags=TAGS,
    status_code=200,
    summary="Get a sheet of marks back with its problems beside each row",
    media_type=XLSX_TYPE,
    responses=refusals(NotFound, WrongState, SheetRefused, service.UnknownSubject, ForbiddenByLaw),
)
async def annotate_scores(
    exam_id: FromPath[UUID],
    call: NamedDependency[Call],
    subject: FromQuery[
        Annotated[str | None, QueryParameter(max_length=40, description="Which subject.")]
    ] = None,
) -> Response[bytes]:
    """A dry run answered by the file, CSV or XLSX as it came, with a column 问题/problem."""
    content = await call.request.body()
    file = await call.read(lambda tx: service.annotate(tx, exam_id, subject, content))
    return file_answer(file)


@post(
    "/v1/exams/{exam_id:uuid}/sums",
    opt=may("exam:import"),
    operation_id="sendSums",
    tags=TAGS,
    status_code=200,
    summary="Send how often each total occurs instead of pupils' rows",
    responses=refusals(
        NotFound,
        WrongState,
        SumsInvalid,
        service.UnknownSubject,
        service.NotTakingPart,
        service.RowsAreIn,
    ),
)
async def send_sums(
    exam_id: FromPath[UUID], data: JSONBody[SumsInput], call: NamedDependency[Call]
) -> Response[SumsTaken]:
    """No pupil's row leaves the school; every figure of totals follows exactly, none of items."""
    return await call.once(lambda tx: service.send_sums(tx, exam_id, data), status=200)


@post(
    "/v1/exams/{exam_id:uuid}/freeze",
    opt=may("exam:freeze"),
    operation_id="freezeExam",
    tags=TAGS,
    summary="Freeze the results in a snapshot",
    responses=refusals(NotFound, WrongState, service.NumbersShared, StillOpen, MarksIncomplete),
)
async def freeze(exam_id: FromPath[UUID], call: NamedDependency[Call]) -> Response[SnapshotView]:
    """The snapshot never changes again; its hash stands beside every later figure."""
    return await call.once(lambda tx: service.freeze(tx, exam_id))


ROUTES = [import_scores, annotate_scores, send_sums, freeze]
