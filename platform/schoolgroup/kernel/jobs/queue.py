"""Wishing for a job, and the job in the hand of its worker."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Any, TypeVar
from uuid import UUID

import msgspec

from schoolgroup.kernel.context import Actor, system_actor
from schoolgroup.kernel.db import Tx
from schoolgroup.kernel.ids import new_id
from schoolgroup.kernel.jobs import queries
from schoolgroup.kernel.jobs.models import JobStatus, Means, Taken

T = TypeVar("T")
AT_ONCE = timedelta()


class TakenByAnother(Exception):
    """Our lease ran out and another worker has the job: whatever we did must not stand."""


async def enqueue(
    tx: Tx,
    kind: str,
    data: Mapping[str, object],
    *,
    once: str | None = None,
    delay: timedelta = AT_ONCE,
) -> UUID:
    """Wish for a job of `kind` when this transaction commits; its id. Any actor may.

    `data` holds ids, never personal data. `once`: while a job of this kind with the same key waits
    untouched, this wish is that job (and it comes no later than wished for here).
    """
    return await queries.enqueue(tx, new_id(), kind, data, once, tx.now + delay)


class Work:
    """One job in hand: what it is about, and the means to do it."""

    def __init__(self, means: Means, job: Taken, worker: str) -> None:
        self.means = means
        self.job = job
        self.worker = worker
        self.actor: Actor = msgspec.structs.replace(
            system_actor(job.group_id), time_zone=job.time_zone
        )
        self.is_finished = False

    @property
    def group_id(self) -> UUID:
        """The group the job belongs to."""
        return self.job.group_id

    @property
    def data(self) -> dict[str, Any]:
        """What it is about, as it was wished for."""
        return self.job.data

    async def run(self, work: Callable[[Tx], Awaitable[T]]) -> T:
        """Run `work` in a transaction of the system in the job's group."""
        return await self.means.db.run(self.actor, work, self.job.request_id)

    async def finish(self, work: Callable[[Tx], Awaitable[T]]) -> T:
        """Run `work` in a transaction that also ends the job: both stand, or neither.

        Raises TakenByAnother, and undoes `work`, where the job is no longer ours.
        """

        async def settle(tx: Tx) -> T:
            result = await work(tx)
            if not await queries.end(tx, self.job, self.worker, JobStatus.DONE):
                raise TakenByAnother
            return result

        result = await self.run(settle)
        self.is_finished = True
        return result
