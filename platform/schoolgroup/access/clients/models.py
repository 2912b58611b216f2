"""Connected systems: what they are given and what of them is shown."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import UNSET, Meta, UnsetType

from schoolgroup.kernel.http import Input

DAY_S = 86400
Name = Annotated[str, Meta(min_length=1, max_length=200)]
Scopes = Annotated[
    list[Annotated[str, Meta(pattern=r"^[a-z_]+:[a-z_]+$", max_length=60)]],
    Meta(min_length=1, max_length=200),
]


class ClientStatus(StrEnum):
    """Whether a connected system is let in."""

    ACTIVE = "active"
    SUSPENDED = "suspended"


class ClientWish(Input, frozen=True):
    """A system to connect. Without a school: to whom the caller belongs, school or office."""

    name: Name
    # acts of the policy; what the role of connected systems may do bounds them anyway
    scopes: Scopes
    school_id: UUID | None = None


class ClientChange(Input, frozen=True):
    """What to change; what is left out stays."""

    name: Name | UnsetType = UNSET
    scopes: Scopes | UnsetType = UNSET


class Rotation(Input, frozen=True):
    """How long the old secret still works beside the new one, seconds; 0: not at all."""

    overlap_s: Annotated[int, Meta(ge=0, le=7 * DAY_S)] = DAY_S


class Client(msgspec.Struct, frozen=True, kw_only=True):
    """A connected system. `secret` is shown once, when made or rotated; else it is null.

    Until `previous_secret_until_at` the secret before the newest still works.
    """

    id: UUID
    name: str
    school_id: UUID | None
    scopes: list[str]
    status: ClientStatus
    secret: str | None = None
    previous_secret_until_at: datetime | None
    created_at: datetime
    version: int
    actions: list[str]
