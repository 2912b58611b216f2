"""An installation of several processes, and the short form of `make faults` on it.

Two of the API and a worker; the API and PostgreSQL are killed, beside nothing and under load.
"""

import asyncio
import random
import signal
import time

import httpx
import pytest

from tools.cluster import Cluster
from tools.faults.ground import STORIES
from tools.faults.run import TOKENS_S, check_all, ground_on, load, quiet

LOAD_S = 2.0  # beside what the kills take


@pytest.fixture(scope="module")
async def cluster(tmp_path_factory):
    given: dict[str, object] = {"access_token_s": TOKENS_S}
    folder = tmp_path_factory.mktemp("cluster")
    async with Cluster(folder, apis=2, workers=1, given=given) as cluster:
        assert set(cluster.running()) == {"postgres", "s3", "api1", "api2", "worker1"}
        yield cluster


async def run_again(cluster: Cluster, *names: str) -> None:
    """Start what a test before has killed."""
    for name in names:
        if name not in cluster.running():
            await cluster.start(name)


@pytest.mark.long
async def test_what_was_acknowledged_outlives_a_kill_of_the_api_and_of_the_database(cluster):
    await run_again(cluster, "api1", "worker1")
    async with ground_on(cluster, random.Random(7)) as ground:
        stories = [kind(ground) for kind in STORIES]
        for story in stories:
            await story.prepare()
        before = {story.name: story.acknowledged for story in stories}

        async def breaking() -> None:
            await asyncio.sleep(LOAD_S / 4)
            await cluster.kill("api1")
            await asyncio.sleep(LOAD_S / 4)
            await cluster.kill("postgres")
            await cluster.start("postgres")

        began_s = time.monotonic()
        task = asyncio.create_task(breaking())
        given_up = await load(stories, began_s + LOAD_S)
        await task
        after = await load(stories, time.monotonic() + LOAD_S / 4)
        left = await quiet(ground)
        wrong, entries = await check_all(ground, stories)
    assert not [*given_up, *after, *left, *wrong]
    assert entries > 20
    for story in stories:
        assert story.acknowledged > before[story.name], f"nothing was done: {story.name}"
    assert ground.recorder.broken, "nothing was broken off: the kills came beside the load"


@pytest.mark.long
async def test_a_killed_process_is_missed_by_nobody_and_comes_back_where_it_was(cluster):
    await run_again(cluster, "worker1")
    if "api1" in cluster.running():
        await cluster.kill("api1")
    async with httpx.AsyncClient(timeout=10) as client:
        for _ in range(3):
            assert (await client.get(f"{cluster.proxy_url}/readyz")).status_code == 200
        await cluster.kill("postgres", signal.SIGKILL)
        without = await client.get(f"{cluster.proxy_url}/readyz")
        assert (without.status_code, without.json()["parts"]["database"]) == (503, "unavailable")
        await cluster.start("postgres")
        await cluster.start("api1")
        for address in cluster.api_urls:
            assert (await client.get(f"{address}/readyz")).status_code == 200
    await cluster.kill("worker1", signal.SIGTERM)
    assert "worker1" not in cluster.running()
