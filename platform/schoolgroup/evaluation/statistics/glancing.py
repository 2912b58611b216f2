"""The newest releases at a glance, for dashboards: told as the releases tell them, nothing new."""

from schoolgroup.evaluation.statistics import queries
from schoolgroup.evaluation.statistics.models import Glance, ReleaseStatus
from schoolgroup.kernel.db import Tx
from schoolgroup.kernel.paging import PageRequest


async def glance(tx: Tx, newest: int) -> list[Glance]:
    """Of the newest releases that stand and that the caller may read now, each subject.

    A school gets its own figures beside those of all schools, the office those of all. What the
    release hides is hidden here.
    """
    found = await queries.list_releases(tx, None, PageRequest(limit=newest))
    titles = {row.id: row.title for row in found if row.status is ReleaseStatus.RELEASED}
    if not titles:
        return []
    rows = await queries.list_glances(tx, list(titles), tx.actor.school_id)
    return [
        Glance(row.release_id, titles[row.release_id], row.subject, row.whole, row.own)
        for row in rows
    ]
