"""Who uses a resource, for those who keep it; and whom taking it back would meet."""

from uuid import UUID

import msgspec

from schoolgroup.access.decisions import require, require_found
from schoolgroup.kernel import journal
from schoolgroup.kernel.db import Tx
from schoolgroup.kernel.sheet_files import ListFormat, SheetFile, table_file
from schoolgroup.resources.catalogue.use import queries
from schoolgroup.resources.catalogue.use.models import Affected, MonthOfUse, Use

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
    """What each school did with it, month by month; raises NotFound, NotAllowed."""
    await _follow(tx, resource_id)
    return Use(resource_id, await queries.list_use(tx, resource_id))


async def use_sheet(tx: Tx, resource_id: UUID, form: ListFormat) -> SheetFile:
    """The same as a CSV or XLSX file, a column per figure; the audit trail keeps who took it."""
    use = await use_of(tx, resource_id)
    names = [field.name for field in msgspec.structs.fields(MonthOfUse)]
    cells = [[getattr(month, name) for name in names] for month in use.months]
    detail = {"form": form, "rows": len(cells)}
    await journal.enter(tx, FOLLOW, f"resource/{resource_id}", "done", detail)
    return await table_file(f"use-{resource_id}", names, cells, form, title="use")


async def affected_by_withdrawal(tx: Tx, resource_id: UUID) -> Affected:
    """Loans, holds, lists, derivatives, dependents; raises NotFound, NotAllowed."""
    await _follow(tx, resource_id)
    naming = await queries.lists_naming(tx, resource_id)
    async with tx.as_system():
        lists = await queries.count_lists_naming(tx, resource_id)
    schools = await queries.list_affected(tx, resource_id, tx.now, naming)
    return Affected(
        resource_id=resource_id,
        running_loans=sum(school.running_loans for school in schools),
        holds=sum(school.holds for school in schools),
        lists=lists,
        lists_of_office=sum(n.lists for n in naming if n.school_id is None),
        lists_elsewhere=lists - sum(n.lists for n in naming),
        derivatives=sum(school.derivatives for school in schools),
        dependents=sum(school.dependents for school in schools),
        schools=schools,
    )


async def _follow(tx: Tx, resource_id: UUID) -> None:
    thing = f"resource/{resource_id}"
    row = require_found(await queries.get_owned(tx, resource_id), thing, FOLLOW)
    require(tx, FOLLOW, row.relations, thing=thing, see="resource:discover", owner=row.school_name)
