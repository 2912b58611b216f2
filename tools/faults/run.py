"""The run itself: load, breaks, the wait for quiet, and what is found then."""

import asyncio
import random
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from itertools import pairwise
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
BEFORE_OTHERS = ({"postgres", "s3"}, {"pgbouncer", "standby"})
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


class Kill(msgspec.Struct):
    """One part killed: how long it was left away, how long its start took, what others noticed."""

    name: str
    at_s: float
    away_s: float = 0.0
    ready_s: float = 0.0
    silence_s: float = 0.0  # the longest time nobody was answered, from then until it was ready

    def look_back(self, answered_at_s: Sequence[float]) -> None:
        """Work out the silence from when answers came."""
        ready_at_s = self.at_s + self.away_s + self.ready_s
        around = [
            later - earlier
            for earlier, later in pairwise(answered_at_s)
            if later > self.at_s and earlier < ready_at_s
        ]
        self.silence_s = max(around, default=0.0)


class Found(msgspec.Struct):
    """What one run showed; `wrong` is empty where everything held."""

    seconds: float
    kills: list[Kill]
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
) -> list[Kill]:
    """Kill one part after another, now and then two at once; each comes back after a moment."""
    kills: list[Kill] = []

    async def start(kill: Kill) -> None:
        began_s = time.monotonic()
        kill.away_s = began_s - kill.at_s
        await cluster.start(kill.name)
        kill.ready_s = time.monotonic() - began_s

    while time.monotonic() < until_s:
        await asyncio.sleep(chance.uniform(*BETWEEN_S))
        both = []
        for name in chance.sample(parts, 2 if chance.random() < 0.2 else 1):
            both.append(Kill(name, time.monotonic()))
            await cluster.kill(name)
        await asyncio.sleep(chance.uniform(*DOWN_S))
        # stores, then what leads to them, then the rest: a process is ready only when they are
        for names in BEFORE_OTHERS:
            await asyncio.gather(*(start(kill) for kill in both if kill.name in names))
        others = (kill for kill in both if not any(kill.name in names for names in BEFORE_OTHERS))
        await asyncio.gather(*map(start, others))
        kills += both
    return kills


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
    settings = {"access_token_s": TOKENS_S, **given}
    async with Cluster(folder, apis=2, workers=1, given=settings) as cluster:
        return await kill_parts_of(cluster, seed, seconds, parts)


async def kill_parts_of(
    cluster: Cluster, seed: int, seconds: float, parts: Sequence[str] | None = None,
    addresses: list[str] | None = None,
) -> Found:  # fmt: skip
    """The same on a cluster that runs and is empty; asked at `addresses`, or else each process.

    Its settings need `access_token_s = TOKENS_S`: nobody signs in anew.
    """
    chance = random.Random(seed)
    names = list(parts or cluster.running())
    async with ground_on(cluster, chance, addresses) as ground:
        stories = [kind(ground) for kind in STORIES]
        for story in stories:
            await story.prepare()
        begun_s = ground.recorder.begin()
        until_s = begun_s + seconds
        breaking = asyncio.create_task(break_parts(cluster, names, chance, until_s))
        try:
            given_up = await load(stories, until_s)
        finally:
            kills = await breaking
        took_s = time.monotonic() - begun_s
        left = await quiet(ground)
        wrong, entries = await check_all(ground, stories)
        return found_of(ground, stories, kills, took_s, [*given_up, *left, *wrong], entries)


def found_of(
    ground: Ground, stories: Sequence[Story], kills: list[Kill], took_s: float,
    wrong: list[str], entries: int,
) -> Found:  # fmt: skip
    """The figures of a run."""
    recorder = ground.recorder
    for kill in kills:
        kill.look_back(recorder.answered_at_s)
    times = sorted(recorder.took_s) or [0.0]
    return Found(
        seconds=took_s,
        kills=kills,
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
