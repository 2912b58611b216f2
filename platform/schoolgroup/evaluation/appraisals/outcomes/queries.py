"""SQL of results, moderation and objections."""

from collections.abc import Sequence
from uuid import UUID

import msgspec

from schoolgroup.evaluation.appraisals.cases.models import MarkRow
from schoolgroup.evaluation.appraisals.outcomes.models import (
    FigureRow,
    ModerationRow,
    ObjectionRow,
    ObjectionStatus,
    ProofRow,
    StoredResult,
    TallyRow,
)
from schoolgroup.kernel.db import Tx, execute, fetch_all, fetch_one
from schoolgroup.kernel.paging import PageRequest

LIST_FIGURES = """
SELECT case_id, field, value FROM appraisal_figure WHERE group_id = $1 AND appraisal_id = $2
"""
# A seat that was given up has no marks; what is not handed in yet does not count either.
LIST_MARKS = """
SELECT m.case_id, m.source, m.person_id, m.indicator_code AS indicator, m.value, m.note
  FROM appraisal_mark m
 WHERE m.group_id = $1 AND m.appraisal_id = $2
   AND (m.source = 'self'
        OR EXISTS (SELECT FROM appraisal_assessor a
                    WHERE a.group_id = m.group_id AND a.case_id = m.case_id
                      AND a.person_id = m.person_id AND a.status = 'submitted'))
"""
LIST_TALLIES = """
SELECT case_id, source, indicator_code AS indicator, n, counts, sum
  FROM appraisal_tally WHERE group_id = $1 AND appraisal_id = $2
"""
LIST_PROOFS = """
SELECT DISTINCT case_id, indicator_code AS indicator FROM appraisal_evidence
 WHERE group_id = $1 AND appraisal_id = $2 AND status = 'accepted'
"""
LIST_MODERATIONS = """
SELECT case_id, indicator_code AS indicator, before, after_bp, because, objection_id, moderated_at
  FROM appraisal_moderation WHERE group_id = $1 AND appraisal_id = $2
 ORDER BY id
"""
INSERT_MODERATION = """
INSERT INTO appraisal_moderation (group_id, id, case_id, indicator_code, before, after_bp, because,
                                  objection_id, person_id, moderated_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
"""
INSERT_OBJECTION = """
INSERT INTO appraisal_objection (group_id, id, case_id, indicator_codes, reason, status, lodged_at)
VALUES ($1, $2, $3, $4, $5, 'lodged', $6)
"""
GET_OBJECTION = """
SELECT id, case_id, appraisal_id, school_id, indicator_codes AS indicators, reason, status,
       decided_because, lodged_at, decided_at, version
  FROM appraisal_objection
 WHERE group_id = $1 AND id = $2
"""
LIST_OBJECTIONS = """
SELECT id, case_id, appraisal_id, school_id, indicator_codes AS indicators, reason, status,
       decided_because, lodged_at, decided_at, version
  FROM appraisal_objection
 WHERE group_id = $1 AND appraisal_id = $2 AND ($3::uuid IS NULL OR id < $3)
   AND ($4::uuid IS NULL OR school_id = $4)
 ORDER BY id DESC
 LIMIT $5
"""
SET_OBJECTION = """
UPDATE appraisal_objection
   SET status = $3, decided_because = $4, decided_at = $5, version = version + 1
 WHERE group_id = $1 AND id = $2
"""
INSERT_RESULTS = """
INSERT INTO appraisal_result (group_id, case_id, document, sha256)
SELECT $1, r.case_id, r.document, r.sha256
  FROM jsonb_to_recordset($2::jsonb) AS r (case_id uuid, document text, sha256 text)
"""
LIST_RESULTS = """
SELECT case_id, document, sha256 FROM appraisal_result WHERE group_id = $1 AND appraisal_id = $2
"""


async def list_figures(tx: Tx, round_id: UUID) -> list[FigureRow]:
    """Every figure of a round."""
    return await fetch_all(tx, FigureRow, LIST_FIGURES, tx.group_id, round_id)


async def list_marks(tx: Tx, round_id: UUID) -> list[MarkRow]:
    """Every judgement that counts."""
    return await fetch_all(tx, MarkRow, LIST_MARKS, tx.group_id, round_id)


async def list_tallies(tx: Tx, round_id: UUID) -> list[TallyRow]:
    """Every sum of answers."""
    return await fetch_all(tx, TallyRow, LIST_TALLIES, tx.group_id, round_id)


async def list_proofs(tx: Tx, round_id: UUID) -> list[ProofRow]:
    """Leaves with accepted evidence."""
    return await fetch_all(tx, ProofRow, LIST_PROOFS, tx.group_id, round_id)


async def list_moderations(tx: Tx, round_id: UUID) -> list[ModerationRow]:
    """Every change of a leaf, the oldest first."""
    return await fetch_all(tx, ModerationRow, LIST_MODERATIONS, tx.group_id, round_id)


async def insert_moderation(
    tx: Tx,
    moderation_id: UUID,
    case_id: UUID,
    indicator: str,
    before: str | None,
    after_bp: int,
    because: str,
    objection_id: UUID | None,
    person_id: UUID,
) -> None:
    """One change more; none is ever taken away."""
    await execute(
        tx, INSERT_MODERATION, tx.group_id, moderation_id, case_id, indicator, before, after_bp,
        because, objection_id, person_id, tx.now,
    )  # fmt: skip


async def insert_objection(
    tx: Tx, objection_id: UUID, case_id: UUID, indicators: Sequence[str], reason: str
) -> None:
    """A new objection."""
    await execute(
        tx, INSERT_OBJECTION, tx.group_id, objection_id, case_id, indicators, reason, tx.now
    )


async def get_objection(tx: Tx, objection_id: UUID) -> ObjectionRow | None:
    """An objection, where the wall lets it be seen."""
    return await fetch_one(tx, ObjectionRow, GET_OBJECTION, tx.group_id, objection_id)


async def list_objections(
    tx: Tx, round_id: UUID, school_id: UUID | None, page: PageRequest
) -> list[ObjectionRow]:
    """The objections of a round, of one school where named, the newest first."""
    after = UUID(page.after[0]) if page.after else None
    return await fetch_all(
        tx, ObjectionRow, LIST_OBJECTIONS, tx.group_id, round_id, after, school_id, page.limit
    )


async def set_objection(tx: Tx, objection_id: UUID, status: ObjectionStatus, because: str) -> None:
    """What became of an objection."""
    decided_at = None if status is ObjectionStatus.WITHDRAWN else tx.now
    await execute(tx, SET_OBJECTION, tx.group_id, objection_id, status, because, decided_at)


async def insert_results(tx: Tx, results: Sequence[StoredResult]) -> None:
    """Final results, byte for byte."""
    rows = [msgspec.structs.asdict(one) for one in results]
    await execute(tx, INSERT_RESULTS, tx.group_id, rows)


async def list_results(tx: Tx, round_id: UUID) -> list[StoredResult]:
    """The final results as stored."""
    return await fetch_all(tx, StoredResult, LIST_RESULTS, tx.group_id, round_id)
