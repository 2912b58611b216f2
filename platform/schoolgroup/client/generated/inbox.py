"""What waits for one person now (待办).

Written by `make client` from the API description: do not edit.
"""

from __future__ import annotations

import datetime as dt

from msgspec import Struct

from schoolgroup.client import kinds as k
from schoolgroup.client.generated import shared


class InboxItem(Struct, frozen=True, kw_only=True, omit_defaults=True):
    id: str
    sort: shared.InboxSort
    kind: str
    name: shared.Text
    text: shared.Text
    since_at: dt.datetime
    due_at: dt.datetime | None
    overdue: bool
    read: bool
    link: str


class InboxMarked(Struct, frozen=True, kw_only=True, omit_defaults=True):
    changed: int


class Reading(Struct, frozen=True, kw_only=True, omit_defaults=True):
    ids: list[str]
    read: bool = True


def count_inbox() -> k.Asked[shared.InboxCounts]:
    """How much waits, of which kind.

    Each figure with the list it counts: they are reckoned over the same rows.
    """
    return k.ask("countInbox", "GET", "/v1/inbox/counts", k.read_json(shared.InboxCounts))


def list_inbox(
    *,
    kind: str | None = None,
    sort: shared.InboxSort | None = None,
    unread: bool | None = None,
    limit: int | None = None,
    cursor: str | None = None,
) -> k.Asked[k.Page[InboxItem]]:
    """Everything that waits for me, and what I was told.

    The newest first, in the present appointment. What was done elsewhere is gone from here.
    """
    return k.ask(
        "listInbox",
        "GET",
        "/v1/inbox",
        k.read_json(k.Page[InboxItem]),
        query={"kind": kind, "sort": sort, "unread": unread, "limit": limit, "cursor": cursor},
    )


def mark_inbox(body: Reading, *, idempotency_key: str | None = None) -> k.Asked[InboxMarked]:
    """Mark items read, or unread again.

    Reading changes nothing of what waits; sent back a second time it is unread again.
    """
    return k.ask(
        "markInbox",
        "POST",
        "/v1/inbox/read",
        k.read_json(InboxMarked),
        body=body,
        once=True,
        key=idempotency_key,
    )
