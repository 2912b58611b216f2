"""Figures equal the rows they summarise, and never show a school what another answered."""

import json
import random
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from schoolgroup.kernel.clock import Clock
from schoolgroup.management.returns.figures import rules
from schoolgroup.management.returns.figures.models import SumRow
from tests.management.returns.desk import Desk
from tests.people import Person


async def figures(
    desk: Desk, call: dict[str, Any], who: Person, basis: str = "submitted", expect: int = 200
) -> dict[str, Any]:
    path = f"/v1/calls/{call['id']}/figures"
    return await desk.send(who, "GET", path, expect, params={"basis": basis})


async def fill(desk: Desk, call: dict[str, Any], seed: int) -> None:
    """A call in the middle of its life: every school somewhere else, by a seeded draw."""
    draw = random.Random(seed)
    for number, (school, principal) in enumerate(zip(desk.schools, desk.principals, strict=True)):
        fate = draw.choice(["nothing", "draft", "exempt", "submit", "accept", "send_back"])
        if fate == "exempt":
            await desk.grace(call, "exemptions", school)
        if fate in ("nothing", "exempt"):
            continue
        await desk.save(principal, call, {"lessons": number, "hours": draw.randrange(24) / 4})
        if fate == "draft":
            continue
        made = await desk.submit(principal, call)
        path = f"/v1/returns/{made['id']}"
        if fate == "accept":
            await desk.send(desk.office, "POST", f"{path}/accept", json={"version_no": 1})
        if fate == "send_back":
            body = {"fields": ["lessons"], "because": "x"}
            await desk.send(desk.office, "POST", f"{path}/send-back", json=body)


async def counted_by_hand(desk: Desk, call: dict[str, Any]) -> dict[str, dict[str, int]]:
    """Counted in Python over the plain tables, not over the view the API counts by."""
    sql = desk.world.sql
    targets = await sql.fetch("SELECT * FROM return_target WHERE call_id = $1", call["id"])
    returns = await sql.fetch("SELECT * FROM school_return WHERE call_id = $1", call["id"])
    versions = await sql.fetch("SELECT * FROM return_version WHERE no = 1")
    by_school = {row["school_id"]: row for row in returns}
    first = {row["return_id"]: row["submitted_at"] for row in versions}
    lines: dict[str, dict[str, int]] = {}
    for target in targets:
        row = by_school.get(target["school_id"])
        status = row["status"] if row else "not_begun"
        answered = status in ("submitted", "accepted")
        for tier in (target["tier"], "all"):
            line = lines.setdefault(tier, dict.fromkeys(COUNTS, 0))
            line["targets"] += 1
            if target["exempt_because"]:
                line["exempt"] += 1
                continue
            line["expected"] += 1
            line[status] += 1
            line["answered"] += answered
            due = target["extended_until_at"] or datetime.fromisoformat(call["due_at"])
            line["on_time"] += bool(answered and row and first[row["id"]] < due)
    return lines


COUNTS = (
    "targets", "exempt", "expected", "not_begun", "drafting", "sent_back", "submitted",
    "accepted", "answered", "on_time",
)  # fmt: skip


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_completeness_equals_the_rows_counted_otherwise(desk: Desk, seed: int):
    for number in range(9):
        await desk.enrol(f"校{number}", "partner" if number % 3 else "integrated")
    call = await desk.call()
    await fill(desk, call, seed)
    shown = await desk.completeness(call)
    by_hand = await counted_by_hand(desk, call)
    assert {key: shown[key] for key in COUNTS} == by_hand["all"]
    for line in shown["by_tier"]:
        assert {key: line[key] for key in COUNTS} == by_hand[line["tier"]]
    assert shown["completion_rate"] == round(shown["answered"] / shown["expected"], 4)
    assert len(shown["missing"]) == shown["expected"] - shown["answered"]
    assert all(row["expected"] and not row["answered"] for row in shown["missing"])
    listed = (await desk.send(desk.office, "GET", f"/v1/calls/{call['id']}/targets"))["items"]
    assert sum(row["answered"] for row in listed) == shown["answered"]
    assert sum(row["on_time"] for row in listed) == shown["on_time"]
    assert sum(row["accepted"] for row in listed) == shown["accepted"]


@pytest.mark.parametrize("basis", ["submitted", "accepted"])
async def test_figures_equal_the_answers_summed_otherwise(desk: Desk, basis: str):
    for number in range(9):
        await desk.enrol(f"校{number}", "partner" if number % 3 else "integrated")
    call = await desk.call()
    await fill(desk, call, 2)
    rows = await desk.world.sql.fetch(
        """SELECT r.status, r.school_id, v."values" FROM school_return r
             JOIN return_version v ON v.return_id = r.id AND v.no = r.submitted_no"""
    )
    wanted = {"accepted"} if basis == "accepted" else {"accepted", "submitted"}
    tiers = {school.id: school.tier for school in desk.schools}
    sums: dict[tuple[str, str | None], list[float]] = {}
    for row in rows:
        if row["status"] not in wanted:
            continue
        for code, value in json.loads(row["values"]).items():
            for tier in (tiers[row["school_id"]], None):
                sums.setdefault((code, tier), []).append(value)
    assert sums, "the draw left something to sum"
    shown = (await figures(desk, call, desk.office, basis))["figures"]
    assert {(f["field"], f["tier"]) for f in shown} == set(sums)
    for figure in shown:
        values = sums[figure["field"], figure["tier"]]
        assert figure["schools"] == len(values)
        assert figure["sum"] == pytest.approx(sum(values))
        assert figure["mean"] == pytest.approx(sum(values) / len(values))


async def test_the_same_count_stands_in_completeness_and_in_the_figures(desk: Desk):
    call = await desk.call()
    await desk.answer(desk.principals[0], call)
    await desk.save(desk.principals[1], call, {"lessons": 5})
    shown = await figures(desk, call, desk.office)
    [total] = [f for f in shown["figures"] if f["field"] == "lessons" and f["tier"] is None]
    assert total["schools"] == (await desk.completeness(call))["answered"] == 1


async def test_a_rate_of_nobody_is_no_rate(desk: Desk):
    call = await desk.call(school_ids=[str(desk.schools[0].id)])
    await desk.grace(call, "exemptions", desk.schools[0])
    shown = await desk.completeness(call)
    assert (shown["expected"], shown["completion_rate"]) == (0, None)
    assert shown["last_closes_at"] is None


async def test_a_school_sees_the_aggregate_and_itself_and_no_names(desk: Desk):
    call = await desk.call()
    await desk.answer(desk.principals[0], call)
    for number, principal in enumerate(desk.principals):
        shown = await desk.completeness(call, principal)
        assert (shown["expected"], shown["answered"]) == (3, 1)
        assert shown["missing"] is None
        assert shown["mine"]["school_id"] == str(desk.schools[number].id)
        others = [s for s in desk.schools if s is not desk.schools[number]]
        assert not any(str(school.id) in json.dumps(shown) for school in others)


async def test_a_school_sees_no_figures_while_anybody_may_still_answer(desk: Desk, clock: Clock):
    """Two readings, before and after one answer, would show that answer."""
    for name in ("四中", "五中", "六中"):
        await desk.enrol(name, "partner")
    call = await desk.call()
    for number, principal in enumerate(desk.principals):
        await desk.answer(principal, call, lessons=10 + number)
    partner = desk.principals[2]
    closes_at = datetime.fromisoformat(call["closes_at"])
    until = closes_at + timedelta(days=1)
    await desk.grace(call, "extensions", desk.schools[0], until_at=until.isoformat())
    for moment in (datetime.now(UTC), closes_at):
        clock.offset = moment - datetime.now(UTC)
        shown = await figures(desk, call, partner)
        assert shown["figures"] == []
        assert datetime.fromisoformat(shown["withheld_until_at"]) == until
    assert (await figures(desk, call, desk.office))["figures"]
    clock.offset = until - datetime.now(UTC)
    shown = await figures(desk, call, partner)
    assert shown["withheld_until_at"] is None
    [total] = [f for f in shown["figures"] if f["field"] == "lessons" and f["tier"] is None]
    assert (total["schools"], total["sum"]) == (6, sum(range(10, 16)))


async def test_no_school_gets_a_sum_from_which_another_can_be_taken(desk: Desk, clock: Clock):
    """Two integrated schools and one partner: a tier's sum would be somebody's own answer."""
    call = await desk.call()
    for number, principal in enumerate(desk.principals):
        await desk.answer(principal, call, lessons=10 + number)
    clock.offset = datetime.fromisoformat(call["closes_at"]) - datetime.now(UTC)
    for principal in desk.principals:
        shown = (await figures(desk, call, principal))["figures"]
        lessons = {f["tier"]: f["sum"] for f in shown if f["field"] == "lessons"}
        assert lessons == {None: 33, "integrated": None, "partner": None}
    office = (await figures(desk, call, desk.office))["figures"]
    assert {f["tier"]: f["sum"] for f in office if f["field"] == "lessons"} == {
        None: 33, "integrated": 21, "partner": 12,
    }  # fmt: skip


def test_what_is_withheld_cannot_be_subtracted():
    def lines(integrated: int, partner: int) -> set[tuple[str, str | None]]:
        rows = [
            SumRow("x", tier, schools, 1.0, 1.0)
            for tier, schools in (("integrated", integrated), ("partner", partner))
            if schools
        ]
        return rules.withheld([*rows, SumRow("x", None, integrated + partner, 1.0, 1.0)])

    tiers = {("x", "integrated"), ("x", "partner")}
    assert lines(3, 3) == set()
    assert lines(19, 2) == tiers
    assert lines(1, 16) == tiers
    assert lines(1, 1) == {*tiers, ("x", None)}
    assert lines(3, 0) == set()
    assert lines(2, 0) == {("x", "integrated"), ("x", None)}


async def test_accepted_figures_are_for_who_may_read_every_return(desk: Desk):
    call = await desk.call()
    refused = await figures(desk, call, desk.principals[0], "accepted", 403)
    assert refused["code"] == "not_allowed"
    inspector = await desk.world.person(None, "inspector")
    await figures(desk, call, inspector, "accepted")
    await figures(desk, call, inspector, "guessed", 422)
