"""The stream of what happened, and those who are told (事件).

Written by `make client` from the API description: do not edit.
"""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from msgspec import Struct

from schoolgroup.client import kinds as k


class Event(Struct, frozen=True, kw_only=True, omit_defaults=True):
    at: dt.datetime
    data: dict[str, Any]
    id: UUID
    owner_school_id: UUID | None
    school_ids: list[UUID]
    subject: str
    type: str
    version: int | None


class Feed(Struct, frozen=True, kw_only=True, omit_defaults=True):
    items: list[Event]
    more: bool
    next_cursor: str


def list_events(
    *,
    after: str | None = None,
    types: str | None = None,
    limit: int | None = None,
    wait: int | None = None,
) -> k.Asked[Feed]:
    """What happened since, in an order that never skips.

    Keep `next_cursor` where you keep what you made of the events, in the same transaction.

    Every event is told once per cursor; a reader that repeats a cursor gets the same events
    again.
    """
    return k.ask(
        "listEvents",
        "GET",
        "/v1/events",
        k.read_json(Feed),
        query={"after": after, "types": types, "limit": limit, "wait": wait},
    )
