"""Keep a search, and see what is new in it since one last looked.

New is what the caller can find now and could not then: made, published, or offered since. It is
told from the class each resource was in when last looked, by the rights of today; by descriptions,
not by the text of files.
"""

from datetime import datetime
from uuid import UUID

import msgspec
from msgspec import UNSET

from schoolgroup.access.decisions import may, policy_of, require, require_found
from schoolgroup.access.relations import ANY_MASK
from schoolgroup.kernel import journal
from schoolgroup.kernel.db import Tx
from schoolgroup.kernel.errors import Conflict, NotFound, refuse_by_constraint
from schoolgroup.kernel.http import check_version
from schoolgroup.kernel.ids import new_id
from schoolgroup.kernel.paging import PageRequest
from schoolgroup.kernel.texts import Text
from schoolgroup.resources.search import service as search
from schoolgroup.resources.search.models import Counts
from schoolgroup.resources.search.queries import EVERYTHING
from schoolgroup.resources.search.saved import queries
from schoolgroup.resources.search.saved.models import (
    SAVED_MAX,
    News,
    SavedRow,
    SavedSearch,
    SearchChange,
    SearchWish,
)

KEEP = "search:keep"
ACTIONS = ("change", "delete", "look")
MOVES_MAX = 5_000  # what moved since is looked at: the newest so many


class TooManySearches(Conflict):
    """Somebody keeps as many searches as one may."""

    code = "too_many_searches"
    title = Text("You keep as many searches as possible", "保存的检索已达上限")
    remedy = Text("Delete one that is not needed any more.", "请先删除不再需要的检索。")


class NameTaken(Conflict):
    """Somebody's searches have different names."""

    code = "search_name_taken"
    title = Text("You keep a search of this name", "已有同名的检索")
    remedy = Text("Choose another name.", "请换一个名称。")


refuse_by_constraint("one_search_per_name", NameTaken)


async def save(tx: Tx, wish: SearchWish) -> SavedSearch:
    """Keep a search; nothing is new in it yet. Raises NotAllowed, TooManySearches, NameTaken."""
    person = tx.actor.person_id is not None
    mask = policy_of(tx).relations.mask_of("self") if person else ANY_MASK
    require(tx, KEEP, mask, thing="search/new")
    if await queries.count_searches(tx) >= SAVED_MAX:
        raise TooManySearches(facts={"searches_max": SAVED_MAX})
    search_id = new_id()
    until = await queries.horizon(tx)
    await queries.insert_search(tx, search_id, wish.name, wish.wanted, until)
    return await _done(tx, search_id, "search.saved")


async def get(tx: Tx, search_id: UUID) -> SavedSearch:
    """One of one's own; raises NotFound."""
    return _shown(tx, await _mine(tx, await queries.get_search(tx, search_id), search_id))


async def list_saved(tx: Tx, page: PageRequest) -> list[SavedSearch]:
    """One's own, newest first."""
    return [_shown(tx, row) for row in await queries.list_searches(tx, page)]


async def change(tx: Tx, search_id: UUID, wish: SearchChange, version: int) -> SavedSearch:
    """Another name or other words; raises NotFound, StaleVersion, NameTaken."""
    row = await _mine(tx, await queries.lock_search(tx, search_id), search_id)
    check_version(version, row.version)
    name = row.name if wish.name is UNSET else wish.name
    wanted = row.wanted if wish.wanted is UNSET else wish.wanted
    await queries.update_search(tx, search_id, name, wanted, row.looked_at)
    return await _done(tx, search_id, "search.changed")


async def delete(tx: Tx, search_id: UUID, version: int) -> None:
    """Keep it no more; raises NotFound, StaleVersion."""
    row = await _mine(tx, await queries.lock_search(tx, search_id), search_id)
    check_version(version, row.version)
    await queries.delete_search(tx, search_id)
    await _record(tx, row, "search.deleted")


async def look(tx: Tx, search_id: UUID, until: datetime) -> SavedSearch:
    """What came before `until` has been seen; never back in time. Raises NotFound."""
    row = await _mine(tx, await queries.lock_search(tx, search_id), search_id)
    seen = max(row.looked_at, min(until, await queries.horizon(tx)))
    await queries.update_search(tx, search_id, row.name, row.wanted, seen)
    return await _done(tx, search_id, "search.looked")


async def news(tx: Tx, search_id: UUID, page: PageRequest) -> tuple[News, list[int] | None]:
    """What is new in it, and the key to go on after; raises NotFound."""
    row = await _mine(tx, await queries.get_search(tx, search_id), search_id)
    until = await queries.horizon(tx)
    question, scope = await search.asked(tx, row.wanted)
    if question is None:
        return News(items=[], total=0, counts=Counts.EXACT, until=until), None
    before = int(page.after[0]) if page.after else EVERYTHING
    hits = await queries.find_new(
        tx, row.looked_at, scope, question, before, page.limit + 1, MOVES_MAX
    )
    shown = hits.page[: page.limit]
    items = await search.show(tx, [id_ for _, id_ in shown], row.wanted.q)
    counts = Counts.AT_LEAST if hits.truncated else Counts.EXACT
    more = len(hits.page) > page.limit
    return (
        News(items=items, total=hits.total, counts=counts, until=until),
        [shown[-1][0]] if more else None,
    )


async def _mine(tx: Tx, row: SavedRow | None, search_id: UUID) -> SavedRow:
    thing = f"search/{search_id}"
    require_found(row, thing, KEEP)
    if row is None:
        raise NotFound
    require(tx, KEEP, row.relations, thing=thing, see=KEEP)
    return row


def _shown(tx: Tx, row: SavedRow) -> SavedSearch:
    said = {name: getattr(row, name) for name in SavedSearch.__struct_fields__ if name != "actions"}
    actions = list(ACTIONS) if may(tx, KEEP, row.relations) else []
    return msgspec.convert({**said, "actions": actions}, SavedSearch)


async def _done(tx: Tx, search_id: UUID, event: str) -> SavedSearch:
    row = await _mine(tx, await queries.get_search(tx, search_id), search_id)
    await _record(tx, row, event)
    return _shown(tx, row)


async def _record(tx: Tx, row: SavedRow, event: str) -> None:
    await journal.record(
        tx, event, act=KEEP, thing=f"search/{row.id}", owner_school_id=tx.actor.school_id,
        version=row.version, data={"search_id": row.id},
    )  # fmt: skip
