"""The stream of events (事件流): what changed, in an order that never skips; ids, no contents."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from msgspec import Meta

# The cursor that begins at the end: what happened before is not told.
FROM_NOW = "now"
TYPES_MAX = 50
WAIT_S_MAX = 25


class Position(msgspec.Struct, frozen=True, array_like=True):
    """A place in the stream: everything up to it has been told.

    The order is (transaction, place within it), read only below the oldest transaction that still
    runs: nothing can ever commit behind a position that was given out.
    """

    transaction_id: Annotated[int, Meta(ge=0)]
    seq: Annotated[int, Meta(ge=0)]


START = Position(0, 0)


class Wanted(msgspec.Struct, frozen=True):
    """Which types: whole ones (`loan.opened`) and first halves (`loan` of `loan.*`). None: all."""

    types: list[str] | None = None
    families: list[str] | None = None


class EventRow(msgspec.Struct, frozen=True):
    """An event with its place in the stream."""

    id: UUID
    type: str
    subject: str
    at: datetime
    version: int | None
    owner_school_id: UUID | None
    school_ids: list[UUID]
    data: dict[str, Any]
    transaction_id: int
    seq: int


class Event(msgspec.Struct, frozen=True):
    """Something that happened: fetch `subject` to learn what is there now, with one's own rights.

    `id` stays the same however often it is delivered. `version` is the subject's after the change:
    of two events about one thing the higher version is the later. `school_ids` are the schools it
    concerns, as far as the caller may know them; `data` holds ids and codes, never personal data.
    """

    id: UUID
    type: str
    subject: str
    at: datetime
    version: int | None
    owner_school_id: UUID | None
    school_ids: list[UUID]
    data: dict[str, Any]


class Feed(msgspec.Struct, frozen=True):
    """Events after a place. `next_cursor` is always there: go on from it, now or next week.

    `more`: there are further events at once; else the stream's end was reached.
    """

    items: list[Event]
    next_cursor: str
    more: bool
