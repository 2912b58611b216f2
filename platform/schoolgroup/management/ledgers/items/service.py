"""The loop of an item: opened, reported done with evidence, closed by somebody else.

Every act is written once, with what the item is from then on; figures and series are counted over
these rows (see figures).
"""

from collections.abc import Sequence
from uuid import UUID

import msgspec
from msgspec import UNSET

from schoolgroup.access.decisions import may, policy_of, require, require_found
from schoolgroup.kernel import journal
from schoolgroup.kernel.context import ActorKind
from schoolgroup.kernel.db import Tx
from schoolgroup.kernel.errors import NotFound, refuse_by_constraint
from schoolgroup.kernel.http import check_version
from schoolgroup.kernel.ids import new_id
from schoolgroup.kernel.paging import PageRequest
from schoolgroup.kernel.storage import StoredFile
from schoolgroup.management.ledgers.books import service as books
from schoolgroup.management.ledgers.items import models, queries, rules
from schoolgroup.management.ledgers.items.models import (
    ITEM,
    EvidenceKind,
    EvidenceRow,
    EvidenceWish,
    History,
    Item,
    ItemChange,
    ItemFilter,
    ItemRow,
    ItemText,
    ItemWish,
    NewItem,
    Reason,
    Report,
    ReportWish,
    Source,
    Verdict,
)

refuse_by_constraint("closed_by_someone_else", rules.ClosedByReporter)
refuse_by_constraint("a_report_has_evidence", rules.BadEvidence)
refuse_by_constraint("one_item_per_ref", rules.RefTaken)
refuse_by_constraint("the_source_is_there", rules.BadItem)


async def open_item(tx: Tx, ledger_id: UUID, wish: ItemWish) -> Item:
    """A new item: the office's for anybody, a school's for itself. Raises BadItem, RefTaken."""
    await books.hold(tx, ledger_id)
    require(tx, models.ENTER, mask_of_new(tx, wish.school_id), thing="ledger_item/new")
    facts = await queries.find_facts(
        tx, wish.category, wish.measure_id, wish.school_id, wish.person_id
    )
    there = wish.source_id is not None and await queries.find_source(
        tx, wish.source, wish.source_id
    )
    wrong = rules.problems_of_source(wish.source, wish.source_id, wish.source_note, there=there)
    rules.check_item(wish.due_on, books.day_of(tx, tx.now), facts, also=wrong)
    item_id = new_id()
    async with tx.as_system():  # numbers are given over all items of the ledger
        no = await queries.next_no(tx, ledger_id)
    given = msgspec.structs.asdict(wish)
    row = NewItem(id=item_id, ledger_id=ledger_id, no=no, opened_at=tx.now, **given)
    await queries.insert_items(tx, [row])
    return await _done(tx, item_id, "ledger_item.opened", models.ENTER)


async def open_for(
    tx: Tx, ledger_id: UUID, school_id: UUID, source_id: UUID, text: ItemText
) -> UUID:
    """An item for a finding of a visit, in the finding's own transaction; its id.

    The visit's own right has been asked. Raises BadItem.
    """
    facts = await queries.find_facts(tx, text.category, None, school_id, None)
    rules.check_item(text.due_on, books.day_of(tx, tx.now), facts)
    item_id = new_id()
    async with tx.as_system():  # the inspectors are of other schools
        await books.hold(tx, ledger_id)
        row = NewItem(
            id=item_id, ledger_id=ledger_id, no=await queries.next_no(tx, ledger_id),
            title=text.title, detail=text.detail, category=text.category, source=Source.VISIT,
            source_id=source_id, source_note="", ref=None, measure_id=None, school_id=school_id,
            person_id=None, due_on=text.due_on, opened_at=tx.now,
        )  # fmt: skip
        await queries.insert_items(tx, [row])
    await journal.record(
        tx,
        "ledger_item.opened",
        act="visit:record",
        thing=f"ledger_item/{item_id}",
        owner_school_id=school_id,
        school_ids=[school_id],
        version=1,
        data={"ledger_id": ledger_id, "source": Source.VISIT, "source_id": source_id},
    )
    return item_id


def mask_of_new(tx: Tx, school_id: UUID | None) -> int:
    """The relations to an item that would be this school's."""
    relations = policy_of(tx).relations
    if tx.actor.kind is not ActorKind.SYSTEM and school_id == tx.actor.school_id:
        return relations.mask_of("any", "own" if school_id else "group")
    return relations.mask_of("any")


async def get_item(tx: Tx, item_id: UUID) -> Item:
    """One item. Raises NotFound."""
    return _shown(tx, await look_up(tx, item_id))


async def look_up(tx: Tx, item_id: UUID) -> ItemRow:
    """The row of an item the caller may read. Raises NotFound."""
    return _allowed(tx, await queries.get_item(tx, item_id), item_id, models.READ)


async def list_items(tx: Tx, wanted: ItemFilter, page: PageRequest) -> list[Item]:
    """The items the caller may read, the newest first."""
    return [_shown(tx, row) for row in await queries.list_items(tx, wanted, page)]


async def history(tx: Tx, item_id: UUID) -> History:
    """What happened to an item, with every report and its evidence. Raises NotFound."""
    await look_up(tx, item_id)
    evidence = await queries.list_evidence(tx, item_id)
    reports = [
        Report(
            **msgspec.structs.asdict(row),
            evidence=[_evidence(item_id, row.no, one) for one in evidence.get(row.no, [])],
        )
        for row in await queries.list_reports(tx, item_id)
    ]
    return History(item_id, await queries.list_acts(tx, item_id), reports)


async def evidence_file(tx: Tx, item_id: UUID, report_no: int, place: int) -> StoredFile:
    """A file of the evidence, for who may read the item; entered in the trail. Raises NotFound."""
    await look_up(tx, item_id)
    found = await queries.get_file(tx, item_id, report_no, place)
    if found is None:
        raise NotFound
    detail = {"report_no": report_no, "place": place}
    await journal.enter(tx, models.READ, f"ledger_item/{item_id}", "done", detail)
    return found


async def amend(tx: Tx, item_id: UUID, change: ItemChange, version: int) -> Item:
    """Move the day, the school or what it is about, with the reason; while it waits.

    Raises StaleVersion, WrongState, BadItem.
    """
    row = await _hold(tx, item_id, models.AMEND)
    check_version(version, row.version)
    ITEM.step(row.status, "drop")  # amended is what could be dropped: what still waits
    rules.check_change(row, change)
    given = {
        name: value
        for name, value in msgspec.structs.asdict(change).items()
        if value is not UNSET and name != "because"
    }
    moved = given.get("school_id", row.school_id) != row.school_id
    if moved and "person_id" not in given:
        given["person_id"] = None
    new = msgspec.structs.replace(row, **given)
    facts = await queries.find_facts(
        tx,
        new.category,
        new.measure_id,
        new.school_id,
        new.person_id if "person_id" in given else None,
        new_school=moved,
    )
    rules.check_item(new.due_on, books.day_of(tx, tx.now), facts, was_due_on=row.due_on)
    await queries.change_item(
        tx, item_id, title=new.title, detail=new.detail, category=new.category, due_on=new.due_on,
        measure_id=new.measure_id, school_id=new.school_id, person_id=new.person_id,
    )  # fmt: skip
    await queries.insert_acts(tx, "amend", [queries.Happened(item_id, tx.now)], change.because)
    return await _done(tx, item_id, "ledger_item.amended", models.AMEND, also=row.school_id)


async def report(tx: Tx, item_id: UUID, wish: ReportWish) -> Item:
    """Say that it is done, with evidence. Raises WrongState, BadEvidence, OnlyPersons."""
    row = await _hold(tx, item_id, models.REPORT)
    status = ITEM.step(row.status, "report")
    person_id = tx.actor.person_id
    if person_id is None:
        raise rules.OnlyPersons
    evidence = await take_evidence(tx, wish.evidence)
    no = await queries.insert_report(tx, item_id, person_id, wish.note, tx.now, evidence)
    await queries.step_item(tx, item_id, status, report_no=no, reporter=person_id)
    await queries.insert_acts(tx, "report", [queries.Happened(item_id, tx.now)])
    return await _done(tx, item_id, "ledger_item.reported", models.REPORT)


async def close(tx: Tx, item_id: UUID, verdict: Verdict) -> Item:
    """Close it 销号: the evidence of this report was seen, by somebody else than reported it.

    Raises WrongState, ReportOvertaken, ClosedByReporter.
    """
    row = await _hold(tx, item_id, models.CLOSE)
    status = ITEM.step(row.status, "close")
    rules.check_closer(row, verdict.report_no, tx.actor.person_id)
    await queries.step_item(
        tx, item_id, status, report_no=row.reported_no, reporter=row.reported_by_person_id,
        closer=tx.actor.person_id,
    )  # fmt: skip
    await queries.insert_acts(tx, "close", [queries.Happened(item_id, tx.now)], verdict.because)
    return await _done(tx, item_id, "ledger_item.closed", models.CLOSE)


async def refuse(tx: Tx, item_id: UUID, verdict: Verdict) -> Item:
    """Not closed 不予销号: it is open again, and the school is told why.

    Raises WrongState, ReportOvertaken, ClosedByReporter, BadItem without a reason.
    """
    row = await _hold(tx, item_id, models.CLOSE)
    status = ITEM.step(row.status, "refuse")
    rules.check_closer(row, verdict.report_no, tx.actor.person_id)
    rules.check_reason(verdict.because)
    await queries.step_item(tx, item_id, status)
    await queries.insert_acts(tx, "refuse", [queries.Happened(item_id, tx.now)], verdict.because)
    return await _done(tx, item_id, "ledger_item.refused", models.CLOSE)


async def drop(tx: Tx, item_id: UUID, reason: Reason) -> Item:
    """It leaves the denominator, with the reason. Raises WrongState."""
    row = await _hold(tx, item_id, models.DROP)
    await queries.step_item(tx, item_id, ITEM.step(row.status, "drop"))
    await queries.insert_acts(tx, "drop", [queries.Happened(item_id, tx.now)], reason.because)
    return await _done(tx, item_id, "ledger_item.dropped", models.DROP)


async def reopen(tx: Tx, item_id: UUID, reason: Reason) -> Item:
    """It was closed or dropped too soon: it waits again, by its old day. Raises WrongState."""
    row = await _hold(tx, item_id, models.REOPEN)
    await queries.step_item(tx, item_id, ITEM.step(row.status, "reopen"))
    await queries.insert_acts(tx, "reopen", [queries.Happened(item_id, tx.now)], reason.because)
    return await _done(tx, item_id, "ledger_item.reopened", models.REOPEN)


async def take_evidence(tx: Tx, wishes: Sequence[EvidenceWish]) -> list[EvidenceRow]:
    """The evidence as it is written. Raises BadEvidence."""
    uploads = await queries.find_uploads(tx, wishes)
    rules.check_evidence(wishes, {*uploads, *await queries.find_resources(tx, wishes)})
    rows = []
    for place, wish in enumerate(wishes, start=1):
        upload = uploads.get(wish.upload_id) if wish.upload_id else None
        kind = EvidenceKind.DOCUMENT
        if wish.upload_id or wish.resource_id:
            kind = EvidenceKind.UPLOAD if wish.upload_id else EvidenceKind.RESOURCE
        rows.append(
            EvidenceRow(
                place, kind, wish.text, upload.file_name if upload else None,
                upload.blob_id if upload else None, wish.resource_id,
            )
        )  # fmt: skip
    return rows


async def _hold(tx: Tx, item_id: UUID, act: str) -> ItemRow:
    return _allowed(tx, await queries.lock_item(tx, item_id), item_id, act)


def _allowed(tx: Tx, row: ItemRow | None, item_id: UUID, act: str) -> ItemRow:
    thing = f"ledger_item/{item_id}"
    found = require_found(row, thing, act)
    require(tx, act, found.relations, thing=thing, see=models.READ, owner=found.school_name or "")
    return found


async def _done(tx: Tx, item_id: UUID, event: str, act: str, also: UUID | None = None) -> Item:
    row = await queries.get_item(tx, item_id)
    assert row is not None  # held by this transaction
    await journal.record(
        tx,
        event,
        act=act,
        thing=f"ledger_item/{item_id}",
        owner_school_id=row.school_id,
        school_ids=sorted({one for one in (row.school_id, also) if one}),
        version=row.version,
        data={"ledger_id": row.ledger_id, "status": row.status, "report_no": row.reported_no},
    )
    return _shown(tx, row)


def _evidence(item_id: UUID, report_no: int, row: EvidenceRow) -> models.Evidence:
    link = None
    if row.kind is EvidenceKind.UPLOAD:
        link = f"/v1/ledger-items/{item_id}/reports/{report_no}/evidence/{row.place}"
    elif row.kind is EvidenceKind.RESOURCE:
        link = f"/v1/resources/{row.resource_id}"
    return models.Evidence(row.kind, row.text, row.file_name, row.sha256, link)


def _shown(tx: Tx, row: ItemRow) -> Item:
    verbs = ITEM.actions(row.status, lambda act: may(tx, act, row.relations))
    amends = may(tx, models.AMEND, row.relations)
    facts = msgspec.structs.asdict(row)
    del facts["relations"], facts["created_at"]
    return Item(
        **facts,
        source_link=rules.source_link(row.source, row.source_id),
        actions=rules.shown_actions(verbs, row, amends, tx.actor.person_id),
    )
