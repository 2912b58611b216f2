"""SQL of schemes."""

from collections.abc import Mapping, Sequence
from uuid import UUID

import msgspec

from schoolgroup.access.decisions import with_rights
from schoolgroup.evaluation.appraisals.schemes.models import (
    IndicatorRow,
    SchemeInput,
    SchemeRow,
    SchemeStatus,
)
from schoolgroup.kernel.db import Tx, execute, fetch_all, fetch_one, fetch_value
from schoolgroup.kernel.paging import PageRequest

INSERT_SCHEME = """
INSERT INTO appraisal_scheme (group_id, id, school_id, code, edition, title_en, title_zh, subject,
                              status, settings, teachers_to_office, created_at, updated_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'draft', $9, $10, $11, $11)
"""
CHANGE_SCHEME = """
UPDATE appraisal_scheme
   SET title_en = $3, title_zh = $4, settings = $5, teachers_to_office = $6,
       version = version + 1, updated_at = $7
 WHERE group_id = $1 AND id = $2
"""
SET_STATUS = """
UPDATE appraisal_scheme
   SET status = $3, sha256 = coalesce($4, sha256), version = version + 1, updated_at = $5
 WHERE group_id = $1 AND id = $2
"""
CLEAR_TREE = "DELETE FROM appraisal_indicator WHERE group_id = $1 AND scheme_id = $2"
INSERT_TREE = """
INSERT INTO appraisal_indicator (group_id, scheme_id, code, level, parent_code, place, title_en,
       title_zh, weight_bp, scale, sources, source_weights_bp, veto_below_bp, evidence_required)
SELECT $1, $2, i.code, i.level, i.parent_code, i.place, i.title_en, i.title_zh, i.weight_bp,
       nullif(i.scale, 'null'::jsonb), i.sources, i.source_weights_bp, i.veto_below_bp,
       i.evidence_required
  FROM jsonb_to_recordset($3::jsonb) AS i (code text, level smallint, parent_code text, place int,
       title_en text, title_zh text, weight_bp int, scale jsonb, sources text[],
       source_weights_bp int[], veto_below_bp int, evidence_required boolean)
"""
GET_SCHEME = """
SELECT s.id, s.school_id, s.code, s.edition, s.title_en, s.title_zh, s.subject, s.status,
       s.settings, s.teachers_to_office, s.sha256, s.version, s.created_at,
       /*relations:appraisal_scheme:s*/ AS relations
  FROM appraisal_scheme s
 WHERE s.group_id = $1 AND s.id = $2
"""
LOCK_SCHEME = GET_SCHEME + " FOR NO KEY UPDATE OF s"
LIST_SCHEMES = """
SELECT s.id, s.school_id, s.code, s.edition, s.title_en, s.title_zh, s.subject, s.status,
       s.settings, s.teachers_to_office, s.sha256, s.version, s.created_at,
       /*relations:appraisal_scheme:s*/ AS relations
  FROM appraisal_scheme s
 WHERE s.group_id = $1 AND ($2::uuid IS NULL OR s.id < $2)
   AND /*visible:appraisal_scheme:read@appraisal_scheme:s*/
 ORDER BY s.id DESC
 LIMIT $3
"""
LIST_TREE = """
SELECT code, parent_code, title_en, title_zh, weight_bp, scale, sources, source_weights_bp,
       veto_below_bp, evidence_required
  FROM appraisal_indicator
 WHERE group_id = $1 AND scheme_id = $2
 ORDER BY place
"""
NEWEST_EDITION = """
SELECT coalesce(max(edition), 0) FROM appraisal_scheme
 WHERE group_id = $1 AND school_id IS NOT DISTINCT FROM $2 AND code = $3
"""


async def insert_scheme(
    tx: Tx,
    scheme_id: UUID,
    school_id: UUID | None,
    data: SchemeInput,
    edition: int,
    levels: Mapping[str, int],
) -> None:
    """A new draft with its tree."""
    await execute(
        tx, INSERT_SCHEME, tx.group_id, scheme_id, school_id, data.code, edition, data.title.en,
        data.title.zh, data.subject, msgspec.to_builtins(data.settings), data.teachers_to_office,
        tx.now,
    )  # fmt: skip
    await _insert_tree(tx, scheme_id, data, levels)


async def change_scheme(
    tx: Tx, scheme_id: UUID, data: SchemeInput, levels: Mapping[str, int]
) -> None:
    """The draft in place of what it was."""
    await execute(
        tx, CHANGE_SCHEME, tx.group_id, scheme_id, data.title.en, data.title.zh,
        msgspec.to_builtins(data.settings), data.teachers_to_office, tx.now,
    )  # fmt: skip
    await execute(tx, CLEAR_TREE, tx.group_id, scheme_id)
    await _insert_tree(tx, scheme_id, data, levels)


async def set_status(tx: Tx, scheme_id: UUID, status: SchemeStatus, sha256: str | None) -> None:
    """What a transition led to."""
    await execute(tx, SET_STATUS, tx.group_id, scheme_id, status, sha256, tx.now)


async def get_scheme(tx: Tx, scheme_id: UUID) -> SchemeRow | None:
    """A scheme with the caller's relations to it."""
    return await fetch_one(tx, SchemeRow, with_rights(tx, GET_SCHEME), tx.group_id, scheme_id)


async def lock_scheme(tx: Tx, scheme_id: UUID) -> SchemeRow | None:
    """The same; nobody else changes it until this transaction ends."""
    return await fetch_one(tx, SchemeRow, with_rights(tx, LOCK_SCHEME), tx.group_id, scheme_id)


async def list_schemes(tx: Tx, page: PageRequest) -> list[SchemeRow]:
    """Schemes the caller may read, the newest first."""
    after = UUID(page.after[0]) if page.after else None
    return await fetch_all(
        tx, SchemeRow, with_rights(tx, LIST_SCHEMES), tx.group_id, after, page.limit
    )


async def list_tree(tx: Tx, scheme_id: UUID) -> list[IndicatorRow]:
    """The indicators in their order."""
    return await fetch_all(tx, IndicatorRow, LIST_TREE, tx.group_id, scheme_id)


async def newest_edition(tx: Tx, school_id: UUID | None, code: str) -> int:
    """The newest edition of a scheme; 0 where there is none."""
    return int(await fetch_value(tx, NEWEST_EDITION, tx.group_id, school_id, code))


async def _insert_tree(
    tx: Tx, scheme_id: UUID, data: SchemeInput, levels: Mapping[str, int]
) -> None:
    rows: Sequence[dict[str, object]] = [
        {
            "code": one.code,
            "level": levels[one.code],
            "parent_code": one.parent or None,
            "place": place,
            "title_en": one.title.en,
            "title_zh": one.title.zh,
            "weight_bp": one.weight_bp,
            "scale": None if one.scale is None else msgspec.to_builtins(one.scale),
            "sources": [share.source for share in one.sources],
            "source_weights_bp": [share.weight_bp for share in one.sources],
            "veto_below_bp": one.veto_below_bp,
            "evidence_required": one.evidence_required,
        }
        for place, one in enumerate(data.indicators)
    ]
    await execute(tx, INSERT_TREE, tx.group_id, scheme_id, rows)
