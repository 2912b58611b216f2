"""What one process holds open, and every kind of job: everything but the routes.

Apart from `app`, so that a worker or an operator's command does not import the whole of HTTP.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import msgspec

from schoolgroup.access.authentication import Authenticator
from schoolgroup.access.bundles import PolicyStore
from schoolgroup.access.sessions.gate import Gate
from schoolgroup.directory.pupils.retention import jobs as retention_jobs
from schoolgroup.integration.events import jobs as event_jobs
from schoolgroup.integration.notices import jobs as notice_jobs
from schoolgroup.integration.notices.smtp import Post
from schoolgroup.integration.webhooks import jobs as webhook_jobs
from schoolgroup.integration.webhooks.courier import Courier
from schoolgroup.kernel.clock import Clock
from schoolgroup.kernel.db import Database, open_pool
from schoolgroup.kernel.jobs import Kind, Registry
from schoolgroup.kernel.journal import enter_denial
from schoolgroup.kernel.keys import derive_key
from schoolgroup.kernel.paging import Cursors
from schoolgroup.kernel.settings import Settings
from schoolgroup.kernel.storage import Storage
from schoolgroup.resources.deposits import jobs as deposit_jobs
from schoolgroup.resources.previews import jobs as preview_jobs

# What workers do: every feature's kinds of job, named once.
KINDS: Sequence[Kind] = [
    *deposit_jobs.KINDS,
    *preview_jobs.KINDS,
    *notice_jobs.KINDS,
    *event_jobs.KINDS,
    *webhook_jobs.KINDS,
    *retention_jobs.KINDS,
]


class Services(msgspec.Struct, frozen=True):
    """What one process holds open."""

    settings: Settings
    clock: Clock
    db: Database
    storage: Storage
    policies: PolicyStore
    authenticator: Authenticator
    gate: Gate
    cursors: Cursors
    post_office: Post
    courier: Courier


def known_jobs() -> Registry:
    """Every kind of job of this version."""
    return Registry(KINDS)


@asynccontextmanager
async def open_services(settings: Settings, clock: Clock | None = None) -> AsyncIterator[Services]:
    """Pool, store, policies and keys for one process, closed in the end."""
    clock = clock or Clock()
    policies = PolicyStore(settings.policies)
    pool = await open_pool(settings.database_url, settings.database_pool_max)
    try:
        db = Database(
            pool,
            derive_key(settings.secret, "context"),
            clock,
            policies,
            enter_denial,
            queue_max=settings.database_queue_max,
            wait_s=settings.database_wait_s,
        )
        policies.read_from(db)
        storage = Storage(
            settings.s3_endpoint,
            settings.s3_access_key,
            settings.s3_secret_key,
            region=settings.s3_region,
            bucket=settings.s3_bucket,
            secure=settings.s3_secure,
            public_endpoint=settings.s3_public_endpoint,
        )
        authenticator = Authenticator(
            db,
            derive_key(settings.secret, "signing keys"),
            settings.access_token_s,
            settings.public_url.rstrip("/"),
        )
        await authenticator.prepare()
        yield Services(
            settings=settings,
            clock=clock,
            db=db,
            storage=storage,
            policies=policies,
            authenticator=authenticator,
            gate=Gate(db, authenticator, policies, settings),
            cursors=Cursors(derive_key(settings.secret, "cursors")),
            post_office=Post(settings),
            courier=Courier(settings),
        )
    finally:
        await pool.close()
