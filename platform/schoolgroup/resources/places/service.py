"""Places, as their school keeps them, and when they are free."""

from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from schoolgroup.access.decisions import may, policy_of, require, require_found
from schoolgroup.directory.rights import mask_at, refuse_backward
from schoolgroup.kernel import journal
from schoolgroup.kernel.db import Tx
from schoolgroup.kernel.errors import NotFound
from schoolgroup.kernel.http import check_version
from schoolgroup.kernel.ids import new_id
from schoolgroup.kernel.paging import PageRequest
from schoolgroup.resources.lending.offers import queries as offer_queries
from schoolgroup.resources.places import queries, rules
from schoolgroup.resources.places.models import (
    ClosureWish,
    FreeMonth,
    Place,
    PlaceChange,
    PlaceRow,
    PlaceStatus,
    PlaceWish,
)

READ, KEEP, BOOK = "place:read", "place:keep", "place:book"
DISCOVER = "resource:discover"


async def enter_place(tx: Tx, wish: PlaceWish) -> Place:
    """Enter a place of an own resource.

    Raises NotFound, NotAllowed, Invalid, ResourceNotPublished.
    """
    rules.check_hours(wish.hours, wish.slot_minutes)
    name = f"resource/{wish.resource_id}"
    resource = await offer_queries.get_resource(tx, wish.resource_id)
    require_found(resource, name, KEEP)
    assert resource is not None  # require_found has raised otherwise
    require(tx, DISCOVER, resource.relations, thing=name, see=DISCOVER)
    require(tx, KEEP, mask_at(tx, resource.school_id), thing=name, owner=resource.school_name)
    if resource.status != "published":
        raise rules.ResourceNotPublished
    place_id = new_id()
    await queries.insert_place(tx, place_id, resource.school_id, wish)
    return await _kept(tx, place_id, "place.entered")


async def get_place(tx: Tx, place_id: UUID) -> Place:
    """One place. Raises NotFound."""
    return _shown(tx, await find(tx, place_id, READ))


async def list_places(
    tx: Tx, school_id: UUID | None, people: int | None, page: PageRequest
) -> list[Place]:
    """The places the caller may see; `people`: only those with room for so many."""
    rows = await queries.list_places(tx, school_id, people, page)
    return [_shown(tx, row) for row in rows]


async def change_place(tx: Tx, place_id: UUID, change: PlaceChange, version: int) -> Place:
    """Change a place; bookings that were made stand.

    Raises NotFound, NotAllowed, StaleVersion, Invalid.
    """
    place = await _keep(tx, place_id)
    check_version(version, place.version)
    wanted = msgspec.structs.asdict(change)
    kept = {field: value for field, value in wanted.items() if value is not msgspec.UNSET}
    hours = kept.pop("hours", None)
    await queries.change_place(tx, msgspec.structs.replace(place, **kept))
    if hours is not None:
        rules.check_hours(hours, place.slot_minutes)
        await queries.replace_hours(tx, place_id, hours)
    return await _kept(tx, place_id, "place.changed")


async def add_closure(tx: Tx, place_id: UUID, wish: ClosureWish) -> Place:
    """Close a place for some days; bookings that were made stand until they are called off.

    Raises NotFound, NotAllowed, Invalid.
    """
    refuse_backward(wish.from_on, wish.until_on)
    await _keep(tx, place_id)
    await queries.insert_closure(tx, new_id(), place_id, wish)
    return await _kept(tx, place_id, "place.changed")


async def drop_closure(tx: Tx, place_id: UUID, closure_id: UUID) -> Place:
    """Open a place again on days it was to be closed. Raises NotFound, NotAllowed."""
    await _keep(tx, place_id)
    if not await queries.delete_closure(tx, place_id, closure_id):
        raise NotFound
    return await _kept(tx, place_id, "place.changed")


async def free_month(tx: Tx, place_id: UUID, month: str) -> FreeMonth:
    """When a place is free in a month, without telling who comes otherwise. Raises NotFound."""
    place = await find(tx, place_id, READ)
    days = list(rules.month_days(month))
    first, after = days[0], days[-1] + timedelta(days=1)
    zone = tx.actor.time_zone
    holidays = await queries.list_holidays(tx, place.school_id, first, days[-1])
    async with tx.as_system():
        taken = await queries.list_taken(tx, place_id, _start(first, zone), _start(after, zone))
    free = rules.free_month(place, month, holidays, taken, zone)
    return FreeMonth(place_id, month, place.slot_minutes, free)


async def find(tx: Tx, place_id: UUID, act: str) -> PlaceRow:
    """The place, where the caller may know of it; raises an audited NotFound otherwise."""
    name = f"place/{place_id}"
    place = await queries.get_place(tx, place_id)
    require_found(place, name, act)
    assert place is not None  # require_found has raised otherwise
    require(tx, READ, place.relations, thing=name, see=READ)
    return place


async def _keep(tx: Tx, place_id: UUID) -> PlaceRow:
    place = await find(tx, place_id, KEEP)
    name = f"place/{place_id}"
    require(tx, KEEP, place.relations, thing=name, see=READ, owner=place.school_name)
    await queries.lock_place(tx, place_id)
    return await find(tx, place_id, KEEP)


async def _kept(tx: Tx, place_id: UUID, event: str) -> Place:
    place = await find(tx, place_id, KEEP)
    await journal.record(
        tx,
        event,
        act=KEEP,
        thing=f"place/{place_id}",
        owner_school_id=place.school_id,
        version=place.version,
        relations=policy_of(tx).relations.names_in(place.relations),
        data={"resource_id": place.resource_id},
    )
    return _shown(tx, place)


def _shown(tx: Tx, row: PlaceRow) -> Place:
    values = msgspec.structs.asdict(row)
    del values["relations"]
    actions = ["change", "close_days"] if may(tx, KEEP, row.relations) else []
    if row.status is PlaceStatus.OPEN and may(tx, BOOK, row.relations):
        actions = ["book", *actions]
    return Place(**values, actions=actions)


def _start(day: date, zone: str) -> datetime:
    return datetime.combine(day, time(), ZoneInfo(zone))
