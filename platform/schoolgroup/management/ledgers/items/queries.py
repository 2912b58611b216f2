"""SQL of items, their reports and what happened to them."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

import msgspec

from schoolgroup.access.decisions import with_rights
from schoolgroup.kernel.db import Tx, execute, fetch_all, fetch_one, fetch_value
from schoolgroup.kernel.paging import PageRequest
from schoolgroup.kernel.storage import StoredFile
from schoolgroup.management.ledgers.items.models import (
    ActRow,
    EvidenceRow,
    EvidenceWish,
    Facts,
    ItemFilter,
    ItemRow,
    NewItem,
    ReportRow,
    Source,
)

_ITEM = """
SELECT i.id, i.ledger_id, l.title AS ledger_title, i.no, i.title, i.detail, i.category, i.source,
       i.source_id, i.source_note, i.ref, i.measure_id, i.school_id, s.name AS school_name,
       i.person_id, i.due_on, i.status,
       i.status IN ('open', 'reported') AND i.due_on < (SELECT app.today()) AS overdue,
       CASE WHEN i.status IN ('open', 'reported') AND i.due_on < (SELECT app.today())
            THEN app.overdue_days(i.group_id, i.school_id,
                                  (i.due_on + 1)::timestamp AT TIME ZONE g.time_zone)
            ELSE 0 END AS overdue_days,
       i.reported_no, i.reported_by_person_id, i.closed_by_person_id,
       (SELECT a.at FROM ledger_act a
         WHERE a.group_id = i.group_id AND a.item_id = i.id AND a.no = 1) AS opened_at,
       i.version, i.created_at, /*relations:ledger_item:i*/ AS relations
  FROM ledger_item i
  JOIN ledger l ON l.group_id = i.group_id AND l.id = i.ledger_id
  JOIN education_group g ON g.id = i.group_id
  LEFT JOIN school s ON s.group_id = i.group_id AND s.id = i.school_id"""
GET_ITEM = f"{_ITEM} WHERE i.group_id = $1 AND i.id = $2"
LOCK_ITEM = f"{_ITEM} WHERE i.group_id = $1 AND i.id = $2 FOR UPDATE OF i"
_WANTED = """
   AND ($2::uuid IS NULL OR i.ledger_id = $2) AND ($3::uuid IS NULL OR i.measure_id = $3)
   AND ($4::uuid IS NULL OR i.school_id = $4) AND ($5::text IS NULL OR i.category = $5)
   AND ($6::text IS NULL OR i.status = $6) AND ($7::text IS NULL OR i.source = $7)
   AND ($8::boolean IS NULL OR $8 = (i.status IN ('open', 'reported')
                                     AND i.due_on < (SELECT app.today())))
   AND ($9::uuid IS NULL OR l.initiative_id = $9)
   AND /*visible:ledger_item:read@ledger_item:i*/"""
LIST_ITEMS = f"""{_ITEM}
 WHERE i.group_id = $1 {_WANTED} AND ($10::uuid IS NULL OR i.id < $10)
 ORDER BY i.id DESC LIMIT $11
"""
NEXT_NO = "SELECT coalesce(max(no), 0) + 1 FROM ledger_item WHERE group_id = $1 AND ledger_id = $2"
# One statement for one and for many: behind row-level security single ones take their time.
INSERT_ITEMS = """
INSERT INTO ledger_item (group_id, id, ledger_id, no, title, detail, category, source, source_id,
                         source_note, ref, measure_id, school_id, person_id, due_on, status,
                         created_at, updated_at)
SELECT $1, n.id, n.ledger_id, n.no, n.title, n.detail, n.category, n.source, n.source_id,
       n.source_note, n.ref, n.measure_id, n.school_id, n.person_id, n.due_on, 'open', $3, $3
  FROM jsonb_to_recordset($2::jsonb)
    AS n (id uuid, ledger_id uuid, no int, title text, detail text, category text, source text,
          source_id uuid, source_note text, ref text, measure_id uuid, school_id uuid,
          person_id uuid, due_on date)
"""
# What it is from now on stands in the item when this is written; an act is never before the last.
INSERT_ACTS = """
INSERT INTO ledger_act (group_id, item_id, no, verb, status, due_on, category, school_id, report_no,
                        because, person_id, at, entered_at)
SELECT $1, i.id, coalesce(p.no, 0) + 1, $3, i.status, i.due_on, i.category, i.school_id,
       i.reported_no, $4, coalesce(n.person_id, $5), greatest(n.at, p.at),
       greatest($6, p.entered_at)
  FROM jsonb_to_recordset($2::jsonb) AS n (id uuid, at timestamptz, person_id uuid)
  JOIN ledger_item i ON i.group_id = $1 AND i.id = n.id
  LEFT JOIN LATERAL (SELECT a.no, a.at, a.entered_at FROM ledger_act a
                      WHERE a.group_id = $1 AND a.item_id = n.id
                      ORDER BY a.no DESC LIMIT 1) p ON true
"""
CHANGE_ITEM = """
UPDATE ledger_item SET title = $3, detail = $4, category = $5, due_on = $6, measure_id = $7,
       school_id = $8, person_id = $9, updated_at = $10, version = version + 1
 WHERE group_id = $1 AND id = $2
"""
STEP_ITEM = """
UPDATE ledger_item SET status = $3, reported_no = $4, reported_by_person_id = $5,
       closed_by_person_id = $6, updated_at = $7, version = version + 1
 WHERE group_id = $1 AND id = $2
"""
INSERT_REPORT = """
INSERT INTO ledger_report (group_id, item_id, no, person_id, note, reported_at)
SELECT $1, $2, (SELECT coalesce(max(r.no), 0) + 1 FROM ledger_report r
                 WHERE r.group_id = $1 AND r.item_id = $2), $3, $4, $5
RETURNING no
"""
INSERT_EVIDENCE = """
INSERT INTO ledger_evidence (group_id, item_id, report_no, place, kind, text, file_name, blob_id,
                             resource_id)
SELECT $1, $2, $3, n.place, n.kind, n.text, n.file_name, n.blob_id, n.resource_id
  FROM jsonb_to_recordset($4::jsonb)
    AS n (place int, kind text, text text, file_name text, blob_id uuid, resource_id uuid)
"""
# The schools' own walls say whose uploads these are; a resource is shown to who may see it.
FIND_UPLOADS = """
SELECT d.id, d.file_name, d.blob_id FROM deposit d
 WHERE d.group_id = $1 AND d.id = ANY ($2::uuid[]) AND d.status = 'verified'
   AND d.blob_id IS NOT NULL AND d.school_id IS NOT DISTINCT FROM $3
"""
FIND_RESOURCES = """
SELECT r.id FROM resource r
 WHERE r.group_id = $1 AND r.id = ANY ($2::uuid[]) AND /*visible:resource:discover@resource:r*/
"""
# Whether what an item comes from is there for who names it.
FIND_SOURCE = """
SELECT CASE $2::text
    WHEN 'visit' THEN EXISTS (SELECT FROM inspection_visit v
        WHERE v.group_id = $1 AND v.id = $3 AND /*visible:visit:read@visit:v*/)
    WHEN 'return' THEN EXISTS (SELECT FROM school_return r
        WHERE r.group_id = $1 AND r.id = $3 AND /*visible:return:read@return:r*/)
    WHEN 'bulletin' THEN EXISTS (SELECT FROM bulletin b
        WHERE b.group_id = $1 AND b.id = $3 AND /*visible:bulletin:read@bulletin:b*/)
    WHEN 'measure' THEN EXISTS (SELECT FROM measure m
        WHERE m.group_id = $1 AND m.id = $3 AND /*visible:initiative:read@measure:m*/)
    WHEN 'activity' THEN EXISTS (SELECT FROM activity a
        WHERE a.group_id = $1 AND a.id = $3 AND /*visible:activity:read@activity:a*/)
    ELSE false END
"""
FIND_FACTS = """
SELECT EXISTS (SELECT FROM ledger_category c WHERE c.group_id = $1 AND c.code = $2) AS category,
       $3::uuid IS NULL OR EXISTS (
           SELECT FROM measure m WHERE m.group_id = $1 AND m.id = $3) AS measure,
       $4::uuid IS NULL OR NOT $6::boolean OR EXISTS (
           SELECT FROM school s WHERE s.group_id = $1 AND s.id = $4
              AND (s.closed_on IS NULL OR (SELECT app.today()) < s.closed_on)
              AND app.tier_of(s.id, (SELECT app.today())) IS NOT NULL) AS school,
       $5::uuid IS NULL OR EXISTS (
           SELECT FROM appointment a
            WHERE a.group_id = $1 AND a.person_id = $5 AND a.school_id IS NOT DISTINCT FROM $4
              AND a.from_on <= (SELECT app.today())
              AND (a.until_on IS NULL OR (SELECT app.today()) < a.until_on)) AS person
"""
LIST_ACTS = """
SELECT no, verb, status, due_on, category, school_id, report_no, because, person_id, at, entered_at
  FROM ledger_act WHERE group_id = $1 AND item_id = $2 ORDER BY no
"""
LIST_REPORTS = """
SELECT no, person_id, note, reported_at
  FROM ledger_report WHERE group_id = $1 AND item_id = $2 ORDER BY no
"""
LIST_EVIDENCE = """
SELECT e.report_no, e.place, e.kind, e.text, e.file_name, e.blob_id, e.resource_id, b.sha256
  FROM ledger_evidence e
  LEFT JOIN blob b ON b.group_id = e.group_id AND b.id = e.blob_id
 WHERE e.group_id = $1 AND e.item_id = $2 ORDER BY e.report_no, e.place
"""
GET_FILE = """
SELECT e.file_name, b.object_key, b.media_type
  FROM ledger_evidence e
  JOIN blob b ON b.group_id = e.group_id AND b.id = e.blob_id
 WHERE e.group_id = $1 AND e.item_id = $2 AND e.report_no = $3 AND e.place = $4
"""


class Upload(msgspec.Struct, frozen=True):
    """A verified upload of a school."""

    id: UUID
    file_name: str
    blob_id: UUID


class Happened(msgspec.Struct, frozen=True):
    """When something happened to an item, and by whom if not by the caller."""

    id: UUID
    at: datetime
    person_id: UUID | None = None


class _Id(msgspec.Struct, frozen=True):
    id: UUID


class _OfReport(EvidenceRow, frozen=True, kw_only=True):
    report_no: int


async def get_item(tx: Tx, item_id: UUID) -> ItemRow | None:
    """An item with the caller's relations to it."""
    return await fetch_one(tx, ItemRow, with_rights(tx, GET_ITEM), tx.group_id, item_id)


async def lock_item(tx: Tx, item_id: UUID) -> ItemRow | None:
    """The same, held until commit."""
    return await fetch_one(tx, ItemRow, with_rights(tx, LOCK_ITEM), tx.group_id, item_id)


async def list_items(tx: Tx, wanted: ItemFilter, page: PageRequest) -> list[ItemRow]:
    """The items the caller may read, the newest first."""
    after = UUID(page.after[0]) if page.after else None
    return await fetch_all(
        tx, ItemRow, with_rights(tx, LIST_ITEMS), tx.group_id, wanted.ledger_id, wanted.measure_id,
        wanted.school_id, wanted.category, wanted.status, wanted.source, wanted.overdue,
        wanted.initiative_id, after, page.limit,
    )  # fmt: skip


async def next_no(tx: Tx, ledger_id: UUID) -> int:
    """The number of the next item; the caller holds the ledger, and sees all of it."""
    return int(await fetch_value(tx, NEXT_NO, tx.group_id, ledger_id))


async def insert_items(tx: Tx, rows: Sequence[NewItem]) -> None:
    """New open items, each with its first act."""
    await execute(tx, INSERT_ITEMS, tx.group_id, rows, tx.now)
    await insert_acts(tx, "open", [Happened(row.id, row.opened_at) for row in rows])


async def insert_acts(tx: Tx, verb: str, acts: Sequence[Happened], because: str = "") -> None:
    """What happened to items, with what they are from then on."""
    await execute(
        tx, INSERT_ACTS, tx.group_id, list(acts), verb, because, tx.actor.person_id, tx.now
    )


async def change_item(
    tx: Tx,
    item_id: UUID,
    *,
    title: str,
    detail: str,
    category: str,
    due_on: date,
    measure_id: UUID | None,
    school_id: UUID | None,
    person_id: UUID | None,
) -> None:
    """What an item is about, who sees to it and by when."""
    await execute(
        tx, CHANGE_ITEM, tx.group_id, item_id, title, detail, category, due_on, measure_id,
        school_id, person_id, tx.now,
    )  # fmt: skip


async def step_item(
    tx: Tx,
    item_id: UUID,
    status: str,
    *,
    report_no: int | None = None,
    reporter: UUID | None = None,
    closer: UUID | None = None,
) -> None:
    """Another state; the constraints say by whom it may be closed."""
    await execute(tx, STEP_ITEM, tx.group_id, item_id, status, report_no, reporter, closer, tx.now)


async def insert_report(
    tx: Tx, item_id: UUID, person_id: UUID, note: str, at: datetime, evidence: list[EvidenceRow]
) -> int:
    """A report with its evidence; its number."""
    no = int(await fetch_value(tx, INSERT_REPORT, tx.group_id, item_id, person_id, note, at))
    await execute(tx, INSERT_EVIDENCE, tx.group_id, item_id, no, evidence)
    return no


async def find_uploads(tx: Tx, wishes: Sequence[EvidenceWish]) -> dict[UUID, Upload]:
    """The verified uploads of the acting school, or the office, among those named."""
    ids = [wish.upload_id for wish in wishes if wish.upload_id]
    if not ids:
        return {}
    rows = await fetch_all(tx, Upload, FIND_UPLOADS, tx.group_id, ids, tx.actor.school_id)
    return {row.id: row for row in rows}


async def find_resources(tx: Tx, wishes: Sequence[EvidenceWish]) -> set[UUID]:
    """The resources the caller may see among those named."""
    ids = [wish.resource_id for wish in wishes if wish.resource_id]
    if not ids:
        return set()
    return {
        row.id
        for row in await fetch_all(tx, _Id, with_rights(tx, FIND_RESOURCES), tx.group_id, ids)
    }


async def find_source(tx: Tx, source: Source, source_id: UUID) -> bool:
    """Whether a row of this kind is there for the actor."""
    sql = with_rights(tx, FIND_SOURCE)
    return bool(await fetch_value(tx, sql, tx.group_id, source, source_id))


async def find_facts(
    tx: Tx,
    category: str,
    measure_id: UUID | None,
    school_id: UUID | None,
    person_id: UUID | None,
    *,
    new_school: bool = True,
) -> Facts:
    """Whether what an item names is there today; a school it already had may have left."""
    found = await fetch_one(
        tx, Facts, FIND_FACTS, tx.group_id, category, measure_id, school_id, person_id, new_school
    )
    assert found is not None  # one row always
    return found


async def list_acts(tx: Tx, item_id: UUID) -> list[ActRow]:
    """Everything that happened to an item, in order."""
    return await fetch_all(tx, ActRow, LIST_ACTS, tx.group_id, item_id)


async def list_reports(tx: Tx, item_id: UUID) -> list[ReportRow]:
    """Every report of an item, in order."""
    return await fetch_all(tx, ReportRow, LIST_REPORTS, tx.group_id, item_id)


async def list_evidence(tx: Tx, item_id: UUID) -> dict[int, list[EvidenceRow]]:
    """The evidence of each report."""
    found: dict[int, list[EvidenceRow]] = {}
    for row in await fetch_all(tx, _OfReport, LIST_EVIDENCE, tx.group_id, item_id):
        found.setdefault(row.report_no, []).append(row)
    return found


async def get_file(tx: Tx, item_id: UUID, report_no: int, place: int) -> StoredFile | None:
    """A file of the evidence."""
    return await fetch_one(tx, StoredFile, GET_FILE, tx.group_id, item_id, report_no, place)
