"""What is asked of the reading of one file, and what it answers: two small JSON files."""

from enum import StrEnum

import msgspec

REQUEST, RESULT, SOURCE = "request.json", "result.json", "source"
PAGES_MAX = 10  # are made, so that the owner can show more or less without making them anew
PAGE_PX_MAX, THUMBNAIL_PX_MAX = 1280, 320
TEXT_CHARACTERS_MAX = 200_000
LINES_MAX, LINE_CHARACTERS_MAX = 40, 300
MEDIA_TYPE = "image/webp"


class Form(StrEnum):
    """What a preview shows."""

    PAGES = "pages"
    PICTURE = "picture"
    COVER = "cover"
    OUTLINE = "outline"


class Section(msgspec.Struct, frozen=True):
    """A slide, a sheet or a part of a text: plain words, to be shown as text and never as HTML."""

    title: str
    lines: list[str]


class Request(msgspec.Struct, frozen=True):
    """Which kind of file it is; `pictures` false: only its words are wanted."""

    media_type: str
    file_name: str
    pictures: bool = True


class MadePage(msgspec.Struct, frozen=True):
    """A picture in the folder. No 0 is the thumbnail."""

    no: int
    file: str
    width_px: int
    height_px: int


class Made(msgspec.Struct, kw_only=True):
    """What was read. Form null and no `because`: nothing of such a file can be shown.

    `text_because` says why words are missing although there should be some.
    """

    form: Form | None = None
    because: str | None = None
    page_count: int | None = None
    pages: list[MadePage] = []
    outline: list[Section] = []
    text: str = ""
    text_because: str | None = None


class Unreadable(Exception):
    """The file cannot be read; `reason` is a word for people to look up."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def section(title: str, lines: list[str]) -> Section:
    """A section within its bounds, without control characters."""
    return Section(_plain(title), [line for text in lines[:LINES_MAX] if (line := _plain(text))])


def _plain(text: str) -> str:
    kept = "".join(letter if letter.isprintable() else " " for letter in text)
    return " ".join(kept.split())[:LINE_CHARACTERS_MAX]


class Words:
    """Words gathered up to a bound."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._left = TEXT_CHARACTERS_MAX

    @property
    def is_full(self) -> bool:
        """Whether more would be cut off."""
        return self._left <= 0

    def add(self, text: str) -> None:
        """Add a piece, followed by a new line."""
        if self._left > 0 and text.strip():
            piece = text[: self._left]
            self._parts.append(piece)
            self._left -= len(piece) + 1

    def __str__(self) -> str:
        return "\n".join(self._parts)
