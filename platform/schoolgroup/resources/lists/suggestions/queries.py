"""SQL of what schools suggest for lists."""

from uuid import UUID

from schoolgroup.kernel.db import Tx, execute, fetch_all, fetch_one
from schoolgroup.kernel.paging import PageRequest
from schoolgroup.resources.lists.models import SuggestionRow, SuggestionStatus, SuggestionWish

SELECT_SUGGESTION = """
SELECT g.id, g.list_id, g.school_id, s.name AS school_name, g.person_id, g.entry, g.because,
       g.status, g.decided_because, g.decided_at, g.entry_id, g.version, g.created_at
  FROM list_suggestion g
  JOIN school s ON s.group_id = g.group_id AND s.id = g.school_id
 WHERE g.group_id = $1
"""
GET_SUGGESTION = SELECT_SUGGESTION + " AND g.id = $2"
LOCK_SUGGESTION = "SELECT id FROM list_suggestion WHERE group_id = $1 AND id = $2 FOR UPDATE"
LIST_SUGGESTIONS = (
    SELECT_SUGGESTION
    + """
   AND g.list_id = $2 AND ($3::uuid IS NULL OR g.school_id = $3)
   AND ($4::uuid IS NULL OR g.id < $4)
 ORDER BY g.id DESC LIMIT $5
"""
)
INSERT_SUGGESTION = """
INSERT INTO list_suggestion (group_id, id, list_id, owner_school_id, school_id, person_id, entry,
                             because, status, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'proposed', $9)
"""
DECIDE = """
UPDATE list_suggestion
   SET status = $3, decided_because = $4, decided_at = $5, entry_id = $6, version = version + 1
 WHERE group_id = $1 AND id = $2
"""


async def get_suggestion(tx: Tx, suggestion_id: UUID) -> SuggestionRow | None:
    """One suggestion, where the actor's school made it or keeps the list."""
    return await fetch_one(tx, SuggestionRow, GET_SUGGESTION, tx.group_id, suggestion_id)


async def lock_suggestion(tx: Tx, suggestion_id: UUID) -> SuggestionRow | None:
    """The same, kept from changing until the transaction ends."""
    await execute(tx, LOCK_SUGGESTION, tx.group_id, suggestion_id)
    return await get_suggestion(tx, suggestion_id)


async def list_suggestions(
    tx: Tx, list_id: UUID, school_id: UUID | None, page: PageRequest
) -> list[SuggestionRow]:
    """The suggestions for a list, newest first; of one school where it is named."""
    after = page.after[0] if page.after else None
    return await fetch_all(
        tx, SuggestionRow, LIST_SUGGESTIONS, tx.group_id, list_id, school_id, after, page.limit
    )


async def insert_suggestion(
    tx: Tx, suggestion_id: UUID, list_id: UUID, owner_school_id: UUID | None, wish: SuggestionWish
) -> None:
    """A new suggestion of the actor's school."""
    await execute(
        tx, INSERT_SUGGESTION, tx.group_id, suggestion_id, list_id, owner_school_id,
        tx.actor.school_id, tx.actor.person_id, wish.entry, wish.because, tx.now,
    )  # fmt: skip


async def decide(
    tx: Tx,
    suggestion_id: UUID,
    status: SuggestionStatus,
    because: str | None,
    entry_id: UUID | None = None,
) -> None:
    """What became of it, and why."""
    await execute(tx, DECIDE, tx.group_id, suggestion_id, status, because, tx.now, entry_id)
