"""Making notices: what has become true and nobody has been told of yet.

Everything is read from the rows as they stand, so it does not matter when this runs, how often, in
how many processes, or whether it was killed in between: a matter nobody was told of is found the
next time, and the key of a notice says that nobody is told twice.
"""

from collections.abc import Sequence
from typing import cast
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from schoolgroup.access.compiled import CompiledPolicy
from schoolgroup.integration.notices import matters_queries, queries, rules
from schoolgroup.integration.notices.kinds import kinds, told_by
from schoolgroup.integration.notices.matters_queries import Due, Told
from schoolgroup.integration.notices.models import GroupFacts, NoticeRow, RuleRow
from schoolgroup.integration.notices.templates import render
from schoolgroup.kernel import journal
from schoolgroup.kernel.context import Actor, system_actor
from schoolgroup.kernel.db import Database, Tx
from schoolgroup.kernel.errors import NotFound
from schoolgroup.kernel.ids import new_id
from schoolgroup.resources.lending.desk import service as desk

BATCH = 1000
SUBJECT_MAX, BODY_MAX = 200, 2000
USE = "inbox:use"
# What a notice is about, as events name it: the first half of its link.
WHAT = {
    "loans": "loan",
    "holds": "hold",
    "asks": "ask",
    "calls": "call",
    "returns": "return",
    "exams": "exam",
    "releases": "release",
    "agreements": "agreement",
    "handovers": "handover",
    "bookings": "booking",
    "ledger-items": "ledger_item",
    "bulletins": "bulletin",
    "measures": "measure",
    "visits": "visit",
    "appraisals": "appraisal",
    "appraisal-cases": "appraisal_case",
    "webhook-endpoints": "webhook",
}


class Group(msgspec.Struct, frozen=True):
    """A group whose people are told: the system acting in it, at its own time, by its policy."""

    actor: Actor
    facts: GroupFacts
    told: list[Told]


async def enter_group(db: Database, group_id: UUID) -> Group:
    """Everything telling needs of a group, by the policy in force now. Raises NotFound."""
    facts = await db.run(system_actor(group_id), queries.get_group)
    if facts is None:
        raise NotFound
    actor = msgspec.structs.replace(system_actor(group_id), time_zone=facts.time_zone)
    policy = cast("CompiledPolicy", await db.policies.reload(group_id))
    return Group(actor, facts, told_by(policy))


async def pass_on_seats(db: Database, group: Group) -> int:
    """Serve the queues whose pickup lapsed or whose loan ended with nobody at the desk since.

    Safety never waits for this (whoever comes to the desk settles it first); only who is next does.
    """

    async def settle(tx: Tx, offer_id: UUID) -> int:
        offer = await desk.hold_desk(tx, offer_id)
        happened = await desk.settle(tx, offer)
        await desk.announce(tx, "resource:borrow", happened)
        return len(happened)

    settled = 0
    for offer_id in await db.run(group.actor, lambda tx: queries.list_stale_desks(tx, BATCH)):

        async def work(tx: Tx, offer_id: UUID = offer_id) -> int:
            return await settle(tx, offer_id)

        settled += await db.run(group.actor, work, "notices")
    return settled


async def make_notices(db: Database, group: Group) -> int:
    """Tell everybody what is due now, in batches of one transaction each; how many notices."""
    made = 0
    while True:
        found, written = await db.run(group.actor, lambda tx: _make_batch(tx, group), "notices")
        made += written
        if found < BATCH:
            return made


async def _make_batch(tx: Tx, group: Group) -> tuple[int, int]:
    due = await matters_queries.find_due(tx, group.told, rules.LOOK_BACK, BATCH)
    if not due:
        return 0, 0
    stored = await queries.list_rules(tx)
    rows = [_write(one, stored, ZoneInfo(group.facts.time_zone)) for one in due]
    new = await queries.insert_notices(tx, rows)
    await _announce(tx, [row for row in rows if row.id in new])
    return len(due), len(new)


def _write(due: Due, stored: Sequence[RuleRow], zone: ZoneInfo) -> NoticeRow:
    kind = kinds()[due.kind]
    rule = rules.in_force(due.kind, kind, stored, due.school_id)
    return NoticeRow(
        id=new_id(),
        person_id=due.person_id,
        school_id=due.school_id,
        kind=due.kind,
        subject_id=due.subject_id,
        anchor_at=due.anchor_at,
        hours=due.hours,
        urgent=rule.urgent,
        subject_en=render(rule.subject.en, due.facts, "en", zone, SUBJECT_MAX),
        subject_zh=render(rule.subject.zh, due.facts, "zh", zone, SUBJECT_MAX),
        body_en=render(rule.body.en, due.facts, "en", zone, BODY_MAX),
        body_zh=render(rule.body.zh, due.facts, "zh", zone, BODY_MAX),
        link=kind.link.replace("{id}", str(due.subject_id)),
    )


async def _announce(tx: Tx, rows: Sequence[NoticeRow]) -> None:
    """The same as events, for systems that tell people by their own means: ids only."""
    changes = [
        journal.Change(
            event="notice.made",
            act=USE,
            thing=f"notice/{row.id}",
            version=1,
            data={"kind": row.kind, "about": about(row), "person_id": row.person_id},
            school_ids=[row.school_id] if row.school_id else [],
        )
        for row in rows
    ]
    await journal.record_many(tx, changes)


def about(row: NoticeRow) -> str:
    """The thing a notice is about, as events name things."""
    what = WHAT.get(row.link.removeprefix("/v1/").partition("/")[0], "list-suggestion")
    return f"{what}/{row.subject_id}"
