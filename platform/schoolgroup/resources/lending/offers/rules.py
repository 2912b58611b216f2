"""What an offer may become, and whether its audience says what it means: pure decisions."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import UNSET, structs

from schoolgroup.kernel.errors import Conflict, Invalid, Problem
from schoolgroup.kernel.texts import Text
from schoolgroup.kernel.transitions import Machine, Transition
from schoolgroup.resources.lending.offers.models import (
    AudienceKind,
    AudienceWish,
    OfferChange,
    OfferRow,
    OfferStatus,
    OfferWish,
)
from schoolgroup.resources.lending.shelf.rules import SeatsFollowItems, seat_problems

# Of these the row has both what the owner stated and what holds.
STATED = {"seats": "stated_seats", "valid_until_at": "stated_valid_until_at"}
OPEN, SUSPENDED, CLOSED = OfferStatus.OPEN, OfferStatus.SUSPENDED, OfferStatus.CLOSED
MACHINE: Machine[OfferStatus] = Machine(
    "offer",
    [
        Transition("suspend", "offer:change", (OPEN,), SUSPENDED),
        Transition("resume", "offer:change", (SUSPENDED,), OPEN),
        Transition("close", "offer:change", (OPEN, SUSPENDED), CLOSED),
    ],
)


class OfferIsClosed(Conflict):
    """The owner has closed this offer; running loans go on to their end."""

    code = "offer_closed"
    title = Text("The offer is closed", "共享已关闭")
    remedy = Text(
        "Look for another offer of the resource, or ask the owner for one.",
        "请查看该资源的其他共享条款，或联系所属学校。",
    )


class SeatsStayLimited(Conflict):
    """An offer with seats stays one with seats, and one without stays without."""

    code = "seats_kind_fixed"
    title = Text("Limited stays limited", "席位有限与不限不能互换")
    remedy = Text("Close this offer and make a new one.", "请关闭此条款并新建共享条款。")


class ResourceNotOfferable(Conflict):
    """A withdrawn resource is offered to nobody."""

    code = "resource_withdrawn"
    title = Text("The resource was withdrawn", "资源已撤回")
    remedy = Text("Offer another resource.", "请共享其他资源。")


def check_wish(wish: OfferWish, now: datetime) -> None:
    """Raise Invalid, naming each field, where the audience or the terms contradict themselves."""
    problems = _audiences_problems(wish.audiences)
    problems += _guarantee_problems(wish.guaranteed_days, wish.loan_days)
    problems += _validity_problems(wish.valid_until_at, now)
    problems += seat_problems(wish.by_items, wish.seats)
    if problems:
        raise Invalid(problems=problems)


def changed(offer: OfferRow, change: OfferChange, now: datetime) -> OfferRow:
    """What the owner now states.

    Raises OfferIsClosed, SeatsStayLimited, SeatsFollowItems, Invalid.
    """
    if offer.status is CLOSED:
        raise OfferIsClosed
    if isinstance(change.seats, int) and offer.by_items:
        raise SeatsFollowItems
    if isinstance(change.seats, int) and offer.stated_seats is None:
        raise SeatsStayLimited
    said = {
        STATED.get(name, name): value
        for name, value in structs.asdict(change).items()
        if value is not UNSET and name != "audiences"
    }
    offer = structs.replace(offer, **said)
    problems = _guarantee_problems(offer.guaranteed_days, offer.loan_days)
    if isinstance(change.valid_until_at, datetime):
        problems += _validity_problems(change.valid_until_at, now)
    if isinstance(change.audiences, list):
        problems += _audiences_problems(change.audiences)
    if problems:
        raise Invalid(problems=problems)
    return offer


def check_bounds(offer: OfferRow) -> None:
    """Raise Invalid where an adaptation would be lent without end though what it is of is not."""
    if offer.stated_seats is None and offer.seats is not None:
        why = f"what it was adapted from is lent to {offer.seats} at a time: name the seats"
        raise Invalid(problems=[Problem("/seats", "bounded", why)])


def actions(offer: OfferRow, may_change: bool) -> list[str]:
    """What the caller may do to the offer itself now (borrowing is the desk's to say)."""
    steps = MACHINE.actions(offer.status, lambda _: may_change)
    return [*steps, "change"] if may_change and offer.status is not CLOSED else steps


def _audiences_problems(lines: Sequence[AudienceWish]) -> list[Problem]:
    problems = [
        problem
        for number, line in enumerate(lines)
        for problem in _audience_problems(line, f"/audiences/{number}")
    ]
    seen: set[tuple[object, ...]] = set()
    for number, line in enumerate(lines):
        key = (line.kind, line.tier, line.circle_id, line.school_id)
        if key in seen:
            problems.append(
                Problem(f"/audiences/{number}", "twice", "this audience is already listed")
            )
        seen.add(key)
    return problems


def _guarantee_problems(guaranteed_days: int, loan_days: int) -> list[Problem]:
    if guaranteed_days <= loan_days:
        return []
    why = "a loan cannot be shorter than guaranteed"
    return [Problem("/guaranteed_days", "too_long", why)]


def _audience_problems(line: AudienceWish, at: str) -> Sequence[Problem]:
    named = {
        AudienceKind.TIER: ("tier", line.tier),
        AudienceKind.CIRCLE: ("circle_id", line.circle_id),
        AudienceKind.SCHOOL: ("school_id", line.school_id),
    }
    problems = []
    for kind, (field, value) in named.items():
        if kind is line.kind and value is None:
            problems.append(Problem(f"{at}/{field}", "missing", f"kind {kind} needs {field}"))
        if kind is not line.kind and value is not None:
            problems.append(
                Problem(f"{at}/{field}", "surplus", f"{field} has no meaning for {line.kind}")
            )
    if not line.discover:
        problems.append(
            Problem(f"{at}/discover", "needed", "who may borrow or adapt must be able to find it")
        )
    return problems


def _validity_problems(until_at: datetime | None, now: datetime) -> list[Problem]:
    if until_at is not None and until_at <= now:
        return [Problem("/valid_until_at", "past", "this instant has passed")]
    return []
