"""A worker in a process of its own, to be killed: `python -m tests.kernel.jobs.process GATE`.

Its jobs say that they have begun, wait for the file GATE, and then give a gift: an event in the
transaction that ends the job.
"""

import asyncio
import sys
from pathlib import Path

from schoolgroup.kernel import journal
from schoolgroup.kernel.jobs import Registry, Work, Worker, kind
from schoolgroup.kernel.settings import read_settings
from schoolgroup.running import wait_for_signal
from schoolgroup.services import open_services

LEASE_S = 3.0


async def main(gate: Path) -> None:
    @kind("gift", seconds_max=300)
    async def gift(work: Work) -> None:
        await work.run(lambda tx: tell(tx, "gift.begun"))
        while not gate.exists():  # noqa: ASYNC110, ASYNC240 - a gate between processes is a file
            await asyncio.sleep(0.02)
        await work.finish(lambda tx: tell(tx, "gift.given"))

    async def tell(tx, event: str) -> None:
        await journal.record(tx, event, act="job:retry", thing="gift/1", data={})

    async with open_services(read_settings()) as services:
        worker = Worker(services, Registry([gift]), lease_s=LEASE_S, poll_s=0.1)
        working = asyncio.create_task(worker.run())
        await wait_for_signal()
        worker.stop()
        await working


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
