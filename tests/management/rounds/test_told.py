"""Who is visited and who visits is told of the day, of another day, of reports and replies."""

from datetime import UTC, datetime, time, timedelta
from typing import Any

from schoolgroup.integration.notices.sending import send_due
from tests.management.rounds.test_draws import committed
from tests.management.rounds.tour import Tour
from tests.people import THERE, Person, today_there

MONDAY = today_there() + timedelta(days=14 - today_there().weekday())


class Ear:
    """Runs what tells people at a time of a coming Monday's weeks, and what was new to whom."""

    def __init__(self, tour: Tour, services: Any, clock: Any) -> None:
        self.tour, self.services, self.clock = tour, services, clock
        self.heard: set[Any] = set()

    async def on(self, day: int | None = None, hour: int = 9) -> set[tuple[Any, str]]:
        if day is not None:
            there = datetime.combine(MONDAY + timedelta(days=day), time(hour), THERE)
            self.clock.offset = there - datetime.now(UTC)
        await send_due(self.services.db, self.services.post_office, "demo")
        rows = await self.tour.world.sql.fetch("SELECT id, person_id, kind FROM notice")
        new = {(row["person_id"], row["kind"]) for row in rows if row["id"] not in self.heard}
        self.heard |= {row["id"] for row in rows}
        return {(who, kind) for who, kind in new if kind.startswith("visit")}

    async def waiting(self, who: Person) -> list[str]:
        found = await self.tour.send(who, "GET", "/v1/inbox", params={"sort": "waiting"})
        return sorted(one["kind"] for one in found["items"] if one["kind"] != "item_to_do")


async def test_a_visit_is_told_from_the_plan_to_the_reply(tour: Tour, services, clock):
    """Planned for a Monday: the school day before is a Friday."""
    ear = Ear(tour, services, clock)
    east, (head, _) = tour.schools[0], tour.principals
    goes, teacher = tour.members["西校"], await tour.world.person(tour.schools[0], "teacher")
    await ear.on(0)
    await tour.start(school_ids=[str(east.id)])
    assert await ear.waiting(tour.office) == ["round_to_assign"]
    await tour.assign(planned_on=str(MONDAY + timedelta(days=7)))
    visit = await tour.visit_of(east)
    assert await ear.waiting(tour.office) == []
    assert await ear.on() == {(head.id, "visit_planned"), (goes.id, "visit_duty")}
    assert await ear.waiting(head) == ["visit_to_confirm"]
    await tour.step(head, visit, "confirm")
    assert await ear.on(3, 23) == set()
    assert await ear.on(4) == {(head.id, "visit_near"), (goes.id, "visit_duty_near")}
    assert await ear.on(9, 23) == set(), "Tuesday and Wednesday are there to report"
    assert await ear.on(10) == {(goes.id, "visit_to_record")}
    assert await ear.waiting(goes) == ["visit_to_report"]
    await tour.step(goes, visit, "carry-out")
    await tour.observe(goes, visit)
    await tour.step(goes, visit, "report", summary="总体良好")
    assert await ear.on() == {(head.id, "visit_reported")}
    assert await ear.waiting(head) == ["visit_to_reply"]
    assert await ear.on(16) == set()
    assert await ear.on(17, 10) == {(head.id, "visit_reported")}, "five school days later"
    late = await ear.on(24, 10)
    assert late == {(who.id, "visit_unanswered") for who in (tour.office, tour.inspector)}
    await tour.step(head, visit, "reply", reply="已部署整改")
    assert await ear.on() == {(goes.id, "visit_replied")}
    assert teacher.id not in {who for who, _ in late}
    told = await tour.world.sql.fetch("SELECT subject_zh, body_zh FROM notice")
    assert not [row for row in told if "{" in row["subject_zh"] + row["body_zh"]]


async def test_a_visit_that_is_moved_or_called_off_is_told_at_once(tour: Tour, services, clock):
    ear = Ear(tour, services, clock)
    east, (head, _) = tour.schools[0], tour.principals
    goes = tour.members["西校"]
    await ear.on(0)
    await tour.start(school_ids=[str(east.id)])
    days = [str(MONDAY + timedelta(days=n)) for n in range(7, 11)]
    await tour.assign(planned_on=days[0])
    visit = await tour.visit_of(east)
    await ear.on()
    moved = await tour.step(head, visit, "confirm", planned_on=days[1])
    assert (moved["status"], moved["moved_from_on"], moved["moved_by_school"]) == (
        "confirmed", days[0], True,
    )  # fmt: skip
    assert await ear.on() == {(goes.id, "visit_duty_moved")}, "the school moved it itself"
    for day, because in ((days[1], "x"), (str(MONDAY - timedelta(days=1)), "x")):
        await tour.step(tour.office, visit, "move", 422, planned_on=day, because=because)
    wish: dict[str, Any] = {"planned_on": days[2], "because": "组长请假"}
    await tour.step(head, visit, "move", 403, **wish)
    again = await tour.step(tour.inspector, visit, "move", **wish)
    assert (again["status"], again["moved_from_on"]) == ("planned", days[1])
    assert await ear.on() == {(head.id, "visit_moved"), (goes.id, "visit_duty_moved")}
    said = "SELECT body_zh FROM notice WHERE kind = 'visit_moved'"
    assert await tour.world.sql.fetchval(said) == "组长请假 请确认新的时间。"
    assert await ear.waiting(head) == ["visit_to_confirm"]
    assert await ear.on(7) == set(), "the day it was first planned for is no matter any more"
    assert await ear.on(8) == {(head.id, "visit_near"), (goes.id, "visit_duty_near")}
    await tour.step(tour.office, visit, "cancel", because="疫情")
    off = {(head.id, "visit_called_off"), (goes.id, "visit_duty_called_off")}
    assert await ear.on() == off
    await tour.step(tour.office, visit, "move", 409, **wish)
    assert await ear.waiting(tour.office) == ["round_to_assign"], "the school waits for another"


async def test_a_draw_waits_until_it_is_revealed_and_planned(tour: Tour, services, clock):
    ear = Ear(tour, services, clock)
    await tour.start()
    await tour.assign()
    draw = await committed(tour, 1)
    assert await ear.waiting(tour.office) == []
    clock.jump(timedelta(hours=2))
    assert await ear.waiting(tour.office) == await ear.waiting(tour.inspector) == ["draw_to_reveal"]
    assert await ear.waiting(tour.principals[0]) == ["visit_to_confirm"]
    path = f"/v1/draws/{draw['id']}"
    await tour.send(tour.office, "POST", f"{path}/reveal", json={"public_value": "3412.07"})
    assert await ear.waiting(tour.office) == ["draw_to_plan"]
    body = {"planned_on": str(today_there() + timedelta(days=5))}
    await tour.send(tour.office, "POST", f"{path}/plan", json=body)
    assert await ear.waiting(tour.office) == []
