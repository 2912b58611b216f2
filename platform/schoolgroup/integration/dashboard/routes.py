"""HTTP of the dashboard."""

from litestar import Response, get
from litestar.di import NamedDependency

from schoolgroup.access.decisions import NotAllowed
from schoolgroup.integration.dashboard import service
from schoolgroup.integration.dashboard.models import Dashboard
from schoolgroup.kernel.http import Call, may, refusals


@get("/v1/dashboard", opt=may(service.FIGURES), operation_id="getDashboard", tags=["dashboard"],
     summary="What a role sees first", responses=refusals(NotAllowed))  # fmt: skip
async def get_dashboard(call: NamedDependency[Call]) -> Response[Dashboard]:
    """In one call and of one instant: each figure with the way to the rows behind it."""
    return Response(await call.read(service.dashboard))


ROUTES = [get_dashboard]
