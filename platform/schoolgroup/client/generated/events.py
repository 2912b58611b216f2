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
    id: UUID
    type: str
    subject: str
    at: dt.datetime
    version: int | None
    owner_school_id: UUID | None
    school_ids: list[UUID]
    data: dict[str, Any]


class Feed(Struct, frozen=True, kw_only=True, omit_defaults=True):
    items: list[Event]
    next_cursor: str
    more: bool


def get_event(event_id: UUID) -> k.Asked[Event]:
    """One event.

    An event by its id, the `webhook-id` of its delivery, as far as the caller may know now.
    """
    return k.ask(
        "getEvent", "GET", k.path_of("/v1/events/{event_id}", event_id=event_id), k.read_json(Event)
    )


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
