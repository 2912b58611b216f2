"""Tables as schools have them go in, and what goes out does no harm in an office program."""

import csv
import io
import zipfile
from datetime import date, datetime

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schoolgroup.kernel import sheets, workbooks
from schoolgroup.kernel.sheets import (
    Findings,
    SheetRefused,
    need_columns,
    parse_date,
    read_sheet,
    write_csv,
    write_xlsx,
)

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def cells(content: bytes) -> list[dict[str, str]]:
    return [row.cells for row in read_sheet(content)]


def code_of(content: bytes) -> str:
    with pytest.raises(SheetRefused) as refused:
        read_sheet(content)
    return refused.value.problems[0].code


def workbook(*rows: list[object]) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    for row in rows:
        sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        "姓名,学号\n张三,007\n".encode(),
        "\ufeff姓名,学号\r\n张三,007\r\n".encode(),
        "姓名,学号\n张三,007\n".encode("gb18030"),
        "姓名;学号\n张三;007\n".encode(),
        "姓名\t学号\n张三\t007\n".encode(),
        '"姓名","学号"\n"张三","007"\n'.encode(),
        "姓名,学号\n张三,００７\n".encode(),
        "姓名 ,　学号\n 张三,007　\n\n\n,\n".encode(),
        "姓名,学号\r张三,007\r".encode(),
        "姓名,学号\n张三,007".encode("utf-16"),
    ],
    ids=[
        "utf-8",
        "bom",
        "gb18030",
        "semicolons",
        "tabs",
        "quoted",
        "full-width digits",
        "spaces and empty rows",
        "old mac line ends",
        "utf-16, excel's unicode text",
    ],
)
def test_a_table_reads_the_same_however_it_was_saved(content):
    assert cells(content) == [{"姓名": "张三", "学号": "007"}]


def test_rows_are_numbered_as_a_spreadsheet_numbers_them():
    rows = read_sheet(b"a,b\n1,2\n\n3,4\n")
    assert [(row.number, row.cells["a"]) for row in rows] == [(2, "1"), (4, "3")]


def test_a_field_over_several_lines_keeps_its_text():
    assert cells(b'a,b\n"one\ntwo",3\n')[0]["a"] == "one\ntwo"


def test_a_short_row_has_empty_cells():
    assert cells(b"a,b,c\n1\n") == [{"a": "1", "b": "", "c": ""}]


@pytest.mark.parametrize("content", [b"a,b\n1,2,3\n", b"a,b,,\n1,2,,3\n"])
def test_a_cell_without_a_column_is_told_not_dropped(content):
    assert code_of(content) == "cell_without_column"


def test_cells_of_a_workbook_read_as_people_see_them():
    content = workbook(
        ["date", "count", "mark", "text", "yes", "nothing"],
        [date(2026, 9, 1), 7, 91.5, "007", True, None],
        [datetime.fromisoformat("2026-09-01T08:30"), 10**15, 0.1, "2026/9/1", False, ""],
    )
    first, second = cells(content)
    assert first == {
        "date": "2026-09-01",
        "count": "7",
        "mark": "91.5",
        "text": "007",
        "yes": "True",
        "nothing": "",
    }
    assert second["count"] == str(10**15)
    assert second["date"] == "2026-09-01"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (b"\n\n ,\n", "empty"),
        (b"\xff\xff\xff\x00\x80", "encoding"),
        (b"a,b\n1,\x002\n", "not_a_table"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "not_a_table"),
        (b"a,a\n1,2\n", "column_twice"),
        (b"a,\xef\xbd\x81\n1,2\n", "column_twice"),  # a full-width a is an a
        (b"PK\x03\x04 not a zip", "not_xlsx"),
        (b",".join(b"c%d" % n for n in range(401)) + b"\n1\n", "too_many"),
        (b"a\n" + b"x" * 200_000, "not_csv"),
    ],
    ids=lambda value: value if isinstance(value, str) else value[:12].hex(),
)
def test_what_is_no_table_is_refused_with_a_code(content, code):
    assert code_of(content) == code


def test_four_hundred_columns_are_allowed():
    content = b",".join(b"c%d" % n for n in range(400)) + b"\n" + b",".join([b"1"] * 400)
    assert len(cells(content)[0]) == 400


def test_too_many_rows_are_refused(monkeypatch):
    monkeypatch.setattr(sheets, "ROWS_MAX", 3)
    assert len(cells(b"a\n" + b"1\n" * 3)) == 3
    assert code_of(b"a\n" + b"1\n" * 4) == "too_many"


def test_a_cell_is_never_cut_silently():
    assert cells(b"a\n" + b"x" * 10_000)[0]["a"] == "x" * 10_000
    assert code_of(b"a\n" + b"x" * 10_001) in {"cell_too_long", "not_csv"}
    assert code_of(workbook(["a"], ["x" * 10_001])) == "cell_too_long"


def zipped(**parts: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"<workbook/>")
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def test_a_workbook_that_unpacks_too_large_is_refused(monkeypatch):
    monkeypatch.setattr(workbooks, "UNPACKED_BYTES_MAX", 1_000_000)
    assert code_of(zipped(part=b" " * 1_000_001)) == "too_large"


def test_a_workbook_that_lies_about_its_size_is_refused(monkeypatch):
    """The size in the directory is only a claim: each part is unpacked and its checksum seen."""
    monkeypatch.setattr(workbooks, "UNPACKED_BYTES_MAX", 1_000_000)
    bomb, size = zipped(part=b" " * 1_234_567), (1_234_567).to_bytes(4, "little")
    assert bomb.count(size) == 2
    assert code_of(bomb.replace(size, (100).to_bytes(4, "little"))) == "not_xlsx"


def test_another_zip_is_no_workbook():
    assert code_of(zipped(letter=b"hello")) == "not_xlsx"


FAR = '<row r="1"><c r="A1"><v>1</v></c></row><row r="300"><c r="KN300"><v>2</v></c></row>'
BY_ROW = '<row r="1"><c r="KN1"><v>1</v></c></row><row r="300"><c><v>2</v></c></row>'
ODD = FAR.replace("KN300", "KN00000300")
NAMED = "file:///etc/hostname"
ENTITIES = f'<!DOCTYPE w [<!ENTITY a SYSTEM "{NAMED}"><!ENTITY b "{"lol" * 99}">]>'


def book_of(rows: str, name: str = "worksheets/sheet1.xml", before: str = "") -> bytes:
    """A workbook whose one sheet is written by hand and lies where `name` says."""
    sheet = f'{before}<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData></worksheet>'
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook(["a"]))) as made, zipfile.ZipFile(out, "w") as book:
        for entry in made.infolist():
            if entry.filename != "xl/worksheets/sheet1.xml":
                part = made.read(entry).replace(b"worksheets/sheet1.xml", name.encode())
                book.writestr(entry, part)
        book.writestr(f"xl/{name}", sheet)
    return out.getvalue()


@pytest.mark.parametrize(
    ("rows", "name", "code"),
    [
        (FAR, "worksheets/sheet1.xml", "too_many"),
        (BY_ROW, "worksheets/sheet1.xml", "too_many"),
        (ODD, "worksheets/sheet1.xml", "not_xlsx"),
        (FAR, "worksheets/other.xml", "too_many"),
        (FAR, "media/image1.png", "too_many"),
        (f"{FAR}<broken", "media/image1.png", "not_xlsx"),
        (f"<broken =>{FAR}", "media/image1.png", "not_xlsx"),
    ],
    ids=["cell", "row", "padded", "renamed", "picture", "broken behind", "broken before"],
)
def test_a_far_cell_is_bounded_wherever_it_stands_and_however_it_is_named(
    rows, name, code, monkeypatch
):
    """A kilobyte could take all memory: the reader lays a sheet out as a full rectangle."""
    monkeypatch.setattr(workbooks, "CELLS_MAX", 80_000)
    assert code_of(book_of(rows, name)) == code


def test_a_workbook_with_entities_is_refused():
    """ECMA-376-2 section 8: a part has no DTD, so nothing is fetched and nothing multiplied."""
    rows = '<row r="1"><c r="A1" t="inlineStr"><is><t>{}</t></is></c></row>'
    assert code_of(book_of(rows.format("&a;"), before=ENTITIES)) == "not_xlsx"
    assert code_of(book_of(rows.format("&b;"), before=ENTITIES)) == "not_xlsx"
    assert cells(book_of(rows.format("a") + rows.format("b").replace("1", "2"))) == [{"a": "b"}]


def test_a_workbook_of_one_far_away_cell_is_bounded():
    book = openpyxl.Workbook()
    book.active["A1"] = "a"
    book.active["XFD1048576"] = "far"
    out = io.BytesIO()
    book.save(out)
    assert code_of(out.getvalue()) == "too_many"


@pytest.mark.parametrize(
    "harm", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "=cmd|'/c calc'!A1", "＝1+1", "\n=1"]
)
def test_a_formula_leaves_as_text(harm):
    out = write_csv(["a", harm], [[harm, 1]])
    assert out.startswith(b"\xef\xbb\xbf")
    book = openpyxl.load_workbook(io.BytesIO(write_xlsx("t", ["a", harm], [[harm, 1]])))
    assert {cell.data_type for row in book.active for cell in row} <= {"s", "n"}
    for row in csv.reader(io.StringIO(out.decode("utf-8-sig"), newline="")):
        for cell in row:
            assert not cell.lstrip("\t\r\n ").startswith(("=", "+", "-", "@", "＝")), repr(cell)


def test_a_negative_number_stays_a_number():
    assert write_csv(["a"], [[-5], [-0.5]]) == b"\xef\xbb\xbfa\r\n-5\r\n-0.5\r\n"


NAMES = st.text(
    st.characters(exclude_categories=["Cs", "Cc", "Zs", "Zl", "Zp", "Cn", "Co"]), min_size=1
)


@given(st.lists(NAMES, min_size=1, max_size=5), st.sampled_from(["csv", "xlsx"]))
def test_what_we_write_we_read_again(values, form):
    """Also what looks like a formula: the apostrophe that disarms it is taken off again."""
    rows = [[value] for value in values]
    out = write_csv(["column"], rows) if form == "csv" else write_xlsx("t", ["column"], rows)
    assert [row["column"] for row in cells(out)] == [sheets._plain(value) for value in values]


def test_missing_columns_are_named_all_at_once():
    rows = read_sheet(b"a,b\n1,2\n")
    need_columns(rows, ["a", "b"])
    with pytest.raises(SheetRefused) as refused:
        need_columns(rows, ["a", "c", "d"])
    assert [problem.pointer for problem in refused.value.problems] == ["/1/c", "/1/d"]
    with pytest.raises(SheetRefused) as refused:
        need_columns(read_sheet(b"a,b\n"), ["a"])
    assert refused.value.problems[0].code == "no_rows"


def test_every_problem_of_a_file_is_told_with_its_place():
    rows = read_sheet("日期\n2026-02-30\n2026/9/1\n昨天\n".encode())
    findings = Findings()
    days = [findings.cell(row, "日期", parse_date, "bad_date", "write 2026-09-01") for row in rows]
    assert days == [None, date(2026, 9, 1), None]
    with pytest.raises(SheetRefused) as refused:
        findings.refuse_any()
    assert [p.pointer for p in refused.value.problems] == ["/2/日期", "/4/日期"]
    assert "2026-02-30" in refused.value.problems[0].detail
    assert refused.value.problems[0].remedy == "write 2026-09-01"


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("", None),
        ("2026-09-01", date(2026, 9, 1)),
        ("2026/9/1", date(2026, 9, 1)),
        ("2026-09-01 00:00:00", date(2026, 9, 1)),
        ("2024-02-29", date(2024, 2, 29)),
    ],
)
def test_a_date_is_read(text, day):
    assert parse_date(text) == day


@pytest.mark.parametrize("text", ["2026-13-01", "2025-02-29", "1.9.2026", "x", "20260901", "0"])
def test_what_is_no_date_is_not_guessed(text):
    with pytest.raises(ValueError, match="not a date"):
        parse_date(text)
