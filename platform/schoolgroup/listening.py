"""One uvicorn server inside our own loop: it has started when entered, and has ended when left."""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import uvicorn

POLL_S = 0.01


class Server(uvicorn.Server):
    """A server whose process decides itself what a signal means."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """None: whoever runs us decides when to stop."""
        yield


@asynccontextmanager
async def listening(
    config: uvicorn.Config, host: str, port: int, *, start_s: float, stop_s: float
) -> AsyncIterator[tuple[Server, int]]:
    """The server, and the port it listens on (port 0: any free one).

    Raises OSError where the port is taken, RuntimeError where the server ends before it has
    started, TimeoutError where it does neither within `start_s` seconds.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # Named TCP, or asyncio leaves Nagle's algorithm on: an answer's second packet would then wait
    # 40 ms for the client to acknowledge the first.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host.strip("[]"), port))
        server = Server(config)
        task = asyncio.create_task(server.serve(sockets=[listener]))
        try:
            async with asyncio.timeout(start_s):
                while not server.started:
                    if task.done():
                        await task
                        raise RuntimeError("the server ended before it had started")
                    await asyncio.sleep(POLL_S)
            yield server, listener.getsockname()[1]
        finally:
            server.should_exit = True
            await asyncio.wait([task], timeout=stop_s)
    finally:
        listener.close()
