"""Agreements: proposed by a school over its own things, signed by both principals, ended by either.

For a circle the principal of any of its schools signs.
"""

from datetime import date
from uuid import UUID

import msgspec

from schoolgroup.access.decisions import may, require, require_found
from schoolgroup.directory.agreements import queries, rules
from schoolgroup.directory.agreements.models import (
    Agreement,
    AgreementEntry,
    AgreementFilter,
    AgreementRow,
)
from schoolgroup.directory.people.queries import list_open_schools
from schoolgroup.directory.queries import today as group_today
from schoolgroup.directory.rights import mask_at, require_scope
from schoolgroup.kernel import journal
from schoolgroup.kernel.db import Tx
from schoolgroup.kernel.errors import Invalid, Problem, refuse_by_constraint
from schoolgroup.kernel.ids import new_id
from schoolgroup.kernel.paging import PageRequest

READ, PROPOSE, SIGN, END = "agreement:read", "agreement:propose", "agreement:sign", "agreement:end"

refuse_by_constraint("agreements_never_overlap", rules.AgreementsOverlap)


async def list_agreements(tx: Tx, wanted: AgreementFilter, page: PageRequest) -> list[Agreement]:
    """The agreements the actor's school is a party to; for the group office, all."""
    require_scope(tx, READ, "agreements")
    today = await group_today(tx)
    return [_shown(tx, row, today) for row in await queries.list_agreements(tx, wanted, page)]


async def get_agreement(tx: Tx, agreement_id: UUID) -> Agreement:
    """One agreement. Raises NotFound."""
    return _shown(tx, await _find(tx, agreement_id, READ), await group_today(tx))


async def propose(tx: Tx, entry: AgreementEntry) -> Agreement:
    """Propose an agreement over the own school's things.

    Raises NotAllowed (also for another school's things), Invalid, AgreementsOverlap.
    """
    owner_school_id = entry.owner_school_id or tx.actor.school_id
    require(tx, PROPOSE, mask_at(tx, owner_school_id), thing="agreement/new")
    today = await group_today(tx)
    if owner_school_id is None:
        raise Invalid(problems=[Problem("/owner_school_id", "missing", "name the owning school")])
    rules.refuse_wrong_entry(entry, owner_school_id, today)
    await _need_grantee(tx, entry)
    agreement_id = new_id()
    await queries.insert_agreement(tx, agreement_id, owner_school_id, entry)
    row = await _find(tx, agreement_id, READ)
    await _record(tx, "agreement.proposed", PROPOSE, row, 1)
    return _shown(tx, row, today)


async def sign(tx: Tx, agreement_id: UUID) -> Agreement:
    """Sign for the actor's school's side; with both signatures it is in force.

    Raises NotFound, NotAllowed, WrongState, AlreadySigned, AgreementPast.
    """
    row, today = await _lock(tx, agreement_id, SIGN)
    side = rules.side_of(row, tx.actor.school_id)
    status = rules.sign(row, side, today)
    await queries.sign(tx, agreement_id, status, as_owner=side is rules.Side.OWNER)
    event = "agreement.in_force" if status is rules.IN_FORCE else "agreement.signed"
    await _record(tx, event, SIGN, row, row.version + 1)
    return await get_agreement(tx, agreement_id)


async def decline(tx: Tx, agreement_id: UUID) -> Agreement:
    """Either side declines a proposal. Raises NotFound, NotAllowed, WrongState."""
    return await _settle(tx, agreement_id, "decline", SIGN)


async def end(tx: Tx, agreement_id: UUID) -> Agreement:
    """Either side ends an agreement now; running loans keep their terms.

    Raises NotFound, NotAllowed, WrongState.
    """
    return await _settle(tx, agreement_id, "end", END)


async def _settle(tx: Tx, agreement_id: UUID, verb: str, act: str) -> Agreement:
    row, _ = await _lock(tx, agreement_id, act)
    status = rules.AGREEMENT.step(row.status, verb)
    await queries.settle(tx, agreement_id, status)
    await _record(tx, f"agreement.{status}", act, row, row.version + 1)
    return await get_agreement(tx, agreement_id)


async def _need_grantee(tx: Tx, entry: AgreementEntry) -> None:
    if entry.grantee_school_id is not None:
        named = await list_open_schools(tx, [entry.grantee_school_id])
        if not named:
            why = "there is no open school with this id"
            raise Invalid(problems=[Problem("/grantee_school_id", "no_such_school", why)])
    elif entry.grantee_circle_id is not None and not (
        await queries.has_circle(tx, entry.grantee_circle_id)
    ):
        why = "there is no circle with this id"
        raise Invalid(problems=[Problem("/grantee_circle_id", "no_such_circle", why)])


async def _find(tx: Tx, agreement_id: UUID, act: str) -> AgreementRow:
    thing = f"agreement/{agreement_id}"
    row = await queries.get_agreement(tx, agreement_id)
    require_found(row, thing, act)
    assert row is not None  # require_found has raised otherwise
    require(tx, act, row.relations, thing=thing, see=READ, owner=row.owner_name)
    return row


async def _lock(tx: Tx, agreement_id: UUID, act: str) -> tuple[AgreementRow, date]:
    await _find(tx, agreement_id, act)
    await queries.lock_agreement(tx, agreement_id)
    return await _find(tx, agreement_id, act), await group_today(tx)


def _shown(tx: Tx, row: AgreementRow, today: date) -> Agreement:
    fields = msgspec.structs.asdict(row)
    mask = fields.pop("relations")
    fields.pop("owner_name")
    actions = rules.AGREEMENT.actions(row.status, lambda act: may(tx, act, mask))
    if rules.has_signed(row, rules.side_of(row, tx.actor.school_id)) or row.until_on <= today:
        actions = [verb for verb in actions if verb != "sign"]
    return Agreement(**fields, holds_today=rules.holds_on(row, today), actions=actions)


async def _record(tx: Tx, event: str, act: str, row: AgreementRow, version: int) -> None:
    told = [row.owner_school_id]
    if row.grantee_school_id is not None:
        told.append(row.grantee_school_id)
    if row.grantee_circle_id is not None:
        told += await queries.list_circle_schools(tx, row.grantee_circle_id)
    await journal.record(
        tx,
        event,
        act=act,
        thing=f"agreement/{row.id}",
        owner_school_id=row.owner_school_id,
        school_ids=list(dict.fromkeys(told)),
        version=version,
        data={"from_on": row.from_on, "until_on": row.until_on, "kinds": row.kinds},
    )
