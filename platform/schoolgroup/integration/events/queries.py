"""SQL of the stream. A sequence is not commit order: it is read below what may still commit.

Every event carries the id of its transaction, given out in increasing order. At any moment all
transactions below `pg_snapshot_xmin` have ended, so below it nothing can appear any more; what is
read in the order (transaction, seq) below that horizon never skips an event and never repeats one.
(PostgreSQL documentation, 9.28 "Transaction ID and Snapshot Information Functions".)
"""

from schoolgroup.integration.events.models import EventRow, Position, Wanted
from schoolgroup.kernel.db import Tx, fetch_all, fetch_value

HORIZON = "SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint"

# The horizon ($4) was read by an earlier statement: what was below it then is complete now. The
# row's own wall says who may know of it; a school is not told which other schools were addressed.
LIST_EVENTS = """
SELECT e.id, e.type, e.subject, e.at, e.version, e.owner_school_id,
       CASE WHEN (SELECT app.is_office()) THEN e.school_ids
            ELSE ARRAY (SELECT s FROM unnest(e.school_ids) AS s WHERE s = (SELECT app.school_id()))
       END AS school_ids,
       e.data, e.transaction_id::text::bigint AS transaction_id, e.seq
  FROM event e
 WHERE e.group_id = $1
   AND (e.transaction_id, e.seq) > ($2::bigint::text::xid8, $3::bigint)
   AND e.transaction_id < $4::bigint::text::xid8
   AND ($5::text[] IS NULL OR e.type = ANY ($5) OR split_part(e.type, '.', 1) = ANY ($6::text[]))
 ORDER BY e.transaction_id, e.seq
 LIMIT $7
"""


async def horizon(tx: Tx) -> Position:
    """The place below which nothing can appear any more."""
    return Position(await fetch_value(tx, HORIZON), 0)


async def list_events(
    tx: Tx, after: Position, before: Position, wanted: Wanted, limit: int
) -> list[EventRow]:
    """The events after `after` and before the horizon `before`, as far as the actor may know."""
    return await fetch_all(
        tx, EventRow, LIST_EVENTS,
        tx.group_id, after.transaction_id, after.seq, before.transaction_id,
        wanted.types, wanted.families, limit,
    )  # fmt: skip
