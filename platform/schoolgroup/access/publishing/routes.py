"""The policy over HTTP."""

from enum import StrEnum

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody

from schoolgroup.access.bundles import PolicyStore
from schoolgroup.access.decisions import NotAllowed
from schoolgroup.access.publishing import service
from schoolgroup.access.publishing.models import (
    Judged,
    Matrix,
    PolicyShown,
    PolicyVersion,
    PolicyWish,
)
from schoolgroup.kernel.errors import NotFound, StaleVersion, VersionRequired
from schoolgroup.kernel.http import LIMIT, Call, Cursor, Limit, may, refusals
from schoolgroup.kernel.paging import Page

READ = may("policy:read")


class Form(StrEnum):
    """How the matrix is wanted."""

    JSON = "json"
    MARKDOWN = "markdown"


@get(
    "/v1/policy",
    opt=READ,
    operation_id="getPolicy",
    tags=["access"],
    summary="The policy in force",
)
async def show(call: NamedDependency[Call]) -> Response[PolicyShown]:
    """The policy in force with its files: who may do what, in lines people read."""
    return await call.item(service.show)


@get(
    "/v1/policy/versions",
    opt=READ,
    operation_id="listPolicyVersions",
    tags=["access"],
    summary="Every policy that was ever in force",
)
async def list_versions(
    call: NamedDependency[Call], limit: Limit = LIMIT, cursor: Cursor = None
) -> Response[Page[PolicyVersion]]:
    """The versions, newest first, without their files."""
    return await call.page(
        "policy versions",
        limit,
        cursor,
        service.list_versions,
        key_of=lambda version: [version.version],
    )


@get(
    "/v1/policy/versions/{version:int}",
    opt=READ,
    operation_id="getPolicyVersion",
    tags=["access"],
    summary="A policy that was once in force",
    responses=refusals(NotFound),
)
async def show_version(
    version: FromPath[int], call: NamedDependency[Call]
) -> Response[PolicyShown]:
    """One version with its files; publishing them again puts it back in force."""
    return await call.item(lambda tx: service.show(tx, version))


@get(
    "/v1/policy/matrix",
    opt=READ,
    operation_id="getPolicyMatrix",
    tags=["access"],
    summary="Who may do what",
)
async def matrix(
    call: NamedDependency[Call], form: FromQuery[Form] = Form.JSON
) -> Response[Matrix | str]:
    """Role by tier by act: which relations allow it, which forbid it; `form=markdown` to print."""
    if form is Form.MARKDOWN:
        text = await call.read(service.matrix_text)
        return Response(text, media_type="text/markdown; charset=utf-8")
    return Response(await call.read(service.matrix), media_type="application/json")


@post(
    "/v1/policy",
    opt=may("policy:publish"),
    operation_id="publishPolicy",
    tags=["access"],
    summary="Judge a policy, and put it in force",
    responses=refusals(
        NotAllowed,
        service.PolicyHasFaults,
        service.UnknownFile,
        service.LockedOut,
        StaleVersion,
        VersionRequired,
    ),
)
async def publish(
    data: JSONBody[PolicyWish], policies: NamedDependency[PolicyStore], call: NamedDependency[Call]
) -> Response[Judged]:
    """Lint, the examples, and every right that changes; without `dry_run` it is in force at once.

    If-Match names the version it replaces. Every process judges by it from its next request on.
    """
    version = call.expected_version()
    files = await call.read(lambda tx: service.prepare(tx, data))
    policy = await service.judge(policies, files)
    return await call.once(
        lambda tx: service.publish(tx, data, files, policy, version),
        status=lambda judged: 200 if judged.version is None else 201,
    )


ROUTES = [show, list_versions, show_version, matrix, publish]
