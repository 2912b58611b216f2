"""What a call costs is said before it is sent: by measured work where there is some."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from schoolgroup.management.returns.burden import rules as burden
from tests.management.returns.desk import FIELDS, Desk

LABEL = {"en": "x", "zh": "x"}


async def test_a_draft_is_weighed_before_it_is_sent(desk: Desk):
    form_id = (await desk.form())["id"]
    first = await desk.call(form_id=form_id)
    told = {"lessons": 1, "note": "x"}
    await desk.save(desk.principals[0], first, told)
    await desk.submit(desk.principals[0], first)
    draft = await desk.call(form_id=form_id, draft=True)
    found = await desk.send(desk.office, "GET", f"/v1/calls/{draft['id']}/burden")
    assert found["minutes_of_form"] == 2 + 2 + 5 + 0.5 + 0.5 + 1
    assert [(s["minutes"], s["told_already"]) for s in found["schools"]] == [
        (4, 2),
        (11, 0),
        (11, 0),
    ]
    assert {s["week_minutes"] for s in found["schools"]} == {11}
    assert found["minutes_of_all_schools"] == 26
    assert found["method"]["zh"]
    await desk.send(desk.principals[0], "GET", f"/v1/calls/{draft['id']}/burden", 404)
    await desk.send(desk.principals[0], "GET", f"/v1/calls/{first['id']}/burden", 403)
    path = f"/v1/returns-burden?from_on={found['week_begins_on']}&weeks=1"
    whole = await desk.send(desk.office, "GET", path)
    assert [(w["calls"], w["minutes"]) for w in whole["weeks"]] == [(1, 11)] * 3
    own = await desk.send(desk.principals[1], "GET", path)
    assert [w["school_id"] for w in own["weeks"]] == [str(desk.schools[1].id)]


@pytest.mark.parametrize(
    ("instant", "monday"),
    [
        ("2026-06-28T15:59:59+00:00", date(2026, 6, 22)),  # Sunday, a second before midnight there
        ("2026-06-28T16:00:00+00:00", date(2026, 6, 22)),  # due at midnight: the day before
        ("2026-06-28T16:00:01+00:00", date(2026, 6, 29)),
    ],
)
def test_a_week_ends_at_midnight_of_the_group(instant: str, monday: date):
    assert burden.week_of(datetime.fromisoformat(instant), "Asia/Shanghai") == monday


async def worked(desk: Desk, call: dict[str, Any], clock, minutes: dict[str, list[int]]) -> None:
    """Each school saves after so many minutes each time, and submits after the last of them."""
    heads = {school.name: who for school, who in zip(desk.schools, desk.principals, strict=True)}
    for name, gaps in minutes.items():
        held = await desk.save(heads[name], call, {"lessons": 0})
        for gap in gaps[:-1]:
            clock.jump(timedelta(minutes=gap))
            held = await desk.save(heads[name], call, {"lessons": gap}, held["version"])
        clock.jump(timedelta(minutes=gaps[-1]))
        await desk.submit(heads[name], call)


async def test_measured_work_goes_before_what_is_reckoned(desk: Desk, clock):
    """The median of five is 22 minutes where 11 are reckoned; a night between two saves is none."""
    await desk.enrol("四中")
    await desk.enrol("五中")
    await desk.enrol("六中")
    form = await desk.form()

    async def weighed(form_id: str, expect: str) -> dict[str, Any]:
        draft = await desk.call(form_id=form_id, draft=True, period="2027-01")
        found = await desk.send(desk.office, "GET", f"/v1/calls/{draft['id']}/burden")
        assert found["basis"] == expect
        shares = sum(one["minutes"] for one in found["fields"])
        assert abs(shares - found["minutes_of_form"]) <= 0.05 * len(found["fields"]) + 0.06, found
        return found

    hours = {"closes_at": (clock.now() + timedelta(days=30)).isoformat()}
    call = await desk.call(form_id=form["id"], **hours)
    await worked(desk, call, clock, {"一中": [10, 10], "二中": [14, 7], "三中": [14, 600, 14]})
    assert (await weighed(form["id"], "reckoned"))["minutes_of_form"] == 11
    await worked(desk, call, clock, {"四中": [0, 0], "五中": [12, 12]})
    assert (await weighed(form["id"], "reckoned"))["measured_returns"] == 0, "four"
    await worked(desk, call, clock, {"六中": [9, 13]})
    found = await weighed(form["id"], "form_version")
    assert (round(found["minutes_of_form"]), found["reckoned_minutes_of_form"]) == (22, 11)
    assert found["measured_returns"] == 5
    assert {round(s["minutes"]) for s in found["schools"]} == {22}
    whole = f"/v1/returns-burden?from_on={found['week_begins_on']}&weeks=1"
    weeks = (await desk.send(desk.principals[0], "GET", whole))["weeks"]
    assert [round(week["minutes"]) for week in weeks] == [22], "a school sees its own"

    # the next version asks two numbers more: as fast as the one before
    more: list[dict[str, Any]] = [
        {"code": code, "label": LABEL, "type": "integer"} for code in ("x_one", "x_two")
    ]
    changed = {"title": form["title"], "fields": [*FIELDS, *more]}
    await desk.send(
        desk.office, "PUT", f"/v1/forms/{form['id']}", json=changed, headers={"If-Match": '"1"'}
    )
    assert round((await weighed(form["id"], "form"))["minutes_of_form"]) == (11 + 4) * 2
    alike = await desk.form([FIELDS[0], FIELDS[2], *more])
    assert round((await weighed(alike["id"], "fields"))["minutes_of_form"]) == (2 + 5 + 4) * 2
    other = await desk.form([FIELDS[0], *more, {"code": "x_text", "label": LABEL, "type": "text"}])
    assert (await weighed(other["id"], "reckoned"))["minutes_of_form"] == 2 + 4 + 5
