"""The directory over HTTP: the group, and every part of it."""

from collections.abc import Sequence

from litestar import get
from litestar.di import NamedDependency
from litestar.types import ControllerRouterHandler

from schoolgroup.directory import service
from schoolgroup.directory.agreements import routes as agreements
from schoolgroup.directory.calendar import routes as calendar
from schoolgroup.directory.circles import routes as circles
from schoolgroup.directory.imports import routes as imports
from schoolgroup.directory.models import Group
from schoolgroup.directory.people import routes as people
from schoolgroup.directory.pupils import routes as pupils
from schoolgroup.directory.schools import routes as schools
from schoolgroup.kernel.http import Call, may


@get(
    "/v1/group",
    opt=may("directory:read"),
    operation_id="getGroup",
    tags=["directory"],
    summary="The group you belong to",
)
async def get_group(call: NamedDependency[Call]) -> Group:
    """Its name, place in time, and how many schools it has today."""
    return await call.read(service.get_group)


ROUTES: Sequence[ControllerRouterHandler] = [
    get_group,
    *schools.ROUTES,
    *people.ROUTES,
    *pupils.ROUTES,
    *circles.ROUTES,
    *agreements.ROUTES,
    *calendar.ROUTES,
    *imports.ROUTES,
]
