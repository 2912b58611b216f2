"""The pupil register of a school: taken from files, promoted each year; names on record only."""

import asyncio
from collections.abc import Mapping, Sequence
from uuid import UUID

from schoolgroup.access.decisions import may, policy_of, require, require_found
from schoolgroup.directory.pupils import queries, rules
from schoolgroup.directory.pupils.models import (
    ClassList,
    NameInput,
    NameList,
    NameView,
    Promotion,
    PromotionView,
    PupilHistory,
    PupilLine,
    PupilRow,
    PupilsTaken,
    PupilStatus,
    PupilView,
)
from schoolgroup.directory.queries import today as group_today
from schoolgroup.kernel import journal
from schoolgroup.kernel.db import Tx
from schoolgroup.kernel.errors import NotFound, refuse_by_constraint
from schoolgroup.kernel.ids import new_id
from schoolgroup.kernel.paging import PageRequest
from schoolgroup.kernel.sheet_files import SheetFile, problems_of, with_notes
from schoolgroup.kernel.sheets import Findings, Row

READ, KEEP, NAME = "pupil:read", "pupil:keep", "pupil:name"
refuse_by_constraint("register_number_once", rules.RegisterNumberTaken)


async def own_school(tx: Tx, act: str) -> UUID:
    """The acting school, which may do `act` to its own pupils. Raises NotAllowed."""
    mask = policy_of(tx).relations.mask_of("own")
    require(tx, act, mask if tx.actor.school_id else 1, thing="pupil/new")
    if tx.actor.school_id is None:
        raise NotFound  # the office keeps no pupils
    return tx.actor.school_id


async def import_pupils(
    tx: Tx, rows: Sequence[Row], year: int | None, *, dry_run: bool
) -> PupilsTaken:
    """Bring the school's register to what the file says; pupils not in it stay.

    The same file twice changes nothing. Raises NotAllowed, SheetRefused with every problem.
    """
    school_id = await own_school(tx, KEEP)
    if any(row.cells.get("name") or row.cells.get("姓名") for row in rows):
        await own_school(tx, NAME)
    await queries.lock_school(tx, school_id)
    today = await group_today(tx)
    year = year or rules.school_year(today)
    findings = Findings()
    named = rules.named(rows)
    lines = rules.read_register(named, await queries.stages_of(tx, school_id) or [], findings)
    known = await queries.list_known(tx, school_id, year, [line.register_number for line in lines])
    rules.check_known(lines, known, findings)
    findings.refuse_any()
    new = [(new_id(), line) for line in lines if line.register_number not in known]
    changed = [
        (known[line.register_number].id, line)
        for line in lines
        if line.register_number in known and rules.differs(line, known[line.register_number])
    ]
    names = 0
    if not dry_run:
        await queries.insert_pupils(tx, school_id, new)
        await queries.set_sexes(tx, changed)
        begins = max(today, rules.year_begins_on(year)) if new else today
        await queries.enrol(tx, school_id, year, begins, [_enrolled(*one) for one in new + changed])
        ids = {line.register_number: pupil for pupil, line in new}
        ids |= {number: has.id for number, has in known.items()}
        said = [(ids[line.register_number], line.name) for line in lines if line.name]
        names = await queries.set_names(tx, school_id, said)
        if new or changed or names:
            await _record(
                tx,
                "pupil.imported",
                KEEP,
                f"school/{school_id}",
                school_id,
                {"created": len(new), "updated": len(changed), "school_year": year},
            )
    return PupilsTaken(
        dry_run=dry_run,
        school_year=year,
        rows=len(lines),
        created=len(new),
        updated=len(changed),
        unchanged=len(lines) - len(new) - len(changed),
        names=names,
    )


async def annotate(tx: Tx, sent: bytes, rows: Sequence[Row], year: int | None) -> SheetFile:
    """The file back as it came, with what is wrong beside each row; nothing is kept.

    Raises SheetRefused where the columns themselves are wrong.
    """
    problems = await problems_of(import_pupils(tx, rows, year, dry_run=True))
    return await asyncio.to_thread(with_notes, sent, "pupils-checked", rows, problems)


async def list_pupils(
    tx: Tx, page: PageRequest, grade: int | None, class_label: str | None, status: str | None
) -> list[PupilView]:
    """The pupils of the own school, by register number; without names."""
    rows = await queries.list_pupils(tx, page, grade, class_label, status)
    return [_view(tx, row) for row in rows]


async def get(tx: Tx, pupil_id: UUID) -> PupilHistory:
    """One pupil with the years at the caller's school."""
    pupil = await fetch(tx, pupil_id, READ)
    years = await queries.list_enrolments(tx, pupil_id)
    return PupilHistory(_view(tx, pupil), years, pupil.version)


async def list_classes(tx: Tx, year: int | None) -> ClassList:
    """The classes of a year with how many are in each."""
    school_id = await own_school(tx, READ)
    year = year or rules.school_year(await group_today(tx))
    return ClassList(year, await queries.list_classes(tx, school_id, year))


async def read_name(tx: Tx, pupil_id: UUID) -> NameView:
    """A pupil's name; who read it is entered in the audit trail. Raises NotFound."""
    pupil = await fetch(tx, pupil_id, NAME)
    found = await queries.list_names(tx, pupil.school_id, pupil_id, None, None)
    await journal.enter(tx, NAME, f"pupil/{pupil_id}", "done", {"read": len(found)})
    if not found:
        raise NotFound
    return found[0]


async def read_names(tx: Tx, grade: int, class_label: str) -> NameList:
    """The names of a class; who read them is entered in the audit trail."""
    school_id = await own_school(tx, NAME)
    found = await queries.list_names(tx, school_id, None, grade, class_label)
    said = {"read": len(found), "grade": grade, "class": class_label}
    await journal.enter(tx, NAME, f"school/{school_id}", "done", said)
    return NameList(found)


async def write_name(tx: Tx, pupil_id: UUID, data: NameInput) -> PupilHistory:
    """Write a name down, or another in its place."""
    pupil = await fetch(tx, pupil_id, NAME)
    await queries.set_names(tx, pupil.school_id, [(pupil_id, data.name)])
    await _record(tx, "pupil.named", NAME, f"pupil/{pupil_id}", pupil.school_id, {})
    return await get(tx, pupil_id)


async def erase_name(tx: Tx, pupil_id: UUID) -> PupilHistory:
    """Forget a pupil's name for good: what remains is a pseudonym. Raises NotFound."""
    pupil = await fetch(tx, pupil_id, NAME)
    if not await queries.delete_name(tx, pupil_id, pupil.school_id):
        raise NotFound
    await _record(tx, "pupil.name_erased", NAME, f"pupil/{pupil_id}", pupil.school_id, {})
    return await get(tx, pupil_id)


async def leave(tx: Tx, pupil_id: UUID) -> PupilHistory:
    """A pupil leaves the school for somewhere outside the group. Raises NotEnrolled."""
    pupil = await fetch(tx, pupil_id, KEEP)
    await queries.lock_school(tx, pupil.school_id)
    if pupil.status is not PupilStatus.ENROLLED:
        raise rules.NotEnrolled
    await queries.close_enrolments(tx, [pupil_id], await group_today(tx))
    await queries.set_status(tx, [pupil_id], PupilStatus.LEFT)
    await _record(tx, "pupil.left", KEEP, f"pupil/{pupil_id}", pupil.school_id, {})
    return await get(tx, pupil_id)


async def promote(tx: Tx, data: Promotion) -> PromotionView:
    """Everyone enrolled the year before into the next grade; the last grade leaves.

    A second time changes nothing and answers the same. Raises NotAllowed.
    """
    school_id = await own_school(tx, KEEP)
    await queries.lock_school(tx, school_id)
    standing = await queries.get_promotion(tx, school_id, data.to_year, None)
    if standing is not None:
        return standing
    stages = await queries.stages_of(tx, school_id) or []
    leaving = rules.leaving(stages, data.leaving_grades)
    before = await queries.list_to_promote(tx, school_id, data.to_year - 1)
    going = [one.pupil_id for one in before if one.grade in leaving]
    staying = [one for one in before if one.grade not in leaving]
    begins = rules.year_begins_on(data.to_year)
    await queries.close_enrolments(tx, [one.pupil_id for one in before], begins)
    await queries.set_status(tx, going, PupilStatus.GRADUATED)
    rows = [(one.pupil_id, one.register_number, *rules.promoted(one)) for one in staying]
    await queries.enrol(tx, school_id, data.to_year, begins, rows)
    made = PromotionView(new_id(), school_id, data.to_year, len(staying), len(going), tx.now, None)
    await queries.insert_promotion(tx, made)
    said = {"to_year": made.to_year, "promoted": made.promoted, "graduated": made.graduated}
    await _record(tx, "pupil.promoted", KEEP, f"promotion/{made.id}", school_id, said)
    return made


async def undo_promotion(tx: Tx, promotion_id: UUID) -> PromotionView:
    """Take a promotion back, while nothing rests on it. Raises NotFound, PromotionDepended."""
    school_id = await own_school(tx, KEEP)
    await queries.lock_school(tx, school_id)
    made = await queries.get_promotion(tx, school_id, None, promotion_id)
    if made is None:
        raise NotFound
    if made.undone_at is not None:
        return made
    if await queries.depends_on(tx, made):
        raise rules.PromotionDepended
    await queries.undo_promotion(tx, made, rules.year_begins_on(made.to_year))
    said = {"to_year": made.to_year}
    await _record(tx, "pupil.promotion_undone", KEEP, f"promotion/{made.id}", school_id, said)
    undone = await queries.get_promotion(tx, school_id, None, promotion_id)
    assert undone is not None  # it was there under the lock
    return undone


async def fetch(tx: Tx, pupil_id: UUID, act: str) -> PupilRow:
    """The pupil, if the caller may do `act`. Raises NotFound, NotAllowed."""
    pupil = await queries.get_pupil(tx, pupil_id)
    require_found(pupil, f"pupil/{pupil_id}", act)
    assert pupil is not None
    require(tx, act, pupil.relations, thing=f"pupil/{pupil_id}", see=READ)
    return pupil


def _enrolled(pupil_id: UUID, line: PupilLine) -> tuple[UUID, str, int, str]:
    return pupil_id, line.register_number, line.grade, line.class_label


def _view(tx: Tx, row: PupilRow) -> PupilView:
    here = row.status is PupilStatus.ENROLLED
    actions = ["leave"] if here and may(tx, KEEP, row.relations) else []
    if here and may(tx, "transfer:propose", policy_of(tx).relations.mask_of("own")):
        actions.append("transfer")
    if may(tx, NAME, row.relations):
        actions.append("name")
    return PupilView(
        id=row.id,
        register_number=row.register_number,
        sex=row.sex,
        status=row.status,
        school_year=row.school_year,
        grade=row.grade,
        class_label=row.class_label,
        version=row.version,
        actions=actions,
    )


async def _record(
    tx: Tx, event: str, act: str, thing: str, school_id: UUID, data: Mapping[str, object]
) -> None:
    await journal.record(tx, event, act=act, thing=thing, owner_school_id=school_id, data=data)
