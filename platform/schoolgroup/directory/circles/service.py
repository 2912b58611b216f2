"""Circles: named sets of schools, made by the group office, known to their schools."""

from uuid import UUID

import msgspec
from msgspec import UNSET

from schoolgroup.access.decisions import may, require, require_found
from schoolgroup.directory.circles import queries
from schoolgroup.directory.circles.models import (
    Circle,
    CircleChange,
    CircleEntry,
    CircleMember,
    CircleRow,
)
from schoolgroup.directory.people.queries import list_open_schools
from schoolgroup.directory.rights import require_scope
from schoolgroup.kernel import journal
from schoolgroup.kernel.db import Tx
from schoolgroup.kernel.errors import Conflict, NotFound, refuse_by_constraint
from schoolgroup.kernel.http import check_version
from schoolgroup.kernel.ids import new_id
from schoolgroup.kernel.paging import PageRequest
from schoolgroup.kernel.texts import Text

MANAGE, READ = "circle:manage", "circle:read"
ACTIONS = ("change", "add_school", "remove_school", "delete")


class NameTaken(Conflict):
    """Another circle of the group has this name."""

    code = "circle_name_taken"
    title = Text("Another circle has this name", "该校际圈名称已被使用")


class CircleInUse(Conflict):
    """An agreement or an offer names this circle."""

    code = "circle_in_use"
    title = Text("The circle is in use", "该校际圈正在使用中")
    remedy = Text(
        "Take its schools out instead: agreements and offers keep what they name.",
        "请改为移出其中的学校：协议与共享条款需保留所引用的校际圈。",
    )


refuse_by_constraint("circle_group_id_name_key", NameTaken)
refuse_by_constraint("agreement_group_id_grantee_circle_id_fkey", CircleInUse)


async def list_circles(tx: Tx, page: PageRequest) -> list[Circle]:
    """The circles of the actor's school; for the group office, all."""
    require_scope(tx, READ, "circles")
    return [_shown(tx, row) for row in await queries.list_circles(tx, page)]


async def get_circle(tx: Tx, circle_id: UUID) -> Circle:
    """One circle. Raises NotFound."""
    return _shown(tx, await _find(tx, circle_id, READ))


async def enter_circle(tx: Tx, entry: CircleEntry) -> Circle:
    """Make a circle. Raises NotAllowed, NameTaken."""
    require(tx, MANAGE, thing="circle/new")
    circle_id = await enter(tx, entry, MANAGE)
    return await get_circle(tx, circle_id)


async def enter(tx: Tx, entry: CircleEntry, act: str) -> UUID:
    """Write a new circle; whoever calls has asked whether they may."""
    circle_id = new_id()
    await queries.insert_circle(tx, circle_id, entry)
    await record(tx, "circle.made", act, circle_id, 1, [], {})
    return circle_id


async def change_circle(tx: Tx, circle_id: UUID, change: CircleChange, version: int) -> Circle:
    """Change a circle's texts. Raises NotFound, NotAllowed, StaleVersion, NameTaken."""
    row = await _lock(tx, circle_id)
    check_version(version, row.version)
    await write(tx, row, change, MANAGE)
    return await get_circle(tx, circle_id)


async def write(tx: Tx, row: CircleRow, change: CircleChange, act: str) -> bool:
    """Write what differs; whether anything did. Whoever calls has asked whether they may."""
    given = {
        name: value
        for name, value in msgspec.structs.asdict(change).items()
        if value is not UNSET and value != getattr(row, name)
    }
    if not given:
        return False
    await queries.update_circle(tx, msgspec.structs.replace(row, **given))
    school_ids = await queries.list_member_ids(tx, row.id)
    data: dict[str, object] = {"fields": sorted(given)}
    await record(tx, "circle.changed", act, row.id, row.version + 1, school_ids, data)
    return True


async def delete_circle(tx: Tx, circle_id: UUID, version: int) -> None:
    """Delete a circle nothing refers to. Raises NotFound, NotAllowed, StaleVersion, CircleInUse."""
    row = await _lock(tx, circle_id)
    check_version(version, row.version)
    school_ids = await queries.list_member_ids(tx, circle_id)
    await queries.delete_circle(tx, circle_id)
    await record(tx, "circle.deleted", MANAGE, circle_id, row.version + 1, school_ids, {})


async def list_members(tx: Tx, circle_id: UUID, page: PageRequest) -> list[CircleMember]:
    """The schools of a circle by code. Raises NotFound."""
    await _find(tx, circle_id, READ)
    return await queries.list_members(tx, circle_id, page)


async def add_school(tx: Tx, circle_id: UUID, school_id: UUID) -> Circle:
    """Put a school into a circle; again changes nothing. Raises NotFound, NotAllowed."""
    row = await _lock(tx, circle_id)
    if school_id not in await list_open_schools(tx, [school_id]):
        raise NotFound(Text("there is no such open school", "没有该校或该校已停办"))
    if await queries.insert_member(tx, circle_id, school_id):
        await members_changed(tx, circle_id, row.version + 1, [school_id], MANAGE)
    return await get_circle(tx, circle_id)


async def remove_school(tx: Tx, circle_id: UUID, school_id: UUID) -> Circle:
    """Take a school out of a circle. Raises NotFound, NotAllowed."""
    row = await _lock(tx, circle_id)
    if not await queries.delete_member(tx, circle_id, school_id):
        raise NotFound
    await members_changed(tx, circle_id, row.version + 1, [school_id], MANAGE)
    return await get_circle(tx, circle_id)


async def members_changed(
    tx: Tx, circle_id: UUID, version: int, changed: list[UUID], act: str
) -> None:
    """The version moves; the schools in it, and those that came or went, are told."""
    await queries.touch_circle(tx, circle_id)
    told = list(dict.fromkeys([*await queries.list_member_ids(tx, circle_id), *changed]))
    data: dict[str, object] = {"school_ids": changed}
    await record(tx, "circle.members_changed", act, circle_id, version, told, data)


async def record(
    tx: Tx,
    event: str,
    act: str,
    circle_id: UUID,
    version: int,
    school_ids: list[UUID],
    data: dict[str, object],
) -> None:
    """One event and one audit entry about a circle, told to its schools."""
    await journal.record(
        tx,
        event,
        act=act,
        thing=f"circle/{circle_id}",
        school_ids=school_ids,
        version=version,
        data=data,
    )


async def _find(tx: Tx, circle_id: UUID, act: str) -> CircleRow:
    thing = f"circle/{circle_id}"
    row = await queries.get_circle(tx, circle_id)
    require_found(row, thing, act)
    assert row is not None  # require_found has raised otherwise
    require(tx, act, row.relations, thing=thing, see=READ)
    return row


async def _lock(tx: Tx, circle_id: UUID) -> CircleRow:
    await _find(tx, circle_id, MANAGE)
    await queries.lock_circle(tx, circle_id)
    return await _find(tx, circle_id, MANAGE)


def _shown(tx: Tx, row: CircleRow) -> Circle:
    fields = msgspec.structs.asdict(row)
    mask = fields.pop("relations")
    return Circle(**fields, actions=list(ACTIONS) if may(tx, MANAGE, mask) else [])
