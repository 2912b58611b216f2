"""A school's share of the store: the distinct bytes its revisions and uploads name.

The same content counts once, however often the school names it, and counts for every school that
names it: whether others have it is nobody's business. What is over the share already stays.
"""

from collections.abc import Awaitable, Callable
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from schoolgroup.access.decisions import require, require_found
from schoolgroup.kernel import journal
from schoolgroup.kernel.db import Tx
from schoolgroup.kernel.http import Input, check_version
from schoolgroup.kernel.settings import Settings
from schoolgroup.resources.deposits import quota_queries as queries
from schoolgroup.resources.deposits.models import Limits
from schoolgroup.resources.deposits.refusals import QuotaExceeded


class Quota(Struct, frozen=True, kw_only=True):
    """How much a school or the office may keep and keeps, in bytes; how large one file may be.

    `set_by_office` is false where the installation's own figure holds.
    """

    school_id: UUID | None  # none: the group office's own
    bytes_max: int
    used_bytes: int
    free_bytes: int
    set_by_office: bool
    file_bytes_max: int
    kind_bytes_max: dict[str, int]
    version: int


class QuotaWish(Input, frozen=True):
    """A school's share of the store."""

    bytes_max: Annotated[int, Meta(ge=0, le=2**53, examples=[107374182400])]


def limits_of(settings: Settings) -> Limits:
    """The installation's limits."""
    return Limits(
        file_bytes_max=settings.upload_bytes_max,
        by_kind={
            "image": settings.upload_image_bytes_max,
            "audio": settings.upload_audio_bytes_max,
            "document": settings.upload_document_bytes_max,
            "archive": settings.upload_archive_bytes_max,
        },
        school_bytes_max=settings.school_bytes_max,
    )


async def check_room(tx: Tx, sha256: str, size_bytes: int, limits: Limits) -> None:
    """Raise QuotaExceeded where one more content does not fit into the share of the actor's school.

    At the office that is the group's own. Waits for other openings of the same, so that two never
    take the same room.
    """
    school_id = tx.actor.school_id
    await queries.lock_share(tx, school_id)
    room = await queries.room_for(tx, school_id, sha256, size_bytes)
    bytes_max = limits.school_bytes_max if room.bytes_max is None else room.bytes_max
    if not room.counted_already and room.used_bytes + size_bytes > bytes_max:
        raise QuotaExceeded(
            facts={
                "bytes_max": bytes_max,
                "used_bytes": room.used_bytes,
                "free_bytes": max(0, bytes_max - room.used_bytes),
                "size_bytes": size_bytes,
            }
        )


async def take_over(tx: Tx, limits: Limits, copying: Callable[[], Awaitable[None]]) -> None:
    """Do what makes files of others the actor's school's; raise QuotaExceeded if they do not fit.

    Contents the school names already cost nothing.
    """
    school_id = tx.actor.school_id
    if school_id is None:
        await copying()
        return
    await queries.lock_share(tx, school_id)
    before = await queries.room_for(tx, school_id, "", 0)
    await copying()
    after = await queries.room_for(tx, school_id, "", 0)
    bytes_max = limits.school_bytes_max if after.bytes_max is None else after.bytes_max
    if after.used_bytes > max(bytes_max, before.used_bytes):
        raise QuotaExceeded(
            facts={
                "bytes_max": bytes_max,
                "used_bytes": before.used_bytes,
                "free_bytes": max(0, bytes_max - before.used_bytes),
                "size_bytes": after.used_bytes - before.used_bytes,
            }
        )


async def own_quota(tx: Tx, limits: Limits) -> Quota:
    """The share of the actor's school, or of the office. Raises NotAllowed."""
    return await school_quota(tx, tx.actor.school_id, limits)


async def school_quota(tx: Tx, school_id: UUID | None, limits: Limits) -> Quota:
    """A school's share (none: the office's own); raises NotFound, NotAllowed."""
    return _shown(await _fetch(tx, school_id, "quota:read"), limits)


async def set_quota(
    tx: Tx, school_id: UUID | None, wish: QuotaWish, version: int, limits: Limits
) -> Quota:
    """Set a share (none: the office's own), also below what is kept: then nothing more comes in.

    Raises NotFound, NotAllowed, StaleVersion.
    """
    await queries.lock_share(tx, school_id)
    row = await _fetch(tx, school_id, "quota:set")
    check_version(version, row.version)
    await queries.put_quota(tx, school_id, wish.bytes_max)
    row = await _fetch(tx, school_id, "quota:set")
    await journal.record(
        tx,
        "quota.set",
        act="quota:set",
        thing=_thing(school_id),
        owner_school_id=school_id,
        version=row.version,
        data={"school_id": school_id, "bytes_max": wish.bytes_max},
    )
    return _shown(row, limits)


def _thing(school_id: UUID | None) -> str:
    return f"school/{school_id}" if school_id else "group/quota"


async def _fetch(tx: Tx, school_id: UUID | None, act: str) -> queries.ShareRow:
    thing = _thing(school_id)
    row = require_found(await queries.get_share(tx, school_id), thing, act)
    if school_id is None:
        require(tx, act, thing=thing)
        return row
    require(tx, act, row.relations, thing=thing, see="directory:read", owner=row.school_name)
    return row


def _shown(row: queries.ShareRow, limits: Limits) -> Quota:
    bytes_max = limits.school_bytes_max if row.bytes_max is None else row.bytes_max
    return Quota(
        school_id=row.school_id,
        bytes_max=bytes_max,
        used_bytes=row.used_bytes,
        free_bytes=max(0, bytes_max - row.used_bytes),
        set_by_office=row.bytes_max is not None,
        file_bytes_max=limits.file_bytes_max,
        kind_bytes_max=limits.by_kind,
        version=row.version,
    )
