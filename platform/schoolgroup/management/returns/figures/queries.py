"""SQL of the counts and sums over all schools of a call."""

from collections.abc import Sequence
from uuid import UUID

from schoolgroup.access.decisions import with_rights
from schoolgroup.kernel.db import Tx, fetch_all, fetch_one
from schoolgroup.management.returns.figures.models import (
    AskedCall,
    AtomRow,
    CallLine,
    CountRow,
    SchoolRow,
    SumRow,
)

GET_CALL = """
SELECT c.id, c.form_id, c.form_version, c.period, c.title, /*relations:call:c*/ AS relations
  FROM return_call c
 WHERE c.group_id = $1 AND c.id = $2
"""
COUNT_BY_TIER = """
SELECT tier, targets, exempt, expected, not_begun, drafting, sent_back, submitted, accepted,
       answered, on_time, closes_at
  FROM app.call_completeness($1)
"""
SUM_BY_TIER = """
SELECT field_code, tier, schools, sum::float8 AS sum, mean::float8 AS mean
  FROM app.call_figures($1, $2)
"""

ROLL_UP = """
SELECT call_id, tier, stages, schools, only_one, sum, sum_beside, sum_product
  FROM app.roll_up($1::uuid[], $2, $3, $4)
"""
# Behind the wall of schools: a school finds itself, the office everyone.
BY_SCHOOL = """
SELECT d.code AS school_code, d.name AS school_name,
       app.number_of(v.values -> split_part($3::text, '.', 1), $3::text) AS number,
       app.number_of(v.values -> split_part($4::text, '.', 1), $4::text) AS beside
  FROM return_standing s
  JOIN school d ON d.group_id = s.group_id AND d.id = s.school_id
  JOIN return_version v ON v.group_id = s.group_id AND v.return_id = s.return_id
                       AND v.no = s.submitted_no
 WHERE s.group_id = $1 AND s.call_id = $2 AND s.answered AND (s.accepted OR NOT $5::boolean)
   AND ($6::uuid IS NULL OR s.school_id = $6)
 ORDER BY d.code COLLATE "C"
"""
# The newest calls that asked the field; $6: with until when somebody may still answer.
CALLS_OF_FIELD = """
SELECT c.id, c.period, c.title,
       CASE WHEN $6::boolean
            THEN (SELECT t.closes_at FROM app.call_completeness(c.id) t WHERE t.tier IS NULL) END
           AS last_closes_at
  FROM return_call c
 WHERE c.group_id = $1 AND c.status IN ('open', 'closed')
   AND EXISTS (SELECT 1 FROM form_field f
                WHERE f.group_id = c.group_id AND f.form_id = c.form_id
                  AND f.form_version = c.form_version AND f.field_code = $2)
   AND ($3::text IS NULL OR c.period COLLATE "C" >= $3)
   AND ($4::text IS NULL OR c.period COLLATE "C" <= $4)
 ORDER BY c.period COLLATE "C" DESC, c.id DESC LIMIT $5
"""


async def get_call(tx: Tx, call_id: UUID) -> AskedCall | None:
    """What a figure needs to know of its call, with the relations to the actor."""
    return await fetch_one(tx, AskedCall, with_rights(tx, GET_CALL), tx.group_id, call_id)


async def count_by_tier(tx: Tx, call_id: UUID) -> list[CountRow]:
    """Each tier, then all of them; over every school of the call, whoever asks."""
    return await fetch_all(tx, CountRow, COUNT_BY_TIER, call_id)


async def sum_by_tier(tx: Tx, call_id: UUID, *, only_accepted: bool) -> list[SumRow]:
    """Each number of the form by tier, then over all; over every school, whoever asks."""
    return await fetch_all(tx, SumRow, SUM_BY_TIER, call_id, only_accepted)


async def roll_up(
    tx: Tx, call_ids: Sequence[UUID], code: str, beside: str | None, *, only_accepted: bool
) -> list[AtomRow]:
    """The numbers of calls summed by tier and stages; over every school, whoever asks."""
    return await fetch_all(tx, AtomRow, ROLL_UP, list(call_ids), code, beside, only_accepted)


async def by_school(
    tx: Tx,
    call_id: UUID,
    code: str,
    beside: str | None,
    *,
    only_accepted: bool,
    school_id: UUID | None,
) -> list[SchoolRow]:
    """Each school's own numbers, in the order of codes; one school's alone if named."""
    return await fetch_all(
        tx, SchoolRow, BY_SCHOOL, tx.group_id, call_id, code, beside, only_accepted, school_id
    )


async def calls_of_field(
    tx: Tx, field_code: str, first: str | None, last: str | None, limit: int, *, with_end: bool
) -> list[CallLine]:
    """The calls that asked the field between two periods, the newest first."""
    return await fetch_all(
        tx, CallLine, CALLS_OF_FIELD, tx.group_id, field_code, first, last, limit, with_end
    )
