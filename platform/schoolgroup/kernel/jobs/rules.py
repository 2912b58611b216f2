"""When a job is tried again, and which turn of a schedule it is: pure."""

from datetime import datetime, time, timedelta
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

BACKOFF_BASE_S = 5.0
BACKOFF_MAX_S = 3600.0
TURNS = UUID("6a6f6273-0000-5000-8000-7475726e7300")
EPOCH = datetime(2020, 1, 1, tzinfo=ZoneInfo("UTC"))


def backoff_s(attempts: int, chance: float) -> float:
    """Seconds to wait after the failed attempt number `attempts` (from 1); `chance` in 0..1.

    Exponential, from 5 s to an hour, and between half and all of it by chance, so that what failed
    together is not tried again together ("equal jitter": M. Brooker, "Exponential Backoff And
    Jitter", AWS Architecture Blog, 2015).
    """
    whole = min(BACKOFF_MAX_S, BACKOFF_BASE_S * 2.0 ** min(attempts - 1, 20))
    return whole / 2 + chance * whole / 2


def turn_of(
    now: datetime, time_zone: str, every: timedelta | None, daily_at: time | None
) -> datetime | None:
    """The newest instant at which the schedule was due; None where it has none.

    `every` counts from 2020-01-01 UTC; `daily_at` is a time of day in `time_zone`. What was missed
    while nobody worked is made up for once, not once for every turn.
    """
    if daily_at is not None:
        here = now.astimezone(ZoneInfo(time_zone))
        turn = here.replace(
            hour=daily_at.hour, minute=daily_at.minute, second=daily_at.second, microsecond=0
        )
        return turn if turn <= here else turn - timedelta(days=1)
    if every is None:
        return None
    return EPOCH + (now - EPOCH) // every * every


def turn_id(kind: str, turn: datetime) -> UUID:
    """The id of the job for a turn: every worker finds the same one, so it is written once."""
    return uuid5(TURNS, f"{kind}/{turn.isoformat()}")
