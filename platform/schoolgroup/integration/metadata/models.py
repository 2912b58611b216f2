"""What is said about a published resource to other systems: one struct, read by every format."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from msgspec import Struct

from schoolgroup.resources.catalogue.models import Description, File


class Format(StrEnum):
    """The formats a description is written in."""

    LOM = "lom"
    JSONLD = "jsonld"
    DC = "dc"


MEDIA_TYPES = {
    Format.LOM: "application/xml",
    Format.JSONLD: "application/ld+json",
    Format.DC: "application/xml",
}


class Described(Description, frozen=True, kw_only=True):
    """A published revision as other systems are told of it.

    No person is named: the school owns and answers for it (domain.md, law 10), and a harvest leaves
    the group. `published_at` is the first publication, `revised_at` that of this revision,
    `derived_from_resource_id` what it is an adaptation of.
    """

    id: UUID
    school_code: str
    school_name: str
    revision_no: int
    published_at: datetime
    revised_at: datetime
    derived_from_resource_id: UUID | None
    files: list[File]
    version: int


class DescribedRow(Described, frozen=True, kw_only=True):
    """The same with the relations between it and whoever asks."""

    relations: int


class Addresses(Struct, frozen=True):
    """Where things are found from outside; `base` without a slash at its end."""

    base: str

    def resource(self, resource_id: UUID) -> str:
        """The resource's own address."""
        return f"{self.base}/v1/resources/{resource_id}"

    def file(self, resource_id: UUID, revision_no: int, number: int) -> str:
        """The durable address of one file; opening it takes the right to."""
        return f"{self.resource(resource_id)}/files/{number}?revision={revision_no}"
