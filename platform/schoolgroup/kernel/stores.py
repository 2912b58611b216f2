"""The embedded stores: one call starts a real PostgreSQL and a real S3 server on a directory.

For the demo, the tests and a small installation on one machine; larger ones give the addresses of
their own services in the settings. Layout of a data directory::

    stores.toml    passwords and keys, made at random once, mode 0600
    stores.lock    held by the process that uses the directory, whose id is in it
    servers.lock   held by the servers themselves, so that a new start waits for the last to end
    postgres/ s3/  the data          log/  what the servers wrote

Both locks are `flock` locks: the kernel takes them back however their holders die.
"""

import fcntl
import os
import secrets
import string
import time
import tomllib
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from pathlib import Path

import anyio
import msgspec

from schoolgroup.kernel.stores_common import (
    LOOPBACK,
    DataUnusable,
    StoreError,
    StoresInUse,
    StoreStartFailed,
    server_account,
)
from schoolgroup.kernel.stores_postgres import serve_postgres
from schoolgroup.kernel.stores_s3 import REGION, serve_s3

__all__ = [
    "DataUnusable",
    "StoreAddresses",
    "StoreError",
    "StoreStartFailed",
    "StoresInUse",
    "embedded_stores",
]

PREVIOUS_RUN_SECONDS_MAX = 60.0  # above what both servers are given to stop


class StoreAddresses(msgspec.Struct, frozen=True, kw_only=True):
    """Where the stores are reached; valid until the servers stop, as ports change each start."""

    database_admin_url: str  # the superuser's: only for bootstrap, migrations, backup
    database_host: str
    database_port: int
    s3_endpoint: str  # host:port
    s3_access_key: str
    s3_secret_key: str
    s3_region: str
    s3_secure: bool


class Credentials(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The contents of stores.toml."""

    database_password: str
    s3_access_key: str
    s3_secret_key: str


@asynccontextmanager
async def embedded_stores(data_dir: Path, *, durable: bool = True) -> AsyncIterator[StoreAddresses]:
    """Start both servers on the directory, made if need be, and stop them on leaving.

    What was committed is there again at the next start, also after a kill -9 of any process at any
    moment; with `durable` the database also survives a crash of the machine. No process is left
    behind, whatever kills us. Raises StoresInUse when another process uses the directory, and
    other `StoreError` when the stores cannot be started, saying why.
    """
    async with AsyncExitStack() as stack:
        try:
            addresses = await _start(stack, _make(data_dir), durable)
        except PermissionError as error:
            raise StoreError(
                f"{error.filename or data_dir} belongs to another user: {error.strerror}"
            ) from error
        yield addresses


async def _start(stack: AsyncExitStack, data_dir: Path, durable: bool) -> StoreAddresses:
    """Start everything in order; the stack stops it in the opposite one."""
    stack.enter_context(_hold(data_dir))
    lock = stack.enter_context(_servers_lock(data_dir))
    await _previous_run_ended(lock, data_dir)
    account = server_account(data_dir)
    keys = keep_credentials(data_dir)
    database = await stack.enter_async_context(
        serve_postgres(
            data_dir,
            password=keys.database_password,
            account=account,
            durable=durable,
            lock=lock,
        )
    )
    store = await stack.enter_async_context(
        serve_s3(
            data_dir,
            access_key=keys.s3_access_key,
            secret_key=keys.s3_secret_key,
            account=account,
            lock=lock,
        )
    )
    return StoreAddresses(
        database_admin_url=database.admin_url,
        database_host=LOOPBACK,
        database_port=database.port,
        s3_endpoint=store.endpoint,
        s3_access_key=keys.s3_access_key,
        s3_secret_key=keys.s3_secret_key,
        s3_region=REGION,
        s3_secure=False,
    )


def _make(data_dir: Path) -> Path:
    """Make the directory if need be, private to us, and give its absolute path."""
    data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    return data_dir.resolve()


@contextmanager
def _hold(data_dir: Path) -> Iterator[None]:
    """Take the directory for this process. Raises StoresInUse."""
    handle = os.open(data_dir / "stores.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.read(handle, 32).decode(errors="replace").strip()
            raise StoresInUse(data_dir, int(holder) if holder.isdigit() else None) from None
        os.ftruncate(handle, 0)
        os.pwrite(handle, f"{os.getpid()}\n".encode(), 0)
        yield
    finally:
        os.close(handle)


@contextmanager
def _servers_lock(data_dir: Path) -> Iterator[int]:
    """The lock the servers inherit, not yet taken."""
    handle = os.open(data_dir / "servers.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        yield handle
    finally:
        os.close(handle)


async def _previous_run_ended(lock: int, data_dir: Path) -> None:
    """Wait until the servers of a killed run are gone; they stop by themselves."""
    give_up_at = time.monotonic() + PREVIOUS_RUN_SECONDS_MAX
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            if time.monotonic() > give_up_at:
                raise StoreError(
                    f"the servers of an earlier run on {data_dir} have not ended within"
                    f" {PREVIOUS_RUN_SECONDS_MAX:g} s"
                ) from None
        await anyio.sleep(0.05)


def keep_credentials(data_dir: Path) -> Credentials:
    """Read the directory's passwords and keys, made at random the first time."""
    path = data_dir / "stores.toml"
    if path.exists():
        try:
            return msgspec.convert(tomllib.loads(path.read_text()), Credentials)
        except (tomllib.TOMLDecodeError, msgspec.ValidationError, UnicodeDecodeError) as error:
            raise DataUnusable(f"{path}: {error}") from None
    if (data_dir / "postgres").exists():
        raise DataUnusable(f"{path} is missing, and with it the password of the database")
    capitals = string.ascii_uppercase + string.digits
    letters = string.ascii_letters + string.digits
    made = Credentials(
        database_password=secrets.token_urlsafe(24),
        s3_access_key="".join(secrets.choice(capitals) for _ in range(20)),
        s3_secret_key="".join(secrets.choice(letters) for _ in range(40)),
    )
    text = "# Keys of the embedded stores in this directory. Keep them with the data.\n"
    for name, value in msgspec.structs.asdict(made).items():
        text += f'{name} = "{value}"\n'
    fresh = path.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())  # before the database is made that needs it
    fresh.replace(path)
    return made
