"""How large a workbook (XLSX) is once unpacked, told before anything lays it out in memory."""

import io
import re
import zipfile
from xml.parsers import expat

from schoolgroup.kernel.texts import Text

UNPACKED_BYTES_MAX = 256 * 1024 * 1024
CELLS_MAX = 4_000_000
CELL_PLACE = re.compile(r"^(?P<column>[A-Za-z]{1,3})(?P<row>[0-9]{1,7})$")
CHUNK_BYTES = 1024 * 1024
SHEET_MARK = b"sheetData"  # what holds the rows of a sheet


class BeyondBounds(Exception):
    """The workbook is larger than what is taken; by which bound (`code`), and in words."""

    def __init__(self, code: str, why: Text) -> None:
        super().__init__(code)
        self.code, self.why = code, why


def bound_workbook(content: bytes) -> None:
    """Refuse a workbook that unpacks too large, or whose cells lie too far apart.

    The reader lays a sheet out as a full rectangle, so one far cell would take all memory; sizes in
    the archive's directory are claims until each entry was unpacked and its checksum seen.
    Raises BeyondBounds; BadZipFile, ExpatError and what else zipfile raises where it is none.
    """
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        entries = archive.infolist()
        names = {entry.filename for entry in entries}
        if "xl/workbook.xml" not in names or names & {"content.xml", "xl/workbook.bin"}:
            raise zipfile.BadZipFile  # another kind of file that the reader would also open
        if sum(entry.file_size for entry in entries) > UNPACKED_BYTES_MAX:
            raise BeyondBounds(
                "too_large", Text("the workbook unpacks too large", "工作簿解压后过大")
            )
        for entry in entries:
            extent = _Extent()
            with archive.open(entry) as part:
                while chunk := part.read(CHUNK_BYTES):
                    extent.feed(chunk)


class _Extent:
    """How far the filled cells of a part reach, read from its XML as it streams by.

    The reader takes any part for a sheet that the workbook names, and reads on where XML is broken.
    So every part is looked at, and one that is no XML may not speak of rows. None has a DTD
    (ECMA-376-2 section 8): nothing is fetched, nothing multiplied.
    """

    def __init__(self) -> None:
        self._parser = expat.ParserCreate()
        self._parser.StartElementHandler = self._start
        self._parser.StartDoctypeDeclHandler = self._has_dtd
        self._broken: expat.ExpatError | None = None
        self._speaks, self._end = False, b""
        self._row = self._column = self._rows = self._columns = 0

    def feed(self, chunk: bytes) -> None:
        """Read on; raises BeyondBounds as soon as it reaches too far, ExpatError if none knows."""
        self._speaks |= SHEET_MARK in self._end + chunk
        self._end = chunk[-len(SHEET_MARK) :]
        if self._broken is None:
            try:
                self._parser.Parse(chunk)
            except expat.ExpatError as broken:
                self._broken = broken
        if self._broken is not None and self._speaks:
            raise self._broken
        if self._rows * self._columns > CELLS_MAX:
            raise BeyondBounds("too_many", Text(f"at most {CELLS_MAX} cells", "单元格过多"))

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        kind, place = name.rpartition(":")[2], attributes.get("r")
        if kind == "row":
            self._row = self._row + 1 if place is None else _place_of(f"A{place}")[0]
            self._column = 0
        elif kind == "c" and place is None:
            self._column += 1
        elif kind == "c" and place is not None:
            self._row, self._column = _place_of(place)
        elif kind in ("v", "is", "f"):
            self._columns = max(self._columns, self._column)
            self._rows = max(self._rows, self._row)

    def _has_dtd(self, *_declared: object) -> None:
        raise zipfile.BadZipFile


def _place_of(place: str) -> tuple[int, int]:
    """Row and column of a cell (`B7`), from 1. Raises BadZipFile where it is none."""
    at = CELL_PLACE.match(place)
    if at is None:
        raise zipfile.BadZipFile
    column = 0
    for letter in at["column"].upper():
        column = column * 26 + ord(letter) - 64
    return int(at["row"]), column
