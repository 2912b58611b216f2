"""The run itself: load, breaks, the wait for quiet, and what is found then."""

import asyncio
import random
import time
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import asyncpg
import msgspec

from schoolgroup.access.audit.service import verify_chains
from schoolgroup.kernel.ids import new_id
from schoolgroup.services import open_services
from tests.people import World
from tools.cluster import Cluster
from tools.faults.ground import STORIES, Ground, Story
from tools.faults.recorder import GivenUp, Recorder

DOWN_S = (0.0, 1.5)  # how long a killed part stays away before it is started again
BETWEEN_S = (0.5, 3.0)
QUIET_S = 90.0  # in which workers finish what the breaks left
TOKENS_S = 86_400
DOUBLED = """
SELECT count(*) FROM (
    SELECT FROM event
     WHERE type IN ('loan.opened', 'loan.returned', 'deposit.verified', 'ledger_item.opened',
                    'ledger_item.reported', 'ledger_item.closed', 'return.submitted')
     GROUP BY type, subject HAVING count(*) > 1) AS twice
"""
UNENTERED = """
SELECT count(*) FROM event e
 WHERE NOT EXISTS (SELECT FROM audit_entry a
                    WHERE a.group_id = e.group_id AND a.thing = e.subject
                      AND a.detail ->> 'event' = e.type)
"""
LEFT = "SELECT count(*) FROM job WHERE status = 'waiting' AND due_at <= now() + interval '1 minute'"
FAILED = "SELECT count(*) FROM job WHERE status = 'failed'"


class Found(msgspec.Struct):
    """What one run showed; `wrong` is empty where everything held."""

    seconds: float
    killed: Counter[str]
    acknowledged: dict[str, int]
    broken: int
    refused: int
    replayed: int
    looks: int
    p50_ms: float
    p99_ms: float
    silence_s: float
    entries: int
    wrong: list[str]


async def break_parts(
    cluster: Cluster, parts: Sequence[str], chance: random.Random, until_s: float
) -> Counter[str]:
    """Kill one part after another, now and then two at once; each comes back after a moment."""
    killed: Counter[str] = Counter()
    while time.monotonic() < until_s:
        await asyncio.sleep(chance.uniform(*BETWEEN_S))
        both = chance.sample(parts, 2 if chance.random() < 0.2 else 1)
        for name in both:
            await cluster.kill(name)
            killed[name] += 1
        await asyncio.sleep(chance.uniform(*DOWN_S))
        # the database first: the others are ready only when it is
        await asyncio.gather(*(cluster.start(n) for n in both if n in ("postgres", "s3")))
        await asyncio.gather(*(cluster.start(n) for n in both if n not in ("postgres", "s3")))
    return killed


@asynccontextmanager
async def ground_on(
    cluster: Cluster, chance: random.Random, addresses: list[str] | None = None
) -> AsyncIterator[Ground]:
    """A group of its own on the cluster, and whoever asks there."""
    recorder = Recorder(addresses or cluster.api_urls, chance)
    pool = await asyncpg.create_pool(cluster.admin_url, min_size=0, max_size=3, command_timeout=30)
    try:
        async with open_services(cluster.settings, called="faults") as services:
            world = World(pool, services.authenticator)  # type: ignore[arg-type]  # asks the same
            await world.group(f"faults-{new_id().hex[-8:]}")
            yield Ground(pool, services, world, recorder, chance)
    finally:
        await recorder.close()
        pool.terminate()


async def load(stories: Sequence[Story], until_s: float) -> list[str]:
    """Everybody works until then; each finishes the turn begun. What was never answered."""
    given_up: list[str] = []

    async def work(story: Story, number: int) -> None:
        try:
            while time.monotonic() < until_s:
                await story.step(number)
        except GivenUp as silent:
            given_up.append(str(silent))

    async with asyncio.TaskGroup() as group:
        for story in stories:
            for number in range(story.people):
                group.create_task(work(story, number))
    return given_up


async def quiet(ground: Ground) -> list[str]:
    """Wait until workers have done what was left; what is left all the same."""
    give_up_at = time.monotonic() + QUIET_S
    left = await ground.sql.fetchval(LEFT)
    while left and time.monotonic() < give_up_at:
        await asyncio.sleep(0.25)
        left = await ground.sql.fetchval(LEFT)
    failed = await ground.sql.fetchval(FAILED)
    return [f"{left} jobs not done after {QUIET_S:.0f} s"] * bool(left) + [
        f"{failed} jobs failed for good"
    ] * bool(failed)


async def check_all(ground: Ground, stories: Sequence[Story]) -> tuple[list[str], int]:
    """What is wrong, of the stories and of the whole; and how many audit entries were verified."""
    wrong = [f"{story.name}: {what}" for story in stories for what in await story.check()]
    if doubled := await ground.sql.fetchval(DOUBLED):
        wrong.append(f"{doubled} things happened twice")
    if unentered := await ground.sql.fetchval(UNENTERED):
        wrong.append(f"{unentered} events without an audit entry")
    entries = 0
    for chain in await verify_chains(ground.services.db, ground.world.group_id):
        entries += chain.entries
        if not chain.intact:
            wrong.append(f"audit chain {chain.chain}: {chain.verdict} at {chain.broken_seq}")
    return wrong + ground.recorder.unforeseen, entries


async def kill_at_random(
    folder: Path, seed: int, seconds: float, parts: Sequence[str] | None = None, **given: Any
) -> Found:
    """One whole run: a cluster, the load, kills of its parts at random, and what is found."""
    chance = random.Random(seed)
    settings = {"access_token_s": TOKENS_S, **given}
    async with Cluster(folder, apis=2, workers=1, given=settings) as cluster:
        names = list(parts or cluster.running())
        async with ground_on(cluster, chance) as ground:
            stories = [kind(ground) for kind in STORIES]
            for story in stories:
                await story.prepare()
            ground.recorder.last_answer_s = begun_s = time.monotonic()
            until_s = begun_s + seconds
            breaking = asyncio.create_task(break_parts(cluster, names, chance, until_s))
            try:
                given_up = await load(stories, until_s)
            finally:
                killed = await breaking
            took_s = time.monotonic() - begun_s
            left = await quiet(ground)
            wrong, entries = await check_all(ground, stories)
        return found_of(ground, stories, killed, took_s, [*given_up, *left, *wrong], entries)


def found_of(
    ground: Ground, stories: Sequence[Story], killed: Counter[str], took_s: float,
    wrong: list[str], entries: int,
) -> Found:  # fmt: skip
    """The figures of a run."""
    recorder = ground.recorder
    times = sorted(recorder.took_s) or [0.0]
    return Found(
        seconds=took_s,
        killed=killed,
        acknowledged={story.name: story.acknowledged for story in stories},
        broken=sum(recorder.broken.values()),
        refused=sum(recorder.refused.values()),
        replayed=recorder.replayed,
        looks=sum(getattr(story, "looks", 0) for story in stories),
        p50_ms=times[len(times) // 2] * 1000,
        p99_ms=times[int(len(times) * 0.99)] * 1000,
        silence_s=recorder.silence_s,
        entries=entries,
        wrong=wrong,
    )
