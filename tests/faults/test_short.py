"""The short form of `make faults`: one kill each of the API and of PostgreSQL under the load."""

import asyncio
import random
import time

import pytest

from tools.cluster import Cluster
from tools.faults.ground import STORIES
from tools.faults.run import TOKENS_S, check_all, ground_on, load, quiet

LOAD_S = 2.0  # beside what the kills take


@pytest.mark.long
async def test_what_was_acknowledged_outlives_a_kill_of_the_api_and_of_the_database(tmp_path):
    given: dict[str, object] = {"access_token_s": TOKENS_S}
    async with Cluster(tmp_path, apis=2, workers=1, given=given) as cluster:
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
