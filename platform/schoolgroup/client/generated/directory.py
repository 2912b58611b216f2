"""Schools, people, circles, agreements, the calendar (通讯录).

Written by `make client` from the API description: do not edit.
"""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from msgspec import UNSET, Struct, UnsetType

from schoolgroup.client import kinds as k


class AgreementEntry(Struct, frozen=True, kw_only=True, omit_defaults=True):
    from_on: dt.date
    until_on: dt.date
    owner_school_id: UUID | UnsetType | None = UNSET
    grantee_school_id: UUID | UnsetType | None = UNSET
    grantee_circle_id: UUID | UnsetType | None = UNSET
    kinds: list[str] | UnsetType = UNSET
    note: str = ""


class AgreementStatus(k.Word):
    """How far an agreement has come."""

    PROPOSED = "proposed"
    IN_FORCE = "in_force"
    DECLINED = "declined"
    ENDED = "ended"


class AgreementsAgreement(Struct, frozen=True, kw_only=True, omit_defaults=True):
    id: UUID
    owner_school_id: UUID
    grantee_school_id: UUID | None
    grantee_circle_id: UUID | None
    kinds: list[str]
    from_on: dt.date
    until_on: dt.date
    status: AgreementStatus
    holds_today: bool
    owner_signed_at: dt.datetime | None
    grantee_signed_at: dt.datetime | None
    ended_at: dt.datetime | None
    note: str
    created_at: dt.datetime
    updated_at: dt.datetime
    version: int
    actions: list[str]


class Appointment(Struct, frozen=True, kw_only=True, omit_defaults=True):
    id: UUID
    person_id: UUID
    school_id: UUID | None
    role: Role
    from_on: dt.date
    until_on: dt.date | None
    version: int
    actions: list[str]


class AppointmentChange(Struct, frozen=True, kw_only=True, omit_defaults=True):
    until_on: dt.date | None


class AppointmentEntry(Struct, frozen=True, kw_only=True, omit_defaults=True):
    role: Role
    from_on: dt.date
    school_id: UUID | UnsetType | None = UNSET
    until_on: dt.date | UnsetType | None = UNSET


class Circle(Struct, frozen=True, kw_only=True, omit_defaults=True):
    id: UUID
    name: str
    name_en: str
    subject: str
    purpose: str
    schools: int
    created_at: dt.datetime
    updated_at: dt.datetime
    version: int
    actions: list[str]


class CircleChange(Struct, frozen=True, kw_only=True, omit_defaults=True):
    name: str | UnsetType = UNSET
    name_en: str | UnsetType = UNSET
    subject: str | UnsetType = UNSET
    purpose: str | UnsetType = UNSET


class CircleEntry(Struct, frozen=True, kw_only=True, omit_defaults=True):
    name: str
    name_en: str = ""
    subject: str = ""
    purpose: str = ""


class CircleMember(Struct, frozen=True, kw_only=True, omit_defaults=True):
    school_id: UUID
    code: str
    name: str
    tier: DirectoryTier | None
    from_on: dt.date


class DirectoryStage(k.Word):
    """A stage of schooling (学段)."""

    KINDERGARTEN = "kindergarten"
    PRIMARY = "primary"
    JUNIOR = "junior"
    SENIOR = "senior"


class DirectoryTier(k.Word):
    """How a school belongs to the group."""

    INTEGRATED = "integrated"
    PARTNER = "partner"


class ExportKind(k.Word):
    """What can be exported."""

    SCHOOLS = "schools"
    STAFF = "staff"


class Group(Struct, frozen=True, kw_only=True, omit_defaults=True):
    id: UUID
    code: str
    name: str
    time_zone: str
    created_at: dt.datetime
    schools_integrated: int
    schools_partner: int


class Holiday(Struct, frozen=True, kw_only=True, omit_defaults=True):
    id: UUID
    school_id: UUID | None
    name: str
    name_en: str
    from_on: dt.date
    until_on: dt.date
    version: int
    actions: list[str]


class HolidayEntry(Struct, frozen=True, kw_only=True, omit_defaults=True):
    name: str
    from_on: dt.date
    until_on: dt.date
    name_en: str = ""
    school_id: UUID | UnsetType | None = UNSET


class ImportsImportResult(Struct, frozen=True, kw_only=True, omit_defaults=True):
    kind: ImportsKind
    dry_run: bool
    rows: int
    created: int
    updated: int
    unchanged: int


class ImportsKind(k.Word):
    """What a file is about."""

    SCHOOLS = "schools"
    STAFF = "staff"
    CIRCLES = "circles"


class MakeupDay(Struct, frozen=True, kw_only=True, omit_defaults=True):
    id: UUID
    school_id: UUID | None
    name: str
    name_en: str
    taught_on: dt.date
    version: int
    actions: list[str]


class MakeupEntry(Struct, frozen=True, kw_only=True, omit_defaults=True):
    name: str
    taught_on: dt.date
    name_en: str = ""
    school_id: UUID | UnsetType | None = UNSET


class PeriodChange(Struct, frozen=True, kw_only=True, omit_defaults=True):
    name: str | UnsetType = UNSET
    name_en: str | UnsetType = UNSET
    from_on: dt.date | UnsetType = UNSET
    until_on: dt.date | UnsetType = UNSET


class Person(Struct, frozen=True, kw_only=True, omit_defaults=True):
    id: UUID
    username: str
    name: str
    status: PersonStatus
    suspended_at: dt.datetime | None
    left_at: dt.datetime | None
    created_at: dt.datetime
    updated_at: dt.datetime
    version: int
    appointments: list[Appointment]
    actions: list[str]


class PersonChange(Struct, frozen=True, kw_only=True, omit_defaults=True):
    name: str


class PersonEntry(Struct, frozen=True, kw_only=True, omit_defaults=True):
    username: str
    name: str
    appointments: list[AppointmentEntry]


class PersonStatus(k.Word):
    """Whether a person may act at all."""

    ACTIVE = "active"
    SUSPENDED = "suspended"
    LEFT = "left"


class Role(k.Word):
    """What a person is at a school, or at the group office."""

    TEACHER = "teacher"
    LEAD = "lead"
    LIBRARIAN = "librarian"
    SCHOOL_ADMIN = "school_admin"
    PRINCIPAL = "principal"
    GROUP_ADMIN = "group_admin"
    EVALUATION_OFFICER = "evaluation_officer"
    INSPECTOR = "inspector"
    AUDITOR = "auditor"


class School(Struct, frozen=True, kw_only=True, omit_defaults=True):
    id: UUID
    code: str
    name: str
    name_en: str
    stages: list[DirectoryStage]
    address: str
    longitude: float | None
    latitude: float | None
    tier: DirectoryTier | None
    tier_from_on: dt.date | None
    closed_on: dt.date | None
    created_at: dt.datetime
    updated_at: dt.datetime
    version: int
    actions: list[str]


class SchoolChange(Struct, frozen=True, kw_only=True, omit_defaults=True):
    name: str | UnsetType = UNSET
    name_en: str | UnsetType = UNSET
    stages: list[DirectoryStage] | UnsetType = UNSET
    address: str | UnsetType = UNSET
    longitude: float | UnsetType | None = UNSET
    latitude: float | UnsetType | None = UNSET


class SchoolClosed(Struct, frozen=True, kw_only=True, omit_defaults=True):
    id: UUID
    removed: bool
    closed_on: dt.date | None


class SchoolEntry(Struct, frozen=True, kw_only=True, omit_defaults=True):
    code: str
    name: str
    stages: list[DirectoryStage]
    tier: DirectoryTier
    tier_from_on: dt.date
    name_en: str = ""
    address: str = ""
    longitude: float | UnsetType | None = UNSET
    latitude: float | UnsetType | None = UNSET


class SchoolsSchoolTier(Struct, frozen=True, kw_only=True, omit_defaults=True):
    id: UUID
    tier: DirectoryTier
    from_on: dt.date
    until_on: dt.date | None


class Term(Struct, frozen=True, kw_only=True, omit_defaults=True):
    id: UUID
    name: str
    name_en: str
    from_on: dt.date
    until_on: dt.date
    version: int
    actions: list[str]


class TermEntry(Struct, frozen=True, kw_only=True, omit_defaults=True):
    name: str
    from_on: dt.date
    until_on: dt.date
    name_en: str = ""


class TierEntry(Struct, frozen=True, kw_only=True, omit_defaults=True):
    tier: DirectoryTier
    from_on: dt.date


def add_circle_member(
    circle_id: UUID, school_id: UUID, *, idempotency_key: str | None = None
) -> k.Asked[Circle]:
    """Put a school into a circle.

    From now on; a second time changes nothing.
    """
    return k.ask(
        "addCircleMember",
        "PUT",
        k.path_of(
            "/v1/circles/{circle_id}/members/{school_id}", circle_id=circle_id, school_id=school_id
        ),
        k.read_json(Circle),
        once=True,
        key=idempotency_key,
    )


def annotate_import(
    body: bytes, *, kind: ImportsKind, content_type: str = "text/csv"
) -> k.Asked[k.Content]:
    """Get a file back with its problems beside each row.

    A dry run answered by the workbook with a column 问题/problem: mend it and send it back.
    """
    return k.ask(
        "annotateImport",
        "POST",
        "/v1/directory/import/annotated",
        k.read_content,
        query={"kind": kind},
        body=body,
        content_type=content_type,
        accept="*/*",
    )


def appoint_person(
    person_id: UUID, body: AppointmentEntry, *, idempotency_key: str | None = None
) -> k.Asked[Person]:
    """Appoint a person.

    One more appointment; somebody who had left is back by it.
    """
    return k.ask(
        "appointPerson",
        "POST",
        k.path_of("/v1/people/{person_id}/appointments", person_id=person_id),
        k.read_json(Person),
        body=body,
        once=True,
        key=idempotency_key,
    )


def cancel_school_tier(
    school_id: UUID, tier_id: UUID, *, version: int, idempotency_key: str | None = None
) -> k.Asked[School]:
    """Take back a change of tier that has not begun.

    The tier before it goes on; If-Match is the school's version.
    """
    return k.ask(
        "cancelSchoolTier",
        "DELETE",
        k.path_of("/v1/schools/{school_id}/tiers/{tier_id}", school_id=school_id, tier_id=tier_id),
        k.read_json(School),
        version=version,
        once=True,
        key=idempotency_key,
    )


def change_circle(
    circle_id: UUID, body: CircleChange, *, version: int, idempotency_key: str | None = None
) -> k.Asked[Circle]:
    """Change a circle's texts.

    Its name, subject and purpose.
    """
    return k.ask(
        "changeCircle",
        "PATCH",
        k.path_of("/v1/circles/{circle_id}", circle_id=circle_id),
        k.read_json(Circle),
        body=body,
        version=version,
        once=True,
        key=idempotency_key,
    )


def change_holiday(
    holiday_id: UUID, body: PeriodChange, *, version: int, idempotency_key: str | None = None
) -> k.Asked[Holiday]:
    """Change a holiday.

    Its name and days; whose it is never changes.
    """
    return k.ask(
        "changeHoliday",
        "PATCH",
        k.path_of("/v1/holidays/{holiday_id}", holiday_id=holiday_id),
        k.read_json(Holiday),
        body=body,
        version=version,
        once=True,
        key=idempotency_key,
    )


def change_person(
    person_id: UUID, body: PersonChange, *, version: int, idempotency_key: str | None = None
) -> k.Asked[Person]:
    """Change a person's name.

    The username never changes.
    """
    return k.ask(
        "changePerson",
        "PATCH",
        k.path_of("/v1/people/{person_id}", person_id=person_id),
        k.read_json(Person),
        body=body,
        version=version,
        once=True,
        key=idempotency_key,
    )


def change_school(
    school_id: UUID, body: SchoolChange, *, version: int, idempotency_key: str | None = None
) -> k.Asked[School]:
    """Change a school's entry.

    Names, stages, address and place; the code never changes, the tier has its own address.
    """
    return k.ask(
        "changeSchool",
        "PATCH",
        k.path_of("/v1/schools/{school_id}", school_id=school_id),
        k.read_json(School),
        body=body,
        version=version,
        once=True,
        key=idempotency_key,
    )


def change_term(
    term_id: UUID, body: PeriodChange, *, version: int, idempotency_key: str | None = None
) -> k.Asked[Term]:
    """Change a term.

    Loans that were given until the end of a term keep their terms.
    """
    return k.ask(
        "changeTerm",
        "PATCH",
        k.path_of("/v1/terms/{term_id}", term_id=term_id),
        k.read_json(Term),
        body=body,
        version=version,
        once=True,
        key=idempotency_key,
    )


def close_school(
    school_id: UUID, *, version: int, on: dt.date | None = None, idempotency_key: str | None = None
) -> k.Asked[SchoolClosed]:
    """Close a school on a day.

    From that day it has no tier and its people no access; one never used is removed.
    """
    return k.ask(
        "closeSchool",
        "DELETE",
        k.path_of("/v1/schools/{school_id}", school_id=school_id),
        k.read_json(SchoolClosed),
        query={"on": on},
        version=version,
        once=True,
        key=idempotency_key,
    )


def decline_agreement(
    agreement_id: UUID, *, idempotency_key: str | None = None
) -> k.Asked[AgreementsAgreement]:
    """Decline a proposed agreement.

    Either side; its days are free for another proposal.
    """
    return k.ask(
        "declineAgreement",
        "POST",
        k.path_of("/v1/agreements/{agreement_id}/decline", agreement_id=agreement_id),
        k.read_json(AgreementsAgreement),
        once=True,
        key=idempotency_key,
    )


def delete_appointment(
    appointment_id: UUID, *, version: int, idempotency_key: str | None = None
) -> k.Asked[None]:
    """Delete an appointment that has not begun.

    What has begun is ended on a day instead: history stays.
    """
    return k.ask(
        "deleteAppointment",
        "DELETE",
        k.path_of("/v1/appointments/{appointment_id}", appointment_id=appointment_id),
        k.read_nothing,
        version=version,
        once=True,
        key=idempotency_key,
        accept="*/*",
    )


def delete_circle(
    circle_id: UUID, *, version: int, idempotency_key: str | None = None
) -> k.Asked[None]:
    """Delete a circle.

    Only one that no agreement names.
    """
    return k.ask(
        "deleteCircle",
        "DELETE",
        k.path_of("/v1/circles/{circle_id}", circle_id=circle_id),
        k.read_nothing,
        version=version,
        once=True,
        key=idempotency_key,
        accept="*/*",
    )


def delete_holiday(
    holiday_id: UUID, *, version: int, idempotency_key: str | None = None
) -> k.Asked[None]:
    """Delete a holiday.

    A holiday that does not take place.
    """
    return k.ask(
        "deleteHoliday",
        "DELETE",
        k.path_of("/v1/holidays/{holiday_id}", holiday_id=holiday_id),
        k.read_nothing,
        version=version,
        once=True,
        key=idempotency_key,
        accept="*/*",
    )


def delete_makeup_day(makeup_day_id: UUID, *, idempotency_key: str | None = None) -> k.Asked[None]:
    """Delete a day made up for.

    There is no school that day after all; one never changes, so no version is asked for.
    """
    return k.ask(
        "deleteMakeupDay",
        "DELETE",
        k.path_of("/v1/makeup-days/{makeup_day_id}", makeup_day_id=makeup_day_id),
        k.read_nothing,
        once=True,
        key=idempotency_key,
        accept="*/*",
    )


def delete_term(
    term_id: UUID, *, version: int, idempotency_key: str | None = None
) -> k.Asked[None]:
    """Delete a term.

    A term set by mistake.
    """
    return k.ask(
        "deleteTerm",
        "DELETE",
        k.path_of("/v1/terms/{term_id}", term_id=term_id),
        k.read_nothing,
        version=version,
        once=True,
        key=idempotency_key,
        accept="*/*",
    )


def end_agreement(
    agreement_id: UUID, *, idempotency_key: str | None = None
) -> k.Asked[AgreementsAgreement]:
    """End an agreement now.

    Either side; what it opened is closed with the next request.
    """
    return k.ask(
        "endAgreement",
        "POST",
        k.path_of("/v1/agreements/{agreement_id}/end", agreement_id=agreement_id),
        k.read_json(AgreementsAgreement),
        once=True,
        key=idempotency_key,
    )


def end_appointment(
    appointment_id: UUID,
    body: AppointmentChange,
    *,
    version: int,
    idempotency_key: str | None = None,
) -> k.Asked[Appointment]:
    """End an appointment on a day.

    `until_on` is the first day it no longer holds: today means at once, null stays open.
    """
    return k.ask(
        "endAppointment",
        "PATCH",
        k.path_of("/v1/appointments/{appointment_id}", appointment_id=appointment_id),
        k.read_json(Appointment),
        body=body,
        version=version,
        once=True,
        key=idempotency_key,
    )


def enter_circle(body: CircleEntry, *, idempotency_key: str | None = None) -> k.Asked[Circle]:
    """Make a circle of schools.

    A named set of schools, empty at first.
    """
    return k.ask(
        "enterCircle",
        "POST",
        "/v1/circles",
        k.read_json(Circle),
        body=body,
        once=True,
        key=idempotency_key,
    )


def enter_holiday(body: HolidayEntry, *, idempotency_key: str | None = None) -> k.Asked[Holiday]:
    """Set a holiday.

    Of the whole group by the office, of a school by that school.
    """
    return k.ask(
        "enterHoliday",
        "POST",
        "/v1/holidays",
        k.read_json(Holiday),
        body=body,
        once=True,
        key=idempotency_key,
    )


def enter_makeup_day(
    body: MakeupEntry, *, idempotency_key: str | None = None
) -> k.Asked[MakeupDay]:
    """Set a day made up for.

    A Saturday or Sunday of school, or a day within a holiday (调休): it counts as school day.
    """
    return k.ask(
        "enterMakeupDay",
        "POST",
        "/v1/makeup-days",
        k.read_json(MakeupDay),
        body=body,
        once=True,
        key=idempotency_key,
    )


def enter_person(body: PersonEntry, *, idempotency_key: str | None = None) -> k.Asked[Person]:
    """Enter a person.

    A person with one appointment or more; a school appoints only at itself.
    """
    return k.ask(
        "enterPerson",
        "POST",
        "/v1/people",
        k.read_json(Person),
        body=body,
        once=True,
        key=idempotency_key,
    )


def enter_school(body: SchoolEntry, *, idempotency_key: str | None = None) -> k.Asked[School]:
    """Admit a school to the group.

    A school joins with a tier from a day on; that day may lie in the past or the future.
    """
    return k.ask(
        "enterSchool",
        "POST",
        "/v1/schools",
        k.read_json(School),
        body=body,
        once=True,
        key=idempotency_key,
    )


def enter_term(body: TermEntry, *, idempotency_key: str | None = None) -> k.Asked[Term]:
    """Set a term.

    Terms belong to the whole group and never overlap.
    """
    return k.ask(
        "enterTerm",
        "POST",
        "/v1/terms",
        k.read_json(Term),
        body=body,
        once=True,
        key=idempotency_key,
    )


def export_directory(*, kind: ExportKind, format: Any | None = None) -> k.Asked[k.Content]:
    """Export schools or staff as a file.

    A file the import reads back; the audit trail keeps who took it.
    """
    return k.ask(
        "exportDirectory",
        "GET",
        "/v1/directory/export",
        k.read_content,
        query={"kind": kind, "format": format},
        accept="*/*",
    )


def get_agreement(agreement_id: UUID) -> k.Asked[AgreementsAgreement]:
    """One agreement.

    Never 304: whether it holds today changes with the day, not with the ETag.
    """
    return k.ask(
        "getAgreement",
        "GET",
        k.path_of("/v1/agreements/{agreement_id}", agreement_id=agreement_id),
        k.read_json(AgreementsAgreement),
    )


def get_appointment(appointment_id: UUID) -> k.Asked[Appointment]:
    """One appointment.

    A role of a person at a school, or at the group office, in its time.
    """
    return k.ask(
        "getAppointment",
        "GET",
        k.path_of("/v1/appointments/{appointment_id}", appointment_id=appointment_id),
        k.read_json(Appointment),
    )


def get_circle(circle_id: UUID) -> k.Asked[Circle]:
    """One circle.

    A circle your school is in.
    """
    return k.ask(
        "getCircle",
        "GET",
        k.path_of("/v1/circles/{circle_id}", circle_id=circle_id),
        k.read_json(Circle),
    )


def get_group() -> k.Asked[Group]:
    """The group you belong to.

    Its name, place in time, and how many schools it has today.
    """
    return k.ask("getGroup", "GET", "/v1/group", k.read_json(Group))


def get_holiday(holiday_id: UUID) -> k.Asked[Holiday]:
    """One holiday.

    Its name, days and school.
    """
    return k.ask(
        "getHoliday",
        "GET",
        k.path_of("/v1/holidays/{holiday_id}", holiday_id=holiday_id),
        k.read_json(Holiday),
    )


def get_makeup_day(makeup_day_id: UUID) -> k.Asked[MakeupDay]:
    """One day made up for.

    Its name, day and school.
    """
    return k.ask(
        "getMakeupDay",
        "GET",
        k.path_of("/v1/makeup-days/{makeup_day_id}", makeup_day_id=makeup_day_id),
        k.read_json(MakeupDay),
    )


def get_person(person_id: UUID) -> k.Asked[Person]:
    """One person.

    A person of your school, or yourself.
    """
    return k.ask(
        "getPerson",
        "GET",
        k.path_of("/v1/people/{person_id}", person_id=person_id),
        k.read_json(Person),
    )


def get_school(school_id: UUID) -> k.Asked[School]:
    """One school.

    A school with its tier of today. Never 304: the tier changes with the day, not the ETag.
    """
    return k.ask(
        "getSchool",
        "GET",
        k.path_of("/v1/schools/{school_id}", school_id=school_id),
        k.read_json(School),
    )


def get_term(term_id: UUID) -> k.Asked[Term]:
    """One term.

    Its name and days.
    """
    return k.ask(
        "getTerm", "GET", k.path_of("/v1/terms/{term_id}", term_id=term_id), k.read_json(Term)
    )


def import_directory(
    body: bytes,
    *,
    kind: ImportsKind,
    dry_run: bool | None = None,
    content_type: str = "text/csv",
    idempotency_key: str | None = None,
) -> k.Asked[ImportsImportResult]:
    """Import schools, staff or circles from a file.

    All or nothing, every problem at once; the same file a second time changes nothing.

    Columns, in English or Chinese: schools: code, name, stages, tier, tier_from_on,
    [name_en, address, lng, lat]; staff: username, name, school_code (empty or GROUP: the
    office), role, from_on, [until_on]; circles: circle, school_code, [circle_en, subject,
    from_on].
    """
    return k.ask(
        "importDirectory",
        "POST",
        "/v1/directory/import",
        k.read_json(ImportsImportResult),
        query={"kind": kind, "dry_run": dry_run},
        body=body,
        content_type=content_type,
        once=True,
        key=idempotency_key,
    )


def let_person_leave(person_id: UUID, *, idempotency_key: str | None = None) -> k.Asked[Person]:
    """A person leaves.

    All appointments end today, every session at once; what the person made stays.
    """
    return k.ask(
        "letPersonLeave",
        "POST",
        k.path_of("/v1/people/{person_id}/leave", person_id=person_id),
        k.read_json(Person),
        once=True,
        key=idempotency_key,
    )


def list_agreements(
    *,
    school_id: UUID | None = None,
    status: AgreementStatus | None = None,
    limit: int | None = None,
    cursor: str | None = None,
) -> k.Asked[k.Page[AgreementsAgreement]]:
    """List the agreements your school is a party to.

    Oldest first; `school_id` narrows to those with that school on either side.
    """
    return k.ask(
        "listAgreements",
        "GET",
        "/v1/agreements",
        k.read_json(k.Page[AgreementsAgreement]),
        query={"school_id": school_id, "status": status, "limit": limit, "cursor": cursor},
    )


def list_circle_members(
    circle_id: UUID, *, limit: int | None = None, cursor: str | None = None
) -> k.Asked[k.Page[CircleMember]]:
    """The schools of a circle.

    By school code.
    """
    return k.ask(
        "listCircleMembers",
        "GET",
        k.path_of("/v1/circles/{circle_id}/members", circle_id=circle_id),
        k.read_json(k.Page[CircleMember]),
        query={"limit": limit, "cursor": cursor},
    )


def list_circles(*, limit: int | None = None, cursor: str | None = None) -> k.Asked[k.Page[Circle]]:
    """List the circles of your school.

    Oldest first; the group office sees all.
    """
    return k.ask(
        "listCircles",
        "GET",
        "/v1/circles",
        k.read_json(k.Page[Circle]),
        query={"limit": limit, "cursor": cursor},
    )


def list_holidays(
    *,
    school_id: UUID | None = None,
    since: dt.date | None = None,
    until: dt.date | None = None,
    limit: int | None = None,
    cursor: str | None = None,
) -> k.Asked[k.Page[Holiday]]:
    """List the holidays.

    From the earliest on; with `school_id` what that school keeps, the group's included.
    """
    return k.ask(
        "listHolidays",
        "GET",
        "/v1/holidays",
        k.read_json(k.Page[Holiday]),
        query={
            "school_id": school_id,
            "since": since,
            "until": until,
            "limit": limit,
            "cursor": cursor,
        },
    )


def list_makeup_days(
    *,
    school_id: UUID | None = None,
    since: dt.date | None = None,
    until: dt.date | None = None,
    limit: int | None = None,
    cursor: str | None = None,
) -> k.Asked[k.Page[MakeupDay]]:
    """List the days made up for.

    From the earliest on; with `school_id` what that school keeps, the group's included.
    """
    return k.ask(
        "listMakeupDays",
        "GET",
        "/v1/makeup-days",
        k.read_json(k.Page[MakeupDay]),
        query={
            "school_id": school_id,
            "since": since,
            "until": until,
            "limit": limit,
            "cursor": cursor,
        },
    )


def list_people(
    *,
    school_id: UUID | None = None,
    role: Role | None = None,
    status: PersonStatus | None = None,
    q: str | None = None,
    limit: int | None = None,
    cursor: str | None = None,
) -> k.Asked[k.Page[Person]]:
    """List the people you may see.

    By username: the people of your school; for the group office, everyone.
    """
    return k.ask(
        "listPeople",
        "GET",
        "/v1/people",
        k.read_json(k.Page[Person]),
        query={
            "school_id": school_id,
            "role": role,
            "status": status,
            "q": q,
            "limit": limit,
            "cursor": cursor,
        },
    )


def list_school_tiers(school_id: UUID) -> k.Asked[k.Page[SchoolsSchoolTier]]:
    """A school's tiers through time.

    Every period of membership, oldest first, planned ones included.
    """
    return k.ask(
        "listSchoolTiers",
        "GET",
        k.path_of("/v1/schools/{school_id}/tiers", school_id=school_id),
        k.read_json(k.Page[SchoolsSchoolTier]),
    )


def list_schools(
    *,
    tier: DirectoryTier | None = None,
    stage: DirectoryStage | None = None,
    q: str | None = None,
    closed: bool | None = None,
    limit: int | None = None,
    cursor: str | None = None,
) -> k.Asked[k.Page[School]]:
    """List the schools of the group.

    Schools by code; `tier` is today's; closed schools only where asked for.
    """
    return k.ask(
        "listSchools",
        "GET",
        "/v1/schools",
        k.read_json(k.Page[School]),
        query={
            "tier": tier,
            "stage": stage,
            "q": q,
            "closed": closed,
            "limit": limit,
            "cursor": cursor,
        },
    )


def list_terms(*, limit: int | None = None, cursor: str | None = None) -> k.Asked[k.Page[Term]]:
    """List the terms.

    From the earliest on.
    """
    return k.ask(
        "listTerms",
        "GET",
        "/v1/terms",
        k.read_json(k.Page[Term]),
        query={"limit": limit, "cursor": cursor},
    )


def propose_agreement(
    body: AgreementEntry, *, idempotency_key: str | None = None
) -> k.Asked[AgreementsAgreement]:
    """Propose an agreement over your school's things.

    In force once both principals have signed.
    """
    return k.ask(
        "proposeAgreement",
        "POST",
        "/v1/agreements",
        k.read_json(AgreementsAgreement),
        body=body,
        once=True,
        key=idempotency_key,
    )


def remove_circle_member(
    circle_id: UUID, school_id: UUID, *, idempotency_key: str | None = None
) -> k.Asked[Circle]:
    """Take a school out of a circle.

    What was offered to the circle is closed to the school from now on.
    """
    return k.ask(
        "removeCircleMember",
        "DELETE",
        k.path_of(
            "/v1/circles/{circle_id}/members/{school_id}", circle_id=circle_id, school_id=school_id
        ),
        k.read_json(Circle),
        once=True,
        key=idempotency_key,
    )


def resume_person(person_id: UUID, *, idempotency_key: str | None = None) -> k.Asked[Person]:
    """End a suspension.

    The person signs in anew; what the group office suspended, only the office resumes.
    """
    return k.ask(
        "resumePerson",
        "POST",
        k.path_of("/v1/people/{person_id}/resume", person_id=person_id),
        k.read_json(Person),
        once=True,
        key=idempotency_key,
    )


def set_school_tier(
    school_id: UUID, body: TierEntry, *, idempotency_key: str | None = None
) -> k.Asked[School]:
    """Set a school's tier from a day on.

    What the school may see changes on that day by itself, without anyone signing in anew.
    """
    return k.ask(
        "setSchoolTier",
        "POST",
        k.path_of("/v1/schools/{school_id}/tiers", school_id=school_id),
        k.read_json(School),
        body=body,
        once=True,
        key=idempotency_key,
    )


def sign_agreement(
    agreement_id: UUID, *, idempotency_key: str | None = None
) -> k.Asked[AgreementsAgreement]:
    """Sign an agreement for your school.

    The second signature puts it in force.
    """
    return k.ask(
        "signAgreement",
        "POST",
        k.path_of("/v1/agreements/{agreement_id}/sign", agreement_id=agreement_id),
        k.read_json(AgreementsAgreement),
        once=True,
        key=idempotency_key,
    )


def suspend_person(person_id: UUID, *, idempotency_key: str | None = None) -> k.Asked[Person]:
    """Suspend a person at once.

    From the next request on every session of the person is over.
    """
    return k.ask(
        "suspendPerson",
        "POST",
        k.path_of("/v1/people/{person_id}/suspend", person_id=person_id),
        k.read_json(Person),
        once=True,
        key=idempotency_key,
    )
