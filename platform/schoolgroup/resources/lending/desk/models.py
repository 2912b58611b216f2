"""The lending desk (借阅台): who gets a seat, who waits, and in which order."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from schoolgroup.kernel.http import Input
from schoolgroup.resources.lending.asks.models import Ask
from schoolgroup.resources.lending.offers.models import Estimate, Terms
from schoolgroup.resources.lending.terms.models import Ground, Reason


class LoanStatus(StrEnum):
    """Where a loan stands. Active and past `ends_at` is ended, whatever was written."""

    ACTIVE = "active"
    RETURNED = "returned"
    ENDED = "ended"
    REVOKED = "revoked"


class HoldStatus(StrEnum):
    """Where a hold stands. Ready and past `ready_until_at` is lapsed, whatever was written."""

    WAITING = "waiting"
    READY = "ready"
    FILLED = "filled"
    LAPSED = "lapsed"
    CANCELLED = "cancelled"


class BorrowWish(Input, frozen=True, kw_only=True):
    """A wish to borrow; with `dry_run` only the answer, no effect."""

    dry_run: bool = False
    # read by the owner, where the owner is asked
    note: Annotated[str, Meta(max_length=500)] = ""


class Because(Input, frozen=True, kw_only=True):
    """Why, in words the other school reads."""

    because: Annotated[str, Meta(min_length=1, max_length=500)]


class RecallWish(Input, frozen=True, kw_only=True):
    """Why a loan is called back, and by when: never sooner than was guaranteed."""

    because: Annotated[str, Meta(min_length=1, max_length=500)]
    ends_at: Annotated[datetime, Meta(tz=True)] | None = None


class PauseWish(Input, frozen=True, kw_only=True):
    """A pause of a place in the queue; without an end until it is resumed."""

    until_at: Annotated[datetime, Meta(tz=True)] | None = None


class OrderWish(Input, frozen=True, kw_only=True):
    """A new order of everyone who waits, and the reason every displaced one reads."""

    hold_ids: Annotated[list[UUID], Meta(min_length=1, max_length=1000)]
    because: Annotated[str, Meta(min_length=1, max_length=500)]


class Figures(msgspec.Struct, frozen=True):
    """What counts of an offer at this instant, from the one view that counts it.

    `standing` seats are not retired (more than `seats` after a cut, until loans come back);
    `paused` of those who wait are passed over for now; `loans_made` counts where the licence has
    only `loans_max` in its lifetime.
    """

    offer_id: UUID
    seats: int | None
    standing: int
    lent: int
    reserved: int
    waiting: int
    paused: int
    loans_max: int | None
    loans_made: int | None

    @property
    def licence_left(self) -> int | None:
        """Loans nobody has or waits for yet; null where the licence has no end."""
        if self.loans_max is None:
            return None
        return max(0, self.loans_max - (self.loans_made or 0) - self.reserved - self.waiting)

    @property
    def free(self) -> int | None:
        """Seats a newcomer would get now; null where they are unlimited."""
        if self.seats is None:
            return None
        return max(0, self.unoccupied - (self.waiting - self.paused))

    @property
    def unoccupied(self) -> int:
        """Seats with nobody on them, whether or not someone waits."""
        return max(0, min(self.seats or 0, self.standing) - self.lent - self.reserved)


class Mine(msgspec.Struct, frozen=True):
    """What the caller, and the caller's school, already have of an offer and altogether.

    `place` counts from 1; null where nobody of the caller waits or the place is paused.
    `loan_out` is whether a thing of the loan is in hand, which keeps it from being over.
    `school_count` are the school's running loans and reserved seats on this offer, `own_open` the
    person's loans and holds of all offers.
    """

    offer_id: UUID
    loan_id: UUID | None
    loan_ends_at: datetime | None
    loan_out: bool
    hold_id: UUID | None
    hold_status: HoldStatus | None
    ready_until_at: datetime | None
    place: int | None
    school_count: int
    own_open: int


class Borrower(msgspec.Struct, frozen=True):
    """Who stands at the desk, and on what their terms are decided.

    `asked_days_max` is what the owner agreed to, where the owner was asked.
    """

    person_id: UUID
    school_id: UUID
    ground: Ground
    asked_days_max: int | None = None


class Queue(msgspec.Struct, frozen=True):
    """What there is to do at the desk of an offer before a seat is given to anyone."""

    over_loans: int
    lapsed_holds: int
    idle_seats: int
    waiting: int
    surplus: int

    @property
    def stirs(self) -> bool:
        """Whether there may be anything to give: something is over, lapsed or free."""
        return bool(self.over_loans or self.lapsed_holds or self.idle_seats)


class LoanRow(msgspec.Struct, frozen=True):
    """A loan as it is stored, with the names of both schools and the caller's relations.

    `handover_id` is the hand-over by which a thing of it is out; `overdue_days` counts school days
    since that thing was due.
    """

    id: UUID
    offer_id: UUID
    resource_id: UUID
    revision_no: int
    title: str
    owner_school_id: UUID
    owner_school_name: str
    borrower_school_id: UUID
    borrower_school_name: str
    borrower_person_id: UUID
    status: LoanStatus
    starts_at: datetime
    ends_at: datetime
    guaranteed_until_at: datetime
    terms: Terms
    renewals: int
    recalled_at: datetime | None
    recalled_because: str
    closed_at: datetime | None
    closed_because: str
    handover_id: UUID | None
    overdue_days: int
    version: int
    relations: int = 1


class HoldRow(msgspec.Struct, frozen=True):
    """A hold as it is stored, with its place, the names and the caller's relations."""

    id: UUID
    offer_id: UUID
    resource_id: UUID
    title: str
    owner_school_id: UUID
    owner_school_name: str
    borrower_school_id: UUID
    borrower_school_name: str
    borrower_person_id: UUID
    status: HoldStatus
    placed_at: datetime
    joined_at: datetime
    paused: bool
    paused_until_at: datetime | None
    moved_at: datetime | None
    moved_because: str
    ready_until_at: datetime | None
    loan_id: UUID | None
    closed_at: datetime | None
    closed_because: str
    version: int
    relations: int = 1


class Passed(msgspec.Struct, frozen=True):
    """A loan or a hold the desk moved on while settling a queue."""

    id: UUID
    offer_id: UUID
    owner_school_id: UUID
    borrower_school_id: UUID
    version: int


class Loan(msgspec.Struct, frozen=True):
    """A loan as the caller sees it: its files may be opened before `ends_at`.

    A loan of things (`terms.by_items`) is to be collected by `ends_at` at first; from the hand-over
    its days count, and it stays active, overdue or not, until the thing is back.
    """

    id: UUID
    offer_id: UUID
    resource_id: UUID
    revision_no: int
    title: str
    owner_school_id: UUID
    owner_school_name: str
    borrower_school_id: UUID
    borrower_school_name: str
    borrower_person_id: UUID
    status: LoanStatus
    starts_at: datetime
    ends_at: datetime
    guaranteed_until_at: datetime
    terms: Terms
    renewals: int
    recalled_at: datetime | None
    recalled_because: str
    closed_at: datetime | None
    closed_because: str
    handover_id: UUID | None
    overdue_days: int
    actions: list[str]
    version: int


class Hold(msgspec.Struct, frozen=True):
    """A hold as the caller sees it: `ahead` wait before it for one of `seats`.

    `place` counts from 1 among those who are not paused, and is null once it no longer waits;
    `my_turn` is whether borrowing now would give the seat; `moved_because` is the reason staff gave
    when they reordered the queue. The estimate stands where one hold is looked at, and in
    the caller's own list.
    """

    id: UUID
    offer_id: UUID
    resource_id: UUID
    title: str
    owner_school_id: UUID
    owner_school_name: str
    borrower_school_id: UUID
    borrower_school_name: str
    borrower_person_id: UUID
    status: HoldStatus
    joined_at: datetime
    place: int | None
    ahead: int | None
    seats: int | None
    my_turn: bool
    estimate: Estimate | None
    paused: bool
    paused_until_at: datetime | None
    moved_at: datetime | None
    moved_because: str
    ready_until_at: datetime | None
    loan_id: UUID | None
    closed_at: datetime | None
    closed_because: str
    actions: list[str]
    version: int


class Foreseen(msgspec.Struct, frozen=True):
    """What borrowing would give now: a loan until `ends_at`, or a place in the queue.

    Tried out and undone: the very steps of borrowing, without their effect.
    """

    ends_at: datetime | None
    place: int | None
    ahead: int | None
    seats: int | None
    estimate: Estimate | None = None


class Borrowed(msgspec.Struct, frozen=True):
    """The answer of the one verb: a loan, a hold, an ask, or (`dry_run`) what it would be.

    `because` says which rule gave which term, and what would change it.
    """

    outcome: Literal["loan", "hold", "ask"]
    dry_run: bool
    loan: Loan | None = None
    hold: Hold | None = None
    ask: Ask | None = None
    foreseen: Foreseen | None = None
    because: list[Reason] = msgspec.field(default_factory=list)
