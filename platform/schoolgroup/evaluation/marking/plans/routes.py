"""Marking plans over HTTP."""

from uuid import UUID

from litestar import Response, get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from schoolgroup.evaluation.exams.rules import ForbiddenByLaw
from schoolgroup.evaluation.exams.service import NotJoint
from schoolgroup.evaluation.marking.plans import rules, service
from schoolgroup.evaluation.marking.plans.models import (
    Labels,
    PlanInput,
    PlanRules,
    Plans,
    PlanView,
    Pool,
    PoolInput,
)
from schoolgroup.kernel.errors import NotFound, StaleVersion, VersionRequired
from schoolgroup.kernel.http import Call, may, refusals
from schoolgroup.kernel.transitions import WrongState

TAGS = ["marking"]


@post(
    "/v1/exams/{exam_id:uuid}/marking",
    opt=may("marking:plan"),
    operation_id="planMarking",
    tags=TAGS,
    summary="Plan the marking of an item",
    responses=refusals(
        NotFound, NotJoint, WrongState, ForbiddenByLaw, rules.PlanInvalid, service.AlreadyPlanned
    ),
)
async def plan_marking(
    exam_id: FromPath[UUID], data: JSONBody[PlanInput], call: NamedDependency[Call]
) -> Response[PlanView]:
    """Mode, threshold, third mark, step, scoring points, leases and checks of one item."""
    return await call.once(
        lambda tx: service.create(tx, exam_id, data),
        location=lambda plan: f"/v1/marking/plans/{plan.id}",
    )


@get(
    "/v1/exams/{exam_id:uuid}/marking",
    opt=may("marking:read"),
    operation_id="listMarking",
    tags=TAGS,
    summary="How the items of an exam are marked",
    responses=refusals(NotFound),
)
async def list_marking(exam_id: FromPath[UUID], call: NamedDependency[Call]) -> Plans:
    """The organiser sees all, a marker the own items, a school those of the exams it takes."""
    return await call.read(lambda tx: service.list_plans(tx, exam_id))


@get(
    "/v1/marking/plans/{plan_id:uuid}",
    opt=may("marking:read"),
    operation_id="getMarkingPlan",
    tags=TAGS,
    summary="How an item is marked",
    responses=refusals(NotFound),
)
async def get_plan(plan_id: FromPath[UUID], call: NamedDependency[Call]) -> Response[PlanView]:
    """The rules, and what you may do now."""
    return await call.item(lambda tx: service.get(tx, plan_id))


@patch(
    "/v1/marking/plans/{plan_id:uuid}",
    opt=may("marking:run"),
    operation_id="changeMarkingPlan",
    tags=TAGS,
    summary="Change how an item is marked",
    responses=refusals(
        NotFound,
        WrongState,
        StaleVersion,
        VersionRequired,
        rules.PlanInvalid,
        service.RulesFixed,
    ),
)
async def change_plan(
    plan_id: FromPath[UUID], data: JSONBody[PlanRules], call: NamedDependency[Call]
) -> Response[PlanView]:
    """All rules anew; once marking is open, only those of leases, checks and shares."""
    return await call.change(lambda tx, version: service.change(tx, plan_id, data, version))


@post(
    "/v1/marking/plans/{plan_id:uuid}/markers",
    opt=may("marking:run"),
    operation_id="addMarkers",
    status_code=200,
    tags=TAGS,
    summary="Take people into an item's pool",
    responses=refusals(NotFound, service.PoolInvalid),
)
async def add_markers(
    plan_id: FromPath[UUID], data: JSONBody[PoolInput], call: NamedDependency[Call]
) -> Response[Pool]:
    """Markers, leaders and arbiters, each in the appointment at one school."""
    return await call.once(lambda tx: service.add_markers(tx, plan_id, data), status=200)


@get(
    "/v1/marking/plans/{plan_id:uuid}/markers",
    opt=may("marking:lead"),
    operation_id="listMarkers",
    tags=TAGS,
    summary="An item's pool",
    responses=refusals(NotFound),
)
async def list_markers(plan_id: FromPath[UUID], call: NamedDependency[Call]) -> Pool:
    """Who marks, who is paused and why, and what each school is to do."""
    return await call.read(lambda tx: service.pool(tx, plan_id))


@post(
    "/v1/marking/plans/{plan_id:uuid}/open",
    opt=may("marking:run"),
    operation_id="openMarking",
    status_code=200,
    tags=TAGS,
    summary="Begin the marking of an item",
    responses=refusals(NotFound, WrongState, service.NothingToMark, service.NobodyToMark),
)
async def open_plan(plan_id: FromPath[UUID], call: NamedDependency[Call]) -> Response[PlanView]:
    """Again: takes in candidates who came late, and opens a complete item once more."""
    return await call.once(lambda tx: service.open_plan(tx, plan_id), status=200)


@get(
    "/v1/marking/plans/{plan_id:uuid}/labels",
    opt=may("marking:run"),
    operation_id="getBlindCodes",
    tags=TAGS,
    summary="Blind codes for marking on paper",
    responses=refusals(NotFound),
)
async def get_labels(plan_id: FromPath[UUID], call: NamedDependency[Call]) -> Labels:
    """For the organiser to print and stick over the names; each reading is audited."""
    return await call.read(lambda tx: service.labels(tx, plan_id))


ROUTES = [
    plan_marking,
    list_marking,
    get_plan,
    change_plan,
    add_markers,
    list_markers,
    open_plan,
    get_labels,
]
