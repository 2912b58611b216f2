"""Pupils who change school: proposed by the one, consented to by the other; history stays."""

from datetime import date
from uuid import UUID

from schoolgroup.access.decisions import may, require, require_found
from schoolgroup.directory.pupils import queries as register
from schoolgroup.directory.pupils import rules
from schoolgroup.directory.pupils import service as pupils
from schoolgroup.directory.pupils.models import (
    PupilStatus,
    TransferConsent,
    TransferRefusal,
    TransferRow,
    TransferView,
    TransferWish,
)
from schoolgroup.directory.pupils.transfers import queries
from schoolgroup.directory.queries import today as group_today
from schoolgroup.kernel import journal
from schoolgroup.kernel.db import Tx
from schoolgroup.kernel.errors import Problem, refuse_by_constraint
from schoolgroup.kernel.ids import new_id
from schoolgroup.kernel.paging import PageRequest

READ, PROPOSE, DECIDE = "transfer:read", "transfer:propose", "transfer:decide"
refuse_by_constraint("receiving_school", rules.SchoolUnfit)
refuse_by_constraint("one_open_transfer", rules.TransferOpen)


async def propose(tx: Tx, pupil_id: UUID, data: TransferWish) -> TransferView:
    """Propose that a pupil goes to another school of the group.

    Raises NotFound, NotEnrolled, SchoolUnfit, TransferOpen.
    """
    await pupils.own_school(tx, "pupil:keep")
    pupil = await pupils.fetch(tx, pupil_id, "pupil:keep")
    if pupil.status is not PupilStatus.ENROLLED or pupil.grade is None:
        raise rules.NotEnrolled
    stages = await register.stages_of(tx, data.to_school_id)
    if stages is None or data.to_school_id == pupil.school_id:
        raise rules.SchoolUnfit(
            problems=[Problem("/to_school_id", "unfit", "not a school to go to")]
        )
    if not rules.teaches(stages, pupil.grade):
        raise rules.SchoolUnfit(
            problems=[Problem("/to_school_id", "grade_not_taught", f"no grade {pupil.grade}")]
        )
    transfer_id = new_id()
    await queries.insert_transfer(tx, transfer_id, pupil, data.to_school_id, data.because)
    row = await _fetch(tx, transfer_id, READ)
    await _record(tx, "pupil.transfer_proposed", PROPOSE, row)
    return _view(tx, row)


async def list_transfers(tx: Tx, page: PageRequest) -> list[TransferView]:
    """The transfers from and to the own school, the newest first."""
    return [_view(tx, row) for row in await queries.list_transfers(tx, page)]


async def accept(tx: Tx, transfer_id: UUID, data: TransferConsent) -> TransferView:
    """The receiving school consents: the pupil is its own from now on, under its number.

    The years and results at the old school stay there under the same id; so does the name the old
    school wrote down, and the new school writes its own. Raises WrongState, RegisterNumberTaken.
    """
    row = await _fetch(tx, transfer_id, DECIDE)
    await register.lock_school(tx, row.from_school_id)
    row = await _fetch(tx, transfer_id, DECIDE)
    status = rules.TRANSFER.step(row.status, "accept")
    today: date = await group_today(tx)
    async with tx.as_system():  # the pupil is still the other school's: consent makes it ours
        await register.close_enrolments(tx, [row.pupil_id], today)
        await queries.move_pupil(tx, row.pupil_id, row.to_school_id, data.register_number)
        here = (row.pupil_id, data.register_number, row.grade, data.class_label)
        year = rules.school_year(today)
        await register.enrol(tx, row.to_school_id, year, today, [here])
    await queries.move_transfer(tx, transfer_id, status, "")
    return await _decided(tx, transfer_id, "pupil.transferred", DECIDE)


async def decline(tx: Tx, transfer_id: UUID, data: TransferRefusal) -> TransferView:
    """The receiving school says no, with a reason. Raises WrongState."""
    row = await _fetch(tx, transfer_id, DECIDE)
    await register.lock_school(tx, row.from_school_id)
    row = await _fetch(tx, transfer_id, DECIDE)
    status = rules.TRANSFER.step(row.status, "decline")
    await queries.move_transfer(tx, transfer_id, status, data.because)
    return await _decided(tx, transfer_id, "pupil.transfer_declined", DECIDE)


async def withdraw(tx: Tx, transfer_id: UUID) -> TransferView:
    """The proposing school takes it back. Raises WrongState."""
    row = await _fetch(tx, transfer_id, PROPOSE)
    await register.lock_school(tx, row.from_school_id)
    row = await _fetch(tx, transfer_id, PROPOSE)
    status = rules.TRANSFER.step(row.status, "withdraw")
    await queries.move_transfer(tx, transfer_id, status, "")
    return await _decided(tx, transfer_id, "pupil.transfer_withdrawn", PROPOSE)


async def _fetch(tx: Tx, transfer_id: UUID, act: str) -> TransferRow:
    row = await queries.get_transfer(tx, transfer_id)
    require_found(row, f"transfer/{transfer_id}", act)
    assert row is not None
    require(tx, act, row.relations, thing=f"transfer/{transfer_id}", see=READ, owner=row.to_name)
    return row


async def _decided(tx: Tx, transfer_id: UUID, event: str, act: str) -> TransferView:
    row = await queries.get_transfer(tx, transfer_id)
    assert row is not None  # decided a moment ago
    await _record(tx, event, act, row)
    return _view(tx, row)


async def _record(tx: Tx, event: str, act: str, row: TransferRow) -> None:
    await journal.record(
        tx,
        event,
        act=act,
        thing=f"transfer/{row.id}",
        owner_school_id=row.from_school_id,
        school_ids=[row.to_school_id],
        version=row.version,
        data={"transfer_id": row.id, "pupil_id": row.pupil_id, "status": row.status},
    )


def _view(tx: Tx, row: TransferRow) -> TransferView:
    return TransferView(
        id=row.id,
        pupil_id=row.pupil_id,
        from_school_id=row.from_school_id,
        from_school_name=row.from_name,
        to_school_id=row.to_school_id,
        to_school_name=row.to_name,
        status=row.status,
        grade=row.grade,
        because=row.because,
        decided_because=row.decided_because,
        proposed_at=row.proposed_at,
        decided_at=row.decided_at,
        version=row.version,
        actions=rules.TRANSFER.actions(row.status, lambda act: may(tx, act, row.relations)),
    )
