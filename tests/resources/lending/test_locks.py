"""Each lock and each constraint of lending is taken away, and what it forbids then happens.

The first of two is not committed when the second comes. With everything in place the second is
refused in words; without the lock the constraint still has the last word; without both, or where
only a lock keeps the law, the law is broken. Seats and the offer's lock are in test_race.py, what
stands behind that lock in test_guards.py, things in
tests/resources/items/test_laws.py, places in tests/resources/places/test_races.py.
"""

import asyncio
from uuid import UUID

import pytest

from schoolgroup.resources.lending.desk.models import BorrowWish
from schoolgroup.resources.lending.loans import service as loans
from schoolgroup.resources.lending.offers import queries as offer_queries
from schoolgroup.resources.lending.terms import queries as terms_queries
from tests.resources.lending.shelf import actor_of, shelve
from tests.resources.lending.test_race import OFFER_LOCK, attempt, crowd, waits_for_a_lock
from tests.resources.lending.test_terms import lay_down

LOAN_INDEX = "CREATE UNIQUE INDEX one_active_loan ON loan (group_id, offer_id, borrower_person_id)"
HOLD_INDEX = "CREATE UNIQUE INDEX one_open_hold ON hold (group_id, offer_id, borrower_person_id)"
RESTORE = {
    "one_active_loan": f"{LOAN_INDEX} WHERE status = 'active'",
    "one_open_hold": f"{HOLD_INDEX} WHERE status IN ('waiting', 'ready')",
}


def without_the_limits_lock(monkeypatch):
    unlocked = terms_queries.LOCK_LIMITS.replace("pg_advisory_xact_lock", "coalesce")
    unlocked = unlocked.replace("coalesce(hashtextextended(name, 0))", "hashtextextended(name, 0)")
    assert unlocked != terms_queries.LOCK_LIMITS
    monkeypatch.setattr(terms_queries, "LOCK_LIMITS", unlocked)


def without_the_offer_lock(monkeypatch):
    assert OFFER_LOCK in offer_queries.LOCK_OFFER
    unlocked = offer_queries.LOCK_OFFER.replace(OFFER_LOCK, "")
    monkeypatch.setattr(offer_queries, "LOCK_OFFER", unlocked)


async def two(world, services, first, second, offers):
    """`first` has borrowed from the first offer and not committed when `second` asks for the last.

    The second's answer, and how many loans and holds are open then.
    """
    async with services.db.transaction(first) as tx:
        await loans.borrow(tx, UUID(offers[0]["id"]), BorrowWish())
        other = asyncio.create_task(attempt(services, second, offers[-1]["id"]))
        await waits_for_a_lock(world.sql, other)
    outcome, _ = await other
    return outcome, await world.sql.fetchval(
        """SELECT (SELECT count(*) FROM loan WHERE status = 'active')
                + (SELECT count(*) FROM hold WHERE status IN ('waiting', 'ready'))"""
    )


async def over_a_limit(http, world, services):
    """One person may have one thing open, and asks for two at once."""
    shelf = await shelve(world, services)
    await lay_down(http, await world.person(None, "group_admin"), person_open_max=1)
    offers = [await shelf.offer(http, seats=1) for _ in range(2)]
    (who,) = await crowd(world, services, 1)
    return await two(world, services, who, who, offers)


async def test_who_is_at_a_limit_is_refused(http, world, services):
    assert await over_a_limit(http, world, services) == ("own_limit_reached", 1)


async def test_without_the_limits_lock_a_limit_is_passed(http, world, services, monkeypatch):
    without_the_limits_lock(monkeypatch)
    assert await over_a_limit(http, world, services) == ("loan", 2)


async def the_same_twice(http, shelf, services, who, seats):
    """One person asks for the same title twice at once; no seats: for a place in its queue."""
    offer = await shelf.offer(http, seats=seats, per_school_max=None)
    return await two(shelf.world, services, who, who, [offer])


@pytest.mark.parametrize(
    ("seats", "index", "refused", "given"),
    [
        (2, "one_active_loan", "already_borrowed", "loan"),
        (0, "one_open_hold", "already_on_hold", "hold"),
    ],
)
async def test_one_loan_and_one_place_for_each_person(
    http, world, services, monkeypatch, seats, index, refused, given
):
    """I2. The order of locks: first the borrower's own, then the desk; the index is the last."""
    shelf = await shelve(world, services)
    (who,) = await crowd(world, services, 1)
    assert await the_same_twice(http, shelf, services, who, seats) == (refused, 1)
    await world.sql.execute("DELETE FROM hold; UPDATE seat SET loan_id = NULL; DELETE FROM loan")
    without_the_limits_lock(monkeypatch)
    without_the_offer_lock(monkeypatch)
    assert await the_same_twice(http, shelf, services, who, seats) == (refused, 1)
    await world.sql.execute("DELETE FROM hold; UPDATE seat SET loan_id = NULL; DELETE FROM loan")
    await world.sql.execute(f"DROP INDEX {index}")
    try:
        assert await the_same_twice(http, shelf, services, who, seats) == (given, 2)
    finally:
        await world.sql.execute("DELETE FROM hold; UPDATE seat SET loan_id = NULL")
        await world.sql.execute("DELETE FROM loan")
        await world.sql.execute(RESTORE[index])


async def the_share_of_a_school(http, shelf, services, pair):
    """Two colleagues come for two seats of which their school may hold one."""
    offer = await shelf.offer(http, seats=2, per_school_max=1)
    return await two(shelf.world, services, pair[0], pair[1], [offer])


async def the_last_of_a_licence(http, shelf, services, pair):
    """Two come for the last loan a licence gives."""
    offer = await shelf.offer(http, seats=None, loans_max=1)
    return await two(shelf.world, services, pair[0], pair[1], [offer])


@pytest.mark.parametrize(
    ("race", "refused"),
    [(the_share_of_a_school, "school_cap_reached"), (the_last_of_a_licence, "licence_used_up")],
    ids=["share", "licence"],
)
async def test_the_offer_lock_keeps_shares_and_licences(
    http, world, services, monkeypatch, race, refused
):
    shelf = await shelve(world, services)
    school = await world.school("大校")
    pair = [await actor_of(services, await world.person(school, "teacher")) for _ in range(2)]
    assert await race(http, shelf, services, pair) == (refused, 1)
    await world.sql.execute("UPDATE seat SET loan_id = NULL; DELETE FROM loan")
    without_the_offer_lock(monkeypatch)
    assert await race(http, shelf, services, pair) == ("loan", 2)
