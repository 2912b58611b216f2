"""SQL of ledgers, categories and targets."""

from collections.abc import Sequence
from uuid import UUID

from schoolgroup.access.decisions import with_rights
from schoolgroup.kernel.db import Tx, execute, fetch_all, fetch_one
from schoolgroup.kernel.ids import new_id
from schoolgroup.kernel.paging import PageRequest
from schoolgroup.management.ledgers.books.models import (
    CategoryRow,
    CategoryWish,
    LedgerRow,
    LedgerWish,
    TargetRow,
    TargetWish,
)

INSERT_CATEGORY = """
INSERT INTO ledger_category (group_id, code, label_en, label_zh, created_at)
VALUES ($1, $2, $3, $4, $5)
"""
LIST_CATEGORIES = """
SELECT code, label_en, label_zh FROM ledger_category WHERE group_id = $1 ORDER BY code
"""
INSERT_LEDGER = """
INSERT INTO ledger (group_id, id, title, initiative_id, created_at, updated_at)
VALUES ($1, $2, $3, $4, $5, $5)
"""
GET_LEDGER = """
SELECT l.id, l.title, l.initiative_id, l.version, l.created_at, /*relations:ledger:l*/ AS relations
  FROM ledger l
 WHERE l.group_id = $1 AND l.id = $2
"""
LOCK_LEDGER = GET_LEDGER + " FOR UPDATE OF l"
LIST_LEDGERS = """
SELECT l.id, l.title, l.initiative_id, l.version, l.created_at, /*relations:ledger:l*/ AS relations
  FROM ledger l
 WHERE l.group_id = $1 AND ($2::uuid IS NULL OR l.initiative_id = $2)
   AND ($3::uuid IS NULL OR l.id < $3) AND /*visible:ledger:read@ledger:l*/
 ORDER BY l.id DESC LIMIT $4
"""
CHANGE_LEDGER = """
UPDATE ledger SET title = $3, initiative_id = $4, updated_at = $5, version = version + 1
 WHERE group_id = $1 AND id = $2
"""
MOVE_LEDGER = """
UPDATE ledger SET updated_at = $3, version = version + 1 WHERE group_id = $1 AND id = $2
"""
INSERT_TARGET = """
INSERT INTO ledger_target (group_id, id, ledger_id, completion, by_on, because, set_by_person_id,
                           set_at)
VALUES ($1, $2, $3, $4::float8::numeric(4, 3), $5, $6, $7, $8)
"""
LIST_TARGETS = """
SELECT ledger_id, id, completion::float8 AS completion, by_on, because, set_at
  FROM ledger_target
 WHERE group_id = $1 AND ledger_id = ANY ($2::uuid[])
 ORDER BY ledger_id, set_at, id
"""


class _OfLedger(TargetRow, frozen=True):
    ledger_id: UUID


async def insert_category(tx: Tx, wish: CategoryWish) -> None:
    """A new category."""
    await execute(tx, INSERT_CATEGORY, tx.group_id, wish.code, wish.label.en, wish.label.zh, tx.now)


async def list_categories(tx: Tx) -> list[CategoryRow]:
    """Every category of the group by its code."""
    return await fetch_all(tx, CategoryRow, LIST_CATEGORIES, tx.group_id)


async def insert_ledger(tx: Tx, ledger_id: UUID, wish: LedgerWish) -> None:
    """A new ledger."""
    await execute(tx, INSERT_LEDGER, tx.group_id, ledger_id, wish.title, wish.initiative_id, tx.now)


async def get_ledger(tx: Tx, ledger_id: UUID) -> LedgerRow | None:
    """A ledger with the caller's relations to it."""
    return await fetch_one(tx, LedgerRow, with_rights(tx, GET_LEDGER), tx.group_id, ledger_id)


async def lock_ledger(tx: Tx, ledger_id: UUID) -> LedgerRow | None:
    """The same, held: numbers of new items are given under this lock."""
    return await fetch_one(tx, LedgerRow, with_rights(tx, LOCK_LEDGER), tx.group_id, ledger_id)


async def list_ledgers(tx: Tx, initiative_id: UUID | None, page: PageRequest) -> list[LedgerRow]:
    """The ledgers of the group, the newest first."""
    after = UUID(page.after[0]) if page.after else None
    return await fetch_all(
        tx, LedgerRow, with_rights(tx, LIST_LEDGERS), tx.group_id, initiative_id, after, page.limit
    )


async def change_ledger(tx: Tx, ledger_id: UUID, wish: LedgerWish) -> None:
    """Title and initiative anew."""
    await execute(tx, CHANGE_LEDGER, tx.group_id, ledger_id, wish.title, wish.initiative_id, tx.now)


async def move_ledger(tx: Tx, ledger_id: UUID) -> None:
    """Something of the ledger has changed: its version moves."""
    await execute(tx, MOVE_LEDGER, tx.group_id, ledger_id, tx.now)


async def insert_target(tx: Tx, ledger_id: UUID, wish: TargetWish) -> None:
    """A target, or another word for its day."""
    await execute(
        tx, INSERT_TARGET, tx.group_id, new_id(), ledger_id, wish.completion, wish.by_on,
        wish.because, tx.actor.person_id, tx.now,
    )  # fmt: skip


async def list_targets(tx: Tx, ledger_ids: Sequence[UUID]) -> dict[UUID, list[TargetRow]]:
    """Every target ever set, by ledger."""
    rows = await fetch_all(tx, _OfLedger, LIST_TARGETS, tx.group_id, list(ledger_ids))
    found: dict[UUID, list[TargetRow]] = {ledger_id: [] for ledger_id in ledger_ids}
    for row in rows:
        found[row.ledger_id].append(
            TargetRow(row.id, row.completion, row.by_on, row.because, row.set_at)
        )
    return found
