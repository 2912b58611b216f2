"""What the office sees of the workers' jobs."""

from datetime import datetime
from uuid import UUID

import msgspec

from schoolgroup.kernel.jobs import Job, JobStatus
from schoolgroup.kernel.transitions import Machine, Transition

MACHINE: Machine[JobStatus] = Machine(
    "job",
    [Transition("retry", "job:retry", (JobStatus.FAILED,), JobStatus.WAITING)],
)


class JobShown(msgspec.Struct, frozen=True, kw_only=True):
    """A job. `running`: a worker has it in hand at this moment; `data` names what it is about.

    `due_at`: when it is taken next (or, running, when it would be taken from a lost worker);
    `failed_because`: why the last attempt failed, as a code and sometimes a sentence.
    """

    id: UUID
    kind: str
    status: JobStatus
    running: bool
    attempts: int
    due_at: datetime
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    failed_because: str | None
    data: dict[str, str]
    version: int
    actions: list[str]


def shown(job: Job, actions: list[str]) -> JobShown:
    """The job with what the caller may do to it."""
    known = msgspec.structs.asdict(job)
    known["data"] = {name: str(value) for name, value in job.data.items()}
    return JobShown(**known, actions=actions)
