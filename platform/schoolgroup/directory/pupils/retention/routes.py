"""The term of names over HTTP."""

from litestar import Response, get, put
from litestar.di import NamedDependency
from litestar.params import JSONBody

from schoolgroup.access.decisions import NotAllowed
from schoolgroup.directory.pupils.retention import service
from schoolgroup.directory.pupils.retention.models import RetentionInput, RetentionView
from schoolgroup.kernel.errors import NotFound
from schoolgroup.kernel.http import Call, may, refusals

TAGS = ["pupils"]


@get(
    "/v1/pupil-retention",
    opt=may("pupil:read"),
    operation_id="getPupilRetention",
    tags=TAGS,
    summary="How long your school keeps names of pupils who are gone",
    responses=refusals(NotAllowed, NotFound),
)
async def get_retention(call: NamedDependency[Call]) -> Response[RetentionView]:
    """With how many names the next night will erase."""
    return await call.item(service.get_retention)


@put(
    "/v1/pupil-retention",
    opt=may("pupil:keep"),
    operation_id="setPupilRetention",
    tags=TAGS,
    summary="Set how long your school keeps names of pupils who are gone",
    responses=refusals(NotAllowed, NotFound),
)
async def set_retention(
    data: JSONBody[RetentionInput], call: NamedDependency[Call]
) -> Response[RetentionView]:
    """From 1 to 120 months after the last day at the school; erased every night, for good."""
    return await call.once(lambda tx: service.set_retention(tx, data), status=200)


ROUTES = [get_retention, set_retention]
