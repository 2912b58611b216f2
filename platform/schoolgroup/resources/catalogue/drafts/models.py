"""Making a draft from another school's resource, and discarding one."""

from datetime import datetime
from uuid import UUID

from msgspec import Struct

from schoolgroup.kernel.http import Input
from schoolgroup.resources.catalogue.models import Title


class Adaptation(Input, frozen=True):
    """What the adapted draft is called, and by which offer it is made where several allow it."""

    title: Title | None = None
    offer_id: UUID | None = None


class AllowingOffer(Struct, frozen=True):
    """An offer that lets the actor adapt, and until when."""

    id: UUID
    valid_until_at: datetime | None
