"""I17 to I20, each with attempts to break it."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import pytest

from schoolgroup.kernel.clock import Clock
from schoolgroup.kernel.ids import new_id
from tests.management.returns.desk import BEGIN, Desk, pointers
from tests.waiting import until_waiting

SECOND = timedelta(seconds=1)


def at(instant: str) -> datetime:
    return datetime.fromisoformat(instant)


def set_clock(clock: Clock, instant: datetime) -> None:
    """Put the clock a moment after the instant; requests take far less than the second we test."""
    clock.offset = instant - datetime.now(UTC)


# ── I17: exactly one return per (call, school) ───────────────────────────────────────────────


async def test_two_people_begin_at_once_and_one_return_is_there(desk: Desk):
    call = await desk.call()
    clerk = await desk.world.person(desk.schools[0], "school_admin")
    sql = desk.world.sql
    async with sql.transaction():
        await sql.execute(
            "SELECT 1 FROM return_target WHERE school_id = $1 FOR UPDATE", desk.schools[0].id
        )
        both = [
            asyncio.create_task(
                desk.http.put(
                    f"/v1/calls/{call['id']}/return",
                    json={"values": {"lessons": number}},
                    headers={**who.headers, **BEGIN},
                )
            )
            for number, who in enumerate((desk.principals[0], clerk))
        ]
        await until_waiting(sql, 2)
    answers = await asyncio.gather(*both)
    assert sorted(a.status_code for a in answers) == [201, 412]
    assert await sql.fetchval("SELECT count(*) FROM school_return") == 1


async def test_a_second_return_is_refused_by_the_database_itself(desk: Desk):
    call = await desk.call()
    await desk.save(desk.principals[0], call, {"lessons": 1})
    with pytest.raises(asyncpg.UniqueViolationError) as refused:
        await desk.world.sql.execute(
            """INSERT INTO school_return
               SELECT group_id, $1, call_id, school_id, status, "values", submitted_no, accepted_no,
                      accepted_at, accepted_by_person_id, reopened_fields, sent_back_because,
                      version, created_at, updated_at FROM school_return""",
            new_id(),
        )
    assert refused.value.constraint_name == "one_return_per_school"


async def test_two_people_submit_at_once_and_one_version_is_made(desk: Desk):
    call = await desk.call()
    await desk.save(desk.principals[0], call, {"lessons": 1})
    deputy = await desk.world.person(desk.schools[0], "principal")
    sql = desk.world.sql
    path = f"/v1/calls/{call['id']}/return/submit"
    async with sql.transaction():
        await sql.execute("SELECT 1 FROM school_return FOR UPDATE")
        await sql.execute("SELECT 1 FROM return_target FOR UPDATE")
        both = [
            asyncio.create_task(desk.http.post(path, headers=who.headers))
            for who in (desk.principals[0], deputy)
        ]
        await until_waiting(sql, 2)
    answers = await asyncio.gather(*both)
    assert sorted(a.status_code for a in answers) == [200, 409]
    assert {a.json().get("code") for a in answers} == {None, "wrong_state"}
    assert await sql.fetchval("SELECT count(*) FROM return_version") == 1


async def test_a_draft_based_on_an_older_one_is_refused(desk: Desk):
    call = await desk.call()
    principal = desk.principals[0]
    await desk.save(principal, call, {"lessons": 1})
    await desk.save(principal, call, {"lessons": 2}, version=1)
    await desk.save(principal, call, {"lessons": 3}, version=1, expect=412)
    missing = await desk.http.put(
        f"/v1/calls/{call['id']}/return", json={"values": {}}, headers=principal.headers
    )
    assert missing.status_code == 428
    stale = await desk.http.post(
        f"/v1/calls/{call['id']}/return/submit",
        headers={**principal.headers, "If-Match": '"1"'},
    )
    assert stale.status_code == 412


# ── I18: any change after acceptance is visible as unaccepted ────────────────────────────────


async def decide(desk: Desk, made: dict[str, Any], verb: str, expect: int = 200, **body: Any):
    path = f"/v1/returns/{made['id']}/{verb}"
    return await desk.send(desk.office, "POST", path, expect, json=body)


async def test_what_changes_after_acceptance_stands_out_until_it_is_accepted_again(desk: Desk):
    call = await desk.call()
    principal = desk.principals[0]
    made = await desk.answer(principal, call, hours=2)
    await decide(desk, made, "accept", version_no=1)
    assert (await desk.completeness(call))["accepted"] == 1

    back = await decide(desk, made, "send-back", fields=["hours"], because="与台账不符")
    assert back["changed_since_acceptance"]
    assert (back["accepted_no"], back["submitted_no"]) == (1, 1)
    assert (await desk.completeness(call))["accepted"] == 0
    await desk.save(principal, call, {"lessons": 1, "hours": 3}, version=back["version"])
    again = await desk.submit(principal, call)
    assert again["changed_since_acceptance"]
    assert (again["accepted_no"], again["submitted_no"]) == (1, 2)
    assert (await desk.completeness(call))["accepted"] == 0

    await decide(desk, made, "accept", 409, version_no=1)
    accepted = await decide(desk, made, "accept", version_no=2)
    assert not accepted["changed_since_acceptance"]
    assert (await desk.completeness(call))["accepted"] == 1


async def test_what_was_not_read_cannot_be_accepted(desk: Desk):
    """The office reads version 1; while it decides, version 2 comes in."""
    call = await desk.call()
    principal = desk.principals[0]
    made = await desk.answer(principal, call)
    back = await decide(desk, made, "send-back", fields=["lessons"], because="请核对")
    await desk.save(principal, call, {"lessons": 7}, version=back["version"])
    await desk.submit(principal, call)
    refused = await decide(desk, made, "accept", 409, version_no=1)
    assert refused["code"] == "not_the_newest_version"
    assert refused["newest_version_no"] == 2


async def test_an_accepted_return_is_changed_by_nobody(desk: Desk):
    call = await desk.call()
    made = await desk.answer(desk.principals[0], call)
    accepted = await decide(desk, made, "accept", version_no=1)
    await desk.save(
        desk.principals[0], call, {"lessons": 9}, version=accepted["version"], expect=409
    )
    await desk.submit(desk.principals[0], call, expect=409)
    await decide(desk, made, "accept", 409, version_no=1)


async def test_a_submitted_version_never_changes_not_even_by_the_owner(desk: Desk):
    call = await desk.call()
    await desk.answer(desk.principals[0], call)
    for statement in (
        """UPDATE return_version SET "values" = '{}'""",
        "DELETE FROM return_version",
        "TRUNCATE return_version CASCADE",
    ):
        with pytest.raises(asyncpg.PostgresError, match="append-only"):
            await desk.world.sql.execute(statement)
    with pytest.raises(asyncpg.CheckViolationError) as refused:
        await desk.world.sql.execute(
            """UPDATE school_return SET status = 'accepted', accepted_at = now()"""
        )
    assert refused.value.constraint_name == "acceptance_names_the_newest"


async def test_only_the_fields_that_were_sent_back_open_again(desk: Desk):
    call = await desk.call()
    principal = desk.principals[0]
    made = await desk.answer(principal, call, hours=2, canteen="own")
    back = await decide(desk, made, "send-back", fields=["hours"], because="请核对")
    assert back["status"] == "sent_back"
    mine = await desk.send(principal, "GET", f"/v1/calls/{call['id']}/return")
    assert mine["reopened_fields"] == ["hours"]
    assert mine["sent_back_because"] == "请核对"
    assert mine["actions"] == ["correct", "submit"]
    changes = {"lessons": 5, "hours": 3, "note": "new"}  # and the canteen is left out
    refused = await desk.save(principal, call, changes, version=mine["version"], expect=409)
    assert refused["code"] == "fields_not_reopened"
    assert set(pointers(refused)) == {"/values/lessons", "/values/note", "/values/canteen"}
    right = {"lessons": 1, "hours": 3, "canteen": "own"}
    saved = await desk.save(principal, call, right, version=mine["version"])
    # a second save is held to what was submitted, not to the last save
    await desk.save(principal, call, {**right, "lessons": 2}, version=saved["version"], expect=409)
    again = await desk.submit(principal, call)
    assert (again["submitted_no"], again["reopened_fields"]) == (2, [])


async def test_sending_back_names_fields_of_the_form(desk: Desk):
    call = await desk.call()
    made = await desk.answer(desk.principals[0], call)
    refused = await decide(desk, made, "send-back", 422, fields=["lessons", "no_such"], because="x")
    assert pointers(refused) == {"/fields/1": "unknown_field"}
    await decide(desk, made, "send-back", 422, fields=[], because="x")
    await decide(desk, made, "send-back", 422, fields=["lessons"], because="")


# ── I19: the denominator is fixed when the call opens, minus recorded exemptions ─────────────


async def test_schools_that_come_go_or_change_tier_leave_the_denominator_alone(desk: Desk):
    call = await desk.call()
    latecomer = await desk.enrol("四中")
    sql = desk.world.sql
    await sql.execute(
        "UPDATE school SET closed_on = current_date - 1 WHERE id = $1", desk.schools[1].id
    )
    await sql.execute(
        "UPDATE school_tier SET until_on = current_date WHERE school_id = $1", desk.schools[1].id
    )
    await sql.execute(
        "UPDATE school_tier SET tier = 'integrated' WHERE school_id = $1", desk.schools[2].id
    )
    counted = await desk.completeness(call)
    assert counted["expected"] == 3
    by_tier = {line["tier"]: line["expected"] for line in counted["by_tier"]}
    assert by_tier == {"integrated": 2, "partner": 1}
    await desk.send(desk.principals[3], "GET", f"/v1/calls/{call['id']}", 404)
    await desk.grace(call, "exemptions", latecomer, 422)
    later = await desk.call()
    assert (await desk.completeness(later))["expected"] == 3
    targets = await sql.fetch("SELECT DISTINCT school_id FROM return_target")
    assert latecomer.id in {row["school_id"] for row in targets}


async def test_an_exemption_leaves_the_denominator_once_and_with_its_reason(desk: Desk):
    call = await desk.call()
    exempted = await desk.grace(call, "exemptions", desk.schools[1])
    assert (exempted["expected"], exempted["exempt_because"]) == (False, "校舍搬迁")
    await desk.grace(call, "exemptions", desk.schools[1], 409)
    counted = await desk.completeness(call)
    assert (counted["targets"], counted["exempt"], counted["expected"]) == (3, 1, 2)
    mine = (await desk.send(desk.principals[1], "GET", f"/v1/calls/{call['id']}"))["mine"]
    assert mine["exempt_because"] == "校舍搬迁"
    refused = await desk.save(desk.principals[1], call, {"lessons": 1}, expect=409)
    assert refused["code"] == "school_exempt"
    assert refused["remedy"]


async def test_an_answer_cannot_be_exempted_away(desk: Desk):
    call = await desk.call()
    made = await desk.answer(desk.principals[0], call)
    refused = await desk.grace(call, "exemptions", desk.schools[0], 409)
    assert refused["code"] == "already_answered"
    await decide(desk, made, "send-back", fields=["lessons"], because="x")
    await desk.grace(call, "exemptions", desk.schools[0])
    counted = await desk.completeness(call)
    assert (counted["expected"], counted["answered"]) == (2, 0)
    await desk.submit(desk.principals[0], call, expect=409)


async def test_an_exemption_and_a_submission_at_once_never_both_count(desk: Desk):
    call = await desk.call()
    await desk.save(desk.principals[0], call, {"lessons": 1})
    sql = desk.world.sql
    async with sql.transaction():
        await sql.execute("SELECT 1 FROM return_target FOR UPDATE")
        both = [
            asyncio.create_task(work)
            for work in (
                desk.http.post(
                    f"/v1/calls/{call['id']}/return/submit", headers=desk.principals[0].headers
                ),
                desk.http.post(
                    f"/v1/calls/{call['id']}/exemptions",
                    headers=desk.office.headers,
                    json={"school_id": str(desk.schools[0].id), "because": "x"},
                ),
            )
        ]
        await until_waiting(sql, 2)
    answers = [a.status_code for a in await asyncio.gather(*both)]
    assert answers in ([200, 409], [409, 201])
    counted = await desk.completeness(call)
    assert counted["answered"] + counted["exempt"] == 1


async def test_the_office_cannot_add_or_drop_targets_behind_the_call(desk: Desk, settings):
    """The application's own role may not: the denominator is not its to change."""
    await desk.call()
    connection = await asyncpg.connect(settings.database_url)
    try:
        for statement in (
            "DELETE FROM return_target",
            "UPDATE return_target SET tier = 'partner'",
            """UPDATE return_version SET "values" = '{}'""",
            "DELETE FROM school_return",
            "UPDATE form_field SET required = false",
        ):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute(statement)
    finally:
        await connection.close()


async def test_nobody_is_added_to_and_nothing_moves_in_a_call_that_was_opened(desk: Desk):
    """Whoever writes: the schema refuses even its owner. A school that joins later is not asked."""
    call = await desk.call()
    await desk.enrol("后来校")
    assert (await desk.completeness(call))["expected"] == 3
    sql = desk.world.sql
    for statement in (
        """INSERT INTO return_target (group_id, call_id, school_id, tier)
           SELECT c.group_id, c.id, s.id, 'partner' FROM return_call c, school s
            WHERE s.group_id = c.group_id AND s.name = '后来校'""",
        "UPDATE return_call SET due_at = due_at + interval '1 day', closes_at = 'infinity'",
        "UPDATE return_call SET status = 'draft'",
    ):
        with pytest.raises(asyncpg.RaiseError):
            await sql.execute(statement)


async def test_a_school_that_leaves_in_the_middle_stays_in_the_denominator(desk: Desk):
    """Until the office exempts it on record; and lifting that puts it back."""
    call = await desk.call()
    left = desk.schools[1]
    await desk.world.sql.execute(
        "UPDATE school SET closed_on = current_date - 1 WHERE id = $1", left.id
    )
    assert (await desk.completeness(call))["expected"] == 3
    await desk.grace(call, "exemptions", left)
    assert (await desk.completeness(call))["expected"] == 2
    lift = f"/v1/calls/{call['id']}/exemptions/{left.id}/lift"
    back = await desk.send(desk.office, "POST", lift)
    assert (back["expected"], back["exempt_because"]) == (True, None)
    assert (await desk.completeness(call))["expected"] == 3
    assert (await desk.send(desk.office, "POST", lift, 409))["code"] == "not_exempt"
    await desk.send(desk.principals[0], "POST", lift, 403)


# ── I20: an extension always wins over any window ────────────────────────────────────────────


async def test_an_extension_after_closing_opens_the_call_to_that_school_alone(
    desk: Desk, clock: Clock
):
    call = await desk.call()
    for principal in desk.principals[:2]:
        await desk.save(principal, call, {"lessons": 1})
    set_clock(clock, at(call["closes_at"]) + timedelta(days=3))
    refused = await desk.submit(desk.principals[0], call, expect=409)
    assert refused["code"] == "call_closed"
    assert at(refused["until"]) == at(call["closes_at"])
    assert refused["remedy"]
    until = at(call["closes_at"]) + timedelta(days=5)
    extended = await desk.grace(call, "extensions", desk.schools[0], until_at=until.isoformat())
    assert at(extended["closes_at"]) == until
    assert (await desk.submit(desk.principals[0], call))["status"] == "submitted"
    await desk.submit(desk.principals[1], call, expect=409)
    counted = await desk.completeness(call)
    assert (counted["answered"], counted["on_time"]) == (1, 1)


async def test_an_extension_stands_when_the_office_closes_the_call_by_hand(
    desk: Desk, clock: Clock
):
    call = await desk.call()
    for principal in desk.principals[:2]:
        await desk.save(principal, call, {"lessons": 1})
    until = at(call["closes_at"]) + timedelta(days=1)
    await desk.grace(call, "extensions", desk.schools[0], until_at=until.isoformat())
    closed = await desk.send(desk.office, "POST", f"/v1/calls/{call['id']}/close")
    assert closed["status"] == "closed"
    assert closed["actions"] == ["exempt", "lift_exemption", "extend"]
    refused = await desk.submit(desk.principals[1], call, expect=409)
    assert at(refused["until"]) == at(closed["closed_at"])
    set_clock(clock, until - 2 * SECOND)
    await desk.submit(desk.principals[0], call)
    await desk.send(desk.office, "POST", f"/v1/calls/{call['id']}/close", 409)


@pytest.mark.parametrize("verb", ["submit", "save"])
async def test_an_answer_that_meets_a_closing_waits_for_it_and_is_too_late(desk: Desk, verb: str):
    """Else it would read an open call, and stand in it with an hour after its closing."""
    call = await desk.call()
    await desk.save(desk.principals[0], call, {"lessons": 1})
    path = f"/v1/calls/{call['id']}/return"
    headers = {**desk.principals[0].headers, "If-Match": '"1"'}
    sql = desk.world.sql
    async with sql.transaction():
        await sql.execute("UPDATE return_call SET status = 'closed', closed_at = now()")
        if verb == "submit":
            asked = desk.http.post(f"{path}/submit", headers=headers)
        else:
            asked = desk.http.put(path, headers=headers, json={"values": {"lessons": 2}})
        waiting = asyncio.create_task(asked)
        await until_waiting(sql, 1)
    answer = await waiting
    assert (answer.status_code, answer.json()["code"]) == (409, "call_closed")
    assert await sql.fetchval("SELECT count(*) FROM return_version") == 0


async def test_closing_late_does_not_shorten_what_was_over(desk: Desk, clock: Clock):
    call = await desk.call()
    set_clock(clock, at(call["closes_at"]) + timedelta(days=1))
    await desk.send(desk.office, "POST", f"/v1/calls/{call['id']}/close")
    target = await desk.send(desk.office, "GET", f"/v1/calls/{call['id']}/targets")
    assert {at(row["closes_at"]) for row in target["items"]} == {at(call["closes_at"])}


async def test_an_extension_that_gives_nothing_is_refused(desk: Desk):
    call = await desk.call()
    for until in (
        datetime.now(UTC) - SECOND,
        at(call["closes_at"]),
        at(call["closes_at"]) - SECOND,
        datetime.now(UTC) + timedelta(days=3000),
    ):
        refused = await desk.grace(
            call, "extensions", desk.schools[0], 422, until_at=until.isoformat()
        )
        assert set(pointers(refused)) == {"/until_at"}
    later = (at(call["closes_at"]) + SECOND).isoformat()
    await desk.grace(call, "extensions", desk.schools[0], until_at=later)
    await desk.grace(call, "extensions", desk.schools[0], 422, until_at=later)
    await desk.grace(call, "exemptions", desk.schools[1])
    await desk.grace(call, "extensions", desk.schools[1], 409, until_at=later)


async def test_nothing_is_sent_back_to_a_school_that_could_not_answer(desk: Desk, clock: Clock):
    call = await desk.call()
    made = await desk.answer(desk.principals[0], call)
    set_clock(clock, at(call["closes_at"]))
    read = await desk.send(desk.office, "GET", f"/v1/returns/{made['id']}")
    assert read["actions"] == ["accept"]
    refused = await decide(desk, made, "send-back", 409, fields=["lessons"], because="x")
    assert refused["code"] == "call_closed"
    assert "extension first" in refused["remedy"]
    until = (at(call["closes_at"]) + timedelta(days=2)).isoformat()
    await desk.grace(call, "extensions", desk.schools[0], until_at=until)
    back = await decide(desk, made, "send-back", fields=["lessons"], because="x")
    await desk.save(desk.principals[0], call, {"lessons": 4}, version=back["version"])
    assert (await desk.submit(desk.principals[0], call))["submitted_no"] == 2


# ── deadlines, to the second ─────────────────────────────────────────────────────────────────


async def test_the_closing_instant_itself_is_too_late(desk: Desk, clock: Clock):
    call = await desk.call()
    for principal in desk.principals:
        await desk.save(principal, call, {"lessons": 1})
    set_clock(clock, at(call["closes_at"]) - SECOND)
    assert (await desk.submit(desk.principals[0], call))["status"] == "submitted"
    set_clock(clock, at(call["closes_at"]))
    refused = await desk.submit(desk.principals[1], call, expect=409)
    assert refused["code"] == "call_closed"
    await desk.save(desk.principals[1], call, {"lessons": 2}, version=1, expect=409)
    own = await desk.send(desk.principals[1], "GET", f"/v1/calls/{call['id']}/return")
    assert own["actions"] == []


async def test_due_is_what_the_office_wrote_in_whatever_zone(desk: Desk, clock: Clock):
    """Midnight in Shanghai is 16:00 in London's winter; both name one instant."""
    day = (datetime.now(UTC) + timedelta(days=30)).date()
    call = await desk.call(due_at=f"{day}T00:00:00+08:00", closes_at=f"{day}T05:30:00+05:30")
    midnight = datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(hours=8)
    assert at(call["due_at"]) == midnight
    assert at(call["closes_at"]) == midnight + timedelta(hours=8)
    for principal in desk.principals:
        await desk.save(principal, call, {"lessons": 1})
    set_clock(clock, midnight - SECOND)
    await desk.submit(desk.principals[0], call)
    set_clock(clock, midnight)
    await desk.submit(desk.principals[1], call)
    counted = await desk.completeness(call)
    assert (counted["answered"], counted["on_time"]) == (2, 1)
    set_clock(clock, midnight + timedelta(hours=8))
    await desk.submit(desk.principals[2], call, expect=409)


async def test_nothing_is_filled_in_before_the_call_opens(desk: Desk, clock: Clock):
    opens = datetime.now(UTC) + timedelta(days=2)
    call = await desk.call(opens_at=opens.isoformat())
    refused = await desk.save(desk.principals[0], call, {"lessons": 1}, expect=409)
    assert refused["code"] == "not_open_yet"
    assert at(refused["until"]) == opens
    set_clock(clock, opens)
    await desk.save(desk.principals[0], call, {"lessons": 1})


async def test_a_return_that_came_in_time_stays_on_time_when_it_is_corrected(
    desk: Desk, clock: Clock
):
    call = await desk.call()
    made = await desk.answer(desk.principals[0], call)
    set_clock(clock, at(call["due_at"]) + SECOND)
    back = await decide(desk, made, "send-back", fields=["lessons"], because="x")
    counted = await desk.completeness(call)
    assert (counted["answered"], counted["on_time"], counted["sent_back"]) == (0, 0, 1)
    await desk.save(desk.principals[0], call, {"lessons": 2}, version=back["version"])
    await desk.submit(desk.principals[0], call)
    counted = await desk.completeness(call)
    assert (counted["answered"], counted["on_time"], counted["sent_back"]) == (1, 1, 0)


async def test_row_level_security_hides_other_schools_from_a_query_that_forgets(
    desk: Desk, services
):
    call = await desk.call()
    for principal in desk.principals:
        await desk.answer(principal, call)
    actor = await services.authenticator.actor_of(
        desk.principals[0].headers["Authorization"].removeprefix("Bearer ")
    )
    for table in ("return_target", "school_return", "return_version", "return_standing"):
        async with services.db.transaction(actor) as tx:
            rows = await tx.connection.fetch(f"SELECT DISTINCT school_id FROM {table}")
        assert [row["school_id"] for row in rows] == [desk.schools[0].id]


async def test_a_school_writes_no_target_and_no_call(desk: Desk, services):
    await desk.call()
    actor = await services.authenticator.actor_of(
        desk.principals[0].headers["Authorization"].removeprefix("Bearer ")
    )
    for statement in (
        "UPDATE return_target SET extended_until_at = now(), extended_because = 'x'",
        "UPDATE return_call SET version = 2",
        "INSERT INTO field (group_id, code, label_en, label_zh, type, created_at)"
        " SELECT app.group_id(), 'x', 'x', 'x', 'text', now()",
    ):
        with pytest.raises(asyncpg.InsufficientPrivilegeError, match="row-level security"):
            async with services.db.transaction(actor) as tx:
                await tx.connection.execute(statement)
