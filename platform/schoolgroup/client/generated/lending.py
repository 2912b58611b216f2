"""Offers, loans and holds between schools (共享与借阅).

Written by `make client` from the API description: do not edit.
"""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal
from uuid import UUID

from msgspec import UNSET, Struct, UnsetType

from schoolgroup.client import kinds as k
from schoolgroup.client.generated import shared


class Agreeing(Struct, frozen=True, kw_only=True, omit_defaults=True):
    conditions: str = ""
    loan_days_max: int | UnsetType | None = UNSET


class Ask(Struct, frozen=True, kw_only=True, omit_defaults=True):
    id: UUID
    offer_id: UUID
    resource_id: UUID
    title: str
    owner_school_id: UUID
    owner_school_name: str
    borrower_school_id: UUID
    borrower_school_name: str
    borrower_person_id: UUID
    status: AskStatus
    timed_out: bool
    note: str
    asked_at: dt.datetime
    decide_by_at: dt.datetime
    by_default: Literal["agree", "decline"]
    decided_at: dt.datetime | None
    decided_because: str
    conditions: str
    loan_days_max: int | None
    usable_until_at: dt.datetime | None
    agreement_id: UUID | None
    loan_id: UUID | None
    hold_id: UUID | None
    actions: list[str]
    version: int


class AskStatus(k.Word):
    """Where an ask stands now. Past its deadline it is what its default says; unused too long
    over.

    What is written down may lag behind: the clock decides.
    """

    ASKED = "asked"
    AGREED = "agreed"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    USED = "used"
    OVER = "over"


class AsksDeclining(Struct, frozen=True, kw_only=True, omit_defaults=True):
    because: str


class AudienceKind(k.Word):
    """What a line of the audience names."""

    PUBLIC = "public"
    GROUP = "group"
    TIER = "tier"
    CIRCLE = "circle"
    SCHOOL = "school"


class BalanceList(Struct, frozen=True, kw_only=True, omit_defaults=True):
    items: list[FiguresBalance]


class BorrowWish(Struct, frozen=True, kw_only=True, omit_defaults=True):
    dry_run: bool = False
    note: str = ""


class Borrowed(Struct, frozen=True, kw_only=True, omit_defaults=True):
    outcome: Literal["loan", "hold", "ask"]
    dry_run: bool
    loan: Loan | None = None
    hold: Hold | None = None
    ask: Ask | None = None
    foreseen: Foreseen | None = None
    because: list[TermsReason] = []


class Circulation(Struct, frozen=True, kw_only=True, omit_defaults=True):
    month: dt.date
    owner_school_id: UUID
    owner_school_name: str
    borrower_school_id: UUID
    borrower_school_name: str
    subject: str
    loans: int
    renewals: int
    recalls: int
    fetches: int


class CirculationList(Struct, frozen=True, kw_only=True, omit_defaults=True):
    items: list[Circulation]


class DeskBecause(Struct, frozen=True, kw_only=True, omit_defaults=True):
    because: str


class Estimate(Struct, frozen=True, kw_only=True, omit_defaults=True):
    from_days: int
    until_days: int
    known: int
    because: shared.Text


class Fetch(Struct, frozen=True, kw_only=True, omit_defaults=True):
    id: UUID
    loan_id: UUID
    file_no: int
    at: dt.datetime
    link_until_at: dt.datetime


class FiguresBalance(Struct, frozen=True, kw_only=True, omit_defaults=True):
    month: dt.date
    school_id: UUID
    school_name: str
    subject: str
    given: int
    taken: int


class Foreseen(Struct, frozen=True, kw_only=True, omit_defaults=True):
    ends_at: dt.datetime | None
    place: int | None
    ahead: int | None
    seats: int | None
    estimate: Estimate | None = None


class Hold(Struct, frozen=True, kw_only=True, omit_defaults=True):
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
    joined_at: dt.datetime
    place: int | None
    ahead: int | None
    seats: int | None
    my_turn: bool
    estimate: Estimate | None
    paused: bool
    paused_until_at: dt.datetime | None
    moved_at: dt.datetime | None
    moved_because: str
    ready_until_at: dt.datetime | None
    loan_id: UUID | None
    closed_at: dt.datetime | None
    closed_because: str
    actions: list[str]
    version: int


class HoldStatus(k.Word):
    """Where a hold stands. Ready and past `ready_until_at` is lapsed, whatever was written."""

    WAITING = "waiting"
    READY = "ready"
    FILLED = "filled"
    LAPSED = "lapsed"
    CANCELLED = "cancelled"


class Lasts(k.Word):
    """How the length of a loan is meant."""

    DAYS = "days"
    TERM = "term"


class Loan(Struct, frozen=True, kw_only=True, omit_defaults=True):
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
    starts_at: dt.datetime
    ends_at: dt.datetime
    guaranteed_until_at: dt.datetime
    terms: Terms
    renewals: int
    recalled_at: dt.datetime | None
    recalled_because: str
    closed_at: dt.datetime | None
    closed_because: str
    handover_id: UUID | None
    overdue_days: int
    actions: list[str]
    version: int


class LoanFile(Struct, frozen=True, kw_only=True, omit_defaults=True):
    no: int
    file_name: str
    size_bytes: int
    sha256: str
    media_type: str


class LoanFiles(Struct, frozen=True, kw_only=True, omit_defaults=True):
    items: list[LoanFile]
    ends_at: dt.datetime


class LoanStatus(k.Word):
    """Where a loan stands. Active and past `ends_at` is ended, whatever was written."""

    ACTIVE = "active"
    RETURNED = "returned"
    ENDED = "ended"
    REVOKED = "revoked"


class Offer(Struct, frozen=True, kw_only=True, omit_defaults=True):
    id: UUID
    resource_id: UUID
    title: str
    owner_school_id: UUID
    owner_school_name: str
    status: OfferStatus
    valid_until_at: dt.datetime | None
    seats: int | None
    free: int | None
    lent: int
    waiting: int
    loan_days: int
    renewals_max: int
    pickup_hours: int
    guaranteed_days: int
    per_school_max: int | None
    lasts: Lasts
    loans_max: int | None
    asks_owner: bool
    ask_hours: int
    ask_default: Literal["agree", "decline"]
    bounded: bool
    terms_no: int
    by_items: bool
    audiences: list[OffersAudience]
    my_loan_id: UUID | None
    my_hold_id: UUID | None
    my_place: int | None
    ahead: int | None
    estimate: Estimate | None
    actions: list[str]
    version: int
    created_at: dt.datetime


class OfferChange(Struct, frozen=True, kw_only=True, omit_defaults=True):
    seats: int | UnsetType = UNSET
    valid_until_at: dt.datetime | UnsetType | None = UNSET
    loan_days: int | UnsetType = UNSET
    renewals_max: int | UnsetType = UNSET
    pickup_hours: int | UnsetType = UNSET
    guaranteed_days: int | UnsetType = UNSET
    per_school_max: int | UnsetType | None = UNSET
    lasts: Lasts | UnsetType = UNSET
    loans_max: int | UnsetType | None = UNSET
    asks_owner: bool | UnsetType = UNSET
    ask_hours: int | UnsetType = UNSET
    ask_default: Literal["agree", "decline"] | UnsetType = UNSET
    audiences: list[OffersAudienceWish] | UnsetType = UNSET


class OfferStatus(k.Word):
    """Where an offer stands; that its time is over is computed, never stored."""

    OPEN = "open"
    SUSPENDED = "suspended"
    CLOSED = "closed"


class OfferWish(Struct, frozen=True, kw_only=True, omit_defaults=True):
    audiences: list[OffersAudienceWish]
    seats: int | UnsetType | None = UNSET
    loan_days: int = 14
    renewals_max: int = 1
    pickup_hours: int = 48
    guaranteed_days: int = 0
    per_school_max: int | UnsetType | None = UNSET
    valid_until_at: dt.datetime | UnsetType | None = UNSET
    lasts: Lasts | UnsetType = UNSET
    loans_max: int | UnsetType | None = UNSET
    asks_owner: bool = False
    ask_hours: int = 72
    ask_default: Literal["agree", "decline"] = "decline"
    by_items: bool = False


class OffersAudience(Struct, frozen=True, kw_only=True, omit_defaults=True):
    kind: AudienceKind
    tier: OffersSchoolTier | None
    circle_id: UUID | None
    school_id: UUID | None
    discover: bool
    borrow: bool
    adapt: bool


class OffersAudienceWish(Struct, frozen=True, kw_only=True, omit_defaults=True):
    kind: AudienceKind
    tier: OffersSchoolTier | UnsetType | None = UNSET
    circle_id: UUID | UnsetType | None = UNSET
    school_id: UUID | UnsetType | None = UNSET
    discover: bool = True
    borrow: bool = False
    adapt: bool = False


class OffersSchoolTier(k.Word):
    """The two kinds of member schools: 一体化成员校 and 紧密校."""

    INTEGRATED = "integrated"
    PARTNER = "partner"


class OrderWish(Struct, frozen=True, kw_only=True, omit_defaults=True):
    hold_ids: list[UUID]
    because: str


class PauseWish(Struct, frozen=True, kw_only=True, omit_defaults=True):
    until_at: dt.datetime | UnsetType | None = UNSET


class RecallWish(Struct, frozen=True, kw_only=True, omit_defaults=True):
    because: str
    ends_at: dt.datetime | UnsetType | None = UNSET


class StatedTerms(Struct, frozen=True, kw_only=True, omit_defaults=True):
    seats: int | None
    valid_until_at: dt.datetime | None
    lasts: Lasts
    loan_days: int
    renewals_max: int
    pickup_hours: int
    guaranteed_days: int
    per_school_max: int | None
    share_percent: int | None
    loans_max: int | None
    asks_owner: bool
    ask_hours: int
    ask_default: Literal["agree", "decline"]
    audiences: list[OffersAudience]


class Terms(Struct, frozen=True, kw_only=True, omit_defaults=True):
    loan_days: int
    renewals_max: int
    pickup_hours: int
    guaranteed_days: int
    lasts: Lasts | UnsetType = UNSET
    bounded: bool = False
    by_items: bool = False
    because: list[TermsReason] = []
    terms_no: int = 1


class TermsExplained(Struct, frozen=True, kw_only=True, omit_defaults=True):
    offer_id: UUID
    loan_days: int
    renewals_max: int
    per_school_max: int | None
    ends_at: dt.datetime
    because: list[TermsReason]


class TermsReason(Struct, frozen=True, kw_only=True, omit_defaults=True):
    term: str
    value: int | dt.datetime | None
    source: TermsSource
    why: shared.Text
    would_change: shared.Text
    rule_id: UUID | None = None


class TermsRule(Struct, frozen=True, kw_only=True, omit_defaults=True):
    id: UUID
    tier: str | None
    kind: str | None
    role: str | None
    loan_days_max: int | None
    renewals_max: int | None
    person_open_max: int | None
    school_open_max: int | None
    group_open_max: int | None
    share_percent: int | None
    hold_band: int | None
    because: str
    version: int


class TermsRuleChange(Struct, frozen=True, kw_only=True, omit_defaults=True):
    loan_days_max: int | UnsetType | None = UNSET
    renewals_max: int | UnsetType | None = UNSET
    person_open_max: int | UnsetType | None = UNSET
    school_open_max: int | UnsetType | None = UNSET
    group_open_max: int | UnsetType | None = UNSET
    share_percent: int | UnsetType | None = UNSET
    hold_band: int | UnsetType | None = UNSET
    because: str | UnsetType = UNSET


class TermsRuleWish(Struct, frozen=True, kw_only=True, omit_defaults=True):
    tier: Literal["integrated", "partner"] | UnsetType | None = UNSET
    kind: (
        Literal[
            "lesson_plan",
            "courseware",
            "video",
            "exercise",
            "paper",
            "school_course",
            "experiment",
            "book",
            "place",
            "other",
        ]
        | UnsetType
        | None
    ) = UNSET
    role: Literal["teacher", "lead", "librarian", "principal"] | UnsetType | None = UNSET
    loan_days_max: int | UnsetType | None = UNSET
    renewals_max: int | UnsetType | None = UNSET
    person_open_max: int | UnsetType | None = UNSET
    school_open_max: int | UnsetType | None = UNSET
    group_open_max: int | UnsetType | None = UNSET
    share_percent: int | UnsetType | None = UNSET
    hold_band: int | UnsetType | None = UNSET
    because: str


class TermsSource(k.Word):
    """Where a term comes from."""

    OFFER = "offer"
    RULE = "rule"
    CALENDAR = "calendar"
    ASK = "ask"
    GROUND = "ground"


class TermsVersion(Struct, frozen=True, kw_only=True, omit_defaults=True):
    no: int
    terms: StatedTerms
    by_person_id: UUID | None
    by_name: str | None
    stated_at: dt.datetime


class WaitingLine(Struct, frozen=True, kw_only=True, omit_defaults=True):
    items: list[Hold]


class Waits(Struct, frozen=True, kw_only=True, omit_defaults=True):
    month: dt.date
    school_id: UUID
    school_name: str
    holds: int
    median_hours: float
    longest_hours: float
    lapsed: int


class WaitsList(Struct, frozen=True, kw_only=True, omit_defaults=True):
    items: list[Waits]


def agree_to_ask(
    ask_id: UUID, body: Agreeing, *, idempotency_key: str | None = None
) -> k.Asked[Ask]:
    """Agree to lend, perhaps on conditions.

    The borrower then borrows, and by that accepts the conditions.
    """
    return k.ask(
        "agreeToAsk",
        "POST",
        k.path_of("/v1/asks/{ask_id}/agree", ask_id=ask_id),
        k.read_json(Ask),
        body=body,
        once=True,
        key=idempotency_key,
    )


def borrow(
    offer_id: UUID, body: BorrowWish, *, idempotency_key: str | None = None
) -> k.Asked[Borrowed]:
    """Borrow what is offered: a loan, a place in the queue, or a refusal that says why.

    201 a loan, 202 a hold with its place or an ask, 200 what it would be (`dry_run`).
    """
    return k.ask(
        "borrow",
        "POST",
        k.path_of("/v1/offers/{offer_id}/borrow", offer_id=offer_id),
        k.read_json(Borrowed),
        body=body,
        once=True,
        key=idempotency_key,
    )


def cancel_hold(hold_id: UUID, *, idempotency_key: str | None = None) -> k.Asked[Hold]:
    """Leave the queue.

    A seat that was reserved goes to the next who waits.
    """
    return k.ask(
        "cancelHold",
        "POST",
        k.path_of("/v1/holds/{hold_id}/cancel", hold_id=hold_id),
        k.read_json(Hold),
        once=True,
        key=idempotency_key,
    )


def change_lending_rule(
    rule_id: UUID, body: TermsRuleChange, *, version: int, idempotency_key: str | None = None
) -> k.Asked[TermsRule]:
    """Change a rule for new loans.

    Running loans keep the terms they were made on.
    """
    return k.ask(
        "changeLendingRule",
        "PATCH",
        k.path_of("/v1/lending-rules/{rule_id}", rule_id=rule_id),
        k.read_json(TermsRule),
        body=body,
        version=version,
        once=True,
        key=idempotency_key,
    )


def change_offer(
    offer_id: UUID, body: OfferChange, *, version: int, idempotency_key: str | None = None
) -> k.Asked[Offer]:
    """Change the terms or the audience: a new version of them.

    Running loans keep terms and seats: seats that were cut retire when they are freed.
    """
    return k.ask(
        "changeOffer",
        "PATCH",
        k.path_of("/v1/offers/{offer_id}", offer_id=offer_id),
        k.read_json(Offer),
        body=body,
        version=version,
        once=True,
        key=idempotency_key,
    )


def close_offer(offer_id: UUID, *, idempotency_key: str | None = None) -> k.Asked[Offer]:
    """Close the offer for good.

    The queue is cancelled; running loans go on to their end.
    """
    return k.ask(
        "closeOffer",
        "POST",
        k.path_of("/v1/offers/{offer_id}/close", offer_id=offer_id),
        k.read_json(Offer),
        once=True,
        key=idempotency_key,
    )


def decline_ask(
    ask_id: UUID, body: AsksDeclining, *, idempotency_key: str | None = None
) -> k.Asked[Ask]:
    """Decline to lend, and say why.

    The borrower reads why, and when the owner can be asked again.
    """
    return k.ask(
        "declineAsk",
        "POST",
        k.path_of("/v1/asks/{ask_id}/decline", ask_id=ask_id),
        k.read_json(Ask),
        body=body,
        once=True,
        key=idempotency_key,
    )


def download_loan_file(loan_id: UUID, no: int) -> k.Asked[k.Content]:
    """A file of a running loan, whole or in ranges.

    Range and If-Range (the ETag is the file's SHA-256) as RFC 9110 has them; one range.

    Every request asks anew whether the loan runs; the bytes stop when it ends. A download
    is noted once for borrower and owner, not for each range.
    """
    return k.ask(
        "downloadLoanFile",
        "GET",
        k.path_of("/v1/loans/{loan_id}/files/{no}/content", loan_id=loan_id, no=no),
        k.read_content,
        accept="*/*",
    )


def end_lending_rule(
    rule_id: UUID, *, version: int, idempotency_key: str | None = None
) -> k.Asked[TermsRule]:
    """Take a rule away.

    Name its version in If-Match; the answer is the rule as it was.
    """
    return k.ask(
        "endLendingRule",
        "POST",
        k.path_of("/v1/lending-rules/{rule_id}/end", rule_id=rule_id),
        k.read_json(TermsRule),
        version=version,
        once=True,
        key=idempotency_key,
    )


def explain_terms(offer_id: UUID) -> k.Asked[TermsExplained]:
    """The terms I would get of an offer: which rule gave them, what would change them.

    As of now, for the caller's school, tier and role.
    """
    return k.ask(
        "explainTerms",
        "GET",
        k.path_of("/v1/offers/{offer_id}/terms", offer_id=offer_id),
        k.read_json(TermsExplained),
    )


def fetch_loan_file(loan_id: UUID, no: int) -> k.Asked[k.Link]:
    """Open a file of a running loan.

    307 to a link that dies with the loan; every link is noted for borrower and owner.
    """
    return k.ask(
        "fetchLoanFile",
        "GET",
        k.path_of("/v1/loans/{loan_id}/files/{no}", loan_id=loan_id, no=no),
        k.read_link,
        accept="*/*",
    )


def get_ask(ask_id: UUID) -> k.Asked[Ask]:
    """One ask: who answers until when, and what silence means.

    Always as of now: the clock decides without the version moving.
    """
    return k.ask("getAsk", "GET", k.path_of("/v1/asks/{ask_id}", ask_id=ask_id), k.read_json(Ask))


def get_hold(hold_id: UUID) -> k.Asked[Hold]:
    """One hold: how many are ahead.

    Always as of now: a place moves without the hold's version moving.
    """
    return k.ask(
        "getHold", "GET", k.path_of("/v1/holds/{hold_id}", hold_id=hold_id), k.read_json(Hold)
    )


def get_lending_rule(rule_id: UUID) -> k.Asked[TermsRule]:
    """One rule for borrowing.

    Its ETag is what a change names.
    """
    return k.ask(
        "getLendingRule",
        "GET",
        k.path_of("/v1/lending-rules/{rule_id}", rule_id=rule_id),
        k.read_json(TermsRule),
    )


def get_loan(loan_id: UUID) -> k.Asked[Loan]:
    """One loan.

    Always as of now: a loan ends without its version moving.
    """
    return k.ask(
        "getLoan", "GET", k.path_of("/v1/loans/{loan_id}", loan_id=loan_id), k.read_json(Loan)
    )


def get_offer(offer_id: UUID) -> k.Asked[Offer]:
    """One offer: its terms, free seats, and my place.

    Always as of now: free seats and places move without the offer's version moving.
    """
    return k.ask(
        "getOffer", "GET", k.path_of("/v1/offers/{offer_id}", offer_id=offer_id), k.read_json(Offer)
    )


def get_queue(offer_id: UUID) -> k.Asked[WaitingLine]:
    """Everyone who waits, in order.

    For those who may reorder it.
    """
    return k.ask(
        "getQueue",
        "GET",
        k.path_of("/v1/offers/{offer_id}/queue", offer_id=offer_id),
        k.read_json(WaitingLine),
    )


def lending_balance(
    *, from_on: dt.date | None = None, until_on: dt.date | None = None, form: Any | None = None
) -> k.Asked[BalanceList | k.Content]:
    """What a school gave to others and took from others.

    The caller's school; the office sees all.
    """
    return k.ask(
        "lendingBalance",
        "GET",
        "/v1/lending/balance",
        k.read_either(BalanceList),
        query={"from_on": from_on, "until_on": until_on, "form": form},
        accept="*/*",
    )


def lending_circulation(
    *, from_on: dt.date | None = None, until_on: dt.date | None = None, form: Any | None = None
) -> k.Asked[CirculationList | k.Content]:
    """Loans by school, subject and month.

    What the caller's school lent and borrowed; the office sees all.
    """
    return k.ask(
        "lendingCirculation",
        "GET",
        "/v1/lending/circulation",
        k.read_either(CirculationList),
        query={"from_on": from_on, "until_on": until_on, "form": form},
        accept="*/*",
    )


def lending_waits(
    *, from_on: dt.date | None = None, until_on: dt.date | None = None, form: Any | None = None
) -> k.Asked[WaitsList | k.Content]:
    """How long people waited for a seat.

    The people of the caller's school; the office sees all.
    """
    return k.ask(
        "lendingWaits",
        "GET",
        "/v1/lending/waits",
        k.read_either(WaitsList),
        query={"from_on": from_on, "until_on": until_on, "form": form},
        accept="*/*",
    )


def list_asks(
    *,
    offer_id: UUID | None = None,
    mine: bool | None = None,
    open: bool | None = None,
    limit: int | None = None,
    cursor: str | None = None,
) -> k.Asked[k.Page[Ask]]:
    """Asks: mine, and those my school made or answers.

    Newest first, each as it stands now.
    """
    return k.ask(
        "listAsks",
        "GET",
        "/v1/asks",
        k.read_json(k.Page[Ask]),
        query={"offer_id": offer_id, "mine": mine, "open": open, "limit": limit, "cursor": cursor},
    )


def list_holds(
    *,
    offer_id: UUID | None = None,
    mine: bool | None = None,
    open: bool | None = None,
    limit: int | None = None,
    cursor: str | None = None,
) -> k.Asked[k.Page[Hold]]:
    """Holds: mine, and those my school made or serves.

    Newest first, each with its place among all who wait.
    """
    return k.ask(
        "listHolds",
        "GET",
        "/v1/holds",
        k.read_json(k.Page[Hold]),
        query={"offer_id": offer_id, "mine": mine, "open": open, "limit": limit, "cursor": cursor},
    )


def list_lending_rules(
    *, limit: int | None = None, cursor: str | None = None
) -> k.Asked[k.Page[TermsRule]]:
    """The group's rules for borrowing.

    Oldest first; everyone in the group may know them.
    """
    return k.ask(
        "listLendingRules",
        "GET",
        "/v1/lending-rules",
        k.read_json(k.Page[TermsRule]),
        query={"limit": limit, "cursor": cursor},
    )


def list_loan_fetches(
    loan_id: UUID, *, limit: int | None = None, cursor: str | None = None
) -> k.Asked[k.Page[Fetch]]:
    """Every link given out for a loan.

    Newest first, for borrower and owner.
    """
    return k.ask(
        "listLoanFetches",
        "GET",
        k.path_of("/v1/loans/{loan_id}/fetches", loan_id=loan_id),
        k.read_json(k.Page[Fetch]),
        query={"limit": limit, "cursor": cursor},
    )


def list_loan_files(loan_id: UUID) -> k.Asked[LoanFiles]:
    """The files of a running loan.

    Those of the revision that was lent.
    """
    return k.ask(
        "listLoanFiles",
        "GET",
        k.path_of("/v1/loans/{loan_id}/files", loan_id=loan_id),
        k.read_json(LoanFiles),
    )


def list_loans(
    *,
    offer_id: UUID | None = None,
    mine: bool | None = None,
    running: bool | None = None,
    limit: int | None = None,
    cursor: str | None = None,
) -> k.Asked[k.Page[Loan]]:
    """Loans: mine, and those my school made or gave.

    Newest first.
    """
    return k.ask(
        "listLoans",
        "GET",
        "/v1/loans",
        k.read_json(k.Page[Loan]),
        query={
            "offer_id": offer_id,
            "mine": mine,
            "running": running,
            "limit": limit,
            "cursor": cursor,
        },
    )


def list_offer_terms(
    offer_id: UUID, *, limit: int | None = None, cursor: str | None = None
) -> k.Asked[k.Page[TermsVersion]]:
    """The versions of an offer's terms.

    Newest first, with who stated them and when; a loan's terms name the version it has.
    """
    return k.ask(
        "listOfferTerms",
        "GET",
        k.path_of("/v1/offers/{offer_id}/terms/versions", offer_id=offer_id),
        k.read_json(k.Page[TermsVersion]),
        query={"limit": limit, "cursor": cursor},
    )


def list_offers(
    resource_id: UUID, *, limit: int | None = None, cursor: str | None = None
) -> k.Asked[k.Page[Offer]]:
    """The offers of a resource.

    Oldest first, as far as they reach the caller.
    """
    return k.ask(
        "listOffers",
        "GET",
        k.path_of("/v1/resources/{resource_id}/offers", resource_id=resource_id),
        k.read_json(k.Page[Offer]),
        query={"limit": limit, "cursor": cursor},
    )


def make_lending_rule(
    body: TermsRuleWish, *, idempotency_key: str | None = None
) -> k.Asked[TermsRule]:
    """Lay down a rule for borrowing.

    By tier, kind of resource and role; the most specific rule wins. Loans keep their terms.
    """
    return k.ask(
        "makeLendingRule",
        "POST",
        "/v1/lending-rules",
        k.read_json(TermsRule),
        body=body,
        once=True,
        key=idempotency_key,
    )


def make_offer(
    resource_id: UUID, body: OfferWish, *, idempotency_key: str | None = None
) -> k.Asked[Offer]:
    """Offer a resource to others.

    Whom it reaches, with which of three rights, and on which terms it is lent.
    """
    return k.ask(
        "makeOffer",
        "POST",
        k.path_of("/v1/resources/{resource_id}/offers", resource_id=resource_id),
        k.read_json(Offer),
        body=body,
        once=True,
        key=idempotency_key,
    )


def pause_hold(
    hold_id: UUID, body: PauseWish, *, idempotency_key: str | None = None
) -> k.Asked[Hold]:
    """Keep the place in the queue and be passed over for a while.

    Until it is resumed, or until the instant given.
    """
    return k.ask(
        "pauseHold",
        "POST",
        k.path_of("/v1/holds/{hold_id}/pause", hold_id=hold_id),
        k.read_json(Hold),
        body=body,
        once=True,
        key=idempotency_key,
    )


def recall_loan(
    loan_id: UUID, body: RecallWish, *, idempotency_key: str | None = None
) -> k.Asked[Loan]:
    """Call a loan back before its end.

    With a day's notice, and never before what was guaranteed; the borrower reads why.
    """
    return k.ask(
        "recallLoan",
        "POST",
        k.path_of("/v1/loans/{loan_id}/recall", loan_id=loan_id),
        k.read_json(Loan),
        body=body,
        once=True,
        key=idempotency_key,
    )


def renew_loan(loan_id: UUID, *, idempotency_key: str | None = None) -> k.Asked[Loan]:
    """Renew a loan.

    Its days are counted anew from now, unless somebody waits.
    """
    return k.ask(
        "renewLoan",
        "POST",
        k.path_of("/v1/loans/{loan_id}/renew", loan_id=loan_id),
        k.read_json(Loan),
        once=True,
        key=idempotency_key,
    )


def reorder_queue(
    offer_id: UUID, body: OrderWish, *, idempotency_key: str | None = None
) -> k.Asked[WaitingLine]:
    """Put those who wait into another order, for a reason each of them reads.

    Everyone who waits exactly once; what is ready for somebody stays theirs.
    """
    return k.ask(
        "reorderQueue",
        "POST",
        k.path_of("/v1/offers/{offer_id}/queue", offer_id=offer_id),
        k.read_json(WaitingLine),
        body=body,
        once=True,
        key=idempotency_key,
    )


def resume_hold(hold_id: UUID, *, idempotency_key: str | None = None) -> k.Asked[Hold]:
    """Be served again, at the old place.

    A seat that is free meanwhile becomes ready at once.
    """
    return k.ask(
        "resumeHold",
        "POST",
        k.path_of("/v1/holds/{hold_id}/resume", hold_id=hold_id),
        k.read_json(Hold),
        once=True,
        key=idempotency_key,
    )


def resume_offer(offer_id: UUID, *, idempotency_key: str | None = None) -> k.Asked[Offer]:
    """Lend again.

    The queue is served first.
    """
    return k.ask(
        "resumeOffer",
        "POST",
        k.path_of("/v1/offers/{offer_id}/resume", offer_id=offer_id),
        k.read_json(Offer),
        once=True,
        key=idempotency_key,
    )


def return_loan(loan_id: UUID, *, idempotency_key: str | None = None) -> k.Asked[Loan]:
    """Return a loan.

    Its seat goes to the head of the queue at once.
    """
    return k.ask(
        "returnLoan",
        "POST",
        k.path_of("/v1/loans/{loan_id}/return", loan_id=loan_id),
        k.read_json(Loan),
        once=True,
        key=idempotency_key,
    )


def revoke_loan(
    loan_id: UUID, body: DeskBecause, *, idempotency_key: str | None = None
) -> k.Asked[Loan]:
    """Take a loan back at once.

    The owner's last resort; the borrower reads why.
    """
    return k.ask(
        "revokeLoan",
        "POST",
        k.path_of("/v1/loans/{loan_id}/revoke", loan_id=loan_id),
        k.read_json(Loan),
        body=body,
        once=True,
        key=idempotency_key,
    )


def suspend_offer(offer_id: UUID, *, idempotency_key: str | None = None) -> k.Asked[Offer]:
    """Lend nothing new for now.

    Running loans go on; the queue waits.
    """
    return k.ask(
        "suspendOffer",
        "POST",
        k.path_of("/v1/offers/{offer_id}/suspend", offer_id=offer_id),
        k.read_json(Offer),
        once=True,
        key=idempotency_key,
    )


def withdraw_ask(ask_id: UUID, *, idempotency_key: str | None = None) -> k.Asked[Ask]:
    """Withdraw an ask.

    The owner need not answer any more.
    """
    return k.ask(
        "withdrawAsk",
        "POST",
        k.path_of("/v1/asks/{ask_id}/withdraw", ask_id=ask_id),
        k.read_json(Ask),
        once=True,
        key=idempotency_key,
    )
