"""The roster of an exam: sent in by schools, drawn and locked by the organiser."""

import asyncio
from collections.abc import Mapping, Sequence
from uuid import UUID

from schoolgroup.access.decisions import may
from schoolgroup.evaluation.exams import rules as exam_rules
from schoolgroup.evaluation.exams import service as exams
from schoolgroup.evaluation.exams.acceptance import service as acceptance
from schoolgroup.evaluation.exams.lifecycle import EXAM
from schoolgroup.evaluation.exams.models import ExamRow, ExamStatus, ExamView, Participation
from schoolgroup.evaluation.exams.stages.service import NothingSeated
from schoolgroup.evaluation.roster import queries, rules, seating_queries
from schoolgroup.evaluation.roster.models import (
    Applicant,
    CandidateRow,
    CandidateView,
    DrawRow,
    DrawView,
    DrawWish,
    FromRegister,
    LateCandidate,
    RoomList,
    RoomRow,
    Rooms,
    RosterTaken,
    ToSeat,
)
from schoolgroup.evaluation.roster.seating import best_spare, seat_all
from schoolgroup.kernel import journal
from schoolgroup.kernel.db import Tx
from schoolgroup.kernel.errors import NotFound, Problem
from schoolgroup.kernel.ids import new_id
from schoolgroup.kernel.paging import PageRequest
from schoolgroup.kernel.sheet_files import SheetFile, checked
from schoolgroup.kernel.sheets import Findings, read_sheet
from schoolgroup.kernel.transitions import WrongState

SEND, READ, RUN = "roster:send", "roster:read", "roster:run"
S = ExamStatus


async def import_candidates(tx: Tx, exam_id: UUID, content: bytes, *, dry_run: bool) -> RosterTaken:
    """Take in a sheet of candidates: the whole list of each school in it, or nothing.

    A school sends its own, with names if it likes; the organiser sends for all, without names.
    Raises SheetRefused with every problem, WrongState unless registration is open.
    """
    exam = await _registering(tx, exam_id, SEND)
    own = None if may(tx, RUN, exam.relations) and exam.school_id is None else tx.actor.school_id
    schools = await exams.participants(tx, exam_id)
    taking = await _taking(tx, exam_id, [s.school_id for s in schools])
    codes = {s.school_code: s.school_id for s in schools}

    def read() -> list[Applicant]:
        findings = Findings()
        read_in = rules.read_roster(read_sheet(content), codes, own, taking, findings)
        findings.refuse_any()
        return read_in

    applicants = await asyncio.to_thread(read)
    return await _keep(tx, exam, applicants, dry_run=dry_run)


async def annotate(tx: Tx, exam_id: UUID, content: bytes) -> SheetFile:
    """The sheet back as it came, with what is wrong beside each row; nothing is taken in.

    Raises WrongState; SheetRefused where the file or its columns are wrong.
    """
    trial = import_candidates(tx, exam_id, content, dry_run=True)
    return await checked(content, "candidates-checked", trial)


async def take_from_register(tx: Tx, exam_id: UUID, data: FromRegister) -> RosterTaken:
    """The own school's enrolled pupils of the exam's grade, in place of what was sent before.

    Raises WrongState, CandidateInvalid for a subject the school does not take, NotFound for the
    office, which has no pupils.
    """
    exam = await _registering(tx, exam_id, SEND)
    school_id = tx.actor.school_id
    if school_id is None:
        raise NotFound
    taking = (await _taking(tx, exam_id, [school_id]))[school_id]
    chosen = rules.chosen(await exams.papers(tx, exam_id), taking, data.subjects)
    if not chosen:
        raise rules.CandidateInvalid(
            problems=[Problem("/subjects", "subject_not_taken", ", ".join(taking))]
        )
    year = await queries.school_year_of(tx, exam_id)
    enrolled = await queries.list_enrolled(tx, school_id, year, exam.grade, data.class_labels)
    applicants = [Applicant(school_id, number, label, chosen) for number, label in enrolled]
    if not applicants:
        raise rules.CandidateInvalid(
            problems=[Problem("/class_labels", "nobody_enrolled", f"grade {exam.grade}, {year}")]
        )
    return await _keep(tx, exam, applicants, dry_run=False)


async def list_candidates(tx: Tx, exam_id: UUID, page: PageRequest) -> list[CandidateView]:
    """The candidates the caller may see: a school its own, the organiser all; without names."""
    exam = await exams.fetch(tx, exam_id, READ)
    return [_shown(tx, exam, row) for row in await queries.list_candidates(tx, exam_id, page)]


async def list_rooms(tx: Tx, exam_id: UUID) -> RoomList:
    """The rooms with what they hold."""
    await exams.fetch(tx, exam_id, READ)
    async with tx.as_system():  # how many sit in a room is no school's secret
        rooms = await seating_queries.list_rooms(tx, exam_id)
    seats = sum(r.seat_rows * r.seat_columns for r in rooms)
    return RoomList(rooms, seats, sum(r.seated for r in rooms))


async def set_rooms(tx: Tx, exam_id: UUID, data: Rooms) -> RoomList:
    """All rooms of the exam anew; what was drawn is forgotten. Raises WrongState, RoomsInvalid."""
    exam = await _registering(tx, exam_id, RUN)
    taking_part = {
        s.school_id
        for s in await exams.participants(tx, exam_id)
        if s.status is Participation.ACCEPTED
    }
    places = [(r.site_school_id, r.label) for r in data.rooms]
    problems = [
        Problem(f"/rooms/{n}", "not_taking_part" if place[0] not in taking_part else "twice", "")
        for n, place in enumerate(places)
        if place[0] not in taking_part or place in places[:n]
    ]
    if problems:
        raise rules.RoomsInvalid(problems=problems[:100])
    await seating_queries.set_rooms(tx, exam_id, data.rooms)
    await announce(tx, "roster.rooms_set", RUN, exam, {"rooms": len(data.rooms)})
    return await list_rooms(tx, exam_id)


async def draw(tx: Tx, exam_id: UUID, wish: DrawWish) -> DrawView:
    """Draw numbers, rooms and seats for everyone, by the seed that was sealed before registration.

    Before the roster is locked it may be drawn again, with a reason; every draw stays on record.
    Raises WrongState, NotEnoughSeats, RedrawNeedsReason.
    """
    exam = await _registering(tx, exam_id, RUN)
    before = await seating_queries.list_draws(tx, exam_id)
    if before and not wish.because:
        raise rules.RedrawNeedsReason
    seed = await seating_queries.get_seed(tx, exam_id)
    assert seed is not None  # opening registration sealed one
    await exams.refresh_statistics(tx)
    people = await seating_queries.list_to_seat(tx, exam_id)
    rooms = await seating_queries.list_rooms(tx, exam_id)
    number = len(before) + 1
    seating = await asyncio.to_thread(seat_all, seed.seed, number, people, rooms, mixed=wish.mixed)
    if seating.unseated or not people:
        seats = sum(r.seat_rows * r.seat_columns for r in rooms)
        raise rules.NotEnoughSeats(facts={"candidates": len(people), "seats": seats,
                                          "unseated": len(seating.unseated)})  # fmt: skip
    await seating_queries.forget_seats(tx, exam_id)
    year = await queries.school_year_of(tx, exam_id)
    await seating_queries.seat(
        tx,
        exam_id,
        [(s.candidate_id, s.room_id, s.seat_no) for s in seating.seats],
        [rules.exam_number(year, s.room_number, s.seat_no) for s in seating.seats],
    )
    row = DrawRow(
        number=number,
        because=wish.because,
        mixed=wish.mixed,
        candidates=len(people),
        conflicts=seating.conflicts,
        conflicts_min=seating.conflicts_min,
        result_sha256=seating.result_sha256,
        drawn_at=tx.now,
    )
    await seating_queries.insert_draw(tx, exam_id, row)
    view = await get_draw(tx, exam_id)
    data = {"number": number, "result_sha256": row.result_sha256, "conflicts": row.conflicts}
    await announce(tx, "roster.drawn", RUN, exam, data)
    return view


async def get_draw(tx: Tx, exam_id: UUID) -> DrawView:
    """The draws, the hash that bound the seed, and the seed once it was used. Raises NotFound."""
    await exams.fetch(tx, exam_id, READ)
    async with tx.as_system():  # the seed is the organiser's until a draw has used it
        seed = await seating_queries.get_seed(tx, exam_id)
    if seed is None:
        raise NotFound
    draws = await seating_queries.list_draws(tx, exam_id)
    return DrawView(
        exam_id=exam_id,
        commitment_sha256=seed.commitment_sha256,
        committed_at=seed.committed_at,
        seed=seed.seed if draws else None,
        draws=draws,
    )


async def lock(tx: Tx, exam_id: UUID) -> ExamView:
    """Lock the roster: no new draw, no new list. Raises WrongState, NothingSeated."""
    exam = await exams.fetch_locked(tx, exam_id, RUN)
    status = EXAM.step(exam.status, "lock")
    there = await queries.count_candidates(tx, exam_id)
    if not there or await seating_queries.count_unseated(tx, exam_id):
        raise NothingSeated
    await exams.set_status(tx, exam_id, status)
    view = await exams.get(tx, exam_id)
    schools = [p.school_id for p in await exams.participants(tx, exam_id)]
    await exams.record(tx, "exam.rostered", RUN, view, schools)
    return view


async def add_late(tx: Tx, exam_id: UUID, data: LateCandidate) -> CandidateView:
    """Seat a candidate who comes after the roster was locked, where the fewest of the class sit.

    Raises WrongState, CandidateInvalid, NoSpareSeat.
    """
    exam = await exams.fetch_locked(tx, exam_id, RUN)
    if exam.status is not S.ROSTERED:
        raise WrongState(facts={"state": exam.status})
    taking = (await _taking(tx, exam_id, [data.school_id]))[data.school_id]
    subjects = rules.chosen(await exams.papers(tx, exam_id), taking, data.subjects)
    people = {one.id: one for one in await seating_queries.list_to_seat(tx, exam_id)}
    if not subjects:
        raise rules.CandidateInvalid(problems=[Problem("/subjects", "subject_not_taken", "")])
    newcomer = ToSeat(new_id(), data.school_id, data.class_label)
    room, place = await _spare(tx, exam_id, newcomer, people)
    year = await queries.school_year_of(tx, exam_id)
    number = rules.exam_number(year, room.number, place + 1)
    applicant = Applicant(data.school_id, data.register_number, data.class_label, subjects)
    await queries.insert_late(tx, exam_id, newcomer.id, number, applicant, data.because)
    await seating_queries.seat(tx, exam_id, [(newcomer.id, room.id, place + 1)], [number])
    row = await queries.get_candidate(tx, exam_id, newcomer.id)
    assert row is not None  # just entered
    said = {"candidate_id": newcomer.id, "because": data.because}
    await announce(tx, "roster.candidate_added", RUN, exam, said, [data.school_id])
    return _shown(tx, exam, row)


async def _spare(
    tx: Tx, exam_id: UUID, newcomer: ToSeat, people: Mapping[UUID, ToSeat]
) -> tuple[RoomRow, int]:
    draws = await seating_queries.list_draws(tx, exam_id)
    mixed = bool(draws) and draws[0].mixed
    best: tuple[int, RoomRow, int] | None = None
    for room in await seating_queries.list_rooms(tx, exam_id):
        if not mixed and room.site_school_id != newcomer.school_id:
            continue
        grid: list[ToSeat | None] = [None] * (room.seat_rows * room.seat_columns)
        for one in await seating_queries.list_sitters(tx, [room.id]):
            grid[one.seat_no - 1] = people[one.candidate_id]
        found = best_spare(grid, room.seat_columns, newcomer)
        if found is not None and (best is None or found[1] < best[0]):
            best = (found[1], room, found[0])
    if best is None:
        raise rules.NoSpareSeat
    return best[1], best[2]


async def _registering(tx: Tx, exam_id: UUID, act: str) -> ExamRow:
    exam = await exams.fetch_locked(tx, exam_id, act)
    if exam.status is not S.REGISTERING:
        raise WrongState(facts={"state": exam.status})
    return exam


async def _taking(tx: Tx, exam_id: UUID, school_ids: Sequence[UUID]) -> dict[UUID, dict[str, UUID]]:
    """Per school, the subjects it has accepted by name, in the order of the exam."""
    subjects = await exams.papers(tx, exam_id)
    taking = {}
    for school_id in school_ids:
        answers = await acceptance.by_subject(tx, exam_id, school_id)
        taking[school_id] = {
            exam_rules.plain(s.subject): s.id
            for s in subjects
            if answers.get(s.id) is Participation.ACCEPTED
        }
    return taking


async def _keep(
    tx: Tx, exam: ExamRow, applicants: Sequence[Applicant], *, dry_run: bool
) -> RosterTaken:
    schools = sorted({a.school_id for a in applicants})
    removed = linked = 0
    if not dry_run:
        await exams.refresh_statistics(tx)
        removed, linked = await queries.replace_candidates(tx, exam.id, schools, applicants)
        named = [(a.register_number, a.name) for a in applicants if a.name]
        if named and tx.actor.school_id is not None:
            await queries.set_names(tx, exam.id, tx.actor.school_id, named)
        said = {"candidates": len(applicants), "removed": removed}
        await announce(tx, "roster.sent", SEND, exam, said, schools)
    return RosterTaken(
        dry_run=dry_run,
        candidates=len(applicants),
        entries=sum(len(a.subject_ids) for a in applicants),
        schools=len(schools),
        from_register=linked,
        removed=removed,
    )


def _shown(tx: Tx, exam: ExamRow, row: CandidateRow) -> CandidateView:
    own = tx.actor.school_id is not None and row.school_id == tx.actor.school_id
    return CandidateView(
        id=row.id,
        school_id=row.school_id,
        exam_number=row.exam_number if row.seat_no is not None else None,
        register_number=row.register_number if own else None,
        class_label=row.class_label,
        subjects=row.subjects,
        room=row.room,
        room_number=row.room_number,
        seat_no=row.seat_no,
        late_because=row.late_because,
    )


async def announce(
    tx: Tx,
    event: str,
    act: str,
    exam: ExamRow,
    data: Mapping[str, object],
    school_ids: Sequence[UUID] = (),
) -> None:
    """One event and one audit entry about a roster."""
    await journal.record(
        tx,
        event,
        act=act,
        thing=f"exam/{exam.id}",
        owner_school_id=exam.school_id,
        school_ids=school_ids,
        version=exam.version,
        data={"exam_id": exam.id, **data},
    )
