"""What the command line does, one function a command; each answers its exit code."""

import argparse
import asyncio
import sys
import tempfile
from pathlib import Path

import msgspec

from schoolgroup.access.audit.service import verify_chains
from schoolgroup.access.bundle import policies_folder
from schoolgroup.access.bundles import shipped_policy
from schoolgroup.access.compiler import load_policy
from schoolgroup.access.faults import PolicyRefused
from schoolgroup.access.matrix import render_matrix
from schoolgroup.access.passwords import hash_password
from schoolgroup.access.sessions.rules import check_new_password
from schoolgroup.app import create_app, open_services
from schoolgroup.demo.story import tell_story
from schoolgroup.directory.service import found_group as found
from schoolgroup.directory.service import list_groups
from schoolgroup.documentation import describe_routes
from schoolgroup.integration.jobs import service as operating
from schoolgroup.integration.notices.sending import send_due
from schoolgroup.kernel.bootstrap import inside, migrations_folder
from schoolgroup.kernel.jobs import JobStatus
from schoolgroup.kernel.schema import PICTURE, draw_schema
from schoolgroup.kernel.settings import read_settings
from schoolgroup.management.rounds.draws.models import Published
from schoolgroup.management.rounds.draws.rules import faults_of
from schoolgroup.resources.curriculum.service import plant_starter
from schoolgroup.resources.deposits import tidying
from schoolgroup.resources.previews import tidying as preview_tidying
from schoolgroup.resources.search import tidying as search_tidying
from schoolgroup.running import (
    bring_up_to_date,
    installation,
    names_services,
    run_until_asked_to_stop,
    shown_settings,
    work_until_asked_to_stop,
)


class CommandFailed(Exception):
    """The command could not be carried out; the message says why."""


def say(text: str) -> None:
    """Print one answer of a command."""
    print(text, flush=True)  # noqa: T201 - the command line's own voice


async def up(data_dir: Path, **given: object) -> int:
    """Serve a persistent instance: embedded stores, unless the settings name services."""
    services = names_services()
    async with installation(None if services else data_dir, given) as settings:
        await run_until_asked_to_stop(settings, with_worker=True)
    return 0


async def serve() -> int:
    """Serve with given services; the schema is `migrate`'s matter."""
    settings = read_settings()
    if not settings.database_url or not settings.s3_endpoint:
        raise CommandFailed("serve needs database_url and s3_endpoint; `up` brings its own stores")
    await run_until_asked_to_stop(settings)
    return 0


async def work() -> int:
    """Do jobs with given services; what is in hand is finished before it ends."""
    settings = read_settings()
    if not settings.database_url or not settings.s3_endpoint:
        raise CommandFailed("work needs database_url and s3_endpoint; `up` works by itself")
    await work_until_asked_to_stop(settings)
    return 0


def draw(file: Path) -> int:
    """Draw a published draw again: 0 where it is what its parts make of it, 1 with the faults."""
    try:
        published = msgspec.json.decode(file.read_bytes(), type=Published)
    except (OSError, msgspec.MsgspecError) as wrong:
        raise CommandFailed(f"{file}: not a revealed draw ({wrong})") from wrong
    passed = f", passed over {', '.join(published.passed_over)}" if published.passed_over else ""
    document = published.document
    say(f"candidates {len(document.candidates)}, to be drawn {document.count}{passed}")
    faults = faults_of(published)
    for fault in faults:
        say(f"WRONG: {fault}")
    if not faults:
        say(f"the same when drawn again: {', '.join(published.drawn)}")
    return 1 if faults else 0


async def migrate() -> int:
    """Bring the given database to the newest schema, as its own step."""
    settings = read_settings()
    if not settings.database_migrate_url:
        raise CommandFailed("migrate needs database_migrate_url")
    say((await bring_up_to_date(settings)).strip() or "nothing to do")
    return 0


def check() -> int:
    """Print the effective settings, secrets hidden."""
    say(shown_settings(read_settings()))
    return 0


async def demo(*, serve: bool, exam: Path | None, port: int) -> int:
    """The group's main job, end to end, over HTTP; leaves nothing behind unless it serves."""
    responses = None
    try:
        if exam is not None:
            responses = await asyncio.to_thread(exam.read_bytes)
    except OSError as missing:
        raise CommandFailed(f"{exam} cannot be read: {missing}") from missing
    return await tell_story(stay=serve, exam=responses, port=port)


async def found_group(
    data_dir: Path | None, code: str, name: str, admin: str, admin_name: str, password: str
) -> int:
    """Found a group: its administrator, the shipped policy and curriculum; raises WeakPassword."""
    check_new_password(password, admin, "")
    async with (
        installation(data_dir) as settings,
        open_services(settings) as services,
    ):
        hashed = await hash_password(password)
        bundle = shipped_policy(settings.policies)
        await found(
            services.db, code, name, admin, admin_name or admin, hashed, bundle.texts,
            also=[plant_starter],
        )  # fmt: skip
        say(f"{name} ({code}) is founded; {admin} can sign in")
    return 0


async def verify_audit(data_dir: Path | None, code: str | None) -> int:
    """Recompute every audit chain; 1 where a link is broken."""
    broken = 0
    async with installation(data_dir) as settings, open_services(settings) as services:
        for group in await list_groups(services.db):
            if code is not None and group.code != code:
                continue
            for chain in await verify_chains(services.db, group.id):
                say(f"{group.code} {chain.chain}: {chain.entries} entries, {chain.verdict}")
                broken += not chain.intact
    return 1 if broken else 0


async def tidy(data_dir: Path | None, code: str | None) -> int:
    """Give back what abandoned uploads hold, delete what no row names, add up what search counts.

    Prints what was done.
    """
    async with installation(data_dir) as settings, open_services(settings) as services:
        reports: list[tidying.Report | preview_tidying.Report | search_tidying.Report] = []
        reports += await tidying.tidy(services.db, services.storage, code)
        reports += await preview_tidying.tidy(services.db, services.storage, code)
        reports += await search_tidying.tidy(services.db, code)
        for report in reports:
            told = msgspec.structs.asdict(report)
            name = told.pop("group_code")
            say(f"{name}: " + ", ".join(f"{what} {count}" for what, count in told.items()))
    return 0


async def send_notices(data_dir: Path | None, code: str | None) -> int:
    """Tell people what is due, and send what is to be mailed; print what was done."""
    async with installation(data_dir) as settings, open_services(settings) as services:
        reports = await send_due(services.db, services.post_office, code)
        for report in reports:
            told = msgspec.structs.asdict(report)
            name, stopped_by = told.pop("group_code"), told.pop("stopped_by")
            say(f"{name}: " + ", ".join(f"{what} {count}" for what, count in told.items()))
            if stopped_by:
                say(f"{name}: {stopped_by}")
    return 0


async def jobs(
    data_dir: Path | None, what: str, code: str | None, status: str, one: str | None
) -> int:
    """List jobs of a status, or ask again for failed ones (all, or the one with that id)."""
    async with installation(data_dir) as settings, open_services(settings) as services:
        for group in await list_groups(services.db):
            if code is not None and group.code != code:
                continue
            if what == "retry":
                count = await operating.ask_again(services.db, group.id, one)
                say(f"{group.code}: {count} asked for again")
                continue
            for job in await operating.list_some(services.db, group.id, JobStatus(status)):
                said = f"  {job.failed_because}" if job.failed_because else ""
                state = "running" if job.running else job.status
                when = job.created_at.isoformat(timespec="seconds")
                say(f"{group.code} {job.id} {job.kind} {state} ({job.attempts}) {when}{said}")
    return 0


def policy(what: str, folder: Path | None, *, write: bool) -> int:
    """Check the policy's files, or print (and write) who may do what."""
    folder = folder or policies_folder()
    try:
        compiled = load_policy(folder)
    except PolicyRefused as refused:
        raise CommandFailed(str(refused)) from refused
    if what == "lint":
        say(f"{compiled.sha256}  no faults")
    elif write:
        (folder / "matrix.md").write_text(render_matrix(compiled), "utf-8")
    else:
        sys.stdout.write(render_matrix(compiled))
    return 0


def routes(*, write: bool) -> int:
    """Print (and write to docs/routes.md) every route and the right it takes."""
    page = describe_routes(create_app(read_settings({}, secret="-" * 32)))
    if write:
        Path("docs").mkdir(exist_ok=True)
        Path("docs/routes.md").write_text(page, "utf-8")
    else:
        sys.stdout.write(page)
    return 0


async def schema(*, write: bool) -> int:
    """Print (and write) the schema that all migrations make on an empty server."""
    with tempfile.TemporaryDirectory() as folder:
        async with installation(Path(folder), durable=False) as settings:
            picture = await draw_schema(inside(settings.database_admin_url))
    if write:
        (migrations_folder() / PICTURE).write_text(picture, "utf-8")
    else:
        sys.stdout.write(picture)
    return 0


def evaluate(asked: argparse.Namespace) -> int:
    """Evaluate a plain file, or compare our methods with reference results."""
    # Here, not above: the methods take a second to import, and no other command needs them.
    from schoolgroup.evaluation import analyst

    code, text = analyst.run(asked)
    say(text)
    return code
