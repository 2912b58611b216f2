"""What an owner sees: who uses a resource, and whom its withdrawal would meet."""

from uuid import UUID

from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromPath

from schoolgroup.access.decisions import NotAllowed
from schoolgroup.kernel.errors import NotFound
from schoolgroup.kernel.http import Call, may, refusals
from schoolgroup.resources.catalogue.use import service
from schoolgroup.resources.catalogue.use.models import Affected, Use


@get(
    "/v1/resources/{resource_id:uuid}/use",
    opt=may("resource:follow"),
    operation_id="get_resource_use",
    tags=["resources"],
    summary="Who uses a resource, per school and month",
    responses=refusals(NotFound, NotAllowed),
)
async def get_use(resource_id: FromPath[UUID], call: NamedDependency[Call]) -> Use:
    """For those who keep it; schools only, never whose person."""
    return await call.read(lambda tx: service.use_of(tx, resource_id))


@get(
    "/v1/resources/{resource_id:uuid}/affected",
    opt=may("resource:follow"),
    operation_id="get_affected_by_withdrawal",
    tags=["resources"],
    summary="Whom taking a resource back would meet",
    responses=refusals(NotFound, NotAllowed),
)
async def get_affected(resource_id: FromPath[UUID], call: NamedDependency[Call]) -> Affected:
    """Running loans and places in the queue by school: look before you withdraw."""
    return await call.read(lambda tx: service.affected_by_withdrawal(tx, resource_id))


ROUTES = [get_use, get_affected]
