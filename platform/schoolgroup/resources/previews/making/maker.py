"""The confined process: reads one file in its folder and writes what it made beside it."""

from collections.abc import Sequence
from pathlib import Path

import msgspec

from schoolgroup.resources.previews.making.made import (
    REQUEST,
    RESULT,
    SOURCE,
    Made,
    Request,
    Unreadable,
)

OFFICE = "application/vnd.openxmlformats-officedocument."
MACROS = {
    "application/vnd.ms-word.document.macroEnabled.12": "document",
    "application/vnd.ms-excel.sheet.macroEnabled.12": "sheet",
    "application/vnd.ms-powerpoint.presentation.macroEnabled.12": "presentation",
    "application/vnd.ms-powerpoint.slideshow.macroEnabled.12": "presentation",
}
OTHER_OFFICE = (
    "application/msword",
    "application/vnd.ms-powerpoint",
    "application/vnd.ms-excel",
    "application/vnd.oasis.opendocument.",
)
PICTURES = ("image/jpeg", "image/png", "image/gif", "image/webp", "image/tiff", "image/bmp",
            "image/x-ms-bmp")  # fmt: skip


def main(arguments: Sequence[str]) -> None:
    """Read `source` in the folder named first, as `request.json` says; write `result.json`."""
    folder = Path(arguments[0])
    request = msgspec.json.decode((folder / REQUEST).read_bytes(), type=Request)
    try:
        made = read(folder, request)
    except Unreadable as unreadable:
        made = Made(because=unreadable.reason, text_because=unreadable.reason)
    except MemoryError:
        raise
    except Exception:  # a file made to break a library breaks it in any way there is
        made = Made(because="damaged", text_because="damaged")
    (folder / RESULT).write_bytes(msgspec.json.encode(made))


def read(folder: Path, request: Request) -> Made:
    """What the file shows and says; an empty answer for a kind nothing is known of.

    Each reader is imported when it is wanted: a text takes no reader of PDF.
    """
    path, kind = folder / SOURCE, request.media_type
    if kind == "application/pdf":
        from schoolgroup.resources.previews.making.pdf import read_pdf

        return read_pdf(path, folder, pictures=request.pictures)
    if office := office_kind(kind):
        from schoolgroup.resources.previews.making.office import read_office

        return read_office(path, folder, office, with_pictures=request.pictures)
    if kind in PICTURES:
        from schoolgroup.resources.previews.making.pictures import read_picture

        return read_picture(path, folder) if request.pictures else Made()
    if kind.startswith("text/"):
        from schoolgroup.resources.previews.making.plain import read_plain

        return read_plain(path, html=kind == "text/html")
    return Made()


def office_kind(media_type: str) -> str | None:
    """Presentation, document or sheet, for the media types of office files of today."""
    if media_type.startswith(OFFICE):
        named = media_type.removeprefix(OFFICE)
        for word, kind in (("presentation", "presentation"), ("wordprocessing", "document"),
                           ("spreadsheet", "sheet")):  # fmt: skip
            if named.startswith(word):
                return kind
    return MACROS.get(media_type)


def is_drawable(media_type: str) -> bool:
    """Whether an office program can be asked to draw it: office files of today and of before."""
    return office_kind(media_type) is not None or media_type.startswith(OTHER_OFFICE)


def is_readable(media_type: str) -> bool:
    """Whether anything can be read of such a file."""
    known = media_type == "application/pdf" or media_type in PICTURES
    return known or media_type.startswith("text/") or office_kind(media_type) is not None
