"""The district report's figures come out of rows, the same wherever they are asked (I22)."""

import re
from typing import Any
from urllib.parse import parse_qsl

import httpx
import pytest

from schoolgroup.demo.chapters_together import Told, manage_together
from schoolgroup.demo.management import CLOSED, ITEMS, MEASURES, TEAMS, Head
from schoolgroup.demo.telling import BULLETINS, HELD, MISSING
from schoolgroup.demo.visitor import Visitor
from schoolgroup.kernel.sheets import read_sheet
from tests.people import Person, World, today_there

SIGNING = 5
WAYS = ("dashboard", "feature", "bulletin", "export", "rows")
REPORT: dict[str, float] = {
    "schools_integrated": 19,
    "schools_partner": 16,
    "measures": MEASURES,
    "round_teams": TEAMS,
    "round_coverage": 1.0,
    "ledger_items": ITEMS,
    "ledger_closed": CLOSED,
    "ledger_completion": CLOSED / ITEMS,
    "ledger_target": 0.8,
    "bulletins": BULLETINS,
}


class District:
    """The group of the report after its story, and whoever asks it."""

    def __init__(self, http: httpx.AsyncClient, world: World) -> None:
        self.http = http
        self.world = world

    def visitor(self, who: Person) -> Visitor:
        return Visitor(self.http, "x", who.headers["Authorization"].removeprefix("Bearer "))

    async def begin(self) -> None:
        """19 + 16 schools, an office, and the demo's own story played to them."""
        self.admin = self.visitor(await self.world.person(None, "group_admin"))
        inspector = await self.world.person(None, "inspector", "patrol.one")
        self.inspector = self.visitor(inspector)
        self.heads = []
        for n in range(35):
            tier = "integrated" if n < 19 else "partner"
            school = await self.world.school(f"第{n:02}校", tier, code=f"S{n:02}")
            person = await self.world.person(school, "principal", f"head.{n:02}")
            self.heads.append(
                Head(self.visitor(person), f"head.{n:02}", str(school.id), school.code)
            )
        circle = await self.admin.post("/v1/circles", {"name": "校际圈"})
        for head in self.heads[:2]:
            path = f"/v1/circles/{circle['id']}/members/{head.school_id}"
            await self.admin.ask("PUT", path, expect=(200, 201, 204))
        self.told: Told = await manage_together(
            self.admin, self.inspector, "patrol.one", self.heads, signing=SIGNING
        )

    async def board(self, who: Visitor | None = None) -> dict[str, Any]:
        """The dashboard's figures by name, whole."""
        shown = await (who or self.admin).get("/v1/dashboard")
        return {one["saved"]: one for one in shown["figures"]}

    async def every_way(self, name: str, board: dict[str, Any]) -> dict[str, Any]:
        """A figure of the report from five places, each asked apart."""
        figure = board[name]
        frozen = self.told.bulletins[-1]["content"]["figures"]
        return {
            "dashboard": figure["value"],
            "feature": await self.feature(name),
            "bulletin": next(one["value"] for one in frozen if one["saved"] == name),
            "export": await self.export(name),
            "rows": await self.rows(name, figure["link"]),
        }

    async def feature(self, name: str) -> Any:
        """As the feature's own address tells it."""
        ledger, round_id = self.told.planned.ledger_id, self.told.round_id
        if name.startswith("schools_"):
            return (await self.admin.get("/v1/group"))[name]
        if name == "measures":
            path = f"/v1/initiatives/{self.told.planned.initiative_id}"
            return (await self.admin.get(path))["totals"]["measures"]
        if name == "round_teams":
            return len((await self.admin.get(f"/v1/rounds/{round_id}"))["teams"])
        if name == "round_coverage":
            return (await self.admin.get(f"/v1/rounds/{round_id}/coverage"))["whole"]["rate"]
        if name == "bulletins":
            return (await self.admin.get(f"/v1/bulletins/{self.told.bulletins[-1]['id']}"))["no"]
        if name == "ledger_target":
            return (await self.admin.get(f"/v1/ledgers/{ledger}"))["targets"][0]["completion"]
        whole = (await self.admin.get(f"/v1/ledger-figures?ledger_id={ledger}"))["whole"]
        return whole[
            {"ledger_items": "total", "ledger_closed": "closed"}.get(name, "completion_rate")
        ]

    async def export(self, name: str) -> float:
        """From a file taken out: the sheet's rows, or the printed bulletin where there is none."""
        if name.startswith("schools_"):
            sheet = await self.admin.ask("GET", "/v1/directory/export?kind=schools")
            tiers = [row.cells["tier"] for row in read_sheet(sheet.content)]
            return tiers.count(name.removeprefix("schools_"))
        if name.startswith("ledger_") and name != "ledger_target":
            path = f"/v1/ledgers/{self.told.planned.ledger_id}/export"
            rows = read_sheet((await self.admin.ask("GET", path)).content)
            closed = sum(row.cells["状态"] == "已销号" for row in rows)
            counts = {"ledger_items": len(rows), "ledger_closed": closed}
            return counts.get(name, closed / len(rows))
        path = f"/v1/bulletins/{self.told.bulletins[-1]['id']}/document"
        page = (await self.admin.ask("GET", path)).text
        label = {
            "measures": "measures", "round_teams": "inspection teams",
            "round_coverage": "coverage of the round", "bulletins": "bulletins issued this year",
            "ledger_target": "target of the completion rate \\d{4}-07-01",
        }[name]  # fmt: skip
        found = re.search(rf"<td>{label}</td><td>([\d.]+)(%?)</td>", page)
        assert found, page
        return float(found[1]) / (100 if found[2] else 1)

    async def rows(self, name: str, link: str) -> float:
        """Counted over the rows the dashboard leads to."""
        if name == "round_coverage":
            schools = (await self.admin.get(link))["schools"]
            return sum(one["visited"] for one in schools) / len(schools)
        if name == "round_teams":
            return len((await self.admin.get(link))["teams"])
        if name == "measures":
            return len(await self.admin.get(link))
        if name == "ledger_target":
            [aim] = (await self.admin.get(link))["aims"]
            assert aim["by_on"][5:] == "07-01"
            assert aim["missing"] == -(-ITEMS * 8 // 10) - CLOSED
            return aim["completion"]
        path, _, query = link.partition("?")
        listed = await self.admin.all(path, **dict(parse_qsl(query)))
        if name == "ledger_completion":
            return sum(item["status"] == "closed" for item in listed) / len(listed)
        return len(listed)


@pytest.fixture
async def district(http: httpx.AsyncClient, world: World) -> District:
    made = District(http, world)
    await made.begin()
    return made


async def test_each_figure_of_the_report_is_one_number_in_five_places(district: District, sql):
    board = await district.board()
    for name, expected in REPORT.items():
        told = await district.every_way(name, board)
        assert told == dict.fromkeys(WAYS, expected), name
    assert round(REPORT["ledger_completion"], 2) == 0.65

    # what else the story made: even teams, articles, receipts, months of activities
    path = f"/v1/rounds/{district.told.round_id}"
    loads = [team["visits"] for team in (await district.admin.get(path))["teams"]]
    assert (sum(loads), max(loads) - min(loads)) == (35, 1)
    assert all(len(one["content"]["articles"]) == 1 for one in district.told.bulletins)
    last = district.told.bulletins[-1]
    receipts = (await district.admin.get(f"/v1/bulletins/{last['id']}"))["receipts"]
    assert (receipts["schools"], receipts["signed"]) == (35, SIGNING - MISSING)
    to_circle = await district.admin.get(f"/v1/bulletins/{district.told.bulletins[4]['id']}")
    assert (to_circle["receipts"]["schools"], to_circle["receipts"]["signed"]) == (2, 2)
    assert (await district.board(district.heads[9].visitor))["bulletins"]["value"] == 3
    months = await sql.fetchval("SELECT count(DISTINCT month) FROM activity WHERE status = 'held'")
    assert months >= 4
    assert await sql.fetchval("SELECT count(*) FROM activity WHERE status = 'held'") == HELD
    first_of_july = await sql.fetchval("SELECT by_on FROM ledger_target")
    assert first_of_july > today_there()

    # the figure of bulletin 12 was that of its day, and no later row moves one that is out
    before, now = [one["content"]["figures"] for one in district.told.bulletins[-2:]]
    assert [one["value"] for one in before] == [190, 125 / 190]
    item = {
        "title": "新问题", "category": "meals", "due_on": str(today_there()),
        "school_id": district.heads[0].school_id,
    }  # fmt: skip
    await district.admin.post(f"/v1/ledgers/{district.told.planned.ledger_id}/items", item)
    moved = {**REPORT, "ledger_items": ITEMS + 1, "ledger_completion": CLOSED / (ITEMS + 1)}
    board = await district.board()
    for name in ("ledger_items", "ledger_completion"):
        told = await district.every_way(name, board)
        assert told.pop("bulletin") == REPORT[name]
        assert set(told.values()) == {moved[name]}
    read = await district.heads[0].visitor.get(f"/v1/bulletins/{last['id']}")
    assert read["content"]["figures"] == now
