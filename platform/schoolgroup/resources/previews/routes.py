"""Previews over HTTP."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from litestar import Response, get, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from schoolgroup.access.decisions import NotAllowed
from schoolgroup.kernel.errors import NotFound, StaleVersion, VersionRequired
from schoolgroup.kernel.http import Call, link_answer, may, refusals
from schoolgroup.kernel.settings import Settings
from schoolgroup.kernel.storage import Storage, StoredFile
from schoolgroup.resources.catalogue.service import Withdrawn
from schoolgroup.resources.previews import service
from schoolgroup.resources.previews.models import PreviewRule, PreviewRuleChange, Previews


@get(
    "/v1/resources/{resource_id:uuid}/previews",
    opt=may("resource:discover"),
    operation_id="listPreviews",
    tags=["resources"],
    summary="Look at a resource before borrowing it",
    responses=refusals(NotFound, Withdrawn),
)
async def list_previews(resource_id: FromPath[UUID], call: NamedDependency[Call]) -> Previews:
    """Pages of each file as far as the owner shows them, or words in order; it takes no seat."""
    return await call.read(lambda tx: service.previews_of(tx, resource_id))


@get(
    "/v1/resources/{resource_id:uuid}/previews/{number:int}",
    opt=may("resource:discover"),
    operation_id="fetchPreview",
    tags=["resources"],
    summary="One page of a preview",
    status_code=307,
    responses=refusals(NotFound, Withdrawn),
)
async def fetch_preview(
    resource_id: FromPath[UUID],
    number: FromPath[int],
    call: NamedDependency[Call],
    storage: NamedDependency[Storage],
    services: NamedDependency[Any],
) -> Response[None]:
    """A link to the picture that lives for a moment; number 0 is the thumbnail."""
    settings: Settings = services.settings
    found = await call.read(lambda tx: service.find_page(tx, resource_id, number))
    lives_for = timedelta(seconds=settings.download_link_s)
    file = StoredFile(f"preview-{number}.webp", found.object_key, found.media_type)
    return link_answer(storage, file, lives_for, shown=True)


@get(
    "/v1/resources/{resource_id:uuid}/preview-rule",
    opt=may("resource:discover"),
    operation_id="getPreviewRule",
    tags=["resources"],
    summary="How much of a resource is shown before it is borrowed",
    responses=refusals(NotFound, Withdrawn),
)
async def get_preview_rule(
    resource_id: FromPath[UUID], call: NamedDependency[Call]
) -> Response[PreviewRule]:
    """How many pages of each file; 0 shows nothing."""
    return await call.item(lambda tx: service.rule_of(tx, resource_id))


@put(
    "/v1/resources/{resource_id:uuid}/preview-rule",
    opt=may("resource:describe"),
    operation_id="setPreviewRule",
    tags=["resources"],
    summary="Show more or less of a resource",
    responses=refusals(NotFound, NotAllowed, StaleVersion, VersionRequired),
)
async def set_preview_rule(
    resource_id: FromPath[UUID], data: JSONBody[PreviewRuleChange], call: NamedDependency[Call]
) -> Response[PreviewRule]:
    """From now on, also of what was published before."""
    return await call.change(lambda tx, version: service.set_rule(tx, resource_id, data, version))


ROUTES = [list_previews, fetch_preview, get_preview_rule, set_preview_rule]
