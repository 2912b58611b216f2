"""A worker in a process of its own that brings webhooks, to be killed."""

import asyncio

from schoolgroup.integration.webhooks.jobs import KINDS
from schoolgroup.kernel.jobs import Registry, Worker
from schoolgroup.kernel.settings import read_settings
from schoolgroup.services import open_services


async def main() -> None:
    async with open_services(read_settings()) as services:
        await Worker(services, Registry(KINDS), poll_s=0.1).run()


if __name__ == "__main__":
    asyncio.run(main())
