"""Who may be appointed to what, and how an appointment ends: on a day, never in the past."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from schoolgroup.directory.models import OFFICE_ROLES
from schoolgroup.directory.people.models import AppointmentEntry, AppointmentRow, PersonStatus
from schoolgroup.kernel.errors import Conflict, Forbidden, Invalid, Problem
from schoolgroup.kernel.texts import Text
from schoolgroup.kernel.transitions import Machine, Transition

ACTIVE, SUSPENDED, LEFT = PersonStatus.ACTIVE, PersonStatus.SUSPENDED, PersonStatus.LEFT
PERSON: Machine[PersonStatus] = Machine(
    "person",
    [
        Transition("change", "person:manage", (ACTIVE, SUSPENDED), ACTIVE),
        # whoever left comes back by being appointed anew
        Transition("appoint", "person:manage", (ACTIVE, SUSPENDED, LEFT), ACTIVE),
        Transition("suspend", "person:manage", (ACTIVE,), SUSPENDED),
        Transition("resume", "person:manage", (SUSPENDED,), ACTIVE),
        Transition("leave", "person:manage", (ACTIVE, SUSPENDED), LEFT),
    ],
)


class RoleMisplaced(Invalid):
    """Some roles are held at the group office, all others at a school."""

    code = "role_misplaced"
    title = Text("This role is not held there", "该职务不在此处设置")
    remedy = Text(
        "Office roles (group_admin, evaluation_officer, inspector, auditor) name no school; "
        "all others name one.",
        "集团职务（集团管理员、考务评价员、巡回指导员、审计员）不填学校，其他职务须填学校。",
    )


class AppointmentsOverlap(Conflict):
    """The person holds this role there already in that time."""

    code = "appointments_overlap"
    title = Text("The person holds this role there already", "该人员在此期间已任此职")
    remedy = Text("End the other appointment first.", "请先结束原任职。")


class AppointmentOver(Conflict):
    """The appointment has ended, and the past stays as it was."""

    code = "appointment_over"
    title = Text("The appointment has ended", "该任职已结束")
    remedy = Text("Appoint the person anew.", "请重新任命。")


class AppointmentBegun(Conflict):
    """Only an appointment that has not begun can be deleted."""

    code = "appointment_begun"
    title = Text("The appointment has begun", "该任职已开始")
    remedy = Text("End it on a day: PATCH until_on.", "请设置结束日期（PATCH until_on）。")


class EndInThePast(Conflict):
    """An appointment ends today at the earliest."""

    code = "end_in_the_past"
    title = Text("It cannot end in the past", "不能在过去的日期结束")
    remedy = Text("Name today or a later day.", "请选择今天或以后的日期。")


class AppointedElsewhere(Forbidden):
    """Another school or the group office appoints this person too."""

    code = "appointed_elsewhere"
    title = Text("The person is appointed elsewhere too", "该人员同时在他处任职")
    remedy = Text(
        "End the appointment at your school, or ask the group office.",
        "请结束其在本校的任职，或联系集团办公室。",
    )


class SuspendedByOffice(Forbidden):
    """The group office suspended this person."""

    code = "suspended_by_office"
    title = Text("The group office suspended this person", "该人员由集团办公室停用")
    remedy = Text("Ask the group office.", "请联系集团办公室。")


class LastAdministrator(Conflict):
    """The group would be left without an administrator."""

    code = "last_administrator"
    title = Text("The group needs an administrator", "集团至少需要一名管理员")
    remedy = Text("Appoint another group_admin first.", "请先任命另一名集团管理员。")


def refuse_misplaced(entry: AppointmentEntry, pointer: str) -> None:
    """Raise RoleMisplaced unless the role belongs where the entry puts it."""
    if (entry.school_id is None) != (entry.role in OFFICE_ROLES):
        why = "needs a school" if entry.school_id is None else "is held at the group office"
        raise RoleMisplaced(
            problems=[Problem(f"{pointer}/school_id", "role_misplaced", f"{entry.role} {why}")]
        )


def refuse_end(appointment: AppointmentRow, until_on: date | None, today: date) -> None:
    """Raise unless the appointment may end on that day (null: stay open) as of today.

    Raises AppointmentOver, EndInThePast, Invalid.
    """
    if is_over(appointment, today):
        raise AppointmentOver(facts={"until_on": appointment.until_on})
    if until_on is None:
        return
    if until_on < today:
        raise EndInThePast(facts={"today": today})
    if until_on < appointment.from_on:
        raise Invalid(
            Text("it would end before it begins", "结束日期早于开始日期"),
            problems=[Problem("/until_on", "before_begin", f"begins {appointment.from_on}")],
        )


def is_over(appointment: AppointmentRow, today: date) -> bool:
    """Whether the appointment holds neither today nor later."""
    return appointment.until_on is not None and appointment.until_on <= today


def appointment_actions(appointment: AppointmentRow, today: date, *, may_manage: bool) -> list[str]:
    """What can be done to an appointment: ended while it holds or is ahead, deleted while ahead."""
    if not may_manage or is_over(appointment, today):
        return []
    return ["end", "delete"] if appointment.from_on > today else ["end"]


def schools_of(appointments: Sequence[AppointmentRow]) -> list[UUID]:
    """The schools of some appointments, once each, in order."""
    return list(dict.fromkeys(a.school_id for a in appointments if a.school_id is not None))
