"""Jobs: work that follows a change without anybody waiting for it.

A service writes the wish in the transaction of the change (`enqueue`); a feature says how it is
done in its `jobs.py` with `@kind(...)`, and app.py names every kind once. A worker (`schoolgroup
work`, or the one inside `up` and `demo`) carries it out as the system of the job's group:

* at least once: a worker that is killed is forgotten after its lease, and the job is taken again;
  so a job looks at what is there before it does anything, and `Work.finish` makes effect and end
  one transaction where both are in the database;
* what fails is tried again, later and later, and after `attempts_max` kept as failed, to be seen
  (`GET /v1/jobs`, `schoolgroup jobs`) and asked for again; `GiveUp` says that trying is no use;
* each has `seconds_max`; what eats memory runs in `kernel.sandbox`.

Why a table of ours and not a library: ARCHITECTURE.md, "Choices, and why".
"""

from schoolgroup.kernel.jobs.models import GiveUp, Job, JobStatus, Kind, Means, Wish, kind
from schoolgroup.kernel.jobs.pulse import Pulse
from schoolgroup.kernel.jobs.queue import TakenByAnother, Work, enqueue, enqueue_many
from schoolgroup.kernel.jobs.worker import Registry, Worker

__all__ = [
    "GiveUp",
    "Job",
    "JobStatus",
    "Kind",
    "Means",
    "Pulse",
    "Registry",
    "TakenByAnother",
    "Wish",
    "Work",
    "Worker",
    "enqueue",
    "enqueue_many",
    "kind",
]
