"""Releases: results to named recipients at an instant, to be taken back and worked out anew."""

import asyncio
from collections.abc import Sequence
from uuid import UUID

import msgspec

from schoolgroup.access.decisions import may, require, require_found
from schoolgroup.evaluation.assigning import queries as assigning_queries
from schoolgroup.evaluation.assigning import service as assigning
from schoolgroup.evaluation.assigning.rules import used
from schoolgroup.evaluation.exams import rules as exam_rules
from schoolgroup.evaluation.exams import service as exams
from schoolgroup.evaluation.exams.gates import Content
from schoolgroup.evaluation.exams.limits import service as limits
from schoolgroup.evaluation.exams.models import Participation
from schoolgroup.evaluation.results import rules as results_rules
from schoolgroup.evaluation.results import service as results
from schoolgroup.evaluation.statistics import queries, telling
from schoolgroup.evaluation.statistics.models import (
    GROUP,
    Computed,
    GroupFigures,
    GroupView,
    NamedView,
    OwnView,
    PeerFigures,
    PeerView,
    PupilRow,
    PupilsView,
    ReleaseInput,
    ReleaseRow,
    ReleaseStatus,
    ReleaseSummary,
    ReleaseView,
    Verification,
    Withdrawal,
)
from schoolgroup.evaluation.statistics.release import compute
from schoolgroup.evaluation.statistics.rules import CODE_VERSION, METHODS
from schoolgroup.kernel import journal
from schoolgroup.kernel.db import Tx
from schoolgroup.kernel.errors import Denial, Forbidden, Invalid, NotFound, Problem
from schoolgroup.kernel.ids import new_id
from schoolgroup.kernel.paging import PageRequest
from schoolgroup.kernel.texts import Text
from schoolgroup.kernel.transitions import Machine, Transition

CELL_PUPILS_MIN = 10
DIFFERENCES_MAX = 50

RELEASE: Machine[ReleaseStatus] = Machine(
    "release",
    [Transition("withdraw", "release:make", (ReleaseStatus.RELEASED,), ReleaseStatus.WITHDRAWN)],
)


class RecipientsInvalid(Invalid):
    """Results go to schools that take part in the exam."""

    code = "recipients_invalid"
    remedy = Text("Name schools that have accepted the exam.", "请指定已确认参加的学校。")


class Embargoed(Forbidden):
    """The hour set for the release has not come."""

    code = "embargoed"
    title = Text("Not before the hour of the release", "未到发布时间")
    remedy = Text("Come back at the hour in `until`.", "请在 until 所示时间之后查看。")


class NoPupils(NotFound):
    """The release holds nothing of single pupils for the caller's school."""


async def release(tx: Tx, exam_id: UUID, data: ReleaseInput) -> ReleaseView:
    """Publish the frozen results to schools.

    Raises ForbiddenByLaw where the gate keeps the contents or the public out, WrongState,
    RecipientsInvalid.
    """
    exam = await exams.fetch_locked(tx, exam_id, "release:make")
    gate, thing = await limits.gate_in_force(tx, exam.gate), f"exam/{exam_id}"
    if data.recipients == "public":
        raise exam_rules.check_public(gate, thing)
    wanted = data.contents or [Content.FIGURES, Content.PUPIL_GRADES]
    contents = [c for c in Content if c in wanted and (data.contents or c in gate.contents)]
    exam_rules.check_contents(gate, contents, thing)
    await exams.move(tx, exam, "release")
    schools = await exams.participants(tx, exam_id)
    taking_part = [s.school_id for s in schools if s.status is Participation.ACCEPTED]
    recipients = _recipients(data, taking_part)
    snapshot = await results.snapshot(tx, exam_id)
    assert snapshot is not None  # a frozen exam has one
    papers = await results.papers_of(tx, exam_id, snapshot.id)
    parts = await results.parts(tx, snapshot.id)
    letters = {s.school_id: s.letter for s in schools if s.letter}
    tables = {}
    if Content.PUPIL_SCORES in contents and Content.RANKS in gate.contents:
        tables = await assigning.in_force(tx, exam, papers, snapshot, parts)
    computed = await asyncio.to_thread(
        compute, papers, parts, letters, snapshot.sha256, CELL_PUPILS_MIN, contents, tables
    )
    computed = await telling.beside_earlier(tx, exam_id, computed, parts, letters, CELL_PUPILS_MIN)
    made = ReleaseRow(
        id=new_id(),
        exam_id=exam_id,
        owner_school_id=exam.school_id,
        owner_name=exam.owner_name,
        title=exam.title,
        gate=exam.gate,
        snapshot_id=snapshot.id,
        snapshot_sha256=snapshot.sha256,
        frozen_at=snapshot.frozen_at,
        status=ReleaseStatus.RELEASED,
        contents=contents,
        cell_pupils_min=CELL_PUPILS_MIN,
        code_version=CODE_VERSION,
        embargo_until_at=data.embargo_until_at,
        appeals_until_at=data.appeals_until_at,
        stale=False,
        released_at=tx.now,
        withdrawn_at=None,
        withdrawn_because="",
        version=1,
        relations=exam.relations,
        exam_relations=exam.relations,
    )
    await queries.insert_release(tx, made, recipients)
    await queries.insert_computed(tx, made.id, computed)
    await assigning_queries.insert_used(tx, made.id, tables)
    await _record(tx, "release.made", made, recipients)
    return await _view(tx, made)


async def get(tx: Tx, release_id: UUID) -> ReleaseView:
    """The release as the caller may see it: the own figures, the others without a name.

    Raises NotFound, Embargoed.
    """
    return await _view(tx, await fetch(tx, release_id))


async def list_releases(tx: Tx, exam_id: UUID | None, page: PageRequest) -> list[ReleaseSummary]:
    """Releases the caller may read now, the newest first."""
    return [
        ReleaseSummary(
            id=row.id,
            exam_id=row.exam_id,
            title=row.title,
            status=row.status,
            contents=row.contents,
            embargo_until_at=row.embargo_until_at,
            appeals_until_at=row.appeals_until_at,
            stale=row.stale,
            released_at=row.released_at,
            version=row.version,
            actions=_actions(tx, row),
        )
        for row in await queries.list_releases(tx, exam_id, page)
    ]


async def withdraw(tx: Tx, release_id: UUID, data: Withdrawal) -> ReleaseView:
    """Take a release back: recipients no longer see it, the organiser sees that it was.

    Raises WrongState.
    """
    found = await queries.get_release(tx, release_id)
    require_found(found, f"release/{release_id}", "release:make")
    assert found is not None
    await exams.fetch_locked(tx, found.exam_id, "release:make")
    found = await queries.get_release(tx, release_id)  # as it is under the lock
    assert found is not None
    RELEASE.step(found.status, "withdraw")
    await queries.withdraw(tx, release_id, data.because)
    if not await queries.count_standing(tx, found.exam_id):
        await exams.move(tx, await exams.fetch(tx, found.exam_id, "release:make"), "withdraw")
    withdrawn = await queries.get_release(tx, release_id)
    assert withdrawn is not None
    recipients = await queries.list_recipients(tx, release_id)
    await _record(tx, "release.withdrawn", withdrawn, recipients)
    return await _view(tx, withdrawn)


async def pupils(tx: Tx, release_id: UUID) -> PupilsView:
    """What the release tells the acting school of its own pupils.

    Raises NotFound, Embargoed, NoPupils.
    """
    row = await fetch(tx, release_id)
    school_id = tx.actor.school_id
    stored = await queries.get_computed(tx, release_id, school_id) if school_id else None
    if stored is None or not stored.pupils:
        raise NoPupils
    names = {s.id: s.subject for s in await results.papers_of(tx, row.exam_id, row.snapshot_id)}
    items = []
    for (subject_id, _), told in stored.pupils.items():
        for n, number in enumerate(told.exam_numbers):
            total = told.total_half_marks[n] if told.total_half_marks else None
            items.append(
                PupilRow(
                    subject=names[subject_id],
                    exam_number=number,
                    class_label=told.class_labels[n],
                    result=told.results[n],
                    grade=(told.grades[n] or None) if told.grades else None,
                    total_marks=None if total is None else total / 2,
                    joint_rank=told.joint_ranks[n] if told.joint_ranks else None,
                    assigned_marks=told.assigned_marks[n] if told.assigned_marks else None,
                )
            )
    items.sort(key=lambda pupil: (pupil.subject, pupil.exam_number))
    await journal.enter(tx, "release:read", f"release/{release_id}", "done", {"pupils": len(items)})
    return PupilsView(release_id, items, row.version)


async def verify(tx: Tx, release_id: UUID) -> Verification:
    """Work the release out anew from its snapshot and compare: the organiser all, a school its own.

    Raises NotFound, Embargoed.
    """
    row = await fetch(tx, release_id)
    own_only = not organises(tx, row)
    school_id = tx.actor.school_id if own_only else None
    papers = await results.papers_of(tx, row.exam_id, row.snapshot_id)
    parts = await results.parts(tx, row.snapshot_id, school_id)
    stored = await queries.get_computed(tx, release_id, school_id)
    letters = {s.school_id: s.letter for s in await exams.participants(tx, row.exam_id) if s.letter}
    differences = [
        f"part {part.exam_subject_id}/{part.school_id}: its hash is another"
        for part in parts
        if results_rules.part_sha256(part) != part.sha256
    ]
    if not own_only:
        sealed = results_rules.snapshot_sha256(row.exam_id, papers, parts)
        if sealed != row.snapshot_sha256:
            differences.append("snapshot: its hash is another")
    tables = {c.exam_subject_id: c for c in await assigning_queries.list_used(tx, release_id)}
    anew = await asyncio.to_thread(
        compute, papers, parts, letters, row.snapshot_sha256, row.cell_pupils_min, row.contents,
        tables,
    )  # fmt: skip
    # what is told as it was is compared with where it was told first
    carried = {} if own_only else await telling.first_told(tx, stored.origin)
    anew = msgspec.structs.replace(anew, shared={**anew.shared, **carried})
    checked, wrong = _compare(stored, anew, own_only)
    differences += wrong
    return Verification(
        release_id=release_id,
        scope="own" if own_only else "whole",
        snapshot_sha256=row.snapshot_sha256,
        released_with=row.code_version,
        verified_with=CODE_VERSION,
        parts_checked=len(parts),
        figures_checked=checked,
        equal=not differences,
        differences=differences[:DIFFERENCES_MAX],
    )


def _compare(stored: Computed, anew: Computed, own_only: bool) -> tuple[int, list[str]]:
    """How many sets of figures were compared, and those that differ. Ranks need all schools."""
    pairs: list[tuple[str, dict[object, object], dict[object, object]]] = [
        ("figures", dict(stored.own), dict(anew.own))
    ]
    if not own_only:
        pairs.append(("shared", dict(stored.shared), dict(anew.shared)))
        pairs.append(("pupils", dict(stored.pupils), dict(anew.pupils)))
    checked, wrong = 0, []
    for kind, before, after in pairs:
        for key in before.keys() | after.keys():
            checked += 1
            if before.get(key) != after.get(key):
                wrong.append(f"{kind} {key}: comes out otherwise")
    return checked, sorted(wrong)


async def fetch(tx: Tx, release_id: UUID) -> ReleaseRow:
    """The release if the caller may read it now. Raises NotFound, Embargoed."""
    row = await queries.get_release(tx, release_id)
    require_found(row, f"release/{release_id}", "release:read")
    assert row is not None
    if may(tx, "release:read", row.relations):
        return row
    shut = row.embargo_until_at is not None and tx.now < row.embargo_until_at
    standing = row.status is ReleaseStatus.RELEASED
    # who takes part in the exam may know when its results come
    if shut and standing and may(tx, "exam:read", row.exam_relations):
        denial = Denial("release:read", f"release/{release_id}", ("embargoed",), "")
        raise Embargoed(until_at=row.embargo_until_at, denial=denial)
    require(tx, "release:read", row.relations, thing=f"release/{release_id}", see="release:read")
    return row


def _recipients(data: ReleaseInput, taking_part: Sequence[UUID]) -> list[UUID]:
    if isinstance(data.recipients, str):
        return list(taking_part)
    problems = [
        Problem(f"/recipients/{n}", "not_taking_part", f"{school_id} does not take part")
        for n, school_id in enumerate(data.recipients)
        if school_id not in taking_part
    ]
    if problems:
        raise RecipientsInvalid(problems=problems)
    return sorted(set(data.recipients))


def organises(tx: Tx, row: ReleaseRow) -> bool:
    """Whether the caller acts for who runs the exam, and so sees all of it."""
    return tx.actor.school_id is None or tx.actor.school_id == row.owner_school_id


def _actions(tx: Tx, row: ReleaseRow) -> list[str]:
    return RELEASE.actions(row.status, lambda act: may(tx, act, row.exam_relations))


async def _record(tx: Tx, event: str, row: ReleaseRow, recipients: Sequence[UUID]) -> None:
    await journal.record(
        tx,
        event,
        act="release:make",
        thing=f"release/{row.id}",
        owner_school_id=row.owner_school_id,
        school_ids=recipients,
        version=row.version,
        data={
            "release_id": row.id,
            "exam_id": row.exam_id,
            "snapshot_sha256": row.snapshot_sha256,
            "embargo_until_at": row.embargo_until_at,
        },
    )


async def _view(tx: Tx, row: ReleaseRow) -> ReleaseView:
    school_id = tx.actor.school_id
    stored = await queries.get_computed(tx, row.id, school_id)
    names = {s.id: s.subject for s in await results.papers_of(tx, row.exam_id, row.snapshot_id)}
    order = list(names)
    schools = {s.letter: s for s in await exams.participants(tx, row.exam_id) if s.letter}
    mine = next((name for name, s in schools.items() if s.school_id == school_id), "")
    shared = sorted(stored.shared.items(), key=lambda kv: (order.index(kv[0][0]), _by(kv[0][1])))
    peers = [(s, name, f) for (s, name), f in shared if isinstance(f, PeerFigures)]
    return ReleaseView(
        id=row.id,
        exam_id=row.exam_id,
        title=row.title,
        status=row.status,
        contents=row.contents,
        recipients=await queries.list_recipients(tx, row.id),
        snapshot_sha256=row.snapshot_sha256,
        frozen_at=row.frozen_at,
        code_version=row.code_version,
        cell_pupils_min=row.cell_pupils_min,
        embargo_until_at=row.embargo_until_at,
        appeals_until_at=row.appeals_until_at,
        stale=row.stale,
        released_at=row.released_at,
        withdrawn_at=row.withdrawn_at,
        withdrawn_because=row.withdrawn_because,
        methods=METHODS,
        own=[
            OwnView(names[subject], mine or "", figures)
            for (subject, school), figures in stored.own.items()
            if school == school_id
        ],
        others=[PeerView(names[s], name, f) for s, name, f in peers if name != mine]
        if school_id
        else [],
        group=[
            GroupView(names[subject], figures)
            for (subject, name), figures in shared
            if name == GROUP and isinstance(figures, GroupFigures)
        ],
        schools=[
            NamedView(names[s], name, schools[name].school_id, schools[name].school_name, f)
            for s, name, f in peers
        ]
        if school_id is None
        else [],
        version=row.version,
        actions=_actions(tx, row),
        conversions=[used(table) for table in await assigning_queries.list_used(tx, row.id)],
    )


def _by(letter: str) -> tuple[int, str]:
    """A, B, … Z, AA: the order of the letters, which is that of no school."""
    return len(letter), letter
