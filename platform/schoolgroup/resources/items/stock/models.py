"""Stock-taking (盘点): the sheet that goes round the shelves, and what it found."""

from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec

from schoolgroup.resources.items.models import Condition, ItemStatus, Scheme

Said = Literal["in_place", "elsewhere", "missing", "found_again"]


class StockRow(msgspec.Struct, frozen=True):
    """An item as the sheet shows it."""

    id: UUID
    resource_id: UUID
    title: str
    barcode: str
    scheme: Scheme
    home_location: str
    seen_location: str
    status: ItemStatus
    condition: Condition
    pieces: int
    borrower_school_name: str | None
    seen_at: datetime | None
    version: int


class Counted(msgspec.Struct, frozen=True):
    """One row of a counted sheet, read: empty cells keep what is known."""

    number: int
    barcode: str
    found: bool | None
    location: str
    pieces: int | None
    condition: Condition | None


class Outcome(msgspec.Struct, frozen=True):
    """What stock-taking says of one item: seen where it belongs or elsewhere, missing, or found."""

    item_id: UUID
    barcode: str
    outcome: Said
    location: str


class StockTaken(msgspec.Struct, frozen=True):
    """The result of a stock-taking; `dry_run`: what it would be."""

    dry_run: bool
    rows: int
    in_place: int
    elsewhere: int
    missing: int
    found_again: int
    left_out: int
    outcomes: list[Outcome]


class Figure(msgspec.Struct, frozen=True):
    """How many items of a school are where, and how many of others' it has in hand."""

    school_id: UUID
    school_name: str
    owned: int
    available: int
    reserved: int
    in_transit: int
    out: int
    overdue: int
    claimed: int
    in_inspection: int
    damaged: int
    lost: int
    in_hand: int
    in_hand_overdue: int


class FigureList(msgspec.Struct, frozen=True):
    """The figures of the schools the caller may see."""

    items: list[Figure]
