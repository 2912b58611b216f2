"""SQL of the group's own rules for exams."""

from schoolgroup.evaluation.exams.gates import Collects, Content
from schoolgroup.evaluation.exams.limits.models import GateRule
from schoolgroup.kernel.db import Tx, execute, fetch_all, fetch_one

LOCK = "SELECT pg_advisory_xact_lock(hashtextextended('exam gates/' || $1::uuid, 0))"
LIST_RULES = """
SELECT gate, allowed, collects, contents, in_school_year_max, because, version, updated_at
  FROM exam_gate_rule WHERE group_id = $1
"""
GET_RULE = LIST_RULES + " AND gate = $2"
SET_RULE = """
INSERT INTO exam_gate_rule AS r (group_id, gate, allowed, collects, contents, in_school_year_max,
                                 because, updated_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
    ON CONFLICT (group_id, gate) DO UPDATE SET
       allowed = excluded.allowed, collects = excluded.collects, contents = excluded.contents,
       in_school_year_max = excluded.in_school_year_max, because = excluded.because,
       version = r.version + 1, updated_at = excluded.updated_at
"""
DELETE_RULE = "DELETE FROM exam_gate_rule WHERE group_id = $1 AND gate = $2"


async def lock_rules(tx: Tx) -> None:
    """Wait until no other transaction changes the group's rules."""
    await execute(tx, LOCK, tx.group_id)


async def list_rules(tx: Tx) -> dict[str, GateRule]:
    """The group's rules by gate."""
    return {r.gate: r for r in await fetch_all(tx, GateRule, LIST_RULES, tx.group_id)}


async def get_rule(tx: Tx, gate: str) -> GateRule | None:
    """The group's rule for a gate."""
    return await fetch_one(tx, GateRule, GET_RULE, tx.group_id, gate)


async def set_rule(
    tx: Tx,
    gate: str,
    left: tuple[bool, Collects, list[Content], int | None],
    because: str,
) -> None:
    """Keep what the group leaves of a gate."""
    allowed, collects, contents, limit = left
    await execute(
        tx, SET_RULE, tx.group_id, gate, allowed, collects, contents, limit, because, tx.now
    )


async def delete_rule(tx: Tx, gate: str) -> int:
    """Let the law alone decide again; how many rules went."""
    return await execute(tx, DELETE_RULE, tx.group_id, gate)
