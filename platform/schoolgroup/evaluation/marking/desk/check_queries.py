"""SQL of checks on markers: known scripts, own ones again, and what they say of a marker."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from schoolgroup.evaluation.marking.desk.models import Check, Done, MarkerRow
from schoolgroup.evaluation.marking.models import Purpose
from schoolgroup.kernel.db import Tx, execute, fetch_all, fetch_one, fetch_value

COUNT_DONE = """
SELECT count(*) FILTER (WHERE purpose = 'live') AS live,
       count(*) FILTER (WHERE purpose = 'seed') AS seeds,
       count(*) FILTER (WHERE purpose = 'recheck') AS rechecks
  FROM marking_turn
 WHERE group_id = $1 AND plan_id = $2 AND person_id = $3 AND marked_at IS NOT NULL
"""
# A known script this marker has not marked yet.
PICK_KNOWN = """
SELECT s.id FROM marking_script s
 WHERE s.group_id = $1 AND s.plan_id = $2 AND s.kind = $5 AND s.known_half_marks IS NOT NULL
   AND s.school_id <> $4
   AND NOT EXISTS (SELECT FROM marking_turn t WHERE t.group_id = s.group_id AND t.script_id = s.id
                      AND t.person_id = $3 AND t.marked_at IS NOT NULL)
 ORDER BY random() LIMIT 1
"""
# An own script that is not among the last five, and was not looked at again yet.
PICK_OWN = """
SELECT o.script_id AS id
  FROM (SELECT t.script_id FROM marking_turn t
         WHERE t.group_id = $1 AND t.plan_id = $2 AND t.person_id = $3 AND t.purpose = 'live'
           AND t.marked_at IS NOT NULL AND t.voided_at IS NULL
         ORDER BY t.marked_at DESC OFFSET 5) AS o
 WHERE NOT EXISTS (SELECT FROM marking_turn r WHERE r.group_id = $1 AND r.script_id = o.script_id
                      AND r.person_id = $3 AND r.purpose = 'recheck' AND r.marked_at IS NOT NULL)
 ORDER BY random() LIMIT 1
"""
# A check that was taken and not marked comes back under a new task.
TAKE_CHECK = """
WITH task AS (
    INSERT INTO marking_task (group_id, plan_id, person_id, taken_at) VALUES ($1, $2, $3, $6)
    RETURNING id
)
INSERT INTO marking_turn (group_id, plan_id, script_id, script_school_id, no, purpose, duty, place,
                          person_id, marker_school_id, task_id, leased_until_at)
SELECT $1, $2, s.id, s.school_id, 0, $8, 'marker', 0, $3, $4, task.id, $7
  FROM marking_script s, task
 WHERE s.group_id = $1 AND s.id = $5
    ON CONFLICT (group_id, script_id, person_id, purpose) WHERE purpose <> 'live'
    DO UPDATE SET task_id = excluded.task_id, leased_until_at = excluded.leased_until_at,
                  voided_at = NULL
         WHERE marking_turn.marked_at IS NULL
RETURNING id
"""
# The last checks of a marker since they count; an own mark that was set aside expects nothing.
LIST_CHECKS = """
SELECT t.purpose, m.half_marks AS given, coalesce(s.known_half_marks, o.half_marks) AS expected
  FROM marking_turn t
  JOIN marking_mark m ON m.group_id = t.group_id AND m.turn_id = t.id
  JOIN marking_script s ON s.group_id = t.group_id AND s.id = t.script_id
  LEFT JOIN (marking_turn l JOIN marking_mark o ON o.group_id = l.group_id AND o.turn_id = l.id)
    ON l.group_id = t.group_id AND l.script_id = t.script_id AND l.person_id = t.person_id
       AND l.purpose = 'live' AND l.voided_at IS NULL
 WHERE t.group_id = $1 AND t.plan_id = $2 AND t.person_id = $3 AND t.purpose = ANY ($4)
   AND t.marked_at >= $5 AND coalesce(s.known_half_marks, o.half_marks) IS NOT NULL
 ORDER BY t.marked_at DESC LIMIT $6
"""
SET_MARKER = """
UPDATE marking_marker SET status = $4, paused_because = $5, checked_from_at = $6
 WHERE group_id = $1 AND plan_id = $2 AND person_id = $3
"""


async def count_done(tx: Tx, plan_id: UUID, person_id: UUID) -> Done:
    """How much the person has marked."""
    found = await fetch_one(tx, Done, COUNT_DONE, tx.group_id, plan_id, person_id)
    assert found is not None
    return found


async def pick_known(tx: Tx, plan_id: UUID, marker: MarkerRow, kind: Purpose) -> UUID | None:
    """A known script the marker has not had."""
    found: UUID | None = await fetch_value(
        tx, PICK_KNOWN, tx.group_id, plan_id, marker.person_id, marker.school_id, kind
    )
    return found


async def pick_own(tx: Tx, plan_id: UUID, marker: MarkerRow) -> UUID | None:
    """An earlier script of the marker's own."""
    found: UUID | None = await fetch_value(tx, PICK_OWN, tx.group_id, plan_id, marker.person_id)
    return found


async def take_check(
    tx: Tx, plan_id: UUID, marker: MarkerRow, script_id: UUID, purpose: Purpose, until_at: datetime
) -> None:
    """Put a check into the marker's hand."""
    await execute(
        tx,
        TAKE_CHECK,
        tx.group_id,
        plan_id,
        marker.person_id,
        marker.school_id,
        script_id,
        tx.now,
        until_at,
        purpose,
    )


async def list_checks(
    tx: Tx, plan_id: UUID, marker: MarkerRow, purposes: Sequence[Purpose], limit: int
) -> list[Check]:
    """The marker's last checks of these kinds."""
    return await fetch_all(
        tx,
        Check,
        LIST_CHECKS,
        tx.group_id,
        plan_id,
        marker.person_id,
        list(purposes),
        marker.checked_from_at,
        limit,
    )


async def set_marker(
    tx: Tx, plan_id: UUID, person_id: UUID, status: str, because: str, checked_from_at: datetime
) -> None:
    """Where a member of the pool stands."""
    await execute(tx, SET_MARKER, tx.group_id, plan_id, person_id, status, because, checked_from_at)
