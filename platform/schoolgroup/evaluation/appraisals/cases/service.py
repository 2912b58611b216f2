"""What is handed in about a case: everything under the round's step, which it holds in place."""

from uuid import UUID

from schoolgroup.access.decisions import may, require, require_found
from schoolgroup.evaluation.appraisals.cases import queries, rules
from schoolgroup.evaluation.appraisals.cases.models import (
    EVIDENCE_MAX,
    CaseLine,
    CaseRow,
    CaseView,
    EvidenceInput,
    EvidenceReview,
    Kept,
    Mark,
    MarkRow,
    Marks,
    Recusal,
    Tallies,
)
from schoolgroup.evaluation.appraisals.rounds import rules as steps
from schoolgroup.evaluation.appraisals.rounds import service as rounds
from schoolgroup.evaluation.appraisals.rounds.models import AppraisalRow, AppraisalStatus
from schoolgroup.evaluation.appraisals.rounds.queries import get_round
from schoolgroup.evaluation.appraisals.schemes import service as schemes
from schoolgroup.evaluation.appraisals.schemes.models import Source
from schoolgroup.kernel import journal
from schoolgroup.kernel.db import Tx
from schoolgroup.kernel.errors import NotFound, Problem, refuse_by_constraint
from schoolgroup.kernel.ids import new_id
from schoolgroup.kernel.paging import PageRequest
from schoolgroup.kernel.storage import StoredFile

refuse_by_constraint("evidence_stands_once", rules.EvidenceStands)
S = AppraisalStatus


async def fetch(tx: Tx, case_id: UUID, act: str) -> CaseRow:
    """A case, if the caller may do `act` to it. Raises NotFound, NotAllowed."""
    found = await queries.get_case(tx, case_id)
    row = require_found(found, f"appraisal_case/{case_id}", act)
    require(tx, act, row.relations, thing=f"appraisal_case/{case_id}", see=rules.READ)
    return row


async def fetch_for_runner(tx: Tx, case_id: UUID, act: str) -> tuple[CaseRow, AppraisalRow]:
    """A case for whoever runs its round, under the round's lock. Raises NotFound, NotAllowed."""
    found = await queries.get_case(tx, case_id)
    case = require_found(found, f"appraisal_case/{case_id}", act)
    return case, await rounds.fetch_locked(tx, case.appraisal_id, act)


async def get(tx: Tx, case_id: UUID) -> CaseView:
    """One case."""
    return await _view(tx, await fetch(tx, case_id, rules.READ))


async def list_cases(tx: Tx, round_id: UUID, page: PageRequest) -> list[CaseLine]:
    """The cases of a round the caller may see: the own, those to assess, or all."""
    await rounds.fetch(tx, round_id, steps.READ)
    return [
        CaseLine(
            id=row.id,
            school_id=row.school_id,
            school_name=row.school_name,
            stage=row.stage,
            teacher_ref=row.teacher_ref,
            self_sent_at=row.self_sent_at,
            version=row.version,
            actions=_actions(tx, row),
        )
        for row in await queries.list_cases(tx, round_id, page)
    ]


async def answer(tx: Tx, case_id: UUID, data: Marks) -> CaseView:
    """The school's own word on leaves it is asked for. Raises NotNow, DeadlinePassed, …"""
    case, row = await _at(tx, case_id, rules.ANSWER, S.SELF)
    steps.check_hour(row.self_until_at, tx.now)
    rules.check_marks(
        await schemes.read(tx, case.scheme_id), Source.SELF, data.marks, all_of_them=False
    )
    await queries.put_self(tx, case_id, _me(tx), data.marks)
    return await _changed(tx, case, "appraisal_case.answered", rules.ANSWER)


async def add_evidence(tx: Tx, case_id: UUID, data: EvidenceInput) -> CaseView:
    """A piece of evidence for a leaf. Raises NotNow, DeadlinePassed, EvidenceInvalid."""
    case, row = await _at(tx, case_id, rules.ANSWER, S.SELF)
    steps.check_hour(row.self_until_at, tx.now)
    scheme = await schemes.read(tx, case.scheme_id)
    leaves = {one.code for one in scheme.indicators if one.scale is not None}
    one_thing = (data.resource_id is None) != (data.deposit_id is None)
    if data.indicator not in leaves or not one_thing:
        why = "a leaf of the scheme, and either a resource or a deposit"
        raise rules.EvidenceInvalid(problems=[Problem("/indicator", "indicator", why, "mend it")])
    if await queries.count_evidence(tx, case_id, data.indicator) >= EVIDENCE_MAX:
        raise rules.EvidenceInvalid(f"at most {EVIDENCE_MAX} pieces for a leaf")
    if not await queries.is_evidence(tx, case.school_id, data.resource_id, data.deposit_id):
        raise rules.EvidenceInvalid
    await queries.insert_evidence(tx, new_id(), case_id, data)
    return await _changed(tx, case, "appraisal_case.evidence_added", rules.ANSWER)


async def review_evidence(tx: Tx, case_id: UUID, data: EvidenceReview) -> CaseView:
    """Whether a piece counts, by who runs the round. Raises NotNow, NotFound."""
    case, row = await fetch_for_runner(tx, case_id, steps.RUN)
    steps.check_status(row, S.EVIDENCE_REVIEW)
    if not data.accept and not data.because:
        problem = Problem("/because", "because", "refusing says why", "write it")
        raise rules.EvidenceInvalid(problems=[problem])
    status = "accepted" if data.accept else "refused"
    if not await queries.review_evidence(tx, case_id, data.evidence_id, status, data.because):
        raise NotFound
    return await _changed(tx, case, "appraisal_case.evidence_reviewed", steps.RUN)


async def open_evidence(tx: Tx, evidence_id: UUID, no: int) -> StoredFile:
    """A file handed in as evidence, for who reviews or assesses the case. Raises NotFound.

    Handing it in as evidence shows it to them, whatever its offers say; the audit trail keeps who
    opened it.
    """
    found = await queries.get_evidence(tx, evidence_id)
    piece = require_found(found, f"appraisal_evidence/{evidence_id}", rules.READ)
    await fetch(tx, piece.case_id, rules.READ)
    async with tx.as_system():
        file = await queries.get_file(tx, piece, no)
    if file is None:
        raise NotFound
    await journal.enter(tx, rules.READ, f"appraisal_evidence/{evidence_id}", "done", {"opened": no})
    return file


async def assess(tx: Tx, case_id: UUID, data: Marks) -> Kept:
    """An assessor's judgement of every leaf, seen by nobody else before moderation.

    Raises NotNow, DeadlinePassed, ConflictOfInterest, MarksInvalid.
    """
    case, row = await _at(tx, case_id, rules.ASSESS, S.EXPERTS)
    steps.check_hour(row.experts_until_at, tx.now)
    me = _me(tx)
    if case.runner_school_id is None and await queries.belongs(tx, me, case.school_id):
        raise rules.ConflictOfInterest
    if await queries.lock_seat(tx, case_id, me) in (None, "recused"):
        raise NotFound
    scheme = await schemes.read(tx, case.scheme_id)
    rules.check_marks(scheme, Source.EXPERT, data.marks, all_of_them=True)
    await queries.put_mine(tx, case_id, me, data.marks)
    await _record(tx, case, "appraisal_case.assessed", rules.ASSESS)
    return Kept(len(data.marks))


async def recuse(tx: Tx, case_id: UUID, data: Recusal) -> Kept:
    """Step aside: what was judged does not count, and the seat is filled anew. Raises NotNow."""
    case, _ = await _at(tx, case_id, rules.ASSESS, S.SELF, S.EVIDENCE_REVIEW, S.EXPERTS)
    await queries.recuse(tx, case_id, _me(tx), data.because)
    await _record(tx, case, "appraisal_case.recused", rules.ASSESS)
    return Kept(0)


async def put_tallies(tx: Tx, case_id: UUID, data: Tallies) -> Kept:
    """Sums of what peers or a survey said, by who runs the round. Raises NotNow, MarksInvalid."""
    case, row = await fetch_for_runner(tx, case_id, steps.RUN)
    steps.check_status(row, S.SELF, S.EVIDENCE_REVIEW, S.EXPERTS)
    rules.check_tallies(await schemes.read(tx, case.scheme_id), data.tallies)
    await queries.put_tallies(tx, case_id, data.tallies)
    await _record(tx, case, "appraisal_case.tallied", steps.RUN)
    return Kept(len(data.tallies))


async def _at(
    tx: Tx, case_id: UUID, act: str, *wanted: AppraisalStatus
) -> tuple[CaseRow, AppraisalRow]:
    """The case, with its round held at one of these steps until this transaction ends."""
    case = await fetch(tx, case_id, act)
    row = await rounds.at_its_step(tx, case.appraisal_id)
    steps.check_status(row, *wanted)
    return case, row


def _me(tx: Tx) -> UUID:
    person_id = tx.actor.person_id
    if person_id is None:
        raise NotFound  # machines judge nobody
    return person_id


async def _changed(tx: Tx, case: CaseRow, event: str, act: str) -> CaseView:
    row = await queries.get_case(tx, case.id)
    assert row is not None  # cases are never deleted
    view = await _view(tx, row)
    await _record(tx, row, event, act)
    return view


async def _record(tx: Tx, case: CaseRow, event: str, act: str) -> None:
    """No mark is told: only that something was handed in."""
    await journal.record(
        tx,
        event,
        act=act,
        thing=f"appraisal_case/{case.id}",
        owner_school_id=case.school_id,
        school_ids=[case.school_id] if act == rules.ANSWER else [],
        version=case.version,
        data={"case_id": case.id, "appraisal_id": case.appraisal_id},
    )


def _actions(tx: Tx, row: CaseRow) -> list[str]:
    return rules.CASE.actions(row.appraisal_status, lambda act: may(tx, act, row.relations))


async def _view(tx: Tx, row: CaseRow) -> CaseView:
    me = tx.actor.person_id
    mine = await queries.list_marks(tx, row.id, "expert", me) if me else []
    found = await get_round(tx, row.appraisal_id)
    runs = found is not None and may(tx, steps.RUN, found.relations)
    return CaseView(
        id=row.id,
        appraisal_id=row.appraisal_id,
        scheme_id=row.scheme_id,
        school_id=row.school_id,
        school_name=row.school_name,
        stage=row.stage,
        teacher_ref=row.teacher_ref,
        status=row.appraisal_status,
        own=[_mark(mark) for mark in await queries.list_marks(tx, row.id, "self")],
        evidence=await queries.list_evidence(tx, row.id),
        my_assessment=[_mark(mark) for mark in mine],
        assessors=await queries.list_seats(tx, row.id) if runs else [],
        self_sent_at=row.self_sent_at,
        version=row.version,
        actions=_actions(tx, row),
    )


def _mark(row: MarkRow) -> Mark:
    return Mark(row.indicator, row.value, row.note)
