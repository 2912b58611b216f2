"""The database: one pool, and transactions that say who is asking before anything else.

Rows come back as msgspec structs. A transaction begins with `app.begin`, which checks the
signature of its context, the policy in force and the session; then row-level security holds.
"""

import hmac
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import datetime, timedelta
from typing import Any, TypeVar

import asyncpg
import msgspec
from asyncpg.pool import PoolConnectionProxy

from schoolgroup.kernel.clock import Clock
from schoolgroup.kernel.context import Actor, ActorKind, Decider, Policies, context_of, system_actor
from schoolgroup.kernel.errors import (
    Conflict,
    Denial,
    Invalid,
    Refusal,
    Unauthenticated,
    Unavailable,
    refusal_of_constraint,
)
from schoolgroup.kernel.observe import metrics, traces
from schoolgroup.kernel.texts import Text

T = TypeVar("T")
BEGIN = "SELECT app.begin($1, $2)"
BEGIN_VISIT = "SELECT app.begin_visit($1, $2)"
PLAN_ONCE = "SET LOCAL plan_cache_mode = force_generic_plan"
SPEAK_AS = "SELECT set_config('app.context', $1, true), set_config('app.mac', $2, true)"
ACQUIRE_S = 5.0
QUEUE_MAX = 200
RETRIES_MAX = 3
# The server ends us, is ended, or has nothing left to give (SQLSTATE classes 08, 25P03, 53, 57).
LOST = (
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.IdleInTransactionSessionTimeoutError,
    asyncpg.InsufficientResourcesError,
    OSError,
)
NO_CONNECTION = (
    asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, OSError,
)  # fmt: skip
log = logging.getLogger("schoolgroup")
POLICY_STALE, SESSION_OVER = "SG002", "SG003"


class SessionOver(Unauthenticated):
    """The session was revoked, has expired, or its rights have changed."""

    code = "session_over"
    title = Text("The session is over", "会话已失效")
    remedy = Text("Sign in again.", "请重新登录。")


class TryAgain(Unavailable):
    """Too many changes met on the same thing."""

    code = "try_again"


class Overloaded(Unavailable):
    """More is asked for than can be answered soon."""

    code = "overloaded"
    title = Text("Too busy at the moment", "系统繁忙")


class PolicyMoved(Unavailable):
    """A newer policy is in force than the one this transaction was to be judged by."""


def _refusal_of_begin(failed: BaseException) -> Unauthenticated | Unavailable:
    state = getattr(failed, "sqlstate", None)
    if state == SESSION_OVER:
        return SessionOver()
    if state == POLICY_STALE:
        return PolicyMoved(facts={"what": "policy"})
    return Unavailable(facts={"what": "database"})


def _is_lost(connection: "PoolConnectionProxy[Any]") -> bool:
    """Whether the server ended this connection; the pool then takes it away at once."""
    try:
        return connection.is_closed()
    except asyncpg.InterfaceError:
        return True


class Tx:
    """One open transaction of one actor. `now` is its instant: the only clock of a decision."""

    __slots__ = ("_sign", "actor", "connection", "later", "now", "policy", "request_id")

    def __init__(
        self,
        connection: "PoolConnectionProxy[Any]",
        actor: Actor,
        policy: Decider | None,
        now: datetime,
        request_id: str,
        sign: Callable[[Actor], tuple[str, str]],
    ) -> None:
        """`sign` gives an actor's context and its signature, as `app.begin` takes them."""
        self._sign = sign
        # On a standby, what is to be entered in the audit trail: done on the primary, before the
        # answer is given. None where it is entered at once.
        self.later: list[Callable[[Tx], Awaitable[None]]] | None = None
        self.connection = connection
        self.actor = actor
        self.policy = policy
        self.now = now
        self.request_id = request_id

    @property
    def group_id(self) -> Any:
        """The group every row of this transaction belongs to."""
        return self.actor.group_id

    def in_name_of(self, actor: Actor) -> "Tx":
        """The same transaction, entered in the audit trail under another subject.

        For the system when it acts on someone's behalf: a sign-in becomes the person's own entry.
        """
        return Tx(self.connection, actor, self.policy, self.now, self.request_id, self._sign)

    @asynccontextmanager
    async def as_system(self) -> AsyncIterator[None]:
        """Within, row-level security sees the system itself instead of the actor.

        Only for what the policy has already allowed and what spans schools, such as a queue.
        `actor` stays who asked; the audit trail is written outside, in the actor's name.
        """
        system = msgspec.structs.replace(
            system_actor(self.group_id), time_zone=self.actor.time_zone
        )
        await self.connection.execute(SPEAK_AS, *self._sign(system))
        try:
            yield
        except Refusal:  # nothing is wrong with the transaction; any other error ends it
            await self.connection.execute(SPEAK_AS, *self._sign(self.actor))
            raise
        await self.connection.execute(SPEAK_AS, *self._sign(self.actor))

    async def plan_once(self) -> None:
        """Let this transaction's statements be planned once for all values, not anew for each.

        For short statements behind many walls: there a plan takes far longer than the work, and
        otherwise the first five times on each connection are planned anew. Not for searches, whose
        best way depends on what is looked for.
        """
        await self.connection.execute(PLAN_ONCE)

    async def savepoint(self, work: Callable[[], Awaitable[T]]) -> T:
        """Run `work` so that its failure undoes only itself."""
        async with self.connection.transaction():
            return await work()


class Database:
    """A pool of connections as the application's ordinary role."""

    def __init__(
        self,
        pool: "asyncpg.Pool[Any]",
        context_key: bytes,
        clock: Clock,
        policies: Policies,
        enter_denial: Callable[[Tx, Denial, str], Awaitable[None]],
        *,
        queue_max: int = QUEUE_MAX,
        wait_s: float = ACQUIRE_S,
    ) -> None:
        """`enter_denial` writes a denied decision into the audit trail (journal.enter_denial).

        At most `queue_max` wait for a connection, each at most `wait_s` seconds: the rest is sent
        away at once, so that who is let in is served soon.
        """
        self.waiting = 0  # transactions that wait for a connection now
        self.queue_max = queue_max
        self.wait_s = wait_s
        self.pool = pool
        self.clock = clock
        self.policies = policies
        self._context_key = context_key
        self._enter_denial = enter_denial

    def transaction(
        self, actor: Actor, request_id: str = "-", *, readonly: bool = False
    ) -> AbstractAsyncContextManager[Tx]:
        """A transaction in which the database knows the actor; commits unless something is raised.

        Raises SessionOver, Unavailable (no connection, or the policy in force cannot be read).
        """
        made = self._transaction(actor, request_id, readonly)
        return made if traces.tracer is None else traces.within("transaction", made)

    @asynccontextmanager
    async def _transaction(
        self, actor: Actor, request_id: str, readonly: bool
    ) -> AsyncIterator[Tx]:
        connection, transaction, policy, now = await self._open(actor, readonly)
        try:
            try:
                yield Tx(
                    connection, actor, policy, now, request_id, lambda who: self._sign(who, policy)
                )
            except BaseException:
                if not _is_lost(connection):
                    await transaction.rollback()
                raise
            await transaction.commit()
        except asyncpg.IntegrityConstraintViolationError as violated:
            raise refusal_of_constraint(violated.constraint_name) from violated
        except asyncpg.DataError as wrong:
            # its message may hold personal data: only its kind is logged
            log.warning("request %s: the database refused a value: %s", request_id, type(wrong))
            metrics.database_error("refused")
            raise Invalid("a value does not fit its column") from wrong
        except (asyncpg.QueryCanceledError, asyncpg.LockNotAvailableError) as slow:
            metrics.database_error("slow")
            raise TryAgain(facts={"what": "database"}) from slow
        except LOST as lost:
            if not _is_lost(connection):  # nothing asks it on its way back to the next one
                connection.terminate()
            metrics.database_error("lost")
            raise Unavailable(facts={"what": "database"}) from lost
        except asyncpg.InterfaceError as lost:
            if not _is_lost(connection):
                raise  # the driver was used wrongly: that is our own failure
            metrics.database_error("lost")
            raise Unavailable(facts={"what": "database"}) from lost
        except asyncpg.InternalClientError as broken:
            # the server went away in the middle of an answer: the connection is of no more use
            connection.terminate()
            metrics.database_error("lost")
            raise Unavailable(facts={"what": "database"}) from broken
        finally:
            await self._give_back(connection)

    async def _give_back(self, connection: "PoolConnectionProxy[Any]") -> None:
        """Return a connection to the pool; one that has died since is put away, and that is all.

        What was committed stays so: its answer must not become a failure because the connection
        was lost only afterwards. The pool has then ended it and makes another when it needs one.
        """
        try:
            await self.pool.release(connection)
        except NO_CONNECTION as lost:
            log.info("a connection was lost on its way back to the pool: %s", type(lost))

    async def _open(
        self, actor: Actor, readonly: bool
    ) -> tuple["PoolConnectionProxy[Any]", Any, Decider | None, datetime]:
        """A connection with a begun transaction; where the policy moved on, once more with it.

        The policy is read anew while no connection is held: were each of many requests to hold
        one and wait for another, a full pool would stand still.
        """
        policy = self._policy_of(actor)
        if policy is None and actor.kind is not ActorKind.SYSTEM and actor.group_id:
            policy = await self.policies.reload(actor.group_id)
        try:
            return await self._begin(actor, policy, readonly)
        except PolicyMoved:
            if actor.group_id is None:
                raise
            policy = await self.policies.reload(actor.group_id)
        return await self._begin(actor, policy, readonly)

    async def _begin(
        self, actor: Actor, policy: Decider | None, readonly: bool
    ) -> tuple["PoolConnectionProxy[Any]", Any, Decider | None, datetime]:
        connection = await self._connection()
        try:
            context, mac = self._sign(actor, policy)
            transaction = connection.transaction(readonly=readonly)
            await transaction.start()
            try:
                visiting = actor.kind is ActorKind.VISITOR
                begin = BEGIN_VISIT if visiting else BEGIN
                now: datetime = await connection.fetchval(begin, context, mac)
            except BaseException:
                if not _is_lost(connection):
                    await transaction.rollback()
                raise
        except BaseException as failed:
            await self._give_back(connection)
            if isinstance(failed, NO_CONNECTION):
                raise _refusal_of_begin(failed) from failed
            raise
        return connection, transaction, policy, now

    async def _connection(self) -> "PoolConnectionProxy[Any]":
        if self.waiting >= self.queue_max:
            metrics.shed("pool")
            raise Overloaded(facts={"what": "database"}, retry_after_s=1)
        began_s = time.perf_counter()
        self.waiting += 1
        try:
            return await self.pool.acquire(timeout=self.wait_s)
        except TimeoutError as late:
            metrics.shed("pool")
            raise Overloaded(facts={"what": "database"}, retry_after_s=2) from late
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as failed:
            metrics.database_error("no_connection")
            raise Unavailable(facts={"what": "database"}) from failed
        finally:
            self.waiting -= 1
            metrics.POOL_WAIT_SECONDS.observe(time.perf_counter() - began_s)

    def _policy_of(self, actor: Actor) -> Decider | None:
        return self.policies.in_force(actor.group_id) if actor.group_id else None

    def _sign(self, actor: Actor, policy: Decider | None) -> tuple[str, str]:
        offset_s = self.clock.offset / timedelta(seconds=1)
        context = context_of(actor, policy.sha256 if policy else None, offset_s)
        return context, hmac.digest(self._context_key, context.encode(), "sha256").hex()

    async def run(
        self, actor: Actor, work: Callable[[Tx], Awaitable[T]], request_id: str = "-"
    ) -> T:
        """Run `work` in a transaction, again (bounded) when it met another one's changes.

        What the policy denied is entered in the audit trail after the rollback, in a transaction
        of its own: a denial that cannot be entered is answered Unavailable.
        """
        for attempt in range(RETRIES_MAX):
            try:
                async with self.transaction(actor, request_id) as tx:
                    return await work(tx)
            except Refusal as refused:
                if refused.denial is not None and actor.group_id is not None:
                    metrics.DENIALS.labels(refused.denial.act).inc()
                    async with self.transaction(actor, request_id) as tx:
                        await self._enter_denial(tx, refused.denial, refused.code)
                raise
            except (asyncpg.SerializationError, asyncpg.DeadlockDetectedError) as met:
                metrics.database_error("retried")
                if attempt == RETRIES_MAX - 1:
                    raise TryAgain(retry_after_s=1) from met
        raise Conflict


def as_struct(kind: type[T], row: Any) -> T:
    """A database row as a checked struct; as a dict it is read five times as fast as a record."""
    return msgspec.convert(dict(row), kind)


async def fetch_one(tx: Tx, kind: type[T], sql: str, *arguments: object) -> T | None:
    """The one row of `sql` as a `kind`, or None."""
    row = await tx.connection.fetchrow(sql, *arguments)
    return None if row is None else as_struct(kind, row)


async def fetch_all(tx: Tx, kind: type[T], sql: str, *arguments: object) -> list[T]:
    """Every row of `sql` as a `kind`."""
    rows = await tx.connection.fetch(sql, *arguments)
    if not rows:
        return []
    names = tuple(rows[0].keys())  # the same for all: a third quicker than from each row
    return [msgspec.convert(dict(zip(names, row, strict=True)), kind) for row in rows]


async def fetch_value(tx: Tx, sql: str, *arguments: object) -> Any:
    """The first column of the first row of `sql`, or None."""
    return await tx.connection.fetchval(sql, *arguments)


async def execute(tx: Tx, sql: str, *arguments: object) -> int:
    """Run `sql`; the number of rows it touched."""
    done = await tx.connection.execute(sql, *arguments)
    last = done.rpartition(" ")[2]
    return int(last) if last.isdigit() else 0


async def execute_many(tx: Tx, sql: str, rows: Sequence[Sequence[object]]) -> None:
    """Run `sql` once per row, all or nothing."""
    await tx.connection.executemany(sql, rows)
