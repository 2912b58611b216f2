"""Analyses over HTTP."""

from uuid import UUID

from litestar import Response, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from schoolgroup.evaluation.analyses import service
from schoolgroup.evaluation.analyses.models import AnalysisInput, AnalysisView
from schoolgroup.evaluation.analyses.questions import (
    AnalysisInvalid,
    OnlyTheirSchool,
    OnlyTheOrganiser,
)
from schoolgroup.evaluation.exams.rules import ForbiddenByLaw
from schoolgroup.evaluation.statistics.methods.refusals import MethodRefused
from schoolgroup.evaluation.statistics.service import Embargoed
from schoolgroup.kernel.errors import NotFound
from schoolgroup.kernel.http import Call, may, refusals

TAGS = ["exams"]


@post(
    "/v1/exams/{exam_id:uuid}/analyses",
    opt=may("analysis:run", on_standby=True),
    operation_id="analyseExam",
    status_code=200,
    tags=TAGS,
    summary="Work a figure out of the frozen results of all schools",
    responses=refusals(
        NotFound, ForbiddenByLaw, service.NotFrozen, AnalysisInvalid, OnlyTheirSchool, MethodRefused
    ),
)
async def analyse_exam(
    exam_id: FromPath[UUID], data: JSONBody[AnalysisInput], call: NamedDependency[Call]
) -> Response[AnalysisView]:
    """Each result names method, parameters, n, snapshot and code; asked again: the same bytes."""
    return Response(await call.read(lambda tx: service.analyse_exam(tx, exam_id, data)))


@post(
    "/v1/releases/{release_id:uuid}/analyses",
    opt=may("release:read", on_standby=True),
    operation_id="analyseRelease",
    status_code=200,
    tags=TAGS,
    summary="Work a figure out of your own pupils' released results",
    responses=refusals(
        NotFound,
        ForbiddenByLaw,
        Embargoed,
        OnlyTheOrganiser,
        OnlyTheirSchool,
        AnalysisInvalid,
        MethodRefused,
    ),
)
async def analyse_release(
    release_id: FromPath[UUID], data: JSONBody[AnalysisInput], call: NamedDependency[Call]
) -> Response[AnalysisView]:
    """A school's own part of the snapshot that was released; who runs the exam gets the whole."""
    return Response(await call.read(lambda tx: service.analyse_release(tx, release_id, data)))


ROUTES = [analyse_exam, analyse_release]
