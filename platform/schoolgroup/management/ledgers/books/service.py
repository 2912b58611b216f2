"""Ledgers are made by the group office and known to everybody in the group."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from schoolgroup.access.decisions import may, require, require_found
from schoolgroup.kernel import journal
from schoolgroup.kernel.db import Tx
from schoolgroup.kernel.errors import refuse_by_constraint
from schoolgroup.kernel.http import check_version
from schoolgroup.kernel.ids import new_id
from schoolgroup.kernel.paging import PageRequest
from schoolgroup.kernel.texts import Text
from schoolgroup.management.ledgers.books import queries, rules
from schoolgroup.management.ledgers.books.models import (
    Category,
    CategoryWish,
    Ledger,
    LedgerRow,
    LedgerWish,
    TargetRow,
    TargetWish,
)

refuse_by_constraint("one_category_per_code", rules.CategoryExists)
refuse_by_constraint("one_category_per_label", rules.CategoryExists)
refuse_by_constraint("one_ledger_per_title", rules.LedgerExists)
refuse_by_constraint("ledger_group_id_initiative_id_fkey", rules.BadLedger)


def day_of(tx: Tx, at: datetime) -> date:
    """The date of an instant at the group's place."""
    return at.astimezone(ZoneInfo(tx.actor.time_zone)).date()


async def add_category(tx: Tx, wish: CategoryWish) -> Category:
    """A category from now on. Raises CategoryExists."""
    require(tx, rules.MANAGE, thing="ledger-category/new")
    await queries.insert_category(tx, wish)
    await journal.record(
        tx,
        "ledger_category.added",
        act=rules.MANAGE,
        thing=f"ledger-category/{wish.code}",
        version=1,
        data={"code": wish.code},
    )
    return Category(wish.code, Text(wish.label.en, wish.label.zh))


async def list_categories(tx: Tx) -> list[Category]:
    """Every category by its code."""
    require(tx, rules.READ, thing="ledger-category/list")
    return [
        Category(row.code, Text(row.label_en, row.label_zh))
        for row in await queries.list_categories(tx)
    ]


async def make_ledger(tx: Tx, wish: LedgerWish) -> Ledger:
    """A ledger without items. Raises LedgerExists."""
    require(tx, rules.MANAGE, thing="ledger/new")
    ledger_id = new_id()
    await queries.insert_ledger(tx, ledger_id, wish)
    await _record(tx, "ledger.made", ledger_id, 1)
    return await get_ledger(tx, ledger_id)


async def look_up(tx: Tx, ledger_id: UUID, act: str = rules.READ) -> LedgerRow:
    """The ledger's row for who may `act` on it. Raises NotFound."""
    return _allowed(tx, await queries.get_ledger(tx, ledger_id), ledger_id, act)


async def hold(tx: Tx, ledger_id: UUID, act: str = rules.READ) -> LedgerRow:
    """The same, held until commit: who numbers new items waits here for each other."""
    return _allowed(tx, await queries.lock_ledger(tx, ledger_id), ledger_id, act)


async def get_ledger(tx: Tx, ledger_id: UUID) -> Ledger:
    """A ledger with its targets. Raises NotFound."""
    row = await look_up(tx, ledger_id)
    return _shown(tx, row, await targets_of(tx, ledger_id))


async def targets_of(tx: Tx, ledger_id: UUID) -> list[TargetRow]:
    """The targets in force, in the order of their days."""
    found = await queries.list_targets(tx, [ledger_id])
    return rules.in_force(found[ledger_id])


async def list_ledgers(tx: Tx, initiative_id: UUID | None, page: PageRequest) -> list[Ledger]:
    """The group's ledgers, the newest first."""
    rows = await queries.list_ledgers(tx, initiative_id, page)
    targets = await queries.list_targets(tx, [row.id for row in rows])
    return [_shown(tx, row, rules.in_force(targets[row.id])) for row in rows]


async def change_ledger(tx: Tx, ledger_id: UUID, wish: LedgerWish, version: int) -> Ledger:
    """Another title, or of another initiative. Raises StaleVersion, LedgerExists."""
    row = await hold(tx, ledger_id, rules.MANAGE)
    check_version(version, row.version)
    await queries.change_ledger(tx, ledger_id, wish)
    await _record(tx, "ledger.changed", ledger_id, version + 1)
    return await get_ledger(tx, ledger_id)


async def set_target(tx: Tx, ledger_id: UUID, wish: TargetWish) -> Ledger:
    """Aim at a completion by a day; what was aimed at before is kept. Raises BadLedger."""
    row = await hold(tx, ledger_id, rules.MANAGE)
    rules.check_target(wish.by_on, day_of(tx, tx.now))
    await queries.insert_target(tx, ledger_id, wish)
    await queries.move_ledger(tx, ledger_id)
    await journal.record(
        tx,
        "ledger.target_set",
        act=rules.MANAGE,
        thing=f"ledger/{ledger_id}",
        version=row.version + 1,
        data={"completion": wish.completion, "by_on": wish.by_on},
    )
    return await get_ledger(tx, ledger_id)


def _allowed(tx: Tx, row: LedgerRow | None, ledger_id: UUID, act: str) -> LedgerRow:
    found = require_found(row, f"ledger/{ledger_id}", act)
    require(tx, act, found.relations, thing=f"ledger/{ledger_id}", see=rules.READ)
    return found


async def _record(tx: Tx, event: str, ledger_id: UUID, version: int) -> None:
    await journal.record(
        tx, event, act=rules.MANAGE, thing=f"ledger/{ledger_id}", version=version, data={}
    )


def _shown(tx: Tx, row: LedgerRow, targets: Sequence[TargetRow]) -> Ledger:
    verbs = ["change", "set_target"] if may(tx, rules.MANAGE, row.relations) else []
    return Ledger(
        id=row.id,
        title=row.title,
        initiative_id=row.initiative_id,
        targets=list(targets),
        created_at=row.created_at,
        version=row.version,
        actions=verbs,
    )
