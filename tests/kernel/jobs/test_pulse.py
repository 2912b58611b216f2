"""A worker that lives and does nothing is seen at its probe: 503, and which part hangs."""

import asyncio
from contextlib import suppress

import httpx

from schoolgroup.kernel.context import system_actor
from schoolgroup.kernel.jobs import Pulse, Registry, Work, Worker, enqueue, kind
from schoolgroup.kernel.jobs.pulse import ENDING_S, ROUND_S
from schoolgroup.telling import telling
from tests.people import World
from tests.waiting import until


async def test_a_job_that_does_not_heed_its_time_and_a_loop_that_ended_are_told(
    services, world: World
):
    ahead_s, gate, begun = 0.0, asyncio.Event(), asyncio.Event()

    @kind("deaf", seconds_max=0.02)
    async def deaf(work: Work) -> None:
        begun.set()
        while not gate.is_set():
            with suppress(asyncio.CancelledError):  # which is how it is told that its time is over
                await gate.wait()

    async def nothing_is_late() -> bool:
        return not pulse.late()

    pulse = Pulse(lambda: asyncio.get_running_loop().time() + ahead_s)
    worker = Worker(services, Registry([deaf]), poll_s=0.01, pulse=pulse)
    await services.db.run(system_actor(world.group_id), lambda tx: enqueue(tx, "deaf", {}))
    async with (
        telling("127.0.0.1:0", lambda: services.db, pulse.late) as address,
        httpx.AsyncClient(base_url=address.removesuffix("/metrics")) as probe,
    ):
        running = asyncio.create_task(worker.run())
        await begun.wait()
        assert (await probe.get("/healthz")).status_code == 200
        ahead_s = ENDING_S + 1
        told = await probe.get("/healthz")
        assert (told.status_code, told.text[:12]) == (503, "hangs: deaf ")
        gate.set()
        await until(nothing_is_late)
        assert (await probe.get("/healthz")).text == "ok\n"
        running.cancel()  # as by a fault nobody foresaw: the process lives, and takes nothing more
        with suppress(asyncio.CancelledError):
            await running
        ahead_s += 2 * ROUND_S
        told = await probe.get("/healthz")
        assert told.status_code == 503
        assert f"{worker.name} takes jobs" in told.text


async def test_a_worker_that_was_asked_to_stop_does_not_hang(services):
    ahead_s = 0.0
    pulse = Pulse(lambda: ahead_s)
    worker = Worker(services, Registry([]), poll_s=0.01, pulse=pulse)
    running = asyncio.create_task(worker.run())
    await asyncio.sleep(0)
    worker.stop()
    await running
    ahead_s = 1e9
    assert not [part for part in pulse.late() if "takes jobs" in part]
