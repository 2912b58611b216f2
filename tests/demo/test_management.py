"""The district report's figures come out of rows, and are the same wherever they are asked."""

from schoolgroup.demo.management import ITEMS, MEASURES, TEAMS, Answering, Member, manage_together
from schoolgroup.demo.visitor import Visitor
from schoolgroup.kernel.sheets import read_sheet
from tests.people import World, today_there


async def test_the_report_s_figures_are_counted(http, world: World):
    def visitor(who) -> Visitor:
        return Visitor(http, "x", who.headers["Authorization"].removeprefix("Bearer "))

    admin = visitor(await world.person(None, "group_admin"))
    inspector = visitor(await world.person(None, "inspector", "patrol.one"))
    schools = []
    members = []
    for n in range(35):
        tier = "integrated" if n < 19 else "partner"
        school = await world.school(f"第{n:02}校", tier, code=f"S{n:02}")
        person = await world.person(school, "principal", f"head.{n:02}")
        schools.append(Answering(school.code, f"head.{n:02}"))
        if n < TEAMS:
            members.append(Member(visitor(person), str(person.id), str(school.id)))
    made = await manage_together(admin, inspector, "patrol.one", schools, members, today_there())

    figure = made.figure
    assert (figure["total"], figure["closed"], round(figure["completion_rate"], 2)) == (
        ITEMS, 126, 0.65,
    )  # fmt: skip
    assert (made.aim["completion"], made.aim["by_on"][5:], made.aim["missing"]) == (
        0.8, "07-01", 30,
    )  # fmt: skip
    assert made.aim["projection"]["low"] is not None
    assert made.coverage["whole"]["visited"] == 35
    loads = [t["visits"] for t in (await admin.get(f"/v1/rounds/{made.round_id}"))["teams"]]
    assert (len(loads), max(loads) - min(loads)) == (TEAMS, 1)
    told = await admin.get(f"/v1/initiatives/{made.initiative_id}")
    assert told["totals"]["measures"] == MEASURES
    # the same figure in the series, over the measures, in the export and in the list
    series = {"from_on": str(today_there()), "step": "day", "ledger_id": made.ledger_id}
    [point] = (await admin.get("/v1/ledger-series", params=series))["points"]
    assert point["figure"] == figure
    measures = await admin.get(f"/v1/initiatives/{made.initiative_id}/measures")
    assert sum(m["progress"]["items_closed"] for m in measures) == figure["closed"]
    exported = await admin.ask("GET", f"/v1/ledgers/{made.ledger_id}/export")
    rows = read_sheet(exported.content)
    assert sum(row.cells["状态"] == "已销号" for row in rows) == figure["closed"]
    listed = await admin.all("/v1/ledger-items", status="closed")
    assert len(listed) == figure["closed"]
