"""Moderation and objections over HTTP."""

from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from schoolgroup.evaluation.appraisals.cases import rules as case_rules
from schoolgroup.evaluation.appraisals.objections import service
from schoolgroup.evaluation.appraisals.outcomes import rules
from schoolgroup.evaluation.appraisals.outcomes.models import (
    ModerationInput,
    ObjectionDecision,
    ObjectionInput,
    ObjectionView,
    ResultView,
)
from schoolgroup.evaluation.appraisals.rounds import rules as steps
from schoolgroup.kernel.errors import NotFound
from schoolgroup.kernel.http import LIMIT, Call, Cursor, Limit, may, refusals
from schoolgroup.kernel.paging import Page
from schoolgroup.kernel.transitions import WrongState

TAGS = ["appraisals"]


@post(
    "/v1/appraisal-cases/{case_id:uuid}/moderation",
    opt=may(steps.MODERATE),
    operation_id="moderateCase",
    status_code=200,
    tags=TAGS,
    summary="Change leaves before the announcement, and say why",
    responses=refusals(NotFound, steps.NotNow, rules.ChangeInvalid),
)
async def moderate(
    case_id: FromPath[UUID], data: JSONBody[ModerationInput], call: NamedDependency[Call]
) -> Response[ResultView]:
    """What it was is kept and told to the school."""
    return await call.once(lambda tx: service.moderate(tx, case_id, data), status=200)


@post(
    "/v1/appraisal-cases/{case_id:uuid}/objections",
    opt=may(case_rules.OBJECT),
    operation_id="objectToResult",
    tags=TAGS,
    summary="Object to the own result 异议",
    responses=refusals(NotFound, rules.ObjectionsClosed, rules.ObjectionOpen, rules.ChangeInvalid),
)
async def lodge(
    case_id: FromPath[UUID], data: JSONBody[ObjectionInput], call: NamedDependency[Call]
) -> Response[ObjectionView]:
    """By the school itself, until the hour set with the announcement."""
    return await call.once(lambda tx: service.lodge(tx, case_id, data))


@get(
    "/v1/appraisals/{appraisal_id:uuid}/objections",
    opt=may(steps.READ),
    operation_id="listObjections",
    tags=TAGS,
    summary="Objections: all for who runs the round, its own for a school",
    responses=refusals(NotFound),
)
async def list_objections(
    appraisal_id: FromPath[UUID],
    call: NamedDependency[Call],
    limit: Limit = LIMIT,
    cursor: Cursor = None,
) -> Response[Page[ObjectionView]]:
    """The newest first."""
    return await call.page(
        f"objections/{appraisal_id}",
        limit,
        cursor,
        lambda tx, page: service.list_objections(tx, appraisal_id, page),
        key_of=lambda one: [str(one.id)],
    )


@post(
    "/v1/appraisal-objections/{objection_id:uuid}/withdraw",
    opt=may(case_rules.OBJECT),
    operation_id="withdrawObjection",
    status_code=200,
    tags=TAGS,
    summary="Take an objection back",
    responses=refusals(NotFound, WrongState),
)
async def withdraw(
    objection_id: FromPath[UUID], call: NamedDependency[Call]
) -> Response[ObjectionView]:
    """Before it is answered."""
    return await call.once(lambda tx: service.withdraw(tx, objection_id), status=200)


@post(
    "/v1/appraisal-objections/{objection_id:uuid}/decide",
    opt=may(steps.MODERATE),
    operation_id="decideObjection",
    status_code=200,
    tags=TAGS,
    summary="Answer an objection",
    responses=refusals(NotFound, WrongState, steps.NotNow, rules.ChangeInvalid),
)
async def decide(
    objection_id: FromPath[UUID], data: JSONBody[ObjectionDecision], call: NamedDependency[Call]
) -> Response[ObjectionView]:
    """Upheld with what changes, or rejected; the reason is told to the school."""
    return await call.once(lambda tx: service.decide(tx, objection_id, data), status=200)


ROUTES = [moderate, lodge, list_objections, withdraw, decide]
