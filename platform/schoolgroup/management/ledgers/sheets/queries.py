"""SQL of ledgers as sheets: what rows name, and what happened to many items at once."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from schoolgroup.kernel.db import Tx, execute, fetch_all
from schoolgroup.management.ledgers.sheets.models import Known, School, Someone

LIST_SCHOOLS = """
SELECT s.id, s.code, s.name FROM school s
 WHERE s.group_id = $1 AND (s.closed_on IS NULL OR (SELECT app.today()) < s.closed_on)
   AND app.tier_of(s.id, (SELECT app.today())) IS NOT NULL
"""
LIST_PEOPLE = """
SELECT p.id, p.username, array_agg(DISTINCT coalesce(s.code, '')) AS places
  FROM person p
  JOIN appointment a ON a.group_id = p.group_id AND a.person_id = p.id
  LEFT JOIN school s ON s.group_id = a.group_id AND s.id = a.school_id
 WHERE p.group_id = $1 AND p.username = ANY ($2::text[])
 GROUP BY p.id, p.username
"""
LIST_KNOWN = """
SELECT i.ref, i.title, i.category, i.due_on, coalesce(s.code, '') AS school_code
  FROM ledger_item i
  LEFT JOIN school s ON s.group_id = i.group_id AND s.id = i.school_id
 WHERE i.group_id = $1 AND i.ledger_id = $2 AND i.ref = ANY ($3::text[])
"""
LIST_MEASURES = """
SELECT m.no, m.id FROM measure m
  JOIN ledger l ON l.group_id = m.group_id AND l.initiative_id = m.initiative_id
 WHERE m.group_id = $1 AND l.id = $2
"""
INSERT_REPORTS = """
INSERT INTO ledger_report (group_id, item_id, no, person_id, note, reported_at)
SELECT $1, n.id, 1, n.person_id, n.text, n.at
  FROM jsonb_to_recordset($2::jsonb) AS n (id uuid, person_id uuid, text text, at timestamptz)
"""
INSERT_EVIDENCE = """
INSERT INTO ledger_evidence (group_id, item_id, report_no, place, kind, text)
SELECT $1, n.id, 1, 1, 'document', n.text
  FROM jsonb_to_recordset($2::jsonb) AS n (id uuid, text text)
"""
STEP_REPORTED = """
UPDATE ledger_item i
   SET status = 'reported', reported_no = 1, reported_by_person_id = n.person_id,
       version = i.version + 1
  FROM jsonb_to_recordset($2::jsonb) AS n (id uuid, person_id uuid)
 WHERE i.group_id = $1 AND i.id = n.id
"""
STEP_CLOSED = """
UPDATE ledger_item i
   SET status = 'closed', closed_by_person_id = n.person_id, version = i.version + 1
  FROM jsonb_to_recordset($2::jsonb) AS n (id uuid, person_id uuid)
 WHERE i.group_id = $1 AND i.id = n.id
"""
STEP_DROPPED = """
UPDATE ledger_item i
   SET status = 'dropped', reported_no = NULL, reported_by_person_id = NULL,
       version = i.version + 1
 WHERE i.group_id = $1 AND i.id = ANY ($2::uuid[])
"""


class Told(msgspec.Struct, frozen=True):
    """What a row tells of one act."""

    id: UUID
    person_id: UUID
    text: str
    at: datetime


class _Measure(msgspec.Struct, frozen=True):
    no: int
    id: UUID


async def list_schools(tx: Tx) -> list[School]:
    """The schools of the group today."""
    return await fetch_all(tx, School, LIST_SCHOOLS, tx.group_id)


async def list_people(tx: Tx, usernames: Sequence[str]) -> list[Someone]:
    """People by their usernames, with where they have ever been appointed."""
    return await fetch_all(tx, Someone, LIST_PEOPLE, tx.group_id, list(usernames))


async def list_known(tx: Tx, ledger_id: UUID, refs: Sequence[str]) -> dict[str, Known]:
    """The ledger's items with one of these references."""
    rows = await fetch_all(tx, Known, LIST_KNOWN, tx.group_id, ledger_id, list(refs))
    return {row.ref: row for row in rows}


async def list_measures(tx: Tx, ledger_id: UUID) -> dict[int, UUID]:
    """The measures of the ledger's initiative by their numbers."""
    rows = await fetch_all(tx, _Measure, LIST_MEASURES, tx.group_id, ledger_id)
    return {row.no: row.id for row in rows}


async def write_reports(tx: Tx, told: Sequence[Told]) -> None:
    """A first report for each, with the document named."""
    await execute(tx, INSERT_REPORTS, tx.group_id, list(told))
    await execute(tx, INSERT_EVIDENCE, tx.group_id, list(told))
    await execute(tx, STEP_REPORTED, tx.group_id, list(told))


async def write_closed(tx: Tx, told: Sequence[Told]) -> None:
    """Each closed by its person."""
    await execute(tx, STEP_CLOSED, tx.group_id, list(told))


async def write_dropped(tx: Tx, item_ids: Sequence[UUID]) -> None:
    """Each dropped."""
    await execute(tx, STEP_DROPPED, tx.group_id, list(item_ids))
