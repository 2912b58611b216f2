"""Reading a counted sheet, and what it says of the items: pure."""

from collections.abc import Iterable, Mapping, Sequence

from schoolgroup.kernel.errors import Problem
from schoolgroup.kernel.sheets import Findings, Row, need_columns
from schoolgroup.resources.items.models import Condition, ItemStatus
from schoolgroup.resources.items.stock.models import Counted, Outcome, Said, StockRow

ROWS_MAX = 5000
# The sheet's columns, as they are read, in English or Chinese.
COLUMNS = {
    "barcode": "条码",
    "title": "名称",
    "home_location": "存放位置",
    "status": "状态",
    "known_pieces": "应有件数",
    "found": "在架",
    "location": "实际位置",
    "pieces": "实有件数",
    "condition": "品相",
}
PROBLEM = "问题/problem"
FOUND = {"yes": True, "y": True, "1": True, "是": True, "√": True, "✓": True, "在": True}
MISSING = {"no": False, "n": False, "0": False, "否": False, "×": False, "✗": False, "缺": False}
CONDITIONS = {"good": Condition.GOOD, "worn": Condition.WORN, "poor": Condition.POOR}
CONDITIONS_ZH = {"良好": Condition.GOOD, "磨损": Condition.WORN, "较差": Condition.POOR}
IN_HOUSE = (ItemStatus.AVAILABLE, ItemStatus.RESERVED, ItemStatus.IN_INSPECTION)
OUT = (ItemStatus.ON_LOAN, ItemStatus.CLAIMED, ItemStatus.IN_TRANSIT)


def named(rows: Sequence[Row]) -> list[Row]:
    """The rows with their columns in English. Raises SheetRefused where a needed one is missing."""
    english = {chinese: name for name, chinese in COLUMNS.items()}
    told = [
        Row(row.number, {english.get(name, name): cell for name, cell in row.cells.items()})
        for row in rows
    ]
    need_columns(told, ("barcode", "found"))
    return told


def sheet_rows(items: Iterable[StockRow]) -> list[list[object]]:
    """The items as rows of the sheet; what is counted is left empty."""
    return [
        [i.barcode, i.title, i.home_location, str(i.status), i.pieces, "", "", "", ""]
        for i in items
    ]


def read_counted(
    rows: Sequence[Row], items: Mapping[str, StockRow]
) -> tuple[list[Counted], list[Problem]]:
    """The counted rows, and every problem of the file with its row and column."""
    findings = Findings()
    seen: set[str] = set()
    counted = []
    for row in rows:
        barcode = row.cells.get("barcode", "")
        item = items.get(barcode)
        if item is None:
            why = "your school has no item with this barcode"
            findings.add(row, "barcode", "unknown_barcode", why, "enter the item, or scan it")
        if barcode in seen:
            findings.add(row, "barcode", "twice", "this barcode stands twice", "keep one row")
        seen.add(barcode)
        one = Counted(
            number=row.number,
            barcode=barcode,
            found=_found(row, findings),
            location=row.cells.get("location", "")[:100],
            pieces=_pieces(row, findings),
            condition=_condition(row, findings),
        )
        if item is not None and one.found:
            _check_found(row, item, findings)
        counted.append(one)
    return counted, findings.problems


def outcome(item: StockRow, counted: Counted) -> Outcome | None:
    """What the count says of an item; None where it says nothing: not counted, or rightly out."""
    if counted.found is None:
        return None
    location = counted.location or item.home_location
    if counted.found:
        again = item.status is ItemStatus.LOST
        moved = location != item.home_location
        what: Said = "found_again" if again else "elsewhere" if moved else "in_place"
        return Outcome(item.id, item.barcode, what, location)
    if item.status is ItemStatus.AVAILABLE or item.status is ItemStatus.DAMAGED:
        return Outcome(item.id, item.barcode, "missing", "")
    return None


def _check_found(row: Row, item: StockRow, findings: Findings) -> None:
    if item.status in OUT:
        whom = item.borrower_school_name or ""
        why = f"it is lent to {whom}, and here it is"
        findings.add(row, "found", "is_out", why, "scan it and take it back first")
    if item.status is ItemStatus.WITHDRAWN:
        findings.add(row, "found", "withdrawn", "it was withdrawn", "take its label off")


def _found(row: Row, findings: Findings) -> bool | None:
    cell = row.cells.get("found", "").lower()
    if not cell:
        return None
    if cell in FOUND or cell in MISSING:
        return cell in FOUND
    findings.add(row, "found", "not_yes_or_no", "neither yes nor no", "write 是/yes or 否/no")
    return None


def _pieces(row: Row, findings: Findings) -> int | None:
    cell = row.cells.get("pieces", "")
    if not cell:
        return None
    if cell.isascii() and cell.isdigit() and 1 <= int(cell) <= 10_000:
        return int(cell)
    findings.add(row, "pieces", "not_a_number", "not a number from 1 to 10000", "count again")
    return None


def _condition(row: Row, findings: Findings) -> Condition | None:
    cell = row.cells.get("condition", "").lower()
    if not cell:
        return None
    found = CONDITIONS.get(cell) or CONDITIONS_ZH.get(cell)
    if found is None:
        remedy = "write good, worn, poor or 良好, 磨损, 较差"
        findings.add(row, "condition", "unknown_condition", "no such condition", remedy)
    return found
