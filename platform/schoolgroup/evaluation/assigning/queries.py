"""SQL of tables of assigned marks."""

from collections.abc import Mapping
from uuid import UUID

import msgspec

from schoolgroup.evaluation.assigning.models import Conversion
from schoolgroup.kernel.db import Tx, execute, execute_many, fetch_all

INSERT_CONVERSION = """
INSERT INTO exam_conversion (group_id, id, exam_id, exam_subject_id, number, snapshot_id, scheme,
                             boundary, tie, one_score, when_marks_change, because, n, bands,
                             made_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
"""
LIST_CONVERSIONS = """
SELECT c.id, c.exam_id, c.exam_subject_id, s.subject, c.number, c.snapshot_id,
       n.sha256 AS snapshot_sha256, c.scheme, c.boundary, c.tie, c.one_score, c.when_marks_change,
       c.because, c.n, c.bands, c.made_at
  FROM exam_conversion c
  JOIN exam_subject s ON s.group_id = c.group_id AND s.id = c.exam_subject_id
  JOIN exam_snapshot n ON n.group_id = c.group_id AND n.id = c.snapshot_id
 WHERE c.group_id = $1 AND c.exam_id = $2
 ORDER BY s.position, c.number DESC
"""
INSERT_USED = """
INSERT INTO release_conversion (group_id, release_id, exam_subject_id, conversion_id)
VALUES ($1, $2, $3, $4)
"""
LIST_USED = """
SELECT c.id, c.exam_id, c.exam_subject_id, s.subject, c.number, c.snapshot_id,
       n.sha256 AS snapshot_sha256, c.scheme, c.boundary, c.tie, c.one_score, c.when_marks_change,
       c.because, c.n, c.bands, c.made_at
  FROM release_conversion u
  JOIN exam_conversion c ON c.group_id = u.group_id AND c.id = u.conversion_id
  JOIN exam_subject s ON s.group_id = c.group_id AND s.id = c.exam_subject_id
  JOIN exam_snapshot n ON n.group_id = c.group_id AND n.id = c.snapshot_id
 WHERE u.group_id = $1 AND u.release_id = $2
 ORDER BY s.position
"""


async def insert_conversion(tx: Tx, made: Conversion) -> None:
    """Keep a table for ever."""
    await execute(
        tx,
        INSERT_CONVERSION,
        tx.group_id,
        made.id,
        made.exam_id,
        made.exam_subject_id,
        made.number,
        made.snapshot_id,
        made.scheme,
        made.boundary,
        made.tie,
        made.one_score,
        made.when_marks_change,
        made.because,
        made.n,
        msgspec.to_builtins(made.bands),
        made.made_at,
    )


async def list_conversions(tx: Tx, exam_id: UUID) -> list[Conversion]:
    """The tables of an exam, by subject, the newest first."""
    return await fetch_all(tx, Conversion, LIST_CONVERSIONS, tx.group_id, exam_id)


async def insert_used(tx: Tx, release_id: UUID, tables: Mapping[UUID, Conversion]) -> None:
    """By which table each subject of a release was told."""
    rows = [(tx.group_id, release_id, subject, table.id) for subject, table in tables.items()]
    await execute_many(tx, INSERT_USED, rows)


async def list_used(tx: Tx, release_id: UUID) -> list[Conversion]:
    """The tables a release was told by, as far as the caller may read it."""
    return await fetch_all(tx, Conversion, LIST_USED, tx.group_id, release_id)
