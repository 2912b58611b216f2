"""Prerequisites (先修): a resource or a place in the curriculum that is taken for granted."""

from uuid import UUID

from msgspec import Struct

from schoolgroup.resources.catalogue.models import Need, Prerequisite, Standing

__all__ = ["Need", "NeedRow", "Prerequisite", "Standing", "Target"]


class NeedRow(Struct, frozen=True):
    """A prerequisite as it is stored, and how its target is now for whoever asks."""

    revision_no: int
    no: int
    resource_id: UUID | None
    node_id: UUID | None
    title: str
    status: str | None
    found: bool


class Target(Struct, frozen=True):
    """A resource that is to be named, and the relations to it."""

    id: UUID
    title: str
    status: str
    relations: int
