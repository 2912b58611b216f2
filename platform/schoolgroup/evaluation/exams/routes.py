"""Exams over HTTP."""

from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from schoolgroup.evaluation.exams import rules, service
from schoolgroup.evaluation.exams.acceptance import routes as acceptance_routes
from schoolgroup.evaluation.exams.limits import routes as limit_routes
from schoolgroup.evaluation.exams.models import (
    Cancellation,
    ExamInput,
    ExamSummary,
    ExamView,
    Invitation,
)
from schoolgroup.evaluation.exams.stages import routes as stage_routes
from schoolgroup.kernel.errors import NotFound
from schoolgroup.kernel.http import LIMIT, Call, Cursor, Limit, may, refusals
from schoolgroup.kernel.paging import Page
from schoolgroup.kernel.transitions import WrongState

TAGS = ["exams"]


@post(
    "/v1/exams",
    opt=may("exam:create"),
    operation_id="createExam",
    tags=TAGS,
    summary="Set up an exam",
    responses=refusals(rules.ForbiddenByLaw, rules.ExamInvalid),
)
async def create_exam(data: JSONBody[ExamInput], call: NamedDependency[Call]) -> Response[ExamView]:
    """The office sets up joint exams, a school its own; the law decides which there can be."""
    return await call.once(
        lambda tx: service.create(tx, data), location=lambda exam: f"/v1/exams/{exam.id}"
    )


@get(
    "/v1/exams",
    opt=may("exam:read"),
    operation_id="listExams",
    tags=TAGS,
    summary="Exams you may see, the newest first",
)
async def list_exams(
    call: NamedDependency[Call], limit: Limit = LIMIT, cursor: Cursor = None
) -> Response[Page[ExamSummary]]:
    """The office sees the group's exams, a school those it takes part in or runs."""
    return await call.page(
        "exams", limit, cursor, service.list_exams, key_of=lambda exam: [str(exam.id)]
    )


@get(
    "/v1/exams/{exam_id:uuid}",
    opt=may("exam:read"),
    operation_id="getExam",
    tags=TAGS,
    summary="One exam with its papers and schools",
    responses=refusals(NotFound),
)
async def get_exam(exam_id: FromPath[UUID], call: NamedDependency[Call]) -> Response[ExamView]:
    """A school sees itself among the schools, the organiser sees all."""
    return await call.item(lambda tx: service.get(tx, exam_id))


@post(
    "/v1/exams/{exam_id:uuid}/invite",
    opt=may("exam:create"),
    operation_id="inviteToExam",
    status_code=200,
    tags=TAGS,
    summary="Invite schools to a joint exam",
    responses=refusals(
        NotFound, WrongState, service.NotJoint, service.InvitationInvalid, rules.ForbiddenByLaw
    ),
)
async def invite(
    exam_id: FromPath[UUID], data: JSONBody[Invitation], call: NamedDependency[Call]
) -> Response[ExamView]:
    """Integrated schools take part by membership, partner schools are asked."""
    return await call.once(lambda tx: service.invite(tx, exam_id, data), status=200)


@post(
    "/v1/exams/{exam_id:uuid}/cancel",
    opt=may("exam:cancel"),
    operation_id="cancelExam",
    status_code=200,
    tags=TAGS,
    summary="Call an exam off",
    responses=refusals(NotFound, WrongState),
)
async def cancel(
    exam_id: FromPath[UUID], data: JSONBody[Cancellation], call: NamedDependency[Call]
) -> Response[ExamView]:
    """Possible until the results are frozen."""
    return await call.once(lambda tx: service.cancel(tx, exam_id, data), status=200)


ROUTES = [
    create_exam,
    list_exams,
    get_exam,
    invite,
    cancel,
    *acceptance_routes.ROUTES,
    *limit_routes.ROUTES,
    *stage_routes.ROUTES,
]
