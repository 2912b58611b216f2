"""Ledgers (台账), what their items are about, and the completion that is aimed at."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from schoolgroup.kernel.http import Input
from schoolgroup.kernel.texts import Text

Title = Annotated[str, Meta(min_length=1, max_length=200)]
CategoryCode = Annotated[str, Meta(pattern="^[a-z][a-z0-9_]{0,39}$", examples=["campus_safety"])]
CategoryLabel = Annotated[str, Meta(min_length=1, max_length=100)]
Because = Annotated[str, Meta(min_length=1, max_length=1000)]


class CategoryLabels(Input, frozen=True):
    """A category's name in both languages."""

    en: CategoryLabel
    zh: CategoryLabel


class CategoryWish(Input, frozen=True):
    """A category: it never changes, another meaning is another code."""

    code: CategoryCode
    label: CategoryLabels


class CategoryRow(Struct, frozen=True):
    """A category as stored."""

    code: str
    label_en: str
    label_zh: str


class Category(Struct, frozen=True):
    """What items are about."""

    code: str
    label: Text


class LedgerWish(Input, frozen=True):
    """A new ledger, perhaps that of an initiative."""

    title: Title
    initiative_id: UUID | None = None


class TargetWish(Input, frozen=True):
    """The completion rate to be reached at the end of a day; setting a day again changes it."""

    completion: Annotated[float, Meta(gt=0, le=1, examples=[0.8])]
    by_on: date
    because: Because


class TargetRow(Struct, frozen=True):
    """A target as stored: of several for one day the newest."""

    id: UUID
    completion: float
    by_on: date
    because: str
    set_at: datetime


class LedgerRow(Struct, frozen=True):
    """A ledger as stored, with the caller's relations to it."""

    id: UUID
    title: str
    initiative_id: UUID | None
    version: int
    created_at: datetime
    relations: int


class Ledger(Struct, frozen=True):
    """A ledger with its targets in the order of their days."""

    id: UUID
    title: str
    initiative_id: UUID | None
    targets: list[TargetRow]
    created_at: datetime
    version: int
    actions: list[str]
