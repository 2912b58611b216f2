"""The queue on a real database: written with the change, taken once, kept when it fails."""

import asyncio
from datetime import timedelta

import pytest

from schoolgroup.kernel.context import system_actor
from schoolgroup.kernel.errors import Conflict
from schoolgroup.kernel.jobs import (
    GiveUp,
    JobStatus,
    Registry,
    TakenByAnother,
    Wish,
    Work,
    Worker,
    enqueue,
    kind,
    queries,
)
from schoolgroup.kernel.observe.metrics import REGISTRY
from schoolgroup.kernel.paging import PageRequest
from tests.waiting import until

ALL = PageRequest(limit=200, after=None)


class Bench:
    """Kinds of jobs that write down who did them, for one group."""

    def __init__(self, services, world):
        self.services = services
        self.actor = system_actor(world.group_id)
        self.seen: list[str] = []
        self.gate = asyncio.Event()

        @kind("note", seconds_max=5)
        async def note(work: Work):
            self.seen.append(work.data["name"])

        @kind("held", seconds_max=20)
        async def held(work: Work):
            self.seen.append(work.data["name"])
            await self.gate.wait()

        @kind("slow", seconds_max=0.05, attempts_max=1)
        async def slow(work: Work):
            await asyncio.sleep(10)

        @kind("breaks", attempts_max=3)
        async def breaks(work: Work):
            self.seen.append("tried")
            raise RuntimeError("a name nobody may read: 王老师")

        @kind("hopeless")
        async def hopeless(work: Work):
            raise GiveUp("not_a_picture")

        self.kinds = [note, held, slow, breaks, hopeless]

    def worker(self, *more, **options) -> Worker:
        return Worker(self.services, Registry([*self.kinds, *more]), poll_s=0.02, **options)

    async def want(self, name: str, of: str = "note", **options):
        async def wish(tx):
            return await enqueue(tx, of, {"name": name}, **options)

        return await self.services.db.run(self.actor, wish)

    async def jobs(self):
        """But for what the queue does for itself."""
        found = await self.services.db.run(
            self.actor, lambda tx: queries.list_jobs(tx, None, None, ALL)
        )
        return [job for job in found if job.kind != "forget_jobs"]

    async def only(self):
        (job,) = await self.jobs()
        return job


@pytest.fixture
def bench(services, world, clock):
    return Bench(services, world)


async def test_a_job_stands_or_falls_with_its_change(bench):
    async def undone(tx):
        await enqueue(tx, "note", {"name": "never"})
        raise Conflict

    with pytest.raises(Conflict):
        await bench.services.db.run(bench.actor, undone)
    await bench.want("done")
    await bench.worker().run_until_idle()
    assert bench.seen == ["done"]
    assert (await bench.only()).status is JobStatus.DONE


async def test_two_workers_with_many_hands_do_each_job_once(bench):
    names = [f"job {n}" for n in range(60)]
    for name in names:
        await bench.want(name)
    await asyncio.gather(*(bench.worker(hands=8).run_until_idle() for _ in range(2)))
    assert sorted(bench.seen) == sorted(names)
    assert {job.attempts for job in await bench.jobs()} == {1}


async def test_a_wish_that_waits_already_is_the_same_job(bench):
    first = await bench.want("first", once="blob/1")
    assert await bench.want("second", once="blob/1") == first
    assert await bench.want("other", once="blob/2") != first
    await bench.worker().run_until_idle()
    assert sorted(bench.seen) == ["first", "other"]
    assert await bench.want("again", once="blob/1") != first


async def test_a_wish_while_the_job_is_being_done_is_another_job(bench):
    """What is in hand may have read what is changed now."""
    await bench.want("first", of="held", once="revision/1")
    worker = bench.worker(hands=1)
    working = asyncio.create_task(worker.run())
    await until(lambda: _seen(bench, 1))
    await bench.want("second", of="held", once="revision/1")
    bench.gate.set()
    await until(lambda: _seen(bench, 2))
    worker.stop()
    await working
    assert bench.seen == ["first", "second"]


async def _seen(bench, count: int) -> bool:
    return len(bench.seen) == count


async def test_a_change_under_way_keeps_the_job_it_joins_from_being_taken(bench):
    """Else the job could be done before the change it was wished for is there to be read."""
    await bench.want("first", once="revision/1")
    worker = bench.worker()
    async with bench.services.db.transaction(bench.actor) as tx:
        await enqueue(tx, "note", {"name": "second"}, once="revision/1")
        await worker.run_until_idle()
        assert bench.seen == []
    await worker.run_until_idle()
    assert bench.seen == ["first"]


async def test_what_fails_is_tried_again_later_and_in_the_end_kept(bench, clock):
    await bench.want("x", of="breaks")
    worker = bench.worker()
    for attempt in (1, 2, 3):
        await worker.run_until_idle()
        assert len(bench.seen) == attempt
        await worker.run_until_idle()
        assert len(bench.seen) == attempt, "it did not wait"
        clock.jump(timedelta(hours=1))
    job = await bench.only()
    assert (job.status, job.attempts) == (JobStatus.FAILED, 3)
    assert job.failed_because == "RuntimeError", "what an exception says is kept nowhere"
    clock.jump(timedelta(days=30))
    await worker.run_until_idle()
    assert len(bench.seen) == 3
    again = await bench.services.db.run(bench.actor, lambda tx: queries.ask_again(tx, job.id))
    assert again
    await worker.run_until_idle()
    assert len(bench.seen) == 4


async def test_a_hopeless_job_is_not_tried_again(bench):
    await bench.want("x", of="hopeless")
    await bench.worker().run_until_idle()
    job = await bench.only()
    assert (job.status, job.failed_because) == (JobStatus.FAILED, "not_a_picture")


async def test_a_job_has_its_time(bench):
    await bench.want("x", of="slow")
    await bench.worker().run_until_idle()
    job = await bench.only()
    assert job.status is JobStatus.FAILED
    assert job.failed_because.startswith("timeout")


async def test_a_job_of_a_lost_worker_is_taken_again(bench, clock):
    """As after kill -9: nobody gives it back, and the lease runs out."""
    await bench.want("x")
    taken = await bench.services.db.run(
        bench.actor, lambda tx: queries.take(tx, "dead", timedelta(seconds=30), ["note"], 5)
    )
    assert len(taken) == 1
    assert (await bench.only()).running
    worker = bench.worker()
    await worker.run_until_idle()
    assert bench.seen == []
    clock.jump(timedelta(seconds=31))
    assert not (await bench.only()).running
    await worker.run_until_idle()
    assert bench.seen == ["x"]
    assert (await bench.only()).attempts == 2


async def test_a_job_that_kills_its_workers_is_given_up(bench, clock):
    await bench.want("x", of="breaks")
    for _ in range(3):
        await bench.services.db.run(
            bench.actor, lambda tx: queries.take(tx, "dead", timedelta(seconds=9), ["breaks"], 5)
        )
        clock.jump(timedelta(seconds=10))
    await bench.worker().run_until_idle()
    assert bench.seen == []
    job = await bench.only()
    assert job.status is JobStatus.FAILED
    assert job.failed_because.startswith("worker_lost")


async def test_effect_and_end_are_one_transaction(bench, clock, sql):
    """Who lost the job to another worker leaves nothing behind, however late it comes."""
    outcomes: list[str] = []

    @kind("gift", attempts_max=3)
    async def gift(work: Work):
        if not outcomes:
            clock.jump(timedelta(seconds=60))  # a long silence: another takes it and is done
            outcomes.append("late")
            await bench.worker(gift).run_until_idle()
        try:
            await work.finish(lambda tx: _note_event(tx, work))
        except TakenByAnother:
            outcomes.append("refused")
            raise
        outcomes.append("stood")

    await bench.want("x", of="gift")
    await bench.worker(gift).run_until_idle()
    assert outcomes == ["late", "stood", "refused"]
    assert await sql.fetchval("SELECT count(*) FROM event WHERE type = 'gift.given'") == 1
    assert (await bench.only()).status is JobStatus.DONE


async def test_who_comes_late_does_not_settle_what_another_has_in_hand(bench, clock, sql):
    @kind("gift", attempts_max=3)
    async def gift(work: Work):
        clock.jump(timedelta(seconds=60))
        taken = await work.run(
            lambda tx: queries.take(tx, "another", timedelta(seconds=30), ["gift"], 5)
        )
        assert len(taken) == 1
        await work.finish(lambda tx: _note_event(tx, work))

    await bench.want("x", of="gift")
    worker = bench.worker(gift)
    await worker.run_until_idle()
    assert (worker.done, worker.failed) == (0, 0)
    assert await sql.fetchval("SELECT count(*) FROM event WHERE type = 'gift.given'") == 0
    job = await bench.only()
    assert (job.status, job.running, job.attempts) == (JobStatus.WAITING, True, 2)


async def _note_event(tx, work):
    from schoolgroup.kernel import journal

    await journal.record(tx, "gift.given", act="job:retry", thing="gift/1", data={})


async def test_a_worker_told_to_stop_finishes_what_it_has_and_takes_nothing_more(bench):
    await bench.want("held", of="held")
    worker = bench.worker(hands=1)
    working = asyncio.create_task(worker.run())
    await until(lambda: _seen(bench, 1))
    await bench.want("later")
    worker.stop()
    await asyncio.sleep(0)
    assert not working.done()
    bench.gate.set()
    await working
    assert bench.seen == ["held"]
    assert sorted(job.status for job in await bench.jobs()) == ["done", "waiting"]


async def test_what_does_not_end_in_time_is_given_back_untouched(bench):
    await bench.want("held", of="held")
    worker = bench.worker(drain_s=0.05)
    working = asyncio.create_task(worker.run())
    await until(lambda: _seen(bench, 1))
    worker.stop()
    await working
    job = await bench.only()
    assert (job.status, job.running, job.attempts) == (JobStatus.WAITING, False, 0)


async def test_each_turn_of_a_schedule_is_one_job_for_each_group(bench, world, clock):
    done: list[str] = []

    @kind("daily", every=timedelta(days=1))
    async def daily(work: Work):
        done.append(f"{work.group_id} {work.data['turn_at']}")

    await world.group("second")
    workers = [bench.worker(daily) for _ in range(2)]
    for worker in workers:
        await worker.write_turns()
        await worker.write_turns()
    await workers[0].run_until_idle()
    assert len(done) == len(set(done)) == 2
    clock.jump(timedelta(days=3))
    for worker in workers:
        await worker.write_turns()
    await workers[1].run_until_idle()
    assert len(done) == len(set(done)) == 4, "what was missed is made up for once"


async def test_a_group_does_not_see_the_jobs_of_another(bench, world):
    await bench.want("x")
    other = system_actor(await world.group("second"))
    found = await bench.services.db.run(other, lambda tx: queries.list_jobs(tx, None, None, ALL))
    assert found == []
    taken = await bench.services.db.run(
        other, lambda tx: queries.take(tx, "w", timedelta(seconds=9), ["note"], 5)
    )
    assert taken == []


async def test_done_jobs_are_forgotten_and_failed_ones_kept(bench, clock):
    await bench.want("x")
    await bench.want("y", of="hopeless")
    worker = bench.worker()
    await worker.run_until_idle()
    clock.jump(timedelta(days=8))
    await worker.write_turns()
    await worker.run_until_idle()
    kept = await bench.only()
    assert (kept.kind, kept.status) == ("hopeless", JobStatus.FAILED)


async def test_what_is_found_is_wished_for_once_and_leaves_no_row_when_it_may(services, world, sql):
    """A kind that looks by itself; its lane has a worker of its own, which knows no other kind."""
    done: list[str] = []

    async def look(tx):
        assert tx.group_id is None
        left = [name for name in ("first", "second") if name not in done]
        return [Wish(world.group_id, {"name": name}, name) for name in left]

    @kind("bring", found_by=look, lane="far", forgotten=True)
    async def bring(work: Work):
        done.append(work.data["name"])

    @kind("ordinary")
    async def ordinary(work: Work):
        raise AssertionError("not of this lane")

    known = Registry([bring, ordinary])
    far, near = known.of_lane("far"), known.of_lane("")
    assert "ordinary" not in far.names
    assert "bring" not in near.names
    await services.db.run(
        system_actor(world.group_id), lambda tx: enqueue(tx, "ordinary", {"name": "x"})
    )

    def told(outcome: str) -> float | None:
        labels = {"kind": "bring", "outcome": outcome}
        return REGISTRY.get_sample_value("schoolgroup_jobs_total", labels)

    worker = Worker(services, far)
    for _ in range(3):
        await worker.write_wishes()
    assert await sql.fetchval("SELECT count(*) FROM job WHERE kind = 'bring'") == 2
    await worker.run_until_idle()
    await worker.write_wishes()
    assert sorted(done) == ["first", "second"]
    assert [told(outcome) for outcome in ("done", "retried", "given_up")] == [2, None, None]
    kinds = await sql.fetch("SELECT kind, status FROM job")
    assert [tuple(row) for row in kinds] == [("ordinary", "waiting")]
