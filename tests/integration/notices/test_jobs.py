"""A worker tells people without anybody's hand: by the schedule, in the right group."""

from datetime import timedelta

import msgspec

from schoolgroup.kernel.jobs import Worker
from schoolgroup.services import known_jobs
from tests.integration.notices.test_telling import lend


async def test_the_workers_schedule_tells_and_mails_what_is_due(told, box, shelf, reader, world):
    await told.reachable(reader, "reader@school.example")
    await lend(told, shelf, reader)
    told.at(13, days=11)
    means = msgspec.structs.replace(told.services, settings=told.post.settings)
    for _ in range(2):
        worker = Worker(means, known_jobs())
        await worker.write_turns()
        await worker.run_until_idle()
        told.clock.jump(timedelta(minutes=2))
    assert await told.kinds(reader) == ["loan_due_soon"]
    assert [to for to, _ in box.letters] == ["reader@school.example"]
    done = "SELECT count(*) FROM job WHERE kind = 'send_notices' AND status = 'done'"
    assert await world.sql.fetchval(done) == 2
