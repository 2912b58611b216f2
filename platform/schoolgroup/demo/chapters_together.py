"""The chapter of joint management: measures, ledger, round, bulletins, activities, dashboard."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from schoolgroup.demo import roster
from schoolgroup.demo.management import (
    CLOSED,
    ITEMS,
    MEASURES,
    TARGET,
    TEAMS,
    Head,
    Planned,
    go_round,
    plan_measures,
)
from schoolgroup.demo.roster import Part
from schoolgroup.demo.stage import Stage, expect
from schoolgroup.demo.telling import (
    BULLETINS,
    MISSING,
    TO_CIRCLE,
    hold_activities,
    issue_bulletin,
    report_figures,
    sign_for,
)
from schoolgroup.demo.visitor import Visitor

THERE = ZoneInfo("Asia/Shanghai")
MONTHS = timedelta(days=150)


class Told(msgspec.Struct, frozen=True):
    """What the story made: the plan, its round, the bulletins in the order of their numbers."""

    planned: Planned
    round_id: str
    bulletins: list[Any]


async def manage_together(
    admin: Visitor, inspector: Visitor, closer: str, heads: Sequence[Head], *, signing: int
) -> Told:
    """The whole story; the heads of the first `signing` schools sign for what was issued.

    Raises DemoFailed where a figure is off.
    """
    today = datetime.now(UTC).astimezone(THERE).date()
    planned = await plan_measures(admin, closer, heads, today)
    ledger = [
        {"saved": saved, "of": planned.ledger_id} for saved in ("ledger_items", "ledger_completion")
    ]
    circle = (await admin.all("/v1/circles"))[0]["id"]
    bulletins = []
    for number in range(1, BULLETINS):
        audience = {"kind": "group"}
        if number in TO_CIRCLE:
            audience = {"kind": "circle", "circle_id": circle}
        author = heads[2 * number % len(heads)]
        bulletins.append(await issue_bulletin(admin, inspector, number, ledger, author, audience))
    await sign_for([bulletins[0], bulletins[-1]], heads[:signing])
    members = {one["school_id"] for one in await admin.all(f"/v1/circles/{circle}/members")}
    in_circle = [head for head in heads if head.school_id in members]
    await sign_for(bulletins[1:-1], in_circle)
    await hold_activities(heads, today)
    round_id = await go_round(inspector, planned.ledger_id, heads, today)
    figures = report_figures(planned, round_id)
    last = await issue_bulletin(admin, inspector, BULLETINS, figures, heads[0], {"kind": "group"})
    await sign_for([last], heads[: signing - MISSING])
    bulletins.append(last)
    return Told(planned, round_id, bulletins)


def figures_of(board: dict[str, Any]) -> dict[str, Any]:
    """The figures of a dashboard by name; of several things, the newest one's."""
    found: dict[str, Any] = {}
    for one in board["figures"]:
        found.setdefault(one["saved"], one["value"])
    return found


async def run_together(stage: Stage) -> None:
    """The district report's figures, each counted over rows and the same wherever it stands."""
    admin, inspector = stage[Part.GROUP_ADMIN], stage[Part.INSPECTOR]
    heads = [
        Head(
            stage.people[row.username], row.username,
            stage.schools[row.school_code]["id"], row.school_code,
        )
        for row in roster.principals()
    ]  # fmt: skip
    closer = roster.person(Part.INSPECTOR).username
    told = await manage_together(admin, inspector, closer, heads, signing=len(heads))
    board = figures_of(await admin.get("/v1/dashboard"))
    last = told.bulletins[-1]
    frozen = {one["saved"]: one["value"] for one in last["content"]["figures"]}
    expect(all(board[name] == value for name, value in frozen.items()), "one figure everywhere")
    expect((board["ledger_items"], board["ledger_closed"]) == (ITEMS, CLOSED), "items and closed")
    expect((board["measures"], board["round_teams"]) == (MEASURES, TEAMS), "measures and teams")
    expect((board["round_coverage"], board["ledger_target"]) == (1.0, TARGET), "coverage, target")
    expect(board["bulletins"] == BULLETINS, "thirteen bulletins")
    outlook = await admin.get(f"/v1/ledgers/{told.planned.ledger_id}/outlook")
    aim = outlook["aims"][0]
    months = {"from_month": f"{datetime.now(UTC) - MONTHS:%Y-%m}"}
    months["until_month"] = f"{datetime.now(UTC).astimezone(THERE):%Y-%m}"
    place_map = await admin.get("/v1/activities/places", params=months)
    held = (await admin.get("/v1/activities/figures", params=months))["totals"]
    receipts = (await admin.get(f"/v1/bulletins/{last['id']}"))["receipts"]
    before = told.bulletins[-2]["content"]["figures"][1]["value"]
    now = frozen["ledger_completion"]
    stage.tell(f"bulletin 12 still says {before:.1%} closed, bulletin 13 says {now:.1%}")
    stage.figure("measures (举措)", board["measures"])
    stage.figure("inspection teams (巡回指导组)", board["round_teams"])
    stage.figure("schools reached by the first round", f"{board['round_coverage']:.0%}")
    stage.figure("ledger items, closed (台账, 销号)", f"{ITEMS}, {CLOSED}")
    stage.figure("completion of the ledger (办结率)", f"{board['ledger_completion']:.0%}")
    stage.figure(f"target by {aim['by_on']} (目标)", f"{aim['completion']:.0%}")
    stage.figure("items still to close for it", aim["missing"])
    stage.figure("bulletins issued (简报)", board["bulletins"])
    signed = f"{receipts['signed']} of {receipts['schools']}"
    stage.figure("schools that signed for the last (签收)", signed)
    stage.figure(
        "activities held, places (活动)", f"{held['activities']}, {len(place_map['features'])}"
    )
