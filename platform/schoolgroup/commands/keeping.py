"""Commands that keep an installation's data: backup and restore."""

from pathlib import Path

from schoolgroup.backup.making import make_backup
from schoolgroup.backup.restoring import restore_backup
from schoolgroup.commands import say
from schoolgroup.running import addressed
from schoolgroup.services import storage_of


async def backup(data_dir: Path | None, folder: Path) -> int:
    """Copy database and objects of one moment into the folder; print what was copied."""
    async with addressed(data_dir) as settings:
        made = await make_backup(settings, storage_of(settings), folder)
    say(
        f"{made.folder}: {made.rows} rows ({made.dump_bytes} bytes), {made.objects} objects,"
        f" of which {made.objects_read} were new ({made.bytes_read} bytes)"
    )
    return 0


async def restore(data_dir: Path | None, folder: Path, which: str | None) -> int:
    """Fill an empty installation from a backup; print what was restored."""
    async with addressed(data_dir) as settings:
        done = await restore_backup(settings, storage_of(settings), folder, which)
    say(
        f"{done.folder}, made at {done.made_at}: {done.rows} rows and {done.objects} objects"
        f" ({done.bytes_written} bytes) are restored; every hash was compared"
    )
    return 0
