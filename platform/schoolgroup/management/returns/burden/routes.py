"""HTTP of the burden of calls."""

from datetime import date
from typing import Annotated
from uuid import UUID

from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, QueryParameter

from schoolgroup.access.decisions import NotAllowed
from schoolgroup.kernel.errors import Invalid, NotFound
from schoolgroup.kernel.http import Call, may, refusals
from schoolgroup.management.returns.burden import service
from schoolgroup.management.returns.burden.models import CallBurden, Weeks

TAGS = ["returns"]
WeeksParameter = FromQuery[Annotated[int, QueryParameter(ge=1, le=60)]]


@get("/v1/calls/{call_id:uuid}/burden", opt=may("call:open"), operation_id="getCallBurden",
     tags=TAGS, summary="Weigh a call", responses=refusals(NotAllowed, NotFound))  # fmt: skip
async def of_call(call_id: FromPath[UUID], call: NamedDependency[Call]) -> CallBurden:
    """Minutes of each school, less what it has told already, beside what its week holds."""
    return await call.read(lambda tx: service.of_call(tx, call_id))


@get("/v1/returns-burden", opt=may("call:read"), operation_id="getReturnsBurden", tags=TAGS,
     summary="What is due each week", responses=refusals(Invalid))  # fmt: skip
async def by_week(
    call: NamedDependency[Call], from_on: FromQuery[date], weeks: WeeksParameter = 8
) -> Weeks:
    """Minutes per school and week; a school sees itself, the office everyone."""
    return await call.read(lambda tx: service.by_week(tx, from_on, weeks))


ROUTES = [of_call, by_week]
