"""What workers do about the stream: it forgets what is old."""

from datetime import timedelta

from schoolgroup.integration.events import service
from schoolgroup.kernel.jobs import Work, kind


@kind("forget_events", every=timedelta(hours=6), seconds_max=600)
async def forget_events(work: Work) -> None:
    """Events older than the installation keeps them are deleted, in order, some at a time."""
    kept = timedelta(days=work.means.settings.events_kept_days)
    while await work.run(lambda tx: service.forget(tx, tx.now - kept)):
        pass


KINDS = [forget_events]
