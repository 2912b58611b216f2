"""An exam's stages over HTTP."""

from uuid import UUID

from litestar import Response, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from schoolgroup.evaluation.exams.models import ExamView
from schoolgroup.evaluation.exams.rules import ForbiddenByLaw
from schoolgroup.evaluation.exams.stages import rules, service
from schoolgroup.evaluation.exams.stages.models import Because, Schedule
from schoolgroup.kernel.errors import NotFound
from schoolgroup.kernel.http import Call, may, refusals
from schoolgroup.kernel.transitions import WrongState

TAGS = ["exams"]


@put(
    "/v1/exams/{exam_id:uuid}/schedule",
    opt=may("exam:create"),
    operation_id="scheduleExam",
    tags=TAGS,
    summary="Set the hours of an exam",
    responses=refusals(NotFound, WrongState, rules.ScheduleInvalid),
)
async def schedule(
    exam_id: FromPath[UUID], data: JSONBody[Schedule], call: NamedDependency[Call]
) -> Response[ExamView]:
    """Until when schools answer, and when each subject begins; sealed papers open then."""
    return await call.once(lambda tx: service.schedule(tx, exam_id, data), status=200)


@post(
    "/v1/exams/{exam_id:uuid}/register",
    opt=may("roster:run"),
    operation_id="openRegistration",
    status_code=200,
    tags=TAGS,
    summary="Open registration of candidates",
    responses=refusals(NotFound, WrongState, ForbiddenByLaw),
)
async def register(exam_id: FromPath[UUID], call: NamedDependency[Call]) -> Response[ExamView]:
    """The seed of the draw is sealed now; its hash is shown with the roster."""
    return await call.once(lambda tx: service.register(tx, exam_id), status=200)


@post(
    "/v1/exams/{exam_id:uuid}/sit",
    opt=may("roster:run"),
    operation_id="closeSitting",
    status_code=200,
    tags=TAGS,
    summary="Close the sitting",
    responses=refusals(NotFound, WrongState),
)
async def sit(exam_id: FromPath[UUID], call: NamedDependency[Call]) -> Response[ExamView]:
    """Whoever was recorded absent, void, exempt or late has that as a result."""
    return await call.once(lambda tx: service.sit(tx, exam_id), status=200)


@post(
    "/v1/exams/{exam_id:uuid}/begin-marking",
    opt=may("exam:mark"),
    operation_id="beginMarking",
    status_code=200,
    tags=TAGS,
    summary="Begin marking",
    responses=refusals(NotFound, WrongState),
)
async def begin_marking(exam_id: FromPath[UUID], call: NamedDependency[Call]) -> Response[ExamView]:
    """From the sitting, or back from verification."""
    return await call.once(lambda tx: service.begin_marking(tx, exam_id), status=200)


@post(
    "/v1/exams/{exam_id:uuid}/verify",
    opt=may("exam:mark"),
    operation_id="verifyExam",
    status_code=200,
    tags=TAGS,
    summary="Hand the results over for verification",
    responses=refusals(NotFound, WrongState, service.StillOpen, service.MarksIncomplete),
)
async def verify(exam_id: FromPath[UUID], call: NamedDependency[Call]) -> Response[ExamView]:
    """Possible once nothing is left to mark and everyone on the roster has a result everywhere."""
    return await call.once(lambda tx: service.verify(tx, exam_id), status=200)


@post(
    "/v1/exams/{exam_id:uuid}/reopen",
    opt=may("exam:freeze"),
    operation_id="reopenExam",
    status_code=200,
    tags=TAGS,
    summary="Open frozen results again",
    responses=refusals(NotFound, WrongState),
)
async def reopen(
    exam_id: FromPath[UUID], data: JSONBody[Because], call: NamedDependency[Call]
) -> Response[ExamView]:
    """The snapshot stays; freezing again makes the next one."""
    return await call.once(lambda tx: service.reopen(tx, exam_id, data.because), status=200)


@post(
    "/v1/exams/{exam_id:uuid}/archive",
    opt=may("exam:freeze"),
    operation_id="archiveExam",
    status_code=200,
    tags=TAGS,
    summary="Close an exam for good",
    responses=refusals(NotFound, WrongState),
)
async def archive(exam_id: FromPath[UUID], call: NamedDependency[Call]) -> Response[ExamView]:
    """Nothing changes any more."""
    return await call.once(lambda tx: service.archive(tx, exam_id), status=200)


ROUTES = [schedule, register, sit, begin_marking, verify, reopen, archive]
