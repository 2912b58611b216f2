"""The stream of events (事件流): what changed, in an order that never skips; ids, no contents."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from msgspec import Meta

# The cursor that begins at the end: what happened before is not told.
FROM_NOW = "now"
TYPES_MAX = 50
WAIT_S_MAX = 30


class Position(msgspec.Struct, frozen=True, array_like=True):
    """A place in the stream: everything up to it has been told.

    The order is (life of the server, transaction, place within it), read only below the oldest
    transaction that still runs: nothing can ever commit behind a position that was given out. The
    life is last, so that cursors from before lives were counted still hold: they are of life 0.
    """

    transaction_id: Annotated[int, Meta(ge=0)]
    seq: Annotated[int, Meta(ge=0)]
    life: Annotated[int, Meta(ge=0)] = 0

    @property
    def order(self) -> tuple[int, int, int]:
        """What positions are compared by."""
        return self.life, self.transaction_id, self.seq


START = Position(0, 0)


class Wanted(msgspec.Struct, frozen=True):
    """Which types: whole ones (`loan.opened`) and first halves (`loan` of `loan.*`). None: all.

    Of `since_at` (inclusive) and `until_at` (exclusive) each bounds the instants where it is given.
    """

    types: list[str] | None = None
    families: list[str] | None = None
    since_at: datetime | None = None
    until_at: datetime | None = None


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
    life: int

    @property
    def place(self) -> Position:
        """Where in the stream it stands."""
        return Position(self.transaction_id, self.seq, self.life)

    @property
    def event(self) -> "Event":
        """What its subscribers are told."""
        return Event(
            id=self.id,
            type=self.type,
            subject=self.subject,
            at=self.at,
            version=self.version,
            owner_school_id=self.owner_school_id,
            school_ids=self.school_ids,
            data=self.data,
        )


class Event(msgspec.Struct, frozen=True):
    """Something that happened: fetch `subject` to learn what is there now, with one's own rights.

    `id` stays the same however often it is delivered. `version` is the subject's after the change:
    of two events about one thing the higher version is the later. `school_ids` are the schools it
    concerns, as far as the caller may know them; `data` holds ids and codes, never personal data,
    and nothing where one is told only because one may find what is shared.
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
