"""Whether the server lives and is ready (运行状态).

Written by `make client` from the API description: do not edit.
"""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from msgspec import Struct

from schoolgroup.client import kinds as k


class Health(Struct, frozen=True, kw_only=True, omit_defaults=True):
    status: str
    parts: dict[str, str] = {}


class JobShown(Struct, frozen=True, kw_only=True, omit_defaults=True):
    id: UUID
    kind: str
    status: JobStatus
    running: bool
    attempts: int
    due_at: dt.datetime
    created_at: dt.datetime
    started_at: dt.datetime | None
    ended_at: dt.datetime | None
    failed_because: str | None
    data: dict[str, str]
    version: int
    actions: list[str]


class JobStatus(k.Word):
    """What is known of a job. In hand is never stored: it waits, and somebody holds its lease."""

    WAITING = "waiting"
    DONE = "done"
    FAILED = "failed"


def get_job(job_id: UUID) -> k.Asked[JobShown]:
    """How a job stands.

    One job: whether it waits, is in hand, is done or has failed, and why.
    """
    return k.ask(
        "getJob", "GET", k.path_of("/v1/jobs/{job_id}", job_id=job_id), k.read_json(JobShown)
    )


def health() -> k.Asked[Health]:
    """Is it alive?.

    The process lives.
    """
    return k.ask("health", "GET", "/healthz", k.read_json(Health), signed=False)


def list_jobs(
    *,
    status: JobStatus | None = None,
    kind: str | None = None,
    limit: int | None = None,
    cursor: str | None = None,
) -> k.Asked[k.Page[JobShown]]:
    """What workers do.

    Previews, notices and other work that follows a change, the newest first.

    What is done is forgotten after a week; what failed is kept until it is asked for again.
    """
    return k.ask(
        "listJobs",
        "GET",
        "/v1/jobs",
        k.read_json(k.Page[JobShown]),
        query={"status": status, "kind": kind, "limit": limit, "cursor": cursor},
    )


def readiness() -> k.Asked[Health]:
    """Is it ready?.

    Database and object store answer; 503 names the part that does not.
    """
    return k.ask("readiness", "GET", "/readyz", k.read_json(Health), signed=False)


def retry_job(job_id: UUID, *, idempotency_key: str | None = None) -> k.Asked[JobShown]:
    """Ask again for a failed job.

    It waits anew, with all its attempts before it.
    """
    return k.ask(
        "retryJob",
        "POST",
        k.path_of("/v1/jobs/{job_id}/retry", job_id=job_id),
        k.read_json(JobShown),
        once=True,
        key=idempotency_key,
    )
