"""Figures of ledgers: what dashboard, bulletin and export ask, so that all say the same."""

from datetime import date
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from schoolgroup.access.decisions import may, require
from schoolgroup.kernel.db import Tx
from schoolgroup.management.ledgers.books import service as books
from schoolgroup.management.ledgers.figures import queries, rules
from schoolgroup.management.ledgers.figures.models import (
    By,
    CountRow,
    Figure,
    Figures,
    Of,
    Outlook,
    Point,
    Series,
    Step,
)

FIGURES = "figures:read"


async def figures(tx: Tx, by: By, of: Of) -> Figures:
    """How the ledgers stand now, as a whole and in parts. Raises BadParts.

    To a school a tier of fewer than three schools is withheld, and what would give it away.
    """
    found = await counted(tx, by, of)
    if by is not By.TIER or tx.actor.school_id is None:
        return found
    schools = await queries.count_schools(tx)
    withheld = rules.withheld({part.part for part in found.parts}, schools)
    return msgspec.structs.replace(
        found,
        parts=[part for part in found.parts if part.part not in withheld],
        withheld=sorted(withheld),
    )


async def counted(tx: Tx, by: By, of: Of) -> Figures:
    """The same with nothing withheld: for who tells a school means, and withholds those."""
    _ask(tx, by, of)
    [whole] = await queries.count(tx, [tx.now], By.NOTHING, of)
    parts: list[CountRow] = []
    if by is not By.NOTHING:
        rows = await queries.count(tx, [tx.now], by, of)
        parts = [row for row in rows if row.total]
    return Figures(
        tx.now,
        by,
        rules.figure(whole, By.NOTHING, of),
        [rules.figure(row, by, of) for row in parts],
    )


async def whole(tx: Tx, of: Of) -> Figure:
    """The one figure of now, for who shows it elsewhere."""
    return (await counted(tx, By.NOTHING, of)).whole


async def series(tx: Tx, of: Of, from_on: date, until_on: date | None, step: Step) -> Series:
    """How the ledgers stood at the ends of days; today's point is `figures`. Raises BadSeries."""
    _ask(tx, By.NOTHING, of)
    zone = ZoneInfo(tx.actor.time_zone)
    today = books.day_of(tx, tx.now)
    days = rules.days_of(from_on, until_on or today, step, today)
    instants = [rules.instant_of(on, tx.now, zone) for on in days]
    rows = await queries.count(tx, instants, By.NOTHING, of)
    return Series(
        step,
        [
            Point(on, row.at, rules.figure(row, By.NOTHING, of))
            for on, row in zip(days, rows, strict=True)
        ],
    )


async def outlook(tx: Tx, ledger_id: UUID) -> Outlook:
    """A ledger's targets, how far they are, and where it is heading. Raises NotFound."""
    await books.look_up(tx, ledger_id)
    of = Of(ledger_id=ledger_id)
    _ask(tx, By.NOTHING, of)
    zone = ZoneInfo(tx.actor.time_zone)
    rows = await queries.count(tx, rules.week_ends(tx.now), By.NOTHING, of)
    targets = await books.targets_of(tx, ledger_id)
    return Outlook(
        ledger_id,
        rules.figure(rows[-1], By.NOTHING, of),
        [rules.aim(one.completion, one.by_on, rows, zone) for one in targets],
    )


def _ask(tx: Tx, by: By, of: Of) -> None:
    """Aggregates are for everybody; a single school's only for it and who reads all items."""
    require(tx, FIGURES, thing="ledger-figures")
    one_school = by is By.SCHOOL or of.school_id is not None
    if one_school and of.school_id != tx.actor.school_id and not may(tx, "ledger_item:read"):
        raise rules.BadParts
