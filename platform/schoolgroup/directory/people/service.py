"""People: entered, appointed, suspended, gone. Rights end with the very next request.

A school manages the people appointed at it, the group office everyone. Names are seen by the own
school and the office only. When a person leaves, nothing else moves: the school owns.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple
from uuid import UUID

import msgspec

from schoolgroup.access.decisions import may, require, require_found
from schoolgroup.directory.models import Role
from schoolgroup.directory.people import queries, rules
from schoolgroup.directory.people.models import (
    Appointment,
    AppointmentChange,
    AppointmentEntry,
    AppointmentRow,
    Person,
    PersonChange,
    PersonEntry,
    PersonFilter,
    PersonRow,
)
from schoolgroup.directory.queries import today as group_today
from schoolgroup.directory.rights import mask_at, refuse_backward, require_scope
from schoolgroup.kernel import journal
from schoolgroup.kernel.db import Tx
from schoolgroup.kernel.errors import Conflict, Invalid, Problem, refuse_by_constraint
from schoolgroup.kernel.http import check_version
from schoolgroup.kernel.ids import new_id
from schoolgroup.kernel.paging import PageRequest
from schoolgroup.kernel.texts import Text

MANAGE, READ = "person:manage", "person:read"


class UsernameTaken(Conflict):
    """Somebody in the group has this username."""

    code = "username_taken"
    title = Text("The username is taken", "用户名已被使用")
    remedy = Text(
        "Choose another; if it is the same person at another school, ask the group office.",
        "请换一个；如系同一人在他校任职，请联系集团办公室。",
    )


refuse_by_constraint("person_group_id_username_key", UsernameTaken)
refuse_by_constraint("one_appointment_at_a_time", rules.AppointmentsOverlap)


class Held(NamedTuple):
    """A person held until commit, and the day it is."""

    person: PersonRow
    today: date


async def list_people(tx: Tx, wanted: PersonFilter, page: PageRequest) -> list[Person]:
    """The people the actor may see, by username."""
    require_scope(tx, READ, "people")
    today = await group_today(tx)
    return [_shown(tx, row, today) for row in await queries.list_people(tx, wanted, page)]


async def get_person(tx: Tx, person_id: UUID) -> Person:
    """One person. Raises NotFound."""
    row = await _find(tx, person_id, READ)
    return _shown(tx, row, await group_today(tx))


async def enter_person(tx: Tx, entry: PersonEntry) -> Person:
    """Enter a person with appointments, each where the actor may appoint.

    Raises NotAllowed, UsernameTaken, RoleMisplaced, Invalid, AppointmentsOverlap.
    """
    for appointment in entry.appointments:
        require(tx, MANAGE, mask_at(tx, appointment.school_id), thing="person/new")
    await _check(tx, entry.appointments, "/appointments")
    person_id = await enter(tx, entry.username, entry.name, entry.appointments)
    return await _result(tx, person_id)


async def enter(tx: Tx, username: str, name: str, appointments: Iterable[AppointmentEntry]) -> UUID:
    """Write a new person; whoever calls has asked whether they may."""
    person_id = new_id()
    appointments = list(appointments)
    await queries.insert_person(tx, person_id, username, name)
    for appointment in appointments:
        await queries.insert_appointment(tx, new_id(), person_id, appointment)
    await journal.record_many(tx, [entered(MANAGE, person_id, appointments)])
    return person_id


def entered(act: str, person_id: UUID, appointments: Sequence[AppointmentEntry]) -> journal.Change:
    """What is told of a new person: ids and roles."""
    school_ids = [a.school_id for a in appointments if a.school_id is not None]
    return journal.Change(
        event="person.entered",
        act=act,
        thing=f"person/{person_id}",
        school_ids=list(dict.fromkeys(school_ids)),
        version=1,
        data={"appointments": [{"school_id": a.school_id, "role": a.role} for a in appointments]},
    )


async def change_person(tx: Tx, person_id: UUID, change: PersonChange, version: int) -> Person:
    """Change a person's name. Raises NotFound, NotAllowed, StaleVersion, WrongState."""
    held = await _lock(tx, person_id, version)
    rules.PERSON.step(held.person.status, "change")
    if change.name != held.person.name:
        await rename(tx, held.person, change.name)
    return await _result(tx, person_id)


async def rename(tx: Tx, person: PersonRow, name: str) -> None:
    """Write a new name; the event does not tell it."""
    await queries.rename_person(tx, person.id, name)
    await _record(
        tx, "person.changed", person.id, _schools(person), person.version + 1, {"fields": ["name"]}
    )


async def appoint(tx: Tx, person_id: UUID, entry: AppointmentEntry) -> Person:
    """Give a person one more appointment; somebody who had left is back by it.

    Raises NotFound, NotAllowed, RoleMisplaced, Invalid, AppointmentsOverlap.
    """
    held = await _lock(tx, person_id)
    require(tx, MANAGE, mask_at(tx, entry.school_id), thing=f"person/{person_id}")
    rules.PERSON.step(held.person.status, "appoint")
    await _check(tx, [entry], "")
    await add(tx, held.person, entry)
    return await _result(tx, person_id)


async def add(tx: Tx, person: PersonRow, entry: AppointmentEntry) -> None:
    """Write one more appointment; whoever calls has asked whether they may."""
    await queries.insert_appointment(tx, new_id(), person.id, entry)
    if person.left_at is not None:
        await queries.return_person(tx, person.id)
    else:
        await queries.touch_person(tx, person.id)
    await _record(
        tx,
        "person.appointed",
        person.id,
        [*_schools(person), entry.school_id],
        person.version + 1,
        {"school_id": entry.school_id, "role": entry.role, "from_on": entry.from_on},
    )


async def get_appointment(tx: Tx, appointment_id: UUID) -> Appointment:
    """One appointment of someone the actor may see. Raises NotFound."""
    row = await _find_appointment(tx, appointment_id)
    return _shown_appointment(tx, row, await group_today(tx))


async def end_appointment(
    tx: Tx, appointment_id: UUID, change: AppointmentChange, version: int
) -> Appointment:
    """Set the day an appointment ends. Ending today holds at once.

    Raises NotFound, NotAllowed, StaleVersion, AppointmentOver, EndInThePast, Invalid,
    LastAdministrator.
    """
    row, held = await _lock_appointment(tx, appointment_id, version)
    rules.refuse_end(row, change.until_on, held.today)
    await set_end(tx, held.person, row, change.until_on, held.today)
    changed = msgspec.structs.replace(row, until_on=change.until_on, version=row.version + 1)
    return _shown_appointment(tx, changed, held.today)


async def set_end(
    tx: Tx, person: PersonRow, row: AppointmentRow, until_on: date | None, today: date
) -> None:
    """Write the end of an appointment; whoever calls has asked whether they may."""
    await queries.end_appointment(tx, row.id, until_on)
    if until_on is not None and until_on <= today:
        await _keep_an_administrator(tx, person.id, [row])
        await queries.revoke_sessions(tx, person.id, "appointment ended", row.id)
    await queries.touch_person(tx, person.id)
    await _record(
        tx,
        "person.appointment_changed",
        person.id,
        [row.school_id],
        person.version + 1,
        {"appointment_id": row.id, "until_on": until_on},
    )


async def delete_appointment(tx: Tx, appointment_id: UUID, version: int) -> None:
    """Delete an appointment that has not begun.

    Raises NotFound, NotAllowed, StaleVersion, AppointmentBegun.
    """
    row, held = await _lock_appointment(tx, appointment_id, version)
    if row.from_on <= held.today:
        raise rules.AppointmentBegun
    await queries.touch_person(tx, held.person.id)
    await queries.delete_appointment(tx, row.id)
    await _record(
        tx,
        "person.appointment_deleted",
        held.person.id,
        [row.school_id],
        held.person.version + 1,
        {"appointment_id": row.id},
    )


async def suspend(tx: Tx, person_id: UUID) -> Person:
    """From the next request on the person may do nothing, until resumed.

    Raises NotFound, NotAllowed, AppointedElsewhere, LastAdministrator, WrongState.
    """
    held = await _lock(tx, person_id)
    await _refuse_elsewhere(tx, person_id)
    rules.PERSON.step(held.person.status, "suspend")
    await _keep_an_administrator(tx, person_id, held.person.appointments)
    await queries.suspend_person(tx, person_id, by_office=may(tx, MANAGE))
    await queries.revoke_sessions(tx, person_id, "person suspended")
    await _record(
        tx, "person.suspended", person_id, _schools(held.person), held.person.version + 1, {}
    )
    return await _result(tx, person_id)


async def resume(tx: Tx, person_id: UUID) -> Person:
    """End a suspension; the person signs in anew.

    Raises NotFound, NotAllowed, AppointedElsewhere, SuspendedByOffice, WrongState.
    """
    held = await _lock(tx, person_id)
    await _refuse_elsewhere(tx, person_id)
    rules.PERSON.step(held.person.status, "resume")
    if held.person.suspended_by_office and not may(tx, MANAGE):
        raise rules.SuspendedByOffice
    await queries.resume_person(tx, person_id)
    await _record(
        tx, "person.resumed", person_id, _schools(held.person), held.person.version + 1, {}
    )
    return await _result(tx, person_id)


async def leave(tx: Tx, person_id: UUID) -> Person:
    """The person leaves: appointments end today, sessions now; what they made stays.

    Raises NotFound, NotAllowed, AppointedElsewhere, LastAdministrator, WrongState.
    """
    held = await _lock(tx, person_id)
    await _refuse_elsewhere(tx, person_id)
    rules.PERSON.step(held.person.status, "leave")
    await _keep_an_administrator(tx, person_id, held.person.appointments)
    await queries.leave(tx, person_id, held.today)
    await queries.revoke_sessions(tx, person_id, "person left")
    await _record(tx, "person.left", person_id, _schools(held.person), held.person.version + 1, {})
    return await _result(tx, person_id)


async def _find(tx: Tx, person_id: UUID, act: str) -> PersonRow:
    """The person, if the actor may do `act` with them."""
    thing = f"person/{person_id}"
    row = await queries.get_person(tx, person_id)
    require_found(row, thing, act)
    assert row is not None  # require_found has raised otherwise
    require(tx, act, row.relations, thing=thing, see=READ)
    return row


async def _lock(tx: Tx, person_id: UUID, version: int | None = None) -> Held:
    """The person, held until commit, once the actor may manage them."""
    await _find(tx, person_id, MANAGE)
    await queries.lock_person(tx, person_id)
    row = await _find(tx, person_id, MANAGE)  # as it stands now that nobody else changes it
    if version is not None:
        check_version(version, row.version)
    return Held(row, await group_today(tx))


async def _find_appointment(tx: Tx, appointment_id: UUID) -> AppointmentRow:
    thing = f"appointment/{appointment_id}"
    row = await queries.get_appointment(tx, appointment_id)
    require_found(row, thing, READ)
    assert row is not None  # require_found has raised otherwise
    person = await _find(tx, row.person_id, READ)
    known = {a.id for a in person.appointments}
    require_found(row if row.id in known else None, thing, READ)
    return row


async def _lock_appointment(
    tx: Tx, appointment_id: UUID, version: int
) -> tuple[AppointmentRow, Held]:
    row = await _find_appointment(tx, appointment_id)
    thing = f"appointment/{appointment_id}"
    require(tx, MANAGE, mask_at(tx, row.school_id), thing=thing)
    held = await _lock(tx, row.person_id)
    row = await _find_appointment(tx, appointment_id)
    check_version(version, row.version)
    return row, held


async def _check(tx: Tx, entries: list[AppointmentEntry], pointer: str) -> None:
    """Raise where a role is misplaced, a period runs backwards or a school is not there."""
    for number, entry in enumerate(entries):
        rules.refuse_misplaced(entry, f"{pointer}/{number}" if pointer else "")
        refuse_backward(entry.from_on, entry.until_on)
    named = [entry.school_id for entry in entries if entry.school_id is not None]
    open_schools = await queries.list_open_schools(tx, named)
    missing = [
        Problem(
            f"{pointer}/{number}/school_id" if pointer else "/school_id",
            "no_such_school",
            "there is no open school with this id",
        )
        for number, entry in enumerate(entries)
        if entry.school_id is not None and entry.school_id not in open_schools
    ]
    if missing:
        raise Invalid(problems=missing)


async def _refuse_elsewhere(tx: Tx, person_id: UUID) -> None:
    """A school must not cut off somebody whom others appoint too; the office may."""
    if may(tx, MANAGE):
        return
    async with tx.as_system():  # a school does not see where else somebody is appointed
        elsewhere = await queries.is_appointed_elsewhere(tx, person_id, tx.actor.school_id)
    if elsewhere:
        raise rules.AppointedElsewhere


async def _keep_an_administrator(tx: Tx, person_id: UUID, ending: Iterable[AppointmentRow]) -> None:
    if any(a.role is Role.GROUP_ADMIN for a in ending) and not (
        await queries.has_other_administrator(tx, person_id)
    ):
        raise rules.LastAdministrator


async def _result(tx: Tx, person_id: UUID) -> Person:
    """The person after a change, also where it took away the actor's own sight of them."""
    row = await queries.get_person(tx, person_id)
    require_found(row, f"person/{person_id}", READ)
    assert row is not None  # require_found has raised otherwise
    return _shown(tx, row, await group_today(tx))


def _shown(tx: Tx, row: PersonRow, today: date) -> Person:
    return Person(
        id=row.id,
        username=row.username,
        name=row.name,
        status=row.status,
        suspended_at=row.suspended_at,
        left_at=row.left_at,
        created_at=row.created_at,
        updated_at=row.updated_at,
        version=row.version,
        appointments=[_shown_appointment(tx, a, today) for a in row.appointments],
        actions=rules.PERSON.actions(row.status, lambda act: may(tx, act, row.relations)),
    )


def _shown_appointment(tx: Tx, row: AppointmentRow, today: date) -> Appointment:
    may_manage = may(tx, MANAGE, mask_at(tx, row.school_id))
    actions = rules.appointment_actions(row, today, may_manage=may_manage)
    return Appointment(**msgspec.structs.asdict(row), actions=actions)


def _schools(person: PersonRow) -> list[UUID]:
    return rules.schools_of(person.appointments)


async def _record(
    tx: Tx,
    event: str,
    person_id: UUID,
    school_ids: Iterable[UUID | None],
    version: int,
    data: dict[str, object],
) -> None:
    known = list(dict.fromkeys(school_id for school_id in school_ids if school_id is not None))
    await journal.record(
        tx,
        event,
        act=MANAGE,
        thing=f"person/{person_id}",
        school_ids=known,
        version=version,
        data=data,
    )
