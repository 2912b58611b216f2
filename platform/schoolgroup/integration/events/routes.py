"""The stream of events over HTTP."""

import asyncio
import time
from functools import partial
from typing import Annotated
from urllib.parse import quote
from uuid import UUID

import msgspec
from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, QueryParameter

from schoolgroup.access.decisions import NotAllowed
from schoolgroup.integration.events import rules, service
from schoolgroup.integration.events.models import (
    FROM_NOW,
    START,
    WAIT_S_MAX,
    Event,
    Feed,
    Position,
)
from schoolgroup.kernel.errors import Invalid, NotFound, Unauthenticated
from schoolgroup.kernel.http import LIMIT, Call, Limit, may, refusals
from schoolgroup.kernel.paging import BadCursor

LIST_NAME = "events"
LOOK_AGAIN_S = 0.5
After = FromQuery[
    Annotated[
        str | None,
        QueryParameter(
            max_length=1024,
            description="Where to go on: next_cursor. Absent: from the first event; "
            "`now`: from this moment.",
        ),
    ]
]
Types = FromQuery[
    Annotated[
        str | None,
        QueryParameter(max_length=2000, description="Only these: `loan.opened,exam.*`."),
    ]
]
Wait = FromQuery[
    Annotated[
        int,
        QueryParameter(
            ge=0, le=WAIT_S_MAX, description="Seconds to wait for the next event if there is none."
        ),
    ]
]


@get(
    "/v1/events",
    opt=may("event:read"),
    operation_id="listEvents",
    tags=["events"],
    summary="What happened since, in an order that never skips",
    responses=refusals(Unauthenticated, NotAllowed, BadCursor, service.CursorExpired, Invalid),
)
async def list_events(
    call: NamedDependency[Call],
    after: After = None,
    types: Types = None,
    limit: Limit = LIMIT,
    wait: Wait = 0,
) -> Response[Feed]:
    """Keep `next_cursor` where you keep what you made of the events, in the same transaction.

    Every event is told once per cursor; a reader that repeats a cursor gets the same events again.
    """
    wanted = rules.read_types(types)
    place, from_start = _place(call, after), after is None
    until = time.monotonic() + wait
    while True:  # between two looks no connection is held
        rows, next_place, more = await call.read(
            partial(service.follow, after=place, wanted=wanted, limit=limit, from_start=from_start)
        )
        left_s = until - time.monotonic()
        if rows or left_s <= 0:
            break
        place, from_start = next_place, False
        await asyncio.sleep(min(LOOK_AGAIN_S, left_s))
    cursor = call.cursors.write(LIST_NAME, list(msgspec.structs.astuple(next_place)))
    query = f"after={quote(cursor)}&limit={limit}"
    if types:
        query += f"&types={quote(types, safe='')}"
    feed = Feed([row.event for row in rows], cursor, more)
    return Response(feed, headers={"Link": f'</v1/events?{query}>; rel="next"'})


def _place(call: Call, after: str | None) -> Position | None:
    if after is None:
        return START
    if after == FROM_NOW:
        return None
    try:
        return msgspec.convert(call.cursors.read(LIST_NAME, after), Position)
    except msgspec.ValidationError as wrong:
        raise BadCursor from wrong


@get(
    "/v1/events/{event_id:uuid}",
    opt=may("event:read"),
    operation_id="getEvent",
    tags=["events"],
    summary="One event",
    responses=refusals(Unauthenticated, NotFound),
)
async def get_event(event_id: FromPath[UUID], call: NamedDependency[Call]) -> Response[Event]:
    """An event by its id, the `webhook-id` of its delivery, as far as the caller may know now."""
    return Response(await call.read(lambda tx: service.get_event(tx, event_id)))


ROUTES = [list_events, get_event]
