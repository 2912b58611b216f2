"""SQL of figures and progress; it runs as the system, after the policy has said yes."""

from collections.abc import Sequence
from uuid import UUID

from schoolgroup.evaluation.marking.figures.models import (
    GivenBySchool,
    GivenRow,
    OpenRow,
    PairsRow,
    ScriptsRow,
)
from schoolgroup.kernel.db import Tx, fetch_all

LIST_GIVEN = """
SELECT t.person_id,
       coalesce(array_agg(m.half_marks ORDER BY m.marked_at)
                FILTER (WHERE t.purpose = 'live' AND t.voided_at IS NULL), '{}') AS half_marks,
       coalesce(sum(extract(epoch FROM m.marked_at - m.taken_at))
                FILTER (WHERE t.purpose = 'live' AND t.voided_at IS NULL), 0)::float8 AS seconds,
       count(*) FILTER (WHERE t.purpose = 'live' AND t.voided_at IS NOT NULL) AS set_aside,
       count(*) FILTER (WHERE t.purpose <> 'live') AS checks,
       count(*) FILTER (WHERE t.purpose <> 'live' AND abs(m.half_marks
                          - coalesce(s.known_half_marks, o.half_marks)) > $4) AS outside
  FROM marking_turn t
  JOIN marking_mark m ON m.group_id = t.group_id AND m.turn_id = t.id
  JOIN marking_script s ON s.group_id = t.group_id AND s.id = t.script_id
  LEFT JOIN (marking_turn l JOIN marking_mark o ON o.group_id = l.group_id AND o.turn_id = l.id)
    ON t.purpose = 'recheck' AND l.group_id = t.group_id AND l.script_id = t.script_id
       AND l.person_id = t.person_id AND l.purpose = 'live'
 WHERE t.group_id = $1 AND t.plan_id = $2 AND t.marked_at IS NOT NULL
   AND ($3::uuid IS NULL OR t.person_id = $3)
 GROUP BY t.person_id
"""
# Every blind mark beside every other blind mark of the same script.
LIST_PAIRS = """
SELECT a.person_id, array_agg(ma.half_marks ORDER BY a.id, b.id) AS own,
       array_agg(mb.half_marks ORDER BY a.id, b.id) AS other
  FROM marking_turn a
  JOIN marking_mark ma ON ma.group_id = a.group_id AND ma.turn_id = a.id
  JOIN marking_turn b ON b.group_id = a.group_id AND b.script_id = a.script_id AND b.id <> a.id
                     AND b.purpose = 'live' AND b.no < 4 AND b.voided_at IS NULL
  JOIN marking_mark mb ON mb.group_id = b.group_id AND mb.turn_id = b.id
 WHERE a.group_id = $1 AND a.plan_id = $2 AND a.purpose = 'live' AND a.no < 4
   AND a.voided_at IS NULL AND a.marked_at IS NOT NULL AND ($3::uuid IS NULL OR a.person_id = $3)
 GROUP BY a.person_id
"""
COUNT_SCRIPTS = """
SELECT plan_id, school_id, count(*) AS scripts, count(settled_at) AS settled,
       count(*) FILTER (WHERE image_key IS NULL) AS without_image
  FROM marking_script
 WHERE group_id = $1 AND plan_id = ANY ($2) AND kind = 'live'
 GROUP BY plan_id, school_id ORDER BY plan_id, school_id
"""
COUNT_GIVEN = """
SELECT coalesce(g.plan_id, h.plan_id) AS plan_id, coalesce(g.school_id, h.school_id) AS school_id,
       coalesce(g.marks, 0) AS marks, h.turns_allotted
  FROM (SELECT plan_id, marker_school_id AS school_id, count(*) AS marks FROM marking_turn
         WHERE group_id = $1 AND plan_id = ANY ($2) AND purpose = 'live' AND marked_at IS NOT NULL
           AND voided_at IS NULL
         GROUP BY plan_id, marker_school_id) AS g
  FULL JOIN (SELECT plan_id, school_id, turns_allotted FROM marking_share
              WHERE group_id = $1 AND plan_id = ANY ($2)) AS h
    ON h.plan_id = g.plan_id AND h.school_id = g.school_id
 ORDER BY plan_id, school_id
"""
COUNT_OPEN = """
SELECT p.id AS plan_id, count(t.id) AS open_turns,
       count(*) FILTER (WHERE t.leased_until_at > $3) AS in_hand,
       count(*) FILTER (WHERE t.no = 3) AS thirds, count(*) FILTER (WHERE t.no = 4) AS disputed,
       (SELECT count(*) FROM marking_abnormal a WHERE a.group_id = p.group_id AND a.plan_id = p.id
           AND a.decided_at IS NULL) AS abnormal
  FROM marking_plan p
  LEFT JOIN marking_turn t ON t.group_id = p.group_id AND t.plan_id = p.id AND t.purpose = 'live'
                          AND t.marked_at IS NULL AND t.voided_at IS NULL
 WHERE p.group_id = $1 AND p.id = ANY ($2)
 GROUP BY p.group_id, p.id
"""


async def list_given(
    tx: Tx, plan_id: UUID, person_id: UUID | None, tolerance: int
) -> list[GivenRow]:
    """What each marker (or one) has given."""
    return await fetch_all(tx, GivenRow, LIST_GIVEN, tx.group_id, plan_id, person_id, tolerance)


async def list_pairs(tx: Tx, plan_id: UUID, person_id: UUID | None) -> list[PairsRow]:
    """Each marker's marks (or one's) beside the others'."""
    return await fetch_all(tx, PairsRow, LIST_PAIRS, tx.group_id, plan_id, person_id)


async def count_scripts(tx: Tx, plan_ids: Sequence[UUID]) -> list[ScriptsRow]:
    """Scripts and settled ones by item and school of origin."""
    return await fetch_all(tx, ScriptsRow, COUNT_SCRIPTS, tx.group_id, list(plan_ids))


async def count_given(tx: Tx, plan_ids: Sequence[UUID]) -> list[GivenBySchool]:
    """Marks by item and the markers' school, beside what was allotted."""
    return await fetch_all(tx, GivenBySchool, COUNT_GIVEN, tx.group_id, list(plan_ids))


async def count_open(tx: Tx, plan_ids: Sequence[UUID]) -> list[OpenRow]:
    """Turns that wait, by item."""
    return await fetch_all(tx, OpenRow, COUNT_OPEN, tx.group_id, list(plan_ids), tx.now)
