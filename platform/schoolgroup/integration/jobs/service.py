"""Seeing what workers do for the group, and asking again for what failed."""

from collections.abc import Awaitable, Callable
from functools import partial
from uuid import UUID

from schoolgroup.access.decisions import may, require, require_found
from schoolgroup.integration.jobs.models import MACHINE, JobShown, shown
from schoolgroup.kernel import journal
from schoolgroup.kernel.context import system_actor
from schoolgroup.kernel.db import Database, Tx
from schoolgroup.kernel.jobs import Job, JobStatus, queries
from schoolgroup.kernel.paging import PageRequest

LISTED_MAX = 1000
READ, RETRY = "job:read", "job:retry"


async def list_jobs(
    tx: Tx, status: JobStatus | None, kind: str | None, page: PageRequest
) -> list[JobShown]:
    """The group's jobs, the newest first. Raises NotAllowed."""
    require(tx, READ, thing="jobs")
    jobs = await queries.list_jobs(tx, status, kind, page)
    return [shown(job, MACHINE.actions(job.status, partial(may, tx))) for job in jobs]


async def get_job(tx: Tx, job_id: UUID) -> JobShown:
    """One job. Raises NotFound, also for whoever may not see jobs."""
    job = require_found(await queries.get_job(tx, job_id), f"job/{job_id}", READ)
    require(tx, READ, thing=f"job/{job_id}", see=READ)
    return shown(job, MACHINE.actions(job.status, partial(may, tx)))


async def retry_job(tx: Tx, job_id: UUID) -> JobShown:
    """Ask again for a failed job. Raises NotAllowed, NotFound, WrongState."""
    job = require_found(await queries.get_job(tx, job_id), f"job/{job_id}", READ)
    require(tx, RETRY, thing=f"job/{job_id}", see=READ)
    MACHINE.step(job.status, "retry")
    if await queries.ask_again(tx, job_id):  # else another asked in the same instant
        await journal.record(
            tx,
            "job.asked_again",
            act=RETRY,
            thing=f"job/{job_id}",
            version=job.version + 1,
            data={"kind": job.kind},
        )
    return await get_job(tx, job_id)


async def list_some(db: Database, group_id: UUID, status: JobStatus) -> list[Job]:
    """The newest jobs of that status, for the command line."""
    page = PageRequest(limit=LISTED_MAX, after=None)
    return await db.run(
        system_actor(group_id), lambda tx: queries.list_jobs(tx, status, None, page), "jobs"
    )


async def ask_again(db: Database, group_id: UUID, one: str | None) -> int:
    """Ask again for every failed job of the group, or for one; how many, for the command line."""
    failed = [
        job.id
        for job in await list_some(db, group_id, JobStatus.FAILED)
        if one is None or str(job.id) == one
    ]
    for job_id in failed:
        await db.run(system_actor(group_id), _retrying(job_id), "jobs")
    return len(failed)


def _retrying(job_id: UUID) -> Callable[[Tx], Awaitable[JobShown]]:
    return lambda tx: retry_job(tx, job_id)
