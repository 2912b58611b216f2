"""An exam from stage to stage (lifecycle.py says what each means)."""

import hashlib
import secrets
from collections.abc import Awaitable, Callable
from uuid import UUID

import msgspec

from schoolgroup.evaluation.exams import service as exams
from schoolgroup.evaluation.exams.lifecycle import BEFORE_SAT, EXAM
from schoolgroup.evaluation.exams.models import ExamRow, ExamView
from schoolgroup.evaluation.exams.rules import plain
from schoolgroup.evaluation.exams.stages import queries, rules
from schoolgroup.evaluation.exams.stages.models import Schedule
from schoolgroup.kernel.db import Tx
from schoolgroup.kernel.errors import Conflict, Problem
from schoolgroup.kernel.texts import Text
from schoolgroup.kernel.transitions import WrongState

SEED_BYTES = 32


class MarksIncomplete(Conflict):
    """Some candidates on the roster have no result yet."""

    code = "marks_incomplete"
    title = Text("Results are missing", "成绩不完整")
    remedy = Text(
        "Mark or import what errors name, or record who was absent.",
        "请补录 errors 所列成绩，或登记缺考。",
    )


class StillOpen(Conflict):
    """Something of the marking is not over: what, item by item, stands in `errors`."""

    code = "still_open"
    title = Text("Marking is not over", "阅卷尚未结束")
    remedy = Text(
        "Finish what `errors` names: complete the marking, answer what waits for an arbiter or a "
        "leader, set the keys.",
        "请完成 errors 所列事项：完成阅卷、处理仲裁与异常卷、设定答案。",
    )


class NothingSeated(Conflict):
    """Before a roster is locked every candidate has a seat."""

    code = "not_seated"
    title = Text("Not every candidate has a seat", "尚有考生未编排座位")
    remedy = Text("Draw seats first; candidates sent in since need a new draw.", "请先编排座位。")


async def schedule(tx: Tx, exam_id: UUID, data: Schedule) -> ExamView:
    """Set the hours of an exam. A sealed paper opens at the hour of its subject.

    Raises WrongState once it was sat, ScheduleInvalid for an hour that has passed or has come.
    """
    exam = await exams.fetch_locked(tx, exam_id, "exam:create")
    if exam.status not in BEFORE_SAT:
        raise WrongState(facts={"state": exam.status})
    subjects = await exams.papers(tx, exam_id)
    rules.check_schedule(data, subjects, tx.now)
    ids = {s.subject: s.id for s in subjects}
    async with tx.as_system():  # the seal moves on resources that nobody else may see
        for wish in data.subjects:
            await queries.set_hour(tx, ids[plain(wish.subject)], wish.starts_at, wish.minutes)
    if data.answer_until_at is not msgspec.UNSET:
        await queries.set_answer_until(tx, exam_id, data.answer_until_at)
    return await _moved(tx, exam, exam.status, "exam.scheduled", "exam:create")


async def register(tx: Tx, exam_id: UUID) -> ExamView:
    """Open registration; the seed of the draw is sealed, its hash told.

    So the organiser cannot look for a seed that suits the candidates. Raises WrongState,
    ForbiddenByLaw.
    """

    async def seal(exam: ExamRow) -> None:
        await exams.check_gate(tx, exam)
        seed = secrets.token_hex(SEED_BYTES)
        commitment = hashlib.sha256(seed.encode()).hexdigest()
        await queries.insert_seed(tx, exam.id, seed, commitment)

    return await _step(tx, exam_id, "register", "exam.registering", "roster:run", seal)


async def sit(tx: Tx, exam_id: UUID) -> ExamView:
    """The papers are written: who was not there has that as a result. Raises WrongState."""

    async def settle(exam: ExamRow) -> None:
        await exams.refresh_statistics(tx)
        await queries.states_from_attendance(tx, exam.id)

    return await _step(tx, exam_id, "sit", "exam.sat", "roster:run", settle)


async def begin_marking(tx: Tx, exam_id: UUID) -> ExamView:
    """Open marking. Raises WrongState."""
    return await _step(tx, exam_id, "begin_marking", "exam.marking", "exam:mark")


async def verify(tx: Tx, exam_id: UUID) -> ExamView:
    """Hand the results over for verification. Raises WrongState, StillOpen, MarksIncomplete."""

    async def look(exam: ExamRow) -> None:
        await check_marked(tx, exam.id)
        await check_complete(tx, exam.id)

    return await _step(tx, exam_id, "verify", "exam.verifying", "exam:mark", look)


async def reopen(tx: Tx, exam_id: UUID, because: str) -> ExamView:
    """Back from frozen to verifying: the next freezing makes another snapshot. WrongState."""
    return await _step(tx, exam_id, "reopen", "exam.reopened", "exam:freeze", because=because)


async def archive(tx: Tx, exam_id: UUID) -> ExamView:
    """Close an exam for good. Raises WrongState."""
    return await _step(tx, exam_id, "archive", "exam.archived", "exam:freeze")


async def check_marked(tx: Tx, exam_id: UUID) -> None:
    """Raise StillOpen while an item is marked, disputed or reported, or answers have no key."""
    async with tx.as_system():  # whose scripts these are no school knows; here they are counted
        unfinished = await queries.list_unfinished(tx, exam_id)
        keyless = await queries.list_keyless(tx, exam_id)
    problems = []
    for item in unfinished:
        at = f"/{item.subject}/{item.label}"
        told = f"{item.scripts} scripts without a final mark" if item.scripts else "not completed"
        problems.append(Problem(at, "marking_open", told, "finish and complete the marking"))
        if item.disputed:
            told = f"{item.disputed} wait for an arbiter"
            problems.append(Problem(at, "arbitration_open", told, "let an arbiter mark them"))
        if item.reported:
            told = f"{item.reported} reported and not decided"
            problems.append(Problem(at, "report_open", told, "let a leader decide them"))
    problems += [
        Problem(f"/{item.subject}/{item.label}", "key_missing", "answers without a key", "set it")
        for item in keyless
    ]
    if problems:
        raise StillOpen(problems=problems)


async def check_complete(tx: Tx, exam_id: UUID) -> None:
    """Raise MarksIncomplete unless everyone on the roster has a result in every subject.

    An exam without a roster is what its sheets say, and so complete.
    """
    await exams.refresh_statistics(tx)
    await queries.states_from_attendance(tx, exam_id)
    if missing := await queries.list_missing(tx, exam_id):
        raise MarksIncomplete(
            problems=[
                Problem(f"/{m.subject}/{m.school_id}", "result_missing", f"{m.candidates} pupils")
                for m in missing
            ]
        )


async def _step(
    tx: Tx,
    exam_id: UUID,
    verb: str,
    event: str,
    act: str,
    work: Callable[[ExamRow], Awaitable[None]] | None = None,
    because: str = "",
) -> ExamView:
    exam = await exams.fetch_locked(tx, exam_id, act)
    status = EXAM.step(exam.status, verb)
    if work is not None:
        await work(exam)
    return await _moved(tx, exam, status, event, act, because)


async def _moved(
    tx: Tx, exam: ExamRow, status: str, event: str, act: str, because: str = ""
) -> ExamView:
    await exams.set_status(tx, exam.id, status)
    view = await exams.get(tx, exam.id)
    schools = [p.school_id for p in await exams.participants(tx, exam.id)]
    await exams.record(tx, event, act, view, schools, because)
    return view
