"""One resource's description in the formats other systems read."""

from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, get
from litestar.datastructures.headers import Accept
from litestar.di import NamedDependency
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath, FromQuery

from schoolgroup.integration.metadata import service
from schoolgroup.integration.metadata.dublin_core import NAMESPACE as dublin_core_namespace
from schoolgroup.integration.metadata.dublin_core import dublin_core
from schoolgroup.integration.metadata.json_ld import json_ld
from schoolgroup.integration.metadata.lom import lom
from schoolgroup.integration.metadata.models import MEDIA_TYPES, Addresses, Described, Format
from schoolgroup.integration.metadata.xml import write
from schoolgroup.kernel.answer_forms import in_forms
from schoolgroup.kernel.errors import NotFound
from schoolgroup.kernel.http import Call, may, refusals
from schoolgroup.resources.catalogue.service import Withdrawn

OWN = "application/json"
NEGOTIATED = {
    "application/ld+json": Format.JSONLD,
    "application/xml": Format.LOM,
    "text/xml": Format.LOM,
}


@get(
    "/v1/resources/{resource_id:uuid}/metadata",
    operation_class=in_forms(sorted(set(MEDIA_TYPES.values()))),
    opt=may("resource:discover"),
    operation_id="getResourceMetadata",
    tags=["metadata"],
    summary="A published resource as LOM, JSON-LD or Dublin Core",
    responses={
        200: ResponseSpec(
            bytes, description="The description in the format asked for.", media_type="text/xml"
        ),
        **refusals(NotFound, Withdrawn),
    },
)
async def get_metadata(
    resource_id: FromPath[UUID],
    call: NamedDependency[Call],
    format: FromQuery[Format] = Format.JSONLD,
) -> Response[bytes]:
    """schema.org with LRMI unless told otherwise; the same three ways the harvest speaks."""
    answer: Response[Described] = await call.item(lambda tx: service.describe(tx, resource_id))
    if answer.status_code == 304:
        return Response(b"", status_code=304, headers=answer.headers)
    body = write_as(format, answer.content, addresses_of(call))
    return Response(body, headers=answer.headers, media_type=MEDIA_TYPES[format])


async def negotiate(call: Call, resource_id: UUID) -> Response[Any] | None:
    """The resource in the format `Accept` prefers; null where that is its own JSON.

    `application/xml` is LOM unless its profile names Dublin Core (RFC 6906). Each format has an
    ETag of its own: they are different bytes at one address.
    """
    header = call.request.headers.get("accept", "")
    wanted = Accept(header).best_match([OWN, *NEGOTIATED]) if header else OWN
    form = NEGOTIATED.get(wanted or OWN)
    if form is None:
        return None
    if form is Format.LOM and dublin_core_namespace in header:
        form = Format.DC
    thing = await call.read(lambda tx: service.describe(tx, resource_id))
    headers = {"ETag": f'"{thing.version}-{form}"', "Vary": "Accept"}
    if headers["ETag"] in call.request.headers.get("if-none-match", ""):
        return Response(None, status_code=304, headers=headers)
    body = write_as(form, thing, addresses_of(call))
    return Response(body, headers=headers, media_type=MEDIA_TYPES[form])


def other_formats(resource_id: UUID) -> dict[str, str]:
    """The headers of a resource's own JSON that say where its other formats are (RFC 8288)."""
    path = f"/v1/resources/{resource_id}/metadata?format="
    links = [f'<{path}{f}>; rel="alternate"; type="{MEDIA_TYPES[f]}"' for f in Format]
    return {"Link": ", ".join(links), "Vary": "Accept"}


def addresses_of(call: Call) -> Addresses:
    """The addresses as the caller sees this server: its public one, else the one asked."""
    public: str = call.request.app.state.services.settings.public_url
    return Addresses((public or str(call.request.base_url)).rstrip("/"))


def write_as(format: Format, thing: Described, addresses: Addresses) -> bytes:
    """The description's bytes in a format."""
    if format is Format.LOM:
        return write(lom(thing, addresses))
    if format is Format.DC:
        return write(dublin_core(thing, addresses))
    return msgspec.json.encode(json_ld(thing, addresses))


ROUTES = [get_metadata]
