"""A ledger from a sheet and as a sheet: whole or not at all, and the same sheet twice is once.

A ledger that was kept elsewhere is taken over with its days: who reported, who closed and the
evidence stand in the rows, under the same constraints as any other item.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from typing import NoReturn
from uuid import UUID
from zoneinfo import ZoneInfo

from schoolgroup.access.decisions import require
from schoolgroup.kernel import journal
from schoolgroup.kernel.db import Tx
from schoolgroup.kernel.errors import TooLarge
from schoolgroup.kernel.journal import Change
from schoolgroup.kernel.paging import PageRequest
from schoolgroup.kernel.sheet_files import SheetFile, TableFormat, checked_workbook, table_file
from schoolgroup.kernel.sheets import (
    Findings,
    Row,
)
from schoolgroup.kernel.texts import Text
from schoolgroup.management.ledgers.books import service as books
from schoolgroup.management.ledgers.items import models as items
from schoolgroup.management.ledgers.items import queries as item_queries
from schoolgroup.management.ledgers.items import service as item_service
from schoolgroup.management.ledgers.items.models import ItemFilter, NewItem, Source
from schoolgroup.management.ledgers.items.queries import Happened
from schoolgroup.management.ledgers.sheets import queries, rules
from schoolgroup.management.ledgers.sheets.models import ImportResult, Placed

EXPORT_ROWS_MAX = 5_000
NOON = time(12)


class ExportTooLarge(TooLarge):
    """More items than one file takes."""

    code = "export_too_large"
    title = Text("More is found than one file takes", "结果过多，无法一次导出")
    remedy = Text(
        f"Narrow it: a file takes {EXPORT_ROWS_MAX} rows.",
        f"请缩小范围，每个文件最多 {EXPORT_ROWS_MAX} 行。",
    )


class _TakenBack(Exception):
    """Carries what a dry run found out of the transaction that undoes it."""

    def __init__(self, result: ImportResult) -> None:
        super().__init__()
        self.result = result


async def ask_import(tx: Tx, ledger_id: UUID) -> None:
    """Raise unless the actor may enter items for every school: asked before a file is read."""
    await books.look_up(tx, ledger_id)
    require(tx, items.ENTER, thing=f"ledger/{ledger_id}/import")


async def import_rows(
    tx: Tx, ledger_id: UUID, file_rows: Sequence[Row], *, dry_run: bool
) -> ImportResult:
    """Take the rows over; a row whose reference the ledger has, and that says the same, is passed.

    Raises SheetRefused with every problem of the file, TooManyRows, NotAllowed.
    """
    await ask_import(tx, ledger_id)
    rows = rules.name_columns(file_rows)
    rules.need(rows)
    if not dry_run:
        return await _take(tx, ledger_id, rows, dry_run=False)

    async def do_and_take_back() -> NoReturn:
        raise _TakenBack(await _take(tx, ledger_id, rows, dry_run=True))

    try:
        await tx.savepoint(do_and_take_back)
    except _TakenBack as done:
        return done.result


async def annotate(tx: Tx, ledger_id: UUID, file_rows: Sequence[Row]) -> SheetFile:
    """The file back as a workbook with what is wrong beside each row; nothing is kept."""
    trial = import_rows(tx, ledger_id, file_rows, dry_run=True)
    return await checked_workbook("ledger", file_rows, trial)


async def template(form: TableFormat) -> SheetFile:
    """The empty sheet."""
    return await table_file("ledger", list(rules.COLUMNS.values()), [], form)


async def export(tx: Tx, ledger_id: UUID, wanted: ItemFilter, form: TableFormat) -> SheetFile:
    """The items the list shows for these filters, in the order of the ledger; kept in the trail.

    Raises NotFound, ExportTooLarge.
    """
    await books.look_up(tx, ledger_id)
    found = await item_service.list_items(tx, wanted, PageRequest(limit=EXPORT_ROWS_MAX + 1))
    if len(found) > EXPORT_ROWS_MAX:
        raise ExportTooLarge(facts={"rows_max": EXPORT_ROWS_MAX})
    codes = {school.id: school.code for school in await queries.list_schools(tx)}
    told = {"export": form, "rows": len(found)}
    await journal.enter(tx, items.READ, f"ledger/{ledger_id}", "done", told)
    table = rules.table(sorted(found, key=lambda item: item.no), codes)
    return await table_file("ledger", rules.EXPORT_HEADER, table, form)


async def _take(tx: Tx, ledger_id: UUID, rows: Sequence[Row], *, dry_run: bool) -> ImportResult:
    findings = Findings()
    today = books.day_of(tx, tx.now)
    lines = rules.read_lines(rows, today, findings)
    if any(line.closed_on for line in lines):
        require(tx, items.CLOSE, thing=f"ledger/{ledger_id}/import")
    if any(line.dropped_on for line in lines):
        require(tx, items.DROP, thing=f"ledger/{ledger_id}/import")
    await books.hold(tx, ledger_id)
    known = await queries.list_known(tx, ledger_id, [line.ref for line in lines if line.ref])
    names = {name for one in lines for name in (one.username, one.reported_by, one.closed_by)}
    directory = rules.Directory(
        await queries.list_schools(tx),
        await queries.list_people(tx, sorted(names)),
        await books.list_categories(tx),
        await queries.list_measures(tx, ledger_id),
    )
    placed, unchanged = rules.place(lines, known, directory, findings)
    findings.refuse_any()
    changes = await _write(tx, ledger_id, placed)
    await journal.record_many(tx, changes)
    return ImportResult(
        dry_run=dry_run,
        rows=len(rows),
        opened=len(placed),
        reported=sum(one.line.reported_on is not None for one in placed),
        closed=sum(one.line.closed_on is not None for one in placed),
        dropped=sum(one.line.dropped_on is not None for one in placed),
        unchanged=unchanged,
    )


async def _write(tx: Tx, ledger_id: UUID, placed: Sequence[Placed]) -> list[Change]:
    """The items and what happened to them, an act of all at a time; the events of it in order."""
    first = await item_queries.next_no(tx, ledger_id)
    rows = [
        NewItem(
            id=one.id, ledger_id=ledger_id, no=first + n, title=one.line.title,
            detail=one.line.detail, category=one.category, source=Source.IMPORT, source_id=None,
            source_note=one.line.source_note, ref=one.line.ref, measure_id=one.measure_id,
            school_id=one.school_id, person_id=one.person_id, due_on=one.line.due_on,
            opened_at=_at(tx, one.line.opened_on),
        )
        for n, one in enumerate(placed)
    ]  # fmt: skip
    if rows:
        await item_queries.insert_items(tx, rows)
    reports = [
        queries.Told(one.id, one.reporter_id, one.line.evidence, _at(tx, one.line.reported_on))
        for one in placed
        if one.line.reported_on and one.reporter_id
    ]
    if reports:
        await queries.write_reports(tx, reports)
        await item_queries.insert_acts(
            tx, "report", [Happened(one.id, one.at, one.person_id) for one in reports]
        )
    closed = [
        queries.Told(one.id, one.closer_id, "", _at(tx, one.line.closed_on))
        for one in placed
        if one.line.closed_on and one.closer_id
    ]
    if closed:
        await queries.write_closed(tx, closed)
        await item_queries.insert_acts(
            tx, "close", [Happened(one.id, one.at, one.person_id) for one in closed]
        )
    dropped = [one for one in placed if one.line.dropped_on]
    if dropped:
        await queries.write_dropped(tx, [one.id for one in dropped])
        for because in sorted({one.line.because for one in dropped}):
            acts = [
                Happened(one.id, _at(tx, one.line.dropped_on))
                for one in dropped
                if one.line.because == because and one.line.dropped_on
            ]
            await item_queries.insert_acts(tx, "drop", acts, because)
    return [change for one in placed for change in _changes(ledger_id, one)]


def _at(tx: Tx, on: date | None) -> datetime:
    """Noon of a day at the group's place; of today, now at the latest."""
    assert on is not None
    noon = datetime.combine(on, NOON, ZoneInfo(tx.actor.time_zone)).astimezone(UTC)
    return min(noon, tx.now)


def _changes(ledger_id: UUID, one: Placed) -> list[Change]:
    acts = [("opened", items.ENTER, True), ("reported", items.REPORT, one.line.reported_on),
            ("closed", items.CLOSE, one.line.closed_on), ("dropped", items.DROP,
            one.line.dropped_on)]  # fmt: skip
    return [
        Change(
            event=f"ledger_item.{event}",
            act=act,
            thing=f"ledger_item/{one.id}",
            version=no,
            data={"ledger_id": ledger_id, "source": Source.IMPORT},
            owner_school_id=one.school_id,
            school_ids=[one.school_id] if one.school_id else [],
        )
        for no, (event, act) in enumerate(
            [(event, act) for event, act, happened in acts if happened], start=1
        )
    ]
