"""PPTX, DOCX and XLSX (ECMA-376), read as what they are: zipped XML.

Nothing is drawn: that takes an office program. What can honestly be shown is the words in their
order, and the small picture of the first page that some programs put into the file.
"""

import posixpath
import re
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from lxml import etree
from python_calamine import CalamineWorkbook

from schoolgroup.resources.previews.making import pictures
from schoolgroup.resources.previews.making.made import (
    LINES_MAX,
    PAGE_PX_MAX,
    PAGES_MAX,
    THUMBNAIL_PX_MAX,
    Form,
    Made,
    Section,
    Unreadable,
    Words,
    section,
)

ENTRY_BYTES_MAX = 64 * 1024 * 1024
SLIDES_MAX, SHEETS_MAX, ROWS_MAX = 1000, 100, 20_000
A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
P = "{http://schemas.openxmlformats.org/presentationml/2006/main}"
R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
TITLES = ("title", "ctrTitle")
HEADING = re.compile(r"^(heading|title|标题|\d$)", re.IGNORECASE)
COVERS = ("docProps/thumbnail.jpeg", "docProps/thumbnail.jpg", "docProps/thumbnail.png")


class Package:
    """The parts of an office file, each read within a bound."""

    def __init__(self, path: Path) -> None:
        try:
            self._zip = zipfile.ZipFile(path)
        except zipfile.BadZipFile:
            raise Unreadable("damaged") from None
        self._names = set(self._zip.namelist())

    def has(self, name: str) -> bool:
        """Whether there is such a part."""
        return name in self._names

    def read(self, name: str) -> bytes:
        """A part; raises Unreadable where it is not there, locked, or larger than anything sane.

        What the directory claims of its size is not believed.
        """
        try:
            with self._zip.open(name) as entry:
                content = entry.read(ENTRY_BYTES_MAX + 1)
        except KeyError:
            raise Unreadable("damaged") from None
        except RuntimeError:
            raise Unreadable("encrypted") from None
        if len(content) > ENTRY_BYTES_MAX:
            raise Unreadable("too_large")
        return content

    def tree(self, name: str) -> "etree._Element":
        """A part of XML: no entity is expanded, nothing is fetched, no depth without end."""
        parser = etree.XMLParser(
            resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
        )
        return etree.fromstring(self.read(name), parser=parser)

    def related(self, name: str) -> dict[str, str]:
        """The parts a part names, by their ids."""
        folder, file = posixpath.split(name)
        found = {}
        for each in self.tree(f"{folder}/_rels/{file}.rels"):
            target = str(each.get("Target", ""))
            whole = target.lstrip("/") if target[:1] == "/" else posixpath.join(folder, target)
            found[str(each.get("Id", ""))] = posixpath.normpath(whole)
        return found


def read_office(path: Path, folder: Path, kind: str, *, with_pictures: bool) -> Made:
    """The words of a presentation, document or sheet, and its cover; raises Unreadable."""
    package = Package(path)
    words = Words()
    if kind == "presentation":
        sections, count = _of_slides(package, words)
    elif kind == "document":
        sections, count = _of_document(package, words)
    else:
        package.tree("xl/workbook.xml")
        sections, count = _of_sheets(path, words)
    shown = [part for part in sections if part.title or part.lines]
    made = Made(outline=shown, page_count=count, text=str(words))
    if with_pictures:
        _add_cover(package, folder, made)
    if shown:
        made.form = Form.OUTLINE
    elif made.pages:
        made.form = Form.COVER
    return made


def _of_slides(package: Package, words: Words) -> tuple[list[Section], int]:
    main = "ppt/presentation.xml"
    targets = package.related(main)
    ids = [slide.get(f"{R}id") for slide in package.tree(main).iter(f"{P}sldId")]
    slides = [targets[one] for one in ids if one in targets][:SLIDES_MAX]
    sections: list[Section] = []
    for name in slides:
        if words.is_full:
            break
        title, lines = "", []
        for shape in package.tree(name).iter(f"{P}sp", f"{P}graphicFrame"):
            said = [text for text in map(_line, shape.iter(f"{A}p")) if text]
            if not title and _is_title(shape):
                title, said = " ".join(said), []
            lines += said
        words.add("\n".join([title, *lines]).strip())
        if len(sections) < PAGES_MAX:
            sections.append(section(title, lines))
    return sections, len(ids)


def _is_title(shape: "etree._Element") -> bool:
    return any(mark.get("type") in TITLES for mark in shape.iter(f"{P}ph"))


def _line(paragraph: "etree._Element") -> str:
    return "".join(run.text or "" for run in paragraph.iter(f"{A}t")).strip()


def _of_document(package: Package, words: Words) -> tuple[list[Section], int]:
    parts: list[tuple[str, list[str]]] = [("", [])]
    for paragraph in package.tree("word/document.xml").iter(f"{W}p"):
        text = "".join(
            "\t" if run.tag == f"{W}tab" else run.text or ""
            for run in paragraph.iter(f"{W}t", f"{W}tab")
        ).strip()
        if not text:
            continue
        words.add(text)
        if _is_heading(paragraph):
            parts.append((text, []))
        elif len(parts[-1][1]) < LINES_MAX:
            parts[-1][1].append(text)
        if words.is_full:
            break
    real = [part for part in parts if part[0] or part[1]]
    return [section(*part) for part in real[:PAGES_MAX]], len(real)


def _is_heading(paragraph: "etree._Element") -> bool:
    styles = (style.get(f"{W}val") or "" for style in paragraph.iter(f"{W}pStyle"))
    return any(HEADING.match(style) for style in styles) or any(
        level.get(f"{W}val") != "9" for level in paragraph.iter(f"{W}outlineLvl")
    )


def _of_sheets(path: Path, words: Words) -> tuple[list[Section], int]:
    with CalamineWorkbook.from_path(str(path)) as book:
        sections: list[Section] = []
        for name in book.sheet_names[:SHEETS_MAX]:
            if words.is_full:
                break
            words.add(name)
            lines: list[str] = []
            for row in _rows(book, name):
                lines.append(row)
                words.add(row)
                if words.is_full or len(lines) >= ROWS_MAX:
                    break
            if len(sections) < PAGES_MAX:
                sections.append(section(name, lines))
        return sections, len(book.sheet_names)


def _rows(book: CalamineWorkbook, name: str) -> Iterator[str]:
    for row in book.get_sheet_by_name(name).iter_rows():
        said = [_cell(cell) for cell in row]
        if any(said):
            yield " | ".join(said).strip(" |")


def _cell(value: Any) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


def _add_cover(package: Package, folder: Path, made: Made) -> None:
    """The picture the file brings of its first page: small, old perhaps, but real."""
    name = next((name for name in COVERS if package.has(name)), None)
    if name is None:
        return
    held = folder / "cover"
    with suppress(Unreadable, OSError, ValueError, SyntaxError):  # the words are there without it
        held.write_bytes(package.read(name))
        with pictures.open_picture(held) as image:
            darkest, lightest = image.convert("L").getextrema()
            if darkest == lightest:
                return  # an empty page, as templates have it, shows nothing
            made.pages = [
                pictures.save(image, folder, 1, PAGE_PX_MAX),
                pictures.save(image, folder, 0, THUMBNAIL_PX_MAX),
            ]
