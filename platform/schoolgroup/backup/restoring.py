"""Restoring a backup into an empty installation: everything is checked before anything is done."""

import asyncio
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
import msgspec

from schoolgroup.backup import BackupRefused, BrokenBackup, TargetNotEmpty, manifest, superuser
from schoolgroup.backup.making import run_program, some_at_once
from schoolgroup.backup.manifest import DUMP, Kept, Manifest
from schoolgroup.kernel import bootstrap
from schoolgroup.kernel.settings import Settings
from schoolgroup.kernel.storage import Storage

OCTETS = "application/octet-stream"  # what an object is, its row says


class Restored(msgspec.Struct, frozen=True):
    """What was restored."""

    folder: Path
    made_at: str
    rows: int
    objects: int
    bytes_written: int


async def restore_backup(
    settings: Settings, storage: Storage, root: Path, which: str | None = None
) -> Restored:
    """Restore the newest backup below `root`, or the one named, into an empty installation.

    The hash of every file is compared first. Objects are put before the database is filled, in
    one transaction; interrupted, it can be begun again. Then the schema is brought to this
    software's. Raises BrokenBackup, WrongVersion, WrongSecret, TargetNotEmpty, ProgramFailed.
    """
    if not settings.database_admin_url or not settings.database_migrate_url:
        raise BackupRefused("a restore needs database_admin_url and database_migrate_url")
    folder = _choose(root, which)
    found = manifest.read(folder)
    manifest.check_fits(found, settings.secret)
    await asyncio.to_thread(manifest.check_files, root, folder, found)
    admin = await _empty_database(settings)
    await _empty_bucket(storage, found)
    await _put_objects(storage, root, found.objects)
    await run_program(
        "pg_restore", admin, "--single-transaction", "--exit-on-error", str(folder / DUMP)
    )
    sql = await asyncpg.connect(admin, timeout=bootstrap.CONNECT_S)
    try:
        rows = await superuser.count_rows(sql)
        wrong = {name for name, count in found.tables.items() if rows.get(name) != count}
        if wrong:
            raise BrokenBackup(f"rows are missing after the restore: {', '.join(sorted(wrong))}")
        await sql.execute("ANALYZE")
    finally:
        await sql.close()
    await bootstrap.migrate(settings.database_migrate_url)
    await bootstrap.seal_context_key(settings.database_migrate_url, settings.secret)
    size = sum(kept.size_bytes for kept in found.objects)
    return Restored(folder, found.made_at, sum(rows.values()), len(found.objects), size)


def _choose(root: Path, which: str | None) -> Path:
    if which is not None:
        return root / which
    finished = manifest.backups_in(root)
    if not finished:
        raise BrokenBackup(f"there is no finished backup in {root}")
    return finished[-1]


async def _empty_database(settings: Settings) -> str:
    """The admin's address of an empty database under our roles. Raises TargetNotEmpty.

    One that was migrated, but in which no group was founded, is made anew.
    """
    database = urlsplit(settings.database_url).path.lstrip("/")
    prepare = (settings.database_admin_url, settings.database_url, settings.database_migrate_url)
    await bootstrap.prepare_server(*prepare)
    admin = bootstrap.inside(settings.database_admin_url, database)
    sql = await asyncpg.connect(admin, timeout=bootstrap.CONNECT_S)
    try:
        if holds := await superuser.holds_something(sql):
            raise TargetNotEmpty(
                f"the database {database} holds {holds}: restore into an empty one"
            )
        migrated = await sql.fetchval(superuser.IS_OURS)
    finally:
        await sql.close()
    if migrated:
        await bootstrap.drop_database(settings.database_admin_url, database)
        await bootstrap.prepare_server(*prepare)
    return admin


async def _empty_bucket(storage: Storage, found: Manifest) -> None:
    """See that the bucket holds nothing but what an interrupted restore of the same has put."""
    await storage.make_bucket()
    ours = {kept.key for kept in found.objects}
    others = [each.key for each in await storage.list_below("") if each.key not in ours]
    if others:
        raise TargetNotEmpty(f"the bucket {storage.bucket} holds {len(others)} other objects")


async def _put_objects(storage: Storage, root: Path, objects: list[Kept]) -> None:
    async def put(kept: Kept) -> None:
        await storage.put_file(kept.key, manifest.object_path(root, kept.sha256), OCTETS)

    await some_at_once(objects, put)
