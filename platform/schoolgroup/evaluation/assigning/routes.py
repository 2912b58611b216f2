"""Tables of assigned marks over HTTP."""

from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from schoolgroup.evaluation.assigning import rules, service
from schoolgroup.evaluation.assigning.models import Conversion, ConversionInput, ConversionList
from schoolgroup.evaluation.exams.rules import ForbiddenByLaw
from schoolgroup.evaluation.results.service import UnknownSubject
from schoolgroup.evaluation.statistics.methods.refusals import MethodRefused
from schoolgroup.kernel.errors import NotFound
from schoolgroup.kernel.http import Call, may, refusals
from schoolgroup.kernel.transitions import WrongState

TAGS = ["exams"]


@post(
    "/v1/exams/{exam_id:uuid}/conversions",
    opt=may("exam:freeze"),
    operation_id="convertMarks",
    tags=TAGS,
    summary="Make the table of assigned marks of a subject",
    responses=refusals(
        NotFound,
        WrongState,
        ForbiddenByLaw,
        UnknownSubject,
        rules.UnknownScheme,
        rules.ConversionNeedsReason,
        MethodRefused,
    ),
)
async def convert_marks(
    exam_id: FromPath[UUID], data: JSONBody[ConversionInput], call: NamedDependency[Call]
) -> Response[Conversion]:
    """Of the frozen marks; it stands when an appeal changes single marks, unless told otherwise."""
    return await call.once(lambda tx: service.make(tx, exam_id, data))


@get(
    "/v1/exams/{exam_id:uuid}/conversions",
    opt=may("analysis:run"),
    operation_id="listConversions",
    tags=TAGS,
    summary="The tables of assigned marks of an exam",
    responses=refusals(NotFound),
)
async def list_conversions(exam_id: FromPath[UUID], call: NamedDependency[Call]) -> ConversionList:
    """By subject, the newest first; a school finds the one used in its release."""
    return await call.read(lambda tx: service.list_conversions(tx, exam_id))


ROUTES = [convert_marks, list_conversions]
