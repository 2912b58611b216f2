"""The inbox over HTTP."""

from typing import Annotated

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromQuery, JSONBody, QueryParameter

from schoolgroup.access.decisions import NotAllowed
from schoolgroup.integration.inbox import service
from schoolgroup.integration.inbox.models import Counts, Item, Marked, Reading, Sort
from schoolgroup.kernel.db import Tx
from schoolgroup.kernel.errors import Invalid, Unauthenticated
from schoolgroup.kernel.http import LIMIT, Call, Cursor, Limit, may, refusals
from schoolgroup.kernel.paging import BadCursor, Page, PageRequest

TAGS = ["inbox"]
OfKind = FromQuery[
    Annotated[
        str | None,
        QueryParameter(pattern="^[a-z_]{1,60}$", description="Only of this kind."),
    ]
]
OfSort = FromQuery[
    Annotated[Sort | None, QueryParameter(description="Only what waits, or only notices.")]
]
Unread = FromQuery[
    Annotated[bool | None, QueryParameter(description="Only unread (true), only read (false).")]
]


@get(
    "/v1/inbox",
    opt=may("inbox:use"),
    operation_id="listInbox",
    tags=TAGS,
    summary="Everything that waits for me, and what I was told",
    responses=refusals(Unauthenticated, NotAllowed, BadCursor, Invalid),
)
async def list_inbox(
    call: NamedDependency[Call],
    kind: OfKind = None,
    sort: OfSort = None,
    unread: Unread = None,
    limit: Limit = LIMIT,
    cursor: Cursor = None,
) -> Response[Page[Item]]:
    """The newest first, in the present appointment. What was done elsewhere is gone from here."""

    async def listed(tx: Tx, page: PageRequest) -> list[Item]:
        return await service.list_items(tx, page, kind=kind, sort=sort, unread=unread)

    return await call.page(
        "inbox", limit, cursor, listed, key_of=lambda item: [item.since_at, item.id]
    )


@get(
    "/v1/inbox/counts",
    opt=may("inbox:use"),
    operation_id="countInbox",
    tags=TAGS,
    summary="How much waits, of which kind",
    responses=refusals(Unauthenticated, NotAllowed),
)
async def count_inbox(call: NamedDependency[Call]) -> Response[Counts]:
    """Each figure with the list it counts: they are reckoned over the same rows."""
    return Response(await call.read(service.count_items))


@post(
    "/v1/inbox/read",
    opt=may("inbox:use"),
    operation_id="markInbox",
    tags=TAGS,
    status_code=200,
    summary="Mark items read, or unread again",
    responses=refusals(Unauthenticated, NotAllowed, Invalid),
)
async def mark_inbox(data: JSONBody[Reading], call: NamedDependency[Call]) -> Response[Marked]:
    """Reading changes nothing of what waits; sent back a second time it is unread again."""
    return await call.once(lambda tx: service.mark(tx, data), status=200)


ROUTES = [list_inbox, count_inbox, mark_inbox]
