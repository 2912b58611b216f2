"""What is looked for, and what is found."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct, field

from schoolgroup.resources.catalogue.models import (
    Kind,
    Licence,
    Owner,
    ResourceSummary,
    Stage,
    Status,
    SummaryRow,
)


class Sort(StrEnum):
    """The order of what is found."""

    RELEVANCE = "relevance"
    NEWEST = "newest"
    MOST_BORROWED = "most_borrowed"


class Can(StrEnum):
    """What the caller may do with what is found, as the policy and the offers stand now."""

    BORROW = "borrow"
    ADAPT = "adapt"


class Counts(StrEnum):
    """Whether figures say how many there are, or how many there are at least."""

    EXACT = "exact"
    AT_LEAST = "at_least"


class Wanted(Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """What is looked for; null does not narrow."""

    q: Annotated[str, Meta(min_length=1, max_length=200)] | None = None
    kind: Kind | None = None
    stage: Stage | None = None
    subject: Annotated[str, Meta(min_length=1, max_length=60)] | None = None
    edition: Annotated[str, Meta(min_length=1, max_length=60)] | None = None
    grade: Annotated[str, Meta(min_length=1, max_length=60)] | None = None
    volume: Annotated[str, Meta(min_length=1, max_length=60)] | None = None
    node: UUID | None = None
    licence: Licence | None = None
    language: Annotated[str, Meta(min_length=2, max_length=30)] | None = None
    keyword: Annotated[str, Meta(min_length=1, max_length=40)] | None = None
    school_id: UUID | None = None
    minutes_from: Annotated[int, Meta(ge=1, le=10_000)] | None = None
    minutes_to: Annotated[int, Meta(ge=1, le=10_000)] | None = None
    media_type: Annotated[str, Meta(min_length=3, max_length=200)] | None = None
    owner: Owner | None = None
    status: Status | None = None
    can: Can | None = None


class Value(Struct, frozen=True):
    """One value of a facet: how many of those found have it."""

    value: str
    label: str
    count: int


class Facet(Struct, frozen=True):
    """A way to narrow what was found: pass `value` as the parameter `name`."""

    name: str
    values: list[Value]


class Highlight(Struct, frozen=True):
    """Where a text has what was looked for; marks are [begin, end) in characters of `text`."""

    of: str
    text: str
    marks: list[tuple[int, int]]


class FoundRow(SummaryRow, frozen=True, kw_only=True):
    """A resource's row; `lots` is the state of what decides about classes that was seen with it.

    `relations` are all that decide, or those only that hold row by row. `thumbnail`: its owner
    shows a small picture of it.
    """

    class_id: int
    lots: int | None
    thumbnail: bool


class FoundResource(ResourceSummary, frozen=True, kw_only=True):
    """A resource as it was found, and where.

    `text` of files is quoted only to those who may open the files; `thumbnail` is the path of a
    small picture, where there is one and its owner shows it.
    """

    thumbnail: str | None = None
    highlights: list[Highlight] = field(default_factory=list)


class SearchPage(Struct, frozen=True, kw_only=True):
    """A page of what was found.

    `total`, `counts` and `facets` are there when they were asked for (facets=true), about
    everything found, not only this page.
    """

    items: list[FoundResource]
    next_cursor: str | None = None
    total: int | None = None
    counts: Counts | None = None
    facets: list[Facet] | None = None


class Scope(Struct, frozen=True):
    """What the caller may find: whole classes, and entries for the caller's own sake.

    `families` are those the classes belong to; `whole`: none of them only in part. Classes and
    families are text forms of arrays: they go back as they came.
    """

    classes: str
    families: str
    whole: bool
    extra: list[int]


NO_ARRAY = "{}"  # the text form of an empty array


class Reach(Struct, frozen=True, kw_only=True):
    """The classes somebody may find, in the state `lots` of what decides (null: nobody else's).

    `until` is the instant from which the clock may have changed it; in `beyond_schools` and
    `beyond_statuses` (in step) lie the classes of which one may find what is the own.
    """

    lots: int | None
    until: datetime
    classes: str
    families: str
    whole: bool
    beyond_schools: list[UUID]
    beyond_statuses: list[str]


class Own(Struct, frozen=True, kw_only=True):
    """Entries of the caller's own, in step: their classes, the relations; and the state seen."""

    lots: int | None
    numbers: list[int]
    class_ids: list[int]
    relations: list[int]


class ClassRights(Struct, frozen=True, kw_only=True):
    """The relations to some classes, in step, as of the state `lots`; until then at the latest."""

    lots: int | None
    until: datetime
    class_ids: list[int]
    relations: list[int]


class Hits(Struct, frozen=True):
    """What a statement found: [(no, resource, key)], and (facet, value, label, count)."""

    total: int
    truncated: bool
    page: list[tuple[int, UUID, int]] = field(default_factory=list)
    facets: list[tuple[str, str, str, int]] = field(default_factory=list)


class Question(Struct, frozen=True, kw_only=True):
    """A search as PostgreSQL is asked: text forms of tsqueries, null where nothing narrows.

    `wanted` has the words and the filters, `titles` the same for titles alone, `narrower` only
    the words with the weights of titles and keywords, `keywords` those that begin like the first
    word. `chars`: how long the words are. `terms` and `title_terms` are the lexemes of each term,
    `filters` what is asked besides.
    """

    wanted: str | None
    titles: str | None
    narrower: str | None
    keywords: str | None = None
    chars: int
    terms: list[list[str]] = field(default_factory=list)
    title_terms: list[list[str]] = field(default_factory=list)
    filters: list[str] = field(default_factory=list)


class Way(Struct, frozen=True):
    """How an index is gone through: the same matches by any way, only sooner or later.

    The index is asked for `indexed`, each row it names for `checked` (null: it has it for sure);
    about `rarest` rows have the rarest of what is indexed (null: nobody knows).
    """

    indexed: str | None
    checked: str | None = None
    rarest: int | None = None


class Found(Struct, frozen=True, kw_only=True):
    """What the service answers: items in order, and the key to go on after (null: the end)."""

    items: list[FoundResource]
    next_key: list[int] | None
    total: int | None = None
    counts: Counts | None = None
    facets: list[Facet] | None = None


class Suggestion(Struct, frozen=True):
    """How a question may go on: a title, a keyword, or a place in the curriculum (`node_id`)."""

    kind: str
    text: str
    node_id: UUID | None = None


class Suggestions(Struct, frozen=True):
    """The best first."""

    items: list[Suggestion]


class Said(Struct, frozen=True):
    """What a resource is called."""

    title: str
    keywords: list[str]


class NodeNamed(Struct, frozen=True):
    """A place in the curriculum by its path."""

    id: UUID
    path: list[str]


class Quote(Struct, frozen=True):
    """A piece of the text of a resource's files."""

    resource_id: UUID
    text: str
