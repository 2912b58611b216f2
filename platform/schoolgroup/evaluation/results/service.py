"""Results in, all or nothing, and frozen once for all: what every later figure rests on."""

import asyncio
import secrets
from collections.abc import Sequence
from uuid import UUID

import msgspec

from schoolgroup.access.decisions import may
from schoolgroup.evaluation.exams import rules as exam_rules
from schoolgroup.evaluation.exams import service as exams
from schoolgroup.evaluation.exams.acceptance import service as acceptance
from schoolgroup.evaluation.exams.limits import service as limits
from schoolgroup.evaluation.exams.models import (
    ExamRow,
    ExamStatus,
    Participant,
    Participation,
    Subject,
)
from schoolgroup.evaluation.exams.stages import service as stages
from schoolgroup.evaluation.results import queries, rules
from schoolgroup.evaluation.results.models import (
    Candidate,
    Part,
    Result,
    SnapshotRow,
    SnapshotView,
    SumsInput,
    SumsTaken,
    Taken,
)
from schoolgroup.kernel import journal
from schoolgroup.kernel.db import Tx
from schoolgroup.kernel.errors import Conflict, Invalid, Problem
from schoolgroup.kernel.ids import new_id
from schoolgroup.kernel.sheet_files import SheetFile, checked
from schoolgroup.kernel.sheets import Findings, read_sheet
from schoolgroup.kernel.texts import Text

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


class UnknownSubject(Invalid):
    """The exam has no such subject."""

    code = "unknown_subject"
    remedy = Text("Name one of the exam's subjects in ?subject=.", "请在 ?subject= 中指定科目。")


class NumbersShared(Conflict):
    """Two schools have given out the same exam number."""

    code = "exam_numbers_shared"
    title = Text("An exam number stands for two pupils", "准考证号重复")
    remedy = Text("Let one of the schools send its results with other numbers.", "请更正考号。")


class NotTakingPart(Conflict):
    """Results come from schools that take the subject, each for itself."""

    code = "not_taking_part"
    title = Text("The school does not take part", "该校未参加本科目考试")
    remedy = Text(
        "Write the code of your own school, and accept the subject first.",
        "请填写本校代码，并先确认参加该科目。",
    )


class RowsAreIn(Conflict):
    """Rows of the school's pupils are in: sums would say less."""

    code = "rows_are_in"
    title = Text("The school has sent its pupils' rows already", "该校已上报学生成绩明细")
    remedy = Text("Mend the rows by another import.", "如需更正，请重新导入明细。")


async def import_scores(
    tx: Tx, exam_id: UUID, subject: str | None, content: bytes, *, dry_run: bool
) -> Taken:
    """Take in a sheet of item marks: all of it or nothing; before freezing it replaces.

    The organiser sends for all schools, a school for itself. Raises SheetRefused with every
    problem, WrongState, UnknownSubject, ForbiddenByLaw where no pupil's result may be collected.
    """
    exam = await exams.fetch_locked(tx, exam_id, "exam:import")
    verb = "import_part" if exam.status is ExamStatus.MARKING else "import"
    status = exam_rules.EXAM.step(exam.status, verb)
    gate = await limits.gate_in_force(tx, exam.gate)
    exam_rules.check_collects(gate, f"exam/{exam_id}")
    paper = subject_of(await exams.papers(tx, exam_id), subject)
    schools = await exams.participants(tx, exam_id)
    whole = may(tx, "exam:freeze", exam.relations)
    taking = await acceptance.by_school(tx, paper.id)
    senders = {
        s.school_code: rules.Sender(
            s.school_id,
            taking.get(s.school_id, s.status),
            whole or s.school_id == tx.actor.school_id,
        )
        for s in schools
    }
    await exams.refresh_statistics(tx)
    roster = await queries.list_on_roster(tx, exam_id, paper.id)
    # decoding a large sheet takes seconds: not in the way of other requests
    on_screen: frozenset[str] = frozenset()
    if exam.status is ExamStatus.MARKING:
        on_screen = await queries.list_on_screen(tx, paper.id)
    candidates = await asyncio.to_thread(_read, content, paper, senders, roster, on_screen)
    replaced = 0
    if not dry_run:
        replaced = await queries.replace_scores(
            tx, exam_id, paper.id, paper.paper_version, candidates
        )
        status = await exams.move(tx, exam, verb)
    taken = _taken(exam, paper, candidates, dry_run, replaced)
    taken = msgspec.structs.replace(taken, status=exam.status if dry_run else status)
    if not dry_run:
        await journal.record(
            tx,
            "exam.imported",
            act="exam:import",
            thing=f"exam/{exam_id}",
            owner_school_id=exam.school_id,
            school_ids=sorted({c.school_id for c in candidates}),
            version=exam.version + 1,
            data={"exam_id": exam_id, "subject": paper.subject, "rows": taken.rows},
        )
    return taken


async def annotate(tx: Tx, exam_id: UUID, subject: str | None, content: bytes) -> SheetFile:
    """The sheet back as it came, with what is wrong beside each row; nothing is taken in.

    Raises as `import_scores`; SheetRefused where the file or its columns are wrong.
    """
    trial = import_scores(tx, exam_id, subject, content, dry_run=True)
    return await checked(content, "scores-checked", trial)


async def send_sums(tx: Tx, exam_id: UUID, data: SumsInput) -> SumsTaken:
    """Take in how often each total occurs at a school, instead of rows of its pupils.

    Allowed too where the law lets no pupil's result be collected. Raises WrongState,
    UnknownSubject, SumsInvalid, NotTakingPart, RowsAreIn.
    """
    exam = await exams.fetch_locked(tx, exam_id, "exam:import")
    verb = "import_part" if exam.status is ExamStatus.MARKING else "import"
    exam_rules.EXAM.step(exam.status, verb)
    paper = subject_of(await exams.papers(tx, exam_id), data.subject)
    whole = may(tx, "exam:freeze", exam.relations)
    taking = await acceptance.by_school(tx, paper.id)
    for school in await exams.participants(tx, exam_id):
        mine = whole or school.school_id == tx.actor.school_id
        if school.school_code == data.school_code and mine:
            break
    else:
        raise NotTakingPart
    if taking.get(school.school_id, school.status) is not Participation.ACCEPTED:
        raise NotTakingPart
    if await queries.has_rows(tx, paper.id, school.school_id):
        raise RowsAreIn
    sums = rules.read_sums(data, paper.full_half_marks)
    await queries.replace_sums(tx, paper.id, school.school_id, paper.paper_version, sums)
    status = await exams.move(tx, exam, verb)
    n = sum(sums.counts)
    await journal.record(
        tx,
        "exam.imported",
        act="exam:import",
        thing=f"exam/{exam_id}",
        owner_school_id=exam.school_id,
        school_ids=[school.school_id],
        version=exam.version + 1,
        data={"exam_id": exam_id, "subject": paper.subject, "rows": 0},
    )
    return SumsTaken(
        exam_id=exam_id,
        subject=paper.subject,
        school_id=school.school_id,
        n_present=n,
        mean=sum(sums.totals) / (2 * n) if n else None,
        status=status,
    )


async def freeze(tx: Tx, exam_id: UUID) -> SnapshotView:
    """Seal the results: an immutable snapshot with its hash, and a letter by lot for each school.

    Raises WrongState, NumbersShared, StillOpen, MarksIncomplete where someone on the roster has no
    result.
    """
    exam = await exams.fetch_locked(tx, exam_id, "exam:freeze")
    exam_rules.EXAM.step(exam.status, "freeze")
    await stages.check_marked(tx, exam_id)
    status = await exams.move(tx, exam, "freeze")
    await stages.check_complete(tx, exam_id)
    return await seal(tx, exam, status)


async def seal(tx: Tx, exam: ExamRow, status: ExamStatus) -> SnapshotView:
    """Write the next snapshot of an exam's results, whoever asked for it and why.

    Raises NumbersShared.
    """
    exam_id = exam.id
    await exams.refresh_statistics(tx)
    if shared := await queries.list_shared_numbers(tx, exam_id):
        raise NumbersShared(
            problems=[Problem("", "exam_number_shared", number) for number in shared]
        )
    papers = await exams.papers(tx, exam_id)
    parts: list[Part] = []
    for paper in papers:
        collected = await queries.collect_scores(tx, paper.id)
        parts += [rules.sealed(paper.id, len(paper.items), some) for some in collected]
        parts += [rules.sealed_sums(paper.id, row) for row in await queries.list_sums(tx, paper.id)]
    before = await queries.get_snapshot(tx, exam_id)
    snapshot = SnapshotRow(
        id=new_id(),
        exam_id=exam_id,
        number=before.number + 1 if before else 1,
        sha256=rules.snapshot_sha256(exam_id, papers, parts),
        frozen_at=tx.now,
    )
    await queries.insert_snapshot(tx, snapshot, papers, parts)
    schools = await exams.participants(tx, exam_id)
    with_results = {part.school_id for part in parts}
    await queries.set_letters(tx, exam_id, draw_letters(schools, with_results))
    view = SnapshotView(
        id=snapshot.id,
        exam_id=exam_id,
        number=snapshot.number,
        snapshot_sha256=snapshot.sha256,
        frozen_at=snapshot.frozen_at,
        candidates=len({(p.school_id, number) for p in parts for number in p.exam_numbers}),
        schools=len(with_results),
        schools_without_results=[
            s.school_name
            for s in schools
            if s.status is Participation.ACCEPTED and s.school_id not in with_results
        ],
        status=status,
    )
    await journal.record(
        tx,
        "exam.frozen",
        act="exam:freeze",
        thing=f"exam/{exam_id}",
        owner_school_id=exam.school_id,
        school_ids=sorted(with_results),
        version=exam.version + 1,
        data={"exam_id": exam_id, "snapshot_id": snapshot.id, "sha256": snapshot.sha256},
    )
    return view


async def snapshot(tx: Tx, exam_id: UUID) -> SnapshotRow | None:
    """The newest snapshot of an exam."""
    return await queries.get_snapshot(tx, exam_id)


async def papers_of(tx: Tx, exam_id: UUID, snapshot_id: UUID) -> list[Subject]:
    """The subjects with the papers a snapshot was frozen with, whatever has changed since."""
    kept = await queries.get_papers(tx, snapshot_id)
    return await exams.papers(tx, exam_id) if kept is None else kept


async def parts(
    tx: Tx,
    snapshot_id: UUID,
    school_id: UUID | None = None,
    subjects: Sequence[UUID] | None = None,
) -> list[Part]:
    """A snapshot's parts: all, or one school's; in all subjects, or in these."""
    return await queries.list_parts(tx, snapshot_id, school_id, subjects)


def draw_letters(schools: list[Participant], with_results: set[UUID]) -> dict[UUID, str]:
    """A letter for each school with results that has none: by lot, so no order gives it away."""
    have = {s.letter for s in schools if s.letter}
    need = [s.school_id for s in schools if s.school_id in with_results and not s.letter]
    free = [n for n in map(letter, range(len(have) + len(need))) if n not in have][: len(need)]
    secrets.SystemRandom().shuffle(free)
    return dict(zip(need, free, strict=True))


def letter(number: int) -> str:
    """A, B, … Z, AA, AB …, as spreadsheets name columns."""
    name = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, len(LETTERS))
        name = LETTERS[rest] + name
    return name


def subject_of(papers: list[Subject], name: str | None) -> Subject:
    """The subject of that name, or the only one. Raises UnknownSubject."""
    fit = [p for p in papers if name is None or p.subject == exam_rules.plain(name)]
    if len(fit) != 1:
        raise UnknownSubject(facts={"subjects": [p.subject for p in papers]})
    return fit[0]


def _read(
    content: bytes,
    paper: Subject,
    senders: dict[str, rules.Sender],
    roster: rules.Roster | None,
    on_screen: frozenset[str],
) -> list[Candidate]:
    findings = Findings()
    rows = read_sheet(content)
    candidates = rules.read_scores(rows, paper, senders, roster, findings, on_screen)
    findings.refuse_any()
    return candidates


def _taken(
    exam: ExamRow, paper: Subject, candidates: list[Candidate], dry_run: bool, replaced: int
) -> Taken:
    results = [c.result for c in candidates]
    return Taken(
        exam_id=exam.id,
        subject=paper.subject,
        dry_run=dry_run,
        rows=len(candidates),
        schools=len({c.school_id for c in candidates}),
        present=results.count(Result.PRESENT),
        absent=results.count(Result.ABSENT),
        void=results.count(Result.VOID),
        exempt=results.count(Result.EXEMPT),
        replaced=replaced,
        status=exam.status,
    )
