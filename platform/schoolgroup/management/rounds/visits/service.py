"""Visits: what is not closed yet comes first, what is found becomes an item in the same breath."""

from uuid import UUID

import msgspec

from schoolgroup.access.decisions import may, require, require_found
from schoolgroup.kernel import journal
from schoolgroup.kernel.db import Tx
from schoolgroup.kernel.errors import NotFound
from schoolgroup.kernel.http import check_version
from schoolgroup.kernel.paging import PageRequest
from schoolgroup.kernel.storage import StoredFile
from schoolgroup.management.ledgers.books import service as books
from schoolgroup.management.ledgers.items import service as items
from schoolgroup.management.ledgers.items.models import EvidenceKind, ItemText
from schoolgroup.management.rounds.plans import service as plans
from schoolgroup.management.rounds.visits import models, queries, rules
from schoolgroup.management.rounds.visits.models import (
    VISIT,
    CancelWish,
    CarryOutWish,
    ConfirmWish,
    EvidenceView,
    FindingWish,
    MoveWish,
    Observation,
    ObservationsWish,
    ReplyWish,
    ReportWish,
    Summary,
    Visit,
    VisitFilter,
    VisitRow,
    VisitStatus,
)

TOLD = (VisitStatus.REPORTED, VisitStatus.REPLIED)


async def get_visit(tx: Tx, visit_id: UUID) -> Visit:
    """A visit as the caller may see it. Raises NotFound."""
    return await _whole(tx, await _look_up(tx, visit_id, models.READ))


async def list_visits(tx: Tx, wanted: VisitFilter, page: PageRequest) -> list[Summary]:
    """The visits the caller may read, the newest first."""
    return [
        Summary(
            id=row.id, round_id=row.round_id, round_no=row.round_no, team_id=row.team_id,
            team_name=row.team_name, school_id=row.school_id, school_name=row.school_name,
            kind=row.kind, planned_on=row.planned_on, status=row.status,
            carried_out_on=row.carried_out_on, version=row.version, actions=_actions(tx, row),
        )
        for row in await queries.list_visits(tx, wanted, page)
    ]  # fmt: skip


async def confirm(tx: Tx, visit_id: UUID, wish: ConfirmWish) -> Visit:
    """The school confirms the day, or says which day suits it. Raises WrongState, BadVisit."""
    row = await _look_up(tx, visit_id, models.CONFIRM, hold=True)
    status = VISIT.step(row.status, "confirm")
    if wish.planned_on in (None, row.planned_on):
        await queries.confirm(tx, visit_id, status)
    else:
        rules.check_planned(wish.planned_on, books.day_of(tx, tx.now))
        await queries.move_day(tx, visit_id, status, wish.planned_on, "", by_school=True)
    return await _done(tx, visit_id, "visit.confirmed", models.CONFIRM)


async def move(tx: Tx, visit_id: UUID, wish: MoveWish) -> Visit:
    """Another day, with the reason; the school confirms it anew. Raises WrongState, BadVisit."""
    row = await _look_up(tx, visit_id, models.RUN, hold=True)
    status = VISIT.step(row.status, "move")
    rules.check_moved(wish.planned_on, row.planned_on)
    rules.check_planned(wish.planned_on, books.day_of(tx, tx.now))
    await queries.move_day(tx, visit_id, status, wish.planned_on, wish.because, by_school=False)
    return await _done(tx, visit_id, "visit.moved", models.RUN)


async def carry_out(tx: Tx, visit_id: UUID, wish: CarryOutWish) -> Visit:
    """The team was there. Raises WrongState, BadVisit for a day to come."""
    row = await _look_up(tx, visit_id, models.RECORD, hold=True)
    status = VISIT.step(row.status, "carry_out")
    today = books.day_of(tx, tx.now)
    on = wish.carried_out_on or today
    rules.check_carried_out(on, today)
    await queries.carry_out(tx, visit_id, status, on)
    return await _done(tx, visit_id, "visit.carried_out", models.RECORD)


async def observe(tx: Tx, visit_id: UUID, wish: ObservationsWish, version: int) -> Visit:
    """Write down what was seen, until it is reported.

    Raises StaleVersion, WrongState, BadVisit, BadEvidence.
    """
    row = await _look_up(tx, visit_id, models.RECORD, hold=True)
    check_version(version, row.version)
    VISIT.step(row.status, "report")  # recorded is what can still be reported
    of = await plans.look_up(tx, row.round_id)
    rules.check_observations(of.rubric, wish.observations)
    shown: list[queries.Shown] = []
    for one in wish.observations:
        for piece in await items.take_evidence(tx, one.evidence):
            shown.append(
                queries.Shown(
                    len(shown) + 1, one.criterion, piece.kind, piece.text, piece.file_name,
                    piece.blob_id, piece.resource_id,
                )
            )  # fmt: skip
    await queries.write_observations(tx, visit_id, wish.observations, shown)
    await queries.move(tx, visit_id)
    return await _done(tx, visit_id, "visit.observed", models.RECORD)


async def find(tx: Tx, visit_id: UUID, wish: FindingWish) -> Visit:
    """Something to be put right: a finding and its ledger item, both or neither.

    Raises WrongState, BadVisit, BadItem.
    """
    row = await _look_up(tx, visit_id, models.RECORD, hold=True)
    VISIT.step(row.status, "report")
    of = await plans.look_up(tx, row.round_id)
    rules.check_criterion(of.rubric, wish.criterion)
    text = ItemText(wish.title, wish.detail, wish.category, wish.due_on)
    item_id = await items.open_for(tx, of.ledger_id, row.school_id, visit_id, text)
    await queries.insert_finding(tx, visit_id, wish.criterion, item_id)
    await queries.move(tx, visit_id)
    return await _done(tx, visit_id, "visit.found", models.RECORD, item_id=str(item_id))


async def report(tx: Tx, visit_id: UUID, wish: ReportWish) -> Visit:
    """The team reports; the school sees what was seen from now on. Raises WrongState, BadVisit."""
    row = await _look_up(tx, visit_id, models.RECORD, hold=True)
    status = VISIT.step(row.status, "report")
    of = await plans.look_up(tx, row.round_id)
    rules.check_complete(of.rubric, await queries.list_observations(tx, visit_id))
    await queries.report(tx, visit_id, status, wish.summary)
    return await _done(tx, visit_id, "visit.reported", models.RECORD)


async def reply(tx: Tx, visit_id: UUID, wish: ReplyWish) -> Visit:
    """The school replies to the report. Raises WrongState."""
    row = await _look_up(tx, visit_id, models.REPLY, hold=True)
    await queries.reply(tx, visit_id, VISIT.step(row.status, "reply"), wish.reply)
    return await _done(tx, visit_id, "visit.replied", models.REPLY)


async def cancel(tx: Tx, visit_id: UUID, wish: CancelWish) -> Visit:
    """There is no visit, with the reason; the school waits for another. Raises WrongState."""
    row = await _look_up(tx, visit_id, models.RUN, hold=True)
    await queries.cancel(tx, visit_id, VISIT.step(row.status, "cancel"), wish.because)
    return await _done(tx, visit_id, "visit.cancelled", models.RUN)


async def evidence_file(tx: Tx, visit_id: UUID, place: int) -> StoredFile:
    """A file of the evidence, for who sees what was seen. Raises NotFound."""
    row = await _look_up(tx, visit_id, models.READ)
    found = await queries.get_file(tx, visit_id, place)
    if found is None or not _sees_all(tx, row):
        raise NotFound
    await journal.enter(tx, models.READ, f"visit/{visit_id}", "done", {"evidence": place})
    return found


async def _look_up(tx: Tx, visit_id: UUID, act: str, *, hold: bool = False) -> VisitRow:
    thing = f"visit/{visit_id}"
    row = require_found(await queries.get_visit(tx, visit_id, hold=hold), thing, act)
    require(tx, act, row.relations, thing=thing, see=models.READ, owner=row.school_name)
    return row


async def _done(tx: Tx, visit_id: UUID, event: str, act: str, **data: object) -> Visit:
    row = await queries.get_visit(tx, visit_id)
    assert row is not None  # held by this transaction
    seen = await _whole(tx, row)
    await journal.record(
        tx,
        event,
        act=act,
        thing=f"visit/{visit_id}",
        owner_school_id=row.school_id,
        school_ids=[row.school_id],
        version=row.version,
        data={"round_id": row.round_id, "status": row.status, **data},
    )
    return seen


def _sees_all(tx: Tx, row: VisitRow) -> bool:
    """Before the report only the team and who reads every visit know what was seen."""
    return row.status in TOLD or may(tx, models.READ) or may(tx, models.RECORD, row.relations)


async def _whole(tx: Tx, row: VisitRow) -> Visit:
    told = _sees_all(tx, row)
    seen = await queries.list_observations(tx, row.id) if told else []
    evidence = await queries.list_evidence(tx, row.id) if told else []
    of = await plans.look_up(tx, row.round_id)
    facts = msgspec.structs.asdict(row)
    del facts["relations"], facts["created_at"]
    return Visit(
        **facts,
        unclosed=await queries.list_unclosed(tx, row.school_id, row.id),
        inspector_ids=await queries.list_inspectors(tx, row.id),
        observations=[
            Observation(
                **msgspec.structs.asdict(one),
                evidence=[_piece(row.id, e) for e in evidence if e.criterion == one.criterion],
            )
            for one in seen
        ],
        points=sum(one.points for one in seen),
        points_max=sum(one.points_max for one in of.rubric),
        findings=await queries.list_findings(tx, row.id),
        actions=_actions(tx, row),
    )


def _piece(visit_id: UUID, row: models.EvidenceRow) -> EvidenceView:
    link = None
    if row.kind is EvidenceKind.UPLOAD:
        link = f"/v1/visits/{visit_id}/evidence/{row.place}"
    elif row.kind is EvidenceKind.RESOURCE:
        link = f"/v1/resources/{row.resource_id}"
    return EvidenceView(row.kind, row.text, row.file_name, link)


def _actions(tx: Tx, row: VisitRow) -> list[str]:
    verbs = VISIT.actions(row.status, lambda act: may(tx, act, row.relations))
    return [*verbs, "observe", "find"] if "report" in verbs else verbs
