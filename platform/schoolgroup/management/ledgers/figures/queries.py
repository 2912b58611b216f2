"""SQL of the figures of ledgers: one function over one view for now and for any day."""

from collections.abc import Sequence
from datetime import datetime

from schoolgroup.kernel.db import Tx, fetch_all
from schoolgroup.management.ledgers.figures.models import By, CountRow, Of, SchoolsRow

COUNT = """
SELECT at, part, total, open, reported, closed, dropped, counted, overdue, on_time, settled
  FROM app.ledger_figures($1, $2, $3, $4, $5, $6, $7)
"""
# Parts as app.ledger_figures names them: today's tiers, and the schools that have left.
COUNT_SCHOOLS = """
SELECT coalesce(t.tier, 'left') AS part, count(*) AS schools
  FROM school s
  LEFT JOIN school_tier t ON t.group_id = s.group_id AND t.school_id = s.id
                         AND t.from_on <= (SELECT app.today())
                         AND (t.until_on IS NULL OR (SELECT app.today()) < t.until_on)
 WHERE s.group_id = $1
 GROUP BY 1
"""


async def count_schools(tx: Tx) -> dict[str, int]:
    """How many schools stand behind each part by tier today."""
    rows = await fetch_all(tx, SchoolsRow, COUNT_SCHOOLS, tx.group_id)
    return {row.part: row.schools for row in rows}


async def count(tx: Tx, instants: Sequence[datetime], by: By, of: Of) -> list[CountRow]:
    """How items stood at each instant, in parts."""
    return await fetch_all(
        tx, CountRow, COUNT, list(instants), by, of.ledger_id, of.initiative_id, of.measure_id,
        of.school_id, of.category,
    )  # fmt: skip
