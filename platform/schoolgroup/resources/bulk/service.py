"""A school's catalogue from a sheet: whole or not at all, and the same sheet twice is once.

A dry run does everything and takes it back, so it can promise what the import will do. Files are
verified uploads of the actor's: whatever else was uploaded, here or at another school, is answered
like what was never there.
"""

from collections import Counter
from collections.abc import Sequence
from typing import NoReturn

import msgspec

from schoolgroup.access.decisions import may, require
from schoolgroup.kernel import journal
from schoolgroup.kernel.db import Tx
from schoolgroup.kernel.errors import Conflict, NotFound, refuse_by_constraint
from schoolgroup.kernel.sheet_files import SheetFile, checked_workbook
from schoolgroup.kernel.sheets import (
    Findings,
    Row,
)
from schoolgroup.kernel.texts import Text
from schoolgroup.resources.bulk import planning, queries, rules
from schoolgroup.resources.bulk.models import (
    Entry,
    HeldBack,
    ImportResult,
    Outcome,
)
from schoolgroup.resources.catalogue.checks import rules as checks
from schoolgroup.resources.catalogue.checks.models import CheckedFile, Facts
from schoolgroup.resources.catalogue.needs import queries as need_queries
from schoolgroup.resources.catalogue.needs import service as needs
from schoolgroup.resources.deposits import service as deposits
from schoolgroup.resources.previews.wishes import wish_for_many

CREATE, DESCRIBE, PUBLISH = "resource:create", "resource:describe", "resource:publish"
HELD_BACK_MAX = 1_000


class RefTaken(Conflict):
    """Another resource of the school has this reference."""

    code = "ref_taken"
    title = Text("The reference is taken", "该校本编号已被使用")
    remedy = Text("Choose another reference.", "请更换校本编号。")


refuse_by_constraint("one_resource_per_ref", RefTaken)


class _TakenBack(Exception):
    """Carries what a dry run found out of the transaction that undoes it."""

    def __init__(self, result: ImportResult) -> None:
        super().__init__()
        self.result = result


async def ask_import(tx: Tx) -> None:
    """Raise unless the actor may make resources: asked before a large file is read."""
    require(tx, CREATE, deposits.mask_of_new(tx), thing="resource/new")
    if tx.actor.school_id is None:
        raise NotFound


async def import_rows(
    tx: Tx, file_rows: Sequence[Row], *, publish: bool, dry_run: bool
) -> ImportResult:
    """Bring the school's drafts to what the sheet says; `publish` those that are ready.

    A row is found again by its resource_id or the school's own reference; without either it is a
    new draft. Raises NotAllowed, SheetRefused with every problem of the file, TooManyRows.
    """
    await ask_import(tx)
    rows = rules.name_columns(file_rows)
    if not dry_run:
        return await _take(tx, rows, publish, dry_run=False)

    async def do_and_take_back() -> NoReturn:
        raise _TakenBack(await _take(tx, rows, publish, dry_run=True))

    try:
        await tx.savepoint(do_and_take_back)
    except _TakenBack as done:
        return done.result


async def annotate(tx: Tx, file_rows: Sequence[Row]) -> SheetFile:
    """The file back as a workbook with what is wrong written beside each row; nothing is kept.

    Raises NotAllowed, and SheetRefused where the columns themselves are wrong.
    """
    trial = import_rows(tx, file_rows, publish=False, dry_run=True)
    return await checked_workbook("resources", file_rows, trial)


async def _take(tx: Tx, rows: Sequence[Row], publish: bool, *, dry_run: bool) -> ImportResult:
    findings = Findings()
    lines = rules.read_lines(rows, findings)
    school_id = tx.actor.school_id
    assert school_id is not None  # ask_import has raised otherwise
    await queries.lock_imports(tx, school_id)
    entries = await planning.plan(tx, school_id, lines, findings)
    findings.refuse_any()
    created = [e for e in entries if e.outcome is Outcome.CREATED]
    updated = [e for e in entries if e.outcome is Outcome.UPDATED]
    await queries.write_new(tx, created)
    await queries.write_changed(tx, updated)
    await queries.write_parts(tx, [*created, *updated])
    ready: list[Entry] = []
    held: list[HeldBack] = []
    if publish:
        ready, held = await _sort_out(tx, entries)
        await queries.write_published(tx, ready)
    read = {e.resource_id: e.revision_no for e in (*created, *updated, *ready)}
    await wish_for_many(tx, list(read.items()))
    changes = [
        *(_change(tx, e, "resource.created", CREATE, e.version) for e in created),
        *(_change(tx, e, "resource.described", DESCRIBE, e.version) for e in updated),
        *(_change(tx, e, "resource.published", PUBLISH, e.version + 1) for e in ready),
    ]
    if not dry_run:
        await journal.record_many(tx, changes)
    counted = Counter(entry.outcome for entry in entries)
    return ImportResult(
        dry_run=dry_run,
        rows=len(rows),
        created=counted[Outcome.CREATED],
        updated=counted[Outcome.UPDATED],
        unchanged=counted[Outcome.UNCHANGED],
        published=len(ready),
        held_back=held[:HELD_BACK_MAX],
    )


async def _sort_out(tx: Tx, entries: Sequence[Entry]) -> tuple[list[Entry], list[HeldBack]]:
    """The drafts that are ready for the actor to publish, and those held back, and why."""
    ready: list[Entry] = []
    held: list[HeldBack] = []
    if any(entry.needs or (entry.known and entry.known.needs) for entry in entries):
        await need_queries.lock_circles(tx)
    new = deposits.mask_of_new(tx)
    for entry in entries:
        if entry.known is not None and entry.known.draft_no is None:
            continue
        files = entry.files if entry.files is not None else entry.known.files if entry.known else []
        facts = Facts(files=[CheckedFile(file.file_name, "", True, True) for file in files])
        if entry.needs or (entry.known and entry.known.needs):
            facts = await _facts_of_needs(tx, entry, facts)
        codes = [check.code for check in checks.unmet(checks.examine(entry.description, facts))]
        if not may(tx, PUBLISH, entry.known.relations if entry.known else new):
            codes.append("not_allowed")
        if codes:
            held.append(HeldBack(entry.line.row.number, entry.line.ref, entry.resource_id, codes))
        else:
            ready.append(entry)
    return ready, held


async def _facts_of_needs(tx: Tx, entry: Entry, facts: Facts) -> Facts:
    """The same with how the prerequisites of the draft as it is written now stand."""
    number = entry.revision_no
    shown = (await needs.shown(tx, entry.resource_id, [number]))[number]
    wanted = [one.resource_id for one in shown if one.resource_id is not None]
    circular = await needs.circles(tx, entry.resource_id, wanted)
    return msgspec.structs.replace(
        facts, prerequisites=shown, circular=[str(one) for one in circular]
    )


def _change(tx: Tx, entry: Entry, event: str, act: str, version: int) -> journal.Change:
    return journal.Change(
        event=event,
        act=act,
        thing=f"resource/{entry.resource_id}",
        owner_school_id=tx.actor.school_id,
        version=version,
        data={
            "resource_id": entry.resource_id,
            "kind": entry.description.kind,
            "revision_no": entry.revision_no,
        },
    )
