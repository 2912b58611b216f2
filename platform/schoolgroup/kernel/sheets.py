"""Tables as schools have them: CSV (UTF-8 with or without BOM, GB18030) and XLSX, in and out.

Every problem of a file is reported at once, with row, column, value and remedy; a file is taken
whole or not at all.
"""

import csv
import io
import unicodedata
import zipfile
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime

import msgspec
import xlsxwriter
from python_calamine import CalamineError, CalamineWorkbook

from schoolgroup.kernel.errors import Invalid, Problem
from schoolgroup.kernel.texts import Text

ROWS_MAX = 200_000
COLUMNS_MAX = 400
CELL_CHARACTERS_MAX = 10_000
UNPACKED_BYTES_MAX = 256 * 1024 * 1024
PROBLEMS_MAX = 1_000
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
CSV_TYPE = "text/csv"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class SheetRefused(Invalid):
    """The file cannot be taken; every problem is listed with its row, column and remedy."""

    code = "sheet_refused"
    title = Text("The file has problems", "文件存在问题")
    remedy = Text(
        "Mend the rows listed in errors and send the whole file again: nothing was taken.",
        "请按 errors 修改后重新上传整个文件：本次未写入任何数据。",
    )


class Row(msgspec.Struct, frozen=True):
    """One row below the header; `number` is the row as a spreadsheet counts it (header is 1)."""

    number: int
    cells: dict[str, str]


def read_sheet(content: bytes) -> list[Row]:
    """The rows of a CSV or XLSX file, cells as trimmed NFKC text (full-width digits become plain).

    Raises SheetRefused where it is neither, too large, has no header or a column twice.
    """
    table = _read_xlsx(content) if content[:2] == b"PK" else _read_csv(content)
    table = [[_plain(cell) for cell in row] for row in table]
    while table and not any(table[-1]):
        table.pop()
    if not table:
        raise _refused("empty", "the file has no header row", "文件没有表头")
    header = table[0]
    while header and not header[-1]:
        header.pop()
    if len(table) - 1 > ROWS_MAX or len(header) > COLUMNS_MAX:
        raise _refused("too_many", f"at most {ROWS_MAX} rows and {COLUMNS_MAX} columns", "行列过多")
    twice = {name for name in header if name and header.count(name) > 1}
    if twice:
        raise _refused("column_twice", f"columns twice: {', '.join(sorted(twice))}", "列名重复")
    return [
        Row(number, dict(zip(header, row + [""] * (len(header) - len(row)), strict=False)))
        for number, row in enumerate(table[1:], start=2)
        if any(row)
    ]


def need_columns(rows: Sequence[Row], needed: Iterable[str]) -> None:
    """Raise SheetRefused unless the file has a row and each needed column."""
    if not rows:
        raise _refused("no_rows", "there is no row below the header", "表头下没有数据行")
    missing = [name for name in needed if name not in rows[0].cells]
    if missing:
        raise SheetRefused(
            problems=[
                Problem(f"/1/{name}", "column_missing", f"the column {name} is missing", "add it")
                for name in missing
            ]
        )


def problem_at(row: Row, column: str, code: str, why: str, remedy: str) -> Problem:
    """A problem of one cell; the pointer is /row/column."""
    value = row.cells.get(column, "")
    return Problem(f"/{row.number}/{column}", code, f"{value!r}: {why}", remedy)


class Findings:
    """Collects the problems of a file, and refuses it whole where there are any."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def add(self, row: Row, column: str, code: str, why: str, remedy: str) -> None:
        """Note one problem; past the bound they are no longer listed."""
        if len(self.problems) < PROBLEMS_MAX:
            self.problems.append(problem_at(row, column, code, why, remedy))

    def cell(
        self, row: Row, column: str, parse: Callable[[str], "object"], code: str, remedy: str
    ) -> object | None:
        """The parsed cell, or None with a noted problem where `parse` raises ValueError."""
        try:
            return parse(row.cells.get(column, ""))
        except ValueError as wrong:
            self.add(row, column, code, str(wrong), remedy)
            return None

    def refuse_any(self) -> None:
        """Raise SheetRefused with everything found, if anything was."""
        if self.problems:
            raise SheetRefused(problems=self.problems)


def parse_date(text: str) -> date | None:
    """A date like 2026-09-01 or 2026/9/1; None for an empty cell; raises ValueError."""
    if not text:
        return None
    try:
        return datetime.strptime(text.replace("/", "-").partition(" ")[0], "%Y-%m-%d").date()  # noqa: DTZ007 - a date for people has no zone
    except ValueError as wrong:
        raise ValueError("not a date") from wrong


def write_csv(header: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """CSV in UTF-8 with BOM, as office programs open it right."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(header)
    writer.writerows([_shown(cell) for cell in row] for row in rows)
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def write_xlsx(title: str, header: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """One worksheet; texts stay texts, so that a cell never becomes a formula."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(
        out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    sheet = book.add_worksheet(title[:31])
    bold = book.add_format({"bold": True})
    sheet.write_row(0, 0, header, bold)
    sheet.freeze_panes(1, 0)
    for number, row in enumerate(rows, start=1):
        for column, cell in enumerate(row):
            if isinstance(cell, int | float) and not isinstance(cell, bool):
                sheet.write_number(number, column, cell)
            else:
                sheet.write_string(number, column, "" if cell is None else str(cell))
    book.close()
    return out.getvalue()


def _read_csv(content: bytes) -> list[list[str]]:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise _refused("encoding", "neither UTF-8 nor GB18030 nor XLSX", "既非 UTF-8 也非 GB18030")
    if "\0" in text:
        raise _refused("not_a_table", "this is not a table", "不是表格文件")
    first = text.partition("\n")[0]
    delimiter = max(",\t;", key=first.count)
    csv.field_size_limit(CELL_CHARACTERS_MAX)
    try:
        return list(csv.reader(io.StringIO(text), delimiter=delimiter))
    except csv.Error as wrong:
        raise _refused("not_csv", f"not readable as CSV: {wrong}", "无法按 CSV 读取") from wrong


def _read_xlsx(content: bytes) -> list[list[str]]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > UNPACKED_BYTES_MAX:
                raise _refused("too_large", "the workbook unpacks too large", "工作簿解压后过大")
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        sheet = book.get_sheet_by_index(0)
        rows = sheet.to_python(skip_empty_area=False)
    except (CalamineError, zipfile.BadZipFile, IndexError, OSError) as wrong:
        raise _refused("not_xlsx", "not readable as XLSX", "无法按 XLSX 读取") from wrong
    return [[_text(cell) for cell in row] for row in rows]


def _text(cell: object) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    return "" if cell is None else str(cell)


def _plain(cell: str) -> str:
    return unicodedata.normalize("NFKC", cell).strip()[:CELL_CHARACTERS_MAX]


def _shown(cell: object) -> str:
    text = "" if cell is None else str(cell)
    return "'" + text if text.startswith(FORMULA_STARTS) and isinstance(cell, str) else text


def _refused(code: str, en: str, zh: str) -> SheetRefused:
    return SheetRefused(Text(en, zh), problems=[Problem("", code, en)])
