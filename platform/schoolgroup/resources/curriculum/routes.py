"""The curriculum tree: import, lazy listing, search."""

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.openapi.spec import RequestBody
from litestar.params import FromQuery, QueryParameter

from schoolgroup.access.decisions import NotAllowed
from schoolgroup.kernel.errors import Invalid, NotFound
from schoolgroup.kernel.http import LIMIT, Call, Cursor, Limit, may, refusals
from schoolgroup.kernel.paging import BadCursor, Page
from schoolgroup.kernel.sheet_bodies import (
    FILE_BYTES_MAX,
    NotAFile,
    SheetOperation,
    sent_rows,
)
from schoolgroup.kernel.sheets import SheetRefused
from schoolgroup.resources.curriculum import service
from schoolgroup.resources.curriculum.models import ImportResult, Node, Version

TAGS = ["curriculum"]
DryRun = FromQuery[Annotated[bool, QueryParameter(description="Check only: nothing is kept.")]]
Starter = FromQuery[
    Annotated[bool, QueryParameter(description="The tree that ships with the platform; no body.")]
]
Name = FromQuery[
    Annotated[
        str | None,
        QueryParameter(
            min_length=1, max_length=120, description="The version's name; a new one is a new tree."
        ),
    ]
]
Source = FromQuery[
    Annotated[str, QueryParameter(max_length=1000, description="Where its facts come from.")]
]
VersionNo = FromQuery[
    Annotated[
        int | None,
        QueryParameter(
            ge=1, le=1_000_000, name="version", description="Its number; the newest unless sent."
        ),
    ]
]
Words = FromQuery[
    Annotated[str, QueryParameter(min_length=1, max_length=120, description="Part of a name.")]
]


@dataclass
class TreeOperation(SheetOperation):
    """The body is the file itself; with `starter` there is none."""

    def __post_init__(self) -> None:
        """One binary body that may be left out."""
        super().__post_init__()
        if isinstance(self.request_body, RequestBody):
            self.request_body.required = False


@post(
    "/v1/curriculum/import",
    opt=may("curriculum:import"),
    operation_id="importCurriculum",
    operation_class=TreeOperation,
    tags=TAGS,
    summary="Import a version of the curriculum tree",
    status_code=200,
    request_max_body_size=FILE_BYTES_MAX,
    responses=refusals(
        NotAllowed, SheetRefused, service.TooManyNodes, service.VersionInUse, NotAFile, Invalid
    ),
)
async def import_curriculum(
    call: NamedDependency[Call],
    starter: Starter = False,
    name: Name = None,
    source: Source = "",
    dry_run: DryRun = False,
) -> Response[ImportResult]:
    """All or nothing, every problem at once; a version resources point into stands for good.

    Columns, in English or Chinese: stage 学段, [school_system 学制], subject 学科, [edition 版本,
    grade 年级, volume 册次, chapter 章节 (levels separated by >)]. One row is one place; what lies
    above it is made. The order of the rows is the order of the tree.
    """
    if starter:
        await call.read(service.ask_import)
        rows, source = await service.read_starter(), source or service.STARTER_SOURCE
    else:
        rows = await sent_rows(call, service.ask_import)
    named = name or service.STARTER_NAME if starter else name
    if named is None:
        raise Invalid(problems=[service.name_missing()])
    return await call.once(
        lambda tx: service.import_tree(tx, rows, named, source, dry_run=dry_run), status=200
    )


@get(
    "/v1/curriculum/versions",
    opt=may("curriculum:read"),
    operation_id="listCurriculumVersions",
    tags=TAGS,
    summary="Versions of the curriculum tree, newest first",
    responses=refusals(BadCursor),
)
async def list_versions(
    call: NamedDependency[Call], limit: Limit = LIMIT, cursor: Cursor = None
) -> Response[Page[Version]]:
    """With where its facts come from, and since when it is in use."""
    return await call.page(
        "curriculum versions", limit, cursor, service.list_versions, key_of=lambda v: [v.no]
    )


@get(
    "/v1/curriculum/nodes",
    opt=may("curriculum:read"),
    operation_id="listCurriculumNodes",
    tags=TAGS,
    summary="What lies right below a place in the curriculum",
    responses=refusals(BadCursor, NotFound),
)
async def list_nodes(
    call: NamedDependency[Call],
    version: VersionNo = None,
    parent: FromQuery[UUID | None] = None,
    limit: Limit = LIMIT,
    cursor: Cursor = None,
) -> Response[Page[Node]]:
    """Without `parent` the stages; a tree is opened level by level."""
    return await call.page(
        f"curriculum/{version}/{parent}",
        limit,
        cursor,
        lambda tx, page: service.list_children(tx, version, parent, page),
        key_of=lambda node: [node.no],
    )


@get(
    "/v1/curriculum/nodes/search",
    opt=may("curriculum:read"),
    operation_id="searchCurriculum",
    tags=TAGS,
    summary="Find places in the curriculum by a part of their name",
    responses=refusals(BadCursor, NotFound),
)
async def search_nodes(
    call: NamedDependency[Call],
    q: Words,
    version: VersionNo = None,
    limit: Limit = LIMIT,
    cursor: Cursor = None,
) -> Response[Page[Node]]:
    """Each with the names above it, in the order of the tree."""
    return await call.page(
        f"curriculum search/{version}/{q}",
        limit,
        cursor,
        lambda tx, page: service.find(tx, q, version, page),
        key_of=lambda node: [node.no],
    )


ROUTES = [import_curriculum, list_versions, list_nodes, search_nodes]
