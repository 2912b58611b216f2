"""SQL of calls and their targets."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from schoolgroup.access.decisions import with_rights
from schoolgroup.kernel.db import Tx, execute, fetch_all, fetch_one
from schoolgroup.kernel.paging import PageRequest
from schoolgroup.management.returns.calls.models import CallRow, CallStatus, CallWish, Target

INSERT_CALL = """
INSERT INTO return_call (group_id, id, form_id, form_version, period, title, opens_at, due_at,
                         closes_at, status, opened_by_person_id, created_at, updated_at,
                         wished_school_ids)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $12, $13)
"""
REVISE_CALL = """
UPDATE return_call
   SET form_id = $3, form_version = $4, period = $5, title = $6, opens_at = $7, due_at = $8,
       closes_at = $9, wished_school_ids = $10, updated_at = $11, version = version + 1
 WHERE group_id = $1 AND id = $2
"""
STEP_CALL = """
UPDATE return_call SET status = $3, opens_at = $4, updated_at = $5, version = version + 1
 WHERE group_id = $1 AND id = $2
"""
# The denominator: every school that belongs to the group on the day, or those asked for among them.
WRITE_TARGETS = """
INSERT INTO return_target (group_id, call_id, school_id, tier, stages)
SELECT s.group_id, $2, s.id, t.tier, s.stages
  FROM school s
 CROSS JOIN LATERAL (SELECT app.tier_of(s.id, app.today()) AS tier) t
 WHERE s.group_id = $1 AND t.tier IS NOT NULL
   AND (s.closed_on IS NULL OR app.today() < s.closed_on)
   AND ($3::uuid[] IS NULL OR s.id = ANY ($3))
RETURNING school_id
"""
GET_CALL = """
SELECT c.id, c.form_id, c.form_version, v.title_en, v.title_zh, c.period, c.title, c.opens_at,
       c.due_at, c.closes_at, c.status, c.closed_at, c.wished_school_ids, c.created_at,
       c.version, /*relations:call:c*/ AS relations,
       g.school_id AS my_school_id, g.exempt_because AS my_exempt_because,
       g.extended_until_at AS my_extended_until_at,
       CASE WHEN g.school_id IS NOT NULL THEN app.closes_at(c, g) END AS my_closes_at
  FROM return_call c
  JOIN form_version v
    ON v.group_id = c.group_id AND v.form_id = c.form_id AND v.no = c.form_version
  LEFT JOIN return_target g
    ON g.group_id = c.group_id AND g.call_id = c.id AND g.school_id = $3
 WHERE c.group_id = $1 AND c.id = $2
"""
LOCK_CALL = GET_CALL + " FOR UPDATE OF c"
LIST_CALLS = """
SELECT c.id, c.form_id, c.form_version, v.title_en, v.title_zh, c.period, c.title, c.opens_at,
       c.due_at, c.closes_at, c.status, c.closed_at, c.wished_school_ids, c.created_at,
       c.version, /*relations:call:c*/ AS relations,
       g.school_id AS my_school_id, g.exempt_because AS my_exempt_because,
       g.extended_until_at AS my_extended_until_at,
       CASE WHEN g.school_id IS NOT NULL THEN app.closes_at(c, g) END AS my_closes_at
  FROM return_call c
  JOIN form_version v
    ON v.group_id = c.group_id AND v.form_id = c.form_id AND v.no = c.form_version
  LEFT JOIN return_target g
    ON g.group_id = c.group_id AND g.call_id = c.id AND g.school_id = $2
 WHERE c.group_id = $1 AND /*visible:call:read@call:c*/ AND ($3::uuid IS NULL OR c.id < $3)
 ORDER BY c.id DESC LIMIT $4
"""
CLOSE_CALL = """
UPDATE return_call SET status = $3, closed_at = $4, updated_at = $4, version = version + 1
 WHERE group_id = $1 AND id = $2
"""
MOVE_CALL = """
UPDATE return_call SET updated_at = $3, version = version + 1 WHERE group_id = $1 AND id = $2
"""
# Answers do not hinder each other; closing waits for those under way, and they for a closing.
SHARE_CALL = """
SELECT 1 FROM return_call c WHERE c.group_id = $1 AND c.id = $2 FOR SHARE
"""
# Whoever submits waits here for an exemption that is being written, and the other way round.
LOCK_TARGET = """
SELECT 1 FROM return_target g
 WHERE g.group_id = $1 AND g.call_id = $2 AND g.school_id = $3 FOR UPDATE
"""
EXEMPT = """
UPDATE return_target SET exempted_at = $4, exempt_because = $5
 WHERE group_id = $1 AND call_id = $2 AND school_id = $3
"""
LIFT_EXEMPTION = """
UPDATE return_target SET exempted_at = NULL, exempt_because = NULL
 WHERE group_id = $1 AND call_id = $2 AND school_id = $3
"""
EXTEND = """
UPDATE return_target SET extended_until_at = $4, extended_because = $5
 WHERE group_id = $1 AND call_id = $2 AND school_id = $3
"""
# $3: one school, or all; $4: only those that are expected and have not answered.
LIST_TARGETS = """
SELECT s.school_id, d.code AS school_code, d.name AS school_name, s.tier, s.exempt_because,
       s.extended_until_at, s.closes_at, s.status, s.return_id, s.submitted_no, s.accepted_no,
       s.first_submitted_at, s.expected, s.answered, s.on_time, s.accepted
  FROM return_standing s
  JOIN school d ON d.group_id = s.group_id AND d.id = s.school_id
 WHERE s.group_id = $1 AND s.call_id = $2 AND ($3::uuid IS NULL OR s.school_id = $3)
   AND (NOT $4::boolean OR (s.expected AND NOT s.answered))
   AND ($5::text IS NULL OR d.code > $5 COLLATE "C")
 ORDER BY d.code COLLATE "C" LIMIT $6
"""


async def insert_call(
    tx: Tx, call_id: UUID, wish: CallWish, form_version: int, opens_at: datetime
) -> None:
    """A draft, without targets yet."""
    await execute(
        tx, INSERT_CALL,
        tx.group_id, call_id, wish.form_id, form_version, wish.period, wish.title, opens_at,
        wish.due_at, wish.closes_at, CallStatus.DRAFT, tx.actor.person_id, tx.now,
        wish.school_ids or None,
    )  # fmt: skip


async def revise_call(
    tx: Tx, call_id: UUID, wish: CallWish, form_version: int, opens_at: datetime
) -> None:
    """Put this wish in the place of a draft's."""
    await execute(
        tx, REVISE_CALL,
        tx.group_id, call_id, wish.form_id, form_version, wish.period, wish.title, opens_at,
        wish.due_at, wish.closes_at, wish.school_ids or None, tx.now,
    )  # fmt: skip


async def step_call(tx: Tx, call_id: UUID, status: CallStatus, opens_at: datetime) -> None:
    """The draft is open from `opens_at`, or discarded."""
    await execute(tx, STEP_CALL, tx.group_id, call_id, status, opens_at, tx.now)


async def lift_exemption(tx: Tx, call_id: UUID, school_id: UUID) -> None:
    """The school is expected to answer after all."""
    await execute(tx, LIFT_EXEMPTION, tx.group_id, call_id, school_id)


async def write_targets(tx: Tx, call_id: UUID, school_ids: Sequence[UUID] | None) -> list[UUID]:
    """Fix who is expected to answer; the schools that were found to belong to the group today."""
    rows = await tx.connection.fetch(
        WRITE_TARGETS, tx.group_id, call_id, None if school_ids is None else list(school_ids)
    )
    return [row["school_id"] for row in rows]


async def get_call(tx: Tx, call_id: UUID) -> CallRow | None:
    """A call as the acting school sees it."""
    return await fetch_one(
        tx, CallRow, with_rights(tx, GET_CALL), tx.group_id, call_id, tx.actor.school_id
    )


async def lock_call(tx: Tx, call_id: UUID) -> CallRow | None:
    """The same, kept from changing until the transaction ends."""
    return await fetch_one(
        tx, CallRow, with_rights(tx, LOCK_CALL), tx.group_id, call_id, tx.actor.school_id
    )


async def list_calls(tx: Tx, page: PageRequest) -> list[CallRow]:
    """The calls the actor may see, newest first."""
    after = page.after[0] if page.after else None
    sql = with_rights(tx, LIST_CALLS)
    return await fetch_all(tx, CallRow, sql, tx.group_id, tx.actor.school_id, after, page.limit)


async def close_call(tx: Tx, call_id: UUID, status: CallStatus) -> None:
    """No more answers from now on, but for extensions."""
    await execute(tx, CLOSE_CALL, tx.group_id, call_id, status, tx.now)


async def move_call(tx: Tx, call_id: UUID) -> None:
    """The call's version moves by one."""
    await execute(tx, MOVE_CALL, tx.group_id, call_id, tx.now)


async def share_call(tx: Tx, call_id: UUID) -> None:
    """Keep the call as it is until the transaction ends, together with others who answer it."""
    await execute(tx, SHARE_CALL, tx.group_id, call_id)


async def lock_target(tx: Tx, call_id: UUID, school_id: UUID | None) -> None:
    """Keep one school's target as it is until the transaction ends; nothing where it is none."""
    await execute(tx, LOCK_TARGET, tx.group_id, call_id, school_id)


async def exempt(tx: Tx, call_id: UUID, school_id: UUID, because: str) -> None:
    """The school is not expected to answer."""
    await execute(tx, EXEMPT, tx.group_id, call_id, school_id, tx.now, because)


async def extend(tx: Tx, call_id: UUID, school_id: UUID, until_at: datetime, because: str) -> None:
    """The school may answer until `until_at`."""
    await execute(tx, EXTEND, tx.group_id, call_id, school_id, until_at, because)


async def list_targets(
    tx: Tx,
    call_id: UUID,
    page: PageRequest,
    *,
    school_id: UUID | None = None,
    missing_only: bool = False,
) -> list[Target]:
    """How schools stand in the call, in the order of their codes; one school's own row if named."""
    after = page.after[0] if page.after else None
    return await fetch_all(
        tx, Target, LIST_TARGETS,
        tx.group_id, call_id, school_id, missing_only, after, page.limit,
    )  # fmt: skip
