"""The order of a queue, and what an estimate of waiting rests on."""

from datetime import datetime
from uuid import UUID

import msgspec

from schoolgroup.resources.lending.desk.models import Figures, Hold


class Key(msgspec.Struct, frozen=True):
    """A hold and the key of its place: the order is (band, placed_at, id)."""

    id: UUID
    band: int
    placed_at: datetime


class Pickup(msgspec.Struct, frozen=True):
    """How long a reserved seat waited for its head of the queue, and whether they took it."""

    hours: float
    taken: bool


class Occupied(msgspec.Struct, frozen=True):
    """A seat somebody has: for how long already, and for how long at most."""

    age_hours: float
    left_hours: float
    reserved: bool


class History(msgspec.Struct, frozen=True):
    """Lengths of past loans (hours), pick-ups, and the seats that are occupied now."""

    lengths: list[float]
    pickups: list[Pickup]
    occupied: list[Occupied]


class Ahead(msgspec.Struct, frozen=True):
    """What lies before one hold: its place, what counts of the offer, and what an estimate takes.

    `place` is null where the hold does not wait or is paused; nothing is known then.
    """

    id: UUID
    place: int | None
    figures: Figures
    loan_days: int
    pickup_hours: int
    history: History


class Spot(msgspec.Struct, frozen=True):
    """Where someone stands in the queue of an offer: at a place, or last of a band if they came."""

    offer_id: UUID
    place: int | None
    band: int


class WaitingLine(msgspec.Struct, frozen=True):
    """Everyone who waits, in order."""

    items: list[Hold]
