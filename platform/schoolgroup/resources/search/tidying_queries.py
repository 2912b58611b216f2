"""SQL of what is added up and refreshed from time to time."""

from datetime import datetime

from schoolgroup.kernel.db import Tx, execute

ADD_UP = """
WITH gone AS (
    DELETE FROM search_tally t
     USING (SELECT family_id, value_id FROM search_tally WHERE group_id = $1
             GROUP BY family_id, value_id HAVING count(*) > 1) many
     WHERE t.group_id = $1 AND t.family_id = many.family_id AND t.value_id = many.value_id
    RETURNING t.group_id, t.family_id, t.value_id, t.n)
INSERT INTO search_tally (group_id, family_id, value_id, n)
SELECT group_id, family_id, value_id, sum(n)
  FROM gone GROUP BY group_id, family_id, value_id HAVING sum(n) <> 0
"""
COUNT_LOANS = """
UPDATE search_entry e SET loans = l.loans
  FROM (SELECT resource_id, count(*)::int AS loans FROM loan WHERE group_id = $1
         GROUP BY resource_id) l
 WHERE e.group_id = $1 AND e.resource_id = l.resource_id AND e.loans <> l.loans
"""
# Of all lots the same name (migration 0040).
JOIN_CHANGES = """
WITH gone AS (DELETE FROM search_change WHERE group_id = $1 RETURNING group_id, lot)
INSERT INTO search_change (group_id, lot) SELECT group_id, bit_xor(lot) FROM gone GROUP BY group_id
"""
FORGET_MOVES = "DELETE FROM search_move WHERE group_id = $1 AND moved_at < $2"


async def add_up(tx: Tx) -> int:
    """Add the differences of each figure up; how many figures had several."""
    return await execute(tx, ADD_UP, tx.group_id)


async def count_loans(tx: Tx) -> int:
    """Count the loans of every resource anew; of how many it was another number."""
    return await execute(tx, COUNT_LOANS, tx.group_id)


async def forget_moves(tx: Tx, before: datetime) -> int:
    """Forget what changed so long ago; how much that was."""
    return await execute(tx, FORGET_MOVES, tx.group_id, before)


async def join_changes(tx: Tx) -> None:
    """Put the marks of all changes of scopes into one."""
    await execute(tx, JOIN_CHANGES, tx.group_id)
