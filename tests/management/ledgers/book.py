"""A small group that keeps a ledger: an office of two, an auditor, schools, and their requests."""

from datetime import date, timedelta
from typing import Any

import httpx

from tests.people import Person, School, World, today_there

DOCUMENT = [{"text": "整改报告 2026-17 号"}]


class Book:
    """One ledger of an office, and schools that see to its items."""

    def __init__(self, http: httpx.AsyncClient, world: World) -> None:
        self.http = http
        self.world = world
        self.schools: list[School] = []
        self.principals: list[Person] = []
        self.ledger: dict[str, Any] = {}

    async def begin(self) -> "Book":
        """The office, two schools and a ledger with one category."""
        self.office = await self.world.person(None, "group_admin")
        self.inspector = await self.world.person(None, "inspector")
        for name, tier in (("东校", "integrated"), ("西校", "partner")):
            await self.enrol(name, tier)
        category = {"code": "safety", "label": {"en": "Safety", "zh": "校园安全"}}
        await self.send(self.office, "POST", "/v1/ledger-categories", 201, json=category)
        self.ledger = await self.send(
            self.office, "POST", "/v1/ledgers", 201, json={"title": "台账"}
        )
        return self

    async def enrol(self, name: str, tier: str = "integrated") -> School:
        """A school with a principal."""
        school = await self.world.school(name, tier)
        self.schools.append(school)
        self.principals.append(await self.world.person(school, "principal"))
        return school

    async def send(
        self, who: Person, method: str, path: str, expect: int = 200, **more: Any
    ) -> Any:
        """The answer's body, which must have the status expected."""
        headers = {**self.signed(who), **more.pop("headers", {})}
        answer = await self.http.request(method, path, headers=headers, **more)
        assert answer.status_code == expect, answer.text
        kind = answer.headers.get("content-type", "")
        return answer.json() if "json" in kind and answer.content else answer.content

    def signed(self, who: Person) -> dict[str, str]:
        """The person's session with a token of this minute, also after the clock has jumped."""
        subject = f"person:{who.id}"
        token = self.world.authenticator.write_token(who.session_id, who.group_id, subject)
        return {"Authorization": f"Bearer {token}"}

    async def open(
        self,
        school: School | None = None,
        who: Person | None = None,
        expect: int = 201,
        **wish: Any,
    ) -> dict[str, Any]:
        """An item of a school (the first unless told), due in a week."""
        body = {
            "title": "消防通道堆放杂物",
            "category": "safety",
            "due_on": str(today_there() + timedelta(days=7)),
            "school_id": str((school or self.schools[0]).id),
            **wish,
        }
        path = f"/v1/ledgers/{self.ledger['id']}/items"
        return await self.send(who or self.office, "POST", path, expect, json=body)

    async def act(
        self, who: Person, item: dict[str, Any], verb: str, expect: int = 200, **body: Any
    ) -> dict[str, Any]:
        """One step of an item."""
        if verb == "report" and not body:
            body = {"note": "已清理", "evidence": DOCUMENT}
        if verb in ("drop", "reopen") and not body:
            body = {"because": "重复登记"}
        if verb in ("close", "refuse"):
            body = {"report_no": 1, "because": "佐证不足" if verb == "refuse" else "", **body}
        path = f"/v1/ledger-items/{item['id']}/{verb}"
        return await self.send(who, "POST", path, expect, json=body)

    async def closed(self, school: School | None = None, **wish: Any) -> dict[str, Any]:
        """An item that was reported and closed."""
        item = await self.open(school, **wish)
        number = self.schools.index(school) if school else 0
        await self.act(self.principals[number], item, "report")
        return await self.act(self.inspector, item, "close")

    async def read(self, who: Person, item: dict[str, Any], expect: int = 200) -> dict[str, Any]:
        """The item as someone sees it."""
        return await self.send(who, "GET", f"/v1/ledger-items/{item['id']}", expect)

    async def figures(self, who: Person | None = None, **query: Any) -> dict[str, Any]:
        """The figures of now."""
        return await self.send(who or self.office, "GET", "/v1/ledger-figures", params=query)

    async def series(self, from_on: date, **query: Any) -> list[dict[str, Any]]:
        """Points of the series as the office sees it."""
        params = {"from_on": str(from_on), "step": "day", **query}
        return (await self.send(self.office, "GET", "/v1/ledger-series", params=params))["points"]
