"""What is said about an upload, and the row it is kept in."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from schoolgroup.kernel.http import Input
from schoolgroup.kernel.texts import Text
from schoolgroup.kernel.transitions import Machine, Transition

PARTS_PER_CALL_MAX = 100

Sha256 = Annotated[
    str, Meta(pattern="^[0-9a-f]{64}$", description="SHA-256 of the whole file, lower-case hex.")
]
PartNumber = Annotated[int, Meta(ge=1, le=10_000)]


class DepositStatus(StrEnum):
    """How far an upload is.

    `expired` is never stored: it is the clock against expires_at. `released`: it was verified, but
    no resource used it for long, and its bytes are no longer kept for its sake.
    """

    OPEN = "open"
    VERIFIED = "verified"
    REJECTED = "rejected"
    ABORTED = "aborted"
    EXPIRED = "expired"
    RELEASED = "released"


class Rejection(StrEnum):
    """Why the bytes that came are not kept."""

    SIZE = "size_mismatch"
    SHA256 = "sha256_mismatch"
    KIND_TOO_LARGE = "kind_too_large"
    ARCHIVE_BOMB = "archive_bomb"
    ARCHIVE_PATHS = "archive_unsafe_paths"
    ARCHIVE_ENCRYPTED = "archive_encrypted"
    ARCHIVE_DAMAGED = "archive_damaged"
    INFECTED = "infected"


class Scan(StrEnum):
    """What a virus scanner said of the bytes, or why none did."""

    CLEAN = "clean"
    NOT_CONFIGURED = "not_configured"
    TOO_LARGE = "too_large"


NOT_SCANNED = {
    Scan.NOT_CONFIGURED: Text("no scanner configured", "未配置病毒扫描"),
    Scan.TOO_LARGE: Text("larger than the scanner takes", "超出病毒扫描的大小限制"),
}


class Limits(Struct, frozen=True):
    """How large a file may be, and how much a school may keep where the office has not said.

    `by_kind` are bytes by image, audio, document, archive.
    """

    file_bytes_max: int
    by_kind: dict[str, int]
    school_bytes_max: int


MACHINE: Machine[DepositStatus] = Machine(
    "the upload",
    [
        Transition("sign", "deposit:complete", (DepositStatus.OPEN,), DepositStatus.OPEN),
        Transition("complete", "deposit:complete", (DepositStatus.OPEN,), DepositStatus.VERIFIED),
        Transition("abort", "deposit:abort", (DepositStatus.OPEN,), DepositStatus.ABORTED),
    ],
)


class UploadWish(Input, frozen=True):
    """A file somebody is about to hand in."""

    file_name: Annotated[str, Meta(min_length=1, max_length=200, examples=["分数的意义.pptx"])]
    size_bytes: Annotated[int, Meta(ge=1, le=2**53)]
    sha256: Sha256
    media_type: Annotated[
        str,
        Meta(
            max_length=200,
            pattern=r"^$|^[\w.+-]+/[\w.+-]+(;.*)?$",
            description="What the client takes it for; what it is will be found in the bytes.",
        ),
    ] = ""


class PartNumbers(Input, frozen=True):
    """Parts for which links are wanted."""

    numbers: Annotated[list[PartNumber], Meta(min_length=1, max_length=PARTS_PER_CALL_MAX)]


class FinishedPart(Input, frozen=True):
    """A part the store has taken, with the ETag of its answer."""

    number: PartNumber
    etag: Annotated[str, Meta(min_length=1, max_length=200)]


class Completion(Input, frozen=True):
    """All parts of the file, in any order."""

    parts: Annotated[list[FinishedPart], Meta(min_length=1, max_length=10_000)]


class PartLink(Struct, frozen=True):
    """Where to PUT one part's bytes, without any further header, until when."""

    number: int
    url: str
    expires_at: datetime


class PartLinks(Struct, frozen=True):
    """Links for the parts that were asked for."""

    parts: list[PartLink]


class ReceivedPart(Struct, frozen=True):
    """A part that has arrived, as the store says."""

    number: int
    size_bytes: int
    etag: str


class Receipt(Struct, frozen=True):
    """What the server has computed from the bytes in the store: they are safe now.

    Where they were not `scanned` for viruses, `because` says why.
    """

    sha256: str
    size_bytes: int
    verified_at: datetime
    scanned: bool
    because: Text | None


class Upload(Struct, frozen=True, kw_only=True):
    """An upload as its owner sees it.

    The file is to be cut into `part_count` parts of `part_bytes`, the last one shorter. `parts` are
    links for the first of them when the upload is opened; `received` is what has arrived, and
    `assembled` that nothing is missing but the completion.
    """

    id: UUID
    status: DepositStatus
    file_name: str
    size_bytes: int
    sha256: str
    media_type_claimed: str
    media_type: str | None
    part_bytes: int
    part_count: int
    receipt: Receipt | None
    rejected_because: Rejection | None
    created_at: datetime
    expires_at: datetime
    version: int
    actions: list[str]
    parts: list[PartLink] = []
    received: list[ReceivedPart] = []
    assembled: bool = False


class Deposit(Struct, frozen=True, kw_only=True):
    """A deposit's row, with the relations between it and whoever asks."""

    id: UUID
    school_id: UUID | None  # none: the group office's
    file_name: str
    size_bytes: int
    sha256: str
    media_type_claimed: str
    status: DepositStatus
    rejected_because: Rejection | None
    upload_key: str
    multipart_id: str | None
    part_bytes: int
    blob_id: UUID | None
    blob_key: str | None
    media_type: str | None
    created_at: datetime
    expires_at: datetime
    verified_at: datetime | None
    scan: Scan | None
    tidied_at: datetime | None
    released_at: datetime | None
    version: int
    relations: int

    def status_at(self, now: datetime) -> DepositStatus:
        """The status at an instant: an open upload past its end has expired."""
        if self.status is DepositStatus.OPEN and now >= self.expires_at:
            return DepositStatus.EXPIRED
        if self.released_at is not None:
            return DepositStatus.RELEASED
        return self.status


class Found(Struct, frozen=True):
    """What an uploaded file turned out to be, read from the store."""

    sha256: str
    size_bytes: int
    media_type: str
    scan: Scan


class Blob(Struct, frozen=True):
    """One content of the group, and where its bytes are."""

    id: UUID
    object_key: str


class VerifiedFile(Struct, frozen=True):
    """A verified upload, as the catalogue takes it over."""

    deposit_id: UUID
    file_name: str
    blob_id: UUID
    relations: int
