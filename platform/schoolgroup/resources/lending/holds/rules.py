"""Who waits, the order of a queue, and an honest estimate of waiting: pure."""

from collections.abc import Sequence
from datetime import datetime
from heapq import heapify, heapreplace
from math import ceil, floor
from random import Random
from typing import TypeVar
from uuid import UUID

from schoolgroup.kernel.errors import Conflict
from schoolgroup.kernel.texts import Text
from schoolgroup.resources.lending.desk import rules
from schoolgroup.resources.lending.desk.models import Figures, Mine
from schoolgroup.resources.lending.holds.models import History, Key, Occupied, Pickup
from schoolgroup.resources.lending.offers.models import Estimate, OfferRow

# So many runs of the queue, fewer where it is long: the work stays bounded, and the further away a
# turn is the less a tenth more or less means.
RUNS_MAX, RUNS_MIN, STEPS_MAX = 200, 40, 3000
# Fewer past loans than this say too little: then the terms speak alone.
KNOWN_MIN = 5
# Four times out of five the seat is there between these parts of the runs.
LOW, HIGH = 0.1, 0.9


T = TypeVar("T")


class QueueMoved(Conflict):
    """The order names others than those who wait now; a seat that is ready is never displaced."""

    code = "queue_moved"
    title = Text("Others wait than you named", "排队名单已变化")
    remedy = Text(
        "Name everyone who waits exactly once (hold_ids); what is ready stays.",
        "请按 hold_ids 将所有等候者各列一次；已就绪的预约不可调整。",
    )


def has_to_wait(offer: OfferRow, mine: Mine, figures: Figures, now: datetime) -> bool:
    """Whether who asks now gets no seat yet: a newcomer, or who waits and is not paused."""
    if figures.seats is None or rules.why_not_lent(offer, now):
        return False
    if mine.loan_ends_at is not None and (mine.loan_out or now < mine.loan_ends_at):
        return False
    if mine.hold_id is None or rules.lapsed(mine, now):
        return figures.free == 0
    return mine.place is not None and rules.why_waiting(mine, figures) is not None


def reordered(waiting: Sequence[Key], wished: Sequence[UUID]) -> list[Key]:
    """The holds that change place, with their new keys. Raises QueueMoved.

    The keys stay and go to other holds: whoever joins later comes after all of them, as before.
    """
    if sorted(wished) != sorted(key.id for key in waiting):
        raise QueueMoved(facts={"hold_ids": [key.id for key in waiting]})
    return [
        Key(hold_id, key.band, key.placed_at)
        for hold_id, key in zip(wished, waiting, strict=True)
        if hold_id != key.id
    ]


def estimate(
    ahead: int, seats: int, history: History, loan_days: int, pickup_hours: int, seed: int
) -> Estimate:
    """When the seat is likely there for who has so many ahead."""
    low, high = likely_hours(ahead, seats, history, loan_days, pickup_hours, seed)
    known = len(history.lengths) + len(history.pickups)
    from_days, until_days = floor(low / 24), ceil(high / 24)
    lengths = sorted(history.lengths)
    if len(lengths) >= KNOWN_MIN:
        typical = lengths[len(lengths) // 2] / 24
        why = Text(
            f"of {len(lengths)} past loans half were back within {typical:.1f} days",
            f"过往 {len(lengths)} 次借阅中半数在 {typical:.1f} 天内归还",
        )
    else:
        why = Text(
            f"little is known yet; a loan lasts {loan_days} days at most",
            f"暂无足够记录，借期最长 {loan_days} 天",
        )
    return Estimate(
        from_days,
        until_days,
        known,
        Text(
            f"{ahead} ahead, {seats} seats, likely {from_days}–{until_days} days, because {why.en}",
            f"前面 {ahead} 人，共 {seats} 个席位，预计 {from_days}–{until_days} 天，依据：{why.zh}",
        ),
    )


def likely_hours(
    ahead: int, seats: int, history: History, loan_days: int, pickup_hours: int, seed: int
) -> tuple[float, float]:
    """Hours between which four of five seeded runs of the queue bring the seat.

    Each run lets the seats that are occupied come back as past loans did, given how long they are
    out already and never later than they end (a queue blocks renewals), and the people ahead pick
    up, keep and return them as others did.
    """
    chance, term_hours = Random(seed), loan_days * 24.0
    lengths = history.lengths if len(history.lengths) >= KNOWN_MIN else []
    pickups = history.pickups if len(history.pickups) >= KNOWN_MIN else []
    results = []
    runs = max(RUNS_MIN, min(RUNS_MAX, STEPS_MAX // (ahead + 1)))
    for _ in range(runs):
        free_at = [
            _comes_back(chance, seat, lengths, pickups, term_hours) for seat in history.occupied
        ]
        free_at += [0.0] * (seats - len(free_at))
        heapify(free_at)
        for _ in range(ahead):
            hours, taken = _pickup(chance, pickups, pickup_hours)
            kept = _length(chance, lengths, term_hours) if taken else 0.0
            heapreplace(free_at, free_at[0] + hours + kept)
        results.append(free_at[0])
    results.sort()
    return results[floor(runs * LOW)], results[ceil(runs * HIGH) - 1]


def _comes_back(
    chance: Random, seat: Occupied, lengths: list[float], pickups: list[Pickup], term_hours: float
) -> float:
    if seat.reserved:
        hours, taken = _pickup(chance, pickups, seat.left_hours)
        waits = min(seat.left_hours, max(0.0, hours - seat.age_hours))
        return waits + (_length(chance, lengths, term_hours) if taken else 0.0)
    longer = [length for length in lengths if length > seat.age_hours]
    if longer:
        return min(seat.left_hours, chance.choice(longer) - seat.age_hours)
    return seat.left_hours if lengths else chance.uniform(0.0, seat.left_hours)


def _length(chance: Random, lengths: list[float], term_hours: float) -> float:
    return min(term_hours, _any_of(chance, lengths)) if lengths else term_hours * chance.random()


def _pickup(chance: Random, pickups: list[Pickup], at_most: float) -> tuple[float, bool]:
    if not pickups:
        return at_most * chance.random(), True
    one = _any_of(chance, pickups)
    return one.hours, one.taken


def _any_of(chance: Random, known: Sequence[T]) -> T:
    # several times as fast as choice(), which has no bias either at these lengths
    return known[int(chance.random() * len(known))]
