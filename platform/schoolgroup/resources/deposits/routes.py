"""Uploads: presigned parts straight to the store, resumable, verified by the server."""

from typing import Any, cast
from uuid import UUID

import msgspec
from litestar import Response, delete, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from schoolgroup.access.decisions import NotAllowed, OutOfScope
from schoolgroup.kernel.errors import Invalid, NotFound, Refusal, StaleVersion, VersionRequired
from schoolgroup.kernel.http import LIMIT, Call, Cursor, Limit, etag, may, refusals
from schoolgroup.kernel.paging import BadCursor, Page
from schoolgroup.kernel.settings import Settings
from schoolgroup.kernel.storage import Storage, StoreUnavailable
from schoolgroup.kernel.transitions import WrongState
from schoolgroup.resources.deposits import quota, receiving, service
from schoolgroup.resources.deposits import refusals as refused
from schoolgroup.resources.deposits.models import (
    Completion,
    PartLinks,
    PartNumbers,
    Upload,
    UploadWish,
)
from schoolgroup.resources.deposits.quota import Quota, QuotaWish, limits_of
from schoolgroup.resources.deposits.scanning import Scanner

CLOSED = (refused.UploadExpired, refused.UploadAborted)


@post(
    "/v1/uploads",
    opt=may("deposit:open"),
    operation_id="openUpload",
    tags=["uploads"],
    summary="Begin to hand in a file",
    responses=refusals(
        NotAllowed,
        OutOfScope,
        refused.BadFileName,
        refused.FileTooLarge,
        refused.KindTooLarge,
        refused.QuotaExceeded,
        refused.TooManyOpen,
        StoreUnavailable,
    ),
)
async def open_upload(
    data: JSONBody[UploadWish],
    call: NamedDependency[Call],
    storage: NamedDependency[Storage],
    services: NamedDependency[Any],
) -> Response[Upload]:
    """Links for up to 100 parts come with the answer; PUT each part's bytes to its link."""
    settings: Settings = services.settings
    limits, link_s = limits_of(settings), settings.upload_link_s
    begun = await service.begin_in_store(call, storage, data, limits)
    deposit_id, key, multipart_id = begun
    try:
        opened = await call.once(
            lambda tx: service.open_deposit(tx, data, begun, limits),
            location=lambda upload: f"/v1/uploads/{upload.id}",
        )
    except Refusal:
        await storage.abort_multipart(key, multipart_id)
        raise
    # Links are not kept with the answer of a repeated command: they are made for each caller.
    upload = msgspec.json.decode(cast("bytes", opened.content), type=Upload)
    if upload.id != deposit_id:
        await storage.abort_multipart(key, multipart_id)
    parts = await call.read(
        lambda tx: service.sign_parts(tx, storage, upload.id, service.first_parts(upload), link_s)
    )
    return Response(
        msgspec.structs.replace(upload, parts=parts), status_code=201, headers=opened.headers
    )


@get(
    "/v1/uploads",
    opt=may("deposit:read"),
    operation_id="listUploads",
    tags=["uploads"],
    summary="Uploads, newest first",
    responses=refusals(BadCursor),
)
async def list_uploads(
    call: NamedDependency[Call], limit: Limit = LIMIT, cursor: Cursor = None
) -> Response[Page[Upload]]:
    """One's own, and for librarians the school's; what has arrived is told by each one."""
    return await call.page(
        "uploads", limit, cursor, service.list_uploads, key_of=lambda upload: [upload.id]
    )


@get(
    "/v1/uploads/{upload_id:uuid}",
    opt=may("deposit:read"),
    operation_id="getUpload",
    tags=["uploads"],
    summary="How an upload stands: what has arrived",
    responses=refusals(NotFound, StoreUnavailable),
)
async def get_upload(
    upload_id: FromPath[UUID], call: NamedDependency[Call], storage: NamedDependency[Storage]
) -> Response[Upload]:
    """Go on with the parts not in `received`; never 304, because parts arrive elsewhere."""
    upload = await service.read_upload(call, storage, upload_id)
    return Response(upload, headers=etag(upload))


@post(
    "/v1/uploads/{upload_id:uuid}/parts",
    opt=may("deposit:complete"),
    operation_id="signUploadParts",
    tags=["uploads"],
    summary="Links for further parts",
    status_code=200,
    responses=refusals(NotFound, Invalid, StoreUnavailable, *CLOSED),
)
async def sign_upload_parts(
    upload_id: FromPath[UUID],
    data: JSONBody[PartNumbers],
    call: NamedDependency[Call],
    storage: NamedDependency[Storage],
    services: NamedDependency[Any],
) -> PartLinks:
    """At most 100 at a time; a link that was not used in time is replaced by asking again."""
    settings: Settings = services.settings
    await service.ensure_begun(call, storage, upload_id)
    parts = await call.read(
        lambda tx: service.sign_parts(tx, storage, upload_id, data.numbers, settings.upload_link_s)
    )
    return PartLinks(parts)


@post(
    "/v1/uploads/{upload_id:uuid}/complete",
    opt=may("deposit:complete"),
    operation_id="completeUpload",
    tags=["uploads"],
    summary="All parts are there: verify and acknowledge",
    status_code=200,
    responses=refusals(
        NotFound,
        refused.PartsMissing,
        refused.PartsDiffer,
        refused.StillAssembling,
        *refused.REJECTIONS.values(),
        refused.ScannerUnavailable,
        StoreUnavailable,
        *CLOSED,
    ),
)
async def complete_upload(
    upload_id: FromPath[UUID],
    data: JSONBody[Completion],
    call: NamedDependency[Call],
    storage: NamedDependency[Storage],
    services: NamedDependency[Any],
) -> Response[Upload]:
    """The receipt comes after the server has read the bytes back and computed their SHA-256.

    Archives and office files are looked into without unpacking them; the receipt says whether a
    virus scanner saw the bytes.
    """
    settings: Settings = services.settings
    scanner = Scanner(settings.clamd_address) if settings.clamd_address else None
    try:
        found = await receiving.receive(
            call, storage, upload_id, data.parts, limits_of(settings), scanner
        )
        return await call.once(lambda tx: receiving.acknowledge(tx, upload_id, found), status=200)
    finally:
        await receiving.tidy(call, storage, upload_id)


@delete(
    "/v1/uploads/{upload_id:uuid}",
    opt=may("deposit:abort"),
    operation_id="abortUpload",
    tags=["uploads"],
    summary="Give an upload up",
    status_code=200,
    responses=refusals(NotFound, WrongState, StaleVersion, VersionRequired),
)
async def abort_upload(
    upload_id: FromPath[UUID], call: NamedDependency[Call], storage: NamedDependency[Storage]
) -> Response[Upload]:
    """What has arrived is deleted; If-Match names the version."""
    answer = await call.change(lambda tx, version: service.abort(tx, upload_id, version))
    await receiving.forget_in_store(call, storage, upload_id)
    return answer


@get(
    "/v1/uploads/quota",
    opt=may("quota:read"),
    operation_id="getOwnQuota",
    tags=["uploads"],
    summary="How much room the school has left",
    responses=refusals(NotFound, NotAllowed),
)
async def get_own_quota(
    call: NamedDependency[Call], services: NamedDependency[Any]
) -> Response[Quota]:
    """Shown before an upload, with how large one file of each kind may be."""
    limits = limits_of(services.settings)
    quota_now = await call.read(lambda tx: quota.own_quota(tx, limits))
    return Response(quota_now, headers=etag(quota_now))


@put(
    "/v1/uploads/quota",
    opt=may("quota:set"),
    operation_id="setOfficeQuota",
    tags=["uploads"],
    summary="Set the group office's own share of the store",
    responses=refusals(NotAllowed, StaleVersion, VersionRequired),
)
async def set_office_quota(
    data: JSONBody[QuotaWish], call: NamedDependency[Call], services: NamedDependency[Any]
) -> Response[Quota]:
    """For what the office hands in itself, like evidence of visits; If-Match names the version."""
    limits = limits_of(services.settings)
    return await call.change(lambda tx, version: quota.set_quota(tx, None, data, version, limits))


@get(
    "/v1/schools/{school_id:uuid}/quota",
    opt=may("quota:read"),
    operation_id="getSchoolQuota",
    tags=["uploads"],
    summary="A school's share of the store",
    responses=refusals(NotFound, NotAllowed),
)
async def get_school_quota(
    school_id: FromPath[UUID], call: NamedDependency[Call], services: NamedDependency[Any]
) -> Response[Quota]:
    """Never 304: what is used changes with every upload."""
    limits = limits_of(services.settings)
    quota_now = await call.read(lambda tx: quota.school_quota(tx, school_id, limits))
    return Response(quota_now, headers=etag(quota_now))


@put(
    "/v1/schools/{school_id:uuid}/quota",
    opt=may("quota:set"),
    operation_id="setSchoolQuota",
    tags=["uploads"],
    summary="Set a school's share of the store",
    responses=refusals(NotFound, NotAllowed, StaleVersion, VersionRequired),
)
async def set_school_quota(
    school_id: FromPath[UUID],
    data: JSONBody[QuotaWish],
    call: NamedDependency[Call],
    services: NamedDependency[Any],
) -> Response[Quota]:
    """Below what the school keeps it only keeps more from coming in; If-Match names the version."""
    limits = limits_of(services.settings)
    return await call.change(
        lambda tx, version: quota.set_quota(tx, school_id, data, version, limits)
    )


ROUTES = [
    open_upload,
    get_own_quota,
    set_office_quota,
    get_school_quota,
    set_school_quota,
    list_uploads,
    get_upload,
    sign_upload_parts,
    complete_upload,
    abort_upload,
]
