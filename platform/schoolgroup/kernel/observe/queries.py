"""SQL over the whole installation, asked by the system itself of no group."""

from datetime import datetime

import msgspec

from schoolgroup.kernel.db import Tx, fetch_all, fetch_one, fetch_value
from schoolgroup.kernel.observe.metrics import QueueState

QUEUE_STATE = """
SELECT kind,
       count(*) FILTER (WHERE status = 'waiting'
                          AND (worker IS NULL OR due_at <= (SELECT app.now()))) AS waiting,
       count(*) FILTER (WHERE status = 'waiting' AND worker IS NOT NULL
                          AND due_at > (SELECT app.now())) AS running,
       count(*) FILTER (WHERE status = 'waiting' AND worker IS NULL AND attempts > 0) AS retried,
       count(*) FILTER (WHERE status = 'failed') AS given_up,
       coalesce(extract(epoch FROM (SELECT app.now()) - min(due_at) FILTER (
           WHERE status = 'waiting' AND due_at <= (SELECT app.now()))), 0)::float8 AS oldest_due_s
  FROM job
 WHERE status IN ('waiting', 'failed')
 GROUP BY kind
 ORDER BY kind
"""
NEWEST_JOB_AT = (
    "SELECT max(greatest(created_at, started_at)) FROM job WHERE request_id = 'schedule'"
)
COUNT_WEBHOOKS = """
SELECT count(*) FILTER (WHERE event_id IS NOT NULL) AS pending,
       count(*) FILTER (WHERE tries > 0) AS failing
  FROM webhook_stream
 WHERE ended_at IS NULL
"""
GET_HORIZON = """
SELECT pg_snapshot_xmin(s)::text::bigint AS oldest, pg_snapshot_xmax(s)::text::bigint AS next
  FROM pg_current_snapshot() AS s
"""


class Horizon(msgspec.Struct, frozen=True):
    """The oldest transaction that still runs, and the next one to come."""

    oldest: int
    next: int


class Webhooks(msgspec.Struct, frozen=True):
    """Subscribers that wait for an event, and those that did not take the last one."""

    pending: int
    failing: int


async def count_webhooks(tx: Tx) -> Webhooks:
    """How the streams to subscribers stand, over all groups."""
    return await fetch_one(tx, Webhooks, COUNT_WEBHOOKS) or Webhooks(0, 0)


async def queue_state(tx: Tx) -> list[QueueState]:
    """The jobs of every kind over all groups, without those that are done."""
    return await fetch_all(tx, QueueState, QUEUE_STATE)


async def newest_job_at(tx: Tx) -> datetime | None:
    """When a worker last wrote, or took, the job of a schedule."""
    found: datetime | None = await fetch_value(tx, NEWEST_JOB_AT)
    return found


async def get_horizon(tx: Tx) -> Horizon:
    """Below which number nothing can appear any more in the stream of events."""
    found = await fetch_one(tx, Horizon, GET_HORIZON)
    return found or Horizon(0, 0)
