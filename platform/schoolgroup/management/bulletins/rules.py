"""What a bulletin may be, and how one is printed: pure."""

import html
import io
from collections.abc import Sequence
from zoneinfo import ZoneInfo

from schoolgroup.kernel.errors import Conflict, Invalid, Problem
from schoolgroup.kernel.texts import Text
from schoolgroup.management.bulletins.models import Audience, AudienceWish, Edition
from schoolgroup.management.figures.models import Unit, Value

# A font every reader of PDF for Chinese has (Adobe-GB1): no font file is shipped or embedded.
FONT = "STSong-Light"
RED = "#aa0000"
STYLE = (
    "body{font-family:'Songti SC',SimSun,serif;max-width:42em;margin:2em auto;line-height:1.7}"
    "h1{text-align:center}.no{text-align:center;color:#a00;border-bottom:2px solid #a00}"
    "table{border-collapse:collapse;width:100%}td{border:1px solid #999;padding:.3em .6em}"
    ".changed{border:1px solid #a00;padding:.5em}p{white-space:pre-line}@page{size:A4;margin:20mm}"
)
CORRECTION = Text("Correction", "更正")
FIGURES = Text("Figures", "数据")
AS_OF = Text("as of", "截至")
ISSUED = Text("issued", "签发")
FROM = Text("from", "供稿")


class CheckedByAuthor(Conflict):
    """Nobody checks what they wrote."""

    code = "checked_by_author"
    title = Text("Somebody else must check it", "须由他人校核")
    remedy = Text("Ask a colleague who did not write it.", "请由未参与撰写的同事校核。")


class NobodyToTell(Conflict):
    """The audience has no school in it."""

    code = "nobody_to_tell"
    title = Text("It is for no school", "发送范围内没有学校")
    remedy = Text("Change whom it is for.", "请修改发送范围。")


class AudienceStands(Conflict):
    """It was issued to these schools."""

    code = "audience_stands"
    title = Text("Whom it is for changes no more", "已签发，发送范围不可更改")
    remedy = Text("Write another bulletin for others.", "请另发一期简报。")


def check_audience(to: AudienceWish) -> None:
    """Raise Invalid where it lacks what its kind needs, or names what it does not."""
    given = {
        Audience.TIER: to.tier is not None,
        Audience.CIRCLE: to.circle_id is not None,
        Audience.SCHOOLS: bool(to.school_ids),
    }
    if any(there != (kind is to.kind) for kind, there in given.items()):
        why = "a tier, a circle or schools: exactly what its kind says"
        raise Invalid(problems=[Problem("/audience", "audience", why)])
    if len(set(to.school_ids)) < len(to.school_ids):
        raise Invalid(problems=[Problem("/audience/school_ids", "duplicate", "named twice")])


def number(edition: Edition) -> Text:
    """Its number in words."""
    return Text(
        f"Bulletin No. {edition.no} of {edition.year}", f"{edition.year}年简报第{edition.no}期"
    )


def said(value: Value) -> str:
    """A value as a reader sees it."""
    if value.value is None:
        return "–"
    return f"{value.value:.1%}" if value.unit is Unit.SHARE else f"{value.value:,.0f}"


def lines_of(values: Sequence[Value], language: str, zone: ZoneInfo) -> list[tuple[str, str, str]]:
    """Each figure: its name, its value, and the instant it is of, at the group's place."""
    return [
        (
            " ".join(str(part) for part in _named(one, language) if part),
            said(one),
            f"{AS_OF.within(language)} {one.as_of_at.astimezone(zone):%Y-%m-%d %H:%M}",
        )
        for one in values
    ]


def _named(one: Value, language: str) -> tuple[object, ...]:
    """A figure's name, with the month it is of or the day it is for."""
    return one.label.within(language), one.month, one.by_on


def write_html(edition: Edition, language: str, zone: ZoneInfo) -> bytes:
    """One page that needs nothing from outside."""
    content, say = edition.content, html.escape
    issued = f"{edition.issued_at.astimezone(zone):%Y-%m-%d} {ISSUED.within(language)}"
    parts = [
        f'<!doctype html><html lang="{language}"><meta charset="utf-8">',
        f"<title>{say(content.title)}</title><style>{STYLE}</style>",
        f'<div class="no">{say(number(edition).within(language))} · {issued}</div>',
        f"<h1>{say(content.title)}</h1>",
    ]
    if edition.changed:
        what = f"{CORRECTION.within(language)} {edition.edition_no - 1}"
        parts.append(f'<div class="changed">{what}: {say(edition.changed)}</div>')
    for section in content.sections:
        parts.append(f"<h2>{say(section.heading)}</h2>" if section.heading else "")
        parts.append(f"<p>{say(section.text)}</p>")
    for article in content.articles:
        parts.append(f"<h2>{say(article.title)}</h2><p>{say(article.body)}</p>")
        parts.append(f"<p>（{FROM.within(language)}: {say(article.school_name)}）</p>")
    if content.figures:
        rows = "".join(
            f"<tr><td>{say(name)}</td><td>{value}</td><td>{at}</td></tr>"
            for name, value, at in lines_of(content.figures, language, zone)
        )
        parts.append(f"<h2>{FIGURES.within(language)}</h2><table>{rows}</table>")
    return "".join([*parts, "</html>\n"]).encode()


def write_pdf(edition: Edition, language: str, zone: ZoneInfo) -> bytes:
    """The same on A4; the same edition makes the same bytes."""
    # imported here: a third of a second that no process needs to start
    from reportlab.lib.pagesizes import A4
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.lib.units import mm
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.platypus import (
        Flowable,
        HRFlowable,
        Paragraph,
        SimpleDocTemplate,
        Spacer,
        Table,
    )

    if FONT not in pdfmetrics.getRegisteredFontNames():
        pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    content, say = edition.content, html.escape
    text = ParagraphStyle("text", fontName=FONT, fontSize=11, leading=19, wordWrap="CJK")
    head = ParagraphStyle("head", parent=text, fontSize=14, leading=24, spaceBefore=8)
    title = ParagraphStyle("title", parent=head, fontSize=20, leading=32, alignment=1)
    small = ParagraphStyle("small", parent=text, alignment=1, textColor=RED)
    issued = f"{edition.issued_at.astimezone(zone):%Y-%m-%d} {ISSUED.within(language)}"
    story: list[Flowable] = [
        Paragraph(f"{say(number(edition).within(language))} | {issued}", small),
        HRFlowable(width="100%", color=RED, thickness=1.2, spaceBefore=4, spaceAfter=4),
        Paragraph(say(content.title), title),
    ]

    def add(heading: str, body: str) -> None:
        if heading:
            story.append(Paragraph(say(heading), head))
        story.extend(Paragraph(say(line), text) for line in body.splitlines() if line.strip())

    if edition.changed:
        add(f"{CORRECTION.within(language)} {edition.edition_no - 1}", edition.changed)
    for section in content.sections:
        add(section.heading, section.text)
    for article in content.articles:
        add(article.title, f"{article.body}\n（{FROM.within(language)}: {article.school_name}）")
    if content.figures:
        story.append(Paragraph(say(FIGURES.within(language)), head))
        lines = lines_of(content.figures, language, zone)
        cells = [[Paragraph(say(cell), text) for cell in line] for line in lines]
        table = Table(cells, colWidths=[82 * mm, 30 * mm, 54 * mm])
        table.setStyle([("GRID", (0, 0), (-1, -1), 0.5, "#999999"),
                        ("VALIGN", (0, 0), (-1, -1), "MIDDLE")])  # fmt: skip
        story.append(table)
    story.append(Spacer(1, 4 * mm))
    made = io.BytesIO()
    # invariant: no clock and no random id in the file
    page = SimpleDocTemplate(
        made, pagesize=A4, leftMargin=22 * mm, rightMargin=22 * mm, topMargin=20 * mm,
        bottomMargin=20 * mm, title=content.title, author="", invariant=1,
    )  # fmt: skip
    page.build(story)
    return made.getvalue()
