"""SQL of initiatives, measures, time nodes and remarks."""

from collections.abc import Sequence
from uuid import UUID

import msgspec

from schoolgroup.access.decisions import with_rights
from schoolgroup.kernel.db import Tx, execute, fetch_all, fetch_one, fetch_value
from schoolgroup.kernel.ids import new_id
from schoolgroup.kernel.paging import PageRequest
from schoolgroup.management.initiatives.models import (
    InitiativeRow,
    InitiativeStatus,
    InitiativeWish,
    MeasureRow,
    MeasureStatus,
    MeasureWish,
    NodeRow,
    NodeWish,
    ProgressRow,
    Remark,
)

INSERT_INITIATIVE = """
INSERT INTO initiative (group_id, id, title, summary, status, from_on, until_on,
                        created_by_person_id, created_at, updated_at)
VALUES ($1, $2, $3, $4, 'planned', $5, $6, $7, $8, $8)
"""
_INITIATIVE = """
SELECT n.id, n.title, n.summary, n.status, n.status_because, n.from_on, n.until_on, n.version,
       n.created_at, /*relations:initiative:n*/ AS relations
  FROM initiative n"""
GET_INITIATIVE = f"{_INITIATIVE} WHERE n.group_id = $1 AND n.id = $2"
LOCK_INITIATIVE = f"{_INITIATIVE} WHERE n.group_id = $1 AND n.id = $2 FOR UPDATE OF n"
LIST_INITIATIVES = f"""{_INITIATIVE}
 WHERE n.group_id = $1 AND ($2::uuid IS NULL OR n.id < $2)
   AND /*visible:initiative:read@initiative:n*/
 ORDER BY n.id DESC LIMIT $3
"""
CHANGE_INITIATIVE = """
UPDATE initiative SET title = $3, summary = $4, from_on = $5, until_on = $6, updated_at = $7,
       version = version + 1
 WHERE group_id = $1 AND id = $2
"""
STEP_INITIATIVE = """
UPDATE initiative SET status = $3, status_because = $4, updated_at = $5, version = version + 1
 WHERE group_id = $1 AND id = $2
"""
# Numbers are given under the initiative's lock.
INSERT_MEASURE = """
INSERT INTO measure (group_id, id, initiative_id, no, title, detail, offices, person_id, status,
                     created_at, updated_at)
SELECT $1, $2, $3, (SELECT coalesce(max(m.no), 0) + 1 FROM measure m
                     WHERE m.group_id = $1 AND m.initiative_id = $3), $4, $5, $6, $7, 'planned',
       $8, $8
"""
_MEASURE = """
SELECT m.id, m.initiative_id, m.no, m.title, m.detail, m.offices, m.person_id, m.status,
       m.status_because, m.version, m.created_at, /*relations:measure:m*/ AS relations
  FROM measure m"""
GET_MEASURE = f"{_MEASURE} WHERE m.group_id = $1 AND m.id = $2"
LOCK_MEASURE = f"{_MEASURE} WHERE m.group_id = $1 AND m.id = $2 FOR UPDATE OF m"
LIST_MEASURES = f"""{_MEASURE}
 WHERE m.group_id = $1 AND m.initiative_id = ANY ($2::uuid[])
 ORDER BY m.initiative_id, m.no
"""
CHANGE_MEASURE = """
UPDATE measure SET title = $3, detail = $4, offices = $5, person_id = $6, updated_at = $7,
       version = version + 1
 WHERE group_id = $1 AND id = $2
"""
STEP_MEASURE = """
UPDATE measure SET status = $3, status_because = $4, updated_at = $5, version = version + 1
 WHERE group_id = $1 AND id = $2
"""
MOVE_MEASURE = """
UPDATE measure SET updated_at = $3, version = version + 1 WHERE group_id = $1 AND id = $2
"""
DELETE_NODES = """
DELETE FROM measure_node WHERE group_id = $1 AND measure_id = $2 AND reached_at IS NULL
"""
INSERT_NODES = """
INSERT INTO measure_node (group_id, measure_id, no, title, due_on)
SELECT $1, $2, n.no + coalesce((SELECT max(o.no) FROM measure_node o
                                 WHERE o.group_id = $1 AND o.measure_id = $2), 0),
       n.title, n.due_on
  FROM ROWS FROM (jsonb_to_recordset($3::jsonb) AS (title text, due_on date)) WITH ORDINALITY
    AS n (title, due_on, no)
"""
LIST_NODES = """
SELECT measure_id, no, title, due_on, reached_at, reached_by_person_id, note,
       reached_at IS NULL AND due_on < (SELECT app.today()) AS overdue
  FROM measure_node
 WHERE group_id = $1 AND measure_id = ANY ($2::uuid[])
 ORDER BY measure_id, due_on, no
"""
REACH_NODE = """
UPDATE measure_node SET reached_at = $4, reached_by_person_id = $5, note = $6
 WHERE group_id = $1 AND measure_id = $2 AND no = $3
"""
DELETE_CALLS = "DELETE FROM measure_call WHERE group_id = $1 AND measure_id = $2"
INSERT_CALLS = """
INSERT INTO measure_call (group_id, measure_id, call_id) SELECT $1, $2, unnest($3::uuid[])
"""
LIST_CALLS = """
SELECT measure_id, call_id FROM measure_call
 WHERE group_id = $1 AND measure_id = ANY ($2::uuid[]) ORDER BY measure_id, call_id
"""
FIND_CALLS = "SELECT id AS call_id FROM return_call WHERE group_id = $1 AND id = ANY ($2::uuid[])"
IS_AT_OFFICE = """
SELECT EXISTS (SELECT FROM appointment a
                WHERE a.group_id = $1 AND a.person_id = $2 AND a.school_id IS NULL
                  AND a.from_on <= (SELECT app.today())
                  AND (a.until_on IS NULL OR (SELECT app.today()) < a.until_on))
"""
PROGRESS = """
SELECT measure_id, nodes, nodes_reached, nodes_overdue, next_due_on, items_total, items_closed,
       items_counted, items_overdue, returns_expected, returns_answered
  FROM app.measure_progress($1, $2)
"""
INSERT_REMARK = """
INSERT INTO measure_remark (group_id, id, measure_id, person_id, school_id, text, at)
VALUES ($1, $2, $3, $4, $5, $6, $7)
"""
LIST_REMARKS = """
SELECT id, person_id, school_id, text, at FROM measure_remark
 WHERE group_id = $1 AND measure_id = $2 AND ($3::uuid IS NULL OR id > $3)
 ORDER BY id LIMIT $4
"""


class _Node(NodeRow, frozen=True, kw_only=True):
    measure_id: UUID


class _Call(msgspec.Struct, frozen=True):
    call_id: UUID
    measure_id: UUID | None = None


async def insert_initiative(tx: Tx, initiative_id: UUID, wish: InitiativeWish) -> None:
    """A planned initiative."""
    await execute(
        tx, INSERT_INITIATIVE, tx.group_id, initiative_id, wish.title, wish.summary, wish.from_on,
        wish.until_on, tx.actor.person_id, tx.now,
    )  # fmt: skip


async def get_initiative(
    tx: Tx, initiative_id: UUID, *, hold: bool = False
) -> InitiativeRow | None:
    """An initiative, held until commit if asked."""
    sql = with_rights(tx, LOCK_INITIATIVE if hold else GET_INITIATIVE)
    return await fetch_one(tx, InitiativeRow, sql, tx.group_id, initiative_id)


async def list_initiatives(tx: Tx, page: PageRequest) -> list[InitiativeRow]:
    """The group's initiatives, the newest first."""
    after = UUID(page.after[0]) if page.after else None
    sql = with_rights(tx, LIST_INITIATIVES)
    return await fetch_all(tx, InitiativeRow, sql, tx.group_id, after, page.limit)


async def change_initiative(tx: Tx, initiative_id: UUID, wish: InitiativeWish) -> None:
    """All of it anew."""
    await execute(
        tx, CHANGE_INITIATIVE, tx.group_id, initiative_id, wish.title, wish.summary, wish.from_on,
        wish.until_on, tx.now,
    )  # fmt: skip


async def step_initiative(
    tx: Tx, initiative_id: UUID, status: InitiativeStatus, because: str
) -> None:
    """Another state."""
    await execute(tx, STEP_INITIATIVE, tx.group_id, initiative_id, status, because, tx.now)


async def insert_measure(tx: Tx, measure_id: UUID, initiative_id: UUID, wish: MeasureWish) -> None:
    """A planned measure with the initiative's next number."""
    await execute(
        tx, INSERT_MEASURE, tx.group_id, measure_id, initiative_id, wish.title, wish.detail,
        wish.offices, wish.person_id, tx.now,
    )  # fmt: skip


async def get_measure(tx: Tx, measure_id: UUID, *, hold: bool = False) -> MeasureRow | None:
    """A measure, held until commit if asked."""
    sql = with_rights(tx, LOCK_MEASURE if hold else GET_MEASURE)
    return await fetch_one(tx, MeasureRow, sql, tx.group_id, measure_id)


async def list_measures(tx: Tx, initiative_ids: Sequence[UUID]) -> list[MeasureRow]:
    """The measures of initiatives by their numbers."""
    sql = with_rights(tx, LIST_MEASURES)
    return await fetch_all(tx, MeasureRow, sql, tx.group_id, list(initiative_ids))


async def change_measure(
    tx: Tx,
    measure_id: UUID,
    *,
    title: str,
    detail: str,
    offices: Sequence[str],
    person_id: UUID | None,
) -> None:
    """What a measure is and who answers for it."""
    await execute(
        tx, CHANGE_MEASURE, tx.group_id, measure_id, title, detail, list(offices), person_id, tx.now
    )


async def step_measure(tx: Tx, measure_id: UUID, status: MeasureStatus, because: str) -> None:
    """Another state."""
    await execute(tx, STEP_MEASURE, tx.group_id, measure_id, status, because, tx.now)


async def move_measure(tx: Tx, measure_id: UUID) -> None:
    """Something of the measure has changed: its version moves."""
    await execute(tx, MOVE_MEASURE, tx.group_id, measure_id, tx.now)


async def write_nodes(tx: Tx, measure_id: UUID, nodes: Sequence[NodeWish]) -> None:
    """These instead of the nodes not yet reached."""
    await execute(tx, DELETE_NODES, tx.group_id, measure_id)
    await execute(tx, INSERT_NODES, tx.group_id, measure_id, list(nodes))


async def list_nodes(tx: Tx, measure_ids: Sequence[UUID]) -> dict[UUID, list[NodeRow]]:
    """The time nodes of measures by their days."""
    found: dict[UUID, list[NodeRow]] = {one: [] for one in measure_ids}
    for row in await fetch_all(tx, _Node, LIST_NODES, tx.group_id, list(measure_ids)):
        fields = msgspec.structs.asdict(row)
        del fields["measure_id"]
        found[row.measure_id].append(NodeRow(**fields))
    return found


async def reach_node(tx: Tx, measure_id: UUID, no: int, note: str) -> None:
    """A time node is reached now."""
    await execute(tx, REACH_NODE, tx.group_id, measure_id, no, tx.now, tx.actor.person_id, note)


async def write_calls(tx: Tx, measure_id: UUID, call_ids: Sequence[UUID]) -> None:
    """The measure is followed by these calls."""
    await execute(tx, DELETE_CALLS, tx.group_id, measure_id)
    await execute(tx, INSERT_CALLS, tx.group_id, measure_id, list(call_ids))


async def list_calls(tx: Tx, measure_ids: Sequence[UUID]) -> dict[UUID, list[UUID]]:
    """The calls each measure is followed by."""
    found: dict[UUID, list[UUID]] = {one: [] for one in measure_ids}
    for row in await fetch_all(tx, _Call, LIST_CALLS, tx.group_id, list(measure_ids)):
        if row.measure_id is not None:
            found[row.measure_id].append(row.call_id)
    return found


async def find_calls(tx: Tx, call_ids: Sequence[UUID]) -> set[UUID]:
    """Those of the calls that are there."""
    rows = await fetch_all(tx, _Call, FIND_CALLS, tx.group_id, list(call_ids))
    return {row.call_id for row in rows}


async def is_at_office(tx: Tx, person_id: UUID) -> bool:
    """Whether a person is appointed at the group office today."""
    return bool(await fetch_value(tx, IS_AT_OFFICE, tx.group_id, person_id))


async def list_progress(
    tx: Tx, initiative_id: UUID | None, measure_id: UUID | None = None
) -> dict[UUID, ProgressRow]:
    """How far measures are: of an initiative, of one measure, or all."""
    rows = await fetch_all(tx, ProgressRow, PROGRESS, initiative_id, measure_id)
    return {row.measure_id: row for row in rows}


async def insert_remark(tx: Tx, measure_id: UUID, text: str) -> Remark:
    """A remark of the caller's."""
    assert tx.actor.person_id is not None  # asked by the service
    remark = Remark(new_id(), tx.actor.person_id, tx.actor.school_id, text, tx.now)
    await execute(
        tx, INSERT_REMARK, tx.group_id, remark.id, measure_id, remark.person_id, remark.school_id,
        text, tx.now,
    )  # fmt: skip
    return remark


async def list_remarks(tx: Tx, measure_id: UUID, page: PageRequest) -> list[Remark]:
    """The remarks on a measure, the oldest first."""
    after = UUID(page.after[0]) if page.after else None
    return await fetch_all(tx, Remark, LIST_REMARKS, tx.group_id, measure_id, after, page.limit)
