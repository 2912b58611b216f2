"""Rounds from setting up to announcement."""

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from schoolgroup.access.decisions import may, policy_of, require, require_found
from schoolgroup.evaluation.appraisals.rounds import queries, rules
from schoolgroup.evaluation.appraisals.rounds.models import (
    AppraisalInput,
    AppraisalLine,
    AppraisalRow,
    AppraisalStatus,
    AppraisalView,
    Assigned,
    Deadlines,
    FigureCell,
    FiguresTaken,
    FromCall,
    Panel,
    Step,
    Subjects,
)
from schoolgroup.evaluation.appraisals.schemes import service as schemes
from schoolgroup.evaluation.appraisals.schemes.models import SchemeInput, SchemeSubject
from schoolgroup.evaluation.appraisals.schemes.rules import READ as READ_SCHEME
from schoolgroup.kernel import journal
from schoolgroup.kernel.db import Tx
from schoolgroup.kernel.errors import Conflict, NotFound, Problem, refuse_by_constraint
from schoolgroup.kernel.http import check_version
from schoolgroup.kernel.ids import new_id
from schoolgroup.kernel.paging import PageRequest
from schoolgroup.kernel.sheets import read_sheet
from schoolgroup.kernel.texts import Text


class SubjectTwice(Conflict):
    """A subject stands in a round once."""

    code = "subject_twice"
    title = Text("The subject is in the round already", "评价对象重复")
    remedy = Text("Leave it out.", "请去掉重复项。")


class OwnSchool(Conflict):
    """Nobody assesses the own school."""

    code = "own_school"
    title = Text("Nobody assesses the own school", "不得评审本校")
    remedy = Text("Name someone of another school.", "请指定外校人员。")


refuse_by_constraint("one_case_per_subject", SubjectTwice)
refuse_by_constraint("assessors_come_from_elsewhere", OwnSchool)


async def create(tx: Tx, data: AppraisalInput) -> AppraisalView:
    """A round: of the office over schools, or of a school over its teachers.

    Raises NotFound (the scheme), SchemeNotPublished, AppraisalInvalid.
    """
    school = tx.actor.school_id
    mask = policy_of(tx).relations.mask_of("group" if school is None else "own")
    require(tx, rules.RUN, mask, thing="appraisal/new")
    scheme = await schemes.fetch(tx, data.scheme_id, READ_SCHEME)
    if scheme.status != "published":
        raise rules.SchemeNotPublished
    if (scheme.subject is SchemeSubject.TEACHER) != (school is not None):
        why = "the office appraises schools, a school its teachers"
        raise _invalid("/scheme_id", "subject", why)
    rules.check_deadlines(data.self_until_at, data.evidence_until_at, data.experts_until_at)
    round_id = new_id()
    office_sees = school is None or scheme.teachers_to_office
    await queries.insert_round(tx, round_id, school, data, office_sees)
    return await changed(tx, round_id, "appraisal.created", rules.RUN)


async def fetch(tx: Tx, round_id: UUID, act: str) -> AppraisalRow:
    """A round, if the caller may do `act` to it. Raises NotFound, NotAllowed."""
    found = await queries.get_round(tx, round_id)
    row = require_found(found, f"appraisal/{round_id}", act)
    require(tx, act, row.relations, thing=f"appraisal/{round_id}", see=rules.READ)
    return row


async def fetch_locked(tx: Tx, round_id: UUID, act: str) -> AppraisalRow:
    """As `fetch`, alone: no step and nothing handed in until this transaction ends."""
    await fetch(tx, round_id, act)
    await queries.lock_round(tx, round_id)
    return await fetch(tx, round_id, act)


async def at_its_step(tx: Tx, round_id: UUID) -> AppraisalRow:
    """The round, kept at its step until this transaction ends; the caller asked for rights."""
    await queries.share_round(tx, round_id)
    row = await queries.get_round(tx, round_id)
    if row is None:
        raise NotFound
    return row


async def get(tx: Tx, round_id: UUID) -> AppraisalView:
    """One round."""
    return await _view(tx, await fetch(tx, round_id, rules.READ))


async def list_rounds(tx: Tx, page: PageRequest) -> list[AppraisalLine]:
    """Rounds the caller may read, the newest first."""
    return [
        AppraisalLine(
            id=row.id,
            school_id=row.school_id,
            scheme_id=row.scheme_id,
            title=row.title,
            status=row.status,
            version=row.version,
            actions=_actions(tx, row),
        )
        for row in await queries.list_rounds(tx, page)
    ]


async def change(tx: Tx, round_id: UUID, data: Deadlines, version: int) -> AppraisalView:
    """Move hours, before they are of no more use. Raises StaleVersion, WrongState."""
    row = await fetch_locked(tx, round_id, rules.RUN)
    check_version(version, row.version)
    rules.ROUND.step(row.status, "change")
    hours = (
        data.self_until_at or row.self_until_at,
        data.evidence_until_at or row.evidence_until_at,
        data.experts_until_at or row.experts_until_at,
    )
    rules.check_deadlines(*hours)
    await queries.change_deadlines(tx, round_id, *hours)
    return await changed(tx, round_id, "appraisal.changed", rules.RUN)


async def add_subjects(tx: Tx, round_id: UUID, data: Subjects) -> AppraisalView:
    """Name who is appraised. Raises WrongState, AppraisalInvalid, SubjectTwice."""
    row = await fetch_locked(tx, round_id, rules.RUN)
    rules.ROUND.step(row.status, "name_subjects")
    teachers = row.subject is SchemeSubject.TEACHER
    for n, one in enumerate(data.subjects):
        if (one.teacher_ref != "") != teachers:
            raise _invalid(f"/subjects/{n}/teacher_ref", "teacher_ref", "of teachers, and of each")
        if teachers and one.school_id != row.school_id:
            raise _invalid(f"/subjects/{n}/school_id", "school", "a school's own teachers only")
    asked = {one.school_id for one in data.subjects}
    if await queries.count_schools(tx, list(asked)) != len(asked):
        raise _invalid("/subjects", "unknown_school", "schools of the group that are open")
    await queries.insert_cases(tx, round_id, data.subjects)
    return await changed(tx, round_id, "appraisal.subjects_named", rules.RUN)


async def move(tx: Tx, round_id: UUID, data: Step) -> AppraisalView:
    """Take the next step. Raises WrongState, AppraisalInvalid, AssessmentsOutstanding."""
    act = rules.ROUND.transitions[data.verb].act
    row = await fetch_locked(tx, round_id, act)
    status = rules.ROUND.step(row.status, data.verb)
    until_at = None
    if data.verb == "open" and not (await queries.progress(tx, round_id)).cases:
        raise _invalid("/verb", "no_subjects", "name who is appraised first")
    if data.verb == "moderate" and tx.now < row.experts_until_at:
        progress = await queries.progress(tx, round_id)
        if progress.submitted < progress.assessments:
            raise rules.AssessmentsOutstanding(until_at=row.experts_until_at)
    if data.verb == "announce":
        scheme = await schemes.read(tx, row.scheme_id)
        until_at = tx.now + timedelta(days=scheme.settings.objection_days)
    if (data.verb == "cancel") != bool(data.because):
        raise _invalid("/because", "because", "calling off says why, and nothing else does")
    await queries.set_status(tx, round_id, status, until_at, data.because)
    return await changed(tx, round_id, f"appraisal.{status}", act)


async def assign(tx: Tx, round_id: UUID, data: Panel) -> Assigned:
    """Share the cases among the panel; seats there are stay, gaps are filled.

    Raises WrongState, AppraisalInvalid (unknown people), PanelTooSmall.
    """
    row = await fetch_locked(tx, round_id, rules.RUN)
    rules.ROUND.step(row.status, "assign")
    people = await queries.list_people(tx, sorted(set(data.person_ids)))
    known = {one.id: one for one in people}
    for n, person_id in enumerate(data.person_ids):
        if person_id not in known:
            raise _invalid(f"/person_ids/{n}", "unknown_person", "nobody in an appointment today")
    for n, conflict in enumerate(data.conflicts):
        if conflict.person_id not in known:
            raise _invalid(f"/conflicts/{n}/person_id", "unknown_person", "not of this panel")
        await queries.bar(tx, round_id, conflict.school_id, conflict.person_id, conflict.because)
    seats = await queries.list_seats(tx, round_id)
    held = {(seat.case_id, seat.person_id) for seat in seats if seat.status != "recused"}
    barred = {(seat.case_id, seat.person_id) for seat in seats if seat.status == "recused"}
    cases = await queries.list_cases(tx, round_id)
    made = rules.assign(cases, people, held, barred, data.per_case, row.school_id)
    rows: list[dict[str, object]] = [
        {
            "case_id": case_id,
            "person_id": person_id,
            "school_id": row.school_id or min(known[person_id].school_ids, default=None),
        }
        for case_id, person_id in made
    ]
    await queries.insert_seats(tx, rows)
    await _record(tx, row, "appraisal.assigned", rules.RUN, {"seats": len(made)})
    load = Counter(str(person_id) for _, person_id in [*held, *made])
    return Assigned(len(made), dict(sorted(load.items())))


async def take_figures(tx: Tx, round_id: UUID, content: bytes) -> FiguresTaken:
    """Figures from a table, all of it or nothing. Raises WrongState, SheetRefused."""
    row, scheme = await _filling(tx, round_id)
    cases = await queries.list_cases(tx, round_id)
    cells = rules.read_figures(read_sheet(content), cases, rules.fields_of(scheme))
    return await _put(tx, row, scheme, cells)


async def take_from_call(tx: Tx, round_id: UUID, data: FromCall) -> FiguresTaken:
    """Figures from the accepted returns of a call; each names the return and its version."""
    row, scheme = await _filling(tx, round_id)
    require(tx, "return:read", thing=f"call/{data.call_id}")
    if row.school_id is not None or not await queries.has_call(tx, data.call_id):
        raise _invalid("/call_id", "unknown_call", "a call of the group, for its schools")
    fields = rules.fields_of(scheme)
    unknown = sorted(set(data.fields) - set(fields))
    if unknown:
        raise _invalid(f"/fields/{unknown[0]}", "unknown_figure", f"one of {', '.join(fields)}")
    return await _put(tx, row, scheme, await queries.figures_of_call(tx, round_id, data))


async def _filling(tx: Tx, round_id: UUID) -> tuple[AppraisalRow, SchemeInput]:
    row = await fetch_locked(tx, round_id, rules.RUN)
    rules.ROUND.step(row.status, "take_figures")
    return row, await schemes.read(tx, row.scheme_id)


async def _put(
    tx: Tx, row: AppraisalRow, scheme: SchemeInput, cells: Sequence[FigureCell]
) -> FiguresTaken:
    await queries.put_figures(tx, cells)
    held: dict[UUID, set[str]] = {}
    for cell in await queries.list_figures(tx, row.id):
        held.setdefault(cell.case_id, set()).add(cell.field)
    cases = await queries.list_cases(tx, row.id)
    await _record(tx, row, "appraisal.figures_taken", rules.RUN, {"cells": len(cells)})
    return FiguresTaken(
        cells=len(cells),
        cases=len({cell.case_id for cell in cells}),
        lacking=rules.lacking(cases, rules.fields_of(scheme), held),
    )


async def changed(tx: Tx, round_id: UUID, event: str, act: str) -> AppraisalView:
    """Record what was done to a round, and show it."""
    row = await queries.get_round(tx, round_id)
    assert row is not None  # it was fetched under its lock, or made, in this transaction
    view = await _view(tx, row)
    await _record(tx, row, event, act, {})
    return view


async def _record(tx: Tx, row: AppraisalRow, event: str, act: str, data: dict[str, object]) -> None:
    cases = await queries.list_cases(tx, row.id)
    await journal.record(
        tx,
        event,
        act=act,
        thing=f"appraisal/{row.id}",
        owner_school_id=row.school_id,
        school_ids=sorted({case.school_id for case in cases}),
        version=row.version,
        data={"appraisal_id": row.id, "status": row.status, **data},
    )


def _actions(tx: Tx, row: AppraisalRow) -> list[str]:
    return rules.ROUND.actions(row.status, lambda act: may(tx, act, row.relations))


async def _view(tx: Tx, row: AppraisalRow) -> AppraisalView:
    runs = may(tx, rules.RUN, row.relations)
    return AppraisalView(
        id=row.id,
        school_id=row.school_id,
        scheme_id=row.scheme_id,
        scheme_sha256=row.scheme_sha256,
        subject=row.subject,
        title=row.title,
        status=AppraisalStatus(row.status),
        self_until_at=row.self_until_at,
        evidence_until_at=row.evidence_until_at,
        experts_until_at=row.experts_until_at,
        objections_until_at=row.objections_until_at,
        cancelled_because=row.cancelled_because,
        results_sha256=row.results_sha256,
        progress=await queries.progress(tx, row.id) if runs else None,
        created_at=row.created_at,
        version=row.version,
        actions=_actions(tx, row),
    )


def _invalid(pointer: str, code: str, why: str) -> rules.AppraisalInvalid:
    return rules.AppraisalInvalid(problems=[Problem(pointer, code, why, "mend it")])
