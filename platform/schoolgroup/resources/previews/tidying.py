"""The collector of previews: rows of contents nobody uses, and pictures no row names.

A picture's key is the hash of its bytes, so one that no row names now may be named again a moment
later. Whoever names one holds a lock shared with others like it; the collector looks and deletes
while it holds that lock alone.
"""

from datetime import timedelta
from uuid import UUID

import msgspec

from schoolgroup.directory.service import list_groups
from schoolgroup.kernel.context import system_actor
from schoolgroup.kernel.db import Database, Tx
from schoolgroup.kernel.storage import ListedObject, Storage
from schoolgroup.resources.previews import queries

BATCH = 100
GRACE = timedelta(days=1)


class Report(msgspec.Struct, kw_only=True):
    """What a run found and did, of one group."""

    group_code: str
    dropped_previews: int = 0
    deleted_pictures: int = 0
    named_pictures: int = 0
    young_pictures: int = 0


async def tidy(
    db: Database, storage: Storage, group_code: str | None = None, *, grace: timedelta = GRACE
) -> list[Report]:
    """Tidy up the previews of every group, or one; raises StoreUnavailable, to be run again."""
    reports = []
    for group in await list_groups(db):
        if group_code in (None, group.code):
            report = await tidy_group(db, storage, group.id, grace=grace)
            reports.append(msgspec.structs.replace(report, group_code=group.code))
    return reports


async def tidy_group(
    db: Database, storage: Storage, group_id: UUID, *, grace: timedelta = GRACE
) -> Report:
    """The same for one group."""
    system = system_actor(group_id)
    report = Report(group_code="")

    async def drop(tx: Tx) -> int:
        return await queries.drop_unused(tx, tx.now - grace)

    report.dropped_previews = await db.run(system, drop, "tidy")
    found = await storage.list_below(f"{group_id}/previews/")
    for at in range(0, len(found), BATCH):
        batch = found[at : at + BATCH]

        async def collect(tx: Tx, batch: list[ListedObject] = batch) -> None:
            await queries.lock_objects(tx)
            unnamed = await queries.unnamed_keys(tx, [each.key for each in batch])
            for each in batch:
                if each.key not in unnamed:
                    report.named_pictures += 1
                elif each.written_at > tx.now - grace:
                    report.young_pictures += 1
                else:
                    await storage.delete(each.key)
                    report.deleted_pictures += 1

        await db.run(system, collect, "tidy")
    return report
