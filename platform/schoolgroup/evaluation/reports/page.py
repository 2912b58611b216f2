"""A report as one self-contained page that prints: no script, font or picture from elsewhere."""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from html import escape

from schoolgroup.evaluation.reports.drawing import FONTS, draw
from schoolgroup.evaluation.reports.models import (
    Cell,
    Column,
    Recipient,
    Report,
    Section,
    Sign,
    Table,
    Withheld,
)
from schoolgroup.evaluation.reports.wording import (
    LABELS,
    SIGNS,
    TITLES,
    key_of,
    signs_of,
    told,
    told_parameter,
)

NARROW = 3  # columns of a table that need not fill the page
STYLE = f"""
@page{{size:A4;margin:16mm 14mm 18mm}}
*{{box-sizing:border-box}}
html{{-webkit-print-color-adjust:exact;print-color-adjust:exact}}
body{{font:10pt/1.45 {FONTS};color:#000;background:#fff;margin:0 auto;max-width:190mm;padding:4mm}}
h1{{font-size:17pt;margin:0 0 1mm}}
h2{{font-size:13.5pt;margin:8mm 0 2mm;border-bottom:1.5pt solid #000;break-after:avoid}}
h3{{font-size:11.5pt;margin:5mm 0 1.5mm;break-after:avoid}}
p{{margin:1mm 0}}
header p.of{{font-size:12pt}}
.wide{{overflow-x:auto}}
table{{border-collapse:collapse;width:100%;font-size:8.5pt;font-variant-numeric:tabular-nums}}
table.narrow{{width:auto;min-width:70mm}}
figcaption{{font-size:7.8pt;color:#222}}
thead{{display:table-header-group}}
tr{{break-inside:avoid}}
th,td{{border-bottom:.5pt solid #777;padding:.8mm 1.4mm;text-align:right;vertical-align:top}}
th{{border-bottom:1pt solid #000;font-weight:bold}}
th.text,td.text{{text-align:left}}
td.suppressed{{background:repeating-linear-gradient(45deg,#fff 0 2px,#bbb 2px 3px)}}
td.suppressed{{text-align:center}}
td.suppressed b{{background:#fff;padding:0 .8mm}}
td.sign{{text-align:center;color:#333}}
tr.own td{{font-weight:bold}}
figure{{margin:2mm 0;break-inside:avoid}}
figure svg{{max-width:100%;height:auto;display:block}}
figure svg *{{stroke-linejoin:round;stroke-linecap:butt}}
.basis,.legend,.notes{{font-size:7.8pt;color:#222;margin:1mm 0;overflow-wrap:anywhere}}
.notes li{{margin:0}}
.notes ul{{margin:0;padding-left:5mm}}
footer{{border-top:1pt solid #000;margin-top:8mm;padding-top:2mm;font-size:7.8pt}}
footer{{overflow-wrap:anywhere}}
@media print{{body{{max-width:none;padding:0}}.wide{{overflow:visible}}}}
"""


def render(report: Report, language: str) -> bytes:
    """The page in `language` (en or zh); the same report gives the same bytes."""
    title = TITLES[report.recipient].within(language)
    body = [_head(report, title, language)]
    subject = None
    for number, section in enumerate(report.sections, start=1):
        if section.subject != subject:
            subject = section.subject
            if subject:
                body.append(f"<h2>{escape(subject)}</h2>")
        body.append(_section(section, number, language))
    body.append(_foot(report, language))
    return (
        f'<!DOCTYPE html>\n<html lang="{language}"><head><meta charset="utf-8"/>'
        '<meta name="viewport" content="width=device-width, initial-scale=1"/>'
        f"<title>{escape(title)} – {escape(report.exam)}</title><style>{STYLE}</style></head>"
        f"<body>{''.join(body)}</body></html>\n"
    ).encode()


def _head(report: Report, title: str, language: str) -> str:
    facts = [
        (LABELS["organiser"], report.organiser),
        (LABELS["released_at"], report.released_at.isoformat(timespec="minutes")),
        (LABELS["contents"], told(report.contents, language)),
    ]
    said = " · ".join(f"{escape(k.within(language))}: {escape(v)}" for k, v in facts)
    notes = "".join(f"<li>{escape(note.within(language))}</li>" for note in report.notes)
    return (
        f'<header><h1>{escape(report.exam)}</h1><p class="of"><b>{escape(title)}</b> · '
        f"{escape(report.of.within(language))}</p><p>{said}</p>"
        f'<div class="notes"><ul>{notes}</ul></div></header>'
    )


def _section(section: Section, number: int, language: str) -> str:
    title = section.title.within(language)
    table_id = f"t{number}"
    said = [f"<section><h3>{escape(title)}</h3>"]
    if section.plot is not None:
        where = LABELS["same_as_table"].within(language)
        alternative = f"{section.subject} {title}: {where}".strip()
        said += [
            f'<figure aria-describedby="{table_id}">{svg}'
            f"<figcaption>{escape(key_of(section.plot).within(language))}</figcaption></figure>"
            for svg in draw(section.plot, language, f"s{number}", alternative)
        ]
    said.append(_table(section.table, table_id, title, language))
    legend = signs_of(section.table)
    if legend:
        keys = "; ".join(f"{SIGNS[s][0]} {SIGNS[s][1].within(language)}" for s in legend)
        said.append(f'<p class="legend">{escape(keys)}</p>')
    if section.notes:
        notes = "".join(f"<li>{escape(note.within(language))}</li>" for note in section.notes)
        said.append(f'<div class="notes"><ul>{notes}</ul></div>')
    said.append(f'<p class="basis">{escape(basis(section, language))}</p></section>')
    return "".join(said)


def basis(section: Section, language: str) -> str:
    """What a section's figures rest on, in one line."""
    parts = [(LABELS["method"], section.method.within(language))]
    if section.parameters:
        told_parameters = (
            f"{key} {told_parameter(value)}" for key, value in section.parameters.items()
        )
        parts.append((LABELS["parameters"], ", ".join(told_parameters)))
    if section.n is not None:
        parts.append((LABELS["n"], str(section.n)))
    none = LABELS["exact"].within(language)
    said = none if section.uncertainty is None else section.uncertainty.within(language)
    parts.append((LABELS["uncertainty"], said))
    parts.append((LABELS["snapshot"], " ".join(sha[:16] for sha in section.snapshot_sha256)))
    parts.append((LABELS["code"], section.code_version))
    return " · ".join(f"{label.within(language)}: {value}" for label, value in parts)


def _table(table: Table, table_id: str, title: str, language: str) -> str:
    if not table.rows:
        return ""
    text = [_is_text(table, n) for n in range(len(table.columns))]
    heads = "".join(
        f'<th scope="col"{" class=" + chr(34) + "text" + chr(34) if text[n] else ""}>'
        f"{escape(column.label.within(language))}</th>"
        for n, column in enumerate(table.columns)
    )
    rows = "".join(
        "<tr>"
        + "".join(
            _cell(value, column, text[n], language)
            for n, (value, column) in enumerate(zip(row, table.columns, strict=True))
        )
        + "</tr>"
        for row in table.rows
    )
    kind = ' class="narrow"' if len(table.columns) <= NARROW else ""
    return (
        f'<div class="wide"><table id="{table_id}"{kind} aria-label="{escape(title)}">'
        f"<thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def _cell(value: Cell, column: Column, text: bool, language: str) -> str:
    if isinstance(value, Withheld):
        sign, why = SIGNS[value.sign]
        kind = "suppressed" if value.sign is Sign.SUPPRESSED else "sign"
        said = escape(why.within(language))
        return f'<td class="{kind}" title="{said}"><b aria-label="{said}">{sign}</b></td>'
    kind = ' class="text"' if text else ""
    return f"<td{kind}>{escape(shown(value, column, language))}</td>"


def shown(value: Cell, column: Column, language: str) -> str:
    """A figure as a page shows it: rounded half up where its column says."""
    if isinstance(value, bool):
        return LABELS["yes" if value else "no"].within(language)
    if isinstance(value, float):
        figure = Decimal(repr(value)) * (100 if column.percent else 1)
        rounded = figure.quantize(Decimal(1).scaleb(-column.decimals), ROUND_HALF_UP)
        return f"{rounded or abs(rounded):f}{'%' if column.percent else ''}"
    return str(value) if isinstance(value, int | str) else told([value], language)


def _is_text(table: Table, at: int) -> bool:
    return all(
        not isinstance(row[at], int | float) or isinstance(row[at], bool) for row in table.rows
    ) and not all(isinstance(row[at], Withheld) for row in table.rows)


def _foot(report: Report, language: str) -> str:
    facts: Sequence[tuple[str, str]] = [
        ("snapshot", report.snapshot_sha256),
        ("frozen_at", report.frozen_at.isoformat(timespec="minutes")),
        ("release", str(report.release_id)),
        ("released_with", report.released_with),
        ("report_version", report.report_version),
        ("cell_pupils_min", str(report.cell_pupils_min)),
    ]
    said = "<br/>".join(f"{escape(LABELS[k].within(language))}: {escape(v)}" for k, v in facts)
    verify = escape(LABELS["verify"].within(language))
    if report.recipient is Recipient.PUPIL:
        verify = escape(LABELS["pupil_only"].within(language))
    return f"<footer>{said}<br/>{verify}</footer>"
