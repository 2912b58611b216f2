"""What workers do: bring events to endpoints, and forget what was brought long ago."""

from datetime import timedelta

from schoolgroup.integration.webhooks import delivering, queries, stream_queries
from schoolgroup.integration.webhooks.service import DELIVER_ONE
from schoolgroup.kernel.db import Tx
from schoolgroup.kernel.jobs import Kind, Wish, Work, kind

LANE = "webhooks"  # they wait for receivers: hands of their own
PER_SCHOOL, AT_ONCE = 4, 200
FORGET_AT_ONCE = 5000
DELIVERIES_KEPT = timedelta(days=30)


async def find_due(tx: Tx) -> list[Wish]:
    """Each stream that has something to tell."""
    return await stream_queries.find_due(tx, PER_SCHOOL, AT_ONCE)


@kind("deliver_webhooks", seconds_max=60, found_by=find_due, lane=LANE, forgotten=True)
async def deliver_webhooks(work: Work) -> None:
    """One endpoint's next events, in order."""
    await delivering.deliver_stream(work)


@kind(DELIVER_ONE, seconds_max=60, lane=LANE)
async def deliver_asked(work: Work) -> None:
    """A test, or an event once more."""
    await delivering.deliver_asked(work)


@kind("forget_deliveries", every=timedelta(hours=6))
async def forget_deliveries(work: Work) -> None:
    """Deliveries that ended a month ago are forgotten."""
    while await work.run(
        lambda tx: queries.forget_deliveries(tx, tx.now - DELIVERIES_KEPT, FORGET_AT_ONCE)
    ):
        pass


KINDS: list[Kind] = [deliver_webhooks, deliver_asked, forget_deliveries]
