"""What workers do for uploads: give back, every night, what abandoned and unused ones hold."""

from datetime import time

from schoolgroup.directory.service import list_groups
from schoolgroup.kernel.jobs import Work, kind
from schoolgroup.resources.deposits import tidying


@kind("tidy_deposits", daily_at=time(3), seconds_max=3600)
async def tidy_deposits(work: Work) -> None:
    """The same as `schoolgroup tidy`, for one group; it may be killed at any point and repeated."""
    db, storage = work.means.db, work.means.storage
    code = next((g.code for g in await list_groups(db) if g.id == work.group_id), None)
    if code is not None:
        await tidying.tidy(db, storage, code)


KINDS = [tidy_deposits]
