"""Many at once for one time: one gets it, the others are told; and what each lock is for."""

import asyncio

from schoolgroup.kernel.errors import Refusal
from schoolgroup.kernel.ids import new_id
from schoolgroup.resources.places import queries
from schoolgroup.resources.places.bookings import rules, service
from schoolgroup.resources.places.bookings.models import BookWish
from tests.resources.lending.shelf import actor_of
from tests.resources.places.visits import at, open_place

CROWD = 32
DROP = "ALTER TABLE booking DROP CONSTRAINT one_party_at_a_time"
RESTORE = """
ALTER TABLE booking ADD CONSTRAINT one_party_at_a_time EXCLUDE USING gist (
    group_id WITH =, place_id WITH =, tstzrange(starts_at, ends_at) WITH &&)
    WHERE (NOT shared AND status IN ('asked', 'confirmed'))
"""


async def attempt(services, actor, place_id, people=10):
    """ "confirmed", or the code of a typed refusal; anything else fails the test."""
    wish = BookWish(starts_at=at(3, 9), ends_at=at(3, 10), people=people, purpose="参观")
    try:
        done = await services.db.run(actor, lambda tx: service.book(tx, place_id, wish))
    except Refusal as refused:
        return refused.code
    return done.outcome


async def crowd(visits, services, number=CROWD):
    """A few teachers of two schools who ask over and over, as services see them."""
    world, few = visits.world, min(number, 8)
    schools = [visits.school, await world.school(f"{new_id()}中")]
    people = [await world.person(schools[n % 2], "teacher") for n in range(few)]
    actors = [await actor_of(services, person) for person in people]
    return [actors[n % few] for n in range(number)]


async def all_at_once(visits, services, people=10):
    actors = await crowd(visits, services)
    place_id = visits.place["id"]
    return await asyncio.gather(*(attempt(services, a, place_id, people) for a in actors))


async def test_32_who_book_one_time_and_exactly_one_gets_it(http, world, services):
    outcomes = await all_at_once(await open_place(http, world, services), services)
    assert sorted(outcomes) == ["confirmed"] + ["slot_taken"] * (CROWD - 1)
    assert await world.sql.fetchval("SELECT count(*) FROM booking") == 1


async def test_32_parties_of_a_shared_place_fill_it_and_no_more(http, world, services):
    outcomes = await all_at_once(await open_place(http, world, services, shared=True), services)
    assert sorted(outcomes) == ["confirmed"] * 4 + ["no_room"] * (CROWD - 4)
    assert await world.sql.fetchval("SELECT sum(people) FROM booking") == 40


async def two_overlap(visits, services, people=10):
    """A first booking is not committed yet when a second comes for the same time."""
    first, second = await crowd(visits, services, 2)
    wish = BookWish(starts_at=at(3, 9), ends_at=at(3, 10), people=people, purpose="参观")
    place_id = visits.place["id"]
    async with services.db.transaction(first) as tx:
        await service.book(tx, place_id, wish)
        other = asyncio.create_task(attempt(services, second, place_id, people))
        while not other.done():
            if await visits.world.sql.fetchval("SELECT count(*) FROM pg_locks WHERE NOT granted"):
                break
            await asyncio.sleep(0.01)
    return await other, await visits.world.sql.fetchval("SELECT count(*) FROM booking")


def without_the_places_lock(monkeypatch):
    unlocked = queries.LOCK_PLACE.replace("FOR NO KEY UPDATE", "")
    assert unlocked != queries.LOCK_PLACE
    monkeypatch.setattr(queries, "LOCK_PLACE", unlocked)


async def test_without_the_lock_the_constraint_still_has_the_last_word(
    http, world, services, monkeypatch
):
    visits = await open_place(http, world, services)
    without_the_places_lock(monkeypatch)
    assert await two_overlap(visits, services) == ("slot_taken", 1)


async def test_without_the_constraint_two_parties_meet(http, world, services, monkeypatch):
    """The control: what the tests above forbid does happen once both are taken away."""
    visits = await open_place(http, world, services)
    without_the_places_lock(monkeypatch)
    await world.sql.execute(DROP)
    try:
        assert await two_overlap(visits, services) == ("confirmed", 2)
    finally:
        await world.sql.execute("DELETE FROM booking")
        await world.sql.execute(RESTORE)


async def test_without_the_lock_a_shared_place_overflows(http, world, services, monkeypatch):
    visits = await open_place(http, world, services, shared=True)
    assert await two_overlap(visits, services, people=30) == ("no_room", 1)
    await world.sql.execute("DELETE FROM booking")
    without_the_places_lock(monkeypatch)
    outcome, count = await two_overlap(visits, services, people=30)
    assert (outcome, count) == ("confirmed", 2)  # sixty people in a place for forty


def test_the_fullest_moment_is_found():
    """Parties of 10, 20 and 15 that overlap in part: 30 at once, never all 45."""
    from schoolgroup.resources.places.models import Taken

    taken = [
        Taken(at(3, 9), at(3, 11), 10),
        Taken(at(3, 10), at(3, 12), 20),
        Taken(at(3, 12), at(3, 13), 15),
    ]
    assert rules.crowd(taken) == 30
