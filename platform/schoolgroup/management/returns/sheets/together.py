"""All returns of a call in one workbook, and one school's part of it back in: pure.

The first sheet has a line each school and a column each field; a field of rows has a sheet of its
own, a line each row. What comes back is read as the lines of a school's own sheet.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct

from schoolgroup.kernel.errors import Problem
from schoolgroup.kernel.sheet_files import Table
from schoolgroup.kernel.sheets import Row, Sheet, SheetRefused
from schoolgroup.kernel.texts import Text
from schoolgroup.management.returns.forms.models import Column, FieldType, FormField
from schoolgroup.management.returns.sheets.models import LineRow
from schoolgroup.management.returns.sheets.rules import ANSWER, MEND, PATH, files_named, shown

CODE, SCHOOL = "学校编码/code", "学校/school"
HEADER = [CODE, SCHOOL, "类别/tier", "状态/status", "版本/version", "通过版本/accepted",
          "提交时间/submitted"]  # fmt: skip
OF_FIELD = re.compile(r"\(([a-z][a-z0-9_]*)\)$", re.ASCII)
ROW_OF = re.compile(r"^行/row \(([a-z][a-z0-9_]*)\)$", re.ASCII)


class Place(Struct, frozen=True):
    """Where an answer stands: the school's line and column, and what to say of it there."""

    row: int
    column: str
    within: str = ""


class Part(Struct, frozen=True):
    """One school's part: its answers as lines, where each stands, and which tables it empties."""

    lines: list[Row]
    places: dict[int, Place]
    emptied: list[str]


def name_of(asked: FormField | Column) -> str:
    """The head of a column: what it asks, and its code, by which it is found again."""
    return f"{asked.label.zh}/{asked.label.en} ({asked.code})"


def table(
    fields: Sequence[FormField], lines: Sequence[LineRow]
) -> tuple[list[str], list[list[object]]]:
    """A column a field, and of a field of rows how many rows it has."""
    return [*HEADER, *(name_of(field) for field in fields)], [
        [
            line.school_code, line.school_name, line.tier, line.status, line.submitted_no,
            line.accepted_no, line.submitted_at.isoformat() if line.submitted_at else None,
            *(_cell(f, (line.answers or {}).get(f.code), line.file_names) for f in fields),
        ]
        for line in lines
    ]  # fmt: skip


def tables_of_rows(fields: Sequence[FormField], lines: Sequence[LineRow]) -> list[Table]:
    """A sheet each field of rows, with every school's rows in their order."""
    return [
        Table(
            field.label.zh,
            [CODE, SCHOOL, f"行/row ({field.code})", *map(name_of, field.columns)],
            [
                [line.school_code, line.school_name, number]
                + [shown(column, row.get(column.code)) for column in field.columns]
                for line in lines
                for number, row in enumerate((line.answers or {}).get(field.code) or [], start=1)
            ],
        )
        for field in fields
        if field.type is FieldType.ROWS
    ]


def holds_all(sheets: Sequence[Sheet]) -> bool:
    """Whether this is the workbook of all schools and not a school's own."""
    return CODE in sheets[0].header and PATH not in sheets[0].header


def part_of(school_code: str, fields: Sequence[FormField], sheets: Sequence[Sheet]) -> Part:
    """What the workbook says of one school. Raises SheetRefused where it has no line or several."""
    own = [row for row in sheets[0].rows if row.cells[CODE] == school_code]
    if len(own) != 1:
        why = f"the sheet has {len(own)} lines of {school_code}"
        remedy = Text("one line of your school", "本校应恰有一行").en
        raise SheetRefused(problems=[Problem(f"/1/{CODE}", "no_line_of_school", why, remedy)])
    (line,) = own
    by_code = {field.code: field for field in fields}
    part = Part([], {}, [])
    columns: dict[str, str] = {}

    def add(path: str, answer: str, place: Place) -> None:
        number = len(part.lines) + 1
        part.lines.append(Row(number, {PATH: path, ANSWER: answer}))
        part.places[number] = place

    for head, answer in line.cells.items():
        named = OF_FIELD.search(head)
        if named is None:
            continue
        columns[named[1]] = head
        if named[1] not in by_code or by_code[named[1]].type is not FieldType.ROWS:
            add(named[1], answer, Place(line.number, head))
    for sheet in sheets[1:]:
        code = next((m[1] for head in sheet.header if (m := ROW_OF.match(head))), None)
        if code is None or code not in by_code or CODE not in sheet.header:
            continue
        rows = [row for row in sheet.rows if row.cells[CODE] == school_code]
        if not rows:
            part.emptied.append(code)
        for number, row in enumerate(rows, start=1):
            for head, answer in row.cells.items():
                column = OF_FIELD.search(head)
                if column is None or ROW_OF.match(head):
                    continue
                place = Place(line.number, columns.get(code, CODE), f"{row.number}: {head}: ")
                add(f"{code}[{number}].{column[1]}", answer, place)
    return part


def put_right(problems: Sequence[Problem], places: Mapping[int, Place]) -> list[Problem]:
    """The problems of the lines read, where they stand in the workbook of all schools."""
    found = []
    for problem in problems:
        number = problem.pointer.split("/")[1] if problem.pointer else ""
        place = places.get(int(number)) if number.isdigit() else None
        pointer = f"/{place.row}/{place.column}" if place else ""
        detail = (place.within if place else "") + problem.detail
        found.append(Problem(pointer, problem.code, detail, problem.remedy or MEND))
    return found


def _cell(field: FormField, value: Any, names: Mapping[str, str] | None) -> object:
    if field.type is FieldType.FILE:
        return files_named(value, names or {})
    if field.type is FieldType.ROWS:
        return None if value is None else len(value)
    return shown(field, value)
