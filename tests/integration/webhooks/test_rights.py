"""What is delivered obeys the subscriber's rights at the moment of delivery."""

from datetime import timedelta
from typing import Any

import msgspec

from schoolgroup.access.bundles import compile_files, shipped_policy
from tests.people import World
from tests.resources.lending.shelf import agree, shelve

OPEN = "p, member, *, offered, resource:discover, allow"
BY_AGREEMENT = """p, member, integrated, offered, resource:discover, allow
p, member, office, offered, resource:discover, allow
p, member, partner, borrow_agreed, resource:discover, allow"""
SCOPES = ("event:read", "webhook:manage", "resource:discover")


async def publish_by_agreement(world: World) -> None:
    """A policy in which a partner finds what is shared only under an agreement."""
    texts: dict[str, str] = dict(shipped_policy().texts)
    assert OPEN in texts["policy.csv"]
    texts["policy.csv"] = texts["policy.csv"].replace(OPEN, BY_AGREEMENT)
    cases = texts["cases.yaml"].split("\n- ")
    kept = [
        case
        for case in cases
        if not ("tier: partner" in case and '"resource:discover"' in case and "allow" in case)
    ]
    texts["cases.yaml"] = "\n- ".join(kept)
    compiled = compile_files({name: text.encode() for name, text in texts.items()})
    await world.sql.execute(
        """INSERT INTO policy_bundle
               (group_id, version, sha256, files, author, approver, published_at)
           VALUES ($1, 2, $2, $3, 'tests', 'tests', now())""",
        world.group_id,
        compiled.sha256,
        msgspec.json.encode(texts).decode(),
    )


async def test_an_agreement_ended_before_the_delivery_means_nothing_is_delivered(
    http, world, services, desk, receiver, sql, clock
):
    """Told under the agreement, silent after it; the feed of the same system says the same."""
    shelf = await shelve(world, services)
    partner = await world.school("紧密校", tier="partner")
    await publish_by_agreement(world)
    _, headers = await desk.connect(partner, SCOPES)
    made = await desk.add(headers, receiver.url, types=["offer.*"])
    await agree(world, shelf.school, partner)

    async def feed() -> list[dict[str, Any]]:
        answer = await http.get("/v1/events", params={"types": "offer.*"}, headers=headers)
        items: list[dict[str, Any]] = answer.json()["items"]
        return items

    first = await shelf.offer(http)
    await desk.work()
    (message,) = receiver.messages
    assert message.told["type"] == "offer.made"
    assert message.told["data"]["subject"] == f"offer/{first['id']}"
    assert message.told["data"]["data"] == {}, "what does not name it, it is told without data"
    assert message.told["data"] == (await feed())[0]

    await shelf.offer(http)
    assert len(await feed()) == 2
    await sql.execute("UPDATE agreement SET status = 'ended', ended_at = now()")
    await desk.work()
    assert len(receiver.messages) == 1
    assert await feed() == []
    assert len(await desk.deliveries(made["id"])) == 1

    await sql.execute("UPDATE agreement SET status = 'in_force', ended_at = NULL")
    await shelf.offer(http)
    receiver.script = [b"HTTP/1.1 500 X\r\ncontent-length: 0\r\n\r\n"]
    await desk.work()
    await sql.execute("UPDATE agreement SET status = 'ended', ended_at = now()")
    clock.jump(timedelta(minutes=2))
    await desk.work()
    assert len(receiver.messages) == 2, "nor is it when it was tried before the agreement ended"
    assert (await desk.deliveries(made["id"]))[0]["status"] == "dropped"


async def test_a_school_is_told_what_concerns_it_and_nothing_of_others(world, desk, receiver):
    mine, other = await world.school("一中"), await world.school("二中")
    _, headers = await desk.connect(mine)
    await desk.add(headers, receiver.url, types=["note.*"])
    told = await desk.happens(1, school=mine)
    await desk.happens(2, school=other)
    told += await desk.happens(1, school=other, to=(mine, other))
    await desk.happens(1)
    await desk.work()
    assert [message.id for message in receiver.messages] == told
    assert receiver.messages[1].told["data"]["school_ids"] == [str(mine.id)]


async def test_a_system_that_is_shut_out_is_told_nothing_until_it_is_let_in(
    world, desk, receiver, sql, clock
):
    school = await world.school("一中")
    _, headers = await desk.connect(school)
    await desk.add(headers, receiver.url, types=["note.*"])
    shut = "UPDATE client SET epoch = epoch + 1, suspended_at = "
    for shutting, opening in (
        (f"{shut} now()", f"{shut} NULL"),
        (
            "UPDATE client SET epoch = epoch + 1, scopes = '{webhook:manage}'",
            "UPDATE client SET epoch = epoch + 1, scopes = '{event:read}'",
        ),
        (
            "UPDATE school_tier SET until_on = from_on + 1",
            "UPDATE school_tier SET until_on = NULL",
        ),
    ):
        ids = await desk.happens(1, school=school)
        await sql.execute(shutting)
        receiver.messages.clear()
        await desk.work()
        clock.jump(timedelta(minutes=6))
        await desk.work()
        assert receiver.messages == [], shutting
        await sql.execute(opening)
        clock.jump(timedelta(minutes=6))
        await desk.work()
        assert [message.id for message in receiver.messages] == ids, opening
    sessions = await sql.fetchval("SELECT count(*) FROM access_session WHERE client_id IS NOT NULL")
    assert sessions <= 2, "its sessions do not pile up"
