"""What workers do for the audit trail: keep its heads where the database cannot reach."""

from datetime import time

from schoolgroup.access.audit.heads import keep_heads
from schoolgroup.kernel.jobs import Work, kind


@kind("keep_audit_heads", daily_at=time(2, 30))
async def keep_audit_heads(work: Work) -> None:
    """Once a day; a repetition writes the same day's object again."""
    means = work.means
    await work.run(lambda tx: keep_heads(tx, means.storage, means.settings.secret))


KINDS = [keep_audit_heads]
