"""Lists (清单): courses, readings and places that are recommended, an edition each school year."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from msgspec import UNSET, Meta, Struct, UnsetType

from schoolgroup.kernel.http import Input
from schoolgroup.kernel.texts import Text
from schoolgroup.kernel.transitions import Machine, Transition

ENTRIES_MAX = 500
CURATE, READ, CREATE, SUGGEST = "list:curate", "list:read", "list:create", "list:suggest"


class ListKind(StrEnum):
    """课程资源清单, 学习书目清单, 红色阵地清单."""

    COURSE = "course"
    READING = "reading"
    PLACE = "place"


class Audience(StrEnum):
    """Whom the published editions reach."""

    SCHOOL = "school"
    GROUP = "group"


class EditionStatus(StrEnum):
    """Only drafts change; archived ones can still be read."""

    DRAFT = "draft"
    PUBLISHED = "published"
    ARCHIVED = "archived"


class Target(StrEnum):
    """What an entry points to."""

    RESOURCE = "resource"
    BOOK = "book"
    PLACE = "place"


class Importance(StrEnum):
    """How much an entry is recommended: 必选, 推荐, 可选."""

    REQUIRED = "required"
    RECOMMENDED = "recommended"
    OPTIONAL = "optional"


class Standing(StrEnum):
    """How the resource of an entry is now, for whoever asks."""

    OK = "ok"
    CHANGED = "changed"  # a newer revision is published than when it was entered
    WITHDRAWN = "withdrawn"
    OUT_OF_REACH = "out_of_reach"  # not offered to whoever asks


class SuggestionStatus(StrEnum):
    """Where a suggestion stands."""

    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    TAKEN_BACK = "taken_back"


EDITION: Machine[EditionStatus] = Machine(
    "the edition",
    [
        Transition("edit", CURATE, (EditionStatus.DRAFT,), EditionStatus.DRAFT),
        Transition("publish", CURATE, (EditionStatus.DRAFT,), EditionStatus.PUBLISHED),
        Transition("archive", CURATE, (EditionStatus.PUBLISHED,), EditionStatus.ARCHIVED),
        Transition("discard", CURATE, (EditionStatus.DRAFT,), EditionStatus.DRAFT),
    ],
)
SUGGESTION: Machine[SuggestionStatus] = Machine(
    "the suggestion",
    [
        Transition("accept", CURATE, (SuggestionStatus.PROPOSED,), SuggestionStatus.ACCEPTED),
        Transition("decline", CURATE, (SuggestionStatus.PROPOSED,), SuggestionStatus.DECLINED),
        Transition("take_back", SUGGEST, (SuggestionStatus.PROPOSED,), SuggestionStatus.TAKEN_BACK),
    ],
)

Title = Annotated[str, Meta(min_length=1, max_length=200)]
Summary = Annotated[str, Meta(max_length=4000)]
Note = Annotated[str, Meta(max_length=2000)]
Short = Annotated[str, Meta(max_length=200)]
Line = Annotated[str, Meta(max_length=300)]
Isbn = Annotated[str, Meta(max_length=20, examples=["978-7-107-36789-6"])]
People = Annotated[int, Meta(ge=1, le=1_000_000, description="People it takes at once.")]
SchoolYear = Annotated[
    int, Meta(ge=1990, le=2200, description="The year it begins in: 2026 for 2026-2027 学年.")
]
Because = Annotated[str, Meta(min_length=1, max_length=1000)]


class ListDraft(Input, frozen=True):
    """A new list, of the acting school or of the office."""

    kind: ListKind
    title: Title
    summary: Summary = ""
    audience: Audience = Audience.GROUP


class ListChange(Input, frozen=True):
    """What of a list changes."""

    title: Title | UnsetType = UNSET
    summary: Summary | UnsetType = UNSET
    audience: Audience | UnsetType = UNSET


class EditionDraft(Input, frozen=True):
    """A new edition: empty, or rolled over from an earlier one of the same list."""

    school_year: SchoolYear
    from_edition_id: UUID | None = None


class EntryWish(Input, frozen=True):
    """An entry: a resource by its id, a book by its title (and ISBN), a place by its name."""

    target: Target
    importance: Importance = Importance.RECOMMENDED
    note: Note = ""
    resource_id: UUID | None = None
    title: Title | None = None
    isbn: Isbn | None = None
    author: Short = ""
    publisher: Short = ""
    address: Line = ""
    hours: Line = ""
    capacity_people: People | None = None
    contact: Short = ""


class EntryChange(Input, frozen=True):
    """What of an entry changes; naming its resource again takes note of the newest revision."""

    importance: Importance | UnsetType = UNSET
    note: Note | UnsetType = UNSET
    resource_id: UUID | UnsetType = UNSET
    title: Title | UnsetType = UNSET
    isbn: Isbn | UnsetType | None = UNSET
    author: Short | UnsetType = UNSET
    publisher: Short | UnsetType = UNSET
    address: Line | UnsetType = UNSET
    hours: Line | UnsetType = UNSET
    capacity_people: People | UnsetType | None = UNSET
    contact: Short | UnsetType = UNSET


class Order(Input, frozen=True):
    """Every entry of the edition, in the order wanted."""

    entry_ids: Annotated[list[UUID], Meta(max_length=ENTRIES_MAX)]


class SuggestionWish(Input, frozen=True):
    """An entry a school proposes, and why."""

    entry: EntryWish
    because: Because


class Decision(Input, frozen=True):
    """Why a suggestion is accepted or declined; the school that made it reads this."""

    because: Because


class Entry(Struct, frozen=True, kw_only=True):
    """A line of an edition. A broken target is shown, never dropped.

    `title` is null where the resource is out of reach of whoever asks; `standing` is null for books
    and places. `contact` of a place is how to reach it, not a person's private number.
    """

    id: UUID
    target: Target
    title: str | None
    importance: Importance
    note: str
    resource_id: UUID | None
    revision_no: int | None
    standing: Standing | None
    isbn: str | None
    author: str
    publisher: str
    address: str
    hours: str
    capacity_people: int | None
    contact: str
    version: int


class EntryRow(Struct, frozen=True, kw_only=True):
    """An entry as it is stored, with how its resource is now."""

    id: UUID
    edition_id: UUID
    target: Target
    title: str
    importance: Importance
    note: str
    resource_id: UUID | None
    revision_no: int | None
    isbn: str | None
    author: str
    publisher: str
    address: str
    hours: str
    capacity_people: int | None
    contact: str
    version: int
    resource_status: str | None
    newest_revision_no: int | None
    found: bool


class Attention(Struct, frozen=True):
    """An entry whose resource is not as it was entered, and what to do about it."""

    entry_id: UUID
    title: str | None
    standing: Standing
    fix: Text


class EditionRef(Struct, frozen=True):
    """An edition as its list names it."""

    id: UUID
    list_id: UUID
    school_year: int
    status: EditionStatus


class EditionRow(Struct, frozen=True, kw_only=True):
    """An edition with what of its list decides who may do what."""

    id: UUID
    list_id: UUID
    school_id: UUID | None
    school_name: str | None
    kind: ListKind
    list_title: str
    school_year: int
    status: EditionStatus
    rolled_from_edition_id: UUID | None
    published_at: datetime | None
    archived_at: datetime | None
    version: int
    relations: int


class Edition(Struct, frozen=True, kw_only=True):
    """An edition with its entries in order, and those that need attention."""

    id: UUID
    list_id: UUID
    list_title: str
    school_year: int
    status: EditionStatus
    rolled_from_edition_id: UUID | None
    published_at: datetime | None
    archived_at: datetime | None
    entries: list[Entry]
    attention: list[Attention]
    actions: list[str]
    version: int


class ListRow(Struct, frozen=True, kw_only=True):
    """A list's row, with the relations between it and whoever asks."""

    id: UUID
    school_id: UUID | None
    school_name: str | None
    kind: ListKind
    title: str
    summary: str
    audience: Audience
    version: int
    created_at: datetime
    updated_at: datetime
    relations: int


class ResourceList(Struct, frozen=True, kw_only=True):
    """A list with its editions, newest year first; drafts for those who curate it."""

    id: UUID
    school_id: UUID | None
    school_name: str | None
    kind: ListKind
    title: str
    summary: str
    audience: Audience
    editions: list[EditionRef]
    actions: list[str]
    version: int
    created_at: datetime
    updated_at: datetime


class SuggestionRow(Struct, frozen=True, kw_only=True):
    """A suggestion as it is stored."""

    id: UUID
    list_id: UUID
    school_id: UUID
    school_name: str
    person_id: UUID | None
    entry: EntryWish
    because: str
    status: SuggestionStatus
    decided_because: str | None
    decided_at: datetime | None
    entry_id: UUID | None
    version: int
    created_at: datetime


class Suggestion(Struct, frozen=True, kw_only=True):
    """What a school suggests for a list, and what became of it."""

    id: UUID
    list_id: UUID
    school_id: UUID
    school_name: str
    entry: EntryWish
    because: str
    status: SuggestionStatus
    decided_because: str | None
    decided_at: datetime | None
    entry_id: UUID | None
    actions: list[str]
    version: int
    created_at: datetime


class ResourceSeen(Struct, frozen=True):
    """A resource that is to be entered, and the relations to it."""

    id: UUID
    title: str
    status: str
    revision_no: int | None
    relations: int
