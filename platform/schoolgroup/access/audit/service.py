"""Reading the audit trail, and proving that nobody rewrote it.

Whoever can change the database can change an entry and every hash after it; what then differs is
the head. So heads belong also where that person cannot reach: each school keeps those of others.
"""

from uuid import UUID
from zoneinfo import ZoneInfo

from schoolgroup.access.audit import queries
from schoolgroup.access.audit.models import (
    AuditEntry,
    AuditFilter,
    ChainVerified,
    TrailVerified,
    Verdict,
)
from schoolgroup.access.decisions import may, policy_of, require
from schoolgroup.kernel import journal
from schoolgroup.kernel.context import system_actor
from schoolgroup.kernel.db import Database, Tx
from schoolgroup.kernel.errors import Invalid, Problem
from schoolgroup.kernel.ids import new_id
from schoolgroup.kernel.paging import PageRequest

READ = "audit:read"


async def list_entries(tx: Tx, wanted: AuditFilter, page: PageRequest) -> list[AuditEntry]:
    """The entries the caller may read, newest first: of the own school, or of the whole group.

    Raises NotAllowed for whoever may read none, Invalid for a time without an offset.
    """
    require(tx, READ, policy_of(tx).relations.mask_of("own"), thing="audit")
    for name, at in (("since", wanted.since), ("until", wanted.until)):
        if at is not None and at.tzinfo is None:
            what = "a time needs its offset from UTC (RFC 3339)"
            raise Invalid(problems=[Problem(f"query:/{name}", "no_offset", what)])
    return await queries.list_entries(tx, wanted, page)


async def mark_export(tx: Tx, act: str, thing: str, content: str, rows: int) -> str:
    """Enter in the trail that the caller takes a file away; the mark that belongs on every row.

    The mark names the caller, the time at the group's place and `export/<id>`; `GET /v1/audit` with
    that as `thing` finds the entry, whose detail says what was taken, and of what.
    """
    export = f"export/{new_id()}"
    detail = {"of": thing, "content": content, "rows": rows}
    await journal.enter(tx, act, export, "done", detail)
    at = tx.now.astimezone(ZoneInfo(tx.actor.time_zone)).isoformat(" ", "seconds")
    return f"{await queries.get_own_name(tx)} · {at} · {export}"


async def verify(tx: Tx) -> TrailVerified:
    """Recompute the chains the caller may read. Raises NotAllowed."""
    require(tx, READ, policy_of(tx).relations.mask_of("own"), thing="audit")
    rows = await queries.verify_chains(tx, None if may(tx, READ) else tx.actor.chain)
    chains = [_judge(row) for row in rows]
    return TrailVerified(
        intact=all(chain.intact for chain in chains),
        entries=sum(chain.entries for chain in chains),
        chains=chains,
    )


async def verify_chains(db: Database, group_id: UUID) -> list[ChainVerified]:
    """Recompute every chain of a group, for the command line."""

    async def recompute(tx: Tx) -> list[ChainVerified]:
        return [_judge(row) for row in await queries.verify_chains(tx, None)]

    return await db.run(system_actor(group_id), recompute)


def _judge(row: queries.ChainRow) -> ChainVerified:
    """The first fault of a chain: at one entry, the one that says most."""
    faults = [
        (seq, rank, verdict)
        for rank, (seq, verdict) in enumerate(
            (
                (row.missing_seq, Verdict.MISSING),
                (row.changed_seq, Verdict.CHANGED),
                (row.unlinked_seq, Verdict.UNLINKED),
                (None if row.at_head else row.newest_seq + 1, Verdict.CUT_OFF),
            )
        )
        if seq is not None
    ]
    if not faults:
        return ChainVerified(row.chain, row.entries, True, Verdict.INTACT, None)
    seq, _, verdict = min(faults)
    return ChainVerified(row.chain, row.entries, False, verdict, seq)
