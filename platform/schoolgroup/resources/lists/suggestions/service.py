"""What schools suggest for a list: proposed, then decided by its curator with a reason."""

from uuid import UUID

from schoolgroup.access.decisions import may, require, require_found
from schoolgroup.kernel import journal
from schoolgroup.kernel.db import Tx
from schoolgroup.kernel.errors import Conflict, Forbidden
from schoolgroup.kernel.ids import new_id
from schoolgroup.kernel.paging import PageRequest
from schoolgroup.kernel.texts import Text
from schoolgroup.resources.lists import queries as list_queries
from schoolgroup.resources.lists import rules
from schoolgroup.resources.lists import service as lists
from schoolgroup.resources.lists.models import (
    CURATE,
    READ,
    SUGGEST,
    SUGGESTION,
    EditionStatus,
    ListRow,
    Suggestion,
    SuggestionRow,
    SuggestionWish,
)
from schoolgroup.resources.lists.suggestions import queries


class NoDraftEdition(Conflict):
    """There is no draft edition the suggestion could be taken into."""

    code = "no_draft_edition"
    title = Text("The list has no draft edition", "该清单没有草稿版本")
    remedy = Text("Begin the edition of the next school year first.", "请先新建下一学年的版本。")


class NotTheProposer(Forbidden):
    """Only who made a suggestion takes it back."""

    code = "not_the_proposer"
    title = Text("Only who made it takes it back", "仅限提出人撤回")
    remedy = Text("Ask the colleague who made it.", "请联系提出建议的同事。")


class SchoolsSuggest(Forbidden):
    """Suggestions come from schools; the office curates."""

    code = "schools_suggest"
    title = Text("Only a school suggests", "仅学校可提出建议")
    remedy = Text("Enter it into a draft edition.", "请直接加入草稿版本。")


async def suggest(tx: Tx, list_id: UUID, wish: SuggestionWish) -> Suggestion:
    """Propose an entry; raises NotFound, NotAllowed, Invalid, SchoolsSuggest."""
    row = await lists.find(tx, list_id)
    thing = f"list/{list_id}"
    require(tx, SUGGEST, row.relations, thing=thing, see=READ)
    if tx.actor.school_id is None:
        raise SchoolsSuggest
    entry = rules.check_entry(wish.entry, "/entry")
    await lists.resolve(tx, entry)
    suggestion_id = new_id()
    wish = SuggestionWish(entry=entry, because=wish.because)
    await queries.insert_suggestion(tx, suggestion_id, list_id, row.school_id, wish)
    made = await _find(tx, suggestion_id)
    await _record(tx, "list.suggested", SUGGEST, row, made)
    return _shown(tx, row, made)


async def list_suggestions(tx: Tx, list_id: UUID, page: PageRequest) -> list[Suggestion]:
    """All of them for the list's curators, for others those of their own school."""
    row = await lists.find(tx, list_id)
    curates = may(tx, CURATE, row.relations)
    if not curates and tx.actor.school_id is None:
        return []
    school_id = None if curates else tx.actor.school_id
    rows = await queries.list_suggestions(tx, list_id, school_id, page)
    return [_shown(tx, row, suggestion) for suggestion in rows]


async def accept(tx: Tx, suggestion_id: UUID, because: str) -> Suggestion:
    """Take it into the list's draft edition; raises NoDraftEdition, WrongState, EntryTwice."""
    row, suggestion = await _to_decide(tx, suggestion_id)
    status = SUGGESTION.step(suggestion.status, "accept")
    drafts = [
        edition
        for edition in await list_queries.list_editions(tx, [row.id])
        if edition.status is EditionStatus.DRAFT
    ]
    if not drafts:
        raise NoDraftEdition
    entry_id = await lists.enter(tx, drafts[0].id, suggestion.entry)
    await queries.decide(tx, suggestion_id, status, because, entry_id)
    return await _decided(tx, row, suggestion_id, "list.suggestion_accepted", CURATE)


async def decline(tx: Tx, suggestion_id: UUID, because: str) -> Suggestion:
    """Not taken, and why; raises WrongState."""
    row, suggestion = await _to_decide(tx, suggestion_id)
    status = SUGGESTION.step(suggestion.status, "decline")
    await queries.decide(tx, suggestion_id, status, because)
    return await _decided(tx, row, suggestion_id, "list.suggestion_declined", CURATE)


async def take_back(tx: Tx, suggestion_id: UUID) -> Suggestion:
    """Taken back by who made it; raises NotTheProposer, WrongState."""
    suggestion = await _locked(tx, suggestion_id)
    row = await lists.find(tx, suggestion.list_id)
    require(tx, SUGGEST, row.relations, thing=f"list/{row.id}", see=READ)
    if suggestion.person_id is None or suggestion.person_id != tx.actor.person_id:
        raise NotTheProposer
    status = SUGGESTION.step(suggestion.status, "take_back")
    await queries.decide(tx, suggestion_id, status, None)
    return await _decided(tx, row, suggestion_id, "list.suggestion_taken_back", SUGGEST)


async def _locked(tx: Tx, suggestion_id: UUID) -> SuggestionRow:
    row = await queries.lock_suggestion(tx, suggestion_id)
    return require_found(row, f"list-suggestion/{suggestion_id}", SUGGEST)


async def _find(tx: Tx, suggestion_id: UUID) -> SuggestionRow:
    row = await queries.get_suggestion(tx, suggestion_id)
    return require_found(row, f"list-suggestion/{suggestion_id}", SUGGEST)


async def _to_decide(tx: Tx, suggestion_id: UUID) -> tuple[ListRow, SuggestionRow]:
    suggestion = await _locked(tx, suggestion_id)
    row = await lists.find(tx, suggestion.list_id)
    require(
        tx, CURATE, row.relations, thing=f"list/{row.id}", see=READ,
        owner=row.school_name or lists.OFFICE,
    )  # fmt: skip
    return row, suggestion


async def _decided(tx: Tx, row: ListRow, suggestion_id: UUID, event: str, act: str) -> Suggestion:
    decided = await _find(tx, suggestion_id)
    await _record(tx, event, act, row, decided)
    return _shown(tx, row, decided)


def _shown(tx: Tx, row: ListRow, suggestion: SuggestionRow) -> Suggestion:
    mine = suggestion.person_id is not None and suggestion.person_id == tx.actor.person_id

    def able(act: str) -> bool:
        return may(tx, act, row.relations) and (act != SUGGEST or mine)

    said = {
        name: getattr(suggestion, name)
        for name in Suggestion.__struct_fields__
        if name != "actions"
    }
    return Suggestion(**said, actions=SUGGESTION.actions(suggestion.status, able))


async def _record(tx: Tx, event: str, act: str, row: ListRow, suggestion: SuggestionRow) -> None:
    await journal.record(
        tx,
        event,
        act=act,
        thing=f"list-suggestion/{suggestion.id}",
        owner_school_id=row.school_id,
        school_ids=[suggestion.school_id],
        version=suggestion.version,
        data={
            "list_id": row.id,
            "suggestion_id": suggestion.id,
            "status": suggestion.status,
            "entry_id": suggestion.entry_id,
        },
    )
