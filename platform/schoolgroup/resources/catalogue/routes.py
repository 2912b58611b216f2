"""Lesson resources: drafts, revisions, publication."""

from datetime import timedelta
from typing import Annotated, Any, Protocol
from uuid import UUID

from litestar import Response, get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from schoolgroup.access.decisions import NotAllowed, OutOfScope
from schoolgroup.kernel.answer_forms import in_forms
from schoolgroup.kernel.errors import Invalid, NotFound, StaleVersion, VersionRequired
from schoolgroup.kernel.http import LIMIT, Call, Cursor, Limit, link_answer, may, refusals
from schoolgroup.kernel.paging import BadCursor, Page
from schoolgroup.kernel.settings import Settings
from schoolgroup.kernel.storage import Storage
from schoolgroup.kernel.transitions import WrongState
from schoolgroup.resources.catalogue import rules, service
from schoolgroup.resources.catalogue.drafts import routes as draft_routes
from schoolgroup.resources.catalogue.models import (
    Resource,
    ResourceChange,
    ResourceDraft,
    Revision,
    Vocabulary,
    Withdrawal,
)
from schoolgroup.resources.catalogue.use import routes as use_routes

FORMATS = ("application/json", "application/ld+json", "application/xml")  # ours and others'
RevisionNo = FromQuery[Annotated[int | None, QueryParameter(ge=1, le=1_000_000)]]


class OtherFormats(Protocol):
    """How other systems are told of a resource; the composition root knows."""

    async def negotiate(self, call: Call, resource_id: UUID) -> Response[Any] | None:
        """The answer in the format `Accept` prefers, or None where that is our own JSON."""
        ...

    def links(self, resource_id: UUID) -> dict[str, str]:
        """Headers that say where the other formats are."""
        ...


@post(
    "/v1/resources",
    opt=may("resource:create"),
    operation_id="createResource",
    tags=["resources"],
    summary="Begin a resource as a draft",
    responses=refusals(NotAllowed, OutOfScope, Invalid, rules.ContradictsPlace),
)
async def create_resource(
    data: JSONBody[ResourceDraft], call: NamedDependency[Call]
) -> Response[Resource]:
    """Files are verified uploads; what is missing can be added until it is published."""
    return await call.once(
        lambda tx: service.create(tx, data),
        location=lambda resource: f"/v1/resources/{resource.id}",
    )


@get(
    "/v1/resources/vocabulary",
    opt=may("directory:read"),
    operation_id="getResourceVocabulary",
    tags=["resources"],
    summary="The fixed words resources are described with",
)
async def get_vocabulary(call: NamedDependency[Call]) -> Vocabulary:
    """Kinds, stages and licences with their labels in English and Chinese."""

    async def words(tx: Any) -> Vocabulary:
        return service.vocabulary(tx)

    return await call.read(words)


@get(
    "/v1/resources/{resource_id:uuid}",
    opt=may("resource:discover"),
    operation_class=in_forms(FORMATS),
    operation_id="getResource",
    tags=["resources"],
    summary="One resource",
    responses=refusals(NotFound, service.Withdrawn),
)
async def get_resource(
    resource_id: FromPath[UUID],
    call: NamedDependency[Call],
    formats: NamedDependency[Any],  # a Protocol cannot be checked when it is handed in
) -> Response[Resource]:
    """With its files; those who may describe it also see the next revision and what it lacks.

    `Accept: application/ld+json` is answered with schema.org, `application/xml` with LOM.
    """
    other: OtherFormats = formats
    if (negotiated := await other.negotiate(call, resource_id)) is not None:
        return negotiated
    answer = await call.item(lambda tx: service.get(tx, resource_id))
    for name, value in other.links(resource_id).items():
        answer.headers[name] = value
    return answer


@patch(
    "/v1/resources/{resource_id:uuid}",
    opt=may("resource:describe"),
    operation_id="describeResource",
    tags=["resources"],
    summary="Change a draft",
    responses=refusals(NotFound, NotAllowed, Invalid, WrongState, StaleVersion, VersionRequired),
)
async def describe_resource(
    resource_id: FromPath[UUID], data: JSONBody[ResourceChange], call: NamedDependency[Call]
) -> Response[Resource]:
    """The draft, or the draft of the next revision; what is published never changes."""
    return await call.change(lambda tx, version: service.describe(tx, resource_id, data, version))


@post(
    "/v1/resources/{resource_id:uuid}/revisions",
    opt=may("resource:describe"),
    operation_id="reviseResource",
    tags=["resources"],
    summary="Begin the next revision",
    responses=refusals(NotFound, NotAllowed, WrongState),
)
async def revise_resource(
    resource_id: FromPath[UUID], call: NamedDependency[Call]
) -> Response[Resource]:
    """A copy of the published one, to be changed and published; until then nobody else sees it."""
    return await call.once(lambda tx: service.revise(tx, resource_id))


@get(
    "/v1/resources/{resource_id:uuid}/revisions",
    opt=may("resource:discover"),
    operation_id="listRevisions",
    tags=["resources"],
    summary="The revisions of a resource, newest first",
    responses=refusals(NotFound, service.Withdrawn, BadCursor),
)
async def list_revisions(
    resource_id: FromPath[UUID],
    call: NamedDependency[Call],
    limit: Limit = LIMIT,
    cursor: Cursor = None,
) -> Response[Page[Revision]]:
    """Published ones for everybody who may see the resource."""
    return await call.page(
        f"revisions/{resource_id}",
        limit,
        cursor,
        lambda tx, page: service.list_revisions(tx, resource_id, page),
        key_of=lambda revision: [revision.no],
    )


@post(
    "/v1/resources/{resource_id:uuid}/publish",
    opt=may("resource:publish"),
    operation_id="publishResource",
    tags=["resources"],
    summary="Publish the draft",
    status_code=200,
    responses=refusals(NotFound, NotAllowed, service.NotReady, WrongState),
)
async def publish_resource(
    resource_id: FromPath[UUID], call: NamedDependency[Call]
) -> Response[Resource]:
    """Immutable from then on; what the draft lacks is named with its fix in both languages."""
    return await call.once(lambda tx: service.publish(tx, resource_id), status=200)


@post(
    "/v1/resources/{resource_id:uuid}/withdraw",
    opt=may("resource:withdraw"),
    operation_id="withdrawResource",
    tags=["resources"],
    summary="Take a resource back",
    status_code=200,
    responses=refusals(NotFound, NotAllowed, WrongState),
)
async def withdraw_resource(
    resource_id: FromPath[UUID], data: JSONBody[Withdrawal], call: NamedDependency[Call]
) -> Response[Resource]:
    """Those who could see it are told that it is gone, when and why."""
    return await call.once(lambda tx: service.withdraw(tx, resource_id, data.because), status=200)


@get(
    "/v1/resources/{resource_id:uuid}/files/{number:int}",
    opt=may("resource:fetch"),
    operation_id="fetchResourceFile",
    tags=["resources"],
    summary="Open a file of the own school",
    status_code=307,
    responses=refusals(NotFound, NotAllowed, service.Withdrawn),
)
async def fetch_resource_file(
    resource_id: FromPath[UUID],
    number: FromPath[int],
    call: NamedDependency[Call],
    storage: NamedDependency[Storage],
    services: NamedDependency[Any],
    revision: RevisionNo = None,
) -> Response[None]:
    """A link that lives for a moment; other schools borrow the resource instead."""
    settings: Settings = services.settings
    file = await call.read(lambda tx: service.find_file(tx, resource_id, number, revision))
    return link_answer(storage, file, timedelta(seconds=settings.download_link_s))


ROUTES = [
    create_resource,
    get_vocabulary,
    get_resource,
    describe_resource,
    revise_resource,
    list_revisions,
    publish_resource,
    withdraw_resource,
    fetch_resource_file,
    *draft_routes.ROUTES,
    *use_routes.ROUTES,
]
