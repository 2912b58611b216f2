"""A school's catalogue as a sheet: what a row says, what is there already, what an import did."""

from enum import StrEnum
from uuid import UUID

from msgspec import Struct

from schoolgroup.kernel.sheets import Row
from schoolgroup.resources.catalogue.models import Description, FileRow, Need, Status


class Outcome(StrEnum):
    """What a row did."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"


class HeldBack(Struct, frozen=True):
    """A row whose draft was not published, and the checks that keep it from being."""

    row: int
    ref: str | None
    resource_id: UUID
    checks: list[str]


class ImportResult(Struct, frozen=True, kw_only=True):
    """What the file did, or with `dry_run` would have done; each row counts once.

    `held_back` are drafts that were to be published and are not ready (the first thousand).
    """

    dry_run: bool
    rows: int
    created: int
    updated: int
    unchanged: int
    published: int
    held_back: list[HeldBack]


class Line(Struct, frozen=True, kw_only=True):
    """What one row says; `said` has the fields of the description whose columns the file has.

    `files` and `needs` are as they are written, null where the row leaves them as they are.
    """

    row: Row
    resource_id: UUID | None
    ref: str | None
    said: dict[str, object]
    files: list[str] | None
    needs: list[str] | None


class Known(Description, frozen=True, kw_only=True):
    """A resource of the school as it is, with the draft that would change (or what is out)."""

    id: UUID
    ref: str | None
    status: Status
    version: int
    draft_no: int | None
    published_revision_no: int | None
    files: list[FileRow]
    needs: list[Need]
    relations: int


class Upload(Struct, frozen=True):
    """A verified upload, and the relations between it and whoever asks."""

    deposit_id: UUID
    sha256: str
    file_name: str
    blob_id: UUID
    relations: int


class Entry(Struct, frozen=True, kw_only=True):
    """One resource as it is to be: what is written for a row."""

    line: Line
    resource_id: UUID
    known: Known | None
    description: Description
    files: list[FileRow] | None
    needs: list[tuple[UUID | None, UUID | None, str]] | None
    outcome: Outcome

    @property
    def revision_no(self) -> int:
        """The draft revision it is written into."""
        return self.known.draft_no or 0 if self.known else 1

    @property
    def version(self) -> int:
        """The resource's version once it is written."""
        if self.known is None:
            return 1
        return self.known.version + (self.outcome is Outcome.UPDATED)
