"""Hand-overs (交接): one item on its way to one borrower and back, each step signed for."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from schoolgroup.kernel.http import Input
from schoolgroup.resources.items.models import Barcode, Because, Condition, Note


class HandoverStatus(StrEnum):
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


class HandoverWish(Input, frozen=True, kw_only=True):
    """A thing for a loan, by its scanned barcode: set aside, sent, or handed over."""

    barcode: Barcode
    step: Literal["set_aside", "send", "hand"] = "hand"
    note: Note = ""
    photo_upload_id: UUID | None = None


class ScannedStep(Input, frozen=True, kw_only=True):
    """A step with the thing in hand: its barcode is scanned, so that it is the right one."""

    barcode: Barcode
    note: Note = ""
    photo_upload_id: UUID | None = None


class SignedStep(Input, frozen=True, kw_only=True):
    """A step of the borrower: a receipt, or the claim that the thing was returned."""

    note: Note = ""
    photo_upload_id: UUID | None = None


class AcceptWish(Input, frozen=True, kw_only=True):
    """How a thing came back: its condition, its pieces, and whether it can be lent again."""

    barcode: Barcode
    condition: Condition
    pieces_back: Annotated[int, Meta(ge=0, le=10_000)]
    damaged: bool = False
    note: Note = ""
    photo_upload_id: UUID | None = None


class ClosedBecause(Input, frozen=True, kw_only=True):
    """Why a hand-over ends without a return, in words the other school reads."""

    because: Because


class HandoverRow(msgspec.Struct, frozen=True):
    """A hand-over as it is stored, with names, when it is due, and the caller's relations."""

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
    condition_out: Condition
    condition_back: Condition | None
    prepared_at: datetime
    sent_at: datetime | None
    handed_at: datetime | None
    received_at: datetime | None
    received_by: str | None
    claimed_at: datetime | None
    returned_at: datetime | None
    closed_at: datetime | None
    closed_because: str
    due_at: datetime
    overdue_days: int
    version: int
    relations: int = 1


class Handover(msgspec.Struct, frozen=True):
    """A hand-over as the caller sees it.

    `due_at` is the end of the loan (before the hand-over: until when it is to be collected);
    `overdue_days` are school days begun since then while it is in hand; after `receipt_due_at`
    silence is a receipt; `missing` pieces did not come back.
    """

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
    prepared_at: datetime
    sent_at: datetime | None
    handed_at: datetime | None
    receipt_due_at: datetime | None
    received_at: datetime | None
    received_by: str | None
    claimed_at: datetime | None
    returned_at: datetime | None
    closed_at: datetime | None
    closed_because: str
    due_at: datetime
    overdue_days: int
    actions: list[str]
    version: int
