"""Results over HTTP."""

from typing import Annotated
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter

from schoolgroup.evaluation.appraisals.cases import rules as case_rules
from schoolgroup.evaluation.appraisals.outcomes import rules, service
from schoolgroup.evaluation.appraisals.outcomes.models import (
    ExplanationView,
    ResultView,
    RoundResults,
    Verification,
)
from schoolgroup.evaluation.appraisals.rounds import rules as steps
from schoolgroup.evaluation.appraisals.rounds.models import AppraisalView
from schoolgroup.evaluation.appraisals.scoring.raters import Reliability
from schoolgroup.kernel.errors import NotFound
from schoolgroup.kernel.http import Call, file_answer, may, refusals
from schoolgroup.kernel.sheet_files import TableFormat
from schoolgroup.kernel.sheets import CSV_TYPE
from schoolgroup.kernel.transitions import WrongState

TAGS = ["appraisals"]


@get(
    "/v1/appraisals/{appraisal_id:uuid}/results",
    opt=may(steps.READ),
    operation_id="getAppraisalResults",
    tags=TAGS,
    summary="Results: all for who runs the round; for a school its own and the others unnamed",
    responses=refusals(NotFound, rules.NotAnnounced),
)
async def get_results(
    appraisal_id: FromPath[UUID], call: NamedDependency[Call]
) -> Response[RoundResults]:
    """With uncertainty, and without ranks."""
    return Response(await call.read(lambda tx: service.results(tx, appraisal_id)))


@get(
    "/v1/appraisals/{appraisal_id:uuid}/results/export",
    opt=may(steps.MODERATE),
    operation_id="exportAppraisalResults",
    tags=TAGS,
    summary="All results as a sheet",
    media_type=CSV_TYPE,
    responses=refusals(NotFound, rules.NotAnnounced),
)
async def export_results(
    appraisal_id: FromPath[UUID],
    call: NamedDependency[Call],
    file_format: Annotated[
        TableFormat, QueryParameter(name="format", description="How it is written.")
    ] = TableFormat.CSV,
) -> Response[bytes]:
    """The audit trail keeps who took it."""
    file = await call.read(lambda tx: service.export(tx, appraisal_id, file_format))
    return file_answer(file)


@get(
    "/v1/appraisals/{appraisal_id:uuid}/reliability",
    opt=may(steps.MODERATE),
    operation_id="getAssessorReliability",
    tags=TAGS,
    summary="Whether assessors agree, and who is severe",
    responses=refusals(NotFound, rules.NotAnnounced),
)
async def get_reliability(
    appraisal_id: FromPath[UUID], call: NamedDependency[Call]
) -> Response[Reliability]:
    """Krippendorff's alpha, ICC, kappa, severity with intervals."""
    return Response(await call.read(lambda tx: service.reliability(tx, appraisal_id)))


@post(
    "/v1/appraisals/{appraisal_id:uuid}/finalise",
    opt=may(steps.MODERATE),
    operation_id="finaliseAppraisal",
    status_code=200,
    tags=TAGS,
    summary="The results stand, with one hash over all",
    responses=refusals(NotFound, WrongState, rules.TooEarly, rules.ObjectionOpen),
)
async def finalise(
    appraisal_id: FromPath[UUID], call: NamedDependency[Call]
) -> Response[AppraisalView]:
    """When the hour for objections has passed and each is answered."""
    return await call.once(lambda tx: service.finalise(tx, appraisal_id), status=200)


@get(
    "/v1/appraisals/{appraisal_id:uuid}/verify",
    opt=may(steps.MODERATE),
    operation_id="verifyAppraisal",
    tags=TAGS,
    summary="Reckon final results anew and compare every byte",
    responses=refusals(NotFound, rules.NotAnnounced),
)
async def verify(
    appraisal_id: FromPath[UUID], call: NamedDependency[Call]
) -> Response[Verification]:
    """From the rows they came from."""
    return Response(await call.read(lambda tx: service.verify(tx, appraisal_id)))


@get(
    "/v1/appraisal-cases/{case_id:uuid}/result",
    opt=may(case_rules.RESULT),
    operation_id="getCaseResult",
    tags=TAGS,
    summary="The result of one case, down to its leaves",
    responses=refusals(NotFound, rules.NotAnnounced),
)
async def get_result(case_id: FromPath[UUID], call: NamedDependency[Call]) -> Response[ResultView]:
    """For its school from the announcement on."""
    return Response(await call.read(lambda tx: service.result(tx, case_id)))


@get(
    "/v1/appraisal-cases/{case_id:uuid}/results/{indicator:str}/explanation",
    opt=may(case_rules.RESULT),
    operation_id="explainCaseResult",
    tags=TAGS,
    summary="Why is this number what it is",
    responses=refusals(NotFound, rules.NotAnnounced),
)
async def explain(
    case_id: FromPath[UUID], indicator: FromPath[str], call: NamedDependency[Call]
) -> Response[ExplanationView]:
    """The tree below an indicator (`*`: the total) with weights, inputs, rules, method and n."""
    return Response(await call.read(lambda tx: service.explanation(tx, case_id, indicator)))


ROUTES = [get_results, export_results, get_reliability, finalise, verify, get_result, explain]
