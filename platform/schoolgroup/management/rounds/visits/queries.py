"""SQL of visits, what was seen on them, and what was found."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

import msgspec

from schoolgroup.access.decisions import with_rights
from schoolgroup.kernel.db import Tx, execute, fetch_all, fetch_one
from schoolgroup.kernel.paging import PageRequest
from schoolgroup.kernel.storage import StoredFile
from schoolgroup.management.rounds.visits.models import (
    EvidenceRow,
    Finding,
    ObservationRow,
    ObservationWish,
    VisitFilter,
    VisitRow,
    VisitStatus,
)

_VISIT = """
SELECT v.id, v.round_id, r.no AS round_no, v.team_id, t.name AS team_name, v.school_id,
       h.name AS school_name, v.kind, v.draw_id, v.planned_on, v.moved_from_on, v.moved_at,
       v.moved_because, v.moved_by_school, v.status, v.carried_out_on, v.summary,
       v.reported_at, v.reply, v.replied_at, v.cancelled_because, v.version, v.created_at,
       /*relations:visit:v*/ AS relations
  FROM inspection_visit v
  JOIN inspection_round r ON r.group_id = v.group_id AND r.id = v.round_id
  JOIN round_team t ON t.group_id = v.group_id AND t.id = v.team_id
  JOIN school h ON h.group_id = v.group_id AND h.id = v.school_id"""
GET_VISIT = f"{_VISIT} WHERE v.group_id = $1 AND v.id = $2"
LOCK_VISIT = f"{_VISIT} WHERE v.group_id = $1 AND v.id = $2 FOR UPDATE OF v"
LIST_VISITS = f"""{_VISIT}
 WHERE v.group_id = $1 AND ($2::uuid IS NULL OR v.round_id = $2)
   AND ($3::uuid IS NULL OR v.school_id = $3) AND ($4::text IS NULL OR v.status = $4)
   AND ($5::uuid IS NULL OR v.id < $5) AND /*visible:visit:read@visit:v*/
 ORDER BY v.id DESC LIMIT $6
"""
CONFIRM = """
UPDATE inspection_visit SET status = $3, updated_at = $4, version = version + 1
 WHERE group_id = $1 AND id = $2
"""
MOVE_DAY = """
UPDATE inspection_visit
   SET status = $3, planned_on = $4, moved_from_on = planned_on, moved_at = $5, moved_because = $6,
       moved_by_school = $7, updated_at = $5, version = version + 1
 WHERE group_id = $1 AND id = $2
"""
CARRY_OUT = """
UPDATE inspection_visit SET status = $3, carried_out_on = $4, updated_at = $5,
       version = version + 1
 WHERE group_id = $1 AND id = $2
"""
CANCEL = """
UPDATE inspection_visit SET status = $3, cancelled_because = $4, updated_at = $5,
       version = version + 1
 WHERE group_id = $1 AND id = $2
"""
REPORT = """
UPDATE inspection_visit SET status = $3, summary = $4, reported_at = $5, updated_at = $5,
       version = version + 1
 WHERE group_id = $1 AND id = $2
"""
REPLY = """
UPDATE inspection_visit SET status = $3, reply = $4, replied_at = $5, updated_at = $5,
       version = version + 1
 WHERE group_id = $1 AND id = $2
"""
MOVE = """
UPDATE inspection_visit SET updated_at = $3, version = version + 1 WHERE group_id = $1 AND id = $2
"""
LIST_INSPECTORS = """
SELECT person_id FROM visit_inspector WHERE group_id = $1 AND visit_id = $2 ORDER BY person_id
"""
WRITE_OBSERVATIONS = """
INSERT INTO visit_observation (group_id, visit_id, criterion, points, note, person_id, observed_at)
SELECT $1, $2, n.criterion, n.points, n.note, $4, $5
  FROM jsonb_to_recordset($3::jsonb) AS n (criterion text, points int, note text)
ON CONFLICT (group_id, visit_id, criterion) DO UPDATE
   SET points = excluded.points, note = excluded.note, person_id = excluded.person_id,
       observed_at = excluded.observed_at
"""
DELETE_EVIDENCE = """
DELETE FROM visit_evidence WHERE group_id = $1 AND visit_id = $2 AND criterion = ANY ($3::text[])
"""
INSERT_EVIDENCE = """
INSERT INTO visit_evidence (group_id, visit_id, place, criterion, kind, text, file_name, blob_id,
                            resource_id)
SELECT $1, $2, n.place + coalesce((SELECT max(e.place) FROM visit_evidence e
                                    WHERE e.group_id = $1 AND e.visit_id = $2), 0),
       n.criterion, n.kind, n.text, n.file_name, n.blob_id, n.resource_id
  FROM jsonb_to_recordset($3::jsonb)
    AS n (place int, criterion text, kind text, text text, file_name text, blob_id uuid,
          resource_id uuid)
"""
LIST_OBSERVATIONS = """
SELECT criterion, points, note, person_id, observed_at FROM visit_observation
 WHERE group_id = $1 AND visit_id = $2 ORDER BY criterion
"""
LIST_EVIDENCE = """
SELECT place, criterion, kind, text, file_name, blob_id, resource_id FROM visit_evidence
 WHERE group_id = $1 AND visit_id = $2 ORDER BY place
"""
GET_FILE = """
SELECT e.file_name, b.object_key, b.media_type
  FROM visit_evidence e
  JOIN blob b ON b.group_id = e.group_id AND b.id = e.blob_id
 WHERE e.group_id = $1 AND e.visit_id = $2 AND e.place = $3
"""
INSERT_FINDING = """
INSERT INTO visit_finding (group_id, visit_id, no, criterion, item_id, found_by_person_id, found_at)
SELECT $1, $2, (SELECT coalesce(max(f.no), 0) + 1 FROM visit_finding f
                 WHERE f.group_id = $1 AND f.visit_id = $2), $3, $4, $5, $6
"""
_FINDING = """
SELECT f.item_id, r.no AS round_no, f.visit_id, f.criterion, i.title, i.detail, i.category,
       i.due_on, i.status,
       i.status IN ('open', 'reported') AND i.due_on < (SELECT app.today()) AS overdue, f.found_at
  FROM visit_finding f
  JOIN inspection_visit v ON v.group_id = f.group_id AND v.id = f.visit_id
  JOIN inspection_round r ON r.group_id = v.group_id AND r.id = v.round_id
  JOIN ledger_item i ON i.group_id = f.group_id AND i.id = f.item_id"""
LIST_FINDINGS = f"{_FINDING} WHERE f.group_id = $1 AND f.visit_id = $2 ORDER BY f.no"
# What other visits found at a school and is not closed: the longest overdue first.
LIST_UNCLOSED = f"""{_FINDING}
 WHERE f.group_id = $1 AND v.school_id = $2 AND f.visit_id <> $3
   AND i.status IN ('open', 'reported')
 ORDER BY i.due_on, f.found_at LIMIT 200
"""


class Shown(msgspec.Struct, frozen=True):
    """A piece of evidence as it is written."""

    place: int
    criterion: str
    kind: str
    text: str
    file_name: str | None
    blob_id: UUID | None
    resource_id: UUID | None


class _Person(msgspec.Struct, frozen=True):
    person_id: UUID


async def get_visit(tx: Tx, visit_id: UUID, *, hold: bool = False) -> VisitRow | None:
    """A visit, held until commit if asked."""
    sql = with_rights(tx, LOCK_VISIT if hold else GET_VISIT)
    return await fetch_one(tx, VisitRow, sql, tx.group_id, visit_id)


async def list_visits(tx: Tx, wanted: VisitFilter, page: PageRequest) -> list[VisitRow]:
    """The visits the caller may read, the newest first."""
    after = UUID(page.after[0]) if page.after else None
    return await fetch_all(
        tx, VisitRow, with_rights(tx, LIST_VISITS), tx.group_id, wanted.round_id, wanted.school_id,
        wanted.status, after, page.limit,
    )  # fmt: skip


async def confirm(tx: Tx, visit_id: UUID, status: VisitStatus) -> None:
    """The school knows the day."""
    await execute(tx, CONFIRM, tx.group_id, visit_id, status, tx.now)


async def move_day(
    tx: Tx, visit_id: UUID, status: VisitStatus, on: date, because: str, *, by_school: bool
) -> None:
    """Another day; the one before is kept."""
    await execute(tx, MOVE_DAY, tx.group_id, visit_id, status, on, tx.now, because, by_school)


async def carry_out(tx: Tx, visit_id: UUID, status: VisitStatus, on: date) -> None:
    """The team was there."""
    await execute(tx, CARRY_OUT, tx.group_id, visit_id, status, on, tx.now)


async def cancel(tx: Tx, visit_id: UUID, status: VisitStatus, because: str) -> None:
    """There is no visit."""
    await execute(tx, CANCEL, tx.group_id, visit_id, status, because, tx.now)


async def report(tx: Tx, visit_id: UUID, status: VisitStatus, summary: str) -> None:
    """The team has reported."""
    await execute(tx, REPORT, tx.group_id, visit_id, status, summary, tx.now)


async def reply(tx: Tx, visit_id: UUID, status: VisitStatus, text: str) -> None:
    """The school has replied."""
    await execute(tx, REPLY, tx.group_id, visit_id, status, text, tx.now)


async def move(tx: Tx, visit_id: UUID) -> None:
    """Something of the visit has changed: its version moves."""
    await execute(tx, MOVE, tx.group_id, visit_id, tx.now)


async def list_inspectors(tx: Tx, visit_id: UUID) -> list[UUID]:
    """Who goes on a visit."""
    rows = await fetch_all(tx, _Person, LIST_INSPECTORS, tx.group_id, visit_id)
    return [row.person_id for row in rows]


async def write_observations(
    tx: Tx, visit_id: UUID, wishes: Sequence[ObservationWish], evidence: Sequence[Shown]
) -> None:
    """What was seen of these criteria, with their evidence instead of that before."""
    rows = [{"criterion": w.criterion, "points": w.points, "note": w.note} for w in wishes]
    await execute(tx, WRITE_OBSERVATIONS, tx.group_id, visit_id, rows, tx.actor.person_id, tx.now)
    codes = [wish.criterion for wish in wishes]
    await execute(tx, DELETE_EVIDENCE, tx.group_id, visit_id, codes)
    await execute(tx, INSERT_EVIDENCE, tx.group_id, visit_id, list(evidence))


async def list_observations(tx: Tx, visit_id: UUID) -> list[ObservationRow]:
    """What was seen, by criterion."""
    return await fetch_all(tx, ObservationRow, LIST_OBSERVATIONS, tx.group_id, visit_id)


async def list_evidence(tx: Tx, visit_id: UUID) -> list[EvidenceRow]:
    """The evidence of what was seen."""
    return await fetch_all(tx, EvidenceRow, LIST_EVIDENCE, tx.group_id, visit_id)


async def get_file(tx: Tx, visit_id: UUID, place: int) -> StoredFile | None:
    """A file of the evidence."""
    return await fetch_one(tx, StoredFile, GET_FILE, tx.group_id, visit_id, place)


async def insert_finding(tx: Tx, visit_id: UUID, criterion: str, item_id: UUID) -> None:
    """A finding that is this ledger item."""
    await execute(
        tx, INSERT_FINDING, tx.group_id, visit_id, criterion, item_id, tx.actor.person_id, tx.now
    )


async def list_findings(tx: Tx, visit_id: UUID) -> list[Finding]:
    """What a visit found; its readers see the items' state whichever school they are of."""
    async with tx.as_system():
        return await fetch_all(tx, Finding, LIST_FINDINGS, tx.group_id, visit_id)


async def list_unclosed(tx: Tx, school_id: UUID, visit_id: UUID) -> list[Finding]:
    """What other visits found at the school and is not closed."""
    async with tx.as_system():
        return await fetch_all(tx, Finding, LIST_UNCLOSED, tx.group_id, school_id, visit_id)
