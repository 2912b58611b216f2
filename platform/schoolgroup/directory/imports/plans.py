"""From what a file says and what the directory has to what is to be done: pure, all at once."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

import msgspec
from msgspec import UNSET

from schoolgroup.directory.circles.models import CircleChange, CircleEntry
from schoolgroup.directory.imports.models import (
    CircleLine,
    KnownCircle,
    KnownPerson,
    KnownSchool,
    Outcome,
    SchoolLine,
    SchoolPlace,
    StaffLine,
)
from schoolgroup.directory.people.models import AppointmentEntry, AppointmentRow
from schoolgroup.directory.schools import rules as school_rules
from schoolgroup.directory.schools.models import SchoolChange, SchoolEntry
from schoolgroup.kernel.errors import Conflict
from schoolgroup.kernel.sheets import Findings

CLOSED = "the school is closed"
TAKE_OUT = "take the row out 请删除该行"


class SchoolStep(msgspec.Struct, frozen=True):
    """What one row does: enter a school, or change one and perhaps its tier."""

    line: SchoolLine
    known: KnownSchool | None
    enter: SchoolEntry | None = None
    change: SchoolChange | None = None
    new_tier: bool = False

    @property
    def outcome(self) -> Outcome:
        """How the row is counted."""
        if self.enter is not None:
            return Outcome.CREATED
        return Outcome.UPDATED if self.change or self.new_tier else Outcome.UNCHANGED


class NewDates(msgspec.Struct, frozen=True):
    """An appointment as it is, and the dates it shall have."""

    appointment: AppointmentRow
    from_on: date
    until_on: date | None


class PersonStep(msgspec.Struct):
    """What the rows of one person do."""

    username: str
    name: str
    known: KnownPerson | None
    rename: bool = False
    add: list[AppointmentEntry] = []
    dates: list[NewDates] = []


class CircleStep(msgspec.Struct):
    """What the rows of one circle do."""

    name: str
    known: KnownCircle | None
    enter: CircleEntry | None = None
    change: CircleChange | None = None
    join: dict[UUID, date] = {}


def plan_schools(
    lines: Sequence[SchoolLine],
    known: Mapping[str, KnownSchool],
    today: date,
    findings: Findings,
) -> list[SchoolStep]:
    """One step per row; a school twice in the file, closed, or with a wrong tier is a finding."""
    seen: Counter[str] = Counter()
    steps = []
    for line in lines:
        code = line.entry.code
        seen[code] += 1
        if seen[code] > 1:
            findings.add(line.row, "code", "twice", "is in the file twice", TAKE_OUT)
        elif code not in known:
            steps.append(SchoolStep(line, None, enter=line.entry))
        elif (step := _plan_known_school(line, known[code], today, findings)) is not None:
            steps.append(step)
    return steps


def _plan_known_school(
    line: SchoolLine, known: KnownSchool, today: date, findings: Findings
) -> SchoolStep | None:
    entry, school = line.entry, known.school
    if school_rules.state_on(school.closed_on, today) == "closed":
        findings.add(line.row, "code", "school_closed", CLOSED, TAKE_OUT)
        return None
    new_tier = not any(
        tier.tier == entry.tier and tier.from_on == entry.tier_from_on for tier in known.tiers
    )
    if new_tier:
        try:
            school_rules.plan_tier(known.tiers, entry.tier, entry.tier_from_on, today)
        except Conflict as refused:
            why = f"{refused.title.en} ({refused.title.zh})"
            history = "; ".join(f"{tier.tier} {tier.from_on}" for tier in known.tiers)
            remedy = f"{refused.remedy_now.en} on record 现有记录: {history}"
            findings.add(line.row, "tier_from_on", refused.code, why, remedy)
            return None
    wished = SchoolChange(
        name=entry.name,
        stages=entry.stages,
        name_en=entry.name_en if "name_en" in line.given else UNSET,
        address=entry.address if "address" in line.given else UNSET,
        longitude=entry.longitude if "lng" in line.given else UNSET,
        latitude=entry.latitude if "lat" in line.given else UNSET,
    )
    differs = any(
        value is not UNSET and value != getattr(school, name)
        for name, value in msgspec.structs.asdict(wished).items()
    )
    return SchoolStep(line, known, change=wished if differs else None, new_tier=new_tier)


def plan_staff(
    lines: Sequence[StaffLine],
    people: Mapping[str, KnownPerson],
    schools: Mapping[str, SchoolPlace],
    findings: Findings,
) -> tuple[list[PersonStep], list[Outcome]]:
    """One step per person and one outcome per row.

    A row names an appointment by person, school, role and first day. An earlier first day than on
    record corrects the record; a later one is a finding, because it would erase what was.
    """
    steps: dict[str, PersonStep] = {}
    taken: dict[tuple[str, UUID | None, str], list[StaffLine]] = {}
    outcomes = []
    for line in lines:
        school = schools.get(line.school_code)
        if line.school_code and (school is None or not school.is_open):
            why = "there is no such school" if school is None else CLOSED
            findings.add(
                line.row, "school_code", "no_such_school", why, "import schools first 先导入学校"
            )
            continue
        school_id = school.id if school else None
        step = steps.get(line.username)
        is_first = step is None
        if step is None:
            known = people.get(line.username)
            step = steps[line.username] = PersonStep(line.username, line.name, known)
            step.rename = known is not None and known.name != line.name
        elif step.name != line.name:
            why = f"the same username has the name {step.name!r} above"
            findings.add(line.row, "name", "name_differs", why, "one person, one name 姓名须一致")
            continue
        held = taken.setdefault((line.username, school_id, line.role), [])
        if any(_meet(line, other) for other in held):
            why = "the file gives this appointment twice in that time"
            findings.add(line.row, "from_on", "appointments_overlap", why, TAKE_OUT)
            continue
        held.append(line)
        outcome = _plan_appointment(line, step, school_id, findings)
        if outcome is not None:
            renamed = is_first and step.rename and outcome is Outcome.UNCHANGED
            outcomes.append(Outcome.UPDATED if renamed else outcome)
    return list(steps.values()), outcomes


def _plan_appointment(
    line: StaffLine, step: PersonStep, school_id: UUID | None, findings: Findings
) -> Outcome | None:
    entry = AppointmentEntry(
        role=line.role, from_on=line.from_on, school_id=school_id, until_on=line.until_on
    )
    if step.known is None:
        step.add.append(entry)
        return Outcome.CREATED
    same = [a for a in step.known.appointments if (a.school_id, a.role) == (school_id, line.role)]
    exact = next((a for a in same if a.from_on == line.from_on), None)
    if exact is not None and exact.until_on == line.until_on:
        return Outcome.UNCHANGED
    if step.known.has_left:
        remedy = "take the row out, or appoint the person anew 请删除该行或重新任命"
        findings.add(line.row, "username", "person_left", "this person has left", remedy)
        return None
    meeting = [a for a in same if a is not exact and _meet(line, a)]
    if exact is None and len(meeting) == 1 and line.from_on < meeting[0].from_on:
        exact, meeting = meeting[0], []
    if meeting:
        first = meeting[0]
        why = f"holds this role there already, from {first.from_on}"
        remedy = f"write {first.from_on}, or end that appointment first 请先结束原任职"
        findings.add(line.row, "from_on", "appointments_overlap", why, remedy)
        return None
    if exact is not None:
        step.dates.append(NewDates(exact, line.from_on, line.until_on))
        return Outcome.UPDATED
    step.add.append(entry)
    return Outcome.CREATED


def _meet(one: StaffLine, other: StaffLine | AppointmentRow) -> bool:
    """Whether two periods share a day; an end is the first day after, none is open."""
    one_ends, other_ends = one.until_on or date.max, other.until_on or date.max
    return one.from_on < other_ends and other.from_on < one_ends


def plan_circles(
    lines: Sequence[CircleLine],
    known: Mapping[str, KnownCircle],
    schools: Mapping[str, SchoolPlace],
    today: date,
    findings: Findings,
) -> tuple[list[CircleStep], list[Outcome]]:
    """One step per circle and one outcome per row; schools the file does not name stay."""
    steps: dict[str, CircleStep] = {}
    seen: set[tuple[str, str]] = set()
    outcomes = []
    for line in lines:
        school = schools.get(line.school_code)
        if school is None or not school.is_open:
            why = "there is no such school" if school is None else CLOSED
            findings.add(
                line.row, "school_code", "no_such_school", why, "import schools first 先导入学校"
            )
            continue
        if (line.circle, line.school_code) in seen:
            findings.add(line.row, "school_code", "twice", "is in the circle twice", TAKE_OUT)
            continue
        seen.add((line.circle, line.school_code))
        if line.from_on is not None and line.from_on > today:
            remedy = "import it on that day 请于当日导入"
            findings.add(line.row, "from_on", "in_the_future", "has not come yet", remedy)
            continue
        is_first = line.circle not in steps
        step = steps.setdefault(line.circle, _begin_circle(line, known.get(line.circle)))
        since = step.known.members.get(school.id) if step.known else None
        if since is None or line.from_on not in (None, since):
            step.join[school.id] = line.from_on or today
            outcomes.append(Outcome.CREATED if since is None else Outcome.UPDATED)
        else:
            changed = is_first and step.change is not None
            outcomes.append(Outcome.UPDATED if changed else Outcome.UNCHANGED)
    return list(steps.values()), outcomes


def _begin_circle(line: CircleLine, known: KnownCircle | None) -> CircleStep:
    if known is None:
        entry = CircleEntry(
            name=line.circle, name_en=line.circle_en or "", subject=line.subject or ""
        )
        return CircleStep(line.circle, None, enter=entry)
    change = CircleChange(
        name_en=UNSET if line.circle_en is None else line.circle_en,
        subject=UNSET if line.subject is None else line.subject,
    )
    differs = (change.name_en not in (UNSET, known.circle.name_en)) or (
        change.subject not in (UNSET, known.circle.subject)
    )
    return CircleStep(line.circle, known, change=change if differs else None)
