"""HTTP of a call's figures."""

from typing import Annotated
from uuid import UUID

from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, QueryParameter

from schoolgroup.access.decisions import NotAllowed
from schoolgroup.kernel.errors import NotFound
from schoolgroup.kernel.http import Call, may, refusals
from schoolgroup.management.returns.figures import service
from schoolgroup.management.returns.figures.models import Basis, CallCompleteness, CallFigures

TAGS = ["returns"]
BasisParameter = FromQuery[
    Annotated[Basis, QueryParameter(description="Over all answers, or the accepted ones.")]
]


@get("/v1/calls/{call_id:uuid}/completeness", opt=may("call:read"), operation_id="getCompleteness",
     tags=TAGS, summary="How complete a call is", responses=refusals(NotFound))  # fmt: skip
async def completeness(call_id: FromPath[UUID], call: NamedDependency[Call]) -> CallCompleteness:
    """Expected, answered, on time and accepted, live; the office sees who is missing."""
    return await call.read(lambda tx: service.completeness(tx, call_id))


@get("/v1/calls/{call_id:uuid}/figures", opt=may("figures:read"), operation_id="getFigures",
     tags=TAGS, summary="Sums and means of a call",
     responses=refusals(NotAllowed, NotFound))  # fmt: skip
async def figures(
    call_id: FromPath[UUID],
    call: NamedDependency[Call],
    basis: BasisParameter = Basis.SUBMITTED,
) -> CallFigures:
    """Each number by tier; schools see them once nobody can answer any more."""
    return await call.read(lambda tx: service.figures(tx, call_id, basis))


ROUTES = [completeness, figures]
