"""Physical things: barcodes, hand-overs, stock-taking (实物).

Written by `make client` from the API description: do not edit.
"""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal
from uuid import UUID

from msgspec import UNSET, Struct, UnsetType

from schoolgroup.client import kinds as k
from schoolgroup.client.generated import shared


class AcceptWish(Struct, frozen=True, kw_only=True, omit_defaults=True):
    barcode: str
    condition: Condition
    pieces_back: int
    damaged: bool = False
    note: str = ""
    photo_upload_id: UUID | UnsetType | None = UNSET


class ClosedBecause(Struct, frozen=True, kw_only=True, omit_defaults=True):
    because: str


class Condition(k.Word):
    """How well an item is preserved; whether it can be lent at all its state says."""

    GOOD = "good"
    WORN = "worn"
    POOR = "poor"


class Entered(Struct, frozen=True, kw_only=True, omit_defaults=True):
    items: list[ResourcesItemsItem]


class FigureList(Struct, frozen=True, kw_only=True, omit_defaults=True):
    items: list[StockFigure]


class Handover(Struct, frozen=True, kw_only=True, omit_defaults=True):
    id: UUID
    item_id: UUID
    barcode: str
    title: str
    loan_id: UUID
    offer_id: UUID
    owner_school_id: UUID
    owner_school_name: str
    borrower_school_id: UUID
    borrower_school_name: str
    borrower_person_id: UUID
    status: HandoverStatus
    pieces_out: int
    pieces_back: int | None
    missing: int
    condition_out: Condition
    condition_back: Condition | None
    prepared_at: dt.datetime
    sent_at: dt.datetime | None
    handed_at: dt.datetime | None
    receipt_due_at: dt.datetime | None
    received_at: dt.datetime | None
    received_by: str | None
    claimed_at: dt.datetime | None
    returned_at: dt.datetime | None
    closed_at: dt.datetime | None
    closed_because: str
    due_at: dt.datetime
    overdue_days: int
    actions: list[str]
    version: int


class HandoverStatus(k.Word):
    """Where a hand-over stands; the first seven are open: the item is in one hand."""

    PREPARED = "prepared"
    SENT = "sent"
    HANDED = "handed"
    RECEIVED = "received"
    CLAIMED = "claimed"
    RETURNING = "returning"
    RETURNED = "returned"
    ACCEPTED = "accepted"
    LOST = "lost"
    CANCELLED = "cancelled"


class HandoverWish(Struct, frozen=True, kw_only=True, omit_defaults=True):
    barcode: str
    step: Literal["set_aside", "send", "hand"] = "hand"
    note: str = ""
    photo_upload_id: UUID | UnsetType | None = UNSET


class ItemNote(Struct, frozen=True, kw_only=True, omit_defaults=True):
    id: UUID
    item_id: UUID
    handover_id: UUID | None
    step: str
    condition: Condition
    pieces: int
    note: str
    has_photo: bool
    noted_at: dt.datetime


class ItemsStep(Struct, frozen=True, kw_only=True, omit_defaults=True):
    verb: str
    method: str
    path: str


class ItemsWish(Struct, frozen=True, kw_only=True, omit_defaults=True):
    resource_id: UUID
    barcodes: list[str] | UnsetType | None = UNSET
    count: int | UnsetType | None = UNSET
    scheme: Scheme | UnsetType = UNSET
    pieces: int = 1
    home_location: str
    condition: Condition | UnsetType = UNSET


class MarkWish(Struct, frozen=True, kw_only=True, omit_defaults=True):
    step: Literal["damage", "repair", "lose", "find", "withdraw"]
    because: str
    photo_upload_id: UUID | UnsetType | None = UNSET


class ResourcesItemsItem(Struct, frozen=True, kw_only=True, omit_defaults=True):
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
    status: ResourcesItemsItemStatus
    handover_id: UUID | None
    borrower_school_id: UUID | None
    borrower_school_name: str | None
    due_at: dt.datetime | None
    overdue_days: int
    seen_at: dt.datetime | None
    seen_location: str
    actions: list[str]
    version: int
    created_at: dt.datetime


class ResourcesItemsItemChange(Struct, frozen=True, kw_only=True, omit_defaults=True):
    home_location: str | UnsetType = UNSET
    pieces: int | UnsetType = UNSET
    condition: Condition | UnsetType = UNSET


class ResourcesItemsItemStatus(k.Word):
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


class ScanWish(Struct, frozen=True, kw_only=True, omit_defaults=True):
    barcode: str
    at: str = ""


class Scanned(Struct, frozen=True, kw_only=True, omit_defaults=True):
    item: ResourcesItemsItem
    at: str
    words: shared.Text
    next: list[ItemsStep]


class ScannedStep(Struct, frozen=True, kw_only=True, omit_defaults=True):
    barcode: str
    note: str = ""
    photo_upload_id: UUID | UnsetType | None = UNSET


class Scheme(k.Word):
    """How a barcode is built, and so which checksum it has; `plain` has none."""

    PLAIN = "plain"
    EAN13 = "ean13"
    LUHN14 = "luhn14"
    MOD43 = "mod43"


class SignedStep(Struct, frozen=True, kw_only=True, omit_defaults=True):
    note: str = ""
    photo_upload_id: UUID | UnsetType | None = UNSET


class StockFigure(Struct, frozen=True, kw_only=True, omit_defaults=True):
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


class StockOutcome(Struct, frozen=True, kw_only=True, omit_defaults=True):
    item_id: UUID
    barcode: str
    outcome: Literal["in_place", "elsewhere", "missing", "found_again"]
    location: str


class StockTaken(Struct, frozen=True, kw_only=True, omit_defaults=True):
    dry_run: bool
    rows: int
    in_place: int
    elsewhere: int
    missing: int
    found_again: int
    left_out: int
    outcomes: list[StockOutcome]


def accept_item(
    handover_id: UUID, body: AcceptWish, *, idempotency_key: str | None = None
) -> k.Asked[Handover]:
    """Accept a return in the condition it came in.

    Sound, it goes to the head of the queue at once; damaged, it stays at home.
    """
    return k.ask(
        "acceptItem",
        "POST",
        k.path_of("/v1/handovers/{handover_id}/accept", handover_id=handover_id),
        k.read_json(Handover),
        body=body,
        once=True,
        key=idempotency_key,
    )


def annotate_stock(body: bytes, *, content_type: str = "text/csv") -> k.Asked[k.Content]:
    """Get the counted sheet back with its problems beside each row.

    A dry run answered by the workbook with a column 问题/problem.
    """
    return k.ask(
        "annotateStock",
        "POST",
        "/v1/items/stock-takes/annotated",
        k.read_content,
        body=body,
        content_type=content_type,
        accept="*/*",
    )


def begin_handover(
    loan_id: UUID, body: HandoverWish, *, idempotency_key: str | None = None
) -> k.Asked[Handover]:
    """Give a thing out for a loan, by its scanned barcode.

    Set aside for collection, sent to the borrower's school, or handed over at once.
    """
    return k.ask(
        "beginHandover",
        "POST",
        k.path_of("/v1/loans/{loan_id}/handovers", loan_id=loan_id),
        k.read_json(Handover),
        body=body,
        once=True,
        key=idempotency_key,
    )


def cancel_handover(
    handover_id: UUID, body: ClosedBecause, *, idempotency_key: str | None = None
) -> k.Asked[Handover]:
    """Put back what was set aside.

    The loan waits on for another thing, until it is over.
    """
    return k.ask(
        "cancelHandover",
        "POST",
        k.path_of("/v1/handovers/{handover_id}/cancel", handover_id=handover_id),
        k.read_json(Handover),
        body=body,
        once=True,
        key=idempotency_key,
    )


def change_item(
    item_id: UUID,
    body: ResourcesItemsItemChange,
    *,
    version: int,
    idempotency_key: str | None = None,
) -> k.Asked[ResourcesItemsItem]:
    """Change an item's place, pieces or condition.

    Whether it can be lent at all is marked, with a reason.
    """
    return k.ask(
        "changeItem",
        "PATCH",
        k.path_of("/v1/items/{item_id}", item_id=item_id),
        k.read_json(ResourcesItemsItem),
        body=body,
        version=version,
        once=True,
        key=idempotency_key,
    )


def claim_returned(
    handover_id: UUID, body: SignedStep, *, idempotency_key: str | None = None
) -> k.Asked[Handover]:
    """Say that a thing was returned.

    The owner looks for it: a scan of it ends the matter.
    """
    return k.ask(
        "claimReturned",
        "POST",
        k.path_of("/v1/handovers/{handover_id}/claim", handover_id=handover_id),
        k.read_json(Handover),
        body=body,
        once=True,
        key=idempotency_key,
    )


def deliver_item(
    handover_id: UUID, body: ScannedStep, *, idempotency_key: str | None = None
) -> k.Asked[Handover]:
    """Hand on to the borrower what came from its owner.

    By the librarian of the borrower's school; from now on the loan's days count.
    """
    return k.ask(
        "deliverItem",
        "POST",
        k.path_of("/v1/handovers/{handover_id}/deliver", handover_id=handover_id),
        k.read_json(Handover),
        body=body,
        once=True,
        key=idempotency_key,
    )


def enter_items(body: ItemsWish, *, idempotency_key: str | None = None) -> k.Asked[Entered]:
    """Enter items of a resource: a copy, a set as one or by its lots.

    With barcodes that are on them already, or with new ones to be printed.
    """
    return k.ask(
        "enterItems",
        "POST",
        "/v1/items",
        k.read_json(Entered),
        body=body,
        once=True,
        key=idempotency_key,
    )


def get_handover(handover_id: UUID) -> k.Asked[Handover]:
    """One hand-over.

    Always as of now: it becomes overdue without its version moving.
    """
    return k.ask(
        "getHandover",
        "GET",
        k.path_of("/v1/handovers/{handover_id}", handover_id=handover_id),
        k.read_json(Handover),
    )


def get_item(item_id: UUID) -> k.Asked[ResourcesItemsItem]:
    """One item and where it is now.

    Always as of now: an item becomes overdue without its version moving.
    """
    return k.ask(
        "getItem",
        "GET",
        k.path_of("/v1/items/{item_id}", item_id=item_id),
        k.read_json(ResourcesItemsItem),
    )


def give_up_item(
    handover_id: UUID, body: ClosedBecause, *, idempotency_key: str | None = None
) -> k.Asked[Handover]:
    """Give a thing up as lost.

    Once it was signed for, or nobody objected in time; found, it is marked so.
    """
    return k.ask(
        "giveUpItem",
        "POST",
        k.path_of("/v1/handovers/{handover_id}/lose", handover_id=handover_id),
        k.read_json(Handover),
        body=body,
        once=True,
        key=idempotency_key,
    )


def hand_over(
    handover_id: UUID, body: ScannedStep, *, idempotency_key: str | None = None
) -> k.Asked[Handover]:
    """Hand over what was set aside.

    From now on the loan's days count.
    """
    return k.ask(
        "handOver",
        "POST",
        k.path_of("/v1/handovers/{handover_id}/hand", handover_id=handover_id),
        k.read_json(Handover),
        body=body,
        once=True,
        key=idempotency_key,
    )


def item_figures(*, form: Any | None = None) -> k.Asked[FigureList | k.Content]:
    """Where the items of each school are: out, overdue, lost.

    The caller's school; the office sees all.
    """
    return k.ask(
        "itemFigures",
        "GET",
        "/v1/items/figures",
        k.read_either(FigureList),
        query={"form": form},
        accept="*/*",
    )


def item_labels(
    *, resource_id: UUID | None = None, set_id: UUID | None = None
) -> k.Asked[k.Content]:
    """Barcode labels to print.

    One page that needs nothing from outside, at most 240 labels, in the order of the
    shelves.
    """
    return k.ask(
        "itemLabels",
        "GET",
        "/v1/items/labels",
        k.read_content,
        query={"resource_id": resource_id, "set_id": set_id},
        accept="*/*",
    )


def list_handovers(
    *,
    item_id: UUID | None = None,
    mine: bool | None = None,
    running: bool | None = None,
    overdue: bool | None = None,
    limit: int | None = None,
    cursor: str | None = None,
) -> k.Asked[k.Page[Handover]]:
    """Hand-overs: mine, and those my school gave or got.

    Newest first.
    """
    return k.ask(
        "listHandovers",
        "GET",
        "/v1/handovers",
        k.read_json(k.Page[Handover]),
        query={
            "item_id": item_id,
            "mine": mine,
            "running": running,
            "overdue": overdue,
            "limit": limit,
            "cursor": cursor,
        },
    )


def list_item_notes(
    item_id: UUID, *, limit: int | None = None, cursor: str | None = None
) -> k.Asked[k.Page[ItemNote]]:
    """What was noted about an item's condition.

    Newest first; a school that had it in hand reads the notes of its own hand-overs.
    """
    return k.ask(
        "listItemNotes",
        "GET",
        k.path_of("/v1/items/{item_id}/notes", item_id=item_id),
        k.read_json(k.Page[ItemNote]),
        query={"limit": limit, "cursor": cursor},
    )


def list_items(
    *,
    resource_id: UUID | None = None,
    status: ResourcesItemsItemStatus | None = None,
    overdue: bool | None = None,
    barcode: str | None = None,
    limit: int | None = None,
    cursor: str | None = None,
) -> k.Asked[k.Page[ResourcesItemsItem]]:
    """The items of the school, and those it has in hand.

    Newest first.
    """
    return k.ask(
        "listItems",
        "GET",
        "/v1/items",
        k.read_json(k.Page[ResourcesItemsItem]),
        query={
            "resource_id": resource_id,
            "status": status,
            "overdue": overdue,
            "barcode": barcode,
            "limit": limit,
            "cursor": cursor,
        },
    )


def mark_item(
    item_id: UUID, body: MarkWish, *, idempotency_key: str | None = None
) -> k.Asked[ResourcesItemsItem]:
    """Mark an item as damaged, repaired, lost, found or withdrawn.

    The seats of the offer that lends it follow at once; a found one serves who waits.
    """
    return k.ask(
        "markItem",
        "POST",
        k.path_of("/v1/items/{item_id}/mark", item_id=item_id),
        k.read_json(ResourcesItemsItem),
        body=body,
        once=True,
        key=idempotency_key,
    )


def open_item_photo(note_id: UUID) -> k.Asked[k.Link]:
    """Open the picture of a note.

    307 to a link of short life.
    """
    return k.ask(
        "openItemPhoto",
        "GET",
        k.path_of("/v1/item-notes/{note_id}/photo", note_id=note_id),
        k.read_link,
        accept="*/*",
    )


def receive_item(
    handover_id: UUID, body: SignedStep, *, idempotency_key: str | None = None
) -> k.Asked[Handover]:
    """Sign for a thing.

    By the borrower or their librarian, with a note on how it looked.
    """
    return k.ask(
        "receiveItem",
        "POST",
        k.path_of("/v1/handovers/{handover_id}/receive", handover_id=handover_id),
        k.read_json(Handover),
        body=body,
        once=True,
        key=idempotency_key,
    )


def scan_item(body: ScanWish) -> k.Asked[Scanned]:
    """Scan a barcode: what should happen next.

    In the librarian's words, with the requests that would do it; the scan changes nothing.
    """
    return k.ask("scanItem", "POST", "/v1/items/scan", k.read_json(Scanned), body=body)


def send_item(
    handover_id: UUID, body: ScannedStep, *, idempotency_key: str | None = None
) -> k.Asked[Handover]:
    """Send what was set aside to the borrower's school.

    On the way its loan cannot run out.
    """
    return k.ask(
        "sendItem",
        "POST",
        k.path_of("/v1/handovers/{handover_id}/send", handover_id=handover_id),
        k.read_json(Handover),
        body=body,
        once=True,
        key=idempotency_key,
    )


def send_item_back(
    handover_id: UUID, body: ScannedStep, *, idempotency_key: str | None = None
) -> k.Asked[Handover]:
    """Take a thing from the borrower and send it home.

    By the librarian of the borrower's school; the borrower has returned it.
    """
    return k.ask(
        "sendItemBack",
        "POST",
        k.path_of("/v1/handovers/{handover_id}/send-back", handover_id=handover_id),
        k.read_json(Handover),
        body=body,
        once=True,
        key=idempotency_key,
    )


def stock_sheet(
    *, resource_id: UUID | None = None, format: Any | None = None
) -> k.Asked[k.Content]:
    """The sheet for stock-taking, in the order of the shelves.

    Count in the empty columns 在架 (是/否), 实际位置, 实有件数, 品相, and send it back.
    """
    return k.ask(
        "stockSheet",
        "GET",
        "/v1/items/sheet",
        k.read_content,
        query={"resource_id": resource_id, "format": format},
        accept="*/*",
    )


def take_item_back(
    handover_id: UUID, body: ScannedStep, *, idempotency_key: str | None = None
) -> k.Asked[Handover]:
    """Take a thing back at home.

    The loan is returned; the thing waits for its inspection.
    """
    return k.ask(
        "takeItemBack",
        "POST",
        k.path_of("/v1/handovers/{handover_id}/take-back", handover_id=handover_id),
        k.read_json(Handover),
        body=body,
        once=True,
        key=idempotency_key,
    )


def take_stock(
    body: bytes,
    *,
    dry_run: bool | None = None,
    content_type: str = "text/csv",
    idempotency_key: str | None = None,
) -> k.Asked[StockTaken]:
    """Send the counted sheet back.

    All or nothing, every problem at once: what is missing is lost, what was lost is found.
    """
    return k.ask(
        "takeStock",
        "POST",
        "/v1/items/stock-takes",
        k.read_json(StockTaken),
        query={"dry_run": dry_run},
        body=body,
        content_type=content_type,
        once=True,
        key=idempotency_key,
    )
