"""Delivering: in order, signed, tried again, nothing missed, and by the rights of the moment."""

import asyncio
from datetime import timedelta

import pytest
from standardwebhooks.webhooks import WebhookVerificationError

from schoolgroup.integration.notices.sending import send_due
from schoolgroup.integration.notices.smtp import Post
from schoolgroup.integration.webhooks import rules, stream_queries
from schoolgroup.kernel.context import system_actor
from schoolgroup.kernel.jobs import Worker
from tests.integration.webhooks.receivers import OK, Guided, answer, free_port, receiving
from tests.waiting import until


async def test_events_come_in_order_signed_and_as_the_feed_tells_them(
    http, desk, told, receiver, world, sql
):
    ids = await desk.happens(7)
    await desk.happens(1, kind="other.thing")
    await desk.work()
    assert [message.id for message in receiver.messages] == ids
    for message in receiver.messages:
        message.verify(told["secret"])
        with pytest.raises(WebhookVerificationError):
            message.verify("whsec_" + "A" * 44)
    assert receiver.messages[0].path == "/hook?to=me"
    feed = await http.get(
        "/v1/events", params={"types": "note.*"}, headers=await world.client(None, ["event:read"])
    )
    assert [message.told["data"] for message in receiver.messages] == feed.json()["items"]
    assert receiver.messages[0].told["type"] == "note.written"
    assert receiver.connections == 1, "one connection is kept for all of them"
    (first, *_) = await desk.deliveries(told["id"])
    assert (first["status"], first["event_id"], first["tries"]) == ("delivered", ids[-1], 1)
    assert (first["attempts"][0]["status"], first["attempts"][0]["answer"]) == (200, "ok")
    assert first["attempts"][0]["latency_ms"] >= 0
    await desk.work()
    assert len(receiver.messages) == 7, "nothing is told twice"
    assert await sql.fetchval("SELECT count(*) FROM job") == 0, "deliveries are record enough"


async def test_only_2xx_is_a_yes_and_later_events_wait(desk, told, receiver, clock):
    """A redirect is not followed; each failure is tried again later; answers are cut."""
    ids = await desk.happens(3)
    elsewhere = f"location: {receiver.url}\r\n"
    receiver.script = [answer(302, elsewhere), answer(500, body="错".encode() * 9000), OK]
    await desk.work()
    await desk.work()
    assert [message.id for message in receiver.messages] == ids[:1]
    assert (await desk.endpoint(told["id"]))["tries"] == 1
    clock.jump(timedelta(seconds=7))
    await desk.work()
    clock.jump(timedelta(seconds=200))
    await desk.work()
    assert len(receiver.messages) == 2
    clock.jump(timedelta(seconds=200))
    await desk.work()
    assert [message.id for message in receiver.messages] == [ids[0], ids[0], *ids]
    assert len({message.body for message in receiver.messages[:3]}) == 1
    done = (await desk.deliveries(told["id"]))[-1]
    assert [each["status"] for each in done["attempts"]] == [302, 500, 200]
    assert done["attempts"][1]["answer"] == "错" * 500
    assert (done["status"], done["tries"]) == ("delivered", 3)


async def test_retry_after_is_kept_to_and_a_silent_receiver_times_out(desk, told, receiver, clock):
    await desk.happens(1)
    receiver.script = [answer(503, "retry-after: 900\r\n")]
    await desk.work()
    clock.jump(timedelta(seconds=890))
    await desk.work()
    assert len(receiver.messages) == 1
    receiver.slow = lambda message: 5.0
    clock.jump(timedelta(seconds=15))
    await desk.work()
    attempts = (await desk.deliveries(told["id"]))[0]["attempts"]
    assert [(each["status"], each["error"]) for each in attempts] == [
        (503, None),
        (None, "timeout"),
    ]
    assert 900 <= attempts[1]["latency_ms"] < 3000


async def test_a_receiver_that_is_down_for_an_hour_misses_nothing(
    desk, clock, world, tmp_path, sql
):
    """The receiver of the guide, a process of its own: killed, away for an hour, begun again."""
    _, headers = await desk.connect(None)
    guided = Guided(tmp_path, free_port())
    made = await desk.add(headers, guided.url, types=["note.*"])
    await guided.start(made["secret"])
    try:
        ids = await desk.happens(2)
        await desk.work()
        assert guided.kept() == ids
        await guided.stop()
        for _ in range(6):
            ids += await desk.happens(2)
            await desk.work()
            clock.jump(timedelta(minutes=10))
        assert guided.kept() == ids[:2]
        failing = await desk.endpoint(made["id"])
        assert (failing["status"], failing["tries"]) == ("active", 3)
        age = max(
            each.oldest_age_s
            for each in await desk.services.db.run(system_actor(None), stream_queries.list_backlog)
        )
        assert 3500 < age < 3700
        await guided.start(made["secret"])
        clock.jump(timedelta(hours=3))
        await desk.work()
        assert guided.kept() == ids
        assert (await desk.endpoint(made["id"]))["tries"] == 0
    finally:
        await guided.stop()


async def test_a_receiver_that_is_gone_is_left_alone_and_goes_on_from_where_it_was(
    desk, told, receiver, world, sql, services
):
    keeper = await world.person(None, "group_admin")
    ids = await desk.happens(3)
    receiver.script = [OK, answer(410)]
    await desk.work()
    shown = await desk.endpoint(told["id"])
    assert (shown["status"], shown["disabled_because"]) == ("disabled", "gone")
    ids += await desk.happens(2)
    await desk.work()
    assert len(receiver.messages) == 2
    kinds = await sql.fetch("SELECT type FROM event WHERE type LIKE 'webhook.%' ORDER BY seq")
    assert [row["type"] for row in kinds] == ["webhook.added", "webhook.disabled"]
    await send_due(services.db, Post(services.settings), "demo")
    notices = await sql.fetch("SELECT person_id, subject_en FROM notice")
    assert {row["person_id"] for row in notices} >= {keeper.id}
    assert "switched off" in notices[0]["subject_en"]
    assert (await desk.change(told["id"], active=True))["status"] == "active"
    await desk.work()
    assert [message.id for message in receiver.messages[2:]] == ids[1:]
    delivered = await desk.deliveries(told["id"], status="delivered")
    assert [each["event_id"] for each in delivered] == ids[::-1]


async def test_after_ten_tries_it_is_switched_off_and_resumed_without_a_gap(
    desk, told, receiver, clock
):
    ids = await desk.happens(2)
    receiver.script = [answer(500)] * 10
    for _ in range(10):
        await desk.work()
        clock.jump(timedelta(hours=29))
    shown = await desk.endpoint(told["id"])
    assert (shown["status"], shown["disabled_because"]) == ("disabled", "exhausted")
    assert len(receiver.messages) == 10
    (failed,) = await desk.deliveries(told["id"])
    assert (failed["status"], failed["tries"]) == ("failed", 10)
    await desk.change(told["id"], active=True)
    await desk.work()
    assert [message.id for message in receiver.messages[10:]] == ids


async def test_an_event_the_receiver_never_takes_can_be_given_up(desk, told, receiver, http):
    ids = await desk.happens(3)
    receiver.script = [OK, answer(500)]
    await desk.work()
    failing, delivered = await desk.deliveries(told["id"])
    assert failing["event_id"] == ids[1]
    office = await desk.office()
    path = f"/v1/webhook-endpoints/{told['id']}/deliveries"
    refused = await http.post(f"{path}/{delivered['id']}/skip", headers=office)
    assert (refused.status_code, refused.json()["code"]) == (409, "not_at_the_head")
    skipped = await http.post(f"{path}/{failing['id']}/skip", headers=office)
    assert skipped.json()["status"] == "dropped", skipped.text
    await desk.work()
    assert [message.id for message in receiver.messages] == ids


async def test_one_that_is_slow_keeps_no_other_waiting_and_order_holds_under_two_workers(
    desk, told, receiver
):
    _, headers = await desk.connect(None)
    async with receiving() as slow:
        slow.slow = lambda message: 0.15
        await desk.add(headers, slow.url, types=["note.*"])
        ids = await desk.happens(6)
        workers = [Worker(desk.services, desk.registry, hands=4, poll_s=0.02) for _ in range(2)]
        for worker in workers:
            await worker.write_wishes()
        running = [asyncio.create_task(worker.run()) for worker in workers]

        async def quick_is_told() -> bool:
            return len(receiver.messages) == 6

        async def both_are_told() -> bool:
            return len(receiver.messages) == len(slow.messages) == 7

        await until(quick_is_told)
        assert len(slow.messages) < 6
        ids += await desk.happens(1)
        await until(both_are_told)
        for worker in workers:
            worker.stop()
        await asyncio.gather(*running)
        assert [message.id for message in slow.messages] == ids
        assert [message.id for message in receiver.messages] == ids
        assert slow.busiest == 1


async def test_while_a_secret_is_rotated_both_sign(desk, told, receiver, clock):
    renewed = await desk.ask(told["id"], "rotate-secret", {"overlap_s": 3600})
    await desk.happens(1)
    await desk.work()
    receiver.messages[0].verify(told["secret"])
    receiver.messages[0].verify(renewed["secret"])
    clock.jump(timedelta(hours=1))
    await desk.happens(1)
    await desk.work()
    receiver.messages[1].verify(renewed["secret"])
    with pytest.raises(WebhookVerificationError):
        receiver.messages[1].verify(told["secret"])


async def test_a_test_a_redelivery_and_a_replay(desk, told, receiver, clock, http):
    ids = await desk.happens(3)
    await desk.work()
    asked = await desk.ask(told["id"], "test")
    sent = (await desk.deliveries(told["id"]))[-1]
    again = await desk.ask(told["id"], f"deliveries/{sent['id']}/redeliver")
    assert (asked["status"], again["kind"]) == ("waiting", "redelivery")
    await desk.work()
    ping, redelivered = sorted(receiver.messages[3:], key=lambda message: message.id == ids[0])
    assert (ping.id, ping.told["type"]) == (asked["id"], "webhook.ping")
    assert (redelivered.id, redelivered.body) == (ids[0], receiver.messages[0].body)
    ping.verify(told["secret"])

    clock.jump(timedelta(hours=1))
    since = desk.services.clock.now() - timedelta(minutes=1)
    later = await desk.happens(2)
    await desk.work()
    receiver.messages.clear()
    body = {"after": since.isoformat()}
    assert (await desk.ask(told["id"], "replay", body))["replaying"] is True
    refused = await http.post(
        f"/v1/webhook-endpoints/{told['id']}/replay", json=body, headers=await desk.office()
    )
    assert (refused.status_code, refused.json()["code"]) == (409, "replay_running")
    later += await desk.happens(1)
    await desk.work()
    told_now = [message.id for message in receiver.messages]
    assert sorted(told_now) == sorted(later), "the stretch again, and what is new once"
    assert told_now.index(later[0]) < told_now.index(later[1])
    assert (await desk.endpoint(told["id"]))["replaying"] is False


async def test_what_was_sealed_under_another_secret_is_not_sent(desk, told, receiver, sql):
    await sql.execute("UPDATE webhook_endpoint SET secret_sealed = secret_sealed || '\\x00'::bytea")
    await desk.happens(1)
    await desk.work()
    assert receiver.messages == []
    (failed,) = await desk.deliveries(told["id"])
    assert failed["attempts"][0]["error"] == "secret_lost"


async def test_a_body_names_nobody_and_an_address_is_not_written_to_the_log(
    desk, told, receiver, caplog
):
    receiver.script = [answer(500)]
    await desk.happens(1)
    with caplog.at_level("DEBUG", logger="schoolgroup"):
        await desk.work()
    assert set(receiver.messages[0].told) == {"type", "timestamp", "data"}
    logged = "".join(r.getMessage() for r in caplog.records if r.name.startswith("schoolgroup"))
    assert "to=me" not in logged
    assert told["secret"] not in logged


def test_the_schedule_is_within_the_retention_of_events():
    assert sum(rules.SCHEDULE_S) * 1.2 < 30 * 86400
