"""The command that works a release out anew."""

import asyncio
from pathlib import Path
from uuid import UUID

from schoolgroup.commands import CommandFailed, say
from schoolgroup.directory.service import list_groups
from schoolgroup.evaluation.reports import offline
from schoolgroup.evaluation.reports.service import verify_release
from schoolgroup.running import installation
from schoolgroup.services import open_services


async def verify(
    data_dir: Path | None, release: UUID | None, files: list[Path], *, everything: bool
) -> int:
    """Work a release out anew from its snapshot, or a school's own part from its own files.

    Prints what was compared and each figure that differs; 1 where one does.
    """
    if (release is None) is (not files):
        raise CommandFailed("verify a RELEASE, or --export FILE…")
    if release is None:
        code, page = await asyncio.to_thread(offline.verify_files, files, everything=everything)
        say(page)
        return code
    async with installation(data_dir) as settings, open_services(settings) as services:
        for group in await list_groups(services.db):
            rows = await verify_release(services.db, group.id, release)
            if rows is not None:
                say(offline.shown(rows, everything=everything))
                return offline.exit_code(rows)
    raise CommandFailed(f"there is no release {release}")
