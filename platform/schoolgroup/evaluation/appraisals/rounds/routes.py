"""Rounds over HTTP."""

from uuid import UUID

from litestar import Response, get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from schoolgroup.evaluation.appraisals.rounds import rules, service
from schoolgroup.evaluation.appraisals.rounds.models import (
    AppraisalInput,
    AppraisalLine,
    AppraisalView,
    Assigned,
    Deadlines,
    FiguresTaken,
    FromCall,
    Panel,
    Step,
    Subjects,
)
from schoolgroup.kernel.errors import NotFound, StaleVersion, VersionRequired
from schoolgroup.kernel.http import LIMIT, Call, Cursor, Limit, may, refusals
from schoolgroup.kernel.paging import Page
from schoolgroup.kernel.sheet_bodies import SheetOperation
from schoolgroup.kernel.sheets import SheetRefused
from schoolgroup.kernel.transitions import WrongState

TAGS = ["appraisals"]


@post(
    "/v1/appraisals",
    opt=may(rules.RUN),
    operation_id="createAppraisal",
    tags=TAGS,
    summary="Set up a round of a published scheme",
    responses=refusals(NotFound, rules.SchemeNotPublished, rules.AppraisalInvalid),
)
async def create(
    data: JSONBody[AppraisalInput], call: NamedDependency[Call]
) -> Response[AppraisalView]:
    """The office appraises schools, a school its own teachers."""
    return await call.once(
        lambda tx: service.create(tx, data), location=lambda a: f"/v1/appraisals/{a.id}"
    )


@get(
    "/v1/appraisals",
    opt=may(rules.READ),
    operation_id="listAppraisals",
    tags=TAGS,
    summary="Rounds you run, take part in or assess",
)
async def list_rounds(
    call: NamedDependency[Call], limit: Limit = LIMIT, cursor: Cursor = None
) -> Response[Page[AppraisalLine]]:
    """The newest first."""
    return await call.page(
        "appraisals", limit, cursor, service.list_rounds, key_of=lambda a: [str(a.id)]
    )


@get(
    "/v1/appraisals/{appraisal_id:uuid}",
    opt=may(rules.READ),
    operation_id="getAppraisal",
    tags=TAGS,
    summary="One round, its step and its hours",
    responses=refusals(NotFound),
)
async def get_one(
    appraisal_id: FromPath[UUID], call: NamedDependency[Call]
) -> Response[AppraisalView]:
    """`actions` names the steps possible now; how far it is, for who runs it."""
    # progress moves without the version: an answer kept by its ETag would be old
    return Response(await call.read(lambda tx: service.get(tx, appraisal_id)))


@patch(
    "/v1/appraisals/{appraisal_id:uuid}",
    opt=may(rules.RUN),
    operation_id="changeAppraisal",
    tags=TAGS,
    summary="Move the hours of a round",
    responses=refusals(NotFound, WrongState, rules.AppraisalInvalid, StaleVersion, VersionRequired),
)
async def change(
    appraisal_id: FromPath[UUID], data: JSONBody[Deadlines], call: NamedDependency[Call]
) -> Response[AppraisalView]:
    """If-Match: its version."""
    return await call.change(lambda tx, version: service.change(tx, appraisal_id, data, version))


@post(
    "/v1/appraisals/{appraisal_id:uuid}/subjects",
    opt=may(rules.RUN),
    operation_id="nameAppraisalSubjects",
    status_code=200,
    tags=TAGS,
    summary="Name who is appraised",
    responses=refusals(NotFound, WrongState, rules.AppraisalInvalid, service.SubjectTwice),
)
async def add_subjects(
    appraisal_id: FromPath[UUID], data: JSONBody[Subjects], call: NamedDependency[Call]
) -> Response[AppraisalView]:
    """Schools, by stage where figures are apart; or teachers under the school's own codes."""
    return await call.once(lambda tx: service.add_subjects(tx, appraisal_id, data), status=200)


@post(
    "/v1/appraisals/{appraisal_id:uuid}/move",
    opt=may(rules.RUN),
    operation_id="moveAppraisal",
    status_code=200,
    tags=TAGS,
    summary="Take the next step of a round",
    responses=refusals(NotFound, WrongState, rules.AppraisalInvalid, rules.AssessmentsOutstanding),
)
async def move(
    appraisal_id: FromPath[UUID], data: JSONBody[Step], call: NamedDependency[Call]
) -> Response[AppraisalView]:
    """open → review → assess → moderate → announce; cancel from anywhere before the end."""
    return await call.once(lambda tx: service.move(tx, appraisal_id, data), status=200)


@post(
    "/v1/appraisals/{appraisal_id:uuid}/assessors",
    opt=may(rules.RUN),
    operation_id="assignAssessors",
    status_code=200,
    tags=TAGS,
    summary="Share the cases among assessors, evenly",
    responses=refusals(
        NotFound, WrongState, rules.AppraisalInvalid, rules.PanelTooSmall, service.OwnSchool
    ),
)
async def assign(
    appraisal_id: FromPath[UUID], data: JSONBody[Panel], call: NamedDependency[Call]
) -> Response[Assigned]:
    """Never the own school, never against a declared conflict; again to fill gaps."""
    return await call.once(lambda tx: service.assign(tx, appraisal_id, data), status=200)


@post(
    "/v1/appraisals/{appraisal_id:uuid}/figures",
    opt=may(rules.RUN),
    operation_id="takeAppraisalFigures",
    operation_class=SheetOperation,
    status_code=200,
    tags=TAGS,
    summary="Figures of the subjects from a table (CSV or XLSX)",
    responses=refusals(NotFound, WrongState, SheetRefused),
)
async def take_figures(
    appraisal_id: FromPath[UUID], call: NamedDependency[Call]
) -> Response[FiguresTaken]:
    """school_code 学校代码, stage 学段, and a column per figure of the scheme."""
    content = await call.request.body()
    return await call.once(lambda tx: service.take_figures(tx, appraisal_id, content), status=200)


@post(
    "/v1/appraisals/{appraisal_id:uuid}/figures/from-call",
    opt=may(rules.RUN),
    operation_id="takeFiguresFromCall",
    status_code=200,
    tags=TAGS,
    summary="Figures from the accepted returns of a call",
    responses=refusals(NotFound, WrongState, rules.AppraisalInvalid),
)
async def take_from_call(
    appraisal_id: FromPath[UUID], data: JSONBody[FromCall], call: NamedDependency[Call]
) -> Response[FiguresTaken]:
    """Each figure keeps the return and the version it was taken from."""
    return await call.once(lambda tx: service.take_from_call(tx, appraisal_id, data), status=200)


ROUTES = [
    create,
    list_rounds,
    get_one,
    change,
    add_subjects,
    move,
    assign,
    take_figures,
    take_from_call,
]
