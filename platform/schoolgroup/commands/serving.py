"""Commands that serve, or play the demo.

The application is imported once the settings were judged and the data directory is held: who is
refused is told at once.
"""

import asyncio
from pathlib import Path

from schoolgroup.commands import CommandFailed
from schoolgroup.kernel.settings import read_settings
from schoolgroup.kernel.starting import uncollected
from schoolgroup.running import installation, names_services


async def up(data_dir: Path, **given: object) -> int:
    """Serve a persistent instance: embedded stores, unless the settings name services."""
    services = names_services()
    async with installation(None if services else data_dir, given) as settings:
        with uncollected():
            from schoolgroup.serving import run_until_asked_to_stop
        await run_until_asked_to_stop(settings, with_worker=True)
    return 0


async def serve() -> int:
    """Serve with given services; the schema is `migrate`'s matter."""
    settings = read_settings()
    if not settings.database_url or not settings.s3_endpoint:
        raise CommandFailed("serve needs database_url and s3_endpoint; `up` brings its own stores")
    with uncollected():
        from schoolgroup.serving import run_until_asked_to_stop
    await run_until_asked_to_stop(settings)
    return 0


async def demo(*, serve: bool, exam: Path | None, port: int) -> int:
    """The group's main job, end to end, over HTTP; leaves nothing behind unless it serves."""
    with uncollected():
        from schoolgroup.demo.story import tell_story
        from schoolgroup.demo.visitor import DemoFailed

    responses = None
    try:
        if exam is not None:
            responses = await asyncio.to_thread(exam.read_bytes)
    except OSError as missing:
        raise CommandFailed(f"{exam} cannot be read: {missing}") from missing
    try:
        return await tell_story(stay=serve, exam=responses, port=port)
    except DemoFailed as failed:
        raise CommandFailed(str(failed)) from failed
