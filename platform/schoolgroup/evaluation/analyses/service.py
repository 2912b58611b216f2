"""Analyses of frozen exams: worked out on request, nothing stored, the same bytes each time."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from uuid import UUID

import numpy as np

from schoolgroup.evaluation.analyses import comparing, queries, questions, rules
from schoolgroup.evaluation.analyses.models import (
    AnalysisInput,
    AnalysisView,
    Found,
    Frame,
    Method,
    Source,
)
from schoolgroup.evaluation.exams import rules as exam_rules
from schoolgroup.evaluation.exams import service as exams
from schoolgroup.evaluation.exams.limits import service as limits
from schoolgroup.evaluation.exams.models import Participant, Subject
from schoolgroup.evaluation.results import service as results
from schoolgroup.evaluation.results.models import Part, Result
from schoolgroup.evaluation.statistics import service as releases
from schoolgroup.evaluation.statistics.rules import counted_of, marks_of
from schoolgroup.kernel import journal
from schoolgroup.kernel.db import Tx
from schoolgroup.kernel.errors import Conflict, Problem
from schoolgroup.kernel.texts import Text

ACT = "analysis:run"
METHODS_AT_ONCE = 2  # a heavy method keeps one core busy: the rest of the process stays fast
_turns = asyncio.Semaphore(METHODS_AT_ONCE)


class NotFrozen(Conflict):
    """Figures rest on frozen marks, and these are not frozen yet."""

    code = "not_frozen"
    title = Text("The results are not frozen", "成绩尚未冻结")
    remedy = Text("Freeze the exam first.", "请先冻结成绩。")


class Materials:
    """The frozen marks of one exam as far as the caller may use them."""

    def __init__(
        self,
        exam_id: UUID,
        snapshot: tuple[UUID, str],
        papers: Sequence[Subject],
        parts: Sequence[Part],
        schools: Sequence[Participant],
        tiers: dict[UUID, str],
    ) -> None:
        self.exam_id, self.papers, self.parts = exam_id, papers, parts
        self.snapshot_id, self.snapshot_sha256 = snapshot
        twice = Counter(school.school_name for school in schools)
        self.names = {
            school.school_id: school.school_name
            if twice[school.school_name] == 1
            else f"{school.school_name} ({school.school_code})"
            for school in schools
        }
        self.tiers = tiers

    def frame(self, subject: str | None, pointer: str = "/subject") -> Frame:
        """The marks of one subject. Raises AnalysisInvalid for a subject the exam does not have."""
        for paper in self.papers:
            if paper.subject == subject:
                return self._frame(paper)
        named = ", ".join(paper.subject for paper in self.papers)
        raise questions.AnalysisInvalid(
            problems=[Problem(pointer, "unknown_subject", "not of this exam", f"one of {named}")]
        )

    def frames(self) -> list[Frame]:
        """The marks of every subject."""
        return [self._frame(paper) for paper in self.papers]

    def source(self, subject: Subject | None) -> Source:
        """What the figures rest on."""
        return Source(
            exam_id=self.exam_id,
            subject=None if subject is None else subject.subject,
            paper_version=None if subject is None else subject.paper_version,
            snapshot_id=self.snapshot_id,
            snapshot_sha256=self.snapshot_sha256,
        )

    def _frame(self, paper: Subject) -> Frame:
        parts = [part for part in self.parts if part.exam_subject_id == paper.id]
        sent = [total for part in parts if part.sums for total in part.sums.totals]
        rows = [
            (self.names[part.school_id], label, number)
            for part in parts
            for number, label, result in zip(
                part.exam_numbers, part.class_labels, part.results, strict=True
            )
            if result is Result.PRESENT
        ]
        return Frame(
            subject=paper,
            marks=marks_of(parts, len(paper.items)),
            schools=[school for school, _, _ in rows],
            classes=[label for _, label, _ in rows],
            pupils=[number for _, _, number in rows],
            tiers={self.names[school]: tier for school, tier in self.tiers.items()},
            ids={name: school for school, name in self.names.items()},
            counted=counted_of(parts, len(paper.items)),
            sent=np.array(sent, dtype=np.int64) if sent else None,
        )


async def analyse_exam(tx: Tx, exam_id: UUID, asked: AnalysisInput) -> AnalysisView:
    """Work a figure out of the newest snapshot, over all schools: for who runs the exam.

    Raises AnalysisInvalid, NotFrozen, ForbiddenByLaw where the exam's gate keeps ranks back, and
    MethodRefused where the marks do not carry the figure.
    """
    questions.check_question(asked)
    mine = await _materials(tx, exam_id, asked.method)
    other = None
    if asked.other is not None:
        other = await _materials(tx, asked.other.exam_id, asked.method)
    return await _answer(tx, mine, other, asked, "whole")


async def analyse_release(tx: Tx, release_id: UUID, asked: AnalysisInput) -> AnalysisView:
    """Work a figure out of the snapshot that was released, over the caller's own pupils.

    Who runs the exam gets all of them. Raises as `analyse_exam`, and OnlyTheOrganiser for what
    compares schools.
    """
    questions.check_question(asked)
    row = await releases.fetch(tx, release_id)
    whole = releases.organises(tx, row)
    compares = asked.method in questions.WHOLE_ONLY or asked.other is not None
    if compares and not whole:
        raise questions.OnlyTheOrganiser
    needed, gate = questions.contents_needed(asked.method), await limits.gate_in_force(tx, row.gate)
    exam_rules.check_contents(gate, needed, f"exam/{row.exam_id}")
    mine = await _collect(
        tx,
        row.exam_id,
        (row.snapshot_id, row.snapshot_sha256),
        None if whole else tx.actor.school_id,
    )
    other = None
    if asked.other is not None:
        other = await _materials(tx, asked.other.exam_id, asked.method)
    return await _answer(tx, mine, other, asked, "whole" if whole else "own")


async def _materials(tx: Tx, exam_id: UUID, method: Method) -> Materials:
    exam = await exams.fetch(tx, exam_id, ACT)
    needed, gate = questions.contents_needed(method), await limits.gate_in_force(tx, exam.gate)
    exam_rules.check_contents(gate, needed, f"exam/{exam_id}")
    snapshot = await results.snapshot(tx, exam_id)
    if snapshot is None:
        raise NotFrozen
    return await _collect(tx, exam_id, (snapshot.id, snapshot.sha256), None)


async def _collect(
    tx: Tx, exam_id: UUID, snapshot: tuple[UUID, str], school_id: UUID | None
) -> Materials:
    tiers = {row.school_id: row.tier or "" for row in await queries.list_tiers(tx, exam_id)}
    schools = await exams.participants(tx, exam_id)
    named = {school.school_id for school in schools}
    return Materials(
        exam_id,
        snapshot,
        await results.papers_of(tx, exam_id, snapshot[0]),
        await results.parts(tx, snapshot[0], school_id),
        schools,
        {school: tier for school, tier in tiers.items() if school in named},
    )


async def _answer(
    tx: Tx, mine: Materials, other: Materials | None, asked: AnalysisInput, scope: str
) -> AnalysisView:
    if asked.method is Method.LINES:
        frames, second, sources = mine.frames(), None, [mine.source(None)]
    else:
        frames = [mine.frame(asked.subject)]
        sources = [mine.source(frames[0].subject)]
        second = None
        if other is not None and asked.other is not None:
            second = other.frame(asked.other.subject, "/other/subject")
            sources.append(other.source(second.subject))

    def work_out() -> Found:
        if asked.method is Method.LINES:
            return rules.lines(frames, asked)
        if second is not None:
            return comparing.compare(frames[0], second, asked)
        return rules.ONE_FRAME[asked.method](frames[0], asked)

    async with _turns:
        found = await asyncio.to_thread(work_out)
    asked_of = [*frames, *([] if second is None else [second])]
    n_sent = sum(len(frame.sent) for frame in asked_of if frame.sent is not None)
    await journal.enter(
        tx, ACT, f"exam/{mine.exam_id}", "done", {"method": str(asked.method), "scope": scope}
    )
    return AnalysisView(
        method=asked.method,
        scope=scope,
        n=found.n,
        parameters=found.parameters,
        figures=found.figures,
        rows=found.rows,
        notes=[*found.notes, *([_of_sums(n_sent, asked.method)] if n_sent else [])],
        sources=sources,
        code_version=rules.CODE_VERSION,
    )


def _of_sums(n: int, method: Method) -> Text:
    """What of a figure rests on sums that schools sent instead of rows."""
    if method is Method.SCORES:
        return Text(
            f"{n} results came as sums: they are in the whole, in no school's row",
            f"{n} 人的成绩以汇总上报：计入总体，不列入各校",
        )
    if method in (Method.SCORE_TABLE, Method.ASSIGNED):
        return Text(f"{n} results came as sums", f"{n} 人的成绩以汇总上报")
    return Text(
        f"{n} results came as sums: this figure needs rows, and is without them",
        f"{n} 人的成绩以汇总上报：该指标需要明细，未计入",
    )
