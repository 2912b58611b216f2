"""Previews: what can be seen of a file before it is borrowed."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from schoolgroup.kernel.http import Input
from schoolgroup.resources.previews.making.made import PAGES_MAX, Form, Section


class State(StrEnum):
    """How a file's preview stands. None: nothing of this kind of file can be shown."""

    MAKING = "making"
    READY = "ready"
    NONE = "none"
    FAILED = "failed"


class TextState(StrEnum):
    """Whether a revision is found by what its files say. No text: scanned pages, say."""

    MAKING = "making"
    READY = "ready"
    NO_TEXT = "no_text"
    FAILED = "failed"


class PreviewPage(msgspec.Struct, frozen=True):
    """A picture of one page of a file. `page` counts through all files of the resource."""

    page: int
    file_no: int
    width_px: int
    height_px: int
    link: str


class FilePreview(msgspec.Struct, frozen=True, kw_only=True):
    """What can be seen of one file.

    `form`: `pages` are pages as they are printed, `picture` the image itself made small, `cover`
    the picture the file brings of its first page, `outline` its words in order: a title and lines
    for each slide, sheet or section. `page_count` is of the whole file, of which `shown` are shown.
    `because`: encrypted, damaged, too_large, too_slow, too_much_memory, crashed or not_made.
    """

    file_no: int
    file_name: str
    media_type: str
    state: State
    form: Form | None
    because: str | None
    page_count: int | None
    shown: int
    outline: list[Section]


class Previews(msgspec.Struct, frozen=True, kw_only=True):
    """What can be seen of a resource before it is borrowed; it takes no seat.

    `pages_max`: how many pages of each file the owner shows; 0 shows nothing. `thumbnail`: a small
    picture of the first file that has one. `text`: whether it is found by what its files say.
    """

    resource_id: UUID
    revision_no: int
    state: State
    pages_max: int
    thumbnail: str | None
    pages: list[PreviewPage]
    files: list[FilePreview]
    text: TextState


class PreviewRule(msgspec.Struct, frozen=True):
    """How much of a resource is shown before it is borrowed. `version` is the resource's."""

    resource_id: UUID
    pages_max: int
    version: int


class PreviewRuleChange(Input, frozen=True, kw_only=True):
    """How many pages of each file may be looked at; 0: none."""

    pages_max: Annotated[int, Meta(ge=0, le=PAGES_MAX)]


class FileRow(msgspec.Struct, frozen=True):
    """A file of a revision and what was made of it; null where nothing was wished for."""

    no: int
    file_name: str
    media_type: str
    status: State | None
    form: Form | None
    because: str | None
    page_count: int | None
    outline: list[Section]


class PageRow(msgspec.Struct, frozen=True):
    """A picture that was made; no 0 is the thumbnail."""

    file_no: int
    no: int
    width_px: int
    height_px: int
    object_key: str
    media_type: str


class Link(msgspec.Struct, frozen=True):
    """Where a picture is in the store."""

    object_key: str
    media_type: str


class SourceFile(msgspec.Struct, frozen=True):
    """A file as the worker reads it."""

    no: int
    file_name: str
    blob_id: UUID
    media_type: str
    object_key: str
    size_bytes: int
    status: State | None


class Source(msgspec.Struct, frozen=True):
    """A revision whose files are to be read."""

    school_id: UUID
    files_key: str | None


class Unread(msgspec.Struct, frozen=True):
    """A revision nobody has read yet."""

    resource_id: UUID
    revision_no: int


class Reading(msgspec.Struct, frozen=True):
    """What came of reading a revision."""

    text_status: TextState
    because: str | None = None
    read_at: datetime | None = None
