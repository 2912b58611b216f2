"""Initiatives and measures over HTTP."""

from uuid import UUID

from litestar import Response, get, patch, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from schoolgroup.access.decisions import NotAllowed
from schoolgroup.kernel.errors import NotFound, StaleVersion, VersionRequired
from schoolgroup.kernel.http import LIMIT, Call, Cursor, Limit, may, refusals
from schoolgroup.kernel.paging import BadCursor, Page
from schoolgroup.kernel.transitions import WrongState
from schoolgroup.management.initiatives import models, rules, service
from schoolgroup.management.initiatives.models import (
    Initiative,
    InitiativeWish,
    Measure,
    MeasureChange,
    MeasureWish,
    ReachedWish,
    Remark,
    RemarkWish,
    StepWish,
)

TAGS = ["initiatives"]
INITIATIVE, MEASURE = "/v1/initiatives/{initiative_id:uuid}", "/v1/measures/{measure_id:uuid}"


@post("/v1/initiatives", opt=may(models.MANAGE), operation_id="makeInitiative", tags=TAGS,
      summary="Plan an initiative",
      responses=refusals(NotAllowed, rules.BadInitiative))  # fmt: skip
async def make_initiative(
    data: JSONBody[InitiativeWish], call: NamedDependency[Call]
) -> Response[Initiative]:
    """Known to every school from now on; its measures are added one by one."""
    return await call.once(
        lambda tx: service.make_initiative(tx, data),
        location=lambda made: f"/v1/initiatives/{made.id}",
    )


@get("/v1/initiatives", opt=may(models.READ), operation_id="listInitiatives", tags=TAGS,
     summary="List initiatives", responses=refusals(BadCursor))  # fmt: skip
async def list_initiatives(
    call: NamedDependency[Call], limit: Limit = LIMIT, cursor: Cursor = None
) -> Response[Page[Initiative]]:
    """The newest first, each with its measures counted."""
    return await call.page(
        "initiatives", limit, cursor, service.list_initiatives, key_of=lambda one: [str(one.id)]
    )


@get(INITIATIVE, opt=may(models.READ), operation_id="getInitiative", tags=TAGS,
     summary="Read an initiative", responses=refusals(NotFound))  # fmt: skip
async def get_initiative(
    initiative_id: FromPath[UUID], call: NamedDependency[Call]
) -> Response[Initiative]:
    """With its measures counted by their states; counts move without its version."""
    return Response(await call.read(lambda tx: service.get_initiative(tx, initiative_id)))


@put(INITIATIVE, opt=may(models.MANAGE), operation_id="changeInitiative", tags=TAGS,
     summary="Change an initiative",
     responses=refusals(NotAllowed, NotFound, rules.BadInitiative, StaleVersion,
                        VersionRequired))  # fmt: skip
async def change_initiative(
    initiative_id: FromPath[UUID], data: JSONBody[InitiativeWish], call: NamedDependency[Call]
) -> Response[Initiative]:
    """Title, summary and days."""
    return await call.change(
        lambda tx, version: service.change_initiative(tx, initiative_id, data, version)
    )


@post(INITIATIVE + "/step", opt=may(models.MANAGE), operation_id="stepInitiative", tags=TAGS,
      status_code=200, summary="Start, finish, drop or resume it",
      responses=refusals(NotAllowed, NotFound, WrongState, rules.BadInitiative))  # fmt: skip
async def step_initiative(
    initiative_id: FromPath[UUID], data: JSONBody[StepWish], call: NamedDependency[Call]
) -> Response[Initiative]:
    """What is possible now stands in `actions`; dropping and resuming say why."""
    return await call.once(lambda tx: service.step_initiative(tx, initiative_id, data), status=200)


@post(INITIATIVE + "/measures", opt=may(models.MANAGE), operation_id="addMeasure", tags=TAGS,
      summary="Add a measure",
      responses=refusals(NotAllowed, NotFound, rules.BadInitiative))  # fmt: skip
async def add_measure(
    initiative_id: FromPath[UUID], data: JSONBody[MeasureWish], call: NamedDependency[Call]
) -> Response[Measure]:
    """With its responsible offices, its time nodes and the calls it is followed by."""
    return await call.once(
        lambda tx: service.add_measure(tx, initiative_id, data),
        location=lambda made: f"/v1/measures/{made.id}",
    )


@get(INITIATIVE + "/measures", opt=may(models.READ), operation_id="listMeasures", tags=TAGS,
     summary="The measures of an initiative", responses=refusals(NotFound))  # fmt: skip
async def list_measures(
    initiative_id: FromPath[UUID], call: NamedDependency[Call]
) -> Response[list[Measure]]:
    """All of them by their numbers, each with how far it is."""
    return Response(await call.read(lambda tx: service.list_measures(tx, initiative_id)))


@get(MEASURE, opt=may(models.READ), operation_id="getMeasure", tags=TAGS, summary="Read a measure",
     responses=refusals(NotFound))  # fmt: skip
async def get_measure(measure_id: FromPath[UUID], call: NamedDependency[Call]) -> Response[Measure]:
    """With its nodes and its progress; counts move without its version."""
    return Response(await call.read(lambda tx: service.get_measure(tx, measure_id)))


@patch(MEASURE, opt=may(models.MANAGE), operation_id="changeMeasure", tags=TAGS,
       summary="Change a measure",
       responses=refusals(NotAllowed, NotFound, rules.BadInitiative, StaleVersion,
                          VersionRequired))  # fmt: skip
async def change_measure(
    measure_id: FromPath[UUID], data: JSONBody[MeasureChange], call: NamedDependency[Call]
) -> Response[Measure]:
    """What is given changes; nodes that were reached stay."""
    return await call.change(
        lambda tx, version: service.change_measure(tx, measure_id, data, version)
    )


@post(MEASURE + "/step", opt=may(models.ADVANCE), operation_id="stepMeasure", tags=TAGS,
      status_code=200, summary="Start, finish, drop or resume it",
      responses=refusals(NotAllowed, NotFound, WrongState, rules.BadInitiative))  # fmt: skip
async def step_measure(
    measure_id: FromPath[UUID], data: JSONBody[StepWish], call: NamedDependency[Call]
) -> Response[Measure]:
    """Who answers for it starts and finishes it; the office drops and resumes."""
    return await call.once(lambda tx: service.step_measure(tx, measure_id, data), status=200)


@post(MEASURE + "/nodes/{no:int}/reach", opt=may(models.ADVANCE), operation_id="reachNode",
      tags=TAGS, status_code=200, summary="A time node is reached",
      responses=refusals(NotAllowed, NotFound, rules.NodeReached, service.OnlyPersons))  # fmt: skip
async def reach_node(
    measure_id: FromPath[UUID],
    no: FromPath[int],
    data: JSONBody[ReachedWish],
    call: NamedDependency[Call],
) -> Response[Measure]:
    """Now, and by whom, is kept."""
    return await call.once(lambda tx: service.reach_node(tx, measure_id, no, data), status=200)


@post(MEASURE + "/remarks", opt=may(models.REMARK), operation_id="remarkOnMeasure", tags=TAGS,
      summary="Remark on a measure",
      responses=refusals(NotAllowed, NotFound, service.OnlyPersons))  # fmt: skip
async def remark(
    measure_id: FromPath[UUID], data: JSONBody[RemarkWish], call: NamedDependency[Call]
) -> Response[Remark]:
    """It stays as it was said."""
    return await call.once(lambda tx: service.remark(tx, measure_id, data))


@get(MEASURE + "/remarks", opt=may(models.READ), operation_id="listMeasureRemarks", tags=TAGS,
     summary="The remarks on a measure", responses=refusals(BadCursor, NotFound))  # fmt: skip
async def list_remarks(
    measure_id: FromPath[UUID],
    call: NamedDependency[Call],
    limit: Limit = LIMIT,
    cursor: Cursor = None,
) -> Response[Page[Remark]]:
    """The oldest first."""
    return await call.page(
        f"remarks/{measure_id}",
        limit,
        cursor,
        lambda tx, page: service.list_remarks(tx, measure_id, page),
        key_of=lambda one: [str(one.id)],
    )


ROUTES = [
    make_initiative, list_initiatives, get_initiative, change_initiative, step_initiative,
    add_measure, list_measures, get_measure, change_measure, step_measure, reach_node, remark,
    list_remarks,
]  # fmt: skip
