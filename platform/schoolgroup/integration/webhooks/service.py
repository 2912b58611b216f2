"""Keeping endpoints: who is told where, with which secret, and what came of it."""

from datetime import timedelta
from uuid import UUID

import msgspec
from msgspec import UNSET

from schoolgroup.access.decisions import Grant, may, policy_of, require, require_found
from schoolgroup.integration.events import queries as event_queries
from schoolgroup.integration.events import rules as event_rules
from schoolgroup.integration.events.models import Position
from schoolgroup.integration.webhooks import queries
from schoolgroup.integration.webhooks.courier import Courier
from schoolgroup.integration.webhooks.models import (
    Delivery,
    DeliveryKind,
    DeliveryRow,
    DeliveryStatus,
    Endpoint,
    EndpointChange,
    EndpointRow,
    EndpointStatus,
    EndpointWish,
    ReplayWish,
    SecretRotation,
)
from schoolgroup.integration.webhooks.rules import ENDPOINTS, MANAGE, check_secret
from schoolgroup.kernel import journal
from schoolgroup.kernel.db import Tx
from schoolgroup.kernel.errors import Conflict, Invalid, Problem, refuse_by_constraint
from schoolgroup.kernel.http import check_version
from schoolgroup.kernel.ids import new_id
from schoolgroup.kernel.jobs import enqueue
from schoolgroup.kernel.paging import PageRequest
from schoolgroup.kernel.texts import Text

READ = "webhook:read"
DELIVER_ONE = "deliver_asked"
PING = "webhook.ping"


class TooManyEndpoints(Conflict):
    """A school has ten endpoints at most, and so has the group office."""

    code = "too_many_endpoints"
    title = Text("There are ten endpoints already", "回调地址已达十个上限")
    remedy = Text("Change or remove one of them.", "请修改或删除已有的回调地址。")


class UnknownClient(Invalid):
    """There is no such connected system for the caller."""

    code = "unknown_client"
    title = Text("There is no such connected system", "没有该接入系统")
    remedy = Text("Name one of /v1/clients.", "请使用 /v1/clients 中的接入系统。")


class ReplayRunning(Conflict):
    """An earlier stretch is being told again already."""

    code = "replay_running"
    title = Text("A replay is running", "已有补发任务正在进行")
    remedy = Text("Wait until `replaying` is false.", "请等待 replaying 变为 false。")


class AlreadyWaiting(Conflict):
    """This delivery has not come to its end: it is tried again by itself."""

    code = "delivery_waiting"
    title = Text("It will be tried again by itself", "该消息会自动重试")


class NotAtTheHead(Conflict):
    """This delivery keeps no other waiting."""

    code = "not_at_the_head"
    title = Text("It keeps no other event waiting", "该投递未阻塞后续事件")


class EventForgotten(Conflict):
    """The event is older than the events that are kept, or not to be told to this system."""

    code = "event_forgotten"
    title = Text("The event can no longer be told", "该事件已无法投递")


refuse_by_constraint("webhook_slot_once", TooManyEndpoints)
refuse_by_constraint("one_replay", ReplayRunning)


async def list_endpoints(tx: Tx, page: PageRequest) -> list[Endpoint]:
    """The endpoints of the own school, of the whole group, or of the own connected system."""
    require(tx, READ, _own(tx, tx.actor.school_id), thing="webhook")
    return [_shown(tx, row) for row in await queries.list_endpoints(tx, page)]


async def get_endpoint(tx: Tx, endpoint_id: UUID) -> Endpoint:
    """One of them. Raises NotFound."""
    return _shown(tx, await _found(tx, endpoint_id))


async def may_add(tx: Tx, wish: EndpointWish) -> None:
    """Raise what `add` would raise of rights; asked before the address is looked up."""
    await _client_of(tx, wish)


async def add(tx: Tx, courier: Courier, wish: EndpointWish) -> Endpoint:
    """Enter an endpoint; it is told what happens from now on.

    A secret that is made is in the answer and nowhere else; one that was brought is not repeated.

    The address must have been checked. Raises NotAllowed, UnknownClient, Invalid, TooManyEndpoints.
    """
    client_id, grant = await _client_of(tx, wish)
    _check_types(wish.types)
    endpoint_id, secret = new_id(), _secret(courier, wish.secret)
    sealed = courier.seal(secret, str(endpoint_id))
    if not await queries.insert_endpoint(
        tx, endpoint_id, client_id, wish.url, wish.types, wish.description, sealed
    ):
        raise TooManyEndpoints
    await queries.insert_stream(tx, new_id(), endpoint_id, await event_queries.horizon(tx))
    shown = await _again(tx, endpoint_id)
    await _record(tx, "webhook.added", shown, grant, types=wish.types)
    return msgspec.structs.replace(shown, secret=None if wish.secret else secret)


async def may_change(tx: Tx, endpoint_id: UUID) -> None:
    """Raise what `change` would raise of rights; asked before an address is looked up."""
    await _lock(tx, endpoint_id)


async def change(tx: Tx, endpoint_id: UUID, wish: EndpointChange, version: int) -> Endpoint:
    """Change address, types, description; pause or resume it.

    Resumed, it goes on from where it was; `missed_until_at` says whether something was forgotten
    meanwhile. Raises NotFound, StaleVersion, Invalid, WrongState.
    """
    row, grant = await _lock(tx, endpoint_id)
    check_version(version, row.version)
    url = row.url if wish.url is UNSET else wish.url
    types = row.types if wish.types is UNSET else wish.types
    description = row.description if wish.description is UNSET else wish.description
    _check_types(types)
    if (url, types, description) != (row.url, row.types, row.description):
        await queries.update_endpoint(tx, endpoint_id, url, types, description)
    event = "webhook.changed"
    if wish.active is not UNSET and wish.active != (row.status is EndpointStatus.ACTIVE):
        status = ENDPOINTS.step(row.status, "resume" if wish.active else "pause")
        await queries.set_status(tx, endpoint_id, status)
        event = "webhook.resumed" if wish.active else "webhook.paused"
    shown = await _again(tx, endpoint_id)
    await _record(tx, event, shown, grant, types=types)
    return shown


async def rotate_secret(
    tx: Tx, courier: Courier, endpoint_id: UUID, wish: SecretRotation
) -> Endpoint:
    """A new secret, made or brought as with `add`; the old one still signs for a while."""
    _row, grant = await _lock(tx, endpoint_id)
    secret = _secret(courier, wish.secret)
    until = tx.now + timedelta(seconds=wish.overlap_s) if wish.overlap_s else None
    await queries.rotate_secret(tx, endpoint_id, courier.seal(secret, str(endpoint_id)), until)
    shown = await _again(tx, endpoint_id)
    await _record(tx, "webhook.secret_rotated", shown, grant)
    return msgspec.structs.replace(shown, secret=None if wish.secret else secret)


async def remove(tx: Tx, endpoint_id: UUID, version: int) -> None:
    """Remove an endpoint with its deliveries. Raises NotFound, StaleVersion."""
    row, grant = await _lock(tx, endpoint_id)
    check_version(version, row.version)
    await queries.delete_endpoint(tx, endpoint_id)
    await _record(tx, "webhook.removed", _shown(tx, row), grant)


async def replay(tx: Tx, endpoint_id: UUID, wish: ReplayWish) -> Endpoint:
    """Tell once more what happened in a stretch of time, beside what happens now.

    It ends where the endpoint's own place is at this moment. Raises NotFound, ReplayRunning.
    """
    _row, grant = await _lock(tx, endpoint_id)
    until = wish.until or tx.now
    if until <= wish.after:
        raise Invalid(problems=[Problem("/until", "invalid_value", "must be after `after`")])
    end = await queries.get_live_place(tx, endpoint_id)
    assert end is not None  # every endpoint has its own stream
    await queries.insert_stream(tx, new_id(), endpoint_id, Position(0, 0), end, wish.after, until)
    shown = await _again(tx, endpoint_id)
    await _record(tx, "webhook.replayed", shown, grant)
    return shown


async def ping(tx: Tx, endpoint_id: UUID) -> Delivery:
    """Send a test, once; its delivery says what came of it. Raises NotFound."""
    row, grant = await _lock(tx, endpoint_id)
    return await _ask(tx, row, grant, DeliveryKind.PING, None, PING)


async def redeliver(tx: Tx, endpoint_id: UUID, delivery_id: UUID) -> Delivery:
    """Send the event of a delivery again, once, under the same `webhook-id`.

    Raises NotFound, AlreadyWaiting, EventForgotten (also of a ping).
    """
    row, grant = await _lock(tx, endpoint_id)
    thing = f"webhook/{endpoint_id}/delivery/{delivery_id}"
    delivery = require_found(
        await queries.get_delivery(tx, endpoint_id, delivery_id), thing, MANAGE
    )
    if delivery.status is DeliveryStatus.WAITING:
        raise AlreadyWaiting
    if delivery.event_id is None:
        raise EventForgotten("a ping speaks of no event; send another one")
    return await _ask(
        tx, row, grant, DeliveryKind.REDELIVERY, delivery.event_id, delivery.event_type
    )


async def skip(tx: Tx, endpoint_id: UUID, delivery_id: UUID) -> Delivery:
    """Give an event up that its receiver cannot take, so that the later ones are told.

    Raises NotFound, NotAtTheHead.
    """
    row, grant = await _lock(tx, endpoint_id)
    thing = f"webhook/{endpoint_id}/delivery/{delivery_id}"
    require_found(await queries.get_delivery(tx, endpoint_id, delivery_id), thing, MANAGE)
    if not await queries.skip(tx, endpoint_id, delivery_id):
        raise NotAtTheHead
    await _record(tx, "webhook.skipped", _shown(tx, row), grant, delivery_id=delivery_id)
    found = await queries.get_delivery(tx, endpoint_id, delivery_id)
    return _delivery(tx, row, require_found(found, thing, MANAGE))


async def list_deliveries(
    tx: Tx, endpoint_id: UUID, status: DeliveryStatus | None, page: PageRequest
) -> list[Delivery]:
    """What was sent to an endpoint, the newest first. Raises NotFound."""
    row = await _found(tx, endpoint_id)
    found = await queries.list_deliveries(tx, endpoint_id, status, page)
    return [_delivery(tx, row, each) for each in found]


async def get_delivery(tx: Tx, endpoint_id: UUID, delivery_id: UUID) -> Delivery:
    """One delivery. Raises NotFound."""
    row = await _found(tx, endpoint_id)
    thing = f"webhook/{endpoint_id}/delivery/{delivery_id}"
    found = await queries.get_delivery(tx, endpoint_id, delivery_id)
    return _delivery(tx, row, require_found(found, thing, READ))


def without_secret(endpoint: Endpoint) -> Endpoint:
    """What is remembered of the answer: never the secret."""
    return msgspec.structs.replace(endpoint, secret=None)


async def _client_of(tx: Tx, wish: EndpointWish) -> tuple[UUID, Grant]:
    """The system that is to be told. A connected system may only speak for itself."""
    own = tx.actor.client_id
    client_id = wish.client_id or own
    if own is not None and client_id != own:
        client_id = None
    found = await queries.get_client_school(tx, client_id) if client_id else None
    school_id = found[1] if found else tx.actor.school_id
    grant = require(tx, MANAGE, _own(tx, school_id), thing="webhook")
    if found is None:
        why = "name one of /v1/clients"
        raise UnknownClient(problems=[Problem("/client_id", "unknown_client", why)])
    return found[0], grant


def _secret(courier: Courier, own: str | None) -> str:
    """The caller's own secret, where it is one, or a new one. Raises Invalid."""
    if own is None:
        return courier.new_secret()
    check_secret(own)
    return own


def _own(tx: Tx, school_id: UUID | None) -> int:
    """The relations to a new endpoint of this school, or of the office."""
    if school_id is None:
        return policy_of(tx).relations.mask_of("group")
    return policy_of(tx).relations.mask_of(*(["own"] if school_id == tx.actor.school_id else []))


def _check_types(types: list[str]) -> None:
    if not types:
        return
    try:
        event_rules.read_types(",".join(types))
    except Invalid as wrong:
        found = [Problem("/types", each.code, each.detail) for each in wrong.problems]
        raise Invalid(problems=found) from wrong


async def _found(tx: Tx, endpoint_id: UUID) -> EndpointRow:
    thing = f"webhook/{endpoint_id}"
    row = require_found(await queries.get_endpoint(tx, endpoint_id), thing, READ)
    require(tx, READ, row.relations, thing=thing, see=READ)
    return row


async def _again(tx: Tx, endpoint_id: UUID) -> Endpoint:
    """As it stands after a change by somebody who may make it, but perhaps not read others."""
    thing = f"webhook/{endpoint_id}"
    return _shown(tx, require_found(await queries.get_endpoint(tx, endpoint_id), thing, MANAGE))


async def _lock(tx: Tx, endpoint_id: UUID) -> tuple[EndpointRow, Grant]:
    thing = f"webhook/{endpoint_id}"
    row = require_found(await queries.lock_endpoint(tx, endpoint_id), thing, MANAGE)
    return row, require(tx, MANAGE, row.relations, thing=thing, see=READ)


async def _ask(
    tx: Tx,
    row: EndpointRow,
    grant: Grant,
    kind: DeliveryKind,
    event_id: UUID | None,
    event_type: str,
) -> Delivery:
    delivery_id = new_id()
    await queries.insert_delivery(tx, row.id, delivery_id, kind, event_id, event_type)
    await enqueue(tx, DELIVER_ONE, {"delivery_id": delivery_id})
    event = "webhook.tested" if kind is DeliveryKind.PING else "webhook.redelivered"
    await _record(tx, event, _shown(tx, row), grant)
    made = await queries.get_delivery(tx, row.id, delivery_id)
    assert made is not None  # written above, in this transaction
    return _delivery(tx, row, made)


async def _record(tx: Tx, event: str, shown: Endpoint, grant: Grant, **data: object) -> None:
    await journal.record(
        tx,
        event,
        act=MANAGE,
        thing=f"webhook/{shown.id}",
        data={"client_id": shown.client_id, **data},
        owner_school_id=shown.school_id,
        version=shown.version,
        **grant.entered,
    )


def _shown(tx: Tx, row: EndpointRow) -> Endpoint:
    manages = may(tx, MANAGE, row.relations)
    verbs = ENDPOINTS.actions(row.status, lambda act: may(tx, act, row.relations))
    more = ["change", "rotate-secret", "test", "replay", "remove"] if manages else []
    previous = row.previous_until_at
    active = row.status is EndpointStatus.ACTIVE
    return Endpoint(
        id=row.id,
        client_id=row.client_id,
        school_id=row.school_id,
        url=row.url,
        types=row.types,
        description=row.description,
        status=row.status,
        disabled_because=row.disabled_because,
        disabled_at=row.disabled_at,
        previous_secret_until_at=previous if previous and tx.now < previous else None,
        tries=row.tries,
        next_try_at=row.due_at if active and row.tries else None,
        replaying=row.replaying,
        missed_until_at=row.missed_until_at,
        created_at=row.created_at,
        version=row.version,
        actions=[*verbs, *more],
    )


def _delivery(tx: Tx, row: EndpointRow, found: DeliveryRow) -> Delivery:
    again = found.event_id is not None and found.status is not DeliveryStatus.WAITING
    actions = ["redeliver"] if again and may(tx, MANAGE, row.relations) else []
    return Delivery(**msgspec.structs.asdict(found), actions=actions)
