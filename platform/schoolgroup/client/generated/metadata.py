"""Resources in other systems' words, OAI-PMH (元数据).

Written by `make client` from the API description: do not edit.
"""

from __future__ import annotations

from uuid import UUID

from schoolgroup.client import kinds as k


class MetadataFormat(k.Word):
    """The formats a description is written in."""

    LOM = "lom"
    JSONLD = "jsonld"
    DC = "dc"


def get_resource_metadata(
    resource_id: UUID, *, format: MetadataFormat | None = None
) -> k.Asked[k.Content]:
    """A published resource as LOM, JSON-LD or Dublin Core.

    schema.org with LRMI unless told otherwise; the same three ways the harvest speaks.
    """
    return k.ask(
        "getResourceMetadata",
        "GET",
        k.path_of("/v1/resources/{resource_id}/metadata", resource_id=resource_id),
        k.read_content,
        query={"format": format},
        accept="*/*",
    )


def harvest() -> k.Asked[k.Content]:
    """Harvest what is published (OAI-PMH 2.0).

    verb, identifier, metadataPrefix (oai_dc, lom), from, until, set, resumptionToken.

    With a bearer token what its school may discover; without one what is offered to
    everyone.
    """
    return k.ask("harvest", "GET", "/oai", k.read_content, accept="*/*")


def harvest_by_form() -> k.Asked[k.Content]:
    """Harvest what is published (OAI-PMH 2.0), asked by a form.

    The same arguments as application/x-www-form-urlencoded.
    """
    return k.ask("harvestByForm", "POST", "/oai", k.read_content, accept="*/*")


def harvest_group(group_code: str) -> k.Asked[k.Content]:
    """Harvest one of several groups of this server (OAI-PMH 2.0).

    The same of the group named; this is then the baseURL.
    """
    return k.ask(
        "harvestGroup",
        "GET",
        k.path_of("/oai/{group_code}", group_code=group_code),
        k.read_content,
        accept="*/*",
    )


def harvest_group_by_form(group_code: str) -> k.Asked[k.Content]:
    """Harvest one of several groups of this server (OAI-PMH 2.0), asked by a form.

    The same of the group named, asked by a form.
    """
    return k.ask(
        "harvestGroupByForm",
        "POST",
        k.path_of("/oai/{group_code}", group_code=group_code),
        k.read_content,
        accept="*/*",
    )
