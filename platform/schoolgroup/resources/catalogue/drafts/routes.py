"""Adapting a resource, checking a draft, discarding it."""

from typing import Any
from uuid import UUID

from litestar import Response, delete, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from schoolgroup.access.decisions import NotAllowed
from schoolgroup.kernel.errors import Invalid, NotFound, StaleVersion, VersionRequired
from schoolgroup.kernel.http import Call, may, refusals
from schoolgroup.kernel.transitions import WrongState
from schoolgroup.resources.catalogue import service as catalogue
from schoolgroup.resources.catalogue.checks.models import Checks
from schoolgroup.resources.catalogue.drafts import service
from schoolgroup.resources.catalogue.drafts.models import Adaptation
from schoolgroup.resources.catalogue.models import Resource
from schoolgroup.resources.deposits.quota import limits_of
from schoolgroup.resources.deposits.refusals import QuotaExceeded


@post(
    "/v1/resources/{resource_id:uuid}/adapt",
    opt=may(service.ADAPT),
    operation_id="adaptResource",
    tags=["resources"],
    summary="Adapt a resource into a draft of one's own",
    responses=refusals(
        NotFound,
        NotAllowed,
        catalogue.Withdrawn,
        service.NotPublished,
        service.NoOfferToAdaptBy,
        QuotaExceeded,
        Invalid,
    ),
)
async def adapt_resource(
    resource_id: FromPath[UUID],
    data: JSONBody[Adaptation],
    call: NamedDependency[Call],
    services: NamedDependency[Any],
) -> Response[Resource]:
    """It keeps the revision it was made from; what is offered of it never reaches further."""
    limits = limits_of(services.settings)
    return await call.once(
        lambda tx: service.adapt(tx, resource_id, data, limits),
        location=lambda resource: f"/v1/resources/{resource.id}",
    )


@get(
    "/v1/resources/{resource_id:uuid}/checks",
    opt=may(service.DESCRIBE),
    operation_id="checkResource",
    tags=["resources"],
    summary="Every check of a draft, with its fix in both languages",
    responses=refusals(NotFound, NotAllowed, catalogue.Withdrawn),
)
async def check_resource(resource_id: FromPath[UUID], call: NamedDependency[Call]) -> Checks:
    """At any time: what blocks a publication, and what is only advice."""
    return await call.read(lambda tx: catalogue.check(tx, resource_id))


@delete(
    "/v1/resources/{resource_id:uuid}/draft",
    opt=may(service.DESCRIBE),
    operation_id="discardDraft",
    tags=["resources"],
    summary="Discard the draft",
    status_code=204,
    responses=refusals(NotFound, NotAllowed, WrongState, StaleVersion, VersionRequired),
)
async def discard_draft(resource_id: FromPath[UUID], call: NamedDependency[Call]) -> None:
    """A first draft goes with its resource; the draft of a next revision leaves what is out."""
    version = call.expected_version()
    await call.read(lambda tx: service.discard(tx, resource_id, version))


ROUTES = [adapt_resource, check_resource, discard_draft]
