"""Stock-taking: the sheet, the count (whole or not at all), labels, and where everything is."""

from collections import Counter
from collections.abc import Sequence
from uuid import UUID

from schoolgroup.access.decisions import require
from schoolgroup.directory.rights import mask_at
from schoolgroup.kernel import journal
from schoolgroup.kernel.db import Tx
from schoolgroup.kernel.errors import TooLarge
from schoolgroup.kernel.sheet_files import SheetFile, TableFormat, table_file
from schoolgroup.kernel.sheets import Row, SheetRefused, write_xlsx
from schoolgroup.resources.items.stock import labels, queries, rules
from schoolgroup.resources.items.stock.models import (
    Counted,
    Figure,
    Outcome,
    StockRow,
    StockTaken,
)
from schoolgroup.resources.lending.desk import service as desk
from schoolgroup.resources.lending.shelf import service as shelf

KEEP, FIGURES = "item:keep", "figures:read"
LABELS_MAX = 240
NOT_FOUND = "盘点未见 not found at stock-taking"
EVENTS = {
    "in_place": "item.seen",
    "elsewhere": "item.seen",
    "missing": "item.lost",
    "found_again": "item.found",
}


def counted(rows: Sequence[Row]) -> list[Row]:
    """The rows of a counted sheet under the names we use. Raises SheetRefused, TooLarge."""
    if len(rows) > rules.ROWS_MAX:
        raise TooLarge(facts={"rows_max": rules.ROWS_MAX})
    return rules.named(rows)


async def ask_keep(tx: Tx) -> None:
    """Raise unless the caller keeps the items of a school: asked before a large file is read."""
    school = tx.actor.school_id
    require(tx, KEEP, mask_at(tx, school), thing=f"school/{school}")


async def sheet(tx: Tx, resource_id: UUID | None, form: TableFormat) -> SheetFile:
    """The sheet for stock-taking, in the order of the shelves. Raises NotAllowed, TooLarge."""
    await ask_keep(tx)
    stock = await queries.list_stock(tx, tx.actor.school_id, resource_id, None, rules.ROWS_MAX + 1)
    if len(stock) > rules.ROWS_MAX:
        raise TooLarge(facts={"rows_max": rules.ROWS_MAX})
    header, cells = list(rules.COLUMNS.values()), rules.sheet_rows(stock)
    return await table_file("stock", header, cells, form, title="盘点")


async def annotate(tx: Tx, rows: Sequence[Row]) -> bytes:
    """The counted sheet as a workbook with its problems beside each row. Raises NotAllowed."""
    await ask_keep(tx)
    items = await queries.find_stock(tx, tx.actor.school_id, _barcodes(rows))
    _, problems = rules.read_counted(rows, items)
    beside: dict[str, list[str]] = {}
    for problem in problems:
        _, number, _column = problem.pointer.split("/", 2)
        beside.setdefault(number, []).append(f"{problem.detail} → {problem.remedy}")
    names = list(rows[0].cells)
    header = [rules.COLUMNS.get(name, name) for name in names if name != rules.PROBLEM]
    cells = [
        [
            *(row.cells.get(name, "") for name in names if name != rules.PROBLEM),
            "; ".join(beside.get(str(row.number), [])),
        ]
        for row in rows
    ]
    return write_xlsx("盘点", [*header, rules.PROBLEM], cells)


async def take_stock(tx: Tx, rows: Sequence[Row], *, dry_run: bool) -> StockTaken:
    """Write what was counted, whole or not at all; a dry run only says what that would be.

    What is not on its shelf is lost, what was lost and is there is found; the seats of the offers
    follow. Raises NotAllowed, SheetRefused with every problem of the file.
    """
    await ask_keep(tx)
    school, barcodes = tx.actor.school_id, _barcodes(rows)
    items = await queries.find_stock(tx, school, barcodes)
    if not dry_run:
        async with tx.as_system():
            for resource_id in sorted({item.resource_id for item in items.values()}):
                await shelf.hold_resource(tx, resource_id)
            await queries.lock_stock(tx, school, barcodes)
        items = await queries.find_stock(tx, school, barcodes)
    counted, problems = rules.read_counted(rows, items)
    if problems:
        raise SheetRefused(problems=problems)
    told = [
        (items[one.barcode], one, said)
        for one in counted
        if (said := rules.outcome(items[one.barcode], one)) is not None
    ]
    if not dry_run:
        await _write(tx, told)
    counts = Counter(said.outcome for _, _, said in told)
    return StockTaken(
        dry_run=dry_run,
        rows=len(rows),
        in_place=counts["in_place"],
        elsewhere=counts["elsewhere"],
        missing=counts["missing"],
        found_again=counts["found_again"],
        left_out=len(rows) - len(told),
        outcomes=[said for _, _, said in told if said.outcome != "in_place"],
    )


async def label_page(tx: Tx, resource_id: UUID | None, set_id: UUID | None) -> str:
    """A page of labels to print. Raises NotAllowed."""
    await ask_keep(tx)
    school = tx.actor.school_id
    stock = await queries.list_stock(tx, school, resource_id, set_id, LABELS_MAX)
    return labels.page(await queries.get_school_name(tx, school), stock)


async def figures(tx: Tx) -> list[Figure]:
    """Where the items of the own school are; of every school for the office. Raises NotAllowed."""
    require(tx, FIGURES, thing="figures/items")
    return await queries.list_figures(tx)


async def _write(tx: Tx, told: Sequence[tuple[StockRow, Counted, Outcome]]) -> None:
    states = {"missing": "lost", "found_again": "sound"}
    await queries.write_counted(
        tx,
        [
            (
                item.id,
                said.outcome != "missing",
                said.location,
                one.pieces,
                one.condition,
                states.get(said.outcome),
                {"missing": NOT_FOUND, "found_again": ""}.get(said.outcome),
            )
            for item, one, said in told
        ],
    )
    moved = {item.resource_id for item, _, said in told if said.outcome in states}
    happened: list[desk.Happened] = []
    async with tx.as_system():
        for resource_id in sorted(moved):
            happened += await shelf.follow_resource(tx, resource_id)
    await desk.announce(tx, KEEP, happened)
    await journal.record_many(
        tx,
        [
            journal.Change(
                event=EVENTS[said.outcome],
                act=KEEP,
                thing=f"item/{item.id}",
                version=item.version + 1,
                data={"resource_id": item.resource_id},
                owner_school_id=tx.actor.school_id,
            )
            for item, _, said in told
        ],
    )


def _barcodes(rows: Sequence[Row]) -> list[str]:
    return sorted({row.cells.get("barcode", "") for row in rows})
