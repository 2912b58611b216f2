"""Course, reading and place lists (清单).

Written by `make client` from the API description: do not edit.
"""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from msgspec import UNSET, Struct, UnsetType

from schoolgroup.client import kinds as k
from schoolgroup.client.generated import shared


class Attention(Struct, frozen=True, kw_only=True, omit_defaults=True):
    entry_id: UUID
    title: str | None
    standing: ListsStanding
    fix: shared.Text


class EditionDraft(Struct, frozen=True, kw_only=True, omit_defaults=True):
    school_year: int
    from_edition_id: UUID | UnsetType | None = UNSET


class EditionRef(Struct, frozen=True, kw_only=True, omit_defaults=True):
    id: UUID
    list_id: UUID
    school_year: int
    status: EditionStatus


class EditionStatus(k.Word):
    """Only drafts change; archived ones can still be read."""

    DRAFT = "draft"
    PUBLISHED = "published"
    ARCHIVED = "archived"


class Entry(Struct, frozen=True, kw_only=True, omit_defaults=True):
    id: UUID
    target: ListsTarget
    title: str | None
    importance: Importance
    note: str
    resource_id: UUID | None
    revision_no: int | None
    standing: ListsStanding | None
    isbn: str | None
    author: str
    publisher: str
    address: str
    hours: str
    capacity_people: int | None
    contact: str
    version: int


class EntryChange(Struct, frozen=True, kw_only=True, omit_defaults=True):
    importance: Importance | UnsetType = UNSET
    note: str | UnsetType = UNSET
    resource_id: UUID | UnsetType = UNSET
    title: str | UnsetType = UNSET
    isbn: str | UnsetType | None = UNSET
    author: str | UnsetType = UNSET
    publisher: str | UnsetType = UNSET
    address: str | UnsetType = UNSET
    hours: str | UnsetType = UNSET
    capacity_people: int | UnsetType | None = UNSET
    contact: str | UnsetType = UNSET


class EntryWish(Struct, frozen=True, kw_only=True, omit_defaults=True):
    target: ListsTarget
    importance: Importance | UnsetType = UNSET
    note: str = ""
    resource_id: UUID | UnsetType | None = UNSET
    title: str | UnsetType | None = UNSET
    isbn: str | UnsetType | None = UNSET
    author: str = ""
    publisher: str = ""
    address: str = ""
    hours: str = ""
    capacity_people: int | UnsetType | None = UNSET
    contact: str = ""


class Importance(k.Word):
    """How much an entry is recommended: 必选, 推荐, 可选."""

    REQUIRED = "required"
    RECOMMENDED = "recommended"
    OPTIONAL = "optional"


class ListChange(Struct, frozen=True, kw_only=True, omit_defaults=True):
    title: str | UnsetType = UNSET
    summary: str | UnsetType = UNSET
    audience: ListsAudience | UnsetType = UNSET


class ListDraft(Struct, frozen=True, kw_only=True, omit_defaults=True):
    kind: ListKind
    title: str
    summary: str = ""
    audience: ListsAudience | UnsetType = UNSET


class ListKind(k.Word):
    """课程资源清单, 学习书目清单, 红色阵地清单."""

    COURSE = "course"
    READING = "reading"
    PLACE = "place"


class ListsAudience(k.Word):
    """Whom the published editions reach."""

    SCHOOL = "school"
    GROUP = "group"


class ListsDecision(Struct, frozen=True, kw_only=True, omit_defaults=True):
    because: str


class ListsEdition(Struct, frozen=True, kw_only=True, omit_defaults=True):
    id: UUID
    list_id: UUID
    list_title: str
    school_year: int
    status: EditionStatus
    rolled_from_edition_id: UUID | None
    published_at: dt.datetime | None
    archived_at: dt.datetime | None
    entries: list[Entry]
    attention: list[Attention]
    actions: list[str]
    version: int


class ListsStanding(k.Word):
    """How the resource of an entry is now, for whoever asks."""

    OK = "ok"
    CHANGED = "changed"
    WITHDRAWN = "withdrawn"
    OUT_OF_REACH = "out_of_reach"


class ListsSuggestion(Struct, frozen=True, kw_only=True, omit_defaults=True):
    id: UUID
    list_id: UUID
    school_id: UUID
    school_name: str
    entry: EntryWish
    because: str
    status: SuggestionStatus
    decided_because: str | None
    decided_at: dt.datetime | None
    entry_id: UUID | None
    actions: list[str]
    version: int
    created_at: dt.datetime


class ListsTarget(k.Word):
    """What an entry points to."""

    RESOURCE = "resource"
    BOOK = "book"
    PLACE = "place"


class Order(Struct, frozen=True, kw_only=True, omit_defaults=True):
    entry_ids: list[UUID]


class ResourceList(Struct, frozen=True, kw_only=True, omit_defaults=True):
    id: UUID
    school_id: UUID | None
    school_name: str | None
    kind: ListKind
    title: str
    summary: str
    audience: ListsAudience
    editions: list[EditionRef]
    actions: list[str]
    version: int
    created_at: dt.datetime
    updated_at: dt.datetime


class SuggestionStatus(k.Word):
    """Where a suggestion stands."""

    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    TAKEN_BACK = "taken_back"


class SuggestionWish(Struct, frozen=True, kw_only=True, omit_defaults=True):
    entry: EntryWish
    because: str


def accept_suggestion(
    suggestion_id: UUID, body: ListsDecision, *, idempotency_key: str | None = None
) -> k.Asked[ListsSuggestion]:
    """Take a suggestion into the draft edition.

    As its last entry.
    """
    return k.ask(
        "acceptSuggestion",
        "POST",
        k.path_of("/v1/list-suggestions/{suggestion_id}/accept", suggestion_id=suggestion_id),
        k.read_json(ListsSuggestion),
        body=body,
        once=True,
        key=idempotency_key,
    )


def add_entry(
    edition_id: UUID, body: EntryWish, *, idempotency_key: str | None = None
) -> k.Asked[ListsEdition]:
    """Add an entry to a draft edition.

    A resource one may find, a book, or a place; the last one, until it is put in order.
    """
    return k.ask(
        "addEntry",
        "POST",
        k.path_of("/v1/list-editions/{edition_id}/entries", edition_id=edition_id),
        k.read_json(ListsEdition),
        body=body,
        once=True,
        key=idempotency_key,
    )


def archive_edition(
    edition_id: UUID, *, idempotency_key: str | None = None
) -> k.Asked[ListsEdition]:
    """Archive an edition.

    It can still be read.
    """
    return k.ask(
        "archiveEdition",
        "POST",
        k.path_of("/v1/list-editions/{edition_id}/archive", edition_id=edition_id),
        k.read_json(ListsEdition),
        once=True,
        key=idempotency_key,
    )


def begin_edition(
    list_id: UUID, body: EditionDraft, *, idempotency_key: str | None = None
) -> k.Asked[ListsEdition]:
    """Begin the edition of a school year.

    Empty, or rolled over: `attention` then reports what is dead or has changed since.
    """
    return k.ask(
        "beginEdition",
        "POST",
        k.path_of("/v1/lists/{list_id}/editions", list_id=list_id),
        k.read_json(ListsEdition),
        body=body,
        once=True,
        key=idempotency_key,
    )


def change_entry(
    entry_id: UUID, body: EntryChange, *, version: int, idempotency_key: str | None = None
) -> k.Asked[ListsEdition]:
    """Change an entry of a draft edition.

    If-Match names the entry's own version; the answer is the whole edition.
    """
    return k.ask(
        "changeEntry",
        "PATCH",
        k.path_of("/v1/list-entries/{entry_id}", entry_id=entry_id),
        k.read_json(ListsEdition),
        body=body,
        version=version,
        once=True,
        key=idempotency_key,
    )


def change_list(
    list_id: UUID, body: ListChange, *, version: int, idempotency_key: str | None = None
) -> k.Asked[ResourceList]:
    """Change what a list says of itself.

    Its title, its summary, whom it is for.
    """
    return k.ask(
        "changeList",
        "PATCH",
        k.path_of("/v1/lists/{list_id}", list_id=list_id),
        k.read_json(ResourceList),
        body=body,
        version=version,
        once=True,
        key=idempotency_key,
    )


def create_list(body: ListDraft, *, idempotency_key: str | None = None) -> k.Asked[ResourceList]:
    """Begin a list of courses, readings or places.

    Of the acting school, or of the group office; unseen by others until an edition is out.
    """
    return k.ask(
        "createList",
        "POST",
        "/v1/lists",
        k.read_json(ResourceList),
        body=body,
        once=True,
        key=idempotency_key,
    )


def decline_suggestion(
    suggestion_id: UUID, body: ListsDecision, *, idempotency_key: str | None = None
) -> k.Asked[ListsSuggestion]:
    """Decline a suggestion.

    The school that made it reads why.
    """
    return k.ask(
        "declineSuggestion",
        "POST",
        k.path_of("/v1/list-suggestions/{suggestion_id}/decline", suggestion_id=suggestion_id),
        k.read_json(ListsSuggestion),
        body=body,
        once=True,
        key=idempotency_key,
    )


def delete_list(list_id: UUID, *, version: int) -> k.Asked[None]:
    """Delete a list of which nothing was published.

    With its draft edition.
    """
    return k.ask(
        "deleteList",
        "DELETE",
        k.path_of("/v1/lists/{list_id}", list_id=list_id),
        k.read_nothing,
        version=version,
        accept="*/*",
    )


def discard_edition(edition_id: UUID, *, version: int) -> k.Asked[None]:
    """Discard a draft edition.

    With its entries.
    """
    return k.ask(
        "discardEdition",
        "DELETE",
        k.path_of("/v1/list-editions/{edition_id}", edition_id=edition_id),
        k.read_nothing,
        version=version,
        accept="*/*",
    )


def export_edition(edition_id: UUID, *, form: Any | None = None) -> k.Asked[k.Content]:
    """An edition of a list, as a file.

    Its entries in order, as far as the caller may see them; a broken one says so.
    """
    return k.ask(
        "exportEdition",
        "GET",
        k.path_of("/v1/list-editions/{edition_id}/export", edition_id=edition_id),
        k.read_content,
        query={"form": form},
        accept="*/*",
    )


def get_edition(edition_id: UUID) -> k.Asked[ListsEdition]:
    """One edition with its entries in order.

    Always as of now: how its resources stand moves without the edition's version moving.
    """
    return k.ask(
        "getEdition",
        "GET",
        k.path_of("/v1/list-editions/{edition_id}", edition_id=edition_id),
        k.read_json(ListsEdition),
    )


def get_list(list_id: UUID) -> k.Asked[ResourceList]:
    """One list and its editions.

    Newest school year first; drafts for those who curate it.
    """
    return k.ask(
        "getList",
        "GET",
        k.path_of("/v1/lists/{list_id}", list_id=list_id),
        k.read_json(ResourceList),
    )


def list_lists(
    *,
    kind: ListKind | None = None,
    school_year: int | None = None,
    limit: int | None = None,
    cursor: str | None = None,
) -> k.Asked[k.Page[ResourceList]]:
    """The lists one may read, newest first.

    Of a kind, or with an edition of a school year.
    """
    return k.ask(
        "listLists",
        "GET",
        "/v1/lists",
        k.read_json(k.Page[ResourceList]),
        query={"kind": kind, "school_year": school_year, "limit": limit, "cursor": cursor},
    )


def list_suggestions(
    list_id: UUID, *, limit: int | None = None, cursor: str | None = None
) -> k.Asked[k.Page[ListsSuggestion]]:
    """The suggestions for a list, newest first.

    All of them for its curators, for others those of their own school.
    """
    return k.ask(
        "listSuggestions",
        "GET",
        k.path_of("/v1/lists/{list_id}/suggestions", list_id=list_id),
        k.read_json(k.Page[ListsSuggestion]),
        query={"limit": limit, "cursor": cursor},
    )


def order_entries(
    edition_id: UUID, body: Order, *, version: int, idempotency_key: str | None = None
) -> k.Asked[ListsEdition]:
    """Put the entries of a draft in order.

    Every entry is named, once.
    """
    return k.ask(
        "orderEntries",
        "PUT",
        k.path_of("/v1/list-editions/{edition_id}/order", edition_id=edition_id),
        k.read_json(ListsEdition),
        body=body,
        version=version,
        once=True,
        key=idempotency_key,
    )


def publish_edition(
    edition_id: UUID, *, idempotency_key: str | None = None
) -> k.Asked[ListsEdition]:
    """Publish an edition.

    It never changes from then on.
    """
    return k.ask(
        "publishEdition",
        "POST",
        k.path_of("/v1/list-editions/{edition_id}/publish", edition_id=edition_id),
        k.read_json(ListsEdition),
        once=True,
        key=idempotency_key,
    )


def remove_entry(entry_id: UUID, *, version: int) -> k.Asked[None]:
    """Take an entry out of a draft edition.

    If-Match names the entry's own version.
    """
    return k.ask(
        "removeEntry",
        "DELETE",
        k.path_of("/v1/list-entries/{entry_id}", entry_id=entry_id),
        k.read_nothing,
        version=version,
        accept="*/*",
    )


def suggest_entry(
    list_id: UUID, body: SuggestionWish, *, idempotency_key: str | None = None
) -> k.Asked[ListsSuggestion]:
    """Suggest an entry for a list.

    For the next edition; the list's curator decides, with a reason.
    """
    return k.ask(
        "suggestEntry",
        "POST",
        k.path_of("/v1/lists/{list_id}/suggestions", list_id=list_id),
        k.read_json(ListsSuggestion),
        body=body,
        once=True,
        key=idempotency_key,
    )


def take_suggestion_back(
    suggestion_id: UUID, *, idempotency_key: str | None = None
) -> k.Asked[ListsSuggestion]:
    """Take one's own suggestion back.

    Before it is decided.
    """
    return k.ask(
        "takeSuggestionBack",
        "POST",
        k.path_of("/v1/list-suggestions/{suggestion_id}/take-back", suggestion_id=suggestion_id),
        k.read_json(ListsSuggestion),
        once=True,
        key=idempotency_key,
    )
