"""What an owner sees: who uses a resource, and whom its withdrawal would meet."""

from typing import Annotated, Any
from uuid import UUID

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, QueryParameter

from schoolgroup.access.decisions import NotAllowed
from schoolgroup.kernel.errors import NotFound
from schoolgroup.kernel.http import Call, file_answer, may, refusals
from schoolgroup.kernel.sheet_files import ListFormat
from schoolgroup.resources.catalogue.use import service
from schoolgroup.resources.catalogue.use.models import Affected, Use

AsForm = FromQuery[Annotated[ListFormat, QueryParameter(description="json, csv or xlsx.")]]


@get(
    "/v1/resources/{resource_id:uuid}/use",
    opt=may("resource:follow"),
    operation_id="getResourceUse",
    tags=["resources"],
    summary="Who uses a resource, per school and month",
    responses=refusals(NotFound, NotAllowed),
)
async def get_use(
    resource_id: FromPath[UUID], call: NamedDependency[Call], form: AsForm = ListFormat.JSON
) -> Response[Use]:
    """For those who keep it; schools only, never whose person. Also as a sheet."""
    if form is ListFormat.JSON:
        return Response(await call.read(lambda tx: service.use_of(tx, resource_id)))
    answer: Any = file_answer(await call.read(lambda tx: service.use_sheet(tx, resource_id, form)))
    return answer  # type: ignore[no-any-return]  # a file instead of the JSON


@get(
    "/v1/resources/{resource_id:uuid}/affected",
    opt=may("resource:follow"),
    operation_id="getAffectedByWithdrawal",
    tags=["resources"],
    summary="Whom taking a resource back would meet",
    responses=refusals(NotFound, NotAllowed),
)
async def get_affected(resource_id: FromPath[UUID], call: NamedDependency[Call]) -> Affected:
    """Loans, queue, lists, adaptations and dependents by school: look before you withdraw."""
    return await call.read(lambda tx: service.affected_by_withdrawal(tx, resource_id))


ROUTES = [get_use, get_affected]
