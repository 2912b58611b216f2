"""What workers do for names: erase, every night, those that are over their school's term."""

from datetime import time

import msgspec

from schoolgroup.directory.pupils.retention import service
from schoolgroup.directory.pupils.retention.models import Erased, Term
from schoolgroup.kernel.db import Tx
from schoolgroup.kernel.jobs import Work, kind


@kind("erase_names", daily_at=time(2, 30), seconds_max=3600)
async def erase_names(work: Work) -> None:
    """School by school, each a transaction of its own; killed and repeated it erases the rest.

    The wall of names lets the own school alone through, the system not: so it acts in its name.
    """
    for term in await work.run(service.list_terms):
        actor = msgspec.structs.replace(work.actor, school_id=term.school_id)

        async def erase(tx: Tx, term: Term = term) -> Erased:
            return await service.erase_due(tx, term)

        await work.means.db.run(actor, erase, work.job.request_id)


KINDS = [erase_names]
