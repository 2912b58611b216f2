"""The newest releases at a glance, for dashboards: told as the releases tell them.

By tier a release says nothing: its means are those of its schools taken together, and a school is
told of none that would tell it of fewer than the release does.
"""

from collections.abc import Sequence

from schoolgroup.evaluation.statistics import queries
from schoolgroup.evaluation.statistics.models import (
    Glance,
    GlanceRow,
    TierMean,
    TierRow,
)
from schoolgroup.evaluation.statistics.privacy import may_part
from schoolgroup.kernel.db import Tx
from schoolgroup.kernel.paging import PageRequest

DECIMALS = 4


async def glance(tx: Tx, newest: int) -> list[Glance]:
    """Of the newest releases that stand and that the caller may read now, each subject.

    A school gets its own figures beside those of all schools and of its tier, the office those of
    all and of each tier. What the release hides is hidden here.
    """
    found = await queries.list_releases(tx, None, PageRequest(limit=newest), standing=True)
    titles = {row.id: row.title for row in found}
    if not titles:
        return []
    rows = await queries.list_glances(tx, list(titles), tx.actor.school_id)
    async with tx.as_system():  # means over schools that do not see each other
        parts = await queries.list_tiers(tx, [row.release_id for row in rows if row.whole])
    return [
        Glance(
            row.release_id, titles[row.release_id], row.subject, row.whole, row.own,
            _tiers(row, [p for p in parts if (p.release_id, p.subject) == (
                row.release_id, row.subject)], tx.actor.school_id is None, tx.actor.tier),
        )
        for row in rows
    ]  # fmt: skip


def _tiers(
    row: GlanceRow, parts: Sequence[TierRow], for_office: bool, own_tier: str
) -> list[TierMean]:
    """Each tier's mean for the office, which sees every school; for a school its own tier's."""
    tiers = {part.tier: [p for p in parts if p.tier == part.tier] for part in parts}
    told = for_office or (
        row.whole is not None
        and not row.whole.suppressed
        and may_part(
            {tier: [(p.present, p.hidden) for p in own] for tier, own in tiers.items()},
            row.cell_pupils_min,
        )
    )
    return [
        TierMean(tier, len(own), _mean(own) if told else None)
        for tier, own in sorted(tiers.items())
        if tier and (for_office or tier == own_tier)
    ]


def _mean(parts: Sequence[TierRow]) -> float:
    """Over all pupils present, of whom each school tells how many there were and their mean."""
    whole = sum(part.present * part.mean for part in parts)
    return round(whole / sum(part.present for part in parts), DECIMALS)
