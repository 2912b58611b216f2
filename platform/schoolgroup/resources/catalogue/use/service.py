"""Who uses a resource, for those who keep it; and whom taking it back would meet."""

from uuid import UUID

from schoolgroup.access.decisions import require, require_found
from schoolgroup.kernel.db import Tx
from schoolgroup.resources.catalogue.use import queries
from schoolgroup.resources.catalogue.use.models import Affected, Use

FOLLOW = "resource:follow"


async def note_view(tx: Tx, resource_id: UUID, owner_school_id: UUID) -> None:
    """Remember that a person of a school opened a published resource today.

    Connected systems and the office are not counted: they are no school's people.
    """
    if tx.actor.person_id is not None and tx.actor.school_id is not None:
        await queries.note_view(tx, resource_id, owner_school_id)


async def note_preview(tx: Tx, resource_id: UUID, owner_school_id: UUID) -> None:
    """Remember that a person of a school looked at a resource's preview today."""
    if tx.actor.person_id is not None and tx.actor.school_id is not None:
        await queries.note_preview(tx, resource_id, owner_school_id)


async def use_of(tx: Tx, resource_id: UUID) -> Use:
    """Views, previews, loans and downloads per school and month; raises NotFound, NotAllowed."""
    await _follow(tx, resource_id)
    return Use(resource_id, await queries.list_use(tx, resource_id))


async def affected_by_withdrawal(tx: Tx, resource_id: UUID) -> Affected:
    """Running loans and places in the queue; raises NotFound, NotAllowed."""
    await _follow(tx, resource_id)
    schools = await queries.list_affected(tx, resource_id, tx.now)
    return Affected(
        resource_id,
        sum(school.running_loans for school in schools),
        sum(school.holds for school in schools),
        schools,
    )


async def _follow(tx: Tx, resource_id: UUID) -> None:
    thing = f"resource/{resource_id}"
    row = require_found(await queries.get_owned(tx, resource_id), thing, FOLLOW)
    require(tx, FOLLOW, row.relations, thing=thing, see="resource:discover", owner=row.school_name)
