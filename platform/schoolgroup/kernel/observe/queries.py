"""SQL over the whole installation, asked by the system itself of no group."""

import msgspec

from schoolgroup.kernel.db import Tx, fetch_all, fetch_one
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
GET_HORIZON = """
SELECT pg_snapshot_xmin(s)::text::bigint AS oldest, pg_snapshot_xmax(s)::text::bigint AS next
  FROM pg_current_snapshot() AS s
"""


class Horizon(msgspec.Struct, frozen=True):
    """The oldest transaction that still runs, and the next one to come."""

    oldest: int
    next: int


async def queue_state(tx: Tx) -> list[QueueState]:
    """The jobs of every kind over all groups, without those that are done."""
    return await fetch_all(tx, QueueState, QUEUE_STATE)


async def get_horizon(tx: Tx) -> Horizon:
    """Below which number nothing can appear any more in the stream of events."""
    found = await fetch_one(tx, Horizon, GET_HORIZON)
    return found or Horizon(0, 0)
