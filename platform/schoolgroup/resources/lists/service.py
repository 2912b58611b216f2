"""Keeping lists: editions per school year, their entries, rolling over to a new year."""

from uuid import UUID

import msgspec
from msgspec import UNSET

from schoolgroup.access.decisions import may, policy_of, require, require_found
from schoolgroup.kernel import journal
from schoolgroup.kernel.db import Tx
from schoolgroup.kernel.errors import (
    Conflict,
    Denial,
    Invalid,
    NotFound,
    Problem,
    refuse_by_constraint,
)
from schoolgroup.kernel.http import check_version
from schoolgroup.kernel.ids import new_id
from schoolgroup.kernel.paging import PageRequest
from schoolgroup.kernel.texts import Text
from schoolgroup.resources.lists import queries, rules
from schoolgroup.resources.lists.models import (
    CREATE,
    CURATE,
    EDITION,
    ENTRIES_MAX,
    READ,
    SUGGEST,
    Audience,
    Edition,
    EditionDraft,
    EditionRef,
    EditionRow,
    EditionStatus,
    EntryChange,
    EntryRow,
    EntryWish,
    ListChange,
    ListDraft,
    ListKind,
    ListRow,
    ResourceList,
)

DISCOVER = "resource:discover"
OFFICE = "the group office"


class EditionExists(Conflict):
    """The list has an edition of that school year."""

    code = "edition_exists"
    title = Text("There is an edition of that school year", "该学年已有版本")
    remedy = Text("Work on that edition.", "请在该版本上修改。")


class DraftOpen(Conflict):
    """Another edition of the list is still a draft."""

    code = "draft_open"
    title = Text("Another edition is still a draft", "已有草稿版本")
    remedy = Text("Publish or discard the draft first.", "请先发布或放弃现有草稿。")


class EntryTwice(Conflict):
    """The edition has this resource or book already."""

    code = "entry_twice"
    title = Text("It is in the edition already", "该条目已在清单中")
    remedy = Text("Change the entry that is there.", "请修改已有条目。")


class EditionPublished(Conflict):
    """A published edition never changes."""

    code = "published_never_changes"
    title = Text("A published edition never changes", "已发布的版本不可更改")
    remedy = Text("Begin the edition of the next school year.", "请新建下一学年的版本。")


class ListPublished(Conflict):
    """An edition of the list was published: others may rely on it."""

    code = "list_published"
    title = Text("An edition of it was published", "该清单已发布过版本")
    remedy = Text("Archive its editions instead.", "请改为归档其版本。")


class EditionFull(Conflict):
    """The edition has as many entries as one can have."""

    code = "edition_full"
    title = Text("The edition is full", "该版本条目已满")
    remedy = Text(f"{ENTRIES_MAX} is the most: begin a second list.", "请另建清单。")


refuse_by_constraint("one_edition_a_year", EditionExists)
refuse_by_constraint("one_draft_edition", DraftOpen)
refuse_by_constraint("entry_once", EntryTwice)
refuse_by_constraint("book_once", EntryTwice)
refuse_by_constraint("published_editions_never_change", EditionPublished)


# ── lists ──────────────────────────────────────────────────────────────────────────────────────


async def create(tx: Tx, draft: ListDraft) -> ResourceList:
    """A new list; raises NotAllowed, Invalid where the office would keep one for a school only."""
    whose = "own" if tx.actor.school_id else "group"
    require(tx, CREATE, policy_of(tx).relations.mask_of(whose), thing="list/new")
    _check_audience(tx.actor.school_id, draft.audience)
    list_id = new_id()
    await queries.insert_list(tx, list_id, draft)
    row = await _lock_list(tx, list_id, CURATE)
    await _record(tx, "list.created", CREATE, row, row.version)
    return (await _shown(tx, [row]))[0]


async def get(tx: Tx, list_id: UUID) -> ResourceList:
    """One list; raises NotFound."""
    return (await _shown(tx, [await find(tx, list_id)]))[0]


async def find_lists(
    tx: Tx, kind: ListKind | None, school_year: int | None, page: PageRequest
) -> list[ResourceList]:
    """The lists the actor may read, newest first."""
    return await _shown(tx, await queries.list_lists(tx, kind, school_year, page))


async def change(tx: Tx, list_id: UUID, wanted: ListChange, version: int) -> ResourceList:
    """What a list says of itself; raises NotFound, NotAllowed, StaleVersion."""
    row = await _lock_list(tx, list_id, CURATE)
    check_version(version, row.version)
    said = {n: v for n, v in msgspec.structs.asdict(wanted).items() if v is not UNSET}
    row = msgspec.structs.replace(row, **said)
    _check_audience(row.school_id, row.audience)
    await queries.update_list(tx, list_id, row.title, row.summary, row.audience)
    row = await find(tx, list_id)
    await _record(tx, "list.changed", CURATE, row, row.version)
    return (await _shown(tx, [row]))[0]


async def delete(tx: Tx, list_id: UUID, version: int) -> None:
    """A list of which nothing was ever published; raises ListPublished, StaleVersion."""
    row = await _lock_list(tx, list_id, CURATE)
    check_version(version, row.version)
    editions = await queries.list_editions(tx, [list_id])
    if any(edition.status is not EditionStatus.DRAFT for edition in editions):
        raise ListPublished
    for edition in editions:
        await queries.delete_edition(tx, edition.id)
    await queries.delete_list(tx, list_id)
    await _record(tx, "list.deleted", CURATE, row, row.version)


# ── editions ───────────────────────────────────────────────────────────────────────────────────


async def begin_edition(tx: Tx, list_id: UUID, draft: EditionDraft) -> Edition:
    """A draft for a school year, empty or rolled over from an earlier edition of the list.

    What is rolled over keeps the revisions that were noted, so `attention` of the new edition is
    the report of what is dead or has changed since. Raises EditionExists, DraftOpen, Invalid.
    """
    row = await _lock_list(tx, list_id, CURATE)
    edition_id = new_id()
    if draft.from_edition_id is not None:
        source = await queries.get_edition(tx, draft.from_edition_id)
        if source is None or source.list_id != list_id:
            at = "/from_edition_id"
            raise Invalid(problems=[Problem(at, "unknown", "no edition of this list")])
    await queries.insert_edition(tx, edition_id, list_id, draft.school_year, draft.from_edition_id)
    if draft.from_edition_id is not None:
        await queries.copy_entries(tx, draft.from_edition_id, edition_id)
    edition = await _edition(tx, edition_id)
    event = "list.rolled_over" if draft.from_edition_id else "list.edition_begun"
    await _record(tx, event, CURATE, row, row.version, edition_id)
    return edition


async def get_edition(tx: Tx, edition_id: UUID) -> Edition:
    """An edition with its entries; a draft only for those who curate. Raises NotFound."""
    return await _edition(tx, edition_id)


async def move_edition(tx: Tx, edition_id: UUID, verb: str) -> Edition:
    """Publish or archive an edition; raises WrongState, EmptyEdition."""
    row = await _lock_edition(tx, edition_id)
    status = EDITION.step(row.status, verb)
    if status is EditionStatus.PUBLISHED and not await queries.list_entries(tx, edition_id):
        raise rules.EmptyEdition
    await queries.set_edition_status(tx, edition_id, status)
    return await _done(tx, edition_id, f"list.{status}")


async def discard_edition(tx: Tx, edition_id: UUID, version: int) -> None:
    """A draft edition that is not wanted; raises WrongState, StaleVersion."""
    row = await _lock_edition(tx, edition_id)
    check_version(version, row.version)
    EDITION.step(row.status, "discard")
    owner = await find(tx, row.list_id)
    await queries.delete_edition(tx, edition_id)
    await _record(tx, "list.edition_discarded", CURATE, owner, row.version, edition_id)


async def put_in_order(tx: Tx, edition_id: UUID, entry_ids: list[UUID], version: int) -> Edition:
    """Let the entries stand in this order; raises OrderMismatch, WrongState, StaleVersion."""
    row = await _lock_edition(tx, edition_id)
    check_version(version, row.version)
    EDITION.step(row.status, "edit")
    there = {entry.id for entry in await queries.list_entries(tx, edition_id)}
    if there != set(entry_ids) or len(there) != len(entry_ids):
        raise rules.OrderMismatch
    await queries.sort_entries(tx, entry_ids)
    await queries.move_edition(tx, edition_id)
    return await _done(tx, edition_id, "list.entries_ordered")


# ── entries ────────────────────────────────────────────────────────────────────────────────────


async def add_entry(tx: Tx, edition_id: UUID, wish: EntryWish) -> Edition:
    """A new last entry of a draft; raises Invalid, WrongState, EntryTwice, EditionFull."""
    await enter(tx, edition_id, wish)
    return await _done(tx, edition_id, "list.entry_added")


async def enter(tx: Tx, edition_id: UUID, wish: EntryWish) -> UUID:
    """The new entry's id, without an event: for those who announce more than that."""
    row = await _lock_edition(tx, edition_id)
    EDITION.step(row.status, "edit")
    wish = rules.check_entry(wish)
    if len(await queries.list_entries(tx, edition_id)) >= ENTRIES_MAX:
        raise EditionFull
    title, revision_no = await resolve(tx, wish)
    entry_id = new_id()
    await queries.insert_entry(tx, entry_id, edition_id, wish, title, revision_no)
    await queries.move_edition(tx, edition_id)
    return entry_id


async def change_entry(tx: Tx, entry_id: UUID, wanted: EntryChange, version: int) -> Edition:
    """What an entry of a draft says; raises Invalid, WrongState, StaleVersion."""
    entry = await _lock_entry(tx, entry_id, version)
    wish = rules.changed(entry, wanted)
    title, revision_no = entry.title, entry.revision_no
    if wanted.resource_id is not UNSET or wish.resource_id is None:
        title, revision_no = await resolve(tx, wish)
    await queries.update_entry(tx, entry_id, wish, title, revision_no)
    await queries.move_edition(tx, entry.edition_id)
    return await _done(tx, entry.edition_id, "list.entry_changed")


async def remove_entry(tx: Tx, entry_id: UUID, version: int) -> None:
    """An entry of a draft, taken out; raises WrongState, StaleVersion."""
    entry = await _lock_entry(tx, entry_id, version)
    await queries.delete_entry(tx, entry_id)
    await queries.move_edition(tx, entry.edition_id)
    await _done(tx, entry.edition_id, "list.entry_removed")


async def resolve(tx: Tx, wish: EntryWish) -> tuple[str, int | None]:
    """The title and revision an entry notes; raises Invalid for a resource nobody here may find."""
    if wish.resource_id is None:
        return wish.title or "", None
    resource = await queries.get_resource(tx, wish.resource_id)
    seen = resource is not None and may(tx, DISCOVER, resource.relations)
    if resource is None or not seen or resource.status != "published":
        why = "no published resource that you may find"
        raise Invalid(problems=[Problem("/resource_id", "unknown", why)])
    return resource.title, resource.revision_no


# ── within ─────────────────────────────────────────────────────────────────────────────────────


async def find(tx: Tx, list_id: UUID) -> ListRow:
    """A list the actor may read; raises NotFound."""
    thing = f"list/{list_id}"
    row = require_found(await queries.get_list(tx, list_id), thing, READ)
    require(tx, READ, row.relations, thing=thing, see=READ)
    return row


async def _lock_list(tx: Tx, list_id: UUID, act: str) -> ListRow:
    thing = f"list/{list_id}"
    row = require_found(await queries.lock_list(tx, list_id), thing, act)
    require(tx, act, row.relations, thing=thing, see=READ, owner=row.school_name or OFFICE)
    return row


async def _find_edition(tx: Tx, row: EditionRow | None, edition_id: UUID) -> EditionRow:
    thing = f"list-edition/{edition_id}"
    row = require_found(row, thing, READ)
    require(tx, READ, row.relations, thing=thing, see=READ)
    if row.status is EditionStatus.DRAFT and not may(tx, CURATE, row.relations):
        raise NotFound(denial=Denial(act=READ, thing=thing, relations=(), policy_line=""))
    return row


async def _lock_edition(tx: Tx, edition_id: UUID) -> EditionRow:
    row = await _find_edition(tx, await queries.lock_edition(tx, edition_id), edition_id)
    require(
        tx, CURATE, row.relations, thing=f"list-edition/{edition_id}", see=READ,
        owner=row.school_name or OFFICE,
    )  # fmt: skip
    return row


async def _lock_entry(tx: Tx, entry_id: UUID, version: int) -> EntryRow:
    entry = require_found(await queries.get_entry(tx, entry_id), f"list-entry/{entry_id}", CURATE)
    edition = await _lock_edition(tx, entry.edition_id)
    EDITION.step(edition.status, "edit")
    # Once more, now that nobody else changes the edition.
    entry = require_found(await queries.get_entry(tx, entry_id), f"list-entry/{entry_id}", CURATE)
    check_version(version, entry.version)
    return entry


async def _edition(tx: Tx, edition_id: UUID) -> Edition:
    row = await _find_edition(tx, await queries.get_edition(tx, edition_id), edition_id)
    curates = may(tx, CURATE, row.relations)
    entries = [rules.shown(entry, curates) for entry in await queries.list_entries(tx, edition_id)]
    said = {name: getattr(row, name) for name in Edition.__struct_fields__ if hasattr(row, name)}
    return Edition(
        **said,
        entries=entries,
        attention=rules.attention(entries),
        actions=EDITION.actions(row.status, lambda act: may(tx, act, row.relations)),
    )


async def _done(tx: Tx, edition_id: UUID, event: str) -> Edition:
    edition = await _edition(tx, edition_id)
    owner = await find(tx, edition.list_id)
    await _record(tx, event, CURATE, owner, edition.version, edition_id)
    return edition


async def _shown(tx: Tx, rows: list[ListRow]) -> list[ResourceList]:
    editions: dict[UUID, list[EditionRef]] = {row.id: [] for row in rows}
    for edition in await queries.list_editions(tx, list(editions)) if rows else []:
        editions[edition.list_id].append(edition)
    shown = []
    for row in rows:
        curates = may(tx, CURATE, row.relations)
        seen = [e for e in editions[row.id] if curates or e.status is not EditionStatus.DRAFT]
        actions = ["change"] if curates else []
        if curates and all(e.status is not EditionStatus.DRAFT for e in seen):
            actions.append("begin_edition")
        if curates and all(e.status is EditionStatus.DRAFT for e in seen):
            actions.append("delete")
        if tx.actor.school_id is not None and may(tx, SUGGEST, row.relations):
            actions.append("suggest")
        said = {n: getattr(row, n) for n in ResourceList.__struct_fields__ if hasattr(row, n)}
        shown.append(ResourceList(**said, editions=seen, actions=actions))
    return shown


def _check_audience(school_id: UUID | None, audience: Audience) -> None:
    if school_id is None and audience is Audience.SCHOOL:
        why = "a list of the group office is for the group"
        raise Invalid(problems=[Problem("/audience", "for_the_group", why)])


async def _record(
    tx: Tx, event: str, act: str, row: ListRow, version: int, edition_id: UUID | None = None
) -> None:
    await journal.record(
        tx,
        event,
        act=act,
        thing=f"list/{row.id}",
        owner_school_id=row.school_id,
        version=version,
        data={"list_id": row.id, "kind": row.kind, "edition_id": edition_id},
    )
