"""Completing a subject over HTTP."""

from uuid import UUID

from litestar import Response, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from schoolgroup.evaluation.exams.rules import ForbiddenByLaw
from schoolgroup.evaluation.marking.completion import service
from schoolgroup.evaluation.marking.completion.models import Completed, CompleteInput
from schoolgroup.evaluation.marking.plans.rules import PlanInvalid
from schoolgroup.evaluation.marking.plans.service import MarkingUnfinished, NothingToMark
from schoolgroup.kernel.errors import NotFound
from schoolgroup.kernel.http import Call, may, refusals
from schoolgroup.kernel.transitions import WrongState


@post(
    "/v1/exams/{exam_id:uuid}/marking/complete",
    opt=may("marking:plan"),
    operation_id="completeMarking",
    status_code=200,
    tags=["marking"],
    summary="Write a subject's marks into its scores",
    responses=refusals(
        NotFound,
        WrongState,
        ForbiddenByLaw,
        PlanInvalid,
        NothingToMark,
        MarkingUnfinished,
        service.ObjectiveMissing,
        service.ItemsMoved,
    ),
)
async def complete(
    exam_id: FromPath[UUID], data: JSONBody[CompleteInput], call: NamedDependency[Call]
) -> Response[Completed]:
    """Once every script is final: exact marks, rounded once at the total; again changes nothing."""
    return await call.once(lambda tx: service.complete(tx, exam_id, data), status=200)


ROUTES = [complete]
