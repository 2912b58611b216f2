"""Answers and changed keys over HTTP."""

from typing import Annotated
from uuid import UUID

from litestar import Response, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from schoolgroup.evaluation.exams.rules import ForbiddenByLaw
from schoolgroup.evaluation.papers.models import KeyChange
from schoolgroup.evaluation.papers.responses import rules, service
from schoolgroup.evaluation.papers.responses.models import (
    Move,
    RescoreList,
    RescoreView,
    ResponsesTaken,
)
from schoolgroup.evaluation.papers.rules import PaperInvalid
from schoolgroup.evaluation.papers.service import UnknownSubject
from schoolgroup.kernel.errors import NotFound, StaleVersion, VersionRequired
from schoolgroup.kernel.http import LIMIT, Call, Cursor, Limit, file_answer, may, refusals
from schoolgroup.kernel.paging import Page
from schoolgroup.kernel.sheet_bodies import SheetOperation
from schoolgroup.kernel.sheets import XLSX_TYPE, SheetRefused
from schoolgroup.kernel.transitions import WrongState

TAGS = ["papers"]
SubjectName = FromQuery[
    Annotated[str | None, QueryParameter(max_length=40, description="Which subject.")]
]


@post(
    "/v1/exams/{exam_id:uuid}/responses",
    opt=may("exam:import"),
    operation_id="importResponses",
    operation_class=SheetOperation,
    tags=TAGS,
    status_code=200,
    summary="Import the answers to the objective items from CSV or XLSX",
    responses=refusals(
        NotFound, WrongState, SheetRefused, UnknownSubject, rules.NothingObjective, ForbiddenByLaw
    ),
)
async def import_responses(
    exam_id: FromPath[UUID],
    call: NamedDependency[Call],
    subject: SubjectName = None,
    dry_run: FromQuery[
        Annotated[bool, QueryParameter(description="Check everything, take in nothing.")]
    ] = False,
) -> Response[ResponsesTaken]:
    """school_code, exam_number, [class, status], then a column per item, or one: answers."""
    content = await call.request.body()
    return await call.once(
        lambda tx: service.import_responses(tx, exam_id, subject, content, dry_run=dry_run),
        status=200,
    )


@post(
    "/v1/exams/{exam_id:uuid}/responses/annotated",
    opt=may("exam:import"),
    operation_id="annotateResponses",
    operation_class=SheetOperation,
    tags=TAGS,
    status_code=200,
    summary="Get a sheet of answers back with its problems beside each row",
    media_type=XLSX_TYPE,
    responses=refusals(
        NotFound, WrongState, SheetRefused, UnknownSubject, rules.NothingObjective, ForbiddenByLaw
    ),
)
async def annotate_responses(
    exam_id: FromPath[UUID], call: NamedDependency[Call], subject: SubjectName = None
) -> Response[bytes]:
    """A dry run answered by the file, CSV or XLSX as it came, with a column 问题/problem."""
    content = await call.request.body()
    return file_answer(await call.read(lambda tx: service.annotate(tx, exam_id, subject, content)))


@put(
    "/v1/exams/{exam_id:uuid}/paper/keys",
    opt=may("paper:set"),
    operation_id="changeKeys",
    tags=TAGS,
    summary="Change keys; answers are scored anew",
    responses=refusals(
        NotFound, WrongState, UnknownSubject, PaperInvalid, StaleVersion, VersionRequired
    ),
)
async def change_keys(
    exam_id: FromPath[UUID],
    data: JSONBody[KeyChange],
    call: NamedDependency[Call],
    subject: SubjectName = None,
) -> Response[RescoreView]:
    """A new version of the paper, with a report of what moved. If-Match: the paper's version."""
    return await call.change(
        lambda tx, version: service.change_keys(tx, exam_id, subject, data, version)
    )


@get(
    "/v1/exams/{exam_id:uuid}/rescores",
    opt=may("exam:read"),
    operation_id="listRescores",
    tags=TAGS,
    summary="What changed keys have moved",
    responses=refusals(NotFound),
)
async def list_rescores(
    exam_id: FromPath[UUID], call: NamedDependency[Call]
) -> Response[RescoreList]:
    """By item for everybody who takes part; by school for the organiser."""
    return await call.item(lambda tx: service.list_rescores(tx, exam_id))


@get(
    "/v1/rescores/{rescore_id:uuid}/moves",
    opt=may("exam:read"),
    operation_id="listRescoreMoves",
    tags=TAGS,
    summary="Your own candidates that a changed key moved",
    responses=refusals(NotFound, WrongState),
)
async def list_moves(
    rescore_id: FromPath[UUID],
    call: NamedDependency[Call],
    limit: Limit = LIMIT,
    cursor: Cursor = None,
) -> Response[Page[Move]]:
    """Once results are released; marks only where the law lets a pupil's marks be told."""
    return await call.page(
        f"moves/{rescore_id}",
        limit,
        cursor,
        lambda tx, page: service.list_moves(tx, rescore_id, page),
        key_of=lambda move: [move.exam_number],
    )


ROUTES = [import_responses, annotate_responses, change_keys, list_rescores, list_moves]
