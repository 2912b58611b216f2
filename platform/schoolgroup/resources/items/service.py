"""Items, as the librarian keeps them: enter, change, mark, and ask what to do with a thing."""

import secrets
from datetime import timedelta
from uuid import UUID

import msgspec

from schoolgroup.access.decisions import may, policy_of, require, require_found
from schoolgroup.directory.rights import mask_at
from schoolgroup.kernel import journal
from schoolgroup.kernel.db import Tx
from schoolgroup.kernel.errors import Conflict, Invalid, NotFound, Problem, refuse_by_constraint
from schoolgroup.kernel.http import check_version
from schoolgroup.kernel.ids import new_id
from schoolgroup.kernel.paging import PageRequest
from schoolgroup.kernel.texts import Text
from schoolgroup.kernel.transitions import WrongState
from schoolgroup.resources.items import queries, rules
from schoolgroup.resources.items.models import (
    Desk,
    Entered,
    Item,
    ItemChange,
    ItemNote,
    ItemRow,
    ItemStatus,
    ItemsWish,
    MarkWish,
    Scanned,
    ScanWish,
    Scheme,
    Waiting,
)
from schoolgroup.resources.lending.desk import service as desk
from schoolgroup.resources.lending.offers import queries as offer_queries
from schoolgroup.resources.lending.shelf import service as shelf

READ, KEEP, SCAN, DISCOVER = "item:read", "item:keep", "item:scan", "resource:discover"
DONE = {
    "damage": "damaged",
    "repair": "repaired",
    "lose": "lost",
    "find": "found",
    "withdraw": "withdrawn",
}

refuse_by_constraint("barcode_once", rules.BarcodeTaken)


class ResourceGone(Conflict):
    """Items are entered for a resource that is there to be lent."""

    code = "resource_withdrawn"
    title = Text("The resource was withdrawn", "资源已撤回")
    remedy = Text("Enter them for another resource.", "请登记到其他资源下。")


class NotAPhoto(Invalid):
    """The upload is not a picture your school has handed in."""

    code = "not_a_photo"
    title = Text("This is not a picture of your school", "不是本校上传的图片")
    remedy = Text(
        "Hand the picture in first and name the finished upload.", "请先完成图片上传，再填写其 id。"
    )


async def enter_items(tx: Tx, wish: ItemsWish) -> Entered:
    """Enter items of an own resource; the offer that lends them gains as many seats.

    Raises NotFound, NotAllowed, Invalid, ResourceGone, BarcodeTaken.
    """
    rules.check_wish(wish)
    name = f"resource/{wish.resource_id}"
    resource = await offer_queries.get_resource(tx, wish.resource_id)
    require_found(resource, name, KEEP)
    assert resource is not None  # require_found has raised otherwise
    require(tx, DISCOVER, resource.relations, thing=name, see=DISCOVER)
    require(tx, KEEP, mask_at(tx, resource.school_id), thing=name, owner=resource.school_name)
    if resource.status == "withdrawn":
        raise ResourceGone
    scheme = wish.scheme if wish.barcodes else Scheme.EAN13
    barcodes = wish.barcodes or _new_barcodes(wish.count or 1)
    rows = [(new_id(), barcode) for barcode in barcodes]
    set_id = new_id() if len(rows) > 1 else None
    await queries.insert_items(tx, resource.school_id, wish, scheme, rows, set_id)
    async with tx.as_system():
        happened = await shelf.follow_resource(tx, wish.resource_id)
    entered = [await _find(tx, item_id, KEEP) for item_id, _ in rows]
    await desk.announce(tx, KEEP, happened)
    await journal.record_many(
        tx,
        [
            journal.Change(
                event="item.entered",
                act=KEEP,
                thing=f"item/{item.id}",
                version=1,
                data={"resource_id": item.resource_id},
                owner_school_id=item.school_id,
            )
            for item in entered
        ],
    )
    return Entered([shown(tx, item) for item in entered])


async def get_item(tx: Tx, item_id: UUID) -> Item:
    """One item. Raises NotFound."""
    return shown(tx, await _find(tx, item_id, READ))


async def list_items(
    tx: Tx,
    resource_id: UUID | None,
    status: ItemStatus | None,
    overdue: bool | None,
    barcode: str | None,
    page: PageRequest,
) -> list[Item]:
    """The items of the caller's school and those it has in hand, newest first."""
    rows = await queries.list_items(tx, resource_id, status, overdue, barcode, page)
    return [shown(tx, row) for row in rows]


async def change_item(tx: Tx, item_id: UUID, change: ItemChange, version: int) -> Item:
    """Change an item's place, pieces or condition.

    Raises NotFound, NotAllowed, StaleVersion, WrongState.
    """
    item = await _keep(tx, item_id)
    check_version(version, item.version)
    if item.status is ItemStatus.WITHDRAWN:
        raise WrongState(
            Text("item is withdrawn", "实物已注销"), facts={"state": ItemStatus.WITHDRAWN}
        )
    wanted = msgspec.structs.asdict(change)
    kept = {field: value for field, value in wanted.items() if value is not msgspec.UNSET}
    await queries.change_item(tx, msgspec.structs.replace(item, **kept))
    return await _kept(tx, item_id, "item.changed", [])


async def mark_item(tx: Tx, item_id: UUID, wish: MarkWish) -> Item:
    """Mark an item that is in the house, with the reason; the seats of its offer follow.

    Raises NotFound, NotAllowed, WrongState, NotAPhoto.
    """
    item = await _keep(tx, item_id)
    status = rules.ITEMS.step(item.status, wish.step)
    photo = await photo_of(tx, wish.photo_upload_id)
    await queries.mark_item(tx, item_id, rules.STATE_OF[status], wish.because)
    await queries.insert_note(
        tx, new_id(), item, wish.step, item.condition, item.pieces, wish.because, photo
    )
    async with tx.as_system():
        happened = await shelf.follow_resource(tx, item.resource_id)
    return await _kept(tx, item_id, f"item.{DONE[wish.step]}", happened)


async def scan(tx: Tx, wish: ScanWish) -> Scanned:
    """What should happen next with a thing, in the librarian's words; nothing is changed.

    Raises NotFound, AmbiguousBarcode.
    """
    found = await queries.find_scanned(tx, wish.barcode)
    own = [item for item in found if item.school_id == tx.actor.school_id]
    if not own and len(found) > 1:
        raise rules.AmbiguousBarcode(facts={"item_ids": [item.id for item in found]})
    if not found:
        raise NotFound(
            Text(
                f"no thing of your school, and none it has in hand, carries {wish.barcode}",
                f"本校及本校持有的实物中没有条码 {wish.barcode}",
            )
        )
    item = (own or found)[0]
    stage = await queries.get_stage(tx, item.id)
    waiting: Waiting | None = None
    if item.status in (ItemStatus.AVAILABLE, ItemStatus.RESERVED):
        waiting = await queries.next_waiting(tx, item.resource_id)
    at_desk = Desk(tx.actor.school_id, wish.at, tx.now)
    words, steps = rules.scanned(item, stage, waiting, at_desk)
    return Scanned(shown(tx, item), wish.at, words, list(steps))


async def list_notes(tx: Tx, item_id: UUID, page: PageRequest) -> list[ItemNote]:
    """What was noted about an item's condition, newest first. Raises NotFound."""
    await _find(tx, item_id, READ)
    return await queries.list_notes(tx, item_id, page)


async def photo_at(tx: Tx, note_id: UUID, link_s: int) -> tuple[queries.Photo, timedelta]:
    """The picture of a note and how long its link lives. Raises NotFound."""
    photo = await queries.get_photo(tx, note_id)
    require_found(photo, f"item_note/{note_id}", READ)
    assert photo is not None  # require_found has raised otherwise
    await _find(tx, photo.item_id, READ)
    return photo, timedelta(seconds=link_s)


async def photo_of(tx: Tx, upload_id: UUID | None) -> UUID | None:
    """The content of a picture the caller's school handed in. Raises NotAPhoto."""
    if upload_id is None:
        return None
    photo = await queries.find_photo(tx, upload_id)
    if photo is None:
        why = "no finished upload of a picture by your school"
        raise NotAPhoto(problems=[Problem("/photo_upload_id", "not_a_photo", why)])
    return photo


def shown(tx: Tx, row: ItemRow) -> Item:
    """An item with what the caller may do to it now."""
    values = msgspec.structs.asdict(row)
    del values["relations"]
    actions = rules.item_actions(row, lambda act: may(tx, act, row.relations))
    return Item(**values, actions=actions)


async def _keep(tx: Tx, item_id: UUID) -> ItemRow:
    """The item as it is now that nobody else can move it.

    The desk of its offer is held first, as hand-overs hold it: offer, then item.
    """
    item = await _find(tx, item_id, KEEP)
    name = f"item/{item_id}"
    require(tx, KEEP, item.relations, thing=name, see=READ, owner=item.school_name)
    async with tx.as_system():
        await shelf.hold_resource(tx, item.resource_id)
        await queries.lock_item(tx, item_id)
    return await _find(tx, item_id, KEEP)


async def _kept(tx: Tx, item_id: UUID, event: str, happened: list[desk.Happened]) -> Item:
    item = await _find(tx, item_id, KEEP)
    await desk.announce(tx, KEEP, happened)
    await journal.record(
        tx,
        event,
        act=KEEP,
        thing=f"item/{item_id}",
        owner_school_id=item.school_id,
        version=item.version,
        relations=policy_of(tx).relations.names_in(item.relations),
        data={"resource_id": item.resource_id},
    )
    return shown(tx, item)


async def _find(tx: Tx, item_id: UUID, act: str) -> ItemRow:
    name = f"item/{item_id}"
    item = await queries.get_item(tx, item_id)
    require_found(item, name, act)
    assert item is not None  # require_found has raised otherwise
    require(tx, READ, item.relations, thing=name, see=READ)
    return item


def _new_barcodes(count: int) -> list[str]:
    """Barcodes nobody has guessed or used: eleven random digits each."""
    numbers: set[int] = set()
    while len(numbers) < count:
        numbers.add(secrets.randbelow(10**11))
    return [rules.own_barcode(number) for number in numbers]
