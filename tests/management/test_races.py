"""Two steps at once: the second finds what the first did; without the lock both are taken.

The first of two is not committed when the second comes. Each case is run once as shipped and once
with the lock taken out of its statement, and then the same thing happens twice.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import httpx
import pytest

from schoolgroup.kernel.context import Actor
from schoolgroup.kernel.db import Tx
from schoolgroup.kernel.errors import Refusal
from schoolgroup.management.initiatives import models as initiative_models
from schoolgroup.management.initiatives import queries as initiative_queries
from schoolgroup.management.initiatives import service as initiatives
from schoolgroup.management.ledgers.items import models as item_models
from schoolgroup.management.ledgers.items import queries as item_queries
from schoolgroup.management.ledgers.items import service as items
from schoolgroup.management.rounds.visits import models as visit_models
from schoolgroup.management.rounds.visits import queries as visit_queries
from schoolgroup.management.rounds.visits import service as visits
from tests.management.initiatives.test_measures import added, begun
from tests.management.rounds.tour import Tour
from tests.people import Person, World, today_there
from tests.resources.lending.shelf import actor_of
from tests.resources.lending.test_race import waits_for_a_lock

Step = Callable[[Tx], Awaitable[Any]]
LOCKS = {
    "initiative": (initiative_queries, "LOCK_INITIATIVE", " FOR UPDATE OF n"),
    "measure": (initiative_queries, "LOCK_MEASURE", " FOR UPDATE OF m"),
    "item": (item_queries, "LOCK_ITEM", " FOR UPDATE OF i"),
    "visit": (visit_queries, "LOCK_VISIT", " FOR UPDATE OF v"),
}


@pytest.fixture
async def tour(http: httpx.AsyncClient, world: World) -> Tour:
    return await Tour(http, world).prepare()


async def at_once(
    tour: Tour, services: Any, one: tuple[Actor, Step], two: tuple[Actor, Step]
) -> str:
    """`one` has been done and not committed when `two` comes: the code `two` is answered."""

    async def second() -> str:
        try:
            await services.db.run(*two)
        except Refusal as refused:
            return refused.code
        return "done"

    async with services.db.transaction(one[0]) as tx:
        await one[1](tx)
        other = asyncio.create_task(second())
        await waits_for_a_lock(tour.world.sql, other)
    return await other


async def case_of(what: str, tour: Tour) -> tuple[Person, Step, Person, Step, str]:
    """Two people with a step each, and the events there would be if both were taken."""
    office, head = tour.office, tour.principals[0]
    if what == "initiative":
        made = UUID((await begun(tour))["id"])
        steps = [
            lambda tx, v=verb: initiatives.step_initiative(
                tx, made, initiative_models.StepWish(verb=v, because="x")
            )
            for verb in ("finish", "drop")
        ]
        return office, steps[0], office, steps[1], f"initiative/{made}"
    if what == "measure":
        node = {"title": "完成排查", "due_on": str(today_there())}
        made = UUID((await added(tour, await begun(tour), nodes=[node]))["id"])
        reach: Step = lambda tx: initiatives.reach_node(  # noqa: E731
            tx, made, 1, initiative_models.ReachedWish(note="x")
        )
        return office, reach, office, reach, f"measure/{made}"
    if what == "item":
        item = await tour.open()
        await tour.act(head, item, "report")
        made = UUID(item["id"])
        verdict = item_models.Verdict(report_no=1, because="x")
        close: Step = lambda tx: items.close(tx, made, verdict)  # noqa: E731
        drop: Step = lambda tx: items.drop(tx, made, item_models.Reason(because="x"))  # noqa: E731
        return office, close, office, drop, f"ledger_item/{made}"
    await tour.start()
    await tour.assign()
    visitor = tour.members["西校"]
    visit = await tour.carried_out(tour.schools[0], visitor)
    await tour.observe(visitor, visit)
    await tour.step(visitor, visit, "report", summary="x")
    made = UUID(visit["id"])
    replies = [
        lambda tx, text=text: visits.reply(tx, made, visit_models.ReplyWish(reply=text))
        for text in ("一", "二")
    ]
    return head, replies[0], head, replies[1], f"visit/{made}"


async def race(what: str, tour: Tour, services: Any) -> tuple[str, int]:
    """What the second is answered, and how many events the two made."""
    first, one, second, two, thing = await case_of(what, tour)
    before = await count(tour, thing)
    answer = await at_once(
        tour,
        services,
        (await actor_of(services, first), one),
        (await actor_of(services, second), two),
    )
    return answer, await count(tour, thing) - before


async def count(tour: Tour, thing: str) -> int:
    found = await tour.world.sql.fetchval("SELECT count(*) FROM event WHERE subject = $1", thing)
    return int(found)


@pytest.mark.parametrize(
    ("what", "refused"),
    [("initiative", "wrong_state"), ("measure", "node_reached"), ("item", "wrong_state"),
     ("visit", "wrong_state")],
)  # fmt: skip
async def test_the_second_of_two_is_refused(tour: Tour, services, what: str, refused: str):
    assert await race(what, tour, services) == (refused, 1)


@pytest.mark.parametrize("what", sorted(LOCKS))
async def test_without_the_lock_both_are_taken(tour: Tour, services, monkeypatch, what: str):
    module, name, lock = LOCKS[what]
    statement = getattr(module, name)
    assert lock in statement
    monkeypatch.setattr(module, name, statement.replace(lock, ""))
    answer, events = await race(what, tour, services)
    assert (answer, events) == ("done", 2)
