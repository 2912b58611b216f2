"""What is said about an upload, and the row it is kept in."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from schoolgroup.kernel.http import Input
from schoolgroup.kernel.transitions import Machine, Transition

PARTS_PER_CALL_MAX = 100

Sha256 = Annotated[
    str, Meta(pattern="^[0-9a-f]{64}$", description="SHA-256 of the whole file, lower-case hex.")
]
PartNumber = Annotated[int, Meta(ge=1, le=10_000)]


class DepositStatus(StrEnum):
    """How far an upload is. `expired` is never stored: it is the clock against expires_at."""

    OPEN = "open"
    VERIFIED = "verified"
    REJECTED = "rejected"
    ABORTED = "aborted"
    EXPIRED = "expired"


class Mismatch(StrEnum):
    """Why the bytes that came are not the bytes that were announced."""

    SIZE = "size_mismatch"
    SHA256 = "sha256_mismatch"


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
    """What the server has computed from the bytes in the store: they are safe now."""

    sha256: str
    size_bytes: int
    verified_at: datetime


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
    rejected_because: Mismatch | None
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
    school_id: UUID
    file_name: str
    size_bytes: int
    sha256: str
    media_type_claimed: str
    status: DepositStatus
    rejected_because: Mismatch | None
    upload_key: str
    multipart_id: str | None
    part_bytes: int
    blob_id: UUID | None
    blob_key: str | None
    media_type: str | None
    created_at: datetime
    expires_at: datetime
    verified_at: datetime | None
    version: int
    relations: int

    def status_at(self, now: datetime) -> DepositStatus:
        """The status at an instant: an open upload past its end has expired."""
        if self.status is DepositStatus.OPEN and now >= self.expires_at:
            return DepositStatus.EXPIRED
        return self.status


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
