"""Answers in, scored by the key; a changed key scores them anew and says what it moved."""

import asyncio
from uuid import UUID

import msgspec

from schoolgroup.access.decisions import may, require_found
from schoolgroup.evaluation.exams import rules as exam_rules
from schoolgroup.evaluation.exams import service as exams
from schoolgroup.evaluation.exams.acceptance import service as acceptance
from schoolgroup.evaluation.exams.gates import Content
from schoolgroup.evaluation.exams.lifecycle import BEFORE_SAT, EXAM, RESULTS_COME_IN
from schoolgroup.evaluation.exams.limits import service as limits
from schoolgroup.evaluation.exams.models import ExamRow, ExamStatus, Subject
from schoolgroup.evaluation.papers import queries as paper_queries
from schoolgroup.evaluation.papers import rules as paper_rules
from schoolgroup.evaluation.papers import service as papers
from schoolgroup.evaluation.papers.models import KeyChange
from schoolgroup.evaluation.papers.responses import queries, rules
from schoolgroup.evaluation.papers.responses.models import (
    Move,
    RescoreList,
    RescoreRow,
    RescoreView,
    ResponsesTaken,
    Scored,
)
from schoolgroup.evaluation.results import queries as result_queries
from schoolgroup.evaluation.results.models import Candidate, Result
from schoolgroup.evaluation.results.rules import Sender
from schoolgroup.kernel import journal
from schoolgroup.kernel.db import Tx
from schoolgroup.kernel.http import check_version
from schoolgroup.kernel.ids import new_id
from schoolgroup.kernel.paging import PageRequest
from schoolgroup.kernel.sheet_files import SheetFile, checked
from schoolgroup.kernel.sheets import Findings, read_sheet
from schoolgroup.kernel.transitions import WrongState

IMPORT, SET = "exam:import", "paper:set"
TOLD = (ExamStatus.RELEASED, ExamStatus.ARCHIVED)


async def import_responses(
    tx: Tx, exam_id: UUID, subject: str | None, content: bytes, *, dry_run: bool
) -> ResponsesTaken:
    """Take in a sheet of answers to the objective items: all of it or nothing.

    Where the paper asks nothing else, they are the results; otherwise they wait for the marks of
    the other items. Raises SheetRefused, WrongState, UnknownSubject, NothingObjective,
    ForbiddenByLaw.
    """
    exam = await exams.fetch_locked(tx, exam_id, IMPORT)
    paper = papers.subject_of(await exams.papers(tx, exam_id), subject)
    places = rules.objective(paper.items)
    if not places:
        raise rules.NothingObjective
    whole = len(places) == len(paper.items)
    verb = "import_part" if exam.status is ExamStatus.MARKING else "import"
    status = EXAM.step(exam.status, verb)
    gate = await limits.gate_in_force(tx, exam.gate)
    exam_rules.check_collects(gate, f"exam/{exam_id}")
    organises = may(tx, "exam:freeze", exam.relations)
    taking = await acceptance.by_school(tx, paper.id)
    senders = {
        s.school_code: Sender(
            s.school_id,
            taking.get(s.school_id, s.status),
            organises or s.school_id == tx.actor.school_id,
        )
        for s in await exams.participants(tx, exam_id)
    }
    await exams.refresh_statistics(tx)
    roster = await result_queries.list_on_roster(tx, exam_id, paper.id)

    def read() -> list[tuple[UUID, str, str, Result, list[str]]]:
        findings = Findings()
        taken = rules.read_answers(read_sheet(content), paper, senders, roster, findings)
        findings.refuse_any()
        return taken

    taken = await asyncio.to_thread(read)
    if not dry_run:
        scorer = await _scorer(tx, paper)
        await _keep(tx, exam, paper, taken, scorer, whole=whole)
        if whole:
            await exams.move(tx, exam, verb)
        await journal.record(
            tx,
            "exam.answers_imported",
            act=IMPORT,
            thing=f"exam/{exam_id}",
            owner_school_id=exam.school_id,
            school_ids=sorted({school for school, *_ in taken}),
            version=exam.version + whole,
            data={"exam_id": exam_id, "subject": paper.subject, "rows": len(taken)},
        )
    return ResponsesTaken(
        exam_id=exam_id,
        subject=paper.subject,
        dry_run=dry_run,
        rows=len(taken),
        present=sum(result is Result.PRESENT for _, _, _, result, _ in taken),
        paper_version=paper.paper_version,
        scored=whole,
        status=status if whole and not dry_run else exam.status,
    )


async def annotate(tx: Tx, exam_id: UUID, subject: str | None, content: bytes) -> SheetFile:
    """The sheet back as it came, with what is wrong beside each row; nothing is taken in.

    Raises as `import_responses`; SheetRefused where the file or its columns are wrong.
    """
    trial = import_responses(tx, exam_id, subject, content, dry_run=True)
    return await checked(content, "answers-checked", trial)


async def change_keys(
    tx: Tx, exam_id: UUID, subject: str | None, data: KeyChange, version: int
) -> RescoreView:
    """Change keys: a new version of the paper, and every answer scored anew in the same instant.

    Before results come in the setters may; afterwards only the organiser, until results are
    frozen (from then on after `reopen`). Raises NotFound, StaleVersion, PaperInvalid, WrongState.
    """
    exam, paper = await papers.fetch(tx, exam_id, subject, SET, lock=True)
    if exam.status not in (*BEFORE_SAT, *RESULTS_COME_IN):
        raise WrongState(facts={"state": exam.status})
    scored = await queries.list_scored(tx, paper.id)
    if exam.status in RESULTS_COME_IN or scored:
        exam = await exams.fetch(tx, exam_id, "exam:freeze")
    check_version(version, paper.paper_version)
    items = await papers.keyed(tx, paper)
    keys = paper_rules.check_keys(items, data.keys)
    items = [msgspec.structs.replace(i, key=keys.get(i.label, i.key)) for i in items]
    to_version = paper.paper_version + 1
    await paper_queries.insert_paper(tx, paper.id, to_version, items, paper.choices, data.because)
    scorer = rules.Scorer(paper.items, {i.label: i.key for i in items if i.key is not None})
    done, moves, _ = await asyncio.to_thread(rules.rescore, scored, scorer)
    await queries.keep_rescored(tx, paper.id, to_version, done)
    await queries.move_version(tx, paper.id, to_version)
    rescore_id = new_id()
    versions = (paper.paper_version, to_version)
    await queries.insert_rescore(tx, rescore_id, paper.id, versions, data.because, done, moves)
    async with tx.as_system():  # the exam as shown has changed; a setter's school may be elsewhere
        await exams.set_status(tx, exam.id, exam.status)
    made = await queries.get_rescore(tx, rescore_id)
    assert made is not None
    await journal.record(
        tx,
        "paper.rescored",
        act=SET,
        thing=f"exam/{exam_id}",
        owner_school_id=exam.school_id,
        school_ids=sorted({one.school_id for one in done}),
        version=exam.version + 1,
        data={"rescore_id": rescore_id, "moved": made.moved, "rescored": made.rescored},
    )
    return await _view(tx, exam, made)


async def list_rescores(tx: Tx, exam_id: UUID) -> RescoreList:
    """What changed keys have moved in an exam, as far as the caller may know it."""
    exam = await exams.fetch(tx, exam_id, "exam:read")
    return RescoreList([await _view(tx, exam, x) for x in await queries.list_rescores(tx, exam_id)])


async def list_moves(tx: Tx, rescore_id: UUID, page: PageRequest) -> list[Move]:
    """The own school's candidates that a changed key moved, once results are released.

    Marks are told where the gate lets a pupil's marks be told. Raises NotFound, WrongState before.
    """
    found = await queries.get_rescore(tx, rescore_id)
    require_found(found, f"rescore/{rescore_id}", "exam:read")
    assert found is not None
    exam = await exams.fetch(tx, found.exam_id, "exam:read")
    if exam.status not in TOLD:
        raise WrongState(facts={"state": exam.status})
    gate = await limits.gate_in_force(tx, exam.gate)
    marks = Content.PUPIL_SCORES in gate.contents
    if tx.actor.school_id is None:
        return []  # the office knows how many, by school; single pupils are their school's
    return [
        Move(
            exam_number=row.exam_number,
            class_label=row.class_label,
            items=row.labels,
            before_marks=row.before_half_marks / 2 if marks else None,
            after_marks=row.after_half_marks / 2 if marks else None,
        )
        for row in await queries.list_moves(tx, rescore_id, tx.actor.school_id, page)
    ]


async def objective_marks(tx: Tx, exam_subject_id: UUID) -> list[Scored]:
    """For marking: everyone's half marks of the objective items, in the order of the paper."""
    return await queries.objective_marks(tx, exam_subject_id)


async def _scorer(tx: Tx, paper: Subject) -> rules.Scorer:
    async with tx.as_system():  # a school that sends answers does not see the keys they meet
        keys = await paper_queries.list_keys(tx, paper.id, paper.paper_version)
    return rules.Scorer(paper.items, keys)


async def _keep(
    tx: Tx,
    exam: ExamRow,
    paper: Subject,
    taken: list[tuple[UUID, str, str, Result, list[str]]],
    scorer: rules.Scorer,
    *,
    whole: bool,
) -> None:
    marks = [scorer.half_marks(answers) if answers else [] for *_, answers in taken]
    candidates = [
        Candidate(school, number, label, result, tuple(earned) if earned else None)
        for (school, number, label, result, _), earned in zip(taken, marks, strict=True)
    ]
    if whole:
        await result_queries.replace_scores(tx, exam.id, paper.id, paper.paper_version, candidates)
    else:
        await result_queries.enter_candidates(tx, exam.id, candidates)
    rows = [
        (school, number, answers, earned)
        for (school, number, _, _, answers), earned in zip(taken, marks, strict=True)
        if answers
    ]
    schools = list({school for school, *_ in taken})
    await queries.replace_responses(tx, exam.id, paper.id, paper.paper_version, schools, rows)


async def _view(tx: Tx, exam: ExamRow, row: RescoreRow) -> RescoreView:
    organises = may(tx, "exam:freeze", exam.relations)
    return RescoreView(
        id=row.id,
        subject=row.subject,
        from_version=row.from_version,
        to_version=row.to_version,
        because=row.because,
        rescored=row.rescored,
        moved=row.moved if organises or row.moved >= rules.CELL_MIN else None,
        items=row.item_moves if organises else rules.thinned(row.item_moves),
        schools=await queries.list_school_moves(tx, row.id)
        if organises or exam.status in TOLD
        else [],
        made_at=row.made_at,
    )
