"""Physical items (实物): things with a barcode, lent by hand: copies, book sets, lab kits."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import UNSET, Meta, UnsetType

from schoolgroup.kernel.http import Input
from schoolgroup.kernel.texts import Text

ITEMS_AT_ONCE_MAX = 200
Barcode = Annotated[
    str, Meta(min_length=3, max_length=40, pattern="^[!-~]+$", description="As it is scanned.")
]
Location = Annotated[str, Meta(min_length=1, max_length=100, description="Room and shelf.")]
Pieces = Annotated[int, Meta(ge=1, le=10_000, description="Pieces that belong to it.")]
Note = Annotated[str, Meta(max_length=1000)]
Because = Annotated[str, Meta(min_length=1, max_length=500)]


class Scheme(StrEnum):
    """How a barcode is built, and so which checksum it has; `plain` has none."""

    PLAIN = "plain"
    EAN13 = "ean13"
    LUHN14 = "luhn14"
    MOD43 = "mod43"


class Condition(StrEnum):
    """How well an item is preserved; whether it can be lent at all its state says."""

    GOOD = "good"
    WORN = "worn"
    POOR = "poor"


class ItemStatus(StrEnum):
    """Where an item is: its own state, or in whose hands its open hand-over says it is."""

    AVAILABLE = "available"
    RESERVED = "reserved"
    IN_TRANSIT = "in_transit"
    ON_LOAN = "on_loan"
    CLAIMED = "claimed"
    IN_INSPECTION = "in_inspection"
    DAMAGED = "damaged"
    LOST = "lost"
    WITHDRAWN = "withdrawn"


class ItemsWish(Input, frozen=True, kw_only=True):
    """Items to be entered: with these barcodes, or `count` of them with barcodes made here.

    A set that is lent as one is one item of many `pieces`; one that is lent by count is entered as
    its lots: forty items of one piece, or four of ten.
    """

    resource_id: UUID
    barcodes: Annotated[list[Barcode], Meta(min_length=1, max_length=ITEMS_AT_ONCE_MAX)] | None = (
        None
    )
    count: Annotated[int, Meta(ge=1, le=ITEMS_AT_ONCE_MAX)] | None = None
    scheme: Scheme = Scheme.PLAIN
    pieces: Pieces = 1
    home_location: Location
    condition: Condition = Condition.GOOD


class ItemChange(Input, frozen=True, kw_only=True):
    """What of an item may change; whether it can be lent is marked, not changed."""

    home_location: Location | UnsetType = UNSET
    pieces: Pieces | UnsetType = UNSET
    condition: Condition | UnsetType = UNSET


class MarkWish(Input, frozen=True, kw_only=True):
    """A step of an item that is in the house, with its reason; a note may carry a picture."""

    step: Literal["damage", "repair", "lose", "find", "withdraw"]
    because: Because
    photo_upload_id: UUID | None = None


class ScanWish(Input, frozen=True, kw_only=True):
    """A barcode that was scanned, and where: the name of the shelf or desk."""

    barcode: Barcode
    at: Annotated[str, Meta(max_length=100)] = ""


class ItemRow(msgspec.Struct, frozen=True):
    """An item with where it is now, and the caller's relations to it."""

    id: UUID
    school_id: UUID
    school_name: str
    resource_id: UUID
    title: str
    set_id: UUID | None
    barcode: str
    scheme: Scheme
    pieces: int
    home_location: str
    condition: Condition
    state_because: str
    status: ItemStatus
    handover_id: UUID | None
    borrower_school_id: UUID | None
    borrower_school_name: str | None
    due_at: datetime | None
    overdue_days: int
    seen_at: datetime | None
    seen_location: str
    version: int
    created_at: datetime
    relations: int = 1


class Item(msgspec.Struct, frozen=True):
    """An item as the caller sees it; `overdue_days` are school days begun since it was due."""

    id: UUID
    school_id: UUID
    school_name: str
    resource_id: UUID
    title: str
    set_id: UUID | None
    barcode: str
    scheme: Scheme
    pieces: int
    home_location: str
    condition: Condition
    state_because: str
    status: ItemStatus
    handover_id: UUID | None
    borrower_school_id: UUID | None
    borrower_school_name: str | None
    due_at: datetime | None
    overdue_days: int
    seen_at: datetime | None
    seen_location: str
    actions: list[str]
    version: int
    created_at: datetime


class Entered(msgspec.Struct, frozen=True):
    """The items that were entered."""

    items: list[Item]


class ItemNote(msgspec.Struct, frozen=True):
    """What was noted about an item's condition at a step; `has_photo`: a picture can be opened."""

    id: UUID
    item_id: UUID
    handover_id: UUID | None
    step: str
    condition: Condition
    pieces: int
    note: str
    has_photo: bool
    noted_at: datetime


class Waiting(msgspec.Struct, frozen=True):
    """A loan for which a thing is still to be handed over, the one that waits longest."""

    loan_id: UUID
    borrower_school_name: str
    collect_by_at: datetime


class Desk(msgspec.Struct, frozen=True):
    """Where and when something was scanned: the school, the shelf or desk, the instant."""

    school_id: UUID | None
    at: str
    now: datetime


class Step(msgspec.Struct, frozen=True):
    """The request that would do what should happen next."""

    verb: str
    method: str
    path: str


class Scanned(msgspec.Struct, frozen=True):
    """What should happen next with what was scanned, in the librarian's words."""

    item: Item
    at: str
    words: Text
    next: list[Step]
