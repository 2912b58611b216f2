"""Plain text and HTML."""

from pathlib import Path

import lxml.html

from schoolgroup.resources.previews.making.made import (
    LINES_MAX,
    PAGES_MAX,
    Form,
    Made,
    Words,
    section,
)

READ_BYTES_MAX = 4 * 1024 * 1024
UNSEEN = ("script", "style", "template", "noscript", "head")


def read_plain(path: Path, *, html: bool) -> Made:
    """A text in sections of forty lines; HTML without what is not for reading."""
    with path.open("rb") as file:
        raw = file.read(READ_BYTES_MAX)
    text = _of_html(raw) if html else _decoded(raw)
    words = Words()
    words.add(text)
    lines = [line for line in text.splitlines() if line.strip()]
    parts = [lines[at : at + LINES_MAX] for at in range(0, len(lines), LINES_MAX)]
    return Made(
        form=Form.OUTLINE if lines else None,
        page_count=len(parts) or None,
        outline=[section("", part) for part in parts[:PAGES_MAX]],
        text=str(words),
    )


def _decoded(raw: bytes) -> str:
    """UTF-8, else GB18030: what files of Chinese schools are written in."""
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as wrong:
        if wrong.start > len(raw) - 4:  # cut inside a character at the bound
            return raw[: wrong.start].decode("utf-8-sig")
    return raw.decode("gb18030", errors="replace")


def _of_html(raw: bytes) -> str:
    parser = lxml.html.HTMLParser(
        encoding="utf-8", no_network=True, huge_tree=False, remove_comments=True
    )
    tree = lxml.html.document_fromstring(_decoded(raw).encode() or b"<p/>", parser=parser)
    for unseen in list(tree.iter(*UNSEEN)):
        if isinstance(unseen, lxml.html.HtmlElement):
            unseen.drop_tree()
    pieces = (" ".join(str(piece).split()) for piece in tree.itertext())
    return "\n".join(piece for piece in pieces if piece)
