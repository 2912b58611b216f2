"""SQL of the job queue. Every statement is about one group, but the one that asks which is due."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

from schoolgroup.kernel.db import Tx, execute, fetch_all, fetch_one, fetch_value
from schoolgroup.kernel.jobs.models import GroupClock, Job, JobStatus, Taken
from schoolgroup.kernel.observe import traces
from schoolgroup.kernel.paging import PageRequest

# The update of a job that waits already keeps it from being taken before this change commits:
# whoever does it then sees the change.
ENQUEUE = """
INSERT INTO job AS j (group_id, id, kind, data, once_key, status, due_at, request_id, created_at,
                      trace_parent)
VALUES ($1, $2, $3, $4, $5, 'waiting', $6, $7, $8, $9)
ON CONFLICT (group_id, kind, once_key) WHERE status = 'waiting' AND once_key IS NOT NULL
DO UPDATE SET due_at = least(j.due_at, excluded.due_at)
RETURNING id
"""
ENQUEUE_MANY = """
INSERT INTO job AS j (group_id, id, kind, data, once_key, status, due_at, request_id, created_at,
                      trace_parent)
SELECT $1, x.id, $2, x.data, x.once_key, 'waiting', $3, $4, $3, $6
  FROM jsonb_to_recordset($5) AS x (id uuid, data jsonb, once_key text)
ON CONFLICT (group_id, kind, once_key) WHERE status = 'waiting' AND once_key IS NOT NULL
DO UPDATE SET due_at = least(j.due_at, excluded.due_at)
"""
ENQUEUE_TURN = """
INSERT INTO job (group_id, id, kind, data, status, due_at, request_id, created_at)
VALUES ($1, $2, $3, $4, 'waiting', $5, $6, $7)
ON CONFLICT (group_id, id) DO NOTHING
"""
# One probe of an index for each group, however much waits there; in no order, so that no group
# keeps the others waiting.
LIST_GROUPS_DUE = """
SELECT g.id
  FROM education_group g
 WHERE EXISTS (SELECT FROM job j
                WHERE j.group_id = g.id AND j.status = 'waiting'
                  AND j.due_at <= (SELECT app.now()) AND j.kind = ANY ($1::text[]))
 ORDER BY random()
 LIMIT $2
"""
LIST_GROUPS = "SELECT id, time_zone FROM education_group ORDER BY id"
# What holds the key of untouched jobs lets it go: a wish that comes now is another job.
TAKE = """
UPDATE job j
   SET attempts = j.attempts + 1, worker = $2, due_at = app.now() + $3, once_key = NULL,
       started_at = app.now(), version = j.version + 1
  FROM education_group g
 WHERE g.id = j.group_id AND j.group_id = $1
   AND j.id IN (SELECT w.id FROM job w
                 WHERE w.group_id = $1 AND w.status = 'waiting' AND w.due_at <= app.now()
                   AND w.kind = ANY ($4::text[])
                 ORDER BY w.due_at, w.id
                 LIMIT $5
                   FOR UPDATE SKIP LOCKED)
RETURNING j.group_id, j.id, j.kind, j.data, j.attempts, g.time_zone, j.request_id,
          j.trace_parent
"""
HOLD = """
UPDATE job SET due_at = app.now() + $5
 WHERE group_id = $1 AND id = $2 AND worker = $3 AND attempts = $4 AND status = 'waiting'
"""
GIVE_BACK = """
UPDATE job SET due_at = app.now(), worker = NULL, attempts = attempts - 1, version = version + 1
 WHERE group_id = $1 AND id = $2 AND worker = $3 AND attempts = $4 AND status = 'waiting'
"""
TRY_AGAIN = """
UPDATE job
   SET due_at = app.now() + $5, worker = NULL, failed_because = $6, version = version + 1
 WHERE group_id = $1 AND id = $2 AND worker = $3 AND attempts = $4 AND status = 'waiting'
"""
END = """
UPDATE job
   SET status = $5, ended_at = app.now(), worker = NULL, failed_because = $6,
       version = version + 1
 WHERE group_id = $1 AND id = $2 AND worker = $3 AND attempts = $4 AND status = 'waiting'
"""
DROP = """
DELETE FROM job
 WHERE group_id = $1 AND id = $2 AND worker = $3 AND attempts = $4 AND status = 'waiting'
"""
FORGET_DONE = """
DELETE FROM job
 WHERE group_id = $1 AND (group_id, id) IN (
       SELECT group_id, id FROM job
        WHERE group_id = $1 AND ended_at < $2 AND status = 'done'
        ORDER BY ended_at LIMIT $3)
"""
LIST_JOBS = """
SELECT id, kind, status, worker IS NOT NULL AND due_at > app.now() AS running, attempts, due_at,
       created_at, started_at, ended_at, failed_because, data, version
  FROM job
 WHERE group_id = $1
   AND ($2::text IS NULL OR status = $2)
   AND ($3::text IS NULL OR kind = $3)
   AND ($4::uuid IS NULL OR id < $4)
 ORDER BY id DESC
 LIMIT $5
"""
GET_JOB = """
SELECT id, kind, status, worker IS NOT NULL AND due_at > app.now() AS running, attempts, due_at,
       created_at, started_at, ended_at, failed_because, data, version
  FROM job
 WHERE group_id = $1 AND id = $2
"""
ASK_AGAIN = """
UPDATE job
   SET status = 'waiting', attempts = 0, due_at = app.now(), ended_at = NULL, version = version + 1
 WHERE group_id = $1 AND id = $2 AND status = 'failed'
"""


async def enqueue(
    tx: Tx,
    job_id: UUID,
    kind: str,
    data: Mapping[str, object],
    once_key: str | None,
    due_at: datetime,
) -> UUID:
    """Write a job, or find the untouched one with its key; its id."""
    found: UUID = await fetch_value(
        tx, ENQUEUE, tx.group_id, job_id, kind, data, once_key, due_at, tx.request_id, tx.now,
        traces.parent_now(),
    )  # fmt: skip
    return found


async def enqueue_many(tx: Tx, kind: str, jobs: list[dict[str, object]]) -> None:
    """Write jobs (id, data, once_key), or find the untouched ones with their keys."""
    parent = traces.parent_now()
    await execute(tx, ENQUEUE_MANY, tx.group_id, kind, tx.now, tx.request_id, jobs, parent)


async def enqueue_turn(tx: Tx, job_id: UUID, kind: str, data: Mapping[str, object]) -> bool:
    """Write the job of a schedule's turn unless it was written before."""
    return bool(
        await execute(
            tx, ENQUEUE_TURN, tx.group_id, job_id, kind, data, tx.now, tx.request_id, tx.now
        )
    )


async def list_groups_due(tx: Tx, kinds: list[str], limit: int) -> list[UUID]:
    """Groups in which something is due, in no order."""
    rows = await tx.connection.fetch(LIST_GROUPS_DUE, kinds, limit)
    return [row["id"] for row in rows]


async def list_groups(tx: Tx) -> list[GroupClock]:
    """Every group of the installation."""
    return await fetch_all(tx, GroupClock, LIST_GROUPS)


async def take(tx: Tx, worker: str, lease: timedelta, kinds: list[str], limit: int) -> list[Taken]:
    """Take what is due in this group; what another worker is taking is passed over."""
    return await fetch_all(tx, Taken, TAKE, tx.group_id, worker, lease, kinds, limit)


async def hold(tx: Tx, job: Taken, worker: str, lease: timedelta) -> bool:
    """Keep a job for longer; False where it is no longer ours."""
    return bool(await execute(tx, HOLD, job.group_id, job.id, worker, job.attempts, lease))


async def give_back(tx: Tx, job: Taken, worker: str) -> None:
    """Let others have it at once, as if it had not been taken."""
    await execute(tx, GIVE_BACK, job.group_id, job.id, worker, job.attempts)


async def try_again(tx: Tx, job: Taken, worker: str, delay: timedelta, failed_because: str) -> bool:
    """Let it wait; False where it is no longer ours."""
    return bool(
        await execute(
            tx, TRY_AGAIN, job.group_id, job.id, worker, job.attempts, delay, failed_because
        )
    )


async def end(
    tx: Tx, job: Taken, worker: str, status: JobStatus, failed_because: str | None = None
) -> bool:
    """Settle it; False where it is no longer ours."""
    return bool(
        await execute(tx, END, job.group_id, job.id, worker, job.attempts, status, failed_because)
    )


async def drop(tx: Tx, job: Taken, worker: str) -> None:
    """Forget a job that is done; nothing where it is no longer ours."""
    await execute(tx, DROP, job.group_id, job.id, worker, job.attempts)


async def forget_done(tx: Tx, before: datetime, limit: int) -> int:
    """Delete jobs done before then; how many."""
    return await execute(tx, FORGET_DONE, tx.group_id, before, limit)


async def list_jobs(
    tx: Tx, status: JobStatus | None, kind: str | None, page: PageRequest
) -> list[Job]:
    """The group's jobs, the newest first."""
    after = UUID(str(page.after[0])) if page.after else None
    return await fetch_all(tx, Job, LIST_JOBS, tx.group_id, status, kind, after, page.limit)


async def get_job(tx: Tx, job_id: UUID) -> Job | None:
    """One job of the group."""
    return await fetch_one(tx, Job, GET_JOB, tx.group_id, job_id)


async def ask_again(tx: Tx, job_id: UUID) -> bool:
    """Let a failed job wait once more; False where it has not failed."""
    return bool(await execute(tx, ASK_AGAIN, tx.group_id, job_id))
