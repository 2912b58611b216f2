"""Sheets handed out: a file back as it came with what is wrong in it, and marked exports.

A mark says who took the export, when, and under which number the audit trail has it. It stands in
a last column of every row, so that it is there still when rows are cut out or the file is renamed;
a workbook has it in its properties and at the foot of every printed page too.
"""

import asyncio
import io
from collections.abc import Awaitable, Iterable, Sequence
from enum import StrEnum
from html import escape

import msgspec
import xlsxwriter

from schoolgroup.kernel.errors import Problem
from schoolgroup.kernel.sheets import (
    CSV_TYPE,
    NOT_IN_TITLE,
    PROBLEM_COLUMN,
    XLSX_TYPE,
    Row,
    SheetRefused,
    noted,
    read_sheet,
    write_annotated,
    write_csv,
    write_xlsx,
)

MARK_COLUMN = "导出标记/export"
# columns that stand in files we hand out; whoever sends such a file in again need not remove them
NOTES = frozenset({PROBLEM_COLUMN, MARK_COLUMN})
HTML_TYPE = "text/html; charset=utf-8"
XLSX_FOOTER_CHARACTERS_MAX = 200  # the format's bound is 255


class SheetFormat(StrEnum):
    """How an export is written."""

    CSV = "csv"
    XLSX = "xlsx"
    HTML = "html"


class TableFormat(StrEnum):
    """How a table is written as a file."""

    CSV = "csv"
    XLSX = "xlsx"


class ListFormat(StrEnum):
    """How a list is answered: as it is, or as a file."""

    JSON = "json"
    CSV = "csv"
    XLSX = "xlsx"


class SheetFile(msgspec.Struct, frozen=True):
    """A file to send: its name, media type and bytes."""

    name: str
    media_type: str
    content: bytes


async def table_file(
    name: str,
    header: Sequence[str],
    rows: Sequence[Sequence[object]],
    form: TableFormat | ListFormat,
    title: str | None = None,
) -> SheetFile:
    """A table as `name.csv` or `name.xlsx`, written beside the event loop; `title` of the page."""
    if form == TableFormat.XLSX:
        content = await asyncio.to_thread(write_xlsx, title or name, header, rows)
        return SheetFile(f"{name}.xlsx", XLSX_TYPE, content)
    return SheetFile(f"{name}.csv", CSV_TYPE, await asyncio.to_thread(write_csv, header, rows))


class Table(msgspec.Struct, frozen=True):
    """One more sheet of a workbook."""

    name: str
    header: Sequence[str]
    rows: Sequence[Sequence[object]]


def with_notes(
    sent: bytes, name: str, rows: Sequence[Row], problems: Sequence[Problem]
) -> SheetFile:
    """The rows back, CSV as CSV and XLSX as XLSX, with what is wrong beside each.

    Raises SheetRefused where a problem is of no row: the columns themselves are wrong.
    """
    header, table = noted(rows, problems)
    if sent[:2] == b"PK":
        return SheetFile(f"{name}.xlsx", XLSX_TYPE, write_xlsx(name, header, table))
    return SheetFile(f"{name}.csv", CSV_TYPE, write_csv(header, table))


async def problems_of(trial: Awaitable[object]) -> list[Problem]:
    """What a dry run of a file finds wrong in it; nothing where the file would be taken."""
    try:
        await trial
    except SheetRefused as refused:
        return refused.problems
    return []


async def checked(sent: bytes, name: str, trial: Awaitable[object]) -> SheetFile:
    """The file back as it came, with what a dry run of it finds wrong beside each row.

    Raises SheetRefused where a problem is of no row, and what else the dry run raises.
    """
    problems = await problems_of(trial)
    return await asyncio.to_thread(lambda: with_notes(sent, name, read_sheet(sent), problems))


async def checked_workbook(name: str, rows: Sequence[Row], trial: Awaitable[object]) -> SheetFile:
    """The rows back as `name-checked.xlsx`, else as `checked` does."""
    content = await asyncio.to_thread(write_annotated, name, rows, await problems_of(trial))
    return SheetFile(f"{name}-checked.xlsx", XLSX_TYPE, content)


def exported(
    name: str,
    header: Sequence[str],
    rows: Iterable[Sequence[object]],
    mark: str,
    form: SheetFormat,
    more: Sequence[Table] = (),
) -> SheetFile:
    """A table to take away, with the mark on every row; a workbook takes `more` sheets."""
    named, table = [*header, MARK_COLUMN], [[*row, mark] for row in rows]
    if form is SheetFormat.CSV:
        return SheetFile(f"{name}.csv", CSV_TYPE, write_csv(named, table))
    if form is SheetFormat.HTML:
        return SheetFile(f"{name}.html", HTML_TYPE, _page(name, named, table, mark).encode())
    return SheetFile(
        f"{name}.xlsx",
        XLSX_TYPE,
        _workbook([Table(name, named, table), *(_marked(one, mark) for one in more)], mark),
    )


def foot(mark: str) -> str:
    """The mark as the foot of every printed page of an HTML document."""
    return (
        '<footer style="position:fixed;bottom:0;left:0;right:0;font-size:7pt;color:#555">'
        f"{escape(mark)}</footer>"
    )


def _marked(table: Table, mark: str) -> Table:
    return Table(table.name, [*table.header, MARK_COLUMN], [[*row, mark] for row in table.rows])


def _workbook(tables: Sequence[Table], mark: str) -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(
        out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    book.set_properties({"title": tables[0].name, "comments": mark, "keywords": mark})
    bold = book.add_format({"bold": True})
    taken: set[str] = set()
    for place, table in enumerate(tables, start=1):
        # names are at most 31 characters, and two differ by more than their case
        named = NOT_IN_TITLE.sub(" ", table.name)[:31].strip(" '") or str(place)
        if named.lower() in taken:
            named = f"{place} {named}"[:31].strip(" '")
        taken.add(named.lower())
        sheet = book.add_worksheet(named)
        # an ampersand begins a code in a footer
        sheet.set_footer("&8" + mark.replace("&", "&&")[:XLSX_FOOTER_CHARACTERS_MAX])
        sheet.write_row(0, 0, table.header, bold)
        sheet.freeze_panes(1, 0)
        for number, row in enumerate(table.rows, start=1):
            for column, cell in enumerate(row):
                if isinstance(cell, int | float) and not isinstance(cell, bool):
                    sheet.write_number(number, column, cell)
                else:
                    sheet.write_string(number, column, "" if cell is None else str(cell))
    book.close()
    return out.getvalue()


def _page(name: str, header: Sequence[str], rows: Sequence[Sequence[object]], mark: str) -> str:
    """One page without anything from elsewhere; everything said by people is escaped."""

    def line(cells: Sequence[object], tag: str) -> str:
        told = ("" if cell is None else escape(str(cell)) for cell in cells)
        return "<tr>" + "".join(f"<{tag}>{cell}</{tag}>" for cell in told) + "</tr>"

    return (
        f'<!doctype html><html lang="zh"><head><meta charset="utf-8"><title>{escape(name)}</title>'
        "<style>table{border-collapse:collapse}th,td{border:1px solid #000;padding:1mm}</style>"
        f"</head><body><table>{line(header, 'th')}{''.join(line(row, 'td') for row in rows)}"
        f"</table>{foot(mark)}</body></html>"
    )
