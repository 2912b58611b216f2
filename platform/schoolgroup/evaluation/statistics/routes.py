"""Releases over HTTP."""

from typing import Annotated
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from schoolgroup.evaluation.exams.rules import ForbiddenByLaw
from schoolgroup.evaluation.statistics import exporting, service
from schoolgroup.evaluation.statistics.exporting import Exported
from schoolgroup.evaluation.statistics.models import (
    PupilsView,
    ReleaseInput,
    ReleaseSummary,
    ReleaseView,
    Verification,
    Withdrawal,
)
from schoolgroup.kernel.errors import NotFound
from schoolgroup.kernel.http import LIMIT, Call, Cursor, Limit, file_answer, may, refusals
from schoolgroup.kernel.paging import Page
from schoolgroup.kernel.sheet_files import SheetFormat
from schoolgroup.kernel.transitions import WrongState

TAGS = ["exams"]


@post(
    "/v1/exams/{exam_id:uuid}/releases",
    opt=may("release:make"),
    operation_id="releaseResults",
    tags=TAGS,
    summary="Release frozen results to schools",
    responses=refusals(NotFound, ForbiddenByLaw, WrongState, service.RecipientsInvalid),
)
async def release_results(
    exam_id: FromPath[UUID], data: JSONBody[ReleaseInput], call: NamedDependency[Call]
) -> Response[ReleaseView]:
    """What the law keeps back - ranks, scores, the public - cannot be released by anyone."""
    return await call.once(
        lambda tx: service.release(tx, exam_id, data), location=lambda r: f"/v1/releases/{r.id}"
    )


@get(
    "/v1/releases",
    opt=may("release:read", on_standby=True),
    operation_id="listReleases",
    tags=TAGS,
    summary="Releases you may read, the newest first",
)
async def list_releases(
    call: NamedDependency[Call],
    exam_id: FromQuery[UUID | None] = None,
    limit: Limit = LIMIT,
    cursor: Cursor = None,
) -> Response[Page[ReleaseSummary]]:
    """A release stands here from its hour on, and no longer once it is withdrawn."""
    return await call.page(
        f"releases/{exam_id}",
        limit,
        cursor,
        lambda tx, page: service.list_releases(tx, exam_id, page),
        key_of=lambda release: [str(release.id)],
    )


@get(
    "/v1/releases/{release_id:uuid}",
    opt=may("release:read", on_standby=True),
    operation_id="getRelease",
    tags=TAGS,
    summary="One release: your own figures, the others without a name",
    responses=refusals(NotFound, service.Embargoed),
)
async def get_release(
    release_id: FromPath[UUID], call: NamedDependency[Call]
) -> Response[ReleaseView]:
    """A school sees itself and anonymous others, the organiser sees schools by name."""
    return await call.item(lambda tx: service.get(tx, release_id))


@get(
    "/v1/releases/{release_id:uuid}/pupils",
    opt=may("release:read", on_standby=True),
    operation_id="getReleasedPupils",
    tags=TAGS,
    summary="Your own school's pupils in a release",
    responses=refusals(NotFound, service.Embargoed),
)
async def get_pupils(
    release_id: FromPath[UUID], call: NamedDependency[Call]
) -> Response[PupilsView]:
    """By exam number, with what the law lets be told: in compulsory education, grades."""
    return await call.item(lambda tx: service.pupils(tx, release_id))


@get(
    "/v1/releases/{release_id:uuid}/export",
    opt=may("release:read", on_standby=True),
    operation_id="exportRelease",
    tags=TAGS,
    summary="A table of a release as a file, logged and marked",
    media_type="text/csv",
    responses=refusals(NotFound, service.Embargoed),
)
async def export_release(
    release_id: FromPath[UUID],
    call: NamedDependency[Call],
    content: FromQuery[Exported] = Exported.FIGURES,
    file_format: Annotated[
        SheetFormat, QueryParameter(name="format", description="How it is written.")
    ] = SheetFormat.CSV,
) -> Response[bytes]:
    """Every row names who took it, when, and `export/<id>`: `GET /v1/audit?thing=` finds that."""
    return file_answer(
        await call.read(lambda tx: exporting.export(tx, release_id, content, file_format))
    )


@get(
    "/v1/releases/{release_id:uuid}/verify",
    opt=may("release:read", on_standby=True),
    operation_id="verifyRelease",
    tags=TAGS,
    summary="Work a release out anew from its snapshot and compare",
    responses=refusals(NotFound, service.Embargoed),
)
async def verify(release_id: FromPath[UUID], call: NamedDependency[Call]) -> Response[Verification]:
    """The organiser verifies everything, a school its own part."""
    return Response(await call.read(lambda tx: service.verify(tx, release_id)))


@post(
    "/v1/releases/{release_id:uuid}/withdraw",
    opt=may("release:make"),
    operation_id="withdrawRelease",
    status_code=200,
    tags=TAGS,
    summary="Take a release back",
    responses=refusals(NotFound, WrongState),
)
async def withdraw(
    release_id: FromPath[UUID], data: JSONBody[Withdrawal], call: NamedDependency[Call]
) -> Response[ReleaseView]:
    """It stays as a trace for the organiser; the results can be released again."""
    return await call.once(lambda tx: service.withdraw(tx, release_id, data), status=200)


ROUTES = [release_results, list_releases, get_release, get_pupils, export_release, verify, withdraw]
