"""Searches somebody keeps, and what is new in them."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from msgspec import UNSET, Meta, Struct, UnsetType

from schoolgroup.kernel.http import Input
from schoolgroup.resources.search.models import Counts, FoundResource, Wanted

SAVED_MAX = 50
Name = Annotated[str, Meta(min_length=1, max_length=100, examples=["五年级分数课件"])]


class SearchWish(Input, frozen=True):
    """A search to keep: what is looked for, as the parameters of /v1/resources say it."""

    name: Name
    wanted: Wanted


class SearchChange(Input, frozen=True):
    """Another name, or something else to look for; what is not sent stays."""

    name: Name | UnsetType = UNSET
    wanted: Wanted | UnsetType = UNSET


class Look(Input, frozen=True):
    """Up to when what is new was seen: `until` of the answer that showed it."""

    until: datetime


class SavedSearch(Struct, frozen=True, kw_only=True):
    """A search its owner keeps. `looked_at`: what came before it is not new any more."""

    id: UUID
    name: str
    wanted: Wanted
    looked_at: datetime
    created_at: datetime
    updated_at: datetime
    version: int
    actions: list[str]


class SavedRow(Struct, frozen=True, kw_only=True):
    """Its row, with the relations between it and whoever asks."""

    id: UUID
    name: str
    wanted: Wanted
    looked_at: datetime
    created_at: datetime
    updated_at: datetime
    version: int
    relations: int


class News(Struct, frozen=True, kw_only=True):
    """What the caller can find by a kept search and could not when last looked.

    Pass `until` on to mark it as seen: what comes meanwhile stays new.
    """

    items: list[FoundResource]
    next_cursor: str | None = None
    total: int
    counts: Counts
    until: datetime


class NewHits(Struct, frozen=True, kw_only=True):
    """What a statement found: [(no, resource)] of a page, and how many in all."""

    total: int
    truncated: bool
    page: list[tuple[int, UUID]]
