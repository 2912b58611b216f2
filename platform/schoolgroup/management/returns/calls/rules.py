"""When a call can be made, and whom a grace can be given to."""

from datetime import datetime, timedelta

from schoolgroup.kernel.errors import Problem
from schoolgroup.management.returns.calls.models import CallWish

AHEAD_MAX = timedelta(days=5 * 366)


def problems_of(wish: CallWish, now: datetime) -> list[Problem]:
    """Everything wrong with a call's addressees and instants."""
    found: list[Problem] = []
    if wish.all == bool(wish.school_ids):
        found.append(Problem("/school_ids", "addressees", "give school_ids, or all, and not both"))
    if len(set(wish.school_ids or [])) < len(wish.school_ids or []):
        found.append(Problem("/school_ids", "school_twice", "a school stands twice"))
    opens_at = opening(wish, now)
    if wish.due_at <= opens_at:
        found.append(Problem("/due_at", "too_early", "it is due before it opens"))
    if wish.closes_at < wish.due_at:
        found.append(Problem("/closes_at", "too_early", "it closes before it is due"))
    latest = now + AHEAD_MAX
    for name, at in (
        ("due_at", wish.due_at),
        ("closes_at", wish.closes_at),
        ("opens_at", opens_at),
    ):
        if at > latest:
            found.append(Problem(f"/{name}", "too_late", "more than five years ahead"))
    return found


def opening(wish: CallWish, now: datetime) -> datetime:
    """When the call opens: an hour that has passed means now."""
    return now if wish.opens_at is None or wish.opens_at < now else wish.opens_at


def problems_of_extension(until_at: datetime, closes_at: datetime, now: datetime) -> list[Problem]:
    """Why an extension to `until_at` would give nothing to a school that has until `closes_at`."""
    if until_at <= now:
        return [Problem("/until_at", "too_early", "it has passed")]
    if until_at <= closes_at:
        at = closes_at.isoformat()
        return [Problem("/until_at", "too_early", f"the school already has until {at}")]
    if until_at > now + AHEAD_MAX:
        return [Problem("/until_at", "too_late", "more than five years ahead")]
    return []
