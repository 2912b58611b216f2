"""Workers as processes: killed in the middle of a job, and asked to stop in the middle of one."""

import asyncio
import os
import signal
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import msgspec
import pytest

from schoolgroup.kernel.context import system_actor
from schoolgroup.kernel.jobs import enqueue
from tests.waiting import until

ROOT = Path(__file__).parent.parent.parent.parent
NAMES = ("secret", "database_url", "s3_endpoint", "s3_access_key", "s3_secret_key", "s3_region")


@pytest.fixture
def environment(settings) -> dict[str, str]:
    """What a process needs to know to work on the stores of the tests."""
    known = msgspec.structs.asdict(settings)
    kept = {k: v for k, v in os.environ.items() if not k.startswith("SCHOOLGROUP_")}
    told = {f"SCHOOLGROUP_{name.upper()}": str(known[name]) for name in NAMES}
    paths = os.pathsep.join([str(ROOT / "platform"), str(ROOT)])
    return {**kept, **told, "PYTHONPATH": paths, "SCHOOLGROUP_S3_SECURE": "false"}


@contextmanager
def process(environment, *arguments):
    """A running process; whatever is left of it in the end is killed."""
    with subprocess.Popen([sys.executable, *arguments], env=environment, cwd=ROOT) as started:
        try:
            yield started
        finally:
            started.kill()


@pytest.fixture
def count(sql):
    async def counted(event: str) -> int:
        return int(await sql.fetchval("SELECT count(*) FROM event WHERE type = $1", event))

    return counted


async def test_a_job_whose_worker_is_killed_is_done_once_by_the_next(
    services, world, environment, count, tmp_path, sql
):
    async def wish(tx):
        return await enqueue(tx, "gift", {})

    gate = tmp_path / "gate"
    worker = ["-m", "tests.kernel.jobs.process", str(gate)]
    await services.db.run(system_actor(world.group_id), wish)
    with process(environment, *worker) as first:
        await until(lambda: _is(count, "gift.begun", 1))
        first.send_signal(signal.SIGKILL)
        first.wait()
    with process(environment, *worker) as second:
        await until(lambda: _is(count, "gift.begun", 2))
        second.send_signal(signal.SIGTERM)  # in the middle of the job: it is finished first
        await asyncio.sleep(0.2)
        assert second.poll() is None
        gate.touch()
        assert await asyncio.to_thread(second.wait, 20) == 0
    assert await count("gift.given") == 1
    row = await sql.fetchrow("SELECT status, attempts FROM job WHERE kind = 'gift'")
    assert tuple(row) == ("done", 2)


async def _is(count, event: str, number: int) -> bool:
    return await count(event) == number


async def test_the_command_works_until_asked_to_stop(world, environment, sql):
    with process(environment, "-m", "schoolgroup", "work") as worker:
        done = "SELECT count(*) FROM job WHERE kind = 'forget_jobs' AND status = 'done'"

        async def worked() -> bool:
            return bool(await sql.fetchval(done) == 1)

        await until(worked)
        worker.send_signal(signal.SIGTERM)
        assert await asyncio.to_thread(worker.wait, 20) == 0
