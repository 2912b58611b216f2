"""An installation and its worker: embedded or given stores, the newest schema.

The embedded stores and given services take the same path: only addresses differ.
"""

import asyncio
import os
import secrets
import signal
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec

from schoolgroup.access.publishing.upgrading import Outcome, upgrade_policy
from schoolgroup.directory.service import FOUNDER, list_groups
from schoolgroup.integration.webhooks.jobs import LANE
from schoolgroup.kernel import bootstrap
from schoolgroup.kernel.jobs import Pulse, Worker
from schoolgroup.kernel.keys import derive_key
from schoolgroup.kernel.settings import Settings, read_settings
from schoolgroup.kernel.stores import StoreAddresses, embedded_stores
from schoolgroup.services import Services, known_jobs, open_services
from schoolgroup.telling import observed, telling

SECRET_FILE = "secret"
SPARE_CONNECTIONS = 5  # of a worker: taking jobs, holding them, schedules, deliveries
NO_SECRET = "-" * 32  # only to look at which stores are named


def names_services() -> bool:
    """Whether the settings name a database of their own, so that none is to be brought along."""
    return bool(read_settings(secret=NO_SECRET).database_url)


@asynccontextmanager
async def installation(
    data_dir: Path | None, given: Mapping[str, object] | None = None, *, durable: bool = True
) -> AsyncIterator[Settings]:
    """Settings of an installation whose stores run and are at the newest schema.

    `given` settings win over environment and file. With `data_dir` the stores are embedded and
    live there; without, the settings must name them.
    Raises SettingsRefused, StoreError, MigrationFailed.
    """
    async with addressed(data_dir, given, durable=durable) as settings:
        await bring_up_to_date(settings)
        yield settings


@asynccontextmanager
async def addressed(
    data_dir: Path | None, given: Mapping[str, object] | None = None, *, durable: bool = True
) -> AsyncIterator[Settings]:
    """The same, its stores as they are: nothing is made or migrated in them."""
    if data_dir is None:
        yield read_settings(**(given or {}))
        return
    async with embedded_stores(data_dir, durable=durable) as stores:
        yield embedded_settings(data_dir, stores, given or {})


def embedded_settings(
    data_dir: Path, stores: StoreAddresses, given: Mapping[str, object]
) -> Settings:
    """The settings for embedded stores; the secret is kept beside the data."""
    secret = keep_secret(data_dir)
    admin = stores.database_admin_url
    passwords = {
        role: derive_key(secret, f"database role {role}").hex()
        for role in (bootstrap.APPLICATION, bootstrap.MIGRATOR)
    }
    return read_settings(
        **{
            **given,
            "secret": secret,
            "database_admin_url": admin,
            "database_url": bootstrap.role_url(
                admin, bootstrap.APPLICATION, passwords[bootstrap.APPLICATION]
            ),
            "database_migrate_url": bootstrap.role_url(
                admin, bootstrap.MIGRATOR, passwords[bootstrap.MIGRATOR]
            ),
            "s3_endpoint": stores.s3_endpoint,
            "s3_access_key": stores.s3_access_key,
            "s3_secret_key": stores.s3_secret_key,
            "s3_region": stores.s3_region,
            "s3_secure": stores.s3_secure,
        }
    )


def keep_secret(data_dir: Path) -> str:
    """The installation's secret, made at random the first time and readable by its owner only."""
    path = data_dir / SECRET_FILE
    if not path.exists():
        fresh = path.with_suffix(".new")
        fresh.unlink(missing_ok=True)
        handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_urlsafe(48))
        fresh.rename(path)
    return path.read_text().strip()


async def bring_up_to_date(settings: Settings) -> str:
    """Roles (where an admin address is given), migrations, context key; what was done."""
    if settings.database_admin_url:
        await bootstrap.prepare_server(
            settings.database_admin_url, settings.database_url, settings.database_migrate_url
        )
    done = ""
    if settings.database_migrate_url:
        done = await bootstrap.migrate(settings.database_migrate_url)
        await bootstrap.seal_context_key(settings.database_migrate_url, settings.secret)
    async with open_services(settings) as services:
        await services.storage.make_bucket()
        for line in await upgrade_policies(services):
            done = f"{done.rstrip()}\n{line}".lstrip()
    return done


async def upgrade_policies(services: Services) -> list[str]:
    """See that this software can judge by every group's policy; what was done, a line a group."""
    told = []
    for group in await list_groups(services.db):
        done = await upgrade_policy(services.db, services.policies, group.id, frozenset({FOUNDER}))
        match done.outcome:
            case Outcome.SHIPPED:
                told.append(f"{group.code}: the policy of this release is in force")
            case Outcome.CARRIED:
                told.append(
                    f"{group.code}: its own policy was carried over; review the rules of new acts"
                )
            case Outcome.REFUSED:
                told.append(
                    f"{group.code}: CLOSED until its policy is mended; then put it in force with"
                    f" `schoolgroup policy publish --group {group.code} --folder FOLDER`:"
                    f"\n{done.faults}"
                )
    return told


@asynccontextmanager
async def working(settings: Settings) -> AsyncIterator[Worker]:
    """A worker with its own connections; in the end it finishes what it has in hand.

    What waits for receivers of webhooks has hands of its own, which hold no connection meanwhile;
    both have one pulse.
    """
    hands = settings.worker_hands
    own = msgspec.structs.replace(settings, database_pool_max=hands + SPARE_CONNECTIONS)
    async with open_services(own, called="worker") as services:
        known = known_jobs()
        pulse = Pulse()
        worker = Worker(services, known.of_lane(""), hands=hands, pulse=pulse)
        courier = Worker(services, known.of_lane(LANE), hands=settings.webhook_hands, pulse=pulse)
        tasks = [asyncio.create_task(each.run()) for each in (worker, courier)]
        try:
            yield worker
        finally:
            worker.stop()
            courier.stop()
            await asyncio.gather(*tasks)


async def wait_for_signal() -> signal.Signals:
    """Wait for SIGINT or SIGTERM."""
    loop = asyncio.get_running_loop()
    asked: asyncio.Future[signal.Signals] = loop.create_future()

    def ask(number: signal.Signals) -> None:
        if not asked.done():
            asked.set_result(number)

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, ask, number)
    return await asked


async def work_until_asked_to_stop(settings: Settings) -> None:
    """Do jobs until SIGINT or SIGTERM; then finish those in hand."""
    with observed(settings):
        async with (
            working(settings) as worker,
            telling(settings.metrics_address, lambda: worker.means.db, worker.pulse.late),
        ):
            print(f"Schoolgroup works: {worker.name}", flush=True)  # noqa: T201
            await wait_for_signal()
        print(f"{worker.done} jobs done, {worker.failed} failed", flush=True)  # noqa: T201
