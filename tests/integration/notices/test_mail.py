"""Letters through a real mail server: one a day, never lost, never twice, never where they harm."""

import asyncio
import re
import threading
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from schoolgroup.integration.notices.sending import form_letters
from schoolgroup.integration.notices.smtp import Post
from schoolgroup.integration.notices.telling import enter_group, make_notices
from tests.integration.notices.conftest import PREFER, Told
from tests.integration.notices.postbox import OK, Office, Postbox, certificate
from tests.integration.notices.test_telling import borrow, lend, made
from tests.people import THERE, Person
from tests.resources.lending.shelf import Shelf
from tests.waiting import until_waiting

ADDRESS = "reader@school.example"


@pytest.fixture
async def due(told: Told, shelf: Shelf, reader: Person) -> str:
    """A reader with an address whose loan ends in three days, at noon there."""
    await told.reachable(reader, ADDRESS)
    loan = await lend(told, shelf, reader)
    told.at(12, days=11)
    told.clock.jump(timedelta(minutes=5))
    return str(loan["id"])


async def prefer(told: Told, who: Person, expect: int = 200, **wish: Any) -> dict[str, Any]:
    version = (await told.ask(who, "GET", PREFER))["version"]
    match = {"If-Match": f'"{version}"'}
    return await told.ask(who, "PATCH", PREFER, expect, json=wish, headers=match)


async def test_one_letter_tells_what_is_due_and_says_nothing_that_opens_a_door(
    told, box, due, reader, shelf
):
    assert (await told.run()).sent == 1
    (message,) = box.to(ADDRESS)
    assert message["Subject"].startswith("集团 demo：《勾股定理》将于")
    assert b"=?utf-8?" in box.raw[0].split(b"\r\n\r\n")[0].lower(), "the subject is encoded"
    assert message["From"].addresses[0].addr_spec == "notices@group.example"
    assert message["Message-ID"].endswith("@group.example>")
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["List-Unsubscribe"] == "<mailto:help@group.example?subject=unsubscribe>"
    plain, rich = message.get_body(("plain",)), message.get_body(("html",))
    assert plain is not None
    assert rich is not None
    text = plain.get_content()
    assert "第一中学" in text
    assert "https://school.example/v1/me/notice-settings" in text
    links = re.findall(r"https?://[^\s\"<]+", text + rich.get_content())
    assert set(links) == {
        f"https://school.example/v1/loans/{due}",
        "https://school.example/v1/me/notice-settings",
    }, "only durable addresses, behind the sign-in"
    for name in ("老师", reader.headers["Authorization"][7:]):
        assert name not in text
    assert (await told.run()).sent == 0
    assert box.to(ADDRESS) == [message]


async def test_a_day_has_one_letter_at_the_hour_and_in_the_language_one_chose(
    told, box, due, reader, shelf, world
):
    await prefer(told, reader, language="en", digest_at="15:00")
    assert (await told.run()).sent == 0, "not before the hour"
    await lend(told, shelf, reader, loan_days=2)
    told.at(15, 1, days=11)
    assert (await told.run()).sent == 1
    assert box.to(ADDRESS)[0]["Subject"].startswith("集团 demo: “勾股定理” ends on ")
    told.at(22, 30, days=14)  # both have ended by now, and it is late
    assert (await told.run()).sent == 0, "quiet hours"
    told.at(15, 30, days=15)
    assert (await told.run()).sent == 1
    assert box.to(ADDRESS)[-1]["Subject"] == "集团 demo: 2 notices"
    assert await told.mail() == [("digest", "sent")] * 2


async def test_what_is_urgent_comes_at_once_in_the_night_and_what_is_muted_does_not(
    told, box, reader, shelf
):
    await told.reachable(reader, ADDRESS)
    first = await lend(told, shelf, reader)
    second = await lend(told, shelf, reader)
    told.at(23, 30)
    await told.run()
    path = f"/v1/loans/{first['id']}/recall"
    told.at(23, 30, days=2)
    await told.ask(shelf.librarian, "POST", path, json={"because": "公开课急用"})
    assert (await told.run()).sent == 1
    assert "召回" in box.to(ADDRESS)[0]["Subject"]
    wrong = await prefer(told, reader, 422, muted=["loan_recalled", "nonsense"])
    assert [error["code"] for error in wrong["errors"]] == ["fixed", "unknown_kind"]
    await prefer(told, reader, muted=["loan_due_soon", "loan_ended"])
    told.at(12, days=12)
    await told.run()
    assert "loan_due_soon" in await told.kinds(reader), "muted, and still in the inbox"
    assert len(box.letters) == 1
    await prefer(told, reader, email_on=False)
    path = f"/v1/loans/{second['id']}/revoke"
    await told.ask(shelf.librarian, "POST", path, json={"because": "收回"})
    await told.run()
    assert len(box.letters) == 1


async def test_what_was_overtaken_between_making_and_sending_is_not_sent(
    told, box, office, due, reader
):
    office.close()
    assert (await told.run()).notices == 1
    await told.ask(reader, "POST", f"/v1/loans/{due}/return")
    office.open()
    told.clock.jump(timedelta(minutes=2))
    report = await told.run()
    assert (report.sent, report.dropped) == (0, 1)
    assert box.letters == []
    assert await told.mail() == [("digest", "dropped")]


async def test_a_server_that_is_down_for_an_hour_costs_no_letter_and_doubles_none(
    told, box, office, shelf, world
):
    readers = [await world.person(await world.school(f"校{n}"), "teacher") for n in range(5)]
    offer = await made(told, shelf, seats=None)
    for n, who in enumerate(readers):
        await told.reachable(who, f"reader{n}@school.example")
        await borrow(told, offer, who, 201)
    office.close()
    told.at(12, days=11)
    for _ in range(7):
        report = await told.run()
        assert report.sent == 0
        told.clock.jump(timedelta(minutes=10))
    assert await told.mail() == [("digest", "queued")] * 5
    office.open()
    told.clock.jump(timedelta(minutes=30))
    await told.run()
    await told.run()
    assert sorted(to for to, _ in box.letters) == [f"reader{n}@school.example" for n in range(5)]
    assert len({message["Message-ID"] for _, message in box.letters}) == 5


async def test_a_letter_that_could_not_leave_by_day_does_not_ring_at_night(told, box, office, due):
    told.at(21, 50, days=11)
    office.close()
    assert (await told.run()).put_off == 1
    office.open()
    told.at(23, days=11)
    assert (await told.run()).sent == 0
    told.at(7, 5, days=12)
    assert (await told.run()).sent == 1


async def test_a_temporary_refusal_is_tried_again_later_and_later(told, box, due, world):
    box.to_recipient = lambda address: "451 4.3.0 try again"
    waits = []
    for tries in (1, 2, 3):
        assert (await told.run()).put_off == 1
        row = await world.sql.fetchrow("SELECT tries, next_try_at, answer FROM mail")
        assert (row["tries"], row["answer"]) == (tries, "451")
        waits.append(round((row["next_try_at"] - told.clock.now()).total_seconds() / 60))
        assert (await told.run()).put_off == 0, "not before its time"
        told.clock.jump(timedelta(minutes=waits[-1], seconds=1))
    assert waits == [1, 2, 4]
    box.to_recipient = lambda address: OK
    assert (await told.run()).sent == 1
    assert len(box.letters) == 1


async def test_a_mailbox_that_does_not_exist_is_marked_and_not_written_to_again(
    told, box, due, reader, shelf, world
):
    box.to_recipient = lambda address: "550 5.1.1 no such user"
    assert (await told.run()).refused == 1
    mine = (await told.ask(reader, "GET", PREFER))["email"]
    assert mine["failed_at"]
    assert mine["failed_because"] == "the receiving server answered 550"
    box.to_recipient = lambda address: OK
    told.at(13, days=14)
    assert (await told.run()).sent == 0
    assert await told.kinds(reader) == ["loan_due_soon", "loan_ended"]
    assert box.letters == []


async def test_a_letter_refused_for_what_it_says_does_not_cost_the_address(told, box, due, reader):
    box.to_letter = lambda address: "554 5.7.1 looks like spam"
    assert (await told.run()).refused == 1
    assert (await told.ask(reader, "GET", PREFER))["email"]["failed_at"] is None
    assert await told.mail() == [("digest", "failed")]


async def test_three_senders_at_once_send_each_letter_once(told, box, shelf, world):
    readers = [await world.person(await world.school(f"校{n}"), "teacher") for n in range(8)]
    offer = await made(told, shelf, seats=None)
    for n, who in enumerate(readers):
        await told.reachable(who, f"reader{n}@school.example")
        await borrow(told, offer, who, 201)
    told.at(13, days=11)
    reports = await asyncio.gather(*(told.run() for _ in range(3)))
    assert sum(report.sent for report in reports) == 8
    assert sorted(to for to, _ in box.letters) == [f"reader{n}@school.example" for n in range(8)]


async def test_a_letter_somebody_holds_is_passed_over_and_not_sent_twice(
    told, box, due, world, second
):
    """Two senders while the row is held: neither waits for it, and only one has it afterwards."""
    group = await enter_group(told.services.db, world.group_id)
    await make_notices(told.services.db, group)
    await form_letters(told.services.db, group)
    async with second.transaction():
        await second.execute("SELECT FROM mail FOR UPDATE")
        senders = [asyncio.create_task(told.run()) for _ in range(2)]
        done, waiting = await asyncio.wait(senders, timeout=5)
    reports = await asyncio.gather(*senders)
    assert not waiting, "nobody waits for what somebody else is sending"
    assert [report.sent for report in reports] == [0, 0]
    assert (await told.run()).sent == 1
    assert len(box.letters) == 1


async def test_two_who_write_the_days_letter_at_once_write_one(told, due, reader, world, second):
    """First the notices are held by another, then the other's letter is not yet committed."""
    group = await enter_group(told.services.db, world.group_id)
    await make_notices(told.services.db, group)
    async with second.transaction():
        await second.execute("SELECT FROM notice FOR UPDATE")
        formed = [form_letters(told.services.db, group) for _ in range(2)]
        assert await asyncio.wait_for(asyncio.gather(*formed), 5) == [0, 0]
    async with second.transaction():
        await second.execute(
            """INSERT INTO mail (group_id, id, person_id, kind, day, next_try_at, made_at)
               VALUES ($1, uuidv7(), $2, 'digest', $3, now(), now())""",
            world.group_id, reader.id, told.clock.now().astimezone(THERE).date(),
        )  # fmt: skip
        forming = asyncio.create_task(form_letters(told.services.db, group))
        await until_waiting(world.sql)
    assert await forming == 0
    assert await world.sql.fetchval("SELECT count(*) FROM mail") == 1


async def test_a_sender_that_dies_after_the_server_took_the_letter_doubles_it_once_under_one_id(
    told, box, due, world, second
):
    """The row is held from outside, so that the letter is taken and its end cannot be written."""
    handed_in, may_go_on = threading.Event(), threading.Event()

    def hold(address: str) -> str:
        handed_in.set()
        may_go_on.wait(10)
        return OK

    box.to_letter = hold
    running = asyncio.create_task(told.run())
    await asyncio.to_thread(handed_in.wait, 10)
    async with world.sql.transaction():
        await world.sql.execute("SELECT FROM mail FOR UPDATE")
        may_go_on.set()
        await until_waiting(second)
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
    assert await told.mail() == [("digest", "queued")]
    assert (await told.run()).sent == 0, "somebody may still be sending it"
    told.clock.jump(timedelta(minutes=6))
    assert (await told.run()).sent == 1
    assert (await told.run()).sent == 0
    assert len(box.letters) == 2, "honestly: once too often"
    assert len({message["Message-ID"] for _, message in box.letters}) == 1


@pytest.mark.parametrize("mode", ["starttls", "tls"])
async def test_letters_go_encrypted_and_only_to_a_server_that_proves_itself(
    told, due, tmp_path: Path, mode
):
    context, trusted = certificate(tmp_path)
    box = Postbox()
    office = Office(box, **{mode: context})
    office.open()
    try:
        secure = msgspec.structs.replace(
            told.post.settings,
            smtp_port=office.port,
            smtp_tls=mode,
            smtp_user="group" if mode == "starttls" else "",
            smtp_password="the right password" if mode == "starttls" else "",
        )
        unproven = await told.run(Post(secure))
        assert unproven.sent == 0
        assert "takes nothing now" in unproven.stopped_by
        told.clock.jump(timedelta(minutes=2))
        believed = msgspec.structs.replace(secure, smtp_ca_file=str(trusted))
        if mode == "starttls":
            wrong = msgspec.structs.replace(believed, smtp_password="another")
            refused = await told.run(Post(wrong))
            assert refused.stopped_by == "the mail server takes nothing now (535)"
            told.clock.jump(timedelta(minutes=5))
        assert (await told.run(Post(believed))).sent == 1
    finally:
        office.close()
    assert box.secure == [True]
    assert box.logins == (["group"] if mode == "starttls" else [])


async def test_what_somebody_else_wrote_never_becomes_a_header_or_a_placeholder(
    told, box, reader, shelf, world
):
    """A title is another school's text: it may try."""
    evil = "课件\r\nBcc: all@group.example\r\n\r\n{{ owner }} {% if 1 %}\u202e<b>x</b>"
    await told.reachable(reader, ADDRESS)
    loan = await lend(told, shelf, reader)
    await world.sql.execute("UPDATE loan SET title = $1", evil)
    told.at(13, days=11)
    assert (await told.run()).sent == 1
    head, _, _ = box.raw[0].partition(b"\r\n\r\n")
    assert not [line for line in head.splitlines() if line.lower().startswith(b"bcc")]
    (message,) = box.to(ADDRESS)
    assert message["Bcc"] is None
    assert "{{ owner }} {% if 1 %}" in message["Subject"], "facts are data"
    assert "\u202e" not in message["Subject"]
    rich = message.get_body(("html",))
    assert rich is not None
    assert "<b>x</b>" not in rich.get_content()
    assert "&lt;b&gt;x&lt;/b&gt;" in rich.get_content()
    assert loan["id"] in rich.get_content()


async def test_without_a_mail_server_people_are_told_in_the_inbox_and_it_is_said(
    told, due, reader, services
):
    report = await told.run(services.post_office)
    assert (report.notices, report.sent) == (1, 0)
    assert report.stopped_by == "no mail server is configured (smtp_host)"
    settings = await told.ask(reader, "GET", PREFER)
    assert settings["email_offered"] is False
    answer = await told.ask(reader, "PUT", "/v1/me/email", 409, json={"address": "a@b.example"})
    assert answer["code"] == "email_not_offered"
