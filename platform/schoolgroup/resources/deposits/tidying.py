"""The collector: gives back what abandoned and unused uploads hold, and deletes what no row names.

Safety never waits for it: an expired upload is refused by the clock alone. And it is never ahead of
safety (I12): rows are let go in a transaction first, bytes are deleted after it has committed, and
a key that no row names is never named again, because it holds the id of its own deposit. It may be
killed at any point and started again, also several at once.

Unfinished uploads are asked of the store by their key: an id may have been lost in a crash, the key
was written down before (`begun_upload`, then the deposit). No store is asked for all it has: MinIO
and rclone would answer with nothing.
"""

import re
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from typing import TypeVar
from uuid import UUID

import msgspec

from schoolgroup.directory.service import list_groups
from schoolgroup.kernel import journal
from schoolgroup.kernel.context import system_actor
from schoolgroup.kernel.db import Database, Tx
from schoolgroup.kernel.storage import Storage
from schoolgroup.resources.deposits import tidying_queries as queries

T = TypeVar("T")
BATCH = 500
GRACE = timedelta(days=1)  # how old what no row names has to be
BEGUN_FOR = timedelta(minutes=10)  # longer than any request lasts that is about to write a deposit
UNUSED_FOR = timedelta(days=90)  # how long a verified upload waits for a resource to take it
NOTHING = UUID(int=0)
COLLECT = "deposit:collect"  # what the audit trail calls a run of the collector
# <group>/<sha256>/<deposit>: what deposits write; other objects are other features' matter
OURS = re.compile(r"^[0-9a-f-]{36}/[0-9a-f]{64}/[0-9a-f-]{36}$")


class Report(msgspec.Struct, kw_only=True):
    """What a run found and did, of one group.

    `young_objects` are named by no row yet younger than the grace period; `named_objects` were
    looked at and kept; `other_objects` are not of uploads.
    """

    group_code: str
    expired_uploads: int = 0
    released_uploads: int = 0
    deleted_contents: int = 0
    aborted_multiparts: int = 0
    deleted_objects: int = 0
    deleted_bytes: int = 0
    named_objects: int = 0
    young_objects: int = 0
    other_objects: int = 0


async def tidy(
    db: Database,
    storage: Storage,
    group_code: str | None = None,
    *,
    grace: timedelta = GRACE,
    unused_for: timedelta = UNUSED_FOR,
) -> list[Report]:
    """Tidy up after every group, or one; raises StoreUnavailable, and goes on where it stopped.

    The report of a run also stands in the audit trail, where the office reads it.
    """
    reports = []
    for group in await list_groups(db):
        if group_code in (None, group.code):
            run = _Run(db, storage, group.id, Report(group_code=group.code), grace)
            await run.expire()
            await run.forget_begun()
            await run.release(unused_for)
            await run.collect_contents()
            await run.collect_objects()
            await run.tell()
            reports.append(run.report)
    return reports


class _Run:
    """One group's turn."""

    def __init__(
        self, db: Database, storage: Storage, group_id: UUID, report: Report, grace: timedelta
    ) -> None:
        self.db, self.storage, self.group_id = db, storage, group_id
        self.report, self.grace = report, grace

    async def read(self, work: Callable[[Tx], Awaitable[T]]) -> T:
        """Run `work` in a transaction of the system itself."""
        return await self.db.run(system_actor(self.group_id), work, "tidy")

    async def expire(self) -> None:
        """Free what uploads past their end hold in the store."""

        async def take(tx: Tx) -> list[queries.Ended]:
            ended = await queries.take_expired(tx, BATCH)
            await _record(tx, "deposit.expired", ended)
            return ended

        while ended := await self.read(take):
            self.report.expired_uploads += len(ended)
            for deposit in ended:
                await self._abort(deposit.upload_key)
                await self._delete(deposit.upload_key)

    async def forget_begun(self) -> None:
        """Abort what was begun in the store for a deposit that was never written."""

        async def look(tx: Tx) -> list[str]:
            return await queries.list_begun(tx, tx.now - max(self.grace, BEGUN_FOR), BATCH)

        while keys := await self.read(look):
            for key in keys:  # first the store, then the note: a crash in between repeats it
                await self._abort(key)
            await self.read(lambda tx, done=keys: queries.forget_begun(tx, done))  # type: ignore[misc]  # a default pins the loop's value

    async def release(self, unused_for: timedelta) -> None:
        """Let go of verified uploads that no resource of their school took for so long."""

        async def take(tx: Tx) -> list[queries.Ended]:
            ended = await queries.release_unused(tx, tx.now - unused_for, BATCH)
            await _record(tx, "deposit.released", ended)
            return ended

        while ended := await self.read(take):
            self.report.released_uploads += len(ended)

    async def collect_contents(self) -> None:
        """Delete contents no row names: first the row, and when that is committed, the bytes."""
        after: UUID | None = NOTHING
        while after is not None:
            gone, after = await self._drop_contents(after)
            for content in gone:
                self.report.deleted_contents += 1
                await self._delete(content.object_key)

    async def collect_objects(self) -> None:
        """Delete objects of uploads that no row names and that are older than the grace period."""
        now = await self.read(_now)
        found = await self.storage.list_below(f"{self.group_id}/")
        ours = [listed for listed in found if OURS.match(listed.key)]
        self.report.other_objects = len(found) - len(ours)
        for at in range(0, len(ours), BATCH):
            batch = ours[at : at + BATCH]
            unnamed = await self._unnamed([listed.key for listed in batch])
            for listed in batch:
                if listed.key not in unnamed:
                    self.report.named_objects += 1
                elif listed.written_at > now - self.grace:
                    self.report.young_objects += 1
                else:
                    await self._delete(listed.key)

    async def tell(self) -> None:
        """Enter in the audit trail what the run found and did, also where it was nothing."""
        figures = msgspec.structs.asdict(self.report)
        group = f"group/{figures.pop('group_code')}"
        await self.read(lambda tx: journal.enter(tx, COLLECT, group, "done", figures))

    async def _drop_contents(self, after: UUID) -> tuple[list[queries.Spare], UUID | None]:
        """The rows deleted of the next batch, and where to go on."""

        async def take(tx: Tx) -> tuple[list[queries.Spare], UUID | None]:
            seen = await queries.take_unnamed_blobs(tx, tx.now - self.grace, after, BATCH)
            gone = [content for content in seen if await queries.delete_blob(tx, content.id)]
            return gone, seen[-1].id if seen else None

        return await self.read(take)

    async def _unnamed(self, keys: Sequence[str]) -> set[str]:
        return await self.read(lambda tx: queries.unnamed_keys(tx, keys))

    async def _abort(self, key: str) -> None:
        for upload_id in await self.storage.list_multiparts(key):
            await self.storage.abort_multipart(key, upload_id)
            self.report.aborted_multiparts += 1

    async def _delete(self, key: str) -> None:
        there = await self.storage.find(key)
        if there is not None:
            await self.storage.delete(key)
            self.report.deleted_objects += 1
            self.report.deleted_bytes += there.size_bytes


async def _now(tx: Tx) -> datetime:
    return tx.now


async def _record(tx: Tx, event: str, ended: Sequence[queries.Ended]) -> None:
    """One event and one audit entry for each."""
    changes = [
        journal.Change(
            event=event,
            act="deposit:abort",
            thing=f"deposit/{deposit.id}",
            owner_school_id=deposit.school_id,
            version=deposit.version,
            data={"deposit_id": deposit.id},
        )
        for deposit in ended
    ]
    await journal.record_many(tx, changes)
