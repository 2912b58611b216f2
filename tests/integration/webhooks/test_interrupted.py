"""What breaks off: a worker killed in the middle of a delivery, and a pause beyond what is kept."""

import asyncio
import signal
from datetime import datetime, timedelta

from schoolgroup.kernel.jobs import Worker
from tests.integration.webhooks.receivers import answer
from tests.kernel.jobs.test_worker_process import environment, process, until

__all__ = ["environment"]  # the fixture


async def test_what_a_killed_worker_was_sending_is_sent_again_under_the_same_id(
    desk, told, receiver, clock, environment, sql
):
    """The receiver has the message and has not answered when its sender dies."""
    answered = asyncio.Event()
    receiver.hold = answered.wait
    ids = await desk.happens(2)
    near = {
        "SCHOOLGROUP_WEBHOOK_NETWORKS": "127.0.0.0/8",
        "SCHOOLGROUP_WEBHOOK_HTTP": "true",
        "SCHOOLGROUP_WEBHOOK_PORTS": "1024-65535",
    }

    async def in_hand() -> bool:
        return len(receiver.messages) == 1

    with process({**environment, **near}, "-m", "tests.integration.webhooks.process") as worker:
        await until(in_hand)
        worker.send_signal(signal.SIGKILL)
        worker.wait()
    answered.set()
    assert await desk.deliveries(told["id"]) == [], "nobody has written down what came of it"
    held = await sql.fetchval("SELECT holder FROM webhook_stream WHERE held_until_at > now()")
    await desk.work()
    assert len(receiver.messages) == 1, "it is still the killed worker's"
    clock.jump(timedelta(seconds=91))
    await desk.work()
    assert held is not None
    assert [message.id for message in receiver.messages] == [ids[0], *ids]
    first, again, _ = receiver.messages
    assert first.body == again.body
    for message in receiver.messages:
        message.verify(told["secret"])
    assert [each["tries"] for each in await desk.deliveries(told["id"])] == [1, 1]


async def test_an_endpoint_that_stood_still_too_long_says_what_it_missed(
    desk, told, receiver, clock
):
    """Of two that stood still only the one with a gap says so: to whoever looks, then to it."""
    _, headers = await desk.connect(None)
    late = await desk.add(headers, receiver.url + "&late", types=["note.*"])
    await desk.change(told["id"], active=False)
    ids = await desk.happens(2)
    await desk.work()
    clock.jump(timedelta(days=1))
    await desk.work()
    await desk.change(late["id"], active=False)
    until_then = desk.services.clock.now() - timedelta(days=1)
    clock.jump(timedelta(days=89, hours=12))
    later = await desk.happens(2)
    receiver.messages.clear()
    await forget(desk)
    gap = await desk.endpoint(told["id"])
    missed_until = datetime.fromisoformat(gap["missed_until_at"])
    assert abs(missed_until - until_then) < timedelta(minutes=1)
    assert (await desk.endpoint(late["id"]))["missed_until_at"] is None

    for each in (told, late):
        await desk.change(each["id"], active=True)
    receiver.script = [answer(500)]
    await desk.work()
    clock.jump(timedelta(seconds=7))
    await desk.work()
    mine = [message for message in receiver.messages if "late" not in message.path]
    theirs = [message for message in receiver.messages if "late" in message.path]
    assert [message.id for message in mine][-2:] == later
    assert [message.id for message in theirs][-2:] == later
    assert not set(ids) & {message.id for message in receiver.messages}
    assert [message.told.get("missed_until_at") for message in mine[-2:]] == [
        gap["missed_until_at"],
        None,
    ], "the first says so until it is taken, the next does not"
    assert {message.told.get("missed_until_at") for message in theirs} == {None}
    assert mine[0].told["missed_until_at"] == gap["missed_until_at"]
    assert (await desk.endpoint(told["id"]))["missed_until_at"] == gap["missed_until_at"]


async def forget(desk) -> None:
    """What workers do every six hours."""
    worker = Worker(desk.services, desk.registry)
    await worker.write_turns()
    await worker.run_until_idle()
