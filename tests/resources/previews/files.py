"""Real files, made here by other libraries than those that read them, and files made to harm."""

import io
import struct
import zipfile
import zlib

import docx
import pptx
import pypdf
import xlsxwriter
from PIL import Image, ImageDraw
from pptx.util import Inches
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, NumberObject, StreamObject

OFFICE = "application/vnd.openxmlformats-officedocument."
PPTX, DOCX = OFFICE + "presentationml.presentation", OFFICE + "wordprocessingml.document"
XLSX, PDF = OFFICE + "spreadsheetml.sheet", "application/pdf"


def pdf(pages: list[str], password: str | None = None) -> bytes:
    """A PDF with a line of Latin text on each page."""
    writer = pypdf.PdfWriter()
    for text in pages:
        page = writer.add_blank_page(595, 842)
        font = DictionaryObject(
            {
                NameObject("/Type"): NameObject("/Font"),
                NameObject("/Subtype"): NameObject("/Type1"),
                NameObject("/BaseFont"): NameObject("/Helvetica"),
            }
        )
        fonts = DictionaryObject({NameObject("/F1"): writer._add_object(font)})
        page[NameObject("/Resources")] = DictionaryObject({NameObject("/Font"): fonts})
        content = StreamObject()
        content._data = f"BT /F1 36 Tf 60 700 Td ({text}) Tj ET".encode()
        page[NameObject("/Contents")] = writer._add_object(content)
    if password is not None:
        writer.encrypt(password, algorithm="AES-256-R5")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def scan(words: str = "") -> bytes:
    """A PDF whose page is a picture: no text in it."""
    out = io.BytesIO()
    picture(600, 800, words).save(out, "PDF")
    return out.getvalue()


def picture(width: int, height: int, words: str = "x") -> Image.Image:
    image = Image.new("RGB", (width, height), "white")
    ImageDraw.Draw(image).text((20, 20), words, fill="black")
    return image


def photo(width: int = 3000, height: int = 2000) -> bytes:
    """A JPEG lying on its side, with where it was taken in its metadata."""
    image = picture(width, height)
    exif = image.getexif()
    exif[0x0112] = 6  # orientation: turn by 90 degrees
    exif[0x010E] = "taken at the school gate"
    out = io.BytesIO()
    image.save(out, "JPEG", exif=exif)
    return out.getvalue()


def slides(count: int = 3) -> bytes:
    """A presentation with a title, a text and a table on each slide."""
    made = pptx.Presentation()
    for number in range(1, count + 1):
        slide = made.slides.add_slide(made.slide_layouts[5])
        slide.shapes.title.text = f"第{number}课 分数的意义"
        box = slide.shapes.add_textbox(Inches(1), Inches(2), Inches(6), Inches(1))
        box.text_frame.text = "把单位“1”平均分成若干份 <b>"
        table = slide.shapes.add_table(1, 2, Inches(1), Inches(4), Inches(6), Inches(1)).table
        table.cell(0, 0).text, table.cell(0, 1).text = "分子", "分母"
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def document() -> bytes:
    """A document with headings, paragraphs and a table."""
    made = docx.Document()
    made.add_heading("教学目标", 1)
    made.add_paragraph("理解分数的意义")
    made.add_heading("教学过程", 1)
    made.add_paragraph("导入新课")
    made.add_table(1, 1).cell(0, 0).text = "板书设计"
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def sheet() -> bytes:
    """A workbook of two sheets."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        first = book.add_worksheet("成绩")
        first.write_row(0, 0, ["姓名", "分数"])
        first.write_row(1, 0, ["甲", 96])
        book.add_worksheet("说明").write(0, 0, "满分一百")
    return out.getvalue()


def with_cover(office: bytes) -> bytes:
    """The same office file with a picture of its first page, as some programs put in."""
    cover = io.BytesIO()
    picture(256, 192, "cover").save(cover, "JPEG")
    return _with_part(office, "docProps/thumbnail.jpeg", cover.getvalue())


def bomb() -> bytes:
    """A document whose main part becomes 90 MiB of XML: just below what no upload may do."""
    part = b"<a>" + b" " * (90 * 1024 * 1024) + b"</a>"
    return _with_part(document(), "word/document.xml", part)


def laughing_document() -> bytes:
    """A document with entities that would grow a billionfold (billion laughs)."""
    entities = '<!ENTITY l0 "lol">' + "".join(
        f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10)
    )
    part = f'<?xml version="1.0"?><!DOCTYPE d [{entities}]><d>&l9;</d>'.encode()
    return _with_part(document(), "word/document.xml", part)


def _with_part(office: bytes, name: str, content: bytes) -> bytes:
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(office)) as old,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for entry in old.infolist():
            if entry.filename != name:
                new.writestr(entry, old.read(entry.filename))
        new.writestr(name, content)
    return out.getvalue()


def huge_png(width: int = 60_000, height: int = 60_000) -> bytes:
    """A PNG of a few hundred bytes that claims 3.6 thousand million pixels."""
    return _png(width, height, b"\0" * 10_000)


def wide_png(width: int = 10_000, height: int = 10_000) -> bytes:
    """A white PNG of a hundred million pixels in a few hundred kilobytes."""
    return _png(width, height, (b"\0" + b"\xff" * width) * height)


def _png(width: int, height: int, lines: bytes) -> bytes:
    def chunk(kind: bytes, content: bytes) -> bytes:
        crc = zlib.crc32(kind + content)
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", crc)

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    data = zlib.compress(lines, 1)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")
    )


def endless_pdf() -> bytes:
    """A small PDF whose page draws the same form within itself fifteen thousand million times."""
    writer = pypdf.PdfWriter()
    page = writer.add_blank_page(595, 842)
    inner = StreamObject()
    inner._data = b"0 0 m 500 800 l 90 5 l 300 300 l f\n" * 2000
    forms = writer._add_object(_form(inner))
    for _ in range(6):
        outer = StreamObject()
        outer._data = b"/X Do\n" * 50
        outer[NameObject("/Resources")] = DictionaryObject(
            {NameObject("/XObject"): DictionaryObject({NameObject("/X"): forms})}
        )
        forms = writer._add_object(_form(outer))
    page[NameObject("/Resources")] = DictionaryObject(
        {NameObject("/XObject"): DictionaryObject({NameObject("/X"): forms})}
    )
    content = StreamObject()
    content._data = b"/X Do"
    page[NameObject("/Contents")] = writer._add_object(content)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _form(stream: StreamObject) -> StreamObject:
    stream[NameObject("/Type")] = NameObject("/XObject")
    stream[NameObject("/Subtype")] = NameObject("/Form")
    stream[NameObject("/BBox")] = ArrayObject([NumberObject(n) for n in (0, 0, 595, 842)])
    return stream
