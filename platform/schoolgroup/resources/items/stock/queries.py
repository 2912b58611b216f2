"""SQL of stock-taking and of the figures of items: always of the caller's own school."""

from collections.abc import Sequence
from uuid import UUID

from schoolgroup.kernel.db import Tx, execute_many, fetch_all, fetch_value
from schoolgroup.resources.items.models import Condition
from schoolgroup.resources.items.stock.models import Figure, StockRow

_STOCK = """i.id, i.resource_id, r.title, i.barcode, i.scheme, i.home_location, i.seen_location,
       n.status, i.condition, i.pieces, b.name AS borrower_school_name, i.seen_at, i.version
  FROM item i
  JOIN item_now n ON n.group_id = i.group_id AND n.item_id = i.id
  JOIN resource r ON r.group_id = i.group_id AND r.id = i.resource_id
  LEFT JOIN school b ON b.group_id = n.group_id AND b.id = n.borrower_school_id"""

LIST_STOCK = f"""
SELECT {_STOCK}
 WHERE i.group_id = $1 AND i.school_id = $2 AND i.state <> 'withdrawn'
   AND ($3::uuid IS NULL OR i.resource_id = $3) AND ($4::uuid IS NULL OR i.set_id = $4)
 ORDER BY i.home_location, i.barcode
 LIMIT $5
"""

FIND_STOCK = f"""
SELECT {_STOCK}
 WHERE i.group_id = $1 AND i.school_id = $2 AND i.barcode = ANY ($3)
"""

LOCK_STOCK = """
SELECT count(*) FROM (SELECT id FROM item
                       WHERE group_id = $1 AND school_id = $2 AND barcode = ANY ($3)
                       ORDER BY id FOR UPDATE) AS held
"""

WRITE_COUNTED = """
UPDATE item SET seen_at = CASE WHEN $3 THEN app.now() ELSE seen_at END,
                seen_location = CASE WHEN $3 THEN $4 ELSE seen_location END,
                pieces = coalesce($5, pieces), condition = coalesce($6, condition),
                state = coalesce($7, state), state_because = coalesce($8, state_because),
                version = version + 1, updated_at = app.now()
 WHERE group_id = $1 AND id = $2
"""

LIST_FIGURES = """
SELECT f.school_id, f.school_name, f.owned, f.available, f.reserved, f.in_transit, f.out,
       f.overdue, f.claimed, f.in_inspection, f.damaged, f.lost, f.in_hand, f.in_hand_overdue
  FROM item_figures f
 WHERE f.group_id = $1 AND (app.is_office() OR f.school_id = app.school_id())
 ORDER BY f.school_code
"""

GET_SCHOOL_NAME = "SELECT name FROM school WHERE group_id = $1 AND id = $2"

Counting = tuple[UUID, bool, str, int | None, Condition | None, str | None, str | None]


async def list_stock(
    tx: Tx,
    school_id: UUID | None,
    resource_id: UUID | None,
    set_id: UUID | None,
    rows_max: int,
) -> list[StockRow]:
    """The school's items as they stand on the shelves, withdrawn ones left out."""
    return await fetch_all(
        tx, StockRow, LIST_STOCK, tx.group_id, school_id, resource_id, set_id, rows_max
    )


async def find_stock(
    tx: Tx, school_id: UUID | None, barcodes: Sequence[str]
) -> dict[str, StockRow]:
    """The school's items with these barcodes."""
    rows = await fetch_all(tx, StockRow, FIND_STOCK, tx.group_id, school_id, list(barcodes))
    return {row.barcode: row for row in rows}


async def lock_stock(tx: Tx, school_id: UUID | None, barcodes: Sequence[str]) -> None:
    """Hold these items until commit."""
    await fetch_value(tx, LOCK_STOCK, tx.group_id, school_id, list(barcodes))


async def write_counted(tx: Tx, rows: Sequence[Counting]) -> None:
    """Write what was counted: id, seen, where, pieces, condition, state and why."""
    await execute_many(tx, WRITE_COUNTED, [(tx.group_id, *row) for row in rows])


async def list_figures(tx: Tx) -> list[Figure]:
    """The own school's figures; the office sees every school's."""
    return await fetch_all(tx, Figure, LIST_FIGURES, tx.group_id)


async def get_school_name(tx: Tx, school_id: UUID | None) -> str:
    """The name that stands on the labels."""
    name: str | None = await fetch_value(tx, GET_SCHOOL_NAME, tx.group_id, school_id)
    return name or ""
