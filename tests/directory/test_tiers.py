"""A tier changes on its day, by itself: for people already signed in, at their local midnight."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from schoolgroup.directory.models import Tier
from schoolgroup.directory.schools import rules
from schoolgroup.directory.schools.models import SchoolTier
from schoolgroup.kernel.clock import Clock
from schoolgroup.kernel.db import SessionOver
from schoolgroup.kernel.ids import new_id
from tests.people import World

SHANGHAI = ZoneInfo("Asia/Shanghai")
DAY = date(2026, 9, 1)


def local_day(clock: Clock) -> date:
    return clock.now().astimezone(SHANGHAI).date()


def jump_to(clock: Clock, day: date, hour: int, minute: int) -> None:
    wanted = datetime(day.year, day.month, day.day, hour, minute, tzinfo=SHANGHAI)
    clock.jump(wanted.astimezone(UTC) - clock.now())


async def test_at_midnight_the_tier_of_a_running_session_changes(
    http, world: World, services, clock: Clock
):
    day = local_day(clock) + timedelta(days=2)
    jump_to(clock, day - timedelta(days=1), 23, 55)
    admin = await world.person(None, "group_admin")
    ours = await world.school("紧密校", "partner")
    teacher = await world.person(ours, "teacher")
    token = teacher.headers["Authorization"].removeprefix("Bearer ")
    assert (await services.authenticator.actor_of(token)).tier == "partner"
    body = {"tier": "integrated", "from_on": day.isoformat()}
    path = f"/v1/schools/{ours.id}"
    placed = await http.post(f"{path}/tiers", json=body, headers=admin.headers)
    assert (placed.status_code, placed.json()["tier"]) == (201, "partner")
    jump_to(clock, day - timedelta(days=1), 23, 59)
    seen = await http.get(path, headers=teacher.headers)
    assert (seen.status_code, seen.json()["tier"]) == (200, "partner")
    assert (await services.authenticator.actor_of(token)).tier == "partner"
    jump_to(clock, day, 0, 0)
    seen = await http.get(path, headers=teacher.headers)
    assert (seen.status_code, seen.json()["tier"]) == (200, "integrated")
    assert (await services.authenticator.actor_of(token)).tier == "integrated"


async def test_a_tier_set_for_today_holds_with_the_next_request(
    http, world: World, services, clock: Clock
):
    admin = await world.person(None, "group_admin")
    ours = await world.school("紧密校", "partner")
    teacher = await world.person(ours, "teacher")
    machine = await world.client(ours, ["directory:read"])
    token = teacher.headers["Authorization"].removeprefix("Bearer ")
    assert (await http.get("/v1/group", headers=teacher.headers)).status_code == 200
    assert (await http.get("/v1/group", headers=machine)).status_code == 200
    body = {"tier": "integrated", "from_on": local_day(clock).isoformat()}
    path = f"/v1/schools/{ours.id}/tiers"
    assert (await http.post(path, json=body, headers=admin.headers)).status_code == 201
    assert (await http.get("/v1/group", headers=teacher.headers)).status_code == 200
    assert (await services.authenticator.actor_of(token)).tier == "integrated"
    assert (await http.get("/v1/group", headers=machine)).status_code == 200
    machine_token = machine["Authorization"].removeprefix("Bearer ")
    assert (await services.authenticator.actor_of(machine_token)).tier == "integrated"


async def test_the_database_refuses_a_transaction_that_claims_yesterdays_tier(
    world: World, services, sql
):
    """Even an actor remembered from before the change does nothing by the old tier."""
    ours = await world.school("紧密校", "partner")
    teacher = await world.person(ours, "teacher")
    token = teacher.headers["Authorization"].removeprefix("Bearer ")
    remembered = await services.authenticator.actor_of(token)
    await sql.execute("UPDATE school_tier SET tier = 'integrated' WHERE school_id = $1", ours.id)
    with pytest.raises(SessionOver):
        async with services.db.transaction(remembered):
            pass


async def test_before_its_first_day_a_schools_people_cannot_act(http, world: World, sql, clock):
    ours = await world.school("新校")
    teacher = await world.person(ours, "teacher")
    tomorrow = local_day(clock) + timedelta(days=1)
    await sql.execute("UPDATE school_tier SET from_on = $1", tomorrow)
    assert (await http.get("/v1/group", headers=teacher.headers)).status_code == 401


async def test_a_planned_change_is_taken_back_with_if_match(http, world: World, clock):
    admin = await world.person(None, "group_admin")
    ours = await world.school("紧密校", "partner")
    path = f"/v1/schools/{ours.id}"
    body = {"tier": "integrated", "from_on": (local_day(clock) + timedelta(days=9)).isoformat()}
    placed = await http.post(f"{path}/tiers", json=body, headers=admin.headers)
    before, planned = (await http.get(f"{path}/tiers", headers=admin.headers)).json()["items"]
    again = await http.post(f"{path}/tiers", json=body, headers=admin.headers)
    assert (again.status_code, again.json()["code"]) == (409, "tier_planned")
    cancel = f"{path}/tiers/{planned['id']}"
    assert (await http.delete(cancel, headers=admin.headers)).status_code == 428
    headers = {**admin.headers, "If-Match": placed.headers["etag"]}
    begun = await http.delete(f"{path}/tiers/{before['id']}", headers=headers)
    assert (begun.status_code, begun.json()["code"]) == (409, "tier_begun")
    missing = await http.delete(f"{path}/tiers/{ours.id}", headers=headers)
    assert missing.status_code == 404
    assert (await http.delete(cancel, headers=headers)).status_code == 200
    (left,) = (await http.get(f"{path}/tiers", headers=admin.headers)).json()["items"]
    assert left == {**before, "until_on": None}


def period(tier: Tier, from_on: date, until_on: date | None = None) -> SchoolTier:
    return SchoolTier(id=new_id(), tier=tier, from_on=from_on, until_on=until_on)


def test_the_first_tier_may_begin_in_the_past():
    plan = rules.plan_tier([], Tier.PARTNER, date(2000, 1, 1), DAY)
    assert plan.ends is None


@pytest.mark.parametrize(
    ("tier", "from_on", "refusal"),
    [
        (Tier.INTEGRATED, DAY, None),
        (Tier.INTEGRATED, DAY + timedelta(days=1), None),
        (Tier.INTEGRATED, DAY - timedelta(days=1), rules.TierInThePast),
        (Tier.INTEGRATED, date(2020, 9, 1), rules.TierInThePast),
        (Tier.PARTNER, DAY, rules.SameTier),
    ],
)
def test_a_change_begins_today_or_later(tier: Tier, from_on: date, refusal):
    history = [period(Tier.PARTNER, date(2020, 9, 1))]
    if refusal is None:
        assert rules.plan_tier(history, tier, from_on, DAY).ends == history[0].id
    else:
        with pytest.raises(refusal):
            rules.plan_tier(history, tier, from_on, DAY)
