"""What one process holds open, and every kind of job: everything but the routes.

Apart from `app`, so that a worker or an operator's command does not import the whole of HTTP.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager

import asyncpg
import msgspec

from schoolgroup.access.audit import jobs as audit_jobs
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
from schoolgroup.kernel.db import Database
from schoolgroup.kernel.jobs import Kind, Registry
from schoolgroup.kernel.journal import enter_denial
from schoolgroup.kernel.keys import derive_key
from schoolgroup.kernel.observe.metrics import LIVING, Held
from schoolgroup.kernel.paging import Cursors
from schoolgroup.kernel.pools import open_pool, state_of
from schoolgroup.kernel.settings import Settings
from schoolgroup.kernel.standby import Standby
from schoolgroup.kernel.storage import Storage
from schoolgroup.resources.deposits import jobs as deposit_jobs
from schoolgroup.resources.previews import jobs as preview_jobs

# What workers do: every feature's kinds of job, named once.
KINDS: Sequence[Kind] = [
    *audit_jobs.KINDS,
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
    standby: Standby | None = None


def known_jobs() -> Registry:
    """Every kind of job of this version."""
    return Registry(KINDS)


def storage_of(settings: Settings) -> Storage:
    """The object store the settings name."""
    return Storage(
        settings.s3_endpoint,
        settings.s3_access_key,
        settings.s3_secret_key,
        region=settings.s3_region,
        bucket=settings.s3_bucket,
        secure=settings.s3_secure,
        public_endpoint=settings.s3_public_endpoint,
    )


@asynccontextmanager
async def open_services(
    settings: Settings, clock: Clock | None = None, *, called: str = "command"
) -> AsyncIterator[Services]:
    """Pool, store, policies and keys for one process, closed in the end.

    `called` is what metrics call its pool: `api`, `worker`.
    """
    clock = clock or Clock()
    policies = PolicyStore(settings.policies)
    key = derive_key(settings.secret, "context")
    keep = settings.database_statements_max

    def database(pool: asyncpg.Pool) -> Database:
        return Database(
            pool,
            key,
            clock,
            policies,
            enter_denial,
            queue_max=settings.database_queue_max,
            wait_s=settings.database_wait_s,
        )

    async with AsyncExitStack() as stack:
        pool = await open_pool(
            settings.database_url,
            settings.database_pool_max,
            settings.slow_query_ms,
            statements_max=keep,
        )
        stack.push_async_callback(pool.close)
        db = database(pool)
        policies.read_from(db)
        held = Held(called, lambda: state_of(pool, db.waiting), policies.held)
        LIVING.held.append(held)
        stack.callback(LIVING.held.remove, held)
        standby = None
        if settings.database_read_url:
            # none is opened before it is needed: a standby that is down keeps nobody from starting
            reads = await open_pool(
                settings.database_read_url,
                settings.database_pool_max,
                settings.slow_query_ms,
                statements_max=keep,
                size_min=0,
            )
            stack.push_async_callback(reads.close)
            standby = Standby(db, database(reads))
        storage = storage_of(settings)
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
            standby=standby,
        )
