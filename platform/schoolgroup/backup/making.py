"""Making a backup while the installation goes on working."""

import asyncio
import hashlib
import os
import tempfile
from collections.abc import Awaitable, Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import unquote, urlsplit

import asyncpg
import msgspec

from schoolgroup.backup import BackupRefused, BrokenBackup, ProgramFailed, manifest, superuser
from schoolgroup.backup.manifest import DUMP, OBJECTS, Kept, Manifest
from schoolgroup.kernel.bootstrap import CONNECT_S, inside
from schoolgroup.kernel.settings import Settings
from schoolgroup.kernel.storage import Missing, Storage
from schoolgroup.kernel.stores_postgres import installed_programs

T = TypeVar("T")
R = TypeVar("R")
AT_ONCE = 8  # objects copied at the same time
ATTEMPTS_MAX = 3
SNAPSHOT_S = 24 * 3600


class Made(msgspec.Struct, frozen=True):
    """What a backup came to: of its objects, so many were read, the others were there already."""

    folder: Path
    rows: int
    objects: int
    objects_read: int
    bytes_read: int
    dump_bytes: int


class _Gone(Exception):
    """An object the snapshot names is there no more."""


async def make_backup(settings: Settings, storage: Storage, root: Path) -> Made:
    """A new backup below `root`, which may hold earlier ones: objects they have are not read again.

    Needs `database_admin_url`: row-level security hides rows from everybody else. Raises
    BackupRefused, ProgramFailed, StoreUnavailable.
    """
    if not settings.database_admin_url:
        raise BackupRefused("a backup needs database_admin_url: nobody else sees every row")
    database = urlsplit(settings.database_url).path.lstrip("/")
    admin = inside(settings.database_admin_url, database)
    (root / OBJECTS).mkdir(mode=0o700, parents=True, exist_ok=True)
    known = _known_objects(root)
    for _ in range(ATTEMPTS_MAX):
        folder = root / datetime.now(UTC).strftime("%Y-%m-%dT%H%M%S.%fZ")
        folder.mkdir(mode=0o700)
        try:
            return await _attempt(settings, storage, root, folder, admin, known)
        except _Gone:
            (folder / DUMP).unlink(missing_ok=True)
            folder.rmdir()
    raise BackupRefused("objects went away while they were copied, each time anew; try again later")


async def _attempt(
    settings: Settings,
    storage: Storage,
    root: Path,
    folder: Path,
    admin: str,
    known: dict[str, Kept],
) -> Made:
    sql = await asyncpg.connect(admin, timeout=CONNECT_S)
    try:
        async with sql.transaction(isolation="repeatable_read", readonly=True):
            await sql.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
            snapshot = await superuser.export_snapshot(sql)
            made_at = await sql.fetchval("SELECT now()")
            version = await superuser.schema_version(sql)
            # the dump takes its own connection to the same snapshot, which ends with ours
            await run_program(
                "pg_dump", admin, "--format=custom", f"--snapshot={snapshot}",
                "--exclude-table-data=app.secret", f"--file={folder / DUMP}",
            )  # fmt: skip
            named = await superuser.named_objects(sql)
            tables = await superuser.count_rows(sql)
    finally:
        await sql.close()
    objects, read = await _copy_objects(storage, root, named, known)
    written = Manifest(
        format=manifest.FORMAT,
        made_at=made_at.isoformat(),
        schema_version=version,
        secret_check=manifest.secret_check(settings.secret),
        dump_sha256=await asyncio.to_thread(manifest.hash_file, folder / DUMP),
        dump_bytes=(folder / DUMP).stat().st_size,
        tables=tables,
        objects=objects,
    )
    await asyncio.to_thread(manifest.write, folder, written)
    return Made(
        folder, sum(tables.values()), len(objects), len(read), sum(read), written.dump_bytes
    )


async def _copy_objects(
    storage: Storage,
    root: Path,
    named: list[tuple[str, str | None, int | None]],
    known: dict[str, Kept],
) -> tuple[list[Kept], list[int]]:
    """Every named object, and the sizes of those that had to be read.

    Raises _Gone, BrokenBackup.
    """
    read: list[int] = []

    async def keep(one: tuple[str, str | None, int | None]) -> Kept:
        key, sha256, size_bytes = one
        before = known.get(key)
        if before is not None and manifest.object_path(root, before.sha256).exists():
            return before
        if sha256 is not None and size_bytes is not None:
            path = manifest.object_path(root, sha256)
            if path.exists() and path.stat().st_size == size_bytes:
                return Kept(key, sha256, size_bytes)
        try:
            found = await storage.read_through(key, _into(root, key))
        except Missing as gone:
            raise _Gone from gone
        if sha256 is not None and found.sha256 != sha256:
            raise BrokenBackup(f"the store holds other bytes at {key} than were verified")
        read.append(found.size_bytes)
        return found

    return await some_at_once(named, keep), read


async def some_at_once(things: Sequence[T], work: Callable[[T], Awaitable[R]]) -> list[R]:
    """`work` done with each thing, AT_ONCE at a time, in their order; the first error ends it."""
    results: dict[int, R] = {}
    left = iter(enumerate(things))

    async def take() -> None:
        for number, thing in left:
            results[number] = await work(thing)

    try:
        async with asyncio.TaskGroup() as group:
            for _ in range(AT_ONCE):
                group.create_task(take())
    except BaseExceptionGroup as failed:
        raise failed.exceptions[0] from None
    return [results[number] for number in range(len(things))]


def _into(root: Path, key: str) -> Callable[[Iterator[bytes]], Kept]:
    """Take an object's bytes into the folder, under their hash, whole or not at all."""

    def take(pieces: Iterator[bytes]) -> Kept:
        digest, size = hashlib.sha256(), 0
        with tempfile.NamedTemporaryFile(dir=root / OBJECTS, prefix=".new-", delete=False) as file:
            for piece in pieces:
                digest.update(piece)
                size += len(piece)
                file.write(piece)
            file.flush()
            os.fsync(file.fileno())
        path = manifest.object_path(root, digest.hexdigest())
        path.parent.mkdir(mode=0o700, exist_ok=True)
        os.replace(file.name, path)
        return Kept(key, digest.hexdigest(), size)

    return take


def _known_objects(root: Path) -> dict[str, Kept]:
    """The objects of the newest backup that is whole; a key never holds other bytes."""
    for folder in reversed(manifest.backups_in(root)):
        try:
            return {kept.key: kept for kept in manifest.read(folder).objects}
        except BackupRefused:
            continue
    return {}


async def run_program(name: str, database: str, *arguments: str) -> str:
    """Run one of PostgreSQL's programs on a database; what it said. Raises ProgramFailed.

    The password goes by the environment: arguments can be read by every user of the machine.
    """
    at = urlsplit(database)
    netloc = f"{at.username}@{at.hostname}:{at.port or 5432}"
    process = await asyncio.create_subprocess_exec(
        str(installed_programs() / name),
        f"--dbname={at._replace(netloc=netloc).geturl()}",
        *arguments,
        env={**os.environ, "PGPASSWORD": unquote(at.password or "")},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        said: Any = (await asyncio.wait_for(process.communicate(), SNAPSHOT_S))[0]
    except BaseException:
        if process.returncode is None:
            process.kill()
        raise
    if process.returncode:
        raise ProgramFailed(f"{name}: {said.decode(errors='replace')[-2000:]}")
    return str(said.decode(errors="replace"))
