"""What the tests of the embedded stores share."""

import contextlib
import fcntl
import os
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import msgspec
import psutil
from minio import Minio

from schoolgroup.kernel.stores import (
    StoreAddresses,
)

ROOT = Path(__file__).parents[2]
# What stopping may take by its own bounds: the store 10 s, then the database 30 s and 10 s more.
GONE_SECONDS_MAX = 60.0
PART = os.urandom(5 * 1024 * 1024)

HOLDER = """
import asyncio, signal, sys
from pathlib import Path
import msgspec
from schoolgroup.kernel.stores import embedded_stores

async def main():
    async with embedded_stores(Path(sys.argv[1]), durable=False) as stores:
        print(msgspec.json.encode(stores).decode(), flush=True)
        await asyncio.sleep(600)

# a shell's background job is started deaf to it
signal.signal(signal.SIGINT, signal.default_int_handler)
asyncio.run(main())
"""


def s3(stores: StoreAddresses) -> Minio:
    return Minio(
        stores.s3_endpoint,
        stores.s3_access_key,
        stores.s3_secret_key,
        region=stores.s3_region,
        secure=stores.s3_secure,
    )


async def sql(stores: StoreAddresses, *statements: str) -> object:
    """Run the statements, and give the value of the last."""
    connection = await asyncpg.connect(stores.database_admin_url)
    try:
        for statement in statements[:-1]:
            await connection.execute(statement)
        return await connection.fetchval(statements[-1])
    finally:
        await connection.close()


def bucket(stores: StoreAddresses) -> Minio:
    client = s3(stores)
    if not client.bucket_exists("lessons"):
        client.make_bucket("lessons")
    return client


def link(client: Minio, method: str, key: str, **query: str) -> str:
    wanted: dict[str, str | list[str] | tuple[str]] = dict(query)
    return client.get_presigned_url(
        method, "lessons", key, expires=timedelta(minutes=1), extra_query_params=wanted
    )


def send(method: str, url: str, **content: Any) -> httpx.Response:
    """One request, waited for: these tests have nothing else to do meanwhile."""
    return httpx.request(method, url, **content)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def nobody_runs(data_dir: Path) -> bool:
    """Whether all servers on the directory end in time: each of them inherits the lock."""
    give_up_at = time.monotonic() + GONE_SECONDS_MAX
    with (data_dir / "servers.lock").open("a") as lock:
        while time.monotonic() < give_up_at:
            with contextlib.suppress(BlockingIOError):
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return True
            time.sleep(0.02)
    return False


@contextlib.contextmanager
def holder(data_dir: Path, *prefix: str) -> Iterator[subprocess.Popen[str]]:
    """Another process that starts the stores, tells where they are, and keeps them."""
    process = subprocess.Popen(
        [*prefix, sys.executable, "-c", HOLDER, str(data_dir)],
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": str(ROOT / "platform")},
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def addresses(process: subprocess.Popen[str]) -> StoreAddresses:
    assert process.stdout is not None
    return msgspec.json.decode(process.stdout.readline(), type=StoreAddresses)


def own_children() -> set[int]:
    """The processes this one has already started: other stores of the same test session."""
    return {child.pid for child in psutil.Process().children(recursive=True)}


def children_since(earlier: set[int]) -> list[psutil.Process]:
    """The processes started since `own_children` was asked, with their own children."""
    now = psutil.Process().children(recursive=True)
    return [child for child in now if child.pid not in earlier]


def servers_since(earlier: set[int]) -> list[tuple[str, int, Path]]:
    """What stands below the processes started since: its kind, whose it is, and its program."""
    found = []
    for one in children_since(earlier):
        with contextlib.suppress(psutil.NoSuchProcess):  # backends come and go
            for server in one.children():
                with contextlib.suppress(psutil.NoSuchProcess):
                    found.append((kind(server), server.uids().effective, Path(server.exe())))
    return found


def kind(process: psutil.Process) -> str:
    """What a process is, told from the first word of its command line."""
    line = " ".join(process.cmdline())
    return "rclone" if " serve s3 " in line else process.name()
