"""The files of a loan, and every link that was given out for them."""

from datetime import datetime
from uuid import UUID

import msgspec

from schoolgroup.kernel.ranges import Span
from schoolgroup.kernel.storage import StoredFile


class LoanFile(msgspec.Struct, frozen=True):
    """A file of the revision that was lent."""

    no: int
    file_name: str
    size_bytes: int
    sha256: str
    media_type: str


class LoanFiles(msgspec.Struct, frozen=True):
    """The files of a running loan, in order."""

    items: list[LoanFile]
    ends_at: datetime


class LentFile(StoredFile, frozen=True):
    """A file of a loan with the key of its bytes in the store: never shown."""

    no: int
    size_bytes: int
    sha256: str

    def shown(self) -> LoanFile:
        """The file as the borrower sees it."""
        return LoanFile(self.no, self.file_name, self.size_bytes, self.sha256, self.media_type)


class Ticket(msgspec.Struct, frozen=True):
    """The right to one link: for this file, and for so many seconds at most."""

    file: LentFile
    link_s: int


class Download(msgspec.Struct, frozen=True):
    """The right to a file's bytes through the API: all or some, for so many seconds at most."""

    file: LentFile
    span: Span | None
    lasts_s: float


class Fetch(msgspec.Struct, frozen=True):
    """A link that was given out: which file, when, and until when it lived."""

    id: UUID
    loan_id: UUID
    file_no: int
    at: datetime
    link_until_at: datetime
