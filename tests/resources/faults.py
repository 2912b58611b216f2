"""Faults for the tests: a wire that can be cut, and a server that can be killed."""

import asyncio
import os
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import anyio
import httpx

from schoolgroup.kernel.settings import Settings

ROOT = Path(__file__).parent.parent.parent
CHUNK_BYTES = 64 * 1024
START_S = 60.0
Hook = Callable[[bytes], Awaitable[None]]


class Wire:
    """A TCP connection to a store that passes everything on, until it is cut.

    `asked` and `answered` see each piece before it is passed on; one that waits holds the wire, and
    one that raises ConnectionError tears it.
    """

    def __init__(self, target: str) -> None:
        self.target = target
        self.asked: Hook | None = None
        self.answered: Hook | None = None
        self.is_cut = False
        self._open: set[asyncio.StreamWriter] = set()

    def cut(self) -> None:
        """From now on nobody gets through, and who is on the line is thrown off."""
        self.is_cut = True
        for writer in self._open:
            writer.transport.abort()

    def mend(self) -> None:
        """Let everybody through again."""
        self.is_cut = False
        self.asked = self.answered = None

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection."""
        if self.is_cut:
            writer.transport.abort()
            return
        host, _, port = self.target.rpartition(":")
        try:
            far_reader, far_writer = await asyncio.open_connection(host, int(port))
        except OSError:
            writer.transport.abort()
            return
        self._open |= {writer, far_writer}
        try:
            await asyncio.gather(
                self._pass(reader, far_writer, lambda: self.asked),
                self._pass(far_reader, writer, lambda: self.answered),
            )
        except (ConnectionError, OSError):
            pass
        finally:
            for one in (writer, far_writer):
                one.transport.abort()
            self._open -= {writer, far_writer}

    async def _pass(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, hook: Callable[[], object]
    ) -> None:
        while piece := await reader.read(CHUNK_BYTES):
            look = hook()
            if look is not None:
                await look(piece)  # type: ignore[operator]  # a Hook, looked up anew each time
            writer.write(piece)
            await writer.drain()
        with suppress(OSError, RuntimeError):
            writer.write_eof()


@asynccontextmanager
async def wire_to(target: str) -> AsyncIterator[tuple[Wire, str]]:
    """A wire and the address, host:port, at which it begins."""
    wire = Wire(target)
    server = await asyncio.start_server(wire.serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    try:
        yield wire, f"127.0.0.1:{port}"
    finally:
        wire.cut()
        server.close()


@asynccontextmanager
async def server_process(
    settings: Settings, log: Path, **other: object
) -> AsyncIterator[tuple["subprocess.Popen[bytes]", str]]:
    """`schoolgroup serve` as a process of its own, and its address; killed in the end."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    named = {
        name: getattr(settings, name)
        for name in (
            "secret", "database_url", "s3_endpoint", "s3_access_key", "s3_secret_key", "s3_region",
        )
    } | {"port": port, **other}  # fmt: skip
    environment = {k: v for k, v in os.environ.items() if not k.startswith("SCHOOLGROUP_")}
    environment |= {f"SCHOOLGROUP_{name.upper()}": str(value) for name, value in named.items()}
    environment["PYTHONPATH"] = str(ROOT / "platform")
    process = _start(environment, log)
    address = f"http://127.0.0.1:{port}"
    try:
        give_up_at = time.monotonic() + START_S
        async with httpx.AsyncClient(verify=False) as http:
            while True:
                with suppress(httpx.TransportError):
                    if (await http.get(f"{address}/healthz")).status_code == 200:
                        break
                assert process.poll() is None, _read(log)
                assert time.monotonic() < give_up_at, _read(log)
                await anyio.sleep(0.05)
        yield process, address
    finally:
        process.kill()
        process.wait()


def _start(environment: dict[str, str], log: Path) -> "subprocess.Popen[bytes]":
    with log.open("ab") as out:
        return subprocess.Popen(
            [sys.executable, "-m", "schoolgroup", "serve"],
            env=environment, cwd=ROOT, stdout=out, stderr=subprocess.STDOUT,
        )  # fmt: skip


def _read(log: Path) -> str:
    return log.read_text()
