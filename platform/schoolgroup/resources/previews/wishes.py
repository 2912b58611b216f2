"""Wishing for a revision to be read; what the catalogue calls when files come or are published."""

from uuid import UUID

from schoolgroup.kernel import jobs
from schoolgroup.kernel.db import Tx
from schoolgroup.resources.previews import queries

READ_REVISION = "read_revision"


async def wish_for(tx: Tx, resource_id: UUID, revision_no: int) -> None:
    """Let a worker make previews of a revision's files and read their words, once for many wishes.

    For the owning school, the office or the system.
    """
    await queries.wish_for_files(tx, resource_id, revision_no)
    await jobs.enqueue(
        tx,
        READ_REVISION,
        {"resource_id": str(resource_id), "revision_no": revision_no},
        once=f"{resource_id}/{revision_no}",
    )
