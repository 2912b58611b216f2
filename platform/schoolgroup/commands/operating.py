"""Commands of who runs an installation: schema, groups, audit, tidying, notices, jobs."""

import sys
import tempfile
from pathlib import Path

import msgspec

from schoolgroup.access.audit.heads import compare_heads
from schoolgroup.access.audit.service import verify_chains
from schoolgroup.access.bundles import PolicyStore, shipped_policy
from schoolgroup.access.faults import PolicyRefused
from schoolgroup.access.passwords import hash_password
from schoolgroup.access.publishing.upgrading import put_in_force
from schoolgroup.access.sessions.rules import check_new_password
from schoolgroup.commands import CommandFailed, say
from schoolgroup.directory.service import found_group as found
from schoolgroup.directory.service import list_groups
from schoolgroup.integration.jobs import service as operating
from schoolgroup.integration.notices.sending import send_due
from schoolgroup.kernel.bootstrap import inside, migrations_folder
from schoolgroup.kernel.jobs import JobStatus
from schoolgroup.kernel.schema import PICTURE, draw_schema
from schoolgroup.kernel.settings import read_settings
from schoolgroup.resources.curriculum.service import plant_starter
from schoolgroup.resources.deposits import tidying
from schoolgroup.resources.previews import tidying as preview_tidying
from schoolgroup.resources.search import tidying as search_tidying
from schoolgroup.running import bring_up_to_date, installation, work_until_asked_to_stop
from schoolgroup.services import open_services


async def work() -> int:
    """Do jobs with given services; what is in hand is finished before it ends."""
    settings = read_settings()
    if not settings.database_url or not settings.s3_endpoint:
        raise CommandFailed("work needs database_url and s3_endpoint; `up` works by itself")
    await work_until_asked_to_stop(settings)
    return 0


async def migrate() -> int:
    """Bring the given database to the newest schema, as its own step."""
    settings = read_settings()
    if not settings.database_migrate_url:
        raise CommandFailed("migrate needs database_migrate_url")
    say((await bring_up_to_date(settings)).strip() or "nothing to do")
    return 0


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


async def publish_policy(data_dir: Path | None, code: str | None, folder: Path | None) -> int:
    """Put a folder's policy in force for a group, as the operator: for one that is closed."""
    async with installation(data_dir) as settings, open_services(settings) as services:
        policies = PolicyStore(str(folder) if folder else settings.policies)
        for group in await list_groups(services.db):
            if group.code == code:
                try:
                    done = await put_in_force(services.db, policies, group.id)
                except PolicyRefused as refused:
                    raise CommandFailed(str(refused)) from refused
                say(f"{code}: policy {done.sha256} is in force")
                return 0
    raise CommandFailed(f"there is no group {code}: name one by --group")


async def verify_audit(data_dir: Path | None, code: str | None) -> int:
    """Recompute every audit chain, and compare with the heads kept in the store; 1 where a link is
    broken or a head is another.
    """
    broken = 0
    async with installation(data_dir) as settings, open_services(settings) as services:
        for group in await list_groups(services.db):
            if code is not None and group.code != code:
                continue
            for chain in await verify_chains(services.db, group.id):
                say(f"{group.code} {chain.chain}: {chain.entries} entries, {chain.verdict}")
                broken += not chain.intact
            kept = await compare_heads(services.db, services.storage, group.id, settings.secret)
            for wrong in kept.wrong:
                say(f"{group.code} REWRITTEN {wrong}")
            say(f"{group.code}: compared with {kept.files} days of heads kept in the store")
            broken += len(kept.wrong)
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


async def keys(data_dir: Path | None, what: str, *, at_once: bool) -> int:
    """List the keys that sign access tokens, or make a new one and let the others end."""
    async with installation(data_dir) as settings, open_services(settings) as services:
        if what == "rotate":
            kid = await services.authenticator.rotate(at_once=at_once)
            say(f"{kid} is made" + ("; every other key is taken out" if at_once else ""))
        for key in services.authenticator.public_keys():
            say(f"{key['kid']} {key['alg']} verifies")
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
