"""Initiatives and measures: written by the office, known to all, their progress counted."""

from collections.abc import Callable, Sequence
from uuid import UUID

import msgspec
from msgspec import UNSET

from schoolgroup.access.decisions import may, require, require_found
from schoolgroup.kernel import journal
from schoolgroup.kernel.db import Tx
from schoolgroup.kernel.errors import Forbidden, NotFound
from schoolgroup.kernel.http import check_version
from schoolgroup.kernel.ids import new_id
from schoolgroup.kernel.paging import PageRequest
from schoolgroup.kernel.texts import Text
from schoolgroup.management.initiatives import models, queries, rules
from schoolgroup.management.initiatives.models import (
    INITIATIVE,
    MEASURE,
    Initiative,
    InitiativeRow,
    InitiativeWish,
    Measure,
    MeasureChange,
    MeasureRow,
    MeasureWish,
    ProgressRow,
    ReachedWish,
    Remark,
    RemarkWish,
    StepWish,
)


class OnlyPersons(Forbidden):
    """A connected system says nothing of its own."""

    code = "only_persons_speak"
    title = Text("Only a person can say this", "仅限个人操作")
    remedy = Text("Sign in as a person.", "请以个人身份登录。")


async def make_initiative(tx: Tx, wish: InitiativeWish) -> Initiative:
    """A planned initiative. Raises BadInitiative."""
    require(tx, models.MANAGE, thing="initiative/new")
    rules.check_initiative(wish)
    initiative_id = new_id()
    await queries.insert_initiative(tx, initiative_id, wish)
    await _record(tx, "initiative.made", models.MANAGE, f"initiative/{initiative_id}", 1)
    return await get_initiative(tx, initiative_id)


async def get_initiative(tx: Tx, initiative_id: UUID) -> Initiative:
    """An initiative with how far it is. Raises NotFound."""
    row = await _initiative(tx, initiative_id, models.READ)
    return (await _shown(tx, [row]))[0]


async def list_initiatives(tx: Tx, page: PageRequest) -> list[Initiative]:
    """The group's initiatives, the newest first."""
    return await _shown(tx, await queries.list_initiatives(tx, page))


async def change_initiative(
    tx: Tx, initiative_id: UUID, wish: InitiativeWish, version: int
) -> Initiative:
    """All of it anew. Raises StaleVersion, BadInitiative."""
    row = await _initiative(tx, initiative_id, models.MANAGE, hold=True)
    check_version(version, row.version)
    rules.check_initiative(wish)
    await queries.change_initiative(tx, initiative_id, wish)
    thing = f"initiative/{initiative_id}"
    await _record(tx, "initiative.changed", models.MANAGE, thing, version + 1)
    return await get_initiative(tx, initiative_id)


async def step_initiative(tx: Tx, initiative_id: UUID, wish: StepWish) -> Initiative:
    """Start, finish, drop or resume it. Raises WrongState, BadInitiative without a reason."""
    row = await _initiative(tx, initiative_id, models.MANAGE, hold=True)
    status = INITIATIVE.step(row.status, wish.verb)
    rules.check_step(wish)
    await queries.step_initiative(tx, initiative_id, status, wish.because)
    thing, event = f"initiative/{initiative_id}", f"initiative.{status}"
    await _record(tx, event, models.MANAGE, thing, row.version + 1)
    return await get_initiative(tx, initiative_id)


async def add_measure(tx: Tx, initiative_id: UUID, wish: MeasureWish) -> Measure:
    """A measure with the next number. Raises BadInitiative."""
    await _initiative(tx, initiative_id, models.MANAGE, hold=True)
    await _check_named(tx, wish.call_ids, wish.person_id)
    measure_id = new_id()
    await queries.insert_measure(tx, measure_id, initiative_id, wish)
    await queries.write_nodes(tx, measure_id, wish.nodes)
    await queries.write_calls(tx, measure_id, wish.call_ids)
    await _record(tx, "measure.added", models.MANAGE, f"measure/{measure_id}", 1)
    return await get_measure(tx, measure_id)


async def get_measure(tx: Tx, measure_id: UUID) -> Measure:
    """A measure with its nodes and how far it is. Raises NotFound."""
    row = await _measure(tx, measure_id, models.READ)
    return (await _measures(tx, [row], await queries.list_progress(tx, None, measure_id)))[0]


async def list_measures(tx: Tx, initiative_id: UUID) -> list[Measure]:
    """The measures of an initiative by their numbers. Raises NotFound."""
    await _initiative(tx, initiative_id, models.READ)
    rows = await queries.list_measures(tx, [initiative_id])
    return await _measures(tx, rows, await queries.list_progress(tx, initiative_id))


async def change_measure(tx: Tx, measure_id: UUID, change: MeasureChange, version: int) -> Measure:
    """What is given changes. Raises StaleVersion, BadInitiative."""
    row = await _measure(tx, measure_id, models.MANAGE, hold=True)
    check_version(version, row.version)
    given = {k: v for k, v in msgspec.structs.asdict(change).items() if v is not UNSET}
    calls = change.call_ids if change.call_ids is not UNSET else []
    person = change.person_id if change.person_id is not UNSET else None
    await _check_named(tx, calls, person)
    new = msgspec.structs.replace(
        row, **{k: v for k, v in given.items() if k not in ("nodes", "call_ids")}
    )
    await queries.change_measure(
        tx, measure_id, title=new.title, detail=new.detail, offices=new.offices,
        person_id=new.person_id,
    )  # fmt: skip
    if change.nodes is not UNSET:
        await queries.write_nodes(tx, measure_id, change.nodes)
    if change.call_ids is not UNSET:
        await queries.write_calls(tx, measure_id, change.call_ids)
    await _record(tx, "measure.changed", models.MANAGE, f"measure/{measure_id}", version + 1)
    return await get_measure(tx, measure_id)


async def step_measure(tx: Tx, measure_id: UUID, wish: StepWish) -> Measure:
    """Start, finish, drop or resume it. Raises WrongState, BadInitiative without a reason."""
    act = MEASURE.transitions[wish.verb].act
    row = await _measure(tx, measure_id, act, hold=True)
    status = MEASURE.step(row.status, wish.verb)
    rules.check_step(wish)
    await queries.step_measure(tx, measure_id, status, wish.because)
    await _record(tx, f"measure.{status}", act, f"measure/{measure_id}", row.version + 1)
    return await get_measure(tx, measure_id)


async def reach_node(tx: Tx, measure_id: UUID, no: int, wish: ReachedWish) -> Measure:
    """A time node is reached. Raises NotFound, NodeReached."""
    row = await _measure(tx, measure_id, models.ADVANCE, hold=True)
    if tx.actor.person_id is None:
        raise OnlyPersons
    nodes = {node.no: node for node in (await queries.list_nodes(tx, [measure_id]))[measure_id]}
    if no not in nodes:
        raise NotFound
    if nodes[no].reached_at is not None:
        raise rules.NodeReached
    await queries.reach_node(tx, measure_id, no, wish.note)
    await queries.move_measure(tx, measure_id)
    thing = f"measure/{measure_id}"
    await _record(tx, "measure.node_reached", models.ADVANCE, thing, row.version + 1, no=no)
    return await get_measure(tx, measure_id)


async def remark(tx: Tx, measure_id: UUID, wish: RemarkWish) -> Remark:
    """Say something about a measure; it stays as it was said. Raises OnlyPersons."""
    row = await _measure(tx, measure_id, models.REMARK)
    if tx.actor.person_id is None:
        raise OnlyPersons
    made = await queries.insert_remark(tx, measure_id, wish.text)
    thing = f"measure/{measure_id}"
    await _record(tx, "measure.remarked", models.REMARK, thing, row.version, remark_id=str(made.id))
    return made


async def list_remarks(tx: Tx, measure_id: UUID, page: PageRequest) -> list[Remark]:
    """The remarks on a measure, the oldest first. Raises NotFound."""
    await _measure(tx, measure_id, models.READ)
    return await queries.list_remarks(tx, measure_id, page)


async def _initiative(
    tx: Tx, initiative_id: UUID, act: str, *, hold: bool = False
) -> InitiativeRow:
    thing = f"initiative/{initiative_id}"
    found = await queries.get_initiative(tx, initiative_id, hold=hold)
    row = require_found(found, thing, act)
    require(tx, act, row.relations, thing=thing, see=models.READ)
    return row


async def _measure(tx: Tx, measure_id: UUID, act: str, *, hold: bool = False) -> MeasureRow:
    thing = f"measure/{measure_id}"
    row = require_found(await queries.get_measure(tx, measure_id, hold=hold), thing, act)
    require(tx, act, row.relations, thing=thing, see=models.READ)
    return row


async def _check_named(tx: Tx, call_ids: Sequence[UUID], person_id: UUID | None) -> None:
    there = person_id is None or await queries.is_at_office(tx, person_id)
    rules.check_named(call_ids, await queries.find_calls(tx, call_ids), there)


async def _record(tx: Tx, event: str, act: str, thing: str, version: int, **data: object) -> None:
    await journal.record(tx, event, act=act, thing=thing, version=version, data=data)


def _asked(tx: Tx, relations: int) -> Callable[[str], bool]:
    return lambda act: may(tx, act, relations)


async def _shown(tx: Tx, rows: Sequence[InitiativeRow]) -> list[Initiative]:
    measures = await queries.list_measures(tx, [row.id for row in rows])
    one = rows[0].id if len(rows) == 1 else None
    progress = await queries.list_progress(tx, one) if rows else {}
    shown = []
    for row in rows:
        mine = [m for m in measures if m.initiative_id == row.id]
        verbs = INITIATIVE.actions(row.status, _asked(tx, row.relations))
        if may(tx, models.MANAGE, row.relations):
            verbs += ["change", "add_measure"]
        shown.append(
            Initiative(
                id=row.id, title=row.title, summary=row.summary, status=row.status,
                status_because=row.status_because, from_on=row.from_on, until_on=row.until_on,
                totals=rules.totals(mine, [progress[m.id] for m in mine]),
                created_at=row.created_at, version=row.version, actions=verbs,
            )
        )  # fmt: skip
    return shown


async def _measures(
    tx: Tx, rows: Sequence[MeasureRow], progress: dict[UUID, ProgressRow]
) -> list[Measure]:
    ids = [row.id for row in rows]
    nodes, calls = await queries.list_nodes(tx, ids), await queries.list_calls(tx, ids)
    shown = []
    for row in rows:
        verbs = MEASURE.actions(row.status, _asked(tx, row.relations))
        for verb, act in (
            ("change", models.MANAGE), ("reach_node", models.ADVANCE), ("remark", models.REMARK),
        ):  # fmt: skip
            verbs += [verb] if may(tx, act, row.relations) else []
        shown.append(
            Measure(
                id=row.id, initiative_id=row.initiative_id, no=row.no, title=row.title,
                detail=row.detail, offices=row.offices, person_id=row.person_id, status=row.status,
                status_because=row.status_because, nodes=nodes[row.id], call_ids=calls[row.id],
                progress=rules.progress(progress[row.id]), created_at=row.created_at,
                version=row.version, actions=verbs,
            )
        )  # fmt: skip
    return shown
