"""A round of guidance: a ledger, teams from several schools, and the visits they make."""

from datetime import timedelta
from typing import Any

from tests.management.ledgers.book import Book
from tests.people import Person, School, today_there

RUBRIC = [
    {"code": "safety", "en": "Campus safety", "zh": "校园安全", "points_max": 20},
    {"code": "teaching", "en": "Teaching", "zh": "教学常规"},
]


class Tour(Book):
    """A round and its teams; each team is one teacher of a school and perhaps more."""

    round: dict[str, Any]
    members: dict[str, Person]

    async def prepare(self, teams: int = 2) -> "Tour":
        """A round in planning; team n has a lead of school n."""
        await self.begin()
        body = {
            "title": "第一轮巡回指导",
            "ledger_id": self.ledger["id"],
            "from_on": str(today_there()),
            "until_on": str(today_there() + timedelta(days=60)),
            "rubric": RUBRIC,
        }
        self.round = await self.send(self.inspector, "POST", "/v1/rounds", 201, json=body)
        self.members = {}
        for school in self.schools[:teams]:
            self.members[school.name] = await self.world.person(school, "lead")
            await self.team(f"{school.name}组", [self.members[school.name]])
        return self

    async def team(self, name: str, people: list[Person], expect: int = 201) -> dict[str, Any]:
        """A team of these people."""
        members = [
            {"person_id": str(p.id), "school_id": str(p.school_id) if p.school_id else None}
            for p in people
        ]
        body = {"name": name, "members": members}
        path = f"/v1/rounds/{self.round['id']}/teams"
        return await self.send(self.office, "POST", path, expect, json=body)

    async def start(self, **wish: Any) -> dict[str, Any]:
        """Open the round."""
        path = f"/v1/rounds/{self.round['id']}/open"
        return await self.send(self.inspector, "POST", path, json=wish)

    async def assign(self, expect: int = 200, **wish: Any) -> dict[str, Any]:
        """Plan a visit for every school without one."""
        body = {"planned_on": str(today_there() + timedelta(days=3)), "keep": True, **wish}
        path = f"/v1/rounds/{self.round['id']}/assign"
        return await self.send(self.inspector, "POST", path, expect, json=body)

    async def visits(self, who: Person | None = None) -> list[dict[str, Any]]:
        """The visits someone sees."""
        return (await self.send(who or self.inspector, "GET", "/v1/visits"))["items"]

    async def visit_of(self, school: School) -> dict[str, Any]:
        """The newest visit to a school."""
        params = {"school_id": str(school.id)}
        found = await self.send(self.inspector, "GET", "/v1/visits", params=params)
        return found["items"][0]

    async def step(
        self, who: Person, visit: dict[str, Any], verb: str, expect: int = 200, **body: Any
    ) -> dict[str, Any]:
        """One step of a visit."""
        path = f"/v1/visits/{visit['id']}/{verb}"
        return await self.send(who, "POST", path, expect, json=body)

    async def observe(
        self, who: Person, visit: dict[str, Any], expect: int = 200, **points: int
    ) -> dict[str, Any]:
        """Points by criterion, with a document as evidence."""
        seen = [
            {"criterion": code, "points": got, "evidence": [{"text": f"照片 {code}"}]}
            for code, got in (points or {"safety": 18, "teaching": 9}).items()
        ]
        now = await self.send(who, "GET", f"/v1/visits/{visit['id']}")
        return await self.send(
            who, "PUT", f"/v1/visits/{visit['id']}/observations", expect,
            json={"observations": seen}, headers={"If-Match": f'"{now["version"]}"'},
        )  # fmt: skip

    async def carried_out(self, school: School, who: Person) -> dict[str, Any]:
        """A visit to a school at which the team was."""
        visit = await self.visit_of(school)
        return await self.step(who, visit, "carry-out")

    async def find(
        self, who: Person, visit: dict[str, Any], expect: int = 201, **wish: Any
    ) -> dict[str, Any]:
        """A finding."""
        body = {
            "title": "灭火器过期",
            "category": "safety",
            "criterion": "safety",
            "due_on": str(today_there() + timedelta(days=14)),
            **wish,
        }
        return await self.send(who, "POST", f"/v1/visits/{visit['id']}/findings", expect, json=body)

    async def coverage(self, who: Person | None = None) -> dict[str, Any]:
        """How much of the round is done."""
        path = f"/v1/rounds/{self.round['id']}/coverage"
        return await self.send(who or self.office, "GET", path)
