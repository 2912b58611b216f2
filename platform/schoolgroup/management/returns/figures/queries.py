"""SQL of the counts and sums over all schools of a call."""

from uuid import UUID

from schoolgroup.access.decisions import with_rights
from schoolgroup.kernel.db import Tx, fetch_all, fetch_one
from schoolgroup.management.returns.figures.models import AskedCall, CountRow, SumRow

GET_CALL = """
SELECT c.id, c.form_id, c.form_version, /*relations:call:c*/ AS relations
  FROM return_call c
 WHERE c.group_id = $1 AND c.id = $2
"""
COUNT_BY_TIER = """
SELECT tier, targets, exempt, expected, not_begun, drafting, sent_back, submitted, accepted,
       answered, on_time, closes_at
  FROM app.call_completeness($1)
"""
SUM_BY_TIER = """
SELECT field_code, tier, schools, sum::float8 AS sum, mean::float8 AS mean
  FROM app.call_figures($1, $2)
"""


async def get_call(tx: Tx, call_id: UUID) -> AskedCall | None:
    """What a figure needs to know of its call, with the relations to the actor."""
    return await fetch_one(tx, AskedCall, with_rights(tx, GET_CALL), tx.group_id, call_id)


async def count_by_tier(tx: Tx, call_id: UUID) -> list[CountRow]:
    """Each tier, then all of them; over every school of the call, whoever asks."""
    return await fetch_all(tx, CountRow, COUNT_BY_TIER, call_id)


async def sum_by_tier(tx: Tx, call_id: UUID, *, only_accepted: bool) -> list[SumRow]:
    """Each number of the form by tier, then over all; over every school, whoever asks."""
    return await fetch_all(tx, SumRow, SUM_BY_TIER, call_id, only_accepted)
