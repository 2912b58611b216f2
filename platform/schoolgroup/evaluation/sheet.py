"""A plain CSV or XLSX file as analysts have it: columns by name, numbers as typed, gaps as gaps."""

import codecs
import csv
import hashlib
import io
import math
import unicodedata
from pathlib import Path

import msgspec
import numpy as np

from schoolgroup.evaluation.statistics.methods.items import Column, Table
from schoolgroup.evaluation.statistics.methods.refusals import NotUsable
from schoolgroup.kernel import sheets
from schoolgroup.kernel.texts import Text

GAPS = {"", "na", "n/a", "nan", "null", "-", "缺考", "缺"}
# No mark is larger, and none but nought is closer to nought: beyond these squares lose all digits.
LARGEST, SMALLEST = 1e12, 1e-9


class Sheet(msgspec.Struct, frozen=True):
    """The header and the rows as text, with the hash of the file's bytes."""

    names: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    sha256: str

    def text(self, name: str) -> list[str]:
        """One column as it stands. Raises NotUsable for a name the file does not have."""
        if name not in self.names:
            raise NotUsable(
                Text(
                    f"no column {name!r}; there are {', '.join(self.names)}",
                    f"没有“{name}”列，现有：{'、'.join(self.names)}",
                )
            )
        at = self.names.index(name)
        return [row[at] for row in self.rows]

    def numbers(self, name: str) -> Column:
        """One column as numbers, gaps as NaN. Raises NotUsable for anything else."""
        return np.array(
            [
                _number(cell, row, name)
                for row, cell in enumerate(self.text(name), start=2)  # the header is row 1
            ],
            dtype=np.float64,
        )

    def table(self, names: list[str]) -> Table:
        """Several columns side by side."""
        if not names:
            raise NotUsable(Text("no columns are left to look at", "没有可用的列"))
        return np.column_stack([self.numbers(name) for name in names])


def read_sheet(file: Path) -> Sheet:
    """Read an XLSX workbook's first sheet, or CSV in UTF-8, UTF-16 or GB18030.

    Raises NotUsable for a row of another length, a repeated column, no rows or no table, and
    SheetRefused for a workbook that cannot be read.
    """
    raw = file.read_bytes()
    lines = _workbook(raw) if raw[:2] == b"PK" else _csv(raw, file.name)
    if len(lines) < 2:
        raise NotUsable(Text(f"{file.name} has no rows", f"{file.name} 没有数据行"))
    names = [name.strip() for name in lines[0]]
    if len(set(names)) != len(names):
        raise NotUsable(Text(f"{file.name} repeats a column", f"{file.name} 有重复的列名"))
    for number, row in enumerate(lines[1:], start=2):
        if len(row) != len(names):
            raise NotUsable(
                Text(
                    f"row {number} has {len(row)} cells, the header {len(names)}",
                    f"第 {number} 行有 {len(row)} 格，表头有 {len(names)} 格",
                )
            )
    rows = tuple(tuple(cell.strip() for cell in row) for row in lines[1:])
    return Sheet(tuple(names), rows, hashlib.sha256(raw).hexdigest())


def _workbook(raw: bytes) -> list[list[str]]:
    rows = sheets.read_sheet(raw)
    return [list(rows[0].cells), *(list(row.cells.values()) for row in rows)] if rows else []


def _csv(raw: bytes, name: str) -> list[list[str]]:
    """The lines that hold something; commas, or tabs or semicolons where the header has those."""
    wide = raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        text = raw.decode("utf-16" if wide else "utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("gb18030", errors="replace")
    delimiter = max(",\t;", key=text.partition("\n")[0].count)
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        return [row for row in reader if any(row)]
    except csv.Error as failed:
        raise NotUsable(
            Text(f"{name} is no CSV table: {failed}", f"{name} 不是 CSV 表格")
        ) from failed


def _number(cell: str, row: int, name: str) -> float:
    plain = unicodedata.normalize("NFKC", cell).strip()  # full-width digits are digits
    if plain.lower() in GAPS:
        return math.nan
    try:
        value = float(plain)
    except ValueError:
        value = math.inf
    if not math.isfinite(value) or abs(value) > LARGEST or 0 < abs(value) < SMALLEST:
        raise NotUsable(
            Text(
                f"row {row}, column {name!r}: {cell!r} is no number that a mark can be",
                f"第 {row} 行“{name}”列：“{cell}”不是可用的数字",
            )
        )
    return value
