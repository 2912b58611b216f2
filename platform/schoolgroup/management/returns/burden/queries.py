"""SQL of the burden of calls."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from schoolgroup.access.decisions import with_rights
from schoolgroup.kernel.db import Tx, fetch_all, fetch_one
from schoolgroup.management.returns.burden.models import (
    CallPlan,
    DueRow,
    FormRow,
    MeantRow,
    RowsRow,
    WorkRow,
)

GET_CALL = """
SELECT c.id, c.form_id, c.form_version, c.period, c.due_at, /*relations:call:c*/ AS relations
  FROM return_call c
 WHERE c.group_id = $1 AND c.id = $2
"""
# Of a draft those it means who belong to the group today; else those it asks, but for the exempt.
LIST_MEANT = """
WITH told AS (
    SELECT r.school_id, array_agg(DISTINCT f.field_code) AS codes
      FROM return_call c
      JOIN form_field f ON f.group_id = c.group_id AND f.form_id = c.form_id
                       AND f.form_version = c.form_version
      JOIN return_call o ON o.group_id = c.group_id AND o.period = c.period AND o.id <> c.id
      JOIN school_return r ON r.group_id = o.group_id AND r.call_id = o.id
                          AND r.status IN ('submitted', 'accepted')
      JOIN return_version v ON v.group_id = r.group_id AND v.return_id = r.id
                           AND v.no = r.submitted_no AND v.values ? f.field_code
     WHERE c.group_id = $1 AND c.id = $2
     GROUP BY r.school_id
)
SELECT s.id AS school_id, s.code AS school_code, s.name AS school_name,
       coalesce(t.codes, '{}') AS told
  FROM return_call c
  JOIN school s ON s.group_id = c.group_id
  LEFT JOIN return_target g
    ON g.group_id = c.group_id AND g.call_id = c.id AND g.school_id = s.id
  LEFT JOIN told t ON t.school_id = s.id
 WHERE c.group_id = $1 AND c.id = $2
   AND CASE WHEN c.status = 'draft'
            THEN (c.wished_school_ids IS NULL OR s.id = ANY (c.wished_school_ids))
                 AND app.tier_of(s.id, app.today()) IS NOT NULL
                 AND (s.closed_on IS NULL OR app.today() < s.closed_on)
            ELSE g.school_id IS NOT NULL AND g.exempted_at IS NULL END
 ORDER BY s.code COLLATE "C"
"""
# Behind the wall of schools: a school finds its own, the office everyone's.
LIST_DUE = """
SELECT c.id AS call_id, c.form_id, c.form_version, s.id AS school_id, s.code AS school_code,
       s.name AS school_name, app.due_at(c, g) AS due_at
  FROM return_target g
  JOIN return_call c ON c.group_id = g.group_id AND c.id = g.call_id
  JOIN school s ON s.group_id = g.group_id AND s.id = g.school_id
 WHERE g.group_id = $1 AND g.exempted_at IS NULL AND /*visible:call:read@call:c*/
   AND ($4::uuid IS NULL OR g.school_id = $4)
   AND app.due_at(c, g) > $2 AND app.due_at(c, g) <= $3
"""
USUAL_ROWS = """
SELECT f.code AS field_code, avg(jsonb_array_length(v.values -> f.code))::float8 AS rows
  FROM field f
  JOIN return_version v ON v.group_id = f.group_id
                       AND jsonb_typeof(v.values -> f.code) = 'array'
 WHERE f.group_id = $1 AND f.code = ANY ($2)
 GROUP BY f.code
"""
LIST_ALIKE = """
SELECT o.form_id, o.form_version
  FROM form_field o
 WHERE o.group_id = $1 AND o.form_id <> $2
   AND o.field_code IN (SELECT f.field_code FROM form_field f
                         WHERE f.group_id = $1 AND f.form_id = $2 AND f.form_version = $3)
 GROUP BY o.form_id, o.form_version
HAVING 2 * count(DISTINCT o.field_code) >=
       (SELECT count(*) FROM form_field f
         WHERE f.group_id = $1 AND f.form_id = $2 AND f.form_version = $3)
"""
MEASURED = "SELECT form_id, form_version, returns, median_seconds FROM app.measured_work($1)"


async def get_call(tx: Tx, call_id: UUID) -> CallPlan | None:
    """What an estimate needs of a call, with the relations to the actor."""
    return await fetch_one(tx, CallPlan, with_rights(tx, GET_CALL), tx.group_id, call_id)


async def list_meant(tx: Tx, call_id: UUID) -> list[MeantRow]:
    """The schools a call asks or means, in the order of their codes."""
    return await fetch_all(tx, MeantRow, LIST_MEANT, tx.group_id, call_id)


async def list_due(
    tx: Tx, after: datetime, until: datetime, school_id: UUID | None
) -> list[DueRow]:
    """What the actor sees of what is due after one instant and until another."""
    sql = with_rights(tx, LIST_DUE)
    return await fetch_all(tx, DueRow, sql, tx.group_id, after, until, school_id)


async def usual_rows(tx: Tx, codes: Sequence[str]) -> dict[str, float]:
    """How many rows a submission has on average, by field; fields never answered are left out."""
    rows = await fetch_all(tx, RowsRow, USUAL_ROWS, tx.group_id, list(codes))
    return {row.field_code: row.rows for row in rows}


async def list_alike(tx: Tx, form_id: UUID, form_version: int) -> list[FormRow]:
    """Versions of other forms that ask at least half of the fields of this form version."""
    return await fetch_all(tx, FormRow, LIST_ALIKE, tx.group_id, form_id, form_version)


async def measured(tx: Tx, form_ids: Sequence[UUID]) -> list[WorkRow]:
    """The median of what was measured of each version of these forms, over all schools."""
    return await fetch_all(tx, WorkRow, MEASURED, list(form_ids))
