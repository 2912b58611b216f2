"""A report as a workbook: a sheet per section, figures unrounded, and the same bytes each time.

XlsxWriter dates the parts of the archive 1980-01-01; the one date it would take from the clock,
the workbook's creation, is the instant of the release.
"""

import io

import xlsxwriter

from schoolgroup.evaluation.reports.models import Cell, Column, Report, Section, Sign, Withheld
from schoolgroup.evaluation.reports.page import basis, shown
from schoolgroup.evaluation.reports.wording import LABELS, SIGNS, TITLES, signs_of, told
from schoolgroup.kernel.sheets import NOT_IN_TITLE
from schoolgroup.kernel.texts import Text

TITLE_CHARACTERS_MAX = 31
_PLAIN = Column("", Text("", ""))


def render(report: Report, language: str) -> bytes:
    """The workbook in `language` (en or zh)."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(
        out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    book.set_properties(
        {"title": report.exam, "created": report.released_at.replace(tzinfo=None, microsecond=0)}
    )
    bold = book.add_format({"bold": True})
    wrap = book.add_format({"text_wrap": True, "valign": "top"})
    hidden = book.add_format({"pattern": 14, "fg_color": "#999999", "align": "center"})
    first = book.add_worksheet(LABELS["about"].within(language))
    first.set_column(0, 0, 28)
    first.set_column(1, 1, 90, wrap)
    for number, (label, said) in enumerate(_about(report, language)):
        first.write_string(number, 0, label, bold)
        first.write_string(number, 1, said, wrap)
    for number, section in enumerate(report.sections, start=1):
        sheet = book.add_worksheet(_title(section, number, language))
        sheet.freeze_panes(1, 1)
        for column, one in enumerate(section.table.columns):
            sheet.write_string(0, column, one.label.within(language), bold)
        sheet.set_column(0, 0, 18)
        for at, row in enumerate(section.table.rows, start=1):
            for column, value in enumerate(row):
                _write(sheet, at, column, value, language, hidden)
        below = len(section.table.rows) + 2
        lines = [basis(section, language)]
        lines += [note.within(language) for note in section.notes]
        lines += [f"{SIGNS[s][0]} {SIGNS[s][1].within(language)}" for s in signs_of(section.table)]
        for number_of_line, line in enumerate(lines):
            sheet.write_string(below + number_of_line, 0, line)
    book.close()
    return out.getvalue()


def _about(report: Report, language: str) -> list[tuple[str, str]]:
    def label(key: str) -> str:
        return LABELS[key].within(language)

    return [
        (TITLES[report.recipient].within(language), report.of.within(language)),
        (label("exam"), report.exam),
        (label("organiser"), report.organiser),
        (label("contents"), told(report.contents, language)),
        (label("released_at"), report.released_at.isoformat()),
        (label("frozen_at"), report.frozen_at.isoformat()),
        (label("release"), str(report.release_id)),
        (label("snapshot"), report.snapshot_sha256),
        (label("released_with"), report.released_with),
        (label("report_version"), report.report_version),
        (label("cell_pupils_min"), str(report.cell_pupils_min)),
        *((label("note"), note.within(language)) for note in report.notes),
    ]


def _write(
    sheet: xlsxwriter.worksheet.Worksheet,
    row: int,
    column: int,
    value: Cell,
    language: str,
    hidden: object,
) -> None:
    if isinstance(value, Withheld):
        shade = hidden if value.sign is Sign.SUPPRESSED else None
        sheet.write_string(row, column, SIGNS[value.sign][0], shade)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        sheet.write_number(row, column, value)
    else:
        sheet.write_string(row, column, shown(value, _PLAIN, language))


def _title(section: Section, number: int, language: str) -> str:
    said = f"{number} {section.subject} {section.title.within(language)}"
    return NOT_IN_TITLE.sub(" ", said)[:TITLE_CHARACTERS_MAX].strip(" '")
