"""The workbook of one return: a line each answer, and cells that refuse what cannot be."""

import io
from collections.abc import Sequence

import xlsxwriter

from schoolgroup.kernel.sheets import NOT_IN_TITLE
from schoolgroup.management.returns.forms.models import FieldType
from schoolgroup.management.returns.sheets import rules

LIST_CHARACTERS_MAX = 255  # the format's bound for a list within a cell's validation
WIDTHS = (24, 30, 30, 16, 10, 10, 30, 30)
BY_HAND = {"ignore_blank": True, "error_title": "填报/answer"}


def write(title: str, lines: Sequence[rules.Line]) -> bytes:
    """The lines as one sheet that comes back in as it went out."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(
        out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    sheet = book.add_worksheet(NOT_IN_TITLE.sub(" ", title)[:31].strip(" '") or "1")
    sheet.write_row(0, 0, rules.HEADER, book.add_format({"bold": True}))
    sheet.freeze_panes(1, 1)
    for column, width in enumerate(WIDTHS):
        sheet.set_column(column, column, width)
    at = rules.HEADER.index(rules.ANSWER)
    for number, line in enumerate(lines, start=1):
        told = [
            line.path, line.name_zh, line.name_en, rules.TYPES[line.asked.type], line.asked.unit,
            rules.YES if line.required else "", rules.shown(line.asked, line.value), line.source,
        ]  # fmt: skip
        for column, cell in enumerate(told):
            if isinstance(cell, int | float):
                sheet.write_number(number, column, cell)
            elif cell is not None:
                sheet.write_string(number, column, str(cell))
        validation = _validation(line)
        if validation:
            sheet.data_validation(number, at, number, at, {**BY_HAND, **validation})
    book.close()
    return out.getvalue()


def _validation(line: rules.Line) -> dict[str, object]:
    asked = line.asked
    if asked.type in (FieldType.INTEGER, FieldType.DECIMAL):
        low = -1e15 if asked.min is None else asked.min
        high = 1e15 if asked.max is None else asked.max
        return {
            "validate": asked.type.value, "criteria": "between", "minimum": low, "maximum": high,
            "error_message": f"{low:g} – {high:g}",
        }  # fmt: skip
    names: list[str] = []
    if asked.type is FieldType.BOOLEAN:
        names = [rules.YES, rules.NO]
    if asked.type is FieldType.CHOICE:
        names = list(rules.named(asked.choices).values())
    if not names or len(",".join(names)) > LIST_CHARACTERS_MAX or any("," in n for n in names):
        return {}
    return {"validate": "list", "source": names}
