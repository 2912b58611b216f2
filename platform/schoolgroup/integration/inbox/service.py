"""One inbox of everything that waits for a person and of what the person was told."""

from schoolgroup.access.decisions import may, policy_of, require
from schoolgroup.integration.inbox import queries
from schoolgroup.integration.inbox.kinds import WAITING
from schoolgroup.integration.inbox.models import (
    Count,
    Counts,
    Item,
    ItemRow,
    Marked,
    Reading,
    Sort,
)
from schoolgroup.integration.notices.kinds import kinds
from schoolgroup.kernel.db import Tx
from schoolgroup.kernel.paging import PageRequest
from schoolgroup.kernel.texts import Text

USE = "inbox:use"
FILL_IN = "return:draft"
LINK = "/v1/inbox?kind="


async def list_items(
    tx: Tx, page: PageRequest, *, kind: str | None, sort: Sort | None, unread: bool | None
) -> list[Item]:
    """What waits for the caller in this appointment, the newest first; a machine has none."""
    require(tx, USE, thing="inbox")
    if tx.actor.person_id is None:
        return []
    rows = await queries.list_items(
        tx, tx.actor.person_id, _fills_in(tx), _news(), page,
        kind=kind, sort=sort, unread=unread,
    )  # fmt: skip
    return [_shown(tx, row) for row in rows]


async def count_items(tx: Tx) -> Counts:
    """The same, counted: each figure with the list it counts."""
    require(tx, USE, thing="inbox")
    if tx.actor.person_id is None:
        return Counts([], 0, 0, 0)
    rows = await queries.count_items(tx, tx.actor.person_id, _fills_in(tx), _news())
    items = [
        Count(
            kind=row.kind,
            sort=_sort(row.kind),
            name=_name(row.kind),
            count=row.count,
            unread=row.unread,
            overdue=row.overdue,
            link=LINK + row.kind,
        )
        for row in rows
    ]
    return Counts(
        items,
        sum(row.count for row in rows),
        sum(row.unread for row in rows),
        sum(row.overdue for row in rows),
    )


async def mark(tx: Tx, reading: Reading) -> Marked:
    """Mark items read, or unread again; a name that is in no inbox does no harm."""
    require(tx, USE, thing="inbox")
    if tx.actor.person_id is None:
        return Marked(0)
    changed = await queries.mark(tx, tx.actor.person_id, reading.ids, read=reading.read)
    return Marked(changed)


def _news() -> list[str]:
    """The kinds of notice that are items of their own: what they tell of does not wait itself."""
    return [code for code, kind in kinds().items() if not kind.waits]


def _fills_in(tx: Tx) -> bool:
    """Whether the caller may fill in returns of the acting school, also those not begun."""
    if tx.actor.school_id is None:
        return False
    return may(tx, FILL_IN, policy_of(tx).relations.mask_of("own"))


def _sort(kind: str) -> Sort:
    return Sort.WAITING if kind in WAITING else Sort.NOTICE


def _name(kind: str) -> Text:
    return WAITING[kind].name if kind in WAITING else kinds()[kind].name


def _shown(tx: Tx, row: ItemRow) -> Item:
    if row.kind in WAITING:
        line = WAITING[row.kind].line
        text = Text(_said(line.en, row), _said(line.zh, row))
    else:
        text = Text(
            f"{row.text_en}. {row.body_en}".strip(), f"{row.text_zh}。{row.body_zh}".strip()
        )
    return Item(
        id=row.item,
        sort=_sort(row.kind),
        kind=row.kind,
        name=_name(row.kind),
        text=text,
        since_at=row.since_at,
        due_at=row.due_at,
        overdue=row.due_at is not None and row.due_at <= tx.now,
        read=row.read_at is not None,
        link=row.link,
    )


def _said(line: str, row: ItemRow) -> str:
    return line.replace("{title}", row.title).replace("{school}", row.school_name)
