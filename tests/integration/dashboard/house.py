"""A group in which something of everything has happened: what dashboards are looked at in."""

from datetime import timedelta
from typing import Any

import httpx

from schoolgroup.services import Services
from tests.evaluation import sittings
from tests.management.bulletins.test_bulletins import Press
from tests.management.returns.desk import Desk
from tests.people import Person, World, today_there
from tests.resources.lending import shelf

NAMES = (("甲校", "乙校", "丙校"), ("子校", "丑校"))
SIZES = {"甲校": 30, "乙校": 28, "丙校": 26, "子校": 24, "丑校": 22}


class House(Press):
    """Eight schools, five integrated, that share, sit an exam, answer, and are visited."""

    def __init__(self, http: httpx.AsyncClient, world: World, services: Services) -> None:
        super().__init__(http, world)
        self.services = services

    async def fill(self) -> "House":
        """One of everything; 东校 and 西校 are the two that most happens to."""
        await self.begin()
        sitting = await sittings.set_up(self.http, self.world, *NAMES)
        for name in NAMES[1]:
            await self.send(sitting.principals[name], "POST", f"{sitting.path}/accept")
        await sittings.released(self.http, sitting, SIZES)
        self.officer = sitting.officer
        self.schools += sitting.schools.values()
        self.principals += sitting.principals.values()
        await self.keep_books()
        await self.go_and_meet()
        await self.lend()
        return self

    async def keep_books(self) -> None:
        """A plan with a measure, a target, items in every state, a call two schools answer."""
        plan = {"title": "专项行动", "from_on": str(today_there())}
        self.plan = await self.send(self.office, "POST", "/v1/initiatives", 201, json=plan)
        for n in range(2):
            body = {"title": f"举措{n}", "offices": ["教育科"]}
            path = f"/v1/initiatives/{self.plan['id']}/measures"
            await self.send(self.office, "POST", path, 201, json=body)
        aim = {"completion": 0.8, "by_on": "2099-07-01", "because": "部署"}
        path = f"/v1/ledgers/{self.ledger['id']}/targets"
        await self.send(self.office, "POST", path, 201, json=aim)
        for school in self.schools[:3]:
            await self.closed(school)
            await self.open(school)
        await self.open(self.schools[1])
        dropped = await self.open(self.schools[0])
        await self.act(self.office, dropped, "drop", because="重复")
        desk = Desk(self.http, self.world, self.office)
        desk.schools, desk.principals = self.schools, self.principals
        self.call = await desk.call()
        for principal in self.principals[:2]:
            await desk.answer(principal, self.call)

    async def go_and_meet(self) -> None:
        """A round with one visit carried out, an activity of each of three schools, a bulletin."""
        days = {"from_on": str(today_there()), "until_on": str(today_there() + timedelta(days=9))}
        rubric = [{"code": "a", "en": "A", "zh": "甲"}]
        body = {"title": "第一轮", "ledger_id": self.ledger["id"], "rubric": rubric, **days}
        self.round = await self.send(self.inspector, "POST", "/v1/rounds", 201, json=body)
        path = f"/v1/rounds/{self.round['id']}"
        member = {"person_id": str(self.inspector.id), "leads": True}
        team = {"name": "一组", "members": [member]}
        await self.send(self.inspector, "POST", f"{path}/teams", 201, json=team)
        await self.send(self.inspector, "POST", f"{path}/open", json={})
        goes = {"planned_on": str(today_there()), "keep": True}
        await self.send(self.inspector, "POST", f"{path}/assign", json=goes)
        to = {"round_id": self.round["id"], "school_id": str(self.schools[0].id)}
        [visit] = (await self.send(self.inspector, "GET", "/v1/visits", params=to))["items"]
        await self.send(self.inspector, "POST", f"/v1/visits/{visit['id']}/carry-out", json={})
        for n, principal in enumerate(self.principals[:3]):
            wish = {
                "kind": "visit", "title": "参观", "place_name": "纪念馆",
                "held_on": str(today_there()),
            }  # fmt: skip
            made = await self.send(principal, "POST", "/v1/activities", 201, json=wish)
            where = f"/v1/activities/{made['id']}/report"
            await self.send(principal, "POST", where, json={"pupils": 40 + 10 * n})
        self.bulletin = await self.issued()
        await self.draft()

    async def lend(self) -> None:
        """Loans from the school of the shelf to three others, and one to itself."""
        made = await shelf.shelve(self.world, self.services)
        for who in (self.principals[0], self.principals[2], self.principals[3], made.author):
            offer = await made.offer(self.http)
            assert (await shelf.borrow(self.http, offer, who)).status_code == 201
        self.lender = made

    async def board(self, who: Person) -> dict[str, Any]:
        """The figures of a dashboard by name."""
        shown = await self.send(who, "GET", "/v1/dashboard")
        return {one["saved"]: one for one in shown["figures"]}
