"""SQL of the figures of ledgers: one function over one view for now and for any day."""

from collections.abc import Sequence
from datetime import datetime

from schoolgroup.kernel.db import Tx, fetch_all
from schoolgroup.management.ledgers.figures.models import By, CountRow, Of

COUNT = """
SELECT at, part, total, open, reported, closed, dropped, counted, overdue, on_time, settled
  FROM app.ledger_figures($1, $2, $3, $4, $5, $6, $7)
"""


async def count(tx: Tx, instants: Sequence[datetime], by: By, of: Of) -> list[CountRow]:
    """How items stood at each instant, in parts."""
    return await fetch_all(
        tx, CountRow, COUNT, list(instants), by, of.ledger_id, of.initiative_id, of.measure_id,
        of.school_id, of.category,
    )  # fmt: skip
