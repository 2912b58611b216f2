"""Other systems that are called when something happens (推送).

Written by `make client` from the API description: do not edit.
"""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from msgspec import UNSET, Struct, UnsetType

from schoolgroup.client import kinds as k


class Attempt(Struct, frozen=True, kw_only=True, omit_defaults=True):
    at: dt.datetime
    status: int | None
    error: str | None
    latency_ms: int
    answer: str


class Delivery(Struct, frozen=True, kw_only=True, omit_defaults=True):
    id: UUID
    endpoint_id: UUID
    kind: DeliveryKind
    event_id: UUID | None
    event_type: str
    status: DeliveryStatus
    tries: int
    attempts: list[Attempt]
    created_at: dt.datetime
    ended_at: dt.datetime | None
    actions: list[str]


class DeliveryKind(k.Word):
    """Why something was sent: it happened, or somebody asked for it."""

    EVENT = "event"
    REPLAY = "replay"
    REDELIVERY = "redelivery"
    PING = "ping"


class DeliveryStatus(k.Word):
    """What came of a delivery. Dropped: it is not, or no longer, to be told to this system."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    FAILED = "failed"
    DROPPED = "dropped"


class Endpoint(Struct, frozen=True, kw_only=True, omit_defaults=True):
    id: UUID
    client_id: UUID
    school_id: UUID | None
    url: str
    types: list[str]
    description: str
    status: EndpointStatus
    disabled_because: WebhooksBecause | None
    disabled_at: dt.datetime | None
    secret: str | None = None
    previous_secret_until_at: dt.datetime | None
    tries: int
    next_try_at: dt.datetime | None
    replaying: bool
    missed_until_at: dt.datetime | None
    created_at: dt.datetime
    version: int
    actions: list[str]


class EndpointChange(Struct, frozen=True, kw_only=True, omit_defaults=True):
    url: str | UnsetType = UNSET
    types: list[str] | UnsetType = UNSET
    description: str | UnsetType = UNSET
    active: bool | UnsetType = UNSET


class EndpointStatus(k.Word):
    """Whether an endpoint is told. Paused by a person, disabled by what its receiver answered."""

    ACTIVE = "active"
    PAUSED = "paused"
    DISABLED = "disabled"


class EndpointWish(Struct, frozen=True, kw_only=True, omit_defaults=True):
    url: str
    types: list[str] | UnsetType = UNSET
    client_id: UUID | UnsetType | None = UNSET
    description: str = ""
    secret: str | UnsetType | None = UNSET


class ReplayWish(Struct, frozen=True, kw_only=True, omit_defaults=True):
    after: dt.datetime
    until: dt.datetime | UnsetType | None = UNSET


class SecretRotation(Struct, frozen=True, kw_only=True, omit_defaults=True):
    overlap_s: int = 86400
    secret: str | UnsetType | None = UNSET


class WebhooksBecause(k.Word):
    """Why an endpoint was disabled: it answered 410, or every try of an event failed."""

    GONE = "gone"
    EXHAUSTED = "exhausted"


def add_webhook_endpoint(
    body: EndpointWish, *, idempotency_key: str | None = None
) -> k.Asked[Endpoint]:
    """Have a connected system told at an address.

    Tell a connected system what happens from now on. The signing secret is shown this once.

    A call repeated with its Idempotency-Key answers without the secret; so does one that
    brought a secret of its own.
    """
    return k.ask(
        "addWebhookEndpoint",
        "POST",
        "/v1/webhook-endpoints",
        k.read_json(Endpoint),
        body=body,
        once=True,
        key=idempotency_key,
    )


def change_webhook_endpoint(
    webhook_id: UUID, body: EndpointChange, *, version: int, idempotency_key: str | None = None
) -> k.Asked[Endpoint]:
    """Change an endpoint, pause or resume it.

    Change address, types or description. `active: true` goes on from where it was.
    """
    return k.ask(
        "changeWebhookEndpoint",
        "PATCH",
        k.path_of("/v1/webhook-endpoints/{webhook_id}", webhook_id=webhook_id),
        k.read_json(Endpoint),
        body=body,
        version=version,
        once=True,
        key=idempotency_key,
    )


def get_webhook_delivery(webhook_id: UUID, delivery_id: UUID) -> k.Asked[Delivery]:
    """One delivery.

    What came of it: each attempt's status, time and the beginning of the answer.
    """
    return k.ask(
        "getWebhookDelivery",
        "GET",
        k.path_of(
            "/v1/webhook-endpoints/{webhook_id}/deliveries/{delivery_id}",
            webhook_id=webhook_id,
            delivery_id=delivery_id,
        ),
        k.read_json(Delivery),
    )


def get_webhook_endpoint(webhook_id: UUID) -> k.Asked[Endpoint]:
    """A webhook endpoint.

    One endpoint: whether it is told, and since when not.
    """
    return k.ask(
        "getWebhookEndpoint",
        "GET",
        k.path_of("/v1/webhook-endpoints/{webhook_id}", webhook_id=webhook_id),
        k.read_json(Endpoint),
    )


def list_webhook_deliveries(
    webhook_id: UUID,
    *,
    status: DeliveryStatus | None = None,
    limit: int | None = None,
    cursor: str | None = None,
) -> k.Asked[k.Page[Delivery]]:
    """What was sent to an endpoint.

    Each delivery with its last attempts, newest first; kept for a month.
    """
    return k.ask(
        "listWebhookDeliveries",
        "GET",
        k.path_of("/v1/webhook-endpoints/{webhook_id}/deliveries", webhook_id=webhook_id),
        k.read_json(k.Page[Delivery]),
        query={"status": status, "limit": limit, "cursor": cursor},
    )


def list_webhook_endpoints(
    *, limit: int | None = None, cursor: str | None = None
) -> k.Asked[k.Page[Endpoint]]:
    """Webhook endpoints.

    The endpoints of the own school, of the group, or of the own connected system.
    """
    return k.ask(
        "listWebhookEndpoints",
        "GET",
        "/v1/webhook-endpoints",
        k.read_json(k.Page[Endpoint]),
        query={"limit": limit, "cursor": cursor},
    )


def redeliver_webhook(
    webhook_id: UUID, delivery_id: UUID, *, idempotency_key: str | None = None
) -> k.Asked[Delivery]:
    """Send an event once more.

    Send it once more under the same `webhook-id`, by the rights of now.
    """
    return k.ask(
        "redeliverWebhook",
        "POST",
        k.path_of(
            "/v1/webhook-endpoints/{webhook_id}/deliveries/{delivery_id}/redeliver",
            webhook_id=webhook_id,
            delivery_id=delivery_id,
        ),
        k.read_json(Delivery),
        once=True,
        key=idempotency_key,
    )


def remove_webhook_endpoint(webhook_id: UUID, *, version: int) -> k.Asked[None]:
    """Remove an endpoint.

    Remove it with what is kept of its deliveries.
    """
    return k.ask(
        "removeWebhookEndpoint",
        "DELETE",
        k.path_of("/v1/webhook-endpoints/{webhook_id}", webhook_id=webhook_id),
        k.read_nothing,
        version=version,
        accept="*/*",
    )


def replay_webhook_endpoint(
    webhook_id: UUID, body: ReplayWish, *, idempotency_key: str | None = None
) -> k.Asked[Endpoint]:
    """Tell a stretch of time once more.

    What happened from `after` until `until`, in order, by the rights of now, beside the
    rest.
    """
    return k.ask(
        "replayWebhookEndpoint",
        "POST",
        k.path_of("/v1/webhook-endpoints/{webhook_id}/replay", webhook_id=webhook_id),
        k.read_json(Endpoint),
        body=body,
        once=True,
        key=idempotency_key,
    )


def rotate_webhook_secret(
    webhook_id: UUID, body: SecretRotation, *, idempotency_key: str | None = None
) -> k.Asked[Endpoint]:
    """Give a new signing secret.

    A new secret, shown this once; for `overlap_s` seconds messages carry both signatures.
    """
    return k.ask(
        "rotateWebhookSecret",
        "POST",
        k.path_of("/v1/webhook-endpoints/{webhook_id}/rotate-secret", webhook_id=webhook_id),
        k.read_json(Endpoint),
        body=body,
        once=True,
        key=idempotency_key,
    )


def skip_webhook_delivery(
    webhook_id: UUID, delivery_id: UUID, *, idempotency_key: str | None = None
) -> k.Asked[Delivery]:
    """Give an event up that keeps later ones waiting.

    For an event its receiver can never take. What is told afterwards begins behind it.
    """
    return k.ask(
        "skipWebhookDelivery",
        "POST",
        k.path_of(
            "/v1/webhook-endpoints/{webhook_id}/deliveries/{delivery_id}/skip",
            webhook_id=webhook_id,
            delivery_id=delivery_id,
        ),
        k.read_json(Delivery),
        once=True,
        key=idempotency_key,
    )


def test_webhook_endpoint(
    webhook_id: UUID, *, idempotency_key: str | None = None
) -> k.Asked[Delivery]:
    """Send a test.

    Send `webhook.ping` once, also to an endpoint that is not active. Its delivery says
    more.
    """
    return k.ask(
        "testWebhookEndpoint",
        "POST",
        k.path_of("/v1/webhook-endpoints/{webhook_id}/test", webhook_id=webhook_id),
        k.read_json(Delivery),
        once=True,
        key=idempotency_key,
    )
