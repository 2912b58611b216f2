"""The inbox (收件箱): what waits for a person, and what the person was told."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from schoolgroup.kernel.http import Input
from schoolgroup.kernel.texts import Text

# The name of one item: its kind, its thing, and the instant it came in.
ItemName = Annotated[str, Meta(pattern=r"^[a-z_]{1,60}/[0-9a-f-]{36}/[0-9]{1,20}$", max_length=200)]


class Sort(StrEnum):
    """Something that waits to be done, or a notice to be read."""

    WAITING = "waiting"
    NOTICE = "notice"


class ItemRow(msgspec.Struct, frozen=True, kw_only=True):
    """An item as it was found; what stands in words for a notice is empty for what waits."""

    kind: str
    subject_id: UUID
    since_at: datetime
    due_at: datetime | None
    title: str
    school_name: str
    text_en: str
    text_zh: str
    body_en: str
    body_zh: str
    link: str
    item: str
    read_at: datetime | None


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """One thing in the inbox. `link` is where it is; act on it there.

    `due_at` is when it is too late, or is decided without you; `overdue` says that it has passed.
    """

    id: str
    sort: Sort
    kind: str
    name: Text
    text: Text
    since_at: datetime
    due_at: datetime | None
    overdue: bool
    read: bool
    link: str


class Count(msgspec.Struct, frozen=True, kw_only=True):
    """How many of one kind: `link` lists exactly these."""

    kind: str
    sort: Sort
    name: Text
    count: int
    unread: int
    overdue: int
    link: str


class CountRow(msgspec.Struct, frozen=True):
    """A count as it was found."""

    kind: str
    count: int
    unread: int
    overdue: int


class Counts(msgspec.Struct, frozen=True):
    """Every kind of which there is anything, and all together."""

    items: list[Count]
    count: int
    unread: int
    overdue: int


class Reading(Input, frozen=True, kw_only=True):
    """Which items were read, or are to be unread again."""

    ids: Annotated[list[ItemName], Meta(min_length=1, max_length=200)]
    read: bool = True


class Marked(msgspec.Struct, frozen=True):
    """How many changed."""

    changed: int
