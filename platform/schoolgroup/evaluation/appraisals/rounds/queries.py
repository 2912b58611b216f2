"""SQL of rounds."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from schoolgroup.access.decisions import with_rights
from schoolgroup.evaluation.appraisals.rounds.models import (
    AppraisalInput,
    AppraisalRow,
    FigureCell,
    FromCall,
    PersonRow,
    PlainCase,
    Progress,
    SeatRow,
    Subject,
)
from schoolgroup.kernel.db import Tx, execute, fetch_all, fetch_one, fetch_value
from schoolgroup.kernel.ids import new_id
from schoolgroup.kernel.paging import PageRequest

INSERT_ROUND = """
INSERT INTO appraisal (group_id, id, school_id, scheme_id, title, status, self_until_at,
                       evidence_until_at, experts_until_at, office_sees, created_at, updated_at)
VALUES ($1, $2, $3, $4, $5, 'draft', $6, $7, $8, $9, $10, $10)
"""
GET_ROUND = """
SELECT a.id, a.school_id, a.scheme_id, s.subject, s.status AS scheme_status,
       s.sha256 AS scheme_sha256, a.title, a.status, a.self_until_at, a.evidence_until_at,
       a.experts_until_at, a.objections_until_at, a.office_sees, a.cancelled_because,
       a.results_sha256, a.code_version, a.version, a.created_at,
       /*relations:appraisal:a*/ AS relations
  FROM appraisal a
  JOIN appraisal_scheme s ON s.group_id = a.group_id AND s.id = a.scheme_id
 WHERE a.group_id = $1 AND a.id = $2
"""
# A step takes the first lock, whatever is handed in during a step the second: no mark slips in
# while the step that closes it commits, and those who hand in do not wait for one another.
LOCK_ROUND = "SELECT status FROM appraisal WHERE group_id = $1 AND id = $2 FOR NO KEY UPDATE"
SHARE_ROUND = "SELECT status FROM appraisal WHERE group_id = $1 AND id = $2 FOR SHARE"
LIST_ROUNDS = """
SELECT a.id, a.school_id, a.scheme_id, s.subject, s.status AS scheme_status,
       s.sha256 AS scheme_sha256, a.title, a.status, a.self_until_at, a.evidence_until_at,
       a.experts_until_at, a.objections_until_at, a.office_sees, a.cancelled_because,
       a.results_sha256, a.code_version, a.version, a.created_at,
       /*relations:appraisal:a*/ AS relations
  FROM appraisal a
  JOIN appraisal_scheme s ON s.group_id = a.group_id AND s.id = a.scheme_id
 WHERE a.group_id = $1 AND ($2::uuid IS NULL OR a.id < $2)
   AND /*visible:appraisal:read@appraisal:a*/
 ORDER BY a.id DESC
 LIMIT $3
"""
CHANGE_DEADLINES = """
UPDATE appraisal SET self_until_at = $3, evidence_until_at = $4, experts_until_at = $5,
       version = version + 1, updated_at = $6
 WHERE group_id = $1 AND id = $2
"""
SET_STATUS = """
UPDATE appraisal SET status = $3, objections_until_at = coalesce($4, objections_until_at),
       cancelled_because = $5, version = version + 1, updated_at = $6
 WHERE group_id = $1 AND id = $2
"""
SET_FINAL = """
UPDATE appraisal SET status = 'final', results_sha256 = $3, code_version = $4,
       version = version + 1, updated_at = $5
 WHERE group_id = $1 AND id = $2
"""
INSERT_CASES = """
INSERT INTO appraisal_case (group_id, id, appraisal_id, scheme_id, school_id, stage, teacher_ref,
                            runner_school_id, office_sees)
SELECT a.group_id, c.id, a.id, a.scheme_id, c.school_id, c.stage, c.teacher_ref, a.school_id,
       a.office_sees
  FROM appraisal a
 CROSS JOIN jsonb_to_recordset($3::jsonb)
       AS c (id uuid, school_id uuid, stage text, teacher_ref text)
 WHERE a.group_id = $1 AND a.id = $2
"""
COUNT_SCHOOLS = """
SELECT count(*) FROM school
 WHERE group_id = $1 AND id = ANY ($2::uuid[]) AND closed_on IS NULL
"""
LIST_CASES = """
SELECT c.id, c.school_id, s.code AS school_code, c.stage, c.teacher_ref
  FROM appraisal_case c
  JOIN school s ON s.group_id = c.group_id AND s.id = c.school_id
 WHERE c.group_id = $1 AND c.appraisal_id = $2
 ORDER BY s.code, c.stage, c.teacher_ref
"""
PROGRESS = """
SELECT (SELECT count(*) FROM appraisal_case c
         WHERE c.group_id = $1 AND c.appraisal_id = $2) AS cases,
       (SELECT count(*) FROM appraisal_case c
         WHERE c.group_id = $1 AND c.appraisal_id = $2 AND c.self_sent_at IS NOT NULL) AS self_sent,
       (SELECT count(*) FROM appraisal_assessor o WHERE o.group_id = $1
           AND o.appraisal_id = $2 AND o.status <> 'recused') AS assessments,
       (SELECT count(*) FROM appraisal_assessor o WHERE o.group_id = $1
           AND o.appraisal_id = $2 AND o.status = 'submitted') AS submitted,
       (SELECT count(*) FROM appraisal_evidence e WHERE e.group_id = $1
           AND e.appraisal_id = $2 AND e.status = 'offered') AS evidence_to_review,
       (SELECT count(*) FROM appraisal_objection j WHERE j.group_id = $1
           AND j.appraisal_id = $2 AND j.status = 'lodged') AS objections_open
"""
LIST_PEOPLE = """
SELECT p.id, coalesce(array_agg(DISTINCT t.school_id) FILTER (WHERE t.school_id IS NOT NULL), '{}')
           AS school_ids, bool_or(t.school_id IS NULL) AS of_office
  FROM person p
  JOIN appointment t ON t.group_id = p.group_id AND t.person_id = p.id
                    AND t.from_on <= app.today()
                    AND (t.until_on IS NULL OR app.today() < t.until_on)
 WHERE p.group_id = $1 AND p.id = ANY ($2::uuid[])
   AND p.suspended_at IS NULL AND p.left_at IS NULL
 GROUP BY p.id
"""
LIST_SEATS = """
SELECT case_id, person_id, status FROM appraisal_assessor
 WHERE group_id = $1 AND appraisal_id = $2
"""
INSERT_SEATS = """
INSERT INTO appraisal_assessor (group_id, case_id, person_id, assessor_school_id, status)
SELECT $1, s.case_id, s.person_id, s.school_id, 'assigned'
  FROM jsonb_to_recordset($2::jsonb) AS s (case_id uuid, person_id uuid, school_id uuid)
"""
BAR = """
INSERT INTO appraisal_assessor (group_id, case_id, person_id, status, recused_because)
SELECT c.group_id, c.id, $4, 'recused', $5
  FROM appraisal_case c
 WHERE c.group_id = $1 AND c.appraisal_id = $2 AND c.school_id = $3
    ON CONFLICT (group_id, case_id, person_id)
    DO UPDATE SET status = 'recused', recused_because = excluded.recused_because,
                  submitted_at = NULL
"""
CLEAR_FIGURES = """
DELETE FROM appraisal_figure f USING jsonb_to_recordset($2::jsonb) AS n (case_id uuid, field text)
 WHERE f.group_id = $1 AND f.case_id = n.case_id AND f.field = n.field
"""
INSERT_FIGURES = """
INSERT INTO appraisal_figure (group_id, case_id, field, value, origin)
SELECT $1, n.case_id, n.field, n.value::numeric, n.origin
  FROM jsonb_to_recordset($2::jsonb) AS n (case_id uuid, field text, value text, origin text)
"""
FIGURES_OF_CALL = """
SELECT c.id AS case_id, f.field, v.values ->> f.form_field AS value,
       'return ' || r.id || ' version ' || v.no AS origin
  FROM appraisal_case c
  JOIN school_return r ON r.group_id = c.group_id AND r.school_id = c.school_id
                      AND r.call_id = $3 AND r.status = 'accepted'
  JOIN return_version v ON v.group_id = r.group_id AND v.return_id = r.id AND v.no = r.accepted_no
 CROSS JOIN jsonb_to_recordset($4::jsonb) AS f (field text, form_field text)
 WHERE c.group_id = $1 AND c.appraisal_id = $2 AND c.stage = $5
   AND v.values ->> f.form_field ~ '^[0-9]{1,12}([.][0-9]{1,6})?$'
 ORDER BY c.id, f.field
"""
HAS_CALL = "SELECT true FROM return_call WHERE group_id = $1 AND id = $2"
LIST_HELD = """
SELECT case_id, field, value::text AS value, origin FROM appraisal_figure
 WHERE group_id = $1 AND appraisal_id = $2
"""


async def insert_round(
    tx: Tx, round_id: UUID, school_id: UUID | None, data: AppraisalInput, office_sees: bool
) -> None:
    """A new round."""
    await execute(
        tx, INSERT_ROUND, tx.group_id, round_id, school_id, data.scheme_id, data.title,
        data.self_until_at, data.evidence_until_at, data.experts_until_at, office_sees, tx.now,
    )  # fmt: skip


async def get_round(tx: Tx, round_id: UUID) -> AppraisalRow | None:
    """A round with the caller's relations to it."""
    return await fetch_one(tx, AppraisalRow, with_rights(tx, GET_ROUND), tx.group_id, round_id)


async def lock_round(tx: Tx, round_id: UUID) -> None:
    """Nobody hands anything in, and nobody else takes a step, until this transaction ends."""
    await fetch_value(tx, LOCK_ROUND, tx.group_id, round_id)


async def share_round(tx: Tx, round_id: UUID) -> None:
    """The round stays at its step until this transaction ends."""
    await fetch_value(tx, SHARE_ROUND, tx.group_id, round_id)


async def list_rounds(tx: Tx, page: PageRequest) -> list[AppraisalRow]:
    """Rounds the caller may read, the newest first."""
    after = UUID(page.after[0]) if page.after else None
    return await fetch_all(
        tx, AppraisalRow, with_rights(tx, LIST_ROUNDS), tx.group_id, after, page.limit
    )


async def change_deadlines(
    tx: Tx, round_id: UUID, self_at: datetime, evidence_at: datetime, experts_at: datetime
) -> None:
    """New hours."""
    await execute(
        tx, CHANGE_DEADLINES, tx.group_id, round_id, self_at, evidence_at, experts_at, tx.now
    )


async def set_status(
    tx: Tx, round_id: UUID, status: str, objections_until_at: datetime | None, because: str
) -> None:
    """What a step led to."""
    await execute(
        tx, SET_STATUS, tx.group_id, round_id, status, objections_until_at, because, tx.now
    )


async def set_final(tx: Tx, round_id: UUID, sha256: str, code_version: str) -> None:
    """The results are final, and known by this hash."""
    await execute(tx, SET_FINAL, tx.group_id, round_id, sha256, code_version, tx.now)


async def count_schools(tx: Tx, school_ids: Sequence[UUID]) -> int:
    """How many of these schools there are."""
    return int(await fetch_value(tx, COUNT_SCHOOLS, tx.group_id, school_ids))


async def insert_cases(tx: Tx, round_id: UUID, subjects: Sequence[Subject]) -> None:
    """A case per subject."""
    rows = [{**msgspec.structs.asdict(one), "id": new_id()} for one in subjects]
    await execute(tx, INSERT_CASES, tx.group_id, round_id, rows)


async def list_cases(tx: Tx, round_id: UUID) -> list[PlainCase]:
    """The cases in the order of schools."""
    return await fetch_all(tx, PlainCase, LIST_CASES, tx.group_id, round_id)


async def progress(tx: Tx, round_id: UUID) -> Progress:
    """How far the round is."""
    found = await fetch_one(tx, Progress, PROGRESS, tx.group_id, round_id)
    assert found is not None  # counts are always there
    return found


async def list_people(tx: Tx, person_ids: Sequence[UUID]) -> list[PersonRow]:
    """Who of these is in an appointment today, and where."""
    return await fetch_all(tx, PersonRow, LIST_PEOPLE, tx.group_id, person_ids)


async def list_seats(tx: Tx, round_id: UUID) -> list[SeatRow]:
    """Every seat and conflict of the round."""
    return await fetch_all(tx, SeatRow, LIST_SEATS, tx.group_id, round_id)


async def insert_seats(tx: Tx, seats: Sequence[dict[str, object]]) -> None:
    """New seats: case_id, person_id, school_id."""
    await execute(tx, INSERT_SEATS, tx.group_id, seats)


async def bar(tx: Tx, round_id: UUID, school_id: UUID, person_id: UUID, because: str) -> int:
    """A conflict of interest with a school: none of its cases is that person's; of how many."""
    return await execute(tx, BAR, tx.group_id, round_id, school_id, person_id, because)


async def put_figures(tx: Tx, cells: Sequence[FigureCell]) -> None:
    """Figures in place of those there were."""
    rows = [msgspec.structs.asdict(cell) for cell in cells]
    await execute(tx, CLEAR_FIGURES, tx.group_id, rows)
    await execute(tx, INSERT_FIGURES, tx.group_id, rows)


async def figures_of_call(tx: Tx, round_id: UUID, data: FromCall) -> list[FigureCell]:
    """Numbers of accepted returns."""
    wanted = [{"field": field, "form_field": form} for field, form in data.fields.items()]
    return await fetch_all(
        tx, FigureCell, FIGURES_OF_CALL, tx.group_id, round_id, data.call_id, wanted, data.stage
    )


async def has_call(tx: Tx, call_id: UUID) -> bool:
    """Whether there is such a call."""
    return bool(await fetch_value(tx, HAS_CALL, tx.group_id, call_id))


async def list_figures(tx: Tx, round_id: UUID) -> list[FigureCell]:
    """Every figure of the round."""
    return await fetch_all(tx, FigureCell, LIST_HELD, tx.group_id, round_id)
