"""Endpoints, their deliveries, and what they are told."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import UNSET, Meta, UnsetType

from schoolgroup.integration.events.models import Position
from schoolgroup.kernel.http import Input

DAY_S = 86400
Url = Annotated[str, Meta(min_length=8, max_length=2000, pattern=r"^https?://[!-~]+$")]
Type = Annotated[str, Meta(min_length=3, max_length=121)]
Types = Annotated[list[Type], Meta(max_length=50)]
Description = Annotated[str, Meta(max_length=200)]
# `whsec_` and the base64 of 24 to 64 bytes (Standard Webhooks, "Signature scheme")
OwnSecret = Annotated[
    str, Meta(min_length=38, max_length=94, pattern=r"^whsec_[A-Za-z0-9+/]+={0,2}$")
]


class EndpointStatus(StrEnum):
    """Whether an endpoint is told. Paused by a person, disabled by what its receiver answered."""

    ACTIVE = "active"
    PAUSED = "paused"
    DISABLED = "disabled"


class Because(StrEnum):
    """Why an endpoint was disabled: it answered 410, or every try of an event failed."""

    GONE = "gone"
    EXHAUSTED = "exhausted"


class DeliveryKind(StrEnum):
    """Why something was sent: it happened, or somebody asked for it."""

    EVENT = "event"
    REPLAY = "replay"
    REDELIVERY = "redelivery"
    PING = "ping"


class DeliveryStatus(StrEnum):
    """What came of a delivery. Dropped: it is not, or no longer, to be told to this system."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    FAILED = "failed"
    DROPPED = "dropped"


class EndpointWish(Input, frozen=True):
    """An address to be told at. `types` as in the feed (`loan.opened`, `loan.*`); empty: all.

    `client_id` is the connected system that is told: its rights decide about each event. A
    connected system that asks for itself leaves it out. `secret`: one of your own to sign with, of
    24 to 64 random bytes; it is not shown again. Left out, one is made and shown in the answer.
    """

    url: Url
    types: Types = msgspec.field(default_factory=list)
    client_id: UUID | None = None
    description: Description = ""
    secret: OwnSecret | None = None


class EndpointChange(Input, frozen=True):
    """What to change; what is left out stays. `active` resumes from where it was, or pauses."""

    url: Url | UnsetType = UNSET
    types: Types | UnsetType = UNSET
    description: Description | UnsetType = UNSET
    active: bool | UnsetType = UNSET


class SecretRotation(Input, frozen=True):
    """How long the old secret signs beside the new one, seconds; 0: not at all.

    `secret`: the new one, where it is your own.
    """

    overlap_s: Annotated[int, Meta(ge=0, le=7 * DAY_S)] = DAY_S
    secret: OwnSecret | None = None


class ReplayWish(Input, frozen=True):
    """Tell once more what happened from `after` on (inclusive) until `until` (exclusive)."""

    after: datetime
    until: datetime | None = None


class Endpoint(msgspec.Struct, frozen=True, kw_only=True):
    """An address that is told. `secret` is shown once, when we made it; else it is null.

    `tries` counts how often the event at its head has failed; the next try is at `next_try_at`.
    `replaying`: an earlier stretch is told once more. `missed_until_at`: events up to this instant
    were forgotten before it was told of them; null where nothing was missed.
    """

    id: UUID
    client_id: UUID
    school_id: UUID | None
    url: str
    types: list[str]
    description: str
    status: EndpointStatus
    disabled_because: Because | None
    disabled_at: datetime | None
    secret: str | None = None
    previous_secret_until_at: datetime | None
    tries: int
    next_try_at: datetime | None
    replaying: bool
    missed_until_at: datetime | None
    created_at: datetime
    version: int
    actions: list[str]


class Attempt(msgspec.Struct, frozen=True):
    """One try: the receiver's status and the beginning of its answer, or why there was none."""

    at: datetime
    status: int | None
    error: str | None
    latency_ms: int
    answer: str


class Delivery(msgspec.Struct, frozen=True):
    """Something sent to an endpoint; `webhook-id` was the event's id, or of a ping its own.

    `attempts` are the last twenty of `tries`.
    """

    id: UUID
    endpoint_id: UUID
    kind: DeliveryKind
    event_id: UUID | None
    event_type: str
    status: DeliveryStatus
    tries: int
    attempts: list[Attempt]
    created_at: datetime
    ended_at: datetime | None
    actions: list[str]


class EndpointRow(msgspec.Struct, frozen=True, kw_only=True):
    """An endpoint as it is kept, with the relations between it and whoever looks."""

    id: UUID
    client_id: UUID
    school_id: UUID | None
    url: str
    types: list[str]
    description: str
    status: EndpointStatus
    disabled_because: Because | None
    disabled_at: datetime | None
    previous_until_at: datetime | None
    tries: int
    due_at: datetime
    replaying: bool
    missed_until_at: datetime | None
    created_at: datetime
    version: int
    relations: int


class DeliveryRow(msgspec.Struct, frozen=True):
    """A delivery as it is kept."""

    id: UUID
    endpoint_id: UUID
    kind: DeliveryKind
    event_id: UUID | None
    event_type: str
    status: DeliveryStatus
    tries: int
    attempts: list[Attempt]
    created_at: datetime
    ended_at: datetime | None


class Destination(msgspec.Struct, frozen=True):
    """Where to send and what to sign with, opened for one delivery; never written anywhere."""

    url: str
    secrets: tuple[bytes, ...]


class Target(msgspec.Struct, frozen=True, kw_only=True):
    """An endpoint as a delivery needs it; its secrets are still sealed."""

    id: UUID
    client_id: UUID
    school_id: UUID | None
    url: str
    types: list[str]
    secret_sealed: bytes
    previous_secret_sealed: bytes | None
    session_id: UUID | None


class Stream(msgspec.Struct, frozen=True, kw_only=True):
    """A place in the stream kept for an endpoint, in hand of one job.

    `missed_until_at`: a gap before this place that its receiver was not told of.
    """

    id: UUID
    kind: str
    life: int
    transaction_id: int
    seq: int
    end_life: int | None
    end_transaction_id: int | None
    end_seq: int | None
    after_at: datetime | None
    until_at: datetime | None
    event_id: UUID | None
    tries: int
    missed_until_at: datetime | None

    @property
    def place(self) -> Position:
        """Everything up to here was told."""
        return Position(self.transaction_id, self.seq, self.life)

    @property
    def end(self) -> Position | None:
        """Where a replay ends; None for the endpoint's own stream."""
        if self.end_life is None or self.end_transaction_id is None or self.end_seq is None:
            return None
        return Position(self.end_transaction_id, self.end_seq, self.end_life)


class Outcome(msgspec.Struct, frozen=True):
    """What came of one HTTP request: a status, or the code of what hindered it.

    `retry_after_s`: what a receiver that is busy asked for.
    """

    status: int | None
    error: str | None
    latency_ms: int
    answer: str = ""
    retry_after_s: float | None = None

    @property
    def delivered(self) -> bool:
        """Only 2xx is a yes (Standard Webhooks, "Delivery")."""
        return self.status is not None and 200 <= self.status < 300

    def attempt(self, at: datetime) -> Attempt:
        """This try, to be kept."""
        return Attempt(at, self.status, self.error, self.latency_ms, self.answer)


class Backlog(msgspec.Struct, frozen=True):
    """How far behind one endpoint is: the age of its oldest event not yet told, seconds."""

    group_id: UUID
    endpoint_id: UUID
    status: EndpointStatus
    tries: int
    oldest_age_s: float
