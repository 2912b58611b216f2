"""Appeals: lodged by schools, decided by who runs the exam, counted by the next snapshot."""

from collections.abc import Sequence
from uuid import UUID

from schoolgroup.access.decisions import may, require, require_found
from schoolgroup.evaluation.appeals import queries, rules
from schoolgroup.evaluation.appeals.models import (
    AppealInput,
    AppealRow,
    AppealStatus,
    AppealView,
    Decision,
    Refreeze,
)
from schoolgroup.evaluation.exams import service as exams
from schoolgroup.evaluation.exams.models import ExamStatus, Subject
from schoolgroup.evaluation.exams.rules import plain
from schoolgroup.evaluation.results import service as results
from schoolgroup.evaluation.results.models import SnapshotView
from schoolgroup.evaluation.statistics import service as releases
from schoolgroup.evaluation.statistics.models import ReleaseStatus
from schoolgroup.kernel import journal
from schoolgroup.kernel.db import Tx
from schoolgroup.kernel.errors import NotFound, Problem, refuse_by_constraint
from schoolgroup.kernel.ids import new_id
from schoolgroup.kernel.paging import PageRequest
from schoolgroup.kernel.transitions import WrongState

refuse_by_constraint("one_appeal_per_snapshot", rules.AlreadyAppealed)
refuse_by_constraint("one_open_appeal", rules.AlreadyAppealed)


async def lodge(tx: Tx, release_id: UUID, data: AppealInput) -> AppealView:
    """Doubt a mark of one of the own school's pupils.

    Raises NotFound, Embargoed, AppealsClosed, AppealInvalid, AlreadyAppealed.
    """
    release = await releases.fetch(tx, release_id)
    require(tx, rules.LODGE, release.relations, thing=f"release/{release_id}", see="release:read")
    school_id = tx.actor.school_id
    if school_id is None:
        raise NotFound  # pupils are a school's: the office has none to appeal for
    stands = release.status is ReleaseStatus.RELEASED
    rules.check_window(release.contents, stands, release.appeals_until_at, tx.now)
    subject = _subject(await exams.papers(tx, release.exam_id), data.subject)
    rules.check_items(data, subject.items)
    concerned = await queries.get_concerned(tx, subject.id, school_id, data.exam_number)
    if concerned is None or concerned.item_half_marks is None:
        raise rules.AppealInvalid(
            problems=[
                Problem(
                    "/exam_number",
                    "no_marks",
                    "no pupil of yours with marks in this subject",
                    "write the exam number as the release has it",
                )
            ]
        )
    snapshot = await results.snapshot(tx, release.exam_id)
    assert snapshot is not None  # what is released was frozen
    appeal_id = new_id()
    await queries.insert_appeal(
        tx,
        appeal_id,
        exam_id=release.exam_id,
        release_id=release_id,
        snapshot_id=snapshot.id,
        exam_subject_id=subject.id,
        school_id=school_id,
        candidate_id=concerned.candidate_id,
        kind=data.kind,
        items=data.items,
        reason=data.reason,
        before_half_marks=concerned.item_half_marks,
    )
    made = await _get(tx, appeal_id)
    await _record(tx, "appeal.lodged", rules.LODGE, made)
    return _view(tx, made, [subject])


async def get(tx: Tx, appeal_id: UUID) -> AppealView:
    """One appeal. Raises NotFound."""
    found = await _get(tx, appeal_id)
    require(tx, rules.READ, found.relations, thing=f"appeal/{appeal_id}", see=rules.READ)
    return _view(tx, found, await exams.papers(tx, found.exam_id))


async def list_appeals(
    tx: Tx, exam_id: UUID, status: AppealStatus | None, page: PageRequest
) -> list[AppealView]:
    """The exam's appeals: all for who runs it, its own for a school."""
    exam = await exams.fetch(tx, exam_id, rules.READ)
    mine = None if may(tx, rules.DECIDE, exam.relations) else tx.actor.school_id
    papers = await exams.papers(tx, exam_id)
    rows = await queries.list_appeals(tx, exam_id, status, mine, page)
    return [_view(tx, row, papers) for row in rows]


async def withdraw(tx: Tx, appeal_id: UUID) -> AppealView:
    """Take an appeal back before it is decided. Raises NotFound, WrongState."""
    found = await _locked(tx, appeal_id, rules.READ)
    if found.school_id != tx.actor.school_id:
        raise NotFound
    rules.APPEAL.step(found.status, "withdraw")
    await queries.withdraw(tx, appeal_id)
    return await _changed(tx, appeal_id, "appeal.withdrawn", rules.LODGE)


async def decide(tx: Tx, appeal_id: UUID, data: Decision) -> AppealView:
    """Answer an appeal, with the reason; its marks count from the next snapshot.

    Raises NotFound, WrongState, AppealInvalid.
    """
    found = await _locked(tx, appeal_id, rules.DECIDE)
    status = rules.APPEAL.step(found.status, "uphold" if data.uphold else "reject")
    papers = await exams.papers(tx, found.exam_id)
    subject = next(paper for paper in papers if paper.id == found.exam_subject_id)
    after = rules.decided_marks(data, found.before_half_marks, subject.items, found.left_out)
    await queries.decide(tx, appeal_id, status, data.because, after if data.uphold else None)
    return await _changed(tx, appeal_id, "appeal.decided", rules.DECIDE)


async def refreeze(tx: Tx, exam_id: UUID, data: Refreeze) -> SnapshotView:
    """Let the marks of upheld appeals count: a new snapshot; releases of the old one are stale.

    All of it in one transaction: a crash leaves either the old snapshot or the new one with every
    decided mark. Raises NotFound, WrongState, NothingToRefreeze, MarksGone.
    """
    exam = await exams.fetch_locked(tx, exam_id, "exam:freeze")
    if exam.status not in (ExamStatus.RELEASED, ExamStatus.FROZEN):
        raise WrongState(facts={"state": exam.status})
    upheld = await queries.list_to_apply(tx, exam_id)
    if not upheld:
        raise rules.NothingToRefreeze
    if await queries.apply_marks(tx, upheld) != len(upheld):
        raise rules.MarksGone  # no decision is silently dropped
    view = await results.seal(tx, exam, exam.status)
    await queries.note_applied(tx, upheld, view.id)
    await journal.enter(
        tx, "exam:freeze", f"exam/{exam_id}", "done",
        {"because": data.because, "appeals": len(upheld), "snapshot_id": str(view.id)},
    )  # fmt: skip
    return view


async def _get(tx: Tx, appeal_id: UUID) -> AppealRow:
    found = await queries.get_appeal(tx, appeal_id)
    require_found(found, f"appeal/{appeal_id}", rules.READ)
    assert found is not None
    return found


async def _locked(tx: Tx, appeal_id: UUID, act: str) -> AppealRow:
    """The appeal under the lock of its exam, so that no snapshot is being sealed meanwhile."""
    found = await _get(tx, appeal_id)
    require(tx, act, found.relations, thing=f"appeal/{appeal_id}", see=rules.READ)
    await exams.fetch_locked(tx, found.exam_id, act)
    return await _get(tx, appeal_id)


async def _changed(tx: Tx, appeal_id: UUID, event: str, act: str) -> AppealView:
    changed = await _get(tx, appeal_id)
    await _record(tx, event, act, changed)
    return _view(tx, changed, await exams.papers(tx, changed.exam_id))


def _subject(papers: Sequence[Subject], name: str) -> Subject:
    for paper in papers:
        if paper.subject == plain(name):
            return paper
    named = ", ".join(paper.subject for paper in papers)
    raise rules.AppealInvalid(
        problems=[Problem("/subject", "unknown_subject", "not of this exam", f"one of {named}")]
    )


async def _record(tx: Tx, event: str, act: str, appeal: AppealRow) -> None:
    await journal.record(
        tx,
        event,
        act=act,
        thing=f"appeal/{appeal.id}",
        owner_school_id=appeal.school_id,
        school_ids=[appeal.school_id],
        version=appeal.version,
        data={"appeal_id": appeal.id, "exam_id": appeal.exam_id, "status": appeal.status},
    )


def _view(tx: Tx, row: AppealRow, papers: Sequence[Subject]) -> AppealView:
    subject = next(paper for paper in papers if paper.id == row.exam_subject_id)
    mine = row.school_id == tx.actor.school_id
    actions = rules.APPEAL.actions(
        row.status,
        lambda act: mine if act == rules.LODGE else may(tx, act, row.relations),
    )
    after = row.after_half_marks
    return AppealView(
        id=row.id,
        exam_id=row.exam_id,
        release_id=row.release_id,
        subject=row.subject,
        school_id=row.school_id,
        school_name=row.school_name,
        exam_number=row.exam_number,
        kind=row.kind,
        items=row.doubted,
        reason=row.reason,
        status=row.status,
        decided_because=row.decided_because,
        total_before=sum(row.before_half_marks) / 2,
        total_after=None if after is None else sum(after) / 2,
        moved=rules.moves(row, subject.items),
        applied=row.applied_snapshot_id is not None,
        lodged_at=row.lodged_at,
        decided_at=row.decided_at,
        version=row.version,
        actions=actions,
    )
