"""A small group that fills in returns: an office, schools, and the requests they send."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from tests.people import Person, School, World

FIELDS: list[dict[str, Any]] = [
    {
        "code": "lessons",
        "label": {"en": "Lessons shared", "zh": "共享课数"},
        "type": "integer",
        "unit": "节",
        "min": 0,
        "max": 1000,
        "required": True,
    },
    {
        "code": "hours",
        "label": {"en": "Hours of service", "zh": "服务时长"},
        "type": "decimal",
        "min": 0,
        "max": 24,
    },
    {
        "code": "note",
        "label": {"en": "Remark", "zh": "备注"},
        "type": "text",
        "max": 20,
    },
    {
        "code": "canteen",
        "label": {"en": "Canteen", "zh": "食堂"},
        "type": "choice",
        "choices": [
            {"code": "own", "label": {"en": "own", "zh": "自办"}},
            {"code": "shared", "label": {"en": "shared", "zh": "共用"}},
        ],
    },
    {"code": "inspected", "label": {"en": "Inspected", "zh": "已检查"}, "type": "boolean"},
    {"code": "held_on", "label": {"en": "Held on", "zh": "开展日期"}, "type": "date"},
]
BEGIN = {"If-None-Match": "*"}


class Desk:
    """One office and some schools, each with a principal and an administrator."""

    def __init__(self, http: httpx.AsyncClient, world: World, office: Person) -> None:
        self.http = http
        self.world = world
        self.office = office
        self.schools: list[School] = []
        self.principals: list[Person] = []

    async def enrol(self, name: str, tier: str = "integrated") -> School:
        """A school with a principal."""
        school = await self.world.school(name, tier)
        self.schools.append(school)
        self.principals.append(await self.world.person(school, "principal"))
        return school

    async def send(
        self, who: Person, method: str, path: str, expect: int = 200, **more: Any
    ) -> dict[str, Any]:
        """The answer's body, which must have the status expected."""
        headers = {**self.signed(who), **more.pop("headers", {})}
        answer = await self.http.request(method, path, headers=headers, **more)
        assert answer.status_code == expect, answer.text
        body: dict[str, Any] = answer.json() if answer.content else {}
        return body

    def signed(self, who: Person) -> dict[str, str]:
        """The person's session with a token of this minute, also after the clock has jumped."""
        subject = f"person:{who.id}"
        token = self.world.authenticator.write_token(who.session_id, who.group_id, subject)
        return {"Authorization": f"Bearer {token}"}

    async def form(self, fields: list[dict[str, Any]] | None = None) -> dict[str, Any]:
        """A form of the office."""
        wish = {"title": {"en": "Sharing", "zh": "共享情况"}, "fields": fields or FIELDS}
        return await self.send(self.office, "POST", "/v1/forms", 201, json=wish)

    async def call(self, expect: int = 201, **wish: Any) -> dict[str, Any]:
        """A call of the office: to all, due in seven days, closing in ten."""
        now = datetime.now(UTC)
        form_id = wish.pop("form_id", None) or (await self.form())["id"]
        body = {
            "form_id": form_id,
            "period": "2026-06",
            "title": "六月填报",
            "all": "school_ids" not in wish,
            "due_at": (now + timedelta(days=7)).isoformat(),
            "closes_at": (now + timedelta(days=10)).isoformat(),
            **wish,
        }
        return await self.send(self.office, "POST", "/v1/calls", expect, json=body)

    async def save(
        self,
        who: Person,
        call: dict[str, Any],
        values: dict[str, Any],
        version: int | None = None,
        expect: int | None = None,
    ) -> dict[str, Any]:
        """Begin a return, or go on from a version."""
        headers = BEGIN if version is None else {"If-Match": f'"{version}"'}
        status = expect or (201 if version is None else 200)
        path = f"/v1/calls/{call['id']}/return"
        return await self.send(who, "PUT", path, status, json={"values": values}, headers=headers)

    async def submit(self, who: Person, call: dict[str, Any], expect: int = 200) -> dict[str, Any]:
        """Submit what was saved."""
        return await self.send(who, "POST", f"/v1/calls/{call['id']}/return/submit", expect)

    async def answer(self, who: Person, call: dict[str, Any], **values: Any) -> dict[str, Any]:
        """Begin and submit at once."""
        await self.save(who, call, {"lessons": 1, **values})
        return await self.submit(who, call)

    async def grace(
        self, call: dict[str, Any], kind: str, school: School, expect: int = 201, **more: Any
    ) -> dict[str, Any]:
        """An exemption or an extension."""
        return await self.send(
            self.office,
            "POST",
            f"/v1/calls/{call['id']}/{kind}",
            expect,
            json={"school_id": str(school.id), "because": "校舍搬迁", **more},
        )

    async def completeness(self, call: dict[str, Any], who: Person | None = None) -> dict[str, Any]:
        """The call's completeness as someone sees it."""
        path = f"/v1/calls/{call['id']}/completeness"
        return await self.send(who or self.office, "GET", path)


def pointers(problem: dict[str, Any]) -> dict[str, str]:
    """Where a problem document says that something is wrong, and which rule it breaks."""
    return {error["pointer"]: error["code"] for error in problem["errors"]}
