"""Receivers on loopback: one in this process whose answers are scripted, one in its own."""

import asyncio
import os
import re
import socket
import sqlite3
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec
from standardwebhooks.webhooks import Webhook

from tests.waiting import until

GUIDE = Path(__file__).parents[3] / "docs" / "events.md"
OK = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"


def answer(status: int, headers: str = "", body: bytes = b"") -> bytes:
    """An HTTP answer; `headers` are whole lines."""
    head = f"HTTP/1.1 {status} X\r\ncontent-length: {len(body)}\r\n{headers}\r\n"
    return head.encode() + body


class Message(msgspec.Struct, frozen=True):
    """A request as it came in."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]

    @property
    def told(self) -> dict:
        return msgspec.json.decode(self.body)

    def verify(self, secret: str) -> None:
        """By the independent library; raises where it is not signed with this secret."""
        Webhook(secret).verify(self.body, self.headers)


class Receiver:
    """Answers with what `script` holds, one after another, then OK."""

    def __init__(self) -> None:
        self.messages: list[Message] = []
        self.script: list[bytes] = []
        self.slow: Callable[[Message], float] = lambda message: 0.0
        self.hold: Callable[[], Awaitable[object]] | None = None  # before an answer
        self.connections = 0
        self.busy = self.busiest = 0
        self.port = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook?to=me"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode()
                lines = head.split("\r\n")
                pairs = (line.partition(":") for line in lines[1:] if line)
                headers = {name.lower(): value.strip() for name, _, value in pairs}
                body = await reader.readexactly(int(headers["content-length"]))
                message = Message(lines[0].split(" ")[1], headers, body)
                self.messages.append(message)
                self.busy += 1
                self.busiest = max(self.busy, self.busiest)
                await asyncio.sleep(self.slow(message))
                if self.hold is not None:
                    await self.hold()
                self.busy -= 1
                writer.write(self.script.pop(0) if self.script else OK)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()


@asynccontextmanager
async def receiving() -> AsyncIterator[Receiver]:
    receiver = Receiver()
    server = await asyncio.start_server(receiver.serve, "127.0.0.1", 0)
    receiver.port = server.sockets[0].getsockname()[1]
    try:
        yield receiver
    finally:
        server.close()


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


class Guided:
    """The receiver of docs/events.md, as a process of its own."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder, self.port = folder, port
        (code,) = re.findall(r"```python\n(.*?)```", GUIDE.read_text(), re.S)
        self.code = code
        self.process: asyncio.subprocess.Process | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/"

    async def start(self, secret: str) -> None:
        environment = {**os.environ, "WEBHOOK_SECRET": secret, "PORT": str(self.port)}
        self.process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-c",
            self.code,
            cwd=self.folder,
            env=environment,
            stderr=asyncio.subprocess.DEVNULL,
        )

        async def listens() -> bool:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", self.port)
            except OSError:
                return False
            writer.close()
            return True

        await until(listens)

    async def stop(self) -> None:
        if self.process is not None:
            self.process.kill()
            await self.process.wait()
            self.process = None

    def kept(self) -> list[str]:
        """The ids it has stored, in the order they came."""
        with sqlite3.connect(self.folder / "events.db") as stored:
            rows = stored.execute("SELECT id FROM event ORDER BY rowid").fetchall()
        stored.close()
        return [row[0] for row in rows]
