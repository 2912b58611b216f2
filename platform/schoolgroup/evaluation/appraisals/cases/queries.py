"""SQL of cases."""

from collections.abc import Sequence
from uuid import UUID

import msgspec

from schoolgroup.access.decisions import with_rights
from schoolgroup.evaluation.appraisals.cases.models import (
    CaseRow,
    EvidenceInput,
    EvidenceRow,
    EvidenceView,
    MarkInput,
    MarkRow,
    SeatView,
    TallyInput,
)
from schoolgroup.kernel.db import Tx, execute, fetch_all, fetch_one, fetch_value
from schoolgroup.kernel.paging import PageRequest
from schoolgroup.kernel.storage import StoredFile

GET_CASE = """
SELECT c.id, c.appraisal_id, c.scheme_id, c.school_id, s.code AS school_code,
       s.name AS school_name, c.stage, c.teacher_ref, c.runner_school_id,
       a.status AS appraisal_status, c.self_sent_at, c.version,
       /*relations:appraisal_case:c*/ AS relations
  FROM appraisal_case c
  JOIN appraisal a ON a.group_id = c.group_id AND a.id = c.appraisal_id
  JOIN school s ON s.group_id = c.group_id AND s.id = c.school_id
 WHERE c.group_id = $1 AND c.id = $2
"""
LIST_CASES = """
SELECT c.id, c.appraisal_id, c.scheme_id, c.school_id, s.code AS school_code,
       s.name AS school_name, c.stage, c.teacher_ref, c.runner_school_id,
       a.status AS appraisal_status, c.self_sent_at, c.version,
       /*relations:appraisal_case:c*/ AS relations
  FROM appraisal_case c
  JOIN appraisal a ON a.group_id = c.group_id AND a.id = c.appraisal_id
  JOIN school s ON s.group_id = c.group_id AND s.id = c.school_id
 WHERE c.group_id = $1 AND c.appraisal_id = $2 AND ($3::uuid IS NULL OR c.id > $3)
   AND /*visible:appraisal_case:read@appraisal_case:c*/
 ORDER BY c.id
 LIMIT $4
"""
LIST_MARKS = """
SELECT case_id, source, person_id, indicator_code AS indicator, value, note
  FROM appraisal_mark
 WHERE group_id = $1 AND case_id = $2 AND source = $3 AND ($4::uuid IS NULL OR person_id = $4)
 ORDER BY indicator_code
"""
CLEAR_SELF = """
DELETE FROM appraisal_mark WHERE group_id = $1 AND case_id = $2 AND source = 'self'
"""
CLEAR_MINE = """
DELETE FROM appraisal_mark
 WHERE group_id = $1 AND case_id = $2 AND source = 'expert' AND person_id = $3
"""
INSERT_MARKS = """
INSERT INTO appraisal_mark (group_id, case_id, source, person_id, indicator_code, value, note)
SELECT $1, $2, $3, $4, m.indicator, m.value, m.note
  FROM jsonb_to_recordset($5::jsonb) AS m (indicator text, value text, note text)
"""
NOTE_SELF = """
UPDATE appraisal_case SET self_sent_at = $3, version = version + 1
 WHERE group_id = $1 AND id = $2
"""
LOCK_SEAT = """
SELECT status FROM appraisal_assessor
 WHERE group_id = $1 AND case_id = $2 AND person_id = $3 FOR UPDATE
"""
SET_SEAT = """
UPDATE appraisal_assessor SET status = $4, recused_because = $5, submitted_at = $6
 WHERE group_id = $1 AND case_id = $2 AND person_id = $3
"""
LIST_SEATS = """
SELECT person_id, status, recused_because FROM appraisal_assessor
 WHERE group_id = $1 AND case_id = $2
 ORDER BY person_id
"""
BELONGS = """
SELECT true FROM appointment
 WHERE group_id = $1 AND person_id = $2 AND school_id = $3 AND from_on <= app.today()
   AND (until_on IS NULL OR app.today() < until_on)
 LIMIT 1
"""
CLEAR_TALLIES = """
DELETE FROM appraisal_tally t
 USING jsonb_to_recordset($3::jsonb) AS n (source text, indicator text)
 WHERE t.group_id = $1 AND t.case_id = $2 AND t.source = n.source AND t.indicator_code = n.indicator
"""
INSERT_TALLIES = """
INSERT INTO appraisal_tally (group_id, case_id, source, indicator_code, n, counts, sum)
SELECT $1, $2, t.source, t.indicator, t.n, t.counts, t.sum::numeric
  FROM jsonb_to_recordset($3::jsonb)
       AS t (source text, indicator text, n int, counts int[], sum text)
"""
IS_EVIDENCE = """
SELECT true
 WHERE EXISTS (SELECT FROM resource r WHERE r.group_id = $1 AND r.id = $3 AND r.school_id = $2
                  AND r.status = 'published')
    OR EXISTS (SELECT FROM deposit d WHERE d.group_id = $1 AND d.id = $4 AND d.school_id = $2
                  AND d.status = 'verified')
"""
COUNT_EVIDENCE = """
SELECT count(*) FROM appraisal_evidence
 WHERE group_id = $1 AND case_id = $2 AND indicator_code = $3
"""
INSERT_EVIDENCE = """
INSERT INTO appraisal_evidence (group_id, id, case_id, indicator_code, resource_id, deposit_id,
                                note, status)
VALUES ($1, $2, $3, $4, $5, $6, $7, 'offered')
"""
LIST_EVIDENCE = """
SELECT e.id, e.indicator_code AS indicator, e.resource_id, e.deposit_id,
       coalesce(r.title, d.file_name, '') AS title, e.note, e.status, e.reviewed_because
  FROM appraisal_evidence e
  LEFT JOIN resource r ON r.group_id = e.group_id AND r.id = e.resource_id
  LEFT JOIN deposit d ON d.group_id = e.group_id AND d.id = e.deposit_id
 WHERE e.group_id = $1 AND e.case_id = $2
 ORDER BY e.indicator_code, e.id
"""
GET_EVIDENCE = """
SELECT case_id, resource_id, deposit_id FROM appraisal_evidence
 WHERE group_id = $1 AND id = $2
"""
# A deposit is one file; of a resource those of its published revision.
GET_FILE = """
SELECT b.object_key, f.file_name, b.media_type
  FROM (SELECT d.blob_id, d.file_name FROM deposit d
         WHERE d.group_id = $1 AND d.id = $3 AND d.status = 'verified' AND $4::int = 1
        UNION ALL
        SELECT v.blob_id, v.file_name FROM resource r
          JOIN revision_file v ON v.group_id = r.group_id AND v.resource_id = r.id
                              AND v.revision_no = r.published_revision_no AND v.no = $4
         WHERE r.group_id = $1 AND r.id = $2) AS f
  JOIN blob b ON b.group_id = $1 AND b.id = f.blob_id AND b.state = 'verified'
 LIMIT 1
"""
REVIEW_EVIDENCE = """
UPDATE appraisal_evidence SET status = $4, reviewed_because = $5
 WHERE group_id = $1 AND case_id = $2 AND id = $3
"""


async def get_case(tx: Tx, case_id: UUID) -> CaseRow | None:
    """A case with the caller's relations to it."""
    return await fetch_one(tx, CaseRow, with_rights(tx, GET_CASE), tx.group_id, case_id)


async def list_cases(tx: Tx, round_id: UUID, page: PageRequest) -> list[CaseRow]:
    """The cases of a round the caller may see."""
    after = UUID(page.after[0]) if page.after else None
    return await fetch_all(
        tx, CaseRow, with_rights(tx, LIST_CASES), tx.group_id, round_id, after, page.limit
    )


async def list_marks(
    tx: Tx, case_id: UUID, source: str, person_id: UUID | None = None
) -> list[MarkRow]:
    """Judgements of a case from one source, of one person where named."""
    return await fetch_all(tx, MarkRow, LIST_MARKS, tx.group_id, case_id, source, person_id)


async def put_self(tx: Tx, case_id: UUID, person_id: UUID, marks: Sequence[MarkInput]) -> None:
    """The school's own word, in place of what it said before."""
    await execute(tx, CLEAR_SELF, tx.group_id, case_id)
    rows = [msgspec.structs.asdict(mark) for mark in marks]
    await execute(tx, INSERT_MARKS, tx.group_id, case_id, "self", person_id, rows)
    await execute(tx, NOTE_SELF, tx.group_id, case_id, tx.now)


async def put_mine(tx: Tx, case_id: UUID, person_id: UUID, marks: Sequence[MarkInput]) -> None:
    """An assessor's judgements, in place of the own earlier ones."""
    await execute(tx, CLEAR_MINE, tx.group_id, case_id, person_id)
    rows = [msgspec.structs.asdict(mark) for mark in marks]
    await execute(tx, INSERT_MARKS, tx.group_id, case_id, "expert", person_id, rows)
    await execute(tx, SET_SEAT, tx.group_id, case_id, person_id, "submitted", "", tx.now)


async def lock_seat(tx: Tx, case_id: UUID, person_id: UUID) -> str | None:
    """How the person's seat stands; nobody else changes it until this transaction ends."""
    status: str | None = await fetch_value(tx, LOCK_SEAT, tx.group_id, case_id, person_id)
    return status


async def recuse(tx: Tx, case_id: UUID, person_id: UUID, because: str) -> None:
    """The seat is given up: what was judged from it does not count."""
    await execute(tx, CLEAR_MINE, tx.group_id, case_id, person_id)
    await execute(tx, SET_SEAT, tx.group_id, case_id, person_id, "recused", because, None)


async def list_seats(tx: Tx, case_id: UUID) -> list[SeatView]:
    """The seats the caller may see."""
    return await fetch_all(tx, SeatView, LIST_SEATS, tx.group_id, case_id)


async def belongs(tx: Tx, person_id: UUID, school_id: UUID) -> bool:
    """Whether the person has an appointment at the school today."""
    return bool(await fetch_value(tx, BELONGS, tx.group_id, person_id, school_id))


async def put_tallies(tx: Tx, case_id: UUID, tallies: Sequence[TallyInput]) -> None:
    """Sums in place of those there were."""
    rows = [msgspec.structs.asdict(tally) for tally in tallies]
    await execute(tx, CLEAR_TALLIES, tx.group_id, case_id, rows)
    await execute(tx, INSERT_TALLIES, tx.group_id, case_id, rows)


async def is_evidence(
    tx: Tx, school_id: UUID, resource_id: UUID | None, deposit_id: UUID | None
) -> bool:
    """Whether it is a published resource or a verified deposit of the school."""
    return bool(await fetch_value(tx, IS_EVIDENCE, tx.group_id, school_id, resource_id, deposit_id))


async def count_evidence(tx: Tx, case_id: UUID, indicator: str) -> int:
    """Pieces there are for a leaf."""
    return int(await fetch_value(tx, COUNT_EVIDENCE, tx.group_id, case_id, indicator))


async def insert_evidence(tx: Tx, evidence_id: UUID, case_id: UUID, data: EvidenceInput) -> None:
    """One piece more."""
    await execute(
        tx, INSERT_EVIDENCE, tx.group_id, evidence_id, case_id, data.indicator, data.resource_id,
        data.deposit_id, data.note,
    )  # fmt: skip


async def list_evidence(tx: Tx, case_id: UUID) -> list[EvidenceView]:
    """The evidence of a case."""
    return await fetch_all(tx, EvidenceView, LIST_EVIDENCE, tx.group_id, case_id)


async def get_evidence(tx: Tx, evidence_id: UUID) -> EvidenceRow | None:
    """A piece of evidence, where the wall lets it be seen."""
    return await fetch_one(tx, EvidenceRow, GET_EVIDENCE, tx.group_id, evidence_id)


async def get_file(tx: Tx, piece: EvidenceRow, no: int) -> StoredFile | None:
    """A file of a piece of evidence."""
    return await fetch_one(
        tx, StoredFile, GET_FILE, tx.group_id, piece.resource_id, piece.deposit_id, no
    )


async def review_evidence(
    tx: Tx, case_id: UUID, evidence_id: UUID, status: str, because: str
) -> int:
    """What was decided of a piece; 0 where there is none such."""
    return await execute(tx, REVIEW_EVIDENCE, tx.group_id, case_id, evidence_id, status, because)
