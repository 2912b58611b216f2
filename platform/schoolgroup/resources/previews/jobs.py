"""What workers do for previews: read a revision, look for unread ones, tidy up."""

import asyncio
from datetime import time, timedelta
from typing import Any
from uuid import UUID

from schoolgroup.kernel.db import Tx
from schoolgroup.kernel.jobs import GiveUp, Work, kind
from schoolgroup.resources.previews import queries, reading, rules, tidying, wishes
from schoolgroup.resources.previews.making.made import MEDIA_TYPE, Made
from schoolgroup.resources.previews.models import Reading, SourceFile, State, TextState
from schoolgroup.resources.previews.reading import Picture
from schoolgroup.resources.search.texts import index_text

UNREAD_AT_ONCE = 200
TO_MAKE = (None, State.MAKING, State.FAILED)  # what failed is tried again when asked for again


async def give_up(tx: Tx, data: dict[str, Any]) -> None:
    """The job failed for good: what waits for it is told so."""
    resource_id, revision_no = UUID(data["resource_id"]), int(data["revision_no"])
    await queries.give_up(tx, resource_id, revision_no)
    source = await queries.get_source(tx, resource_id, revision_no)
    if source is not None and source.files_key is None:
        files = await queries.list_source_files(tx, resource_id, revision_no)
        failed = Reading(TextState.FAILED, "not_made")
        await queries.keep_reading(tx, resource_id, revision_no, rules.files_key(files), failed)


@kind(wishes.READ_REVISION, seconds_max=900, attempts_max=5, when_failed=give_up)
async def read_revision(work: Work) -> None:
    """Make previews of a revision's files and let it be found by what they say.

    What was made before is not made again, so a repetition after a crash goes on where it was. A
    file that cannot be read is told to who looks at the preview, and fails the job in the end.
    """
    resource_id, revision_no = UUID(work.data["resource_id"]), int(work.data["revision_no"])
    source = await work.run(lambda tx: queries.get_source(tx, resource_id, revision_no))
    if source is None:
        return  # deleted meanwhile
    files = await work.run(lambda tx: queries.list_source_files(tx, resource_id, revision_no))
    key = rules.files_key(files)
    if source.files_key == key and not any(file.status in TO_MAKE for file in files):
        return
    all_made: list[Made] = []
    for file in files:
        wanted = file.status in TO_MAKE
        made, pictures = await reading.read_file(
            work.means.storage,
            file,
            pictures=wanted,
            office_program=work.means.settings.office_program,
        )
        if wanted:
            await _keep(work, source.school_id, file, made, pictures)
        all_made.append(made)

    async def index(tx: Tx) -> None:
        await index_text(tx, resource_id, revision_no, rules.text_of(all_made))
        read = rules.reading_of(all_made)
        await queries.keep_reading(tx, resource_id, revision_no, key, read)

    failed = [
        f"file {file.no}: {made.because}"
        for file, made in zip(files, all_made, strict=True)
        if made.because
    ]
    if failed:
        await work.run(index)
        raise GiveUp("; ".join(failed))
    await work.finish(index)


async def _keep(
    work: Work, school_id: UUID, file: SourceFile, made: Made, pictures: list[Picture]
) -> None:
    storage, group_id = work.means.storage, work.group_id

    async def write(tx: Tx) -> None:
        # under the lock, so that the collector deletes no picture between its coming and its row
        await queries.lock_objects_shared(tx)
        await asyncio.gather(
            *(storage.put(each.key(group_id), each.content, MEDIA_TYPE) for each in pictures)
        )
        rows = [each.row(group_id) for each in pictures]
        await queries.keep_rendering(tx, school_id, file.blob_id, made, rows)

    await work.run(write)


@kind("find_unread", every=timedelta(hours=1))
async def find_unread(work: Work) -> None:
    """What was published before there were previews, or came in by another way, is read too."""

    async def wish(tx: Tx) -> None:
        for unread in await queries.list_unread(tx, UNREAD_AT_ONCE):
            await wishes.wish_for(tx, unread.resource_id, unread.revision_no)

    await work.run(wish)


@kind("tidy_previews", daily_at=time(3, 30), seconds_max=3600)
async def tidy_previews(work: Work) -> None:
    """Previews of what is used no longer go, and the pictures no row names."""
    await tidying.tidy_group(work.means.db, work.means.storage, work.group_id)


KINDS = [read_revision, find_unread, tidy_previews]
