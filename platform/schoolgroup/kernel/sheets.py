"""Tables as schools have them: CSV (UTF-8 with or without BOM, GB18030) and XLSX, in and out.

Every problem of a file is reported at once, with row, column, value and remedy; a file is taken
whole or not at all.
"""

import codecs
import csv
import io
import re
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from xml.parsers import expat

import msgspec
import xlsxwriter
from python_calamine import CalamineError, CalamineWorkbook

from schoolgroup.kernel.errors import Invalid, Problem
from schoolgroup.kernel.texts import Text
from schoolgroup.kernel.workbooks import BeyondBounds, bound_workbook

ROWS_MAX = 200_000
COLUMNS_MAX = 400
SHEETS_MAX = 50
CELL_CHARACTERS_MAX = 10_000
PROBLEMS_MAX = 1_000
PROBLEM_COLUMN = "问题/problem"
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")
XLSX_CELL_CHARACTERS_MAX = 32_767
NOT_IN_TITLE = re.compile(r"[\[\]:*?/\\\x00-\x1f]")
UNREADABLE = (
    CalamineError,
    expat.ExpatError,
    zipfile.BadZipFile,
    zlib.error,
    IndexError,
    OSError,
    NotImplementedError,  # a compression or encryption this Python does not know
    RuntimeError,  # an encrypted entry
)
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


class Sheet(msgspec.Struct, frozen=True):
    """One sheet of a workbook: the columns it has, also where no row stands below them."""

    header: list[str]
    rows: list[Row]


def read_sheet(content: bytes) -> list[Row]:
    """The rows of a CSV or XLSX file, cells as trimmed NFKC text (full-width digits become plain).

    Raises SheetRefused where it is neither, too large, has no header, a column twice, or a cell
    that is too long or stands below no column: nothing is dropped silently.
    """
    table = _read_xlsx(content)[0] if content[:2] == b"PK" else _read_csv(content)
    return _sheet_of(table).rows


def read_sheets(content: bytes) -> list[Sheet]:
    """Every sheet of an XLSX file, or the one table of a CSV file, as in read_sheet.

    Sheets after the first that are empty are left out. Raises SheetRefused.
    """
    if content[:2] != b"PK":
        return [_sheet_of(_read_csv(content))]
    first, *more = _read_xlsx(content, all_sheets=True)
    return [_sheet_of(first), *(_sheet_of(table) for table in more if any(map(any, table)))]


def _sheet_of(table: list[list[str]]) -> Sheet:
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
    _refuse_lost_cells(header, table)
    rows = [
        Row(number, dict(zip(header, row + [""] * (len(header) - len(row)), strict=False)))
        for number, row in enumerate(table[1:], start=2)
        if any(row)
    ]
    return Sheet(header, rows)


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
    writer.writerow([_shown(name) for name in header])
    writer.writerows([_shown(cell) for cell in row] for row in rows)
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def write_xlsx(title: str, header: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """One worksheet; texts stay texts, so that a cell never becomes a formula."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(
        out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    sheet = book.add_worksheet(NOT_IN_TITLE.sub(" ", title)[:31].strip(" '") or "1")
    bold = book.add_format({"bold": True})
    sheet.write_row(0, 0, header, bold)
    sheet.freeze_panes(1, 0)
    for number, row in enumerate(rows, start=1):
        for column, cell in enumerate(row):
            if isinstance(cell, int | float) and not isinstance(cell, bool):
                sheet.write_number(number, column, cell)
            else:
                text = "" if cell is None else str(cell)
                if len(text) > XLSX_CELL_CHARACTERS_MAX:  # the library would leave it out
                    raise ValueError(f"a cell of {len(text)} characters does not fit a workbook")
                sheet.write_string(number, column, text)
    book.close()
    return out.getvalue()


def write_annotated(title: str, rows: Sequence[Row], problems: Sequence[Problem]) -> bytes:
    """The rows back as a workbook, with what is wrong in the column PROBLEM_COLUMN beside each.

    Raises SheetRefused where a problem is of no row: the columns themselves are wrong.
    """
    return write_xlsx(title, *noted(rows, problems))


def noted(rows: Sequence[Row], problems: Sequence[Problem]) -> tuple[list[str], list[list[object]]]:
    """The header and the rows with what is wrong in the column PROBLEM_COLUMN beside each.

    Raises SheetRefused where a problem is of no row: the columns themselves are wrong.
    """
    if not rows:
        raise SheetRefused(problems=list(problems))
    notes: dict[int, list[str]] = {row.number: [] for row in rows}
    for problem in problems:
        _, _, place = problem.pointer.partition("/")
        number, _, column = place.partition("/")
        if not number.isdigit() or int(number) not in notes:
            raise SheetRefused(problems=list(problems))
        notes[int(number)].append(f"{column}: {problem.detail} → {problem.remedy}")
    header = [name for name in rows[0].cells if name and name != PROBLEM_COLUMN]
    table: list[list[object]] = [
        [*(row.cells[name] for name in header), "; ".join(notes[row.number])[:CELL_CHARACTERS_MAX]]
        for row in rows
    ]
    return [*header, PROBLEM_COLUMN], table


def _read_csv(content: bytes) -> list[list[str]]:
    unicode_text = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    for encoding in ("utf-16",) if unicode_text else ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise _refused("encoding", "neither UTF-8 nor GB18030 nor XLSX", "既非 UTF-8 也非 GB18030")
    if "\0" in text:
        raise _refused("not_a_table", "this is not a table", "不是表格文件")
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    first = text.partition("\n")[0]
    delimiter = max(",\t;", key=first.count)
    csv.field_size_limit(CELL_CHARACTERS_MAX + 1)  # and the apostrophe of a disarmed formula
    try:
        table = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error as wrong:
        raise _refused("not_csv", f"not readable as CSV: {wrong}", "无法按 CSV 读取") from wrong
    return [[_armed(cell) for cell in row] for row in table]


def _read_xlsx(content: bytes, *, all_sheets: bool = False) -> list[list[list[str]]]:
    try:
        bound_workbook(content)
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        numbers = range(min(len(book.sheet_names), SHEETS_MAX) if all_sheets else 1)
        tables = [book.get_sheet_by_index(n).to_python(skip_empty_area=False) for n in numbers]
    except BeyondBounds as beyond:
        raise _refused(beyond.code, beyond.why.en, beyond.why.zh) from beyond
    except UNREADABLE as wrong:
        raise _refused("not_xlsx", "not readable as XLSX", "无法按 XLSX 读取") from wrong
    return [[[_text(cell) for cell in row] for row in rows] for rows in tables]


def _refuse_lost_cells(header: list[str], table: list[list[str]]) -> None:
    """Refuse cells that are too long, and cells that stand below no column's name."""
    problems: list[Problem] = []
    for number, row in enumerate(table, start=1):
        for place, cell in enumerate(row):
            name = header[place] if place < len(header) else ""
            if len(cell) > CELL_CHARACTERS_MAX:
                why = f"more than {CELL_CHARACTERS_MAX} characters"
                problems.append(Problem(f"/{number}/{name}", "cell_too_long", why, "shorten it"))
            elif cell and not name:
                why = f"{cell[:40]!r} in column {place + 1} stands below no column name"
                remedy = "name the column or empty the cell"
                problems.append(Problem(f"/{number}", "cell_without_column", why, remedy))
        if len(problems) >= PROBLEMS_MAX:
            break
    if problems:
        raise SheetRefused(problems=problems[:PROBLEMS_MAX])


def _text(cell: object) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    return "" if cell is None else str(cell)


def _plain(cell: str) -> str:
    return unicodedata.normalize("NFKC", cell).strip()


def _shown(cell: object) -> str:
    """A cell of a CSV file; an apostrophe keeps a text from becoming a formula in an office."""
    text = "" if cell is None else str(cell)
    return "'" + text if isinstance(cell, str) and _would_calculate(text) else text


def _armed(cell: str) -> str:
    """The cell without the apostrophe `_shown` gave it."""
    return cell[1:] if cell.startswith("'") and _would_calculate(cell[1:]) else cell


def _would_calculate(text: str) -> bool:
    # also full-width signs, which some offices read as plain ones; also behind apostrophes, so
    # that a text which itself begins like a disarmed formula comes back as it was
    start = text.lstrip("'")[:1]
    return unicodedata.normalize("NFKC", start).startswith(FORMULA_STARTS)


def _refused(code: str, en: str, zh: str) -> SheetRefused:
    return SheetRefused(Text(en, zh), problems=[Problem("", code, en)])
