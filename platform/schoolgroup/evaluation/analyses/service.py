"""Analyses of frozen exams: worked out on request, nothing stored, the same bytes each time."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from uuid import UUID

import msgspec
import numpy as np

from schoolgroup.evaluation.analyses import (
    comparing,
    functioning,
    mastery,
    queries,
    questions,
    rules,
    trends,
)
from schoolgroup.evaluation.analyses.frames import frame_of
from schoolgroup.evaluation.analyses.models import (
    AnalysisInput,
    AnalysisView,
    By,
    Earlier,
    Found,
    Frame,
    Method,
    Other,
    Source,
)
from schoolgroup.evaluation.exams import rules as exam_rules
from schoolgroup.evaluation.exams import service as exams
from schoolgroup.evaluation.exams.gates import Content
from schoolgroup.evaluation.exams.limits import service as limits
from schoolgroup.evaluation.exams.models import Participant, Subject
from schoolgroup.evaluation.results import service as results
from schoolgroup.evaluation.results.models import Part
from schoolgroup.evaluation.statistics import service as releases
from schoolgroup.kernel import journal
from schoolgroup.kernel.db import Tx
from schoolgroup.kernel.errors import Conflict, Problem
from schoolgroup.kernel.texts import Text

ACT = "analysis:run"
METHODS_AT_ONCE = 2  # a heavy method keeps one core busy: the rest of the process stays fast
ONE_FRAME = rules.ONE_FRAME | {
    Method.DIF: functioning.functioning,
    Method.MASTERY: mastery.mastery,
}
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

    @property
    def source(self) -> Source:
        """The snapshot as a whole."""
        return Source(self.exam_id, None, None, self.snapshot_id, self.snapshot_sha256)

    def _frame(self, paper: Subject) -> Frame:
        own = [part for part in self.parts if part.exam_subject_id == paper.id]
        sent = [total for part in own if part.sums for total in part.sums.totals]
        return msgspec.structs.replace(
            frame_of(paper, own, self.names.__getitem__),
            tiers={self.names[school]: tier for school, tier in self.tiers.items()},
            ids={name: school for school, name in self.names.items()},
            source=msgspec.structs.replace(
                self.source, subject=paper.subject, paper_version=paper.paper_version
            ),
            sent=np.array(sent, dtype=np.int64) if sent else None,
        )


async def analyse_exam(tx: Tx, exam_id: UUID, asked: AnalysisInput) -> AnalysisView:
    """Work a figure out of the newest snapshot, over all schools: for who runs the exam.

    Raises AnalysisInvalid, OnlyTheirSchool of single pupils, NotFrozen, ForbiddenByLaw where the
    exam's gate keeps ranks back, and MethodRefused where the marks do not carry the figure.
    """
    questions.check_question(asked)
    if asked.by is By.PUPIL:
        raise questions.OnlyTheirSchool
    mine = await _materials(tx, exam_id, asked)
    return await _answer(tx, mine, await _others(tx, asked), asked, "whole")


async def analyse_release(tx: Tx, release_id: UUID, asked: AnalysisInput) -> AnalysisView:
    """Work a figure out of the snapshot that was released, over the caller's own pupils.

    Who runs the exam gets all of them. Raises as `analyse_exam`, and OnlyTheOrganiser for what
    compares schools. Single pupils are told to their own school only, whoever runs the exam.
    """
    questions.check_question(asked)
    row = await releases.fetch(tx, release_id)
    whole = releases.organises(tx, row)
    compares = asked.method in questions.WHOLE_ONLY or asked.other is not None
    if compares and not whole:
        raise questions.OnlyTheOrganiser
    needed, gate = questions.contents_needed(asked), await limits.gate_in_force(tx, row.gate)
    exam_rules.check_contents(gate, needed, f"exam/{row.exam_id}")
    school_id = None if whole else tx.actor.school_id
    if asked.by is By.PUPIL:
        school_id, whole = tx.actor.school_id, False
        if school_id is None or Content.PUPIL_SCORES not in row.contents:
            raise questions.OnlyTheirSchool
    snapshot = (row.snapshot_id, row.snapshot_sha256)
    mine = await _collect(tx, row.exam_id, snapshot, school_id)
    others = await _others(tx, asked)
    return await _answer(tx, mine, others, asked, "whole" if whole else "own")


async def _materials(tx: Tx, exam_id: UUID, asked: AnalysisInput) -> Materials:
    exam = await exams.fetch(tx, exam_id, ACT)
    needed, gate = questions.contents_needed(asked), await limits.gate_in_force(tx, exam.gate)
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


async def _others(tx: Tx, asked: AnalysisInput) -> list[Frame]:
    """The marks of the other exams a question names, in its order."""
    named: list[tuple[Other | Earlier, str]] = []
    if asked.other is not None:
        named.append((asked.other, "/other"))
    named += [(link, f"/earlier/{n}") for n, link in enumerate(asked.earlier or [])]
    frames = []
    for link, pointer in named:
        found = await _materials(tx, link.exam_id, asked)
        frames.append(found.frame(link.subject, f"{pointer}/subject"))
    return frames


async def _answer(
    tx: Tx, mine: Materials, others: list[Frame], asked: AnalysisInput, scope: str
) -> AnalysisView:
    if asked.method is Method.LINES:
        frames, sources = mine.frames(), [mine.source]
    else:
        frames = [mine.frame(asked.subject), *others]
        sources = [frame.source for frame in frames if frame.source is not None]

    def work_out() -> Found:
        match asked.method:
            case Method.LINES:
                return rules.lines(frames, asked)
            case Method.TREND:
                return trends.trend_of(frames, asked)
            case method if method in ONE_FRAME:
                return ONE_FRAME[method](frames[0], asked)
            case _:
                return comparing.compare(frames[0], frames[1], asked)

    async with _turns:
        found = await asyncio.to_thread(work_out)
    n_sent = sum(len(frame.sent) for frame in frames if frame.sent is not None)
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
