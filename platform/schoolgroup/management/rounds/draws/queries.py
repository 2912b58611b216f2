"""SQL of draws."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from schoolgroup.kernel.db import Tx, execute, fetch_all, fetch_one, fetch_value
from schoolgroup.kernel.paging import PageRequest
from schoolgroup.management.rounds.draws.models import Document, DrawRow
from schoolgroup.management.rounds.plans.models import Place

INSERT_DRAW = """
INSERT INTO inspection_draw (group_id, id, round_id, document, document_sha256, seed_sha256,
                             public_from_at, committed_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
"""
INSERT_SECRET = "INSERT INTO draw_secret (group_id, draw_id, seed) VALUES ($1, $2, $3)"
TAKE_SECRET = """
DELETE FROM draw_secret WHERE group_id = $1 AND draw_id = $2 RETURNING encode(seed, 'hex')
"""
_DRAW = """
SELECT d.id, d.round_id, d.document, d.document_sha256, d.public_from_at, d.committed_at,
       encode(d.seed, 'hex') AS seed, d.public_value, d.drawn, d.passed_over, d.revealed_at,
       d.version
  FROM inspection_draw d"""
GET_DRAW = f"{_DRAW} WHERE d.group_id = $1 AND d.id = $2"
LOCK_DRAW = f"{_DRAW} WHERE d.group_id = $1 AND d.id = $2 FOR UPDATE OF d"
LIST_DRAWS = f"""{_DRAW}
 WHERE d.group_id = $1 AND d.round_id = $2 AND ($3::uuid IS NULL OR d.id < $3)
 ORDER BY d.id DESC LIMIT $4
"""
REVEAL = """
UPDATE inspection_draw SET seed = decode($3, 'hex'), public_value = $4, drawn = $5,
       passed_over = $6, revealed_at = $7, version = version + 1
 WHERE group_id = $1 AND id = $2
"""
# Whom the round is to reach and who is still of the group; narrowed to those named.
LIST_CANDIDATES = """
SELECT h.id, h.code, h.name
  FROM round_school s
  JOIN school h ON h.group_id = s.group_id AND h.id = s.school_id
 WHERE s.group_id = $1 AND s.round_id = $2 AND s.excused_at IS NULL
   AND app.tier_of(h.id, (SELECT app.today())) IS NOT NULL
   AND (h.closed_on IS NULL OR (SELECT app.today()) < h.closed_on)
   AND ($3::uuid[] IS NULL OR h.id = ANY ($3))
 ORDER BY h.code
"""
LIST_TO_PLAN = """
SELECT h.id, h.code, h.name FROM school h
 WHERE h.group_id = $1 AND h.code = ANY ($2::text[])
   AND NOT EXISTS (SELECT FROM inspection_visit v
                    WHERE v.group_id = h.group_id AND v.school_id = h.id AND v.draw_id = $3
                      AND v.status <> 'cancelled')
 ORDER BY h.code
"""


async def insert_draw(
    tx: Tx,
    draw_id: UUID,
    round_id: UUID,
    document: Document,
    document_sha256: str,
    public_from_at: datetime,
    seed: bytes,
) -> None:
    """A committed draw; its seed is kept where only the system reads it."""
    await execute(
        tx, INSERT_DRAW, tx.group_id, draw_id, round_id, msgspec.to_builtins(document),
        document_sha256, document.seed_sha256, public_from_at, tx.now,
    )  # fmt: skip
    async with tx.as_system():
        await execute(tx, INSERT_SECRET, tx.group_id, draw_id, seed)


async def take_secret(tx: Tx, draw_id: UUID) -> str:
    """The seed, no longer secret."""
    async with tx.as_system():
        return str(await fetch_value(tx, TAKE_SECRET, tx.group_id, draw_id))


async def get_draw(tx: Tx, draw_id: UUID, *, hold: bool = False) -> DrawRow | None:
    """A draw, held until commit if asked."""
    return await fetch_one(tx, DrawRow, LOCK_DRAW if hold else GET_DRAW, tx.group_id, draw_id)


async def list_draws(tx: Tx, round_id: UUID, page: PageRequest) -> list[DrawRow]:
    """The draws of a round, the newest first."""
    after = UUID(page.after[0]) if page.after else None
    return await fetch_all(tx, DrawRow, LIST_DRAWS, tx.group_id, round_id, after, page.limit)


async def reveal(
    tx: Tx, draw_id: UUID, seed: str, value: str, drawn: Sequence[str], passed: Sequence[str]
) -> None:
    """The result; the constraint holds the seed against its commitment."""
    await execute(tx, REVEAL, tx.group_id, draw_id, seed, value, list(drawn), list(passed), tx.now)


async def list_candidates(
    tx: Tx, round_id: UUID, school_ids: Sequence[UUID] | None = None
) -> list[Place]:
    """The schools a draw of the round can meet today."""
    return await fetch_all(tx, Place, LIST_CANDIDATES, tx.group_id, round_id, school_ids)


async def list_to_plan(tx: Tx, codes: Sequence[str], draw_id: UUID) -> list[Place]:
    """Those drawn that have no visit by this draw yet."""
    return await fetch_all(tx, Place, LIST_TO_PLAN, tx.group_id, list(codes), draw_id)
