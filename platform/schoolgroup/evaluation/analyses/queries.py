"""What an analysis reads besides snapshots, which `results` hands over."""

from uuid import UUID

import msgspec

from schoolgroup.kernel.db import Tx, fetch_all

LIST_TIERS = """
SELECT s.school_id, app.tier_of(s.school_id, app.today()) AS tier
  FROM exam_school s
 WHERE s.group_id = app.group_id() AND s.exam_id = $1
"""


class TierRow(msgspec.Struct, frozen=True):
    """A school of an exam and its tier today; null where it has left the group."""

    school_id: UUID
    tier: str | None


async def list_tiers(tx: Tx, exam_id: UUID) -> list[TierRow]:
    """The tier of each school of an exam."""
    return await fetch_all(tx, TierRow, LIST_TIERS, exam_id)
