"""Tables of assigned marks: made of frozen marks, kept when single marks change."""

import asyncio
from collections.abc import Sequence
from uuid import UUID

import msgspec

from schoolgroup.evaluation.assigning import queries, rules
from schoolgroup.evaluation.assigning.models import (
    Conversion,
    ConversionInput,
    ConversionList,
    WhenMarksChange,
)
from schoolgroup.evaluation.exams import rules as exam_rules
from schoolgroup.evaluation.exams import service as exams
from schoolgroup.evaluation.exams.gates import Content
from schoolgroup.evaluation.exams.limits import service as limits
from schoolgroup.evaluation.exams.models import ExamRow, ExamStatus, Subject
from schoolgroup.evaluation.results import service as results
from schoolgroup.evaluation.results.models import Part, SnapshotRow
from schoolgroup.evaluation.statistics.methods.assigned import SCHEMES
from schoolgroup.evaluation.statistics.rules import totals_of
from schoolgroup.kernel import journal
from schoolgroup.kernel.db import Tx
from schoolgroup.kernel.ids import new_id
from schoolgroup.kernel.transitions import WrongState

MAKE, READ = "exam:freeze", "analysis:run"


async def make(tx: Tx, exam_id: UUID, data: ConversionInput) -> Conversion:
    """Make a subject's table out of the newest snapshot.

    Raises WrongState unless the results are frozen, ForbiddenByLaw where the gate keeps ranks back
    (assigned marks are places among others), UnknownSubject, UnknownScheme, ConversionNeedsReason,
    MethodRefused where too few sat.
    """
    exam = await exams.fetch_locked(tx, exam_id, MAKE)
    if exam.status not in (ExamStatus.FROZEN, ExamStatus.RELEASED):
        raise WrongState(facts={"state": exam.status})
    gate = await limits.gate_in_force(tx, exam.gate)
    exam_rules.check_contents(gate, [Content.FIGURES, Content.RANKS], f"exam/{exam_id}")
    snapshot = await results.snapshot(tx, exam_id)
    assert snapshot is not None  # a frozen exam has one
    papers = await results.papers_of(tx, exam_id, snapshot.id)
    paper = results.subject_of(papers, data.subject)
    if data.scheme not in SCHEMES:
        raise rules.UnknownScheme
    before = [c for c in await queries.list_conversions(tx, exam_id) if c.subject == paper.subject]
    if before and not data.because:
        raise rules.ConversionNeedsReason
    parts = await results.parts(tx, snapshot.id)
    return await _make(tx, exam, paper, snapshot, parts, data, before)


async def list_conversions(tx: Tx, exam_id: UUID) -> ConversionList:
    """The tables of an exam, for who runs it."""
    await exams.fetch(tx, exam_id, READ)
    return ConversionList(exam_id, await queries.list_conversions(tx, exam_id))


async def in_force(
    tx: Tx, exam: ExamRow, papers: Sequence[Subject], snapshot: SnapshotRow, parts: Sequence[Part]
) -> dict[UUID, Conversion]:
    """Per subject the table by which a snapshot is told.

    The newest; where it is of another snapshot and its rule is `renew`, one made of this snapshot.
    """
    made = await queries.list_conversions(tx, exam.id)
    found = {}
    for paper in papers:
        of_subject = [c for c in made if c.exam_subject_id == paper.id]
        if not of_subject:
            continue
        newest = of_subject[0]
        renews = newest.when_marks_change is WhenMarksChange.RENEW
        if renews and newest.snapshot_id != snapshot.id:
            newest = await _make(tx, exam, paper, snapshot, parts, newest, of_subject)
        found[paper.id] = newest
    return found


async def _make(
    tx: Tx,
    exam: ExamRow,
    paper: Subject,
    snapshot: SnapshotRow,
    parts: Sequence[Part],
    like: ConversionInput | Conversion,
    before: Sequence[Conversion],
) -> Conversion:
    of_subject = [part for part in parts if part.exam_subject_id == paper.id]
    totals = totals_of(of_subject, len(paper.items))
    n, bands = await asyncio.to_thread(rules.work_out, totals, like)
    made = Conversion(
        id=new_id(),
        exam_id=exam.id,
        exam_subject_id=paper.id,
        subject=paper.subject,
        number=max((c.number for c in before), default=0) + 1,
        snapshot_id=snapshot.id,
        snapshot_sha256=snapshot.sha256,
        scheme=like.scheme,
        boundary=like.boundary,
        tie=like.tie,
        one_score=like.one_score,
        when_marks_change=like.when_marks_change,
        because=like.because,
        n=n,
        bands=bands,
        made_at=tx.now,
    )
    await queries.insert_conversion(tx, made)
    told = {"conversion_id": made.id, "subject": made.subject, "number": made.number}
    await journal.record(
        tx,
        "exam.converted",
        act=MAKE,
        thing=f"exam/{exam.id}",
        owner_school_id=exam.school_id,
        version=exam.version,
        data={"exam_id": exam.id, **msgspec.to_builtins(told)},
    )
    return made
