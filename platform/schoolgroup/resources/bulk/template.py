"""The empty sheet, with a second page that says what stands in each column."""

import io

import xlsxwriter

from schoolgroup.kernel.sheet_files import SheetFile, TableFormat
from schoolgroup.kernel.sheets import CSV_TYPE, XLSX_TYPE, write_csv
from schoolgroup.resources.bulk.rules import COLUMNS, IMPORT_ROWS_MAX
from schoolgroup.resources.catalogue.models import KINDS, LICENCES, STAGES

WORDS = {
    "kind": [text.zh for text in KINDS.values()],
    "stage": [text.zh for text in STAGES.values()],
    "licence": [text.zh for text in LICENCES.values()],
}


def template(form: TableFormat) -> SheetFile:
    """The header in Chinese; a workbook also offers the words a column takes."""
    header = [zh for zh, _ in COLUMNS.values()]
    if form is TableFormat.CSV:
        return SheetFile("resources.csv", CSV_TYPE, write_csv(header, []))
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False})
    bold = book.add_format({"bold": True})
    text = book.add_format({"num_format": "@"})
    sheet, notes = book.add_worksheet("resources 资源"), book.add_worksheet("notes 说明")
    sheet.write_row(0, 0, header, bold)
    sheet.freeze_panes(1, 0)
    notes.write_row(0, 0, ["列 column", "name", "说明", "notes", "可填 values"], bold)
    for at, (name, (zh, told)) in enumerate(COLUMNS.items()):
        words = WORDS.get(name, [])
        sheet.set_column(at, at, 16, text)
        if words:
            sheet.data_validation(1, at, IMPORT_ROWS_MAX, at, {"validate": "list", "source": words})
        notes.write_row(at + 1, 0, [zh, name, told.zh, told.en, "、".join(words)])
    book.close()
    return SheetFile("resources.xlsx", XLSX_TYPE, out.getvalue())
