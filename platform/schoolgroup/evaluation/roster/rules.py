"""Reading rosters, and the refusals around drawing and sitting: pure."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from schoolgroup.evaluation.exams.models import Subject
from schoolgroup.evaluation.exams.rules import plain
from schoolgroup.evaluation.roster.models import Applicant
from schoolgroup.kernel.errors import Conflict, Invalid
from schoolgroup.kernel.identity_numbers import is_identity_number
from schoolgroup.kernel.sheet_files import NOTES
from schoolgroup.kernel.sheets import Findings, Row, need_columns
from schoolgroup.kernel.texts import Text

REGISTER, CLASS, NAME, SUBJECTS, SCHOOL = (
    "register_number", "class", "name", "subjects", "school_code",
)  # fmt: skip
CHINESE = {"学籍号": REGISTER, "班级": CLASS, "姓名": NAME, "科目": SUBJECTS, "学校代码": SCHOOL}
COLUMNS = (SCHOOL, REGISTER, CLASS, NAME, SUBJECTS)
LABEL_MAX, NAME_MAX = 40, 100


class NotEnoughSeats(Conflict):
    """There are more candidates than seats."""

    code = "not_enough_seats"
    title = Text("Not enough seats", "座位不足")
    remedy = Text("Add rooms at the sites named, or mix the schools.", "请增加考场或混编。")


class RedrawNeedsReason(Invalid):
    """A second draw says why."""

    code = "redraw_needs_reason"
    title = Text("A second draw needs a reason", "重新编排须说明理由")
    remedy = Text("Send because.", "请填写 because。")


class NoSpareSeat(Conflict):
    """No room this candidate may sit in has an empty seat."""

    code = "no_spare_seat"
    title = Text("No spare seat", "没有空余座位")


class CandidateInvalid(Invalid):
    """The candidate cannot be entered like this."""

    code = "candidate_invalid"
    remedy = Text("See errors: subjects the school takes, a new number.", "请核对科目与学籍号。")


class RoomsInvalid(Invalid):
    """Rooms stand at schools that take part, each label once at a site."""

    code = "rooms_invalid"
    remedy = Text(
        "Name schools that take part, and each room once.", "请填写参加学校，考场不重复。"
    )


class AttendanceInvalid(Invalid):
    """Some records fit no candidate on the roster, or come too early."""

    code = "attendance_invalid"
    remedy = Text(
        "Name candidates on the roster once, once the subject has begun.",
        "请在开考后填写名单内考生，每人一次。",
    )


def read_roster(
    rows: Sequence[Row],
    schools: Mapping[str, UUID],
    own: UUID | None,
    taking: Mapping[UUID, Mapping[str, UUID]],
    findings: Findings,
) -> list[Applicant]:
    """The candidates of a sheet; what is wrong goes into `findings`.

    `schools` by code, as far as the caller sees them; `own`: the acting school, None for the
    organiser, who sends no names; `taking`: per school, the subjects it takes by name.
    """
    rows = [
        Row(row.number, {CHINESE.get(name, name): cell for name, cell in row.cells.items()})
        for row in rows
    ]
    need_columns(rows, (REGISTER, CLASS, *(() if own else (SCHOOL,))))
    for name in rows[0].cells:
        if name and name not in COLUMNS and name not in NOTES:
            findings.add(rows[0], name, "column_unknown", "no column of a roster", "remove it")
    seen: dict[tuple[UUID, str], int] = {}
    taken = []
    for row in rows:
        cells, before = row.cells, len(findings.problems)
        code = cells.get(SCHOOL, "")
        school_id = schools.get(code) if code or own is None else own
        if school_id is None or (own is not None and school_id != own):
            findings.add(row, SCHOOL, "unknown_school", "not a school you send for", "mend it")
            continue
        number, label, name = cells[REGISTER], cells[CLASS], cells.get(NAME, "")
        if not 0 < len(number) <= LABEL_MAX:
            findings.add(row, REGISTER, "register_number", "1 to 40 characters", "write it")
        elif is_identity_number(number):
            why = "an identity number has no place here"
            findings.add(row, REGISTER, "identity_number", why, "write the register number")
        elif (school_id, number) in seen:
            why = f"stands in row {seen[school_id, number]} already"
            findings.add(row, REGISTER, "twice", why, "each candidate once")
        seen.setdefault((school_id, number), row.number)
        if not 0 < len(label) <= LABEL_MAX:
            findings.add(row, CLASS, "class", "1 to 40 characters", "write the class")
        if name and own is None:
            findings.add(
                row, NAME, "name_leaves_school", "names stay in their school", "empty the column"
            )
        if len(name) > NAME_MAX:
            findings.add(row, NAME, "too_long", "at most 100 characters", "shorten it")
        subjects = _subjects(row, taking.get(school_id, {}), findings)
        if len(findings.problems) == before:
            taken.append(Applicant(school_id, number, label, subjects, name))
    return taken


def _subjects(row: Row, taking: Mapping[str, UUID], findings: Findings) -> tuple[UUID, ...]:
    cell = row.cells.get(SUBJECTS, "")
    names = [plain(n) for n in cell.replace("、", ";").replace(",", ";").split(";") if n.strip()]
    wrong = [name for name in names if name not in taking]
    if wrong or not taking:
        why = f"the school does not take {', '.join(wrong) or 'any subject'}"
        findings.add(row, SUBJECTS, "subject_not_taken", why, f"of {', '.join(taking)}")
    return tuple(taking[name] for name in names or taking if name in taking)


def exam_number(school_year: int, room_number: int, seat_no: int) -> str:
    """准考证号: two digits of the year, three of the room, three of the seat; no school in it."""
    return f"{school_year % 100:02d}{room_number:03d}{seat_no:03d}"


def chosen(
    subjects: Sequence[Subject], taking: Mapping[str, UUID], names: Sequence[str] | None
) -> tuple[UUID, ...]:
    """The ids of the wished subjects a school takes, in the order of the exam; () if one is not."""
    wanted = [plain(n) for n in names] if names is not None else list(taking)
    if not set(wanted) <= set(taking):
        return ()
    return tuple(s.id for s in subjects if s.subject in wanted)
