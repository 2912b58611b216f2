"""SQL of the audit trail."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from schoolgroup.access.audit.models import AuditEntry, AuditFilter
from schoolgroup.access.decisions import with_rights
from schoolgroup.kernel.db import Tx, fetch_all, fetch_value
from schoolgroup.kernel.paging import PageRequest

LIST_ENTRIES = """
SELECT a.chain, a.seq, a.at, a.request_id, a.actor, a.school_id, a.act, a.thing, a.outcome,
       a.relations, a.policy_line, a.policy_sha256, a.detail, encode(a.hash, 'hex') AS hash
  FROM audit_entry a
 WHERE a.group_id = $1
   AND ($2::text IS NULL OR a.thing = $2)
   AND ($3::text IS NULL OR a.actor = $3)
   AND ($4::text IS NULL OR a.act = $4)
   AND ($5::text IS NULL OR a.outcome = $5)
   AND ($6::uuid IS NULL OR a.school_id = $6)
   AND ($7::timestamptz IS NULL OR a.at >= $7)
   AND ($8::timestamptz IS NULL OR a.at < $8)
   AND ($9::timestamptz IS NULL OR (a.at, a.chain, a.seq) < ($9, $10::text, $11::bigint))
   AND /*visible:audit:read@audit:a*/
 ORDER BY a.at DESC, a.chain DESC, a.seq DESC
 LIMIT $12
"""

GET_NAME = "SELECT name FROM person WHERE group_id = $1 AND id = $2"
# One pass in the order of each chain: every hash anew, every link, and the head at the end. Hashed
# before it is put in order, so that what is put in order is narrow.
VERIFY_CHAINS = """
WITH hashed AS (
    SELECT a.chain, a.seq, a.hash, a.previous_hash, a.hash = app.audit_digest(a) AS whole
      FROM audit_entry a
     WHERE a.group_id = $1 AND ($2::text IS NULL OR a.chain = $2)
    OFFSET 0
), link AS (
    SELECT chain, seq, whole,
           seq = coalesce(lag(seq) OVER in_order, 0) + 1 AS follows,
           previous_hash = coalesce(lag(hash) OVER in_order, '') AS linked
      FROM hashed
    WINDOW in_order AS (PARTITION BY chain ORDER BY seq)
), chain AS (
    SELECT chain, count(*) AS entries,
           min(seq) FILTER (WHERE NOT follows) AS missing_seq,
           min(seq) FILTER (WHERE NOT linked) AS unlinked_seq,
           min(seq) FILTER (WHERE NOT whole) AS changed_seq,
           max(seq) AS newest_seq
      FROM link GROUP BY chain
)
SELECT coalesce(c.chain, h.chain) AS chain, coalesce(c.entries, 0) AS entries,
       c.missing_seq, c.unlinked_seq, c.changed_seq, coalesce(c.newest_seq, 0) AS newest_seq,
       h.seq IS NOT DISTINCT FROM c.newest_seq
           AND h.hash IS NOT DISTINCT FROM n.hash AS at_head
  FROM chain c
  LEFT JOIN audit_entry n ON n.group_id = $1 AND n.chain = c.chain AND n.seq = c.newest_seq
  FULL JOIN (SELECT chain, seq, hash FROM audit_head
              WHERE group_id = $1 AND ($2::text IS NULL OR chain = $2)) h ON h.chain = c.chain
 ORDER BY 1
"""


LIST_HEADS = """
SELECT chain, seq, encode(hash, 'hex') AS hash FROM audit_head WHERE group_id = $1 ORDER BY chain
"""
LIST_UNMATCHED_HEADS = """
SELECT k.chain, k.seq, k.hash
  FROM jsonb_to_recordset($2) AS k (chain text, seq bigint, hash text)
  LEFT JOIN audit_entry a ON a.group_id = $1 AND a.chain = k.chain AND a.seq = k.seq
 WHERE encode(a.hash, 'hex') IS DISTINCT FROM k.hash AND k.seq > 0
 ORDER BY k.chain
"""


class HeadRow(msgspec.Struct, frozen=True):
    """The newest entry of a chain, or what was that once."""

    chain: str
    seq: int
    hash: str


class ChainRow(msgspec.Struct, frozen=True):
    """What one pass over a chain found."""

    chain: str
    entries: int
    missing_seq: int | None
    unlinked_seq: int | None
    changed_seq: int | None
    newest_seq: int
    at_head: bool


async def list_entries(tx: Tx, wanted: AuditFilter, page: PageRequest) -> list[AuditEntry]:
    """Entries the caller may read, newest first."""
    at, chain, seq = page.after or (None, None, None)
    return await fetch_all(
        tx,
        AuditEntry,
        with_rights(tx, LIST_ENTRIES),
        tx.group_id,
        wanted.thing,
        wanted.actor,
        wanted.act,
        wanted.outcome,
        wanted.school_id,
        wanted.since,
        wanted.until,
        None if at is None else msgspec.convert(at, datetime),
        chain,
        seq,
        page.limit,
    )


async def verify_chains(tx: Tx, chain: str | None) -> list[ChainRow]:
    """Recompute one chain, or every one of the group; about 12 µs an entry."""
    return await fetch_all(tx, ChainRow, VERIFY_CHAINS, tx.group_id, chain)


async def get_own_name(tx: Tx) -> str:
    """The name of whoever acts; for a client, what the audit trail calls it."""
    person_id = tx.actor.person_id
    name = await fetch_value(tx, GET_NAME, tx.group_id, person_id) if person_id else None
    return str(name or tx.actor.name)


async def list_heads(tx: Tx) -> list[HeadRow]:
    """The head of every chain of the group."""
    return await fetch_all(tx, HeadRow, LIST_HEADS, tx.group_id)


async def list_unmatched_heads(tx: Tx, kept: Sequence[object]) -> list[HeadRow]:
    """Those of the heads (chain, seq, hash) whose entry is another now, or is not there."""
    return await fetch_all(tx, HeadRow, LIST_UNMATCHED_HEADS, tx.group_id, list(kept))
