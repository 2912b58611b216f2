"""The worker: takes jobs that are due, carries them out, and outlives every one of them."""

import asyncio
import logging
import os
import random
import socket
import time
from collections.abc import Awaitable, Callable, Iterable
from contextlib import nullcontext, suppress
from datetime import datetime, timedelta
from uuid import UUID

from schoolgroup.kernel.context import system_actor
from schoolgroup.kernel.db import Tx
from schoolgroup.kernel.errors import Refusal, Unavailable
from schoolgroup.kernel.ids import new_id
from schoolgroup.kernel.jobs import queries, rules
from schoolgroup.kernel.jobs.models import GiveUp, JobStatus, Kind, Means, Taken, Wish, kind
from schoolgroup.kernel.jobs.pulse import ENDING_S, ROUND_S, Pulse
from schoolgroup.kernel.jobs.queue import TakenByAnother, Work, enqueue_many
from schoolgroup.kernel.observe import metrics, traces
from schoolgroup.kernel.observe.logs import request_id_now, tell

LEASE_S = 30.0  # a killed worker's jobs are taken again after this
POLL_S = 0.5
POLL_UNAVAILABLE_S = 5.0
DRAIN_S = 25.0  # compose and systemd wait at least this long before they kill
TURNS_EVERY_S = 20.0
LOOK_EVERY_S = 1.0
GROUPS_AT_ONCE = 50
KEPT_FOR = timedelta(days=7)
FORGET_AT_ONCE = 5000
REASON_CHARS_MAX = 500
LOST = "worker_lost: every worker that took it was gone before it was done"

log = logging.getLogger("schoolgroup.jobs")


@kind("forget_jobs", every=timedelta(hours=6))
async def forget_jobs(work: Work) -> None:
    """Jobs done a week ago are forgotten; failed ones are kept until somebody asks again."""
    while await work.run(lambda tx: queries.forget_done(tx, tx.now - KEPT_FOR, FORGET_AT_ONCE)):
        pass


class Registry:
    """Every kind of job this process knows how to do; made once, in app.py."""

    def __init__(self, kinds: Iterable[Kind]) -> None:
        """Raises ValueError where two kinds have one name."""
        self.kinds: dict[str, Kind] = {}
        for each in (forget_jobs, *kinds):
            if each.name in self.kinds:
                raise ValueError(f"two kinds of job are called {each.name}")
            self.kinds[each.name] = each

    def of_lane(self, lane: str) -> "Registry":
        """The kinds of one lane: each lane has a worker, and so hands, of its own."""
        return Registry(
            each for each in self.kinds.values() if each.lane == lane and each is not forget_jobs
        )

    @property
    def names(self) -> list[str]:
        """What can be taken: kinds of a newer version are left to newer workers."""
        return sorted(self.kinds)


class Worker:
    """Takes up to `hands` jobs at once until told to stop, then finishes those it has.

    Where the database cannot be reached it waits and tries again: it never ends by itself.
    Its `pulse` tells whether it still comes round.
    """

    def __init__(
        self,
        means: Means,
        registry: Registry,
        *,
        hands: int = 2,
        lease_s: float = LEASE_S,
        poll_s: float = POLL_S,
        drain_s: float = DRAIN_S,
        pulse: Pulse | None = None,
    ) -> None:
        self.pulse = pulse or Pulse()
        self.means = means
        self.registry = registry
        self.hands = hands
        self.lease = timedelta(seconds=lease_s)
        self.poll_s = poll_s
        self.drain_s = drain_s
        self.name = f"{socket.gethostname()[:40]}:{os.getpid()}:{new_id().hex[-8:]}"
        self.done = 0
        self.failed = 0
        self._stop = asyncio.Event()
        self._running: set[asyncio.Task[None]] = set()
        self._turns: dict[tuple[UUID, str], datetime] = {}

    def stop(self) -> None:
        """Take nothing more; `run` ends when what is in hand is done, or given back."""
        self._stop.set()

    async def run(self) -> None:
        """Work until `stop`."""
        keeping = [
            asyncio.create_task(self._keep(self.write_turns, TURNS_EVERY_S)),
            asyncio.create_task(self._keep(self.write_wishes, LOOK_EVERY_S)),
        ]
        try:
            while not self._stop.is_set():
                self.pulse.beat(f"{self.name} takes jobs")
                await self._pause(await self._take_some())
            self.pulse.end(f"{self.name} takes jobs")
        finally:
            for task in keeping:
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task
            await self._drain()

    async def run_until_idle(self) -> None:
        """Carry out everything that is due now, and what becomes due by it; then return."""
        while True:
            pause_s = await self._take_some()
            if self._running:
                await asyncio.wait(self._running, return_when=asyncio.FIRST_COMPLETED)
            elif pause_s:
                return

    async def _take_some(self) -> float:
        """Start what is due and fits; how long to wait before looking again, in seconds."""
        free = self.hands - len(self._running)
        if free <= 0:
            return self.poll_s
        try:
            taken = await self._take(free)
        except Unavailable:
            log.warning("jobs: the database cannot be reached")
            return POLL_UNAVAILABLE_S
        except Exception:  # a schema not yet brought forward, say: a worker outlives it
            log.exception("jobs cannot be taken")
            return POLL_UNAVAILABLE_S
        for job in taken:
            task = asyncio.create_task(self._carry_out(job))
            self._running.add(task)
            task.add_done_callback(self._running.discard)
        return 0.0 if taken else self.poll_s

    async def _take(self, free: int) -> list[Taken]:
        """A few jobs, from every group in turn: one group's many do not keep the others waiting."""
        names = self.registry.names
        db = self.means.db
        due = await db.run(
            system_actor(None), lambda tx: queries.list_groups_due(tx, names, GROUPS_AT_ONCE)
        )
        taken: list[Taken] = []
        for at, group_id in enumerate(due):
            left = free - len(taken)
            if left <= 0:
                break
            share = max(1, left // (len(due) - at))
            taken += await db.run(
                system_actor(group_id), _taking(self.name, self.lease, names, share)
            )
        return taken

    async def _pause(self, pause_s: float) -> None:
        """Until there may be something to do: a while, or a hand is free, or we are to stop."""
        if not pause_s:
            return
        stopping = asyncio.create_task(self._stop.wait())
        full = self._running if len(self._running) >= self.hands else set()
        await asyncio.wait(
            {stopping, *full},
            timeout=pause_s * random.uniform(0.75, 1.25),
            return_when=asyncio.FIRST_COMPLETED,
        )
        stopping.cancel()

    async def _carry_out(self, job: Taken) -> None:
        """Do one job, and tell of it: one line, one observation, one span."""
        began_s = time.perf_counter()
        request_id_now.set(job.request_id)  # of this task alone
        outcome = "lost"
        spanned = (
            nullcontext()
            if traces.tracer is None
            else traces.worked(job.kind, job.trace_parent, {"schoolgroup.job.id": str(job.id)})
        )
        try:
            with spanned:
                outcome = await self._do(job)
        finally:
            self.pulse.end(f"{job.kind} {job.id}")
            took_s = time.perf_counter() - began_s
            metrics.JOBS.labels(job.kind, outcome).inc()
            metrics.JOB_SECONDS.labels(job.kind).observe(took_s)
            tell(
                log, logging.INFO, "job",
                kind=job.kind, job=job.id, group=job.group_id, attempt=job.attempts,
                outcome=outcome, ms=round(took_s * 1000, 1),
            )  # fmt: skip

    async def _do(self, job: Taken) -> str:
        """Do one job within its time and write down what became of it: done, retried, given_up."""
        known = self.registry.kinds[job.kind]
        self.pulse.beat(f"{job.kind} {job.id}", known.seconds_max + ENDING_S)
        work = Work(self.means, job, self.name)
        reason, may_try_again = "", True
        holding = asyncio.create_task(self._keep_hold(work, asyncio.current_task()))
        try:
            if job.attempts > known.attempts_max:
                raise GiveUp(LOST)
            async with asyncio.timeout(known.seconds_max):
                await known.handler(work)
        except GiveUp as given_up:
            reason, may_try_again = given_up.reason, False
        except TakenByAnother:
            return "lost"
        except TimeoutError:
            reason = f"timeout: not done within {known.seconds_max:g} s"
        except asyncio.CancelledError:
            await self._settle(job, lambda tx: queries.give_back(tx, job, self.name))
            raise
        except Refusal as refused:
            reason = refused.code
        except Exception as failed:  # whatever a job raises is its own failure: the worker goes on
            log.exception("job %s %s failed", job.kind, job.id)
            reason = type(failed).__name__  # its message may hold personal data
        finally:
            holding.cancel()
        if work.is_finished and not reason:
            self.done += 1
            return "done"
        return await self._write_down(job, known, reason, may_try_again)

    async def _write_down(self, job: Taken, known: Kind, reason: str, may_try_again: bool) -> str:
        told = reason[:REASON_CHARS_MAX]
        if not reason:
            self.done += 1
            await self._settle(job, lambda tx: self._end(tx, job, known))
            return "done"
        if may_try_again and job.attempts < known.attempts_max:
            delay = timedelta(seconds=rules.backoff_s(job.attempts, random.random()))
            log.info("job %s %s is tried again in %s: %s", job.kind, job.id, delay, told)
            await self._settle(job, lambda tx: queries.try_again(tx, job, self.name, delay, told))
            return "retried"
        self.failed += 1
        log.warning("job %s %s failed for good: %s", job.kind, job.id, told)
        await self._settle(job, lambda tx: self._give_up(tx, job, known, told))
        return "given_up"

    async def _end(self, tx: Tx, job: Taken, known: Kind) -> None:
        if known.forgotten:
            await queries.drop(tx, job, self.name)
        else:
            await queries.end(tx, job, self.name, JobStatus.DONE)

    async def _give_up(self, tx: Tx, job: Taken, known: Kind, told: str) -> None:
        if await queries.end(tx, job, self.name, JobStatus.FAILED, told) and known.when_failed:
            await known.when_failed(tx, job.data)

    async def _settle(self, job: Taken, work: Callable[[Tx], Awaitable[object]]) -> None:
        """Write the end of a job; where that fails its lease runs out and it is taken again."""
        try:
            await self.means.db.run(system_actor(job.group_id), work, job.request_id)
        except Refusal as refused:
            log.warning("job %s %s is left to its lease: %s", job.kind, job.id, refused.code)

    async def _keep_hold(self, work: Work, carrying: "asyncio.Task[None] | None") -> None:
        """Renew the lease while the job is in hand; end it where somebody else has it."""
        job = work.job
        while not work.is_finished:
            await asyncio.sleep(self.lease.total_seconds() / 3)
            try:
                ours = await self.means.db.run(
                    system_actor(job.group_id),
                    lambda tx: queries.hold(tx, job, self.name, self.lease),
                )
            except Refusal:
                continue  # the end of the job is fenced: a lost lease costs a repetition only
            if not ours and not work.is_finished and carrying is not None:
                carrying.cancel()
                return

    async def _keep(self, look: Callable[[], Awaitable[None]], every_s: float) -> None:
        """Look again and again for what is to be done, whatever hinders one look."""
        part = f"{self.name} {look.__name__}"
        while True:
            self.pulse.beat(part, every_s + ROUND_S)
            try:
                await look()
            except Refusal as refused:
                log.warning("jobs: what is to be done was not looked at: %s", refused.code)
            except Exception:  # as where jobs are taken
                log.exception("jobs: what is to be done was not looked at")
            await asyncio.sleep(every_s)

    async def write_turns(self) -> None:
        """One look at every schedule of every group. Each turn is one job, whoever writes it."""
        db = self.means.db
        now = db.clock.now()
        for group in await db.run(system_actor(None), queries.list_groups):
            self.pulse.beat(f"{self.name} write_turns")  # of a thousand groups each takes its time
            for known in self.registry.kinds.values():
                turn = rules.turn_of(now, group.time_zone, known.every, known.daily_at)
                if turn is None or self._turns.get((group.id, known.name)) == turn:
                    continue
                await db.run(system_actor(group.id), _writing(known.name, turn), "schedule")
                self._turns[group.id, known.name] = turn

    async def write_wishes(self) -> None:
        """One look at what kinds find by themselves; a wish that waits untouched is that job."""
        db = self.means.db
        for known in self.registry.kinds.values():
            if known.found_by is None:
                continue
            by_group: dict[UUID, list[Wish]] = {}
            for wish in await db.run(system_actor(None), known.found_by):
                by_group.setdefault(wish.group_id, []).append(wish)
            for group_id, wishes in by_group.items():
                await db.run(system_actor(group_id), _wishing(known.name, wishes), "found")

    async def _drain(self) -> None:
        """Let what is in hand come to its end, within a bound; what does not is given back."""
        if self._running:
            await asyncio.wait(self._running, timeout=self.drain_s)
        for task in list(self._running):
            task.cancel()
        if self._running:
            await asyncio.wait(self._running)


def _taking(
    worker: str, lease: timedelta, kinds: list[str], limit: int
) -> Callable[[Tx], Awaitable[list[Taken]]]:
    return lambda tx: queries.take(tx, worker, lease, kinds, limit)


def _writing(kind_name: str, turn: datetime) -> Callable[[Tx], Awaitable[bool]]:
    data = {"turn_at": turn.isoformat()}
    return lambda tx: queries.enqueue_turn(tx, rules.turn_id(kind_name, turn), kind_name, data)


def _wishing(kind_name: str, wishes: list[Wish]) -> Callable[[Tx], Awaitable[None]]:
    return lambda tx: enqueue_many(tx, kind_name, [(wish.data, wish.once) for wish in wishes])
