"""The day of the exam: what is printed for its rooms, and how it went with whom."""

import asyncio
from collections.abc import Mapping
from uuid import UUID

from schoolgroup.access.audit.service import mark_export
from schoolgroup.access.decisions import may, policy_of
from schoolgroup.evaluation.exams import service as exams
from schoolgroup.evaluation.exams.models import ExamStatus
from schoolgroup.evaluation.papers.service import subject_of
from schoolgroup.evaluation.roster import printing, rules, seating_queries, sitting_queries
from schoolgroup.evaluation.roster.models import (
    AttendanceInput,
    AttendanceTaken,
    Print,
)
from schoolgroup.evaluation.roster.service import announce
from schoolgroup.kernel import journal
from schoolgroup.kernel.db import Tx
from schoolgroup.kernel.errors import NotFound, Problem
from schoolgroup.kernel.sheet_files import HTML_TYPE, SheetFile, SheetFormat, exported
from schoolgroup.kernel.transitions import WrongState

READ, RUN, RECORD, NAME = "roster:read", "roster:run", "roster:record", "pupil:name"
S = ExamStatus


async def record(
    tx: Tx, exam_id: UUID, subject: str | None, data: AttendanceInput
) -> AttendanceTaken:
    """Record who was absent 缺考, void 违纪, exempt 免考 or late, as states.

    A school records its own candidates and those who sit at its site, the organiser everyone, from
    the hour of the subject on (exempt before it, too) until marking begins. Raises WrongState,
    AttendanceInvalid naming every record that fits nobody.
    """
    exam = await exams.fetch_locked(tx, exam_id, RECORD)
    if exam.status not in (S.ROSTERED, S.SAT):
        raise WrongState(facts={"state": exam.status})
    paper = subject_of(await exams.papers(tx, exam_id), subject)
    organises = may(tx, RUN, exam.relations)
    numbers = [r.exam_number for r in data.records]
    begun = paper.starts_at is None or paper.starts_at <= tx.now
    async with tx.as_system():  # candidates of other schools may sit at this site
        reach = None if organises else tx.actor.school_id
        known = await sitting_queries.list_entered(tx, exam_id, paper.id, numbers, reach)
        problems = [
            Problem(f"/records/{n}", "unknown_candidate" if r.exam_number not in known
                    else "twice" if r.exam_number in numbers[:n] else "not_begun", r.exam_number)
            for n, r in enumerate(data.records)
            if r.exam_number not in known or r.exam_number in numbers[:n]
            or (not begun and r.attendance != "exempt")
        ]  # fmt: skip
        if problems:
            raise rules.AttendanceInvalid(problems=problems[:200])
        await sitting_queries.record_attendance(tx, exam_id, paper.id, data.records)
    states = await sitting_queries.count_states(tx, paper.id)
    said = {"exam_subject_id": paper.id, "records": len(numbers)}
    await announce(tx, "roster.attendance_recorded", RECORD, exam, said)
    return AttendanceTaken(paper.subject, len(numbers), sum(states.values()), states)


async def print_rooms(
    tx: Tx, exam_id: UUID, kind: Print, room: int | None, *, as_sheet: bool
) -> SheetFile:
    """Door lists, seat labels or sign-in sheets: a school of its own site, the organiser of all.

    Names stand for the caller's own pupils only; reading them is entered in the audit trail, and so
    is the file itself: every sheet carries the mark of who took it. Raises NotFound where there is
    nothing to print.
    """
    exam = await exams.fetch(tx, exam_id, READ)
    organises = may(tx, RUN, exam.relations)
    async with tx.as_system():  # a site needs the numbers of all who sit there
        rooms = [
            r
            for r in await seating_queries.list_rooms(tx, exam_id)
            if (organises or r.site_school_id == tx.actor.school_id)
            and (room is None or r.number == room)
        ]
        sitters = await seating_queries.list_sitters(tx, [r.id for r in rooms])
    if not sitters:
        raise NotFound
    names: Mapping[UUID, str] = {}
    if tx.actor.school_id is not None and may(tx, NAME, policy_of(tx).relations.mask_of("own")):
        names = await sitting_queries.list_names(tx, [one.candidate_id for one in sitters])
        await journal.enter(tx, NAME, f"exam/{exam_id}", "done", {"read": len(names)})
    by_room = {r.id: [one for one in sitters if one.room_id == r.id] for r in rooms}
    mark = await mark_export(tx, READ, f"exam/{exam_id}", kind, len(sitters))
    if as_sheet:
        header = ["考场 room", "考点 site", "教室 label", "座位 seat", "准考证号 number",
                  "姓名 name", "签名 signature"]  # fmt: skip
        rows = printing.table(rooms, by_room, names)
        return await asyncio.to_thread(exported, kind, header, rows, mark, SheetFormat.XLSX)
    content = printing.page(kind, exam.title, rooms, by_room, names, mark).encode()
    return SheetFile(f"{kind}.html", HTML_TYPE, content)
