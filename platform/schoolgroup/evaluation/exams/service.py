"""Exams from setting up to the answers of the schools; what the law forbids never begins."""

from datetime import UTC
from uuid import UUID

from schoolgroup.access.decisions import may, policy_of, require, require_found
from schoolgroup.evaluation.exams import queries, rules
from schoolgroup.evaluation.exams.gates import ARTICLES, Gate
from schoolgroup.evaluation.exams.limits import service as limits
from schoolgroup.evaluation.exams.models import (
    Cancellation,
    ExamInput,
    ExamRow,
    ExamStatus,
    ExamSummary,
    ExamView,
    GateView,
    Invitation,
    Item,
    ItemView,
    Participant,
    ParticipantView,
    Participation,
    Subject,
    SubjectView,
)
from schoolgroup.kernel import journal
from schoolgroup.kernel.db import Tx
from schoolgroup.kernel.errors import Conflict, Invalid, Problem
from schoolgroup.kernel.ids import new_id
from schoolgroup.kernel.paging import PageRequest
from schoolgroup.kernel.texts import Text

SEALED_AGAIN = (ExamStatus.FROZEN, ExamStatus.RELEASED, ExamStatus.ARCHIVED)


class InvitationInvalid(Invalid):
    """Some of the schools cannot be invited."""

    code = "invitation_invalid"
    remedy = Text(
        "Name schools of the group that teach the exam's stage, or send all: true.",
        "请指定集团内开设该学段的学校，或使用 all: true。",
    )


class NotJoint(Conflict):
    """A school's own exam has no other schools."""

    code = "exam_not_joint"
    title = Text("Not a joint exam", "非联考")
    remedy = Text("The group office sets up joint exams.", "联考由集团办公室组织。")


async def create(tx: Tx, data: ExamInput) -> ExamView:
    """Set up an exam: of the group when the office asks, else of the acting school.

    Raises ForbiddenByLaw (with the article), ExamInvalid.
    """
    joint = tx.actor.school_id is None
    mask = policy_of(tx).relations.mask_of("group" if joint else "own")
    require(tx, "exam:create", mask, thing="exam/new")
    allowed = rules.check_exam(data, joint=joint)
    gate, year = allowed.gate, rules.school_year(await queries.get_today(tx))
    gate = await limits.gate_in_force(tx, gate.name)
    rules.check_open(gate, "exam:create", "exam/new")
    if gate.in_school_year_max is not None:
        await queries.lock_school_year(tx, year, gate.name)
        held = await queries.count_in_year(tx, year, gate.name, tx.actor.school_id)
        rules.check_number(gate, held)
    exam_id = new_id()
    status = ExamStatus.DRAFT if joint else ExamStatus.INVITED
    await queries.insert_exam(tx, exam_id, data, gate, year, status)
    await queries.insert_subjects(tx, exam_id, allowed.subjects)
    if tx.actor.school_id:
        await queries.invite(tx, exam_id, [(tx.actor.school_id, Participation.ACCEPTED)])
    view = await _view(tx, await fetch(tx, exam_id, "exam:create"))
    await record(tx, "exam.created", "exam:create", view)
    return view


async def fetch(tx: Tx, exam_id: UUID, act: str) -> ExamRow:
    """The exam, if the caller may do `act` to it.

    Raises NotFound where the caller may not know it exists, NotAllowed.
    """
    exam = await queries.get_exam(tx, exam_id)
    require_found(exam, f"exam/{exam_id}", act)
    assert exam is not None
    require(
        tx, act, exam.relations, thing=f"exam/{exam_id}", see="exam:read", owner=exam.owner_name
    )
    return exam


async def fetch_locked(tx: Tx, exam_id: UUID, act: str) -> ExamRow:
    """As `fetch`, and nobody else changes the exam until this transaction ends."""
    await queries.lock_exam(tx, exam_id)
    return await fetch(tx, exam_id, act)


async def get(tx: Tx, exam_id: UUID) -> ExamView:
    """One exam as the caller may see it."""
    return await _view(tx, await fetch(tx, exam_id, "exam:read"))


async def list_exams(tx: Tx, page: PageRequest) -> list[ExamSummary]:
    """Exams the caller may see, the newest first."""
    return [
        ExamSummary(
            id=exam.id,
            school_id=exam.school_id,
            title=exam.title,
            stage=exam.stage,
            grade=exam.grade,
            purpose=exam.purpose,
            term_last=exam.term_last,
            status=exam.status,
            created_at=exam.created_at.astimezone(UTC),
            version=exam.version,
            actions=_actions(tx, exam),
        )
        for exam in await queries.list_exams(tx, page)
    ]


async def invite(tx: Tx, exam_id: UUID, data: Invitation) -> ExamView:
    """Invite schools: integrated ones take part by membership, partners are asked.

    Raises NotJoint, WrongState, InvitationInvalid naming every school that cannot be invited.
    """
    exam = await fetch_locked(tx, exam_id, "exam:create")
    if exam.school_id is not None:
        raise NotJoint
    status = rules.EXAM.step(exam.status, "invite")
    await check_gate(tx, exam)
    if data.all == (data.school_ids is not None):
        raise InvitationInvalid("send either school_ids or all: true")
    schools = await queries.list_schools(tx, data.school_ids)
    fit = {s.school_id: s for s in schools if s.tier is not None and exam.stage in s.stages}
    wanted = data.school_ids if data.school_ids is not None else list(fit)
    problems = [
        Problem(f"/school_ids/{n}", "not_to_be_invited", f"{school_id} is none of those schools")
        for n, school_id in enumerate(wanted)
        if school_id not in fit
    ]
    if problems or not wanted:
        raise InvitationInvalid(problems=problems)
    invited = [
        (s, Participation.ACCEPTED if fit[s].tier == "integrated" else Participation.INVITED)
        for s in sorted(set(wanted))
    ]
    await queries.invite(tx, exam_id, invited)
    await queries.move_exam(tx, exam_id, status)
    view = await _view(tx, await fetch(tx, exam_id, "exam:read"))
    await record(tx, "exam.invited", "exam:create", view, [s for s, _ in invited])
    return view


async def check_gate(tx: Tx, exam: ExamRow) -> Gate:
    """The gate as it is now; raises ForbiddenByLaw where it has been shut since."""
    gate = await limits.gate_in_force(tx, exam.gate)
    rules.check_open(gate, "exam:create", f"exam/{exam.id}")
    return gate


async def view_after(tx: Tx, exam_id: UUID) -> ExamView:
    """The exam as it is shown to who has just answered it.

    A partner that declines may no longer see the exam; its answer still shows it once.
    """
    after = await queries.get_exam(tx, exam_id)
    assert after is not None  # it was fetched under the lock
    return await _view(tx, after)


async def refresh_statistics(tx: Tx) -> None:
    """Before reading what tens of thousands of rows may have been added to a moment ago."""
    await queries.refresh_statistics(tx)


async def set_status(tx: Tx, exam_id: UUID, status: str) -> None:
    """The state a transition of the table led to; the caller records the event."""
    await queries.move_exam(tx, exam_id, ExamStatus(status))


async def cancel(tx: Tx, exam_id: UUID, data: Cancellation) -> ExamView:
    """Call an exam off; what is frozen can no longer be."""
    exam = await fetch_locked(tx, exam_id, "exam:cancel")
    status = rules.EXAM.step(exam.status, "cancel")
    await queries.move_exam(tx, exam_id, status, data.because)
    view = await _view(tx, await fetch(tx, exam_id, "exam:read"))
    schools = [p.school_id for p in await queries.list_participants(tx, exam_id)]
    await record(tx, "exam.cancelled", "exam:cancel", view, schools)
    return view


async def move(tx: Tx, exam: ExamRow, verb: str) -> ExamStatus:
    """Take the exam one step on; raises WrongState. The caller records the event."""
    status = rules.EXAM.step(exam.status, verb)
    await set_status(tx, exam.id, status)
    return status


async def papers(tx: Tx, exam_id: UUID) -> list[Subject]:
    """The subjects of an exam with their papers, for the rooms that work on results."""
    return await queries.list_subjects(tx, exam_id)


async def participants(tx: Tx, exam_id: UUID) -> list[Participant]:
    """The schools of an exam as far as the caller may see them."""
    return await queries.list_participants(tx, exam_id)


async def record(
    tx: Tx,
    event: str,
    act: str,
    exam: ExamView,
    school_ids: list[UUID] | None = None,
    because: str = "",
) -> None:
    """Announce what happened to an exam."""
    await journal.record(
        tx,
        event,
        act=act,
        thing=f"exam/{exam.id}",
        owner_school_id=exam.school_id,
        school_ids=school_ids or [],
        version=exam.version,
        data={"exam_id": exam.id, "status": exam.status}
        | ({"because": because} if because else {}),
    )


def _actions(tx: Tx, exam: ExamRow) -> list[str]:
    def allowed(act: str) -> bool:
        return may(tx, act, exam.relations)

    actions = rules.EXAM.actions(exam.status, allowed)
    if exam.school_id is not None:
        actions = [verb for verb in actions if verb != "invite"]
    elif tx.actor.school_id and rules.answers_open(exam, tx.now):
        actions += rules.PARTICIPATION.actions(exam.standing or Participation.INVITED, allowed)
    return actions


async def _view(tx: Tx, exam: ExamRow) -> ExamView:
    schools = await queries.list_participants(tx, exam.id)
    gate = await limits.gate_in_force(tx, exam.gate)
    # what a paper asks about stays with its makers until the results are frozen
    open_book = exam.status in SEALED_AGAIN or may(tx, "exam:create", exam.relations)
    return ExamView(
        id=exam.id,
        school_id=exam.school_id,
        title=exam.title,
        stage=exam.stage,
        grade=exam.grade,
        purpose=exam.purpose,
        term_last=exam.term_last,
        status=exam.status,
        cancelled_because=exam.cancelled_because,
        answer_until_at=exam.answer_until_at,
        gate=GateView(gate.name, gate.collects, list(gate.contents), ARTICLES[gate.article]),
        subjects=[_subject(s, open_book) for s in await queries.list_subjects(tx, exam.id)],
        schools=[
            ParticipantView(s.school_id, s.school_name, s.status, s.answered_at) for s in schools
        ],
        created_at=exam.created_at,
        updated_at=exam.updated_at,
        version=exam.version,
        actions=_actions(tx, exam),
    )


def _subject(subject: Subject, open_book: bool) -> SubjectView:
    def shown(item: Item) -> ItemView:
        return ItemView(
            item.label,
            item.max_half_marks / 2,
            item.knowledge_point if open_book else None,
            item.ability if open_book else None,
            item.section,
            item.parent,
            item.kind,
            item.choice,
        )

    return SubjectView(
        subject=subject.subject,
        paper_version=subject.paper_version,
        full_marks=subject.full_half_marks / 2,
        excellent_percent=subject.excellent_percent,
        pass_percent=subject.pass_percent,
        low_percent=subject.low_percent,
        levels=subject.levels,
        items=[shown(item) for item in subject.items],
        choices=subject.choices,
        starts_at=subject.starts_at,
        minutes=subject.minutes,
    )
