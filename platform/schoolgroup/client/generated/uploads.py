"""Handing files in, straight to the store (上传).

Written by `make client` from the API description: do not edit.
"""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from msgspec import Struct

from schoolgroup.client import kinds as k
from schoolgroup.client.generated import shared


class Completion(Struct, frozen=True, kw_only=True, omit_defaults=True):
    parts: list[FinishedPart]


class DepositStatus(k.Word):
    """How far an upload is.

    `expired` is never stored: it is the clock against expires_at. `released`: it was
    verified, but no resource used it for long, and its bytes are no longer kept for its
    sake.
    """

    OPEN = "open"
    VERIFIED = "verified"
    REJECTED = "rejected"
    ABORTED = "aborted"
    EXPIRED = "expired"
    RELEASED = "released"


class DepositsReceipt(Struct, frozen=True, kw_only=True, omit_defaults=True):
    sha256: str
    size_bytes: int
    verified_at: dt.datetime
    scanned: bool
    because: shared.Text | None


class FinishedPart(Struct, frozen=True, kw_only=True, omit_defaults=True):
    number: int
    etag: str


class PartLink(Struct, frozen=True, kw_only=True, omit_defaults=True):
    number: int
    url: str
    expires_at: dt.datetime


class PartLinks(Struct, frozen=True, kw_only=True, omit_defaults=True):
    parts: list[PartLink]


class PartNumbers(Struct, frozen=True, kw_only=True, omit_defaults=True):
    numbers: list[int]


class Quota(Struct, frozen=True, kw_only=True, omit_defaults=True):
    school_id: UUID | None
    bytes_max: int
    used_bytes: int
    free_bytes: int
    set_by_office: bool
    file_bytes_max: int
    kind_bytes_max: dict[str, int]
    version: int


class QuotaWish(Struct, frozen=True, kw_only=True, omit_defaults=True):
    bytes_max: int


class ReceivedPart(Struct, frozen=True, kw_only=True, omit_defaults=True):
    number: int
    size_bytes: int
    etag: str


class Rejection(k.Word):
    """Why the bytes that came are not kept."""

    SIZE_MISMATCH = "size_mismatch"
    SHA256_MISMATCH = "sha256_mismatch"
    KIND_TOO_LARGE = "kind_too_large"
    ARCHIVE_BOMB = "archive_bomb"
    ARCHIVE_UNSAFE_PATHS = "archive_unsafe_paths"
    ARCHIVE_ENCRYPTED = "archive_encrypted"
    ARCHIVE_DAMAGED = "archive_damaged"
    INFECTED = "infected"


class Upload(Struct, frozen=True, kw_only=True, omit_defaults=True):
    id: UUID
    status: DepositStatus
    file_name: str
    size_bytes: int
    sha256: str
    media_type_claimed: str
    media_type: str | None
    part_bytes: int
    part_count: int
    receipt: DepositsReceipt | None
    rejected_because: Rejection | None
    created_at: dt.datetime
    expires_at: dt.datetime
    version: int
    actions: list[str]
    parts: list[PartLink] = []
    received: list[ReceivedPart] = []
    assembled: bool = False


class UploadWish(Struct, frozen=True, kw_only=True, omit_defaults=True):
    file_name: str
    size_bytes: int
    sha256: str
    media_type: str = ""


def abort_upload(
    upload_id: UUID, *, version: int, idempotency_key: str | None = None
) -> k.Asked[Upload]:
    """Give an upload up.

    What has arrived is deleted; If-Match names the version.
    """
    return k.ask(
        "abortUpload",
        "DELETE",
        k.path_of("/v1/uploads/{upload_id}", upload_id=upload_id),
        k.read_json(Upload),
        version=version,
        once=True,
        key=idempotency_key,
    )


def complete_upload(
    upload_id: UUID, body: Completion, *, idempotency_key: str | None = None
) -> k.Asked[Upload]:
    """All parts are there: verify and acknowledge.

    The receipt comes after the server has read the bytes back and computed their SHA-256.

    Archives and office files are looked into without unpacking them; the receipt says
    whether a virus scanner saw the bytes.
    """
    return k.ask(
        "completeUpload",
        "POST",
        k.path_of("/v1/uploads/{upload_id}/complete", upload_id=upload_id),
        k.read_json(Upload),
        body=body,
        once=True,
        key=idempotency_key,
    )


def get_own_quota() -> k.Asked[Quota]:
    """How much room the school has left.

    Shown before an upload, with how large one file of each kind may be.
    """
    return k.ask("getOwnQuota", "GET", "/v1/uploads/quota", k.read_json(Quota))


def get_school_quota(school_id: UUID) -> k.Asked[Quota]:
    """A school's share of the store.

    Never 304: what is used changes with every upload.
    """
    return k.ask(
        "getSchoolQuota",
        "GET",
        k.path_of("/v1/schools/{school_id}/quota", school_id=school_id),
        k.read_json(Quota),
    )


def get_upload(upload_id: UUID) -> k.Asked[Upload]:
    """How an upload stands: what has arrived.

    Go on with the parts not in `received`; never 304, because parts arrive elsewhere.
    """
    return k.ask(
        "getUpload",
        "GET",
        k.path_of("/v1/uploads/{upload_id}", upload_id=upload_id),
        k.read_json(Upload),
    )


def list_uploads(*, limit: int | None = None, cursor: str | None = None) -> k.Asked[k.Page[Upload]]:
    """Uploads, newest first.

    One's own, and for librarians the school's; what has arrived is told by each one.
    """
    return k.ask(
        "listUploads",
        "GET",
        "/v1/uploads",
        k.read_json(k.Page[Upload]),
        query={"limit": limit, "cursor": cursor},
    )


def open_upload(body: UploadWish, *, idempotency_key: str | None = None) -> k.Asked[Upload]:
    """Begin to hand in a file.

    Links for up to 100 parts come with the answer; PUT each part's bytes to its link.
    """
    return k.ask(
        "openUpload",
        "POST",
        "/v1/uploads",
        k.read_json(Upload),
        body=body,
        once=True,
        key=idempotency_key,
    )


def set_office_quota(
    body: QuotaWish, *, version: int, idempotency_key: str | None = None
) -> k.Asked[Quota]:
    """Set the group office's own share of the store.

    For what the office hands in itself, like evidence of visits; If-Match names the
    version.
    """
    return k.ask(
        "setOfficeQuota",
        "PUT",
        "/v1/uploads/quota",
        k.read_json(Quota),
        body=body,
        version=version,
        once=True,
        key=idempotency_key,
    )


def set_school_quota(
    school_id: UUID, body: QuotaWish, *, version: int, idempotency_key: str | None = None
) -> k.Asked[Quota]:
    """Set a school's share of the store.

    Below what the school keeps it only keeps more from coming in; If-Match names the
    version.
    """
    return k.ask(
        "setSchoolQuota",
        "PUT",
        k.path_of("/v1/schools/{school_id}/quota", school_id=school_id),
        k.read_json(Quota),
        body=body,
        version=version,
        once=True,
        key=idempotency_key,
    )


def sign_upload_parts(upload_id: UUID, body: PartNumbers) -> k.Asked[PartLinks]:
    """Links for further parts.

    At most 100 at a time; a link that was not used in time is replaced by asking again.
    """
    return k.ask(
        "signUploadParts",
        "POST",
        k.path_of("/v1/uploads/{upload_id}/parts", upload_id=upload_id),
        k.read_json(PartLinks),
        body=body,
    )
