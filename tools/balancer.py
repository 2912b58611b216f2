"""A small proxy where HAProxy is not installed: each new connection to the next process that takes
it. Connections only: it reads nothing of what passes, and tries no request twice.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress

from schoolgroup.kernel.stores_common import LOOPBACK

CHUNK_BYTES = 64 * 1024


@asynccontextmanager
async def balancer(port: int, targets: Sequence[int]) -> AsyncIterator[None]:
    """Listen on `port` and hand every connection to one of the `targets` in turn."""
    turn = 0
    open_now: set[asyncio.Task[None]] = set()

    async def meet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal turn
        turn += 1
        task = asyncio.current_task()
        assert task is not None
        open_now.add(task)
        try:
            for step in range(len(targets)):
                target = targets[(turn + step) % len(targets)]
                with suppress(OSError):
                    far_reader, far_writer = await asyncio.open_connection(LOOPBACK, target)
                    await asyncio.gather(pass_on(reader, far_writer), pass_on(far_reader, writer))
                    return
        finally:
            open_now.discard(task)
            writer.close()

    server = await asyncio.start_server(meet, LOOPBACK, port)
    try:
        yield
    finally:
        server.close()
        for task in list(open_now):
            task.cancel()
        await asyncio.gather(*open_now, return_exceptions=True)


async def pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Carry bytes one way until there are no more; the other side is then told so."""
    try:
        while chunk := await reader.read(CHUNK_BYTES):
            writer.write(chunk)
            await writer.drain()
    except OSError:
        pass
    finally:
        writer.close()
