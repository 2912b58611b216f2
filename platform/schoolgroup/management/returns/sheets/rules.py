"""A return as lines of a sheet and back: pure.

A line is one answer: its path is the field's code, or `code[row].column` of a field of rows.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from msgspec import Struct

from schoolgroup.kernel.errors import Problem
from schoolgroup.kernel.sheets import Findings, Row, parse_date
from schoolgroup.management.returns.answers.models import Source
from schoolgroup.management.returns.forms.models import (
    ROWS_MAX,
    Choice,
    Column,
    FieldType,
    FormField,
)

PATH, ANSWER = "字段/field", "填报/answer"
HEADER = [PATH, "名称", "name", "类型/type", "单位/unit", "必填/required", ANSWER, "来源/source"]
TOLD_ONLY = frozenset({*HEADER, "问题/problem"}) - {PATH, ANSWER}
SPARE_ROWS = 5
IN_ROWS = re.compile(r"^([a-z][a-z0-9_]*)\[([0-9]{1,4})\]\.([a-z][a-z0-9_]*)$", re.ASCII)
YES, NO = "是", "否"
TRUTHS = {"是": True, "否": False, "true": True, "false": False, "yes": True, "no": False}
TYPES = {
    FieldType.INTEGER: "整数/integer",
    FieldType.DECIMAL: "数字/decimal",
    FieldType.TEXT: "文本/text",
    FieldType.CHOICE: "选择/choice",
    FieldType.BOOLEAN: "是否/yes or no",
    FieldType.DATE: "日期/date",
    FieldType.ROWS: "多行/rows",
    FieldType.FILE: "附件/files",
}
MEND = "mend the cell 请修改该单元格"


class Line(Struct, frozen=True):
    """One answer of a sheet; `asked` says what it may be."""

    path: str
    name_zh: str
    name_en: str
    required: bool
    asked: FormField | Column
    value: Any
    source: str


def lines_of(
    fields: Sequence[FormField],
    values: Mapping[str, Any],
    sources: Mapping[str, Source],
    names: Mapping[str, str],
) -> Iterator[Line]:
    """The sheet's lines in the order of the form; fields of rows have some empty ones to fill.

    `names` are those of the files, by upload.
    """
    for field in fields:
        source = sources.get(field.code)
        told = f"{source.call_title} {source.period} v{source.version_no}" if source else ""
        if field.type is not FieldType.ROWS:
            value = values.get(field.code)
            if field.type is FieldType.FILE:
                value = files_named(value, names)
            yield Line(
                field.code, field.label.zh, field.label.en, field.required, field, value, told
            )  # fmt: skip
            continue
        rows: Sequence[Mapping[str, Any]] = values.get(field.code) or []
        most = int(field.max if field.max is not None else ROWS_MAX)
        for number in range(min(most, max(len(rows), int(field.min or 0)) + SPARE_ROWS)):
            row = rows[number] if number < len(rows) else {}
            for column in field.columns:
                yield Line(
                    f"{field.code}[{number + 1}].{column.code}",
                    f"{field.label.zh} {number + 1}：{column.label.zh}",
                    f"{field.label.en} {number + 1}: {column.label.en}",
                    column.required, column, row.get(column.code), told,
                )  # fmt: skip


def files_named(value: Sequence[str] | None, names: Mapping[str, str]) -> str | None:
    """The files of an answer by their names, for reading: a sheet never changes them."""
    return "；".join(names.get(one, one) for one in value) if value else None


def shown(asked: FormField | Column, value: Any) -> object:
    """An answer as its cell shows it: choices by their Chinese names, truths as 是 and 否."""
    if value is None or (isinstance(value, int | float) and not isinstance(value, bool)):
        return value
    if isinstance(value, bool):
        return YES if value else NO
    if asked.type is FieldType.CHOICE:
        return named(asked.choices).get(value, value)
    return value


def named(choices: Sequence[Choice]) -> dict[str, str]:
    """What each choice is called in a cell: its Chinese name, or its code where two share one."""
    names = [_plain(choice.label.zh) for choice in choices]
    return {
        c.code: name if names.count(name) == 1 and name not in {o.code for o in choices} else c.code
        for c, name in zip(choices, names, strict=True)
    }


def read_lines(
    fields: Sequence[FormField], before: Mapping[str, Any], rows: Sequence[Row], findings: Findings
) -> tuple[dict[str, Any], dict[str, Row]]:
    """The answers a sheet gives, and the line of each path; whatever cannot be is a finding.

    Fields without a line keep what they had. An empty cell is no answer, and an empty row of a
    field of rows is none.
    """
    known = {field.code: field for field in fields}
    values = dict(before)
    tables: dict[str, dict[int, dict[str, Any]]] = {}
    seen: dict[str, Row] = {}
    for row in rows:
        path = row.cells.get(PATH, "")
        if path in seen:
            findings.add(row, PATH, "field_twice", "it stands twice", MEND)
            continue
        seen[path] = row
        inside = IN_ROWS.fullmatch(path)
        field = known.get(inside[1] if inside else path)
        if field is None or (field.type is FieldType.ROWS) != bool(inside):
            findings.add(row, PATH, "unknown_field", "the form has no such field", MEND)
            continue
        if field.type is FieldType.FILE:
            continue  # files are handed in as uploads; the cell only names them
        if not inside:
            values[field.code] = _read(field, row, before.get(field.code), findings)
            continue
        number, column = int(inside[2]), {c.code: c for c in field.columns}.get(inside[3])
        if column is None or not 1 <= number <= ROWS_MAX:
            findings.add(row, PATH, "unknown_field", "there is no such row or column", MEND)
            continue
        was = before.get(field.code) or []
        old = was[number - 1].get(column.code) if number <= len(was) else None
        cells = tables.setdefault(field.code, {}).setdefault(number, {})
        cells[column.code] = _read(column, row, old, findings)
    for code, table in tables.items():
        filled = [table[n] for n in sorted(table) if any(v is not None for v in table[n].values())]
        values[code] = filled or None
    return values, seen


def on_lines(problems: Sequence[Problem], seen: Mapping[str, Row]) -> list[Problem]:
    """The problems of answers at the lines they stand on; of no line where there is none."""
    found = []
    for problem in problems:
        _, _, code, *within = problem.pointer.split("/")
        path = code if len(within) < 2 else f"{code}[{int(within[0]) + 1}].{within[1]}"
        row = seen.get(path) or next(
            (row for at, row in seen.items() if at.startswith(f"{code}[")), None
        )
        pointer = f"/{row.number}/{ANSWER}" if row else ""
        found.append(Problem(pointer, problem.code, problem.detail, problem.remedy or MEND))
    return found


def _read(asked: FormField | Column, row: Row, before: Any, findings: Findings) -> Any:
    text = row.cells.get(ANSWER, "")
    if not text:
        return None
    # a sheet flattens widths and ends of text: what was not touched stays as it was
    if isinstance(before, str) and asked.type is FieldType.TEXT and _plain(before) == text:
        return before
    return findings.cell(row, ANSWER, lambda cell: _parsed(asked, cell), "not_readable", MEND)


def _parsed(asked: FormField | Column, text: str) -> object:
    match asked.type:
        case FieldType.INTEGER:
            if not re.fullmatch(r"-?[0-9]{1,18}", text):
                raise ValueError("not a whole number")
            return int(text)
        case FieldType.DECIMAL:
            if not re.fullmatch(r"-?[0-9]{1,18}(\.[0-9]{1,18})?(e-?[0-9]{1,2})?", text):
                raise ValueError("not a number")
            return int(text) if text.lstrip("-").isdigit() else float(text)
        case FieldType.BOOLEAN:
            if text.lower() not in TRUTHS:
                raise ValueError("是 or 否")
            return TRUTHS[text.lower()]
        case FieldType.DATE:
            day = parse_date(text)
            return day.isoformat() if day else None
        case FieldType.CHOICE:
            names = named(asked.choices)
            for choice in asked.choices:
                if text in (choice.code, names[choice.code]):
                    return choice.code
            raise ValueError(f"one of {', '.join(names.values())}"[:300])
        case _:
            return text


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip()
