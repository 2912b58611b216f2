"""Answers to an invitation over HTTP."""

from uuid import UUID

from litestar import Response, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from schoolgroup.evaluation.exams.acceptance import service
from schoolgroup.evaluation.exams.acceptance.models import Acceptance, Answers, LateAnswers
from schoolgroup.evaluation.exams.models import ExamView
from schoolgroup.evaluation.exams.service import NotJoint
from schoolgroup.kernel.errors import NotFound
from schoolgroup.kernel.http import Call, may, refusals
from schoolgroup.kernel.transitions import WrongState

TAGS = ["exams"]
REFUSALS = refusals(NotFound, WrongState, NotJoint, service.AnswersClosed, service.CandidatesSent)


@post(
    "/v1/exams/{exam_id:uuid}/accept",
    opt=may("exam:join"),
    operation_id="acceptExam",
    status_code=200,
    tags=TAGS,
    summary="Take part with your school in every subject",
    responses=REFUSALS,
)
async def accept(exam_id: FromPath[UUID], call: NamedDependency[Call]) -> Response[ExamView]:
    """Possible until the hour set for it, and until the roster is locked or results come in."""
    return await call.once(lambda tx: service.answer_all(tx, exam_id, "accept"), status=200)


@post(
    "/v1/exams/{exam_id:uuid}/decline",
    opt=may("exam:join"),
    operation_id="declineExam",
    status_code=200,
    tags=TAGS,
    summary="Stay out with your school",
    responses=REFUSALS,
)
async def decline(exam_id: FromPath[UUID], call: NamedDependency[Call]) -> Response[ExamView]:
    """Possible until the hour set for it, and until the roster is locked or results come in."""
    return await call.once(lambda tx: service.answer_all(tx, exam_id, "decline"), status=200)


@put(
    "/v1/exams/{exam_id:uuid}/answers",
    opt=may("exam:join"),
    operation_id="answerExamSubjects",
    tags=TAGS,
    summary="Accept or decline single subjects for your school",
    responses=REFUSALS | refusals(service.AnswersInvalid),
)
async def answer(
    exam_id: FromPath[UUID], data: JSONBody[Answers], call: NamedDependency[Call]
) -> Response[ExamView]:
    """Subjects that are not named stay as they were."""
    return await call.once(lambda tx: service.answer(tx, exam_id, data), status=200)


@put(
    "/v1/exams/{exam_id:uuid}/schools/{school_id:uuid}/answers",
    opt=may("exam:create"),
    operation_id="answerInPlaceOfSchool",
    tags=TAGS,
    summary="Answer in a school's place, with a reason",
    responses=refusals(NotFound, WrongState, service.AnswersInvalid, service.CandidatesSent),
)
async def answer_late(
    exam_id: FromPath[UUID],
    school_id: FromPath[UUID],
    data: JSONBody[LateAnswers],
    call: NamedDependency[Call],
) -> Response[ExamView]:
    """For the organiser, after the deadline; the reason is kept and shown to the school."""
    return await call.once(lambda tx: service.answer_late(tx, exam_id, school_id, data), status=200)


@get(
    "/v1/exams/{exam_id:uuid}/acceptance",
    opt=may("exam:read"),
    operation_id="getAcceptance",
    tags=TAGS,
    summary="Who takes part in which subject",
    responses=refusals(NotFound),
)
async def acceptance(exam_id: FromPath[UUID], call: NamedDependency[Call]) -> Response[Acceptance]:
    """The figures count all schools; a school sees its own answers, the organiser everyone's."""
    return await call.item(lambda tx: service.get(tx, exam_id))


ROUTES = [accept, decline, answer, answer_late, acceptance]
