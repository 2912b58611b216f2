"""Schools answer an invitation, subject by subject; the organiser only with a reason."""

from collections.abc import Sequence
from uuid import UUID

from schoolgroup.evaluation.exams import queries as exam_queries
from schoolgroup.evaluation.exams import rules
from schoolgroup.evaluation.exams import service as exams
from schoolgroup.evaluation.exams.acceptance import queries
from schoolgroup.evaluation.exams.acceptance.models import (
    Acceptance,
    Answers,
    LateAnswers,
    SubjectAnswer,
)
from schoolgroup.evaluation.exams.lifecycle import ANSWERING
from schoolgroup.evaluation.exams.models import ExamRow, ExamView, Participation, Subject
from schoolgroup.kernel.db import Tx
from schoolgroup.kernel.errors import Conflict, Invalid, NotFound, Problem
from schoolgroup.kernel.texts import Text
from schoolgroup.kernel.transitions import WrongState


class AnswersClosed(Conflict):
    """The time for answering is over."""

    code = "answers_closed"
    title = Text("The time for answering is over", "答复时间已过")
    remedy = Text(
        "Ask the organiser: it may still answer in your place, with a reason.",
        "请联系组织方：组织方可说明理由后代为确认。",
    )


class AnswersInvalid(Invalid):
    """Some answers name no subject of the exam, or one twice."""

    code = "answers_invalid"
    remedy = Text("Name each subject of the exam once.", "每个科目只填写一次。")


class CandidatesSent(Conflict):
    """The school has candidates in a subject it wants to leave."""

    code = "candidates_sent"
    title = Text("Candidates were sent in for it", "该科目已上报考生")
    remedy = Text(
        "Send the candidates again without this subject first.", "请先上报不含该科的名单。"
    )


async def answer_all(tx: Tx, exam_id: UUID, verb: str) -> ExamView:
    """Accept or decline every subject for the acting school.

    Raises WrongState, AnswersClosed, CandidatesSent.
    """
    exam, school_id = await _own(tx, exam_id)
    now = await exam_queries.get_participant(tx, exam_id, school_id)
    status = rules.PARTICIPATION.step(now.status if now else Participation.INVITED, verb)
    subjects = await exams.papers(tx, exam_id)
    await _keep(tx, exam, school_id, [(s.id, status) for s in subjects], "")
    return await _shown(tx, exam, "exam:join", status, school_id)


async def answer(tx: Tx, exam_id: UUID, data: Answers) -> ExamView:
    """Accept or decline single subjects for the acting school.

    Raises WrongState, AnswersClosed, AnswersInvalid, CandidatesSent.
    """
    exam, school_id = await _own(tx, exam_id)
    given = _given(await exams.papers(tx, exam_id), data.answers)
    status = await _keep(tx, exam, school_id, given, "")
    return await _shown(tx, exam, "exam:join", status, school_id)


async def answer_late(tx: Tx, exam_id: UUID, school_id: UUID, data: LateAnswers) -> ExamView:
    """The organiser answers in an invited school's place, after the deadline or before it.

    Raises NotFound where the school was not invited, WrongState, AnswersInvalid, CandidatesSent.
    """
    exam = await exams.fetch_locked(tx, exam_id, "exam:create")
    if await exam_queries.get_participant(tx, exam_id, school_id) is None:
        raise NotFound
    if exam.status not in ANSWERING:
        raise WrongState(facts={"state": exam.status})
    given = _given(await exams.papers(tx, exam_id), data.answers)
    status = await _keep(tx, exam, school_id, given, data.because)
    return await _shown(tx, exam, "exam:create", status, school_id, data.because)


async def get(tx: Tx, exam_id: UUID) -> Acceptance:
    """The figures of acceptance, and the answers of the schools the caller may see."""
    exam = await exams.fetch(tx, exam_id, "exam:read")
    answers = await queries.list_answers(tx, exam_id)
    async with tx.as_system():  # figures count every school; they name none
        figures = await queries.figures(tx, exam_id)
    is_open = rules.answers_open(exam, tx.now)
    return Acceptance(exam_id, exam.answer_until_at, is_open, figures, answers)


async def by_school(tx: Tx, exam_subject_id: UUID) -> dict[UUID, Participation]:
    """Which schools take a subject, as far as the caller sees them."""
    return await queries.of_subject(tx, exam_subject_id)


async def by_subject(tx: Tx, exam_id: UUID, school_id: UUID) -> dict[UUID, Participation]:
    """Which subjects a school takes."""
    return await queries.of_school(tx, exam_id, school_id)


async def _own(tx: Tx, exam_id: UUID) -> tuple[ExamRow, UUID]:
    exam = await exams.fetch_locked(tx, exam_id, "exam:join")
    school_id = tx.actor.school_id
    if school_id is None or exam.school_id is not None:
        raise exams.NotJoint
    if exam.status not in ANSWERING:
        raise WrongState(
            Text(
                f"the exam is {exam.status}: answers are no longer taken",
                f"考试当前为 {exam.status}，不再接受答复",
            ),
            facts={"state": exam.status},
        )
    if not rules.answers_open(exam, tx.now):
        raise AnswersClosed(until_at=exam.answer_until_at)
    return exam, school_id


def _given(
    subjects: Sequence[Subject], answers: Sequence[SubjectAnswer]
) -> list[tuple[UUID, Participation]]:
    ids = {s.subject: s.id for s in subjects}
    names = [rules.plain(a.subject) for a in answers]
    problems = [
        Problem(f"/answers/{n}/subject", "unknown_subject" if name not in ids else "twice", name)
        for n, name in enumerate(names)
        if name not in ids or name in names[:n]
    ]
    if problems:
        raise AnswersInvalid(problems=problems)
    return [
        (ids[name], Participation.ACCEPTED if a.accept else Participation.DECLINED)
        for name, a in zip(names, answers, strict=True)
    ]


async def _keep(
    tx: Tx,
    exam: ExamRow,
    school_id: UUID,
    given: Sequence[tuple[UUID, Participation]],
    because: str,
) -> Participation:
    leaving = [subject for subject, status in given if status is Participation.DECLINED]
    if leaving and await queries.count_entries(tx, leaving, school_id):
        raise CandidatesSent
    known = await queries.of_school(tx, exam.id, school_id) | dict(given)
    taking = Participation.ACCEPTED in known.values()
    answered = Participation.INVITED not in known.values()
    status = (
        Participation.ACCEPTED
        if taking
        else Participation.DECLINED
        if answered
        else Participation.INVITED
    )
    await exam_queries.answer(tx, exam.id, school_id, status)
    # a school that joins by membership has answered nothing yet: the other subjects stay open
    await exam_queries.answer_subjects(tx, exam.id, school_id, given, because)
    return status


async def _shown(
    tx: Tx, exam: ExamRow, act: str, status: Participation, school_id: UUID, because: str = ""
) -> ExamView:
    await exams.set_status(tx, exam.id, exam.status)  # the exam as shown has changed: new version
    view = await exams.view_after(tx, exam.id)
    await exams.record(tx, f"exam.{status}", act, view, [school_id], because)
    return view
