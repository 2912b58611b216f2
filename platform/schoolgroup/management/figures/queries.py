"""SQL of figures that no feature has of its own: of bulletins, which are made of figures."""

from schoolgroup.access.decisions import with_rights
from schoolgroup.kernel.db import Tx, fetch_all, fetch_one
from schoolgroup.management.figures.models import Issued, SchoolTier

# The rows are those of GET /v1/bulletins?year=: numbered ones are out.
COUNT_BULLETINS = """
SELECT extract(year FROM app.today())::int AS year,
       (SELECT count(*) FROM bulletin b
         WHERE b.group_id = $1 AND b.year = extract(year FROM app.today())::int
           AND /*visible:bulletin:read@bulletin:b*/) AS count
"""
LIST_TIERS = """
SELECT t.school_id, t.tier
  FROM school_tier t
 WHERE t.group_id = $1 AND t.from_on <= (SELECT app.today())
   AND (t.until_on IS NULL OR (SELECT app.today()) < t.until_on)
"""


async def count_bulletins(tx: Tx) -> Issued:
    """Bulletins issued this year at the group's place that the caller may read."""
    found = await fetch_one(tx, Issued, with_rights(tx, COUNT_BULLETINS), tx.group_id)
    assert found is not None  # counts answer always
    return found


async def list_tiers(tx: Tx) -> list[SchoolTier]:
    """The schools of the group today with their tier."""
    return await fetch_all(tx, SchoolTier, LIST_TIERS, tx.group_id)
