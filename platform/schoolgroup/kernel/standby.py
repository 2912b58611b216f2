"""Reads on a streaming standby, as strict as those on the primary.

What is asked of it is heavy reading: files, reports, analyses (`may(…, on_standby=True)`). First a
transaction on the primary checks the session and the policy as for any request – so a revoked
session is refused at once, however far the standby is behind – and takes the place up to which
the primary has acknowledged commits. The standby then answers only when it has replayed
that place: whoever wrote a moment ago reads it, and so does everybody else. Where it is not there
within CATCH_UP_S, is down, or gives the query up for its replay, the primary answers instead.
What the reading leaves in the audit trail is entered on the primary before the answer is given.

The instant of such a transaction is the standby's clock: machines keep time by NTP anyway.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

import asyncpg

from schoolgroup.kernel.context import Actor
from schoolgroup.kernel.db import Database, Tx
from schoolgroup.kernel.errors import Refusal, Unavailable

T = TypeVar("T")
CATCH_UP_S = 0.25
LOOK_AGAIN_S = 0.005
REST_S = 5.0  # for how long nothing is asked of a standby that did not answer
# Commits are acknowledged when they are flushed, except where somebody has given that up.
ACKNOWLEDGED = """
SELECT CASE current_setting('synchronous_commit') WHEN 'off' THEN pg_current_wal_insert_lsn()
       ELSE pg_current_wal_flush_lsn() END::text
"""
REPLAYED = "SELECT coalesce(pg_last_wal_replay_lsn() >= $1::text::pg_lsn, false)"
log = logging.getLogger("schoolgroup")


class Behind(Exception):
    """The standby has not replayed the place in time."""


class Standby:
    """The primary `db`, and the standby `far` beside it; counts who answered."""

    def __init__(self, db: Database, far: Database) -> None:
        self.db = db
        self.far = far
        self.answered = 0
        self.sent_back = 0
        self._rests_until_s = 0.0

    async def run(
        self, actor: Actor, work: Callable[[Tx], Awaitable[T]], request_id: str = "-"
    ) -> T:
        """Run reading `work` on the standby, or on the primary where the standby cannot.

        Raises what `Database.run` does. `work` may begin twice, and must not write.
        """
        if time.monotonic() < self._rests_until_s:
            return await self.db.run(actor, work, request_id)
        async with self.db.transaction(actor, request_id, readonly=True) as tx:
            place: str = await tx.connection.fetchval(ACKNOWLEDGED)
        try:
            answer, entries = await self._read(actor, work, request_id, place)
        except Refusal as refused:
            # Unavailable speaks of this standby; a denial is entered, and so on the primary;
            # that the session is over is what a standby behind says of a new one.
            if isinstance(refused, Unavailable):
                self._rests_until_s = time.monotonic() + REST_S
            elif refused.denial is None and refused.status != 401:
                raise
        except (Behind, asyncpg.SerializationError, asyncpg.ReadOnlySQLTransactionError) as why:
            log.info("request %s: read on the primary instead: %s", request_id, type(why).__name__)
        else:
            if entries:

                async def enter(tx: Tx) -> None:
                    for entry in entries:
                        await entry(tx)

                await self.db.run(actor, enter, request_id)
            self.answered += 1
            return answer
        self.sent_back += 1
        return await self.db.run(actor, work, request_id)

    async def _read(
        self, actor: Actor, work: Callable[[Tx], Awaitable[T]], request_id: str, place: str
    ) -> tuple[T, list[Callable[[Tx], Awaitable[None]]]]:
        give_up_at = time.monotonic() + CATCH_UP_S
        async with self.far.transaction(actor, request_id, readonly=True) as tx:
            # each statement sees what was replayed before it began (READ COMMITTED)
            while not await tx.connection.fetchval(REPLAYED, place):
                if time.monotonic() > give_up_at:
                    raise Behind
                await asyncio.sleep(LOOK_AGAIN_S)
            tx.later = []
            return await work(tx), tx.later
