"""Webhook endpoints and their deliveries over HTTP."""

from typing import Annotated
from uuid import UUID

from litestar import Response, delete, get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter
from msgspec import UNSET

from schoolgroup.access.decisions import NotAllowed
from schoolgroup.integration.webhooks import service
from schoolgroup.integration.webhooks.courier import Courier, UnknownHost
from schoolgroup.integration.webhooks.models import (
    Delivery,
    DeliveryStatus,
    Endpoint,
    EndpointChange,
    EndpointWish,
    ReplayWish,
    SecretRotation,
)
from schoolgroup.integration.webhooks.rules import AddressRefused
from schoolgroup.kernel.errors import NotFound, StaleVersion, VersionRequired
from schoolgroup.kernel.http import LIMIT, Call, Cursor, Limit, etag, may, refusals
from schoolgroup.kernel.paging import Page
from schoolgroup.kernel.transitions import WrongState

READ, MANAGE = may("webhook:read"), may("webhook:manage")
ALL = "/v1/webhook-endpoints"
ONE = "/v1/webhook-endpoints/{webhook_id:uuid}"
DELIVERY = ONE + "/deliveries/{delivery_id:uuid}"
Status = FromQuery[
    Annotated[DeliveryStatus | None, QueryParameter(description="Only those that came to this.")]
]


@get(
    ALL,
    opt=READ,
    operation_id="listWebhookEndpoints",
    tags=["webhooks"],
    summary="Webhook endpoints",
    responses=refusals(NotAllowed),
)
async def list_endpoints(
    call: NamedDependency[Call], limit: Limit = LIMIT, cursor: Cursor = None
) -> Response[Page[Endpoint]]:
    """The endpoints of the own school, of the group, or of the own connected system."""
    return await call.page(
        "webhooks",
        limit,
        cursor,
        lambda tx, page: service.list_endpoints(tx, page),
        key_of=lambda endpoint: [endpoint.id],
    )


@post(
    ALL,
    opt=MANAGE,
    operation_id="addWebhookEndpoint",
    tags=["webhooks"],
    summary="Have a connected system told at an address",
    responses=refusals(
        NotAllowed, service.TooManyEndpoints, service.UnknownClient, AddressRefused, UnknownHost
    ),
)
async def add(
    data: JSONBody[EndpointWish], call: NamedDependency[Call], courier: NamedDependency[Courier]
) -> Response[Endpoint]:
    """Tell a connected system what happens from now on. The signing secret is shown this once.

    A call repeated with its Idempotency-Key answers without the secret; so does one that brought a
    secret of its own.
    """
    await call.read(lambda tx: service.may_add(tx, data))
    await courier.check(data.url)
    return await call.once(
        lambda tx: service.add(tx, courier, data),
        location=lambda endpoint: f"{ALL}/{endpoint.id}",
        keep=service.without_secret,
    )


@get(
    ONE,
    opt=READ,
    operation_id="getWebhookEndpoint",
    tags=["webhooks"],
    summary="A webhook endpoint",
    responses=refusals(NotFound),
)
async def get_endpoint(
    webhook_id: FromPath[UUID], call: NamedDependency[Call]
) -> Response[Endpoint]:
    """One endpoint: whether it is told, and since when not."""
    found = await call.read(lambda tx: service.get_endpoint(tx, webhook_id))
    return Response(found, headers=etag(found))  # its tries move without its version: no 304


@patch(
    ONE,
    opt=MANAGE,
    operation_id="changeWebhookEndpoint",
    tags=["webhooks"],
    summary="Change an endpoint, pause or resume it",
    responses=refusals(
        NotFound, WrongState, AddressRefused, UnknownHost, StaleVersion, VersionRequired
    ),
)
async def change(
    webhook_id: FromPath[UUID],
    data: JSONBody[EndpointChange],
    call: NamedDependency[Call],
    courier: NamedDependency[Courier],
) -> Response[Endpoint]:
    """Change address, types or description. `active: true` goes on from where it was."""
    if data.url is not UNSET:
        await call.read(lambda tx: service.may_change(tx, webhook_id))
        await courier.check(data.url)
    return await call.change(lambda tx, version: service.change(tx, webhook_id, data, version))


@post(
    f"{ONE}/rotate-secret",
    opt=MANAGE,
    operation_id="rotateWebhookSecret",
    tags=["webhooks"],
    summary="Give a new signing secret",
    status_code=200,
    responses=refusals(NotFound),
)
async def rotate_secret(
    webhook_id: FromPath[UUID],
    data: JSONBody[SecretRotation],
    call: NamedDependency[Call],
    courier: NamedDependency[Courier],
) -> Response[Endpoint]:
    """A new secret, shown this once; for `overlap_s` seconds messages carry both signatures."""
    return await call.once(
        lambda tx: service.rotate_secret(tx, courier, webhook_id, data),
        status=200,
        keep=service.without_secret,
    )


@delete(
    ONE,
    opt=MANAGE,
    operation_id="removeWebhookEndpoint",
    tags=["webhooks"],
    summary="Remove an endpoint",
    status_code=204,
    responses=refusals(NotFound, StaleVersion, VersionRequired),
)
async def remove(webhook_id: FromPath[UUID], call: NamedDependency[Call]) -> None:
    """Remove it with what is kept of its deliveries."""
    version = call.expected_version()
    await call.read(lambda tx: service.remove(tx, webhook_id, version))


@post(
    f"{ONE}/test",
    opt=MANAGE,
    operation_id="testWebhookEndpoint",
    tags=["webhooks"],
    summary="Send a test",
    status_code=202,
    responses=refusals(NotFound),
)
async def test(webhook_id: FromPath[UUID], call: NamedDependency[Call]) -> Response[Delivery]:
    """Send `webhook.ping` once, also to an endpoint that is not active. Its delivery says more."""
    return await call.once(
        lambda tx: service.ping(tx, webhook_id),
        status=202,
        location=lambda sent: f"{ALL}/{webhook_id}/deliveries/{sent.id}",
    )


@post(
    f"{ONE}/replay",
    opt=MANAGE,
    operation_id="replayWebhookEndpoint",
    tags=["webhooks"],
    summary="Tell a stretch of time once more",
    status_code=202,
    responses=refusals(NotFound, service.ReplayRunning),
)
async def replay(
    webhook_id: FromPath[UUID], data: JSONBody[ReplayWish], call: NamedDependency[Call]
) -> Response[Endpoint]:
    """What happened from `after` until `until`, in order, by the rights of now, beside the rest."""
    return await call.once(lambda tx: service.replay(tx, webhook_id, data), status=202)


@get(
    f"{ONE}/deliveries",
    opt=READ,
    operation_id="listWebhookDeliveries",
    tags=["webhooks"],
    summary="What was sent to an endpoint",
    responses=refusals(NotFound),
)
async def list_deliveries(
    webhook_id: FromPath[UUID],
    call: NamedDependency[Call],
    status: Status = None,
    limit: Limit = LIMIT,
    cursor: Cursor = None,
) -> Response[Page[Delivery]]:
    """Each delivery with its last attempts, newest first; kept for a month."""
    return await call.page(
        "webhook deliveries",
        limit,
        cursor,
        lambda tx, page: service.list_deliveries(tx, webhook_id, status, page),
        key_of=lambda sent: [sent.id],
    )


@get(
    DELIVERY,
    opt=READ,
    operation_id="getWebhookDelivery",
    tags=["webhooks"],
    summary="One delivery",
    responses=refusals(NotFound),
)
async def get_delivery(
    webhook_id: FromPath[UUID], delivery_id: FromPath[UUID], call: NamedDependency[Call]
) -> Response[Delivery]:
    """What came of it: each attempt's status, time and the beginning of the answer."""
    found = await call.read(lambda tx: service.get_delivery(tx, webhook_id, delivery_id))
    return Response(found)


@post(
    f"{DELIVERY}/redeliver",
    opt=MANAGE,
    operation_id="redeliverWebhook",
    tags=["webhooks"],
    summary="Send an event once more",
    status_code=202,
    responses=refusals(NotFound, service.AlreadyWaiting, service.EventForgotten),
)
async def redeliver(
    webhook_id: FromPath[UUID], delivery_id: FromPath[UUID], call: NamedDependency[Call]
) -> Response[Delivery]:
    """Send it once more under the same `webhook-id`, by the rights of now."""
    return await call.once(
        lambda tx: service.redeliver(tx, webhook_id, delivery_id),
        status=202,
        location=lambda sent: f"{ALL}/{webhook_id}/deliveries/{sent.id}",
    )


@post(
    f"{DELIVERY}/skip",
    opt=MANAGE,
    operation_id="skipWebhookDelivery",
    tags=["webhooks"],
    summary="Give an event up that keeps later ones waiting",
    status_code=200,
    responses=refusals(NotFound, service.NotAtTheHead),
)
async def skip(
    webhook_id: FromPath[UUID], delivery_id: FromPath[UUID], call: NamedDependency[Call]
) -> Response[Delivery]:
    """For an event its receiver can never take. What is told afterwards begins behind it."""
    return await call.once(lambda tx: service.skip(tx, webhook_id, delivery_id), status=200)


ROUTES = [
    list_endpoints,
    add,
    get_endpoint,
    change,
    rotate_secret,
    remove,
    test,
    replay,
    list_deliveries,
    get_delivery,
    redeliver,
    skip,
]
