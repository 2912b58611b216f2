"""The gates of the law and the group's own rules over HTTP."""

from typing import Annotated

from litestar import Response, delete, get, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, PathParameter

from schoolgroup.access.decisions import NotAllowed
from schoolgroup.evaluation.exams.limits import rules, service
from schoolgroup.evaluation.exams.limits.models import GateList, GateRuleInput, GateState
from schoolgroup.kernel.errors import NotFound, StaleVersion, VersionRequired
from schoolgroup.kernel.http import Call, may, refusals

TAGS = ["exams"]
GateName = FromPath[Annotated[str, PathParameter(max_length=60, pattern="^[a-z_]+$")]]


@get(
    "/v1/exam-gates",
    opt=may("exam_gate:read"),
    operation_id="listExamGates",
    tags=TAGS,
    summary="Which exams the law and the group allow",
)
async def list_gates(call: NamedDependency[Call]) -> GateList:
    """In the order in which they are tried: the first that fits an exam decides."""
    return await call.read(service.list_gates)


@put(
    "/v1/exam-gates/{gate_name:str}",
    opt=may("exam_gate:set"),
    operation_id="tightenExamGate",
    tags=TAGS,
    summary="Be stricter than the law",
    responses=refusals(NotAllowed, NotFound, rules.LaxerThanLaw, StaleVersion, VersionRequired),
)
async def set_rule(
    gate_name: GateName, data: JSONBody[GateRuleInput], call: NamedDependency[Call]
) -> Response[GateState]:
    """A rule only takes away. If-Match is the version shown; 0 where the group has no rule yet."""
    return await call.change(lambda tx, version: service.set_rule(tx, gate_name, data, version))


@delete(
    "/v1/exam-gates/{gate_name:str}",
    opt=may("exam_gate:set"),
    operation_id="restoreExamGate",
    status_code=200,
    tags=TAGS,
    summary="Take the group's rule back",
    responses=refusals(NotAllowed, NotFound, StaleVersion, VersionRequired),
)
async def restore(gate_name: GateName, call: NamedDependency[Call]) -> Response[GateState]:
    """The law alone decides again."""
    return await call.change(lambda tx, version: service.delete_rule(tx, gate_name, version))


ROUTES = [list_gates, set_rule, restore]
