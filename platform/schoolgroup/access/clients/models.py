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


class Way(StrEnum):
    """How a connected system says who it is.

    `secret`: client_secret_basic or client_secret_post, and private_key_jwt where it has keys;
    `key`: private_key_jwt alone, and there is no secret.
    """

    SECRET = "secret"
    KEY = "key"


SecretDays = Annotated[int, Meta(ge=1, le=730)]
Overlap = Annotated[int, Meta(ge=0, le=7 * DAY_S)]


class ClientWish(Input, frozen=True):
    """A system to connect. Without a school: to whom the caller belongs, school or office."""

    name: Name
    # acts of the policy; what the role of connected systems may do bounds them anyway
    scopes: Scopes
    school_id: UUID | None = None
    authenticates_by: Way = Way.SECRET
    # the secret's life; null: until it is rotated
    secret_days: SecretDays | None = None


class ClientChange(Input, frozen=True):
    """What to change; what is left out stays. `key` takes the secret away, and needs a key."""

    name: Name | UnsetType = UNSET
    scopes: Scopes | UnsetType = UNSET
    authenticates_by: Way | UnsetType = UNSET


class Rotation(Input, frozen=True):
    """How long the old secret still works beside the new one, seconds; 0: not at all."""

    overlap_s: Overlap = DAY_S
    # the new secret's life; null: until it is rotated
    secret_days: SecretDays | None = None


class KeyWish(Input, frozen=True):
    """A public key to know the system by: a JWK (RFC 7517) or PEM, exactly one of the two."""

    jwk: (
        dict[Annotated[str, Meta(max_length=20)], Annotated[str, Meta(max_length=4096)] | list[str]]
        | None
    ) = None
    pem: Annotated[str, Meta(max_length=8192)] | None = None
    # its name in the header of what it signs; default: the JWK's own, else its thumbprint
    kid: Annotated[str, Meta(min_length=1, max_length=200)] | None = None
    # its life; null: until it is removed
    days: SecretDays | None = None
    # the keys there were still work beside it for as long, seconds; null: as long as they would
    overlap_s: Overlap | None = None


class LimitWish(Input, frozen=True):
    """How many requests a minute the system is given, of each kind; null: what everyone is."""

    requests_per_minute: Annotated[int, Meta(ge=1, le=1_000_000)] | None


class ClientKey(msgspec.Struct, frozen=True, kw_only=True):
    """A public key a connected system is known by; until `until_at`, or without an end."""

    id: UUID
    kid: str
    alg: str
    created_at: datetime
    until_at: datetime | None


class Client(msgspec.Struct, frozen=True, kw_only=True):
    """A connected system. `secret` is shown once, when made or rotated; else it is null.

    The secret works until `secret_until_at` (null: until it is rotated), and the one before the
    newest until `previous_secret_until_at`. `requests_per_minute` null: what everyone is given.
    """

    id: UUID
    name: str
    school_id: UUID | None
    scopes: list[str]
    status: ClientStatus
    authenticates_by: Way
    secret: str | None = None
    secret_until_at: datetime | None
    previous_secret_until_at: datetime | None
    keys: list[ClientKey]
    requests_per_minute: int | None
    created_at: datetime
    version: int
    actions: list[str]
