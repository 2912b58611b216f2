"""Moderation and objections: what a leaf was and why it changed is kept for good."""

from collections.abc import Sequence
from uuid import UUID

from schoolgroup.access.decisions import may, require_found
from schoolgroup.evaluation.appraisals.cases import rules as case_rules
from schoolgroup.evaluation.appraisals.cases import service as cases
from schoolgroup.evaluation.appraisals.cases.models import CaseRow
from schoolgroup.evaluation.appraisals.cases.queries import get_case
from schoolgroup.evaluation.appraisals.outcomes import queries, rules
from schoolgroup.evaluation.appraisals.outcomes import service as outcomes
from schoolgroup.evaluation.appraisals.outcomes.models import (
    LeafChange,
    ModerationInput,
    ObjectionDecision,
    ObjectionInput,
    ObjectionRow,
    ObjectionStatus,
    ObjectionView,
    ResultView,
)
from schoolgroup.evaluation.appraisals.rounds import rules as steps
from schoolgroup.evaluation.appraisals.rounds import service as rounds
from schoolgroup.evaluation.appraisals.rounds.models import AppraisalRow, AppraisalStatus
from schoolgroup.evaluation.appraisals.rounds.queries import lock_round
from schoolgroup.evaluation.appraisals.schemes import service as schemes
from schoolgroup.kernel import journal
from schoolgroup.kernel.db import Tx
from schoolgroup.kernel.errors import NotFound, Problem, refuse_by_constraint
from schoolgroup.kernel.ids import new_id
from schoolgroup.kernel.paging import PageRequest

refuse_by_constraint("one_open_objection", rules.ObjectionOpen)
S = AppraisalStatus


async def moderate(tx: Tx, case_id: UUID, data: ModerationInput) -> ResultView:
    """Change leaves before the announcement, and why. Raises NotNow, ChangeInvalid."""
    case, row = await cases.fetch_for_runner(tx, case_id, steps.MODERATE)
    steps.check_status(row, S.MODERATION)
    await _change(tx, case, row, data.changes, data.because, None)
    view = await outcomes.result(tx, case_id)
    await journal.record(
        tx,
        "appraisal_case.moderated",
        act=steps.MODERATE,
        thing=f"appraisal_case/{case_id}",
        owner_school_id=case.school_id,
        version=case.version,
        data={"case_id": case_id, "indicators": [change.indicator for change in data.changes]},
    )
    return view


async def lodge(tx: Tx, case_id: UUID, data: ObjectionInput) -> ObjectionView:
    """A school's doubt about its own result. Raises ObjectionsClosed, ObjectionOpen."""
    case = await cases.fetch(tx, case_id, case_rules.OBJECT)
    row = await rounds.at_its_step(tx, case.appraisal_id)
    until_at = row.objections_until_at
    if row.status is not S.OBJECTION or until_at is None or tx.now >= until_at:
        raise rules.ObjectionsClosed(until_at=until_at)
    scheme = await schemes.read(tx, row.scheme_id)
    known = {one.code for one in scheme.indicators}
    problems = [
        Problem(f"/indicators/{n}", "indicator", "not of this scheme", "mend it")
        for n, code in enumerate(data.indicators)
        if code not in known
    ]
    if problems:
        raise rules.ChangeInvalid(problems=problems)
    objection_id = new_id()
    await queries.insert_objection(tx, objection_id, case_id, data.indicators, data.reason)
    return await _changed(tx, objection_id, "appraisal_objection.lodged", case_rules.OBJECT)


async def list_objections(tx: Tx, round_id: UUID, page: PageRequest) -> list[ObjectionView]:
    """All for who runs the round, its own for a school."""
    row = await rounds.fetch(tx, round_id, steps.READ)
    everything = may(tx, steps.MODERATE, row.relations) or tx.actor.school_id is None
    own = None if everything else tx.actor.school_id
    found = await queries.list_objections(tx, round_id, own, page)
    return [_view(tx, one, row) for one in found]


async def withdraw(tx: Tx, objection_id: UUID) -> ObjectionView:
    """Take an objection back, before it is answered. Raises WrongState."""
    found = await _get(tx, objection_id, case_rules.OBJECT)
    await cases.fetch(tx, found.case_id, case_rules.OBJECT)
    if found.school_id != tx.actor.school_id:
        raise NotFound
    await lock_round(tx, found.appraisal_id)
    found = await _get(tx, objection_id, case_rules.OBJECT)
    status = rules.OBJECTION.step(found.status, "withdraw")
    await queries.set_objection(tx, objection_id, status, "")
    return await _changed(tx, objection_id, "appraisal_objection.withdrawn", case_rules.OBJECT)


async def decide(tx: Tx, objection_id: UUID, data: ObjectionDecision) -> ObjectionView:
    """Answer an objection, with what changes. Raises WrongState, NotNow, ChangeInvalid."""
    found = await _get(tx, objection_id, steps.MODERATE)
    case, row = await cases.fetch_for_runner(tx, found.case_id, steps.MODERATE)
    steps.check_status(row, S.OBJECTION)
    found = await _get(tx, objection_id, steps.MODERATE)  # as it stands under the lock
    status = rules.OBJECTION.step(found.status, "uphold" if data.uphold else "reject")
    if data.uphold != bool(data.changes):
        why = "upholding changes something, rejecting nothing"
        raise rules.ChangeInvalid(problems=[Problem("/changes", "changes", why, "mend it")])
    await _change(tx, case, row, data.changes, data.because, objection_id)
    await queries.set_objection(tx, objection_id, ObjectionStatus(status), data.because)
    return await _changed(tx, objection_id, "appraisal_objection.decided", steps.MODERATE)


async def _change(
    tx: Tx,
    case: CaseRow,
    row: AppraisalRow,
    changes: Sequence[LeafChange],
    because: str,
    objection_id: UUID | None,
) -> None:
    if not changes:
        return
    if tx.actor.person_id is None:
        raise NotFound  # machines moderate nothing
    known = await outcomes.reckon(tx, row)
    before = rules.check_changes(known.scheme, changes, known.scores[case.id])
    for change in changes:
        await queries.insert_moderation(
            tx, new_id(), case.id, change.indicator, before[change.indicator], change.after_bp,
            because, objection_id, tx.actor.person_id,
        )  # fmt: skip


async def _get(tx: Tx, objection_id: UUID, act: str) -> ObjectionRow:
    found = await queries.get_objection(tx, objection_id)
    return require_found(found, f"appraisal_objection/{objection_id}", act)


async def _changed(tx: Tx, objection_id: UUID, event: str, act: str) -> ObjectionView:
    found = await _get(tx, objection_id, act)
    case = await get_case(tx, found.case_id)
    assert case is not None  # the objection names it
    row = await rounds.at_its_step(tx, found.appraisal_id)
    await journal.record(
        tx,
        event,
        act=act,
        thing=f"appraisal_objection/{objection_id}",
        owner_school_id=found.school_id,
        school_ids=[found.school_id],
        version=found.version,
        data={"objection_id": objection_id, "case_id": found.case_id, "status": found.status},
    )
    return _view(tx, found, row)


def _view(tx: Tx, found: ObjectionRow, row: AppraisalRow) -> ObjectionView:
    mine = found.school_id == tx.actor.school_id
    actions = rules.OBJECTION.actions(
        found.status, lambda act: mine if act == rules.WITHDRAW else may(tx, act, row.relations)
    )
    return ObjectionView(
        id=found.id,
        case_id=found.case_id,
        appraisal_id=found.appraisal_id,
        school_id=found.school_id,
        indicators=found.indicators,
        reason=found.reason,
        status=found.status,
        decided_because=found.decided_because,
        lodged_at=found.lodged_at,
        decided_at=found.decided_at,
        version=found.version,
        actions=actions,
    )
