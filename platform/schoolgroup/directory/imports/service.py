"""The directory from files and into files: whole or not at all, and the same file twice is once.

A dry run does everything and takes it back, so it can promise what the import will do.
"""

from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from typing import NoReturn
from uuid import UUID

from schoolgroup.access.decisions import require
from schoolgroup.directory.circles import service as circles
from schoolgroup.directory.imports import plans, queries, rules
from schoolgroup.directory.imports.models import (
    ExportKind,
    ImportResult,
    Kind,
    KnownPerson,
    Outcome,
)
from schoolgroup.directory.models import Role
from schoolgroup.directory.people import queries as people_queries
from schoolgroup.directory.people import rules as people_rules
from schoolgroup.directory.people import service as people
from schoolgroup.directory.queries import today as group_today
from schoolgroup.directory.schools import service as schools
from schoolgroup.kernel import journal
from schoolgroup.kernel.db import Tx
from schoolgroup.kernel.errors import TooLarge
from schoolgroup.kernel.ids import new_id
from schoolgroup.kernel.sheet_files import SheetFile, TableFormat, checked_workbook, table_file
from schoolgroup.kernel.sheets import (
    Findings,
    Row,
)

IMPORT, EXPORT = "directory:import", "directory:export"
EXPORT_ROWS_MAX = 100_000
MANY = 100  # so many changes make the planner's picture of the directory a wrong one
NOBODY = UUID(int=0)


class _TakenBack(Exception):
    """Carries what a dry run found out of the transaction that undoes it."""

    def __init__(self, outcomes: list[Outcome]) -> None:
        super().__init__()
        self.outcomes = outcomes


async def ask_import(tx: Tx) -> None:
    """Raise unless the actor may import: asked before a large file is read."""
    require(tx, IMPORT, thing=f"group/{tx.group_id}")


async def import_rows(
    tx: Tx, kind: Kind, file_rows: Sequence[Row], *, dry_run: bool
) -> ImportResult:
    """Bring the directory to what the file says. Idempotent; rows not in the file stay.

    Raises NotAllowed, SheetRefused with every problem of the file, TooManyRows, LastAdministrator.
    """
    await ask_import(tx)
    rows = rules.name_columns(kind, file_rows)
    if dry_run:
        outcomes = await _rehearse(tx, lambda: TAKE[kind](tx, rows))
    else:
        outcomes = await TAKE[kind](tx, rows)
    counted = Counter(outcomes)
    result = ImportResult(
        kind=kind,
        dry_run=dry_run,
        rows=len(rows),
        created=counted[Outcome.CREATED],
        updated=counted[Outcome.UPDATED],
        unchanged=counted[Outcome.UNCHANGED],
    )
    if not dry_run:
        detail = {"kind": kind, "created": result.created, "updated": result.updated}
        await journal.enter(tx, IMPORT, f"group/{tx.group_id}", "done", detail)
    return result


async def annotate(tx: Tx, kind: Kind, file_rows: Sequence[Row]) -> SheetFile:
    """The file back as a workbook with what is wrong written beside each row; nothing is kept.

    Raises NotAllowed, and SheetRefused where the columns themselves are wrong.
    """
    return await checked_workbook(kind, file_rows, import_rows(tx, kind, file_rows, dry_run=True))


async def export(tx: Tx, kind: ExportKind, file_format: TableFormat) -> SheetFile:
    """Schools or staff as a file that the import reads back without a change; it is audited.

    Raises NotAllowed, TooLarge.
    """
    require(tx, EXPORT, thing=f"group/{tx.group_id}")
    if kind is ExportKind.SCHOOLS:
        table: list[list[object]] = [
            [
                s.code,
                s.name,
                s.name_en,
                ";".join(s.stages),
                s.tier,
                s.tier_from_on,
                s.address,
                s.longitude,
                s.latitude,
            ]
            for s in await queries.export_schools(tx, EXPORT_ROWS_MAX + 1)
        ]
    else:
        table = [
            [r.username, r.name, r.school_code, r.role, r.from_on, r.until_on]
            for r in await queries.export_staff(tx, EXPORT_ROWS_MAX + 1)
        ]
    if len(table) > EXPORT_ROWS_MAX:
        raise TooLarge(facts={"rows_max": EXPORT_ROWS_MAX})
    header = rules.COLUMNS[Kind(kind)]
    detail = {"kind": kind, "rows": len(table)}
    await journal.enter(tx, EXPORT, f"group/{tx.group_id}", "done", detail)
    return await table_file(kind, header, table, file_format)


async def _rehearse(tx: Tx, work: Callable[[], Awaitable[list[Outcome]]]) -> list[Outcome]:
    async def do_and_take_back() -> NoReturn:
        raise _TakenBack(await work())

    try:
        await tx.savepoint(do_and_take_back)
    except _TakenBack as done:
        return done.outcomes


async def _take_schools(tx: Tx, rows: Sequence[Row]) -> list[Outcome]:
    findings = Findings()
    lines = rules.read_schools(rows, findings)
    await queries.lock_imports(tx)
    known = await queries.list_schools_by_code(tx, [line.entry.code for line in lines])
    today = await group_today(tx)
    steps = plans.plan_schools(lines, known, today, findings)
    findings.refuse_any()
    for step in steps:
        if step.enter is not None:
            await schools.admit(tx, step.enter)
            continue
        if step.known is None:
            continue
        school, version = step.known.school, step.known.school.version
        if step.change is not None and await schools.write(tx, school, step.change, IMPORT):
            version += 1
        if step.new_tier:
            entry = step.line.entry
            await schools.place(tx, school.id, entry.tier, entry.tier_from_on, today, version)
    return [step.outcome for step in steps]


async def _take_staff(tx: Tx, rows: Sequence[Row]) -> list[Outcome]:
    findings = Findings()
    lines = rules.read_staff(rows, findings)
    await queries.lock_imports(tx)
    places = await queries.list_places(tx, [line.school_code for line in lines])
    known = await queries.list_people_by_username(tx, [line.username for line in lines])
    steps, outcomes = plans.plan_staff(lines, known, places, findings)
    findings.refuse_any()
    await _take_people(tx, steps)
    touched = (new.appointment.role for step in steps for new in step.dates)
    if Role.GROUP_ADMIN in touched and not (
        await people_queries.has_other_administrator(tx, NOBODY)
    ):
        raise people_rules.LastAdministrator
    return outcomes


async def _take_people(tx: Tx, steps: Sequence[plans.PersonStep]) -> None:
    """Write all people at once: a roster of thousands is a handful of statements."""
    known = [(s.known, s) for s in steps if s.known and (s.rename or s.add or s.dates)]
    new = [(new_id(), s) for s in steps if s.known is None]
    await queries.insert_people(tx, [(person_id, s.username, s.name) for person_id, s in new])
    dates = [(d.appointment.id, d.from_on, d.until_on) for _, s in known for d in s.dates]
    await queries.set_dates(tx, dates)
    added = [(person_id, entry) for person_id, s in new for entry in s.add]
    added += [(person.id, entry) for person, s in known for entry in s.add]
    await queries.insert_appointments(tx, added)
    await queries.rename_and_touch(tx, [(person.id, s.name) for person, s in known])
    changes = [people.entered(IMPORT, person_id, s.add) for person_id, s in new]
    changes += [_changed(person, s) for person, s in known]
    await journal.record_many(tx, changes)
    if len(changes) >= MANY:
        await queries.refresh_statistics(tx)


def _changed(person: KnownPerson, step: plans.PersonStep) -> journal.Change:
    school_ids = [a.school_id for a in person.appointments] + [a.school_id for a in step.add]
    return journal.Change(
        event="person.changed",
        act=IMPORT,
        thing=f"person/{person.id}",
        school_ids=list(dict.fromkeys(s for s in school_ids if s is not None)),
        version=person.version + 1,
        data={"fields": ["name"] * step.rename + ["appointments"] * bool(step.add or step.dates)},
    )


async def _take_circles(tx: Tx, rows: Sequence[Row]) -> list[Outcome]:
    findings = Findings()
    lines = rules.read_circles(rows, findings)
    await queries.lock_imports(tx)
    places = await queries.list_places(tx, [line.school_code for line in lines])
    known = await queries.list_circles_by_name(tx, [line.circle for line in lines])
    today = await group_today(tx)
    steps, outcomes = plans.plan_circles(lines, known, places, today, findings)
    findings.refuse_any()
    for step in steps:
        await _take_circle(tx, step)
    return outcomes


async def _take_circle(tx: Tx, step: plans.CircleStep) -> None:
    if step.known is not None:
        circle_id, version = step.known.circle.id, step.known.circle.version
        if step.change is not None:
            version += await circles.write(tx, step.known.circle, step.change, IMPORT)
    elif step.enter is not None:
        circle_id, version = await circles.enter(tx, step.enter, IMPORT), 1
    else:
        return
    if not step.join:
        return
    for school_id, from_on in step.join.items():
        await queries.join_circle(tx, circle_id, school_id, from_on)
    await circles.members_changed(tx, circle_id, version + 1, list(step.join), IMPORT)


TAKE: dict[Kind, Callable[[Tx, Sequence[Row]], Awaitable[list[Outcome]]]] = {
    Kind.SCHOOLS: _take_schools,
    Kind.STAFF: _take_staff,
    Kind.CIRCLES: _take_circles,
}
