"""What an owner sees: who uses a resource, and whom its withdrawal would meet."""

from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.openapi.spec import OpenAPIMediaType, OpenAPIResponse, OpenAPIType, Operation, Schema
from litestar.params import FromPath, FromQuery, QueryParameter

from schoolgroup.access.decisions import NotAllowed
from schoolgroup.kernel.errors import NotFound
from schoolgroup.kernel.http import Call, may, refusals
from schoolgroup.kernel.sheets import CSV_TYPE, XLSX_TYPE
from schoolgroup.resources.catalogue.use import service
from schoolgroup.resources.catalogue.use.models import Affected, Form, Use


@dataclass
class InSheetsToo(Operation):
    """The operation as OpenAPI has it: the answer as JSON, or as a sheet."""

    def __post_init__(self) -> None:
        """Name the sheets: a response declared in the handler can name only one media type."""
        answer = (self.responses or {}).get("200")
        if isinstance(answer, OpenAPIResponse) and answer.content is not None:
            answer.content |= {
                kind: OpenAPIMediaType(schema=Schema(type=OpenAPIType.STRING))
                for kind in (CSV_TYPE, XLSX_TYPE)
            }


AsForm = FromQuery[Annotated[Form, QueryParameter(description="json, csv or xlsx.")]]


@get(
    "/v1/resources/{resource_id:uuid}/use",
    operation_class=InSheetsToo,
    opt=may("resource:follow"),
    operation_id="getResourceUse",
    tags=["resources"],
    summary="Who uses a resource, per school and month",
    responses=refusals(NotFound, NotAllowed),
)
async def get_use(
    resource_id: FromPath[UUID], call: NamedDependency[Call], form: AsForm = Form.JSON
) -> Response[Use]:
    """For those who keep it; schools only, never whose person. Also as a sheet."""
    if form is Form.JSON:
        return Response(await call.read(lambda tx: service.use_of(tx, resource_id)))
    content: Any = await call.read(lambda tx: service.use_sheet(tx, resource_id, form))
    media_type = XLSX_TYPE if form is Form.XLSX else CSV_TYPE
    headers = {"Content-Disposition": f'attachment; filename="use-{resource_id}.{form}"'}
    return Response(content, media_type=media_type, headers=headers)


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
