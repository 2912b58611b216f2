"""What people are told: computed from the rows, once, in time, and never what is overtaken."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from schoolgroup.integration.notices.kinds import kinds
from tests.evaluation.sittings import released, set_up
from tests.integration.notices.conftest import Told
from tests.management.returns.desk import Desk
from tests.people import Person, World
from tests.resources.lending.shelf import Shelf


async def made(told: Told, shelf: Shelf, **terms: Any) -> dict[str, Any]:
    body = {
        "audiences": [{"kind": "group", "discover": True, "borrow": True}],
        "seats": 1, "loan_days": 14, "pickup_hours": 48, **terms,
    }  # fmt: skip
    path = f"/v1/resources/{shelf.resource_id}/offers"
    return await told.ask(shelf.author, "POST", path, 201, json=body)


async def borrow(told: Told, offer: dict[str, Any], who: Person, expect: int) -> dict[str, Any]:
    return await told.ask(who, "POST", f"/v1/offers/{offer['id']}/borrow", expect, json={})


async def lend(told: Told, shelf: Shelf, who: Person, **terms: Any) -> dict[str, Any]:
    loan: dict[str, Any] = (await borrow(told, await made(told, shelf, **terms), who, 201))["loan"]
    return loan


async def test_a_loan_that_ends_soon_is_told_once_and_only_to_its_borrower(told, shelf, reader):
    await lend(told, shelf, reader)
    assert (await told.run()).notices == 0
    told.clock.jump(timedelta(days=11, minutes=1))
    assert (await told.run()).notices == 1
    assert await told.kinds(reader) == ["loan_due_soon"]
    assert (await told.run()).notices == 0
    told.clock.jump(timedelta(days=3))
    await told.run()
    assert await told.kinds(reader) == ["loan_due_soon", "loan_ended"]
    assert await told.kinds(shelf.author) == []
    row = await told.world.sql.fetchrow("SELECT * FROM notice WHERE kind = 'loan_due_soon'")
    assert row["subject_zh"].startswith("《勾股定理》将于")
    assert row["subject_en"].startswith("“勾股定理” ends on ")
    assert "第一中学" in row["body_zh"]
    events = await told.world.sql.fetch("SELECT * FROM event WHERE type = 'notice.made'")
    assert len(events) == 2
    assert events[0]["school_ids"] == [reader.school_id]


async def test_what_the_facts_have_overtaken_is_not_told(told, shelf, reader):
    """Returned before the reminder: none. Renewed after it: the new end is a new matter."""
    back = await lend(told, shelf, reader)
    await told.ask(reader, "POST", f"/v1/loans/{back['id']}/return")
    renewed = await lend(told, shelf, reader)
    told.clock.jump(timedelta(days=12))
    await told.run()
    assert await told.kinds(reader) == ["loan_due_soon"]
    await told.ask(reader, "POST", f"/v1/loans/{renewed['id']}/renew")
    assert (await told.run()).notices == 0
    told.clock.jump(timedelta(days=12))
    await told.run()
    assert await told.kinds(reader) == ["loan_due_soon", "loan_due_soon"]


async def test_a_short_loan_owes_no_reminder_for_a_time_before_it_began(told, shelf, reader):
    await lend(told, shelf, reader, loan_days=2)
    assert (await told.run()).notices == 0
    told.clock.jump(timedelta(days=1))
    assert (await told.run()).notices == 0


async def test_a_job_that_did_not_run_for_days_loses_nothing_and_floods_nobody(
    told, shelf, reader, world
):
    """Three days of silence: what still matters is told, the overtaken reminders are not."""
    await lend(told, shelf, reader, loan_days=4)
    desk = Desk(told.http, world, await world.person(None, "group_admin"))
    await desk.enrol("填报校")
    await desk.call(
        due_at=(told.clock.now() + timedelta(days=4)).isoformat(),
        closes_at=(told.clock.now() + timedelta(days=9)).isoformat(),
    )
    told.clock.jump(timedelta(days=6, hours=3))
    await told.run()
    assert await told.kinds(reader) == ["loan_ended"]
    assert await told.kinds(desk.principals[0]) == ["return_late"]


async def test_whoever_may_decide_is_told_of_an_ask_and_nobody_else(told, shelf, reader, world):
    principal = await world.person(shelf.school, "principal")
    colleague = await world.person(shelf.school, "teacher")
    gone = await world.person(shelf.school, "librarian")
    await world.sql.execute("UPDATE person SET suspended_at = now() WHERE id = $1", gone.id)
    ended = await world.person(shelf.school, "librarian")
    await world.sql.execute(
        "UPDATE appointment SET until_on = current_date - 3 WHERE person_id = $1", ended.id
    )
    offer = await made(told, shelf, asks_owner=True, ask_hours=48)
    asked = (await borrow(told, offer, reader, 202))["ask"]
    await told.run()
    for who in (shelf.author, shelf.librarian, principal):
        assert await told.kinds(who) == ["ask_received"]
    for who in (colleague, gone, ended, reader):
        assert await told.kinds(who) == []
    told.clock.jump(timedelta(hours=25))
    await told.run()
    assert await told.kinds(shelf.librarian) == ["ask_received", "ask_default_near"]
    await told.ask(shelf.librarian, "POST", f"/v1/asks/{asked['id']}/agree", json={})
    await told.run()
    assert await told.kinds(reader) == ["ask_agreed"]
    told.clock.jump(timedelta(days=12))
    await told.run()
    assert await told.kinds(reader) == ["ask_agreed", "ask_unused"]


async def test_silence_that_decides_is_told_like_a_decision(told, shelf, reader):
    await borrow(told, await made(told, shelf, asks_owner=True, ask_hours=24), reader, 202)
    told.clock.jump(timedelta(hours=25))
    await told.run()
    assert await told.kinds(reader) == ["ask_declined"]


async def test_a_pickup_that_lapsed_goes_on_and_the_next_one_is_told_without_anybody_at_the_desk(
    told, shelf, reader, world
):
    offer = await made(told, shelf, pickup_hours=12)
    loan = (await borrow(told, offer, reader, 201))["loan"]
    queue = [await world.person(await world.school(f"候{n}"), "teacher") for n in (1, 2)]
    for who in queue:
        await borrow(told, offer, who, 202)
    await told.ask(reader, "POST", f"/v1/loans/{loan['id']}/return")
    await told.run()
    assert await told.kinds(queue[0]) == ["hold_ready"]
    told.clock.jump(timedelta(hours=7))
    await told.run()
    assert await told.kinds(queue[0]) == ["hold_ready", "hold_lapses_soon"]
    told.clock.jump(timedelta(hours=6))
    await told.run()
    assert await told.kinds(queue[0]) == ["hold_ready", "hold_lapses_soon", "hold_lapsed"]
    assert await told.kinds(queue[1]) == ["hold_ready"]


async def test_returns_are_called_for_reminded_of_and_an_extension_moves_the_reminder(
    told, world, http
):
    desk = Desk(http, world, await world.person(None, "group_admin"))
    await world.no_weekends()
    first, second = await desk.enrol("甲校"), await desk.enrol("乙校")
    late, quick = desk.principals
    call = await desk.call(
        due_at=(told.clock.now() + timedelta(days=7)).isoformat(),
        closes_at=(told.clock.now() + timedelta(days=10)).isoformat(),
    )
    await told.run()
    assert await told.kinds(late) == ["return_called"]
    answered = await desk.answer(quick, call)
    until_at = (told.clock.now() + timedelta(days=20)).isoformat()
    await desk.grace(call, "extensions", first, until_at=until_at)
    told.clock.jump(timedelta(days=4, minutes=1))
    assert (await told.run()).notices == 0, "extended, and answered"
    back = {"fields": ["lessons"], "because": "请核对"}
    await desk.send(desk.office, "POST", f"/v1/returns/{answered['id']}/send-back", json=back)
    await told.run()
    assert (await told.kinds(quick))[1:] == ["return_sent_back"]
    told.clock.jump(timedelta(days=13))
    await told.run()
    told.clock.jump(timedelta(days=2))
    await told.run()
    assert await told.kinds(late) == ["return_called", "return_due_soon", "return_due_soon"]
    assert second.id != first.id


async def test_four_tellers_at_once_tell_each_person_once(told, shelf, world):
    readers = [await world.person(await world.school(f"校{n}"), "teacher") for n in range(6)]
    offer = await made(told, shelf, seats=None)
    for who in readers:
        await borrow(told, offer, who, 201)
    told.clock.jump(timedelta(days=12))
    reports = await asyncio.gather(*(told.run() for _ in range(4)))
    assert sum(report.notices for report in reports) == len(readers)
    for who in readers:
        assert await told.kinds(who) == ["loan_due_soon"]
    counted = "SELECT count(*) FROM event WHERE type = 'notice.made'"
    assert await world.sql.fetchval(counted) == len(readers)


async def the_rest(told: Told, shelf: Shelf, reader: Person, world: World) -> None:
    """What the other tests do not make happen: recalls, moves, agreements, lists, exams."""
    offer = await made(told, shelf)
    recalled = (await borrow(told, offer, reader, 201))["loan"]
    waiting = [await world.person(await world.school(f"队{n}"), "teacher") for n in (1, 2)]
    holds = [(await borrow(told, offer, who, 202))["hold"]["id"] for who in waiting]
    order = {"hold_ids": holds[::-1], "because": "公开课急用"}
    await told.ask(shelf.librarian, "POST", f"/v1/offers/{offer['id']}/queue", json=order)
    because = {"because": "统一收回"}
    path = f"/v1/loans/{recalled['id']}"
    await told.ask(shelf.librarian, "POST", f"{path}/recall", json=because)
    await told.run()
    await told.ask(shelf.librarian, "POST", f"{path}/revoke", json=because)
    other = await world.school("协议校", "partner")
    signers = [await world.person(school, "principal") for school in (shelf.school, other)]
    wish = {
        "grantee_school_id": str(other.id),
        "from_on": told.clock.now().date().isoformat(),
        "until_on": (told.clock.now() + timedelta(days=40)).date().isoformat(),
    }
    agreement = await told.ask(signers[0], "POST", "/v1/agreements", 201, json=wish)
    await told.run()
    for who in signers:
        await told.ask(who, "POST", f"/v1/agreements/{agreement['id']}/sign", expect=200)
    wish = {"kind": "reading", "title": "阅读书目清单"}
    listed = await told.ask(shelf.librarian, "POST", "/v1/lists", 201, json={
        **wish, "audience": "group"})  # fmt: skip
    year = {"school_year": 2026}
    edition = await told.ask(
        shelf.librarian, "POST", f"/v1/lists/{listed['id']}/editions", 201, json=year
    )
    book = {"target": "book", "title": "阅读红楼梦"}
    path = f"/v1/list-editions/{edition['id']}"
    await told.ask(shelf.librarian, "POST", f"{path}/entries", 201, json=book)
    await told.ask(shelf.librarian, "POST", f"{path}/publish")
    suggested = [
        await told.ask(reader, "POST", f"/v1/lists/{listed['id']}/suggestions", 201, json={
            "entry": {"target": "book", "title": title}, "because": "名著"})
        for title in ("西游记", "水浒传")
    ]  # fmt: skip
    await told.run()
    next_year = {"school_year": 2027}
    await told.ask(
        shelf.librarian, "POST", f"/v1/lists/{listed['id']}/editions", 201, json=next_year
    )
    for verb, one in zip(("accept", "decline"), suggested, strict=True):
        path = f"/v1/list-suggestions/{one['id']}/{verb}"
        await told.ask(shelf.librarian, "POST", path, json={"because": "已议"})
    sitting = await set_up(told.http, world, partners=("戊校",))
    await told.run()
    await released(told.http, sitting, {name: 30 for name in ("甲校", "乙校", "丙校", "丁校")})
    told.clock.jump(timedelta(minutes=1))
    await told.run()
    told.clock.jump(timedelta(days=11))
    await told.run()


async def test_every_kind_that_is_shipped_can_happen(told, shelf, reader, world):
    """The kinds no other test here makes happen, through the API; together they are all."""
    elsewhere = {
        "loan_due_soon", "loan_ended", "ask_received", "ask_default_near", "ask_agreed",
        "ask_unused", "ask_declined", "hold_ready", "hold_lapses_soon", "hold_lapsed",
        "return_called", "return_due_soon", "return_late", "return_sent_back",
        "thing_handed", "thing_overdue", "booking_asked", "booking_confirmed", "booking_near",
        "booking_refused", "item_due_soon", "item_overdue", "item_long_overdue",
        "item_overdue_at_school", "item_refused", "item_to_close", "appraisal_opened",
        "appraisal_self_due", "appraisal_evidence_to_review", "appraisal_to_assess",
        "appraisal_assess_due", "appraisal_announced", "appraisal_objections_end",
        "appraisal_objection_lodged", "bulletin_issued", "node_due_soon", "node_overdue",
        "visit_planned", "visit_duty", "visit_near", "visit_duty_near", "visit_moved",
        "visit_duty_moved", "visit_called_off", "visit_duty_called_off", "visit_to_record",
        "visit_reported", "visit_unanswered", "visit_replied", "webhook_disabled",
    }  # fmt: skip
    told.clock.offset = timedelta()
    await the_rest(told, shelf, reader, world)
    found = {row["kind"] for row in await world.sql.fetch("SELECT DISTINCT kind FROM notice")}
    assert found | elsewhere == set(kinds())
    assert found - elsewhere == set(kinds()) - elsewhere
    told_text = await world.sql.fetch("SELECT subject_zh, body_zh, subject_en, link FROM notice")
    names = await world.sql.fetch("SELECT name FROM person")
    for row in told_text:
        said = f"{row['subject_zh']} {row['body_zh']} {row['subject_en']}"
        assert "{" not in said
        assert not [name for name in names if name["name"] in said], "no person is named"


@pytest.mark.parametrize("code", sorted(kinds()))
def test_what_is_shipped_keeps_its_own_limits(code):
    from schoolgroup.integration.notices.models import BothBodies, BothTexts
    from schoolgroup.integration.notices.rules import check_rule

    kind = kinds()[code]
    check_rule(
        kind,
        is_on=True,
        hours=kind.hours,
        subject=BothTexts(en=kind.subject.en, zh=kind.subject.zh),
        body=BothBodies(en=kind.body.en, zh=kind.body.zh),
    )
    assert kind.by or kind.personal
