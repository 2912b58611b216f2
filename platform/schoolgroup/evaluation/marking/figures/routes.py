"""Figures and progress of marking over HTTP."""

from uuid import UUID

from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromPath

from schoolgroup.evaluation.marking.figures import service
from schoolgroup.evaluation.marking.figures.models import Figures, ItemFigures, Progress
from schoolgroup.kernel.errors import NotFound
from schoolgroup.kernel.http import Call, may, refusals

TAGS = ["marking"]


@get(
    "/v1/marking/plans/{plan_id:uuid}/figures",
    opt=may("marking:lead"),
    operation_id="getMarkerFigures",
    tags=TAGS,
    summary="How the markers of an item mark",
    responses=refusals(NotFound),
)
async def get_figures(plan_id: FromPath[UUID], call: NamedDependency[Call]) -> ItemFigures:
    """Count, rate, mean, sd, agreement, kappa, severity with its interval; as of now."""
    return await call.read(lambda tx: service.of_item(tx, plan_id))


@get(
    "/v1/marking/plans/{plan_id:uuid}/figures/mine",
    opt=may("marking:mark"),
    operation_id="getOwnMarkerFigures",
    tags=TAGS,
    summary="How you mark",
    responses=refusals(NotFound),
)
async def get_own_figures(plan_id: FromPath[UUID], call: NamedDependency[Call]) -> Figures:
    """The same of yourself alone."""
    return await call.read(lambda tx: service.own(tx, plan_id))


@get(
    "/v1/exams/{exam_id:uuid}/marking/progress",
    opt=may("marking:read"),
    operation_id="getMarkingProgress",
    tags=TAGS,
    summary="How far the marking of an exam is",
    responses=refusals(NotFound),
)
async def get_progress(exam_id: FromPath[UUID], call: NamedDependency[Call]) -> Progress:
    """By item, and by school: your own, or all where you organise it."""
    return await call.read(lambda tx: service.progress(tx, exam_id))


ROUTES = [get_figures, get_own_figures, get_progress]
