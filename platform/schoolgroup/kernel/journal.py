"""Every state change writes exactly one event and one audit entry, in its own transaction."""

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from uuid import UUID

import msgspec

from schoolgroup.kernel import queries
from schoolgroup.kernel.db import Tx, execute
from schoolgroup.kernel.errors import Denial
from schoolgroup.kernel.ids import new_id


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """One state change of many that are recorded together; the fields are those of `record`."""

    event: str
    act: str
    thing: str
    version: int
    data: dict[str, object]
    owner_school_id: UUID | None = None
    school_ids: list[UUID] = []


async def record(
    tx: Tx,
    event: str,
    *,
    act: str,
    thing: str,
    data: Mapping[str, object],
    owner_school_id: UUID | None = None,
    school_ids: Iterable[UUID] = (),
    version: int | None = None,
    relations: Iterable[str] = (),
    policy_line: str = "",
) -> None:
    """Announce `event` about `thing` ("loan/<id>") and enter it in the audit trail.

    `owner_school_id` and `school_ids` are the schools that may learn of it; `data` holds no
    personal data. Call it last in a transaction: it takes the lock of the school's audit chain.
    """
    actor = tx.actor
    await execute(
        tx,
        queries.RECORD,
        tx.group_id,
        actor.chain,
        tx.now,
        tx.request_id,
        actor.name,
        actor.school_id,
        thing,
        act,
        list(relations),
        policy_line,
        tx.policy.sha256 if tx.policy else "",
        new_id(),
        event,
        owner_school_id,
        list(school_ids),
        version,
        dict(data),
    )


async def record_many(tx: Tx, changes: Sequence[Change]) -> None:
    """The same as `record` once for each change, in their order, in two statements.

    For commands over hundreds of things: an import of a whole roster.
    """
    if not changes:
        return
    actor = tx.actor
    rows = [
        {**msgspec.structs.asdict(change), "n": n, "id": new_id()}
        for n, change in enumerate(changes)
    ]
    await execute(tx, queries.INSERT_EVENTS, tx.group_id, rows, tx.request_id, tx.now)
    await execute(
        tx,
        queries.INSERT_AUDIT_ENTRIES,
        tx.group_id,
        actor.chain,
        tx.now,
        tx.request_id,
        actor.name,
        actor.school_id,
        tx.policy.sha256 if tx.policy else "",
        rows,
    )


async def enter(
    tx: Tx,
    act: str,
    thing: str,
    outcome: str,
    detail: Mapping[str, object],
    *,
    relations: Iterable[str] = (),
    policy_line: str = "",
) -> None:
    """One audit entry without an event: something was denied, exported or looked into.

    Of what was read on a standby it is entered on the primary, before the answer (kernel.standby).
    """
    if tx.later is not None:
        again = partial(enter, relations=relations, policy_line=policy_line)
        tx.later.append(lambda there: again(there, act, thing, outcome, detail))
        return
    actor = tx.actor
    await execute(
        tx,
        queries.INSERT_AUDIT_ENTRY,
        tx.group_id,
        actor.chain,
        tx.now,
        tx.request_id,
        actor.name,
        actor.school_id,
        act,
        thing,
        outcome,
        list(relations),
        policy_line,
        tx.policy.sha256 if tx.policy else "",
        dict(detail),
    )


async def enter_denial(tx: Tx, denial: Denial, code: str) -> None:
    """What was asked for and refused by the policy."""
    await enter(
        tx,
        denial.act,
        denial.thing,
        "denied",
        {"code": code},
        relations=denial.relations,
        policy_line=denial.policy_line,
    )
